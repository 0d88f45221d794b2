"""Patients: who they are, when they were born, and whether they are dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import dates
from instep_cohort.extracts.quarantine import NO_PATIENT_ID
from instep_cohort.extracts.snapshots import REPLACED
from instep_cohort.extracts.source_tables import DateStyles
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import any_of, literal
from instep_cohort.extracts.staging import set_rows_apart, stage

OLDEST_BIRTH_YEAR = 1875  # the OHDSI mappings of CPRD GOLD and Aurum reject earlier years

_TRUE = ("true", "1", "y")
_FALSE = ("false", "0", "n")
_FLAGS = ("is_test", "is_confidential")
_SHOWN = 5

MARKER = "{} is the marker {} ({}): taken as missing"
LEFT_OUT = "patient left out: "
COPY = "copy of an earlier row of the patient"


def read_patients(sources: Sources, extract_date: date) -> None:
    """Makes ``patient_rows``, one row for each row of the source, and ``patients`` of the store.

    Also ``people_left_out``, patient_id and reason, where people are left out on purpose.

    Raises:
        ExtractError: there is no patient, or a patient_id stands there twice.
    """
    m, profile = sources.profile.patients, sources.profile
    style, markers = profile.dates_of(m.source), tuple(profile.markers)
    deaths = {f"death_{place}": text for place, text in enumerate(m.deaths)}
    columns = {
        "patient_id": m.patient_id,
        "practice_id": m.practice_id,
        "sex": m.sex,
        "birth": m.birth,
        "birth_precision": f"lower({m.birth_precision})",
        **deaths,
        "start_date": m.start,
        "end_date": m.end,
        "kind": m.registration_kind,
        "is_test": f"lower({m.is_test})",
        "is_confidential": f"lower({m.is_confidential})",
        **{_remark(place): f"({rule}) IS TRUE" for place, rule in enumerate(m.remarks.values())},
    }
    stage(sources, "patient_source", m.source, columns, skips=m.skips, joins=m.joins)
    if m.copies_count_once:
        _leave_copies_out(sources, list(columns))
    _refuse_repeated(sources)
    _count_markers(sources, list(deaths))
    extract_day = dates.days_since_epoch(extract_date)
    read = {name: dates.open_end(name, markers, style, extract_date) for name in deaths}
    read["birth"] = dates.without_markers("birth", markers, m.birth_dates)
    replaced = ", ".join(f"{text} AS {name}" for name, text in read.items())
    sources.connection.execute(
        f"CREATE TABLE patient_rows AS SELECT *, {_status()} AS status, {_birth(extract_day)}, "
        f"{_death(list(deaths), style, extract_day)} FROM (SELECT *, {_birth_text(m.birth_dates)} "
        f"FROM (SELECT * REPLACE ({replaced}) FROM patient_source))"
    )
    held = ("patient_id",) if profile.table(m.source).cell(m.patient_id) else ()
    set_rows_apart(sources, "patient_rows", m.source, held)
    _make_patients(sources)
    _set_people_apart(sources)
    _count_findings(sources, deaths, extract_day)
    _check_practices(sources)


def _remark(place: int) -> str:
    return f"remark_{place}"


def _status() -> str:
    flags = " ".join(
        f"WHEN {flag} IS NOT NULL AND NOT {any_of(flag, (*_TRUE, *_FALSE))} "
        f"THEN {literal(f'{flag} is neither true nor false')}"
        for flag in _FLAGS
    )
    return f"CASE WHEN patient_id IS NULL THEN {literal(NO_PATIENT_ID)} {flags} END"


def _birth_text(style: DateStyles) -> str:
    """``first_birth``, the first day that the text allows, and how precise the text is."""
    full, rest = dates.day("birth", style), dates.precision("birth", style)
    return (
        f"coalesce({full}, {dates.earliest('birth', style)}) AS first_birth, "
        f"CASE WHEN {full} IS NOT NULL THEN 'day' ELSE {rest} END AS known"
    )


def _birth(extract_day: int) -> str:
    """``birth_day`` and ``believed``: the coarser of what is written and what may be believed.

    A word for the precision that nobody knows makes it a year, the widest range.
    """
    given = (
        f"CASE WHEN birth_precision IS NULL THEN 'day' "
        f"WHEN {any_of('birth_precision', ('day', 'month'))} THEN birth_precision ELSE 'year' END"
    )
    believed = (
        f"CASE WHEN 'year' IN (known, {given}) THEN 'year' "
        f"WHEN 'month' IN (known, {given}) THEN 'month' ELSE 'day' END"
    )
    oldest = dates.days_since_epoch(date(OLDEST_BIRTH_YEAR, 1, 1))
    possible = f"first_birth BETWEEN {oldest} AND {extract_day}"
    first = f"date_trunc({believed}, DATE '1970-01-01' + first_birth)"
    return (
        f"CASE WHEN {possible} THEN CAST(CAST({first} AS DATE) - DATE '1970-01-01' AS INTEGER) END "
        f"AS birth_day, CASE WHEN {possible} THEN {believed} END AS believed"
    )


def _death(columns: Sequence[str], style: DateStyles, extract_day: int) -> str:
    """``death_day``: the earliest that any of the dates allows, at the latest the extract date.

    Whoever has a date of death is dead, whatever the date says.
    """
    days = [
        f"CASE WHEN {text} IS NOT NULL THEN "
        f"coalesce({dates.day(text, style)}, {dates.earliest(text, style)}, {extract_day}) END"
        for text in columns
    ]
    return (
        f"CASE WHEN coalesce({', '.join(columns)}) IS NOT NULL "
        f"THEN least({', '.join(days)}, {extract_day}) END AS death_day"
    )


def _refuse_repeated(sources: Sources) -> None:
    repeated = sources.connection.execute(
        "SELECT list((file, record) ORDER BY file, record)[:2] FROM patient_source SEMI JOIN "
        "(SELECT patient_id FROM patient_source WHERE left_out IS NULL GROUP BY ALL "
        "HAVING count(*) > 1) USING (patient_id) WHERE left_out IS NULL "
        "GROUP BY patient_id ORDER BY 1"
    ).fetchall()
    if not repeated:
        return
    places = [
        " and ".join(f"{sources[n].name}:{sources.lines_of(n, [record])[0]}" for n, record in rows)
        for (rows,) in repeated[:_SHOWN]
    ]
    more = f"; and {len(repeated) - _SHOWN} more" if len(repeated) > _SHOWN else ""
    raise ExtractError(
        f"a patient_id is there more than once, on lines {'; '.join(places)}{more}. Each patient "
        "has one row"
    )


def _leave_copies_out(sources: Sources, columns: Sequence[str]) -> None:
    """Leaves out each row that says of its patient what an earlier row has said."""
    sources.connection.execute(
        f"UPDATE patient_source SET left_out = {literal(COPY)} FROM (SELECT file, record, "
        f"row_number() OVER (PARTITION BY {', '.join(columns)} ORDER BY file, record) AS place "
        "FROM patient_source WHERE left_out IS NULL AND patient_id IS NOT NULL) again "
        "WHERE again.place > 1 AND again.file = patient_source.file "
        "AND again.record = patient_source.record"
    )


def _make_patients(sources: Sources) -> None:
    flags = ", ".join(f"coalesce({any_of(flag, _TRUE)}, false) AS {flag}" for flag in _FLAGS)
    sources.connection.execute(
        "CREATE TABLE patients AS SELECT "
        "CAST(row_number() OVER (ORDER BY patient_id) - 1 AS INTEGER) AS patient_key, "
        "patient_id, practice_id, "
        "CASE WHEN sex IN ('F', 'M', 'I') THEN sex ELSE 'U' END AS sex, "
        f"birth_day, believed AS birth_precision, death_day, {flags} "
        "FROM patient_rows WHERE status IS NULL AND left_out IS NULL"
    )
    [(people,)] = sources.connection.execute("SELECT count(*) FROM patients").fetchall()
    if not people:
        names = ", ".join(file.name for file in sources.of(sources.profile.patients.source))
        raise ExtractError(f"empty extract: no patient can be read from {names}")


def _set_people_apart(sources: Sources) -> None:
    """Makes ``people_left_out``: those of whom every row is left out, with the reason of one."""
    sources.connection.execute(
        "CREATE TABLE people_left_out AS SELECT patient_id, "
        f"{literal(LEFT_OUT)} || min(left_out) AS reason FROM patient_rows "
        f"WHERE left_out <> {literal(REPLACED)} AND patient_id IS NOT NULL AND patient_id NOT IN "
        "(SELECT patient_id FROM patient_rows WHERE left_out IS NULL AND patient_id IS NOT NULL) "
        "GROUP BY ALL"
    )
    [(people,)] = sources.connection.execute("SELECT count(*) FROM people_left_out").fetchall()
    sources.has_left_out = people > 0


def _count_markers(sources: Sources, deaths: Sequence[str]) -> None:
    """Counts the dates that are markers, each under its own name."""
    profile = sources.profile
    m = profile.patients
    style = profile.dates_of(m.source)
    columns = {"date of birth": (["birth"], m.birth_dates), "date of death": (deaths, style)}
    for iso, meaning in profile.markers.items():
        rules = {
            MARKER.format(words, iso, meaning): " OR ".join(
                f"({dates.marker(column, [iso], written)}) IS NOT NULL" for column in names
            )
            or "false"
            for words, (names, written) in columns.items()
        }
        sources.count_findings("patients", "patient_source WHERE left_out IS NULL", rules)


def _count_findings(sources: Sources, deaths: Mapping[str, str], extract_day: int) -> None:
    style = sources.profile.dates_of(sources.profile.patients.source)
    died = [dates.day(text, style) for text in deaths]
    partial = [f"({dates.earliest(text, style)}) IS NOT NULL" for text in deaths]
    unreadable = [
        f"({text} IS NOT NULL AND coalesce({day}, {dates.earliest(text, style)}) IS NULL)"
        for text, day in zip(deaths, died, strict=True)
    ]
    later = [f"coalesce({day} > {extract_day}, false)" for day in died]
    rules = {
        "no practice_id": "practice_id IS NULL",
        "sex missing": "sex IS NULL",
        "sex of unknown meaning: taken as unknown": "sex NOT IN ('F', 'M', 'I', 'U')",
        "date of birth missing": "birth IS NULL",
        "date of birth unreadable: taken as missing": "birth IS NOT NULL AND first_birth IS NULL",
        "date of birth impossible: taken as missing": (
            "first_birth IS NOT NULL AND birth_day IS NULL"
        ),
        "birth_precision of unknown meaning: taken as year": (
            "birth_precision NOT IN ('day', 'month', 'year')"
        ),
        "date of death partial: its first possible day is taken": " OR ".join(partial),
        "date of death unreadable: the extract date is taken": " OR ".join(unreadable),
        "date of death after the extract date: the extract date is taken": " OR ".join(later),
        "dates of death differ: the earliest is taken": (
            f"greatest({', '.join(died)}) > least({', '.join(died)})"
        ),
        "death before birth": "death_day < birth_day",
    }
    remarks = sources.profile.patients.remarks
    rules |= {finding: f"{_remark(place)} = 'true'" for place, finding in enumerate(remarks)}
    if (given := sources.profile.registrations) is not None and given.names_practice:
        del rules["no practice_id"]  # known only after the registrations
    stored = "patient_rows WHERE status IS NULL AND left_out IS NULL"
    sources.count_findings("patients", stored, rules)


def _check_practices(sources: Sources) -> None:
    """Counts patients of practices that the extract's own list of practices does not have."""
    if sources.profile.practices is None:
        return
    source, column = sources.profile.practices
    if sources.of(source):
        status = f"CASE WHEN {column} IS NULL THEN {literal('no practice_id')} END"
        stage(sources, "practice_rows", source, {"practice_id": column, "status": status})
        set_rows_apart(sources, "practice_rows", source, ())
        rule = (
            "practice_id NOT IN (SELECT practice_id FROM practice_rows WHERE status IS NULL "
            "AND left_out IS NULL)"
        )
        sources.count_findings(
            "patients", "patients", {"practice is not in the extract's list of practices": rule}
        )
