"""Vision: extracts that we made up by the published layouts, read to the row. No real data."""

import json
from collections import Counter

import pytest
from extract_files import ON, SAMPLES, column, day, findings, table
from made_people import expected, found, ids
from toy_profile import fates

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import detect, ingest
from instep_cohort.extracts.profiles import find_profile

PERSON = (
    "pid reference date_of_birth sex postcode marital_status gp gp_usual active registered_date "
    "removed_date ha pcg surgery mileage dispensing ethnic date_of_death practice surname forename "
    "title nhs_number address address_1 address_2 address_3 address_4 address_5"
)
LAYOUTS = {
    "Patient": f"{PERSON} phone_number mobile_number email pract_number service_id action",
    "Old Patient": f"{PERSON} pract_number service_id action",
    "Journal": (
        "pid id date recorded_date code snomed_code bnf_code hcp hcp_type gms episode text rubric "
        "drug_form drug_strength drug_packsize dmd_code imms_status imms_compound imms_source "
        "imms_batch imms_reason imms_method imms_site entity value1_name value1 value1_units "
        "value2_name value2 value2_units end_date time context certainty severity links links_ext "
        "service_id action subset document_id"
    ),
    "Old Journal": (
        "pid id date recorded_date code bnf_code hcp_code hcp_type gms episode text rubric value1 "
        "value2 end_date time context certainty severity links service_id subset action"
    ),
    "Practice": (
        "id name identifier ha address address_1 address_2 address_3 address_4 address_5 postcode "
        "phone email fax"
    ),
}
PATIENT = {
    "pid": "4711",
    "date_of_birth": "19800203",
    "sex": "F",
    "active": "R",
    "registered_date": "20010101",
    "service_id": "S1",
    "action": "I",
}
JOURNAL = {
    "pid": "4711",
    "date": "20260521",
    "recorded_date": "20260530",
    "code": "N142.00",
    "rubric": "Low back pain",
    "subset": "C",
    "action": "I",
}
ISSUE = {
    "code": "di24.00",
    "rubric": "Codeine 30mg tablets",
    "dmd_code": "322280009",
    "value1": "28",
    "subset": "A",
}
PLAIN = {"Patient": PATIENT, "Journal": JOURNAL, "Practice": {"id": "S1"}}


