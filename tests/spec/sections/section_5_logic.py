"""Logic: criteria made of measures and of one another."""

from __future__ import annotations

from spec.calls import Calls
from spec.clauses import Section, read_clauses
from spec.definitions import Faults
from spec.people import Facts, People

CLAUSES = read_clauses(
    5,
    """
    combining ~ `any`, `all`, `not`, and `at_least: ~ {n: ~ 2, of: ~ [...]}`, nested at will
        A criterion is a name, or `any`, `all`, `not` or `at_least: {n: 2, of: [...]}` of criteria,
        nested at will.
    names ~ over measures and named criteria
        A name is a measure or a line of `include` or `exclude`.
    measure-wins ~ a name means the measure where there is one
        Where a measure and a line have the same name, the name means the measure.
    line-cycle ~ A cycle is an error
        Lines that name one another in a circle are an error that prints the circle.
    nothing-to-combine ~ An empty `any` or `all`
        An empty `any` or `all` is an error, and so is an n below 1 or above the number of criteria.
    cannot-be-met ~ so are bounds that nobody can meet ~ 3, at_most: ~ 2`, a `between` the wrong way round
        Bounds that nobody can meet are errors: `at_least` above `at_most`, a `between` the wrong way
        round on the search date, an age with `min` above `max`, more dates than a window has days.
    names-once ~ and one name for two lines
        One name for two lines is an error, and so is a line that is called like a step of the attrition
        or like a column of the results. Names are letters, digits, `_` and `-`, begin with a letter, and
        differ by more than case.
    selects-everybody ~ A study whose *inclusion* would hold
        A study whose inclusion would hold for a patient without any record is refused as a wrong
        definition.
    """,
)

