"""The list of who is coming as files for the practice: CSV, and a page to print."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import BinaryIO

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import HandedOver, hand_over
from instep_cohort.recruitment.routes.opportunistic import COLUMNS, Opportunities
from instep_cohort.small_tables import csv_table, html_table

_STYLE = """
@page { size: A4 landscape; margin: 12mm }
body { font: 10pt/1.35 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #1b2733 }
header { display: flex; justify-content: space-between; border-bottom: 2px solid #1b2733 }
h1 { font-size: 14pt; margin: 0 0 2mm }
p.class { font-weight: bold; margin: 0 }
table { border-collapse: collapse; width: 100%; margin-top: 4mm }
th, td { border-bottom: 1px solid #d8e0e8; padding: 1mm 2mm; vertical-align: top; text-align: left }
thead { display: table-header-group }
tr { break-inside: avoid }
td:nth-child(-n+2), td:nth-child(5) { white-space: nowrap }
"""


def hand_over_csv(found: Opportunities, path: Path, about: Mapping[str, object]) -> HandedOver:
    """The list as CSV, in order of time; no cell runs as a formula."""
    text = csv_table(COLUMNS, [one.cells for one in found.coming])
    return _hand_over(text, path, about)


def hand_over_page(
    found: Opportunities, path: Path, title: str, about: Mapping[str, object]
) -> HandedOver:
    """The list as one HTML page for the printer."""
    return _hand_over(as_page(found, title), path, about)


def as_page(found: Opportunities, title: str) -> str:
    """The page: everything escaped, nothing loaded from elsewhere."""
    head = [name.replace("_", " ") for name in COLUMNS]
    cells = [tuple(map(str, one.cells)) for one in found.coming]
    table = html_table("", head, cells) if cells else "<p>Nobody on the list is coming.</p>"
    mark = str(ArtefactClass.PRACTICE_ONLY)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="artefact-class" content="{mark}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<header><h1>{escape(title)}</h1><p class="class">{mark}</p></header>'
        f"<p>Appointments from {found.first} to {found.last}. Speaking of the study is voluntary "
        "for both. Who says no is asked nothing further, and goes on the practice's opt-out list, "
        "so that no letter follows.</p>"
        f"{table}</body></html>\n"
    )


def _hand_over(text: str, path: Path, about: Mapping[str, object]) -> HandedOver:
    return hand_over(
        path,
        ArtefactClass.PRACTICE_ONLY,
        columns=COLUMNS,
        write=lambda out: _put(text, out),
        about=about,
    )


def _put(text: str, out: BinaryIO) -> None:
    out.write(text.encode())
