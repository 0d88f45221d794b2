"""The small practice beside others like it, with patients and practices of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cohort.small_practice import ON, Practice, write_practice
from instep_cohort.extracts import Store, ingest

FILES = ("patients.csv", "events.csv", "medicines.csv")


def another(folder: Path, *, ids: str = "ZQ", practice: str = "P", on: date = ON) -> Practice:
    """A practice in which ZQ of every id, and P of every practice, is something else."""
    made = write_practice(folder)
    for name in FILES:
        path = made.extract / name
        text = path.read_text(encoding="utf-8").replace("ZQ", ids)
        if name == "patients.csv":
            text = text.replace("0P", f"0{practice}")
        path.write_text(text, encoding="utf-8")
    listed = made.opt_outs.read_text(encoding="utf-8").replace("ZQ", ids)
    made.opt_outs.write_text(listed, encoding="utf-8")
    ingest(made.extract, profile="standard", extract_date=on, out=made.store)
    return made


def reingested(practice: Practice, *, on: date = ON, **rows: str) -> Store:
    """The practice with more lines in some of its files."""
    for name, lines in rows.items():
        with (practice.extract / f"{name}.csv").open("a", encoding="utf-8") as out:
            out.write(lines)
    return ingest(practice.extract, profile="standard", extract_date=on, out=practice.store)
