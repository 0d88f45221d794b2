"""Writing a repaired copy of codelists beside them; what is there is never touched."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import NamedTuple

from instep_cohort.codelists.checks.checking import CARD, Standard, check, is_list, looked_at
from instep_cohort.codelists.checks.repairing import Change, repaired, repaired_text
from instep_cohort.codelists.column_names import system_in_name
from instep_cohort.codelists.files import read_folder_card
from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.lock import LOCK_NAME
from instep_cohort.codelists.versions import list_folders
from instep_cohort.errors import UsageError
from instep_cohort.terminology.dictionaries import Dictionary
from instep_cohort.terminology.systems import System


class RepairedCopy(NamedTuple):
    """A repaired copy: where it is, every change in it, and what is still wrong with it.

    Attributes:
        target: the folder or file that was written.
        changes: what differs from the original, with the lines of the original.
        left: what is wrong with the copy, with the lines of the copy: nothing of it has a repair
            that leaves no doubt.
        unlocked: whether the copy has no lock, since released files differ in it.
    """

    target: Path
    changes: tuple[Change, ...]
    left: tuple[Finding, ...]
    unlocked: bool


def repaired_copy(
    path: Path | str,
    target: Path | str,
    *,
    on: date,
    hierarchies: Collection[System] = (),
    dictionary: Dictionary | None = None,
    system: System | None = None,
) -> RepairedCopy:
    """Writes a copy of codelists in which every fault whose repair leaves no doubt is mended.

    Args:
        path: what `check` takes: folders of lists or of files, or one file.
        target: the copy, which must not be there: a folder, that holds the list's folder where the
            path is one list; a file, where it is a file. It appears whole or not at all.
        on: the day on which review dates are looked at.
        hierarchies: systems for which the user has a hierarchy table.
        dictionary: codes and terms to hold the lists against.
        system: the system of the codes in downloaded files that do not say it.

    A released file that was changed is no longer the one in the lock, so the copy then has none.

    Raises:
        UsageError: the target is there already, or within what is to be copied, or cannot be
            written.
    """
    path, target = Path(path).resolve(), Path(target)
    _check_target(path, target)
    standard = Standard(on, hierarchies, dictionary, system)
    checked = looked_at(path, standard)
    root = path if path.is_dir() and not is_list(path) else path.parent
    contents: dict[str, bytes] = {}
    changes: list[Change] = []
    for file in checked.files:
        data, made = repaired(file.path.read_bytes(), file.find)
        contents[str(file.path.relative_to(root))] = data
        changes += made
    unlocked = False
    if path.is_dir():
        for name, data, made in _cards(path, root):
            contents[name] = data
            changes += made
        unlocked = _add_rest(path, root, contents, changed={one.file for one in changes})
    else:
        system = system or system_in_name(path)  # the copy's own name need not say it
    _write(target, contents, is_file=path.is_file())
    left = check(target, on=on, hierarchies=hierarchies, dictionary=dictionary, system=system)
    return RepairedCopy(target, tuple(changes), tuple(left), unlocked)


def _check_target(path: Path, target: Path) -> None:
    whole = target.resolve()
    if target.exists() or target.is_symlink():
        raise UsageError(f"--fix {target}: it is there already; name what is not there yet")
    if not whole.parent.is_dir():
        raise UsageError(f"--fix {target}: there is no folder {whole.parent}")
    if path.is_dir() and whole.is_relative_to(path):
        raise UsageError(f"--fix {target}: it is within {path}; a copy stands beside it")


def _cards(path: Path, root: Path) -> list[tuple[str, bytes, tuple[Change, ...]]]:
    """The codelist.yaml of each list, as UTF-8 with LF line ends."""
    found = []
    for folder in [path] if root != path else list_folders(path):
        card = folder / CARD
        if card.is_file():
            data, made = repaired_text(card.read_bytes(), read_folder_card(folder).findings)
            found.append((str(card.relative_to(root)), data, made))
    return found


def _add_rest(path: Path, root: Path, contents: dict[str, bytes], *, changed: set[str]) -> bool:
    """Adds the other files of the folder and its lists; whether the lock was left out."""
    folders = [path] if root != path else [path, *list_folders(path)]
    for folder in folders:
        for file in sorted(folder.iterdir()):
            name = str(file.relative_to(root))
            if file.is_file() and name not in contents:
                contents[name] = file.read_bytes()
    released = {name for name in changed if name.endswith(".csv") and "/" in name}
    return bool(released) and contents.pop(LOCK_NAME, None) is not None


def _write(target: Path, contents: dict[str, bytes], *, is_file: bool) -> None:
    """Writes the copy under another name beside the target, and then gives it its own."""
    beside = Path(tempfile.mkdtemp(dir=target.resolve().parent, prefix=f".{target.name}."))
    try:
        inner = beside / "copy"
        if is_file:
            (data,) = contents.values()
            inner.write_bytes(data)
        else:
            inner.mkdir()
            for name, data in contents.items():
                place = inner / name
                place.parent.mkdir(exist_ok=True)
                place.write_bytes(data)
        inner.rename(target)
    except OSError as error:
        raise UsageError(f"--fix {target}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
