"""The folder of a made-up practice: nothing in it is replaced but what was made up here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from instep_cohort.errors import UsageError

MADE_UP = "made-up.json"

# What was written before there was a list of it.
_OLD_FILES = ("patients.csv", "events.csv", "medicines.csv", "opt-outs.csv", "jobs.csv")
_OLD_PARTS = ("events/part-*.csv", "medicines/part-*.csv")
_OLD_SIGN = "truth.csv"


def check_folder(out: Path) -> frozenset[str]:
    """The files of the practice that was made up in this folder earlier, if any; paths in it.

    Raises:
        UsageError: the folder holds something, and nothing was made up in it, or it is a file.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder")
    there = _files(out)
    if not there:
        return frozenset()
    earlier = _listed(out) or _old(out)
    if not earlier:
        raise UsageError(
            f"{out} holds {min(there).split('/')[0]}, and no {MADE_UP}: it was not made up here "
            "and is left alone; name an empty folder"
        )
    folders = {Path(name).parts[0] for name in earlier if "/" in name}
    strangers = {name for name in there - earlier if Path(name).parts[0] in folders}
    if strangers:
        raise UsageError(
            f"{out} holds {min(strangers)}, which was not made up here; name an empty folder"
        )
    return earlier


def replace_earlier(
    made: Path, out: Path, earlier: Iterable[str], order: Mapping[str, object]
) -> None:
    """Moves the files of a new practice into its folder, those of an earlier one away.

    Raises:
        UsageError: a file of the new one would take the place of one that was not made up here.
    """
    files = sorted(_files(made))
    taken = [name for name in files if (out / name).exists() and name not in set(earlier)]
    if taken:
        raise UsageError(f"{out} holds {taken[0]}, which was not made up here; name another folder")
    listing = {"made_up": True, **order, "files": files}
    (made / MADE_UP).write_text(json.dumps(listing, indent=2) + "\n", encoding="utf-8")
    for name in earlier:
        (out / name).unlink(missing_ok=True)
    for folder in sorted({(out / name).parent for name in earlier} - {out}):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    for name in [*files, MADE_UP]:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).replace(out / name)


def _files(folder: Path) -> frozenset[str]:
    """Every file below the folder but hidden ones, by its path in it."""
    if not folder.is_dir():
        return frozenset()
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return frozenset(
        path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)
    )


def _listed(out: Path) -> frozenset[str]:
    try:
        listing = json.loads((out / MADE_UP).read_text(encoding="utf-8"))
        return frozenset(listing["files"]) | {MADE_UP} if listing["made_up"] else frozenset()
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _old(out: Path) -> frozenset[str]:
    if not (out / _OLD_SIGN).is_file():
        return frozenset()
    found = {name for name in (*_OLD_FILES, _OLD_SIGN) if (out / name).is_file()}
    parts = {path.relative_to(out).as_posix() for form in _OLD_PARTS for path in out.glob(form)}
    strangers = {name for name in _files(out) if Path(name).parts[0] in {"events", "medicines"}}
    return frozenset(found | parts) if strangers <= parts else _refused(out, min(strangers - parts))


def _refused(out: Path, name: str) -> frozenset[str]:
    raise UsageError(f"{out} holds {name}, which was not made up here; name an empty folder")
