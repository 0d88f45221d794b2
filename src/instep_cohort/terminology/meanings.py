"""The categories by which flag and opt-out codelists speak (RULES.md §7, §8)."""

from __future__ import annotations

CERTIFIED = ("not_fit", "may_be_fit", "unspecified")  # the strongest statement first
NOT_CERTIFIED = (
    "duplicate",
    "negated",
    "fit",
    "self_certificate",
    "private",
    "heading",
    "administrative",
)
LENGTH_UNITS = {"length_days": "days", "length_weeks": "weeks", "length_months": "months"}
LENGTHS = tuple(LENGTH_UNITS)
FIT_NOTE_CATEGORIES = (*CERTIFIED, *NOT_CERTIFIED, *LENGTHS)

STATUSES = ("out_of_work", "job_loss", "in_work", "not_seeking", "unfit_for_work")
WORK_STATUS_CATEGORIES = (*STATUSES, "benefit_form", "absence", "other")

OPT_OUT_CATEGORIES = (
    "research_dissent",
    "research_withdrawn",
    "type_1_dissent",
    "type_1_withdrawn",
    "caution",
)
