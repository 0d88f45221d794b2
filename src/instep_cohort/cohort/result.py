"""The result of a search: candidates, their evidence, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from instep_cohort.cohort.tier_table import tier_counts

if TYPE_CHECKING:
    import pandas as pd

    from instep_cohort.cohort.explain.values import Explanation

TableName = Literal[
    "candidates", "evidence", "facts", "spells", "runs", "attrition", "tiers", "resolution"
]


@dataclass(frozen=True, repr=False)
class Cohort:
    """Who may be invited, the coded evidence for each, and the count that each step dropped.

    Shows itself as counts; patient rows only when asked for.

    Attributes:
        tables: the Arrow tables by name: candidates, evidence, facts, spells, runs, attrition,
            tiers, resolution.
        manifest: what the run was: study, search date, lists, store, versions, counts.
        warnings: what whoever reads the list must know.
    """

    tables: Mapping[TableName, pa.Table] = field(repr=False)
    manifest: Mapping[str, Any]
    warnings: Sequence[str] = ()

    @cached_property
    def candidates(self) -> pd.DataFrame:
        """One row per candidate, in the order of patient_id."""
        return _pandas(self.tables["candidates"])

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """One row per row of the record that a measure, a flag or an opt-out read.

        It covers the whole population, so that those left out can be explained too.
        """
        return _pandas(self.tables["evidence"])

    @cached_property
    def facts(self) -> pd.DataFrame:
        """One row per patient of the population: every measure, every line, `dropped_at`."""
        return _pandas(self.tables["facts"])

    @cached_property
    def spells(self) -> pd.DataFrame:
        """The candidates' spells of certified absence, where their notes have lengths."""
        return _pandas(self.tables["spells"])

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The candidates' runs of fit notes issued: not lengths of absence."""
        return _pandas(self.tables["runs"])

    @cached_property
    def attrition(self) -> pd.DataFrame:
        """One row per step: step, kind, text, before, dropped, after, gained_if_removed."""
        return _pandas(self.tables["attrition"])

    @cached_property
    def resolution(self) -> pd.DataFrame:
        """What each selector of each codelist matched in this extract, and how."""
        return _pandas(self.tables["resolution"])

    def to_arrow(self, table: TableName = "candidates") -> pa.Table:
        """One of the tables as Arrow, the candidates where none is named."""
        return self.tables[table]

    def explain(self, patient_id: str) -> Explanation:
        """Why somebody of the population is on the list, or at which step they were left out.

        The explanation is about a person: for the practice only, and never for a log.

        Raises:
            UsageError: the run keeps nothing of such a patient; the message does not repeat the id.
            ExtractError: the tables and the manifest do not belong together.
        """
        from instep_cohort.cohort.explain.building import explain

        return explain(self.tables, self.manifest, patient_id)

    def save(self, folder: Path | str) -> Path:
        """Writes the run folder, whole or not at all, and gives back its path.

        Raises:
            UsageError: the folder exists and is no run folder; nothing in it is touched.
        """
        from instep_cohort.cohort.run_folder import write_run

        return write_run(self, Path(folder))

    @cached_property
    def tiers(self) -> Mapping[str, int]:
        """How many candidates each tier has, in the order of letters; empty without any flag."""
        return tier_counts(self.tables["tiers"])

    @cached_property
    def tiers_by_flag(self) -> pd.DataFrame:
        """One row per tier: how many candidates, and what the record says of their work."""
        return _pandas(self.tables["tiers"])

    def __len__(self) -> int:
        """How many candidates there are."""
        return int(self.tables["candidates"].num_rows)

    def __repr__(self) -> str:
        """The attrition as text: counts, never patients."""
        return "\n".join([self._title(), *attrition_lines(self.tables["attrition"])])

    def _repr_html_(self) -> str:
        from instep_cohort.cohort.showing import as_html

        return as_html(self, self._title())

    def _title(self) -> str:
        study = self.manifest["study"]
        return (
            f"{study['name']} {study['version']} on {self.manifest['search_date']}: "
            f"{len(self):,} candidates"
        )


def attrition_lines(attrition: pa.Table) -> list[str]:
    """The attrition table as lines of text of equal columns."""
    rows = attrition.to_pylist()
    head = ("step", "before", "dropped", "after", "gained if removed")
    numbers = ("before", "dropped", "after", "gained_if_removed")
    cells = [head, *((row["step"], *(f"{row[name]:,}" for name in numbers)) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]


def _pandas(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)
    return frame
