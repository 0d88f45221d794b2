"""What ingest noticed, as it stands in the store's manifest, by the rules of the report."""

from __future__ import annotations

import re
from collections.abc import Iterator

from instep_cohort.extracts.manifest import Finding as Said
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Finding, Unit

#: A pattern of what ingest says, and the rule it is of; none for what is measured here anew.
_SAID: tuple[tuple[str, str], ...] = (
    (r"date known to the (month|year) only.*", ""),
    (r"after the extract date|before birth|after death|before the first registration", ""),
    (r"product without .*|read_v2 code of unusual shape.*", ""),
    (r"ends before it starts|no registration", ""),
    (r".* is the marker .*", "marker-date"),
    (r"date (missing|said to be of no known precision)\b.*", "date-missing"),
    (r"date unreadable\b.*", "date-unreadable"),
    (r"date of birth .*|birth_precision of .*|(month|year) of birth .*", "birth-missing"),
    (r"sex .*", "sex-unknown"),
    (r"death before birth", "death-before-birth"),
    (r"dates? of death .*|.* (date of death|taken as dead)\b.*", "death-date"),
    (r"accept(able)? = .*", "not-acceptable"),
    (r"no practice_id|practice is not in .*", "practice-missing"),
    (r"(no start|start|end|end of the registration)\b.*", "registration-date"),
    (r"kind .*", "registration-kind"),
    (r"code is not in the dictionary", "not-in-dictionary"),
    (r".*(contradicts itself|different things).*|more than \d+ names.*", "dictionary"),
    (r".* is no Read v2 code.*", "read-form"),
    (r".* is no dm\+d id.*", "wrong-system"),
    (r"no code: known by name only", "name-only"),
    (r".* is not a number: left empty", "not-a-number"),
    (r"file holds the same .*", "same-file"),
    (r".* ends in the middle of a row.*", "cut-off"),
    (r"unknown columns.*", "columns-unknown"),
    (r"no .* (file|in the extract)(: .*)?", "file-missing"),
    (r"literal .*", "missing-word"),
    (r"(byte that|file is|carriage return) .*", "encoding"),
)
_UNITS = {
    "patients": Unit.PATIENTS,
    "registrations": Unit.REGISTRATIONS,
    "codes": Unit.CODES,
}


_OF_FILES = {"same-file": Unit.ROWS, "cut-off": Unit.FILES}


def said_findings(said: tuple[Said, ...], rows: dict[str, int]) -> Iterator[Finding]:
    """The findings of the manifest that nothing else in the report counts.

    Args:
        said: what the manifest holds.
        rows: how many rows each table of the store has.
    """
    for one in said:
        rule = next((r for pattern, r in _SAID if re.fullmatch(pattern, one.finding)), None)
        if rule == "":
            continue
        known = rule or "said-by-ingest"
        whole = 0 if known == "cut-off" else rows.get(one.table, 0)
        yield finding(
            known,
            one.rows,
            of=whole if one.rows <= whole else None,
            what=one.finding,
            unit=_OF_FILES.get(known) or _UNITS.get(one.table, Unit.ROWS),
            table=one.table,
        )
