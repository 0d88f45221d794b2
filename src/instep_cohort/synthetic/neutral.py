"""Rows as every format gets them, before any of them writes a cell.

Events: ``number`` (int64, running through the practice from 0), ``person`` (int64, place in the
register; -1 for nobody on it), ``day`` (int64, days since 1970-01-01, null where there is none),
``precision`` (int64, a place in `PRECISIONS`; the day is the first one of the month or year),
``entry`` (int64, a place in `ENTRIES`), ``value`` (float64 or null), ``unit`` (text or null).

Issues: ``number``, ``person``, ``day``, ``precision``, ``product`` (int64, a place in `PRODUCTS`),
``quantity`` and ``days`` (float64 or null), ``course`` (``acute`` or ``repeat``).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from instep_cohort.synthetic.products import PRODUCTS, course
from instep_cohort.synthetic.vocabulary import CLINICAL, LENGTH_UNIT, MORE_TERM_CODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instep_cohort.synthetic.drawing import Rows

EPOCH = 719_163  # date(1970, 1, 1).toordinal()
PRECISIONS = ("day", "month", "year")
NOBODY = -1

#: Every clinical code that may stand in a row: those that are drawn, and a few with a term code.
ENTRIES = (*CLINICAL, *MORE_TERM_CODES)
PLACES = {entry.code: place for place, entry in enumerate(ENTRIES)}
PRODUCT_PLACES = {product.code: place for place, product in enumerate(PRODUCTS)}


class OddRow(NamedTuple):
    """A row that stands alone: of whom, when as far as known, what, with which amount.

    ``when`` is an ISO day, month or year, or empty.
    """

    person: int
    when: str
    code: str
    amount: float | None = None


def events(rows: Rows, first: int) -> Any:
    """Dated events as a neutral table; ``first`` is the number of the first row."""
    known = ~np.isnan(rows.value)
    return pa.table(
        {
            **_who_and_when(rows, first),
            "entry": pa.array(rows.code),
            "value": pa.array(rows.value, from_pandas=True),
            "unit": _UNITS.take(pa.array(rows.code, mask=~known)),
        }
    )


def issues(rows: Rows, first: int) -> Any:
    """Dated issues as a neutral table, with the usual quantity and days of each product."""
    product = pa.array(rows.code)
    return pa.table(
        {
            **_who_and_when(rows, first),
            "product": product,
            "quantity": _QUANTITIES.take(product),
            "days": _DAYS.take(product),
            "course": _COURSES.take(product),
        }
    )


def odd_events(rows: Sequence[OddRow], first: int) -> Any:
    """Single events as a neutral table."""
    entry = pa.array([PLACES[row.code] for row in rows], pa.int64())
    amount = pa.array([row.amount for row in rows], pa.float64())
    return pa.table(
        {
            **_odd(rows, first),
            "entry": entry,
            "value": amount,
            "unit": _UNITS.take(
                pa.array(
                    [None if row.amount is None else PLACES[row.code] for row in rows], pa.int64()
                )
            ),
        }
    )


def odd_issues(rows: Sequence[OddRow], first: int) -> Any:
    """Single issues as a neutral table, with the quantity that the row names and no days."""
    product = pa.array([PRODUCT_PLACES[row.code] for row in rows], pa.int64())
    return pa.table(
        {
            **_odd(rows, first),
            "product": product,
            "quantity": pa.array([row.amount for row in rows], pa.float64()),
            "days": pa.nulls(len(rows), pa.float64()),
            "course": _COURSES.take(product),
        }
    )


def day_and_precision(when: str) -> tuple[int | None, int]:
    """The first day of an ISO day, month or year, and how far it is known; none where empty."""
    if not when:
        return None, 0
    parts = [int(part) for part in when.split("-")]
    whole = date(*(*parts, 1, 1)[:3])
    return whole.toordinal() - EPOCH, len(PRECISIONS) - len(parts)


def _who_and_when(rows: Rows, first: int) -> dict[str, Any]:
    count = len(rows.code)
    return {
        "number": pa.array(np.arange(first, first + count)),
        "person": pa.array(rows.person),
        "day": pa.array(rows.day),
        "precision": pa.array(np.zeros(count, dtype=np.int64)),
    }


def _odd(rows: Sequence[OddRow], first: int) -> dict[str, Any]:
    when = [day_and_precision(row.when) for row in rows]
    return {
        "number": pa.array(range(first, first + len(rows)), pa.int64()),
        "person": pa.array([row.person for row in rows], pa.int64()),
        "day": pa.array([day for day, _ in when], pa.int64()),
        "precision": pa.array([precision for _, precision in when], pa.int64()),
    }


_UNITS = pa.array([entry.unit or LENGTH_UNIT for entry in ENTRIES])
_QUANTITIES = pa.array([float(product.quantity) for product in PRODUCTS])
_COURSES = pa.array([course(product) for product in PRODUCTS])
_DAYS = pa.array([float(product.days) for product in PRODUCTS])
