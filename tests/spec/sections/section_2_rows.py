"""Rows: what is recorded, which of it is used, and by which codes it is found."""

from __future__ import annotations

from spec.calls import Calls
from spec.clauses import Section, read_clauses
from spec.files import Files
from spec.matches import Matches
from spec.people import Facts, People

CLAUSES = read_clauses(
    2,
    """
    event-rows ~ - **Event row**: ~ patient, date, code, optional value
        An event row is a patient, a date, a code and perhaps a value.
    medicine-rows ~ **Medicine row** ~ one *issue* (not one course)
        A medicine row is one issue, not one course: the same shape, with quantity and days where they
        are known.
    every-row-once ~ Every stored row counts once ~ a code in two categories
        Every stored row counts once, and exact copies are kept. A code in two categories, or in two
        lists of a union, is still one row.
    after-the-search ~ A row dated after the search date is never used ~ not by "ever"
        A row dated after the search date is never used: not by a measure without a window, not in a
        count, not as evidence.
    before-birth-after-death ~ A row dated before the first possible day of birth
        A row dated before the first possible day of birth, or after death, stays in the store, is
        counted in the report of the extract, and is not used. Rows on the day of birth and on the day of
        death are used.
    undated-stored ~ A row without a day ~ `2026-05`, `2026`) is stored
        A row without a day (missing, unreadable, impossible, or known to the month or the year only) is
        stored undated, with a finding, and is never put aside for it.
    partial-dates ~ a partial date that lies wholly
        A date known to the month or the year that lies wholly after the search date, before birth or
        after death is not used either.
    value-not-a-number ~ A value that is not a number
        A value that is not a number leaves its row in place, without a value, with a finding.
    undated-used ~ It is used by a measure that has no window
        An undated row is used by a measure that has no window and no `pick`, `apart`, `in_any` or
        `spanning`, and by no other.
    undated-counted ~ Counting dates, all undated rows ~ counting rows, each is a row
        Counting dates, all undated rows together are one date where the measure has no dated row, and
        none otherwise. Counting rows, each is a row.
    undated-has-no-date ~ They give no `first`/`last`
        Undated rows give no `first` and no `last`, and never anchor anything; the evidence has them
        without a date, and what is said of them in words says undated.
    cautions ~ A row that an `exclude` line would have used ~ a row of the list, category and value
        A row that an `exclude` line would have used but for its date, undated where a day is needed or
        dated after the search date, does not exclude. It puts the line's name into the candidate's
        `cautions`: a row of the list, category and value of any measure that the line leads to, whatever
        logic stands above it, and through the lines that it names. The anchor of a measure is not led
        to. A row that lies wholly before birth or after death is no caution unless it lies after the
        search date.
    caution-words ~ `cautions` holds names joined ~ `, each once: ~ exclude lines, `opt-out: ~ caution`, `opt-out: ~ national`.
        `cautions` holds names, each once, joined by a semicolon: exclude lines in their order,
        `opt-out: caution`, `opt-out: national`.
    own-system-and-dictionary ~ A code is matched by **its own system
        A code is matched by its own system, and by each code that the extract's own dictionary gives
        it: system and code together, by case, never by the string alone.
    exclusion-wins ~ Exclusion in any of them wins
        What any selector excludes, in any of these systems, is out, whatever takes it in and in
        whatever order.
    exclusion-is-local ~ An exclusion is local to its list ~ a union of lists takes
        An exclusion is of its own list only: a union of lists takes what either has.
    dictionary-holds-everywhere ~ What the dictionary says beside a code ~ contradictions are a warning
        What the extract says beside a code on any row holds for that code on all rows. Contradictions
        are a finding.
    read-five ~ Read v2 is compared as five
        Read v2 codes are compared as five characters.
    read-term-codes ~ a term code matters only ~ seven are compared where ~ a row with five matches
        A term code matters only to a selector that carries one: seven characters are compared where the
        row has seven. A row with five matches on its five, and is flagged as the weaker match that it is,
        for inclusion and exclusion alike.
    term-code-descendants ~ a term code on `descendants`
        A term code on `descendants` or `exclude_descendants` is an error.
    descendants-take-along ~ `descendants` and `exclude_descendants` take the code itself
        `descendants` and `exclude_descendants` take the code itself along.
    descendants-need-tables ~ In CTV3, SNOMED CT and dm+d ~ in every other system but Read v2
        In CTV3, SNOMED CT and dm+d both need a hierarchy table, and without one are an error, not the
        code alone. In every other system but Read v2 and BNF they are an error.
    substance ~ `substance` is one whole ingredient
        `substance` is one whole ingredient of what the product dictionary lists, joined by `/` or `;`,
        compared without case and the space around it.
    product-name ~ `product_name` is a run of whole words
        `product_name` is a run of whole words, letters and digits, of the product's name (in `standard`
        files the `term` of a medicine row), without case: the weakest match there is, and always
        flagged.
    bnf-fields ~ a `bnf` field that holds several codes
        A BNF field that holds several codes, joined by `/`, matches by any of them.
    """,
)

