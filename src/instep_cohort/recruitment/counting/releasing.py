"""A release of counts: protected against every earlier one, remembered, and then written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import (
    HandedOver,
    hand_over,
    put,
    refuse_taken,
    stamped,
)
from instep_cohort.disclosure.protecting.figures import NOT_ASKED, Name, Release, Rules
from instep_cohort.disclosure.protecting.hiding import protect
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.counting.as_files import (
    COLUMNS,
    FORMATS,
    Sheet,
    as_bytes,
    as_text,
    why_hidden,
)
from instep_cohort.recruitment.counting.counted import counted, refuse_torn, steps_of
from instep_cohort.recruitment.counting.layout import lines_of
from instep_cohort.recruitment.counting.names import TABLES, structure_of
from instep_cohort.recruitment.ledger import Cell, Ledger, Released
from instep_cohort.recruitment.runs import PracticeRun

SMALLEST_THRESHOLD = 5


@dataclass(frozen=True, repr=False)
class CountsReleased:
    """A release that was written; shows itself as its tables, small numbers hidden.

    Attributes:
        release: its name in the ledger.
        file: where it is, and its sha256.
        sheet: what it shows.
        again: whether it had left before, with the very same numbers.
        head: the ledger's head after it.
    """

    release: str
    file: HandedOver
    sheet: Sheet
    again: bool
    head: str

    def __repr__(self) -> str:
        """The tables as they were written."""
        return as_text(self.sheet)


def release_counts(
    run: PracticeRun,
    ledger: Ledger,
    out: Path,
    *,
    who: str,
    at: str,
    file_format: str = "csv",
    tables: Sequence[str] = TABLES,
    threshold: int = SMALLEST_THRESHOLD,
    rounding: int = 1,
) -> CountsReleased:
    """Writes the counts that may leave the practice, and remembers them in the ledger first.

    No small count can be worked out from them: not from sums, not from other tables, not from
    what left before (`disclosure.protecting`). The same counts asked for again are the same
    release, and give the same bytes.

    Args:
        run: the run whose search is counted.
        ledger: what was done since; of the same practice and study.
        out: the file; the class comes into its name.
        who: who answers for the release, by name and role.
        at: when, in UTC.
        file_format: csv, json or html.
        tables: which of `names.TABLES`.
        threshold: counts below it are small; 5 or more, and never less than before.
        rounding: other counts are rounded to a multiple of it; 1 for none.

    Raises:
        SafetyRefusal: the threshold is too low; nothing is written.
        UsageError: another file stands there, or a setting is none.
        ExtractError: the counts of the run do not add up.
    """
    if file_format not in FORMATS:
        raise UsageError(f"--format {file_format}: one of {', '.join(FORMATS)}.")
    earlier = list(ledger.standing.releases.values())
    rules = _rules(threshold, rounding, earlier)
    counts = counted(run, ledger.standing)
    structure = structure_of(counts)
    refuse_torn(counts, structure.sums)
    lines = lines_of(tables, counts, steps_of(run))
    asked = {line.name for line in lines}
    there = _same_release(earlier, run.sha256, rules, counts, asked)
    if there is not None:
        shown = {(cell.table, cell.cell): cell.shown for cell in there.cells}
    else:
        shown = {
            **protect(
                counts,
                structure,
                rules,
                asked=asked.__contains__,
                earlier=list(map(_remembered, earlier)),
            ).shown
        }
    name = there.release if there is not None else f"counts {len(earlier) + 1}"
    sheet = Sheet(_about(run, name, rules), tuple(lines), shown, rules.small)
    raw = as_bytes(sheet, file_format)
    refuse_taken(stamped(out, ArtefactClass.RELEASABLE_COUNTS), raw)
    if there is None:
        _remember(ledger, run, name, rules, counts, shown, raw, who=who, at=at)
    file = hand_over(
        out,
        ArtefactClass.RELEASABLE_COUNTS,
        columns=COLUMNS,
        write=lambda to: put(to, raw),
        about={
            **sheet.about,
            "run_sha256": run.sha256,
            "ledger_head": ledger.head,
            "not_shown": sheet.not_shown(),
        },
    )
    return CountsReleased(name, file, sheet, there is not None, ledger.head)


def _rules(threshold: int, rounding: int, earlier: Iterable[Released]) -> Rules:
    if threshold < SMALLEST_THRESHOLD:
        raise SafetyRefusal(
            f"--threshold {threshold}: it is {SMALLEST_THRESHOLD} and may only be raised."
        )
    highest = max((one.threshold for one in earlier), default=threshold)
    if threshold < highest:
        raise SafetyRefusal(
            f"--threshold {threshold}: counts left this practice under a threshold of {highest}, "
            "and what was hidden then must stay so. Ask for that one, or a higher one."
        )
    if not 1 <= rounding <= 2 * threshold:
        raise UsageError(
            f"--round-to {rounding}: a number from 1 (no rounding) to {2 * threshold}, twice the "
            "threshold; beyond it a count that is not small could be rounded to 0."
        )
    return Rules(threshold, rounding)


def _remembered(released: Released) -> Release:
    counts = {(cell.table, cell.cell): cell.count for cell in released.cells}
    shown = {(cell.table, cell.cell): cell.shown for cell in released.cells}
    return Release(
        counts, shown, Rules(released.threshold, released.rounding), structure_of(counts)
    )


def _same_release(
    earlier: Sequence[Released],
    run: str,
    rules: Rules,
    counts: Mapping[Name, int],
    asked: set[Name],
) -> Released | None:
    """The release that showed the very same counts in the very same way, if there was one."""
    for one in reversed(earlier):
        before = _remembered(one)
        shown_then = {name for name, text in before.shown.items() if text != NOT_ASKED}
        if (one.run, before.rules, before.counts, shown_then) == (run, rules, counts, asked):
            return one
    return None


def _remember(
    ledger: Ledger,
    run: PracticeRun,
    name: str,
    rules: Rules,
    counts: Mapping[Name, int],
    shown: Mapping[Name, str],
    raw: bytes,
    *,
    who: str,
    at: str,
) -> None:
    entry = Released(
        release=name,
        run=run.sha256,
        file_sha256=hashlib.sha256(raw).hexdigest(),
        threshold=rules.threshold,
        rounding=rules.rounding,
        cells=tuple(
            Cell(table=table, cell=cell, shown=shown[table, cell], count=count)
            for (table, cell), count in counts.items()
        ),
    )
    ledger.append([entry], who=who, at=at, batch_key=f"released: {name}")


def _about(run: PracticeRun, name: str, rules: Rules) -> dict[str, str | int]:
    study = run.cohort.manifest["study"]
    return {
        "release": name,
        "practice": run.practice,
        "study": f"{study['name']} {study['version']}",
        "search_date": run.search_date.isoformat(),
        "threshold": rules.threshold,
        "rounding": rules.rounding,
    }


__all__ = ["SMALLEST_THRESHOLD", "CountsReleased", "release_counts", "why_hidden"]
