"""The comparison of routes as tables: for a terminal, and as CSV."""

from __future__ import annotations

from instep_cohort.recruitment.routes.intervals import Share
from instep_cohort.recruitment.routes.yields import (
    COUNTED,
    PER_100,
    RouteComparison,
    RouteYield,
)
from instep_cohort.small_tables import csv_table, text_table

_HEAD = {"found": "first", "also_by_others": "shared"}
_SHOWN = ("replied", "eligible", "consented")
_MEANINGS = (
    "found: by this route at all; first: before any other one, and the rest of the row is of these;"
    "\nshared: of these, found by another route too; minutes: of staff"
)
_COUNT_TABLE = (
    *("found", "also_by_others", "screened", "invited", "letters", "replied", "interested"),
    *("eligible", "consented", "minutes"),
)
CSV_COLUMNS = (
    *("route", *COUNTED, "found_at_all"),
    *(f"{name}_per_100{edge}" for name in PER_100 for edge in ("", "_low", "_high")),
    *("in_work_per_100", "in_work_per_100_low", "in_work_per_100_high", "minutes_per_consent"),
)


def as_text(found: RouteComparison, title: str) -> str:
    """Three tables: people by first route, shares of those written to, overlaps."""
    rows = [*found.routes, found.together]
    head = ("route", "found", *(_HEAD.get(name, name) for name in _COUNT_TABLE))
    people = text_table(
        "",
        head,
        [
            (one.route, one.found_at_all, *(one.counts[name] for name in _COUNT_TABLE))
            for one in rows
        ],
    )
    shares = text_table(
        "",
        ("route", "invited", *_SHOWN, "in work, of those who told", "minutes per consent"),
        [_share_row(one) for one in rows],
    )
    level = f"{100 * found.level:g}%"
    parts = [
        f"PRACTICE-ONLY  {title}",
        "\npeople, each under their first route",
        people,
        _MEANINGS,
        f"\nper 100 people written to (not per reminder), and the exact {level} interval",
        shares,
        "\nfound by a first route, and by another one later",
        _overlaps(found),
    ]
    return "\n".join(parts)


def as_csv(found: RouteComparison) -> str:
    """One row for each route and one for all, with the columns `CSV_COLUMNS`."""
    return csv_table(CSV_COLUMNS, [_csv_row(one) for one in (*found.routes, found.together)])


def _share_row(one: RouteYield) -> tuple[object, ...]:
    minutes = one.minutes_per_consent
    return (
        one.route,
        one.counts["invited"],
        *(_said(one.per_100[name]) for name in _SHOWN),
        f"{_said(one.in_work)} ({one.in_work.count} of {one.in_work.of})"
        if one.in_work.of
        else "-",
        "-" if minutes is None else f"{minutes:.0f}",
    )


def _said(share: Share) -> str:
    if share.value is None:
        return "-"
    return f"{100 * share.value:.1f} ({100 * share.low:.1f} to {100 * share.high:.1f})"


def _overlaps(found: RouteComparison) -> str:
    if not found.overlaps:
        return "nobody was found by two routes"
    rows = [(first, other, people) for (first, other), people in found.overlaps.items()]
    return text_table("", ("first route", "also found by", "people"), rows)


def _csv_row(one: RouteYield) -> list[object]:
    shares = [edge for name in PER_100 for edge in _edges(one.per_100[name])]
    minutes = one.minutes_per_consent
    return [
        *(one.route, *(one.counts[name] for name in COUNTED), one.found_at_all),
        *(*shares, *_edges(one.in_work), "" if minutes is None else round(minutes, 1)),
    ]


def _edges(share: Share) -> list[object]:
    if share.value is None:
        return ["", "", ""]
    return [round(100 * one, 2) for one in (share.value, share.low, share.high)]
