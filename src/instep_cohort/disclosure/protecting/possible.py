"""Which values an unknown may have, each proved by whole numbers that fit everything known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from instep_cohort.disclosure.protecting.figures import Limits
from instep_cohort.disclosure.protecting.knowledge import Knowledge


class Possible:
    """The values that each unknown can be shown to have.

    A value counts only with a witness: a whole number for every unknown that satisfies all limits
    and all equations, checked in whole numbers. What the solver says beyond that is not relied on,
    so neither its tolerances nor its mistakes can make a count look safer than it is.

    Where limits are widened every witness stays one; where they are narrowed those are kept that
    still fit.
    """

    def __init__(self, knowledge: Knowledge, limits: Sequence[Limits]) -> None:
        """Takes the equations, and what is known of each unknown."""
        import numpy as np

        self._np = np
        self._truth = np.array(knowledge.truth, dtype=np.int64)
        self._low = np.array([_low(one) for one in limits], dtype=np.int64)
        self._high = np.array([_high(one) for one in limits], dtype=np.int64)
        self._equations = np.zeros((len(knowledge.rows), len(limits)), dtype=np.int64)
        for number, row in enumerate(knowledge.rows):
            for unknown, times in row.terms:
                self._equations[number, unknown] += times
        self._witnesses: list[Any] = []
        self._take([self._truth])
        self._solver: Any = None

    def limit(self, unknown: int, limits: Limits) -> None:
        """Takes other limits of an unknown."""
        low, high = _low(limits), _high(limits)
        narrower = low > self._low[unknown] or high < self._high[unknown]
        self._low[unknown], self._high[unknown] = low, high
        if self._solver is not None:
            self._bound(unknown, low, high)
        if narrower:
            self._take([one for one in self._witnesses if low <= one[unknown] <= high])

    def witnesses(self) -> list[Any]:
        """The witnesses that are at hand."""
        return list(self._witnesses)

    def remember(self, witnesses: Sequence[Any]) -> None:
        """Takes witnesses from before, when limits were narrower nowhere than they are now."""
        both = {id(one): one for one in (*witnesses, *self._witnesses)}
        self._take(list(both.values()))

    def _take(self, witnesses: Sequence[Any]) -> None:
        self._witnesses = list(witnesses)
        columns = self._np.array(self._witnesses).T.tolist()
        self._seen = [set(column) for column in columns]

    def is_exact(self, unknown: int) -> bool:
        """Whether an unknown is known by itself."""
        return bool(self._low[unknown] == self._high[unknown])

    def values(self, unknown: int, enough: int) -> int:
        """How many values the unknown may have, counted on from the true one, up to `enough`."""
        seen = self._seen[unknown]
        for step in (1, -1):
            value = int(self._truth[unknown]) + step
            while (
                len(seen) < enough
                and self._low[unknown] <= value <= self._high[unknown]
                and (value in seen or self._reach(unknown, value))
            ):
                value += step
        return min(len(seen), enough)

    def _reach(self, unknown: int, value: int) -> bool:
        """Looks for a witness of one value, and keeps all that it shows."""
        if self._solver is None:
            self._solver = self._made()
        self._bound(unknown, value, value)
        witness = self._solved(whole=False)
        if witness is None:
            witness = self._solved(whole=True)
        self._bound(unknown, self._low[unknown], self._high[unknown])
        if witness is None or witness[unknown] != value:
            return False
        self._witnesses.append(witness)
        for seen, shown in zip(self._seen, witness.tolist(), strict=True):
            seen.add(shown)
        return True

    def _solved(self, *, whole: bool) -> Any:
        """A witness, or None. The relaxed problem nearly always has whole corners, and is quick."""
        import highspy

        if whole:
            if self._solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
                return None  # nothing at all fits, so no whole numbers do
            self._solver.changeColsIntegrality(*self._all(highspy.HighsVarType.kInteger))
        self._solver.run()
        found = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        values = self._solver.getSolution().col_value if found else None
        if whole:
            self._solver.changeColsIntegrality(*self._all(highspy.HighsVarType.kContinuous))
        if values is None:
            return None
        witness = self._np.rint(self._np.array(values)).astype(self._np.int64)
        return witness if self._fits(witness) else None

    def _fits(self, witness: Any) -> bool:
        within = (self._low <= witness).all() and (witness <= self._high).all()
        return bool(within and not (self._equations @ witness).any())

    def _bound(self, unknown: int, low: int, high: int) -> None:
        self._solver.changeColBounds(unknown, float(low), float(high))

    def _all(self, kind: Any) -> tuple[int, Any, Any]:
        count = len(self._truth)
        return count, self._np.arange(count, dtype=self._np.int32), self._np.array([kind] * count)

    def _made(self) -> Any:
        import highspy

        np = self._np
        problem = highspy.HighsLp()
        problem.num_row_, problem.num_col_ = self._equations.shape
        problem.col_cost_ = np.zeros(problem.num_col_)
        problem.col_lower_ = self._low.astype(float)
        problem.col_upper_ = self._high.astype(float)
        problem.row_lower_ = problem.row_upper_ = np.zeros(problem.num_row_)
        rows, columns = self._equations.nonzero()
        problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        problem.a_matrix_.start_ = np.searchsorted(rows, np.arange(problem.num_row_ + 1))
        problem.a_matrix_.index_ = columns
        problem.a_matrix_.value_ = self._equations[rows, columns].astype(float)
        solver = _quiet()()
        solver.setOptionValue("output_flag", False)  # noqa: FBT003
        solver.setOptionValue("threads", 1)
        solver.passModel(problem)
        return solver


@cache
def _quiet() -> Any:
    """HiGHS without its Python callbacks: turning them on prints a banner on stdout."""
    import highspy

    class Quiet(highspy.Highs):
        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()

    return Quiet


_FAR = 10_000_000  # more than a practice, or a region, has people


def _low(limits: Limits) -> int:
    return max(limits.low, -_FAR)


def _high(limits: Limits) -> int:
    return _FAR if limits.high is None else limits.high
