"""A small extract with words, years and small numbers, and its counts in plain Python."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

from instep_cohort.extracts import Store, ingest, open_store

ON = date(2026, 11, 1)
PATIENT_HEADER = (
    "patient_id,practice_id,sex,birth_date,death_date,registration_start,registration_end"
)
EVENTS = {
    # code: term, {year: how many patients}; patient n of a year is P<n>
    "N05..": ("Osteoarthritis", {2024: 9, 2025: 8, 2026: 12}),
    "N05zL": ("Osteoarthritis NOS, of knee", {2024: 6, 2025: 2, 2026: 7}),
    "N05zM": ("Osteoarthritis NOS, of ankle", {2025: 3}),
    "N06z.": ("Arthropathy NOS", {2019: 1, 2020: 7, 2026: 5}),
    "N142.": ("Low back pain", {2021: 6, 2022: 7, 2023: 0, 2024: 11, None: 2}),
    "N143.": ("Sciatica", {2024: 1}),
    "N145.": ("Backache, unspecified", {2026: 8}),
    "16C5.": ("C/O - low back pain", {2026: 21}),
    "1475.": ("H/O: osteoarthritis", {2026: 6}),
    "12I..": ("Family history of low back pain", {2026: 4}),
    "423..": ("Haemoglobin estimation", {2026: 15}),
    "246A.": ("O/E - Diastolic BP reading", {2026: 7}),
    "22A..": ("O/E - weight", {2026: 7}),
    "H33..": ("Asthma", {2026: 7}),
    "H05z.": ("Upper respiratory infection NOS", {2026: 7}),
    "G20..": ("Essential hypertension", {2026: 7}),
    "1BT..": ("Low mood", {2026: 7}),
    "M111.": ("Atopic dermatitis", {2026: 7}),
    "K190.": ("Urinary tract infection", {2026: 7}),
    "B10..": ("Irritable bowel", {2026: 7}),
    "C10F.": ("Type 2 diabetes mellitus", {2026: 7}),
    "137L.": ("Current non-smoker", {2026: 7}),
    "=1+1.": ("=HYPERLINK(osteoarthritis)", {2026: 2}),
}
ISSUES = {
    "djA1.": ("TRAMADOL HCL 50mg capsules", "tramadol hydrochloride", "040702040AAAAAA", 9),
    "djA2.": ("TRAMADOL HCL 100mg capsules", "tramadol hydrochloride", "040702040AAABAB", 3),
    "di21.": ("PARACETAMOL 500mg tablets", "paracetamol", "0407010H0AAAMAM", 14),
    "dia1.": ("TRACODOL tablets", "paracetamol / tramadol hydrochloride", "", 6),
    "a6b1.": ("OMEPRAZOLE 20mg e/c capsules", "omeprazole", "0103050P0AAAAAA", 12),
}
OTHER_NAME = "ZAMADOL 50mg capsules"  # of the same code
NAME_ONLY = "Ointment for somebody"


def rows() -> list[tuple[str, str, str, str]]:
    """patient, date, code, term of each event; every third patient has a second row that year."""
    found = []
    for code, (term, years) in EVENTS.items():
        for year, patients in years.items():
            for n in range(patients):
                day = f"{year}-03-{n + 1:02}" if year else ""
                found += [(f"P{n:02}", day, code, term)] * (2 if n % 3 == 2 else 1)
    return found


def write_extract(folder: Path) -> Path:
    """The extract in the `standard` profile."""
    folder.mkdir(parents=True)
    people = [[f"P{n:02}", "X", "F", "1980-01-01", "", "2000-01-01", ""] for n in range(30)]
    _write(folder / "patients.csv", PATIENT_HEADER, people)
    events = [[who, day, "read_v2", code, term] for who, day, code, term in rows()]
    _write(folder / "events.csv", "patient_id,date,system,code,term", events)
    issues = [
        [f"P{n:02}", "2026-05-05", "read_v2", code, term, substance, bnf]
        for code, (term, substance, bnf, patients) in ISSUES.items()
        for n in range(patients)
    ]
    issues.append(["P01", "2026-05-05", "", "", NAME_ONLY, "", ""])
    issues.append(["P02", "2026-05-06", "read_v2", "djA1.", OTHER_NAME, "", ""])
    _write(folder / "medicines.csv", "patient_id,date,system,code,term,substance,bnf", issues)
    return folder


def made_store(folder: Path) -> Store:
    """The store of it."""
    ingest(
        write_extract(folder / "extract"),
        profile="standard",
        extract_date=ON,
        out=folder / "store",
    )
    return open_store(folder / "store")


def counted() -> dict[tuple[str, str], tuple[int, int]]:
    """Patients and rows by (code, year), counted from the written rows; the whole is year `all`."""
    found = defaultdict(list)
    for who, day, code, _ in rows():
        found[code, day[:4] or "undated"].append(who)
        found[code, "all"].append(who)
    return {place: (len(set(who)), len(who)) for place, who in found.items()}


def _write(path: Path, header: str, cells: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(cells)
