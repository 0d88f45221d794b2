"""What is odd about whole files: copies, columns nobody knows, words and bytes without meaning."""

from __future__ import annotations

import os
from pathlib import Path

from instep_cohort.extracts.headers import speakable
from instep_cohort.extracts.lines import BAD_QUOTES, TOO_FEW
from instep_cohort.extracts.reading import Readable, relation
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import any_of, identifier, literal
from instep_cohort.extracts.transcoding import WITHOUT_MEANING

SAME_CONTENT = "file holds the same as another of its table: its rows count again"
UNKNOWN_COLUMNS = "unknown columns, not read: {}"
LITERAL_WORD = "literal {}: taken as missing"
BYTE_WITHOUT_MEANING = "byte that Windows-1252 does not have: kept as a control character"
CUT_OFF = " ends in the middle of a row: what came after it is not there"

_SHOWN = 8  # unknown columns
_LONGEST_NAME = 40


def note_files(sources: Sources) -> None:
    """Notes files that hold the same as another, and columns that their table is not known to have.

    A part that was copied counts its rows twice, unless the table has a snapshot.
    """
    seen: set[tuple[str, str]] = set()
    for file in sources:
        table = sources.profile.store_table(file.file.table)
        key = (file.file.table, file.sha256)
        if key in seen:
            sources.findings.add(table, SAME_CONTENT, file.records)
        seen.add(key)
        if unknown := sources.profile.table(file.file.table).unknown(file.columns):
            shown = speakable(unknown, sources.profile.table(file.file.table))[:_SHOWN]
            names = ", ".join(name[:_LONGEST_NAME] for name in shown) or "not named, being data"
            more = f" and {len(unknown) - len(shown)} more" if len(unknown) > len(shown) > 0 else ""
            sources.findings.note(table, UNKNOWN_COLUMNS.format(names + more), file.records)


def count_words(sources: Sources) -> None:
    """Counts the rows with a word for "missing", or with a byte that Windows-1252 does not have.

    Only files that are known to hold one are read for it.
    """
    for file in sources:
        if rules := _rules(sources, file):
            table = sources.profile.table(file.file.table)
            raw = relation([file], table, (), raw=True)
            sources.count_findings(sources.profile.store_table(table.name), f"({raw})", rules)


def note_cut_off(sources: Sources) -> None:
    """Notes the files whose last row is none and has no line end: a copy that was broken off.

    Archives tell by themselves. After everything has been read.
    """
    for file in sources:
        last = sources.quarantine.last(file.name)
        if last is None or last.reason not in (TOO_FEW, BAD_QUOTES):
            continue
        if file.file.path.suffix.lower() != ".gz" and _ends_with(file.file.path, last.raw):
            sources.findings.add(
                sources.profile.store_table(file.file.table), file.name + CUT_OFF, 1
            )


def _ends_with(path: Path, text: str) -> bool:
    """Whether a file ends with a text, in one of the encodings that are read."""
    wanted = [text.encode(encoding, "replace") for encoding in ("utf-8", "cp1252")]
    longest = max(map(len, wanted))
    with path.open("rb") as file:
        file.seek(-min(longest, file.seek(0, os.SEEK_END)), os.SEEK_END)
        end = file.read()
    return any(map(end.endswith, wanted))


def _rules(sources: Sources, file: Readable) -> dict[str, str]:
    words, looked = sources.profile.missing, file.survey
    cells = [identifier(column) for column in sources.profile.table(file.file.table).columns]
    rules = {}
    if looked is not None and looked.has_words:
        finding = LITERAL_WORD.format(" or ".join(words))
        rules[finding] = " OR ".join(any_of(f"trim({cell})", words) for cell in cells)
    if looked is not None and looked.has_meaningless:
        odd = literal(WITHOUT_MEANING)
        rules[BYTE_WITHOUT_MEANING] = " OR ".join(
            f"coalesce(regexp_matches({cell}, {odd}), false)" for cell in cells
        )
    return rules
