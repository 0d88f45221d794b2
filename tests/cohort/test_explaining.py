"""Why somebody is on the list, or not: every archetype, generated studies, and each part by hand."""

import csv
import json
from datetime import date

import pyarrow as pa
import pytest

import reference as ref
from cohort.explained_scenarios import cohort_of
from cohort.hand_made_runs import WHO, made, used
from cohort.small_practice import CANDIDATES, DROPPED_AT
from generative.strategies import scenario
from instep_cohort.cohort import Cohort, identify
from instep_cohort.cohort.explain.words import measures_in
from instep_cohort.errors import ExtractError, UsageError
from instep_cohort.extracts import ingest, open_store
from instep_cohort.study import bind, load_study
from instep_cohort.synthetic import make_practice

ON = date(2026, 11, 1)


def step_of(explanation, name):
    return next(step for step in explanation.steps if step.name == name)


def measures_of(explanation):
    found = [one for step in explanation.steps for one in measures_in(step.logic)]
    return {one.name: one for one in [*found, *explanation.other_measures]}


def nodes_of(node):
    yield node
    for part in node.parts:
        yield from nodes_of(part)


# ---------------------------------------------------------------- people with a known answer


@pytest.fixture(scope="module")
def instep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("instep")
    make_practice(folder / "extract", patients=300, extract_date=ON)
    store = ingest(folder / "extract", profile="standard", extract_date=ON, out=folder / "store")
    opt_outs = folder / "extract" / "opt-outs.csv"
    cohort = identify(load_study("instep"), store, on=ON, opt_outs=opt_outs, opt_outs_on=ON)
    with (folder / "extract" / "truth.csv").open(encoding="utf-8", newline="") as lines:
        return cohort, list(csv.DictReader(lines))


POPULATION = {"alive", "registered", "age", "test", "confidential"}


def test_every_archetype_is_explained_as_the_truth_has_it(instep):
    cohort, truth = instep
    assert len(truth) > 60
    for person in truth:
        if person["step"] in POPULATION:
            with pytest.raises(UsageError, match="keeps nothing of a patient with that id"):
                cohort.explain(person["patient_id"])
            continue
        explanation = cohort.explain(person["patient_id"])
        failed = [step.name for step in explanation.failed]
        assert explanation.candidate == (person["expected"] == "in"), person["archetype"]
        assert failed == ([person["step"]] if person["step"] else []), person["archetype"]


# archetype | what would have had to be otherwise, parts after a colon
OTHERWISE = """
painful-89-days-apart         | one of these: explicit_pain has no date; 1 needed / painful_condition has 2 dates, 89 days apart; 90 needed
painful-twice-on-one-day      | one of these: explicit_pain has no date; 1 needed / painful_condition has 1 date (2 rows); 2 needed, 90 days or more apart
opioid-3-issues-on-2-dates    | one of these: opioid_use has 2 dates (3 rows); 3 needed / gabapentinoid_use has no date; 3 needed
gabapentinoid-epilepsy-undated | one of these: opioid_use has no date; 3 needed / epilepsy has 1 undated row, which counts as one date; with none it would not be met
palliative                    | palliative has 1 date, 2026-08-03 (on gold standards palliative care framework); with none it would not be met
type-1-undated                | a dissent without a date, which stands for good
type-1-withdrawal-undated     | dissent of 2024-05-15 stands; an undated withdrawal does not count
listed-research               | on the practice's own opt-out list
"""


@pytest.mark.parametrize("line", OTHERWISE.strip().splitlines(), ids=lambda line: line.split()[0])
def test_what_would_have_had_to_be_otherwise_is_said_in_the_fewest_words(instep, line):
    cohort, truth = instep
    archetype, said = (cell.strip() for cell in line.split("|"))
    who = next(one["patient_id"] for one in truth if one["archetype"] == archetype)
    (step,) = cohort.explain(who).failed
    parts = " / ".join(part.text for part in step.change.parts)
    assert step.change.text + (f": {parts}" if parts else "") == said


