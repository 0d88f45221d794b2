"""The files of a made-up practice: CSV of the `standard` profile, whole or in numbered parts."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from instep_cohort.synthetic.placing import EPOCH, TextRow
from instep_cohort.synthetic.products import PRODUCTS
from instep_cohort.synthetic.register import (
    KINDS,
    NEVER,
    PRECISIONS,
    SEXES,
    Register,
    practice_number,
)
from instep_cohort.synthetic.vocabulary import CLINICAL, LENGTH_UNIT, SYSTEM, WITH_TERM_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from instep_cohort.synthetic.drawing import Rows

FIRST_DAY = -40_000  # well before anybody's birth; the days after the extract reach a year
_TERMS = {entry.code: entry for entry in (*CLINICAL, *WITH_TERM_CODE)}
_PRODUCTS = {product.code: product for product in PRODUCTS}


class Words(NamedTuple):
    """Texts that are looked up by number: every patient's id, every day."""

    ids: Any
    days: Any


def words(ids: Sequence[str], on: int) -> Words:
    """The texts for the patients and the days of one extract."""
    days = np.arange(FIRST_DAY, on + 366).astype("datetime64[D]")
    return Words(pa.array(ids, pa.string()), pa.array(np.datetime_as_string(days).tolist()))


def events_table(rows: Rows, texts: Words) -> Any:
    """The events as a table of text and numbers, columns as in the `standard` profile."""
    known = ~np.isnan(rows.value)
    units = pa.array([entry.unit or LENGTH_UNIT for entry in CLINICAL])
    return pa.table(
        {
            **_who_when_what(rows, texts, CLINICAL),
            "value": pa.array(rows.value, from_pandas=True),
            "unit": units.take(pa.array(rows.code, mask=~known)),
        }
    )


def issues_table(rows: Rows, texts: Words) -> Any:
    """The issues as a table of text and numbers, columns as in the `standard` profile."""

    def of_product(values: Sequence[Any]) -> Any:
        return pa.array([value or None for value in values]).take(pa.array(rows.code))

    return pa.table(
        {
            **_who_when_what(rows, texts, PRODUCTS),
            "quantity": of_product([product.quantity for product in PRODUCTS]),
            "days": of_product([product.days for product in PRODUCTS]),
            "substance": of_product([product.substance for product in PRODUCTS]),
            "bnf": of_product([product.bnf for product in PRODUCTS]),
        }
    )


def odd_events_table(rows: Sequence[TextRow]) -> Any:
    """The rows that are written as they stand, in the columns of `events_table`."""
    entries = [_TERMS.get(row.code, _TERMS[row.code[:5]]) for row in rows]
    return pa.table(
        {
            **_as_they_stand(rows, [entry.term for entry in entries]),
            "value": _texts([row.amount for row in rows]),
            "unit": _texts(
                [entry.unit if row.amount else "" for row, entry in zip(rows, entries, strict=True)]
            ),
        }
    )


def odd_issues_table(rows: Sequence[TextRow]) -> Any:
    """The rows that are written as they stand, in the columns of `issues_table`."""
    products = [_PRODUCTS[row.code] for row in rows]
    return pa.table(
        {
            **_as_they_stand(rows, [product.term for product in products]),
            "quantity": _texts([row.amount for row in rows]),
            "days": pa.nulls(len(rows), pa.float64()),
            "substance": _texts([product.substance for product in products]),
            "bnf": _texts([product.bnf for product in products]),
        }
    )


class Parts:
    """One CSV file, or a folder of numbered parts, that takes tables one after another."""

    def __init__(self, folder: Path, name: str, tables_per_part: int | None) -> None:
        self._folder = folder / name if tables_per_part else folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._name = "part-{:05d}.csv" if tables_per_part else f"{name}.csv"
        self._tables_per_part = tables_per_part
        self._tables = 0
        self._sink: Any = None

    def write(self, table: Any) -> None:
        """Adds the rows of a table, in a new part when the last one is full."""
        new = self._sink is None or (
            self._tables_per_part is not None and self._tables % self._tables_per_part == 0
        )
        if new:
            self._open()
        self._tables += 1
        self._put(table, header=new)

    def add(self, table: Any) -> None:
        """Adds the rows of a table to the part that is open."""
        self._put(table, header=False)

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _open(self) -> None:
        self._close()
        number = 1 + self._tables // (self._tables_per_part or 1)
        self._sink = (self._folder / self._name.format(number)).open("wb")

    def _close(self) -> None:
        if self._sink is not None:
            self._sink.close()

    def _put(self, table: Any, *, header: bool) -> None:
        pa_csv.write_csv(table, self._sink, pa_csv.WriteOptions(include_header=header))


def write_patients(folder: Path, register: Register, texts: Words) -> None:
    """Writes `patients.csv`; a birth known to the month or year is written short, or says so."""
    full = pc.equal(pa.array(np.arange(len(register)) % 2), 0)
    whole = _days(register.birth, texts)
    precision = pa.array(register.birth_precision)
    short = pc.utf8_slice_codeunits
    birth = pc.choose(
        precision,
        whole,
        pc.if_else(full, whole, short(whole, 0, 7)),
        pc.if_else(full, whole, short(whole, 0, 4)),
        pa.nulls(len(register), pa.string()),
    )
    named = pa.array([*PRECISIONS[:3], None]).take(precision)
    table = pa.table(
        {
            "patient_id": texts.ids,
            "practice_id": pa.array([practice_number(place) for place in range(len(register))]),
            "sex": pa.array(SEXES).take(pa.array(register.sex)),
            "birth_date": birth,
            "death_date": _days(register.death, texts),
            "registration_start": _days(register.start, texts),
            "registration_end": _days(register.end, texts),
            "birth_precision": named,
            "registration_kind": pa.array(KINDS).take(pa.array(register.kind)),
            "is_test": pa.array(register.is_test),
            "is_confidential": pa.array(register.is_confidential),
        }
    )
    with (folder / "patients.csv").open("wb") as sink:
        pa_csv.write_csv(table, sink)


def write_lines(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Writes a small CSV of text."""
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def day_text(day: int) -> str:
    """The day as an ISO date."""
    return date.fromordinal(day + EPOCH).isoformat()


def _days(day: NDArray[np.int64], texts: Words) -> Any:
    return texts.days.take(pa.array(day - FIRST_DAY, mask=day == NEVER))


def _who_when_what(rows: Rows, texts: Words, entries: Sequence[Any]) -> dict[str, Any]:
    code = pa.array(rows.code)
    return {
        "patient_id": texts.ids.take(pa.array(rows.person)),
        "date": texts.days.take(pa.array(rows.day - FIRST_DAY)),
        "system": pa.repeat(SYSTEM, len(rows.code)),
        "code": pa.array([entry.code for entry in entries]).take(code),
        "term": pa.array([entry.term for entry in entries]).take(code),
    }


def _as_they_stand(rows: Sequence[TextRow], terms: Sequence[str]) -> dict[str, Any]:
    return {
        "patient_id": _texts([row.patient_id for row in rows]),
        "date": _texts([row.date for row in rows]),
        "system": pa.repeat(SYSTEM, len(rows)),
        "code": _texts([row.code for row in rows]),
        "term": _texts(terms),
    }


def _texts(values: Sequence[str]) -> Any:
    return pa.array([value or None for value in values], pa.string())
