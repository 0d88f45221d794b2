"""Every style of date that a profile can declare, precision columns, and marker dates."""

from collections import Counter
from dataclasses import replace

import pytest
from extract_files import column, day, findings, quarantined, table
from toy_profile import NOTES, PEOPLE, TOY, fates, read, with_tables

UNREADABLE = "date unreadable: undated"

# style | text | day | precision | earliest | latest
STYLES = """
dd mmm yyyy | 01 Jan 2020          | 2020-01-01 | day   |            |
dd mmm yyyy | 29 FEB 2024          | 2024-02-29 | day   |            |
dd mmm yyyy | 05 sep 2020 10:11:12 | 2020-09-05 | day   |            |
dd mmm yyyy | 05 Sep 2020 10:11    | 2020-09-05 | day   |            |
dd mmm yyyy | 30 Feb 2020          |            | none  |            |
dd mmm yyyy | 1 Jan 2020           |            | none  |            |
dd mmm yyyy | 01 Januar 2020       |            | none  |            |
dd mmm yyyy | 01 Mai 2020          |            | none  |            |
dd mmm yyyy | 2020-01-01           |            | none  |            |
dd mmm yyyy | Feb 2024             | 	         | month | 2024-02-01 | 2024-02-29
dd mmm yyyy | 2020                 |            | year  | 2020-01-01 | 2020-12-31
dd-mmm-yyyy | 01-Dec-2020          | 2020-12-01 | day   |            |
dd-mmm-yyyy | 01 Dec 2020          |            | none  |            |
yyyymmdd    | 20200131             | 2020-01-31 | day   |            |
yyyymmdd    | 20200131 10:11       | 2020-01-31 | day   |            |
yyyymmdd    | 20200231             |            | none  |            |
yyyymmdd    | 20200100             |            | none  |            |
yyyymmdd    | 2020013              |            | none  |            |
yyyymmdd    | 202002               |            | month | 2020-02-01 | 2020-02-29
yyyymmdd    | 2020                 |            | year  | 2020-01-01 | 2020-12-31
iso         | 2020-01-31T10:11:12  | 2020-01-31 | day   |            |
"""


def cases(text):
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def by_code(store, name="events"):
    codes = {row["code_key"]: row["code"] for row in table(store, "codes")}
    return {codes[row["code_key"]]: row for row in table(store, name)}


def days(row, *names):
    return tuple(row[name] for name in names)


def as_days(*cells):
    return tuple(day(cell) if cell else None for cell in cells)


@pytest.mark.parametrize("style", sorted({row[0] for row in cases(STYLES)}))
def test_style(tmp_path, style):
    rows = [row for row in cases(STYLES) if row[0] == style]
    notes = [{"day": row[1], "code": str(n)} for n, row in enumerate(rows)]
    store = read(tmp_path, with_tables(TOY, notes={"dates": style}), notes=notes)
    seen = by_code(store)
    for n, (_, text, first, precision, earliest, latest) in enumerate(rows):
        row = seen[str(n)]
        assert days(row, "day", "earliest", "latest") == as_days(first, earliest, latest), text
        assert row["date_precision"] == precision, text
    assert findings(store, "events").get(UNREADABLE, 0) == sum(row[3] == "none" for row in rows)


def test_several_styles_are_tried_in_turn(tmp_path):
    profile = replace(TOY, dates=("dd/mm/yyyy", "iso"))
    notes = [{"day": text} for text in ("2020-01-02", "02/01/2020", "01/2020", "2020-01", "x")]
    store = read(tmp_path, profile, notes=notes)
    counted = Counter((row["day"], row["earliest"]) for row in table(store, "events"))
    assert counted == {
        (day("2020-01-02"), None): 2,
        (None, day("2020-01-01")): 2,
        (None, None): 1,
    }


def test_birth_has_its_own_style(tmp_path):
    profile = replace(TOY, patients=replace(PEOPLE, birth_dates="dd mmm yyyy"))
    store = read(
        tmp_path, profile, people=[{"born": "03 Feb 1980"}, {"pid": "2", "born": "1980-02-03"}]
    )
    assert column(store, "patients", "birth_day") == [day("1980-02-03"), None]


# text | precision | day | stored precision | earliest | latest
PRECISIONS = """
2026-05-17 | ymdt | 2026-05-17 | day   |            |
2026-05-17 |      | 2026-05-17 | day   |            |
2026-05-17 | ymd  | 2026-05-17 | day   |            |
2026-05-17 | YM   |            | month | 2026-05-01 | 2026-05-31
2024-02-01 | ym   |            | month | 2024-02-01 | 2024-02-29
2026-05-17 | y    |            | year  | 2026-01-01 | 2026-12-31
2026-05-17 | u    |            | none  |            |
2026-05-17 | ?    |            | none  |            |
2026-05    | ymd  |            | month | 2026-05-01 | 2026-05-31
2026-05    | y    |            | year  | 2026-01-01 | 2026-12-31
2026       | ym   |            | year  | 2026-01-01 | 2026-12-31
           | ymd  |            | none  |            |
           | u    |            | none  |            |
2026-02-30 | ymd  |            | none  |            |
2026-02-30 | ym   |            | none  |            |
"""
SAID = (
    "CASE lower(precision) WHEN 'ymdt' THEN 'DAY' WHEN 'ymd' THEN 'day' WHEN 'ym' THEN 'month' "
    "WHEN 'y' THEN 'year' WHEN 'u' THEN 'none' ELSE precision END"
)


