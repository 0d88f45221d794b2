"""Dates, windows and ages: which days a rule looks at, and who is looked at."""

from __future__ import annotations

from spec.clauses import Section, read_clauses
from spec.definitions import Faults
from spec.files import Files
from spec.people import Facts, People
from spec.windows import Windows

CLAUSES = read_clauses(
    3,
    """
    span ~ A span is
        A span is `N day(s)`, `week(s)`, `month(s)` or `year(s)`, with N from 0 up.
    both-ends ~ `within: ~ 182 days` means ~ both ends included** (as ~ `0 days` is the search date alone
        `within: 182 days` reaches from 182 days before the search date to the search date, and both
        ends are inside. `0 days` is the search date alone.
    calendar-steps ~ `months` and `years` are calendar steps ~ a day that does not exist
        Months and years are steps of the calendar. A day that does not exist becomes the last day of
        its month: three months before 31 May is 28 February, or 29 February.
    literal-bounds ~ Bounds are computed once
        The bounds of a window are worked out once, before anything runs, and reach every engine as
        plain dates.
    between ~ - `between: ~ {from: ~ 24 months, to: ~ 6 months}` counts back ~ from the older to the newer bound
        `between: {from: 24 months, to: 6 months}` counts both bounds back from the search date and
        reaches from the older to the newer, both included.
    literal-dates ~ a literal ISO date
        `after` and `before` are ISO dates, both included.
    one-window ~ One window per measure
        A measure has one window; only `after` and `before` go together.
    anchored ~ A window can hang on another measure ~ `within: ~ {span: ~ 90 days, after: ~ opioid_use.first}` ~ 90 days, before: ~ ...}`, `{span: ~ 30 days, around: ~ ...}`; ~ both ends included;
        A window can hang on another measure: `{span: 90 days, after: pain.first}` reaches from that
        date to 90 days later, `before` from 90 days earlier to that date, `around` both ways. Both
        ends are included.
    anchor-in-days ~ spans here are in days or weeks
        The span of such a window is in days or weeks.
    anchor-met-or-not ~ the anchor is that measure's
        The anchor is the other measure's `first` or `last`, whether or not that measure is met.
    no-anchor ~ no anchor date, no match
        Where the anchor has no date, nothing matches.
    anchor-cycle ~ A cycle of anchors
        Measures that hang on one another in a circle are an error that prints the circle.
    completed-years ~ Age is completed years
        Age is completed years on the search date; `min` and `max` are both included.
    leap-day ~ A person born on 29 February
        Somebody born on 29 February completes a year on 1 March where there is no 29 February.
    birth-range ~ Birth known only to the month or the year ~ the age is a range ~ The rule keeps the patient
        Where a birth is known to the month or the year only, the age is a range, and the rule keeps the
        patient when it would keep any day of it. Only days up to the search date are possible, and
        nobody has an age before birth.
    youngest-age ~ `age` in the results
        `age` in the results is the youngest possible, and the candidate carries `birth_precision`, so
        that the practice looks again.
    birth-in-files ~ In the `standard` profile such a birth
        In `standard` files such a birth is `1961` or `1961-07`, or a full date whose day, or day and
        month, `birth_precision` says to ignore.
    no-birth ~ Birth missing altogether ~ not kept by an age rule
        A patient without any birth is not kept by an age rule, and is counted in its row.
    registration ~ Registration is always asked for ~ `registered`, or its `kind`, left out ~ It holds when some registration
        Registration is always asked for. `registered`, or its `kind`, left out means `regular`. It
        holds when a registration of the kind at this practice has begun by the search date and ends
        after it, or has no end.
    kinds-together ~ a list of kinds is taken together
        A list of kinds is taken together, for `for` too.
    open-end ~ an open end is ~ a registration without a start is none
        An open end is later than every date. A registration without a start is none, and so is one
        that ends before it starts.
    registered-for ~ `for: ~ 12 months` also asks for unbroken registration ~ a span that ends on day E
        `for: 12 months` also asks for unbroken registration of these kinds from that day on. A
        registration that ends on a day and one that starts on that day, on the next, or earlier, are
        unbroken: the day on which one ends counts as registered here.
    alive ~ Dead by the search date ~ never in the population
        Whoever is dead by the search date or by the extract date is never in the population.
    test-and-confidential ~ So are test and dummy patients ~ {confidential: ~ include}`; ~ each is counted by reason
        Test and dummy patients are never in the population, and patients whose record is marked
        confidential are not unless the study says `population: {confidential: include}`. Each is
        counted under its own reason.
    """,
)

