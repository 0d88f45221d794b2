"""Published figures, each with its source: nothing else goes into a plan by itself.

An analogue is another study, or a bound, that somebody chooses by name; none is chosen for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.planning.inputs import Between, Counted, Input, Kind


class Unused(NamedTuple):
    """A published figure that is no input of the model, and why not."""

    figure: str
    source: str
    why: str


ANALOGUES: dict[str, Input] = {
    "cobalt-screening": Input(
        "kept_by_screening",
        Counted(15_379 - 4_750, 15_379),
        Kind.PUBLISHED,
        "CoBalT: GP screening removed 4,750 of 15,379 (31%)",
        "another trial, with its own exclusions; the figure was read in an excerpt",
    ),
    "pharmacist-pain-trial-screening": Input(
        "kept_by_screening",
        Counted(1_397, 4_815),
        Kind.PUBLISHED,
        "pharmacist pain trial: 4,815 screened, 1,397 mailed (BMJ Open 2013;3:e002361)",
        "another trial, with its own exclusions; why the others were not mailed is not known here",
    ),
    "pharmacist-pain-trial": Input(
        "taking_part",
        Counted(196, 1_397),
        Kind.PUBLISHED,
        "pharmacist pain trial: 196 randomised of 1,397 mailed (BMJ Open 2013;3:e002361)",
        "another trial, for which nobody had to be out of work, or to want to work",
    ),
    "no-enrichment": Input(
        "reached_out_of_work",
        Between(0.20, 0.27),
        Kind.PUBLISHED,
        "Holmes 2020, doi 10.1186/s40814-020-00588-z: of those of working age 20 to 27% are unable "
        "to take part in usual activities, work included",
        "derived: a bound for a search that enriches nothing, not an estimate; and being unable to "
        "take part in usual activities is not the same as being out of work",
    ),
}

UNUSED: tuple[Unused, ...] = (
    Unused(
        "74.1% of 2,106 agree to be contacted",
        "PMC4256538",
        "no step of this model: it is agreement to be asked, not taking part",
    ),
    Unused(
        "chronic pain in 35.0 to 51.3% of adults in the UK",
        "Holmes 2020",
        "of all adults, not of those whom a search finds",
    ),
    Unused(
        "1 fit note a month for each 48 patients aged 18 to 65",
        "NHS Digital, England 2016-17",
        "of all patients, not of those whom a search finds",
    ),
    Unused(
        "opioids: 99,847 patients in 111 practices, 2011-12",
        "PMC4874107",
        "the search asks for pain as well: count with identify",
    ),
    Unused(
        "new gabapentin or pregabalin, at the peak 625 and 329 per 100,000 patient-years",
        "Ashworth 2023",
        "new users in a year, not users on a day: count with identify",
    ),
    Unused(
        "13% of those whom an electronic screen finds are right",
        "ACCORD, a secondary page",
        "unverified",
    ),
)


def chosen(names: Sequence[str]) -> list[Input]:
    """The figures of the analogues of these names.

    Raises:
        UsageError: there is none of that name, or two of them are of one input.
    """
    unknown = [name for name in names if name not in ANALOGUES]
    if unknown:
        known = "\n".join(f"  {name}: {one.source}" for name, one in ANALOGUES.items())
        raise UsageError(f"--like {unknown[0]}: no such published figure; there are\n{known}")
    found: dict[str, str] = {}
    for name in names:
        other = found.setdefault(ANALOGUES[name].name, name)
        if other != name:
            raise UsageError(f"--like {other} and --like {name} are of one input: keep one.")
    return [ANALOGUES[name] for name in dict.fromkeys(names)]
