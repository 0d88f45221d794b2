"""The practice's own figures, from its ledger and its run, as inputs of a plan."""

from __future__ import annotations

from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.planning.inputs import Between, Counted, Input, Kind
from instep_cohort.recruitment.routes.yields import compare_routes
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.vocabulary import Decision


def own_inputs(standing: Standing) -> list[Input]:
    """What a ledger says of screening and of taking part; an input it says nothing of is not there.

    Nobody having taken part yet says nothing that a plan can use, so that input is then missing.
    """
    found = []
    per_letter = compare_routes(standing).together.per_100["consented"]
    if per_letter.count:
        found.append(
            Input(
                "participants_per_letter",
                Counted(per_letter.count, per_letter.of),
                Kind.OWN,
                "ledger: people who consented, of those written to",
                "who may still reply or consent counts as not taking part; people of all routes",
            )
        )
    decisions = [made[-1].decision for made in standing.decisions.values()]
    kept, dropped = (decisions.count(one) for one in (Decision.INVITE, Decision.DO_NOT_INVITE))
    if kept:
        found.append(
            Input(
                "kept_by_screening",
                Counted(kept, kept + dropped),
                Kind.OWN,
                'ledger: "invite", of "invite" and "do not invite"',
                "people of all routes; who is still to be discussed is not in it",
            )
        )
    return found


def candidates_of(run: PracticeRun) -> list[Input]:
    """How many candidates the run has in its practice; none says nothing."""
    number = run.candidates.num_rows
    if not number:
        return []
    return [
        Input(
            "candidates_per_practice",
            Between(number, number),
            Kind.OWN,
            f"the run of {run.search_date} in practice {run.practice}",
            "one practice, taken as if all were like it: others have other lists and other ways of "
            "coding, and no interval holds that; give a range with --assume",
        )
    ]