def test_precision_column(tmp_path):
    rows = cases(PRECISIONS)
    profile = replace(
        TOY, records=(replace(NOTES, columns={**NOTES.columns, "date_precision": SAID}),)
    )
    notes = [{"day": r[0], "precision": r[1], "code": f"{n:02}"} for n, r in enumerate(rows)]
    store = read(tmp_path, profile, notes=notes)
    seen = by_code(store)
    for n, row in enumerate(rows):
        stored = seen[f"{n:02}"]
        assert days(stored, "day", "earliest", "latest") == as_days(row[2], row[4], row[5]), row
        assert stored["date_precision"] == row[3], row
    assert findings(store, "events") == {
        "date known to the month only: undated": 3,
        "date known to the year only: undated": 3,
        "date missing: undated": 2,
        "date said to be of no known precision: undated": 2,
        "date unreadable: undated": 2,
    }


MARKED = replace(TOY, markers={"9999-12-31": "open", "1901-01-01": "before birth"})


def test_a_marker_is_no_date_of_a_record(tmp_path):
    texts = [
        "9999-12-31",
        "1901-01-01",
        "1901-01-01 00:00:00",
        "1901-01-01x",
        "1901",
        "1901-01-02",
        "",
    ]
    store = read(tmp_path, MARKED, notes=[{"day": text} for text in texts])
    assert sorted(column(store, "events", "day"), key=str) == [day("1901-01-02"), *[None] * 6]
    found = findings(store, "events")
    assert found["date is the marker 9999-12-31 (open): undated"] == 1
    assert found["date is the marker 1901-01-01 (before birth): undated"] == 2
    assert found["date missing: undated"] == 1
    assert found[UNREADABLE] == 1


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("dd/mm/yyyy", "31/12/9999"),
        ("dd mmm yyyy", "31 DEC 9999"),
        ("dd mmm yyyy", "31 Dec 9999 00:00:00"),
        ("dd-mmm-yyyy", "31-dec-9999"),
        ("yyyymmdd", "99991231"),
        ("iso", "9999-12-31T00:00:00"),
    ],
)
def test_a_marker_is_known_in_every_style(tmp_path, style, text):
    profile = with_tables(MARKED, notes={"dates": style})
    store = read(tmp_path, profile, notes=[{"day": text}])
    assert findings(store, "events") == {"date is the marker 9999-12-31 (open): undated": 1}


def test_a_marker_of_the_future_means_not_dead_and_still_registered(tmp_path):
    people = [
        {"died": "9999-12-31", "to": "9999-12-31 00:00:00"},
        {"pid": "2", "from": "1901-01-01", "born": "1901-01-01"},
    ]
    store = read(tmp_path, MARKED, people=people)
    assert column(store, "patients", "death_day") == [None, None]
    assert column(store, "patients", "birth_day") == [day("1980-02-03"), None]
    ends = {(r["patient_key"], r["start_day"], r["end_day"]) for r in table(store, "registrations")}
    assert ends == {(0, day("2001-01-01"), None), (1, None, None)}
    assert findings(store, "patients") == {
        "date of birth is the marker 1901-01-01 (before birth): taken as missing": 1,
        "date of birth missing": 1,
        "date of death is the marker 9999-12-31 (open): taken as missing": 1,
    }
    assert findings(store, "registrations") == {
        "end is the marker 9999-12-31 (open): taken as missing": 1,
        "no start": 1,
        "start is the marker 1901-01-01 (before birth): taken as missing": 1,
    }


def test_a_marker_of_the_past_brings_nobody_back(tmp_path):
    people = [{"died": "1901-01-01"}, {"pid": "2", "to": "1901-01-01"}]
    store = read(tmp_path, MARKED, people=people)
    assert column(store, "patients", "death_day") == [day("2026-11-01"), None]
    assert column(store, "registrations", "patient_key") == [0]
    unreadable = "end of the registration is unreadable: not stored"
    assert findings(store, "registrations")[unreadable] == 1


def test_a_record_needs_no_date(tmp_path):
    columns = {name: text for name, text in NOTES.columns.items() if name != "date"}
    store = read(tmp_path, replace(TOY, records=(replace(NOTES, columns=columns),)))
    [event] = table(store, "events")
    assert (event["day"], event["date_precision"]) == (None, "none")
    assert fates(store, "notes.csv") == (1, 1, {}, {})
    assert quarantined(store) == []
