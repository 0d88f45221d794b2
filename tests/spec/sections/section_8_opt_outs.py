"""Opt-outs: who asked not to be written to, and what a run is refused for."""

from __future__ import annotations

from spec.calls import Calls
from spec.clauses import Section, read_clauses
from spec.definitions import Faults
from spec.people import People

CLAUSES = read_clauses(
    8,
    """
    opt-out-categories ~ Categories of an opt-out list ~ any other is an error, and a list without ~ `research_dissent`, `research_withdrawn`, `type_1_dissent`
        The categories of an opt-out list are `research_dissent`, `research_withdrawn`,
        `type_1_dissent`, `type_1_withdrawn` and `caution`; any other is an error, and a list without
        `type_1_dissent` a warning. Opt-outs are read in clinical events.
    caution-codes ~ they remove nobody
        `caution` codes, dissents of another kind, remove nobody and put `opt-out: caution` into the
        candidate's cautions, whatever their date.
    research-dissent ~ Research-contact dissent always removes
        A dissent from contact for research always removes.
    type-1-dissent ~ a type 1 dissent removes ~ "name, role"` (kept in the manifest).
        A type 1 dissent removes unless the study's `opt_outs` says `type_1_overridden_by: "name, role"`,
        which is kept in the manifest.
    latest-of-each-pair ~ Of each pair the latest ~ on the same day the dissent does ~ a consent of another kind
        Of each pair the latest code stands; on the same day the dissent does. A consent of another kind
        withdraws neither.
    dissents-whatever-their-date ~ §2 does not hold ~ **a dissent counts whatever its date**
        A dissent counts whatever its date: after the search date, before birth, after death, to the
        month, or without any. What is said of dates elsewhere does not hold to the person's disfavour.
    withdrawals-by-date ~ a withdrawal counts only when dated
        A withdrawal counts only when it is dated to the day, on or before the search date, later than
        the dissent, and neither before birth nor after death. So an undated one never withdraws, and an
        undated dissent always stands.
    practice-list-file ~ The practice's own list ~ `patient_id, kind, recorded_on`; ~ kind `research`, `type_1` ~ it may have no rows
        The practice's own list comes as `--opt-outs FILE`, a CSV of patient_id, kind (research, type_1
        or national) and recorded_on, which may have no rows, with `--opt-outs-on DATE`, the day on which
        it was drawn up.
    practice-list-removes ~ `research` and `type_1` remove
        Its `research` and `type_1` remove, also where the study overrides coded type 1 dissents; its
        `national` is a caution at this stage.
    practice-list-ids ~ Ids in it that are not in the extract ~ an id may stand twice
        Ids in it that are not in the extract are reported, by line and never by name. An id may stand
        twice.
    practice-list-misuse ~ The file without the day
        The file without the day, the file together with `--no-opt-out-list`, and an unknown kind end
        with exit code 2.
    refused-without-opt-outs ~ Refused (exit 4) ~ a study without `opt_outs`; ~ an extract in whose
        A run is refused, with exit code 4, for a study without `opt_outs`, and for an extract in whose
        clinical events none of the opt-out list's code systems occurs.
    refused-without-an-answer ~ a list without any `research_dissent` selector
        It is refused for a list without any `research_dissent` selector when there is neither
        `--opt-outs FILE` nor `--no-opt-out-list "name, role"` of whoever answers for it, which is kept
        in the manifest.
    refused-stale-list ~ a practice list drawn up more
        It is refused for a practice list drawn up more than 30 days before the search date, unless
        `--allow-stale` is given.
    silent-list ~ A declared list that matches no row
        A declared opt-out list that matches no row at all is a warning on every run.
    """,
)

