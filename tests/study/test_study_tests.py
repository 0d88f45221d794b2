"""Study tests: the shipped ones pass, and each threshold of a shipped study is held on both sides."""

from datetime import date

import pytest

from instep_cohort.codelists import Library
from instep_cohort.cohort import study_tests
from instep_cohort.cohort.finding import NO_PRACTICE_LIST
from instep_cohort.cohort.lists import pinned_lists, resolve_lists
from instep_cohort.cohort.made_extract import write_made_extract, write_made_opt_outs
from instep_cohort.cohort.practice_list import read_practice_list
from instep_cohort.cohort.study_tests import Verdict, run_study_tests
from instep_cohort.engine.frames import engine_of
from instep_cohort.engine.grid import candidates, merged
from instep_cohort.engine.uses import uses_of
from instep_cohort.errors import DefinitionError, SafetyRefusal, UsageError
from instep_cohort.extracts import ingest
from instep_cohort.study import Span, compile_study, load_study, parse_study
from instep_cohort.study.made_patients import file_of_tests, load_study_tests, parse_study_tests
from instep_cohort.study.references import names_used

ON = date(2026, 11, 1)


def shipped_tests(name):
    study = load_study(name)
    return study, load_study_tests(file_of_tests(study))


def failures(name, **parameters):
    """The patients of a shipped study who are not as expected under these parameters."""
    verdicts = run_study_tests(*shipped_tests(name), parameters=parameters, engine="polars")
    return {verdict.patient for verdict in verdicts if not verdict.is_met}


def test_the_tests_of_a_shipped_study_pass(shipped_study):
    study, tests = shipped_tests(shipped_study)
    verdicts = run_study_tests(study, tests)
    assert [str(one) for one in verdicts if not one.is_met] == []
    assert tests.study == study.study
    assert {one.found.split(" ")[0] for one in verdicts} == {"in", "out"}
    # every line of the study leaves somebody out
    left_out_at = {one.found.removeprefix("out at ") for one in verdicts}
    assert {*study.include, *study.exclude} <= left_out_at


def altered(value, on):
    """The value a little smaller and a little larger, or without each of its parts, as text."""
    if isinstance(value, tuple):
        return [f"[{', '.join(x for x in value if x != part)}]" for part in value]
    if isinstance(value, int):
        return [str(n) for n in (value - 1, value + 1) if n >= 0]
    span = Span.parse(value)
    days = (on - span.before(on)).days
    return [f"{days - 1} days", f"{days + 1} days"]


def flag_parameters(study):
    return names_used({"flags": study.data().get("flags", {})})


def test_no_threshold_of_a_shipped_study_moves_unseen(shipped_study, tmp_path):
    """A parameter one smaller or one larger gives other candidates among the made-up patients."""
    study, tests = shipped_tests(shipped_study)
    moved = {}
    for name in names_used(study.data()) - flag_parameters(study):
        for value in altered(study.parameters[name].value, tests.on):
            try:
                moved[name, value] = compile_study(study, tests.on, overrides={name: value})
            except DefinitionError:
                continue  # such as at_least: 0, which nobody can take for the study
    assert {name for name, _ in moved} == names_used(study.data()) - flag_parameters(study)
    variants = [compile_study(study, tests.on), *moved.values()]
    patients = write_made_extract(tmp_path / "extract", tests.patients)
    has_list = write_made_opt_outs(tmp_path / "opt-outs.csv", patients, tests.on)
    listed = read_practice_list(tmp_path / "opt-outs.csv").table() if has_list else None
    store = ingest(
        tmp_path / "extract", profile="standard", extract_date=tests.on, out=tmp_path / "store"
    )
    shared = merged(variants)
    lists = resolve_lists(shared.plan, pinned_lists(study, Library()), store.codes())
    with engine_of("polars") as running:
        found = candidates(
            running, store, variants, shared, uses_of(shared.plan, lists),
            practice_list=NO_PRACTICE_LIST if listed is None else listed,
        )  # fmt: skip
    as_it_is, *others = [set(ids.to_pylist()) for ids in found]
    assert as_it_is == {who for who, one in patients.items() if one.expected.is_in}
    unseen = [setting for setting, ids in zip(moved, others, strict=True) if ids == as_it_is]
    assert unseen == []


