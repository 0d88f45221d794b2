"""Measures: what is counted, and when it is enough."""

from __future__ import annotations

from spec.clauses import Section, read_clauses
from spec.definitions import Faults
from spec.people import Facts

CLAUSES = read_clauses(
    4,
    """
    source-and-union ~ codelist id, or a list of ids
        A measure reads `events` or `medicines`, never both: the id of a codelist, or a list of ids,
        which is their union. `events` meets a list with the codes of clinical events, `medicines` with
        those of medicine issues, whatever kind the list says it is of.
    category ~ only codes of these categories
        `category` narrows the lists to codes of the categories named, one or several. In a union a
        code counts where one of the lists has it in one of them.
    window-or-ever ~ the window (none: ~ ever up to the search date
        `within`, `between`, `after` and `before` are the window. Without one a measure looks at
        everything up to the search date.
    value ~ `value: ~ {min, max} ~ events only: ~ rows whose numeric value ~ no value, no match
        `value` keeps rows whose number lies from `min` to `max`, both included; one of the two may
        be left out. A row without a number does not match. Medicines have no value.
    pick ~ `pick: ~ of the rows that list, category, value and window have chosen
        `pick: first` keeps, of the rows that list, category, value and window have chosen, all those
        of the first date; `pick: last` all those of the last.
    counting ~ `counting: ~ two rows on one day are one date
        `counting: dates`, the default, counts two rows of one day once; `counting: rows` counts each.
    bounds ~ `at_least: ~ n`, `at_most: ~ n`, `exactly: ~ on that count
        `at_least`, `at_most` and `exactly` are bounds of that count, and each bound itself is enough.
    bounds-together ~ may stand together, `exactly` stands alone
        `at_least`, from 1 up, and `at_most` may stand together; `exactly` stands alone.
    at-least-one ~ where none of the three is given ~ `at_least: 1
        Where none of the three is given, `at_least: 1` holds.
    apart ~ `apart: ~ 90 days` | the count is the longest chain
        Under `apart: 90 days` the count is the longest chain of dates in which each lies 90 days or
        more after the one before, for any number of them.
    apart-stops ~ the count stops at one more ~ 2` means 3 or more; ~ without a bound ~ 1` is the bound
        That count stops at one more than the largest bound that is asked for: 3 under `at_least: 2`
        means three or more. Without a bound `at_least: 1` is the bound. `at_most` and `exactly` are
        bounds in this sense too.
    in-any ~ `in_any: ~ 90 days` | the count is the most dates
        Under `in_any: 90 days` the count is the most dates in any stretch of 90 consecutive days: from
        first to last at most 89.
    spanning ~ `spanning: ~ 90 days` | also asks
        `spanning: 90 days` asks, besides its bounds, that the last date lies 90 days or more after the
        first. Whoever has no date does not meet it.
    shapes-in-days ~ take days or weeks
        `apart`, `in_any` and `spanning` take days or weeks, one at least, and exclude one another.
    shapes-of-dates ~ dates` only;
        `apart` and `in_any` go with `counting: dates` only.
    spanning-alone ~ `spanning` does not go with
        `spanning` does not go with `at_most` or `exactly`.
    breaches-are-errors ~ Each breach is an error
        Each breach of these is an error of its own that says what goes with what.
    order ~ Order: ~ list and category, value, window, then `pick`
        The order is: list and category, value, window, then `pick`, then the count.
    yields ~ Each measure yields, per patient ~ `met`, `count`, `first`, `last` and its evidence rows
        A measure yields `met`, `count`, `first`, `last` and its evidence rows for each patient.
    edges-over-all-rows ~ and evidence are over **all** rows ~ change `count` and `met` only
        `first`, `last` and the evidence are over all rows up to and including `pick`, whether the
        measure is met or not. `apart` and `in_any` change `count` and `met` only.
    no-rows ~ A patient with no row has count 0 ~ any `at_most`, and `exactly: ~ is met by no rows
        A patient without a row has the count 0 and no dates. No rows are enough for any `at_most` that
        stands alone, and for `exactly: 0`.
    two-truth-values ~ There is no third truth value ~ missing rows are rows that are not there
        A measure is met or it is not: missing rows are rows that are not there, and make nothing
        unknown.
    """,
)

