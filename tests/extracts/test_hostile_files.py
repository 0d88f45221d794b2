"""Big and hostile files, each with the exact answer: a finding, a quarantined row, or exit 5."""

import os
import struct
import zipfile

import pytest
from extract_files import EVENT, ON, PATIENT, csv_text, findings, gz, put, quarantined, table

from instep_cohort.errors import ExtractError, InstepError
from instep_cohort.extracts import ingest
from instep_cohort.extracts.archives import refuse_bomb
from instep_cohort.extracts.reading import look_at

PATIENTS, HEADER, ROW = (
    csv_text([PATIENT]),
    "patient_id,date,system,code\n",
    "1,2026-05-01,local,a\n",
)
EVENTS = csv_text([EVENT])


def read(folder, extract=None):
    return ingest(
        extract or folder / "extract", profile="standard", extract_date=ON, out=folder / "store"
    )


def refused(folder, extract=None):
    """What is said of an extract that is refused; exit 5, and nothing is left behind."""
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(ExtractError) as refusal:
        read(folder, extract)
    assert refusal.value.exit_code == 5
    assert sorted(path.name for path in folder.iterdir()) == before
    return str(refusal.value)


LINES = {
    # name: (what stands between two good rows of events, line and reason in quarantine)
    "a line of 100 MB": (b"1,2026-05-01,local," + b"x" * 100_000_000 + b"\n", 3, "line too long"),
    "100 MB in quotes": (b'1,2026-05-01,local,"' + b"x" * 100_000_000 + b'"\n', 3, "line too long"),
    "a million columns": (b"1,2026-05-01,local,a" + b",x" * 400_000 + b"\n", 3, "too many columns"),
    "100,000 quotes": (
        b'1,2026-05-01,local,"' + b'""' * 50_000 + b"\n",
        3,
        "stray or unclosed quote",
    ),
    "a NUL": (b"1,2026-05-01,local,\0\n", 3, "NUL byte"),
    "half a row": (b"1,2026-05", 3, "too few columns"),
    "half a character": (b"1,2026-05-01,local,\xe2\x82\n\xc3\xa9\n", 3, "not UTF-8"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_of_any_kind_spoils_itself_alone(tmp_path, name):
    line, number, reason = LINES[name]
    last = b"" if name == "half a row" else ROW.encode()
    put(
        tmp_path / "extract",
        patients_csv=PATIENTS,
        events_csv=HEADER.encode() + ROW.encode() + line + last,
    )
    store = read(tmp_path)
    assert (number, reason) in [row[1:3] for row in quarantined(store)]
    assert all(len(row[3]) <= 10_000 for row in quarantined(store))
    assert len(table(store, "events")) == 2 - (name == "half a row")


FILES = {
    # name: (the bytes of events.csv, what is said)
    "nothing": (b"", "events.csv: empty; a header line is needed"),
    "NULs": (b"\0" * 5_000_000, "events.csv: not a text file with a header line"),
    "junk": (bytes(range(256)) * 999, "events.csv: not a text file with a header line"),
    "one endless line": (b"x" * 50_000_000, "events.csv: not a text file with a header line"),
    "UTF-16": (EVENTS.encode("utf-16"), "events.csv: UTF-16; save it again as UTF-8"),
    "lone carriage returns": (
        EVENTS.replace("\n", "\r").encode(),
        "events.csv: lone carriage returns in its header line; save it with ordinary line ends",
    ),
    "a Parquet file": (b"PAR1" + b"\0" * 99, "events.csv: not a text file with a header line"),
    "a header twice": (
        b"patient_id,patient_id,date,system,code\n",
        "events.csv: column `patient_id` is there 2 times",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_table_is_refused(tmp_path, name):
    data, said = FILES[name]
    put(tmp_path / "extract", patients_csv=PATIENTS, events_csv=data)
    assert refused(tmp_path) == said


def test_a_header_that_swallowed_a_row_is_refused_and_shows_none_of_it(tmp_path):
    rows = HEADER.replace("code\n", "code") + "4711,2026-05-01,local,secret\n" + ROW
    put(tmp_path / "extract", patients_csv=PATIENTS, events_csv=rows)
    said = refused(tmp_path)
    assert "column `code` is missing" in said
    assert "does the header end where it should?" in said
    assert "4711" not in said
    assert "secret" not in said


GZIPS = {
    "half of it": lambda whole: whole[: len(whole) // 2],
    "another checksum": lambda whole: whole[:-8] + b"\1\2\3\4" + whole[-4:],
    "not packed": lambda _: EVENTS.encode(),
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("name", GZIPS)
def test_damaged_gzip(tmp_path, name):
    put(tmp_path / "extract", patients_csv=PATIENTS)
    (tmp_path / "extract" / "events.csv.gz").write_bytes(GZIPS[name](gz(EVENTS)))
    empty = "events.csv.gz: empty; a header line is needed"
    damaged = "events.csv.gz: its compression is damaged; copy it again"
    assert refused(tmp_path) == (empty if name == "nothing" else damaged)


def archive(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return path


GOOD = {"patients.csv": PATIENTS, "events.csv": EVENTS}
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS)
def test_an_archive_gives_what_the_folder_gives(tmp_path, method):
    members = GOOD | {"medicines.csv.gz": gz(EVENTS)}
    put(tmp_path / "extract", patients_csv=PATIENTS, events_csv=EVENTS)
    (tmp_path / "extract" / "medicines.csv.gz").write_bytes(members["medicines.csv.gz"])
    plain = read(tmp_path).manifest
    again = read(tmp_path, archive(tmp_path / "x.zip", members, method)).manifest
    assert again.tables == plain.tables
    assert [file.sha256 for file in again.files] == [file.sha256 for file in plain.files]


def test_an_archive_is_taken_out_in_no_more_room_than_it_has(tmp_path, monkeypatch):
    rows = HEADER + ROW * 100_000
    path = archive(tmp_path / "x.zip", GOOD | {"events.csv": rows})
    sizes = []

    def look(file, *arguments):
        sizes.append(file.path.stat().st_size)
        return look_at(file, *arguments)

    monkeypatch.setattr("instep_cohort.extracts.ingesting.look_at", look)
    assert len(table(read(tmp_path, path), "events")) == 100_000
    assert len(sizes) == 2
    assert sum(sizes) <= path.stat().st_size


def changed_directory(path, offset, form, value):
    """The archive with a number of its first member changed, in its directory."""
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, data.index(b"PK\1\2") + offset, value)
    path.write_bytes(data)
    return path


DIRECTORIES = {
    # name: (offset and form of a number in a member's entry, its value, what is said)
    "another checksum": (16, "<I", 1, "patients.csv: its compression is damaged; copy it again"),
    "a larger size": (24, "<I", 10**9, "patients.csv: its compression is damaged; copy it again"),
    "more bytes than there are": (
        *(20, "<I", 10**6),
        "patients.csv: damaged in its archive; copy it again",
    ),
    "another place": (42, "<I", 7, "patients.csv: damaged in its archive; copy it again"),
    "encrypted": (8, "<H", 1, "patients.csv: encrypted; unpack it first and name the folder"),
    "a bomb": (
        *(24, "<I", 4_000_000_000),
        (
            "patients.csv: unpacks to more than 200 times its size, as no extract does; if it is "
            "what it should be, unpack it and name the folder"
        ),
    ),
}


@pytest.mark.parametrize("name", DIRECTORIES)
def test_an_archive_that_lies(tmp_path, name):
    offset, form, value, said = DIRECTORIES[name]
    path = changed_directory(archive(tmp_path / "x.zip", GOOD), offset, form, value)
    assert refused(tmp_path, path) == said


def test_a_method_that_is_not_known(tmp_path):
    """Deflate64, by which Windows packs files of more than 2 GB."""
    path = changed_directory(archive(tmp_path / "x.zip", GOOD), 10, "<H", 9)
    assert "unpack the archive and name the folder" in refused(tmp_path, path)


def test_what_is_a_bomb():
    refuse_bomb("x", 10**9, 1)
    refuse_bomb("x", 2 * 10**10, 10**8)
    with pytest.raises(ExtractError, match=r"^x: unpacks to more than 200 times"):
        refuse_bomb("x", 2 * 10**10 + 1, 10**8)


def test_a_bomb_that_says_nothing_of_its_size_is_found_on_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr("instep_cohort.extracts.archives.ALWAYS_ALLOWED", 1_000_000)
    put(tmp_path / "extract", patients_csv=PATIENTS)
    rows = HEADER + ROW * 300_000
    (tmp_path / "extract" / "events.csv.gz").write_bytes(gz(rows))
    assert "unpacks to more than 200 times" in refused(tmp_path)


def test_archives_within_archives_are_not_opened(tmp_path):
    inner = archive(tmp_path / "inner.zip", GOOD).read_bytes()
    path = archive(tmp_path / "x.zip", {"inner.zip": inner})
    (tmp_path / "inner.zip").unlink()
    assert "files found and not used: inner.zip" in refused(tmp_path, path)


def test_the_name_of_a_member_cannot_speak_to_the_terminal(tmp_path):
    path = archive(tmp_path / "x.zip", GOOD | {"\x1b[2J\nall is well.csv": "x"})
    store = read(tmp_path, path)
    assert store.manifest.unused_files == (r"\x1b[2J\nall is well.csv",)


@pytest.mark.parametrize("name", ["", ".", "./."])
def test_a_member_without_a_name(tmp_path, name):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as out:
        info = zipfile.ZipInfo("x")
        info.filename = name
        out.writestr(info, "x")
    assert refused(tmp_path, path) == "x.zip: a member has no name; do not use this archive"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize("kind", ["pipe", "link to nowhere", "device"])
def test_what_is_no_ordinary_file(tmp_path, kind):
    path = put(tmp_path / "extract", patients_csv=PATIENTS) / "events.csv"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(tmp_path / "nowhere" if kind == "link to nowhere" else "/dev/zero")
    assert refused(tmp_path).startswith("events.csv: no file that can be read (")


@pytest.mark.skipif(os.name != "posix", reason="names are text on this system")
def test_a_name_that_is_no_text(tmp_path):
    extract = put(tmp_path / "extract", patients_csv=PATIENTS, events_csv=EVENTS)
    (extract / os.fsdecode(b"\xff.doc")).write_bytes(b"x")
    assert read(tmp_path).manifest.unused_files == (r"\udcff.doc",)
    odd = tmp_path / os.fsdecode(b"odd\xff")
    extract.rename(odd)
    assert "its path has bytes that are no text; rename it" in refused(tmp_path, odd)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    put(tmp_path / "extract", patients_csv=PATIENTS, events_csv=EVENTS)
    monkeypatch.setattr("instep_cohort.extracts.ingesting.write_table", full)
    with pytest.raises(InstepError, match="the store could not be made: No space left on device"):
        read(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["extract"]


def test_a_copy_of_a_packed_file_is_packed_too(tmp_path):
    rows = HEADER + '1,2026-05-01,local,"a\nb"\n' + "1\n" + ROW
    put(tmp_path / "extract", patients_csv=PATIENTS)
    (tmp_path / "extract" / "events.csv.gz").write_bytes(gz(rows))
    store = read(tmp_path)
    assert [row[1:3] for row in quarantined(store)] == [(4, "too few columns")]
    assert findings(store, "events") == {}
    assert sorted(code["code"] for code in table(store, "codes")) == ["a", "a\nb"]
