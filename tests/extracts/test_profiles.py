"""The profiles that there are, whether each is whole, and which one an extract has."""

import importlib.metadata
import zipfile
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extract_files import AURUM_PATIENT, EVENT, OBSERVATION, ON, PATIENT, csv_text, gz, put, table
from toy_profile import ISSUES, NOTE, NOTES, PEOPLE, PERSON, TOY, with_tables

from instep_cohort.errors import DefinitionError, ExtractError, UsageError
from instep_cohort.extracts import detect, ingest, profiles
from instep_cohort.extracts.describing import describe_profile, profile_as_dict
from instep_cohort.extracts.profile import DictionaryMap, Join
from instep_cohort.extracts.profile_checks import profile_faults
from instep_cohort.extracts.source_tables import Layout, Snapshot


@pytest.mark.parametrize("name", profiles.PROFILES)
def test_every_profile_is_whole_and_described(name):
    profile = profiles.find_profile(name)
    assert profile_faults(profile) == ()
    text = describe_profile(profile)
    for one in profile.tables:
        assert one.title in text
    assert len(profile_as_dict(profile)["tables"]) == len(profile.tables)


def test_a_description_says_it_all():
    profile = replace(
        with_tables(TOY, notes={"aliases": {"cod": "code"}, "snapshot": Snapshot(("id",), "seq")}),
        markers={"9999-12-31": "open"},
        traps=("Something odd.",),
        cannot_know=("Something else.",),
    )
    text = describe_profile(profile)
    for words in (
        "9999-12-31: open",
        "cod = code",
        "the last row of each id counts, by seq",
        "Something odd",
        "Something else",
    ):
        assert words in text


def broken(**changes):
    return replace(TOY, **changes)


