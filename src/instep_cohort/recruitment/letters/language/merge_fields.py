"""Merge fields of a letter: those that the mail file carries, the rest, and those left open."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from instep_cohort.disclosure.columns import MAIL_COLUMNS
from instep_cohort.recruitment.letters.findings import Finding, Severity
from instep_cohort.recruitment.letters.letter import Letter, Line

_FIELD = re.compile(r"«\s*([^«»\n]*?)\s*»|<<\s*([^<>\n]*?)\s*>>")
_LEFT_OVER = re.compile(r"[«»]|<<|>>")
_FOREIGN = re.compile(r"\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\{\s*MERGEFIELD[^{}\n]*\}|%[A-Z_]{3,}%")
_OTHER_NAMES = {
    **dict.fromkeys(("forename", "given name", "christian name"), "First name"),
    **dict.fromkeys(("last name", "family name"), "Surname"),
}
_KEPT = "the mail file carries only: " + ", ".join(MAIL_COLUMNS)


def fields_in(text: str) -> list[str]:
    """The names of the merge fields in a text, in their order, as written."""
    return [found[1] or found[2] or "" for found in _FIELD.finditer(text)]


def without_fields(text: str, instead: str = " ") -> str:
    """The text with ``instead`` in the place of each merge field."""
    return _FIELD.sub(instead, text)


def column_of(name: str) -> str | None:
    """The column of the mail file that a field of that name merges, or ``None``.

    Word writes ``First_name`` for a column ``First name``; case must agree (ECMA-376-1,
    17.16.5.35: the name shall match exactly).
    """
    plain = " ".join(name.replace("_", " ").split())
    return plain if plain in MAIL_COLUMNS else None


def fields_of(letter: Letter) -> tuple[str, ...]:
    """The names of all merge fields of a letter, each once, in their order."""
    shown = (name for line in letter.lines for name in fields_in(line.text))
    return tuple(dict.fromkeys((*shown, *letter.hidden_fields)))


def field_findings(letter: Letter) -> Iterator[Finding]:
    """Fields that the mail file does not carry, are left open, or are written otherwise."""
    for line in letter.lines:
        for name in fields_in(line.text):
            if column_of(name) is None:
                yield _unknown(name, line)
        if _LEFT_OVER.search(without_fields(line.text)):
            found = "a merge field is opened and not closed, or closed and not opened"
            mend = "write each field as «First name», or insert it in Word as a merge field"
            yield _error("merge-field-unclosed", found, mend, line)
        for foreign in _FOREIGN.finditer(line.text):
            found = f"{foreign[0]} is no merge field that Word or the mailing house fills in"
            yield _error("merge-field-unknown", found, "write it as «First name»", line)
    for name in letter.hidden_fields:
        if column_of(name) is None:
            yield _unknown(name, None)


def _unknown(name: str, line: Line | None) -> Finding:
    near = _nearest(" ".join(name.replace("_", " ").lower().split()))
    mend = f"write «{near}»; {_KEPT}" if near else _KEPT
    found = f"the mail file carries no field «{name}»"
    return _error("merge-field-unknown", found, mend, line)


def _nearest(name: str) -> str:
    """The column that was meant, by its other names, a part of it, or nearly its letters."""
    columns = {column.lower(): column for column in MAIL_COLUMNS}
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    held = [column for low, column in columns.items() if len(name) > 1 and name in low]
    near = difflib.get_close_matches(name, columns, 2, 0.8)
    likely = held or [columns[one] for one in near]
    return likely[0] if len(likely) == 1 else ""


def _error(rule: str, found: str, mend: str, line: Line | None) -> Finding:
    where = (line.number, line.text) if line else (None, "")
    return Finding(rule, Severity.ERROR, found, mend, "", *where)
