"""Registrations: from when to when somebody belongs to a practice, and as what."""

from __future__ import annotations

from datetime import date

from instep_cohort.extracts import dates
from instep_cohort.extracts.patients import MARKER
from instep_cohort.extracts.quarantine import NO_PATIENT_ID, UNKNOWN_PATIENT, UNREADABLE_END
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import literal
from instep_cohort.extracts.staging import set_rows_apart, stage

_STORED = "registration_rows WHERE status IS NULL AND left_out IS NULL"


def read_registrations(sources: Sources, extract_date: date) -> None:
    """Makes ``registrations`` of the store, after the patients.

    A table of registrations is complete where the extract has one; else each patient's row carries
    one. An end that cannot be read may be long past, so such a registration is not stored. A start
    known to a month or year is taken at its latest, an end at its earliest.

    Where the table names the practice (`RegistrationMap.names_practice`), a patient without one
    belongs to that of the registration that is open on the extract date, regular before others; of
    several, that began last; then the first practice in order. Where none is open, likewise of all.
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
        stage(sources, "registration_source", source, columns, skips=given.skips, joins=given.joins)
    else:
        source = sources.profile.patients.source
        sources.connection.execute(
            "CREATE TABLE registration_source AS SELECT file, record, patient_id, practice_id, "
            "start_date, end_date, kind, left_out FROM patient_rows "
            "WHERE status IS NULL AND left_out IS NULL"
        )
    _count_markers(sources, source)
    _parse(sources, source, extract_date)
    if given is not None and source == given.source:
        held = ("patient_id",) if sources.profile.table(source).cell(given.patient_id) else ()
        set_rows_apart(sources, "registration_rows", source, held)
    _make_registrations(sources, source)
    if given is not None and given.names_practice:
        _name_practices(sources, extract_date)
    _count_findings(sources, source)


def _count_markers(sources: Sources, source: str) -> None:
    style = sources.profile.dates_of(source)
    for iso, meaning in sources.profile.markers.items():
        rules = {
            MARKER.format(words, iso, meaning): f"({dates.marker(name, [iso], style)}) IS NOT NULL"
            for words, name in (("start", "start_date"), ("end", "end_date"))
        }
        rows = "registration_source WHERE left_out IS NULL"
        sources.count_findings("registrations", rows, rules)


def _parse(sources: Sources, source: str, extract_date: date) -> None:
    style, markers = sources.profile.dates_of(source), tuple(sources.profile.markers)
    start = f"coalesce({dates.day('start_date', style)}, {dates.latest('start_date', style)})"
    end = f"coalesce({dates.day('end_date', style)}, {dates.earliest('end_date', style)})"
    starts = dates.without_markers("start_date", markers, style)
    ends = dates.open_end("end_date", markers, style, extract_date)
    people = (
        "CASE WHEN p.patient_key IS NULL THEN o.reason END"
        if sources.has_left_out
        else "CAST(NULL AS VARCHAR)"
    )
    also = "LEFT JOIN people_left_out o ON o.patient_id = s.patient_id"
    sources.connection.execute(
        "CREATE TABLE registration_rows AS SELECT s.* EXCLUDE (practice_id, kind, left_out), "
        f"coalesce(s.left_out, {people}) AS left_out, "
        "coalesce(s.practice_id, p.practice_id) AS practice_id, lower(s.kind) AS kind, "
        f"patient_key, {start} AS start_day, {end} AS end_day, "
        f"CASE WHEN s.patient_id IS NULL THEN {literal(NO_PATIENT_ID)} "
        f"WHEN patient_key IS NULL THEN {literal(UNKNOWN_PATIENT)} "
        f"WHEN end_date IS NOT NULL AND {end} IS NULL THEN {literal(UNREADABLE_END)} END AS status "
        f"FROM (SELECT * REPLACE ({starts} AS start_date, {ends} AS end_date) "
        "FROM registration_source) s LEFT JOIN patients p ON p.patient_id = s.patient_id "
        f"{also if sources.has_left_out else ''}"
    )


def _make_registrations(sources: Sources, source: str) -> None:
    sources.connection.execute(
        "CREATE TABLE registrations AS SELECT patient_key, practice_id, start_day, end_day, "
        "CASE WHEN kind IN ('regular', 'temporary') THEN kind ELSE 'other' END AS kind, "
        f"{literal(source)} AS source FROM {_STORED}"
    )


def _name_practices(sources: Sources, extract_date: date) -> None:
    is_open = f"coalesce(end_day > {dates.days_since_epoch(extract_date)}, true)"
    sources.connection.execute(
        "UPDATE patients SET practice_id = theirs.practice FROM (SELECT patient_key, "
        f"first(practice_id ORDER BY {is_open} DESC, kind = 'regular' DESC, "
        "start_day DESC NULLS LAST, practice_id) AS practice "
        "FROM registrations WHERE practice_id IS NOT NULL GROUP BY ALL) theirs "
        "WHERE theirs.patient_key = patients.patient_key AND patients.practice_id IS NULL"
    )
    nowhere = {"no practice_id": "practice_id IS NULL"}
    sources.count_findings("patients", "patients", nowhere)


def _count_findings(sources: Sources, source: str) -> None:
    style = sources.profile.dates_of(source)
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
    sources.count_findings("registrations", _STORED, rules)
    without = {f"{UNREADABLE_END}: not stored": f"status = {literal(UNREADABLE_END)}"}
    sources.count_findings("registrations", "registration_rows WHERE left_out IS NULL", without)
    none = {"no registration": "patient_key NOT IN (SELECT patient_key FROM registrations)"}
    sources.count_findings("patients", "patients", none)
