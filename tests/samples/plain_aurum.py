"""The sample synthetic-aurum read with csv, dates and words alone: no part of the package helps.

It answers by RULES.md what the study `any-pain-any-medicine` must find, and why everybody else is
left out.
"""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY.parent / "shared" / "samples"
SAMPLE = SAMPLES / "synthetic-aurum"
EXTRACT_DATE = date(2025, 1, 1)
NOT_HERE = "the samples are not beside this checkout (../shared/samples)"

STEPS = (
    *("alive", "registered", "age", "test", "confidential"),
    *("painful_condition", "pain_medicine", "palliative_care", "research_dissent", "type_1"),
)


@cache
def table(name: str) -> list[dict[str, str]]:
    """The rows of a file of the sample, all of them text."""
    with (SAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def selectors(codelist: str) -> list[dict[str, str]]:
    """The rows of the newest version of a shipped codelist, which the shipped studies pin."""
    versions = (REPOSITORY / "codelists" / codelist).glob("*.csv")
    path = max(versions, key=lambda file: tuple(map(int, file.stem.split("."))))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_of(text: str) -> date | None:
    """The day written dd/mm/yyyy; None where nothing is written."""
    if not text:
        return None
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


class Chosen(NamedTuple):
    """Why a code of the sample belongs to a list."""

    category: str
    matched_by: str


@cache
def clinical_codes(codelist: str) -> dict[str, Chosen]:
    """The medcodeids of a list: those whose SNOMED concept the list names, id by id."""
    concepts = {
        row["code"]: row["category"]
        for row in selectors(codelist)
        if row["system"] == "snomed_ct" and row["match"] == "exact"
    }
    return {
        row["medcodeid"]: Chosen(concepts[row["snomedctconceptid"]], "dictionary")
        for row in table("MedicalDictionary")
        if row["snomedctconceptid"] in concepts
    }


def words(text: str) -> list[str]:
    return re.findall("[a-z0-9]+", text.lower())


def holds_run(name: str, run: str) -> bool:
    """Whether the words of `run` stand side by side in the name."""
    wanted, there = words(run), words(name)
    return any(there[n : n + len(wanted)] == wanted for n in range(len(there)))


@cache
def products(codelist: str) -> dict[str, Chosen]:
    """The prodcodeids of a list: by dm+d id, else by a run of whole words, less the excluded."""
    rows = selectors(codelist)
    by_word: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["system"] == "product_name":
            by_word.setdefault(words(row["code"])[0], []).append(row)
    by_id: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["system"] == "dmd":
            by_id.setdefault(row["code"], []).append(row)
    found = {}
    for product in table("ProductDictionary"):
        name = product["productname"]
        named = [row for word in set(words(name)) for row in by_word.get(word, ())]
        met = by_id.get(product["dmdid"], []) + [r for r in named if holds_run(name, r["code"])]
        taken = [row for row in met if row["match"] == "exact"]
        if taken and len(taken) == len(met):
            by = "dictionary" if taken[0]["system"] == "dmd" else "product_name"
            [category] = {row["category"] for row in taken}
            found[product["prodcodeid"]] = Chosen(category, by)
    return found


class Row(NamedTuple):
    """A row that a measure may use; `used_by` names the measure."""

    patient_id: str
    used_by: str
    day: date
    code: str
    category: str
    matched_by: str


def _chosen(name: str, day: str, code: str, codes: Mapping[str, Chosen], by: str) -> Iterator[Row]:
    for row in table(name):
        if row[code] in codes:
            when = day_of(row[day])
            assert when is not None  # this sample has no undated row
            yield Row(row["patid"], by, when, row[code], *codes[row[code]])


@cache
def rows_of_interest() -> list[Row]:
    """Every row that one of the study's lists takes in, whatever its date."""
    lists = {"painful_code": "chronic-pain", "palliative": "palliative-care", "fit": "fit-notes"}
    found = [
        row
        for by, codelist in lists.items()
        for row in _chosen("Observation", "obsdate", "medcodeid", clinical_codes(codelist), by)
    ]
    for by, codelist in {"opioid": "opioids", "gabapentinoid": "gabapentinoids"}.items():
        found += _chosen("DrugIssue", "issuedate", "prodcodeid", products(codelist), by)
    return found


@dataclass(frozen=True)
class Search:
    """A search date and the parameters of the study."""

    on: date = EXTRACT_DATE
    age_min: int = 18
    age_max: int = 64
    pain_dates: int = 1
    issues: int = 1

    @property
    def overrides(self) -> dict[str, str]:
        names = ("age_min", "age_max", "pain_dates", "issues")
        return {name: str(getattr(self, name)) for name in names}


def births(patient: Mapping[str, str]) -> tuple[date, date]:
    """The first and last possible day of birth."""
    year, month = int(patient["yob"]), patient["mob"]
    first = date(year, int(month or 1), 1)
    last_month = int(month or 12)
    after = date(year + 1, 1, 1) if last_month == 12 else date(year, last_month + 1, 1)
    return first, after - timedelta(days=1)


def age_on(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _deaths(patient: Mapping[str, str]) -> list[date]:
    return [day for name in ("cprd_ddate", "emis_ddate") if (day := day_of(patient[name]))]


def used_rows(search: Search) -> list[Row]:
    """The rows of interest that a search may use: not after it, nor before birth or after death."""
    patients = {row["patid"]: row for row in table("Patient")}
    return [
        row
        for row in rows_of_interest()
        if row.day <= search.on
        and row.day >= births(patients[row.patient_id])[0]
        and all(row.day <= death for death in _deaths(patients[row.patient_id]))
    ]


def failed_steps(search: Search) -> dict[str, list[str]]:
    """For each patient the steps that they do not pass, in the order of the attrition."""
    dates: Counter[tuple[str, str]] = Counter()
    for patient_id, by, _ in {(row.patient_id, row.used_by, row.day) for row in used_rows(search)}:
        dates[patient_id, by] += 1
    found = {}
    for patient in table("Patient"):
        own = patient["patid"]
        passed = {
            **dict.fromkeys(STEPS, True),
            "alive": not _deaths(patient),  # a date of death is at the latest the extract date
            "registered": _is_registered(patient, search.on),
            "age": _is_of_age(patient, search),
            "painful_condition": dates[own, "painful_code"] >= search.pain_dates,
            "pain_medicine": search.issues
            <= max(dates[own, "opioid"], dates[own, "gabapentinoid"]),
            "palliative_care": dates[own, "palliative"] == 0,
        }
        found[own] = [step for step in STEPS if not passed[step]]
    return found


def _is_registered(patient: Mapping[str, str], on: date) -> bool:
    start, end = day_of(patient["regstartdate"]), day_of(patient["regenddate"])
    regular = patient["patienttypeid"] == "3"
    return regular and start is not None and start <= on and (end is None or end > on)


def _is_of_age(patient: Mapping[str, str], search: Search) -> bool:
    first, last = births(patient)
    days = range(first.toordinal(), min(last, search.on).toordinal() + 1)
    ages = {age_on(date.fromordinal(day), search.on) for day in days}
    return any(search.age_min <= age <= search.age_max for age in ages)


def attrition(failed: Collection[list[str]]) -> list[tuple[str, int, int, int, int]]:
    """step, before, dropped, after, gained_if_removed, from everybody's failed steps."""
    rows, before = [], len(failed)
    for step in STEPS:
        dropped = sum(steps[:1] == [step] for steps in failed)
        gained = sum(steps == [step] for steps in failed)
        rows.append((step, before, dropped, before - dropped, gained))
        before -= dropped
    return rows
