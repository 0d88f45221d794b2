"""A practice of twenty people, each of whom meets or misses one step, and what must come out.

Every patient_id has ZQ in it, and every term OWNWORDS: a message that carries either has leaked.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from generative.to_standard import write_codelists
from instep_cohort.extracts import ingest

ON = date(2026, 11, 1)

STUDY = """\
study: small
version: 1.0.0
title: A small study
codelists: {aches: 1.0.0, palliative: 1.0.0, pills: 1.0.0, notes: 1.0.0, jobs: 1.0.0, wishes: 1.0.0}
parameters:
  issues: {value: 2, source: a paper}
  window: {value: 182 days, source: another paper}
population:
  age: {min: 18, max: 64}
measures:
  ache: {events: aches, category: [back, hip], within: 2 years}
  pills_taken: {medicines: pills, within: $window, at_least: $issues}
  dying: {events: palliative, within: 5 years}
include:
  pain: ache
  medicine: pills_taken
exclude:
  palliative_care: dying
opt_outs: {events: wishes}
flags:
  sickness: {fit_notes: notes, within: 12 months}
  work: {work_status: jobs}
settled_elsewhere: {wants_to_work: patient at contact}
"""

LISTS = {
    "aches": {"AC1..": {"back"}, "AC2..": {"hip"}, "AC3..": {"head"}},
    "palliative": {"PL1..": {"care"}},
    "pills": {"PI1..": {"strong"}, "PI2..": {"weak"}},
    "notes": {"NO1..": {"not_fit"}, "NO2..": {"may_be_fit"}, "NO3..": {"length_days"}},
    "jobs": {"JO1..": {"out_of_work"}, "JO2..": {"in_work"}},
    "wishes": {
        "WI1..": {"research_dissent"},
        "WI2..": {"research_withdrawn"},
        "WI3..": {"type_1_dissent"},
        "WI4..": {"type_1_withdrawn"},
        "WI5..": {"caution"},
    },
}

# patient_id, practice_id, sex, birth, death, registration end, test, confidential
PATIENTS = """\
00ZQ01,0P1,F,1980-06-15,,,,
00ZQ02,0P1,M,1961-11-02,,,,
00ZQ03,0P1,F,1979-03,,,,
00ZQ04,0P1,U,2008-11-01,,,,
=ZQ05+1,@0P2,M,1980-06-15,,,,
+ZQ06,0P1,F,1980-06-15,,,,
-ZQ07,0P1,F,1980-06-15,,,,
@ZQ08,0P1,F,1980-06-15,,,,
00ZQ11,0P1,F,1980-06-15,2026-10-31,,,
00ZQ12,0P1,F,1980-06-15,,2026-06-30,,
00ZQ13,0P1,F,1961-11-01,,,,
00ZQ14,0P1,F,1980-06-15,,,true,
00ZQ15,0P1,F,1980-06-15,,,,true
00ZQ16,0P1,F,1980-06-15,,,,
00ZQ17,0P1,F,1980-06-15,,,,
00ZQ18,0P1,F,1980-06-15,,,,
00ZQ19,0P1,F,1980-06-15,,,,
00ZQ20,0P1,F,1980-06-15,,,,
00ZQ21,0P1,F,1980-06-15,,,,
00ZQ22,0P1,F,1980-06-15,,,,
"""
EVERYBODY = [line.split(",")[0] for line in PATIENTS.splitlines()]

# whoever is not named here has one back ache and two issues
OTHER_ACHES = {
    "00ZQ02": [("2026-05-10", "AC2.."), ("2026-06-11", "AC2.."), ("2026-06-11", "AC3..")],
    "=ZQ05+1": [("2026-05-10", "AC2..")],
    "00ZQ16": [("2026-05-10", "AC3.."), ("2024-10-31", "AC1..")],
}
OTHER_ISSUES = {"00ZQ17": [("2026-08-01", "PI1.."), ("2026-08-01", "PI2..")]}

# patient_id, date, code, value, unit
OTHER_EVENTS = """\
00ZQ01,2026-10-20,NO1..,28,days
00ZQ02,2026-09-15,JO1..,,
00ZQ02,2026-04-01,NO2..,,
00ZQ03,2026-10-01,JO2..,,
00ZQ03,2027-01-01,WI5..,,
00ZQ04,,PL1..,,
00ZQ18,2026-02-02,PL1..,,
00ZQ19,2020-01-01,WI1..,,
00ZQ20,2018-01-01,WI4..,,
00ZQ20,2019-01-01,WI3..,,
00ZQ22,2020-01-01,WI1..,,
00ZQ22,2026-02-02,PL1..,,
"""
TERMS = {"AC2..": "=SUM(OWNWORDS)", "JO1..": "@OWNWORDS", "WI5..": "+OWNWORDS"}

OPT_OUTS = """\
patient_id,kind,recorded_on
00ZQ21,research,2026-09-01
00ZQ04,national,
00ZQ99,type_1,
"""

# step, kind, before, dropped, after, gained_if_removed
ATTRITION = [
    ("alive", "population", 20, 1, 19, 1),
    ("registered", "population", 19, 1, 18, 1),
    ("age", "population", 18, 1, 17, 1),
    ("test", "population", 17, 1, 16, 1),
    ("confidential", "population", 16, 1, 15, 1),
    ("pain", "include", 15, 1, 14, 1),
    ("medicine", "include", 14, 1, 13, 1),
    ("palliative_care", "exclude", 13, 2, 11, 1),  # of the two, 00ZQ22 also dissents
    ("research_dissent", "opt_out", 11, 1, 10, 1),
    ("type_1", "opt_out", 10, 1, 9, 1),
    ("practice_list", "opt_out", 9, 1, 8, 1),
]
CANDIDATES = ["+ZQ06", "-ZQ07", "00ZQ01", "00ZQ02", "00ZQ03", "00ZQ04", "=ZQ05+1", "@ZQ08"]
TIERS = {"A": 1, "B": 1, "C": 5, "X": 1}
DROPPED_AT = {
    **dict.fromkeys(CANDIDATES, ""),
    "00ZQ16": "pain",
    "00ZQ17": "medicine",
    "00ZQ18": "palliative_care",
    "00ZQ19": "research_dissent",
    "00ZQ20": "type_1",
    "00ZQ21": "practice_list",
    "00ZQ22": "palliative_care",
}


class Practice(NamedTuple):
    """Where everything of the practice is; tests only read it."""

    extract: Path
    codelists: Path
    study: Path
    opt_outs: Path
    store: Path


def ingested(folder: Path) -> Practice:
    """Writes the practice into a folder and makes its store."""
    practice = write_practice(folder)
    ingest(practice.extract, profile="standard", extract_date=ON, out=practice.store)
    return practice


def write_practice(folder: Path) -> Practice:
    """Writes extract, codelists, study and opt-out list; the store is where ingest may put it."""
    practice = Practice(
        folder / "extract",
        folder / "codelists",
        folder / "small.yaml",
        folder / "opt-outs.csv",
        folder / "store",
    )
    write_extract(practice.extract)
    write_lists(practice.codelists)
    practice.study.write_text(STUDY, encoding="utf-8")
    practice.opt_outs.write_text(OPT_OUTS, encoding="utf-8")
    return practice


def write_lists(folder: Path, **others: dict[str, set[str]]) -> None:
    """Writes the codelists, some of them with other codes."""
    lists = LISTS | others
    categories = {name: sorted(set().union(*codes.values())) for name, codes in lists.items()}
    kinds = {name: "medicine" if name == "pills" else "clinical" for name in lists}
    write_codelists(lists, categories, kinds, folder)


def write_extract(folder: Path, patients: str = PATIENTS) -> None:
    """Writes the extract in the `standard` profile."""
    folder.mkdir(parents=True)
    people = [line.split(",") for line in patients.splitlines()]
    _write(
        folder / "patients.csv",
        "patient_id,practice_id,sex,birth_date,death_date,registration_start,registration_end,"
        "is_test,is_confidential",
        [[*one[:5], "2010-01-01", *one[5:]] for one in people],
    )
    aches = {who: OTHER_ACHES.get(who, [("2026-05-10", "AC1..")]) for who in EVERYBODY}
    rows = [[who, when, code, "", ""] for who in EVERYBODY for when, code in aches[who]]
    rows += [line.split(",") for line in OTHER_EVENTS.splitlines()]
    _write(
        folder / "events.csv",
        "patient_id,date,system,code,term,value,unit",
        [
            [who, when, "read_v2", code, TERMS.get(code, f"OWNWORDS {code[:3]}"), *rest]
            for who, when, code, *rest in rows
        ],
    )
    two = [("2026-08-01", "PI1.."), ("2026-09-01", "PI2..")]
    _write(
        folder / "medicines.csv",
        "patient_id,date,system,code,term,quantity",
        [
            [who, when, "read_v2", code, f"OWNWORDS {code[:3]}", "28"]
            for who in EVERYBODY
            for when, code in OTHER_ISSUES.get(who, two)
        ],
    )


def _write(path: Path, header: str, rows: list[list[str]]) -> None:
    lines = [header, *(",".join(row) for row in rows)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder below a folder, with the bytes of the files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