SPECS = [
    Faults(
        clauses="§8-opt-out-categories",
        title="categories that mean nothing here",
        studies="""
            opt_outs: {events: burns}
            -> opt_outs.events: the codelist burns has a category hot that means nothing here (one of caution, research_dissent, research_withdrawn, type_1_dissent, type_1_withdrawn)

            opt_outs: {events: []}
            -> opt_outs.events: the list is empty (name the opt-out codelist)
            """,
    ),
    Calls(
        clauses="§8-opt-out-categories",
        title="a list that knows no type 1 dissent",
        rows="""
            study                                 | exit | says
            opt_outs: {events: opt-outs-no-type-1} | 0    | opt-outs-no-type-1 has no type_1_dissent: type 1 dissents are not seen
            """,
    ),
    People(
        clauses="§8-research-dissent §8-type-1-dissent §8-latest-of-each-pair §8-dissents-whatever-their-date §8-withdrawals-by-date §8-caution-codes",
        title="dissents and withdrawals",
        rows="""
            rows                                                                                   | dropped at       | candidate
            2020-01-01 research_dissent                                                            | research_dissent | no
            2027-01-01 research_dissent                                                            | research_dissent | no
            1970-01-01 research_dissent                                                            | research_dissent | no
            undated research_dissent                                                               | research_dissent | no
            2019 research_dissent                                                                  | research_dissent | no
            2020-01-01 type_1_dissent                                                              | type_1           | no
            2027-01-01 type_1_dissent                                                              | type_1           | no
            2020-01-01 research_dissent, 2020-01-02 research_withdrawn                             |                  | yes
            2020-01-01 research_dissent, 2020-01-01 research_withdrawn                             | research_dissent | no
            2020-01-01 research_dissent, 2026-11-01 research_withdrawn                             |                  | yes
            2020-01-01 research_dissent, 2026-11-02 research_withdrawn                             | research_dissent | no
            2020-01-01 research_dissent, 2021-01-01 type_1_withdrawn                               | research_dissent | no
            2020-01-01 type_1_dissent, 2021-01-01 research_withdrawn                               | type_1           | no
            2020-01-01 type_1_dissent, 2021-01-01 type_1_withdrawn                                 |                  | yes
            2020-01-01 research_dissent, undated research_withdrawn                                | research_dissent | no
            2020-01-01 research_dissent, 2026 research_withdrawn                                   | research_dissent | no
            undated research_dissent, 2026-10-01 research_withdrawn                                | research_dissent | no
            2019 research_dissent, 2026-10-01 research_withdrawn                                   | research_dissent | no
            2020-01-01 research_dissent, undated research_dissent, 2026-10-01 research_withdrawn   | research_dissent | no
            2020-01-01 research_dissent, 2021-01-01 research_withdrawn, 2022-01-01 research_dissent | research_dissent | no
            2027-01-01 research_dissent, 2026-10-01 research_withdrawn                             | research_dissent | no
            1970-01-01 research_dissent, 1971-01-01 research_withdrawn                             | research_dissent | no
            1970-01-01 research_dissent, 1990-01-01 research_withdrawn                             |                  | yes
            2020-01-01 research_withdrawn                                                          |                  | yes
            2020-01-01 caution                                                                     |                  | yes
            """,
    ),
    People(
        clauses="§8-dissents-whatever-their-date §8-withdrawals-by-date",
        title="after death: a dissent counts, a withdrawal does not, as the gain of the first step shows",
        rows="""
            patient                     | died       | rows                                                       | looked at
            dead, nothing else          | 2021-01-01 |                                                            | no
            withdrawn before death      | 2021-01-01 | 2020-01-01 research_dissent, 2021-01-01 research_withdrawn | no
            withdrawn after death       | 2021-01-01 | 2020-01-01 research_dissent, 2021-01-02 research_withdrawn | no
            dissent after death         | 2021-01-01 | 2022-01-01 research_dissent                                | no
            """,
        attrition="""
            step             | before | dropped | after | gained if removed
            alive            | 4      | 4       | 0     | 2
            registered       | 0      | 0       | 0     | 0
            test             | 0      | 0       | 0     | 0
            confidential     | 0      | 0       | 0     | 0
            anybody          | 0      | 0       | 0     | 0
            research_dissent | 0      | 0       | 0     | 0
            type_1           | 0      | 0       | 0     | 0
            """,
    ),
    People(
        clauses="§8-caution-codes",
        title="dissents of another kind are words of caution",
        rows="""
            rows                                   | candidate | cautions
            2020-01-01 caution                     | yes       | opt-out: caution
            2027-01-01 caution                     | yes       | opt-out: caution
            1970-01-01 caution                     | yes       | opt-out: caution
            undated caution, 2020-01-01 caution    | yes       | opt-out: caution
                                                   | yes       |
            """,
    ),
    People(
        clauses="§8-type-1-dissent §8-practice-list-removes",
        title="type 1 dissents where somebody answers for overriding them",
        study="""
            opt_outs: {events: opt-outs, type_1_overridden_by: "A Partner, GP"}
            """,
        rows="""
            rows                                                    | listed             | dropped at       | cautions
            2020-01-01 type_1_dissent                               |                    |                  |
            2020-01-01 type_1_dissent, 2020-01-01 research_dissent  |                    | research_dissent | no candidate
            2020-01-01 type_1_dissent                               | type_1             | practice_list    | no candidate
            2020-01-01 type_1_dissent                               | research           | practice_list    | no candidate
            2020-01-01 type_1_dissent                               | national           |                  | opt-out: national
            2020-01-01 type_1_dissent                               | national, research | practice_list    | no candidate
            """,
        attrition="""
            step             | kind       | before | dropped | after | gained if removed
            alive            | population | 6      | 0       | 6     | 0
            registered       | population | 6      | 0       | 6     | 0
            test             | population | 6      | 0       | 6     | 0
            confidential     | population | 6      | 0       | 6     | 0
            anybody          | include    | 6      | 0       | 6     | 0
            research_dissent | opt_out    | 6      | 1       | 5     | 1
            practice_list    | opt_out    | 5      | 3       | 2     | 3
            """,
    ),
    People(
        clauses="§8-practice-list-removes §8-practice-list-ids",
        title="the practice's own list, in which somebody may stand twice",
        rows="""
            listed                 | dropped at    | cautions
                                   |               |
            research               | practice_list | no candidate
            type_1                 | practice_list | no candidate
            research, research     | practice_list | no candidate
            national, national     |               | opt-out: national
            national, type_1       | practice_list | no candidate
            """,
    ),
    Calls(
        clauses="§8-practice-list-file §8-practice-list-ids",
        title="the practice's list as a file",
        rows="""
            call                                               | exit | says                                                     | keeps
            --opt-outs empty.csv --opt-outs-on 2026-11-01      | 0    |                                                          | answered_for.practice_list_rows = 0
            --opt-outs twice.csv --opt-outs-on 2026-11-01      | 0    |                                                          | counts.candidates = 1
            --opt-outs strangers.csv --opt-outs-on 2026-10-20  | 0    | 2 of 3 rows of the opt-out list name nobody in this extract (lines 2, 4) | answered_for.practice_list_drawn_up = 2026-10-20
            """,
    ),
    Calls(
        clauses="§8-practice-list-misuse",
        title="answers that contradict themselves",
        rows="""
            call                                                                                     | exit | says
            --opt-outs empty.csv                                                                     | 2    | --opt-outs needs --opt-outs-on DATE
            --opt-outs-on 2026-11-01                                                                 | 2    | give the list with --opt-outs FILE
            --opt-outs empty.csv --opt-outs-on 2026-11-01 --no-opt-out-list "A Partner, GP"          | 2    | contradict each other
            --opt-outs kinds.csv --opt-outs-on 2026-11-01                                            | 2    | kinds.csv:3: the kind is none of research, type_1, national
            --opt-outs nowhere.csv --opt-outs-on 2026-11-01                                          | 2    | nowhere.csv cannot be read
            --no-opt-out-list " "                                                                    | 2    | needs the "name, role" of whoever answers for it
            """,
    ),
    Calls(
        clauses="§8-refused-without-opt-outs",
        title="nobody could be left out",
        rows="""
            study                                | exit | says
            - opt_outs                           | 4    | says nothing of opt-outs
            opt_outs: {events: opt-outs-elsewhere} | 4    | its clinical events are coded in read_v2, the opt-out list in ctv3
            opt_outs: {events: opt-outs}         | 0    |
            """,
    ),
    Calls(
        clauses="§8-refused-without-an-answer §8-type-1-dissent",
        title="who answers for what no code says",
        rows="""
            study                                                          | call                                          | exit | says                                              | keeps
            opt_outs: {events: opt-outs-no-research}                       |                                               | 4    | no code for a refusal of research contact         |
            opt_outs: {events: opt-outs-no-research}                       | --opt-outs empty.csv --opt-outs-on 2026-11-01 | 0    |                                                   | answered_for.no_opt_out_list = None
            opt_outs: {events: opt-outs-no-research}                       | --no-opt-out-list "A Partner, GP"             | 0    |                                                   | answered_for.no_opt_out_list = A Partner, GP
            opt_outs: {events: [opt-outs-no-research, opt-outs]}           |                                               | 0    |                                                   | answered_for.no_opt_out_list = None
            opt_outs: {events: opt-outs, type_1_overridden_by: "B Partner, GP"} |                                          | 0    |                                                   | answered_for.type_1_overridden_by = B Partner, GP
            """,
    ),
    Calls(
        clauses="§8-refused-stale-list",
        title="a practice list that is too old",
        rows="""
            call                                                        | exit | says
            --opt-outs empty.csv --opt-outs-on 2026-10-02               | 0    |
            --opt-outs empty.csv --opt-outs-on 2026-10-01               | 4    | opt-out list of 2026-10-01 is 31 days old on the search date 2026-11-01
            --opt-outs empty.csv --opt-outs-on 2026-10-01 --allow-stale | 0    |
            """,
    ),
    Calls(
        clauses="§8-silent-list",
        title="an opt-out list that matches no row",
        rows="""
            study                                 | exit | says
            opt_outs: {events: opt-outs-unheard}  | 0    | opt-outs-unheard: 0 of 3 selectors match a code in this extract
            """,
    ),
]

SECTION = Section(
    8,
    "Opt-outs",
    CLAUSES,
    SPECS,
    elsewhere={
        "§8-refused-without-opt-outs": [
            "tests/spec/test_spec_whole_way.py::test_opt_outs_are_looked_for_in_clinical_events"
        ],
    },
)
