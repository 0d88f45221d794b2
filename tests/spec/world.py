"""The made-up lists and people that the tables speak of. No code here is of any real system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

import reference as ref

ON = "2026-11-01"

# list → code → categories; where a list says what something means, the code is called like it
LISTS: Mapping[str, Mapping[str, set[str]]] = {
    "seen": {"seen": {"seen"}},
    "pain": {"ache": {"explicit"}, "sore": {"other"}, "both": {"explicit", "other"}},
    "burns": {"both": {"hot"}, "burn": {"hot"}},
    "pills": {"pill": {"weak"}, "drop": {"strong"}},
    "notes": {name: {name} for name in (*ref.CERTIFIED, *ref.NOT_CERTIFIED, *ref.LENGTHS)},
    "work": {name: {name} for name in (*ref.STATUSES, *ref.NO_STATUSES)},
    "opt-outs": {name: {name} for name in ref.OPT_OUT_CATEGORIES},
}
KINDS = {name: "medicine" if name == "pills" else "clinical" for name in LISTS}
CATEGORIES: Mapping[str, Sequence[str]] = {
    name: tuple(sorted(set().union(*codes.values()))) for name, codes in LISTS.items()
}

# what a study of the tables holds where it says nothing else: everybody who was ever seen
BASE: Mapping[str, Any] = yaml.safe_load("""
study: spec
version: 1.0.0
measures: {seen: {events: seen}}
include: {anybody: seen}
opt_outs: {events: opt-outs}
""") | {"codelists": dict.fromkeys(LISTS, "1.0.0")}


def study_of(changes: str) -> dict[str, Any]:
    """The base study with some of its sections changed or added to.

    Measures are added to those of the base; every other section is replaced.
    """
    given = yaml.safe_load(changes) or {}
    measures = {**BASE["measures"], **given.get("measures", {})}
    return {**BASE, **given, "measures": measures}
