"""A fit note is never read as unemployment, nor a missing code as work: tests that try to."""

import ast
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from instep_cohort.codelists import Library
from instep_cohort.cohort.flags import Flags
from instep_cohort.terminology.meanings import (
    CERTIFIED,
    FIT_NOTE_CATEGORIES,
    STATUSES,
    WORK_STATUS_CATEGORIES,
)
from instep_cohort.work import fit_notes
from instep_cohort.work.fit_notes import FitNoteRules, NoteRow, certified_absence
from instep_cohort.work.statuses import STATUS_OF, StatusRow, work_hints, work_status
from instep_cohort.work.tiers import tier

ON = date(2026, 11, 1)
ROOM = Path(fit_notes.__file__).parent
SAYS_NOTHING = sorted(set(WORK_STATUS_CATEGORIES) - set(STATUSES))


def made_notes(chance):
    return [
        NoteRow(
            ON - timedelta(chance.randrange(2000)),
            frozenset(chance.sample(FIT_NOTE_CATEGORIES, chance.randrange(1, 4))),
            chance.choice([None, 7.0, 28.0]),
            chance.choice([None, "days", "weeks"]),
            "Unemployed, out of work, job lost",  # a term that tries to be read
        )
        for _ in range(chance.randrange(15))
    ]


@pytest.mark.parametrize("seed", range(300))
def test_fit_notes_alone_never_make_a_work_status_or_tier_a_or_x(seed):
    chance = random.Random(seed)
    rules = FitNoteRules(
        chance.choice([None, ON - timedelta(365)]),
        chance.choice([0, 7]),
        35,
        private_counts=bool(seed % 2),
        headings_count=bool(seed % 3),
    )
    absence = certified_absence(made_notes(chance), rules, ON)
    status = work_status([], fresh_from=ON - timedelta(365), on=ON)
    for flags in (Flags(absence, None), Flags(absence, status, work_hints([], on=ON))):
        columns = flags.columns()
        assert columns["tier"] == ("B" if absence.flag.certified_sickness else "C")
        assert columns.get("work_status", "unknown") == "unknown"
        # the words of its own reason; a term of the record is quoted in may_be_fit_terms alone
        said = str({name: value for name, value in columns.items() if name != "may_be_fit_terms"})
        assert not any(
            words in said for words in ("unemploy", "Unemploy", "out of work", "in work")
        )


@pytest.mark.parametrize("seed", range(300))
def test_codes_that_state_no_status_never_make_one(seed):
    chance = random.Random(seed)
    rows = [
        StatusRow(
            ON - timedelta(chance.randrange(400)), frozenset([chance.choice(SAYS_NOTHING)]), "x"
        )
        for _ in range(chance.randrange(6))
    ]
    status = work_status(rows, fresh_from=ON - timedelta(365), on=ON)
    assert status == ("unknown", None, None, None)
    assert Flags(None, status, work_hints(rows, on=ON)).tier == "C"


def test_only_a_code_that_says_in_work_makes_tier_x_and_only_out_of_work_makes_a():
    made = {
        (status, certified): tier(status, certified=certified)
        for status in (None, "unknown", "conflict", *set(STATUS_OF.values()))
        for certified in (False, True)
    }
    assert {key for key, value in made.items() if value == "X"} == {
        ("in_work", False),
        ("in_work", True),
    }
    assert {key for key, value in made.items() if value == "A"} == {
        ("out_of_work", False),
        ("out_of_work", True),
    }


def test_what_reads_notes_knows_no_word_for_a_status():
    for name in ("fit_notes", "spells", "statements", "early"):
        tree = ast.parse((ROOM / f"{name}.py").read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert "instep_cohort.work.statuses" not in imported, name
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert not texts & {*STATUS_OF, *STATUS_OF.values(), "unemployed"}, name


def test_the_categories_of_the_two_flags_have_nothing_in_common():
    assert not set(FIT_NOTE_CATEGORIES) & set(WORK_STATUS_CATEGORIES)
    assert set(STATUS_OF) == set(STATUSES)


def test_no_code_of_the_fit_note_list_states_a_work_status():
    library = Library()
    notes, work = library.latest("fit-notes"), library.latest("employment-status")
    speaking = {(s.system, s.code) for s in work.selectors if s.category in STATUS_OF}
    certifying = {(s.system, s.code) for s in notes.selectors if s.category in CERTIFIED}
    assert speaking
    assert certifying
    assert not speaking & certifying
