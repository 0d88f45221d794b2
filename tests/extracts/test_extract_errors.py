"""What cannot be read: one clear message, the right exit code, and an earlier store stays whole."""

import gzip
import zipfile

import duckdb
import pytest
from extract_files import (
    AURUM_PATIENT,
    EVENT,
    OBSERVATION,
    ON,
    PATIENT,
    csv_text,
    put,
    standard,
)

from instep_cohort.errors import ExtractError, InstepError, UsageError
from instep_cohort.extracts import PROFILES, ingest, open_store
from instep_cohort.extracts import writing as writing_module

GOOD = {"patients_csv": csv_text([PATIENT]), "events_csv": csv_text([EVENT])}


def refused(tmp_path, *, profile="standard", **files):
    """The refusal of an extract with these files beside good ones; ``None`` takes one away."""
    wanted = {**GOOD, **files} if profile == "standard" else files
    extract = put(tmp_path / "extract", **{k: v for k, v in wanted.items() if v is not None})
    with pytest.raises(InstepError) as refusal:
        ingest(extract, profile=profile, extract_date=ON, out=tmp_path / "store")
    assert not (tmp_path / "store").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["extract"]
    return refusal.value


def head(*columns):
    return ",".join(columns) + "\n"


def test_profiles_are_described():
    assert {"aurum", "standard"} <= set(PROFILES)
    assert all(len(text) > 20 for text in PROFILES.values())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "arum",
            rf"no profile is called 'arum' \(there are: {', '.join(PROFILES)}\); did you mean aurum\?",
        ),
        ("Standard", r"did you mean standard\?"),
        ("xyz", rf"\(there are: {', '.join(PROFILES)}\)$"),
    ],
)
def test_unknown_profile(tmp_path, name, message):
    with pytest.raises(UsageError, match=message):
        ingest(tmp_path, profile=name, extract_date=ON, out=tmp_path / "store")


def test_no_such_extract(tmp_path):
    with pytest.raises(UsageError, match="nowhere: no such file or folder"):
        ingest(tmp_path / "nowhere", profile="standard", extract_date=ON, out=tmp_path / "store")


def test_a_single_file_is_no_extract(tmp_path):
    put(tmp_path, **GOOD)
    with pytest.raises(ExtractError, match=r"events\.csv: an extract is a folder or a \.zip"):
        ingest(tmp_path / "events.csv", profile="standard", extract_date=ON, out=tmp_path / "store")


