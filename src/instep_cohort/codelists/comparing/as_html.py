"""A comparison as HTML: no script, no other file, every text escaped, fit to be printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from instep_cohort.codelists.comparing.aligning import ComparedRow, Differs
from instep_cohort.codelists.comparing.as_text import LEGEND, SUMMARY_HEADER, summary_row
from instep_cohort.codelists.comparing.grouping import Group, before_and_after, groups, remarks

if TYPE_CHECKING:
    from instep_cohort.codelists.comparing.comparison import Comparison

_STYLE = """
.instep-comparison{max-width:72rem;line-height:1.45}
.instep-comparison .sides{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem}
.instep-comparison dt{font-weight:bold}.instep-comparison dd{margin:0}
.instep-comparison .scroll{overflow-x:auto}
.instep-comparison table{border-collapse:collapse;margin:.4rem 0 1.4rem;width:100%}
.instep-comparison caption{text-align:left;padding:.2rem 0}
.instep-comparison th,.instep-comparison td{text-align:left;vertical-align:top;
padding:.2rem .8rem .2rem 0;border-bottom:1px solid #8886;font-weight:normal}
.instep-comparison thead th{border-bottom:2px solid #888;font-weight:bold}
.instep-comparison .number{text-align:right;font-variant-numeric:tabular-nums}
.instep-comparison .total>*{font-weight:bold}
.instep-comparison .code{font-family:ui-monospace,monospace;white-space:nowrap}
.instep-comparison del{text-decoration:none}.instep-comparison ins{text-decoration:none;
font-weight:bold}
.instep-comparison .remark{display:block;font-size:.92em;opacity:.85}
.instep-comparison .sign{font-weight:bold;white-space:nowrap}
"""
_PAGE_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.45 system-ui,sans-serif;margin:2rem}
a:focus-visible,.scroll:focus-visible{outline:3px solid}
.not-printed{display:none}
@media print{body{font-size:9.5pt;margin:0}nav,.same{display:none}.not-printed{display:block}
thead{display:table-header-group}
tr{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}
.instep-comparison{max-width:none}}
@page{margin:14mm}
"""
_HEAD = ("system", "code", "match", "category", "term, and what else is to be said")


def page(comparison: Comparison) -> str:
    """The whole page, with every row, those that are the same last."""
    title = escape(f"{comparison.left.name} and {comparison.right.name} compared")
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_PAGE_STYLE}{_STYLE}</style></head>\n"
        f'<body><main class="instep-comparison"><h1>{title}</h1>'
        f"{_contents(comparison)}{_body(comparison, everything=True)}</main></body></html>\n"
    )


def section(comparison: Comparison) -> str:
    """The same for a notebook, without the rows that are the same."""
    return (
        f'<section class="instep-comparison" aria-label="Comparison"><style>{_STYLE}</style>'
        f"{_body(comparison, everything=False)}</section>"
    )


def _contents(comparison: Comparison) -> str:
    links = "".join(
        f'<li><a href="#{_anchor(one)}">{escape(one.title)}</a> ({len(one.rows):,})</li>'
        for one in groups(comparison)
    )
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>'


def _anchor(group: Group) -> str:
    return group.title.casefold().replace(" ", "-")


def _body(comparison: Comparison, *, everything: bool) -> str:
    sides = "".join(
        f"<dt>{name}</dt><dd>{escape(str(side))}</dd>"
        for name, side in (("left", comparison.left), ("right", comparison.right))
    )
    parts = [f'<dl class="sides">{sides}</dl>']
    parts += [f"<p>{escape(note)}</p>" for note in comparison.notes()]
    parts.append(_summary(comparison))
    parts += [_group(one) for one in groups(comparison) if everything or not one.rows[0].same]
    if comparison.is_same:
        parts.append("<p>The two have the same rows.</p>")
    return "".join(parts)


def _summary(comparison: Comparison) -> str:
    head = "".join(
        f'<th scope="col"{_NUMBER if n else ""}>{escape(name)}</th>'
        for n, name in enumerate(SUMMARY_HEADER)
    )
    rows = "".join(_summary_row(summary_row(one)) for one in comparison.summary)
    return (
        f"<h2>Summary</h2><p>Rows by system. {escape(LEGEND)}</p>"
        f"{_table('Summary', '', head, rows)}"
    )


_NUMBER = ' class="number"'


def _summary_row(cells: tuple[str | int, ...]) -> str:
    system, *counts = cells
    attribute = ' class="total"' if system == "all" else ""
    numbers = "".join(f"<td{_NUMBER}>{count:,}</td>" for count in counts)
    return f'<tr{attribute}><th scope="row">{escape(str(system))}</th>{numbers}</tr>'


def _group(group: Group) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
    rows = "".join(map(_row, group.rows))
    table = _table(group.title, group.meaning, head, rows)
    if group.rows[0].same:
        told = f"The {len(group.rows):,} rows that are the same are not printed."
        table = f'<div class="same">{table}</div><p class="not-printed">{told}</p>'
    return f'<h2 id="{_anchor(group)}">{escape(group.title)} ({len(group.rows):,})</h2>{table}'


def _table(name: str, caption: str, head: str, rows: str) -> str:
    """A table that scrolls by itself on a narrow screen, by keyboard too."""
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll" role="region" aria-label="{escape(name)}" tabindex="0"><table>{said}'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(row: ComparedRow) -> str:
    cells = (
        f"<td>{escape(str(row.system))}</td>",
        f'<th scope="row" class="code">{escape(row.code)}</th>',
        f"<td>{_changed(row, 'match', Differs.MATCH)}</td>",
        f"<td>{_changed(row, 'category', Differs.CATEGORY)}</td>",
        f"<td>{_changed(row, 'term', Differs.TERM)}{_remarks(remarks(row))}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _changed(row: ComparedRow, part: str, what: Differs) -> str:
    """A part of a row; where it differs, what it was and what it is, in words."""
    if what not in row.differs:
        return escape(before_and_after(row, part))
    was, now = (escape(str(getattr(one, part) or "none")) for one in _two(row))
    return f"<del>{was}</del> → <ins>{now}</ins>"


def _two(row: ComparedRow) -> Iterator[object]:
    yield from (one for one in (row.left, row.right) if one)


def _remarks(said: Iterable[str]) -> str:
    return "".join(f'<span class="remark">{escape(text)}</span>' for text in said)
