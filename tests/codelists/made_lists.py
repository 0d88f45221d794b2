"""Codelists and extracts made in a test: folders on disk, lists in memory, codes tables."""

from __future__ import annotations

from pathlib import Path

from instep_cohort.codelists import Codelist, Match, Selector
from instep_cohort.terminology import System

HEADER = "system,code,match,category,term,note"

CARD = """\
id: aches
title: Aches
purpose: People who ache.
kind: clinical
categories:
  pain: where it hurts
  stiff: where it is stiff
method: >
  Read line by line.
sources:
  - key: read
    title: Read v2
    where: the reference
    licence: none needed
not_covered:
  - moods
review_by: 2027-11-24
history:
  - version: 1.0.0
    date: 2026-11-24
    status: draft
    changes: first
"""

ROWS = """\
read_v2,N05..,descendants,pain,Osteoarthritis,
read_v2,N051.,exact,stiff,Localised primary osteoarthritis,
read_v2,N05zL,exclude,,Osteoarthritis NOS of knee,
"""

COLUMNS = (
    "code_key",
    "kind",
    "system",
    "code",
    "term",
    "read_v2",
    "ctv3",
    "snomed_concept",
    "dmd",
    "bnf",
    "substance",
    "rows",
)


def write_list(
    folder: Path, *, name: str = "aches", card: str = CARD, rows: str = ROWS, version: str = "1.0.0"
) -> Path:
    """A list's folder with one version; `rows` without the header."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "codelist.yaml").write_bytes(card.replace("id: aches", f"id: {name}").encode())
    (home / f"{version}.csv").write_bytes(f"{HEADER}\n{rows}".encode())
    return home


def made_list(*selectors: Selector, kind: str = "clinical", name: str = "aches") -> Codelist:
    """A list in memory."""
    categories = {s.category: "" for s in selectors if s.category}
    return Codelist(name, "1.0.0", "draft", "Aches", "People.", kind, categories, tuple(selectors))


def select(text: str, line: int = 0) -> Selector:
    """A selector written as `system match code`, with ` = category` where it is not `pain`."""
    text, _, category = text.partition(" = ")
    system, match, code = text.split(" ", 2)
    taken = None if match.startswith("exclude") else category or "pain"
    return Selector(System(system), code, Match(match), taken, "term", "", line)


def codes_table(*rows: dict[str, object], kind: str = "clinical") -> dict[str, list[object]]:
    """The columns of a codes table; what a row leaves out is null, its key is its place."""
    whole = [
        {"code_key": n, "kind": kind, "system": "local", "code": f"L{n}", "rows": n + 1, **row}
        for n, row in enumerate(rows)
    ]
    return {column: [row.get(column) for row in whole] for column in COLUMNS}


def code(text: str) -> dict[str, object]:
    """A codes row written as `system code; column=value; …`."""
    first, *others = text.split("; ")
    system, own = first.split(" ", 1)
    return {"system": system, "code": own, **dict(part.split("=", 1) for part in others)}
