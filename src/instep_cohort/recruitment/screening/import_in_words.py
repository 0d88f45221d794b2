"""What an import would record, in counts: for the practice only, small numbers are not hidden."""

from __future__ import annotations

from collections import Counter
from typing import Any

from instep_cohort.recruitment.screening.importing import Import
from instep_cohort.recruitment.vocabulary import Decision, Reason
from instep_cohort.small_tables import text_table


def in_words(prepared: Import) -> str:
    """The counts by file, decision and reason, and what becomes of earlier decisions."""
    files = text_table(
        "",
        ("file", "people", "decided", "not screened"),
        [(name, n, decided, n - decided) for name, (n, decided) in prepared.files.items()],
    )
    parts = [files]
    decisions = _decisions(prepared)
    if decisions:
        shown = [(one.value, decisions[one]) for one in Decision if decisions[one]]
        parts.append(text_table("", ("decision that stands", "people"), shown))
    reasons = _reasons(prepared)
    if reasons:
        shown_reasons = [(one.value, one.meaning, reasons[one]) for one in Reason if reasons[one]]
        parts.append(text_table("", ("reason", "meaning", "people"), shown_reasons))
    parts.append("\n".join(_compared(prepared)))
    return "\n\n".join(parts)


def notes(prepared: Import) -> list[str]:
    """What whoever imports must know, each in one line."""
    told = [
        (
            len(prepared.disagreements),
            "screeners disagree on {}: the more cautious decision stands; a new list settles it",
        ),
        (prepared.barred, "opted out, and never written to, with `invite` all the same: {}"),
        (prepared.in_work, "in work, as who decided knows, with `invite` all the same: {}"),
        (prepared.not_read, "columns that are not of the list, and are not read: {}"),
    ]
    return [f"{what.format(f'{count:,}')}." for count, what in told if count]


def as_counts(prepared: Import) -> dict[str, Any]:
    """The same for machines."""
    return {
        "files": {
            name: {"people": people, "decided": decided}
            for name, (people, decided) in prepared.files.items()
        },
        "people": prepared.people,
        "decided": len(prepared.outcomes),
        "not_screened": prepared.undecided,
        "keep_earlier_decision": prepared.keep_earlier,
        "decisions": {one.value: count for one, count in _decisions(prepared).items()},
        "reasons": {one.value: count for one, count in _reasons(prepared).items()},
        "disagreements": len(prepared.disagreements),
        "changes": [
            {"from": before.value, "to": after.value, "people": count}
            for (before, after), count in prepared.changes.items()
        ],
        "newly_found": prepared.newly_found,
        "entries": len(prepared.entries),
        "recorded_before": prepared.recorded_at,
    }


def _decisions(prepared: Import) -> Counter[Decision]:
    return Counter(answer.decision for answer in prepared.answers)


def _reasons(prepared: Import) -> Counter[Reason]:
    return Counter(answer.reason for answer in prepared.answers if answer.reason)


def _compared(prepared: Import) -> list[str]:
    first = sum(one.before is None for one in prepared.outcomes)
    unchanged = [one for one in prepared.outcomes if not one.to_record]
    held = sum(one.disagree for one in unchanged)
    told = [
        (first, "decided for the first time"),
        (len(unchanged) - held, "decided as the ledger has it"),
        (held, "less cautious than what the ledger has, and not recorded"),
        *(
            (count, f"changed from {before.value} to {after.value}")
            for (before, after), count in sorted(prepared.changes.items())
        ),
        (prepared.undecided, "not screened here, and not invited for it"),
        (prepared.keep_earlier, "of those, keep an earlier decision"),
        (prepared.newly_found, "recorded as found by this search"),
    ]
    return [f"{count:,} {what}" for count, what in told if count]
