"""What was made: how much, and its rates beside the published ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple


class Rate(NamedTuple):
    """One rate of the made-up practice beside the published one, both as text."""

    what: str
    made: str
    published: str
    source: str


@dataclass(frozen=True)
class PracticeSummary:
    """What `make_practice` wrote, and how it compares.

    Shares are between 0 and 1. ``registered`` are alive and regular patients on the day of the
    extract; ``opioid_ever`` and ``gabapentinoid_ever`` are shares of them, whatever their age;
    ``work_coded`` is the share with any work or benefit code among those of 18 and over;
    ``patients_per_fit_note`` is the number of them aged 18 to 65 per new fit note a month, over
    the last 12 months (0 where there was no note), ``may_be_fit`` the share of these notes, of
    those that say which, that say "may be fit"; ``left_or_died`` is a share of everybody.
    ``cannot_hold`` says what of a practice gets lost in the files of that ``profile``.
    ``jobs`` counts what the registered patients aged 16 to 65 are doing, whatever the record says.
    """

    folder: Path
    extract_date: date
    patients: int
    registered: int
    events: int
    issues: int
    untidy_rows: int
    archetypes: Mapping[str, int]
    expected_in: int
    jobs: Mapping[str, int]
    opioid_ever: float
    gabapentinoid_ever: float
    patients_per_fit_note: float
    may_be_fit: float
    work_coded: float
    left_or_died: float
    profile: str = "standard"
    cannot_hold: tuple[str, ...] = ()

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The rates with what is published of each."""
        return (
            Rate(
                "an opioid ever",
                f"{self.opioid_ever:.1%}",
                "34-36.7%",
                "rw251/gm-idcr READMEs, of a GP population",
            ),
            Rate(
                "a gabapentinoid ever",
                f"{self.gabapentinoid_ever:.1%}",
                "7.5-8.3%",
                "rw251/gm-idcr READMEs, of a GP population",
            ),
            Rate(
                "patients aged 18-65 per fit note a month",
                f"{self.patients_per_fit_note:.0f}",
                "48",
                "NHS Digital, England 2016-17",
            ),
            Rate(
                "fit notes that say may be fit",
                f"{self.may_be_fit:.1%}",
                "6.5%",
                "NHS Digital, England 2016-17",
            ),
            Rate(
                "adults with a work or benefit code",
                f"{self.work_coded:.1%}",
                "6.1%",
                "Davies 2024 (jech-2024-222396), codes for benefits, employment, housing or income",
            ),
        )

    def as_text(self) -> str:
        """What was made, in lines to print."""
        people = sum(self.archetypes.values())
        answers = f"{self.expected_in} in, {people - self.expected_in} out"
        lines = [
            f"A made-up practice of {self.patients:,} patients, extracted on {self.extract_date}:",
            f"  {self.registered:,} registered, {self.left_or_died:.1%} left or died",
            f"  {self.events:,} events, {self.issues:,} issues, {self.untidy_rows} untidy rows",
            f"  {people} people of {len(self.archetypes)} kinds with a known answer: {answers}",
            "",
        ]
        table = [("", "made", "published", "source"), *self.rates]
        widths = [max(len(row[column]) for row in table) for column in range(3)]
        lines += [
            f"  {what:<{widths[0]}}  {made:>{widths[1]}}  {published:>{widths[2]}}  {source}"
            for what, made, published, source in table
        ]
        return "\n".join(line.rstrip() for line in lines)
