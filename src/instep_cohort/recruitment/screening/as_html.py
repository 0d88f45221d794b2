"""The list on paper: A4 across, to be filled in by pen and typed in from there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import BinaryIO

from instep_cohort.recruitment.screening.columns import IDENTITY, TOKEN
from instep_cohort.recruitment.screening.legend import Section, legend
from instep_cohort.recruitment.screening.listing import ScreeningList
from instep_cohort.recruitment.vocabulary import Decision

_STYLE = """
@page { size: A4 landscape; margin: 10mm 9mm 12mm }
@page { @bottom-right { font: 8pt sans-serif;
  content: "Page " counter(page) " of " counter(pages) } }
* { box-sizing: border-box }
body { font: 8.5pt/1.3 "Helvetica Neue", Arial, sans-serif; color: #111; margin: 0 auto;
  max-width: 279mm }
h1 { font-size: 13pt; margin: 0 0 1mm } h2 { font-size: 11pt; margin: 4mm 0 1mm }
p { margin: 0 0 2mm } .class { color: #9c0006; font-weight: bold }
table { border-collapse: collapse; width: 100% }
.people { table-layout: fixed } .people tr { break-inside: avoid }
th, td { border: 0.2mm solid #999; padding: 0.9mm 1.2mm; text-align: left; vertical-align: top;
  overflow-wrap: break-word }
.stamp th { border: 0; padding: 0 0 1mm; font-weight: normal }
.names th { background: #e3ecf5; font-size: 8pt }
.who { font-size: 9pt } .token { font-family: monospace; font-size: 8pt; white-space: nowrap }
.tier { font-size: 12pt; font-weight: bold; text-align: center }
.A { background: #cde8cf } .B { background: #cfe2f3 } .C { background: #ededed }
.D { background: #e6ddf2 } .X { background: #f9d9b8 }
.small { color: #444 } .warn { color: #9c0006; font-weight: bold }
.boxes { font-size: 8pt } .boxes span { display: inline-flex; width: 50%; white-space: nowrap }
.boxes .write { color: #666; padding: 1.6mm 1.5mm 0 0 }
.write i { flex: 1; border-bottom: 0.2mm solid #999; margin-left: 1mm }
.legend { break-before: page } .legend td { border: 0 } .legend table { width: auto }
.legend table td:first-child { font-family: monospace; white-space: nowrap; padding-right: 4mm }
.columns { columns: 2; column-gap: 8mm } .legend td { padding: 0.3mm 1mm }
"""
_WIDTHS = (5, 11, 4, 29, 18, 11, 22)
_HEADS = (
    *("no.", "person", "tier", "pain and medicines", "fit notes and work"),
    *("be aware of", "decision"),
)
# a date that is broken over two lines is misread: its hyphens are those that do not break
_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_LABELS = {
    "cautions": "Caution",
    "other_study": "Other study",
    "last_invited": "Last invited",
    "decided_before": "Decided before",
    "contact_channels_available": "Channels",
}


def write_html(out: BinaryIO, listed: ScreeningList) -> None:
    """Writes the page; all text is escaped, and the class stands at the head of every page."""
    for part in _page(listed):
        out.write(part.encode())


def _page(listed: ScreeningList) -> Iterator[str]:
    which = listed.identity
    title = f"Screening list {which.short}: {which.study}, practice {which.practice}"
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
    yield f"</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title)}</h1>"
    yield f"<p>{int(which.rows):,} on it, searched for {escape(which.search_date)}, by tier and "
    yield f"then by the seed {escape(which.seed)}; none cut off. Tick one box a row: a row without "
    yield "a decision is not screened, and its person is never invited. What is written here has "
    yield "to be typed into the workbook of the same list.</p>"
    stamp = f'<span class="class">{escape(which.artefact_class)}</span> {escape(title)}'
    yield '<table class="people"><colgroup>'
    yield "".join(f'<col style="width:{width}%">' for width in _WIDTHS)
    yield f'</colgroup><thead><tr class="stamp"><th colspan="{len(_HEADS)}">{stamp}</th></tr>'
    yield f'<tr class="names">{"".join(f"<th>{head}</th>" for head in _HEADS)}</tr></thead><tbody>'
    names = [column.name for column in listed.columns]
    for row in listed.rows:
        yield _person(dict(zip(names, row, strict=True)))
    yield '</tbody></table><table class="legend"><thead><tr class="stamp">'
    yield f'<th>{stamp}</th></tr></thead><tbody><tr><td><div class="columns">'
    yield "".join(_section(section) for section in legend(listed) if section.heading != "Columns")
    yield "</div></td></tr></tbody></table></body></html>\n"


def _person(cells: Mapping[str, str]) -> str:
    shown = {name: _DATE.sub(r"\1‑\2‑\3", escape(text)) for name, text in cells.items()}
    who = [f"<b>{shown[name]}</b>" for name in IDENTITY[::-1] if shown.get(name)]
    who += [f"{shown['age']} {shown['sex']}", f'<span class="token">{shown[TOKEN]}</span>']
    pain = [f'<span class="small">{shown["why_found"]}</span>']
    pain += [shown[name] for name in ("pain_evidence", "medicine_evidence") if shown[name]]
    work = [shown["fit_note"], shown["work_evidence"]]
    status = shown["work_status"].replace("_", " ")
    work.append(f'<span class="small">work status: {status}</span>' if status else "")
    mind = [
        f'<span class="{"warn" if name == "cautions" else "small"}">{label}: {shown[name]}</span>'
        for name, label in _LABELS.items()
        if shown[name]
    ]
    return (
        f'<tr><td>{shown["priority"]}<br><span class="small">'
        f"{shown['sensitive_note_no'].partition('-')[0]}</span></td>"
        f'<td class="who">{_lines(who)}</td>'
        f'<td class="tier {shown["tier"]}">{shown["tier"]}</td><td>{_lines(pain)}</td>'
        f"<td>{_lines(work)}</td><td>{_lines(mind)}</td>"
        f'<td class="boxes">{_TO_FILL_IN}</td></tr>'
    )


def _lines(parts: Iterable[str]) -> str:
    return "<br>".join(filter(None, parts))


def _section(section: Section) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(meaning)}</td></tr>"
        for name, meaning in section.lines
    )
    return f"<section><h2>{escape(section.heading)}</h2><table>{rows}</table></section>"


_TO_FILL_IN = "".join(
    [f"<span>☐ {one.value}</span>" for one in Decision]
    + [f'<span class="write">{what} <i></i></span>' for what in ("reason", "work?", "by", "on")]
)
