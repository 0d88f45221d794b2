"""Writes `docs/explanation/whom-to-write-to-first.md` from practices with known jobs.

Everything on the page but its prose is computed: the rules, the assumptions, what the command says,
and how the tiers separate at two levels of recording. A test makes the small parts again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from instep_cohort.cohort import identify
from instep_cohort.cohort.answers import Share, WorkAnswers, wilson, work_answers
from instep_cohort.extracts import ingest
from instep_cohort.study import load_study
from instep_cohort.synthetic import make_practice
from instep_cohort.synthetic.jobs import AGES, JOBS
from instep_cohort.synthetic.practice import PUBLISHED_WORK_RECORDING
from instep_cohort.work.tiers import TIERS

PAGE = Path(__file__).parent / "explanation" / "whom-to-write-to-first.md"
ON = date(2026, 11, 1)
PATIENTS = 20_000
SEEDS = (1, 2, 3, 4, 5)
RECORDINGS = {
    f"as sparse as published: {PUBLISHED_WORK_RECORDING:.1%} of adults have any code about work": (
        PUBLISHED_WORK_RECORDING
    ),
    "every adult asked within the last 12 months, and the answer written down": 1.0,
}
FIGURES = "<!-- figures -->"
DEMO = {"patients": 10_000, "seed": 1}


def main() -> None:
    """Writes the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(figures(PATIENTS, SEEDS), demo_answers()), encoding="utf-8")


def answers(*, bare: bool, **made: float) -> WorkAnswers:
    """What all candidates of one made-up practice would answer; a bare one has no routine rows."""
    rows = {"events_per_patient": 0, "issues_per_patient": 0} if bare else {}
    with tempfile.TemporaryDirectory() as name:
        extract, folder = Path(name) / "extract", Path(name) / "store"
        make_practice(extract, extract_date=ON, **made, **rows)
        store = ingest(extract, profile="standard", extract_date=ON, out=folder)
        cohort = identify(
            load_study("instep"),
            store,
            on=ON,
            opt_outs=extract / "opt-outs.csv",
            opt_outs_on=ON,
        )
        return work_answers(cohort, extract / "jobs.csv")


def demo_answers() -> str:
    """What `work-status` prints of the demo practice."""
    return "\n".join(line.rstrip() for line in repr(answers(bare=False, **DEMO)).splitlines())


def figures(patients: int, seeds: Sequence[int]) -> str:
    """One table for each level of recording, over all the practices."""
    named = ", ".join(map(str, seeds))
    parts = [f"{len(seeds)} practices of {patients:,} patients each, seeds {named}; together:"]
    for title, recording in RECORDINGS.items():
        found = [
            answers(bare=True, patients=patients, seed=seed, work_recording=recording).shares
            for seed in seeds
        ]
        parts.append(f"**{title[0].upper()}{title[1:]}**")
        parts.append("\n".join(_table(found)))
    return "\n\n".join(parts)


def _table(practices: Sequence[Sequence[Share]]) -> Iterator[str]:
    yield (
        "| | candidates | truly in work | share in work | 95% interval (Wilson) | "
        "lowest and highest practice |"
    )
    yield "|---|---:|---:|---:|---|---|"
    for group in zip(*practices, strict=True):
        if group[0].group == "long term":
            continue  # hardly anybody in a made-up practice, whose notes are short
        count, in_work = sum(one.answered for one in group), sum(one.in_work for one in group)
        low, high = wilson(in_work, count)
        each = [one.share for one in group if one.share is not None]
        cells = [
            group[0].group,
            f"{count:,}",
            f"{in_work:,}",
            _percent(in_work / count) if count else "",
            f"{_percent(low)} to {_percent(high)}" if low is not None and high is not None else "",
            f"{_percent(min(each))}, {_percent(max(each))}" if each else "",
        ]
        yield f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _rules() -> str:
    lines = ["| tier | rule | what to do |", "|---|---|---|"]
    lines += [f"| **{tier}** | {TIERS[tier]} | {_ADVICE[tier]} |" for tier in _ADVICE]
    return "\n".join(lines)


_ADVICE = {
    "X": "hold the letter back until the practice says otherwise",
    "A": "write first",
    "B": "write next; ask whether they have a job",
    "C": "the record is silent: decide when the answers of A and B are in",
}


def _assumed() -> str:
    ages = [f"{first} to {after - 1}" for first, after in pairwise(AGES)]
    lines = [
        f"| job | {' | '.join(ages)} | pain | fit note | of them may be fit | years |",
        "|---|" + "---:|" * (len(ages) + 4),
    ]
    for job in JOBS:
        shares = [f"{share:.0%}" for share in job.shares[: len(ages)]]
        times = [f"× {factor:g}" for factor in (job.pain, job.noted, job.may_be_fit)]
        lines.append(f"| {' | '.join([job.name, *shares, *times, f'{job.years:g}'])} |")
    return "\n".join(lines)


