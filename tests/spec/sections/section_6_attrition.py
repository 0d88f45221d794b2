"""The order of things, and attrition: which step drops whom."""

from __future__ import annotations

from spec.clauses import Section, read_clauses
from spec.people import People

CLAUSES = read_clauses(
    6,
    """
    order-of-steps ~ every patient of the extract
        Every patient of the extract goes through `alive`, `registered`, `age`, `test`, `confidential`,
        each line of `include` in its order, each line of `exclude` in its order, `research_dissent`,
        `type_1`, `practice_list`. Whoever passes all of them is a candidate.
    steps-not-asked ~ A population rule that the study does not ask for ~ nor has `type_1` when
        A population rule that the study does not ask for has no row; `alive`, `registered` and `test`
        always have one. `type_1` has none where it is overridden, nor has `practice_list` without a
        practice list.
    people-per-step ~ Attrition counts **people** ~ `step, kind
        Attrition counts people, one row per step: step, kind (population, include, exclude, opt_out),
        text, before, dropped, after, gained_if_removed.
    counts-close ~ `before = dropped + after`
        On every row `before` is `dropped` and `after` together, and each row's `after` is the next
        row's `before`.
    gained-if-removed ~ `gained_if_removed` is how many
        `gained_if_removed` is how many more candidates there would be if this step alone were left
        out. So measures are worked out for every patient.
    generated-text ~ `text` is generated
        `text` is made from the compiled rule and never typed, so that it cannot say otherwise.
    order-is-free ~ The order of the steps changes
        The order of the steps changes the rows between, never the candidates.
    facts-of-the-population ~ `facts` holds the population
        `facts` holds everybody who passes the population's steps, candidates or not: each measure, each
        line (an exclude line is true where it excludes), and the step that dropped them.
    """,
)

_EVERY_STEP = """
            population: {age: {min: 18, max: 64}}
            measures: {pain: {events: pain}, burns: {events: burns}}
            include: {has_pain: pain}
            exclude: {burnt: burns}
            """

