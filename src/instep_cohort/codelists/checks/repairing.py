"""Repairing the bytes of a codelist's file: what leaves no doubt, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from instep_cohort.codelists.decoding import decoded
from instep_cohort.codelists.findings import Action, Finding
from instep_cohort.codelists.rows import COLUMNS, meant, read_records

# What has to be mended by hand before anything else can be: the file cannot be written again
# without losing what is in it.
IN_THE_WAY = ("csv", "column-twice", "width", "encoding")
# A mended cell may show the next fault (a space, then lost dots); no cell has had more than three.
_ROUNDS = 6


class Change(NamedTuple):
    """One change that a repair made.

    Attributes:
        file: the file.
        line: the line in the file that was repaired; ``None`` where it is the whole file.
        column: the column; empty where it is the row or the file.
        before: the cell or row as it was, or what was wrong with the file.
        after: the cell as it is now; for a row that was left out, empty; for a file, what was done.
        rule: the kind of finding.
    """

    file: str
    line: int | None
    column: str
    before: str
    after: str
    rule: str

    def __str__(self) -> str:
        """The change on one line."""
        place = self.file + (f":{self.line}" if self.line is not None else "")
        if self.column:
            return f"{place} {self.column}: {self.before!r} → {self.after!r} [{self.rule}]"
        return f"{place}: {self.before} → {self.after or 'left out'} [{self.rule}]"


class Repaired(NamedTuple):
    """The bytes of a file after its repair, and what was changed."""

    data: bytes
    changes: tuple[Change, ...]


def fixable(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of one file, none of them fixable where something is in the way of a repair."""
    found = list(findings)
    if any(one.code in IN_THE_WAY and one.mend is None for one in found):
        return [one._replace(mend=None) for one in found]
    return found


def repaired(data: bytes, find: Callable[[bytes], list[Finding]]) -> Repaired:
    """The bytes of a CSV file with every finding mended whose repair leaves no doubt.

    Args:
        data: the bytes of the file.
        find: what is wrong with such bytes, as `fixable` gives it.
    """
    changes: list[Change] = []
    origins: dict[int, int] | None = None
    for _ in range(_ROUNDS):
        mendable = [one for one in find(data) if one.mend]
        if not mendable:
            break
        data, made, moved = _round(data, mendable)
        if not made:
            break
        changes += [_placed(one, origins) for one in made]
        origins = {now: _origin(then, origins) for now, then in moved.items()}
    return Repaired(data, tuple(changes))


def repaired_text(data: bytes, findings: Iterable[Finding]) -> Repaired:
    """The bytes of a text file as UTF-8 with LF line ends, where these findings ask for it."""
    mendable = [one for one in findings if one.mend and one.mend.action is Action.REWRITE]
    if not mendable:
        return Repaired(data, ())
    text = _lf(decoded(data, "")[0])
    return Repaired(text.encode(), tuple(map(_rewritten, mendable)))


def _origin(line: int, origins: dict[int, int] | None) -> int:
    return line if origins is None else origins.get(line, line)


def _placed(change: Change, origins: dict[int, int] | None) -> Change:
    """The change with the line that the file had before the first repair."""
    return change if change.line is None else change._replace(line=_origin(change.line, origins))


def _round(data: bytes, mendable: Sequence[Finding]) -> tuple[bytes, list[Change], dict[int, int]]:
    """The bytes after one round of repairs, what it changed, and where each line was before."""
    header, rows, _ = read_records(data, "")
    header = list(header)
    lines = {line: list(cells) for line, cells in rows}
    changes = [_rewritten(one) for one in mendable if _does(one, Action.REWRITE)]
    touched: set[tuple[int | None, str]] = set()
    for one in mendable:
        if _does(one, Action.WRITE) and (one.line, one.where) not in touched:
            touched.add((one.line, one.where))
            changes += _written(one, header, lines)
    for one in mendable:
        if _does(one, Action.DROP) and one.line in lines:
            before = ",".join(lines.pop(one.line))
            changes.append(Change(one.file, one.line, "", before, "", one.code))
    rules = {one.code for one in mendable}
    body = [(line, [_lf(cell) for cell in cells[: len(header)]]) for line, cells in lines.items()]
    if "column-order" in rules:
        places = [header.index(column) for column in COLUMNS]
        header = list(COLUMNS)
        body = [(line, [cells[place] for place in places]) for line, cells in body]
    if "order" in rules:
        keys = [header.index(column) for column in ("system", "match", "category", "code")]
        body.sort(key=lambda row: [row[1][place] for place in keys])
    written, moved = _as_csv([_lf(name) for name in header], body)
    return written, changes, moved


def _as_csv(
    header: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> tuple[bytes, dict[int, int]]:
    """The file as bytes, and for each of its lines that begins a row the line it had before."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if header:
        writer.writerow(header)
    moved: dict[int, int] = {}
    line = 2 + sum(name.count("\n") for name in header)
    for before, cells in rows:
        moved[line] = before
        writer.writerow(cells)
        line += 1 + sum(cell.count("\n") for cell in cells)
    return out.getvalue().encode(), moved


def _does(one: Finding, action: Action) -> bool:
    return one.mend is not None and one.mend.action is action


def _rewritten(one: Finding) -> Change:
    return Change(one.file, one.line, "", one.text, one.repair, one.code)


def _written(one: Finding, header: list[str], lines: dict[int, list[str]]) -> list[Change]:
    """Writes the text of a repair into its cell; the change, none where there is no such cell."""
    assert one.mend is not None  # noqa: S101 - chosen for it
    names = header if one.where in header else [meant(name, header) for name in header]
    if one.where not in names:
        return []
    place = names.index(one.where)
    cells = header if one.code == "column-unknown" else lines.get(one.line or 0)
    if cells is None:
        return []
    before, cells[place] = cells[place], one.mend.text
    return [Change(one.file, one.line, one.where, before, one.mend.text, one.code)]


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