SPECS = [
    Facts(
        clauses="§4-source-and-union",
        title="one list, or the union of several",
        rows="""
            measure                                    | rows                                       | issues          | met | count
            {events: pain}                             | 2020-01-01 ache                            |                 | yes | 1
            {events: pain}                             | 2020-01-01 burn                            |                 | no  | 0
            {events: burns}                            | 2020-01-01 burn                            |                 | yes | 1
            {events: [pain, burns]}                    | 2020-01-01 ache, 2021-01-01 burn           |                 | yes | 2
            {medicines: pills}                         |                                            | 2020-01-01 pill | yes | 1
            {medicines: pills}                         | 2020-01-01 pill                            |                 | no  | 0
            {events: pills}                            | 2020-01-01 pill                            |                 | yes | 1
            {events: pills}                            |                                            | 2020-01-01 pill | no  | 0
            {medicines: [pills, pain]}                 | 2020-01-01 ache                            | 2021-01-01 ache | yes | 1
            """,
    ),
    Faults(
        clauses="§4-source-and-union",
        title="events or medicines, and not both",
        studies="""
            measures.m: {events: pain, medicines: pills}
            -> measures.m: the measure reads both events and medicines (make two measures of it and join them with any)

            measures.m: {at_least: 2}
            -> measures.m: the measure names no codelist (give it events: LIST or medicines: LIST)
            """,
    ),
    Facts(
        clauses="§4-category",
        title="only the categories that are named",
        rows="""
            measure                                                     | rows                             | count | evidence
            {events: pain, category: explicit}                          | 2020-01-01 sore, 2021-01-01 both | 1     | 2021-01-01 both
            {events: pain, category: other}                             | 2020-01-01 sore, 2021-01-01 both | 2     | 2020-01-01 sore, 2021-01-01 both
            {events: pain, category: [explicit, other]}                 | 2020-01-01 sore, 2021-01-01 ache | 2     | 2020-01-01 sore, 2021-01-01 ache
            {events: pain, category: [explicit, other], counting: rows} | 2021-01-01 both                  | 1     | 2021-01-01 both
            {events: [pain, burns], category: hot}                      | 2020-01-01 ache, 2021-01-01 both | 1     | 2021-01-01 both
            {events: [pain, burns], category: [hot, other]}             | 2020-01-01 sore, 2021-01-01 burn | 2     | 2020-01-01 sore, 2021-01-01 burn
            {medicines: pills, category: strong}                        | 2020-01-01 ache                  | 0     |
            """,
    ),
    Facts(
        clauses="§4-window-or-ever",
        title="without a window: ever, up to the search date",
        measures="m: {events: pain, at_least: 2}",
        rows="""
            rows                                | met | count | first      | last
            1980-06-15 ache, 2026-11-01 ache    | yes | 2     | 1980-06-15 | 2026-11-01
            1980-06-15 ache, 2026-11-02 ache    | no  | 1     | 1980-06-15 | 1980-06-15
            """,
    ),
    Facts(
        clauses="§4-value",
        title="numbers in range, both ends included",
        rows="""
            measure                                           | rows                                                           | count | evidence
            {events: pain, value: {min: 2, max: 5}}           | 2020-01-01 ache 2, 2020-01-02 ache 5, 2020-01-03 ache 5.5      | 2     | 2020-01-01 ache 2, 2020-01-02 ache 5
            {events: pain, value: {min: 2, max: 5}}           | 2020-01-01 ache 1.5, 2020-01-02 ache                           | 0     |
            {events: pain, value: {min: 2}}                   | 2020-01-01 ache 99                                             | 1     | 2020-01-01 ache 99
            {events: pain, value: {max: -1}}                  | 2020-01-01 ache -1, 2020-01-02 ache 0, 2020-01-03 ache         | 1     | 2020-01-01 ache -1
            {events: pain, value: {min: 0, max: 0}}           | 2020-01-01 ache 0, 2020-01-02 ache                             | 1     | 2020-01-01 ache 0
            {events: pain, value: {min: 2}, counting: rows}   | undated ache 3, undated ache                                   | 1     | undated ache 3
            """,
    ),
    Faults(
        clauses="§4-value",
        title="a value goes with events, and has an end",
        studies="""
            measures.m: {medicines: pills, value: {min: 3}}
            -> measures.m.value: medicines have no value (value goes with events only)

            measures.m: {events: pain, value: {}}
            -> measures.m.value: neither min nor max is given (give one of them, or leave it out)
            """,
    ),
    Facts(
        clauses="§4-pick",
        title="all rows of the first or the last date",
        rows="""
            measure                                         | rows                                              | count | first      | last       | evidence
            {events: pain, pick: first, counting: rows}     | 2020-01-01 ache, 2020-01-01 sore, 2021-01-01 ache | 2     | 2020-01-01 | 2020-01-01 | 2020-01-01 ache, 2020-01-01 sore
            {events: pain, pick: last}                      | 2020-01-01 ache, 2021-01-01 ache                  | 1     | 2021-01-01 | 2021-01-01 | 2021-01-01 ache
            {events: pain, pick: first}                     |                                                   | 0     |            |            |
            """,
    ),
    Facts(
        clauses="§4-order §4-pick",
        title="pick comes after list, category, value and window",
        rows="""
            measure                                                   | rows                                               | count | evidence
            {events: pain, value: {min: 5}, pick: last}               | 2020-01-01 ache 5, 2021-01-01 ache 1               | 1     | 2020-01-01 ache 5
            {events: pain, category: other, pick: first}              | 2020-01-01 ache, 2021-01-01 sore, 2022-01-01 sore  | 1     | 2021-01-01 sore
            {events: pain, within: 2 years, pick: first}              | 2020-01-01 ache, 2025-01-01 ache, 2026-01-01 ache  | 1     | 2025-01-01 ache
            {events: pain, before: 2021-06-01, pick: last}            | 2020-01-01 ache, 2021-01-01 ache, 2022-01-01 ache  | 1     | 2021-01-01 ache
            {events: pain, pick: last, counting: rows, exactly: 1}    | 2020-01-01 ache, 2021-01-01 ache                   | 1     | 2021-01-01 ache
            """,
    ),
    Facts(
        clauses="§4-counting",
        title="two rows of one day",
        rows="""
            measure                                    | rows                             | met | count
            {events: pain, at_least: 2}                | 2021-01-01 ache, 2021-01-01 sore | no  | 1
            {events: pain, at_least: 2}                | 2021-01-01 ache, 2021-01-02 ache | yes | 2
            {events: pain, counting: rows}             | 2021-01-01 ache, 2021-01-01 ache | yes | 2
            {events: pain, counting: dates}            | 2021-01-01 ache, 2021-01-01 ache | yes | 1
            """,
    ),
    Facts(
        clauses="§4-bounds §4-bounds-together §4-at-least-one",
        title="bounds of the count",
        rows="""
            measure                                    | rows                                              | met | count
            {events: pain}                             | 2020-01-01 ache                                   | yes | 1
            {events: pain}                             |                                                   | no  | 0
            {events: pain, at_least: 2}                | 2020-01-01 ache                                   | no  | 1
            {events: pain, at_least: 2}                | 2020-01-01 ache, 2020-01-02 ache                  | yes | 2
            {events: pain, at_most: 1}                 | 2020-01-01 ache                                   | yes | 1
            {events: pain, at_most: 1}                 | 2020-01-01 ache, 2020-01-02 ache                  | no  | 2
            {events: pain, exactly: 2}                 | 2020-01-01 ache                                   | no  | 1
            {events: pain, exactly: 2}                 | 2020-01-01 ache, 2020-01-02 ache                  | yes | 2
            {events: pain, exactly: 2}                 | 2020-01-01 ache, 2020-01-02 ache, 2020-01-03 ache | no  | 3
            {events: pain, at_least: 1, at_most: 2}    | 2020-01-01 ache, 2020-01-02 ache                  | yes | 2
            {events: pain, at_least: 1, at_most: 2}    | 2020-01-01 ache, 2020-01-02 ache, 2020-01-03 ache | no  | 3
            {events: pain, at_least: 1, at_most: 2}    |                                                   | no  | 0
            """,
    ),
    Faults(
        clauses="§4-bounds-together §4-breaches-are-errors",
        title="bounds that do not go together",
        by_reference=True,
        studies="""
            measures.m: {events: pain, exactly: 1, at_least: 1, at_most: 2}
            -> measures.m.at_least: exactly stands alone, without at_least (keep one)
            -> measures.m.at_most: exactly stands alone, without at_most (keep one)

            measures.m: {events: pain, at_least: 0}
            -> measures.m.at_least: at_least: 0 asks for nothing (1 or more; for no rows write exactly: 0)

            measures.m: {events: pain, at_least: 2, at_most: 2}
            right
            """,
    ),
    Facts(
        clauses="§4-apart",
        title="dates that lie far enough apart",
        rows="""
            measure                                       | rows                                                                | met | count
            {events: pain, at_least: 2, apart: 90 days}   | 2026-01-01 ache, 2026-04-01 ache                                    | yes | 2
            {events: pain, at_least: 2, apart: 90 days}   | 2026-01-01 ache, 2026-03-31 ache                                    | no  | 1
            {events: pain, at_least: 3, apart: 30 days}   | 2026-01-01 ache, 2026-01-29 ache, 2026-01-31 ache, 2026-03-02 ache  | yes | 3
            {events: pain, at_least: 3, apart: 30 days}   | 2026-01-01 ache, 2026-01-29 ache, 2026-02-28 ache, 2026-03-29 ache  | no  | 2
            {events: pain, at_least: 2, apart: 2 weeks}   | 2026-01-01 ache, 2026-01-15 ache                                    | yes | 2
            {events: pain, at_least: 2, apart: 1 day}     | 2026-01-01 ache, 2026-01-01 sore                                    | no  | 1
            {events: pain, exactly: 0, apart: 1 day}      |                                                                     | yes | 0
            """,
    ),
    Facts(
        clauses="§4-apart-stops",
        title="one more than the largest bound, and no further",
        rows="""
            measure                                                | rows                                                                                | met | count
            {events: pain, at_least: 2, apart: 1 week}             | 2026-01-01 ache, 2026-01-08 ache, 2026-01-15 ache, 2026-01-22 ache, 2026-01-29 ache | yes | 3
            {events: pain, apart: 1 day}                           | 2026-01-01 ache, 2026-01-02 ache, 2026-01-03 ache                                   | yes | 2
            {events: pain, apart: 1 day, at_most: 1}               | 2026-01-01 ache, 2026-01-02 ache, 2026-01-03 ache                                   | no  | 2
            {events: pain, apart: 1 day, exactly: 2}               | 2026-01-01 ache, 2026-01-02 ache, 2026-01-03 ache, 2026-01-04 ache                  | no  | 3
            {events: pain, apart: 1 day, at_least: 1, at_most: 3}  | 2026-01-01 ache, 2026-01-02 ache, 2026-01-03 ache, 2026-01-04 ache, 2026-01-05 ache | no  | 4
            {events: pain, apart: 1 day, exactly: 0}               | 2026-01-01 ache, 2026-01-02 ache                                                    | no  | 1
            """,
    ),
    Facts(
        clauses="§4-in-any",
        title="the most dates in any stretch",
        rows="""
            measure                                      | rows                                                                                | met | count
            {events: pain, in_any: 90 days, at_least: 2} | 2026-01-01 ache, 2026-03-31 ache                                                    | yes | 2
            {events: pain, in_any: 90 days, at_least: 2} | 2026-01-01 ache, 2026-04-01 ache                                                    | no  | 1
            {events: pain, in_any: 3 days}               | 2020-01-01 ache, 2026-01-01 ache, 2026-01-02 ache, 2026-01-03 ache, 2026-01-04 ache | yes | 3
            {events: pain, in_any: 2 days, at_least: 2}  | 2026-01-01 ache, 2026-01-01 sore                                                    | no  | 1
            {events: pain, in_any: 1 week, at_most: 1}   | 2026-01-01 ache, 2026-01-08 ache                                                    | yes | 1
            {events: pain, in_any: 1 week, at_most: 1}   | 2026-01-01 ache, 2026-01-07 ache                                                    | no  | 2
            {events: pain, in_any: 5 days, at_least: 2}  | 1980-06-15 ache, 1980-06-19 ache, 2026-01-01 ache                                   | yes | 2
            """,
    ),
    Facts(
        clauses="§4-spanning",
        title="from the first date to the last",
        rows="""
            measure                                                     | rows                             | met | count
            {events: pain, spanning: 90 days}                           | 2026-01-01 ache, 2026-04-01 ache | yes | 2
            {events: pain, spanning: 90 days}                           | 2026-01-01 ache, 2026-03-31 ache | no  | 2
            {events: pain, spanning: 90 days, at_least: 3}              | 2026-01-01 ache, 2026-04-01 ache | no  | 2
            {events: pain, spanning: 2 weeks}                           | 2026-01-01 ache, 2026-01-15 ache | yes | 2
            {events: pain, spanning: 1 day, counting: rows}             | 2026-01-01 ache, 2026-01-01 sore | no  | 2
            {events: pain, spanning: 1 day, counting: rows}             | 2026-01-01 ache, 2026-01-02 sore | yes | 2
            {events: pain, spanning: 1 day}                             |                                  | no  | 0
            """,
    ),
    Faults(
        clauses="§4-shapes-in-days §4-shapes-of-dates §4-spanning-alone §4-breaches-are-errors",
        title="what does not go with what",
        by_reference=True,
        studies="""
            measures.m: {events: pain, apart: 3 months}
            -> measures.m.apart: "3 months" has no fixed number of days (write it in days or weeks)

            measures.m: {events: pain, in_any: 1 year}
            -> measures.m.in_any: "1 year" has no fixed number of days (write it in days or weeks)

            measures.m: {events: pain, spanning: 0 weeks}
            -> measures.m.spanning: "0 weeks" is too short (at least 1 day)

            measures.m: {events: pain, apart: 9 days, in_any: 9 days}
            -> measures.m: apart and in_any exclude one another (keep one, or make two measures of it)

            measures.m: {events: pain, apart: 9 days, spanning: 9 days}
            -> measures.m: apart and spanning exclude one another (keep one, or make two measures of it)

            measures.m: {events: pain, counting: rows, apart: 9 days}
            -> measures.m.apart: apart counts dates, not rows (leave counting out)

            measures.m: {events: pain, counting: rows, in_any: 9 days}
            -> measures.m.in_any: in_any counts dates, not rows (leave counting out)

            measures.m: {events: pain, counting: rows, spanning: 9 days, at_least: 2}
            right

            measures.m: {events: pain, spanning: 9 days, at_most: 2}
            -> measures.m.at_most: spanning does not go with at_most (keep one, or make two measures of it)

            measures.m: {events: pain, spanning: 9 days, exactly: 2}
            -> measures.m.exactly: spanning does not go with exactly (keep one, or make two measures of it)
            """,
    ),
    Facts(
        clauses="§4-yields §4-edges-over-all-rows",
        title="first, last and evidence are over all rows",
        rows="""
            measure                                         | rows                                                               | met | count | first      | last       | evidence
            {events: pain, at_least: 9}                     | 2026-01-01 ache, 2026-02-01 ache                                   | no  | 2     | 2026-01-01 | 2026-02-01 | 2026-01-01 ache, 2026-02-01 ache
            {events: pain, at_least: 9, apart: 5 days}      | 2026-01-01 ache, 2026-01-02 ache, 2026-01-02 ache, 2026-12-01 ache | no  | 1     | 2026-01-01 | 2026-01-02 | 2026-01-01 ache, 2026-01-02 ache, 2026-01-02 ache
            {events: pain, at_least: 2, in_any: 2 days}     | 2020-01-01 ache, 2026-01-01 ache, 2026-01-02 ache                  | yes | 2     | 2020-01-01 | 2026-01-02 | 2020-01-01 ache, 2026-01-01 ache, 2026-01-02 ache
            {events: pain, at_most: 1}                      | 2026-01-01 ache, 2026-02-01 ache                                   | no  | 2     | 2026-01-01 | 2026-02-01 | 2026-01-01 ache, 2026-02-01 ache
            """,
    ),
    Facts(
        clauses="§4-no-rows §4-two-truth-values",
        title="nobody's rows",
        rows="""
            measure                                            | rows         | met | count | first | last | evidence
            {events: pain}                                     |              | no  | 0     |       |      |
            {events: pain, at_most: 0}                         |              | yes | 0     |       |      |
            {events: pain, at_most: 3}                         |              | yes | 0     |       |      |
            {events: pain, at_least: 1, at_most: 3}            |              | no  | 0     |       |      |
            {events: pain, exactly: 0}                         |              | yes | 0     |       |      |
            {events: pain, exactly: 1}                         |              | no  | 0     |       |      |
            {events: pain, exactly: 0, within: 2 years}        |              | yes | 0     |       |      |
            {medicines: pills, exactly: 0}                     |              | yes | 0     |       |      |
            {events: pain, exactly: 0}                         | undated ache | no  | 1     |       |      | undated ache
            """,
    ),
]

SECTION = Section(4, "Measures", CLAUSES, SPECS)