FLAGS = [
    ("instep", "fit_note_window", "364 days", "fit note on the first day of twelve months"),
    ("instep", "fit_note_window", "366 days", "fit note a day too long ago"),
    ("reise", "status_fresh_for", "364 days", "unemployed since a year, still fresh"),
    ("reise", "status_fresh_for", "366 days", "unemployed a day longer ago is stale and decides nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameter", "value", "patient"), FLAGS)
def test_nor_does_the_window_of_a_flag(name, parameter, value, patient):
    assert failures(name, **{parameter: value}) == {patient}


NEAR_MISSES = [
    ({"issues": "2"}, {"two issues only", "three issues, the first a day before the window", "three issues on two days count as two"}),
    ({"issue_window": "183 days"}, {"three issues, the first a day before the window"}),
    ({"explicit_pain_window": "1827 days"}, {"fibromyalgia a day too long ago"}),
    ({"painful_condition_apart": "89 days"}, {"back pain on two dates 89 days apart"}),
    ({"painful_condition_dates": "1"}, {"back pain once", "back pain on two dates 89 days apart", "back pain twice, the older a day too long ago"}),
    ({"painful_condition_window": "731 days"}, {"back pain twice, the older a day too long ago"}),
    ({"age_max": "65"}, {"sixty-five on the search date"}),
    ({"age_min": "17"}, {"eighteen on the day after"}),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "patients"), NEAR_MISSES)
def test_the_near_misses_of_instep_miss_by_that_much(parameters, patients):
    assert failures("instep", **parameters) == patients


def verdict_of(lines, expect, **others):
    """What instep says of one patient of these lines."""
    text = f"on: 2026-11-01\npatients:\n- name: p\n  birth: 1980-05-01\n  {lines}\n  expect: {expect}\n"
    (verdict,) = run_study_tests(load_study("instep"), parse_study_tests(text, "t.yaml"), **others)
    return verdict


IN = "{events: [2026-03-01 N248. Fibromyalgia, 2026-03-01 9D15. eMED3], medicines: [{date: [2026-06-01, 2026-07-01, 2026-08-01], code: dji2.}]}"
IN = IN[1:-1].replace(", medicines", "\n  medicines")

