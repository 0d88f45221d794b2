"""Flags: certified sickness absence, work status, and the tier of letters."""

from __future__ import annotations

from spec.clauses import Section, read_clauses
from spec.definitions import Faults
from spec.people import People

CLAUSES = read_clauses(
    7,
    """
    never-decides ~ A flag never decides ~ It adds columns
        A flag never decides who is a candidate. It adds columns.
    one-of-each-kind ~ At most one flag of each kind ~ the columns have fixed names
        There is at most one flag of each kind, and its columns have fixed names, whatever the flag is
        called. Where a flag is not declared its columns are absent.
    fit-note-flag ~ **Certified sickness absence** ~ LIST, within: ~ SPAN (none: ~ ever), gap: ~ 0 days, issue_gap: ~ 35 days}`
        `{fit_notes: LIST, within: SPAN, gap: 0 days, issue_gap: 35 days}` flags certified sickness
        absence. Without `within` it looks at every note up to the search date; the gaps are in days or
        weeks. A flag is no measure: it uses dated rows of clinical events only.
    note-categories ~ Categories of such a list: ~ `not_fit`, `may_be_fit`, `unspecified` are ~ `duplicate`, `negated`, `fit` ~ carry a length
        Of the categories of its list, `not_fit`, `may_be_fit` and `unspecified` are certified absence.
        `duplicate`, `negated`, `fit`, `self_certificate`, `private`, `heading` and `administrative` are
        not, and stand in the evidence under their own names. `length_days`, `length_weeks` and
        `length_months` carry a length, and are no notes by themselves.
    private-and-headings ~ `private` and `heading` count ~ count`, `headings: ~ count`)
        `private` and `heading` count, as unspecified, where the flag says `private: count` or
        `headings: count`.
    note-categories-only ~ Any other category in it
        A list with any other category is an error.
    issue-dates ~ It counts issue **dates**
        Notes are counted by the date on which they were issued.
    strongest-meaning ~ Of several meanings on one date ~ not_fit, may_be_fit, unspecified; ~ of several lengths
        Of several meanings on one date the strongest stands: `not_fit`, then `may_be_fit`, then
        `unspecified`. Of several lengths the longest stands.
    within-issue-date ~ `within` is on the issue date
        `within` is about the issue date. It decides `certified_sickness`, the count, the dates and the
        last statement.
    spells-see-all ~ spells and runs use every note
        Spells and runs use every note up to the search date, so that a long spell is not cut.
    fit-note-columns ~ Columns: ~ `certified_sickness` (any)
        The columns are `certified_sickness` (whether there is any), `fit_notes` (how many dates),
        `fit_note_first`, `fit_note_last` and `last_statement`.
    note-length ~ A note's **length** ~ months are calendar months
        A note's length is its own value where its unit says days, weeks or months, or the value of a
        `length_*` row of the same list on the same date. Months are calendar months from the issue
        date. Units are the words day(s), week(s) and month(s), and nothing else is one.
    no-length ~ not whole, below 1 day ~ no length.
        A length that is not a whole number as it is written, or that comes to less than 1 day or more
        than 366, is none.
    half-open ~ A note with a length is the interval ~ its end is the first day
        A note with a length covers the days from its start; its end is the first day that is no longer
        certified.
    spells ~ Notes are merged into **spells** ~ overlapping, nested and touching ones
        Notes are merged into spells: overlapping, nested and touching ones are one, so that a renewal
        issued before the end or on it carries on.
    gap ~ one issued after it joins
        A note issued after the end joins only across a hole of at most `gap` days, and then the days of
        the hole are counted.
    spells-worked ~ Worked cases: ~ 28 days from 1 January ~ a second 28-day note ~ five notes of 10 days
        28 days from 1 January and 28 days from 20 January are one spell of 47 days; with a second note
        of 28 days on 29 January, 56; five notes of 10 days, 10 days apart, are one spell of 50.
    length-known ~ `length_known` is true ~ false).
        `length_known` is true when every note up to the search date has a length; without any note it
        is false.
    spell-columns ~ Then `spell_days` (of the latest spell ~ otherwise they are empty ~ no length is ever made up
        Then `spell_days` (of the latest spell, from its start to its end, bridged days included),
        `spell_start` and `certified_until` (the last certified day) are filled. Otherwise they are
        empty: no length is ever made up.
    issued-runs ~ `issued_runs` is always ~ runs of issued notes
        `issued_runs` is always the number of runs of issue dates that lie no more than `issue_gap`
        apart: runs of issued notes, which are not lengths of absence.
    long-term ~ `long_term`: ~ with lengths, the spell ~ without, the last run
        `long_term` says, with lengths, that the spell which is open on the search date began 91 days or
        more before it; without, that the last run of notes spans 91 days or more and its last note was
        issued no more than `issue_gap` before the search date.
    not-unemployment ~ A fit note is evidence of certified sickness ~ It is never taken as evidence of unemployment ~ its holder may well
        A fit note is evidence of certified sickness and never of unemployment: its holder may well have
        a job.
    status-flag ~ **Work status** ~ LIST, fresh_for: ~ 12 months}`.
        `{work_status: LIST, fresh_for: 12 months}` flags what was last recorded of somebody's work;
        12 months are meant where `fresh_for` is left out.
    status-categories ~ Categories that speak of a status ~ `out_of_work`, `job_loss` (read as out of work)
        `out_of_work`, `job_loss` (read as out of work), `in_work`, `not_seeking` (retired, student, at
        home) and `unfit_for_work` are statuses.
    status-evidence-only ~ categories that are shown as evidence ~ `benefit_form`, `absence`, `other`
        `benefit_form`, `absence` and `other` stand in the evidence and decide nothing.
    status-categories-only ~ any other is an error
        A list with any other category is an error.
    latest-status ~ The latest dated status
        The latest dated status on or before the search date gives `work_status`, `work_status_date`,
        `work_status_age_days` and `work_status_stale`.
    stale ~ exactly that old is fresh ~ A stale status keeps its value
        A status older than `fresh_for` is stale, one of exactly that age is fresh. A stale one keeps its
        value and decides nothing.
    conflict ~ Two different statuses on that date ~ `conflict`. ~ A conflict decides nothing
        Two different statuses on that date are `conflict`, with its date and age, and decide nothing.
    unknown ~ No code: ~ `unknown` (its date
        Without a code the status is `unknown`, its date, age and stale are empty, and it is never read
        as in work.
    tier ~ **Tier**, with any flag declared
        With any flag declared each candidate has a `tier`, for the order of letters: the first of X, A,
        B and C that fits. What is not declared is unknown.
    tier-x ~ **X** fresh `in_work` ~ held back, counted
        X: a fresh `in_work`. X is held back, counted, and released only by the practice.
    tier-a ~ **A** fresh
        A: a fresh `out_of_work`.
    tier-b ~ **B** certified sickness
        B: certified sickness, or a fresh `unfit_for_work`.
    tier-c ~ **C** everybody else ~ (**D** is for nominated
        C: everybody else. D, for people who are nominated or come by themselves, is never given here.
    """,
)