def test_everybody_of_the_small_practice_is_explained(cohort):
    for who, step in DROPPED_AT.items():
        explanation = cohort.explain(who)
        assert explanation.candidate == (who in CANDIDATES)
        assert explanation.dropped_at == step
        assert not explanation.failed or explanation.failed[0].name == step


def test_further_steps_that_fail_are_told_with_what_they_need(cohort):
    explanation = cohort.explain("00ZQ22")
    assert [(step.name, step.dropped_here, step.change.text) for step in explanation.failed] == [
        (
            "palliative_care",
            True,
            "dying has 1 date, 2026-02-02 (OWNWORDS PL1); with none it would not be met",
        ),
        ("research_dissent", False, "dissent of 2020-01-01 stands"),
    ]
    assert [step.name for step in explanation.unknown] == ["practice_list"]


# ---------------------------------------------------------------- generated studies


@pytest.mark.parametrize("seed", range(12))
def test_an_explanation_says_what_the_facts_and_the_reference_say(seed, tmp_path):
    given = scenario(seed)
    cohort = cohort_of(given, tmp_path)
    people = ref.people_of(given.extract)
    rules = ref.Rules(ref.substituted(given.study), given.lists, given.on)
    passes = {name: test for name, _, test in ref.steps_of(rules, given.extract, given.opt_outs)}
    candidates = {row["patient_id"]: row for row in cohort.to_arrow().to_pylist()}
    rows = cohort.to_arrow("facts").to_pylist()
    assert rows
    for facts in rows:
        who = facts["patient_id"]
        explanation = cohort.explain(who)
        assert explanation.candidate == (who in candidates)
        assert explanation.dropped_at == facts["dropped_at"]
        assert [step.name for step in explanation.steps] == list(passes)
        for step in explanation.steps:
            if step.passed is None:
                assert step.kind == "opt_out"
            else:
                assert step.passed == passes[step.name](people[who]), step.name
            for node in nodes_of(step.logic) if step.logic else ():
                if node.kind == "line":
                    assert node.met == facts[node.name]
        measures = measures_of(explanation)
        assert measures.keys() == given.study["measures"].keys()
        for name, found in measures.items():
            assert found.met == facts[f"{name}_met"]
            check_count(found, facts, given.study["measures"][name])
        columns = {name: flag for one in explanation.flags for name, flag in one.columns.items()}
        expected = ref.flag_columns(people[who], rules)
        assert columns == {name: expected[name] for name in columns}
        assert explanation.tier == (expected.get("tier") if who in candidates else None)
        json.dumps(explanation.as_dict())


def check_count(found, facts, spec):
    """The rows that are shown come to the count that decided."""
    assert found.count == facts[f"{found.name}_count"]
    dates = {row.date for row in found.evidence}
    if "apart" in spec or "in_any" in spec:
        assert len(found.counted) == found.count
    elif spec.get("counting") == "rows":
        assert len(found.evidence) == found.count
    else:
        assert found.count == (len(dates - {None}) or len(dates))


# ---------------------------------------------------------------- each part, by hand

ONE = "measures:\n  ache: {events: aches}\ninclude: {pain: ache}\n"


def test_every_kind_of_logic_is_told_with_its_parts():
    rules = """\
measures:
  a: {events: aches}
  b: {medicines: pills}
include:
  some: {any: [a, b]}
  every: {all: [a, some]}
  two: {at_least: {n: 2, of: [a, b, {not: b}]}}
"""
    facts = {"a": 1, "b": 0, "some": True, "every": True, "two": True}
    explanation = made(rules, facts, [used("a", "2026-05-10")], candidate={}).explain(WHO)

    def tree(node):
        return (node.kind, node.name, node.needed, node.met, *(tree(part) for part in node.parts))

    a, b = ("measure", "a", None, True), ("measure", "b", None, False)
    assert [tree(step_of(explanation, name).logic) for name in ("some", "every", "two")] == [
        ("any", "", 1, True, a, b),
        ("all", "", 2, True, a, ("line", "some", None, True)),
        ("at_least", "", 2, True, a, b, ("not", "", None, True, b)),
    ]


