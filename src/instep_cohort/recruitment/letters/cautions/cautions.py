"""All cautions together, each with sentences that it warns at and sentences that it leaves alone.

The tests read these sentences.
"""

from __future__ import annotations

import re

from instep_cohort.recruitment.letters.cautions.bidding import BIDDING
from instep_cohort.recruitment.letters.cautions.caution import Caution
from instep_cohort.recruitment.letters.cautions.overpromising import OVERPROMISING
from instep_cohort.recruitment.letters.cautions.pressing import PRESSING

CAUTIONS: tuple[Caution, ...] = (*BIDDING, *PRESSING, *OVERPROMISING)

COMPILED = {
    caution.rule: (
        tuple(re.compile(pattern) for pattern in caution.wordings),
        tuple(re.compile(pattern) for pattern in caution.unless),
    )
    for caution in CAUTIONS
}
