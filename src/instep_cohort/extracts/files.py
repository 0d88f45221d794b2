"""The files of an extract: what is there, what is read, and archives unpacked safely."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from instep_cohort.errors import ExtractError, UsageError
from instep_cohort.extracts.archives import (
    ARCHIVE_FAULTS,
    members,
    open_member,
    printable,
    take_out,
)
from instep_cohort.extracts.profile import Profile

_NOT_DATA = ("__MACOSX",)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class SourceFile:
    """One file of the extract that a profile reads.

    Attributes:
        name: relative to the extract, as people see it; ``archive.zip/member`` in an archive.
        table: the profile's table that it belongs to.
        path: where its bytes are; where it came out of an archive, a temporary copy, which may be
            a .gz of it.
    """

    name: str
    table: str
    path: Path


@dataclass(frozen=True)
class Entry:
    """One file of an extract, before anything is known of it.

    Attributes:
        path: the file, or the archive that holds it.
        member: its name in that archive.
    """

    path: Path
    member: str | None = None


def find_files(
    extract: Path, profile: Profile, scratch: Path, progress: Callable[[str], None]
) -> tuple[list[SourceFile], list[str]]:
    """The files that the profile reads, and the names of those that it does not use, both sorted.

    Members of archives that are read are taken out into ``scratch``, under names of our own.

    Raises:
        UsageError: there is nothing at ``extract``.
        ExtractError: an archive is damaged, encrypted or tries to write outside its folder, or the
            names of the files contradict each other.
    """
    entries = list_entries(extract)
    tables = profile.recognise(sorted(entries))
    unused = sorted(entries.keys() - tables.keys())
    files = []
    for number, name in enumerate(sorted(tables)):
        entry = entries[name]
        _refuse_unusual(entry, name)
        path = entry.path
        if entry.member is not None:
            progress(f"taking {name} out of its archive")
            path = take_out(path, entry.member, name, scratch, f"member-{number}")
        files.append(SourceFile(name, tables[name], path))
    return files, unused


def first_bytes(entry: Entry, name: str) -> bytes:
    """The first bytes of a file of an extract, unpacked: as many as its header needs.

    Args:
        entry: the file.
        name: its name, for messages.

    Raises:
        ExtractError: it is damaged, encrypted or cannot be read.
    """
    _refuse_unusual(entry, name)
    try:
        if entry.member is None:
            with entry.path.open("rb") as source:
                return _unpacked_start(source, name)
        with (
            zipfile.ZipFile(entry.path) as archive,
            open_member(archive, entry.member, name) as source,
        ):
            return _unpacked_start(source, name)
    except ARCHIVE_FAULTS:
        raise ExtractError(f"{name}: cannot be read; copy it again") from None


def _unpacked_start(source: IO[bytes], name: str) -> bytes:
    if name.lower().endswith(".gz"):
        with gzip.GzipFile(fileobj=source) as unpacked:
            return unpacked.read(_CHUNK)
    return source.read(_CHUNK)


def list_entries(extract: Path) -> dict[str, Entry]:
    """Every file of an extract, by its name relative to it.

    Raises:
        UsageError: there is nothing at ``extract``.
        ExtractError: it is neither a folder nor a .zip, or an archive is damaged or tries to write
            outside its folder.
    """
    if extract.is_dir():
        found: dict[str, Entry] = {}
        for path in _walk(extract):
            name = printable(path.relative_to(extract).as_posix())
            if path.suffix.lower() == ".zip":
                found |= {f"{name}/{member}": e for member, e in _members(path, name).items()}
            else:
                found[name] = Entry(path)
        return found
    if not extract.is_file():
        raise UsageError(f"{extract}: no such file or folder")
    if extract.suffix.lower() == ".zip":
        return _members(extract, extract.name)
    raise ExtractError(
        f"{extract.name}: an extract is a folder or a .zip; name the folder that holds this file"
    )


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below, behind links too: a part that is passed over would be missed by nobody."""
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, onerror=_refuse_folder, followlinks=True):
        if (real := os.path.realpath(place)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if _is_data(name)]
        yield from (Path(place, name) for name in names if _is_data(name))


def _refuse_folder(error: OSError) -> None:
    name = Path(str(error.filename)).name
    raise ExtractError(f"{name}: a folder that cannot be read: {error.strerror}")


def _is_data(name: str) -> bool:
    return not name.startswith(".") and name not in _NOT_DATA


def _members(archive: Path, name: str) -> dict[str, Entry]:
    return {
        shown: Entry(archive, member)
        for shown, member in members(archive, name).items()
        if all(map(_is_data, PurePosixPath(shown).parts))
    }


def _refuse_unusual(entry: Entry, name: str) -> None:
    """Nothing, where there is an ordinary file; a pipe would be waited for, a device is endless.

    Raises:
        ExtractError: it is none, or its path cannot be written down.
    """
    if not entry.path.is_file():
        raise ExtractError(
            f"{name}: no file that can be read (a link to nowhere, a pipe, a device)"
        )
    try:
        str(entry.path).encode()
    except UnicodeEncodeError:
        raise ExtractError(f"{name}: its path has bytes that are no text; rename it") from None
