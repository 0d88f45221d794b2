"""What a format may know of the practice whose rows it writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.synthetic.register import NEVER, Register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Style = Literal["iso", "dd/mm/yyyy", "yyyymmdd", "dd mmm yyyy", "dd-mmm-yyyy"]

FIRST_DAY = -40_000  # well before anybody's birth
LAST_DAYS = 2_000  # after the extract
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SHORT = (7, 4)  # where month and year end in an ISO day


@dataclass(frozen=True)
class Facts:
    """One practice, or several that are extracted together.

    Attributes:
        register: everybody, as arrays.
        ids: the id of each person in this format, and last that of nobody on the register.
        days: every day that may be written, in one style each; see `dates`.
    """

    register: Register
    ids: Any
    days: dict[Style, Any]

    @property
    def practice(self) -> NDArray[np.int64]:
        """The number of the practice, from 1, of each person in the register."""
        return self.register.practice

    @property
    def practices(self) -> int:
        """How many practices there are."""
        return int(self.practice[-1])

    def patients(self, rows: Any, ids: Any = None) -> Any:
        """The patient id of each row of a neutral table, or what another array has for it."""
        person = rows["person"]
        nobody = len(self.register)
        return (self.ids if ids is None else ids).take(
            pc.if_else(pc.less(person, 0), nobody, person)
        )

    def practice_of(self, rows: Any) -> Any:
        """The number of the practice of each row of a neutral table; 1 for those of nobody."""
        person = rows["person"].to_numpy()
        return pa.array(np.where(person < 0, 1, self.practice[np.maximum(person, 0)]))

    def dates(self, rows: Any, style: Style, *, partial: Literal["none", "short", "first"]) -> Any:
        """The day of each row of a neutral table as text, null where there is none.

        ``partial`` says what stands for a day that is known to the month or year: nothing, the ISO
        text cut short, or the first day of that month or year.
        """
        text = self.days_of(rows["day"], style)
        if partial == "first" or pc.max(rows["precision"]).as_py() in (0, None):
            return text
        cut = [
            pc.utf8_slice_codeunits(text, 0, length)
            if partial == "short"
            else pa.nulls(len(text), pa.string())
            for length in _SHORT
        ]
        return pc.choose(rows["precision"], text, *cut)

    def days_of(self, day: Any, style: Style) -> Any:
        """The text of each day (an Arrow array of days since 1970-01-01), null for null."""
        if style not in self.days:
            self.days[style] = _all_days(self.register.on, style)
        return self.days[style].take(pc.subtract(day, FIRST_DAY))

    def register_days(self, day: NDArray[np.int64], style: Style) -> Any:
        """The text of each day of an array of the register, null where it is ``NEVER``."""
        return self.days_of(pa.array(day, mask=day == NEVER), style)


def facts_of(register: Register, ids: Sequence[str]) -> Facts:
    """The facts of a register whose people have these ids; the last id is nobody's."""
    return Facts(register, pa.array(ids, pa.string()), {})


def of_entry(rows: Any, column: str, values: Sequence[str | None]) -> Any:
    """For each row, the value of its code or product: a lookup by that column, empty as null."""
    return texts(value or "" for value in values).take(rows[column])


def texts(values: Iterable[str]) -> Any:
    """The texts as an Arrow array, null where one is empty."""
    return pa.array([value or None for value in values], pa.string())


def of_people(place: NDArray[np.int64], texts: Sequence[str | None]) -> Any:
    """For each person, the text in that place."""
    return pa.array(texts, pa.string()).take(pa.array(place))


def _all_days(on: int, style: Style) -> Any:
    days = np.arange(FIRST_DAY, on + LAST_DAYS).astype("datetime64[D]")
    iso = np.datetime_as_string(days).tolist()
    if style == "iso":
        return pa.array(iso)
    parts = (text.split("-") for text in iso)
    if style == "dd/mm/yyyy":
        return pa.array([f"{day}/{month}/{year}" for year, month, day in parts])
    if style == "yyyymmdd":
        return pa.array(["".join(text) for text in parts])
    between = " " if style == "dd mmm yyyy" else "-"
    return pa.array(
        [between.join((day, _MONTHS[int(month) - 1], year)) for year, month, day in parts]
    )
