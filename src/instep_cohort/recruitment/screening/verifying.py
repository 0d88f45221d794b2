"""Whether a list that came back is the one that went out: every locked cell, every row, once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from instep_cohort.errors import Fault
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.screening.answers import Answer, Limits, read_answer
from instep_cohort.recruitment.screening.cells import changed_cells, is_as_written, plain
from instep_cohort.recruitment.screening.columns import (
    CHECK,
    EDITABLE_NAMES,
    NUMBER,
    TOKEN,
    locked_columns,
)
from instep_cohort.recruitment.screening.reading import Returned

_AS_EXPORTED = "only the decision columns may be filled in: go back to the list as it was exported"


class Row(NamedTuple):
    """A row that is as it was exported, and the decision in it; None for nobody's."""

    number: int
    token: str
    tier: str
    decided_before: str
    answer: Answer | None


class Verified(NamedTuple):
    """The rows of a list, all faults of it, and how many of its columns are not read."""

    rows: list[Row]
    faults: list[Fault]
    not_read: int


class _Faults:
    """Faults by what they are, each with all its rows, so that a thousand rows are one line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._rows: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._whole: list[Fault] = []

    def add(self, row: int, column: str, found: str, repair: str) -> None:
        self._rows[column, found, repair].append(row)

    def add_whole(self, where: str, found: str, repair: str = "") -> None:
        self._whole.append(Fault(where, found, repair, self.file))

    def all(self) -> list[Fault]:
        of_rows = [
            Fault(f"{spans(rows)}{column and f', {column}'}", found, repair, self.file)
            for (column, found, repair), rows in self._rows.items()
        ]
        return [*self._whole, *of_rows]


def spans(rows: Iterable[int], what: str = "row") -> str:
    """Row numbers in words, such as ``rows 3, 7-9``."""
    ordered = sorted(set(rows))
    runs: list[list[int]] = []
    for row in ordered:
        if runs and row == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], row]
        else:
            runs.append([row])
    said = ", ".join("-".join(map(str, run)) for run in runs)
    return f"{what}{'' if len(ordered) == 1 else 's'} {said}"


def verified(
    returned: Returned, run: PracticeRun, people: Collection[str], limits: Limits
) -> Verified:
    """The rows of a list that came back, and everything that is wrong with it, not the first alone.

    Faults name rows and columns, never what stands in a cell.

    Args:
        returned: the file.
        run: the run whose candidates were screened.
        people: the tokens of everybody who can be on its lists.
        limits: what a decision may say.
    """
    faults = _Faults(returned.name)
    _check_whose(returned, run, faults)
    columns = [column.name for column in locked_columns(returned.identity.identity.split(","))]
    where = _places(returned, [*columns, *EDITABLE_NAMES, CHECK], faults)
    if faults.all():
        return Verified([], faults.all(), 0)
    rows = list(_rows(returned, columns, where, limits, faults))
    _check_complete(rows, returned, where, faults)
    if not faults.all():
        _check_known(rows, people, faults)
    not_read = sum(bool(name) for name in returned.header) - len(where)
    return Verified(rows, faults.all(), not_read)


def _check_whose(returned: Returned, run: PracticeRun, faults: _Faults) -> None:
    which = returned.identity
    for what, theirs, ours in (
        ("study", which.study, run.study),
        ("practice", which.practice, run.practice),
    ):
        if theirs != ours:
            faults.add_whole("", f"the list is of {what} {theirs}, and not of {ours}")
    if which.run != run.sha256:
        faults.add_whole(
            "",
            f"the list was made from another run than {run.folder.name}",
            "name with --run the run that it was exported from",
        )


def _places(returned: Returned, names: Sequence[str], faults: _Faults) -> dict[str, int]:
    count = Counter(returned.header)
    for name in names:
        if count[name] != 1:
            found = "is not there any more" if not count[name] else "stands there more than once"
            faults.add_whole(f"column {name}", found, _AS_EXPORTED)
    return {name: returned.header.index(name) for name in names if count[name] == 1}


def _rows(
    returned: Returned,
    columns: Sequence[str],
    where: Mapping[str, int],
    limits: Limits,
    faults: _Faults,
) -> Iterable[Row]:
    list_sha256 = returned.identity.sha256
    locked = [where[name] for name in columns]
    most = max(where.values()) + 1
    for number, cells in returned.rows:
        held = list(cells) + [""] * (most - len(cells))
        texts = [plain(held[place]) for place in locked]
        editable = {name: held[where[name]] for name in EDITABLE_NAMES}
        check = plain(held[where[CHECK]])
        if not check and not any(texts):
            if any(plain(cell) for cell in editable.values()):
                faults.add(number, "", "is filled in, and has no person", "empty it")
            continue
        if not is_as_written(check, list_sha256, texts):
            _say_what_changed(number, check, texts, columns, faults)
        answer = read_answer(editable, limits)
        if isinstance(answer, list):
            for wrong in answer:
                faults.add(number, *wrong)
            answer = None
        by_name = dict(zip(columns, texts, strict=True))
        yield Row(number, by_name[TOKEN], by_name["tier"], by_name["decided_before"], answer)


def _say_what_changed(
    number: int, check: str, texts: Sequence[str], columns: Sequence[str], faults: _Faults
) -> None:
    if not check:
        faults.add(number, "", "the row is not of this list", "take it out")
        return
    changed = changed_cells(check, texts)
    for place in changed:
        faults.add(number, columns[place], "a locked cell was changed", _AS_EXPORTED)
    if not changed:
        faults.add(number, "", "the row is of another list, or its check was changed", _AS_EXPORTED)


def _check_complete(
    rows: Sequence[Row], returned: Returned, where: Mapping[str, int], faults: _Faults
) -> None:
    by_token: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_token[row.token].append(row.number)
    for numbers in by_token.values():
        if len(numbers) > 1:
            faults.add_whole(spans(numbers), "the same person stands there more than once")
    seen = {plain(cells[where[NUMBER]]) for _, cells in returned.rows if len(cells) > where[NUMBER]}
    every = range(1, int(returned.identity.rows) + 1)
    missing = [number for number in every if str(number) not in seen]
    if missing:
        which = spans(missing, "number")
        found = f"missing: {len(missing):,}, {which} of {NUMBER}"
        faults.add_whole("", found, _AS_EXPORTED)


def _check_known(rows: Sequence[Row], people: Collection[str], faults: _Faults) -> None:
    for row in rows:
        if row.token not in people:
            faults.add(
                row.number,
                TOKEN,
                "neither the run nor the ledger has this person by this key",
                "bring back the key that the list was made with",
            )