SPECS = [
    Facts(
        clauses="§5-combining",
        title="any, all, not, at least n of, and all of them in one another",
        measures="""
            pain: {events: pain}
            burns: {events: burns}
            now: {events: pain, within: 30 days}
            """,
        rows="""
            criterion                                                              | rows                             | holds
            pain                                                                   | 2026-01-01 ache                  | yes
            pain                                                                   | 2026-01-01 burn                  | no
            {any: [pain, burns]}                                                   | 2026-01-01 burn                  | yes
            {any: [pain, burns]}                                                   |                                  | no
            {all: [pain, burns]}                                                   | 2026-01-01 burn                  | no
            {all: [pain, burns]}                                                   | 2026-01-01 both                  | yes
            {not: burns}                                                           | 2026-01-01 ache                  | yes
            {not: burns}                                                           | 2026-01-01 burn                  | no
            {not: {not: burns}}                                                    | 2026-01-01 burn                  | yes
            {at_least: {n: 2, of: [pain, burns, now]}}                             | 2026-11-01 ache                  | yes
            {at_least: {n: 2, of: [pain, burns, now]}}                             | 2026-01-01 ache                  | no
            {at_least: {n: 3, of: [pain, burns, now]}}                             | 2026-11-01 both                  | yes
            {at_least: {n: 1, of: [pain, burns, now]}}                             | 2026-01-01 burn                  | yes
            {at_least: {n: 2, of: [pain, pain]}}                                   | 2026-01-01 ache                  | yes
            {all: [pain, {not: burns}]}                                            | 2026-01-01 ache                  | yes
            {all: [pain, {not: burns}]}                                            | 2026-01-01 ache, 2026-01-01 burn | no
            {any: [{all: [pain, burns]}, {at_least: {n: 2, of: [now, {not: pain}, {not: burns}]}}]} | 2026-01-01 both | yes
            {any: [{all: [pain, burns]}, {at_least: {n: 2, of: [now, {not: pain}, {not: burns}]}}]} | 2026-11-01 ache | yes
            {any: [{all: [pain, burns]}, {at_least: {n: 2, of: [now, {not: pain}, {not: burns}]}}]} | 2026-01-01 ache | no
            """,
    ),
    Facts(
        clauses="§5-names",
        title="lines name lines, whatever their order",
        measures="""
            pain: {events: pain}
            burns: {events: burns}
            """,
        lines="""
            first: {any: [second, third]}
            second: {all: [third, burns]}
            third: {not: pain}
            """,
        rows="""
            rows            | first holds | second holds | third holds
                            | yes         | no           | yes
            2026-01-01 ache | no          | no           | no
            2026-01-01 burn | yes         | yes          | yes
            2026-01-01 both | no          | no           | no
            """,
    ),
    People(
        clauses="§5-names",
        title="include may name a line of exclude, and the reverse",
        study="""
            measures: {pain: {events: pain}, burns: {events: burns}}
            include: {hurt: {any: [scalded, pain]}}
            exclude: {scalded: burns, well: {not: hurt}}
            """,
        rows="""
            rows            | hurt holds | scalded holds | well holds | candidate
            2026-01-01 ache | yes        | no            | no         | yes
            2026-01-01 burn | yes        | yes           | no         | no
                            | no         | no            | yes        | no
            """,
    ),
    People(
        clauses="§5-measure-wins",
        title="a line may be called like a measure, and names mean the measure",
        study="""
            measures: {pain: {events: pain}, burns: {events: burns}}
            include:
              pain: pain
              burns: {all: [pain, {not: burns}]}
              line: {all: [burns, pain]}
            """,
        rows="""
            rows            | pain holds | burns holds | line holds
            2026-01-01 ache | yes        | yes         | no
            2026-01-01 both | yes        | no          | yes
            """,
    ),
    Faults(
        clauses="§5-line-cycle §5-names",
        title="names that lead nowhere, or back to themselves",
        by_reference=True,
        studies="""
            include.l: ach
            -> include.l: there is no measure or line ach (did you mean ache?)

            include.l: l
            -> include.l: the lines name one another in a circle: l → l (one of them has to say what it means)

            include: {p: ache, q: {any: [ache, {not: r}]}}
            exclude: {r: {all: [q, q]}, s: p}
            -> include.q: the lines name one another in a circle: q → r → q (one of them has to say what it means)
            """,
    ),
    Faults(
        clauses="§5-nothing-to-combine",
        title="criteria of nothing",
        by_reference=True,
        studies="""
            include.l: {any: []}
            -> include.l.any: any of nothing never holds (name a criterion)

            include.l: {not: {all: []}}
            -> include.l.not.all: all of nothing always holds (name a criterion)

            include.l: {at_least: {n: 0, of: [ache]}}
            -> include.l.at_least.n: 0 of 1 cannot be meant (n is from 1 to 1)

            include.l: {at_least: {n: 3, of: [ache, burnt]}}
            -> include.l.at_least.n: 3 of 2 cannot be meant (n is from 1 to 2)

            include.l: {at_least: {n: 2, of: [ache, burnt]}}
            right
            """,
    ),
    Faults(
        clauses="§5-cannot-be-met",
        title="bounds that nobody can meet",
        studies="""
            measures.m: {events: pain, at_least: 3, at_most: 2}
            -> measures.m: nobody can meet it: at_least 3 is above at_most 2

            measures.m: {events: pain, value: {min: 7.5, max: 7}}
            -> measures.m.value: nobody can meet it: min 7.5 is above max 7

            measures.m: {events: pain, after: 2021-01-02, before: 2021-01-01}
            -> measures.m: nobody can meet it: after 2021-01-02 is later than before 2021-01-01

            measures.m: {events: pain, between: {from: 1 month, to: 32 days}}
            -> measures.m.between: nobody can meet it: on 2026-11-01 1 month back is later than 32 days back (write from: 32 days, to: 1 month)

            measures.m: {events: pain, between: {from: 1 month, to: 31 days}}
            right

            measures.m: {events: pain, within: 3 days, at_least: 5}
            -> measures.m: nobody can meet it: 5 dates are asked for, and there can be 4 (ask for less, or look longer)

            measures.m: {events: pain, pick: first, at_least: 2}
            -> measures.m: nobody can meet it: 2 dates are asked for, and there can be 1 (pick leaves one date)

            population: {age: {min: 65, max: 64}}
            -> population.age: nobody can meet it: min 65 is above max 64

            population: {age: {min: 18, max: 18}}
            right
            """,
    ),
    Faults(
        clauses="§5-cannot-be-met",
        title="the wrong way round on another date",
        by_reference=True,
        on="2026-03-01",
        studies="""
            measures.m: {events: pain, between: {from: 1 month, to: 31 days}}
            -> measures.m.between: nobody can meet it: on 2026-03-01 1 month back is later than 31 days back (write from: 31 days, to: 1 month)
            """,
    ),
    Faults(
        clauses="§5-names-once",
        title="names that are taken",
        studies="""
            exclude: {in_pain: burnt}
            -> exclude.in_pain: include has a line in_pain already (rename one of them)

            include: {in_pain: ache, in_pain: burnt}
            -> include.in_pain: the key stands twice, first on line 6 (remove or rename one)

            exclude: {alive: burnt, registered: burnt, age: burnt, test: burnt}
            -> exclude.alive: alive is a step of every study (choose another name)
            -> exclude.registered: registered is a step of every study (choose another name)
            -> exclude.age: age is a step of every study (choose another name)
            -> exclude.test: test is a step of every study (choose another name)

            exclude: {dropped_at: burnt, ache_first: burnt}
            -> exclude.dropped_at: dropped_at is a column of every result (choose another name)
            -> exclude.ache_first: ache_first is also the column of a result of measure ache (choose another name)

            exclude: {no burns: burnt, In_Pain: burnt}
            -> exclude.no burns: "no burns" cannot be a name (letters, digits, _ and -, beginning with a letter)
            -> exclude.In_Pain: In_Pain and in_pain differ only by case (rename one)

            exclude: {confidential: burnt, research_dissent: burnt, type_1: burnt, practice_list: burnt}
            -> exclude.confidential: confidential is a step of every study (choose another name)
            -> exclude.research_dissent: research_dissent is a step of every study (choose another name)
            -> exclude.type_1: type_1 is a step of every study (choose another name)
            -> exclude.practice_list: practice_list is a step of every study (choose another name)
            """,
    ),
    Faults(
        clauses="§5-selects-everybody",
        title="inclusion that a patient without any record would pass",
        by_reference=True,
        studies="""
            - include
            -> include: this study selects everybody: its inclusion holds for a patient with no record (ask for something that a record has to hold)

            include: {l: {not: ache}}
            -> include: this study selects everybody: its inclusion holds for a patient with no record (ask for something that a record has to hold)

            measures.m: {events: pain, at_most: 3}
            include: {l: m}
            -> include: this study selects everybody: its inclusion holds for a patient with no record (ask for something that a record has to hold)

            measures.m: {events: pain, exactly: 0}
            include: {l: {any: [ache, m]}}
            -> include: this study selects everybody: its inclusion holds for a patient with no record (ask for something that a record has to hold)

            include: {l: {at_least: {n: 1, of: [ache, {not: burnt}]}}}
            -> include: this study selects everybody: its inclusion holds for a patient with no record (ask for something that a record has to hold)

            include: {l: {not: ache}, k: burnt}
            right

            include: {l: {all: [ache, {not: burnt}]}}
            right

            include: {l: {at_least: {n: 2, of: [ache, {not: burnt}]}}}
            right
            """,
    ),
    Calls(
        clauses="§5-selects-everybody",
        title="it ends with exit code 3",
        rows="""
            study                         | exit | says
            include: {anybody: {not: seen}} | 3    | this study selects everybody
            """,
    ),
]

SECTION = Section(5, "Logic", CLAUSES, SPECS)
