"""Text that goes into SQL, escaped at this one place."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Mapping
from pathlib import Path


def literal(text: str) -> str:
    """An SQL string literal that holds exactly ``text``."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """An SQL identifier that names exactly ``name``."""
    return '"' + name.replace('"', '""') + '"'


def literals(texts: Iterable[str]) -> str:
    """An SQL list literal of strings."""
    return "[" + ", ".join(map(literal, texts)) + "]"


def path_literal(path: Path) -> str:
    """A literal of a path for DuckDB's readers, to which ``*``, ``?`` and ``[`` are patterns."""
    return literal(glob.escape(str(path)))


def any_of(column: str, words: Iterable[str]) -> str:
    """An SQL condition that holds where ``column`` is one of ``words``."""
    return f"{column} IN ({', '.join(map(literal, words))})"


def choice(column: str, cases: Mapping[str, str], otherwise: str) -> str:
    """An SQL expression that turns each key of ``cases`` into its value.

    ``otherwise`` is an SQL expression, not a text.
    """
    arms = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in cases.items())
    return f"CASE {column} {arms} ELSE {otherwise} END"


def first_that_holds(conditions: Mapping[str, str]) -> str:
    """An SQL expression that gives the first key whose condition holds, null where none does."""
    if not conditions:
        return "CAST(NULL AS VARCHAR)"
    arms = " ".join(f"WHEN {rule} THEN {literal(key)}" for key, rule in conditions.items())
    return f"CASE {arms} END"
