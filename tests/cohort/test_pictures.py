"""Pictures hold what the record holds, as SVG that a screen reader can read out."""

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from instep_cohort.codelists import Library
from instep_cohort.cohort.monthly_notes import monthly_notes
from instep_cohort.cohort.pictures import timeline
from instep_cohort.errors import UsageError
from instep_cohort.extracts import ingest
from instep_cohort.synthetic import make_practice

SVG = "{http://www.w3.org/2000/svg}"


def shapes(picture, kind):
    return list(ET.fromstring(picture.svg).iter(f"{SVG}{kind}"))


def hints(picture, kind):
    """What each shape of a kind says under a mouse; legends say nothing."""
    said = (shape.findtext(f"{SVG}title") for shape in shapes(picture, kind))
    return [words for words in said if words]


def words(picture):
    return [element.text for element in shapes(picture, "text")]


def test_each_dated_row_of_the_last_years_is_drawn_with_its_words(cohort):
    explanation = cohort.explain("00ZQ01")
    picture = timeline(explanation)
    drawn = hints(picture, "circle")
    assert "2026-05-10: OWNWORDS AC1 (back)" in drawn
    assert "2026-09-01: OWNWORDS PI2 (weak)" in drawn
    assert hints(picture, "polygon") == ["2026-10-20: OWNWORDS NO1 (not fit)"]
    assert "certified 2026-10-20 to 2026-11-16: 28 days" in hints(picture, "rect")
    assert {"ache", "pills taken", "dying", "fit notes", "codes about work"} <= set(words(picture))
    assert "candidate, tier B" in words(picture)


def test_it_can_be_read_out_and_shows_nobody_in_its_repr(cohort):
    picture = timeline(cohort.explain("00ZQ01"))
    root = ET.fromstring(picture.svg)
    assert root.get("role") == "img"
    assert "ache: " in root.findtext(f"{SVG}desc")
    assert "never of unemployment" in root.findtext(f"{SVG}desc")
    assert "ZQ" not in repr(picture) + picture.svg
    assert picture._repr_svg_() == picture.svg


def test_text_of_the_record_stays_text(cohort):
    # this person's term is =SUM(OWNWORDS); markup in a term would be escaped alike
    picture = timeline(cohort.explain("00ZQ02"))
    assert any("=SUM(OWNWORDS)" in one for one in hints(picture, "circle"))
    assert not shapes(picture, "script")


def test_rows_before_the_line_begins_are_counted(cohort):
    explanation = cohort.explain("00ZQ01")
    short = timeline(explanation, years=0.1)
    assert "1 earlier" in words(short)
    assert len(hints(short, "circle")) < len(hints(timeline(explanation), "circle"))


def test_somebody_left_out_has_a_picture_too(cohort):
    left_out = next(
        row["patient_id"] for row in cohort.to_arrow("facts").to_pylist() if row["dropped_at"]
    )
    assert any(one.startswith("left out at ") for one in words(timeline(cohort.explain(left_out))))


def test_a_picture_replaces_no_file(cohort, tmp_path):
    picture = timeline(cohort.explain("00ZQ01"))
    path = picture.save(tmp_path / "a.svg")
    assert path.read_text(encoding="utf-8") == picture.svg
    with pytest.raises(UsageError, match="there already"):
        picture.save(path)
    with pytest.raises(UsageError, match="cannot be written"):
        picture.save(tmp_path / "no" / "a.svg")


# ---------------------------------------------------------------- fit notes by month


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("months")
    on = date(2026, 10, 20)
    make_practice(folder / "extract", patients=600, extract_date=on)
    return ingest(folder / "extract", profile="standard", extract_date=on, out=folder / "store")


def test_months_are_what_counting_by_hand_gives(store):
    import pyarrow.parquet as pq

    notes = Library().latest("fit-notes")
    certify = {
        selector.code
        for selector in notes.selectors
        if selector.category in ("not_fit", "may_be_fit", "unspecified")
    }
    found = monthly_notes(store, notes, months=14)
    assert [month.first_day for month in found.months][:: len(found.months) - 1] == [
        date(2025, 8, 1),
        date(2026, 9, 1),
    ]
    epoch = date(1970, 1, 1)
    patients = pq.read_table(store.table_path("patients")).to_pylist()
    spans = {}
    for row in pq.read_table(store.table_path("registrations")).to_pylist():
        if row["kind"] == "regular":
            spans.setdefault(row["patient_key"], []).append(row)
    codes = store.codes().to_pylist()
    keys = {c["code_key"] for c in codes if c["code"] in certify and c["system"] == "read_v2"}
    rows = pq.read_table(store.table_path("events")).to_pylist()
    issued = {(r["patient_key"], r["day"]) for r in rows if r["code_key"] in keys}
    assert len(issued) > 50
    for month in found.months:
        middle = (month.first_day + timedelta(14) - epoch).days

        def counts(person, middle=middle, on=month.first_day + timedelta(14)):
            if person["is_test"] or person["birth_day"] is None:
                return False
            if person["death_day"] is not None and person["death_day"] <= middle:
                return False
            born = epoch + timedelta(person["birth_day"])
            age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
            return 18 <= age <= 65 and any(
                span["start_day"] <= middle
                and (span["end_day"] is None or span["end_day"] > middle)
                for span in spans.get(person["patient_key"], ())
            )

        present = {person["patient_key"] for person in patients if counts(person)}
        dated = [
            (who, epoch + timedelta(day))
            for who, day in issued
            if who in present and day is not None
        ]
        of_month = [
            day for _, day in dated if (day.year, day.month) == month.first_day.timetuple()[:2]
        ]
        assert (month.patients, month.notes) == (len(present), len(of_month)), month


def test_the_picture_has_a_column_for_each_month_and_the_published_line(store):
    found = monthly_notes(store, Library().latest("fit-notes"), months=5)
    assert len(hints(found.picture, "rect")) == 5
    assert any("published: 20.8" in one for one in words(found.picture))
    assert "published: 20.8 a month per 1,000" in repr(found)
    with pytest.raises(UsageError, match="ask for 1 or more"):
        monthly_notes(store, Library().latest("fit-notes"), months=0)
