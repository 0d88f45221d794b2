"""What a profile reads and what its system's extracts cannot say, for people and for machines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.source_tables import DateStyles, SourceTable

_WIDTH = 96
_DELIMITERS = {"auto": "tab or comma, as the header shows", "\t": "tab"}


def profile_as_dict(profile: Profile) -> dict[str, Any]:
    """A profile as plain values: what it reads, by table, and its traps."""
    return {
        "profile": profile.name,
        "version": profile.version,
        "description": profile.description,
        "dates": _styles(profile.dates),
        "encoding": profile.encoding,
        "delimiter": _DELIMITERS.get(profile.delimiter, profile.delimiter),
        "missing": list(profile.missing),
        "markers": dict(profile.markers),
        "tables": [_table(table) for table in profile.tables],
        "traps": list(profile.traps),
        "cannot_know": list(profile.cannot_know),
    }


def describe_profile(profile: Profile) -> str:
    """The same as text for a terminal."""
    said = profile_as_dict(profile)
    lines = [f"{profile.name} (version {profile.version})", *_wrapped(profile.description, "  ")]
    facts = {
        "dates": ", then ".join(said["dates"]),
        "encoding": said["encoding"],
        "between cells": said["delimiter"],
        "words for missing": ", ".join(said["missing"]),
        "marker dates": "; ".join(f"{day}: {why}" for day, why in said["markers"].items()),
    }
    lines += ["", *(line for fact in facts.items() if fact[1] for line in _fact(*fact))]
    for table in said["tables"]:
        kind = "needed" if table["required"] else "may be missing"
        lines += ["", f"{table['title']} ({kind})"]
        for name in ("columns", "one of", "optional", "also called", "deliveries", "without"):
            if table[name]:
                lines += _fact(name, table[name])
    for title, words in (("traps", said["traps"]), ("cannot know", said["cannot_know"])):
        if words:
            lines += ["", title, *(line for text in words for line in _wrapped(text, "  - "))]
    return "\n".join(lines)


def _styles(dates: DateStyles) -> list[str]:
    return [dates] if isinstance(dates, str) else list(dates)


def _table(table: SourceTable) -> dict[str, Any]:
    snapshot = table.snapshot
    deliveries = ""
    if snapshot is not None and snapshot.order:
        deliveries = f"the last row of each {', '.join(snapshot.key)} counts, by {snapshot.order}"
    return {
        "title": table.title,
        "required": table.required,
        "columns": ", ".join(table.needed),
        "one of": "; ".join(" or ".join(group) for group in table.any_of),
        "optional": ", ".join(table.optional),
        "also called": ", ".join(f"{alias} = {name}" for alias, name in table.aliases.items()),
        "layouts": [list(layout.columns) for layout in table.layouts],
        "skip_rows": table.skip_rows,
        "deliveries": deliveries,
        "without": table.without,
    }


def _fact(name: str, text: str) -> Iterable[str]:
    return _wrapped(text, f"  {name}: ")


def _wrapped(text: str, first: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent="    ", break_long_words=False
    )
