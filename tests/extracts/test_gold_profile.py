"""CPRD GOLD: made-up files in its layout, and what becomes of each of their peculiarities."""

import pyarrow.parquet as pq
import pytest
from extract_files import ON, column, csv_text, day, findings, put, quarantined, table
from toy_profile import fates

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import detect, ingest
from instep_cohort.extracts.profiles import PROFILES, find_profile

PATIENT = {
    "patid": "471100123",
    "vmid": "",
    "gender": "2",
    "yob": "180",
    "mob": "0",
    "frd": "01/02/2001",
    "crd": "01/02/2001",
    "regstat": "0",
    "reggap": "0",
    "internal": "0",
    "tod": "",
    "toreason": "0",
    "deathdate": "",
    "accept": "1",
}
PRACTICE = {"pracid": "123", "region": "5", "lcd": "01/10/2026", "uts": "01/01/2000"}
EVENT = {
    "patid": "471100123",
    "eventdate": "21/05/2026",
    "sysdate": "22/05/2026",
    "medcode": "900",
    "sctid": "",
    "adid": "0",
}
TEST = {
    "patid": "471100123",
    "eventdate": "21/05/2026",
    "medcode": "900",
    "enttype": "165",
    "data1": "3",
    "data2": "96.000",
    "data3": "96",
}
ISSUE = {
    "patid": "471100123",
    "eventdate": "21/05/2026",
    "prodcode": "77",
    "drugdmd": "",
    "bnfcode": "55",
    "qty": "28",
    "numdays": "14",
    "issueseq": "0",
}
MEDICAL = {"medcode": "900", "readcode": "N05zL00", "readterm": "A made-up term"}
PRODUCT = {
    "prodcode": "77",
    "gemscriptcode": "58976020",
    "productname": "Made-up 30mg tablets",
    "drugsubstance": "Made-up",
    "bnf": "04070100/04070200",
}
ENTITY = {
    "enttype": "165",
    "data1": "Operator",
    "data2": "Value",
    "data3": "Unit of measure",
    "data3_lkup": "SUM",
}
PLAIN = {
    "Patient": PATIENT,
    "Practice": PRACTICE,
    "Clinical": EVENT,
    "Referral": EVENT,
    "Immunisation": EVENT,
    "Test": TEST,
    "Therapy": ISSUE,
    "medical": MEDICAL,
    "product": PRODUCT,
    "Entity": ENTITY,
    "LookupType": {"lookup_type_id": "81", "name": "SUM"},
    "Lookup": {"lookup_type_id": "81", "code": "96", "text": "`mmol/L`"},
}


def files_of(**files):
    files = {"Patient": [{}], "Clinical": [{}], **files}
    return {
        f"{name}_txt": csv_text([PLAIN.get(name.split(".")[0], {}) | row for row in rows], "\t")
        if isinstance(rows, list)
        else rows
        for name, rows in files.items()
    }


def gold(tmp_path, *, on=ON, **files):
    extract = put(tmp_path / "extract", **files_of(**files))
    store = ingest(extract, profile="gold", extract_date=on, out=tmp_path / "store")
    assert all(file.is_closed for file in store.manifest.files)
    return store


def patients(tmp_path, *rows, **files):
    """The stored patients of rows that are numbered where they say no patid."""
    numbered = [{"patid": f"{number + 1}00123"} | row for number, row in enumerate(rows)]
    return gold(tmp_path, Patient=numbered, Clinical=[{"patid": numbered[0]["patid"]}], **files)


NO_CLINICAL = "patid\teventdate\tmedcode\n"

