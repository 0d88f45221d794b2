"""Registrations: from when to when somebody belongs to a practice, and as what."""

from __future__ import annotations

from instep_cohort.extracts import dates
from instep_cohort.extracts.quarantine import NO_PATIENT_ID, UNKNOWN_PATIENT
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import literal

UNREADABLE_END = "end of the registration is unreadable"


def read_registrations(sources: Sources) -> None:
    """Makes ``registrations`` of the store, after the patients.

    A table of registrations is complete where the extract has one; else each patient's row carries
    one. An end that cannot be read may be long past, so such a registration is not stored. A start
    known to a month or year is taken at its latest, an end at its earliest.
    """
    given = sources.profile.registrations
    if given is not None and sources.of(given.source):
        source = given.source
        columns = {
            "patient_id": given.patient_id,
            "practice_id": given.practice_id,
            "start_date": given.start,
            "end_date": given.end,
            "kind": given.kind,
        }
        sources.stage("registration_source", source, columns)
    else:
        source = sources.profile.patients.source
        sources.connection.execute(
            "CREATE TABLE registration_source AS SELECT file, record, patient_id, practice_id, "
            "start_date, end_date, kind FROM patient_rows WHERE status IS NULL"
        )
    _parse(sources)
    if source != sources.profile.patients.source:
        sources.set_rows_apart("registration_rows", source, ("patient_id",))
    _make_registrations(sources, source)
    _count_findings(sources)


def _parse(sources: Sources) -> None:
    style = sources.profile.dates
    start = f"coalesce({dates.day('start_date', style)}, {dates.latest('start_date', style)})"
    end = f"coalesce({dates.day('end_date', style)}, {dates.earliest('end_date', style)})"
    sources.connection.execute(
        "CREATE TABLE registration_rows AS SELECT s.* EXCLUDE (practice_id, kind), "
        "coalesce(s.practice_id, p.practice_id) AS practice_id, lower(s.kind) AS kind, "
        f"patient_key, {start} AS start_day, {end} AS end_day, "
        f"CASE WHEN s.patient_id IS NULL THEN {literal(NO_PATIENT_ID)} "
        f"WHEN patient_key IS NULL THEN {literal(UNKNOWN_PATIENT)} "
        f"WHEN end_date IS NOT NULL AND {end} IS NULL THEN {literal(UNREADABLE_END)} END AS status "
        "FROM registration_source s LEFT JOIN patients p ON p.patient_id = s.patient_id"
    )


def _make_registrations(sources: Sources, source: str) -> None:
    sources.connection.execute(
        "CREATE TABLE registrations AS SELECT patient_key, practice_id, start_day, end_day, "
        "CASE WHEN kind IN ('regular', 'temporary') THEN kind ELSE 'other' END AS kind, "
        f"{literal(source)} AS source FROM registration_rows WHERE status IS NULL"
    )


def _count_findings(sources: Sources) -> None:
    style = sources.profile.dates
    rules = {
        "no start": "start_date IS NULL",
        "start unreadable: taken as missing": "start_date IS NOT NULL AND start_day IS NULL",
        "start partial: its last possible day is taken": (
            f"({dates.latest('start_date', style)}) IS NOT NULL"
        ),
        "end partial: its first possible day is taken": (
            f"({dates.earliest('end_date', style)}) IS NOT NULL"
        ),
        "ends before it starts": "end_day < start_day",
        "kind missing: taken as other": "kind IS NULL",
        "kind of unknown meaning: taken as other": "kind NOT IN ('regular', 'temporary', 'other')",
    }
    sources.count_findings("registrations", "registration_rows WHERE status IS NULL", rules)
    without = {f"{UNREADABLE_END}: not stored": f"status = {literal(UNREADABLE_END)}"}
    sources.count_findings("registrations", "registration_rows", without)
    none = {"no registration": "patient_key NOT IN (SELECT patient_key FROM registrations)"}
    sources.count_findings("patients", "patients", none)