def test_a_store_is_no_extract(tmp_path):
    store = standard(tmp_path)
    with pytest.raises(ExtractError, match="a store already, not an extract"):
        ingest(store.path, profile="standard", extract_date=ON, out=tmp_path / "again")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"events_csv": None},
            "no events file in the extract: one with the columns patient_id, date",
        ),
        ({"patients_csv": None}, "no patients file in the extract"),
        (
            {"patients_csv": head(*PATIENT)},
            r"empty extract: no patient can be read from patients\.csv",
        ),
        ({"events_csv": ""}, r"events\.csv: empty; a header line is needed"),
        ({"events_csv": "\n\n"}, r"events\.csv: empty; a header line is needed"),
        (
            {"events_csv": head("patient_id", "date", "system", "cod")},
            r"column `code` is missing \(found: patient_id, date, system, cod\); did you mean `cod`",
        ),
        (
            {"events_csv": head("patient_id", "code", "system", "x")},
            r"column `date` is missing .*x\)$",
        ),
        (
            {"events_csv": "4711,2026-05-01,local,x\n"},
            r"events\.csv: its first line is not the header of events files: none of patient_id,",
        ),
        ({"events_csv": "patient_id;date;system;code\n"}, r"semicolons stand between its columns"),
        (
            {"events_csv": head("patient_id", "date", "system", "code", "Code")},
            r"events\.csv: column `code` is there 2 times",
        ),
        ({"events_csv": csv_text([EVENT]).encode("utf-16")}, r"events\.csv: UTF-16; save it again"),
        ({"events_csv": b"\x89PNG\0\0\n"}, r"events\.csv: not a text file with a header line"),
        ({"events_csv": b"patient_id," * 100_000}, r"events\.csv: not a text file with a header"),
        (
            {"events_csv": csv_text([EVENT]).replace("\n", "\r")},
            r"events\.csv: lone carriage returns in its header line",
        ),
        (
            {"events_csv": b'patient_id,date,system,code\r"'},
            r"events\.csv: lone carriage returns in its header line",
        ),
        (
            {"events_csv": b'"patient_id,date,system,code\n1,,local,x\n'},
            r"events\.csv: its first line is not the header of events files",
        ),
        ({"events.parquet": b"PAR1", "events_csv": None}, r"events\.parquet: not a Parquet file"),
        (
            {"events.parquet": b"PAR1", "Events/x_csv": None},
            r"events is there more than once: events\.csv, events\.parquet; keep one of them",
        ),
        (
            {"events_csv": None, "events_csv.gz": gzip.compress(b"patient_id,date\n" * 99)[:-9]},
            r"events\.csv\.gz: its compression is damaged",
        ),
        (
            {"events_csv": None, "events_csv.gz": b"patient_id,date,system,code\n"},
            r"events\.csv\.gz: its compression is damaged",
        ),
    ],
)
def test_bad_standard_extracts(tmp_path, files, message):
    refusal = refused(tmp_path, **files)
    assert isinstance(refusal, ExtractError)
    assert refusal.exit_code == 5
    with pytest.raises(ExtractError, match=message):
        raise refusal
    assert "4711" not in str(refusal)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"Patient_txt": csv_text([AURUM_PATIENT], "\t"), "Staff_txt": "x"},
            r"no Observation file .* patid, medcodeid, obsdate .* found and not used: Staff\.txt\)",
        ),
        (GOOD, r"no Observation file in the extract: .* \(profile aurum;"),
        (
            {
                "Patient_txt": csv_text(
                    [{k: v for k, v in AURUM_PATIENT.items() if "_ddate" not in k}], "\t"
                ),
                "Observation_txt": csv_text([OBSERVATION], "\t"),
            },
            r"Patient\.txt: column `cprd_ddate` or `emis_ddate` is missing",
        ),
        (
            {
                "Patient_txt": csv_text([AURUM_PATIENT], "\t"),
                "Observation_001_txt": csv_text([OBSERVATION], "\t"),
                "Observation_002_txt": "1001\t498521000006119\t21/05/2026\n",
            },
            r"Observation_002\.txt: its first line is not the header of Observation files",
        ),
    ],
)
def test_bad_aurum_extracts(tmp_path, files, message):
    refusal = refused(tmp_path, profile="aurum", **files)
    with pytest.raises(ExtractError, match=message):
        raise refusal
    assert "498521" not in str(refusal)


def test_many_unused_files_are_named_in_part(tmp_path):
    refusal = refused(tmp_path, profile="aurum", **{f"{n}_txt": "x" for n in range(9)})
    assert "0.txt, 1.txt, 2.txt, 3.txt, 4.txt …" in str(refusal)


def archive(path, members, flags=0):
    with zipfile.ZipFile(path, "w") as out:
        for name, text in members:
            info = zipfile.ZipInfo(name)
            out.writestr(info, text)
            info.flag_bits |= flags
    return path


PATIENTS, EVENTS = ("patients.csv", csv_text([PATIENT])), ("events.csv", csv_text([EVENT]))


