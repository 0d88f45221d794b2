"""Somebody who holds every release and wants to know a small count: a whole-number solver.

Written apart from the protection: other code, another solver (CP-SAT, which is exact). It knows
what the marks mean, how the tables add up, which counts never shrink, and it guesses right
whenever a count did not change and whenever a hidden count is a large one.
"""

from ortools.sat.python import cp_model

MOST = 1_000_000


class Attack:
    """Unknown whole numbers, what is known of them, and the range of anything made of them."""

    def __init__(self):
        self.model = cp_model.CpModel()
        self.unknowns = {}
        self.solver = cp_model.CpSolver()
        self.solver.parameters.num_workers = 1
        self.solver.parameters.cp_model_presolve = True
        self.solver.parameters.linearization_level = 1
        self.seen = {}
        self.solves = 0

    def unknown(self, key, low=0, high=MOST):
        if key not in self.unknowns:
            self.unknowns[key] = self.model.new_int_var(0, MOST, str(len(self.unknowns)))
        if low > 0:
            self.model.add(self.unknowns[key] >= low)
        if high < MOST:
            self.model.add(self.unknowns[key] <= high)
        return self.unknowns[key]

    def adds_up(self, total, parts):
        self.model.add(self.unknown(total) == sum(self.unknown(part) for part in parts))

    def at_least(self, larger, smaller):
        self.model.add(self.unknown(larger) >= self.unknown(smaller))

    def same(self, one, other):
        self.model.add(self.unknown(one) == self.unknown(other))

    def recovered(self, targets):
        """The targets that can be narrowed, with the range that is left.

        Args:
            targets: label → (terms, how many values must be left at least), where terms are pairs
                of an unknown's key and how often it is taken.
        """
        found = {}
        for label, (terms, needed) in targets.items():
            seen = self.seen.setdefault(label, set())
            for sign in (1, -1):
                if seen and max(seen) - min(seen) + 1 >= needed:
                    break
                made = sum(sign * times * self.unknown(key) for key, times in terms)
                self.model.maximize(made)
                self.solves += 1
                if self.solver.solve(self.model) != cp_model.OPTIMAL:
                    raise AssertionError("what is published contradicts itself")
                self._remember(targets)
            if max(seen) - min(seen) + 1 < needed:
                found[label] = (min(seen), max(seen))
        return found

    def _remember(self, targets):
        values = {key: self.solver.value(one) for key, one in self.unknowns.items()}
        for label, (terms, _) in targets.items():
            value = sum(times * values[key] for key, times in terms)
            self.seen.setdefault(label, set()).add(value)


def read(shown, threshold, rounding, *, is_large):
    """The least and the most that a shown text allows.

    Args:
        is_large: whether a hidden count is a large one; an attacker who does not know it passes
            False.
    """
    if shown == "hidden":
        return (threshold, MOST) if is_large else (0, MOST)
    if shown == f"<{threshold}":
        return 1, threshold - 1
    number = int(shown)
    if number == 0:
        return 0, 0
    fits = [
        n
        for n in range(max(threshold, number - rounding), number + rounding + 1)
        if (n + rounding // 2) // rounding * rounding == number
    ]
    return min(fits), max(fits)
