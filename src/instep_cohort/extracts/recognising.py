"""Which profile an extract has, by the names and the headers of its files."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from instep_cohort.errors import ExtractError, UsageError
from instep_cohort.extracts.files import Entry, first_bytes, list_entries
from instep_cohort.extracts.first_lines import Form, read_first_lines
from instep_cohort.extracts.headers import check_header
from instep_cohort.extracts.manifest import FILE_NAME
from instep_cohort.extracts.profile import Profile
from instep_cohort.extracts.profiles import all_profiles

_SHOWN = 6
_WORKBOOKS = frozenset({"xlsx", "xls", "xlsm", "xlsb", "ods"})


@dataclass(frozen=True)
class Recognised:
    """The profile of an extract.

    Attributes:
        profile: the one that fits.
        why: for each table that it needs, a file that holds it and columns that say so.
    """

    profile: Profile
    why: tuple[str, ...]

    def __str__(self) -> str:
        """One sentence for people."""
        return f"recognised as {self.profile.name}: {'; '.join(self.why)}"


def detect(extract: Path | str, profiles: Mapping[str, Profile] | None = None) -> Recognised:
    """The one profile whose needed tables are all there, with the columns that they need.

    Args:
        extract: the folder that the source system exported, or a .zip of it.
        profiles: the profiles to choose from; all that there are unless told otherwise.

    Raises:
        UsageError: there is nothing at ``extract``, or two profiles fit.
        ExtractError: none does; the message says what each of them misses.
    """
    folder = Path(extract).absolute()
    if (folder / FILE_NAME).is_file():
        raise ExtractError(f"{folder}: a store already, not an extract; open it instead")
    entries = list_entries(folder)
    known = all_profiles() if profiles is None else profiles
    fitting, missing = [], []
    for profile in known.values():
        if profile.automatic:
            try:
                fitting.append(Recognised(profile, _reasons(profile, entries)))
            except ExtractError as error:
                missing.append(_Missed(profile, _tables_there(profile, entries), str(error)))
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = " and ".join(found.profile.name for found in fitting)
        whys = ". ".join(str(found) for found in fitting)
        raise UsageError(f"{names} both fit this extract; choose one with --profile ({whys})")
    raise ExtractError(_nothing_fits(missing, sorted(entries)))


class _Missed(NamedTuple):
    """A profile that does not fit: how many of its tables the files' names tell of, and why."""

    profile: Profile
    tables: int
    why: str


def _tables_there(profile: Profile, entries: Mapping[str, Entry]) -> int:
    try:
        return len(set(profile.recognise(sorted(entries)).values()))
    except ExtractError:
        return len(profile.tables)  # it knows the names well enough to find fault with them


def _nothing_fits(missed: Sequence[_Missed], names: Sequence[str]) -> str:
    """What the profiles miss, that with most of its tables first; those with none in one line."""
    near = sorted((one for one in missed if one.tables), key=lambda one: -one.tables)
    lines = [f"{one.profile.name}: {one.why}" for one in near]
    if far := [one.profile.name for one in missed if not one.tables]:
        lines.append(f"{', '.join(far)}: no file has the name of one of their tables")
    found = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
    listed = "\n  ".join(lines)
    return (
        f"no profile fits this extract. What each of them misses, the nearest first:\n  {listed}\n"
        f"Files found: {found or 'none'}{unopened(names)}. Any other export can be read with "
        "--profile custom --mapping FILE"
    )


def unopened(names: Sequence[str]) -> str:
    """What to do about files that nothing here opens; empty where there are none."""
    endings = {name.lower().rpartition(".")[2] for name in names}
    hints = []
    if "zip" in endings:
        hints.append("a .zip within a .zip is not opened: unpack the outer one")
    if endings & _WORKBOOKS:
        hints.append("a workbook is not opened: ask for the export as CSV, dates and ids as text")
    return "".join(f"; {hint}" for hint in hints)


def _reasons(profile: Profile, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    tables = profile.recognise(sorted(entries))
    present = frozenset(tables.values())
    reasons = []
    for table in profile.tables:
        if not table.required:
            continue
        if table.name not in present:
            raise ExtractError(f"no {table.title} file")
        name = min(name for name, found in tables.items() if found == table.name)
        columns = table.named(_columns(profile, table.name, name, entries[name]))
        if columns:
            check_header(name, columns, table, present)
        shown = [column for column in table.columns if column in columns][:_SHOWN]
        reasons.append(f"{name} ({', '.join(shown) or 'by its name'})")
    return tuple(reasons)


def _columns(profile: Profile, source: str, name: str, entry: Entry) -> tuple[str, ...]:
    """The header of a file; nothing for Parquet in an archive, which is known by its name only."""
    if not name.lower().endswith(".parquet"):
        start = io.BytesIO(first_bytes(entry, name))
        return read_first_lines(name, start, Form.of(profile, source)).columns
    if entry.member is not None:
        return ()
    try:
        return tuple(column.lower() for column in pq.read_schema(entry.path).names)
    except (OSError, ValueError, pa.ArrowException):
        raise ExtractError(f"{name}: not a Parquet file that can be read") from None
