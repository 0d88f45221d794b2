"""EMIS Web: dates, codes, observations, issues and opt-outs. No real data."""

from collections import Counter

import pytest
from emis_files import THERE, apart, read, reference, spec
from extract_files import day, findings, table
from toy_profile import fates

from instep_cohort.extracts.systems import emis
from instep_cohort.terminology.read_codes import is_local

DATES = """
2026-05-21          | YMD   | day   | 2026-05-21
2026-05-21          | YMDT  | day   | 2026-05-21
2026-05-21 14:30:00 | YMDT  | day   | 2026-05-21
2026-05-01          | YM    | month |
2026-01-01          | Y     | year  |
2026-05-21          | U     | none  |
2026-05-21          | ymd   | day   | 2026-05-21
2026-05-21          |       | day   | 2026-05-21
2026-05-21          | YD    | none  |
                    | U     | none  |
                    | YMD   | none  |
2026-02-30          | YMD   | none  |
21/05/2026          | YMD   | none  |
"""


@pytest.mark.parametrize(
    ("name", "stored"),
    [("CareRecord_Observation", "events"), ("Prescribing_IssueRecord", "medicines")],
)
def test_dates(tmp_path, name, stored):
    cases = spec(DATES)
    rows = [{"EffectiveDate": d, "EffectiveDatePrecision": p} for d, p, _, _ in cases]
    store = read(tmp_path, **{name: rows})
    wanted = Counter((known, day(d) if d else None) for _, _, known, d in cases)
    found_ = Counter((row["date_precision"], row["day"]) for row in table(store, stored))
    assert found_ == wanted  # never the day on which it was typed in
    said = findings(store, stored)
    assert said["date missing: undated"] == 2
    assert said["date said to be of no known precision: undated"] == 2
    assert said["date unreadable: undated"] == 2
    months = [row for row in table(store, stored) if row["date_precision"] == "month"]
    assert [(m["earliest"], m["latest"]) for m in months] == [
        (day("2026-05-01"), day("2026-05-31"))
    ]


READ_TERM_IDS = """
N142           | N142.
N142-1         | N142.
N142.          | N142.
13R            | 13R..
13R..-99       | 13R..
9Nu0           | 9Nu0.
1Bb1           | 1Bb1.
XaX1E          | XaX1E
H33zz-11       | H33zz
EMISNQAC724    |       | local
EMISR          |       | local
EMIS           |       | local
EGTON          |       | local
ALLERGY12      |       | local
ESCTAB1-2      |       | local
JHCCa-1        |       | local
A51-KC60       |       | local
C4-SHHAPT      |       | local
N142.00        | N142.00
13R..11        | 13R..11
N05zL00        |       | no
N142.0         |       | no
N142.000       |       | no
N1 42          |       | no
N.42           |       | no
#9V0           |       | no
N142-          |       | no
2126000.0      |       | no
"""


def test_read_codes_of_the_dictionary(tmp_path):
    cases = spec(READ_TERM_IDS)
    codes = [
        {"CodeId": str(1000 + n), "ReadTermId": c[0], "Term": c[0]} for n, c in enumerate(cases)
    ]
    rows = [{"CodeId": one["CodeId"]} for one in codes]
    store = read(tmp_path, Coding_ClinicalCode=codes, CareRecord_Observation=rows)
    said = {c["term"]: c["read_v2"] for c in table(store, "codes") if c["kind"] == "clinical"}
    assert said == {c[0]: c[1] or None for c in cases}
    assert {c["system"] for c in table(store, "codes")} == {"emis_code_id"}
    fate = Counter(c[2] for c in cases if len(c) > 2)
    assert findings(store, "codes") == {
        "ReadTermId is a local code: found by its CodeId and SNOMED code alone": fate["local"],
        "ReadTermId is no Read v2 code: left out": fate["no"],
    }
    assert fates(store, "Coding_ClinicalCode.csv") == (len(cases), len(cases), {}, {})


