"""What a study looks like, and what is given to each run of it."""

from __future__ import annotations

from spec.calls import Calls
from spec.clauses import Section, read_clauses
from spec.definitions import Faults
from spec.people import People

CLAUSES = read_clauses(
    1,
    """
    one-file ~ A study is one YAML file
        A study is one YAML file. The same models can be built in Python, and mean the same.
    unknown-keys ~ Unknown keys are errors
        A key that is not of the language is an error, at every depth.
    lists-are-pinned ~ every list a rule names
        `codelists` names every list that a rule uses, pinned to one released version.
    parameters-have-sources ~ thresholds: a value, and where it comes from ~ --set NAME=VALUE overrides
        A parameter is a value, and where it comes from. `--set NAME=VALUE` sets it for one run.
    population-first ~ who is looked at ~ completed years on the search date, both ends included
        `population` says who is looked at; ages are completed years on the search date, both ends
        included.
    measures-are-facts ~ one named fact per patient
        Each measure is one named fact for each patient.
    lines-are-rows ~ in order: each line is one row
        `include` and `exclude` are lines in order, and each is one row of the attrition table.
    opt-outs-needed ~ without it identify refuses
        `opt_outs` names the opt-out list; without it no search is made.
    settled-elsewhere ~ criteria that no record can settle
        `settled_elsewhere` holds criteria that no record can settle, with who settles them. They are
        carried along to whoever screens.
    search-date-from-outside ~ The search date is an argument of the run
        The search date is given to each run. No rule asks what day it is, and no study file holds one.
    search-before-extract ~ It may lie before the extract date
        The search date may lie before the day of the extract.
    stale-extract ~ more than 90 days after it
        A search more than 90 days after the day of the extract is refused, with exit code 4, unless
        `--allow-stale` is given.
    parameters-stand ~ `$name` may stand
        `$name` may stand for a whole value anywhere below `population`, `measures` and `flags`, spans
        included, and nowhere else.
    set-known-names ~ `--set` of a name
        `--set` of a name that the study does not have ends with exit code 2.
    """,
)