@pytest.mark.parametrize(
    "name", ["../patients.csv", "/patients.csv", "a/../../b.csv", "..\\x.csv", "C:/x.csv"]
)
def test_archives_that_reach_outside(tmp_path, name):
    path = archive(tmp_path / "x.zip", [PATIENTS, EVENTS, (name, "x")])
    with pytest.raises(ExtractError, match=r"x\.zip: a member's name points outside the archive"):
        ingest(path, profile="standard", extract_date=ON, out=tmp_path / "store")
    assert [found.name for found in tmp_path.iterdir()] == ["x.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_a_name_twice(tmp_path):
    path = archive(tmp_path / "x.zip", [PATIENTS, EVENTS, EVENTS])
    with pytest.raises(ExtractError, match=r"x\.zip: holds events\.csv twice"):
        ingest(path, profile="standard", extract_date=ON, out=tmp_path / "store")


def test_an_encrypted_archive(tmp_path):
    path = archive(tmp_path / "x.zip", [PATIENTS, EVENTS], flags=1)
    with pytest.raises(ExtractError, match=r"events\.csv: encrypted"):
        ingest(path, profile="standard", extract_date=ON, out=tmp_path / "store")


def test_damaged_archives(tmp_path):
    path = archive(tmp_path / "x.zip", [PATIENTS, EVENTS])
    whole = path.read_bytes()
    place = whole.index(b"read_v2")
    path.write_bytes(whole[:place] + b"READ" + whole[place + 4 :])
    with pytest.raises(ExtractError, match=r"events\.csv: damaged in its archive"):
        ingest(path, profile="standard", extract_date=ON, out=tmp_path / "store")
    path.write_bytes(whole[:-30])
    with pytest.raises(ExtractError, match=r"x\.zip: not a \.zip that can be opened"):
        ingest(path, profile="standard", extract_date=ON, out=tmp_path / "store")


def test_an_archive_that_the_disk_would_not_hold(tmp_path, monkeypatch):
    path = archive(tmp_path / "x.zip", [PATIENTS, EVENTS])
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(ExtractError, match=r"events\.csv: takes \d+ bytes and 10 are free"):
        ingest(path, profile="standard", extract_date=ON, out=tmp_path / "store")


def test_a_damaged_parquet_body(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    extract = put(tmp_path / "extract", patients_csv=GOOD["patients_csv"])
    for name in ("events", "patients"):
        columns = {"patient_id": [str(n) for n in range(9_000)]}
        columns |= {
            k: [v] * 9_000
            for k, v in (EVENT if name == "events" else PATIENT).items()
            if k != "patient_id"
        }
        path = extract / f"{name}.parquet"
        pq.write_table(pa.table(columns), path, use_dictionary=False)
        data = bytearray(path.read_bytes())
        data[20:4_000] = b"\xff" * 3_980
        path.write_bytes(data)
        if name == "patients":
            (extract / "patients.csv").unlink()
        with pytest.raises(
            ExtractError, match=rf"{name}\.parquet: damaged; write the Parquet file"
        ):
            ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    extract = put(tmp_path / "extract", **GOOD)
    monkeypatch.setattr("instep_cohort.extracts.survey.open_bytes", forbidden)
    with pytest.raises(ExtractError, match=r"events\.csv: cannot be read: Permission denied"):
        ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")


def test_a_folder_that_may_not_be_read(tmp_path, monkeypatch):
    import os

    listed = os.scandir

    def forbidden(place):
        if str(place).endswith("events"):
            raise PermissionError(13, "Permission denied", str(place))
        return listed(place)

    extract = put(tmp_path / "extract", patients_csv=GOOD["patients_csv"])
    put(extract / "events", a_csv=GOOD["events_csv"])
    monkeypatch.setattr(os, "scandir", forbidden)
    with pytest.raises(ExtractError, match=r"^events: a folder that cannot be read: Permission"):
        ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_earlier_store_stays_whole(tmp_path):
    store = standard(tmp_path)
    before = contents(store.path)
    with pytest.raises(ExtractError):
        standard(tmp_path, patients=[{}, {}])
    assert contents(store.path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extract", "store"]
    assert open_store(store.path).sha256 == store.sha256


def test_a_store_that_cannot_be_put_in_place_leaves_the_earlier_one(tmp_path, monkeypatch):
    store = standard(tmp_path)
    before = contents(store.path)
    rename = type(store.path).rename

    def failing(self, target):
        if self.name == "store" and self.parent.name.startswith(".store."):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(writing_module, "exchange", lambda *_: False)  # as where no system does it
    monkeypatch.setattr(type(store.path), "rename", failing)
    with pytest.raises(OSError, match="No space left"):
        standard(tmp_path, events=[{}, {}])
    assert contents(store.path) == before
    with pytest.raises(OSError, match="No space left"):
        standard(tmp_path / "first")
    assert [path.name for path in (tmp_path / "first").iterdir()] == ["extract"]


def test_a_store_is_replaced_whole(tmp_path):
    first = standard(tmp_path)
    second = standard(tmp_path, events=[{}, {}])
    assert second.path == first.path
    assert second.sha256 != first.sha256
    assert second.manifest.tables["events"].rows == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extract", "store"]


def test_an_empty_folder_and_missing_parents_are_filled(tmp_path):
    extract = put(tmp_path / "extract", **GOOD)
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "empty", tmp_path / "a" / "b"):
        ingest(str(extract), profile="standard", extract_date=ON, out=str(out))
        assert open_store(out).manifest.tables["patients"].rows == 1


def test_a_folder_that_is_no_store_is_never_replaced(tmp_path):
    extract = put(tmp_path / "extract", **GOOD)
    foreign = put(tmp_path / "papers", letter_txt="x")
    store = ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")
    put(store.path, notes_txt="x")
    put(tmp_path, a_file="x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for out, message in (
        (foreign, r"no store \(it holds letter\.txt\)"),
        (store.path, r"no store \(it holds notes\.txt\)"),
        (extract, r"no store \(it holds events\.csv\)"),
        (tmp_path / "a_file", "there is a file of this name"),
        (tmp_path / "link", "there is a file of this name"),
    ):
        with pytest.raises(UsageError, match=message):
            ingest(extract, profile="standard", extract_date=ON, out=out)
    assert (store.path / "notes.txt").read_text() == (foreign / "letter.txt").read_text() == "x"
    half = put(tmp_path / "half", **{"events.parquet": "x"})
    with pytest.raises(UsageError, match=r"no store \(it holds no store\.json\)"):
        ingest(extract, profile="standard", extract_date=ON, out=half)


def test_a_fault_of_the_engine_shows_no_record(tmp_path, monkeypatch):
    def failing(*_):
        raise duckdb.IOException("CSV Error: 4711,1961-07-14")

    monkeypatch.setattr("instep_cohort.extracts.ingesting.make_codes", failing)
    with pytest.raises(InstepError, match="IOException while working on it") as fault:
        standard(tmp_path)
    assert "4711" not in str(fault.value)
    assert fault.value.__suppress_context__
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("patched", "value"),
    [
        ("instep_cohort.extracts.staging._staged", lambda *_: False),
        ("instep_cohort.extracts.tallying._tallied", lambda *_: False),
        ("instep_cohort.extracts.manifest.FileCounts.is_closed", False),
        ("instep_cohort.extracts.sources._holds", lambda *_: False),
    ],
)
def test_readers_that_disagree_stop_the_ingest(tmp_path, monkeypatch, patched, value):
    monkeypatch.setattr(patched, value)
    with pytest.raises(InstepError, match="two ways of reading it disagree"):
        standard(tmp_path, events=[{}, {"patient_id": "9"}])
    assert not (tmp_path / "store").exists()


def test_rows_that_would_be_lost_stop_the_ingest(tmp_path, monkeypatch):
    written = writing_module.write_table

    def losing(connection, name, query, folder):
        return written(connection, name, None if name == "events" else query, folder)

    monkeypatch.setattr("instep_cohort.extracts.ingesting.write_table", losing)
    with pytest.raises(InstepError, match="rows of events were lost"):
        standard(tmp_path)


def test_a_table_of_other_types_stops_the_ingest(tmp_path, monkeypatch):
    monkeypatch.setitem(writing_module._SQL_TYPES, writing_module.pa.int32(), "BIGINT")
    with pytest.raises(InstepError, match="patients was not written as declared"):
        standard(tmp_path)