def test_the_local_prefixes_are_those_of_the_terminology():
    for prefix in ("EMIS", "ESCT", "FUNDHC", "JHCC", "RAFME"):
        assert is_local(prefix)
        assert prefix in emis.LOCAL_PREFIXES
    codes = {row["read_v2"] for row in reference("read-v2-to-ctv3.csv")}
    assert [code for code in codes if code.startswith(emis.LOCAL_PREFIXES)] == []


CONCEPTS = """
279039007           | yes
827241000000103     | yes
1777541000006103    | yes
999999991000000108  | yes
11561000000115      | no
284596015           | no
279039007.0         | no
8.27241E+14         | no
-1                  | no
0                   | no
"""


def test_a_description_is_never_taken_for_a_concept(tmp_path):
    cases = spec(CONCEPTS)
    codes = [{"CodeId": str(1000 + n), "SnomedCTConceptId": c} for n, (c, _) in enumerate(cases)]
    drugs = [{"CodeId": str(2000 + n), "DmdProductCodeId": c} for n, (c, _) in enumerate(cases)]
    store = read(
        tmp_path,
        Coding_ClinicalCode=codes,
        CareRecord_Observation=[{"CodeId": one["CodeId"]} for one in codes],
        Coding_DrugCode=drugs,
        Prescribing_IssueRecord=[{"CodeId": one["CodeId"]} for one in drugs],
    )
    kept = [c if kept == "yes" else None for c, kept in cases]
    assert [c["snomed_concept"] for c in table(store, "codes") if c["kind"] == "clinical"] == kept
    assert [c["dmd"] for c in table(store, "codes") if c["kind"] == "medicine"] == kept
    said = findings(store, "codes")
    assert said["SnomedCTConceptId is no id of a concept: left out"] == kept.count(None)
    assert said["DmdProductCodeId is no dm+d id: left out"] == kept.count(None)
    assert findings(store, "medicines")["product without dm+d id"] == kept.count(None)


def test_observations(tmp_path):
    rows = [
        {"Value": "5.500", "NumericUnit": "mmol/L"},
        {"Value": "0"},
        {"Value": "many", "NumericUnit": "kg"},
        {"CodeId": "77"},
        {"CodeId": ""},
        {"PatientGuid": "9"},
        {"OrganisationGuid": THERE},
        {"PatientGuid": ""},
        {"IsConfidential": "true"},
    ]
    store = read(tmp_path, CareRecord_Observation=rows)
    events = table(store, "events")
    assert Counter((e["value"], e["unit"]) for e in events) == {
        (5.5, "mmol/L"): 1,
        (0.0, None): 1,
        (None, "kg"): 1,
        (None, None): 2,
    }
    assert findings(store, "events") == {
        "value is not a number: left empty": 1,
        "code is not in the dictionary": 1,
    }
    assert fates(store, "CareRecord_Observation.csv") == (
        9,
        5,
        {"no code": 1, "unknown patient": 2, "no patient_id": 1},
        {},
    )
    assert [line for _, line, _ in apart(store)] == [6, 7, 8, 9]


COURSES = """
Acute             | acute
Repeat            | repeat
Repeat Dispensing | repeat
Automatic         | other
repeat            | repeat
Something new     | other
                  | none
"""


def test_courses(tmp_path):
    cases = spec(COURSES)
    courses = [
        {"DrugRecordGuid": f"{{D{n}}}", "PrescriptionType": word}
        for n, (word, _) in enumerate(cases)
    ]
    issues = [
        {"DrugRecordGuid": f"{{D{n}}}", "EffectiveDate": f"2026-05-{n + 1:02}"}
        for n in range(len(cases))
    ]
    issues += [
        {"DrugRecordGuid": "", "EffectiveDate": "2026-06-01"},
        {"DrugRecordGuid": "{D99}", "EffectiveDate": "2026-06-02"},
    ]
    store = read(tmp_path, Prescribing_DrugRecord=courses, Prescribing_IssueRecord=issues)
    issued = sorted(table(store, "medicines"), key=lambda row: row["day"])
    assert [i["course"] or "none" for i in issued] == [c for _, c in cases] + ["none", "none"]
    published = [row["SourceType"] for row in reference("emis-prescription-types.csv")]
    assert published == [word for word, _ in cases[:4]]


