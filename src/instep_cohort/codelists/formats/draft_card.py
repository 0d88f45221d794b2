"""The codelist.yaml of a list just imported: what is known of it, and what its author must say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import yaml

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.exchange import About, ExchangeFormat, SourceFile
from instep_cohort.codelists.lock import sha256
from instep_cohort.codelists.model import Kind

_HEAD = """\
# An imported list. What is empty below has to be filled in by its author, purpose, licence and
# review_by among it: `instep-cohort codelists check` names it, and `release` refuses until then.
"""
_MOST_LINES = 50  # of what was not read; a card is for people


class Origin(NamedTuple):
    """Where an imported list comes from: the files, what they say, their format, the day."""

    files: Sequence[SourceFile]
    abouts: Sequence[About]
    format: ExchangeFormat
    on: date


def draft_card(
    id_of_list: str,
    kind: Kind,
    categories: Mapping[str, str],
    origin: Origin,
    findings: Sequence[Finding],
) -> bytes:
    """The codelist.yaml of an imported list, as UTF-8.

    What only its author can say is left empty, as in a list that `new_codelist` begins: `check`
    names it, and a release is refused until it is there.
    """
    title = next((about.title for about in origin.abouts if about.title), "")
    purpose = next((about.purpose for about in origin.abouts if about.purpose), "")
    names = ", ".join(source.name for source in origin.files)
    card = {
        "id": id_of_list,
        "title": _line(title),
        "purpose": _line(purpose),
        "kind": kind,
        "categories": {name: _line(text) for name, text in categories.items()},
        "method": f"Every row of {names} was taken over as it stands ({origin.format.title}), on "
        f"{origin.on}; nothing was chosen, mended or left out but what not_covered names.",
        "sources": [
            _source(number, source, about, origin.on)
            for number, (source, about) in enumerate(
                zip(origin.files, origin.abouts, strict=True), start=1
            )
        ],
        "not_covered": _left_out(findings) or "",
        "notes": _notes(origin.abouts, findings),
        "review_by": "",
        "history": [],
    }
    if not card["notes"]:
        del card["notes"]
    shown = yaml.safe_dump(card, sort_keys=False, allow_unicode=True, width=100)
    return (_HEAD + shown).encode()


def _line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def _source(number: int, source: SourceFile, about: About, on: date) -> dict[str, str]:
    where = f"file {source.name}, sha256 {sha256(source.data)}, given on {on}"
    return {
        "key": f"source-{number}",
        "title": _line(about.title) or source.name,
        "where": "; ".join(filter(None, [where, _line(about.where)])),
        "licence": "",
    }


def _left_out(findings: Sequence[Finding]) -> list[str]:
    """What was not read, each with its place, the first of them."""
    lines = [
        f"{one.file}{f':{one.line}' if one.line else ''}: {_line(one.text)}"
        for one in findings
        if one.code in ("not-read", "width")
    ]
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([f"and {more} more parts of the source"] if more > 0 else [])]


def _notes(abouts: Sequence[About], findings: Sequence[Finding]) -> list[str]:
    said = [_line(note) for about in abouts for note in about.notes]
    told = [
        _line(one.text) for one in findings if one.code in ("category-renamed", "exclusion-spread")
    ]
    return [*dict.fromkeys(said), *dict.fromkeys(told[:_MOST_LINES])]
