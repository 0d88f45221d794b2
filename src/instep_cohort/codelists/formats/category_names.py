"""Categories as a file names them, made names that codelists allow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.exchange import noted
from instep_cohort.codelists.rows import Row

_OTHERS = re.compile(r"[^a-z0-9]+")


def category_name(text: str) -> str:
    """The category's name that is nearest to a text: small letters, digits and underscores.

    Example:
        >>> category_name("DVT (leg)"), category_name("1")
        ('dvt_leg', 'category_1')
    """
    plain = normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    name = _OTHERS.sub("_", plain).strip("_")
    return name if name[:1].isalpha() else f"category_{name}".strip("_")


def category_names(rows: Iterable[Row]) -> dict[str, str]:
    """Each category that rows have, with its name; two categories never share one."""
    names: dict[str, str] = {}
    taken = set()
    for text in dict.fromkeys(row.category for row in rows if row.category):
        name, number = category_name(text), 2
        while name in taken:
            name, number = f"{category_name(text)}_{number}", number + 1
        taken.add(name)
        names[text] = name
    return names


def renamed(rows: Iterable[Row], names: dict[str, str], file: str) -> list[Finding]:
    """A finding for each category of a file whose name had to change, at its first row."""
    first: dict[str, int] = {}
    for row in rows:
        if row.category:
            first.setdefault(row.category, row.line)
    return [
        noted(
            "category-renamed",
            f"the category {text!r} is named {names[text]} here",
            "categories have small letters, digits and underscores",
            file=file,
            line=line,
            where="category",
        )
        for text, line in first.items()
        if names[text] != text
    ]
