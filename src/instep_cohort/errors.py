"""What goes wrong, one class for each exit code, written for the person who can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a file that somebody wrote.

    Attributes:
        where: the YAML path or column, such as ``measures.opioid_use.within``; may be empty.
        found: what stands there and why it is wrong, in one sentence.
        repair: what would be right, or the nearest valid name; may be empty.
        file: the file's name; may be empty.
        line: its line, counted from 1, or ``None`` where there is no single one.
    """

    where: str
    found: str
    repair: str = ""
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        """The fault on one line: place, what was found, repair."""
        place = self.file + (f":{self.line}" if self.line is not None else "")
        head = " ".join(part for part in (place, self.where) if part)
        text = f"{head}: {self.found}" if head else self.found
        return f"{text} ({self.repair})" if self.repair else text


class InstepError(Exception):
    """Any refusal of this library; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class UsageError(InstepError):
    """The call itself is wrong: an unknown option value, a file that is not there."""

    exit_code = 2


class DefinitionError(InstepError):
    """A study, codelist or mapping is wrong. ``faults`` holds every fault found, not the first."""

    exit_code = 3

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class SafetyRefusal(InstepError):
    """The run was refused since its list could reach somebody who must not be written to."""

    exit_code = 4


class ExtractError(InstepError):
    """The extract or store cannot be read as what it is said to be."""

    exit_code = 5
