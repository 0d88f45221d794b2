"""Bad definitions and bad data: what their authors are told."""

from __future__ import annotations

from spec.calls import Calls
from spec.clauses import Section, read_clauses
from spec.definitions import Faults
from spec.files import Files

CLAUSES = read_clauses(
    9,
    """
    every-fault-at-once ~ One error per fault
        Each fault is one error, and all faults of a file come at once: each with the path in the file,
        what was found, what is allowed, and the nearest valid name.
    silent-codelist ~ A codelist that resolves to no code ~ 0 of 41 selectors ~ the extract's medicine system is
        A codelist that resolves to no code of the extract is a warning on every run, and an error (exit
        code 3) under `--strict`.
    definition-first ~ Faults of the definition come first ~ 3 before 4
        Faults of the definition come before refusals: exit code 3 before 4.
    empty-codelist ~ An empty codelist
        A codelist without rows, or of exclusions only, is always an error.
    lock ~ With `--codelists DIR` a lock ~ lines of sha256, two spaces
        With `--codelists DIR` the lock of that folder is checked where there is one
        (`codelists.lock`, lines of a SHA-256, two spaces and `id/version.csv`). A mismatch ends with
        exit code 3.
    drafts ~ Lists that no clinician has reviewed
        Lists that no clinician has reviewed are drafts, and one line on every run says how many.
    no-candidates ~ A study with no candidates ~ empty tables with all their columns
        A study with no candidates is an ordinary result: empty tables with all their columns, exit code
        0.
    registrations-file ~ a `registrations` file, when present ~ In `standard`:
        In `standard` files a registrations file, where there is one, is complete, and the columns of
        patients are not read.
    booleans ~ booleans are
        Booleans are true or false, 1 or 0, y or n; empty is false.
    patients-once ~ `patient_id` is unique
        A patient_id is unique in the extract; a repeated one is a bad extract, exit code 5.
    strangers ~ rows of people who are not in `patients`
        Rows of people who are not among the patients go to the quarantine as *unknown patient*.
    """,
)

