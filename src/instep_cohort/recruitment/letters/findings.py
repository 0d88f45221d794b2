"""What a check of a letter gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is: with an error the letter is not to be sent."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing to mend in a letter.

    Attributes:
        rule: the id of the rule, such as ``benefits``.
        severity: how grave it is.
        found: what is wrong, in one sentence.
        mend: what would mend it; may be empty.
        example: a sentence that would do; may be empty.
        line: its line, or ``None`` where something is not said at all.
        quote: the line's text; may be empty.
        place: where in the file it stands, where that is not the body; may be empty.
    """

    rule: str
    severity: Severity
    found: str
    mend: str = ""
    example: str = ""
    line: int | None = None
    quote: str = ""
    place: str = ""


@dataclass(frozen=True)
class Said:
    """Where a letter says what it has to say: the rule, and the line that keeps it."""

    rule: str
    line: int
    quote: str


@dataclass(frozen=True)
class Placeholder:
    """Something in square brackets that somebody has yet to fill in."""

    line: int
    text: str


@dataclass(frozen=True)
class LetterCheck:
    """What was found in one letter.

    Attributes:
        file: the name of the file.
        findings: errors first, each in the order of the letter.
        said: where each of the required things is said, for those that are.
        placeholders: what has yet to be filled in.
        fields: the merge fields that the letter uses, each once, in their order.
        reading_age: in years; ``None`` where there is no sentence to judge.
        reading_age_limit: the level from which it is warned, in years.
    """

    file: str
    findings: tuple[Finding, ...]
    said: tuple[Said, ...]
    placeholders: tuple[Placeholder, ...]
    fields: tuple[str, ...]
    reading_age: float | None
    reading_age_limit: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings with which the letter is not to be sent."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that somebody should look at."""
        return tuple(f for f in self.findings if f.severity is Severity.WARNING)