def test_an_undated_row_stands_last_and_says_so():
    rows = [used("ache", "undated"), used("ache", "2026-05-10"), used("ache", "2025-05-10")]
    cohort = made(ONE, {"ache": (2, True), "pain": True}, rows, candidate={})
    ache = measures_of(cohort.explain(WHO))["ache"]
    assert [row.date for row in ache.evidence] == [date(2025, 5, 10), date(2026, 5, 10), None]
    assert ache.compared == "2 dates (1 undated row beside, not counted); 1 needed"


@pytest.mark.parametrize(
    ("matched_by", "weaker"),
    [
        ("code", False),
        ("dictionary", False),
        ("hierarchy", False),
        ("code (5 characters)", True),
        ("substance", True),
        ("product_name", True),
        ("substance; product_name", True),
        ("product_name; code", False),  # one of two lists has the code itself
    ],
)
def test_a_weaker_match_is_told_as_one(matched_by, weaker):
    rows = [used("ache", "2026-05-10", matched_by=matched_by)]
    explanation = made(ONE, {"ache": 1, "pain": True}, rows, candidate={}).explain(WHO)
    (row,) = measures_of(explanation)["ache"].evidence
    assert (row.matched_by, row.weaker_match) == (matched_by, weaker)


ANCHORED = """\
measures:
  ache: {{events: aches}}
  pills: {{medicines: pills, within: {{span: 30 days, {side}: ache.last}}}}
include: {{pain: ache}}
"""


@pytest.mark.parametrize(
    ("side", "last", "window"),
    [
        (
            "after",
            "2026-05-10",
            "from 2026-05-10 to 2026-06-09, since ache's last date is 2026-05-10",
        ),
        (
            "before",
            "2026-05-10",
            "from 2026-04-10 to 2026-05-10, since ache's last date is 2026-05-10",
        ),
        (
            "around",
            "2026-10-31",
            "from 2026-10-01 to 2026-11-01, since ache's last date is 2026-10-31",
        ),
        ("after", "2026-11-01", "on 2026-11-01, since ache's last date is 2026-11-01"),
    ],
)
def test_a_window_that_hangs_on_a_measure_is_told_in_dates(side, last, window):
    rows = [used("ache", "2026-01-01"), used("ache", last)]
    facts = {"ache": 2, "pain": True}
    explanation = made(ANCHORED.format(side=side), facts, rows, candidate={}).explain(WHO)
    (pills,) = explanation.other_measures
    assert pills.window == window


def test_without_its_anchor_a_measure_says_why_nothing_matches():
    facts = {"pain": False, "dropped_at": "pain"}
    rules = ANCHORED.format(side="after").replace("{pain: ache}", "{pain: pills}")
    (step,) = made(rules, facts).explain(WHO).failed
    text = "pills has no date; 1 needed (ache has no last date, so no row can match)"
    assert step.change.text == text


def test_a_flag_called_like_a_measure_keeps_its_own_rows():
    rules = ONE.replace("pain: ache", "pain: ache") + "flags:\n  ache: {fit_notes: notes}\n"
    note = {"codelist": "notes", "category": "not_fit"}
    rows = [used("ache", "2026-05-10"), used("ache", "2026-06-10", **note)]
    explanation = made(rules, {"ache": 1, "pain": True}, rows, candidate={}).explain(WHO)
    assert [row.codelist for row in measures_of(explanation)["ache"].evidence] == ["aches"]
    assert [row.codelist for row in explanation.flags[0].evidence] == ["notes"]


# ---------------------------------------------------------------- flags

FLAGS = """\
flags:
  sick: {fit_notes: notes, within: 12 months}
  work: {work_status: jobs, fresh_for: 12 months}
"""


NOT_LONG = (
    "not long-term, which takes a spell that is open on the search date and began 91 days or more "
    "before it"
)
TWO_RUNS = (
    "not every note has a length, so no spell is made up; 2 runs of notes issued no more than "
    "35 days apart (not lengths of absence)"
)
LONG = (
    "long-term: a last run of issued notes that spans 91 days or more and ended no more than 35 "
    "days before the search date"
)


def flags(*rows):
    explanation = made(ONE + FLAGS, {"ache": 1, "pain": True}, rows, candidate={}).explain(WHO)
    sick, work = explanation.flags
    return [*sick.says, *work.says], explanation


