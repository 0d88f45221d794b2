"""A practice's fit notes month by month, to be held beside the published rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from instep_cohort.codelists import CodeIndex, Codelist, resolve
from instep_cohort.errors import UsageError
from instep_cohort.small_tables import html_table, text_table
from instep_cohort.terminology.meanings import CERTIFIED

if TYPE_CHECKING:
    from instep_cohort.cohort.pictures import Picture
    from instep_cohort.extracts import Store

#: NHS Digital, England 2016-17: one fit note a month for so many patients aged 18 to 65.
PUBLISHED_PATIENTS_PER_NOTE = 48
PUBLISHED_SOURCE = "NHS Digital, England 2016-17: 1 fit note a month per 48 patients aged 18-65"
AGES = (18, 65)
_PER = 1000


class Month(NamedTuple):
    """One month: patients of working age registered in its middle, and dates with a fit note."""

    first_day: date
    patients: int
    notes: int

    @property
    def rate(self) -> float | None:
        """Notes per 1,000 patients; None without any patient."""
        return _PER * self.notes / self.patients if self.patients else None


@dataclass(frozen=True, repr=False)
class MonthlyNotes:
    """Fit notes by month: counts of a whole practice, nothing about anybody.

    Attributes:
        months: oldest first.
        codelist: by which list notes were told, as id@version.
        extract_date: of the store.
    """

    months: tuple[Month, ...]
    codelist: str
    extract_date: date
    published: float = field(default=_PER / PUBLISHED_PATIENTS_PER_NOTE)

    def rows(self) -> list[tuple[object, ...]]:
        """Each month as text and numbers: month, patients, notes, notes per 1,000 patients."""
        return [
            (
                f"{month.first_day:%Y-%m}",
                month.patients,
                month.notes,
                "" if month.rate is None else f"{month.rate:.1f}",
            )
            for month in self.months
        ]

    @property
    def picture(self) -> Picture:
        """The months as columns, with the published rate as a line."""
        from instep_cohort.cohort.pictures.monthly_notes import monthly_picture

        return monthly_picture(self)

    def _caption(self) -> str:
        return (
            f"fit notes ({self.codelist}) of registered patients aged {AGES[0]} to {AGES[1]}; "
            f"published: {self.published:.1f} a month per 1,000 ({PUBLISHED_SOURCE})"
        )

    def __repr__(self) -> str:
        return text_table(self._caption(), _HEAD, self.rows())

    def _repr_html_(self) -> str:
        return self.picture.svg + html_table(self._caption(), _HEAD, self.rows())


_HEAD = ("month", "patients", "notes", "per 1,000 patients")


def monthly_notes(store: Store, fit_notes: Codelist, *, months: int = 36) -> MonthlyNotes:
    """The certified notes of each of the last whole months before the extract date.

    A note is a date on which a patient has a row that certifies; a duplicate, a refusal or a
    self-certificate does not. Counted for those who are registered as regular patients and 18 to
    65 years old on the 15th of the month.

    Args:
        store: the extract.
        fit_notes: the list of fit notes, by meaning.
        months: how many months.

    Raises:
        UsageError: fewer than one month is asked for.
    """
    if months < 1:
        raise UsageError(f"{months} months are no months; ask for 1 or more.")
    store = store.held()
    index = CodeIndex.from_columns(store.codes().to_pydict())
    resolution = resolve(fit_notes, index, kind="clinical")
    keys = sorted({one.code_key for one in resolution.matches if one.category in CERTIFIED})
    found = tuple(Month(*row) for row in _counted(store, keys, months))
    return MonthlyNotes(found, f"{fit_notes.id}@{fit_notes.version}", store.extract_date)


def _counted(store: Store, keys: list[int], months: int) -> list[tuple[date, int, int]]:
    import duckdb

    tables = {name: str(store.table_path(name)) for name in ("patients", "registrations", "events")}
    with duckdb.connect() as connection:
        return connection.execute(
            _QUERY,
            {
                **tables,
                "keys": keys,
                "months": months,
                "extracted": store.extract_date,
                "youngest": AGES[0],
                "oldest": AGES[1],
            },
        ).fetchall()


_QUERY = """
WITH months AS (
    SELECT CAST(date_trunc('month', $extracted) - to_months(CAST(n AS INTEGER)) AS DATE) AS first
    FROM range(1, $months + 1) t(n)
), middles AS (
    SELECT first, CAST(first + 14 - DATE '1970-01-01' AS INTEGER) AS middle FROM months
), present AS (
    SELECT DISTINCT first, p.patient_key
    FROM middles
    JOIN read_parquet($registrations) r ON r.start_day <= middle
        AND (r.end_day IS NULL OR r.end_day > middle) AND r.kind = 'regular'
    JOIN read_parquet($patients) p ON p.patient_key = r.patient_key
        AND p.practice_id IS NOT DISTINCT FROM r.practice_id
        AND NOT p.is_test AND (p.death_day IS NULL OR p.death_day > middle)
        AND date_diff('year', DATE '1970-01-01' + p.birth_day, first)
            - CAST(DATE '1970-01-01' + p.birth_day
                > first + 14 - to_years(CAST(date_diff(
                    'year', DATE '1970-01-01' + p.birth_day, first) AS INTEGER)) AS INTEGER)
            BETWEEN $youngest AND $oldest
), notes AS (
    SELECT DISTINCT patient_key, day, CAST(date_trunc('month', DATE '1970-01-01' + day) AS DATE)
        AS first
    FROM read_parquet($events)
    WHERE day IS NOT NULL AND list_contains($keys, code_key)
)
SELECT months.first, count(DISTINCT present.patient_key), count(notes.day)
FROM months LEFT JOIN present USING (first)
LEFT JOIN notes ON notes.first = present.first AND notes.patient_key = present.patient_key
GROUP BY months.first ORDER BY months.first
"""
