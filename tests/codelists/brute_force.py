"""The oracle of resolving: every selector held against every code, one after the other.

Written from RULES.md alone. No index, no dictionary of codes, nothing of the library.
"""

from __future__ import annotations

import re
import unicodedata

COLUMN_OF = {
    "read_v2": "read_v2",
    "ctv3": "ctv3",
    "snomed_ct": "snomed_concept",
    "dmd": "dmd",
    "bnf": "bnf",
}
STRENGTH = [
    "code",
    "dictionary",
    "hierarchy",
    "code (5 characters)",
    "substance",
    "product_name",
]


def resolve(selectors, rows, kind):
    """Categories by key, strongest match by key, and the excluded keys."""
    categories, matched, excluded = {}, {}, set()
    for row in rows:
        if row["kind"] != kind:
            continue
        for selector in selectors:
            ways = sorted(set(ways_to_meet(selector, row)), key=STRENGTH.index)
            if ways and selector.match.startswith("exclude"):
                excluded.add(row["code_key"])
            elif ways:
                categories.setdefault(row["code_key"], set()).add(selector.category)
                matched.setdefault(row["code_key"], []).append(ways[0])
    kept = [key for key in categories if key not in excluded]
    strongest = {key: min(matched[key], key=STRENGTH.index) for key in kept}
    return {key: categories[key] for key in kept}, strongest, excluded


def ways_to_meet(selector, row):
    if selector.system == "substance":
        wanted = fold(selector.code.strip())
        ingredients = re.split("[/;]", row["substance"] or "")
        if wanted in [fold(one.strip()) for one in ingredients]:
            yield "substance"
    elif selector.system == "product_name":
        names = [row["term"] or ""] + ([row["code"]] if row["system"] == "name" else [])
        for name in names if row["kind"] == "medicine" else []:
            if any(holds(part, selector.code) for part in name.split(" / ")):
                yield "product_name"
    else:
        own = values(row["code"]) if row["system"] == selector.system else []
        column = COLUMN_OF.get(selector.system)
        said = values(row[column]) if column else []
        if selector.system == "read_v2":
            yield from meet_read(selector, own, said)
        else:
            yield from ["code" for code in own if meets(selector, code)]
            yield from ["dictionary" for code in said if meets(selector, code)]


def meets(selector, code):
    if selector.match.endswith("descendants"):
        return code.startswith(selector.code)
    return code == selector.code


def meet_read(selector, own, said):
    own, said = [c for c in own if is_read(c)], [c for c in said if is_read(c)]
    if selector.match.endswith("descendants"):
        stem = selector.code.rstrip(".")
        yield from ["code" for code in own if padded(code).startswith(stem)]
        yield from ["dictionary" for code in said if padded(code).startswith(stem)]
        return
    own = [c for c in own if padded(c) == selector.code[:5]]
    said = [c for c in said if padded(c) == selector.code[:5]]
    if len(selector.code) == 5:
        yield from ["code"] * len(own) + ["dictionary"] * len(said)
    elif any(len(code) == 7 for code in own + said):
        yield from ["code" for code in own if code == selector.code]
        yield from ["dictionary" for code in said if code == selector.code]
    else:
        yield from ["code (5 characters)"] * len(own + said)


def padded(code):
    return (code + ".....")[:5]


def is_read(code):
    whole = code if len(code) == 7 else padded(code)
    return len(code) in (1, 2, 3, 4, 5, 7) and bool(
        re.match(r"[A-Za-z0-9]+\.*$", whole[:5]) and re.match(r"([A-Za-z0-9]{2})?$", whole[5:])
    )


def values(text):
    return [part.strip() for part in text.split("/")] if text else []


def holds(name, run):
    have, wanted = split(name), split(run)
    size = len(wanted)
    return any(have[n : n + size] == wanted for n in range(len(have) - size + 1))


def split(text):
    return "".join(c if c.isalnum() else " " for c in fold(text)).split()


def fold(text):
    once = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", once)
