"""What `store.json` holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

FILE_NAME = "store.json"

#: The profile of a store whose parts were read with different ones.
SEVERAL = "several"


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


class Part(_Part):
    """One of the extracts that a merged store is made of.

    Attributes:
        name: what the parts are told apart by; it stands before the names of their files.
        sha256: of the store that it was (`Store.sha256`).
        profile, profile_version, extract_date: as in its own manifest.
        practices: the practices of its patients, sorted.
        patients: how many they are.
        clinical_systems: the code systems among its clinical codes, and those in which its own
            dictionary speaks of them: without any, nobody's coded opt-out can be found in it.
    """

    name: str
    sha256: str
    profile: str
    profile_version: str
    extract_date: date
    practices: tuple[str, ...]
    patients: int
    clinical_systems: tuple[str, ...]


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
    parts: tuple[Part, ...] = ()

    def write(self, folder: Path) -> None:
        """Writes the file into the store's folder."""
        text = self.model_dump_json(indent=2, exclude=None if self.parts else {"parts"}) + "\n"
        (folder / FILE_NAME).write_text(text, encoding="utf-8")
