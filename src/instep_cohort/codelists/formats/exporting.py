"""Exporting a list: a codelist as the files of an exchange format, and what they do not hold."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding
from instep_cohort.codelists.formats.exchange import list_file
from instep_cohort.codelists.formats.registry import exchange_format
from instep_cohort.codelists.model import Codelist
from instep_cohort.errors import DefinitionError, Fault, UsageError


class ExportedList(NamedTuple):
    """The files that an export wrote, and all that they do not hold of the list."""

    files: tuple[Path, ...]
    losses: tuple[Finding, ...]


def export_list(
    codelist: Codelist,
    *,
    format: str,  # noqa: A002
    out: Path | str,
    overwrite: bool = False,
) -> ExportedList:
    """The files that hold a list in an exchange format, and what each row loses there.

    Args:
        codelist: the list.
        format: a key of ``FORMATS``.
        out: the file to write; where the format needs several, each name gets a part before its
            suffix (``opioids-bnf.csv``).
        overwrite: whether files that are there are replaced.

    Raises:
        UsageError: the format is unknown or only read, a file is there already, or a package that
            it needs is not installed.
        DefinitionError: nothing of the list can be said in this format.
    """
    written_as = exchange_format(format)
    if written_as.write is None:
        raise UsageError(f"{format} can be read and not written")
    out = Path(out)
    if out.is_dir() or not out.name:
        raise UsageError(f"{out} is a folder: name the file to write")
    exported = written_as.write(codelist)
    if not exported.files:
        text = f"nothing of the list can be said as {written_as.title}"
        raise DefinitionError(Fault("", text, f"it holds {written_as.holds}", list_file(codelist)))
    paths = [out.with_name(f"{out.stem}{one.part}{out.suffix}") for one in exported.files]
    for path in paths:
        if path.exists() and not (overwrite and path.is_file()):
            raise UsageError(f"{path} is there already: another name, or --overwrite")
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = [path.with_name(f".{path.name}.new") for path in paths]
    try:
        for new, one in zip(beside, exported.files, strict=True):
            new.write_bytes(one.data)
        for new, path in zip(beside, paths, strict=True):
            new.replace(path)
    finally:
        for new in beside:
            new.unlink(missing_ok=True)
    return ExportedList(tuple(paths), exported.losses)
