"""`store merge`: everything of every part once, codes of one practice never taken for another's."""

from datetime import date

import pytest
from extract_files import EVENT, MEDICINE, PATIENT, csv_text, findings, put, standard, table

from instep_cohort.errors import ExtractError, SafetyRefusal, UsageError
from instep_cohort.extracts import ingest, open_store
from instep_cohort.extracts.merging import SAID_DIFFERENTLY, merge_stores
from instep_cohort.extracts.tables import TABLES

ON = date(2026, 11, 1)


def part(folder, name, *, on=ON, patients=("1",), practice="A", **tables):
    """A store of its own practice; the rows of each table are changed against an ordinary one."""
    people = [PATIENT | {"patient_id": who, "practice_id": practice} for who in patients]
    files = {"patients_csv": csv_text(people)}
    plain = {"events": EVENT, "medicines": MEDICINE}
    for kind, ordinary in plain.items():
        rows = tables.get(kind, [{}] if kind == "events" else [])
        rows = [ordinary | {"patient_id": patients[0]} | row for row in rows]
        if rows or kind == "events":
            files[f"{kind}_csv"] = csv_text(rows)
    extract = put(folder / name / "extract", **files)
    return ingest(extract, profile="standard", extract_date=on, out=folder / name / "store")


@pytest.fixture
def parts(tmp_path):
    return [
        part(
            tmp_path,
            "a",
            patients=("9", "1"),
            events=[
                {"code": "N05..", "term": "x", "value": "2"},
                {"code": "N05..", "term": "x", "value": "2"},
                {"code": "A..", "date": ""},
                {"patient_id": "nobody"},
            ],
            medicines=[{}],
        ),
        part(
            tmp_path,
            "b",
            patients=("5",),
            practice="B",
            on=date(2026, 10, 1),
            events=[{"code": "N05..", "term": "x"}, {"code": "B12..", "date": "2026-05"}],
        ),
    ]


def people_and_codes(store):
    """Each event as patient_id, system, code, day, precision, value."""
    who = {row["patient_key"]: row["patient_id"] for row in table(store, "patients")}
    codes = {row["code_key"]: (row["system"], row["code"]) for row in table(store, "codes")}
    return [
        (who[row["patient_key"]], *codes[row["code_key"]], row["day"], row["value"])
        for row in table(store, "events")
    ]


def test_every_row_of_every_part_is_there_once(parts, tmp_path):
    merged = merge_stores(parts, out=tmp_path / "merged")
    key = str
    assert sorted(people_and_codes(merged), key=key) == sorted(
        [row for one in parts for row in people_and_codes(one)], key=key
    )
    assert [row["patient_id"] for row in table(merged, "patients")] == ["1", "5", "9"]
    assert [row["patient_key"] for row in table(merged, "patients")] == [0, 1, 2]
    assert [row["practice_id"] for row in table(merged, "registrations")] == ["A", "B", "A"]
    codes = [(r["code_key"], r["kind"], r["code"], r["rows"]) for r in table(merged, "codes")]
    assert codes == [
        (0, "clinical", "A..", 1),
        (1, "clinical", "B12..", 1),
        (2, "clinical", "N05..", 3),
        (3, "medicine", "322280009", 1),
    ]
    for name, schema in TABLES.items():
        assert merged.manifest.tables[name].rows == len(table(merged, name))
        assert list(table(merged, name)[0]) == schema.names


def test_rows_are_sorted_as_in_any_store(parts, tmp_path):
    merged = merge_stores(parts, out=tmp_path / "merged")
    keys = [(r["code_key"], r["patient_key"]) for r in table(merged, "events")]
    assert keys == sorted(keys)


