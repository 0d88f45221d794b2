"""A file of study tests: made-up patients of a few rows each, and what is expected of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.study.checked_parts import Part
from instep_cohort.study.made_rows import SYSTEMS, MadeRow, rows_of
from instep_cohort.study.model import Study
from instep_cohort.study.origin import Origin
from instep_cohort.study.reading import read_yaml
from instep_cohort.study.references import below
from instep_cohort.study.spans import Span
from instep_cohort.study.values import shown

_FILE_KEYS = ("study", "on", "system", "patients")
_PATIENT_KEYS = (
    *("name", "birth", "age", "sex", "registered", "died", "is_test", "is_confidential"),
    *("practice_list", "events", "medicines", "expect"),
)
_STAY_KEYS = ("since", "until", "kind")
_KINDS = ("regular", "temporary", "other")
_LISTED = ("research", "type_1", "national")
_BIRTH = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_OUT_AT = re.compile(r"out at (\S+)")
_EXPECT = "write in, out, out at STEP, or {result: in, COLUMN: VALUE}"
_YEARS_REGISTERED = 10


class Stay(NamedTuple):
    """A registration: from, to (``None``: open) and its kind."""

    since: date
    until: date | None = None
    kind: str = "regular"


@dataclass(frozen=True)
class Expected:
    """What a study is to say of a patient.

    Attributes:
        is_in: whether the patient is a candidate.
        step: the step at which they are left out; empty where any will do.
        columns: the value of each candidate column that is asked about.
        cautions: the cautions, in any order; ``None`` where they are not asked about.
    """

    is_in: bool
    step: str = ""
    columns: Mapping[str, object] = field(default_factory=dict)
    cautions: tuple[str, ...] | None = None

    def __str__(self) -> str:
        """The expectation as its author would write it."""
        return "in" if self.is_in else f"out at {self.step}" if self.step else "out"


@dataclass(frozen=True)
class MadePatient:
    """A made-up patient; ``where`` is its place in the file, ``birth`` may lack day and month."""

    where: str
    name: str
    birth: str
    sex: str
    died: date | None
    stays: Sequence[Stay]
    is_test: bool
    is_confidential: bool
    practice_list: str
    events: Sequence[MadeRow]
    medicines: Sequence[MadeRow]
    expected: Expected


@dataclass(frozen=True)
class StudyTests:
    """What a file of study tests holds.

    Attributes:
        on: the search date.
        study: the study's name, empty where the file does not say it.
        patients: in the order of the file.
        origin: where everything stands in it.
    """

    on: date
    study: str
    patients: Sequence[MadePatient]
    origin: Origin


def file_of_tests(study: Study) -> Path:
    """The test file of a study: of the same name, in the folder `tests` beside it.

    Raises:
        UsageError: the study was read from no file, or has none there.
    """
    file = Path(study._origin.file)
    if not study._origin.file:
        raise UsageError("the study was read from no file: name the file of its tests.")
    beside = file.parent / "tests" / file.name
    if not beside.is_file():
        raise UsageError(f"there is no test file {beside}: write it, or name another.")
    return beside


def load_study_tests(path: Path | str) -> StudyTests:
    """The study tests of a file.

    Raises:
        UsageError: the file cannot be read.
        DefinitionError: it is wrong; all its faults are told at once.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionError(Fault("", "the file is not UTF-8", "save it as UTF-8", str(path)))  # noqa: B904
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return parse_study_tests(text, str(path))


def parse_study_tests(text: str, file: str) -> StudyTests:
    r"""The study tests that the text holds; ``file`` is the name that faults give.

    Raises:
        DefinitionError: the file is wrong; all its faults are told at once.

    Example:
        >>> found = parse_study_tests(
        ...     "on: 2026-11-01\n"
        ...     "patients:\n"
        ...     "- name: back pain without a medicine\n"
        ...     "  age: 46\n"
        ...     "  events: [2026-03-01 N142. Low back pain]\n"
        ...     "  expect: out at pain_medicine\n",
        ...     "tests.yaml",
        ... )
        >>> found.patients[0].events[0].code, str(found.patients[0].expected)
        ('N142.', 'out at pain_medicine')
    """
    data, origin, found = read_yaml(text, file)
    whole = Part(data, "", list(found), origin)
    whole.only(_FILE_KEYS)
    whole.needed("on", "the search date of the tests, such as on: 2026-11-01")
    on = whole.day("on")
    system = whole.choice("system", SYSTEMS) or "read_v2"
    if whole.needed("patients", "a list, one entry each") and data["patients"] == []:
        whole.fault("patients", "there is no patient to test", "write one who is in, and one out")
    # a wrong date of the file is one fault; what counts back from it is judged all the same
    patients = [
        patient
        for where, item in whole.items("patients")
        if (patient := _patient(whole, where, item, on or date(2000, 1, 1), system))
    ]
    _note_twins(whole, patients)
    if whole.faults or on is None:
        raise DefinitionError(origin.placed(whole.faults))
    return StudyTests(on, whole.text("study") or "", patients, origin)


