"""The one door by which a file is handed over: its class in its name, inside it, and beside it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.columns import refuse_above
from instep_cohort.errors import UsageError


class HandedOver(NamedTuple):
    """A file that was written: where, of what class, and the sha256 of its bytes."""

    path: Path
    artefact_class: ArtefactClass
    sha256: str


def stamped(path: Path, artefact_class: ArtefactClass) -> Path:
    """The path with the class in its name: ``list.xlsx`` becomes ``list.PRACTICE-ONLY.xlsx``.

    Raises:
        UsageError: the name carries another class.
    """
    parts = path.name.split(".")
    others = {str(one) for one in ArtefactClass} - {str(artefact_class)}
    if others & set(parts):
        raise UsageError(f"{path}: this file is {artefact_class}; the name says another class.")
    if str(artefact_class) in parts:
        return path
    return path.with_name(f"{path.stem}.{artefact_class}{path.suffix}")


def note_beside(path: Path) -> Path:
    """Where the note about a file stands: its own name and ``.json``."""
    return path.with_name(f"{path.name}.json")


def hand_over(
    path: Path,
    artefact_class: ArtefactClass,
    *,
    columns: Iterable[str],
    write: Callable[[BinaryIO], None],
    about: Mapping[str, object] | None = None,
) -> HandedOver:
    """Writes a file and the note beside it, whole or not at all; its owner alone may read them.

    The same bytes written twice are one file, so that a command can be run again after a kill.

    Args:
        path: where; the class is put into the name (`stamped`).
        artefact_class: how far the file may travel.
        columns: every column that the file holds.
        write: writes the bytes; for a workbook or a document it puts the class inside as well.
        about: further entries of the note: study, run, ledger head …

    Raises:
        SafetyRefusal: a file of that class may not hold one of the columns; nothing is written.
        UsageError: another file stands there, which is not touched; or none can be written.
    """
    held = list(columns)
    refuse_above(held, artefact_class)
    path = stamped(path, artefact_class)
    making = _made(path, write)
    try:
        sha256 = _sha256(making)
        if path.exists() and _sha256(path) != sha256:
            raise _taken(path)
        note = {
            "file": path.name,
            "artefact_class": str(artefact_class),
            "sha256": sha256,
            "columns": held,
            **(about or {}),
        }
        _write_note(note_beside(path), note)  # first: a file is never there without its note
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
    return HandedOver(path, artefact_class, sha256)


def _made(path: Path, write: Callable[[BinaryIO], None]) -> Path:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.absolute().parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).") from None
    making = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            write(out)
    except BaseException as error:
        making.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError(f"{path} cannot be written ({error.strerror}).") from None
        raise
    return making


def _write_note(path: Path, note: Mapping[str, object]) -> None:
    text = json.dumps(note, indent=2, ensure_ascii=False, default=str) + "\n"
    making = _made(path, lambda out: put(out, text.encode()))
    making.replace(path)


def put(out: BinaryIO, raw: bytes) -> None:
    """Writes bytes that are at hand, as a `write` of `hand_over`."""
    out.write(raw)


def refuse_taken(path: Path, raw: bytes) -> None:
    """Nothing, where `hand_over` could write these bytes; asked before something is recorded.

    Raises:
        UsageError: another file stands there, which is not touched; or there is no such folder.
    """
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}.")
    if path.exists() and path.read_bytes() != raw:
        raise _taken(path)


def _taken(path: Path) -> UsageError:
    return UsageError(
        f"{path} is there already and is not replaced; move it, or give --out another name."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()
