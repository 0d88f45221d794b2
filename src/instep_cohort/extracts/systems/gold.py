"""CPRD GOLD: tab-separated tables in numbered parts, medcode and prodcode with dictionaries.

Columns by the schemas of CPRD-SHW/arrowCPRD@2dfb465b, and as OHDSI/ETL-CDMBuilder@41bab0f6 has them
in its made-up cases: ISO dates, `read_code`, `description`, a practice on each patient. `yob` may
count from 1800 (OHDSI mapping of CPRD GOLD). `gender` and `toreason` by the lookups SEX and TRA.
`regstat` 99 is a temporary patient (a public script that keeps "permanently registered" ones), and
no temporary patient is "acceptable" (GPRD, "Key facts", acceptable patients). `issueseq` 0 is no
repeat, 1 and more the number within a repeat schedule (descriptions of the columns in public
scripts). The dictionaries as public scripts import them, in an older and a newer form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from instep_cohort.extracts.profile import (
    DictionaryMap,
    Join,
    PatientMap,
    Profile,
    RecordMap,
)
from instep_cohort.extracts.source_tables import SourceTable
from instep_cohort.extracts.sql import choice

_EVENT = ("patid", "eventdate", "medcode")
# What stands on the rows of every table of events, and is not read.
_BESIDE_EVENTS = (
    *("sysdate", "constype", "consid", "staffid", "textid"),
    *("sctdescid", "sctexpression", "sctmaptype", "sctmapversion", "sctisindicative"),
    "sctisassured",
)

_TABLES = (
    SourceTable(
        "patient",
        "Patient",
        needed=("patid", "gender", "yob", "crd", "tod", "deathdate"),
        optional=("mob", "frd", "regstat", "toreason", "accept", "pracid"),
        ids=("patid", "pracid"),
        aliases={"practid": "pracid"},
        unread=(
            *("vmid", "marital", "famnum", "chsreg", "chsdate", "prescr", "capsup", "reggap"),
            *("internal", "ses", "birth_date", "start_date", "end_date"),
        ),
        required=True,
    ),
    SourceTable(
        "practice",
        "Practice",
        needed=("pracid",),
        ids=("pracid",),
        aliases={"practid": "pracid"},
        unread=("region", "lcd", "uts"),
    ),
    SourceTable(
        "clinical",
        "Clinical",
        needed=_EVENT,
        optional=("adid", "sctid"),
        ids=("patid", "medcode", "sctid"),
        unread=(*_BESIDE_EVENTS, "episode", "enttype"),
        required=True,
    ),
    SourceTable(
        "referral",
        "Referral",
        needed=_EVENT,
        optional=("sctid",),
        ids=("patid", "medcode", "sctid"),
        unread=(
            *_BESIDE_EVENTS,
            *("source", "nhsspec", "fhsaspec", "inpatient", "attendance", "attendtype", "urgency"),
        ),
    ),
    SourceTable(
        "immunisation",
        "Immunisation",
        needed=_EVENT,
        optional=("sctid",),
        ids=("patid", "medcode", "sctid"),
        unread=(
            *_BESIDE_EVENTS,
            *("immstype", "stage", "status", "compound", "source", "reason", "method", "batch"),
        ),
    ),
    SourceTable(
        "test",
        "Test",
        needed=_EVENT,
        optional=("sctid", "enttype", "data2", "data3"),
        ids=("patid", "medcode", "sctid"),
        unread=(
            *_BESIDE_EVENTS,
            *("data1", "data4", "data5", "data6", "data7", "data8", "data8_value", "data8_date"),
        ),
    ),
    SourceTable(
        "therapy",
        "Therapy",
        needed=("patid", "eventdate", "prodcode"),
        optional=("drugdmd", "qty", "numdays", "issueseq"),
        ids=("patid", "prodcode", "drugdmd"),
        unread=(
            *("sysdate", "consid", "staffid", "textid", "dosageid", "bnfcode", "ndd", "numpacks"),
            *("packtype", "prn"),
        ),
        without="no Therapy file in the extract",
    ),
    SourceTable(
        "medical",
        "medical dictionary",
        needed=("medcode", "readcode"),
        optional=("readterm",),
        ids=("medcode", "readcode"),
        aliases={"read_code": "readcode", "description": "readterm", "desc": "readterm"},
        without="no medical dictionary (medical.txt) in the extract",
    ),
    SourceTable(
        "product",
        "product dictionary",
        needed=("prodcode",),
        optional=("gemscriptcode", "dmdcode", "productname", "drugsubstance", "bnf", "bnfchapter"),
        ids=("prodcode", "gemscriptcode", "dmdcode", "bnf"),
        aliases={"ingredient": "drugsubstance", "bnfcode": "bnf"},
        without="no product dictionary (product.txt) in the extract",
    ),
    SourceTable(
        "entity",
        "entity types",
        needed=("enttype", "data1", "data2"),
        optional=("data3lkup",),
        aliases={"code": "enttype", "data3_lkup": "data3lkup"},
        without="no list of entity types (Entity) in the extract: tests have no value",
    ),
    SourceTable("lookuptype", "lookup types", needed=("lookup_type_id", "name")),
    SourceTable("lookup", "lookups", needed=("lookup_type_id", "code", "text")),
)

# bs_extract_clinical_001.txt, Extract_Clinical_001.txt, dbo.Clinical.txt, medical.txt. Linked data
# of hospitals and of deaths may hold a file that calls itself "patient" too.
_FILE = re.compile(
    rf"(?:.*[._-])?({'|'.join(table.name for table in _TABLES)})(?:_old)?(?:[._-]?\d+)*"
    r"\.(?:txt|csv)(?:\.gz)?"
)
_LINKED = re.compile(r"(?:^|.*[._-])(?:hes|ons|death)[._-].*")


def _recognise(names: Sequence[str]) -> Mapping[str, str]:
    """The table of each file: the name ends with that of the table and the number of the part."""
    return {
        name: found[1]
        for name in names
        if (found := _FILE.fullmatch(file := PurePosixPath(name).name.lower()))
        and not _LINKED.fullmatch(file)
    }


_SEX = {"1": "M", "2": "F", "3": "I", "4": "U", "0": "U"}

# 1800 + 299 lies in the future of everybody, and nobody was born in the year 299.
_YOB = "TRY_CAST(yob AS INTEGER)"
_COUNTS_FROM_1800 = f"{_YOB} BETWEEN 1 AND 299"
_YEAR = f"CASE WHEN {_COUNTS_FROM_1800} THEN CAST({_YOB} + 1800 AS VARCHAR) ELSE yob END"
_MOB = "TRY_CAST(mob AS INTEGER)"
_MONTH_IS_KNOWN = f"{_MOB} BETWEEN 1 AND 12"
_TWO_DIGITS = f"lpad(CAST({_MOB} AS VARCHAR), 2, '0')"

_DEAD = "toreason = '1'"
_LEFT_BY_DEATH = f"CASE WHEN {_DEAD} AND deathdate IS NULL THEN coalesce(tod, 'no date') END"

_KIND = (
    "CASE WHEN regstat = '99' THEN 'temporary' WHEN regstat = '0' OR accept = '1' THEN 'regular' "
    "ELSE 'other' END"
)

# The practice is the last five digits of a patid, the last three in older builds.
_END = "ltrim(right(patid, {}), '0')"
_PRACTICES = tuple(
    Join("practice", {_END.format(digits): "ltrim(pracid, '0')"}, {name: "pracid"})
    for digits, name in ((5, "practice_by_five"), (3, "practice_by_three"))
)
_PRACTICE = f"coalesce(pracid, practice_by_five, practice_by_three, {_END.format(5)})"

_ID = "CASE WHEN regexp_full_match({0}, '[1-9][0-9]{{5,17}}') THEN {0} END"
_CONCEPT, _DMD, _DMD_OF_PRODUCT = (_ID.format(name) for name in ("sctid", "drugdmd", "dmdcode"))

# Five characters padded with dots, and a term code.
_READ_SHAPE = (
    "regexp_full_match(left(readcode, 5), '[0-9A-Za-z]+[.]*') AND length(readcode) IN (5, 7) "
    "AND regexp_full_match(substr(readcode, 6), '([0-9A-Za-z]{2})?')"
)

# Eight digits, perhaps several times; newer dictionaries have them in bnfchapter, older a text.
_BNF_SHAPE = "regexp_full_match({0}, '[0-9]{{8}}(/[0-9]{{8}})*') AND {0} <> '00000000'"
_BNF = " ".join(f"WHEN {_BNF_SHAPE.format(name)} THEN {name}" for name in ("bnf", "bnfchapter"))

# A product is known by its Gemscript code, and by its prodcode where it has none.
_NO_GEMSCRIPT = "coalesce(regexp_full_match({0}, '0*'), true)"
_PRODUCT_SYSTEM = f"CASE WHEN {_NO_GEMSCRIPT} THEN 'local' ELSE 'gemscript' END"
_PRODUCT_CODE = f"CASE WHEN {_NO_GEMSCRIPT} THEN prodcode ELSE {{0}} END"

_ONLY_DETAILS = {
    "no medcode: only points to additional details": ("medcode IS NULL AND adid IS NOT NULL")
}


def _events(source: str, **more: str) -> dict[str, str]:
    return {
        "patient_id": "patid",
        "date": "eventdate",  # never sysdate: the day it was typed in
        "system": "'local'",
        "code": "medcode",
        "snomed_concept": _CONCEPT,
        **more,
    }


# What data2 and data3 hold depends on the entity type of the row.
_HOLDS_A_VALUE = "lower(first_is) = 'operator' AND lower(second_is) = 'value'"
_UNIT_CODE = "CAST(TRY_CAST(TRY_CAST(data3 AS DOUBLE) AS BIGINT) AS VARCHAR)"
_UNIT_JOINS = (
    Join(
        "entity",
        {"enttype": "enttype"},
        {"first_is": "data1", "second_is": "data2", "unit_lookup": "data3lkup"},
    ),
    Join("lookuptype", {"unit_lookup": "name"}, {"unit_lookup_id": "lookup_type_id"}),
    Join(
        "lookup",
        {"unit_lookup_id": "lookup_type_id", _UNIT_CODE: "code"},
        # Some texts stand in backticks, with a carriage return before the second.
        {"unit_text": "trim(\"text\", '` ')"},
    ),
)

GOLD = Profile(
    name="gold",
    version="1",
    description=(
        "CPRD GOLD: Patient and Clinical files, optionally Referral, Immunisation, Test, Therapy "
        "and Practice, with medical.txt and product.txt; tab-separated, in numbered parts"
    ),
    dates=("dd/mm/yyyy", "iso"),
    missing=(),
    tables=_TABLES,
    recognise=_recognise,
    patients=PatientMap(
        source="patient",
        patient_id="patid",
        practice_id=_PRACTICE,
        sex=choice("gender", _SEX, "gender"),
        birth=(
            f"CASE WHEN {_MONTH_IS_KNOWN} THEN ({_YEAR}) || '-' || {_TWO_DIGITS} ELSE {_YEAR} END"
        ),
        deaths=("deathdate", _LEFT_BY_DEATH),
        start="crd",
        end="tod",
        registration_kind=_KIND,
        remarks={
            "accept = 0: kept": "accept = '0'",
            "year of birth counts from 1800: 1800 is added": _COUNTS_FROM_1800,
            "registered before (frd is not crd): only the current registration is known": (
                "frd <> crd"
            ),
            "left by death (toreason = 1) without a date of death: the day of leaving is taken": (
                f"{_DEAD} AND deathdate IS NULL"
            ),
        },
        joins=_PRACTICES,
        copies_count_once=True,
    ),
    records=(
        RecordMap("clinical", "clinical", _events("clinical"), skips=_ONLY_DETAILS),
        RecordMap("referral", "clinical", _events("referral")),
        RecordMap("immunisation", "clinical", _events("immunisation")),
        RecordMap(
            "test",
            "clinical",
            _events(
                "test",
                value=f"CASE WHEN {_HOLDS_A_VALUE} THEN data2 END",
                unit=f"CASE WHEN {_HOLDS_A_VALUE} AND {_UNIT_CODE} <> '0' THEN unit_text END",
            ),
            joins=_UNIT_JOINS,
        ),
        RecordMap(
            "therapy",
            "medicine",
            {
                "patient_id": "patid",
                "date": "eventdate",
                "system": _PRODUCT_SYSTEM.format("gemscript_of_product"),
                "code": _PRODUCT_CODE.format("gemscript_of_product"),
                "dmd": _DMD,
                "quantity": "qty",
                "days": "CASE WHEN TRY_CAST(numdays AS DOUBLE) = 0 THEN NULL ELSE numdays END",
                "course": (
                    "CASE WHEN TRY_CAST(issueseq AS INTEGER) = 0 THEN 'acute' "
                    "WHEN TRY_CAST(issueseq AS INTEGER) > 0 THEN 'repeat' END"
                ),
            },
            joins=(
                Join(
                    "product", {"prodcode": "prodcode"}, {"gemscript_of_product": "gemscriptcode"}
                ),
            ),
        ),
    ),
    dictionaries=(
        DictionaryMap(
            "medical",
            "clinical",
            {
                "system": "'local'",
                "code": "medcode",
                "term": "readterm",
                "read_v2": f"CASE WHEN {_READ_SHAPE} THEN readcode END",
            },
            checks={
                "readcode is no Read v2 code: left out": (
                    f"readcode IS NOT NULL AND NOT ({_READ_SHAPE})"
                )
            },
        ),
        DictionaryMap(
            "product",
            "medicine",
            {
                "system": _PRODUCT_SYSTEM.format("gemscriptcode"),
                "code": _PRODUCT_CODE.format("gemscriptcode"),
                "term": "productname",
                "dmd": _DMD_OF_PRODUCT,
                "bnf": f"CASE {_BNF} END",
                "substance": "drugsubstance",
            },
        ),
    ),
    practices=("practice", "pracid"),
    traps=(
        (
            "A medcode or a prodcode means nothing without medical.txt and product.txt: put "
            "both into the folder of the extract."
        ),
        (
            "bnfcode of Therapy is a number of a lookup, not a BNF code; the BNF code is read "
            "from product.txt."
        ),
        (
            "lcd of Practice is the day of its last collection: give it as the extract date. "
            "In a practice that left CPRD long ago the registrations look open for ever."
        ),
        (
            "An immunisation that was refused or advised stands in Immunisation like one that "
            "was given."
        ),
        (
            "Clinical rows may carry a SNOMED CT concept (sctid) beside the medcode; whether "
            "CPRD calls that mapping assured is not looked at."
        ),
    ),
    cannot_know=(
        "Who anybody is: patid is a pseudonym, so that nobody can be invited from such an extract.",
        (
            "The length of a fit note: no entity type for it is in the public list of them, "
            "so the data columns of Clinical and Additional are not read for one (unverified "
            "on real files)."
        ),
        "Registrations before the current one.",
        "The day of birth, and the month of birth of adults.",
        "Whether somebody objects to research in any other way than by a code on the record.",
    ),
)
