"""The exchange formats: what each holds and cannot hold, and which one a file is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from instep_cohort.codelists.formats import (
    fhir,
    fhir_reading,
    fhir_writing,
    hdruk,
    ohdsi,
    opencodelists,
    plain_csv,
)
from instep_cohort.codelists.formats.exchange import ExchangeFormat, SourceFile
from instep_cohort.errors import UsageError

# A file is of the first format that it looks like, so the most particular stand first. A format
# that is only read has no `write`, and the other way round.
_FORMATS = (
    ExchangeFormat(
        "fhir",
        "FHIR R4 or R4B ValueSet, or a Bundle of them",
        "Read v2, CTV3, SNOMED CT, dm+d and Gemscript codes with terms and notes, descendants, "
        "exclusions, categories (a value set each), title, purpose, version",
        "BNF, EMIS code ids, substances and product names; how the list was made",
        fhir.looks_like,
        fhir_reading.read,
        fhir_writing.write,
    ),
    ExchangeFormat(
        "ohdsi",
        "OHDSI concept set JSON",
        "Read v2, SNOMED CT, dm+d and Gemscript codes with terms, descendants, exclusions, "
        "categories (a set each), title, purpose, version",
        "the OMOP id of a concept, without which no OHDSI tool uses it; CTV3, BNF, EMIS code ids, "
        "substances and product names; notes; how the list was made",
        ohdsi.looks_like,
        ohdsi.read,
        ohdsi.write,
    ),
    ExchangeFormat(
        "hdruk",
        "HDR UK Phenotype Library CSV",
        "Read v2, CTV3, SNOMED CT and BNF codes with terms, categories (a concept each); "
        "descendants and notes as attributes that the library does not interpret; title",
        "exclusions; dm+d, EMIS code ids, Gemscript, substances and product names; how the list "
        "was made",
        hdruk.looks_like,
        hdruk.read,
        hdruk.write,
    ),
    ExchangeFormat(
        "opencodelists",
        "OpenCodelists CSV",
        "codes of one system in a file (BNF, CTV3, dm+d, Read v2, SNOMED CT) with terms and "
        "categories",
        "its own system, descendants, exclusions, notes; EMIS code ids, Gemscript, substances and "
        "product names; how the list was made",
        opencodelists.looks_like,
        opencodelists.read,
        opencodelists.write,
    ),
    ExchangeFormat(
        "plain",
        "plain CSV: the columns system,code,match,category,term,note, or any table of codes",
        "every row whole",
        "how the list was made",
        plain_csv.looks_like,
        plain_csv.read,
        plain_csv.write,
    ),
)
FORMATS: Mapping[str, ExchangeFormat] = {one.name: one for one in _FORMATS}


class Detected(NamedTuple):
    """The format that a file seems to be of, and why."""

    format: ExchangeFormat
    why: str


def exchange_format(name: str) -> ExchangeFormat:
    """The format with that name.

    Raises:
        UsageError: there is none.
    """
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}: {', '.join(FORMATS)}, or auto to import")
    return FORMATS[name]


def detect(source: SourceFile) -> Detected:
    """The format that a file seems to be of.

    Raises:
        UsageError: it is like none of them.
    """
    for one in FORMATS.values():
        if one.read and (why := one.looks_like(source)):
            return Detected(one, why)
    wrong = source.json.fault if source.begins_as_json else None
    raise UsageError(
        f"{source.name}{f':{wrong.line}' if wrong and wrong.line else ''}: "
        + (wrong.text if wrong else "its first lines are like no format that is known here")
        + f"; say which it is with --format, one of {', '.join(FORMATS)}"
    )
