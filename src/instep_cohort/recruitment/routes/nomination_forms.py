"""The form by which colleagues name people: a sheet to fill in, and what comes back of it.

The form asks for four things and holds no clinical word. Filled in it names patients, so that it is
PRACTICE-ONLY.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from instep_cohort.cohort.handed_in import Line, read_handed_in
from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import HandedOver, hand_over
from instep_cohort.errors import Fault, UsageError
from instep_cohort.recruitment.ledger.entries import NAME_PATTERN
from instep_cohort.recruitment.sprawling_sheets import refuse_sprawling
from instep_cohort.recruitment.vocabulary import Route

COLUMNS = ("local_patient_no", "route", "named_by", "named_on")
OTHER_NAMES = {
    "local_patient_no": ("patient_id", "local patient number", "emis number"),
    "route": ("route (choose)",),
    "named_by": ("named by (name, role)",),
    "named_on": ("named on (date)",),
}
SHEET = "Nominations"
ROWS = 500
_EARLIEST = date(2000, 1, 1)
LEGEND = {
    Route.CODE_SEARCH: "a search by codes, such as identify or the practice's own",
    Route.HAND_SEARCH: "somebody went through records or lists by hand",
    Route.GP_NOMINATION: "a GP thought of the person",
    Route.OPPORTUNISTIC: "it came up in an appointment that was for something else",
    Route.SELF_REFERRAL_POSTER: "the person asked, after a poster, leaflet or screen",
    Route.PAIN_SERVICE: "a pain service",
    Route.PHYSIO_MSK: "physiotherapy, or a musculoskeletal service",
    Route.JOB_CENTRE: "a job centre",
    Route.EMPLOYMENT_PROGRAMME: "an employment programme",
    Route.COMMUNITY: "a support or community group, a library",
    Route.REGISTER: "a register of people who want to hear of research",
    Route.OTHER: "another way",
}
_TO_FILL_IN = (
    "One row for each person. Nothing else about the person: no name, no illness, no remark.",
    "local_patient_no: the number in the practice system, with its leading zeros.",
    "route: one of the words below. A person named by several ways has a row for each.",
    "named_by: who names the person: name, role.",
    "named_on: the day, such as 2026-11-20.",
    "Being named is not being invited: opt-outs and exclusions are looked at, then a clinician.",
)


class Nomination(NamedTuple):
    """A person named on a form: in which line, by which way, by whom and when."""

    line: int
    patient_id: str
    route: Route
    named_by: str
    named_on: date


class Form(NamedTuple):
    """A form that came back: its nominations in order, and the sha256 of the file."""

    nominations: Sequence[Nomination]
    sha256: str


def write_form(path: Path) -> HandedOver:
    """An empty form, as .xlsx with drop-downs and a legend, or as .csv with its header alone.

    Raises:
        UsageError: the name ends otherwise, another file stands there, or none can be written.
    """
    writers: dict[str, Callable[[BinaryIO], None]] = {".xlsx": _workbook, ".csv": _csv_header}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path}: a form is a .xlsx or a .csv file; name it so.")
    return hand_over(path, ArtefactClass.PRACTICE_ONLY, columns=COLUMNS, write=writer)


def read_form(path: Path) -> Form:
    """The nominations of a form that was filled in, .xlsx or .csv.

    Raises:
        UsageError: it cannot be read, or something in it is wrong; every fault by its line, and
            what stands there is not repeated, since it may be a patient's number or name.
    """
    rows, sha256 = _sheet_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    found: list[Nomination] = []
    faults: list[Fault] = []
    for row in rows:
        wrong = [*_faults(path, row)]
        faults += wrong
        if not wrong:
            found.append(_nomination(row))
    if faults:
        raise UsageError("\n".join(map(str, faults)))
    return Form(found, sha256)


def _nomination(row: Line) -> Nomination:
    cells = row.cells
    return Nomination(
        row.number,
        cells["local_patient_no"],
        Route(cells["route"].lower()),
        cells["named_by"],
        date.fromisoformat(cells["named_on"]),
    )


def _faults(path: Path, row: Line) -> Iterator[Fault]:
    cells = row.cells

    def fault(column: str, found: str, repair: str) -> Fault:
        return Fault(column, found, repair, file=str(path), line=row.number)

    if not cells["local_patient_no"]:
        yield fault("local_patient_no", "it is empty", "the number in the practice system")
    elif cells["local_patient_no"] == _NO_TEXT:
        yield fault(
            "local_patient_no",
            "the cell holds a number, not text",
            "leading zeros may be lost: format the cell as text and type the number again",
        )
    if cells["route"].lower() not in set(Route):
        yield fault("route", "it is no route", f"one of {', '.join(Route)}")
    if not re.fullmatch(NAME_PATTERN, cells["named_by"]):
        yield fault("named_by", "it is empty, too long or not one line", "name, role")
    if not _is_date(cells["named_on"]):
        yield fault("named_on", "it is no date since 2000", "year-month-day, such as 2026-11-20")


def _is_date(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    # a year mistyped as 1926 would make the nomination the first of all routes
    return day.isoformat() == text and day >= _EARLIEST


def _csv_rows(path: Path) -> tuple[Sequence[Line], str]:
    read = read_handed_in(path, "form", COLUMNS, needed=4, other_names=OTHER_NAMES)
    return read.rows, read.sha256


# what stands for a cell whose value is no text and must not be taken for an id
_NO_TEXT = "\x00"


def _sheet_rows(path: Path) -> tuple[Sequence[Line], str]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"The form {path} cannot be read: {error.strerror}.") from None
    refuse_sprawling(path, raw)
    try:
        # values alone: a formula gives what it last came to, and none is run
        with CalamineWorkbook.from_filelike(io.BytesIO(raw)) as book:
            if SHEET not in book.sheet_names:
                raise UsageError(f"{path} has no sheet {SHEET}: fill in the form as it was made.")
            rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    except CalamineError:
        raise UsageError(f"{path} is no workbook; save it as .xlsx or as CSV UTF-8.") from None
    header = [str(cell).strip().lower() for cell in (rows[0] if rows else ())]
    where = {name: _column(path, header, name) for name in COLUMNS}
    found = [
        Line(number, {name: _text(name, cells[at]) for name, at in where.items()})
        for number, cells in enumerate(rows[1:], 2)
        if any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in cells)
    ]
    return found, hashlib.sha256(raw).hexdigest()


def _column(path: Path, header: Sequence[str], name: str) -> int:
    places = [at for at, one in enumerate(header) if one in (name, *OTHER_NAMES[name])]
    if len(places) != 1:
        raise UsageError(f"{path}:1: the form needs the column {name} once; leave its header be.")
    return places[0]


def _text(name: str, value: object) -> str:
    if name == "named_on" and isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return value.strip() if isinstance(value, str) else _NO_TEXT


def _csv_header(out: BinaryIO) -> None:
    out.write((",".join(COLUMNS) + "\n").encode("utf-8-sig"))


def _workbook(out: BinaryIO) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {**options, "in_memory": True}) as book:
        book.set_properties(
            # a fixed day, so that the same form is the same file
            {"title": SHEET, "category": str(ArtefactClass.PRACTICE_ONLY), "created": _MADE}
        )
        book.set_custom_property("artefact_class", str(ArtefactClass.PRACTICE_ONLY))
        head = book.add_format({"bold": True, "bg_color": "#E3ECF5", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _sheet(book.add_worksheet(SHEET), head, text, day)
        _legend(book.add_worksheet("How to fill in"), head, wrap)


_MADE = datetime(2026, 1, 1)


def _sheet(sheet: Any, head: Any, text: Any, day: Any) -> None:
    for place, (name, width) in enumerate(zip(COLUMNS, (20, 24, 34, 14), strict=True)):
        sheet.set_column(place, place, width, day if name == "named_on" else text)
        sheet.write_string(0, place, name, head)
    sheet.data_validation(
        *(1, 1, ROWS, 1),
        {
            "validate": "list",
            "source": [str(route) for route in Route],
            "error_title": "No route",
            "error_message": "Choose one of the words of the list.",
        },
    )
    sheet.data_validation(
        *(1, 3, ROWS, 3),
        {
            "validate": "date",
            "criteria": ">=",
            "value": _EARLIEST,
            "error_title": "No date",
            "error_message": "Write the day as 2026-11-20.",
        },
    )
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L{ArtefactClass.PRACTICE_ONLY}&RPeople named for the study")


def _legend(sheet: Any, head: Any, wrap: Any) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, str(ArtefactClass.PRACTICE_ONLY), head)
    sheet.write_string(0, 1, "Once filled in, this form names patients: it stays in the practice.")
    for row, line in enumerate(_TO_FILL_IN, 2):
        sheet.write_string(row, 1, line, wrap)
    first = len(_TO_FILL_IN) + 3
    sheet.write_string(first, 0, "route", head)
    sheet.write_string(first, 1, "who came this way", head)
    for row, (route, meaning) in enumerate(LEGEND.items(), first + 1):
        sheet.write_string(row, 0, str(route), wrap)
        sheet.write_string(row, 1, meaning, wrap)
