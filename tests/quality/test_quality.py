"""What the quality report says of small extracts in each of which one thing is odd."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import instep_cohort as ic
from extracts.extract_files import EVENT, PATIENT, SAMPLES, aurum, csv_text, put, standard
from instep_cohort.cohort.safety import STALE_EXTRACT_DAYS
from instep_cohort.errors import ExtractError, UsageError
from instep_cohort.extracts import ingest
from instep_cohort.extracts.manifest import FileCounts
from instep_cohort.extracts.manifest import Finding as Said
from instep_cohort.extracts.merging import merge_stores
from instep_cohort.extracts.patients import COPY
from instep_cohort.extracts.profiles import all_profiles
from instep_cohort.quality import RULES, Quality, quality
from instep_cohort.quality.as_text import amount
from instep_cohort.quality.extract_age import OLDEST
from instep_cohort.quality.rows_read import findings_of
from instep_cohort.quality.rules import PROBLEMS
from instep_cohort.quality.said_by_ingest import said_findings
from instep_cohort.quality.values import Finding, Severity, Unit

ON = date(2026, 11, 1)


def found(store, **asked):
    """The findings by rule: severity, count, of."""
    return {
        one.rule: (str(one.severity), one.count, one.of) for one in quality(store, **asked).findings
    }


def counted(report, rule):
    return sum(one.count for one in report.findings if one.rule == rule)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """The findings of an extract in which nothing is odd."""
    return found(standard(tmp_path_factory.mktemp("clean"), medicines=[{"bnf": "040702"}]))


# ---------------------------------------------------------------- each rule once

CASES = [
    # rule, tables of the extract, severity, count, of
    ("date-future", {"events": [{"date": "2026-11-02"}, *[{}] * 10]}, "warning", 1, 11),
    ("date-future", {"events": [{"date": "2026-11-02"}, {}]}, "error", 1, 2),
    ("date-future", {"events": [{"date": "2027"}, {}]}, "error", 1, 2),
    ("before-birth", {"events": [{"date": "1980-02-02"}, {}]}, "warning", 1, 2),
    ("before-birth", {"events": [{"date": "1980-01"}, {}]}, "warning", 1, 2),
    (
        "after-death",
        {"patients": [{"death_date": "2026-04-30"}], "events": [{}, {"date": "2026-04-30"}]},
        "warning",
        1,
        2,
    ),
    ("before-registration", {"events": [{"date": "2000-12-31"}, {}]}, "note", 1, 2),
    ("date-partial", {"events": [{"date": "2026-05"}, {"date": "2026"}, {}]}, "warning", 2, 3),
    ("date-missing", {"events": [{"date": ""}, {}]}, "warning", 1, 2),
    ("date-unreadable", {"events": [{"date": "31/02/2026"}, {}]}, "error", 1, 2),
    ("duplicate-event", {"events": [{}, {}, {}, {"code": "N06.."}]}, "warning", 2, 4),
    ("duplicate-issue", {"medicines": [{}, {"quantity": "5"}]}, "note", 1, 2),
    ("no-bnf", {"medicines": [{}]}, "note", 1, 1),
    (
        "no-dmd",
        {"medicines": [{"system": "local", "code": "5"}, {}]},
        "note",
        1,
        2,
    ),
    (
        "product-unmapped",
        {"medicines": [{"system": "local", "code": "5"}, {}]},
        "warning",
        1,
        2,
    ),
    ("name-only", {"medicines": [{"system": "", "code": ""}]}, "note", 1, 1),
    ("code-unmapped", {"events": [{"system": "local"}, {}]}, "error", 1, 2),
    ("not-a-number", {"events": [{"value": "x"}]}, "note", 1, 1),
    (
        "damaged-code",
        {"events": [{"system": "snomed_ct", "code": "2.79E+08"}, {}]},
        "error",
        1,
        1,
    ),
    ("check-digit", {"events": [{"system": "snomed_ct", "code": "279039008"}]}, "error", 1, 1),
    ("wrong-system", {"events": [{"code": "XaX1E"}, {}]}, "warning", 1, 2),
    (
        "identifying-code",
        {"events": [{"code": "9159.", "value": "7700900123"}, {}]},
        "warning",
        1,
        2,
    ),
    ("identifying-code", {"events": [{"code": "9159"}, {"code": "9152-1"}, {}]}, "warning", 2, 3),
    ("read-form", {"events": [{"code": "N05"}, {}]}, "warning", 1, 2),
    ("opt-out-set-apart", {"events": [{"system": "icd10", "code": "9Nu0."}, {}]}, "error", 1, 1),
    ("opt-out-set-apart", {"events": [{"patient_id": "9", "code": "9Nu0."}, {}]}, "error", 1, 1),
    ("unknown-system", {"events": [{"system": "icd10"}, {}]}, "error", 1, 2),
    ("quarantined", {"events": [{"patient_id": "9"}, {}]}, "error", 1, 2),
    (
        "unreadable-row",
        {"events": "patient_id,date,system,code\n1,2026-05-01,read_v2,N05..\n1,x\n"},
        "error",
        1,
        2,
    ),
    ("birth-missing", {"patients": [{"birth_date": ""}]}, "warning", 1, 1),
    ("birth-imprecise", {"patients": [{"birth_date": "1980"}]}, "note", 1, 1),
    ("age-unlikely", {"patients": [{"birth_date": "1900-01-01"}]}, "note", 1, 1),
    ("sex-unknown", {"patients": [{"sex": "?"}]}, "warning", 1, 1),
    ("death-before-birth", {"patients": [{"death_date": "1970-01-01"}]}, "warning", 1, 1),
    ("test-patient", {"patients": [{"is_test": "y"}, {"patient_id": "2"}]}, "note", 1, 2),
    ("confidential", {"patients": [{"is_confidential": "1"}]}, "note", 1, 1),
    ("damaged-id", {"patients": [{"patient_id": "1.0"}, {}]}, "error", 1, None),
    ("practice-missing", {"patients": [{"practice_id": ""}]}, "warning", 1, 1),
    (
        "registration-backwards",
        {"patients": [{"registration_end": "2000-01-01"}]},
        "warning",
        1,
        1,
    ),
    ("registration-future", {"patients": [{"registration_start": "2026-11-02"}]}, "note", 1, 1),
    ("registered-nobody", {"patients": [{"registration_end": "2026-11-01"}]}, "error", 1, 1),
    (
        "registration-after-death",
        {"patients": [{"death_date": "2020-01-01"}]},
        "note",
        1,
        1,
    ),
    ("not-regular", {"patients": [{"registration_kind": "temporary"}]}, "note", 1, 1),
    ("registration-kind", {"patients": [{"registration_kind": "odd"}]}, "warning", 1, 1),
    ("registration-date", {"patients": [{"registration_start": ""}]}, "warning", 1, 1),
    ("opt-out-none", {}, "warning", 0, None),
    ("opt-out-coded", {"events": [{"code": "9Nu0."}, {}]}, "note", 1, None),
    ("list-not-compared", {}, "note", 1, None),
]


@pytest.mark.parametrize(
    ("rule", "tables", "severity", "count", "of"),
    CASES,
    ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)],
)
def test_each_rule(tmp_path, clean, rule, tables, severity, count, of):
    assert found(standard(tmp_path, **tables))[rule] == (severity, count, of)
    assert rule in ("opt-out-none", "list-not-compared") or rule not in clean


REGISTRATIONS = [
    # start, end, practice of each registration; which rules find something
    ([("2001-01-01", "", "A81001")], set()),
    ([("2001-01-01", "2005-01-01", ""), ("2005-01-01", "", "")], set()),
    ([("2001-01-01", "2005-01-01", ""), ("2004-12-31", "", "")], {"registration-overlap"}),
    ([("2001-01-01", "", ""), ("2005-01-01", "2006-01-01", "")], {"registration-overlap"}),
    ([("2001-01-01", "", "A81001"), ("2005-01-01", "", "B")], {"registration-several"}),
    ([("2001-01-01", "2026-11-01", "A81001"), ("2005-01-01", "", "B")], {"registered-nobody"}),
    ([], {"registration-none", "registered-nobody"}),
]


@pytest.mark.parametrize(("spans", "rules"), REGISTRATIONS)
def test_registrations(tmp_path, spans, rules):
    rows = [
        {"patient_id": "1", "start": start, "end": end, "kind": "regular", "practice_id": practice}
        for start, end, practice in spans
    ]
    header = "patient_id,start,end,kind,practice_id\n"
    lines = "".join(",".join(row.values()) + "\n" for row in rows)
    report = found(standard(tmp_path, registrations=header + lines))
    assert {r for r in report if r.startswith("regist")} == rules


def test_the_case_of_codes(tmp_path):
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    codes = [f"{one}{two}..." for one in letters[:15] for two in letters[:15]]
    store = standard(tmp_path, events=[{"code": code} for code in codes])
    assert found(store)["case-folded"][:2] == ("error", 225)
    mixed = [*codes, "Abz.."]
    store = standard(tmp_path / "mixed", events=[{"code": code} for code in mixed])
    assert "case-folded" not in found(store)


def test_months_of_a_practice(tmp_path):
    months = [f"2025-{m:02}-10" for m in range(1, 13)] + [f"2026-{m:02}-10" for m in range(1, 11)]
    events = [
        {"date": day, "value": str(n)} for day in months if day[:7] != "2025-09" for n in range(40)
    ]
    [gap] = [
        one for one in quality(standard(tmp_path, events=events)).findings if one.rule == "gap"
    ]
    assert (gap.practice, gap.table, gap.place) == ("A81001", "events", "2025-09")
    assert (str(gap.severity), gap.count, gap.unit) == ("warning", 1, "months")


LISTS = [
    (1, "list-as-expected", "note"),
    (2, "list-differs", "warning"),
    (10, "list-differs", "warning"),
    (11, "list-empty", "error"),
]


@pytest.mark.parametrize(("expected", "rule", "severity"), LISTS)
def test_the_list_against_what_it_should_be(tmp_path, expected, rule, severity):
    store = standard(tmp_path)
    for given_as in (expected, {"A81001": expected}):
        assert found(store, expected_list_size=given_as)[rule] == (severity, 1, expected)


def test_whom_a_list_has(tmp_path):
    people = [
        {},
        {"patient_id": "2", "death_date": "2026-01-01"},
        {"patient_id": "3", "is_test": "y"},
        {"patient_id": "4", "registration_kind": "temporary"},
        {"patient_id": "5", "registration_end": "2026-11-01"},
        {"patient_id": "6", "registration_end": "2026-11-02"},
    ]
    people = [{"registration_kind": "regular"} | one for one in people]
    table = quality(standard(tmp_path, patients=people)).table("lists")
    assert list(table.rows) == [("A81001", 2, "not given")]


def test_wrong_list_sizes(tmp_path):
    people = [{}, {"patient_id": "2", "practice_id": "B"}]
    store = standard(tmp_path, patients=people)
    for asked, message in [
        (5, "one expected list size is given for 2 practices"),
        ({"C": 5}, "given for C, which the store does not have; its practices are A81001, B"),
        ({"B": 0}, "of B is below 1"),
    ]:
        with pytest.raises(UsageError, match=message):
            quality(store, expected_list_size=asked)


def test_the_age_of_an_extract(tmp_path):
    store = standard(tmp_path)
    assert OLDEST == STALE_EXTRACT_DAYS
    assert "extract-old" not in found(store)
    assert "extract-old" not in found(store, on=ON + timedelta(days=90))
    assert found(store, on=ON + timedelta(days=91))["extract-old"] == ("error", 91, None)


def test_people_of_no_practice_are_no_empty_practice(tmp_path):
    told = found(standard(tmp_path, patients=[{}, {"patient_id": "2", "practice_id": ""}]))
    assert "registered-nobody" not in told


# ---------------------------------------------------------------- the whole


def test_rows_are_all_accounted_for(tmp_path):
    store = standard(tmp_path, events=[{}, {"patient_id": "9"}, {"code": ""}])
    report = quality(store)
    for _, _, read, stored, quarantined, skipped in report.table("files").rows:
        assert read == stored + quarantined + skipped
    assert list(report.table("reasons").rows) == [
        ("events.csv", "quarantined", "no code", 1),
        ("events.csv", "quarantined", "unknown patient", 1),
    ]


def test_the_reasons_of_a_file_stand_together_without_small_numbers(tmp_path):
    events = [{}] * 400 + [{"patient_id": "9"}] * 2 + [{"code": ""}]
    report = quality(standard(tmp_path, events=events), masked=True)
    [one] = [one for one in report.findings if one.rule == "quarantined"]
    assert (one.count, one.of, one.what) == (3, 403, "set apart: unknown patient, no code")
    assert report.shown(one) == ("<5", 405)


def test_what_is_about_most_of_the_extract_comes_first(tmp_path):
    events = [{}] * 300 + [{"date": "1979-01-01"}] * 40 + [{"patient_id": "9"}]
    report = quality(standard(tmp_path, events=events))
    ranks = [(-one.severity.rank, -one.weight) for one in report.findings]
    assert ranks == sorted(ranks)
    rules = [one.rule for one in report.findings]
    assert rules.index("opt-out-none") < rules.index("before-birth") < rules.index("quarantined")


def test_files_that_are_copies_are_counted_by_rows(tmp_path):
    put(tmp_path / "extract", patients_csv=csv_text([PATIENT]))
    put(tmp_path / "extract" / "events", a_csv=csv_text([EVENT]), b_csv=csv_text([EVENT]))
    given = {"profile": "standard", "extract_date": ON, "out": tmp_path / "store"}
    store = ingest(tmp_path / "extract", **given)
    [one] = [one for one in quality(store).findings if one.rule == "same-file"]
    assert (one.unit, one.count) == ("rows", 1)


HEAD = "patient_id,date,system,code,term\n"
ROW = "1,2026-05-01,read_v2,N05..,x\n"
ENDS = [
    # the end of the file, whether it was cut off
    ('1,2026-05-01,read_v2,N05..,"Low ba', True),
    ("1,2026-05", True),
    ("1,2026-05\n", False),
    ("(2 rows affected)\n", False),
    ("1,2026-05\n1,2026-05-01,read_v2,N05..,x", False),
    ("1,2026-05-01,read_v2,N05..,x", False),
    ("9,2026-05-01,read_v2,N05..,x", False),
]


@pytest.mark.parametrize(("end", "cut"), ENDS)
def test_a_file_that_was_cut_off_is_an_error(tmp_path, end, cut):
    store = standard(tmp_path, events=(HEAD + ROW * 300 + end).encode())
    assert ("cut-off" in found(store)) == cut
    if cut:
        assert found(store)["cut-off"] == ("error", 1, None)
        [said] = [one.what for one in quality(store).findings if one.rule == "cut-off"]
        assert said.startswith("events.csv ends in the middle of a row")


def test_a_file_that_was_cut_off_in_the_middle_of_a_letter(tmp_path):
    store = standard(tmp_path, events=(HEAD + ROW + '1,2026-05-01,read_v2,"é').encode("cp1252"))
    assert "cut-off" in found(store)


COPIES = FileCounts(
    file="b.csv",
    table="patient",
    sha256="0" * 64,
    read=10,
    stored=2,
    quarantined={},
    skipped={COPY: 7, "deleted": 1},
)


def test_patients_who_stand_in_two_files():
    found = [(one.rule, one.severity, one.count) for one in findings_of(COPIES)]
    assert found == [("copied-patients", "warning", 7), ("left-out", "note", 1)]


UNUSED = [
    ("events copy.csv", "unused-table"),
    ("Patients.bak", "unused-table"),
    ("eventsummary.csv", "unused-file"),
    ("notes.csv", "unused-file"),
]


@pytest.mark.parametrize(("name", "rule"), UNUSED)
def test_files_that_are_not_read(tmp_path, name, rule):
    standard(tmp_path)
    (tmp_path / "extract" / name).write_bytes(b"patient_id,code\n1,x\n")
    given = {"profile": "standard", "extract_date": ON, "out": tmp_path / "store"}
    store = ingest(tmp_path / "extract", **given)
    assert counted(quality(store), rule) == 1
    assert f"not read: {name}" in repr(store)
    severity = {"unused-table": "warning", "unused-file": "note"}[rule]
    assert found(store)[rule][0] == severity


NAMED = [
    # name of the files, the extract date, whether it is doubtful
    ("20261101_0100", "2026-11-01", False),
    ("2026-10-05", "2026-11-01", False),
    ("2026-09-30", "2026-11-01", True),
    ("20261102", "2026-11-01", True),
    ("20261102020000", "2026-11-01", True),
    ("20251301", "2026-11-01", False),
    ("120261102", "2026-11-01", False),
    ("plain", "2026-11-01", False),
]


@pytest.mark.parametrize(("name", "taken", "doubtful"), NAMED)
def test_the_day_that_names_speak_of(tmp_path, name, taken, doubtful):
    for table, row in (("patients", PATIENT), ("events", EVENT)):
        put(tmp_path / "extract" / table, **{f"{name}_csv": csv_text([row])})
    given = {"profile": "standard", "out": tmp_path / "store"}
    store = ingest(tmp_path / "extract", extract_date=date.fromisoformat(taken), **given)
    assert ("extract-date-doubtful" in found(store)) == doubtful


def test_the_absence_of_any_file_has_a_rule_that_is_no_note():
    for profile in all_profiles().values():
        for table in profile.tables:
            if table.without:
                said = (Said(table="medicines", finding=table.without, rows=1),)
                [one] = said_findings(said, {"medicines": 1})
                assert (one.rule, one.severity) == ("file-missing", "warning"), table.without


def test_one_month_is_no_months():
    one = Finding("drop", Severity.WARNING, "x", 1, Unit.MONTHS)
    assert amount(Quality("", "", "", ON, (), (one,), ()), one) == "1 month"


def test_each_problem_is_looked_for(tmp_path):
    numbers = [f"Q{n}" for n in range(1, 22)]
    assert list(PROBLEMS) == numbers
    with_rules = {rule.problem for rule in RULES.values()} - {""}
    assert with_rules == set(numbers)
    said = quality(standard(tmp_path)).as_dict()["problems"]
    assert [one["problem"] for one in said] == numbers


def test_every_finding_that_ingest_can_make_has_a_rule(tmp_path):
    odd = standard(
        tmp_path,
        patients=[{"sex": "", "birth_date": "x", "death_date": "2026-13-01", "is_test": "y"}],
        events=[{"date": "x", "value": "y"}, {"date": ""}, {"code": "N05"}],
        medicines=[{"code": "", "system": ""}, {"quantity": "z"}],
    )
    assert not [one for one in quality(odd).findings if one.rule == "said-by-ingest"]


def test_a_published_sample_has_the_counts_that_are_known_of_it(tmp_path):
    sample = SAMPLES / "synthetic-aurum"
    if not sample.is_dir():
        pytest.skip("the sample is not beside this repository")
    store = ingest(sample, profile="aurum", extract_date=date(2025, 1, 1), out=tmp_path / "s")
    report = quality(store)
    events = Counter()
    for one in report.findings:
        if one.table == "events":
            events[one.rule] += one.count
    assert events["before-registration"] == 2_218
    assert events["after-death"] == 260
    assert counted(report, "not-acceptable") == 743
    assert tuple(report.table("patients_by_practice").rows[0][:5]) == ("20000", 508, 0, 508, 0)


def test_products_without_any_code_are_named_where_enough_patients_have_them(tmp_path):
    people = [{"patient_id": str(n)} for n in range(6)]
    events = [{"patient_id": "0"}]
    medicines = [
        {"patient_id": str(n), "system": "local", "code": "7", "term": "Cream"} for n in range(5)
    ] + [
        {"patient_id": str(n), "system": "local", "code": "8", "term": "Private"} for n in range(4)
    ]
    report = quality(standard(tmp_path, patients=people, events=events, medicines=medicines))
    assert list(report.table("unmapped_products").rows) == [("local", "7", "Cream", 5)]
    assert "Private" not in json.dumps(report.as_dict())


def test_systems_by_year(tmp_path):
    store = aurum(
        tmp_path,
        Observation=[{}, {"obsdate": "01/01/2025"}, {"obsdate": ""}],
        MedicalDictionary=[
            {
                "medcodeid": "498521000006119",
                "term": "t",
                "cleansedreadcode": "N05..",
                "snomedctconceptid": "396275006",
            }
        ],
    )
    rows = [list(row) for row in quality(store).table("systems_by_year").rows]
    assert rows == [
        ["20001", "events", "2025", 1, 1, 0, 1, 0, 0, 0],
        ["20001", "events", "2026", 1, 1, 0, 1, 0, 0, 0],
        ["20001", "events", "undated", 1, 1, 0, 1, 0, 0, 0],
    ]


def test_a_merged_store_judges_each_practice_by_its_own_extract(tmp_path):
    late = standard(tmp_path / "late", events=[{"date": "2026-10-15"}])
    early = standard(
        tmp_path / "early",
        on=date(2026, 10, 1),
        patients=[{"patient_id": "2", "practice_id": "B"}],
        events=[{"patient_id": "2", "date": "2026-10-15"}],
    )
    merged = merge_stores([late, early], out=tmp_path / "merged")
    future = [one.practice for one in quality(merged).findings if one.rule == "date-future"]
    assert future == ["B"]
    old = [o for o in quality(merged, on=date(2026, 12, 31)).findings if o.rule == "extract-old"]
    assert [one.place for one in old] == ["early/store"]


# ---------------------------------------------------------------- shown, and hidden


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    people = [{"patient_id": f"ZQ{n}", "sex": "?" if n < 2 else "F"} for n in range(23)]
    events = [{"patient_id": f"ZQ{n}", "term": "OWNWORDS", "code": "9Nu0."} for n in range(3)]
    events += [{"patient_id": "ZQgone"}, {"patient_id": "ZQ1", "date": ""}]
    return quality(
        standard(tmp_path_factory.mktemp("shown"), patients=people, events=events),
        expected_list_size=23,
    )


def shows(report):
    return (report.as_text(), report.as_html(), json.dumps(report.as_dict()), repr(report))


def test_it_shows_nothing_of_a_patient(report):
    for one in (report, report.masked()):
        for text in shows(one):
            assert "ZQ" not in text
            assert "OWNWORDS" not in text


def test_it_says_whom_it_is_for(report):
    for text in shows(report)[:3]:
        assert "PRACTICE-ONLY" in text
    for text in shows(report.masked())[:3]:
        assert "RELEASABLE-COUNTS" in text
        assert "PRACTICE-ONLY" not in text


def test_masked_no_count_of_people_is_small_or_exact(report):
    for one in report.masked().as_dict()["findings"]:
        if one["unit"] in ("rows", "patients", "registrations"):
            for number in (one["count"], one["of"]):
                assert number in (None, "<5") or number % 5 == 0
    for name, table in report.masked().as_dict()["tables"].items():
        for row in table["rows"]:
            numbers = [cell for cell in row if isinstance(cell, int)]
            assert all(number % 5 == 0 for number in numbers), name
    plain = {o["rule"]: o["count"] for o in report.as_dict()["findings"]}
    hidden = {o["rule"]: o["count"] for o in report.masked().as_dict()["findings"]}
    assert (plain["sex-unknown"], hidden["sex-unknown"]) == (2, "<5")
    assert (plain["list-as-expected"], hidden["list-as-expected"]) == (23, 25)


def test_text_in_html_is_escaped(tmp_path):
    people = [{"practice_id": "<b>A</b>"}]
    assert "<b>A</b>" not in quality(standard(tmp_path, patients=people))._repr_html_()


def test_severities(report):
    assert report.worst is Severity.ERROR  # one of five events is of nobody
    assert {str(one.severity) for one in report.above("note")} == {"warning", "error"}
    assert report.above("error") == []
    ranks = [one.severity.rank for one in report.findings]
    assert ranks == sorted(ranks, reverse=True)


def test_it_is_the_packages_function(tmp_path):
    store = standard(tmp_path)
    assert isinstance(ic.quality(store), Quality)
    assert ic.quality(store) == quality(store)
    assert ic.Quality is Quality


def test_a_damaged_store_is_said_to_be_one(tmp_path):
    store = standard(tmp_path)
    path = store.path / "events.parquet"
    path.write_bytes(path.read_bytes()[:40] + b"PAR1")
    with pytest.raises(ExtractError, match="damaged; make it again"):
        quality(store)


# ---------------------------------------------------------------- counted again in another way

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": st.sampled_from(["1", "2"]),
            "date": st.sampled_from(["2026-05-01", "2026-05-02", "1979-01-01", "2027-01-01", ""]),
            "code": st.sampled_from(["N05..", "N06..", "9Nu0."]),
            "value": st.sampled_from(["", "1"]),
        }
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=8, deadline=None)
@given(ROWS)
def test_counts_agree_with_a_count_by_hand(rows):
    people = [{"practice_id": "A"}, {"patient_id": "2", "practice_id": "B"}]
    with TemporaryDirectory() as folder:
        report = quality(standard(Path(folder), patients=people, events=rows))
    dated = Counter((r["patient_id"], r["date"], r["code"]) for r in rows if r["date"])
    assert counted(report, "duplicate-event") == sum(n - 1 for n in dated.values())
    assert counted(report, "date-future") == sum(r["date"] > "2026-11-01" for r in rows)
    assert counted(report, "before-birth") == sum("" < r["date"] < "1980" for r in rows)
    by_practice = Counter("A" if r["patient_id"] == "1" else "B" for r in rows)
    counts = {row[0]: row[2] for row in report.table("rows_by_practice").rows}
    assert counts == by_practice
    months = report.table("rows_by_month").rows
    assert sum(row[3] for row in months) == sum(bool(r["date"]) for r in rows)


def test_duplicates_are_found_over_the_borders_of_row_groups(tmp_path):
    body = "1,2026-05-01,local,a\n" * 250_000
    store = standard(tmp_path, events="patient_id,date,system,code\n" + body)
    groups = duckdb.sql(
        f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{store.table_path('events')}')"
    ).fetchall()
    assert groups[0][0] > 2
    assert counted(quality(store), "duplicate-event") == 249_999


def test_mending_is_said_of_whatever_is_grave():
    without = [
        name for name, rule in RULES.items() if rule.severity is not Severity.NOTE and not rule.mend
    ]
    assert without == []
    assert all(re.fullmatch(r"[a-z-]+", name) for name in RULES)
