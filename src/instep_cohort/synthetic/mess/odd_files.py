"""Files that are not quite as they should be, and can be read all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instep_cohort.synthetic.sheet_files import FileFaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instep_cohort.synthetic.formats.layout import Format, Sheet

NEW_COLUMN = "NewColumn2027"


def odd_files(layout: Format) -> dict[str, FileFaults]:
    """How the files of each sheet are odd.

    Those with events begin with a byte-order mark, have a column that nobody knows and headers in
    mixed case, and come in parts. Those with issues are packed and in parts. Known misspellings
    stand in every header.
    """
    return {sheet.name: _faults(sheet, layout) for sheet in layout.sheets}


def _faults(sheet: Sheet, layout: Format) -> FileFaults:
    has_header = layout.dialect.header
    of_events, of_issues = sheet.rows == "events", sheet.rows == "issues"
    return FileFaults(
        header=_mixed(sheet) if has_header and of_events else dict(sheet.typos),
        more_columns=(NEW_COLUMN,) if has_header and of_events else (),
        byte_order_mark=of_events and layout.dialect.encoding == "utf-8",
        pack=layout.packs if of_issues else "",
        in_parts=layout.many_parts or of_events or of_issues,
    )


def _mixed(sheet: Sheet) -> Mapping[str, str]:
    """The columns, misspelt where that is known, every second one in capitals, some in small."""
    misspelt = [sheet.typos.get(name, name) for name in sheet.columns]
    cases = (str.upper, str.lower)
    return {
        name: cases[place % 2](other)
        for place, (name, other) in enumerate(zip(sheet.columns, misspelt, strict=True))
    }
