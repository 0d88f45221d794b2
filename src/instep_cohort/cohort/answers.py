"""How well the tiers tell: what people answered about work, held against what the record said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

from instep_cohort.cohort.handed_in import read_handed_in
from instep_cohort.cohort.result import Cohort
from instep_cohort.errors import UsageError
from instep_cohort.small_tables import html_table, text_table
from instep_cohort.work.tiers import TIERS

ANSWERS = {"in work": True, "not in work": False}
COLUMNS = ("patient_id", "answer")
_CONFIDENCE = 0.95
_SHOWN = 10


class Share(NamedTuple):
    """How many of a group are in work, of those who answered.

    Attributes:
        group: the tier, or what the record says.
        candidates: how many the run has.
        answered: how many of them answered.
        in_work: how many of those are in work.
        low, high: Wilson's 95% interval of the share, None where nobody answered.
    """

    group: str
    candidates: int
    answered: int
    in_work: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """The share in work of those who answered."""
        return self.in_work / self.answered if self.answered else None


@dataclass(frozen=True, repr=False)
class WorkAnswers:
    """The share in work by tier and by flag. Counts only: it shows nobody's answer.

    Attributes:
        shares: one row for each tier, for everybody, and for each thing that a flag says.
        warnings: rows of the file that could not be used, by line.
    """

    shares: Sequence[Share]
    warnings: tuple[str, ...]

    def rows(self) -> list[tuple[object, ...]]:
        """The table to show: group, candidates, answered, in work, share, 95% interval."""
        return [
            (
                one.group,
                one.candidates,
                one.answered,
                one.in_work,
                _percent(one.share),
                "" if one.low is None else f"{_percent(one.low)} to {_percent(one.high)}",
            )
            for one in self.shares
        ]

    def __repr__(self) -> str:
        return text_table(_CAPTION, _HEAD, self.rows())

    def _repr_html_(self) -> str:
        return html_table(_CAPTION, _HEAD, self.rows())


_CAPTION = "share in work among those who answered"
_HEAD = ("group", "candidates", "answered", "in work", "share", "95% interval (Wilson)")


def work_answers(cohort: Cohort, answers: Path | str) -> WorkAnswers:
    """The share in work of each tier, from what candidates answered at screening or in a reply.

    Args:
        cohort: the run whose candidates were asked.
        answers: a CSV with patient_id and answer, `in work` or `not in work`; an empty answer is
            none. Nobody may stand in it twice.

    Raises:
        UsageError: the file cannot be read, an answer is another word, or an id stands twice; or
            the study declares no flag, so that there are no tiers.
    """
    candidates = cohort.tables["candidates"]
    if "tier" not in candidates.column_names:
        raise UsageError("The run's study declares no flag, so its candidates have no tiers.")
    said, unknown = _read(Path(answers), set(candidates["patient_id"].to_pylist()))
    people = candidates.to_pylist()
    shares = [_share(name, group, said) for name, group in _groups(people).items()]
    warnings = []
    if unknown:
        shown = ", ".join(map(str, unknown[:_SHOWN])) + (" …" if len(unknown) > _SHOWN else "")
        warnings.append(
            f"{len(unknown)} rows of the answers name nobody on the run's list (lines {shown}): "
            "check that the answers are to this run."
        )
    return WorkAnswers(shares, tuple(warnings))


def _read(path: Path, known: set[str]) -> tuple[dict[str, bool], list[int]]:
    said: dict[str, bool] = {}
    seen: dict[str, int] = {}
    unknown = []
    for line, cells in read_handed_in(path, "file of answers", COLUMNS, needed=2).rows:
        who, answer = cells["patient_id"], cells["answer"].lower()
        if not who:
            raise UsageError(f"{path}:{line}: the row has no patient_id.")
        if answer and answer not in ANSWERS:
            raise UsageError(
                f"{path}:{line}: the answer is none of {', '.join(ANSWERS)}; leave it empty where "
                "there is none."
            )
        if who in seen:
            raise UsageError(
                f"{path}:{line}: the same patient_id as on line {seen[who]}; keep one answer each."
            )
        seen[who] = line
        if who not in known:
            unknown.append(line)
        elif answer:
            said[who] = ANSWERS[answer]
    return said, unknown


def _groups(people: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    groups = {
        f"tier {tier}": [one["patient_id"] for one in people if one["tier"] == tier]
        for tier in TIERS
    }
    groups["everybody"] = [one["patient_id"] for one in people]
    if people and "certified_sickness" in people[0]:
        for name in ("certified_sickness", "long_term", "may_be_fit_notes"):
            words = name.removesuffix("_notes").replace("_", " ")
            groups[words] = [one["patient_id"] for one in people if one[name]]
    return groups


def _share(name: str, group: Sequence[str], said: Mapping[str, bool]) -> Share:
    answers = [said[who] for who in group if who in said]
    low, high = wilson(sum(answers), len(answers))
    return Share(name, len(group), len(answers), sum(answers), low, high)


def wilson(successes: int, trials: int) -> tuple[float | None, float | None]:
    """Wilson's score interval at 95% (J Am Stat Assoc 1927;22:209-212); None without trials."""
    if not trials:
        return None, None
    z = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}%"
