"""A comparison as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING

from instep_cohort.codelists.comparing.grouping import Group, before_and_after, groups, remarks
from instep_cohort.codelists.text_columns import WIDTH, columns
from instep_cohort.small_tables import text_table

if TYPE_CHECKING:
    from instep_cohort.codelists.comparing.comparison import Comparison, SystemSummary

SUMMARY_HEADER = (
    *("system", "left", "right", "only left", "covered", "only right", "covered"),
    *("both", "match", "category", "term"),
)
LEGEND = (
    "covered: the other side takes these codes into the same category (or excludes them too) by "
    "another row. match, category, term: of both, the codes for which these differ."
)


def as_text(comparison: Comparison, *, everything: bool = False) -> str:
    """The two lists, the counts, and the rows by how they differ; those that are the same if asked.

    Lines have at most 100 characters, unless a code is very long.
    """
    return "\n\n".join(_sections(comparison, everything=everything))


def _sections(comparison: Comparison, *, everything: bool) -> Iterator[str]:
    yield "\n".join(
        fill(f"{name} {side}", WIDTH, subsequent_indent="       ")
        for name, side in (("left: ", comparison.left), ("right:", comparison.right))
    )
    yield from (fill(note, WIDTH) for note in comparison.notes())
    rows = [summary_row(one) for one in comparison.summary]
    yield text_table("Summary", SUMMARY_HEADER, rows) + "\n" + fill(LEGEND, WIDTH)
    for group in groups(comparison):
        if everything or not group.rows[0].same:
            yield _group(group)
    if comparison.is_same:
        yield "The two have the same rows."


def summary_row(one: SystemSummary) -> tuple[str | int, ...]:
    """The counts of one system under ``SUMMARY_HEADER``."""
    return (
        *(one.system, one.left, one.right, one.only_left, one.left_covered, one.only_right),
        *(one.right_covered, one.both, one.match, one.category, one.term),
    )


def _group(group: Group) -> str:
    lines = [f"{group.title} ({len(group.rows):,}): {group.meaning}"]
    for system, found in groupby(group.rows, key=lambda row: row.system):
        cells = [
            (
                row.code,
                before_and_after(row, "match"),
                before_and_after(row, "category"),
                "\n".join([before_and_after(row, "term"), *remarks(row)]),
            )
            for row in found
        ]
        lines += [f"  {system}", *columns(cells, indent="    ")]
    return "\n".join(lines)
