"""Which columns a file of each artefact class may hold: by name, everything else refused."""

from __future__ import annotations

from collections.abc import Iterable

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.errors import SafetyRefusal

# Docmail's own header row, in this order (SAFER Wearables SOP, DOMAIN of the practice process)
MAIL_COLUMNS = (
    "First name",
    "Surname",
    "Address 1",
    "Address 2",
    "Address 3",
    "Address 4",
    "Address 5",
    "Custom 1 mailing date",
    "Custom 2 practice",
    "Custom 3 practice address",
    "Custom 4 GP name",
    "Custom 5 Invite ID",
)
TEXT_MESSAGE_COLUMNS = ("First name", "Mobile", "Practice", "Invite ID")
EMAIL_COLUMNS = ("First name", "Surname", "E-mail", "Practice", "Invite ID")
PROCESSOR_COLUMNS = frozenset((*MAIL_COLUMNS, *TEXT_MESSAGE_COLUMNS, *EMAIL_COLUMNS))

# What a table of counts may be made of: never anything of one person
COUNT_COLUMNS = frozenset(
    (
        *("table", "cell", "group", "category", "label", "step", "kind", "text", "stage"),
        *("before", "dropped", "after", "gained_if_removed", "count", "shown", "of", "per_100"),
        *("lowest", "highest", "low", "high", "interval", "share", "note"),
        *("practice", "study", "route", "tier", "reason", "reason_group", "meaning", "channel"),
        *("codelist", "version", "code_system", "code", "term", "rows", "patients", "year"),
    )
)

# what a report on codes or on an extract as a whole may be made of besides, small numbers hidden
_OF_CODES = (
    *("part", "system", "selector_system", "selector_code", "match", "matched_by", "score"),
    *("found_by", "against", "read_v2", "ctv3", "snomed_ct", "dmd", "bnf", "substance"),
)
_OF_EXTRACTS = (
    *("severity", "where", "how many", "what", "how to mend it", "rule", "problem", "file"),
    *("form", "fate", "read", "stored", "quarantined", "skipped", "extract", "expected", "month"),
    *("taken on", "registered", "dead", "test", "confidential", "partial", "undated", "future"),
    *("after death", "before birth", "before start", "birth unknown", "sex unknown"),
    *("born on a day", "in a month", "in a year", "code name"),
)
RELEASABLE_COLUMNS = COUNT_COLUMNS | {*_OF_CODES, *_OF_EXTRACTS}


def refuse_above(columns: Iterable[str], artefact_class: ArtefactClass) -> None:
    """Nothing, where a file of that class may hold all these columns.

    Raises:
        SafetyRefusal: it may not; the columns are named.
    """
    if artefact_class is ArtefactClass.PRACTICE_ONLY:
        return
    mail = artefact_class is ArtefactClass.PROCESSOR_MAIL
    above = sorted(set(columns) - (PROCESSOR_COLUMNS if mail else RELEASABLE_COLUMNS))
    if above:
        raise SafetyRefusal(
            f"A {artefact_class} file may not hold: {', '.join(above)}. Nothing was written."
        )