def test_the_manifest_tells_of_the_parts(parts, tmp_path):
    merged = open_store(merge_stores(parts, out=tmp_path / "merged").path)
    first, second = merged.parts
    assert (first.name, first.practices, first.patients) == ("a/store", ("A",), 2)
    assert (second.name, second.practices, second.patients) == ("b/store", ("B",), 1)
    assert [one.sha256 for one in merged.parts] == [one.sha256 for one in parts]
    assert second.extract_date == date(2026, 10, 1)
    assert second.clinical_systems == ("read_v2",)
    assert merged.extract_date == ON
    assert merged.profile == "standard"
    assert [file.file for file in merged.manifest.files][:2] == [
        "a/store/events.csv",
        "a/store/medicines.csv",
    ]
    assert all(file.is_closed for file in merged.manifest.files)
    assert findings(merged, "events")["date missing: undated"] == 1
    [bad] = table(merged, "quarantine")
    assert (bad["file"], bad["line"]) == ("a/store/events.csv", 5)
    assert "parts" in merged.summary()
    assert "parts" not in parts[0].summary()


def test_the_same_stores_give_the_same_bytes_in_any_order(parts, tmp_path):
    one = merge_stores(parts, out=tmp_path / "one").path
    other = merge_stores(parts[::-1], out=tmp_path / "other").path
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name


def test_a_merged_store_can_be_merged(parts, tmp_path):
    merged = merge_stores(parts, out=tmp_path / "merged")
    third = part(tmp_path, "c", practice="C", patients=("7",))
    again = merge_stores([merged, third], out=tmp_path / "again")
    assert [one.name for one in again.parts] == ["merged/a/store", "merged/b/store", "store"]
    assert len(table(again, "patients")) == 4


def test_a_code_that_two_parts_speak_of_differently_is_two_codes(tmp_path):
    local = {"system": "local", "code": "77"}
    parts = [
        part(tmp_path, "a", events=[local | {"term": "Back pain"}]),
        part(tmp_path, "b", patients=("2",), practice="B", events=[local | {"term": "Flu jab"}]),
    ]
    merged = merge_stores(parts, out=tmp_path / "merged")
    codes = table(merged, "codes")
    assert [(row["code"], row["term"]) for row in codes] == [("77", "Back pain"), ("77", "Flu jab")]
    assert [row["code_key"] for row in table(merged, "events")] == [0, 1]
    assert findings(merged, "codes") == {SAID_DIFFERENTLY: 1}


def test_a_dictionary_speaks_for_its_own_extract_alone(tmp_path):
    product = {"system": "local", "code": "5", "term": "Codeine"}
    parts = [
        part(tmp_path, "a", medicines=[product | {"bnf": "040702"}]),
        part(tmp_path, "b", patients=("2",), practice="B", medicines=[product]),
    ]
    merged = merge_stores(parts, out=tmp_path / "merged")
    said = {row["code_key"]: row["bnf"] for row in table(merged, "codes") if row["code"] == "5"}
    by_patient = {row["patient_key"]: said[row["code_key"]] for row in table(merged, "medicines")}
    assert by_patient == {0: "040702", 1: None}


def test_qualified_ids(tmp_path):
    parts = [part(tmp_path, "a"), part(tmp_path, "b", practice="B")]
    with pytest.raises(SafetyRefusal, match=r"^1 patient ids are in more than one of the stores"):
        merge_stores(parts, out=tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    merged = merge_stores(parts, out=tmp_path / "merged", qualify_ids=True)
    assert [row["patient_id"] for row in table(merged, "patients")] == ["A/1", "B/1"]


def test_what_is_refused(parts, tmp_path):
    with pytest.raises(UsageError, match="two or more"):
        merge_stores(parts[:1], out=tmp_path / "merged")
    with pytest.raises(UsageError, match="named twice"):
        merge_stores([parts[0], open_store(parts[0].path)], out=tmp_path / "merged")
    with pytest.raises(UsageError, match="one of those to be merged"):
        merge_stores(parts, out=parts[0].path)
    same = part(tmp_path, "c", patients=("3",))
    with pytest.raises(SafetyRefusal, match=r"One practice is in several stores .A in a/store and"):
        merge_stores([*parts, same], out=tmp_path / "merged")
    (parts[0].path / "events.parquet").write_bytes(b"PAR1")
    with pytest.raises(ExtractError, match="damaged"):
        merge_stores(parts, out=tmp_path / "merged")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


def test_an_earlier_store_is_replaced(parts, tmp_path):
    earlier = standard(tmp_path / "earlier")
    merged = merge_stores(parts, out=earlier.path)
    assert merged.path == earlier.path
    assert len(open_store(earlier.path).parts) == 2
