"""Extracts of source systems: profiles, ingest, and the store that ingest leaves behind."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from instep_cohort.extracts.custom import load_mapping
    from instep_cohort.extracts.ingesting import ingest
    from instep_cohort.extracts.profiles import PROFILES
    from instep_cohort.extracts.recognising import detect
    from instep_cohort.extracts.store import Store, open_store

__all__ = ["PROFILES", "Store", "detect", "ingest", "load_mapping", "open_store"]

# Opening a store needs no DuckDB, so ingest is imported when it is asked for.
_HOME = {
    "PROFILES": "profiles",
    "Store": "store",
    "detect": "recognising",
    "ingest": "ingesting",
    "load_mapping": "custom",
    "open_store": "store",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
