"""One table as a file about patients: written whole or not at all, readable by its owner alone."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import csv as pa_csv

from instep_cohort.cohort.spreadsheet_text import harmless
from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import hand_over


def write_private_csv(table: pa.Table, path: Path) -> Path:
    """Writes the table as CSV (mode 600), no cell of which runs as a formula; gives its path.

    The class comes into the name: ``changes.csv`` becomes ``changes.PRACTICE-ONLY.csv``.

    Raises:
        UsageError: another file stands there, which is not touched; or none can be written.
    """
    return hand_over(
        path,
        ArtefactClass.PRACTICE_ONLY,
        columns=table.column_names,
        write=lambda out: pa_csv.write_csv(harmless(table), out),
    ).path
