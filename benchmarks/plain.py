"""Plain Parquet, as a careful analyst lays out an extract: what the hand-written versions read.

    python plain.py EXTRACT RUN PLAIN

The tables keep the order and the columns of the CSVs. A date that is no full date stays as text in
`date_text`. `codes.parquet` holds the codes of this extract that each codelist of the study is:
codelists are met with the extract beforehand, so that the hand-written versions need not do it.
"""

import shutil
import sys
from pathlib import Path

import duckdb

WRITTEN = "(FORMAT parquet, COMPRESSION zstd)"

DATED = """
  TRY_CAST(date AS DATE) AS date,
  CASE WHEN TRY_CAST(date AS DATE) IS NULL THEN date END AS date_text
"""

TABLES = {
    "patients": """
      SELECT patient_id, practice_id, sex, birth_date, CAST(death_date AS DATE) AS death_date,
        CAST(registration_start AS DATE) AS registration_start,
        CAST(registration_end AS DATE) AS registration_end, birth_precision, registration_kind,
        CAST(is_test AS BOOLEAN) AS is_test, CAST(is_confidential AS BOOLEAN) AS is_confidential
    """,
    "events": f"""
      SELECT patient_id, {DATED}, system, code, term, TRY_CAST(value AS DOUBLE) AS value, unit
    """,
    "medicines": f"""
      SELECT patient_id, {DATED}, system, code, term, TRY_CAST(quantity AS DOUBLE) AS quantity,
        CAST(days AS DOUBLE) AS days, substance, bnf
    """,
}

CODES = """
  SELECT DISTINCT codelist, version, category, system, code
  FROM read_csv('{}', all_varchar = true, nullstr = '')
  WHERE code IS NOT NULL AND match NOT LIKE 'exclude%' AND matched_by <> 'excluded'
"""


def csv_files(extract: Path, table: str) -> str:
    """The file of a table, or a pattern for its parts."""
    whole = extract / f"{table}.csv"
    return str(whole if whole.is_file() else extract / table / "*.csv")


def main() -> None:
    extract, run, plain = map(Path, sys.argv[1:])
    plain.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"preserve_insertion_order": True})
    for table, columns in TABLES.items():
        rows = f"FROM read_csv('{csv_files(extract, table)}', all_varchar = true, nullstr = '')"
        connection.execute(f"COPY ({columns} {rows}) TO '{plain / table}.parquet' {WRITTEN}")
    codes = CODES.format(run / "resolution.csv")
    connection.execute(f"COPY ({codes}) TO '{plain / 'codes.parquet'}' {WRITTEN}")
    shutil.copyfile(extract / "opt-outs.csv", plain / "opt-outs.csv")


if __name__ == "__main__":
    main()