SPECS = [
    Files(
        clauses="§2-event-rows §2-medicine-rows §2-every-row-once §2-value-not-a-number",
        title="rows as they were written",
        events="""
            patient_id | date       | code  | value | unit
            1          | 2026-01-01 | ACHE. | 7.5   | score
            1          | 2026-01-01 | ACHE. | 7.5   | score
            1          | 2026-01-02 | ACHE. | high  |
            1          | 2026-01-03 | ACHE. |       |
            """,
        medicines="""
            patient_id | date       | code | quantity | days
            1          | 2026-01-01 | PILL | 28       | 14
            1          | 2026-01-01 | PILL | some     |
            """,
        stored={
            "events": """
            patient_id | day        | code  | value | unit
            1          | 2026-01-01 | ACHE. | 7.5   | score
            1          | 2026-01-01 | ACHE. | 7.5   | score
            1          | 2026-01-02 | ACHE. |       |
            1          | 2026-01-03 | ACHE. |       |
            """,
            "medicines": """
            patient_id | day        | code | quantity | days
            1          | 2026-01-01 | PILL | 28       | 14
            1          | 2026-01-01 | PILL |          |
            """,
            "findings": """
            table     | finding                              | rows
            events    | value is not a number: left empty    | 1
            medicines | quantity is not a number: left empty | 1
            """,
        },
    ),
    Calls(
        clauses="§2-event-rows",
        title="an extract that gives no code a term",
        rows="""
            call             | exit | keeps
            --engine duckdb  | 0    | counts.candidates = 2
            --engine polars  | 0    | counts.candidates = 2
            """,
    ),
    Facts(
        clauses="§2-every-row-once",
        title="copies count, categories do not multiply",
        rows="""
            measure                                                     | rows                             | count | evidence
            {events: pain, counting: rows}                              | 2026-01-01 ache, 2026-01-01 ache | 2     | 2026-01-01 ache, 2026-01-01 ache
            {events: pain, category: [explicit, other], counting: rows} | 2026-01-01 both                  | 1     | 2026-01-01 both
            {events: [pain, burns], counting: rows}                     | 2026-01-01 both, 2026-01-01 burn | 2     | 2026-01-01 both, 2026-01-01 burn
            """,
    ),
    Facts(
        clauses="§2-medicine-rows",
        title="each issue is a row",
        rows="""
            measure                              | issues                                                | met | count
            {medicines: pills, at_least: 3}      | 2026-01-01 pill, 2026-02-01 pill, 2026-03-01 drop     | yes | 3
            {medicines: pills, counting: rows}   | 2026-01-01 pill, 2026-01-01 pill                      | yes | 2
            {medicines: pills, category: strong} | 2026-01-01 pill                                       | no  | 0
            """,
    ),
    Facts(
        clauses="§2-after-the-search §2-before-birth-after-death",
        title="before birth, and after the search date",
        measures="m: {events: pain, counting: rows}",
        rows="""
            born       | rows                                             | count | evidence
            1980-06-15 | 2026-11-01 ache, 2026-11-02 ache                 | 1     | 2026-11-01 ache
            1980-06-15 | 1980-06-14 ache, 1980-06-15 ache                 | 1     | 1980-06-15 ache
            1980-06    | 1980-05-31 ache, 1980-06-01 ache                 | 1     | 1980-06-01 ache
            1980       | 1979-12-31 ache, 1980-01-01 ache                 | 1     | 1980-01-01 ache
                       | 1900-01-01 ache                                  | 1     | 1900-01-01 ache
            """,
    ),
    People(
        clauses="§2-before-birth-after-death §2-partial-dates",
        title="after death: the gain of the first step says whose rows could be used",
        study="""
            measures: {pain: {events: pain}}
            include: {in_pain: pain}
            """,
        rows="""
            patient             | died       | rows            | looked at
            on the day of death | 2026-03-01 | 2026-03-01 ache | no
            in that month       | 2026-03-01 | 2026-03 ache    | no
            the day after       | 2026-03-01 | 2026-03-02 ache | no
            the month after     | 2026-03-01 | 2026-04 ache    | no
            """,
        attrition="""
            step             | before | dropped | after | gained if removed
            alive            | 4      | 4       | 0     | 2
            registered       | 0      | 0       | 0     | 0
            test             | 0      | 0       | 0     | 0
            confidential     | 0      | 0       | 0     | 0
            in_pain          | 0      | 0       | 0     | 0
            research_dissent | 0      | 0       | 0     | 0
            type_1           | 0      | 0       | 0     | 0
            """,
    ),
    Files(
        clauses="§2-before-birth-after-death §2-undated-stored",
        title="rows without a day, and rows out of time, are stored and counted",
        patients="""
            patient_id | birth_date | death_date
            1          | 1980-06-15 |
            2          | 1980-06-15 | 2020-01-01
            """,
        events="""
            patient_id | date
            1          | 2026-05-31
            1          | 2026-05
            1          | 2026
            1          |
            1          | 2026-02-30
            1          | last spring
            1          | 1980-06-14
            1          | 1979
            2          | 2020-01-02
            2          | 2020-02
            """,
        stored={
            "events": """
            patient_id | day        | date_precision | earliest   | latest
            1          | 2026-05-31 | day            |            |
            1          |            | month          | 2026-05-01 | 2026-05-31
            1          |            | year           | 2026-01-01 | 2026-12-31
            1          |            | none           |            |
            1          |            | none           |            |
            1          |            | none           |            |
            1          | 1980-06-14 | day            |            |
            1          |            | year           | 1979-01-01 | 1979-12-31
            2          | 2020-01-02 | day            |            |
            2          |            | month          | 2020-02-01 | 2020-02-29
            """,
            "findings": """
            table     | finding                                | rows
            events    | after death                            | 2
            events    | before birth                           | 2
            events    | date known to the month only: undated  | 2
            events    | date known to the year only: undated   | 2
            events    | date missing: undated                  | 1
            events    | date unreadable: undated               | 2
            """,
            "quarantine": """
            file | reason
            """,
        },
    ),
    Facts(
        clauses="§2-partial-dates",
        title="a month or a year that may be too late or too early",
        measures="m: {events: pain}",
        rows="""
            rows         | met | count
            2026-11 ache | yes | 1
            2026-12 ache | no  | 0
            2026 ache    | yes | 1
            2027 ache    | no  | 0
            1980-06 ache | yes | 1
            1980-05 ache | no  | 0
            1980 ache    | yes | 1
            1979 ache    | no  | 0
            """,
    ),
    Facts(
        clauses="§2-undated-used",
        title="which measures use an undated row",
        rows="""
            measure                                                  | rows         | met | count
            {events: pain}                                           | undated ache | yes | 1
            {events: pain}                                           | 2025-05 ache | yes | 1
            {events: pain, category: explicit}                       | undated ache | yes | 1
            {events: pain, value: {min: 2}}                          | undated ache 3 | yes | 1
            {events: pain, counting: rows}                           | undated ache | yes | 1
            {events: pain, exactly: 0}                               | undated ache | no  | 1
            {events: pain, within: 5 years}                          | 2025-05 ache | no  | 0
            {events: pain, between: {from: 5 years, to: 0 days}}     | 2025-05 ache | no  | 0
            {events: pain, after: 1990-01-01}                        | 2025-05 ache | no  | 0
            {events: pain, before: 2026-11-01}                       | 2025-05 ache | no  | 0
            {events: pain, pick: first}                              | undated ache | no  | 0
            {events: pain, pick: last}                               | undated ache | no  | 0
            {events: pain, apart: 1 day}                             | undated ache | no  | 0
            {events: pain, in_any: 1 day}                            | undated ache | no  | 0
            {events: pain, spanning: 1 day}                          | undated ache | no  | 0
            """,
    ),
    Facts(
        clauses="§2-undated-counted §2-undated-has-no-date",
        title="what undated rows come to",
        rows="""
            measure                                      | rows                                          | met | count | first      | last       | evidence
            {events: pain, at_least: 2}                  | undated ache, 2026-05 ache, 2026 sore         | no  | 1     |            |            | undated ache, undated ache, undated sore
            {events: pain, at_least: 2}                  | undated ache, 2020-01-01 ache                 | no  | 1     | 2020-01-01 | 2020-01-01 | 2020-01-01 ache, undated ache
            {events: pain, counting: rows, at_least: 3}  | undated ache, 2026-05 ache, 2020-01-01 ache   | yes | 3     | 2020-01-01 | 2020-01-01 | 2020-01-01 ache, undated ache, undated ache
            {events: pain, category: other}              | undated sore, 2020-01-01 ache                 | yes | 1     |            |            | undated sore
            """,
    ),
    People(
        clauses="§2-undated-has-no-date",
        title="what is said of undated rows in words",
        study="""
            measures: {pain: {events: pain}}
            include: {in_pain: pain}
            """,
        rows="""
            rows                             | reason
            undated ache                     | In pain: pain (1 date, undated: term of ache).
            2020-01-01 ache, undated sore    | In pain: pain (1 date, last 2020-01-01: term of ache).
            """,
    ),
    People(
        clauses="§2-cautions",
        title="rows after the search date, under a measure that looks at everything",
        study="""
            measures: {burns: {events: burns}}
            exclude: {burnt: burns}
            """,
        rows="""
            rows            | candidate | cautions
            2026-11-01 burn | no        | no candidate
            2026-11-02 burn | yes       | burnt
            2026-12 burn    | yes       | burnt
            2027 burn       | yes       | burnt
            2026-11 burn    | no        | no candidate
            undated burn    | no        | no candidate
            1980-06-14 burn | yes       |
            1980-05 burn    | yes       |
            2026-11-02 ache | yes       |
            """,
    ),
    People(
        clauses="§2-cautions §2-caution-words",
        title="undated rows, under measures that need a day",
        study="""
            measures:
              recent: {events: burns, within: 182 days}
              early: {events: burns, before: 2010-01-01}
              picked: {events: burns, pick: last, value: {min: 100}}
              shaped: {events: burns, in_any: 5 days, at_least: 2}
              hot: {events: burns, category: hot, within: 1 day}
              many: {events: burns, at_least: 9}
              high: {events: burns, value: {min: 5}, at_least: 2}
            exclude:
              recently: recent
              early: early
              picked: picked
              shaped: shaped
              both: {all: [recent, {not: hot}]}
              many: many
              high: high
              once_more: {any: [many, shaped]}
            """,
        rows="""
            rows                           | candidate | cautions
            undated burn                   | yes       | recently; early; shaped; both; once_more
            2019 burn                      | yes       | recently; early; shaped; both; once_more
            1980-05 burn                   | yes       |
            2019-01-01 burn                | yes       |
            undated burn 100               | yes       | recently; early; picked; shaped; both; once_more
            2026-11-02 burn                | yes       | recently; early; shaped; both; many; once_more
            2026-11-02 burn 5              | yes       | recently; early; shaped; both; many; high; once_more
            undated ache, 2026-11-02 ache  | yes       |
            """,
    ),
    People(
        clauses="§2-cautions",
        title="through the lines that a line names, and not through anchors",
        study="""
            measures:
              pain: {events: pain, before: 2020-01-01}
              burns: {events: burns, category: hot}
              anchored: {events: burns, within: {span: 5 days, after: pain.first}, at_least: 2}
              other: {events: pain, category: other, at_least: 9}
            include: {hurt: {any: [seen, other]}}
            exclude:
              scalded: {all: [burns, {not: hurt}]}
              again: {all: [scalded, anchored]}
              followed: anchored
              by_name: {not: hurt}
            """,
        rows="""
            rows            | candidate | cautions
            2026-11-02 burn | yes       | scalded; again; followed
            2026-11-02 ache | yes       |
            2026-11-02 sore | yes       | scalded; again; by_name
            undated burn    | yes       | again; followed
            """,
    ),
    People(
        clauses="§2-cautions",
        title="the same for medicines",
        study="""
            measures: {pills: {medicines: pills, within: 1 year}}
            exclude: {treated: pills}
            """,
        rows="""
            issues          | candidate | cautions
            undated pill    | yes       | treated
            2026-11-02 drop | yes       | treated
            2026-10-01 drop | no        | no candidate
            """,
    ),
    People(
        clauses="§2-caution-words",
        title="names in their order, each once",
        study="""
            measures: {burns: {events: burns}}
            exclude: {second: burns, first: {any: [burns, second]}}
            """,
        rows="""
            rows                                                             | listed             | cautions
            2026-12-01 burn, 2026-12-02 burn, 2027-01-01 caution             | national, national | second; first; opt-out: caution; opt-out: national
            2026-12-01 burn                                                  |                    | second; first
            undated caution                                                  | national           | opt-out: caution; opt-out: national
                                                                             |                    |
            """,
    ),
    Matches(
        clauses="§2-own-system-and-dictionary",
        title="system and code together, or what the dictionary says",
        rows="""
            selectors                     | code of the extract                         | met
            read_v2 exact 13J7.           | read_v2 13J7.                               | code: pain
            read_v2 exact 13J7.           | ctv3 13J7.                                  | -
            ctv3 exact 13J7.              | ctv3 13J7.                                  | code: pain
            ctv3 exact F344.              | read_v2 F344.                               | -
            ctv3 exact F344.              | read_v2 F347.; ctv3=F344.                   | dictionary: pain
            read_v2 exact 1M52.           | emis_code_id 9; read_v2=1M52.               | dictionary: pain
            read_v2 exact 1M52.           | emis_code_id 9; ctv3=1M52.                  | -
            snomed_ct exact 82423001      | emis_code_id 9; snomed_concept=82423001     | dictionary: pain
            snomed_ct exact 82423001      | snomed_ct 82423001; snomed_concept=82423001 | code: pain
            emis_code_id exact 2533649013 | snomed_ct 2533649013                        | -
            read_v2 exact B22..           | read_v2 b22..                               | -
            ctv3 exact X703k              | ctv3 X703K                                  | -
            """,
    ),
    Matches(
        clauses="§2-exclusion-wins",
        title="what is excluded anywhere is out",
        rows="""
            selectors                                                     | code of the extract                                              | met
            read_v2 descendants N05.. + read_v2 exclude N05zL             | read_v2 N05zL                                                    | excluded
            read_v2 exclude N05zL + read_v2 descendants N05..             | read_v2 N05zL                                                    | excluded
            read_v2 descendants N05.. + snomed_ct exclude 82423001        | emis_code_id 9; read_v2=N05zL; snomed_concept=82423001           | excluded
            emis_code_id exact 9 + ctv3 exclude XE1FD                     | emis_code_id 9; read_v2=N05zL; ctv3=XE1FD                        | excluded
            read_v2 descendants N05.. + read_v2 exclude_descendants N05z. | read_v2 N05zL                                                    | excluded
            read_v2 descendants N05.. + read_v2 exclude N05zL             | read_v2 N050.                                                    | code: pain
            """,
    ),
    Files(
        clauses="§2-dictionary-holds-everywhere",
        title="what one row says beside a code holds for the code",
        medicines="""
            date       | code | term        | substance | bnf
            2026-01-01 | PILL | Pill 10mg   | Alphatin  |
            2026-02-01 | PILL |             |           | 0101
            2026-03-01 | DROP | Drop 5ml    | Betatin   |
            2026-04-01 | DROP | Drop 5ml    | Gammatin  |
            """,
        stored={
            "codes": """
            kind     | system    | code  | term      | substance        | bnf  | rows
            clinical | read_v2   | ACHE. |           |                  |      | 1
            medicine | gemscript | DROP  | Drop 5ml  | Betatin/Gammatin |      | 2
            medicine | gemscript | PILL  | Pill 10mg | Alphatin         | 0101 | 2
            """,
            "findings": """
            table | finding                           | rows
            codes | the dictionary contradicts itself | 1
            """,
        },
    ),
    Matches(
        clauses="§2-read-five §2-read-term-codes",
        title="five characters, and seven where both sides have them",
        rows="""
            selectors                                     | code of the extract                     | met
            read_v2 exact 13J3.                           | read_v2 13J3.                           | code: pain
            read_v2 exact 13J3.                           | read_v2 13J3.11                         | code: pain
            read_v2 exact 13J3.11                         | read_v2 13J3.11                         | code: pain
            read_v2 exact 13J3.11                         | read_v2 13J3.00                         | -
            read_v2 exact 13J3.11                         | read_v2 13J3.                           | code (5 characters): pain
            read_v2 exact 13J3.11                         | emis_code_id 9; read_v2=13J3.11         | dictionary: pain
            read_v2 exact 13J3.11                         | emis_code_id 9; read_v2=13J3.           | code (5 characters): pain
            read_v2 exact 13J3. + read_v2 exclude 13J3.11 | read_v2 13J3.                           | excluded
            read_v2 exact 13J3. + read_v2 exclude 13J3.11 | read_v2 13J3.00                         | code: pain
            read_v2 exact N05..                           | read_v2 N051.                           | -
            read_v2 exact 1475.                           | read_v2 1475                            | code: pain
            """,
    ),
    Matches(
        clauses="§2-descendants-take-along",
        title="the code itself and what begins with it",
        rows="""
            selectors                                                     | code of the extract                  | met
            read_v2 descendants N05..                                     | read_v2 N05..                        | code: pain
            read_v2 descendants N05..                                     | read_v2 N05zL                        | code: pain
            read_v2 descendants N05..                                     | read_v2 N05zL11                      | code: pain
            read_v2 descendants N05..                                     | emis_code_id 9; read_v2=N05z.00      | dictionary: pain
            read_v2 descendants N05..                                     | read_v2 N06..                        | -
            read_v2 descendants N05..                                     | read_v2 N0...                        | -
            read_v2 descendants N05.. + read_v2 exclude_descendants N05.. | read_v2 N05..                        | excluded
            """,
    ),
    Matches(
        clauses="§2-descendants-need-tables",
        title="without a hierarchy table, or where there is no hierarchy",
        rows="""
            selectors                                    | code of the extract   | met
            ctv3 descendants XaX1E                       | ctv3 XaX1E            | error: descendants 'XaX1E' needs a hierarchy table of ctv3
            snomed_ct exclude_descendants 82423001       | snomed_ct 82423001    | error: exclude_descendants '82423001' needs a hierarchy table of snomed_ct
            dmd descendants 322236009                    | dmd 322236009         | error: descendants '322236009' needs a hierarchy table of dmd
            emis_code_id descendants 9                   | emis_code_id 9        | error: descendants '9': nothing stands below anything in emis_code_id
            gemscript descendants 12345                  | gemscript 12345       | error: descendants '12345': nothing stands below anything in gemscript
            substance descendants codeine                | gemscript 12345       | error: descendants 'codeine': nothing stands below anything in substance
            product_name exclude_descendants gel         | gemscript 12345       | error: exclude_descendants 'gel': nothing stands below anything in product_name
            """,
    ),
    Calls(
        clauses="§2-term-code-descendants §2-descendants-need-tables",
        title="a run with such a list",
        rows="""
            study                                      | exit | says
            measures: {m: {events: term-descendants}}  | 3    | term-descendants/1.0.0.csv:2 code: 'SEEN.11' carries a term code, and nothing stands below a term (write 'SEEN.', or match exact)
            measures: {m: {events: ctv3-descendants}}  | 3    | ctv3-descendants/1.0.0.csv:2 match: descendants 'SEEN.' needs a hierarchy table of ctv3 (give one, or list each code)
            measures: {m: {events: emis-descendants}}  | 3    | emis-descendants/1.0.0.csv:2 match: nothing stands below anything in emis_code_id (match exclude)
            """,
    ),
    Matches(
        clauses="§2-substance §2-product-name §2-bnf-fields §2-descendants-take-along",
        title="medicines by ingredient, by name and by BNF code",
        kind="medicine",
        rows="""
            selectors                       | code of the extract                              | met
            substance exact codeine         | gemscript 1; substance=Codeine                   | substance: pain
            substance exact CODEINE         | gemscript 1; substance=Paracetamol/ codeine      | substance: pain
            substance exact codeine         | gemscript 1; substance=Paracetamol ;Codeine      | substance: pain
            substance exact codeine         | gemscript 1; substance=Codeine phosphate         | -
            substance exact codeine         | gemscript 1; substance=Dihydrocodeine            | -
            substance exact codeine         | gemscript 1; term=Codeine 30mg tablets           | -
            product_name exact mst continus | gemscript 1; term=MST Continus 10mg tablets      | product_name: pain
            product_name exact MST Continus | gemscript 1; term=Generic MST  CONTINUS®         | product_name: pain
            product_name exact continus mst | gemscript 1; term=MST Continus 10mg tablets      | -
            product_name exact morphine     | gemscript 1; term=Apomorphine 10mg               | -
            product_name exact morphine     | gemscript 1; term=Morphine-sulfate 10mg          | product_name: pain
            product_name exact zomorph      | name Zomorph 10mg capsules                       | product_name: pain
            bnf exact 04070100              | gemscript 1; bnf=04070100/04070200               | dictionary: pain
            bnf descendants 04070200        | gemscript 1; bnf=04070100/04070200               | dictionary: pain
            bnf descendants 0408010G0       | gemscript 1; bnf=0408010G0AAABAB                 | dictionary: pain
            bnf descendants 0408010G0       | gemscript 1; bnf=0408010G0                       | dictionary: pain
            bnf descendants 0408010G0       | gemscript 1; bnf=0408010AEAAAAAA                 | -
            bnf exact 0408010G0             | gemscript 1; bnf=0408010G0AAABAB                 | -
            """,
    ),
]

SECTION = Section(
    2,
    "Rows",
    CLAUSES,
    SPECS,
    elsewhere={
        "§2-exclusion-is-local": [
            "tests/spec/test_spec_codes.py::test_an_exclusion_is_of_its_own_list_only"
        ],
        "§2-read-term-codes": [
            "tests/spec/test_spec_codes.py::test_a_weaker_match_is_flagged_in_the_evidence"
        ],
        "§2-product-name": [
            "tests/spec/test_spec_whole_way.py::test_a_product_is_met_by_its_name_and_the_evidence_says_so"
        ],
        "§2-descendants-need-tables": [
            "tests/codelists/test_resolving.py::test_a_hierarchy_table_takes_along_what_it_names_below_a_code"
        ],
    },
)
