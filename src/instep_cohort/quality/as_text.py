"""The report for a terminal: findings first, then the tables that fit."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.extracts.manifest import SEVERAL
from instep_cohort.quality.result import Quality
from instep_cohort.quality.rules import RULES
from instep_cohort.quality.values import Finding, Severity
from instep_cohort.small_tables import shown, text_table

_WIDTH = 100
_MOST_FINDINGS = 80
_MOST_ROWS = 24
#: Too long for a terminal; --json has them.
_LONG = ("rows_by_month",)

_FOR_WHOM = {
    ArtefactClass.PRACTICE_ONLY: "small numbers are shown: keep it inside the practice",
    ArtefactClass.RELEASABLE_COUNTS: "1 to 4 are <5, other counts are to the nearest 5",
}


def title(quality: Quality) -> str:
    """Which store it is about."""
    number = len(quality.practices)
    practices = quality.practices[0] if number == 1 else f"{number:,} practices"
    what = f"{quality.profile} extract of"
    if quality.profile == SEVERAL:
        what = "extracts of several systems, the last of"
    return f"Quality of {quality.store}: {what} {quality.extract_date.isoformat()}, {practices}"


def summary(quality: Quality) -> str:
    """How many findings there are of each severity."""
    number = Counter(one.severity for one in quality.findings)
    return ", ".join(
        f"{number[one]:,} {one}{'' if number[one] == 1 else 's'}" for one in reversed(Severity)
    )


def label(quality: Quality) -> str:
    """The class of the report and what it asks of whoever holds it."""
    return f"{quality.artefact}: {_FOR_WHOM[quality.artefact]}"


def amount(quality: Quality, one: Finding) -> str:
    """How many, of how many."""
    count, of = quality.shown(one)
    whole = "" if of is None else f" of {shown(of)}"
    unit = str(one.unit)
    if count == 1 and of is None:
        unit = unit.removesuffix("s")
    return f"{shown(count)}{whole} {unit}"


def as_text(quality: Quality) -> str:
    """The whole report as text."""
    lines = [title(quality), label(quality), "", summary(quality), *_findings(quality)]
    for table in quality.tables:
        if not table.rows or table.name in _LONG:
            continue
        found = quality.table(table.name)
        more = len(found.rows) - _MOST_ROWS
        lines += ["", text_table(found.caption, found.columns, found.rows[-_MOST_ROWS:])]
        if more > 0:
            lines.append(f"… and {more:,} rows before these: --json has them all")
        if found.note:
            lines.append(found.note)
    return "\n".join(lines)


def _findings(quality: Quality) -> Iterator[str]:
    for one in quality.findings[:_MOST_FINDINGS]:
        problem = RULES[one.rule].problem
        rule = f"{one.rule}, {problem}" if problem else one.rule
        head = f"{one.severity.upper():7}  {one.where}: {amount(quality, one)}: {one.what} [{rule}]"
        yield from textwrap.wrap(head, _WIDTH, subsequent_indent=" " * 9)
        if one.mend and one.severity is not Severity.NOTE:
            yield from textwrap.wrap(
                f"→ {one.mend}", _WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 11
            )
    if (more := len(quality.findings) - _MOST_FINDINGS) > 0:
        yield f"… and {more:,} less grave ones: --json has them all"
