"""Whether all versions found the same patients, and the same evidence: else no figure counts."""

import csv
import sys


def patients(path):
    """The ids in a CSV that has a column patient_id, in its order."""
    with path.open(encoding="utf-8", newline="") as source:
        return [row["patient_id"] for row in csv.DictReader(source)]


def check_patients(found):
    """Nothing, where every version found the same patients.

    Args:
        found: the ids that each version found, by its name.

    Raises:
        SystemExit: two versions differ, or nobody was found; ids are not shown.
    """
    (first, expected), *others = found.items()
    if not expected:
        raise SystemExit(f"{first} found nobody: there is nothing to compare")
    for name, ids in others:
        if sorted(ids) != sorted(expected):
            more, fewer = len(set(ids) - set(expected)), len(set(expected) - set(ids))
            raise SystemExit(
                f"the versions disagree: {name} found {len(ids)} patients, {first} "
                f"{len(expected)}; {more} only there, {fewer} only here"
            )


COLUMNS = "patient_id, used_by, date, system, code, codelist, version, category, value, unit"


def check_evidence(one, other):
    """The number of rows that two evidence files have alike.

    Raises:
        SystemExit: a row is in one and not in the other.
    """
    import duckdb

    tables = [f"SELECT {COLUMNS} FROM read_parquet('{path}')" for path in (one, other)]
    for left, right in (tables, reversed(tables)):
        [(rows,)] = duckdb.execute(
            f"SELECT count(*) FROM (({left}) EXCEPT ALL ({right}))"
        ).fetchall()
        if rows:
            raise SystemExit(f"the evidence differs: {rows} rows of one are not in the other")
    [(rows,)] = duckdb.execute(f"SELECT count(*) FROM ({tables[0]})").fetchall()
    return rows


if __name__ == "__main__":
    print(check_evidence(*sys.argv[1:]))
