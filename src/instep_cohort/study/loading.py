"""A study file read, with everything that is wrong in it at once (RULES.md §9)."""

from __future__ import annotations

from pathlib import Path

from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.shipped_files import shipped
from instep_cohort.study.checking import examine
from instep_cohort.study.model import Study
from instep_cohort.study.nearest import nearest
from instep_cohort.study.reading import read_yaml

_SUFFIXES = (".yaml", ".yml")
_INCOMPLETE = (".incomplete.yaml", ".incomplete.yml")


def load_study(name_or_path: str | Path) -> Study:
    """The study of that file, or the shipped study of that name, such as ``instep``.

    Raises:
        UsageError: there is no such file or study.
        DefinitionError: the study is wrong; all its faults are told at once.
    """
    path = _path(name_or_path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(_encoding_fault(error, str(path))) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if path.name.lower().endswith(_INCOMPLETE):
        raise DefinitionError([_incomplete(path), *_faults_of(text, path)])
    return parse_study(text, str(path))


def _incomplete(path: Path) -> Fault:
    found = "the study is marked as incomplete, so it is not run"
    mend = "its comments say what is missing: write that, and name the file without .incomplete"
    return Fault("", found, mend, file=str(path))


def _faults_of(text: str, path: Path) -> list[Fault]:
    try:
        parse_study(text, str(path))
    except DefinitionError as error:
        return list(error.faults)
    return []


def parse_study(text: str, file: str) -> Study:
    """The study that the text holds; ``file`` is the name that faults give.

    Raises:
        DefinitionError: the study is wrong; all its faults are told at once.
    """
    data, origin, found = read_yaml(text, file)
    faults = examine(data, origin.written, found).faults
    if faults:
        raise DefinitionError(origin.placed(faults))
    study = Study.model_validate(data)
    study._origin = origin
    return study


def _path(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    name = str(name_or_path)
    if isinstance(name_or_path, Path) or path.suffix in _SUFFIXES or path.name != name:
        if not path.exists():
            raise UsageError(f"there is no file {path}{_sibling(path)}")
        return path
    studies = {file.stem: file for file in sorted(shipped("studies").glob("*.yaml"))}
    if name in studies:
        return studies[name]
    if path.is_file():
        return path
    raise UsageError(
        f"there is no study {name} ({nearest(name, studies)}), nor a file of that name"
    )


def _sibling(path: Path) -> str:
    """The nearest study file of the same folder, to be named beside a missing one."""
    names = [file.name for file in path.parent.glob("*") if file.suffix in _SUFFIXES]
    near = nearest(path.name, names)
    return f" ({near})" if near else ""


def _encoding_fault(error: UnicodeDecodeError, file: str) -> Fault:
    raw: bytes = error.object
    found = f"the file is not UTF-8: byte 0x{raw[error.start]:02x} stands for no character"
    line = raw.count(b"\n", 0, error.start) + 1
    return Fault("", found, "save it as UTF-8", file, line)