MISMATCHES = [
    (IN, "out", ["expected out, found in"]),
    (IN, "out at pain_medicine", ["expected out at pain_medicine, found in"]),
    (IN, "{result: in, tier: C, fit_notes: 2, spell_days: 28, fit_note_last: 2026-03-02}",
     ["tier: expected C, found B", "fit_notes: expected 2, found 1", "spell_days: expected 28, found empty", "fit_note_last: expected 2026-03-02, found 2026-03-01"]),
    (IN, "{result: in, tier: B, fit_notes: 1, certified_sickness: true, spell_days: empty, fit_note_last: 2026-03-01, cautions: [], age: 46, sex: U}", []),
    (IN, "{result: in, cautions: [palliative_care]}", ["cautions: expected palliative_care, found none"]),
    (IN.replace("9D15. eMED3", "9Nd1. No consent"), "{result: in, cautions: []}", ["cautions: expected none, found opt-out: caution"]),
    ("events: [2026-03-01 N248. Fibromyalgia]", "in", ["expected in, found out at pain_medicine"]),
    ("events: [2026-03-01 N248. Fibromyalgia]", "out at chronic_pain", ["expected out at chronic_pain, found out at pain_medicine"]),
    ("died: 2020-01-01", "in", ["expected in, found out at alive"]),
    ("is_test: true", "out at test", []),
    ("is_confidential: true", "out at confidential", []),
    ("registered: []", "out at registered", []),
    ("practice_list: type_1\n  " + IN, "out at practice_list", []),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expect", "mismatches"), MISMATCHES)
def test_each_mismatch_is_said(lines, expect, mismatches):
    verdict = verdict_of(lines, expect, engine="polars")
    assert list(verdict.mismatches) == mismatches
    assert bool(verdict.explanation) == bool(mismatches)


def test_a_mismatch_comes_with_its_explanation():
    text = str(verdict_of("events: [2026-03-01 N248. Fibromyalgia]", "in"))
    assert text.splitlines()[:2] == [
        "FAIL  p (line 3)",
        "      expected in, found out at pain_medicine",
    ]
    assert "✗ opioid_use: not met: no date; 3 needed" in text
    assert "chronic_pain" not in text
    assert all(line.startswith("      | ") for line in text.splitlines()[2:])
    columns = str(verdict_of(IN, "{result: in, tier: A}"))
    assert "certified_sickness: fit notes (fit-notes)" in columns
    assert "opioid_use" not in columns
    outside = str(verdict_of("died: 2020-01-01", "in"))
    assert "| left out at alive, which asks: not dead by 2026-11-01" in outside


def test_the_verdict_of_who_is_as_expected_is_one_line():
    assert str(Verdict("p", 3, "in", "in", ())) == "ok    p (in)"


UNKNOWN = [
    ("out at pain_medicin", "patients[0].expect: the study has no step pain_medicin (did you mean pain_medicine?)"),
    ("{result: in, teir: B}", "patients[0].expect.teir: candidates have no column teir (did you mean tier?)"),
    ("{result: in, job: unknown}", "patients[0].expect.job: candidates have no column job"),
    ("{result: in, cautions: [paliative_care]}", "patients[0].expect.cautions: there is no caution paliative_care (did you mean palliative_care?)"),
]  # fmt: skip


@pytest.mark.parametrize(("expect", "message"), UNKNOWN)
def test_what_the_study_does_not_know_is_told_with_its_line(expect, message):
    with pytest.raises(DefinitionError) as error:
        verdict_of("sex: F", expect)
    assert str(error.value).startswith("t.yaml:6 " + message)


def test_tests_of_another_study_are_refused():
    study, _ = shipped_tests("instep-sensitive")
    _, tests = shipped_tests("instep")
    with pytest.raises(DefinitionError, match="of the study instep, and this is instep-sensitive"):
        run_study_tests(study, tests)


def test_what_ingest_cannot_read_is_told(monkeypatch):
    def with_a_row_of_nobody(folder, patients):
        found = write_made_extract(folder, patients)
        with (folder / "events.csv").open("a") as file:
            file.write("99,2026-05-01,read_v2,N142.,,,\n")
        return found

    monkeypatch.setattr(study_tests, "write_made_extract", with_a_row_of_nobody)
    with pytest.raises(
        DefinitionError, match=r"t\.yaml:2 patients: 1 rows cannot be read: unknown patient"
    ):
        verdict_of("sex: F", "out")


def test_a_study_without_opt_outs_and_a_wrong_setting():
    study, tests = shipped_tests("instep")
    bare = parse_study(study.text.replace("opt_outs: {events: research-opt-out}", ""), "bare.yaml")
    with pytest.raises(SafetyRefusal, match="says nothing of opt-outs"):
        run_study_tests(
            bare,
            parse_study_tests("on: 2026-11-01\npatients: [{name: p, age: 3, expect: out}]", "t"),
        )
    with pytest.raises(UsageError, match="no parameter issue to set"):
        run_study_tests(study, tests, parameters={"issue": "3"})


def test_a_study_of_medicines_alone_is_not_refused_for_want_of_events():
    text = "on: 2026-11-01\npatients: [{name: p, age: 46, medicines: [2026-06-01 dji2.], expect: out at chronic_pain}]"
    (verdict,) = run_study_tests(load_study("instep"), parse_study_tests(text, "t"))
    assert verdict.is_met
