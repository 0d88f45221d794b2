"""An explanation in a terminal: word for word, within its width, and steering nothing."""

import pytest

from cohort.explained_scenarios import cohort_of
from cohort.hand_made_runs import WHO, made, used
from generative.strategies import scenario

LEFT_OUT = """\
PRACTICE-ONLY
Patient 00ZQ22, practice 0P1
small 1.0.0 on 2026-11-01: A small study

LEFT OUT at palliative_care, step 8 of 11

Steps
✓ alive: passed; asked: not dead by 2026-11-01, nor by the date of the extract
✓ registered: passed; asked: registered (regular) on 2026-11-01
✓ age: passed; asked: aged 18 to 64 years on 2026-11-01
✓ test: passed; asked: no test or dummy patient
✓ confidential: passed; asked: no record that is marked confidential
✓ pain: passed; include, has to be met
    ✓ ache: met: 1 date; 1 needed
        asks for at least 1 date of aches [back or hip] (events) from 2024-11-01 to 2026-11-01
        - OWNWORDS AC1, AC1.. (read_v2); aches@1.0.0, back: 2026-05-10
✓ medicine: passed; include, has to be met
    ✓ pills_taken: met: 2 dates; 2 needed
        asks for at least 2 dates of pills (medicines) from 2026-05-03 to 2026-11-01
        - OWNWORDS PI1, PI1.. (read_v2); pills@1.0.0, strong: 2026-08-01
        - OWNWORDS PI2, PI2.. (read_v2); pills@1.0.0, weak: 2026-09-01
✗ palliative_care: LEFT OUT HERE; exclude, must not be met
    ✓ dying: met: 1 date; 1 needed
        asks for at least 1 date of palliative (events) from 2021-11-01 to 2026-11-01
        - OWNWORDS PL1, PL1.. (read_v2); palliative@1.0.0, care: 2026-02-02
✗ research_dissent: fails too: dissent of 2020-01-01 stands; asked: no standing dissent from contact
  for research (wishes)
✓ type_1: passed: no dissent on record; asked: no standing type 1 dissent (wishes)
? practice_list: not known: of those who were left out before, a run does not keep it; asked: not on
  the practice's own opt-out list (research or type 1)

What would have had to be otherwise, in each of these
  palliative_care, LEFT OUT HERE: dying has 1 date, 2026-02-02 (OWNWORDS PL1); with none it would
  not be met
  research_dissent, fails too: dissent of 2020-01-01 stands
  practice_list, not known: of those who were left out before, a run does not keep it

Flags (they decide nothing about who is a candidate)
  sickness: fit notes (notes) issued from 2025-11-01 to 2026-11-01
    no certified sickness in the window
  work: the latest status (jobs), fresh from 2025-11-01 on
    unknown: no status on record, which is never read as in work

Opt-out codes on record
  - OWNWORDS WI1, WI1.. (read_v2); wishes@1.0.0, research_dissent: 2020-01-01

To be known
  rows outside a measure's list, category, value or window, and undated ones where it takes none,
  are not kept in a run: look for them in the record
  the practice's own opt-out list is of 2026-11-01
  cautions and tiers are worked out for candidates only"""

RULES = """\
measures:
  ache: {events: aches}
  pills: {medicines: pills, at_least: 3, within: {span: 30 days, after: ache.first}}
  hung: {medicines: pills, within: {span: 1 day, around: pills.last}}
include:
  pain: ache
  treated: {any: [pills, {all: [ache, {not: pain}]}]}
"""

BY_HAND = """\
✗ treated: LEFT OUT HERE; include, has to be met
    ✗ any of these: not met
        ✗ pills: not met: 2 dates (1 undated row beside, not counted); 3 needed
            asks for at least 3 dates of pills (medicines) in the 30 days from the first date of
            ache on
            from 2026-05-10 to 2026-06-09, since ache's first date is 2026-05-10
            - Codeine 30mg, PI1.. (gemscript); pills@1.0.0; weaker match, by product_name:
              2026-05-11, 2026-05-12
            - PI2.. (read_v2); pills@1.0.0, weak: undated
        ✗ all of these: not met
            ✓ ache: met: 3 dates (5 rows); 1 needed
                its rule and its rows stand above
            ✗ not: not met
                ✓ the line pain, told where it stands: met

Measures that no line leads to
✗ hung: not met: no date; 1 needed
    asks for at least 1 date of pills (medicines) from 1 day before to 1 day after the last date of
    pills
    from 2026-05-11 to 2026-05-13, since pills's last date is 2026-05-12

What would have had to be otherwise
  treated, LEFT OUT HERE: one of these
    - pills has 2 dates (1 undated row beside, not counted); 3 needed
    - pain: ache has 3 dates (5 rows), the last 2026-05-13 (Back ache); with none it would not be
      met
"""


