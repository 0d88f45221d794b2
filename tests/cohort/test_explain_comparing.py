"""What a measure found against what it needs, word for word (RULES.md §4)."""

from datetime import date

import pytest

from instep_cohort.cohort.explain.comparing import Counted, compare, unmet_with
from instep_cohort.study import compile_study, parse_study

ON = date(2026, 11, 1)


def measure(rule):
    text = (
        "study: one\nversion: 1.0.0\ncodelists: {aches: 1.0.0}\n"
        f"measures:\n  ache: {{events: aches{', ' if rule else ''}{rule}}}\n"
        "  any_ache: {events: aches}\ninclude: {some: any_ache}\n"
    )
    return compile_study(parse_study(text, "one.yaml"), ON).measures["ache"]


# rule | days of 2026 (undated ones: ?) | found | needed
WORDS = """
                                  |                               | no date                                      | 1 needed
                                  | 01-05                         | 1 date                                       | 1 needed
                                  | 01-05 01-05 02-01             | 2 dates (3 rows)                             | 1 needed
                                  | ?                             | 1 undated row, which counts as one date      | 1 needed
at_least: 2                       | ? ?                           | 2 undated rows, which count as one date      | 2 needed
at_least: 3                       | 01-05 02-01 ?                 | 2 dates (1 undated row beside, not counted)  | 3 needed
at_least: 3                       | 01-05 01-05 ? ?               | 1 date (2 rows, 2 undated rows beside, not counted) | 3 needed
at_least: 2, at_most: 3           | 01-05                         | 1 date                                       | 2 to 3 needed
at_most: 2                        | 01-05 02-01 03-01             | 3 dates                                      | at most 2 allowed
exactly: 0                        | 01-05                         | 1 date                                       | none allowed
at_most: 0                        | 01-05                         | 1 date                                       | none allowed
exactly: 2                        | 01-05                         | 1 date                                       | exactly 2 needed
counting: rows, at_least: 3       |                               | no row                                       | 3 needed
counting: rows, at_least: 3       | 01-05 01-05                   | 2 rows                                       | 3 needed
counting: rows, at_least: 3       | 01-05 ?                       | 2 rows (1 undated)                           | 3 needed
apart: 90 days, at_least: 2       |                               | no date                                      | 2 needed, 90 days or more apart
apart: 90 days, at_least: 2       | 01-05                         | 1 date                                       | 2 needed, 90 days or more apart
apart: 90 days, at_least: 3       | 01-05                         | 1 date                                       | 3 needed, each 90 days or more after the one before
apart: 90 days, at_least: 2       | 01-05 03-07                   | 2 dates, 61 days apart                       | 90 needed
apart: 90 days, at_least: 2       | 01-05 04-05                   | 2 dates, 90 days apart                       | 90 needed
apart: 90 days, at_least: 2       | 01-05 02-01 03-07             | 3 dates, 61 days from first to last          | 90 needed
apart: 90 days, at_least: 2       | 01-05 02-01 04-05             | 3 dates, of which 2 count, each 90 days or more after the one before (2026-01-05, 2026-04-05) | 2 needed
apart: 90 days, at_least: 2       | 01-05 04-05 07-04 07-05       | 4 dates, of which 3 or more count, each 90 days or more after the one before (2026-01-05, 2026-04-05, 2026-07-04) | 2 needed
apart: 90 days, at_least: 3       | 01-05 02-01 04-05 06-05       | 4 dates, of which 2 count, each 90 days or more after the one before (2026-01-05, 2026-04-05; the last date only 61 days later) | 3 needed
apart: 90 days, at_least: 3       | 01-05 02-01 04-05             | 3 dates, of which 2 count, each 90 days or more after the one before (2026-01-05, 2026-04-05) | 3 needed
apart: 90 days, at_least: 3       | 01-05 02-01                   | 2 dates, of which 1 counts (2026-01-05): none lies 90 days or more after it | 3 needed, each 90 days or more after the one before
apart: 90 days, at_least: 3       | 01-05 04-05                   | 2 dates, each 90 days or more after the one before | 3 needed
apart: 90 days, exactly: 1        | 01-05 02-01                   | 2 dates, of which 1 counts (2026-01-05): none lies 90 days or more after it | exactly 1 needed
in_any: 90 days, at_least: 3      | 01-05                         | 1 date                                       | 3 needed within 90 days in a row
in_any: 90 days                   | 01-05                         | 1 date                                       | 1 needed
in_any: 90 days, at_least: 3      | 01-05 02-01 04-05             | 3 dates, the closest 3 within 91 days in a row | 3 within 90 needed
in_any: 90 days, at_least: 3      | 01-05 02-01 04-04             | 3 dates, within 90 days in a row             | 3 needed
in_any: 30 days, at_least: 3      | 01-05 06-01 06-20             | 3 dates, the closest 3 within 167 days in a row | 3 within 30 needed
in_any: 30 days, at_least: 4      | 01-05 06-01 06-20             | 3 dates, no more than 2 within 30 days in a row (2026-06-01 to 2026-06-20) | 4 needed
in_any: 30 days, at_most: 1       | 01-05 06-01                   | 2 dates, no more than 1 within 30 days in a row (2026-01-05) | at most 1 allowed
spanning: 90 days                 | 01-05                         | 1 date                                       | 1 needed, with 90 days from first to last
spanning: 90 days                 | 01-05 03-07                   | 2 dates, 61 days from first to last          | 90 needed
spanning: 90 days, at_least: 3    | 01-05 05-05                   | 2 dates, 120 days from first to last         | 3 dates and 90 days needed
spanning: 1 day, counting: rows, at_least: 3 | 01-05 01-06        | 2 rows, 1 day from first to last             | 3 rows and 1 day needed
"""


def cases(table):
    return [
        pytest.param(*(cell.strip() for cell in line.split("|")), id=line.split("|")[0].strip())
        for line in table.strip("\n").splitlines()
    ]


@pytest.mark.parametrize(("rule", "days", "found", "needed"), cases(WORDS))
def test_what_was_found_against_what_is_needed(rule, days, found, needed):
    rows = [None if day == "?" else date.fromisoformat(f"2026-{day}") for day in days.split()]
    dates = sorted({row for row in rows if row})
    counted = Counted(dates, len(rows), rows.count(None))
    assert compare(measure(rule), counted) == (found, needed)


UNMET = """
                                  | with none
at_least: 3                       | with fewer than 3
at_most: 2                        | with more than 2
at_least: 2, at_most: 3           | with fewer than 2 or more than 3
exactly: 2                        | with another number
exactly: 0                        | with any
apart: 90 days, at_least: 2       | with fewer than 2 that lie so far apart
in_any: 90 days, at_least: 2      | with fewer than 2 that lie so close together
spanning: 90 days, at_least: 2    | with fewer than 2, or less than 90 days from first to last
"""


@pytest.mark.parametrize(("rule", "words"), cases(UNMET))
def test_with_what_a_met_measure_would_not_be_met(rule, words):
    assert unmet_with(measure(rule)) == words
