"""From inputs to letters, practices and months, as intervals; the same seed gives the same ones.

Letters are drawn until the last participant is in: their number, for a chance p each, is negative
binomial. Practices are the letters over what one practice can write (its candidates, less those
whom screening removes). Months are the letters over those of a month.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.planning.inputs import NAMES, Input, Kind
from instep_cohort.recruitment.planning.published import ANALOGUES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUANTITIES = ("letters", "practices", "months")
DIRECT = "participants_per_letter"
_FACTORS = ("reached_out_of_work", "taking_part")
_NEEDED = {
    "letters": (),
    "practices": ("kept_by_screening", "candidates_per_practice"),
    "months": ("letters_per_month",),
}
CHANCE = "chance alone"
MOST_PARTICIPANTS = 1_000_000
FEWEST_DRAWS, MOST_DRAWS = 1_000, 1_000_000


class Interval(NamedTuple):
    """The median, and the middle 80 and 95 of 100 draws."""

    median: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


class Swing(NamedTuple):
    """What one input alone does, all others at their median: at its 2.5 and 97.5% quantile."""

    name: str
    low: Mapping[str, float]
    high: Mapping[str, float]


@dataclass(frozen=True)
class YieldPlan:
    """What it takes to find so many participants.

    Attributes:
        participants: how many are wanted.
        inputs: every input that was used, with its source.
        intervals: quantity → interval.
        swings: each input, the one that matters most for letters first; `CHANCE` is that of a
            draw with all inputs at their median.
        seed, draws: of the simulation.
    """

    participants: int
    inputs: Sequence[Input]
    intervals: Mapping[str, Interval]
    swings: Sequence[Swing]
    seed: int
    draws: int


def choose(given: Sequence[Input], quantities: Sequence[str]) -> list[Input]:
    """The inputs that these quantities need, in the order of `NAMES`.

    The chance of a letter comes in one share or as two that are multiplied. Where both ways are
    given, what was assumed stands before the practice's own figure, and that before a published
    one.

    Args:
        given: what was given; of two of one name the later stands.
        quantities: of `QUANTITIES`.

    Raises:
        UsageError: one is missing, and none is guessed: it says by what each can be given; or both
            ways to the chance of a letter were assumed.
    """
    by_name = {one.name: one for one in given}
    needed = [name for one in quantities for name in _NEEDED[one]]
    needed = [*_ways_to_chance(by_name), *needed]
    missing = [name for name in NAMES if name in needed and name not in by_name]
    if missing:
        raise UsageError(_missing(missing))
    return [by_name[name] for name in NAMES if name in needed]


_STANDS_BEFORE = {Kind.PUBLISHED: 0, Kind.OWN: 1, Kind.ASSUMED: 2}


def _ways_to_chance(by_name: Mapping[str, Input]) -> tuple[str, ...]:
    """The one share, or the two factors of it, whichever is to be believed first."""
    factors = [_STANDS_BEFORE[by_name[name].kind] for name in _FACTORS if name in by_name]
    if DIRECT not in by_name or not factors:
        return (DIRECT,) if DIRECT in by_name else _FACTORS
    direct = _STANDS_BEFORE[by_name[DIRECT].kind]
    if max(factors) == direct == _STANDS_BEFORE[Kind.ASSUMED]:
        raise UsageError(
            f"--assume gives {DIRECT}, which is {' times '.join(_FACTORS)}, and a part of it as "
            "well: keep one of the two."
        )
    return _FACTORS if max(factors) > direct else (DIRECT,)


def plan_yield(
    participants: int,
    inputs: Sequence[Input],
    quantities: Sequence[str] = QUANTITIES,
    *,
    seed: int,
    draws: int = 20_000,
) -> YieldPlan:
    """What it takes to find so many participants, from inputs that `choose` has chosen.

    Args:
        participants: how many, 1 to `MOST_PARTICIPANTS`.
        inputs: what is known.
        quantities: what to work out.
        seed: of the random numbers, 0 or more.
        draws: how many, `FEWEST_DRAWS` to `MOST_DRAWS`.

    Raises:
        UsageError: there is nobody to find or more than there are, too few draws or too many, or
            the seed is below 0.
    """
    import numpy as np

    if not 1 <= participants <= MOST_PARTICIPANTS:
        raise UsageError(f"--participants is a number from 1 to {MOST_PARTICIPANTS:,}.")
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS or seed < 0:
        raise UsageError(
            f"--draws is a number from {FEWEST_DRAWS:,} to {MOST_DRAWS:,}, --seed 0 or more."
        )
    rng = np.random.default_rng(seed)
    drawn = {one.name: one.known.draws(rng, draws) for one in inputs}
    letters = _letters(participants, _chance(drawn), rng)
    found = _quantities(letters, drawn, quantities)
    intervals = {name: _interval(values) for name, values in found.items()}
    return YieldPlan(
        participants,
        tuple(inputs),
        intervals,
        _swings(participants, inputs, quantities, rng, draws),
        seed,
        draws,
    )


def _letters(
    participants: int, chance: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    failures = rng.negative_binomial(participants, chance)
    return (participants + failures).astype(float)


def _chance(values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """The chance that a letter brings a participant."""
    if DIRECT in values:
        return values[DIRECT]
    reached, taking_part = (values[name] for name in _FACTORS)
    return reached * taking_part


def _quantities(
    letters: NDArray[np.float64],
    values: Mapping[str, NDArray[np.float64]],
    quantities: Sequence[str],
) -> dict[str, NDArray[np.float64]]:
    import numpy as np

    found = {}
    if "letters" in quantities:
        found["letters"] = letters
    if "practices" in quantities:
        of_one = values["kept_by_screening"] * values["candidates_per_practice"]
        found["practices"] = np.ceil(letters / of_one)
    if "months" in quantities:
        found["months"] = letters / values["letters_per_month"]
    return found


def _interval(values: NDArray[np.float64]) -> Interval:
    import numpy as np

    return Interval(*map(float, np.quantile(values, (0.5, 0.1, 0.9, 0.025, 0.975))))


def _swings(
    participants: int,
    inputs: Sequence[Input],
    quantities: Sequence[str],
    rng: np.random.Generator,
    draws: int,
) -> tuple[Swing, ...]:
    """One at a time; the letters are then what is to be expected, participants over chance."""
    import numpy as np

    medians = {one.name: one.known.quantile(0.5) for one in inputs}

    def at(values: Mapping[str, float], letters: float | None = None) -> dict[str, float]:
        held = {name: np.array([value]) for name, value in values.items()}
        wanted = participants / _chance(held) if letters is None else np.array([letters])
        return {name: float(v[0]) for name, v in _quantities(wanted, held, quantities).items()}

    swings = [
        Swing(
            one.name,
            at(medians | {one.name: one.known.quantile(0.025)}),
            at(medians | {one.name: one.known.quantile(0.975)}),
        )
        for one in inputs
    ]
    chance = _chance({name: np.full(draws, value) for name, value in medians.items()})
    low, high = np.quantile(_letters(participants, chance, rng), (0.025, 0.975))
    swings.append(Swing(CHANCE, at(medians, float(low)), at(medians, float(high))))
    return tuple(sorted(swings, key=_weight, reverse=True))


def _weight(swing: Swing) -> float:
    """By how much it changes what it changes most, as a ratio."""
    return max(abs(math.log(swing.high[name] / swing.low[name])) for name in swing.low)


def _missing(names: Sequence[str]) -> str:
    lines = ["The plan lacks what nobody has published for this study, and none of it is guessed:"]
    for name in names:
        ways = [f"--assume {name}=LOW..HIGH"]
        ways += [f"--like {like}" for like, one in ANALOGUES.items() if one.name == name]
        ways += _OWN_WAYS.get(name, [])
        lines.append(f"  {name}: {NAMES[name]}; {', or '.join(ways)}")
        if name in _FACTORS:
            lines[-1] += f" (or {DIRECT} in place of {' and '.join(_FACTORS)})"
    lines.append("With --for letters (or letters,practices) less is needed.")
    return "\n".join(lines)


_OWN_WAYS = {
    "kept_by_screening": ["--ledger FILE"],
    "candidates_per_practice": ["--run RUN"],
}
