"""Patients: births, sexes, deaths, and those who are never invited."""

from __future__ import annotations

from instep_cohort.quality.opened import Opened
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Finding, Seen, Table, Unit
from instep_cohort.terminology.spreadsheet_numbers import is_number

_OLDEST = 110  # years
_YEAR = 365.25  # days

_COUNTS = {
    "born_day": "birth_precision = 'day'",
    "born_month": "birth_precision = 'month'",
    "born_year": "birth_precision = 'year'",
    "born_unknown": "birth_day IS NULL",
    "dead": "death_day IS NOT NULL",
    "sex_unknown": "sex = 'U'",
    "test": "is_test",
    "confidential": "is_confidential",
    "old": f"death_day IS NULL AND extract_day - birth_day > {_OLDEST * _YEAR}",
}


def look_at_people(store: Opened) -> Seen:
    """Patients by practice: how well their births are known, and whom nobody invites."""
    counts = ", ".join(f"count(*) FILTER (WHERE {rule})" for rule in _COUNTS.values())
    counted = store.rows(
        f"SELECT practice, count(*), {counts} FROM people JOIN practices USING (practice_no) "
        "GROUP BY ALL ORDER BY practice"
    )
    findings: list[Finding] = []
    for practice, patients, *numbers in counted:
        of = dict(zip(_COUNTS, numbers, strict=True))
        said = {
            "birth-imprecise": of["born_month"] + of["born_year"],
            "age-unlikely": of["old"],
            "test-patient": of["test"],
            "confidential": of["confidential"],
        }
        findings += [
            finding(rule, number, of=patients, unit=Unit.PATIENTS, practice=practice)
            for rule, number in said.items()
            if number
        ]
    header = (
        *("practice", "patients", "born on a day", "in a month", "in a year", "birth unknown"),
        *("dead", "sex unknown", "test", "confidential"),
    )
    table = Table(
        "patients_by_practice",
        "patients of each practice, and how well their births are known",
        header,
        [row[: len(header)] for row in counted],
    )
    return Seen([*findings, *_damaged_ids(store)], [table])


def _damaged_ids(store: Opened) -> list[Finding]:
    """Ids as a spreadsheet writes numbers: seen by their signs, each then looked at."""
    suspected = store.rows(
        f"SELECT patient_id FROM {store.read('patients')} "
        "WHERE contains(patient_id, '.') OR contains(lower(patient_id), 'e+')"
    )
    damaged = sum(is_number(one) for (one,) in suspected)
    if not damaged:
        return []
    return [finding("damaged-id", damaged, unit=Unit.PATIENTS, table="patients")]
