"""A release as CSV, JSON, HTML or text: only what is shown, never a true count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.protecting.figures import HIDDEN, Name
from instep_cohort.recruitment.counting.layout import CAPTIONS, Line
from instep_cohort.small_tables import csv_table, html_page, html_table, text_table

COLUMNS = ("table", "group", "cell", "meaning", "count")
FORMATS = ("csv", "json", "html")


@dataclass(frozen=True)
class Sheet:
    """What is written of a release.

    Attributes:
        about: what the release is of: practice, study, search date, threshold …
        lines: the lines of its tables.
        shown: what is shown of each count.
        small: what stands for a small count.
        grouped: which tables are shown with a column for each cell.
    """

    about: Mapping[str, str | int]
    lines: tuple[Line, ...]
    shown: Mapping[Name, str]
    small: str

    def not_shown(self) -> dict[str, int]:
        """How many counts are hidden, by what stands in their place."""
        said = [self.shown[name] for name in {line.name for line in self.lines}]
        return {self.small: said.count(self.small), HIDDEN: said.count(HIDDEN)}


def why_hidden(small: str) -> dict[str, str]:
    """What stands for a hidden count, and why."""
    return {
        small: "a count that is not 0 and is that small",
        HIDDEN: "not shown, since a small count, or a small change since an earlier release, "
        "could be worked out from it",
    }


def as_bytes(sheet: Sheet, file_format: str) -> bytes:
    """The release as a file: the same numbers give the same bytes."""
    made = {"csv": _as_csv, "json": _as_json, "html": _as_html}
    return made[file_format](sheet).encode()


def as_text(sheet: Sheet) -> str:
    """The release as tables for a terminal."""
    parts = [_title(sheet)]
    for table, lines in _by_table(sheet.lines).items():
        header, rows = _wide(lines, sheet.shown)
        parts.append(text_table(CAPTIONS[table], header, rows))
    return "\n\n".join([*parts, "\n".join(_notes(sheet))])


def _title(sheet: Sheet) -> str:
    about = sheet.about
    return (
        f"{ArtefactClass.RELEASABLE_COUNTS}: {about['study']}, practice {about['practice']}, "
        f"search of {about['search_date']}"
    )


def _notes(sheet: Sheet) -> list[str]:
    reasons = why_hidden(sheet.small)
    notes = [f"{text}: {many} counts; {reasons[text]}." for text, many in sheet.not_shown().items()]
    rounding = sheet.about["rounding"]
    if rounding != 1:
        notes.append(f"Counts are rounded to a multiple of {rounding}; they need not add up.")
    return notes


def _by_table(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.table, []).append(line)
    return found


def _wide(
    lines: Iterable[Line], shown: Mapping[Name, str]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """A table with one row for each group, a column for each cell, and the meaning last."""
    held = list(lines)
    cells = list(dict.fromkeys(line.cell for line in held))
    rows: dict[str, dict[str, str]] = {}
    for line in held:
        row = rows.setdefault(line.group, {})
        row[line.cell] = shown[line.name]
        row["meaning"] = line.meaning
    meant = ["meaning"] if any(line.meaning for line in held) else []
    header = [held[0].table.removesuffix("s"), *cells, *meant]
    columns = [*cells, *meant]
    return header, [(group, *(row.get(c, "") for c in columns)) for group, row in rows.items()]


def _as_csv(sheet: Sheet) -> str:
    rows: list[tuple[object, ...]] = [
        (line.table, line.group, line.cell, line.meaning, sheet.shown[line.name])
        for line in sheet.lines
    ]
    about = {"artefact_class": str(ArtefactClass.RELEASABLE_COUNTS), **sheet.about}
    rows += [("about", "", name, "", value) for name, value in about.items()]
    reasons = why_hidden(sheet.small)
    rows += [("not shown", "", t, reasons[t], many) for t, many in sheet.not_shown().items()]
    return csv_table(COLUMNS, rows)


def _as_json(sheet: Sheet) -> str:
    reasons = why_hidden(sheet.small)
    said = {
        "artefact_class": str(ArtefactClass.RELEASABLE_COUNTS),
        **sheet.about,
        "counts": [
            {
                "table": line.table,
                "group": line.group,
                "cell": line.cell,
                "meaning": line.meaning,
                "count": _number(sheet.shown[line.name]),
            }
            for line in sheet.lines
        ],
        "not_shown": [
            {"shown": text, "counts": many, "note": reasons[text]}
            for text, many in sheet.not_shown().items()
        ],
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _number(shown: str) -> int | str:
    return int(shown) if shown.isdigit() else shown


def _as_html(sheet: Sheet) -> str:
    parts = [f"<p><b>{escape(_title(sheet))}</b></p>"]
    for table, lines in _by_table(sheet.lines).items():
        header, rows = _wide(lines, sheet.shown)
        parts.append(html_table(CAPTIONS[table], header, rows))
    parts += [f"<p>{escape(note)}</p>" for note in _notes(sheet)]
    parts.append(html_table("About", ("what", "value"), [*sheet.about.items()]))
    return html_page(_title(sheet), "".join(parts))
