"""Handing the list over: as workbook, CSV or page, each stamped with its class."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import HandedOver, hand_over
from instep_cohort.recruitment.screening.as_csv import write_csv
from instep_cohort.recruitment.screening.as_html import write_html
from instep_cohort.recruitment.screening.columns import EDITABLE_NAMES
from instep_cohort.recruitment.screening.listing import ScreeningList
from instep_cohort.recruitment.screening.workbook import write_workbook


class ListFormat(StrEnum):
    """As what the list is written: to fill in (xlsx), for machines (csv), on paper (html)."""

    XLSX = "xlsx"
    CSV = "csv"
    HTML = "html"


_WRITERS: dict[ListFormat, Callable[[BinaryIO, ScreeningList], None]] = {
    ListFormat.XLSX: write_workbook,
    ListFormat.CSV: write_csv,
    ListFormat.HTML: write_html,
}


def export_list(listed: ScreeningList, path: Path, list_format: ListFormat) -> HandedOver:
    """The file that was written, of class PRACTICE-ONLY, and a note beside it.

    Raises:
        UsageError: another file stands there, which is not touched; or none can be written.
    """
    which = listed.identity
    about = {
        "study": which.study,
        "practice": which.practice,
        "run": which.run,
        "ledger_head": which.ledger_head,
        "list": which.short,
        "list_sha256": which.sha256,
        "seed": which.seed,
        "rows": len(listed.rows),
        "left_out": dict(listed.left_out),
    }
    return hand_over(
        path,
        ArtefactClass.PRACTICE_ONLY,
        columns=[*(column.name for column in listed.columns), *EDITABLE_NAMES],
        write=lambda out: _WRITERS[list_format](out, listed),
        about=about,
    )
