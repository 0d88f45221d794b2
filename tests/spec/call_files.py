"""The files that the tables of runs speak of: an extract of two people, lists, practice lists."""

from __future__ import annotations

import csv
import hashlib
import shutil
from datetime import date
from pathlib import Path

import yaml

from instep_cohort.extracts import ingest
from spec.calls import LISTS
from spec.world import ON

EXTRACT = {
    "patients.csv": """\
patient_id,practice_id,sex,birth_date,death_date,registration_start,registration_end
1,P1,F,1980-06-15,,2000-01-01,
2,P1,M,1970-06-15,,2000-01-01,
""",
    "events.csv": """\
patient_id,date,system,code
1,2026-01-01,read_v2,SEEN.
2,2026-01-01,read_v2,SEEN.
""",
}

PRACTICE_LISTS = {
    "empty.csv": "patient_id,kind,recorded_on\n",
    "twice.csv": "patient_id,kind,recorded_on\n2,research,2026-10-01\n2,national,2026-10-02\n",
    "strangers.csv": "patient_id,kind,recorded_on\n77,research,\n2,research,\n78,national,\n",
    "kinds.csv": "patient_id,kind,recorded_on\n1,research,\n2,newsletter,\n",
}


def write_world(folder: Path) -> Path:
    """Fills the folder with all that the runs take: store, lists, changed, practice lists."""
    extract = folder / "extract"
    extract.mkdir()
    for name, text in EXTRACT.items():
        (extract / name).write_text(text, encoding="utf-8")
    for name, text in PRACTICE_LISTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    on = date.fromisoformat(ON)
    ingest(extract, profile="standard", extract_date=on, out=folder / "store")
    write_lists(folder / "lists")
    shutil.copytree(folder / "lists", folder / "changed")
    changed = folder / "changed" / "seen" / "1.0.0.csv"
    changed.write_text(changed.read_text(encoding="utf-8") + "read_v2,ACHE.,exact,seen,Added,\n")
    shutil.copytree(folder / "changed", folder / "unlocked")
    (folder / "unlocked" / "codelists.lock").unlink()
    return folder


def write_lists(folder: Path) -> None:
    lock = []
    for name in sorted(LISTS):
        home = folder / name
        home.mkdir(parents=True)
        with (home / "1.0.0.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["system", "code", "match", "category", "term", "note"])
            for system, code, match, category in LISTS[name]:
                writer.writerow([system, code, match, category, f"Made-up term of {code}", ""])
        (home / "codelist.yaml").write_text(_card(name), encoding="utf-8")
        digest = hashlib.sha256((home / "1.0.0.csv").read_bytes()).hexdigest()
        lock.append(f"{digest}  {name}/1.0.0.csv\n")
    (folder / "codelists.lock").write_text("".join(lock), encoding="utf-8")


def _card(name: str) -> str:
    categories = {category for *_, category in LISTS[name] if category} or {"seen"}
    release = {
        "version": "1.0.0",
        "date": date(2026, 11, 24),
        "status": "draft",
        "changes": "first",
    }
    if name == "reviewed":
        release |= {
            "status": "reviewed",
            "reviewer": "A Clinician",
            "reviewed_on": date(2026, 11, 24),
        }
    source = {"key": "m", "title": "Made up", "where": "this test", "licence": "MIT"}
    return yaml.safe_dump(
        {
            "id": name,
            "title": f"Made-up list {name}",
            "purpose": "Keys for the tables of the study language.",
            "kind": "medicine" if name == "by-name" else "clinical",
            "categories": dict.fromkeys(sorted(categories), "A made-up meaning."),
            "method": "None.",
            "sources": [source],
            "not_covered": ["everything that is real"],
            "review_by": date(2027, 11, 24),
            "history": [release],
        },
        sort_keys=False,
    )
