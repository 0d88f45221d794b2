"""The tables of a store: their columns, types and what each means.

A `day` is int32 days since 1970-01-01. Text columns hold null where nothing is known, never "".
"""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 2

PATIENTS = pa.schema(
    [
        ("patient_key", pa.int32()),  # 0, 1, 2 … in the order of patient_id
        ("patient_id", pa.string()),
        ("practice_id", pa.string()),
        ("sex", pa.string()),  # F M I U
        ("birth_day", pa.int32()),  # the first possible day; null: unknown
        ("birth_precision", pa.string()),  # day month year; null: unknown
        ("death_day", pa.int32()),
        ("is_test", pa.bool_()),
        ("is_confidential", pa.bool_()),
    ]
)

REGISTRATIONS = pa.schema(
    [
        ("patient_key", pa.int32()),
        ("practice_id", pa.string()),
        ("start_day", pa.int32()),
        ("end_day", pa.int32()),  # null: open, later than every date
        ("kind", pa.string()),  # regular temporary other
        ("source", pa.string()),  # the table it was read from
    ]
)

CODES = pa.schema(
    [
        ("code_key", pa.int32()),  # 0, 1, 2 … in the order of kind, system, code
        ("kind", pa.string()),  # clinical medicine
        ("system", pa.string()),
        ("code", pa.string()),
        ("term", pa.string()),
        # what the extract's own dictionary says of it; several values are joined by "/"
        ("read_v2", pa.string()),
        ("ctv3", pa.string()),
        ("snomed_concept", pa.string()),
        ("dmd", pa.string()),
        ("bnf", pa.string()),
        ("substance", pa.string()),
        ("rows", pa.int64()),
    ]
)

# A row without a day is undated. One known to the month or year also says from when to when it can
# be (`earliest`, `latest`); both are null on every other row.
_DATED = [
    ("patient_key", pa.int32()),
    ("day", pa.int32()),
    ("code_key", pa.int32()),
]
_PARTIAL = [
    ("date_precision", pa.string()),  # day month year none
    ("earliest", pa.int32()),
    ("latest", pa.int32()),
]

EVENTS = pa.schema([*_DATED, ("value", pa.float64()), ("unit", pa.string()), *_PARTIAL])

MEDICINES = pa.schema(
    [
        *_DATED,
        ("quantity", pa.float64()),
        ("days", pa.float64()),
        ("course", pa.string()),  # acute repeat other; null: unknown
        *_PARTIAL,
    ]
)

QUARANTINE = pa.schema(
    [
        ("file", pa.string()),
        ("line", pa.int64()),  # in the file, from 1; the row number for Parquet
        ("column", pa.string()),  # where the reason lies; null: in the row as a whole
        ("reason", pa.string()),
        ("raw", pa.string()),
    ]
)

TABLES = {
    "patients": PATIENTS,
    "registrations": REGISTRATIONS,
    "codes": CODES,
    "events": EVENTS,
    "medicines": MEDICINES,
    "quarantine": QUARANTINE,
}

ROW_GROUP_ROWS = 122_880