NAMES = {
    "bs_extract_clinical_001.txt": "clinical",
    "SMI_GOLD_Extract_Clinical_001.txt": "clinical",
    "20_000228_ch1_1_Extract_Clinical_012.txt.gz": "clinical",
    "dbo.Clinical.txt": "clinical",
    "parts/Extract_Test_001.txt": "test",
    "patient.csv": "patient",
    "allpatid_set1_extract_patient_002.txt": "patient",
    "medical.txt": "medical",
    "dbo.product_old.txt": "product",
    "dbo.LookupType.txt": "lookuptype",
    "dbo.TEST_CASE.txt": None,
    "hes_patient_17_001.txt": None,
    "death_patient.txt": None,
    "Extract_Additional_001.txt": None,
    "patient_imd2015.txt": None,
    "staff_001.txt": None,
    "clinical.docx": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_files_are_known_by_their_names(name):
    assert find_profile("gold").recognise([name]).get(name) == NAMES[name]


def test_it_is_recognised_and_fits_no_other_profile(tmp_path):
    extract = put(tmp_path, **files_of())
    found = detect(extract)
    assert found.profile.name == "gold"
    assert "Clinical.txt (patid, eventdate, medcode" in str(found)
    for name in set(PROFILES) - {"gold"}:
        with pytest.raises(ExtractError):
            detect(extract, {name: find_profile(name)})


@pytest.mark.parametrize(
    ("yob", "mob", "birth", "precision"),
    [
        ("180", "0", "1980-01-01", "year"),
        ("199", "1", "1999-01-01", "month"),
        ("180", "13", "1980-01-01", "year"),
        ("1980", "7", "1980-07-01", "month"),
        ("1980", "", "1980-01-01", "year"),
        ("99", "0", "1899-01-01", "year"),
        ("226", "0", "2026-01-01", "year"),
        ("60", "0", None, None),  # 1860: impossible
        ("227", "0", None, None),  # 2027: in the future
        ("300", "0", None, None),
        ("0", "0", None, None),
        ("", "0", None, None),
    ],
)
def test_a_year_of_birth_counts_from_1800_or_stands_as_it_is(tmp_path, yob, mob, birth, precision):
    store = gold(tmp_path, Patient=[{"yob": yob, "mob": mob}])
    [patient] = table(store, "patients")
    assert patient["birth_day"] == (None if birth is None else day(birth))
    assert patient["birth_precision"] == precision
    added = "year of birth counts from 1800: 1800 is added"
    assert findings(store, "patients").get(added, 0) == (yob not in {"", "0", "300", "1980"})


def test_the_sexes(tmp_path):
    codes = ("1", "2", "3", "4", "0", "", "9")
    store = patients(tmp_path, *({"gender": code} for code in codes))
    assert column(store, "patients", "sex") == ["M", "F", "I", "U", "U", "U", "U"]
    assert findings(store, "patients")["sex of unknown meaning: taken as unknown"] == 1


KINDS = [
    ({"regstat": "0", "accept": "1"}, "regular"),
    ({"regstat": "0", "accept": "0"}, "regular"),
    ({"regstat": "99", "accept": "1"}, "temporary"),
    ({"regstat": "99", "accept": "0"}, "temporary"),
    ({"regstat": "4", "accept": "1"}, "regular"),
    ({"regstat": "4", "accept": "0"}, "other"),
    ({"regstat": "", "accept": "1"}, "regular"),
    ({"regstat": "", "accept": ""}, "other"),
]


def test_who_is_a_regular_patient(tmp_path):
    store = patients(tmp_path, *(row for row, _ in KINDS))
    rows = sorted(table(store, "registrations"), key=lambda row: row["patient_key"])
    assert [row["kind"] for row in rows] == [kind for _, kind in KINDS]
    assert findings(store, "patients")["accept = 0: kept"] == 3


@pytest.mark.parametrize(
    ("row", "start", "end", "death"),
    [
        ({}, "2001-02-01", None, None),
        ({"tod": "03/04/2020", "toreason": "2"}, "2001-02-01", "2020-04-03", None),
        ({"deathdate": "03/04/2020"}, "2001-02-01", None, "2020-04-03"),
        (
            {"tod": "05/04/2020", "toreason": "1", "deathdate": "03/04/2020"},
            *("2001-02-01", "2020-04-05", "2020-04-03"),
        ),
        ({"tod": "05/04/2020", "toreason": "1"}, "2001-02-01", "2020-04-05", "2020-04-05"),
        ({"toreason": "1"}, "2001-02-01", None, "2026-11-01"),
        ({"frd": "01/01/1990", "crd": "02/03/2010"}, "2010-03-02", None, None),
        ({"frd": "01/01/1990", "crd": ""}, None, None, None),
        ({"crd": "2010-03-02"}, "2010-03-02", None, None),
    ],
)
def test_registration_and_death(tmp_path, row, start, end, death):
    store = gold(tmp_path, Patient=[row])
    [registration], [patient] = table(store, "registrations"), table(store, "patients")
    days = [registration["start_day"], registration["end_day"], patient["death_day"]]
    assert days == [None if text is None else day(text) for text in (start, end, death)]


def test_an_unreadable_end_is_no_open_one(tmp_path):
    store = gold(tmp_path, Patient=[{"tod": "31/02/2020"}])
    assert table(store, "registrations") == []


@pytest.mark.parametrize(
    ("row", "practices", "practice"),
    [
        ({"patid": "471100123"}, [PRACTICE], "123"),
        ({"patid": "471120123"}, [PRACTICE], "123"),  # an older build: three digits
        ({"patid": "471120123"}, [PRACTICE, {"pracid": "20123"}], "20123"),
        ({"patid": "471100123"}, None, "123"),
        ({"patid": "471120123"}, None, "20123"),
        ({"patid": "471100123", "pracid": "9"}, [PRACTICE], "9"),
        ({"patid": "471100123", "practid": "9"}, [PRACTICE], "9"),
        ({"patid": "471100777"}, [{"practid": "777", "pracid": "777"}], "777"),
    ],
)
def test_the_practice_of_a_patient(tmp_path, row, practices, practice):
    files = {} if practices is None else {"Practice": practices}
    store = gold(tmp_path, Patient=[row], Clinical=[{"patid": row["patid"]}], **files)
    assert column(store, "patients", "practice_id") == [practice]


def test_a_practice_table_may_call_its_id_practid(tmp_path):
    store = gold(tmp_path, Practice="practid\tregion\n123\t5\n", Patient=[{}, {"patid": "99456"}])
    assert column(store, "patients", "practice_id") == ["123", "99456"]
    unknown = "practice is not in the extract's list of practices"
    assert findings(store, "patients")[unknown] == 1


def test_a_copy_of_a_patient_counts_once_and_a_contradiction_is_refused(tmp_path):
    store = gold(tmp_path, Patient=[{}, {}, {"vmid": "5"}])
    assert fates(store, "Patient.txt") == (
        *(3, 1, {}),
        {"copy of an earlier row of the patient": 2},
    )
    assert len(table(store, "registrations")) == len(table(store, "events")) == 1
    with pytest.raises(ExtractError, match=r"lines Patient\.txt:2 and Patient\.txt:4") as refusal:
        gold(tmp_path / "x", Patient=[{}, {}, {"tod": "01/01/2020"}])
    assert "4711" not in str(refusal.value)


EVENT_TABLES = ("Clinical", "Referral", "Immunisation", "Test")


def test_every_table_of_events_is_read(tmp_path):
    files = {name: [{"eventdate": f"0{n}/05/2026"}] for n, name in enumerate(EVENT_TABLES, 1)}
    store = gold(tmp_path, medical=[{}], **files)
    assert sorted(column(store, "events", "day")) == [day(f"2026-05-0{n}") for n in range(1, 5)]
    [code] = table(store, "codes")
    assert (code["system"], code["code"], code["read_v2"]) == ("local", "900", "N05zL00")
    assert (code["term"], code["rows"]) == ("A made-up term", 4)


@pytest.mark.parametrize(
    ("text", "found", "precision"),
    [
        ("21/05/2026", "2026-05-21", "day"),
        ("2026-05-21", "2026-05-21", "day"),
        ("", None, "none"),
        ("31/02/2026", None, "none"),
        ("05/2026", None, "month"),
    ],
)
def test_the_date_of_an_event_is_never_the_day_it_was_typed(tmp_path, text, found, precision):
    store = gold(tmp_path, Clinical=[{"eventdate": text}])
    [event] = table(store, "events")
    assert event["day"] == (None if found is None else day(found))
    assert event["date_precision"] == precision


def test_an_entry_of_details_alone_is_skipped_and_one_of_nothing_set_apart(tmp_path):
    store = gold(
        tmp_path, Clinical=[{}, {"medcode": "", "adid": "35"}, {"medcode": "", "adid": ""}]
    )
    assert fates(store, "Clinical.txt") == (
        *(3, 1, {"no code": 1}),
        {"no medcode: only points to additional details": 1},
    )


@pytest.mark.parametrize(
    ("readcode", "read"),
    [
        ("N05zL00", "N05zL00"),
        ("9Nu0.00", "9Nu0.00"),
        ("T1742", "T1742"),
        ("13J3.11", "13J3.11"),
        ("N0.5z00", None),
        ("N05zL0", None),
        ("N05", None),
        ("", None),
    ],
)
def test_a_medcode_has_the_read_code_of_the_dictionary(tmp_path, readcode, read):
    store = gold(tmp_path, medical=[{"readcode": readcode}])
    [code] = table(store, "codes")
    assert code["read_v2"] == read
    wrong = findings(store, "codes").get("readcode is no Read v2 code: left out", 0)
    assert wrong == (read is None and readcode != "")


def test_names_of_columns_in_other_dictionaries(tmp_path):
    store = gold(
        tmp_path,
        medical="medcode\tread_code\tdescription\n900\tN05zL00\tA made-up term\n",
        product="prodcode\tdmdcode\tgemscriptcode\ttherapyevents\tproductname\tingredient\t"
        "bnfchapter\tbnftext\n77\t19956611000001102\t58976020\t5\tMade-up\tMade\t04070100\tPain\n",
        Therapy=[{}],
    )
    codes = {code["kind"]: code for code in table(store, "codes")}
    assert (codes["clinical"]["read_v2"], codes["clinical"]["term"]) == (
        *("N05zL00", "A made-up term"),
    )
    product = codes["medicine"]
    assert (product["dmd"], product["substance"]) == ("19956611000001102", "Made")
    assert product["bnf"] == "04070100"


def test_a_snomed_concept_stands_beside_the_medcode(tmp_path):
    rows = [{"sctid": "279039007"}, {"medcode": "901", "sctid": "0"}, {"medcode": "902"}]
    store = gold(tmp_path, Clinical=rows)
    concepts = {code["code"]: code["snomed_concept"] for code in table(store, "codes")}
    assert concepts == {"900": "279039007", "901": None, "902": None}


@pytest.mark.parametrize(
    ("test", "entity", "value", "unit"),
    [
        ({}, {}, 96.0, "mmol/L"),
        ({"data3": "96.000"}, {}, 96.0, "mmol/L"),
        ({"data3": "0"}, {}, 96.0, None),
        ({"data3": ""}, {}, 96.0, None),
        ({}, {"data1": "Qualifier", "data2": "Normal range from"}, None, None),
        ({}, {"data2": "Estimated size in wks"}, None, None),
        ({"enttype": "999"}, {}, None, None),
        ({"enttype": ""}, {}, None, None),
        ({"data2": ""}, {}, None, "mmol/L"),
    ],
)
def test_what_a_test_holds_depends_on_its_entity_type(tmp_path, test, entity, value, unit):
    lookups = {"LookupType": [{}], "Lookup": [{}, {"code": "0", "text": "No Data Entered"}]}
    store = gold(tmp_path, Clinical=NO_CLINICAL, Test=[test], Entity=[entity], **lookups)
    [event] = table(store, "events")
    assert (event["value"], event["unit"]) == (value, unit)


def test_without_the_entity_types_no_value_is_guessed(tmp_path):
    store = gold(tmp_path, Test=[{}])
    assert column(store, "events", "value") == [None, None]
    assert any("no list of entity types" in found for found in findings(store, "events"))


@pytest.mark.parametrize(
    ("issue", "product", "expected"),
    [
        ({}, {}, ("gemscript", "58976020", 28.0, 14.0, "acute")),
        ({"issueseq": "3"}, {}, ("gemscript", "58976020", 28.0, 14.0, "repeat")),
        ({"issueseq": ""}, {}, ("gemscript", "58976020", 28.0, 14.0, None)),
        ({"numdays": "0"}, {}, ("gemscript", "58976020", 28.0, None, "acute")),
        ({"prodcode": "-1"}, {}, ("local", "-1", 28.0, 14.0, "acute")),
        ({}, {"gemscriptcode": ""}, ("local", "77", 28.0, 14.0, "acute")),
        ({}, {"gemscriptcode": "0"}, ("local", "77", 28.0, 14.0, "acute")),
    ],
)
def test_an_issue(tmp_path, issue, product, expected):
    store = gold(tmp_path, Therapy=[issue], product=[product])
    [row] = table(store, "medicines")
    [code] = [code for code in table(store, "codes") if code["kind"] == "medicine"]
    found = (code["system"], code["code"], row["quantity"], row["days"], row["course"])
    assert found == expected
    known = issue.get("prodcode") is None
    assert (code["term"] == "Made-up 30mg tablets") == known
    assert ("code is not in the dictionary" in findings(store, "medicines")) != known


@pytest.mark.parametrize(
    ("bnf", "found"),
    [
        ("04070100/04070200", "04070100/04070200"),
        ("04070100", "04070100"),
        ("00000000", None),
        ("55", None),
        ("Unknown", None),
    ],
)
def test_a_bnf_code_has_eight_digits(tmp_path, bnf, found):
    store = gold(tmp_path, Therapy=[{}], product=[{"bnf": bnf}])
    [code] = [code for code in table(store, "codes") if code["kind"] == "medicine"]
    assert code["bnf"] == found


def test_a_dmd_id_of_the_issue_stands_beside_it(tmp_path):
    store = gold(tmp_path, Therapy=[{"drugdmd": "322280009"}], product=[{}])
    [code] = [code for code in table(store, "codes") if code["kind"] == "medicine"]
    assert (code["dmd"], code["substance"]) == ("322280009", "Made-up")


def test_a_coded_dissent_is_stored_whatever_its_date(tmp_path):
    store = gold(
        tmp_path,
        Clinical=[{"medcode": "12", "eventdate": "99/99/9999"}, {"medcode": "12", "eventdate": ""}],
        medical=[{"medcode": "12", "readcode": "9Nu0.00"}],
    )
    assert column(store, "events", "date_precision") == ["none", "none"]
    assert column(store, "codes", "read_v2") == ["9Nu0.00"]


@pytest.mark.parametrize("name", [*EVENT_TABLES, "Therapy"])
def test_a_damaged_row_is_set_apart_with_its_line(tmp_path, name):
    good = csv_text([PLAIN[name]] * 2, "\t").splitlines()
    damaged = "\n".join([*good[:2], "471100123\t21/05/2026", good[2]]) + "\n"
    store = gold(tmp_path, **{name: damaged})
    assert [row[:2] for row in quarantined(store)] == [(f"{name}.txt", 3)]
    assert fates(store, f"{name}.txt")[:3] == (3, 2, {"too few columns": 1})


def test_rows_of_nobody_are_set_apart(tmp_path):
    store = gold(tmp_path, Clinical=[{"patid": "5"}, {"patid": ""}, {}])
    assert fates(store, "Clinical.txt") == (
        *(3, 1, {"no patient_id": 1, "unknown patient": 1}),
        {},
    )


def test_an_unknown_column_is_named(tmp_path):
    store = gold(tmp_path, Clinical=[{"novel": "1"}])
    assert "unknown columns, not read: novel" in findings(store, "events")


def test_a_needed_column_that_is_missing_is_named(tmp_path):
    with pytest.raises(ExtractError, match="column `medcode` is missing") as refusal:
        gold(tmp_path, Clinical="patid\teventdate\tmedcod\n471100123\t\t1\n")
    assert "did you mean `medcod`" in str(refusal.value)


def test_numbered_parts_are_one_table(tmp_path):
    extract = put(tmp_path / "extract", **files_of())
    (extract / "Clinical.txt").rename(extract / "x_extract_clinical_001.txt")
    (extract / "x_extract_clinical_002.txt").write_text(csv_text([EVENT, EVENT], "\t"))
    store = ingest(extract, profile="gold", extract_date=ON, out=tmp_path / "store")
    assert pq.read_table(store.table_path("events")).num_rows == 3
