"""The practice's list of coming appointments, as it exports it: who comes when, to whom, where."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

from instep_cohort.cohort.handed_in import Line, read_handed_in
from instep_cohort.errors import Fault, UsageError

# Our name of a column, and what else it may be called: the column names of the EMIS extract
# (Appointment_Slot) and of SystmOne (SRAppointment); the spaced forms are those of reports
COLUMNS: Mapping[str, Sequence[str]] = {
    "patient_id": ("emis number", "local_patient_no", "idpatient"),
    "starts_at": ("start", "datestart", "appointment date and time"),
    "date": ("appointmentdate", "appointment date"),
    "time": ("appointmentstarttime", "appointment start time", "appointment time", "start time"),
    "clinician": ("session holder", "idclinician", "seen by"),
    "site": ("location", "branch"),
    "status": ("appointmentstatus", "slot status", "appointment status"),
}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.0+)?)?)?", re.ASCII)
_CLOCK = re.compile(r"(\d\d:\d\d)(?::\d\d)?", re.ASCII)
# begins so: what follows says by whom, such as "Cancelled by patient"
_OFF = ("cancelled", "canceled", "deleted", "did not attend", "dna")


class Appointment(NamedTuple):
    """A coming appointment; `at` is None where only the day is known."""

    patient_id: str
    day: date
    at: time | None
    clinician: str
    site: str


class Appointments(NamedTuple):
    """The appointments of a file, how many rows of it are cancelled ones, and its sha256."""

    coming: Sequence[Appointment]
    cancelled: int
    sha256: str


def read_appointments(path: Path) -> Appointments:
    """The appointments of a CSV file: patient_id, and starts_at, or date and perhaps time.

    `clinician`, `site` and `status` may be there; a row whose status is cancelled is passed by.

    Raises:
        UsageError: it cannot be read, or a row lacks its patient or has no date that can be read;
            every such row by its line, and nothing of what stands in it.
    """
    read = read_handed_in(path, "appointments file", ("patient_id",), needed=1, other_names=COLUMNS)
    if read.rows and not {"starts_at", "date"} & read.rows[0].cells.keys():
        raise UsageError(f"{path}:1: the appointments file needs a column starts_at, or date.")
    kept = [row for row in read.rows if not row.cells.get("status", "").lower().startswith(_OFF)]
    faults = [fault for row in kept for fault in _faults(path, row)]
    if faults:
        raise UsageError("\n".join(map(str, faults)))
    return Appointments(
        [_appointment(row) for row in kept], len(read.rows) - len(kept), read.sha256
    )


def _faults(path: Path, row: Line) -> list[Fault]:
    faults = []
    if not row.cells["patient_id"]:
        faults.append(Fault("patient_id", "it is empty", file=str(path), line=row.number))
    try:
        _moment(row.cells)
    except ValueError:
        repair = "such as 2026-11-30 09:10, or 2026-11-30 in date and 09:10 in time"
        faults.append(Fault("", "no date and time", repair, file=str(path), line=row.number))
    return faults


def _appointment(row: Line) -> Appointment:
    day, at = _moment(row.cells)
    cells = row.cells
    return Appointment(
        cells["patient_id"], day, at, cells.get("clinician", ""), cells.get("site", "")
    )


def _moment(cells: Mapping[str, str]) -> tuple[date, time | None]:
    """The day and the time; a ValueError where there is no day, or a time that is none."""
    found = _MOMENT.fullmatch(cells.get("starts_at") or cells.get("date", ""))
    if found is None:
        raise ValueError
    day = date.fromisoformat(found[1])
    clock = cells.get("time", "")
    # an export of a date may carry midnight, which is no time of an appointment
    if not cells.get("starts_at") and clock:
        said = _CLOCK.fullmatch(clock)
        if said is None:
            raise ValueError
        return day, time.fromisoformat(said[1])
    at = datetime.fromisoformat(f"{day}T{found[2]}").time() if found[2] else None
    return day, None if at == time.min else at
