"""Writing several files so that either all of them change or none does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from instep_cohort.errors import UsageError


class Edit(NamedTuple):
    """What a file held, and what it is to hold; ``None`` where there is no file."""

    path: Path
    before: bytes | None
    after: bytes | None


def write_together(edits: Sequence[Edit]) -> None:
    """Makes all edits, in their order, or none.

    What was and what is to be are first written under other names beside the files, so that
    afterwards there are only renames, which need no room on the disk. One that fails takes those
    before it back. Only a machine that stops between two renames leaves a part, which is why the
    order counts.

    Raises:
        UsageError: a file is not what it was when it was read, or could not be written; everything
            is as it was.
    """
    for path, before, _ in edits:
        if _bytes(path) != before:
            raise UsageError(f"{path.name} was changed by somebody else meanwhile; run it again")
    beside: dict[tuple[Path, str], Path] = {}
    done: list[Edit] = []
    try:
        for path, before, after in edits:
            for name, data in ((_NEW, after), (_OLD, before)):
                if data is not None:
                    beside[path, name] = path.with_name(f".{path.name}.{name}")
                    _write(beside[path, name], data, like=path)
        for edit in edits:
            done.append(edit)
            _put(edit.path, beside.get((edit.path, _NEW)))
    except BaseException as fault:
        for path, _, _ in reversed(done):
            _put(path, beside.get((path, _OLD)))
        if isinstance(fault, OSError):
            raise UsageError(f"nothing was changed, for it failed: {fault.strerror}") from None
        raise
    finally:
        for left in beside.values():
            with suppress(OSError):
                left.unlink(missing_ok=True)


_NEW, _OLD = "new", "old"


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _write(new: Path, data: bytes, *, like: Path) -> None:
    """Writes a file that is safe on the disk, with the permissions of another."""
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if like.exists():
        new.chmod(like.stat().st_mode)


def _put(path: Path, ready: Path | None) -> None:
    if ready is None:
        path.unlink(missing_ok=True)
    else:
        ready.replace(path)
