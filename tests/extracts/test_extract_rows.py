"""Events and medicine issues: codes, numbers, and rows that have no place in the store."""

from extract_files import ON, aurum, column, findings, quarantined, standard, table

from instep_cohort.extracts import ingest


def code_of(store, **wanted):
    [found] = [
        row
        for row in table(store, "codes")
        if all(row[name] == value for name, value in wanted.items())
    ]
    return found


def test_rows_without_a_place(tmp_path):
    store = standard(
        tmp_path,
        events=[
            {},
            {"patient_id": "9"},
            {"patient_id": ""},
            {"code": ""},
            {"system": "readv2"},
            {"system": ""},
            {"patient_id": "9", "code": ""},
        ],
        medicines=[{"code": "", "term": ""}, {"system": "icd10"}],
    )
    assert quarantined(store) == [
        ("events.csv", 3, "unknown patient", "9,2026-05-01,read_v2,N05.."),
        ("events.csv", 4, "no patient_id", ",2026-05-01,read_v2,N05.."),
        ("events.csv", 5, "no code", "1,2026-05-01,read_v2,"),
        ("events.csv", 6, "unknown system", "1,2026-05-01,readv2,N05.."),
        ("events.csv", 7, "unknown system", "1,2026-05-01,,N05.."),
        ("events.csv", 8, "unknown patient", "9,2026-05-01,read_v2,"),
        ("medicines.csv", 2, "no code", "1,2026-05-01,dmd,,"),
        (
            "medicines.csv",
            3,
            "unknown system",
            "1,2026-05-01,icd10,322280009,Codeine 30mg tablets",
        ),
    ]
    [events] = [file for file in store.manifest.files if file.file == "events.csv"]
    assert (events.read, events.stored) == (7, 1)
    assert events.quarantined == {
        "no code": 1,
        "no patient_id": 1,
        "unknown patient": 2,
        "unknown system": 2,
    }
    assert [code["rows"] for code in table(store, "codes")] == [1]


def test_every_system_is_taken_whatever_its_case(tmp_path):
    systems = [
        *("read_v2", "ctv3", "snomed_ct", "dmd", "bnf", "emis_code_id", "gemscript", "local"),
        *("name", "SNOMED_CT"),
    ]
    store = standard(tmp_path, events=[{"system": system, "code": "A...."} for system in systems])
    assert column(store, "codes", "system") == sorted(set(systems[:-1]))
    assert code_of(store, system="snomed_ct")["rows"] == 2


def test_codes_differ_by_case_and_system(tmp_path):
    codes = [("read_v2", "1BB1."), ("read_v2", "1Bb1."), ("ctv3", "1BB1.")]
    store = standard(tmp_path, events=[{"system": s, "code": c} for s, c in codes])
    found = [(row["code_key"], row["system"], row["code"]) for row in table(store, "codes")]
    assert found == [(0, "ctv3", "1BB1."), (1, "read_v2", "1BB1."), (2, "read_v2", "1Bb1.")]


def test_long_codes_and_leading_zeros_stay_whole(tmp_path):
    codes = ["19956611000001102", "9007199254740993", "007", "123456789012345678"]
    store = standard(tmp_path, events=[{"system": "snomed_ct", "code": code} for code in codes])
    assert column(store, "codes", "code") == sorted(codes)


def test_read_codes_keep_their_shape_and_odd_ones_are_counted(tmp_path):
    whole = ["N05..", "N05zL", "N....", "13J3.00", "13J3.11"]
    odd = ["1475", "N05", "N.5..", "13m1.0", "EMISNQ1", "N05.....", "B305.1212", "N05.é"]
    rows = [{"code": code} for code in (*whole, *odd, "1475")]
    store = standard(tmp_path, events=rows, medicines=[{"system": "read_v2", "code": "dj"}])
    assert set(column(store, "codes", "code")) == {*whole, *odd, "dj"}
    finding = "read_v2 code of unusual shape: kept as it is"
    assert findings(store, "events")[finding] == len(odd) + 1
    assert findings(store, "medicines")[finding] == 1


def test_values(tmp_path):
    numbers = {"1": 1.0, "-2.5": -2.5, ".5": 0.5, "1e3": 1000.0, " 7 ": 7.0, "-0": 0.0, "": None}
    words = ["nan", "inf", "-Infinity", "1e999", "<5", "1_000", "1 000", "5,5 mg", "NA"]
    rows = [{"code": str(n), "value": v, "unit": "kg"} for n, v in enumerate([*numbers, *words])]
    lines = [f'1,2026-05-01,local,{r["code"]:0>2},"{r["value"]}",{r["unit"]}' for r in rows]
    text = "patient_id,date,system,code,value,unit\n" + "\n".join(lines)
    store = standard(tmp_path, events=text)
    values = column(store, "events", "value")
    assert values == [*numbers.values(), *[None] * len(words)]
    assert str(values[5]) == "0.0"
    assert set(column(store, "events", "unit")) == {"kg"}
    assert findings(store, "events") == {"value is not a number: left empty": len(words)}
    assert quarantined(store) == []


