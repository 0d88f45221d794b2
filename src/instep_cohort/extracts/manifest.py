"""What `store.json` holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

FILE_NAME = "store.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileCounts(_Part):
    """What became of the rows of one file: ``read`` is the sum of the others.

    Attributes:
        file: its name relative to the extract.
        table: the profile's table that it belongs to.
        sha256: of its bytes.
        read: records behind the header, blank lines among them.
        stored: rows that became, or went into, rows of the store.
        quarantined: rows in the quarantine table, by reason.
        skipped: rows left out on purpose, by reason.
    """

    file: str
    table: str
    sha256: str
    read: int
    stored: int
    quarantined: dict[str, int]
    skipped: dict[str, int]

    @property
    def is_closed(self) -> bool:
        """Whether every row that was read is accounted for."""
        gone = sum(self.quarantined.values()) + sum(self.skipped.values())
        return self.read == self.stored + gone


class TableCounts(_Part):
    """One table of the store: its rows and the SHA-256 of its file."""

    rows: int
    sha256: str


class Finding(_Part):
    """Something noticed about some rows of one table of the store, none of which is lost for it."""

    table: str
    finding: str
    rows: int


class Manifest(_Part):
    """The whole of `store.json`: nothing in it depends on when or where the store was made."""

    schema_version: int
    instep_cohort: str
    profile: str
    profile_version: str
    extract_date: date
    files: tuple[FileCounts, ...]
    unused_files: tuple[str, ...]
    tables: dict[str, TableCounts]
    findings: tuple[Finding, ...]

    def write(self, folder: Path) -> None:
        """Writes the file into the store's folder."""
        text = self.model_dump_json(indent=2) + "\n"
        (folder / FILE_NAME).write_text(text, encoding="utf-8")
