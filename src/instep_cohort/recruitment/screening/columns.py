"""The columns of a screening list: what is locked, what a screener fills in, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from instep_cohort.errors import UsageError

TOKEN = "candidate_token"  # noqa: S105
NUMBER = "priority"
CHECK = "row_check"


class Column(NamedTuple):
    """A column: its name, how wide it is (characters), what it means, whether its text wraps."""

    name: str
    width: int
    meaning: str
    wraps: bool = False


# In the order in which they stand; those that show who somebody is are there only when asked for
LOCKED = (
    Column(TOKEN, 17, "stands for the person; the practice's key file says who it is"),
    Column("local_patient_no", 13, "the number in the practice's own system"),
    Column("nhs_number", 13, "the NHS number, as the contacts file has it"),
    Column("surname_initials", 16, "surname and initials, from the contacts file"),
    Column("age", 5, "completed years on the search date, the youngest possible"),
    Column("sex", 5, "F, M, I (indeterminate) or U (unknown)"),
    Column("usual_gp", 13, "the usual GP, from the contacts file", wraps=True),
    Column("tier", 5, "the order of letters: see the tiers below"),
    Column(NUMBER, 7, "the place in this list: by tier, and within it in random order"),
    Column("why_found", 22, "which lines of the study were met, and by what", wraps=True),
    Column("pain_evidence", 28, "coded pain: each term with its dates, newest first", wraps=True),
    Column(
        "medicine_evidence",
        28,
        "issued medicines: each with its dates, newest first",
        wraps=True,
    ),
    Column(
        "fit_note",
        21,
        "fit notes in the window: certified sickness, and no evidence of having no job",
        wraps=True,
    ),
    Column("work_evidence", 21, "the latest codes about work: fallible, never a gate", wraps=True),
    Column("work_status", 12, "what the latest dated work code says; unknown is not in work"),
    Column("cautions", 15, "read before deciding: what a date or a choice left open", wraps=True),
    Column("other_study", 13, "other studies that are on record or were handed in", wraps=True),
    Column("last_invited", 14, "the latest letter of this study", wraps=True),
    Column("contact_channels_available", 13, "by which the person may be written to", wraps=True),
    Column(
        "sensitive_note_no",
        11,
        "what must not stand here goes on paper in the practice, under this number",
    ),
    Column("decided_before", 16, "the decision that stands now, if there is one", wraps=True),
)
EDITABLE = (
    Column("decision", 18, "what is to be done: blank is not screened, and never invited"),
    Column("reason_code", 26, 'why not: needed for "do not invite", none for "invite"', wraps=True),
    Column("knows_work_status", 14, "what you know of the person's work, if you do"),
    Column("screened_by", 14, "who decided"),
    Column("screened_on", 11, "on which day"),
)
IDENTITY = ("local_patient_no", "nhs_number", "surname_initials", "usual_gp")
_ALSO = {"surname": "surname_initials", "patient_id": "local_patient_no"}
EDITABLE_NAMES = tuple(column.name for column in EDITABLE)
MEANINGS = {column.name: column.meaning for column in (*LOCKED, *EDITABLE)}


def identity_columns(asked: str) -> tuple[str, ...]:
    """The identity columns that a text such as ``surname,nhs_number`` asks for, in their order.

    Raises:
        UsageError: it names another.
    """
    words = [word.strip() for word in asked.split(",") if word.strip()]
    names = {_ALSO.get(word, word) for word in words}
    unknown = sorted(names - set(IDENTITY))
    if unknown:
        raise UsageError(
            f"--identity {', '.join(unknown)}: not a column that shows who somebody is; there are "
            f"{', '.join(IDENTITY)}."
        )
    return tuple(name for name in IDENTITY if name in names)


def locked_columns(identity: Sequence[str]) -> tuple[Column, ...]:
    """The locked columns of a list with these identity columns, in their order."""
    return tuple(one for one in LOCKED if one.name not in IDENTITY or one.name in identity)
