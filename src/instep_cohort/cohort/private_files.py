"""One table as a file about patients: written whole or not at all, readable by its owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as pa_csv

from instep_cohort.cohort.spreadsheet_text import harmless
from instep_cohort.errors import UsageError


def write_private_csv(table: pa.Table, path: Path) -> Path:
    """Writes the table as CSV (mode 600), no cell of which runs as a formula.

    Raises:
        UsageError: there is such a file already, which is not touched; or none can be written.
    """
    if path.exists():
        raise UsageError(f"{path} is there already and is not replaced; give --out another name.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.absolute().parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).") from None
    making = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            pa_csv.write_csv(harmless(table), out)
        making.rename(path)
    finally:
        making.unlink(missing_ok=True)
    return path