def page(shown_figures: str, shown_answers: str) -> str:
    """The text of the page."""
    return f"""\
<!-- made by docs/build_tiers.py: change that script instead, and run: make docs -->

# Whom to write to first

A study finds candidates: people whose record shows pain and its treatment. Whether they are out \
of work the record hardly ever says ([why](unemployment-codes.md)). GPs told the study that they \
feared "sending a lot of letters to people with chronic pain who currently are in work" (Holmes \
2020, doi 10.1186/s40814-020-00588-z). So each candidate gets a **tier**, the order of letters. A \
tier decides nothing else: nobody is left out by it, and every candidate stays on the list.

## The rule

The first line that holds is the tier:

{_rules()}

*Fresh* means no older than the study's `fresh_for` (12 months in `instep`) on the search date. \
An older code is still shown with its date, and decides nothing. Two codes of one day that \
contradict each other decide nothing. Having no code is never read as having a job, and a fit \
note is never read as having none. Why each candidate has their tier stands beside them, in one \
sentence.

A **fit note** is the statement with which a doctor in the United Kingdom certifies that somebody \
is not fit for work, or may be fit with adjustments. Its holder may be employed and off sick, or \
out of work and claiming a benefit: the note looks the same.

## "May be fit" lowers nobody

A fit note can say *may be fit for work*: with a phased return, altered hours, amended duties or \
an adapted workplace. Often that means a job to go back to, but it is not known how often, and \
somebody who lost their job since is just the person to reach early. So `may be fit` is a column \
of its own, with its date and the adjustment that the code names, in the list and in every count. \
It moves nobody to another tier; the practice sees it and decides.

## How well do the tiers tell? Made-up people first

**The figures of this section are about made-up people. They show how the mechanism works and \
what recording does to it. They are not the NHS, and no share below may be quoted about real \
patients.**

Each practice is made by `make_practice`, which knows who has a job and writes it beside the \
extract, into `jobs.csv`. The study never sees that file. All candidates of `instep` on {ON} are \
then looked up in it.

{FIGURES}

{shown_figures}

{FIGURES}

What comes out of it, rather than having been put in:

- **At published recording A and X are all but empty.** Few people have a code, it stands \
anywhere in a record of 12 years, and a tier of a few people has an interval so wide that it \
tells little. Nearly everybody is in B or C.
- **At published recording no tier of any size tells much.** B and C hold nearly everybody, and \
both hold many people with a job.
- **With everybody asked the tiers separate.** Most people with jobs move to X, where no letter \
goes out, and few are left in B and C. That agrees with the trial's own pilot, which thought a \
full trial possible through general practice "once employment status is collected systematically" \
(Linaker 2021, Health Technol Assess 25(5)).
- **Even then A is not pure and X loses people.** An answer ages: some found a job since they \
were asked, others in X lost theirs, and would be missed if nobody looked.

What was put in, and so proves nothing: how many are in work at all, how far the share in work of \
B lies below that of C, that "may be fit" goes with a job, and how fast a code about work fades.

### What was assumed

Fit notes (1 a month for each 48 patients of 18 to 65, NHS Digital, England 2016-17) and codes \
about work ({PUBLISHED_WORK_RECORDING:.1%} of adults, Davies 2024, jech-2024-222396) are made to \
published rates. Jobs are drawn given them, by the shares and weights of this table. **All of \
them are assumed for the demonstration**; the weight of pain for the long-term sick is chosen so \
that their share lies within the 20 to 27% of people of working age with chronic pain who cannot \
take part in usual activities, work among them (Holmes 2020, doi 10.1186/s40814-020-00588-z). The \
shares are by age; each weight multiplies the odds against being in work, for people with lasting \
pain, with a fit note in the last year, and with one that says may be fit; *years* is how long it \
lasts on average.

{_assumed()}

Somebody with a code is still doing what the latest one says with a probability that fades with \
its age, by the years of that job; otherwise something has changed since. Students, people at \
home and the retired have no code of their own here, since none with known words exists in Read \
v2.

## Your own figures

Your practice needs no assumptions. Write to the first batch, note what people answer, and hold \
the answers against the tiers:

```bash
instep-cohort work-status RUN --answers FILE
```

`RUN` is the run folder whose candidates were asked; `FILE` is a CSV with the columns \
`patient_id` and `answer`, each `in work`, `not in work` or empty. It prints counts only and \
never a person. On the demo practice (`instep-cohort demo`: {DEMO["patients"]:,} made-up \
patients, seed {DEMO["seed"]}), with the truth for answers:

```console
$ instep-cohort work-status demo/run --answers demo/extract/jobs.csv
{shown_answers}
```

(It also notes that most rows of this file name nobody on the list, since `jobs.csv` holds \
everybody of working age.)

How to read it: *answered* is how many of the group are in the file, and the interval says how \
little a few answers tell. Where B's interval lies below C's, write to B before C. Where they \
overlap, the order of B and C saves no letters, and time is better spent on asking about work at \
visits. People who answer are not a random part of those who were asked, so a share in work of \
those who answered may differ from that of the others. See also `instep-cohort work-status \
--help`.
"""


if __name__ == "__main__":
    main()