SPECS = [
    People(
        clauses="§7-never-decides §7-one-of-each-kind §7-tier-x",
        title="flags add columns and drop nobody, not even who is in work",
        study="flags: {any_name: {fit_notes: notes}, another: {work_status: work}}",
        rows="""
            rows                                    | candidate | certified sickness | work status | tier
                                                    | yes       | no                 | unknown     | C
            2026-10-01 not_fit                      | yes       | yes                | unknown     | B
            2026-10-01 in_work                      | yes       | no                 | in_work     | X
            2026-10-01 fit, 2026-10-01 not_seeking  | yes       | no                 | not_seeking | C
            """,
    ),
    People(
        clauses="§7-one-of-each-kind",
        title="without flags there are no such columns",
        rows="""
            rows               | candidate | certified sickness | work status    | tier
            2026-10-01 not_fit | yes       | no such column     | no such column | no such column
            """,
    ),
    People(
        clauses="§7-one-of-each-kind §7-tier",
        title="with one flag the columns of the other are absent, and what it would say is unknown",
        study="flags: {sick: {fit_notes: notes}}",
        rows="""
            rows                                   | certified sickness | work status    | tier
            2026-10-01 not_fit, 2026-10-01 in_work | yes                | no such column | B
                                                   | no                 | no such column | C
            """,
    ),
    Faults(
        clauses="§7-one-of-each-kind §7-fit-note-flag §7-note-categories-only §7-status-categories-only",
        title="flags that cannot be meant",
        studies="""
            flags: {f: {fit_notes: notes}, g: {fit_notes: notes}}
            -> flags.g: f is a flag of fit_notes already (keep one of each kind)

            flags: {f: {work_status: work}, g: {work_status: work}}
            -> flags.g: f is a flag of work_status already (keep one of each kind)

            flags.f: {fit_notes: notes, gap: 1 month, issue_gap: 1 year}
            -> flags.f.gap: "1 month" has no fixed number of days (write it in days or weeks)
            -> flags.f.issue_gap: "1 year" has no fixed number of days (write it in days or weeks)

            flags.f: {fit_notes: notes, private: yes}
            -> flags.f.private: "yes" is not allowed here (only count)

            flags.f: {fit_notes: burns}
            -> flags.f.fit_notes: the codelist burns has a category hot that means nothing here (one of administrative, duplicate, fit, heading, length_days, length_months, length_weeks, may_be_fit, negated, not_fit, private, self_certificate, unspecified)

            flags.f: {work_status: burns}
            -> flags.f.work_status: the codelist burns has a category hot that means nothing here (one of absence, benefit_form, in_work, job_loss, not_seeking, other, out_of_work, unfit_for_work)

            flags: {f: {fit_notes: notes, within: 2 years, gap: 1 week, issue_gap: 5 weeks, headings: count}, g: {work_status: work, fresh_for: 6 months}}
            right
            """,
    ),
    People(
        clauses="§7-fit-note-columns §7-issue-dates §7-strongest-meaning §7-note-categories §7-fit-note-flag",
        title="notes by their dates",
        study="flags: {sick: {fit_notes: notes}}",
        rows="""
            rows                                                              | certified sickness | fit notes | fit note first | fit note last | last statement
                                                                              | no                 | 0         |                |               |
            2026-01-01 may_be_fit, 2026-01-01 not_fit, 2026-01-01 unspecified | yes                | 1         | 2026-01-01     | 2026-01-01    | not_fit
            2026-01-01 unspecified, 2026-01-01 may_be_fit                     | yes                | 1         | 2026-01-01     | 2026-01-01    | may_be_fit
            2026-01-01 not_fit, 2026-02-01 may_be_fit, 2026-02-01 unspecified | yes                | 2         | 2026-01-01     | 2026-02-01    | may_be_fit
            1990-01-01 unspecified                                            | yes                | 1         | 1990-01-01     | 1990-01-01    | unspecified
            2026-11-01 not_fit, 2026-11-02 not_fit                            | yes                | 1         | 2026-11-01     | 2026-11-01    | not_fit
            undated not_fit, 2026-03 not_fit                                  | no                 | 0         |                |               |
            1980-06-14 not_fit                                                | no                 | 0         |                |               |
            2026-01-01 length_days 14                                         | no                 | 0         |                |               |
            2026-01-01 private, 2026-01-01 heading                            | no                 | 0         |                |               |
            """,
    ),
    People(
        clauses="§7-note-categories",
        title="what is no certified absence, shown as evidence under its own name",
        study="flags: {sick: {fit_notes: notes}}",
        rows="""
            rows                                       | certified sickness | fit notes | issued runs | sick evidence
            2026-01-01 duplicate 5 days                | no                 | 0         | 0           | 2026-01-01 duplicate 5
            2026-01-01 negated                         | no                 | 0         | 0           | 2026-01-01 negated
            2026-01-01 fit                             | no                 | 0         | 0           | 2026-01-01 fit
            2026-01-01 self_certificate                | no                 | 0         | 0           | 2026-01-01 self_certificate
            2026-01-01 private, 2026-02-01 heading     | no                 | 0         | 0           | 2026-01-01 private, 2026-02-01 heading
            2026-01-01 administrative                  | no                 | 0         | 0           | 2026-01-01 administrative
            2026-01-01 not_fit, 2026-01-01 duplicate   | yes                | 1         | 1           | 2026-01-01 duplicate, 2026-01-01 not_fit
            """,
    ),
    People(
        clauses="§7-private-and-headings",
        title="private notes where they count",
        study="flags: {sick: {fit_notes: notes, private: count}}",
        rows="""
            rows                                   | fit notes | fit note last | last statement | issued runs
            2026-01-01 private, 2026-03-01 heading | 1         | 2026-01-01    | unspecified    | 1
            2026-01-01 private, 2026-01-01 not_fit | 1         | 2026-01-01    | not_fit        | 1
            """,
    ),
    People(
        clauses="§7-private-and-headings",
        title="headings where they count",
        study="flags: {sick: {fit_notes: notes, headings: count}}",
        rows="""
            rows                                   | fit notes | fit note last | last statement | issued runs
            2026-01-01 private, 2026-03-01 heading | 1         | 2026-03-01    | unspecified    | 1
            """,
    ),
    People(
        clauses="§7-within-issue-date §7-spells-see-all",
        title="the window is on issue dates, and spells are not cut by it",
        study="flags: {sick: {fit_notes: notes, within: 182 days}}",
        rows="""
            rows                                                 | certified sickness | fit notes | fit note first | last statement | length known | spell start | spell days | issued runs
            2026-05-02 not_fit 28 days                           | no                 | 0         |                |                | yes          | 2026-05-02  | 28         | 1
            2026-05-02 not_fit 28 days, 2026-05-03 unspecified 1 day | yes            | 1         | 2026-05-03     | unspecified    | yes          | 2026-05-02  | 28         | 1
            2020-01-01 not_fit, 2026-11-01 not_fit 5 days        | yes                | 1         | 2026-11-01     | not_fit        | no           |             |            | 2
            """,
    ),
    People(
        clauses="§7-spells-worked §7-spells §7-half-open §7-spell-columns §7-length-known",
        title="spells of notes with lengths",
        study="flags: {sick: {fit_notes: notes}}",
        rows="""
            rows                                                                                                          | length known | spell start | spell days | certified until | issued runs
            2026-01-01 not_fit 28 days                                                                                    | yes          | 2026-01-01  | 28         | 2026-01-28      | 1
            2026-01-01 not_fit 28 days, 2026-01-20 not_fit 28 days                                                        | yes          | 2026-01-01  | 47         | 2026-02-16      | 1
            2026-01-01 not_fit 28 days, 2026-01-29 not_fit 28 days                                                        | yes          | 2026-01-01  | 56         | 2026-02-25      | 1
            2026-01-01 not_fit 10 days, 2026-01-11 not_fit 10 days, 2026-01-21 not_fit 10 days, 2026-01-31 not_fit 10 days, 2026-02-10 not_fit 10 days | yes | 2026-01-01 | 50 | 2026-02-19 | 1
            2026-01-01 not_fit 28 days, 2026-01-30 not_fit 28 days                                                        | yes          | 2026-01-30  | 28         | 2026-02-26      | 1
            2026-01-01 not_fit 90 days, 2026-01-20 not_fit 7 days                                                         | yes          | 2026-01-01  | 90         | 2026-03-31      | 1
            2026-01-01 not_fit 7 days, 2026-01-20 not_fit                                                                 | no           |             |            |                 | 1
                                                                                                                          | no           |             |            |                 | 0
            """,
    ),
    People(
        clauses="§7-gap §7-spell-columns",
        title="a hole of one day, where one is allowed",
        study="flags: {sick: {fit_notes: notes, gap: 1 day}}",
        rows="""
            rows                                                   | spell start | spell days | certified until
            2026-01-01 not_fit 28 days, 2026-01-30 not_fit 28 days | 2026-01-01  | 57         | 2026-02-26
            2026-01-01 not_fit 28 days, 2026-01-31 not_fit 28 days | 2026-01-31  | 28         | 2026-02-27
            """,
    ),
    People(
        clauses="§7-gap",
        title="a hole of a week, where one is allowed",
        study="flags: {sick: {fit_notes: notes, gap: 1 week}}",
        rows="""
            rows                                                 | spell start | spell days
            2026-01-01 not_fit 28 days, 2026-02-05 not_fit 1 day | 2026-01-01  | 36
            2026-01-01 not_fit 28 days, 2026-02-06 not_fit 1 day | 2026-02-06  | 1
            """,
    ),
    People(
        clauses="§7-note-length §7-no-length §7-strongest-meaning",
        title="what is a length",
        study="flags: {sick: {fit_notes: notes}}",
        rows="""
            rows                                                                  | length known | spell days | certified until
            2026-01-31 not_fit 1 month                                            | yes          | 28         | 2026-02-27
            2026-01-01 not_fit 2 Weeks                                            | yes          | 14         | 2026-01-14
            2026-01-01 not_fit, 2026-01-01 length_weeks 2                         | yes          | 14         | 2026-01-14
            2026-01-31 not_fit, 2026-01-31 length_months 1                        | yes          | 28         | 2026-02-27
            2026-01-01 not_fit 7 days, 2026-01-01 length_days 9, 2026-01-01 length_days 8 | yes  | 9          | 2026-01-09
            2026-01-01 not_fit 0 days, 2026-01-01 length_days 9                   | yes          | 9          | 2026-01-09
            2026-01-01 not_fit, 2026-01-02 length_days 9                          | no           |            |
            2026-01-01 not_fit, 2026-01-01 duplicate 9 days                       | no           |            |
            2026-01-01 not_fit 28 mg                                              | no           |            |
            2026-01-01 not_fit 28                                                 | no           |            |
            2026-01-01 not_fit 0 days                                             | no           |            |
            2026-01-01 not_fit 0.5 weeks                                          | no           |            |
            2026-01-01 not_fit 2.5 weeks                                          | no           |            |
            2025-01-01 not_fit 366 days                                           | yes          | 366        | 2026-01-01
            2025-01-01 not_fit 367 days                                           | no           |            |
            2025-01-01 not_fit 52 weeks                                           | yes          | 364        | 2025-12-30
            2025-01-01 not_fit 53 weeks                                           | no           |            |
            2024-01-01 not_fit 12 months                                          | yes          | 366        | 2024-12-31
            2025-01-01 not_fit 13 months                                          | no           |            |
            """,
    ),
    People(
        clauses="§7-length-known §7-issued-runs",
        title="runs of issue dates, whatever the lengths",
        study="flags: {sick: {fit_notes: notes}}",
        rows="""
            rows                                                                            | length known | spell start | spell days | issued runs
            2026-01-01 not_fit 5 days, 2026-02-05 not_fit 5 days, 2026-03-13 not_fit 5 days | yes          | 2026-03-13  | 5          | 2
            2026-01-01 not_fit, 2026-02-05 not_fit                                          | no           |             |            | 1
            2026-01-01 not_fit, 2026-02-06 not_fit                                          | no           |             |            | 2
            2026-11-02 not_fit 5 days, undated not_fit 5 days                               | no           |             |            | 0
            """,
    ),
    People(
        clauses="§7-issued-runs",
        title="runs under another issue gap",
        study="flags: {sick: {fit_notes: notes, issue_gap: 34 days}}",
        rows="""
            rows                                   | issued runs
            2026-01-01 not_fit, 2026-02-05 not_fit | 2
            2026-01-01 not_fit, 2026-02-04 not_fit | 1
            """,
    ),
    People(
        clauses="§7-long-term",
        title="91 days of an open spell, or of a run of notes",
        study="flags: {sick: {fit_notes: notes}}",
        rows="""
            rows                                                                           | length known | long term
            2026-08-02 not_fit 92 days                                                     | yes          | yes
            2026-08-03 not_fit 92 days                                                     | yes          | no
            2026-08-02 not_fit 91 days                                                     | yes          | no
            2026-05-01 not_fit 184 days                                                    | yes          | no
            2026-05-01 not_fit 185 days                                                    | yes          | yes
            2026-08-02 not_fit, 2026-09-05 not_fit, 2026-10-10 not_fit, 2026-11-01 not_fit | no           | yes
            2026-08-03 not_fit, 2026-09-05 not_fit, 2026-10-10 not_fit, 2026-11-01 not_fit | no           | no
            2026-06-28 not_fit, 2026-08-01 not_fit, 2026-09-05 not_fit, 2026-09-27 not_fit | no           | yes
            2026-06-27 not_fit, 2026-08-01 not_fit, 2026-09-05 not_fit, 2026-09-26 not_fit | no           | no
                                                                                           | no           | no
            """,
    ),
    People(
        clauses="§7-latest-status §7-status-categories §7-status-evidence-only §7-stale §7-conflict §7-unknown §7-tier §7-tier-x §7-tier-a §7-tier-b §7-tier-c §7-status-flag",
        title="the latest status, and what it makes of the tier",
        study="flags: {work: {work_status: work}}",
        rows="""
            rows                                                    | work status    | work status date | work status age days | work status stale | tier
                                                                    | unknown        |                  |                      |                   | C
            1980-06-14 in_work                                      | unknown        |                  |                      |                   | C
            undated in_work, 2026 in_work                           | unknown        |                  |                      |                   | C
            2026-11-02 in_work                                      | unknown        |                  |                      |                   | C
            2026-01-01 other, 2026-01-01 benefit_form               | unknown        |                  |                      |                   | C
            2026-11-01 in_work                                      | in_work        | 2026-11-01       | 0                    | no                | X
            2025-11-01 in_work                                      | in_work        | 2025-11-01       | 365                  | no                | X
            2025-10-31 in_work                                      | in_work        | 2025-10-31       | 366                  | yes               | C
            2025-10-31 out_of_work                                  | out_of_work    | 2025-10-31       | 366                  | yes               | C
            2026-01-01 out_of_work                                  | out_of_work    | 2026-01-01       | 304                  | no                | A
            2026-01-01 job_loss                                     | out_of_work    | 2026-01-01       | 304                  | no                | A
            2026-01-01 job_loss, 2026-01-01 out_of_work             | out_of_work    | 2026-01-01       | 304                  | no                | A
            2026-01-01 job_loss, 2026-01-01 in_work                 | conflict       | 2026-01-01       | 304                  | no                | C
            2020-01-01 job_loss, 2020-01-01 in_work                 | conflict       | 2020-01-01       | 2496                 | yes               | C
            2026-01-01 unfit_for_work                               | unfit_for_work | 2026-01-01       | 304                  | no                | B
            2020-01-01 unfit_for_work                               | unfit_for_work | 2020-01-01       | 2496                 | yes               | C
            2026-01-01 not_seeking, 2025-12-31 in_work              | not_seeking    | 2026-01-01       | 304                  | no                | C
            2026-01-01 in_work, 2026-11-02 out_of_work, undated out_of_work | in_work | 2026-01-01      | 304                  | no                | X
            2026-01-01 out_of_work, 2026-02-01 absence              | out_of_work    | 2026-01-01       | 304                  | no                | A
            """,
    ),
    People(
        clauses="§7-status-evidence-only",
        title="what decides nothing is still shown",
        study="flags: {work: {work_status: work}}",
        rows="""
            rows                                                          | work status | work evidence
            2026-01-01 absence, 2026-01-02 benefit_form, 2026-01-03 other | unknown     | 2026-01-01 absence, 2026-01-02 benefit_form, 2026-01-03 other
            """,
    ),
    People(
        clauses="§7-status-flag §7-stale",
        title="fresh for another time",
        study="flags: {work: {work_status: work, fresh_for: 30 days}}",
        rows="""
            rows                   | work status | work status stale | tier
            2026-10-02 out_of_work | out_of_work | no                | A
            2026-10-01 out_of_work | out_of_work | yes               | C
            """,
    ),
    People(
        clauses="§7-tier §7-tier-x §7-tier-a §7-tier-b §7-tier-c §7-not-unemployment §7-conflict",
        title="the first tier that fits",
        study="flags: {sick: {fit_notes: notes, within: 182 days}, work: {work_status: work}}",
        rows="""
            rows                                                           | certified sickness | work status | tier
            2026-10-01 not_fit                                             | yes                | unknown     | B
            2026-10-01 not_fit, 2026-10-01 in_work                         | yes                | in_work     | X
            2026-10-01 not_fit, 2026-10-01 out_of_work                     | yes                | out_of_work | A
            2026-10-01 not_fit, 2020-10-01 in_work                         | yes                | in_work     | B
            2026-10-01 not_fit, 2026-10-01 in_work, 2026-10-01 job_loss    | yes                | conflict    | B
            2026-10-01 not_fit, 2026-10-01 not_seeking                     | yes                | not_seeking | B
            2020-10-01 not_fit                                             | no                 | unknown     | C
            """,
    ),
]

SECTION = Section(
    7,
    "Flags",
    CLAUSES,
    SPECS,
)