SPECS = [
    People(
        clauses="§6-order-of-steps §6-people-per-step §6-counts-close §6-gained-if-removed §6-facts-of-the-population",
        title="everybody goes out at the first step that they do not pass",
        study=_EVERY_STEP,
        rows="""
            patient          | born       | died       | registered    | test | confidential | rows                                               | listed   | looked at | dropped at       | burnt holds
            right            | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 ache                                    | national | yes       |                  | no
            dead             | 1980-01-01 | 2026-11-01 | 2000-01-01 on |      |              | 2026-01-01 ache                                    |          | no        | not looked at    | not looked at
            gone             | 1980-01-01 |            |               |      |              | 2026-01-01 ache                                    |          | no        | not looked at    | not looked at
            too old          | 1950-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 ache                                    |          | no        | not looked at    | not looked at
            dummy            | 1980-01-01 |            | 2000-01-01 on | yes  |              | 2026-01-01 ache                                    |          | no        | not looked at    | not looked at
            confidential     | 1980-01-01 |            | 2000-01-01 on |      | yes          | 2026-01-01 ache                                    |          | no        | not looked at    | not looked at
            no pain          | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 burn                                    |          | yes       | has_pain         | yes
            burnt            | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 both                                    |          | yes       | burnt            | yes
            burnt, dissents  | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 both, undated research_dissent          |          | yes       | burnt            | yes
            dissents         | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 ache, 2020-01-01 research_dissent       |          | yes       | research_dissent | no
            dissents twice   | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 ache, undated research_dissent, undated type_1_dissent | | yes    | research_dissent | no
            type 1           | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 ache, 2020-01-01 type_1_dissent         |          | yes       | type_1           | no
            on the list      | 1980-01-01 |            | 2000-01-01 on |      |              | 2026-01-01 ache                                    | research | yes       | practice_list    | no
            """,
        attrition="""
            step             | kind       | before | dropped | after | gained if removed
            alive            | population | 13     | 1       | 12    | 1
            registered       | population | 12     | 1       | 11    | 1
            age              | population | 11     | 1       | 10    | 1
            test             | population | 10     | 1       | 9     | 1
            confidential     | population | 9      | 1       | 8     | 1
            has_pain         | include    | 8      | 1       | 7     | 0
            burnt            | exclude    | 7      | 2       | 5     | 1
            research_dissent | opt_out    | 5      | 2       | 3     | 1
            type_1           | opt_out    | 3      | 1       | 2     | 1
            practice_list    | opt_out    | 2      | 1       | 1     | 1
            """,
    ),
    People(
        clauses="§6-gained-if-removed",
        title="a dead patient counts only with rows that could be used",
        study="""
            measures: {pain: {events: pain, within: 1 year, at_least: 2}}
            include: {has_pain: pain}
            """,
        rows="""
            patient        | died       | rows                                | looked at
            right          |            | 2026-01-01 ache, 2026-02-01 ache    | yes
            would be right | 2026-03-01 | 2026-01-01 ache, 2026-03-01 ache    | no
            after death    | 2026-03-01 | 2026-01-01 ache, 2026-03-02 ache    | no
            """,
        attrition="""
            step             | before | dropped | after | gained if removed
            alive            | 3      | 2       | 1     | 1
            registered       | 1      | 0       | 1     | 0
            test             | 1      | 0       | 1     | 0
            confidential     | 1      | 0       | 1     | 0
            has_pain         | 1      | 0       | 1     | 0
            research_dissent | 1      | 0       | 1     | 0
            type_1           | 1      | 0       | 1     | 0
            """,
    ),
    People(
        clauses="§6-steps-not-asked",
        title="what is not asked for has no row",
        study="""
            population: {confidential: include}
            opt_outs: {events: opt-outs, type_1_overridden_by: "A Partner, GP"}
            """,
        rows="""
            confidential | rows                      | candidate
            yes          | 2026-01-01 type_1_dissent | yes
            """,
        attrition="""
            step             | kind
            alive            | population
            registered       | population
            test             | population
            anybody          | include
            research_dissent | opt_out
            """,
    ),
    People(
        clauses="§6-steps-not-asked",
        title="a practice list without rows has a row of attrition",
        practice_list=True,
        rows="""
            patient | candidate
            anybody | yes
            """,
        attrition="""
            step             | before | dropped | after | gained if removed
            alive            | 1      | 0       | 1     | 0
            registered       | 1      | 0       | 1     | 0
            test             | 1      | 0       | 1     | 0
            confidential     | 1      | 0       | 1     | 0
            anybody          | 1      | 0       | 1     | 0
            research_dissent | 1      | 0       | 1     | 0
            type_1           | 1      | 0       | 1     | 0
            practice_list    | 1      | 0       | 1     | 0
            """,
    ),
    People(
        clauses="§6-generated-text",
        title="each step says what it asks, with the days that it asks about",
        study="""
            population: {age: {min: 18, max: 64}, registered: {for: 12 months}}
            measures:
              pain: {events: pain, category: explicit, within: 2 years, at_least: 2, apart: 90 days}
              pills: {medicines: pills, within: {span: 90 days, after: pain.first}}
              burns: {events: burns, value: {min: 7}}
            include: {treated: {all: [pain, {not: pills}]}}
            exclude: {burnt: {any: [burns, treated]}}
            """,
        rows="""
            patient | candidate
            anybody | no
            """,
        attrition="""
            step             | text
            alive            | not dead by 2026-11-01, nor by the date of the extract
            registered       | registered (regular) on 2026-11-01, without a break since 2025-11-01
            age              | aged 18 to 64 years on 2026-11-01
            test             | no test or dummy patient
            confidential     | no record that is marked confidential
            treated          | (at least 2 dates, each 90 days or more after the last that was counted, of pain [explicit] (events) from 2024-11-01 to 2026-11-01) and (not (at least 1 date of pills (medicines) in the 90 days from the first date of pain on))
            burnt            | not: (at least 1 date of burns (events) with a value 7 or more ever, up to 2026-11-01) or (treated holds)
            research_dissent | no standing dissent from contact for research (opt-outs)
            type_1           | no standing type 1 dissent (opt-outs)
            """,
    ),
    People(
        clauses="§6-order-is-free §6-order-of-steps",
        title="pain, then pain now",
        study="""
            measures: {pain: {events: pain}, burns: {events: burns}, now: {events: pain, within: 30 days}}
            include: {in_pain: pain, in_pain_now: now}
            exclude: {burnt: burns}
            """,
        rows="""
            rows            | candidate | dropped at
            2026-11-01 ache | yes       |
            2026-01-01 ache | no        | in_pain_now
            2026-11-01 both | no        | burnt
                            | no        | in_pain
            """,
        attrition="""
            step             | before | dropped | after | gained if removed
            alive            | 4      | 0       | 4     | 0
            registered       | 4      | 0       | 4     | 0
            test             | 4      | 0       | 4     | 0
            confidential     | 4      | 0       | 4     | 0
            in_pain          | 4      | 1       | 3     | 0
            in_pain_now      | 3      | 1       | 2     | 1
            burnt            | 2      | 1       | 1     | 1
            research_dissent | 1      | 0       | 1     | 0
            type_1           | 1      | 0       | 1     | 0
            """,
    ),
    People(
        clauses="§6-order-is-free §6-order-of-steps",
        title="pain now, then pain: other rows, the same candidates",
        study="""
            measures: {pain: {events: pain}, burns: {events: burns}, now: {events: pain, within: 30 days}}
            include: {in_pain_now: now, in_pain: pain}
            exclude: {burnt: burns}
            """,
        rows="""
            rows            | candidate | dropped at
            2026-11-01 ache | yes       |
            2026-01-01 ache | no        | in_pain_now
            2026-11-01 both | no        | burnt
                            | no        | in_pain_now
            """,
        attrition="""
            step             | before | dropped | after | gained if removed
            alive            | 4      | 0       | 4     | 0
            registered       | 4      | 0       | 4     | 0
            test             | 4      | 0       | 4     | 0
            confidential     | 4      | 0       | 4     | 0
            in_pain_now      | 4      | 2       | 2     | 1
            in_pain          | 2      | 0       | 2     | 0
            burnt            | 2      | 1       | 1     | 1
            research_dissent | 1      | 0       | 1     | 0
            type_1           | 1      | 0       | 1     | 0
            """,
    ),
    People(
        clauses="§6-facts-of-the-population",
        title="facts of people who are no candidates",
        study=_EVERY_STEP,
        rows="""
            rows                                         | candidate | dropped at | pain met | pain count | burns met | has_pain holds | burnt holds
            2026-01-01 ache, 2026-02-01 ache             | yes       |            | yes      | 2          | no        | yes            | no
            2026-01-01 burn                              | no        | has_pain   | no       | 0          | yes       | no             | yes
            2026-01-01 both                              | no        | burnt      | yes      | 1          | yes       | yes            | yes
            2026-01-01 ache, 2026-01-01 type_1_dissent   | no        | type_1     | yes      | 1          | no        | yes            | no
            """,
    ),
]

SECTION = Section(6, "The order of things, and attrition", CLAUSES, SPECS)
