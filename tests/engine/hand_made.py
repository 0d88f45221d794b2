"""A study and a few rows written in a test, run on an engine without any file to ingest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import reference as ref
from generative.in_store import found_by
from generative.strategies import Scenario
from instep_cohort.cohort.finding import Found
from instep_cohort.engine.frames import engine_of

ON = date(2026, 11, 1)

LISTS = {
    "aches": {"A1": {"back"}, "A2": {"hip"}, "A3": {"back", "hip"}},
    "pains": {"A1": {"sharp"}, "B1": {"dull"}},
    "notes": {"N1": {"not_fit"}, "N2": {"length_weeks"}},
    "jobs": {"J1": {"out_of_work"}},
    "wishes": {
        "RD": {"research_dissent"},
        "RW": {"research_withdrawn"},
        "TD": {"type_1_dissent"},
        "TW": {"type_1_withdrawn"},
        "CA": {"caution"},
    },
}


def run(
    engine: str,
    folder: Path,
    measures: dict[str, Any],
    events: list[ref.Row],
    *,
    medicines: tuple[ref.Row, ...] = (),
    include: dict[str, Any] | None = None,
    patients: dict[str, dict[str, Any]] | None = None,
    practice_list: list[tuple[str, str]] | None = None,
    **sections: Any,
) -> Found:
    """What an engine finds; whoever has a row is a patient, registered and 40 unless it is said."""
    said = patients or {}
    born = {"birth": date(1986, 1, 1), "birth_precision": "day"}
    who = sorted({row.patient_id for row in (*events, *medicines)} | set(said))
    study = {
        "study": "made",
        "version": "1.0.0",
        "title": "Made for a test",
        "codelists": dict.fromkeys(LISTS, "1.0.0"),
        "measures": measures,
        "include": include or {"any_row": next(iter(measures))},
        "opt_outs": {"events": "wishes"},
        **sections,
    }
    scenario = Scenario(
        study,
        ON,
        ref.Extract(
            [ref.Patient(one, **(born | said.get(one, {}))) for one in who],
            [ref.Registration(one, date(2000, 1, 1)) for one in who],
            events,
            list(medicines),
            ON,
        ),
        LISTS,
        {name: tuple(sorted(set().union(*codes.values()))) for name, codes in LISTS.items()},
        dict.fromkeys(LISTS, "clinical"),
        practice_list,
    )
    with engine_of(engine) as running:
        return found_by(running, scenario, folder)


def facts(found: Found) -> dict[str, dict[str, Any]]:
    """The facts of each patient."""
    return {row["patient_id"]: row for row in found.tables["facts"].to_pylist()}
