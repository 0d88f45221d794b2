"""Registrations: those that overlap, run backwards, lie in the future, or are not there."""

from __future__ import annotations

from instep_cohort.quality.opened import NO_PRACTICE, Opened
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Finding, Seen, Unit

_ROWS = {
    "registration-backwards": "end_day < start_day",
    "registration-future": "start_day > extract_day",
    "registration-after-death": "death_day < extract_day AND end_day IS NULL",
    "not-regular": "kind <> 'regular'",
}
#: On the day of the extract; as a study asks it, an end on that day is over.
CURRENT = (
    "kind = 'regular' AND start_day <= extract_day AND (end_day IS NULL OR end_day > extract_day)"
)


def look_at_registrations(store: Opened) -> Seen:
    """What is odd about registrations, by the practice of the patient."""
    _join(store)
    return Seen([*_odd_rows(store), *_odd_people(store), *_nobody(store)])


def _join(store: Opened) -> None:
    store.rows(
        "CREATE TABLE registered AS SELECT r.patient_key, r.practice_id, r.start_day, r.end_day, "
        "r.kind, p.practice_no, p.practice_id AS own_practice, p.extract_day, p.death_day, "
        f"p.is_test FROM {store.read('registrations')} r JOIN people p USING (patient_key)"
    )


def _odd_rows(store: Opened) -> list[Finding]:
    counts = ", ".join(f"count(*) FILTER (WHERE {rule})" for rule in _ROWS.values())
    counted = store.rows(
        f"SELECT practice, count(*), {counts} FROM registered JOIN practices USING (practice_no) "
        "GROUP BY ALL ORDER BY practice"
    )
    return [
        finding(
            rule,
            number,
            of=rows,
            unit=Unit.REGISTRATIONS,
            practice=practice,
            table="registrations",
        )
        for practice, rows, *numbers in counted
        for rule, number in zip(_ROWS, numbers, strict=True)
        if number
    ]


def _odd_people(store: Opened) -> list[Finding]:
    patients = dict(store.rows("SELECT practice_no, count(*) FROM people GROUP BY ALL"))
    # an end on the day of the next start touches; it overlaps from the day before on
    before = (
        "max(coalesce(end_day, 2147483647)) OVER (PARTITION BY patient_key, practice_id, kind "
        "ORDER BY start_day, end_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    queries = {
        "registration-overlap": (
            "SELECT practice_no, count(DISTINCT patient_key) FROM (SELECT practice_no, "
            f"patient_key, start_day, {before} AS latest FROM registered "
            "WHERE start_day IS NOT NULL AND (end_day IS NULL OR end_day >= start_day)) "
            "WHERE start_day < latest GROUP BY ALL"
        ),
        "registration-several": (
            "SELECT practice_no, count(*) FROM (SELECT practice_no, patient_key FROM registered "
            f"WHERE {CURRENT} GROUP BY ALL HAVING count(DISTINCT practice_id) > 1) GROUP BY ALL"
        ),
        "registration-none": (
            "SELECT practice_no, count(*) FROM people ANTI JOIN registered USING (patient_key) "
            "GROUP BY ALL"
        ),
    }
    names = store.practices
    return [
        finding(
            rule,
            number,
            of=patients[practice],
            unit=Unit.PATIENTS,
            practice=names[practice],
            table="registrations",
        )
        for rule, query in queries.items()
        for practice, number in sorted(store.rows(query))
    ]


def _nobody(store: Opened) -> list[Finding]:
    """Practices of which nobody is registered on the day of the extract."""
    lists = list_sizes(store)
    patients = dict(
        store.rows(
            "SELECT practice, count(*) FROM people JOIN practices USING (practice_no) GROUP BY ALL"
        )
    )
    return [
        finding(
            "registered-nobody",
            patients[practice],
            of=patients[practice],
            unit=Unit.PATIENTS,
            practice=practice,
            table="registrations",
        )
        for practice, size in lists.items()
        # people of no practice are told by another rule, where there are practices at all
        if not size and (practice != NO_PRACTICE or len(lists) == 1)
    ]


def list_sizes(store: Opened) -> dict[str, int]:
    """The list of each practice on the day of the extract: alive, no test, regular, here."""
    return dict(
        store.rows(
            "SELECT practice, count(DISTINCT patient_key) FILTER (WHERE "
            f"{CURRENT} AND own_practice = r.practice_id AND NOT is_test "
            "AND (death_day IS NULL OR death_day > r.extract_day)) FROM practices "
            "LEFT JOIN registered r USING (practice_no) GROUP BY ALL ORDER BY practice"
        )
    )
