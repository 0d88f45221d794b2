"""`study show`: the page says what is run, windows as spans and as dates."""

from datetime import date

import pytest
from studies import study_of

from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.study import load_study
from instep_cohort.study.outline import outline

ON = date(2026, 11, 1)

RICH = {
    "title": "A study of <everything>",
    "protocol": "{isrctn: ISRCTN1, papers: [one, {doi: x}]}",
    "codelists": "{pain: 1.0.0, opioids: 2.1.0, notes: 1.0.0, work: 1.0.0, out: 1.0.0}",
    "parameters": "{n: {value: 3, source: a paper}, w: {value: 182 days, source: another}}",
    "population": "{age: {min: 18}, registered: {kind: [regular, other], for: 6 months}}",
    "measures": (
        "{a: {events: pain}, b: {medicines: opioids, within: $w, at_least: $n},"
        " c: {events: pain, between: {from: 2 years, to: 6 months}},"
        " d: {events: pain, within: {span: 2 weeks, after: e.first}},"
        " e: {events: pain, after: 2020-01-01}, idle: {events: pain, exactly: 0}}"
    ),
    "include": "{one: a, two: {all: [b, {not: c}]}, three: {at_least: {n: 2, of: [one, a, d]}}}",
    "exclude": "{four: {any: [c]}}",
    "opt_outs": '{events: out, type_1_overridden_by: "A. B., Caldicott guardian"}',
    "flags": (
        "{sick: {fit_notes: notes, within: 12 months, gap: 3 days, private: count},"
        " job: {work_status: work, fresh_for: 6 months}}"
    ),
    "settled_elsewhere": "{wants_to_work: patient}",
}

# what RICH is on 2026-11-01
PAGE = """\
small 1.0.0: A study of <everything>, on 2026-11-01

Population: everybody who passes each of
  - not dead by 2026-11-01, nor by the date of the extract
  - registered (other or regular) on 2026-11-01, without a break since 2026-05-01 (for 6 months)
  - aged 18 or more years on 2026-11-01
  - no test or dummy patient
  - no record that is marked confidential

Include: a candidate meets every line
  - one
      - a: at least 1 date of pain (events) ever, up to 2026-11-01
  - two: all of these
      - b: at least 3 dates of opioids (medicines) from 2026-05-03 to 2026-11-01 (within 182 days)
      - this does not hold
          - c: at least 1 date of pain (events) from 2024-11-01 to 2026-05-01 (between 2 years and 6
            months before)
  - three: at least 2 of these
      - one: that line holds
      - a: at least 1 date of pain (events) ever, up to 2026-11-01
      - d: at least 1 date of pain (events) in the 14 days from the first date of e on
          - e: at least 1 date of pain (events) from 2020-01-01 to 2026-11-01

Exclude: a candidate meets none of the lines
  - four
      - c: at least 1 date of pain (events) from 2024-11-01 to 2026-05-01 (between 2 years and 6
        months before)

Opt-outs: each has to hold
  - no standing dissent from contact for research (out)
  - not on the practice's own opt-out list (research or type 1)
  - (coded type 1 dissents remove nobody: overridden by A. B., Caldicott guardian)

Measured, and decides nothing
  - idle: no date of pain (events) ever, up to 2026-11-01

Added for each candidate, and decides nothing
  - sick: fit notes of notes issued from 2025-11-01 to 2026-11-01 (within 12 months)
      - notes are one spell where they overlap or touch, or a hole of at most 3 days lies between
        them
      - notes issued no more than 35 days apart are one run
      - private certificates count, headings do not count
      - a fit note is never evidence of unemployment
  - job: the latest dated work status of work; it is fresh when dated 2026-05-01 or later (fresh for
    6 months)
  - tier, for the order of letters: the first that holds
      - X: a fresh status says in work: held back, released only by the practice
      - A: a fresh status says out of work
      - B: certified sickness in its window or a fresh status says unfit for work
      - C: everybody else

Settled elsewhere, since no record can
  - wants_to_work: patient

Parameters
  - n = 3: a paper
  - w = 182 days: another

Codelists
  - pain 1.0.0
  - opioids 2.1.0
  - notes 1.0.0
  - work 1.0.0
  - out 1.0.0

Protocol
  - isrctn: ISRCTN1
  - papers
      - one
      - doi: x"""


def test_the_page_of_a_study_of_everything():
    assert outline(study_of(**RICH), ON).as_text() == PAGE


def test_dates_are_those_of_the_day():
    page = outline(study_of(**RICH), date(2028, 2, 29)).as_text()
    assert "from 2027-08-31 to 2028-02-29 (within 182 days)" in page
    assert "from 2026-02-28 to 2027-08-29 (between 2 years" in page


def test_a_parameter_of_the_call_shows_with_what_the_study_has():
    page = outline(study_of(**RICH), ON, overrides={"n": "5", "w": "1 year"}).as_text()
    assert "b: at least 5 dates of opioids (medicines) from 2025-11-01 to" in page
    assert "(within 1 year)" in page
    assert "n = 5: set for this run; the study has 3: a paper" in page
    with pytest.raises(UsageError, match="no parameter m to set"):
        outline(study_of(**RICH), ON, overrides={"m": "5"})


def test_without_opt_outs_and_flags():
    page = outline(study_of(opt_outs=None), ON).as_text()
    assert "identify refuses this study" in page
    assert "tier" not in page


def test_each_flag_alone_has_its_own_tiers():
    fit = outline(study_of(flags="{f: {fit_notes: notes}}"), ON).as_text()
    assert "f: fit notes of notes issued ever, up to 2026-11-01" in fit
    assert "B: certified sickness in its window\n" in fit
    assert "X:" not in fit
    work = outline(study_of(flags="{f: {work_status: work}}"), ON).as_text()
    assert "B: a fresh status says unfit for work\n" in work


def test_markdown_nests_as_the_text_does():
    markdown = outline(study_of(**RICH), ON).as_markdown()
    lines = markdown.splitlines()
    assert lines[0] == "# small 1.0.0: A study of \\<everything>, on 2026-11-01"
    assert "## Include: a candidate meets every line" in lines
    place = lines.index("- two: all of these")
    assert lines[place + 1].startswith("  - b: at least 3 dates")
    assert lines[place + 2] == "  - this does not hold"
    assert lines[place + 3].startswith("    - c: at least 1 date of pain (events) from 2024-11-01")
    text_items = sum(line.lstrip().startswith("- ") for line in PAGE.splitlines())
    assert sum(line.lstrip().startswith("- ") for line in lines) == text_items


def test_what_is_wrong_on_the_day_is_refused():
    study = study_of(measures="{a: {events: pain, after: 2026-01-01}, b: {medicines: opioids}}")
    assert outline(study, ON)
    with pytest.raises(DefinitionError, match="later than the search date"):
        outline(study, date(2025, 1, 1))


def test_every_measure_of_a_shipped_study_is_on_its_page(shipped_study):
    page = outline(load_study(shipped_study), ON).as_text()
    study = load_study(shipped_study)
    for name in (*study.measures, *study.include, *study.exclude, *study.parameters):
        assert f"- {name}" in page