def test_issues_count_and_courses_do_not(tmp_path):
    """A course that was cancelled, and one that was deleted, leave what was issued before."""
    store = read(
        tmp_path,
        Prescribing_DrugRecord=[
            {"DrugRecordGuid": "{D1}", "CancellationDate": "2026-05-10", "IsActive": "false"},
            {"DrugRecordGuid": "{D2}", "NumberOfIssues": "0"},
        ],
        Prescribing_IssueRecord=[
            {"EffectiveDate": "2026-05-08"},
            {"EffectiveDate": "2026-05-12"},
            {"EffectiveDate": "2026-05-13", "CourseDurationInDays": "0", "Quantity": "0.000"},
            {"CodeId": ""},
            {"EffectiveDate": "2026-05-14", "Quantity": "some", "CourseDurationInDays": "long"},
        ],
    )
    issued = sorted(table(store, "medicines"), key=lambda row: row["day"])
    assert [(i["day"], i["quantity"], i["days"]) for i in issued] == [
        (day("2026-05-08"), 28.0, 14.0),
        (day("2026-05-12"), 28.0, 14.0),
        (day("2026-05-13"), 0.0, None),
        (day("2026-05-14"), None, None),
    ]
    assert fates(store, "Prescribing_IssueRecord.csv") == (5, 4, {"no code": 1}, {})
    assert fates(store, "Prescribing_DrugRecord.csv") == (2, 2, {}, {})
    said = findings(store, "medicines")
    assert said["quantity is not a number: left empty"] == 1
    assert said["days is not a number: left empty"] == 1


def test_a_degraded_medicine_is_known_by_name_alone(tmp_path):
    degraded = "196421000000109"
    store = read(
        tmp_path,
        Coding_DrugCode=[
            {},
            {"CodeId": "2002", "Term": "Tramadol 50mg", "DmdProductCodeId": degraded},
            {
                "CodeId": "2003",
                "Term": "Transfer-degraded medication entry",
                "DmdProductCodeId": "",
            },
            {"CodeId": "2004", "Term": "Zapain", "DmdProductCodeId": ""},
        ],
        Prescribing_IssueRecord=[{"CodeId": f"200{n}"} for n in (1, 2, 3, 4, 5)],
    )
    codes = table(store, "codes")
    assert [
        (c["system"], c["code"], c["term"], c["dmd"]) for c in codes if c["kind"] != "clinical"
    ] == [
        ("emis_code_id", "2001", "Codeine 30mg tablets", "322280009"),
        ("emis_code_id", "2004", "Zapain", None),
        ("emis_code_id", "2005", None, None),
        ("name", "Tramadol 50mg", "Tramadol 50mg", None),
        ("name", "Transfer-degraded medication entry", "Transfer-degraded medication entry", None),
    ]
    said = findings(store, "medicines")
    assert said["no code: known by name only"] == 2
    assert said["product without dm+d id"] == 4
    assert said["code is not in the dictionary"] == 3


def test_opt_outs_survive_any_date(tmp_path):
    dates = [("", "U"), ("soon", "YMD"), ("2020-02-30", "YMD"), ("2027-01-01", "??")]
    rows = [
        {"CodeId": "1814041000006118", "EffectiveDate": d, "EffectiveDatePrecision": p}
        for d, p in dates
    ]
    dissent = {
        "CodeId": "1814041000006118",
        "ReadTermId": "9Nu0",
        "SnomedCTConceptId": "827241000000103",
    }
    store = read(tmp_path, CareRecord_Observation=rows, Coding_ClinicalCode=[dissent])
    [code] = [c for c in table(store, "codes") if c["kind"] == "clinical"]
    assert (code["read_v2"], code["snomed_concept"], code["rows"]) == (
        "9Nu0.",
        "827241000000103",
        4,
    )
    assert apart(store) == []
