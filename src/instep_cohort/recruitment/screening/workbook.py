"""The list as a workbook: what is known is locked, what is decided has drop-downs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import pyarrow as pa

from instep_cohort.recruitment.screening.columns import CHECK, EDITABLE, NUMBER, TOKEN, Column
from instep_cohort.recruitment.screening.identity_of_list import SIGN
from instep_cohort.recruitment.screening.legend import legend, reason_choices
from instep_cohort.recruitment.screening.listing import ScreeningList
from instep_cohort.recruitment.vocabulary import Decision, KnownWorkStatus

SCREENING_SHEET, LEGEND_SHEET, LIST_SHEET = "Screening", "Legend", "_list"
_A4 = 9
_NARROWEST = 9
_NUMBERS = ("age", NUMBER)
_MIDDLE = ("sex", "tier")
_TIER_COLOURS = {"A": "#CDE8CF", "B": "#CFE2F3", "C": "#EDEDED", "D": "#E6DDF2", "X": "#F9D9B8"}
# Filters work on a locked sheet. Sorting does not: it would move the unlocked cells alone, and
# with them the decisions to other people.
_PROTECTION = {"autofilter": True, "sort": False, "format_columns": True, "format_rows": True}


def write_workbook(out: BinaryIO, listed: ScreeningList) -> None:
    """Writes the sheets Screening and Legend, and a hidden one that says which list it is."""
    import xlsxwriter

    from instep_cohort.recruitment.screening.tall_rows import TallRowsSheet, heights

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    which = listed.identity
    on = date.fromisoformat(which.search_date)
    with xlsxwriter.Workbook(out, options) as workbook:
        workbook.set_properties(
            {
                "title": f"Screening list {which.short}",
                "subject": f"{which.study}, practice {which.practice}",
                "category": which.artefact_class,
                "created": datetime(on.year, on.month, on.day),
            }
        )
        for name, value in which.pairs():
            workbook.set_custom_property(f"instep_{name}", value[:255], "text")
        formats = _formats(workbook)
        sheet = workbook.add_worksheet(SCREENING_SHEET, TallRowsSheet)
        sheet.row_heights = heights(listed.columns, listed.rows)
        legend_sheet = workbook.add_worksheet(LEGEND_SHEET)
        hidden = workbook.add_worksheet(LIST_SHEET)
        _write_people(sheet, listed, formats)
        _write_legend(legend_sheet, listed, formats)
        choices = _write_identity(hidden, listed, formats)
        _let_decide(sheet, listed, choices)
        _colour(sheet, listed, formats)
        for one in (sheet, legend_sheet):
            _lay_out(one, listed)
        sheet.repeat_rows(0)
    if not sheet.written:
        raise RuntimeError("this version of XlsxWriter writes its rows in another way")


def _formats(workbook: Any) -> dict[str, Any]:
    cell = {"valign": "top", "font_size": 10, "left": 7, "left_color": "#C8C8C8"}
    return {
        "head": workbook.add_format(
            {**cell, "bold": True, "bg_color": "#E3ECF5", "bottom": 1, "text_wrap": True}
        ),
        "head_open": workbook.add_format({"bg_color": "#FFF2CC"}),
        "text": workbook.add_format({**cell, "num_format": "@"}),
        "wrap": workbook.add_format({**cell, "num_format": "@", "text_wrap": True}),
        "number": workbook.add_format({**cell, "align": "center"}),
        "middle": workbook.add_format({**cell, "num_format": "@", "align": "center"}),
        "open": workbook.add_format({**cell, "num_format": "@", "text_wrap": True, "locked": 0}),
        "open_date": workbook.add_format({**cell, "num_format": "yyyy-mm-dd", "locked": 0}),
        "blank": workbook.add_format({"bg_color": "#FFF9E5"}),
        "missing": workbook.add_format({"bg_color": "#F4B6B0"}),
        "refused": workbook.add_format({"font_color": "#7F7F7F"}),
        "line": workbook.add_format({"bottom": 4, "bottom_color": "#BFBFBF"}),
        "tiers": {
            tier: workbook.add_format({"bg_color": colour, "bold": True})
            for tier, colour in _TIER_COLOURS.items()
        },
        "heading": workbook.add_format({"bold": True, "font_size": 12, "font_color": "#1F4E79"}),
        "class": workbook.add_format({"bold": True, "font_size": 14, "font_color": "#9C0006"}),
    }


def _write_people(sheet: Any, listed: ScreeningList, formats: Mapping[str, Any]) -> None:
    columns = [list(column) for column in zip(*listed.rows, strict=True)] or [
        [] for _ in listed.columns
    ]
    held: dict[str, pa.Array] = {}
    chosen = []
    for place, (column, cells) in enumerate(zip(listed.columns, columns, strict=True)):
        is_number = column.name in _NUMBERS
        values = (
            [int(cell) if is_number else cell for cell in cells]
            if all(cells)
            else [(int(cell) if is_number else cell) if cell else None for cell in cells]
        )
        held[column.name] = pa.array(values, pa.int32() if is_number else pa.string())
        chosen.append(formats[_format(column)])
        width = column.width if any(cells) else min(column.width, _NARROWEST)
        sheet.set_column(place, place, width)
    first = len(listed.columns)
    for place, column in enumerate(EDITABLE, first):
        is_date = column.name == "screened_on"
        kind = pa.date32() if is_date else pa.string()
        held[column.name] = pa.nulls(len(listed.rows), kind)
        chosen.append(formats["open_date" if is_date else "open"])
        sheet.set_column(place, place, column.width, chosen[-1])
    held[CHECK] = pa.array(listed.checks, pa.string())
    chosen.append(formats["text"])
    sheet.set_column(len(held) - 1, len(held) - 1, 4, formats["text"], {"hidden": True})
    sheet.put(pa.table(held), formats["head"], chosen)
    names = [column.name for column in listed.columns]
    sheet.freeze_panes(1, names.index("age"))  # whoever it is stays in sight
    sheet.autofilter(0, 0, max(len(listed.rows), 1), first + len(EDITABLE) - 1)
    sheet.protect("", _PROTECTION)


def _format(column: Column) -> str:
    if column.name in _NUMBERS:
        return "number"
    if column.name in _MIDDLE:
        return "middle"
    return "wrap" if column.wraps else "text"


def _write_legend(sheet: Any, listed: ScreeningList, formats: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, listed.identity.artefact_class, formats["class"])
    row = 2
    for section in legend(listed):
        sheet.write_string(row, 0, section.heading, formats["heading"])
        for row, (name, meaning) in enumerate(section.lines, row + 1):  # noqa: B020
            sheet.write_string(row, 0, name, formats["text"])
            sheet.write_string(row, 1, meaning, formats["wrap"])
        row += 2
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_identity(
    sheet: Any, listed: ScreeningList, formats: Mapping[str, Any]
) -> dict[str, str]:
    """Writes which list it is, and what can be chosen; gives back where the choices stand."""
    sheet.write_string(0, 0, SIGN, formats["text"])
    for row, (name, value) in enumerate(listed.identity.pairs(), 1):
        sheet.write_string(row, 0, name, formats["text"])
        sheet.write_string(row, 1, value, formats["text"])
    choices: dict[str, Sequence[str]] = {
        "decision": [one.value for one in Decision],
        "reason_code": reason_choices(),
        "knows_work_status": [one.value for one in KnownWorkStatus],
        "screened_by": listed.identity.names,
    }
    places = {}
    for (name, texts), (place, letter) in zip(choices.items(), enumerate("DEFG", 3), strict=True):
        for row, text in enumerate(texts):
            sheet.write_string(row, place, text, formats["text"])
        places[name] = f"={LIST_SHEET}!${letter}$1:${letter}${len(texts)}"
    sheet.protect()
    sheet.hide()
    return places


def _let_decide(sheet: Any, listed: ScreeningList, choices: Mapping[str, str]) -> None:
    last = max(len(listed.rows), 1)
    first = len(listed.columns)
    for place, column in enumerate(EDITABLE, first):
        if column.name == "screened_on":
            rule = {
                "validate": "date",
                "criteria": "between",
                "minimum": date.fromisoformat(listed.identity.search_date),
                "maximum": "=TODAY()",
                "error_message": f"A day from {listed.identity.search_date} to today.",
            }
        else:
            rule = {
                "validate": "list",
                "source": choices[column.name],
                "error_message": "Choose from the list; the sheet Legend says what each means.",
            }
        rule["error_title"] = column.name
        sheet.data_validation(1, place, last, place, rule)


def _colour(sheet: Any, listed: ScreeningList, formats: Mapping[str, Any]) -> None:
    from xlsxwriter.utility import xl_col_to_name

    last, first = max(len(listed.rows), 1), len(listed.columns)
    whole = first + len(EDITABLE) - 1
    letter = {column.name: xl_col_to_name(p) for p, column in enumerate(EDITABLE, first)}
    decision = f"${letter['decision']}2"
    sheet.conditional_format(
        0, first, 0, whole, {"type": "no_errors", "format": formats["head_open"]}
    )
    names = [column.name for column in listed.columns]
    tier = names.index("tier")
    for value, colour in formats["tiers"].items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{value}"', "format": colour}
        sheet.conditional_format(1, tier, last, tier, rule)
    refusal, invite = Decision.DO_NOT_INVITE.value, Decision.INVITE.value
    reason = f"${letter['reason_code']}2"
    missing = {
        "reason_code": f'=OR(AND({decision}="{refusal}",{reason}=""),'
        f'AND({decision}="{invite}",{reason}<>""))',
        "screened_by": f'=AND({decision}<>"",${letter["screened_by"]}2="")',
        "screened_on": f'=AND({decision}<>"",${letter["screened_on"]}2="")',
    }
    for name, formula in missing.items():
        place = first + [column.name for column in EDITABLE].index(name)
        rule = {"type": "formula", "criteria": formula, "format": formats["missing"]}
        sheet.conditional_format(1, place, last, place, rule)
    row = f'=${xl_col_to_name(names.index(TOKEN))}2<>""'
    for span, formula, name in (
        ((first, whole), f'={decision}=""', "blank"),
        ((0, whole), f'={decision}="{refusal}"', "refused"),
        ((0, whole), row, "line"),
    ):
        rule = {"type": "formula", "criteria": formula, "format": formats[name]}
        sheet.conditional_format(1, span[0], last, span[1], rule)


def _lay_out(sheet: Any, listed: ScreeningList) -> None:
    which = listed.identity
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(
        f"&L{which.artefact_class}&C{which.study.replace('&', '&&')}, list {which.short}"
        "&RPage &P of &N"
    )