def test_quantities_and_days(tmp_path):
    issues = [{"quantity": "28", "days": "7"}, {"quantity": "two", "days": ""}, {"days": "a week"}]
    store = standard(tmp_path, medicines=issues)
    rows = {(row["quantity"], row["days"]) for row in table(store, "medicines")}
    assert rows == {(28.0, 7.0), (None, None)}
    assert column(store, "medicines", "course") == [None] * 3
    found = findings(store, "medicines")
    assert found["quantity is not a number: left empty"] == 1
    assert found["days is not a number: left empty"] == 1


def test_exact_copies_are_kept(tmp_path):
    assert len(table(standard(tmp_path, events=[{}, {}, {}]), "events")) == 3


def test_rows_are_laid_down_by_code_patient_and_day(tmp_path):
    events = [
        {"patient_id": patient, "code": code, "date": date, "value": value}
        for value in ("2", "1", "")
        for date in ("2026-02-01", "", "2025-03-04", "2026-01")
        for code in ("b....", "A....", "a....")
        for patient in ("2", "1", "10")
    ]
    patients = [{"patient_id": patient} for patient in ("1", "2", "10")]
    store = standard(tmp_path, patients=patients, events=events)
    rows = [
        tuple(
            (row[name] is None, row[name]) if row[name] is not None else (True, 0)
            for name in ("code_key", "patient_key", "day", "value")
        )
        for row in table(store, "events")
    ]
    assert rows == sorted(rows)
    assert len(rows) == len(events)


def test_the_commonest_term_stands_and_the_first_of_two(tmp_path):
    terms = {
        "A....": ["Pain", "Ache", "Ache", ""],
        "B....": ["Pain", "Ache", ""],
        "C....": ["", ""],
    }
    events = [{"code": code, "term": term} for code in terms for term in terms[code]]
    store = standard(tmp_path, events=events)
    assert column(store, "codes", "term") == ["Ache", "Ache", None]
    assert findings(store, "codes") == {}


def test_a_medicine_has_all_its_names(tmp_path):
    names = ["Codeine 30mg tablets", "", "Codeine 30mg tabs", "Codeine 30mg tablets"]
    store = standard(tmp_path, medicines=[{"term": name} for name in names])
    found = code_of(store, kind="medicine")
    assert found["term"] == "Codeine 30mg tablets / Codeine 30mg tabs"


def test_more_than_twenty_names_are_cut(tmp_path):
    store = standard(tmp_path, medicines=[{"term": f"name {n:02}"} for n in range(21)])
    names = code_of(store, kind="medicine")["term"].split(" / ")
    assert names == [f"name {n:02}" for n in range(20)]
    assert findings(store, "codes") == {"more than 20 names: the first 20 are kept": 1}


def test_what_a_row_says_beside_its_code_holds_for_the_code(tmp_path):
    said = {"substance": "Codeine", "bnf": "0407020C0", "dmd": "322280009"}
    local = {"system": "local", "code": "X1"}
    issues = [local, local | said, local | {"bnf": "0407020C0"}]
    found = code_of(standard(tmp_path, medicines=issues), kind="medicine")
    assert {name: found[name] for name in said} == said
    assert (found["read_v2"], found["ctv3"], found["snomed_concept"]) == (None, None, None)


def test_contradictions_are_joined_and_counted(tmp_path):
    issues = [{"bnf": "0407020C0"}, {"bnf": "0407010F0"}, {"code": "2", "substance": "Codeine"}]
    store = standard(tmp_path, medicines=issues)
    assert code_of(store, code="322280009")["bnf"] == "0407010F0/0407020C0"
    assert findings(store, "codes") == {"the dictionary contradicts itself": 1}


def test_a_medicine_without_a_code_is_known_by_its_name(tmp_path):
    issues = [
        {"system": "", "code": "", "term": "Zapain 30mg/500mg"},
        {"code": "", "term": "Oramorph"},
    ]
    store = standard(tmp_path, medicines=issues)
    codes = [(c["system"], c["code"], c["term"]) for c in table(store, "codes")][1:]
    assert codes == [
        ("name", "Oramorph", "Oramorph"),
        ("name", "Zapain 30mg/500mg", "Zapain 30mg/500mg"),
    ]
    assert findings(store, "medicines")["no code: known by name only"] == 2


def test_products_that_map_to_nothing_are_counted(tmp_path):
    issues = [
        {},  # a dm+d code says what it is
        {"system": "bnf", "code": "0407020C0AAAAAA"},
        {"system": "local", "code": "1", "substance": "Codeine", "bnf": "04", "dmd": "3"},
        {"system": "local", "code": "2"},
        {"system": "local", "code": "2"},
    ]
    store = standard(tmp_path, medicines=issues)
    assert findings(store, "medicines") == {
        "product without dm+d id": 3,
        "product without BNF code": 3,
        "product without substance": 4,
    }


