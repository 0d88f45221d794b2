"""Versions of a codelist and their files."""

from __future__ import annotations

import re
from pathlib import Path

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)

# the rows of the next version, while somebody writes them: `<id>/working.csv`
WORKING = "working"


def version_key(version: str) -> tuple[int, ...]:
    """What versions are ordered by, so that 1.10.0 comes after 1.9.0.

    Example:
        >>> sorted(["1.10.0", "1.9.0"], key=version_key)
        ['1.9.0', '1.10.0']
    """
    return tuple(map(int, version.split(".")))


def released(folder: Path) -> list[str]:
    """The versions that have a file in a list's folder, oldest first."""
    return sorted(
        (file.stem for file in folder.glob("*.csv") if VERSION.fullmatch(file.stem)),
        key=version_key,
    )


def list_folders(folder: Path) -> list[Path]:
    """The folders of codelists in a folder: those with a codelist.yaml or a CSV file, sorted."""
    return sorted(
        inner
        for inner in folder.iterdir()
        if inner.is_dir()
        and not inner.name.startswith(".")
        and ((inner / "codelist.yaml").is_file() or any(inner.glob("*.csv")))
    )
