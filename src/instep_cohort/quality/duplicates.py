"""Rows with the patient, the date and the code of another."""

from __future__ import annotations

from instep_cohort.quality.opened import RECORDS, Opened
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Seen

_RULES = {"events": "duplicate-event", "medicines": "duplicate-issue"}
_SORTED = ("code_key", "patient_key", "day")


def look_for_duplicates(store: Opened) -> Seen:
    """How many rows repeat the patient, date and code of the row before, by practice and table.

    Undated rows repeat nothing: nobody knows whether they are of one day.
    """
    # A store is sorted by code, patient and day, so that what repeats stands together: an empty
    # OVER goes through the rows in the order of the file, and nothing is held.
    before = ", ".join(f"lag({name}) OVER () AS before_{name}" for name in _SORTED)
    same = " AND ".join(f"{name} = before_{name}" for name in _SORTED)
    findings = []
    for table in RECORDS:
        counted = store.rows(
            f"SELECT practice, count(*) FROM (SELECT {', '.join(_SORTED)}, {before} FROM "
            f"{store.read(table)}) JOIN people USING (patient_key) "
            f"JOIN practices USING (practice_no) WHERE {same} GROUP BY ALL ORDER BY ALL"
        )
        whole = dict(
            store.rows(
                "SELECT practice, CAST(sum(rows) AS BIGINT) FROM counted "
                f"JOIN practices USING (practice_no) WHERE record = '{table}' GROUP BY ALL"
            )
        )
        findings += [
            finding(_RULES[table], number, of=whole[practice], practice=practice, table=table)
            for practice, number in counted
        ]
    return Seen(findings)
