"""Certified absence against days ticked off on a calendar, one by one."""

import random
from datetime import date, timedelta

import pytest

from instep_cohort.work.fit_notes import FitNoteRules, NoteRow, certified_absence

RECORDS = 6_000
ORIGIN = date(2024, 1, 15)
ON = ORIGIN + timedelta(500)
STRENGTH = ["not_fit", "may_be_fit", "unspecified"]
SILENT = ["duplicate", "negated", "self_certificate", "administrative", "fit", "private", "heading"]


def made_record(seed):
    """Rows of one patient (day, category, length in days or None), and the rules to read them by."""
    chance = random.Random(seed)
    every_note_has_a_length = chance.random() < 0.7
    rows = []
    for _ in range(chance.randrange(12)):
        day = chance.randrange(0, 500, chance.choice([1, 7, 28]))
        category = chance.choice(STRENGTH * 4 + SILENT)
        has_length = every_note_has_a_length or chance.random() < 0.5
        rows.append((day, category, chance.choice([1, 7, 28, 91]) if has_length else None))
    window = chance.choice([None, ORIGIN + timedelta(chance.randrange(500))])
    counts = {
        "private_counts": chance.random() < 0.3,
        "headings_count": chance.random() < 0.3,
    }
    return rows, FitNoteRules(window, chance.choice([0, 1, 6]), chance.choice([28, 35]), **counts)


def stretches(days, hole):
    """Runs of days between which no more than `hole` days are missing."""
    found = []
    for day in days:
        if found and day - found[-1][-1] - 1 <= hole:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def by_days(rows, rules):
    """What the rows come to, worked out on sets of days."""
    said = {}
    lengths = {}
    for day, category, length in rows:
        if category == "private" and rules.private_counts:
            category = "unspecified"
        if category == "heading" and rules.headings_count:
            category = "unspecified"
        if category in STRENGTH:
            said.setdefault(day, set()).add(category)
            lengths.setdefault(day, set()).update([length] if length else [])
    issued = sorted(said)
    first = 0 if rules.first is None else (rules.first - ORIGIN).days
    in_window = [day for day in issued if day >= first]
    found = {
        "certified_sickness": bool(in_window),
        "fit_notes": len(in_window),
        "length_known": bool(issued) and all(lengths[day] for day in issued),
        "issued_runs": len(stretches(issued, rules.issue_gap - 1)),
    }
    runs = [(run[0], run[-1], len(run)) for run in stretches(issued, rules.issue_gap - 1)]
    spells = []
    if found["length_known"]:
        ticked = sorted({d + k for d in issued for k in range(max(lengths[d]))})
        for spell in stretches(ticked, rules.gap):
            held = [day for day in issued if spell[0] <= day <= spell[-1]]
            strongest = [next(s for s in STRENGTH if s in said[day]) for day in held]
            spells.append(
                (spell[0], spell[-1] + 1, len(spell), len(held), list(dict.fromkeys(strongest)))
            )
    return found, spells, runs


@pytest.mark.parametrize("first", range(0, RECORDS, 1_000))
def test_absence_is_what_the_days_say(first):
    kinds = {"spells": 0, "joined": 0, "without": 0}
    for seed in range(first, first + 1_000):
        rows, rules = made_record(seed)
        notes = [
            NoteRow(ORIGIN + timedelta(d), frozenset({c}), n, "days" if n else None)
            for d, c, n in rows
        ]
        absence = certified_absence(notes, rules, ON)
        flag, spells, runs = by_days(rows, rules)
        assert {name: getattr(absence.flag, name) for name in flag} == flag, seed
        assert [
            (
                (s.start - ORIGIN).days,
                (s.end - ORIGIN).days,
                s.covered_days,
                s.notes,
                list(s.statements),
            )
            for s in absence.spells
        ] == spells, seed
        assert [
            ((r.first_issued - ORIGIN).days, (r.last_issued - ORIGIN).days, r.notes)
            for r in absence.runs
        ] == runs, seed
        kinds["spells"] += bool(spells)
        kinds["joined"] += any(spell[3] > 1 for spell in spells)
        kinds["without"] += bool(runs) and not spells
    assert min(kinds.values()) > 100, kinds  # each kind of record occurs


def test_how_long_ago_is_counted_from_the_latest_spell_and_run():
    rules = FitNoteRules(None, 0, 35)
    note = NoteRow(ON - timedelta(100), frozenset({"not_fit"}), 28.0, "days")
    ended = certified_absence([note], rules, ON)
    assert ended.recency == (100, 72, 100, 100)
    running = certified_absence([note._replace(issued=ON - timedelta(5))], rules, ON)
    assert running.recency == (5, None, 5, 5)
    unknown = certified_absence([note._replace(value=None)], rules, ON)
    assert unknown.recency == (None, None, 100, 100)
    assert certified_absence([], rules, ON).recency == (None, None, None, None)
    # the day after the last certified day is the first without: 0 days since the note's end
    assert certified_absence([note._replace(issued=ON - timedelta(28))], rules, ON).recency[1] == 0


def test_each_kind_of_statement_is_kept_apart():
    rules = FitNoteRules(date(2025, 1, 1), 0, 35)

    def row(day, category, term=""):
        return NoteRow(date.fromisoformat(day), frozenset({category}), None, None, term)

    said = certified_absence(
        [
            row("2024-06-01", "may_be_fit", "before the window"),
            row("2025-02-01", "may_be_fit", "Phased return to work"),
            row("2025-03-01", "not_fit"),
            row("2025-03-01", "may_be_fit", "Amended duties"),
            row("2025-03-01", "may_be_fit", "Altered hours"),
            row("2025-03-02", "duplicate"),
            row("2025-03-03", "duplicate"),
            row("2025-03-04", "self_certificate"),
        ],
        rules,
        date(2025, 4, 1),
    ).statements
    assert said.may_be_fit_notes == 2
    assert said.may_be_fit_last == date(2025, 3, 1)
    assert said.may_be_fit_terms == "Amended duties; Altered hours"
    assert said.not_counted == "2 duplicate; 1 self_certificate"