def _note_twins(whole: Part, patients: Sequence[MadePatient]) -> None:
    first: dict[str, str] = {}
    for patient in patients:
        if first.setdefault(patient.name, patient.where) != patient.where:
            line = whole.origin.line(first[patient.name])
            found = f"{shown(patient.name)} stands twice, first on line {line}"
            whole.note(below(patient.where, "name"), found, "rename one")


def _patient(whole: Part, where: str, item: object, on: date, system: str) -> MadePatient | None:
    if not isinstance(item, Mapping):
        found = f"{shown(item)} stands where a patient is meant"
        whole.note(where, found, "a patient has name, birth or age, rows, and expect")
        return None
    part = whole.part(where, item)
    part.only(_PATIENT_KEYS)
    part.needed("name", "what the patient is there for, such as name: two issues only")
    birth = _birth(part, on)
    return MadePatient(
        where=where,
        name=part.text("name") or where,
        birth=birth,
        sex=part.choice("sex", ("F", "M", "I", "U")) or "U",
        died=part.day("died"),
        stays=list(_stays(part, on, birth)),
        is_test=part.truth("is_test"),
        is_confidential=part.truth("is_confidential"),
        practice_list=part.choice("practice_list", _LISTED) or "",
        events=rows_of(part, "events", system),
        medicines=rows_of(part, "medicines", system),
        expected=_expected(part),
    )


def _birth(part: Part, on: date) -> str:
    """The birth as it was written, or half a year before the birthday that the age means."""
    if "birth" in part.data and "age" in part.data:
        part.fault("age", "birth is given already", "keep one of them")
    age, birth = part.whole("age"), part.text("birth")
    if age is not None:
        return Span(12 * age + 6, "month").before(on).isoformat()
    if "birth" not in part.data and "age" not in part.data:
        part.fault("", "birth is missing", "birth: 1980-05-01, 1980-05 or 1980; or age: 46")
    elif birth and not _is_birth(birth):
        part.fault("birth", f"{shown(birth)} is not a date", "such as 1980-05-01, 1980-05 or 1980")
    return birth or ""


def _is_birth(text: str) -> bool:
    try:
        return bool(_BIRTH.fullmatch(text) and date.fromisoformat(f"{text}-01-01"[:10]))
    except ValueError:
        return False


def _stays(part: Part, on: date, birth: str) -> Iterator[Stay]:
    """The registrations; where none is given, one of the ten years before the search date."""
    given = part.data.get("registered")
    if given is None:
        since = Span(_YEARS_REGISTERED, "year").before(on)
        born = date.fromisoformat(f"{birth}-01-01"[:10]) if _is_birth(birth) else since
        yield Stay(max(since, born))
    elif isinstance(given, list):
        for where, item in part.items("registered"):
            yield from _stay(part, where, item)
    else:
        yield from _stay(part, below(part.where, "registered"), given)


def _stay(part: Part, where: str, given: object) -> Iterator[Stay]:
    if not isinstance(given, Mapping):
        given = {"since": given}
        stay = Part(given, where, part.faults, part.origin)
    else:
        stay = part.part(where, given)
        stay.only(_STAY_KEYS)
    stay.needed("since", "the day on which the registration began")
    since, until = stay.day("since"), stay.day("until")
    if since and until and until < since:
        stay.fault("until", f"it ends on {until}, before it begins")
    if since:
        yield Stay(since, until, stay.choice("kind", _KINDS) or "regular")


def _expected(part: Part) -> Expected:
    nothing = Expected(is_in=False)
    if not part.needed("expect", _EXPECT):
        return nothing
    given = part.data["expect"]
    if given in ("in", "out"):
        return Expected(is_in=given == "in")
    if isinstance(given, str) and (at := _OUT_AT.fullmatch(given)):
        return Expected(is_in=False, step=at[1])
    if not isinstance(given, Mapping):
        part.fault("expect", f"{shown(given)} says nothing that can be expected", _EXPECT)
        return nothing
    return _expected_columns(part.part(below(part.where, "expect"), given))


def _expected_columns(given: Part) -> Expected:
    if not given.needed("result", "in or out"):
        return Expected(is_in=False)
    is_in = given.choice("result", ("in", "out")) == "in"
    columns = {
        key: value
        for key, value in given.data.items()
        if key not in ("result", "step", "cautions") and value is not None
    }
    step = given.text("step") or ""
    if is_in and step:
        given.fault("step", "who is in is left out at no step", "take it out, or result: out")
    for key in columns if not is_in and given.data.get("result") == "out" else ():
        given.fault(key, "who is out has no columns", "columns go with result: in")
    cautions = None
    if "cautions" in given.data:
        cautions = tuple(str(item) for _, item in given.items("cautions"))
    return Expected(is_in, step, columns, cautions)