SPECS = [
    Faults(
        clauses="§9-every-fault-at-once",
        title="every fault, with its path, what was found, what is right, and the nearest name",
        studies="""
            measures: {ache: {events: pian}, burnt: {events: burns, counting: days}, m: {medicines: pills, withn: 1 year}}
            include: {in_pain: {any: [ach, burned]}}
            exclude: {alive: burnt}
            -> measures.ache.events: the codelist pian is not pinned (did you mean pain, which is? Else add pian: VERSION under codelists)
            -> measures.burnt.counting: "days" is not allowed here (only dates or rows)
            -> measures.m.withn: there is no such key (did you mean within?)
            -> include.in_pain.any[0]: there is no measure or line ach (did you mean ache?)
            -> include.in_pain.any[1]: there is no measure or line burned (did you mean burnt?)
            -> exclude.alive: alive is a step of every study (choose another name)

            measures: {opioid_use: {medicines: pills}}
            include: {treated: opiod_use}
            -> include.treated: there is no measure or line opiod_use (did you mean opioid_use?)

            measures.m: {events: pain, category: explict}
            -> measures.m.category: pain has no category explict (did you mean explicit?)
            """,
    ),
    Calls(
        clauses="§9-silent-codelist",
        title="a codelist that meets no code of the extract",
        rows="""
            study                                  | call     | exit | says
            measures: {m: {events: unheard}}       |          | 0    | unheard: 0 of 2 selectors match a code in this extract; the extract's clinical system is read_v2, the list has read_v2
            measures: {m: {events: unheard}}       | --strict | 3    | unheard: 0 of 2 selectors match a code in this extract
            measures: {m: {medicines: unheard}}    |          | 0    | unheard: 0 of 2 selectors match a code in this extract; the extract has no medicine codes, the list has read_v2
            measures: {m: {events: all-excluded}}  |          | 0    | all-excluded: 2 of 2 selectors match a code in this extract, and each of those codes is excluded
            """,
    ),
    Calls(
        clauses="§9-definition-first",
        title="a study that is wrong and could not be run either",
        rows="""
            study                                                                       | call            | exit | says
            {measures: {m: {events: seen, at_least: 0}}, opt_outs: {events: opt-outs-no-research}} |      | 3    | at_least: 0 asks for nothing
            {measures: {m: {events: seen, at_least: 0}}}                                | --on 2027-11-01 | 3    | at_least: 0 asks for nothing
            {measures: {m: {events: empty}}, opt_outs: {events: opt-outs-no-research}}  |                 | 3    | empty/1.0.0.csv
            """,
    ),
    Calls(
        clauses="§9-empty-codelist",
        title="lists that can take nothing in",
        rows="""
            study                                | exit | says
            measures: {m: {events: empty}}       | 3    | empty/1.0.0.csv
            measures: {m: {events: exclusions}}  | 3    | exclusions/1.0.0.csv
            """,
    ),
    Calls(
        clauses="§9-lock",
        title="a released file that was changed",
        rows="""
            call                   | exit | says
            --codelists lists      | 0    |
            --codelists changed    | 3    | seen/1.0.0.csv: the file is not the one that was released
            --codelists unlocked   | 0    |
            """,
    ),
    Calls(
        clauses="§9-drafts",
        title="how many lists are drafts",
        rows="""
            study                                                           | exit | says
            measures: {m: {events: pain}}                                   | 0    | 3 of 3 codelists are drafts: no clinician has reviewed them.
            measures: {m: {events: reviewed}}                               | 0    | 2 of 3 codelists are drafts: no clinician has reviewed them.
            """,
    ),
    Calls(
        clauses="§9-no-candidates",
        title="nobody is found",
        rows="""
            study                                                       | exit | keeps
            {measures: {m: {events: pain}}, include: {in_pain: m}}      | 0    | counts.candidates = 0; counts.patients = 2
            """,
    ),
    Files(
        clauses="§9-registrations-file",
        title="without a registrations file",
        patients="""
            patient_id | registration_start | registration_end | registration_kind
            1          | 2000-01-01         | 2020-01-01       | temporary
            2          | 2001-01-01         |                  | regular
            """,
        stored={
            "registrations": """
            patient_id | start_day  | end_day    | kind
            1          | 2000-01-01 | 2020-01-01 | temporary
            2          | 2001-01-01 |            | regular
            """
        },
    ),
    Files(
        clauses="§9-registrations-file",
        title="with one, the columns of patients are not read",
        patients="""
            patient_id | registration_start | registration_kind
            1          | 2000-01-01         | temporary
            2          | 2001-01-01         | regular
            """,
        registrations="""
            patient_id | start      | end        | kind
            1          | 2010-01-01 | 2012-01-01 | regular
            1          | 2013-01-01 |            | other
            """,
        stored={
            "registrations": """
            patient_id | start_day  | end_day    | kind
            1          | 2010-01-01 | 2012-01-01 | regular
            1          | 2013-01-01 |            | other
            """
        },
    ),
    Files(
        clauses="§9-booleans",
        title="the spellings of true and false",
        patients="""
            patient_id | is_test | is_confidential
            1          | true    | false
            2          | 1       | 0
            3          | y       | n
            4          | TRUE    | N
            5          |         | Y
            """,
        stored={
            "patients": """
            patient_id | is_test | is_confidential
            1          | yes     | no
            2          | yes     | no
            3          | yes     | no
            4          | yes     | no
            5          | no      | yes
            """
        },
    ),
    Files(
        clauses="§9-patients-once",
        title="a patient who stands twice",
        patients="""
            patient_id | sex
            1          | F
            2          | M
            1          | F
            """,
        refused="a patient_id is there more than once, on lines patients.csv:2 and patients.csv:4",
    ),
    Files(
        clauses="§9-strangers",
        title="rows of nobody",
        events="""
            patient_id | date
            1          | 2026-01-01
            77         | 2026-01-01
            """,
        stored={
            "events": """
            patient_id | day
            1          | 2026-01-01
            """,
            "quarantine": """
            file       | line | reason
            events.csv | 3    | unknown patient
            """,
        },
    ),
]

SECTION = Section(
    9,
    "Bad definitions and bad data",
    CLAUSES,
    SPECS,
    elsewhere={
        "§9-every-fault-at-once": [
            "tests/study/test_study_faults.py::test_every_fault_of_a_file_comes_at_once_in_the_order_of_its_lines"
        ],
        "§9-no-candidates": [
            "tests/spec/test_spec_calls.py::test_a_study_with_no_candidates_gives_empty_tables_with_all_their_columns"
        ],
    },
)