def note(day, category="not_fit", **others):
    return used("sick", day, codelist="notes", category=category, **others)


def job(day, category):
    return used("work", day, codelist="jobs", category=category)


def test_fit_notes_with_lengths_are_told_as_spells():
    length = {"value": 28.0, "unit": "days"}
    said, explanation = flags(
        note("2025-01-10", **length),
        *(note(day, **length) for day in ("2026-09-13", "2026-10-11")),
    )
    assert said == [
        "certified sickness: 2 fit notes from 2026-09-13 to 2026-10-11, the last says not fit",
        "spell from 2025-01-10 to 2025-02-06: 28 days, 1 note",
        "spell from 2026-09-13 to 2026-11-07: 56 days, 2 notes, open on the search date",
        NOT_LONG,
        "a fit note is evidence of certified sickness, never of unemployment",
        "unknown: no status on record, which is never read as in work",
    ]
    assert explanation.flags[0].columns["spell_days"] == 56
    assert explanation.flags[0].spells[1] == {
        "start": date(2026, 9, 13),
        "end": date(2026, 11, 8),
        "days": 56,
        "covered_days": 56,
        "notes": 2,
        "statements": "not_fit",
        "open": True,
    }
    assert explanation.tier == "B"


def test_fit_notes_without_lengths_are_told_as_runs():
    said, _ = flags(
        note("2026-06-21", "may_be_fit"),
        *(note(day) for day in ("2026-07-19", "2026-08-16", "2026-09-13", "2026-10-11")),
        note("2024-01-01"),
    )
    assert said[1:4] == [
        "may be fit on 1 date, last 2026-06-21: Back ache (there may be a job to go back to)",
        TWO_RUNS,
        LONG,
    ]


def test_one_fit_note_and_none():
    assert flags(note("2026-06-21", "may_be_fit"))[0][0] == (
        "certified sickness: 1 fit note, of 2026-06-21, says may be fit"
    )
    assert flags(note("2025-06-21"))[0][0] == "no certified sickness in the window"
    assert flags()[0] == [
        "no certified sickness in the window",
        "unknown: no status on record, which is never read as in work",
    ]


@pytest.mark.parametrize(
    ("rows", "said", "tier"),
    [
        (
            [job("2026-09-01", "job_loss")],
            "out of work on 2026-09-01, 61 days before the search date: fresh",
            "A",
        ),
        (
            [job("2025-10-31", "in_work")],
            "in work on 2025-10-31, 366 days before the search date: stale, decides nothing",
            "C",
        ),
        (
            [job("2026-09-01", "in_work"), job("2026-09-01", "not_seeking")],
            "conflict: different statuses on 2026-09-01, which decide nothing",
            "C",
        ),
        (
            [job("2026-10-31", "in_work")],
            "in work on 2026-10-31, 1 day before the search date: fresh",
            "X",
        ),
    ],
)
def test_a_work_status_is_told_with_its_age(rows, said, tier):
    words, explanation = flags(*rows)
    assert words[-1] == said
    assert explanation.tier == tier
    assert explanation.tier_rule


def test_somebody_left_out_has_flags_and_no_tier(cohort):
    explanation = cohort.explain("00ZQ16")
    assert [flag.name for flag in explanation.flags] == ["sickness", "work"]
    assert (explanation.tier, explanation.cautions) == (None, None)
    assert "cautions and tiers are worked out for candidates only" in explanation.remarks


def test_the_flags_of_a_candidate_are_those_of_the_list(cohort):
    for row in cohort.to_arrow().to_pylist():
        explanation = cohort.explain(row["patient_id"])
        columns = {name: value for one in explanation.flags for name, value in one.columns.items()}
        assert {name: row[name] for name in columns} == columns
        assert explanation.tier == row["tier"]
        assert "; ".join(one.name for one in explanation.cautions) == row["cautions"]


# ---------------------------------------------------------------- opt-outs and the population

