"""The files of a store kept open, to be read on when another store takes its place."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable
from pathlib import Path


class HeldFiles:
    """Some files of one folder as they are now.

    Files that are held keep their content for whoever holds them, also when they are renamed or
    deleted. Where a system has no names for open files, only whether they are still there is known.
    """

    def __init__(self, folder: Path, names: Iterable[str], mark: str) -> None:
        """Opens the files.

        Args:
            folder: the folder.
            names: the files that may be asked for.
            mark: a file that is written anew when the folder is replaced.

        Raises:
            OSError: one of them cannot be opened.
        """
        self._mark = folder / mark
        self._known = _identity(self._mark)
        self._open: dict[str, int] = {}
        # where Linux lets a process find its open files by name, whatever their names have become
        place = Path("/proc") / str(os.getpid()) / "fd"
        self._place = place if place.is_dir() else None
        if self._place is not None:
            weakref.finalize(self, _close, self._open)
            # the mark too: while it is open, no other file can have its number
            for name in (mark, *names):
                self._open[name] = os.open(folder / name, os.O_RDONLY)

    @property
    def are_replaced(self) -> bool:
        """Whether what stands in the folder now are other files."""
        return self._known != _identity(self._mark)

    def path(self, name: str) -> Path | None:
        """A path of this process to the file as it was; ``None`` where the system has none."""
        return self._place / str(self._open[name]) if self._place is not None else None


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _close(files: dict[str, int]) -> None:
    for handle in files.values():
        os.close(handle)
