"""Exact intervals of a share (Clopper and Pearson 1934), without a statistics library.

The bounds are quantiles of the beta distribution: for k of n, the lower one that of Beta(k, n-k+1),
the upper one that of Beta(k+1, n-k).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_TINY = 1e-300
_CLOSE = 1e-15
_MOST_STEPS = 10_000


@dataclass(frozen=True)
class Share:
    """k of n, with the bounds of its exact interval; `of` may be 0, and then nothing is known."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share itself; None where nothing was counted."""
        return self.count / self.of if self.of else None


def exact_share(count: int, of: int, *, level: float = 0.95) -> Share:
    """The share with its exact two-sided interval; 0 to 1 where nothing was counted.

    Args:
        count: how many.
        of: of how many.
        level: how often such an interval holds the true share at least.

    Raises:
        ValueError: a count is not between 0 and the whole, or the level not between 0 and 1.

    Example:
        >>> share = exact_share(5, 25)
        >>> round(share.low, 3), round(share.high, 3)
        (0.068, 0.407)
    """
    if not 0 <= count <= of or not 0 < level < 1:
        raise ValueError("a share is k of n with 0 ≤ k ≤ n, its level lies between 0 and 1")
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else beta_quantile(tail, count, of - count + 1)
    high = 1.0 if count == of else beta_quantile(1 - tail, count + 1, of - count)
    return Share(count, of, low, high)


def beta_quantile(chance: float, a: float, b: float) -> float:
    """The x below which Beta(a, b) lies with that chance, found by halving."""
    low, high = 0.0, 1.0
    while high - low > _CLOSE * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if beta_cdf(middle, a, b) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_cdf(x: float, a: float, b: float) -> float:
    """The chance that Beta(a, b) lies below x: the regularised incomplete beta function.

    By its continued fraction (DLMF 8.17.22), on the side on which that converges quickly.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return front / a * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    """1/(1+ d1/(1+ d2/(1+ …))) by the modified method of Lentz."""
    value, c, d = _TINY, _TINY, 0.0
    for step in range(_MOST_STEPS):
        numerator = 1.0 if step == 0 else _numerator(step, x, a, b)
        d = 1.0 / ((1.0 + numerator * d) or _TINY)
        c = (1.0 + numerator / c) or _TINY
        value *= c * d
        if step and abs(c * d - 1.0) < _CLOSE:
            return value
    raise ArithmeticError("the incomplete beta function did not converge")


def _numerator(step: int, x: float, a: float, b: float) -> float:
    m, odd = divmod(step, 2)
    if odd:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
