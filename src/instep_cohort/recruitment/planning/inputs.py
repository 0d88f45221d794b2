"""An input of a plan: what is known of a number, and where from. A number without a source is none.

A published count becomes a beta distribution (Jeffreys: Beta(k + 1/2, n - k + 1/2)), a range a
uniform one, a range with a likeliest value a triangular one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.routes.intervals import beta_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Kind(StrEnum):
    """Whose figure it is."""

    PUBLISHED = "published"
    OWN = "of the practice"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Counted:
    """k of n were counted."""

    count: int
    of: int

    def quantile(self, chance: float) -> float:
        """The value below which the true share lies with that chance."""
        return beta_quantile(chance, self.count + 0.5, self.of - self.count + 0.5)

    def draws(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """So many random values."""
        return rng.beta(self.count + 0.5, self.of - self.count + 0.5, size)

    def __str__(self) -> str:
        """The count, and its share."""
        return f"{self.count:,} of {self.of:,} ({100 * self.count / self.of:.1f}%)"


@dataclass(frozen=True)
class Between:
    """Somewhere between two values, all alike likely, or about a likeliest one."""

    low: float
    high: float
    likeliest: float | None = None

    def quantile(self, chance: float) -> float:
        """The value below which it lies with that chance."""
        low, high, width = self.low, self.high, self.high - self.low
        if self.likeliest is None or width == 0:
            return low + chance * width
        turn = (self.likeliest - low) / width
        if chance <= turn:
            return float(low + (chance * width * (self.likeliest - low)) ** 0.5)
        return float(high - ((1 - chance) * width * (high - self.likeliest)) ** 0.5)

    def draws(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """So many random values."""
        if self.likeliest is None or self.low == self.high:
            return rng.uniform(self.low, self.high, size)
        return rng.triangular(self.low, self.likeliest, self.high, size)

    def __str__(self) -> str:
        """The range."""
        if self.low == self.high:
            return f"{self.low:g}"
        middle = "" if self.likeliest is None else f", likeliest {self.likeliest:g}"
        return f"{self.low:g} to {self.high:g}{middle}"


@dataclass(frozen=True)
class Input:
    """An input with its source.

    Attributes:
        name: one of `NAMES`.
        known: what is known of it.
        kind: whose figure it is.
        source: where it comes from; never empty.
        caution: what it does not say; may be empty.
    """

    name: str
    known: Counted | Between
    kind: Kind
    source: str
    caution: str = ""

    def as_values(self) -> dict[str, Any]:
        """The input as plain values, for JSON: value, median, 95% interval, source."""
        return {
            "name": self.name,
            "meaning": NAMES[self.name],
            "kind": str(self.kind),
            "value": str(self.known),
            "median": self.known.quantile(0.5),
            "low_95": self.known.quantile(0.025),
            "high_95": self.known.quantile(0.975),
            "source": self.source,
            "caution": self.caution,
        }


NAMES = {
    "participants_per_letter": "people who take part, of those written to",
    "reached_out_of_work": "people who are out of work, of those written to",
    "taking_part": "people who take part, of those written to whom the study is for",
    "kept_by_screening": "people whom the practice's screening keeps, of the candidates",
    "candidates_per_practice": "candidates that the search finds in a practice, in the mean of all",
    "letters_per_month": "people written to in a month, by all practices together",
}
SHARES = frozenset(
    ("participants_per_letter", "reached_out_of_work", "taking_part", "kept_by_screening")
)

_LEAST_SHARE = 0.0001  # below it letters would be counted in millions


def read_assumption(text: str) -> Input:
    """An input as it is assumed on the command line.

    ``letters_per_month=40..80``, ``=40..55..80`` with the likeliest in the middle, ``=60`` for a
    number that is certain; behind ``@`` may stand why.

    Raises:
        UsageError: it is not written so, there is no such input, or its values cannot be.
    """
    name, equals, rest = text.partition("=")
    values, _, reason = rest.partition("@")
    if name not in NAMES:
        raise UsageError(f"--assume {text}: no such input; there are {', '.join(NAMES)}.")
    try:
        numbers = [float(one) for one in values.split("..")]
    except ValueError:
        numbers = []
    if not equals or not 1 <= len(numbers) <= 3:  # noqa: PLR2004
        raise UsageError(
            f"--assume {text}: write {name}=LOW..HIGH, or {name}=LOW..LIKELIEST..HIGH."
        )
    low, high = numbers[0], numbers[-1]
    least, most = (_LEAST_SHARE, 1.0) if name in SHARES else (1e-9, 1e9)
    if numbers != sorted(numbers) or not (low >= least and high <= most):
        asked = f"{_LEAST_SHARE:g} to 1 (0.14 for 14%)" if name in SHARES else "above 0"
        raise UsageError(f"--assume {text}: the values rise from left to right and are {asked}.")
    likeliest = numbers[1] if len(numbers) == 3 else None  # noqa: PLR2004
    source = "assumed with --assume" + (f": {reason.strip()}" if reason.strip() else "")
    return Input(name, Between(low, high, likeliest), Kind.ASSUMED, source)