@pytest.fixture(scope="module")
def by_hand():
    medicine = {"codelist": "pills", "version": "1.0.0", "code": "PI1..", "term": "Codeine 30mg"}
    by_name = {**medicine, "system": "gemscript", "category": "", "matched_by": "product_name"}
    rows = [
        used("ache", "2026-05-10", value=2.5, unit="points"),
        *(used("ache", "2026-05-12") for _ in range(3)),
        used("ache", "2026-05-13"),
        used("pills", "2026-05-11", **by_name),
        used("pills", "2026-05-12", **by_name),
        used("pills", "undated", **{**medicine, "code": "PI2..", "term": "", "category": "weak"}),
    ]
    facts = {"ache": 3, "pills": 2, "pain": True, "treated": False, "dropped_at": "treated"}
    return made(RULES, facts, rows).explain(WHO)


def test_somebody_left_out_word_for_word(cohort):
    assert cohort.explain("00ZQ22").as_text() == LEFT_OUT


def test_weaker_matches_repeats_anchors_and_what_stands_twice_word_for_word(by_hand):
    text = by_hand.as_text()
    assert BY_HAND in text
    row = "- Back ache, AC1.. (read_v2); aches@1.2.0, back: 2026-05-10 (2.5 points), 2026-05-12 x3,"
    assert f"        {row}\n          2026-05-13\n" in text


def test_a_candidate_is_told_with_reason_tier_cautions_and_what_no_record_can_settle(cohort):
    text = cohort.explain("00ZQ04").as_text()
    assert "CANDIDATE: passes all 11 steps\n  Pain: ache (1 date, last 2026-05-10" in text
    assert "✓ age: passed: 18 years; asked: aged 18 to 64 years on 2026-11-01\n" in text
    assert "\n  tier C: everybody else" in text
    assert "\nCautions, to be read before writing\n  ! palliative_care: a row of this" in text
    assert "\nWhat no record can settle\n  wants_to_work: patient at contact\n" in text
    assert "otherwise" not in text


def test_plain_marks_are_ascii(cohort):
    text = cohort.explain("00ZQ22").as_text(plain=True)
    assert text.isascii()
    assert "\n[+] pain: passed; include" in text
    assert "\n[-] palliative_care: LEFT OUT HERE" in text
    assert "\n[?] practice_list: not known" in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_it_was_asked_to_be(cohort, by_hand, width):
    for explanation in (cohort.explain("00ZQ22"), cohort.explain("00ZQ02"), by_hand):
        wide = [line for line in explanation.as_text(width=width).splitlines() if len(line) > width]
        assert not wide


def test_a_record_cannot_steer_the_terminal():
    rows = [used("ache", "2026-05-10", term="\x1b[2J\x1b]0;owned\x07Back\nache\r\u202e")]
    rules = "measures:\n  ache: {events: aches}\ninclude: {pain: ache}\n"
    text = made(rules, {"ache": 1, "pain": True}, rows, candidate={}).explain(WHO).as_text()
    assert all(sign.isprintable() for line in text.split("\n") for sign in line)
    assert "Back ache" in text


def test_every_row_of_evidence_is_shown(tmp_path):
    given = scenario(3)
    cohort = cohort_of(given, tmp_path)
    for who in cohort.to_arrow("facts")["patient_id"].to_pylist()[:10]:
        explanation = cohort.explain(who)
        text = explanation.as_text(width=10_000)
        shown = {row.term for step in explanation.steps for row in rows_of(step.logic)}
        assert all(term in text for term in shown)


def rows_of(node):
    if node is None:
        return []
    own = list(node.measure.evidence) if node.measure else []
    return own + [row for part in node.parts for row in rows_of(part)]


def test_so_many_of_the_parts_are_told_in_numbers():
    rules = """\
measures: {a: {events: aches}, b: {medicines: pills}}
include: {two: {at_least: {n: 2, of: [a, b, {not: b}]}}}
"""
    rows = [used("a", "2026-05-10")]
    text = made(rules, {"a": 1, "two": True}, rows, candidate={}).explain(WHO).as_text()
    assert "\n    ✓ at least 2 of these 3: met\n        ✓ a: met: 1 date; 1 needed\n" in text
    assert "\n        ✓ not: met\n            ✗ b: not met: no date; 1 needed\n" in text
