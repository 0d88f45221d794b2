"""The study `instep` as an analyst writes it by hand: DuckDB SQL on plain Parquet.

    python by_hand_sql.py PLAIN OUT [--evidence]

PLAIN is what plain.py made. OUT/ids.csv gets the candidates; with --evidence, OUT/evidence.parquet
gets every row that a measure, a flag or an opt-out used, of the whole population.
"""

import argparse
from pathlib import Path

import duckdb

ON = "DATE '2026-11-01'"

PEOPLE = f"""
CREATE TEMP TABLE people AS
WITH born AS (
  SELECT *, CAST(rpad(birth_date, 10, '-01-01') AS DATE) AS written,
    coalesce(birth_precision, CASE length(birth_date) WHEN 4 THEN 'year' WHEN 7 THEN 'month'
      ELSE 'day' END) AS known
  FROM 'patients.parquet'
), ranged AS (
  SELECT *, CAST(date_trunc(known, written) AS DATE) AS born_first,
    CAST(date_trunc(known, written) + CASE known WHEN 'year' THEN INTERVAL 1 YEAR
      WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 1 DAY END - INTERVAL 1 DAY AS DATE)
      AS born_last
  FROM born
)
SELECT patient_id, born_first, death_date FROM ranged
WHERE death_date IS NULL
  AND registration_kind = 'regular' AND registration_start <= {ON}
  AND (registration_end IS NULL OR registration_end > {ON})
  AND born_first <= {ON} - INTERVAL 18 YEAR AND born_last > {ON} - INTERVAL 65 YEAR
  AND NOT is_test AND NOT is_confidential
"""

# one row per use of a code: a code in two categories of a list is still one
USES = """
CREATE TEMP TABLE uses AS
WITH named AS (
  SELECT *, CASE
    WHEN codelist = 'chronic-pain' AND category = 'explicit' THEN 'explicit_pain'
    WHEN codelist = 'chronic-pain' AND category IN ('musculoskeletal', 'neuropathic',
      'inflammatory') THEN 'painful_condition'
    WHEN codelist = 'opioids' THEN 'opioid_use'
    WHEN codelist = 'gabapentinoids' THEN 'gabapentinoid_use'
    WHEN codelist = 'epilepsy' THEN 'epilepsy'
    WHEN codelist = 'palliative-care' THEN 'palliative'
    WHEN codelist = 'fit-notes' THEN 'certified_sickness'
    WHEN codelist = 'employment-status' THEN 'work'
    WHEN codelist = 'research-opt-out' THEN 'opt_out' END AS used_by
  FROM 'codes.parquet'
)
SELECT used_by, codelist, version, system, code, string_agg(DISTINCT category, '; ') AS category
FROM named WHERE used_by IS NOT NULL
GROUP BY used_by, codelist, version, system, code, CASE used_by WHEN 'opt_out' THEN category END
"""

PARTIAL = r"regexp_full_match(date_text, '[1-9]\d\d\d(-(0[1-9]|1[0-2]))?')"
BEGINS = f"""coalesce(date, CASE WHEN {PARTIAL}
  THEN CAST(rpad(date_text, 10, '-01-01') AS DATE) END)"""
ENDS = f"""coalesce(date, CASE WHEN {PARTIAL} THEN CAST(CAST(rpad(date_text, 10, '-01-01') AS DATE)
  + CASE length(date_text) WHEN 4 THEN INTERVAL 1 YEAR ELSE INTERVAL 1 MONTH END
  - INTERVAL 1 DAY AS DATE) END)"""