SPECS = [
    Windows(
        clauses="§3-span §3-both-ends §3-calendar-steps §3-literal-bounds",
        title="the days of a window",
        rows="""
            window                 | on         | from       | to
            within: 0 days         | 2026-11-01 | 2026-11-01 | 2026-11-01
            within: 1 day          | 2026-11-01 | 2026-10-31 | 2026-11-01
            within: 182 days       | 2026-11-01 | 2026-05-03 | 2026-11-01
            within: 26 weeks       | 2026-11-01 | 2026-05-03 | 2026-11-01
            within: 3 months       | 2026-05-31 | 2026-02-28 | 2026-05-31
            within: 3 months       | 2024-05-31 | 2024-02-29 | 2024-05-31
            within: 1 month        | 2024-03-31 | 2024-02-29 | 2024-03-31
            within: 1 month        | 2026-01-15 | 2025-12-15 | 2026-01-15
            within: 10 months      | 2026-12-31 | 2026-02-28 | 2026-12-31
            within: 12 months      | 2024-02-29 | 2023-02-28 | 2024-02-29
            within: 1 year         | 2024-02-29 | 2023-02-28 | 2024-02-29
            within: 4 years        | 2024-02-29 | 2020-02-29 | 2024-02-29
            within: 0 months       | 2026-11-01 | 2026-11-01 | 2026-11-01
            """,
    ),
    Faults(
        clauses="§3-span",
        title="what is no span",
        studies="""
            measures.m: {events: pain, within: 182}
            -> measures.m.within: 182 is not a span (write 182 days)

            measures.m: {events: pain, within: 5 yrs}
            -> measures.m.within: "5 yrs" is not a span (write 5 years)

            measures.m: {events: pain, within: -1 days}
            -> measures.m.within: "-1 days" is not a span (a span is N days, weeks, months or years, such as 182 days)

            measures.m: {events: pain, within: 1.5 years}
            -> measures.m.within: "1.5 years" is not a span (a span is N days, weeks, months or years, such as 182 days)

            measures.m: {events: pain, within: 1 days}
            right
            """,
    ),
    Facts(
        clauses="§3-both-ends",
        title="both ends of `within` are inside",
        rows="""
            measure                          | rows                             | count | first      | last
            {events: pain, within: 182 days} | 2026-05-03 ache                  | 1     | 2026-05-03 | 2026-05-03
            {events: pain, within: 182 days} | 2026-05-02 ache                  | 0     |            |
            {events: pain, within: 182 days} | 2026-11-01 ache                  | 1     | 2026-11-01 | 2026-11-01
            {events: pain, within: 182 days} | 2026-11-02 ache                  | 0     |            |
            {events: pain, within: 0 days}   | 2026-11-01 ache, 2026-10-31 ache | 1     | 2026-11-01 | 2026-11-01
            {events: pain, within: 2 years}  | 2024-11-01 ache, 2024-10-31 ache | 1     | 2024-11-01 | 2024-11-01
            """,
    ),
    Facts(
        clauses="§3-calendar-steps",
        title="a month before the last day of a long one",
        on="2026-05-31",
        rows="""
            measure                          | rows                             | count
            {events: pain, within: 3 months} | 2026-02-28 ache                  | 1
            {events: pain, within: 3 months} | 2026-02-27 ache                  | 0
            {events: pain, within: 1 month}  | 2026-04-30 ache, 2026-04-29 ache | 1
            """,
    ),
    Windows(
        clauses="§3-between §3-literal-dates §3-literal-bounds",
        title="the days of the other windows",
        rows="""
            window                                  | on         | from       | to
            between: {from: 24 months, to: 6 months} | 2026-11-01 | 2024-11-01 | 2026-05-01
            between: {from: 3 months, to: 0 days}    | 2026-05-31 | 2026-02-28 | 2026-05-31
            between: {from: 1 week, to: 7 days}      | 2026-11-01 | 2026-10-25 | 2026-10-25
            after: 2020-02-29                        | 2026-11-01 | 2020-02-29 | 2026-11-01
            before: 2020-02-29                       | 2026-11-01 |            | 2020-02-29
            before: 2030-01-01                       | 2026-11-01 |            | 2026-11-01
            after: 2020-01-01, before: 2020-12-31    | 2026-11-01 | 2020-01-01 | 2020-12-31
            """,
    ),
    Facts(
        clauses="§3-between §3-literal-dates",
        title="both ends are inside, whatever the window",
        rows="""
            measure                                                  | rows                                                                | count | first      | last
            {events: pain, between: {from: 24 months, to: 6 months}} | 2024-10-31 ache, 2024-11-01 ache, 2026-05-01 ache, 2026-05-02 ache  | 2     | 2024-11-01 | 2026-05-01
            {events: pain, after: 2026-01-01}                        | 2025-12-31 ache, 2026-01-01 ache, 2026-11-01 ache, 2026-11-02 ache  | 2     | 2026-01-01 | 2026-11-01
            {events: pain, before: 2026-01-01}                       | 2026-01-01 ache, 2026-01-02 ache                                    | 1     | 2026-01-01 | 2026-01-01
            {events: pain, after: 2026-01-01, before: 2026-01-03}    | 2025-12-31 ache, 2026-01-01 ache, 2026-01-03 ache, 2026-01-04 ache  | 2     | 2026-01-01 | 2026-01-03
            """,
    ),
    Faults(
        clauses="§3-one-window §3-literal-dates",
        title="windows that cannot be meant",
        studies="""
            measures.m: {events: pain, within: 1 year, after: 2020-01-01}
            -> measures.m: there is more than one window: within, after (keep one; only after and before go together)

            measures.m: {events: pain, within: 1 year, between: {from: 2 years, to: 1 year}}
            -> measures.m: there is more than one window: within, between (keep one; only after and before go together)

            measures.m: {events: pain, after: 2026-02-30}
            -> measures.m.after: "2026-02-30" is not a day of the calendar

            measures.m: {events: pain, before: 1/2/2020}
            -> measures.m.before: "1/2/2020" is not a date (a date is YYYY-MM-DD, such as 2024-11-01)

            measures.m: {events: pain, after: 2020-01-01, before: 2020-01-01}
            right
            """,
    ),
    Facts(
        clauses="§3-anchored",
        title="windows that hang on another measure",
        measures="pain: {events: pain, category: explicit}",
        rows="""
            measure                                                      | rows                                                                                                   | evidence
            {events: burns, within: {span: 90 days, after: pain.first}}  | 2026-01-01 ache, 2025-12-31 burn, 2026-01-01 burn, 2026-04-01 burn, 2026-04-02 burn                    | 2026-01-01 burn, 2026-04-01 burn
            {events: burns, within: {span: 90 days, before: pain.first}} | 2026-04-01 ache, 2025-12-31 burn, 2026-01-01 burn, 2026-04-01 burn, 2026-04-02 burn                    | 2026-01-01 burn, 2026-04-01 burn
            {events: burns, within: {span: 2 days, around: pain.last}}   | 2020-01-01 ache, 2026-01-10 ache, 2026-01-07 burn, 2026-01-08 burn, 2026-01-12 burn, 2026-01-13 burn   | 2026-01-08 burn, 2026-01-12 burn
            {events: burns, within: {span: 1 week, after: pain.last}}    | 2020-01-01 ache, 2026-01-10 ache, 2020-01-02 burn, 2026-01-17 burn, 2026-01-18 burn                    | 2026-01-17 burn
            {events: burns, within: {span: 0 days, around: pain.first}}  | 2026-01-10 ache, 2026-01-10 burn, 2026-01-11 burn                                                      | 2026-01-10 burn
            """,
    ),
    Facts(
        clauses="§3-anchored",
        title="no such window reaches a row after the search date",
        measures="pain: {events: pain}",
        rows="""
            measure                                                     | rows                                               | evidence
            {events: burns, within: {span: 1 week, after: pain.first}}  | 2026-10-30 ache, 2026-11-01 burn, 2026-11-02 burn  | 2026-11-01 burn
            {events: burns, within: {span: 1 week, around: pain.first}} | 2026-11-02 ache, 2026-11-01 burn                   |
            """,
    ),
    Facts(
        clauses="§3-anchor-met-or-not §3-no-anchor",
        title="an anchor is a date, met or not; without one nothing matches",
        measures="""
            often: {events: pain, at_least: 9}
            never: {events: pain, at_most: 0}
            latest: {events: pain, pick: last}
            chained: {events: burns, within: {span: 3 days, after: often.first}}
            """,
        rows="""
            measure                                                        | rows                                                | evidence
            {events: burns, within: {span: 0 days, after: often.last}}     | 2026-01-10 ache, 2026-01-10 burn                    | 2026-01-10 burn
            {events: burns, within: {span: 0 days, after: never.first}}    | 2026-01-10 ache, 2026-01-10 burn                    | 2026-01-10 burn
            {events: burns, within: {span: 0 days, after: latest.first}}   | 2020-01-01 ache, 2026-01-10 ache, 2026-01-10 burn   | 2026-01-10 burn
            {events: pain, within: {span: 5 days, after: chained.last}}    | 2026-01-10 ache, 2026-01-12 burn, 2026-01-17 ache   | 2026-01-17 ache
            {events: burns, within: {span: 90 days, after: often.first}}   | 2026-01-01 burn                                     |
            {events: burns, within: {span: 90 days, after: often.first}}   | undated ache, 2026-01-01 burn                       |
            {events: burns, within: {span: 90 days, after: often.first}}   | 2026-01-01 ache, undated burn                       |
            """,
    ),
    Faults(
        clauses="§3-anchor-in-days §3-anchor-met-or-not §3-anchor-cycle",
        title="windows that hang on nothing, or on themselves",
        studies="""
            measures.m: {events: pain, within: {span: 1 month, after: ache.first}}
            -> measures.m.within.span: "1 month" has no fixed number of days (write it in days or weeks)

            measures.m: {events: pain, within: {span: 9 days, after: ache}}
            -> measures.m.within.after: "ache" is not the first or last of a measure (write ache.first or ache.last)

            measures.m: {events: pain, within: {span: 9 days, around: ach.first}}
            -> measures.m.within.around: there is no measure ach (did you mean ache?)

            measures.m: {events: pain, within: {span: 9 days}}
            -> measures.m.within: the window hangs on nothing (one of after, before or around: MEASURE.first or MEASURE.last)

            measures.m: {events: pain, within: {span: 9 days, after: m.first}}
            -> measures.m.within: the windows hang on one another in a circle: m → m (give one of them a window that counts from the search date)

            measures: {ache: {events: pain, within: {span: 1 day, after: b.last}}, b: {events: pain, within: {span: 1 day, around: ache.first}}}
            -> measures.ache.within: the windows hang on one another in a circle: ache → b → ache (give one of them a window that counts from the search date)
            """,
    ),
    People(
        clauses="§3-completed-years",
        title="completed years, both ends included",
        study="population: {age: {min: 18, max: 64}}",
        rows="""
            born       | looked at | age          | birth precision
            2008-11-01 | yes       | 18           | day
            2008-11-02 | no        | no candidate | no candidate
            1961-11-02 | yes       | 64           | day
            1961-11-01 | no        | no candidate | no candidate
            """,
    ),
    People(
        clauses="§3-completed-years",
        title="an age rule may have one end",
        study="population: {age: {min: 40}}",
        rows="""
            born       | looked at
            1986-11-01 | yes
            1986-11-02 | no
            1900-01-01 | yes
            """,
    ),
    People(
        clauses="§3-leap-day",
        title="born on 29 February, the day before the birthday of a common year",
        study="population: {age: {min: 18, max: 64}}",
        on="2026-02-28",
        rows="""
            born       | looked at
            2008-02-29 | no
            2008-02-28 | yes
            1961-02-28 | no
            1962-02-28 | yes
            """,
    ),
    People(
        clauses="§3-leap-day",
        title="born on 29 February, on 1 March",
        study="population: {age: {min: 18, max: 64}}",
        on="2026-03-01",
        rows="""
            born       | looked at
            2008-02-29 | yes
            2008-03-01 | yes
            2008-03-02 | no
            """,
    ),
    People(
        clauses="§3-leap-day",
        title="searched on 29 February",
        study="population: {age: {min: 20, max: 64}}",
        on="2024-02-29",
        rows="""
            born       | looked at
            2004-02-29 | yes
            2004-03-01 | no
            2003-03-01 | yes
            1959-02-28 | no
            1959-03-01 | yes
            """,
    ),
    People(
        clauses="§3-birth-range §3-youngest-age",
        title="a birth known to the month or the year",
        study="population: {age: {min: 18, max: 64}}",
        rows="""
            born    | looked at | age          | birth precision
            2008-11 | yes       | 17           | month
            2008-12 | no        | no candidate | no candidate
            2008    | yes       | 17           | year
            2009    | no        | no candidate | no candidate
            1961    | yes       | 64           | year
            1961-11 | yes       | 64           | month
            1961-10 | no        | no candidate | no candidate
            1960    | no        | no candidate | no candidate
            1980    | yes       | 45           | year
            """,
    ),
    People(
        clauses="§3-birth-range §3-youngest-age §3-no-birth",
        title="born after the search date, perhaps, or nobody knows when",
        study="population: {age: {min: 0, max: 200}}",
        rows="""
            born       | looked at | age
            2026-11-01 | yes       | 0
            2026-11-02 | no        | no candidate
            2026-11    | yes       | 0
            2026-12    | no        | no candidate
            2026       | yes       | 0
                       | no        | no candidate
            """,
    ),
    People(
        clauses="§3-no-birth",
        title="nobody knows when: counted in the row of the age rule",
        study="population: {age: {min: 18, max: 64}}",
        rows="""
            patient    | born       | looked at
            no birth   |            | no
            too old    | 1940-01-01 | no
            right      | 1980-01-01 | yes
            """,
        attrition="""
            step             | before | dropped | after
            alive            | 3      | 0       | 3
            registered       | 3      | 0       | 3
            age              | 3      | 2       | 1
            test             | 1      | 0       | 1
            confidential     | 1      | 0       | 1
            anybody          | 1      | 0       | 1
            research_dissent | 1      | 0       | 1
            type_1           | 1      | 0       | 1
            """,
    ),
    People(
        clauses="§3-no-birth",
        title="without an age rule nobody has to be born",
        rows="""
            born       | looked at | age | birth precision
                       | yes       |     |
            2026-11-02 | yes       |     | day
            """,
    ),
    Files(
        clauses="§3-birth-in-files",
        title="births in standard files",
        patients="""
            patient_id | birth_date | birth_precision
            1          | 1961-07-14 |
            2          | 1961-07    |
            3          | 1961       |
            4          | 1961-07-14 | month
            5          | 1961-07-14 | year
            6          |            |
            """,
        stored={
            "patients": """
            patient_id | birth_day  | birth_precision
            1          | 1961-07-14 | day
            2          | 1961-07-01 | month
            3          | 1961-01-01 | year
            4          | 1961-07-01 | month
            5          | 1961-01-01 | year
            6          |            |
            """
        },
    ),
    People(
        clauses="§3-registration §3-open-end",
        title="registered on the search date",
        rows="""
            registered                              | looked at
            2020-01-01 on                           | yes
            2026-11-01 on                           | yes
            2026-11-02 on                           | no
            2020-01-01 to 2026-11-01                | no
            2020-01-01 to 2026-11-02                | yes
            2026-11-01 to 2026-11-01                | no
            2026-11-30 to 2026-11-20                | no
            2026-11-01 to 2026-11-02                | yes
            2020-01-01 to 2025-01-01, 2026-01-01 on | yes
            ? on                                    | no
            ? to 2030-01-01                         | no
            2020-01-01 on temporary                 | no
            2020-01-01 on other                     | no
                                                    | no
            """,
    ),
    People(
        clauses="§3-kinds-together",
        title="of any of the kinds",
        study="population: {registered: {kind: [regular, temporary]}}",
        rows="""
            registered              | looked at
            2020-01-01 on           | yes
            2020-01-01 on temporary | yes
            2020-01-01 on other     | no
            """,
    ),
    People(
        clauses="§3-registration",
        title="of another kind alone",
        study="population: {registered: {kind: temporary}}",
        rows="""
            registered              | looked at
            2020-01-01 on           | no
            2020-01-01 on temporary | yes
            """,
    ),
    People(
        clauses="§3-registered-for",
        title="unbroken for twelve months",
        study="population: {registered: {for: 12 months}}",
        rows="""
            registered                                        | looked at
            2025-11-01 on                                     | yes
            2025-11-02 on                                     | no
            2020-01-01 to 2026-03-05, 2026-03-05 on           | yes
            2020-01-01 to 2026-03-05, 2026-03-06 on           | yes
            2020-01-01 to 2026-03-05, 2026-03-07 on           | no
            2020-01-01 to 2026-03-05, 2026-02-01 on           | yes
            2020-01-01 to 2025-10-30, 2025-11-01 on           | yes
            2020-01-01 to 2025-10-31, 2025-11-02 on           | no
            2020-01-01 to 2025-11-01, 2025-11-02 on           | yes
            2020-01-01 to 2026-10-31, 2026-11-01 on           | yes
            2020-01-01 to 2030-01-01                          | yes
            2020-01-01 to 2026-11-01                          | no
            2020-01-01 to 2026-03-05 temporary, 2026-03-06 on | no
            2020-01-01 on, 2021-01-01 to 2026-03-05           | yes
            2026-03-05 on, 2026-06-01 to 2025-01-01           | no
            """,
    ),
    People(
        clauses="§3-registered-for §3-kinds-together",
        title="unbroken over two kinds",
        study="population: {registered: {for: 12 months, kind: [temporary, regular]}}",
        rows="""
            registered                                        | looked at
            2020-01-01 to 2026-03-05 temporary, 2026-03-06 on | yes
            2020-01-01 to 2026-03-05 other, 2026-03-06 on     | no
            """,
    ),
    People(
        clauses="§3-alive",
        title="dead by the search date, which is later than the extract",
        extracted="2026-10-01",
        rows="""
            died       | looked at
                       | yes
            2026-10-31 | no
            2026-11-01 | no
            2026-11-02 | yes
            """,
    ),
    People(
        clauses="§3-alive",
        title="dead by the extract date, which is later than the search",
        extracted="2026-11-20",
        rows="""
            died       | looked at
            2026-11-02 | no
            2026-11-20 | no
            2026-11-21 | yes
            """,
    ),
    People(
        clauses="§3-test-and-confidential",
        title="who is never looked at, counted by reason",
        rows="""
            patient      | test | confidential | died       | looked at
            anybody      |      |              |            | yes
            dummy        | yes  |              |            | no
            confidential |      | yes          |            | no
            both         | yes  | yes          |            | no
            dead         |      |              | 2026-10-01 | no
            """,
        attrition="""
            step             | kind       | before | dropped | after
            alive            | population | 5      | 1       | 4
            registered       | population | 4      | 0       | 4
            test             | population | 4      | 2       | 2
            confidential     | population | 2      | 1       | 1
            anybody          | include    | 1      | 0       | 1
            research_dissent | opt_out    | 1      | 0       | 1
            type_1           | opt_out    | 1      | 0       | 1
            """,
    ),
    People(
        clauses="§3-test-and-confidential",
        title="confidential records where the study takes them",
        study="population: {confidential: include}",
        rows="""
            test | confidential | looked at
                 | yes          | yes
            yes  | yes          | no
            """,
    ),
]

SECTION = Section(
    3,
    "Dates, windows, ages",
    CLAUSES,
    SPECS,
    elsewhere={
        "§3-registration": [
            "tests/spec/test_spec_whole_way.py::test_a_registration_at_another_practice_is_none"
        ],
    },
)
