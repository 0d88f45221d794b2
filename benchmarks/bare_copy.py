"""The yardstick for ingest: DuckDB copies the CSVs into sorted Parquet, and does nothing else.

    python bare_copy.py EXTRACT OUT

The tables have the order, the row groups and the compression of a store's. Nothing is counted,
checked, keyed, hashed or set apart, and whatever is no date or number is lost.
"""

import sys
from pathlib import Path

import duckdb
from plain import csv_files

TABLES = {
    "patients": ("*", "patient_id"),
    "events": (
        """patient_id, TRY_CAST(date AS DATE) AS date, system, code, term,
        TRY_CAST(value AS DOUBLE) AS value, unit""",
        "system, code, patient_id, date",
    ),
    "medicines": (
        """patient_id, TRY_CAST(date AS DATE) AS date, system, code, term,
        TRY_CAST(quantity AS DOUBLE) AS quantity, TRY_CAST(days AS DOUBLE) AS days, substance, bnf
        """,
        "system, code, patient_id, date",
    ),
}


def main() -> None:
    extract, out = map(Path, sys.argv[1:])
    spilled = str(out.with_name("spilled"))
    connection = duckdb.connect(
        config={"preserve_insertion_order": False, "temp_directory": spilled}
    )
    for table, (columns, order) in TABLES.items():
        rows = f"FROM read_csv('{csv_files(extract, table)}', all_varchar = true, nullstr = '')"
        connection.execute(
            f"COPY (SELECT {columns} {rows} ORDER BY {order}) TO '{out / table}.parquet' "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )


if __name__ == "__main__":
    main()