OPT_OUT = ONE + "opt_outs: {events: wishes}\n"
DISSENT = used("opt_out", "2020-01-01", codelist="wishes", category="type_1_dissent")
LATER = used("opt_out", "2005-01-01", codelist="wishes", category="type_1_withdrawn")
EARLY = DISSENT | {"date": date(2000, 1, 1)}


def test_a_type_1_dissent_that_is_overridden_is_no_step_and_is_told():
    rules = OPT_OUT.replace("wishes}", 'wishes, type_1_overridden_by: "A Partner, GP"}')
    facts = {"ache": 1, "pain": True}
    explanation = made(rules, facts, [DISSENT], candidate={}).explain(WHO)
    assert [step.name for step in explanation.steps][-1] == "research_dissent"
    assert [row.category for row in explanation.opt_outs] == ["type_1_dissent"]
    assert (
        "type_1 is no step: the study overrides type 1 dissents, by A Partner, GP; "
        "here: dissent of 2020-01-01 stands"
    ) in explanation.remarks


@pytest.mark.parametrize(
    ("dropped_at", "listed", "passed", "note"),
    [
        ("practice_list", True, False, "on the practice's own opt-out list"),
        ("", True, True, ""),
        ("pain", True, None, "of those who were left out before, a run does not keep it"),
    ],
)
def test_the_practice_list_is_told_as_far_as_the_run_knows(dropped_at, listed, passed, note):
    facts = {"ache": int(dropped_at != "pain"), "pain": dropped_at != "pain"}
    answered = {"practice_list_rows": 3, "practice_list_drawn_up": "2026-10-20"}
    candidate = None if dropped_at else {}
    facts["dropped_at"] = dropped_at
    explanation = made(OPT_OUT, facts, answered=answered, candidate=candidate).explain(WHO)
    step = step_of(explanation, "practice_list")
    assert (step.passed, step.note) == (passed, note)
    assert "the practice's own opt-out list is of 2026-10-20" in explanation.remarks


def test_without_a_practice_list_there_is_no_step_and_who_answered_is_told():
    explanation = made(OPT_OUT, {"ache": 1, "pain": True}, candidate={}).explain(WHO)
    assert [step.name for step in explanation.steps][-2:] == ["research_dissent", "type_1"]
    said = "there is no opt-out list of the practice: A Partner, practice manager"
    assert said in explanation.remarks


@pytest.mark.parametrize(
    ("age", "dropped_at", "passed", "text"),
    [
        # adults of 2026 were born by 2008: a withdrawal of 2005 may lie before a birth
        ("{min: 18}", "pain", None, "does not keep the birth"),
        ("{min: 18}", "", True, "withdrawn on 2005-01-01"),
        ("{min: 18}", "type_1", False, "it is dated before birth"),
        ("{min: 30}", "pain", True, "withdrawn on 2005-01-01"),
        ("{max: 64}", "pain", None, "does not keep the birth"),
        (None, "pain", None, "does not keep the birth"),
    ],
)
def test_a_withdrawal_that_may_lie_before_birth_is_never_taken_for_granted(
    age, dropped_at, passed, text
):
    rules = (f"population: {{age: {age}}}\n" if age else "") + OPT_OUT
    facts = {"ache": int(dropped_at != "pain"), "pain": dropped_at != "pain"}
    facts["dropped_at"] = dropped_at
    cohort = made(rules, facts, [EARLY, LATER], candidate=None if dropped_at else {})
    step = step_of(cohort.explain(WHO), "type_1")
    assert step.passed is passed
    assert step.note.endswith(text)


@pytest.mark.parametrize(
    ("candidate", "note"),
    [
        ({"age": 45}, "45 years"),
        (
            {"age": 18, "birth_precision": "year"},
            "18 years at the youngest: birth is known to the year only, check it",
        ),
        ({"age": None, "birth_precision": None}, ""),
    ],
)
def test_the_age_of_a_candidate_is_told_with_what_is_known_of_the_birth(candidate, note):
    rules = "population: {age: {min: 18}}\n" + ONE
    cohort = made(rules, {"ache": 1, "pain": True}, candidate=candidate)
    assert step_of(cohort.explain(WHO), "age").note == note


