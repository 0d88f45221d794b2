"""The lock of a folder of codelists: the hash of every released file, which never changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding, finding
from instep_cohort.codelists.versions import list_folders, released
from instep_cohort.errors import DefinitionError

LOCK_NAME = "codelists.lock"
_LINE = re.compile(r"([0-9a-f]{64})  (\S+/\S+\.csv)")
_NEVER = (
    "released files never change: restore it, or release a new version; for that keep yours as "
    "{id}/working.csv, restore {file} from version control or a backup, and run codelists release"
)


class Locked(NamedTuple):
    """One line of a lock."""

    sha256: str
    line: int


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_lock(folder: Path) -> tuple[dict[str, Locked], list[Finding]]:
    """What the lock of a folder says of each ``id/version.csv``, and which lines are wrong.

    Raises:
        FileNotFoundError: the folder has no lock.
    """
    locked: dict[str, Locked] = {}
    findings = []
    text = (folder / LOCK_NAME).read_text(encoding="utf-8-sig", errors="replace")
    for line, entry in enumerate(text.splitlines(), start=1):
        if not entry.strip():
            continue
        parts = _LINE.fullmatch(entry)
        if parts is None:
            code, text = "lock-line", "the line is not a hash, two spaces and id/version.csv"
        elif parts[2] in locked:
            code, text = "lock-twice", f"{parts[2]} stands here again"
        else:
            locked[parts[2]] = Locked(parts[1], line)
            continue
        findings.append(finding(code, text, "restore the lock", file=LOCK_NAME, line=line))
    return locked, findings


def lock_findings(folder: Path) -> list[Finding]:
    """Whatever differs between the lock of a folder and the files that are there.

    A folder without a lock has the one finding ``lock-missing``, a warning, where there is a
    released file to lock.
    """
    try:
        locked, findings = read_lock(folder)
    except FileNotFoundError:
        if not any(released(inner) for inner in list_folders(folder)):
            return []
        return [
            finding(
                "lock-missing",
                f"there is no {LOCK_NAME} here",
                "write one by `codelists lock`, so that a changed file is seen",
                file=LOCK_NAME,
            )
        ]
    return findings + list(_differences(_hashes(folder), locked))


def write_lock(folder: Path) -> list[str]:
    """The files that were added to the lock of a folder; lines that are there stay as they are.

    Raises:
        DefinitionError: a file of the lock was changed or is gone, or a line cannot be read;
            nothing is written then.
    """
    lock = folder / LOCK_NAME
    had_lock = lock.exists()
    added = not_locked(folder)
    here = _hashes(folder)
    written = lock_with(folder, {file: here[file] for file in added})
    if added or not had_lock:
        beside = folder / f".{LOCK_NAME}.new"
        beside.write_bytes(written)
        beside.replace(lock)
    return added


def not_locked(folder: Path) -> list[str]:
    """The released files of a folder, as ``id/version.csv``, that its lock does not name, sorted.

    Without a lock these are all of them.
    """
    locked = read_lock(folder)[0] if (folder / LOCK_NAME).exists() else {}
    return sorted(_hashes(folder).keys() - locked.keys())


def lock_with(folder: Path, added: Mapping[str, str]) -> bytes:
    """The bytes of the folder's lock with these files in it; nothing is written.

    A folder that has no lock gets one with every released file that is there.

    Args:
        folder: of the codelists.
        added: the hash of each new ``id/version.csv``, which need not be there yet.

    Raises:
        DefinitionError: a file of the lock was changed or is gone, or a line cannot be read.
    """
    here = _hashes(folder)
    hashes = dict(here)
    if (folder / LOCK_NAME).exists():
        locked, findings = read_lock(folder)
        findings += [wrong for wrong in _differences(here, locked) if wrong.code != "lock-lacks"]
        if findings:
            raise DefinitionError(wrong.as_fault() for wrong in findings)
        hashes = {file: line.sha256 for file, line in locked.items()}
    hashes |= added
    return "".join(f"{hashes[file]}  {file}\n" for file in sorted(hashes)).encode()


def _hashes(folder: Path) -> dict[str, str]:
    return {
        f"{inner.name}/{version}.csv": sha256((inner / f"{version}.csv").read_bytes())
        for inner in list_folders(folder)
        for version in released(inner)
    }


def _differences(here: dict[str, str], locked: dict[str, Locked]) -> Iterator[Finding]:
    for file in sorted(here.keys() | locked.keys()):
        if file not in locked:
            yield finding(
                "lock-lacks",
                f"the version is not in {LOCK_NAME}",
                "lock it when it is released (`codelists lock`), call it working.csv while it is "
                "being written, or take it out",
                file=file,
            )
        elif file not in here:
            yield finding(
                "lock-gone",
                f"the file is gone, and {LOCK_NAME} names it on line {locked[file].line}",
                "released files are never taken away: restore it",
                file=file,
            )
        elif here[file] != locked[file].sha256:
            yield finding(
                "lock-changed",
                f"the file is not the one that was released: {LOCK_NAME} line "
                f"{locked[file].line} has {locked[file].sha256[:12]}…, the file "
                f"{here[file][:12]}…",
                _NEVER.format(id=file.split("/")[0], file=file),
                file=file,
            )
