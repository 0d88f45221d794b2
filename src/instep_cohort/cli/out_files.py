"""Files that a command is asked to write: new ones only, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.errors import UsageError


def refuse_existing(path: Path) -> None:
    """Refuses a file that is there already, before anything is worked out for it.

    Raises:
        UsageError: it is there, or its folder is not.
    """
    if path.exists():
        raise UsageError(f"{path} is there already: move it, or name another file")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to write {path.name} in: make it first")


def write_report(
    path: Path, content: str, artefact_class: ArtefactClass, columns: Iterable[str]
) -> Path:
    """Writes a report on an extract, its class in its name and beside it; gives its path.

    Raises:
        SafetyRefusal: a report of that class may not hold one of the columns.
        UsageError: another file stands there, or none can be written.
    """
    from instep_cohort.disclosure.handing_over import hand_over, put

    raw = content.encode()
    return hand_over(path, artefact_class, columns=columns, write=lambda to: put(to, raw)).path


def write_new(path: Path, content: str | bytes) -> None:
    """Writes a file beside its place first, so that a failure leaves nothing half written.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    refuse_existing(path)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(content.encode() if isinstance(content, str) else content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
