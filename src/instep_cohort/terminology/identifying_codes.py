"""Codes whose values identify a person: no list finds them, so that no output can show them.

Compiled from the sets that endeavourhealth/Transforms@6b6a8e17 (Apache-2.0) keeps out of its
outputs. It names what is known there and claims no completeness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instep_cohort.terminology.read_codes import five
from instep_cohort.terminology.systems import System

#: What each code says, by system; Read v2 by its five characters.
IDENTIFYING: Mapping[System, Mapping[str, str]] = {
    System.READ_V2: {
        "9151.": "Patient fore-name",
        "9152.": "Patient surname",
        "9153.": "Patient address",
        "9154.": "Patient title",
        "9155.": "Patient date of birth",
        "9156.": "Patient sex",
        "9158.": "Patient post-code",
        "9159.": "Patient telephone no.",
        "915B.": "Patient NHS number",
        "915D.": "Patient hospital no.",
        "915H.": "Patient previous surname",
        "915J.": "Patient mobile telephone number",
        "915K.": "Patient email address",
        "915L.": "Patient door access key code",
        "9R6..": "Hospital reference number",
        "9182.": "Patient's next of kin",
        "9189.": "Key Holder",
        "918J.": "Carer - home telephone number",
        "918J0": "Home telephone number of informal carer",
        "918K.": "Carer - work telephone number",
        "918K0": "Work telephone number of informal carer",
        "918L.": "Carer - mobile telephone number",
        "918L0": "Mobile telephone number of informal carer",
        "918M.": "Carer - email address",
        "918M0": "Email address of informal carer",
        "918N.": "Legal guardian - home telephone number",
        "918P.": "Legal guardian - mobile telephone number",
        "918Q.": "Legal guardian - work telephone number",
        "918R.": "Legal guardian - email address",
        "918x.": "Emergency contact details",
    },
    System.CTV3: {
        "9151.": "Patient forename",
        "9152.": "Patient surname",
        "9153.": "Patient address",
        "9154.": "Patient title",
        "9155.": "Date of birth",
        "9156.": "Patient sex",
        "9158.": "Patient post-code",
        "9159.": "Patient telephone number",
        "915D.": "Patient hospital number",
        "9182.": "Patient's next of kin",
        "9189.": "Key Holder",
        "9R6..": "Hospital reference number:",
        "XE2Hj": "Patient NHS number",
        "XaJOJ": "Carer - home telephone number",
        "XaJOK": "Carer - work telephone number",
        "XaJOL": "Carer - mobile telephone number",
        "XaJPa": "Carer - email address",
        "XaJQ4": "Legal guardian - home telephone number",
        "XaJQ7": "Legal guardian - mobile telephone number",
        "XaJQ9": "Legal guardian - work telephone number",
        "XaJQB": "Legal guardian - email address",
        "XaJQL": "Service user's alias",
        "XaJQs": "Social services identification number",
        "XaLva": "Patient previous surname",
        "XaQgn": "Patient mobile telephone number",
        "XaXTm": "Emergency contact details",
        "XaYak": "Patient email address",
        "XaZ1Q": "Patient door access key code",
        "XaZ4o": "Email address of informal carer",
        "XaZ4q": "Mobile telephone number of informal carer",
        "XaZ4r": "Work telephone number of informal carer",
        "XaZ4s": "Home telephone number of informal carer",
    },
    System.SNOMED_CT: {
        "184095009": "Patient forename",
        "184096005": "Patient surname",
        "184097001": "Patient address",
        "184098006": "Patient title",
        "184099003": "Date of birth",
        "184100006": "Patient sex",
        "184102003": "Patient postal code",
        "184103008": "Patient telephone number",
        "184107009": "Patient hospital number",
        "184142008": "Patient's next of kin",
        "184149004": "Key Holder",
        "185975009": "Hospital reference number",
        "395451000000101": "Patient NHS number",
        "247841000000109": "Patient previous surname",
        "406548001": "Emergency contact details",
        "408400006": "Carer - home telephone number",
        "408401005": "Carer - work telephone number",
        "408402003": "Carer - mobile telephone number",
        "408576002": "Carer - email address",
        "408584003": "Legal guardian - home telephone number",
        "408585002": "Legal guardian - mobile telephone number",
        "408586001": "Legal guardian - work telephone number",
        "408587005": "Legal guardian - email address",
        "408588000": "Service user's alias",
        "424966008": "Patient - email address",
        "428481002": "Patient mobile telephone number",
        "108651000000103": "Social services identification number",
        "823131000000105": "Patient door access key code",
        "824521000000100": "Email address of informal carer",
        "824551000000105": "Mobile telephone number of informal carer",
        "824571000000101": "Work telephone number of informal carer",
        "824591000000102": "Home telephone number of informal carer",
    },
}

_BY_NAME = {str(system): codes for system, codes in IDENTIFYING.items()}
_DICTIONARY_COLUMNS = {
    System.READ_V2: "read_v2",
    System.CTV3: "ctv3",
    System.SNOMED_CT: "snomed_concept",
}
_NOTHING: Mapping[str, str] = {}
_READ_STARTS = frozenset(code[:4] for code in IDENTIFYING[System.READ_V2])
_OTHERS = frozenset(IDENTIFYING[System.CTV3]) | frozenset(IDENTIFYING[System.SNOMED_CT])


def identifies(system: str, code: str) -> bool:
    """Whether a row with that code identifies a person by its value or its text."""
    if system == System.READ_V2:
        # without its dots, or with the hyphen of a synonym, it identifies as well
        return five(code.partition("-")[0]) in IDENTIFYING[System.READ_V2]
    return code in _BY_NAME.get(system, _NOTHING)


def identifying_places(columns: Mapping[str, Sequence[Any]]) -> set[int]:
    """The places of such codes in a ``codes`` table, by their own or the dictionary's word.

    Args:
        columns: system, code, read_v2, ctv3 and snomed_concept, all as long as each other; text
            may be ``None``, several values of a dictionary are joined by ``/``.
    """
    systems, codes = columns["system"], columns["code"]
    own = [n for n, code in enumerate(codes) if code and _worth_asking(code)]
    found = {n for n in own if identifies(systems[n], codes[n])}
    for system, name in _DICTIONARY_COLUMNS.items():
        said = columns[name]
        suspects = [n for n, text in enumerate(said) if text and _worth_asking(text)]
        found |= {
            n
            for n in suspects
            if any(identifies(system, one.strip()) for one in said[n].split("/"))
        }
    return found


def _worth_asking(text: str) -> bool:
    """Quick, for the hundred thousand codes of an extract."""
    return text[:4] in _READ_STARTS or text in _OTHERS or "/" in text