SPECS = [
    Faults(
        clauses="§1-unknown-keys",
        title="keys that are not of the language",
        studies="""
            titel: A study
            -> titel: there is no such key (did you mean title?)

            measures.m: {events: pain, withn: 2 years}
            -> measures.m.withn: there is no such key (did you mean within?)

            measures.m: {events: pain, value: {mim: 3}}
            -> measures.m.value.mim: there is no such key (did you mean min?)

            population: {registered: {form: 12 months}}
            -> population.registered.form: there is no such key (did you mean for?)

            flags.f: {fit_notes: notes, gaps: 3 days}
            -> flags.f.gaps: there is no such key (did you mean gap?)

            title: Anything
            protocol: {fee: $n, anything: {at: all}}
            right
            """,
    ),
    Faults(
        clauses="§1-lists-are-pinned",
        title="lists that are not pinned, or not to a version",
        studies="""
            measures.m: {events: pains}
            -> measures.m.events: the codelist pains is not pinned (did you mean pain, which is? Else add pains: VERSION under codelists)

            flags.f: {fit_notes: med3}
            -> flags.f.fit_notes: the codelist med3 is not pinned (add med3: VERSION under codelists)

            opt_outs: {events: [opt-outs, objections]}
            -> opt_outs.events: the codelist objections is not pinned (add objections: VERSION under codelists)

            codelists: {pain: latest, burns: 1.0, opt-outs: 1.0.0}
            -> codelists.pain: "latest" is not a semantic version (three numbers, such as 1.0.0)
            -> codelists.burns: 1.0 is not a semantic version (three numbers, such as 1.0.0)
            """,
    ),
    Calls(
        clauses="§1-lists-are-pinned",
        title="the version is the one that runs",
        rows="""
            study                         | exit | keeps
            opt_outs: {events: opt-outs}  | 0    | codelists.0.id = opt-outs; codelists.0.version = 1.0.0; codelists.1.id = seen; codelists.1.version = 1.0.0
            """,
    ),
    Faults(
        clauses="§1-parameters-have-sources",
        title="parameters without a value or a source",
        studies="""
            parameters: {n: {value: 3}, span: {source: a paper}}
            -> parameters.n.source: source is missing (where the value comes from, or: project choice, no published criterion found)
            -> parameters.span.value: value is missing (the value that $NAME stands for)

            parameters: {n: 3, span: {value: 2 years, source: a paper}}
            -> parameters.n: 3 stands where a mapping is meant (its keys are value, source)
            """,
    ),
    People(
        clauses="§1-measures-are-facts §1-lines-are-rows §1-population-first",
        title="measures are facts, lines are rows of the attrition",
        study="""
            population: {age: {min: 18, max: 64}}
            measures: {aches: {events: pain, at_least: 2}, unused: {events: burns}}
            include: {in_pain: aches}
            """,
        rows="""
            born       | rows                             | aches met    | aches count  | unused met   | in_pain holds
            1980-01-01 | 2026-01-01 ache, 2026-02-01 ache | yes          | 2            | no           | yes
            1980-01-01 | 2026-01-01 both                  | no           | 1            | yes          | no
            1940-01-01 | 2026-01-01 ache, 2026-02-01 ache | not looked at | not looked at | not looked at | not looked at
            """,
        attrition="""
            step             | kind       | before | after
            alive            | population | 3      | 3
            registered       | population | 3      | 3
            age              | population | 3      | 2
            test             | population | 2      | 2
            confidential     | population | 2      | 2
            in_pain          | include    | 2      | 1
            research_dissent | opt_out    | 1      | 1
            type_1           | opt_out    | 1      | 1
            """,
    ),
    Calls(
        clauses="§1-opt-outs-needed §1-settled-elsewhere",
        title="what a study says beside its rules",
        rows="""
            study                                                                | exit | says                     | keeps
            - opt_outs                                                           | 4    | says nothing of opt-outs |
            settled_elsewhere: {wants_to_work: patient at contact}               | 0    |                          | study.settled_elsewhere.wants_to_work = patient at contact
            """,
    ),
    Faults(
        clauses="§1-search-date-from-outside",
        title="a search date in the file",
        studies="""
            on: 2026-11-01
            -> on: there is no such key (the search date is given to each run, never in the file)
            """,
    ),
    People(
        clauses="§1-search-before-extract",
        title="searched before the day of the extract",
        study="measures: {pain: {events: pain}}",
        extracted="2026-11-20",
        rows="""
            rows                             | candidate | pain met | pain last
            2026-11-01 ache                  | yes       | yes      | 2026-11-01
            2026-11-02 ache, 2026-10-01 ache | yes       | yes      | 2026-10-01
            2026-11-02 ache                  | yes       | no       |
            """,
    ),
    Calls(
        clauses="§1-stale-extract §1-search-date-from-outside",
        title="searched after the day of the extract, which is 2026-11-01",
        rows="""
            call                           | exit | says                                                           | keeps
            --on 2027-01-30                | 0    |                                                                | search_date = 2027-01-30
            --on 2027-01-31                | 4    | The extract of 2026-11-01 is 91 days old on the search date 2027-01-31 |
            --on 2027-01-31 --allow-stale  | 0    |                                                                | answered_for.allow_stale = True
            --on 2020-01-01                | 0    |                                                                | search_date = 2020-01-01
            --on today                     | 2    | --on today: not a date                                         |
            """,
    ),
    People(
        clauses="§1-parameters-stand",
        title="a parameter for a bound, a span, an age, a category and a gap",
        study="""
            parameters:
              n: {value: 2, source: a paper}
              span: {value: 2 years, source: a paper}
              age: {value: 40, source: a paper}
              kinds: {value: [explicit, other], source: a paper}
              gap: {value: 1 week, source: a paper}
            population: {age: {min: $age}}
            measures:
              pain: {events: pain, category: $kinds, within: $span, at_least: $n}
            flags: {sick: {fit_notes: notes, gap: $gap}}
            """,
        rows="""
            born       | rows                                                 | looked at | pain met      | pain count    | spell days
            1986-11-02 |                                                      | no        | not looked at | not looked at | no candidate
            1980-01-01 | 2025-01-01 ache, 2025-01-02 sore                     | yes       | yes           | 2             |
            1980-01-01 | 2024-10-31 ache, 2025-01-02 sore                     | yes       | no            | 1             |
            1980-01-01 | 2026-01-01 not_fit 28 days, 2026-02-05 not_fit 1 day | yes       | no            | 0             | 36
            """,
    ),
    Faults(
        clauses="§1-parameters-stand",
        title="parameters where none may stand, or that are not there",
        studies="""
            measures.m: {events: pain, within: {span: $span, after: ache.first}}
            -> measures.m.within.span: "2 years" has no fixed number of days; it is the value of $span (write it in days or weeks)

            measures.m: {events: pain, at_least: $m}
            -> measures.m.at_least: there is no parameter m (one of n, span)

            measures.m: {events: pain, within: $n days}
            -> measures.m.within: "$n days" is not a span (a span is N days, weeks, months or years, such as 182 days)

            measures.m: {events: pain, within: $n}
            -> measures.m.within: 3 is not a span; it is the value of $n (write 3 days)

            title: $n
            -> title: $n stands where a parameter may not (parameters stand below population, measures, flags only)

            include.l: {at_least: {n: $n, of: [ache]}}
            -> include.l.at_least.n: $n stands where a parameter may not (parameters stand below population, measures, flags only)

            opt_outs: {events: $n}
            -> opt_outs.events: $n stands where a parameter may not (parameters stand below population, measures, flags only)
            """,
    ),
    Calls(
        clauses="§1-set-known-names §1-parameters-have-sources",
        title="values for one run",
        rows="""
            study                                                                                         | call          | exit | says                                                  | keeps
            {parameters: {n: {value: 1, source: a paper}}, measures: {seen: {events: seen, at_least: $n}}} |              | 0    |                                                       | parameters.n.value = 1; counts.candidates = 2
            {parameters: {n: {value: 1, source: a paper}}, measures: {seen: {events: seen, at_least: $n}}} | --set n=2     | 0    |                                                       | parameters.n.value = 2; parameters.n.source = --set; counts.candidates = 0
            {parameters: {n: {value: 1, source: a paper}}, measures: {seen: {events: seen, at_least: $n}}} | --set m=2     | 2    | the study has no parameter m to set                   |
            {parameters: {n: {value: 1, source: a paper}}, measures: {seen: {events: seen, at_least: $n}}} | --set n       | 2    | --set n: write NAME=VALUE                             |
            {parameters: {n: {value: 1, source: a paper}}, measures: {seen: {events: seen, at_least: $n}}} | --set n=many  | 3    | "many" is not a whole number from 0 up; it is the value of $n |
            title: No parameters                                                                          | --set n=2     | 2    | the study has no parameters                           |
            """,
    ),
]

SECTION = Section(
    1,
    "What a study looks like",
    CLAUSES,
    SPECS,
    elsewhere={
        "§1-one-file": [
            "tests/study/test_study_model.py::test_python_and_yaml_build_the_same_study"
        ],
        "§1-search-date-from-outside": [
            "tests/test_architecture.py::test_nothing_below_the_command_line_speaks"
        ],
    },
)
