"""The study language, clause by clause: what each section says, and the tables that hold it to it.

A section is one module of `spec.sections`. Its clauses are text: a line with the clause's name and
the words by which the contract says it (after ``~``), then, indented, what it means::

    within-both-ends ~ both ends included
        A window reaches from its first day to its last, and both are inside.

Tests ask that every clause has a table or a named test, that every table names clauses that exist,
and that no sentence of the contract is without a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import dedent
from typing import ClassVar, NamedTuple

_HEAD = re.compile(r"(?P<slug>[a-z0-9-]+)(?P<words>( ~ .+)?)")


class Clause(NamedTuple):
    """One thing that the language promises; ``words`` are the contract's own, a few of them."""

    id: str
    words: tuple[str, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A table: what goes in, and what must come out. ``clauses`` are ids with spaces between."""

    # the tests that hold every table of the kind to what it says
    TESTS: ClassVar[Sequence[str]] = ()

    clauses: str
    title: str

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the clauses that the table shows."""
        return self.clauses.split()

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields what a reader sees, as pairs of a block's kind (yaml, text) and its lines."""
        raise NotImplementedError


@dataclass(frozen=True)
class Section:
    """One section: its clauses in order, its tables, and tests that stand elsewhere.

    ``elsewhere`` names, for a clause that no table can show, the tests that hold it:
    ``tests/test_architecture.py::test_imports_point_downward``.
    """

    number: int
    title: str
    clauses: Sequence[Clause]
    specs: Sequence[Spec]
    elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)
    intro: str = ""


def read_clauses(number: int, text: str) -> Sequence[Clause]:
    """The clauses of a section, from its text."""
    clauses = []
    for paragraph in re.split(r"\n(?=\S)", dedent(text).strip()):
        head, *body = paragraph.splitlines()
        parts = _HEAD.fullmatch(head)
        if parts is None or not body:
            raise ValueError(f"not a clause: {head!r}")
        words = tuple(one.strip() for one in parts["words"].split(" ~ ") if one.strip())
        clauses.append(
            Clause(
                f"§{number}-{parts['slug']}", words, " ".join(line.strip() for line in body).strip()
            )
        )
    return clauses
