"""What a date of a row may look like, and what becomes of it."""

from collections import Counter

from extract_files import aurum, day, findings, quarantined, standard, table

MONTH = "date known to the month only: undated"
YEAR = "date known to the year only: undated"
UNREADABLE = "date unreadable: undated"
MISSING = "date missing: undated"

# text, day, precision, earliest, latest, finding
ISO = """
2026-05-01           | 2026-05-01 | day   |            |            |
2024-02-29           | 2024-02-29 | day   |            |            |
2026-05-01 00:00:00  | 2026-05-01 | day   |            |            |
2026-05-01T14:30     | 2026-05-01 | day   |            |            |
2026-05-01 23:59:59.9| 2026-05-01 | day   |            |            |
1899-12-31           | 1899-12-31 | day   |            |            |
2026-02-30           |            | none  |            |            | unreadable
2026-02-30 00:00:00  |            | none  |            |            | unreadable
2025-02-29           |            | none  |            |            | unreadable
2026-13-01           |            | none  |            |            | unreadable
2026-05-01T14:30Z    |            | none  |            |            | unreadable
2026-05-01T14:30+01:00|           | none  |            |            | unreadable
2026-5-1             |            | none  |            |            | unreadable
\t2026-5-11           |            | none  |            |            | unreadable
02026-05-1           |            | none  |            |            | unreadable
0999-05-01           |            | none  |            |            | unreadable
01/05/2026           |            | none  |            |            | unreadable
20260501             |            | none  |            |            | unreadable
last May             |            | none  |            |            | unreadable
2026-00              |            | none  |            |            | unreadable
0000-00-00           |            | none  |            |            | unreadable
2026-05              |            | month | 2026-05-01 | 2026-05-31 | month
2024-02              |            | month | 2024-02-01 | 2024-02-29 | month
2025-12              |            | month | 2025-12-01 | 2025-12-31 | month
2026                 |            | year  | 2026-01-01 | 2026-12-31 | year
                     |            | none  |            |            | missing
"""

BRITISH = """
01/05/2026           | 2026-05-01 | day   |            |            |
29/02/2024           | 2024-02-29 | day   |            |            |
01/05/2026 00:00:00  | 2026-05-01 | day   |            |            |
30/02/2026           |            | none  |            |            | unreadable
05/31/2026           |            | none  |            |            | unreadable
1/5/2026             |            | none  |            |            | unreadable
01/05/026            |            | none  |            |            | unreadable
01/05/26             |            | none  |            |            | unreadable
2026-05-01           |            | none  |            |            | unreadable
05/2026              |            | month | 2026-05-01 | 2026-05-31 | month
2026                 |            | year  | 2026-01-01 | 2026-12-31 | year
NA                   |            | none  |            |            | missing
                     |            | none  |            |            | missing
"""

FINDING = {"month": MONTH, "year": YEAR, "unreadable": UNREADABLE, "missing": MISSING}


def cases(text):
    for line in text.strip("\n").splitlines():
        written, first, precision, earliest, latest, finding = (
            cell.strip(" ").replace(r"\t", "\t") for cell in line.split("|")
        )
        days = tuple(day(cell) if cell else None for cell in (first, earliest, latest))
        yield written, days, precision, FINDING.get(finding)


def check(store, name, rows):
    """One row for each case; its code is the number of the case."""
    codes = {row["code_key"]: int(row["code"]) for row in table(store, "codes")}
    seen = {codes[row["code_key"]]: row for row in table(store, name)}
    for number, (written, days, precision, _) in enumerate(rows):
        row = seen[number]
        assert (row["day"], row["earliest"], row["latest"]) == days, written
        assert row["date_precision"] == precision, written
    counted = {k: n for k, n in findings(store, name).items() if k in FINDING.values()}
    assert counted == Counter(finding for *_, finding in rows if finding)
    assert quarantined(store) == []


def test_iso_dates(tmp_path):
    rows = list(cases(ISO))
    events = [{"date": row[0], "code": str(number)} for number, row in enumerate(rows)]
    check(standard(tmp_path, events=events), "events", rows)


def test_british_dates(tmp_path):
    rows = list(cases(BRITISH))
    issues = [{"issuedate": row[0], "prodcodeid": str(number)} for number, row in enumerate(rows)]
    check(aurum(tmp_path, DrugIssue=issues), "medicines", rows)


def test_rows_out_of_time_are_kept_and_counted(tmp_path):
    store = standard(
        tmp_path,
        patients=[{"birth_date": "1980-06", "death_date": "2026-06-10"}],
        events=[
            {"date": date}
            for date in (
                *("1980-05-31", "1980-06-01", "1980", "1979"),  # birth: 1980-06-01 at the earliest
                *("2000-12-31", "2001-01-01", "2000-12"),  # registered from 2001-01-01
                *("2026-06-10", "2026-06-11", "2026-06", "2026-07"),  # death
                *("2026-11-01", "2026-11-02", "2026-11", "2026-12"),  # extract date
                "",
            )
        ],
    )
    assert len(table(store, "events")) == 16
    assert findings(store, "events") == {
        "before birth": 2,
        "before the first registration": 6,
        "after death": 6,
        "after the extract date": 2,
        MONTH: 5,
        YEAR: 2,
        MISSING: 1,
    }


def test_the_enter_date_is_never_used(tmp_path):
    store = aurum(tmp_path, Observation=[{"obsdate": "", "enterdate": "01/05/2026"}])
    assert table(store, "events")[0]["day"] is None