def test_a_caution_is_told_with_its_meaning():
    rules = ONE + "exclude: {ill: {not: ache}}\n"
    names = "ill; opt-out: caution; opt-out: national"
    facts = {"ache": 1, "pain": True, "ill": False}
    found = made(rules, facts, candidate={"cautions": names}).explain(WHO).cautions
    assert [one.name for one in found] == names.split("; ")
    assert "undated or dated after the search date" in found[0].meaning
    assert "record sharing" in found[1].meaning
    assert "national" in found[2].meaning


# ---------------------------------------------------------------- whom a run does not know


@pytest.mark.parametrize("who", ["00ZQ11", "00ZQ15", "nobody-ZQ", ""])
def test_whoever_is_not_in_the_population_gets_a_message_without_the_id(cohort, who):
    with pytest.raises(UsageError) as error:
        cohort.explain(who)
    text = str(error.value)
    assert "ZQ" not in text
    assert "Check the id first" in text
    for step in ("alive: not dead by 2026-11-01", "registered:", "age: aged 18 to 64", "test:"):
        assert f"\n  {step}" in text


def test_no_step_that_the_study_does_not_ask_for_is_named():
    rules = "population: {confidential: include}\n" + ONE
    with pytest.raises(UsageError) as error:
        made(rules, {"ache": 1, "pain": True}, candidate={}).explain("other")
    assert "  age" not in str(error.value)
    assert "  confidential" not in str(error.value)


def test_its_repr_tells_nothing_of_the_person(cohort):
    explanation = cohort.explain("00ZQ22")
    assert "ZQ" in str(explanation)
    assert "ZQ" not in repr(explanation)
    assert "OWNWORDS" not in repr(explanation)


# ---------------------------------------------------------------- a run is taken at its word


def test_parameters_that_were_set_are_those_that_are_explained(identified):
    cohort = identified(parameters={"issues": "3", "window": "1 year"})
    explanation = cohort.explain("00ZQ01")
    pills = measures_of(explanation)["pills_taken"]
    assert (explanation.dropped_at, pills.compared) == ("medicine", "2 dates; 3 needed")
    assert pills.asks.endswith("from 2025-11-01 to 2026-11-01")


def test_a_study_that_was_bound_before_the_run_is_explained_with_its_values(practice):
    bound = bind(load_study(practice.study), {"issues": "3", "window": "1 year"})
    cohort = identify(
        bound,
        open_store(practice.store),
        on=ON,
        opt_outs=practice.opt_outs,
        opt_outs_on=ON,
        codelists=practice.codelists,
    )
    assert measures_of(cohort.explain("00ZQ01"))["pills_taken"].compared == "2 dates; 3 needed"


def broken(cohort, **tables):
    return Cohort({**cohort.tables, **tables}, cohort.manifest)


def test_a_run_whose_parts_contradict_each_other_is_refused(cohort):
    facts = cohort.to_arrow("facts")
    rows = facts.to_pylist()
    other_line = [row | {"pain": not row["pain"]} for row in rows]
    other_step = [row | {"dropped_at": "medicine"} for row in rows]
    steps = cohort.to_arrow("attrition").slice(1)
    for wrong in (
        broken(cohort, facts=facts.drop_columns(["ache_first"])),
        broken(cohort, facts=facts.drop_columns(["pain"])),
        broken(cohort, facts=pa.Table.from_pylist(other_line, schema=facts.schema)),
        broken(cohort, facts=pa.Table.from_pylist(other_step, schema=facts.schema)),
        broken(cohort, attrition=steps),
    ):
        with pytest.raises(ExtractError, match="do not belong together") as error:
            wrong.explain("00ZQ01")
        assert "ZQ" not in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"search_date": "soon"},
        {"search_date": None},
        {"parameters": None},
        {"parameters": {"unknown": {"value": 1}}},
        {"study": {"text": "study: small"}},
        {"study": {}},
        {"answered_for": {}},
    ],
    ids=str,
)
def test_a_manifest_that_cannot_be_followed_is_refused(cohort, change):
    with pytest.raises(ExtractError, match="identify again"):
        Cohort(cohort.tables, {**cohort.manifest, **change}).explain("00ZQ01")
