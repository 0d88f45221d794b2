"""Who has told the practice, or this study, not to be asked: the refusals that a ledger holds."""

from __future__ import annotations

from instep_cohort.recruitment.ledger import Standing
from instep_cohort.recruitment.vocabulary import ALWAYS_REMOVES, OptOutKind


def refusals(standing: Standing, token: str | None, *, type_1_overridden: bool) -> list[OptOutKind]:
    """The opt-outs for which the person's own practice does not ask them; none without a token.

    Refused ways of being written to and national opt-outs are no bar to being asked by the
    practice; whoever writes letters asks the ledger by its channel and legal basis.

    Args:
        standing: of the ledger.
        token: the person; None for somebody whom the key does not know.
        type_1_overridden: whether somebody answers for asking people with a type 1 dissent.
    """
    if token is None:
        return []
    barring = ALWAYS_REMOVES if type_1_overridden else {*ALWAYS_REMOVES, OptOutKind.TYPE_1}
    return sorted({kind for kind, _ in standing.opt_outs(token)} & barring)