def test_medicines_may_be_missing(tmp_path):
    store = standard(tmp_path)
    assert table(store, "medicines") == []
    assert findings(store, "medicines") == {"no medicines file in the extract": 0}


MEDICAL = [
    {
        "medcodeid": "498521000006119",
        "term": "Low back pain",
        "cleansedreadcode": "16C..00",
        "snomedctconceptid": "279039007",
    },
    {
        "medcodeid": "2",
        "term": "Local",
        "cleansedreadcode": "^ESCTLO1",
        "snomedctconceptid": "",
    },
    {"medcodeid": "3", "term": "Unused", "cleansedreadcode": "N05..", "snomedctconceptid": ""},
    {"medcodeid": "", "term": "None", "cleansedreadcode": "", "snomedctconceptid": ""},
]
PRODUCTS = [
    {
        "prodcodeid": "3092241000033113",
        "dmdid": "322280009",
        "termfromemis": "Codeine 30mg tabs",
        "productname": "Codeine 30mg tablets",
        "drugsubstancename": "Codeine phosphate",
        "bnfchapter": "04070200",
    },
    {
        "prodcodeid": "5",
        "dmdid": "",
        "termfromemis": "Named by EMIS",
        "productname": "",
        "drugsubstancename": "",
        "bnfchapter": "",
    },
]


def test_aurum_dictionaries(tmp_path):
    store = aurum(
        tmp_path,
        Observation=[{}, {"medcodeid": "2"}, {"medcodeid": "99"}, {"medcodeid": "NA"}],
        DrugIssue=[{}, {"prodcodeid": "5"}, {"prodcodeid": "6"}],
        **{"202205_EMISMedicalDictionary": MEDICAL, "202205_EMISProductDictionary": PRODUCTS},
    )
    back_pain = code_of(store, code="498521000006119")
    assert back_pain["term"] == "Low back pain"
    assert (back_pain["read_v2"], back_pain["snomed_concept"]) == ("16C..00", "279039007")
    local = code_of(store, code="2")
    assert (local["term"], local["read_v2"], local["snomed_concept"]) == ("Local", None, None)
    codeine = code_of(store, code="3092241000033113")
    assert codeine["term"] == "Codeine 30mg tablets"
    assert (codeine["dmd"], codeine["bnf"]) == ("322280009", "04070200")
    assert codeine["substance"] == "Codeine phosphate"
    assert code_of(store, code="5")["term"] == "Named by EMIS"
    assert {c["code"] for c in table(store, "codes")} >= {"99", "6"}
    assert "3" not in {c["code"] for c in table(store, "codes")}  # no row has it

    assert findings(store, "codes") == {"cleansedreadcode is no Read v2 code: left out": 1}
    assert findings(store, "events")["code is not in the dictionary"] == 1
    assert findings(store, "events")["literal NA: taken as missing"] == 1
    assert findings(store, "medicines") == {
        "code is not in the dictionary": 1,
        "product without dm+d id": 2,
        "product without BNF code": 2,
        "product without substance": 2,
    }
    assert quarantined(store) == [
        ("202205_EMISMedicalDictionary.txt", 5, "no code", "\tNone\t\t"),
        ("Observation.txt", 5, "no code", "1001\tNA\t21/05/2026\t\t"),
    ]


def test_a_dictionary_that_contradicts_itself(tmp_path):
    twice = [MEDICAL[0], MEDICAL[0] | {"snomedctconceptid": "161891005", "term": "Backache"}]
    store = aurum(tmp_path, MedicalDictionary=twice)
    found = code_of(store, code="498521000006119")
    assert found["snomed_concept"] == "161891005/279039007"
    assert (found["read_v2"], found["term"]) == ("16C..00", "Backache")
    assert findings(store, "codes") == {"the dictionary contradicts itself": 1}


def test_aurum_units_and_quantities(tmp_path):
    store = aurum(
        tmp_path,
        Observation=[{"value": "72.5", "numunitid": "156"}],
        DrugIssue=[{"quantity": "NA", "duration": "many"}],
    )
    [event], [issue] = table(store, "events"), table(store, "medicines")
    assert (event["value"], event["unit"]) == (72.5, "156")
    assert (issue["quantity"], issue["days"]) == (None, None)
    assert findings(store, "medicines")["days is not a number: left empty"] == 1
    assert findings(store, "medicines")["literal NA: taken as missing"] == 1


def test_progress_speaks_of_files_and_of_nobody(tmp_path):
    standard(tmp_path, patients=[{"patient_id": "4711"}], events=[{"patient_id": "4711"}])
    said = []
    ingest(
        tmp_path / "extract",
        profile="standard",
        extract_date=ON,
        out=tmp_path / "again",
        progress=said.append,
    )
    assert "reading patients.csv" in said
    assert not any("4711" in text for text in said)
