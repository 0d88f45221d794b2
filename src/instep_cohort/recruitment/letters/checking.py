"""The check of a letter: what it has to say, what it had better not, whether it can be merged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from instep_cohort.recruitment.letters.cautions.reading_age import (
    DEFAULT_READING_AGE,
    age_findings,
    prose,
    reading_age,
)
from instep_cohort.recruitment.letters.cautions.visible import visible_findings
from instep_cohort.recruitment.letters.cautions.warning import caution_findings
from instep_cohort.recruitment.letters.files.reading import read_letter
from instep_cohort.recruitment.letters.findings import Finding, LetterCheck, Severity
from instep_cohort.recruitment.letters.language.merge_fields import field_findings, fields_of
from instep_cohort.recruitment.letters.language.placeholders import placeholders_in
from instep_cohort.recruitment.letters.language.sentences import sentences
from instep_cohort.recruitment.letters.letter import Letter
from instep_cohort.recruitment.letters.promises.promising import promise_findings
from instep_cohort.recruitment.letters.promises.stopping import need_findings


def check_letter(path: Path, *, reading_age_limit: int = DEFAULT_READING_AGE) -> LetterCheck:
    """What is to be mended in a letter, where it says what it has to, and what is left to fill in.

    The file is text, Markdown or DOCX; ``reading_age_limit`` is in years. What has to be said is
    safety rule S14.

    Raises:
        UsageError: the file is not there or is of another kind.
        DefinitionError: it is damaged, is made to do harm, or holds no text.
    """
    return check(read_letter(path), path.name, reading_age_limit)


def check(letter: Letter, file: str, reading_age_limit: int) -> LetterCheck:
    """The same of a letter that has been read."""
    found = sentences(letter.lines)
    measured = prose(found)
    said, promised = promise_findings(found)
    met, needed = need_findings(found)
    findings = [
        *promised,
        *needed,
        *field_findings(letter),
        *letter.noticed,
        *caution_findings(found),
        *visible_findings(letter.lines),
        *age_findings(measured, reading_age_limit),
    ]
    return LetterCheck(
        file,
        tuple(_in_order(findings)),
        (*said, *met),
        tuple(placeholders_in(letter)),
        fields_of(letter),
        reading_age(measured),
        reading_age_limit,
    )


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first; of each kind what is missing first, then down the letter."""
    once = dict.fromkeys(findings)
    return sorted(once, key=lambda f: (f.severity is not Severity.ERROR, f.line or 0))