def text(layout, rows):
    """A file as Vision writes it: no header, a field quoted where it must be."""
    name, columns = layout.split()[-1], LAYOUTS[layout].split()
    lines = []
    for number, row in enumerate(rows, start=1):
        row = PLAIN[name] | ({"id": str(number)} if name == "Journal" else {}) | row
        cells = [row.get(column, "") for column in columns]
        lines.append(",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + "\n")
    return "".join(lines).encode()


def put(folder, moment="2026-10-31-000500", kind="FULL", **files):
    """A delivery of these files: rows changed against an ordinary one, or a file's bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        content = rows if isinstance(rows, bytes) else text(name, rows)
        path = folder / f"{kind}_A81001_{name.lower()}_data_extract-{moment}.csv"
        path.write_bytes(content)
    return folder


def read(tmp_path, **files):
    extract = put(tmp_path / "extract", **{"Patient": [{}], "Journal": [{}], **files})
    return ingest(extract, profile="vision", extract_date=ON, out=tmp_path / "store")


def called(name, kind="FULL", moment="2026-10-31-000500"):
    return f"{kind}_A81001_{name}_data_extract-{moment}.csv"


def people(*rows):
    return [{"pid": str(n), **row} for n, row in enumerate(rows, start=1)]


def apart(store):
    return [(row["file"], row["line"], row["reason"]) for row in table(store, "quarantine")]


def test_an_extract_is_read(tmp_path):
    extract = put(tmp_path / "extract", Patient=[{}], Journal=[{}, ISSUE], Practice=[{}])
    (extract / called("encounter")).write_text("1,2,3\n")
    assert detect(extract).profile.name == "vision"
    store = ingest(extract, profile="auto", extract_date=ON, out=tmp_path / "store")
    [patient] = table(store, "patients")
    assert patient["patient_id"] == "4711"
    assert (patient["practice_id"], patient["sex"]) == ("S1", "F")
    assert (patient["birth_day"], patient["death_day"]) == (day("1980-02-03"), None)
    [stay] = table(store, "registrations")
    assert (stay["start_day"], stay["end_day"], stay["kind"]) == (
        day("2001-01-01"),
        None,
        "regular",
    )
    assert column(store, "events", "day") == [day("2026-05-21")]
    [issue] = table(store, "medicines")
    assert (issue["quantity"], issue["course"]) == (28.0, "acute")
    clinical, medicine = table(store, "codes")
    assert (clinical["system"], clinical["code"]) == ("read_v2", "N142.00")
    assert (medicine["system"], medicine["code"]) == ("read_v2", "di24.00")
    assert medicine["dmd"] == "322280009"
    assert store.manifest.unused_files == (called("encounter"),)
    assert "practice is not in the extract's list of practices" not in findings(store, "patients")


def test_both_layouts_of_each_table(tmp_path):
    store = read(
        tmp_path,
        Patient=text("Old Patient", [{}]),
        Journal=text(
            "Old Journal",
            [{"value1": "5"}, {"subset": "S", "code": "di24.00", "bnf_code": "0407020C0"}],
        ),
    )
    assert column(store, "events", "value") == [5.0]
    clinical, medicine = table(store, "codes")
    assert (clinical["code"], clinical["snomed_concept"]) == ("N142.00", None)
    assert (medicine["system"], medicine["code"], medicine["bnf"]) == (
        "read_v2",
        "di24.00",
        "0407020C0",
    )
    assert column(store, "medicines", "course") == ["repeat"]


def test_the_layouts_are_the_published_ones():
    schema = SAMPLES.parent / "reference" / "extract-schemas.json"
    if not schema.is_file():
        pytest.skip("the published schemas are not beside this repository")
    tables = json.loads(schema.read_text())["vision_transforms"]["tables"]
    profile = find_profile("vision")
    for name in ("Patient", "Journal", "Practice"):
        published = tables[name].get("variants", [tables[name]["columns"]])
        ours = [list(layout.columns) for layout in profile.table(name.lower()).layouts]
        assert ours == [[column.lower() for column in one] for one in published]


ACTIVE = """
R |          |          | regular   | 2001-01-01 |            |
r | 20200101 |          | regular   | 2001-01-01 | 2020-01-01 |
T |          |          | temporary | 2001-01-01 |            |
S |          |          | other     | 2001-01-01 |            |
P |          |          | other     | 2001-01-01 |            |
L | 20200101 |          | other     | 2001-01-01 | 2020-01-01 |
L |          |          | other     | 2001-01-01 |            |
D | 20200102 | 20200101 | other     | 2001-01-01 | 2020-01-02 | 2020-01-01
D | 20200102 |          | other     | 2001-01-01 | 2020-01-02 | 2026-11-01
R |          | 20200101 | regular   | 2001-01-01 |            | 2020-01-01
X |          |          | other     | 2001-01-01 |            |
"""


def test_who_is_registered_and_who_is_dead(tmp_path):
    cases = [[c.strip() for c in line.split("|")] for line in ACTIVE.strip("\n").splitlines()]
    rows = [
        {"pid": f"{n:02}", "active": active, "removed_date": removed, "date_of_death": died}
        for n, (active, removed, died, *_) in enumerate(cases)
    ]
    store = read(tmp_path, Patient=rows, Journal=[{"pid": "00"}])
    stays = sorted(table(store, "registrations"), key=lambda row: row["patient_key"])
    expected = [(kind, day(start), day(end) if end else None) for *_, kind, start, end, _ in cases]
    assert [(row["kind"], row["start_day"], row["end_day"]) for row in stays] == expected
    deaths = [day(row[-1]) if row[-1] else None for row in cases]
    assert column(store, "patients", "death_day") == deaths
    assert findings(store, "patients") == {
        "ACTIVE says dead, no date of death: taken as dead": 1,
        "ACTIVE says left or dead, no REMOVED_DATE: not taken as registered": 1,
        "date of death unreadable: the extract date is taken": 1,
    }
    assert findings(store, "registrations") == {"kind of unknown meaning: taken as other": 1}


def test_sex_and_births(tmp_path):
    rows = people(
        {"sex": "M", "date_of_birth": "19991231"},
        {"sex": "i", "date_of_birth": "1999"},
        {"sex": "U", "date_of_birth": "199913"},
        {"sex": "", "date_of_birth": "20270101"},
    )
    # One birth in ten may be odd before the file is refused: the rest are ordinary.
    rows += [{"pid": f"x{n}"} for n in range(20)]
    store = read(tmp_path, Patient=rows, Journal=[{"pid": "1"}])
    assert column(store, "patients", "sex")[:4] == ["M", "I", "U", "U"]
    assert column(store, "patients", "birth_day")[:4] == [
        day("1999-12-31"),
        day("1999-01-01"),
        None,
        None,
    ]


CODES = """
N142.00 | read_v2 | N142.00 |
N142.11 | read_v2 | N142.11 |
N142.   | read_v2 | N142.   |
13m1.0  | local   | 13m1.0  | 13m1.
9Nu0.0  | local   | 9Nu0.0  | 9Nu0.
9V0.00  | local   | 9V0.00  |
#9V0..  | local   | #9V0..  |
DNA     | local   | DNA     |
asthma  | local   | asthma  |
asthma1 | read_v2 | asthma1 |
"""


def test_codes_of_an_event(tmp_path):
    cases = [[c.strip() for c in line.split("|")] for line in CODES.strip("\n").splitlines()]
    store = read(tmp_path, Journal=[{"code": code} for code, *_ in cases])
    said = {(c["code"]): (c["system"], c["code"], c["read_v2"]) for c in table(store, "codes")}
    assert said == {code: (system, kept, five or None) for code, system, kept, five in cases}


def test_snomed_codes(tmp_path):
    rows = [
        {"snomed_code": "279039007"},
        {"code": "F24..00", "snomed_code": "29993973518322896898"},  # a junk id of the source
        {"code": "", "snomed_code": "203082005"},
        {"code": "", "snomed_code": ""},
    ]
    store = read(tmp_path, Journal=rows)
    said = {(c["system"], c["code"], c["snomed_concept"]) for c in table(store, "codes")}
    assert said == {
        ("read_v2", "N142.00", "279039007"),
        ("read_v2", "F24..00", None),
        ("snomed_ct", "203082005", None),
    }
    assert apart(store) == [(called("journal"), 4, "no code")]


def test_products_that_share_a_dmd_id_are_told_apart(tmp_path):
    shared = {"dmd_code": "42010411000001105"}
    bowel = ISSUE | shared | {"code": "a812.00"}
    store = read(tmp_path, Journal=[bowel, bowel, ISSUE | shared | {"code": "dj42.00"}])
    codes = {c["code"]: (c["dmd"], c["rows"]) for c in table(store, "codes")}
    assert codes == {"a812.00": ("42010411000001105", 2), "dj42.00": ("42010411000001105", 1)}


def test_issues_only(tmp_path):
    rows = [
        ISSUE,
        ISSUE | {"subset": "s"},
        ISSUE | {"subset": "R"},
        ISSUE | {"dmd_code": ""},
        ISSUE | {"code": ""},
        ISSUE | {"code": "#9V0.."},
        ISSUE | {"dmd_code": "", "code": "", "value1": "many"},
        ISSUE | {"dmd_code": "", "code": "", "rubric": ""},
        ISSUE | {"subset": "L", "dmd_code": "", "code": "14L..00"},
        {"subset": ""},
        {"subset": "T", "value1": "5.5", "value1_units": "mmol/L"},
        {"subset": "C", "value1": "20260601", "value1_name": "REVIEW_DAT"},
        ISSUE | {"pid": "9"},
    ]
    store = read(tmp_path, Journal=rows)
    assert fates(store, called("journal")) == (
        13,
        10,
        {"no code": 1, "unknown patient": 1},
        {"repeat master, no issue": 1},
    )
    codes = {c["code_key"]: (c["system"], c["code"]) for c in table(store, "codes")}
    issues = Counter(
        (*codes[m["code_key"]], m["quantity"], m["course"]) for m in table(store, "medicines")
    )
    assert issues == {
        ("read_v2", "di24.00", 28.0, "acute"): 2,
        ("read_v2", "di24.00", 28.0, "repeat"): 1,
        ("dmd", "322280009", 28.0, "acute"): 2,
        ("name", "Codeine 30mg tablets", None, "acute"): 1,
    }
    events = Counter((e["value"], e["unit"]) for e in table(store, "events"))
    assert events == {(28.0, None): 1, (None, None): 2, (5.5, "mmol/L"): 1}
    assert findings(store, "medicines")["no code: known by name only"] == 1


def test_dates(tmp_path):
    cases = {
        "20260521": day("2026-05-21"),
        "202605": None,
        "2026": None,
        "": None,
        "20260631": None,
    }
    ordinary = [{"date": "20260101"}] * 30
    store = read(tmp_path, Journal=[*({"date": written} for written in cases), *ordinary])
    days = Counter(column(store, "events", "day"))
    assert days == {day("2026-05-21"): 1, None: 4, day("2026-01-01"): 30}
    assert Counter(column(store, "events", "date_precision")) == {
        "day": 31,
        "month": 1,
        "year": 1,
        "none": 2,
    }


def test_opt_outs_survive_any_date(tmp_path):
    rows = [{"code": "9Nu0.00", "date": written} for written in ("", "20200231")]
    store = read(tmp_path, Journal=[*rows, *[{}] * 20])
    assert [c["rows"] for c in table(store, "codes") if c["code"] == "9Nu0.00"] == [2]
    assert apart(store) == []


def test_deliveries(tmp_path):
    extract = put(
        tmp_path / "extract",
        Patient=people({}, {}, {}),
        Journal=[
            {"pid": "1", "code": "old..00"},
            {"pid": "1", "code": "gone.00"},
            {"pid": "1", "code": "stays00"},
            {"pid": "2", "code": "left.00"},
        ],
    )
    gone = dict.fromkeys(("date", "code", "rubric", "subset"), "")
    put(
        extract,
        "2026-11-02-000500",
        "INCREMENTAL",
        Patient=[{"pid": "2", "action": "D"}, {"pid": "3", "sex": "M", "action": "U"}],
        Journal=[
            {"pid": "1", "id": "1", "code": "new..00", "action": "U"},
            {"pid": "2", "id": "1", "code": "other00", "action": "I"},  # of another patient
        ],
    )
    put(
        extract,
        "2026-11-01-230500",
        "INCREMENTAL",
        Journal=[
            {"pid": "1", "id": "1", "code": "mid..00", "action": "U"},
            gone | {"pid": "1", "id": "2", "action": "D"},
        ],
    )
    store = ingest(extract, profile="auto", extract_date=ON, out=tmp_path / "store")
    assert column(store, "patients", "patient_id") == ["1", "3"]
    assert column(store, "patients", "sex") == ["F", "M"]
    assert column(store, "codes", "code") == ["new..00", "stays00"]
    later, left = "replaced by a later row", "patient left out: deleted"
    assert fates(store, called("journal")) == (4, 1, {}, {later: 2, left: 1})
    first = called("journal", "INCREMENTAL", "2026-11-01-230500")
    assert fates(store, first) == (2, 0, {}, {later: 1, "deleted": 1})


def test_changes_alone_are_refused(tmp_path):
    with pytest.raises(ExtractError, match="changes without the whole") as refused:
        read(tmp_path, Journal=[{}, {"id": "77", "action": "D"}])
    assert "4711" not in str(refused.value)
    assert not (tmp_path / "store").exists()


def test_a_moved_column_is_refused_and_shown_to_nobody(tmp_path):
    moved = text("Journal", [{}]).replace(b"20260521", b"4711 x")
    with pytest.raises(ExtractError, match="`date`") as refused:
        read(tmp_path, Journal=moved)
    assert "4711" not in str(refused.value)
    with pytest.raises(ExtractError, match="its rows have 41 columns"):
        read(tmp_path / "narrow", Journal=text("Journal", [{}]).replace(b",\n", b"\n"))


def test_records_of_nobody_at_all_may_have_another_reason(tmp_path):
    with pytest.raises(ExtractError, match="the column of patient ids is not what it should be"):
        read(tmp_path, Journal=[{"pid": "x9"}, {"pid": "x8", "id": "2"}])


def test_a_practice_is_called_by_its_ods_code(tmp_path):
    named = [{"id": "S1", "identifier": "A81001"}, {"id": "S2"}]
    store = read(
        tmp_path,
        Patient=people({}, {"service_id": "S2"}, {"service_id": "S3"}),
        Journal=[{"pid": "1"}],
        Practice=named,
    )
    assert column(store, "patients", "practice_id") == ["A81001", "S2", "S3"]
    assert set(column(store, "registrations", "practice_id")) == {"A81001", "S2", "S3"}
    missing = "practice is not in the extract's list of practices"
    assert findings(store, "patients")[missing] == 1


def test_a_header_that_somebody_put_in_front_is_nobody(tmp_path):
    headed = {
        name: f"{','.join(LAYOUTS[name].upper().split())}\n".encode() + text(name, rows)
        for name, rows in (("Patient", people(*[{}] * 40)), ("Journal", [{"pid": "1"}] * 40))
    }
    store = read(tmp_path, **headed)
    assert sorted(column(store, "patients", "patient_id")) == sorted(map(str, range(1, 41)))
    header = "a line of column names"
    assert fates(store, called("patient")) == (41, 40, {}, {header: 1})
    assert fates(store, called("journal")) == (41, 40, {}, {f"patient left out: {header}": 1})


def test_encodings_quotes_and_damage(tmp_path):
    rows = [{"rubric": "Ménière’s, £5"}, {"code": "F24..00", "rubric": "Müller"}, {}]
    lines = text("Journal", rows).decode().splitlines(keepends=True)
    for name, encoding in (("utf-8", "utf-8"), ("cp1252", "cp1252")):
        data = "".join([*lines, "4711,9,20260521\n"]).encode(encoding)
        store = read(tmp_path / name, Journal=data)
        terms = {c["code"]: c["term"] for c in table(store, "codes")}
        assert terms["F24..00"] == "Müller"
        assert apart(store) == [(called("journal"), 4, "too few columns")]
        odd = "file is not UTF-8: read as Windows-1252" in findings(store, "events")
        assert odd == (encoding == "cp1252")


NAMES = {
    "FULL_A81001_journal_data_extract-2026-10-31-000500.csv": "20261031000500",
    "INCREMENTAL_F86007_Journal_data_extract-2018-08-17-000500.csv.gz": "20180817000500",
    "x.zip/FULL_33333_journal_data_extract-2017-09-23-165206.csv": "20170923165206",
    "Journal.csv": "",
}
OTHERS = (
    "ADDITIONAL_F86007_active_user_data_extract-2018-08-17-000500.csv",
    "ADDITIONAL_F86007_patient_check_sum_data_extract-2018-08-17-000500.csv",
    "FULL_33333_encounter_data_extract-2017-09-23-165206.csv",
    "Admin_Patient.csv",
    "SRPatient.csv",
    "patients.csv",
    "journal.txt",
)


def test_names():
    profile = find_profile("vision")
    assert set(profile.recognise([*NAMES, *OTHERS]).values()) == {"journal"}
    assert set(profile.recognise([*NAMES, *OTHERS])) == set(NAMES)
    for name, moment in NAMES.items():
        assert profile.table("journal").delivery_of(name) == moment


def test_no_other_profile_takes_it(tmp_path):
    extract = put(tmp_path / "extract", Patient=[{}], Journal=[{}])
    assert detect(extract).profile.name == "vision"
    for other in ("aurum", "standard", "systmone"):
        with pytest.raises(ExtractError):
            ingest(extract, profile=other, extract_date=ON, out=tmp_path / other)


def test_the_same_people_are_found_as_in_the_standard_profile(tmp_path):
    people_, journal = [], []
    for pid, one in ids().items():
        [stay] = one.stays
        people_.append(
            {
                "pid": pid,
                "date_of_birth": compact(one.birth),
                "sex": one.sex,
                "active": {"regular": "R", "temporary": "T"}[stay.kind],
                "registered_date": compact(stay.since),
                "removed_date": compact(stay.until),
                "date_of_death": compact(one.died),
            }
        )
        journal += [
            {"pid": pid, "date": compact(e.date), "code": f"{e.code}00", "rubric": e.term}
            for e in one.events
        ]
        journal += [
            {
                "pid": pid,
                "date": compact(m.date),
                "code": f"{m.code}00" if m.code else "",
                "rubric": m.term,
                "subset": "SA"[number % 2],
            }
            for number, m in enumerate(one.medicines)
        ]
    extract = put(tmp_path / "extract", Patient=people_, Journal=journal)
    candidates = found(extract, "auto", tmp_path / "store")
    assert candidates == expected(tmp_path)
    assert 15 <= len(candidates) < len(people_)


def compact(day_or_text):
    return "" if day_or_text is None else str(day_or_text).replace("-", "")