# rows wholly before birth or after death, and rows after the search date, are not used; an undated
# row is used where no window asks for its date; an opt-out is looked at whatever its date
USED = f"""
CREATE TEMP TABLE used AS
WITH rows AS (
  SELECT used_by, category, codelist, version, e.patient_id, e.date, e.date_text, e.system, e.code,
    {{events}}
  FROM 'events.parquet' e JOIN uses u ON u.system = e.system AND u.code = e.code
  WHERE used_by NOT IN ('opioid_use', 'gabapentinoid_use')
  UNION ALL
  SELECT used_by, category, codelist, version, m.patient_id, m.date, m.date_text, m.system, m.code,
    {{medicines}}
  FROM 'medicines.parquet' m JOIN uses u ON u.system = m.system AND u.code = m.code
  WHERE used_by IN ('opioid_use', 'gabapentinoid_use')
), judged AS (
  SELECT rows.*,
    coalesce({ENDS} >= born_first, true) AND coalesce({BEGINS} <= death_date, true) AS possible,
    coalesce({BEGINS} > {ON}, false) AS future
  FROM rows JOIN people USING (patient_id)
)
SELECT * FROM judged WHERE used_by = 'opt_out' OR (possible AND NOT future AND CASE used_by
  WHEN 'explicit_pain' THEN date >= {ON} - INTERVAL 5 YEAR
  WHEN 'painful_condition' THEN date >= {ON} - INTERVAL 2 YEAR
  WHEN 'opioid_use' THEN date >= {ON} - INTERVAL 182 DAY
  WHEN 'gabapentinoid_use' THEN date >= {ON} - INTERVAL 182 DAY
  WHEN 'certified_sickness' THEN date IS NOT NULL
  WHEN 'work' THEN date IS NOT NULL
  ELSE true END)
"""

# of a dissent and a withdrawal the latest stands, on one day the dissent, and an undated dissent
STANDS = """
  coalesce(bool_or(category = '{0}_dissent'), false)
  AND (coalesce(bool_or(category = '{0}_dissent' AND date IS NULL), false)
    OR NOT coalesce(max(date) FILTER (category = '{0}_withdrawn' AND possible AND NOT future)
      > max(date) FILTER (category = '{0}_dissent'), false))
"""

CANDIDATES = f"""
WITH facts AS (
  SELECT patient_id,
    count(*) FILTER (used_by = 'explicit_pain') > 0 AS explicit_pain,
    coalesce(max(date) FILTER (used_by = 'painful_condition')
      - min(date) FILTER (used_by = 'painful_condition') >= 90, false) AS painful_condition,
    count(DISTINCT date) FILTER (used_by = 'opioid_use') >= 3 AS opioid_use,
    count(DISTINCT date) FILTER (used_by = 'gabapentinoid_use') >= 3 AS gabapentinoid_use,
    count(*) FILTER (used_by = 'epilepsy') > 0 AS epilepsy,
    count(*) FILTER (used_by = 'palliative') > 0 AS palliative,
    {STANDS.format("research")} AS research, {STANDS.format("type_1")} AS type_1
  FROM used GROUP BY patient_id
)
SELECT patient_id FROM facts
WHERE (explicit_pain OR painful_condition)
  AND (opioid_use OR (gabapentinoid_use AND NOT epilepsy))
  AND NOT palliative AND NOT research AND NOT type_1
  AND patient_id NOT IN (SELECT patient_id FROM read_csv('opt-outs.csv', all_varchar = true)
    WHERE kind IN ('research', 'type_1'))
ORDER BY patient_id
"""

EVIDENCE = """
SELECT patient_id, used_by, date, system, code, term, codelist, version, category, value, unit
FROM used ORDER BY patient_id, used_by, date, code
"""


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("plain", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--evidence", action="store_true")
    given = arguments.parse_args()
    columns = {"events": "", "medicines": ""}
    if given.evidence:
        columns["events"] = "e.term, e.value, e.unit"
        columns["medicines"] = "m.term, NULL::DOUBLE AS value, NULL::VARCHAR AS unit"
    connection = duckdb.connect(config={"file_search_path": str(given.plain)})
    connection.execute(PEOPLE)
    connection.execute(USES)
    if not given.evidence:  # the flags decide nothing, so ids need none of their rows
        connection.execute("DELETE FROM uses WHERE used_by IN ('certified_sickness', 'work')")
    connection.execute(USED.format(**columns))
    connection.execute(f"COPY ({CANDIDATES}) TO '{given.out / 'ids.csv'}' (HEADER)")
    if given.evidence:
        target = given.out / "evidence.parquet"
        connection.execute(f"COPY ({EVIDENCE}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


if __name__ == "__main__":
    main()