FAULTS = {
    "unknown column in records": (
        broken(records=(replace(NOTES, where="kid = '1'"),)),
        "records[0]: \"kid = '1'\"",
    ),
    "no such table": (
        broken(records=(replace(NOTES, source="nots"),)),
        "nots is used, and no table is called so",
    ),
    "no code": (
        broken(records=(replace(NOTES, columns={"patient_id": "pid", "system": "'x'"}),)),
        "code is missing",
    ),
    "quantity of an event": (
        broken(records=(replace(NOTES, columns={**NOTES.columns, "quantity": "pid"}),)),
        "quantity is not read",
    ),
    "bad SQL": (broken(patients=replace(PEOPLE, sex="upper(")), "patients: 'upper('"),
    "marker": (broken(markers={"31/12/9999": "x"}), "marker '31/12/9999' is no ISO date"),
    "alias": (with_tables(TOY, notes={"aliases": {"x": "y"}}), "aliases has y"),
    "snapshot": (with_tables(TOY, notes={"snapshot": Snapshot(("x",), "seq")}), "snapshot has x"),
    "deleted": (
        with_tables(TOY, notes={"snapshot": Snapshot(("id",), deleted="x")}),
        "notes: snapshot: 'x'",
    ),
    "layout": (
        with_tables(TOY, notes={"layouts": (Layout(("pid", "day")),)}),
        "a layout lacks code",
    ),
    "twins": (
        with_tables(TOY, notes={"layouts": (Layout(tuple(NOTE)), Layout(tuple(reversed(NOTE))))}),
        "two layouts have 3 columns and one has no shapes",
    ),
    "name of a column": (
        with_tables(TOY, notes={"optional": ("filename",)}),
        "filename has a name that the readers use",
    ),
    "join": (
        broken(
            records=(replace(ISSUES, joins=(Join("sheets", {"parent": "ID2"}, {"x": "course"}),)),)
        ),
        "join sheets: 'ID2'",
    ),
    "join hides a column": (
        broken(
            records=(
                replace(ISSUES, joins=(Join("sheets", {"parent": "id"}, {"drug": "course"}),)),
            )
        ),
        "join sheets gives drug, which is there already",
    ),
    "dictionary": (
        broken(
            dictionaries=(
                DictionaryMap(
                    "sheets", "clinical", {"system": "'x'", "code": "id", "gemscript": "id"}
                ),
            )
        ),
        "dictionary sheets: column gemscript is not read",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_profile_is_found(name):
    profile, words = FAULTS[name]
    assert any(words in fault for fault in profile_faults(profile)), profile_faults(profile)


TOY_FILES = {"people_csv": csv_text([PERSON]), "notes_csv": csv_text([NOTE])}
AURUM_FILES = {
    "Patient_txt": csv_text([AURUM_PATIENT], "\t"),
    "Observation_txt": csv_text([OBSERVATION], "\t"),
}
STANDARD_FILES = {"patients_csv": csv_text([PATIENT]), "events_csv": csv_text([EVENT])}
KNOWN = {**profiles.all_profiles(), "toy": TOY}


@pytest.mark.parametrize(
    ("files", "name"),
    [(TOY_FILES, "toy"), (AURUM_FILES, "aurum"), (STANDARD_FILES, "standard")],
)
def test_an_extract_is_recognised(tmp_path, files, name):
    found = detect(put(tmp_path, **files), KNOWN)
    assert found.profile.name == name
    assert str(found).startswith(f"recognised as {name}: ")
    assert all(
        table.title.lower() in str(found).lower()
        for table in found.profile.tables
        if table.required
    )


def test_it_is_recognised_in_archives_and_compressed(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a/Patient.txt.gz", gz(AURUM_FILES["Patient_txt"]))
        archive.writestr("a/Observation.txt", AURUM_FILES["Observation_txt"])
    assert "a/Patient.txt.gz (patid, pracid" in str(detect(tmp_path / "x.zip", KNOWN))


def test_parquet_is_recognised_by_its_columns(tmp_path):
    extract = put(tmp_path, patients_csv=STANDARD_FILES["patients_csv"])
    pq.write_table(pa.table({k: [v] for k, v in EVENT.items()}), extract / "events.parquet")
    assert detect(extract, KNOWN).profile.name == "standard"
    (extract / "events.parquet").write_bytes(b"PAR1")
    with pytest.raises(ExtractError, match=r"standard: events\.parquet: not a Parquet file"):
        detect(extract, KNOWN)


def test_files_without_headers_are_recognised_by_their_layout(tmp_path):
    shapes = {"day": r"\d{4}-\d\d-\d\d"}
    bare = with_tables(
        replace(TOY, name="bare"),
        people={"layouts": (Layout(tuple(PERSON)),)},
        notes={"layouts": (Layout(tuple(NOTE), shapes),)},
    )
    rows = {name: text.split("\n", 1)[1] for name, text in TOY_FILES.items()}
    assert detect(put(tmp_path / "a", **rows), {"toy": TOY, "bare": bare}).profile is bare
    assert detect(put(tmp_path / "b", **TOY_FILES), {"toy": TOY, "bare": bare}).profile is TOY


def test_two_that_fit_are_refused_and_so_is_none(tmp_path):
    extract = put(tmp_path / "x", **TOY_FILES)
    twin = replace(TOY, name="twin")
    with pytest.raises(UsageError, match="toy and twin both fit this extract; choose one"):
        detect(extract, {"toy": TOY, "twin": twin})
    assert detect(extract, {"toy": TOY, "twin": replace(twin, automatic=False)}).profile is TOY
    with pytest.raises(ExtractError, match="no profile fits") as refusal:
        detect(put(tmp_path / "y", people_csv="pid;born\n4711;x\n", notes_csv="x"), KNOWN)
    first, *_, far, names = str(refusal.value).splitlines()[1:]
    assert first.startswith("  toy: people.csv: semicolons stand between its columns")
    assert "aurum, " in far
    assert far.endswith(": no file has the name of one of their tables")
    assert names.startswith("Files found: notes.csv, people.csv. Any other export")
    assert "4711" not in str(refusal.value)
    with pytest.raises(UsageError, match="no such file or folder"):
        detect(tmp_path / "nowhere", KNOWN)


def test_an_archive_in_an_archive_is_said_to_be_one(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("inner.zip", b"")
    with pytest.raises(ExtractError, match=r"inner\.zip; a \.zip within a \.zip is not opened"):
        detect(tmp_path / "x.zip", KNOWN)


def test_a_workbook_is_said_to_be_one(tmp_path):
    extract = put(tmp_path / "extract", events_csv="x")
    (extract / "patients.xlsx").write_bytes(b"PK")
    with pytest.raises(ExtractError, match="a workbook is not opened: ask for the export as CSV"):
        detect(extract, KNOWN)
    with pytest.raises(ExtractError, match="a workbook is not opened"):
        ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")


def test_semicolons_are_said_to_be_semicolons(tmp_path):
    files = {name: text.replace(",", ";") for name, text in STANDARD_FILES.items()}
    with pytest.raises(ExtractError, match="semicolons stand between its columns"):
        detect(put(tmp_path, **files), KNOWN)


def test_the_nearest_profile_is_named_first(tmp_path):
    files = {name: text for name, text in AURUM_FILES.items() if "Patient" not in name}
    with pytest.raises(ExtractError, match="the nearest first:\n  aurum: no Patient file"):
        detect(put(tmp_path, **files), KNOWN)


def test_a_store_is_no_extract(tmp_path):
    ingest(
        put(tmp_path / "x", **STANDARD_FILES),
        profile="standard",
        extract_date=ON,
        out=tmp_path / "s",
    )
    with pytest.raises(ExtractError, match="a store already, not an extract"):
        detect(tmp_path / "s", KNOWN)


def test_ingest_takes_auto_and_a_profile(tmp_path):
    extract = put(tmp_path / "extract", **STANDARD_FILES)
    said = []
    store = ingest(
        extract, profile="auto", extract_date=ON, out=tmp_path / "s", progress=said.append
    )
    assert store.profile == "standard"
    assert said[0].startswith("recognised as standard")
    store = ingest(
        put(tmp_path / "toy", **TOY_FILES), profile=TOY, extract_date=ON, out=tmp_path / "t"
    )
    assert len(table(store, "events")) == 1


def entry(monkeypatch, value, name="toy"):
    point = importlib.metadata.EntryPoint(name, value, profiles.ENTRY_POINTS)
    monkeypatch.setattr(profiles, "entry_points", lambda group: [point])


def test_another_package_adds_a_profile(monkeypatch):
    entry(monkeypatch, "toy_profile:TOY")
    assert profiles.find_profile("toy") is TOY
    assert list(profiles.all_profiles())[-1] == "toy"
    with pytest.raises(UsageError, match="did you mean toy"):
        profiles.find_profile("tooy")
    entry(monkeypatch, "toy_profile:TOY", name="aurum")  # ours stands
    assert profiles.all_profiles().keys() == profiles.PROFILES.keys()


@pytest.mark.parametrize(
    ("value", "name", "message"),
    [
        ("toy_profile:NOWHERE", "toy", "cannot be loaded: AttributeError"),
        ("toy_profile:PERSON", "toy", "a dict, not a Profile"),
        ("toy_profile:TOY", "other", "the profile calls itself 'toy'"),
        ("test_profiles:BROKEN", "toy", "nots is used, and no table"),
    ],
)
def test_a_wrong_profile_of_another_package(monkeypatch, value, name, message):
    entry(monkeypatch, value, name)
    with pytest.raises(DefinitionError, match=message) as refusal:
        profiles.find_profile(name)
    assert f"entry point {name} ({value})" in str(refusal.value)


BROKEN = FAULTS["no such table"][0]
