"""The names of the files of an EMIS Web extract, and whether its deliveries follow one another.

A file is called ``292-293_Admin_Patient_20260108020000_{GUID}.csv``: the first and the last
``ProcessingId`` in it (or the only one), the table, the moment of the delivery, the sharing
agreement. So two public readers of such extracts take them apart: endeavourhealth/SFTPReader
(EmisFilenameParser, EmisBatchValidator) and endeavourhealth/EmisExtractValidator, which installs a
delivery only if its first number follows the last one of the delivery before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

from instep_cohort.errors import ExtractError

#: The moment of a delivery in a file's name: fourteen digits.
MOMENT = (
    r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
    r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?!\d)"
)

_TABLES = {
    "admin_patient": "patient",
    "admin_organisation": "organisation",
    "agreements_sharingorganisation": "agreement",
    "carerecord_observation": "observation",
    "coding_clinicalcode": "clinicalcode",
    "coding_clinicalcodes": "clinicalcode",  # as the list of tables of specification 8.2 says
    "coding_drugcode": "drugcode",
    "coding_drugcodes": "drugcode",
    "prescribing_drugrecord": "drugrecord",
    "prescribing_issuerecord": "issue",
}
_IN_EVERY_DELIVERY = {
    "patient": "Admin_Patient",
    "observation": "CareRecord_Observation",
}
_GUID = r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?"
_FILE = re.compile(
    rf"(?:(?P<first>\d+)(?:-(?P<last>\d+))?_)?(?P<table>{'|'.join(_TABLES)})"
    rf"(?P<rest>(?:[-_ ](?:{_GUID}|\d[\d-]*))*)\.csv(?:\.gz)?"
)


class _Delivery(NamedTuple):
    moment: str
    first: int
    last: int

    def __str__(self) -> str:
        numbers = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{numbers} of {self.moment[:4]}-{self.moment[4:6]}-{self.moment[6:8]}"


def tables_by_name(names: Sequence[str]) -> Mapping[str, str]:
    """The table of each file; files of tables that are not read are not in the answer.

    Raises:
        ExtractError: the deliveries that the names tell of are not all there, or do not follow one
            another.
    """
    found = {name: match for name in names if (match := _match(name))}
    _check_deliveries(found.values())
    return {name: _TABLES[match["table"]] for name, match in found.items()}


def _match(name: str) -> re.Match[str] | None:
    return _FILE.fullmatch(PurePosixPath(name).name.lower())


def _check_deliveries(matches: Iterable[re.Match[str]]) -> None:
    """Nothing, where each delivery has the tables that it must have and follows the one before."""
    agreements: dict[str, dict[_Delivery, set[str]]] = defaultdict(lambda: defaultdict(set))
    for match in matches:
        moment = re.search(MOMENT, match["rest"])
        if match["first"] is not None and moment is not None:
            agreement = re.search(_GUID, match["rest"])
            first, last = int(match["first"]), int(match["last"] or match["first"])
            delivery = _Delivery(moment[0], first, last)
            agreements[agreement[0] if agreement else ""][delivery].add(_TABLES[match["table"]])
    for deliveries in agreements.values():
        for delivery, tables in sorted(deliveries.items()):
            _refuse_incomplete(delivery, tables)
        for before, after in pairwise(sorted(deliveries)):
            _refuse_break(before, after)


def _refuse_incomplete(delivery: _Delivery, tables: set[str]) -> None:
    for table, title in _IN_EVERY_DELIVERY.items():
        if table not in tables:
            raise ExtractError(
                f"delivery {delivery} has no {title} file, and each delivery has one, if only with "
                "a header: put the whole delivery into the folder"
            )


def _refuse_break(before: _Delivery, after: _Delivery) -> None:
    if after.first > before.last + 1:
        lost = f"{before.last + 1} to {after.first - 1}"
        if after.first == before.last + 2:
            lost = f"{before.last + 1}"
        raise ExtractError(
            f"delivery {after} does not follow delivery {before}: {lost} is missing, and with it "
            "what was recorded and deleted then, opt-outs among it. Ask for the missing delivery; "
            "if the sender says that there is none, take the numbers off the front of the names"
        )
    if after.first <= before.last:
        raise ExtractError(
            f"delivery {after} is later than delivery {before}, and its numbers are not: a new "
            "whole delivery has begun. Keep the newest whole delivery and what came after it, and "
            "take the older ones out of the folder"
        )
