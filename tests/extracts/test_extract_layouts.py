"""The same content however its files are laid out."""

import gzip
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extract_files import (
    AURUM_PATIENT,
    DRUG_ISSUE,
    EVENT,
    MEDICINE,
    OBSERVATION,
    ON,
    PATIENT,
    csv_text,
    day,
    findings,
    put,
    quarantined,
    standard,
    table,
)

from instep_cohort.errors import ExtractError
from instep_cohort.extracts import ingest

PATIENTS = [AURUM_PATIENT, AURUM_PATIENT | {"patid": "0002", "gender": "1"}]
OBSERVATIONS = [
    OBSERVATION | {"patid": patid, "medcodeid": code, "value": value}
    for patid in ("1001", "0002")
    for code in ("498521000006119", "9007199254740993")
    for value in ("", "2.5", "7")
]
ISSUES = [DRUG_ISSUE, DRUG_ISSUE | {"patid": "0002", "quantity": ""}]


def read_aurum(extract, out):
    return ingest(extract, profile="aurum", extract_date=ON, out=out)


def content(store):
    """Everything but the quarantine and the counts by file."""
    tables = store.manifest.tables
    return {name: tables[name].sha256 for name in tables if name != "quarantine"}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    extract = put(
        folder / "extract",
        Patient_txt=csv_text(PATIENTS, "\t"),
        Observation_txt=csv_text(OBSERVATIONS, "\t"),
        DrugIssue_txt=csv_text(ISSUES, "\t"),
    )
    store = read_aurum(extract, folder / "store")
    assert [len(table(store, name)) for name in ("patients", "events", "medicines")] == [2, 12, 2]
    return store


def upper(text):
    head, rest = text.split("\n", 1)
    return head.upper() + "\n" + rest


def quoted(text):
    return "".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in text.splitlines()
    )


LAYOUTS = {
    "comma": lambda rows: csv_text(rows),
    "tab": lambda rows: csv_text(rows, "\t"),
    "upper-case header": lambda rows: upper(csv_text(rows, "\t")),
    "every cell quoted": lambda rows: quoted(csv_text(rows)),
    "Windows line ends": lambda rows: csv_text(rows, "\t").replace("\n", "\r\n"),
    "Windows line ends and quotes": lambda rows: quoted(csv_text(rows)).replace("\n", "\r\n"),
    "byte-order mark": lambda rows: "\ufeff" + csv_text(rows),
    "byte-order mark and quotes": lambda rows: "\ufeff" + quoted(csv_text(rows)),
    "no line end at the end": lambda rows: csv_text(rows, "\t").rstrip("\n"),
    "blank lines": lambda rows: csv_text(rows).replace("\n", "\n\n"),
    "mixed line ends": lambda rows: csv_text(rows, "\t").replace("\n", "\r\n", 2),
    "unknown columns": lambda rows: csv_text([{"zzz": "1", **row, "Zz": "x"} for row in rows]),
    "other order": lambda rows: csv_text([dict(reversed(row.items())) for row in rows]),
    "blanks around cells": lambda rows: csv_text(
        [{k: f" {v} " for k, v in row.items()} for row in rows]
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_of_a_file(tmp_path, plain, layout):
    form = LAYOUTS[layout]
    extract = put(
        tmp_path / "extract",
        Patient_csv=form(PATIENTS),
        Observation_csv=form(OBSERVATIONS),
        DrugIssue_csv=form(ISSUES),
    )
    assert content(read_aurum(extract, tmp_path / "store")) == content(plain)


def test_numbered_parts_in_a_tree(tmp_path, plain):
    for part, rows in enumerate((OBSERVATIONS[:5], OBSERVATIONS[5:6], [], OBSERVATIONS[6:]), 1):
        name = f"aurum_allpatid_set1_extract_observation_{part:03}_txt"
        text = csv_text(rows or [OBSERVATION], "\t" if part % 2 else ",")
        put(tmp_path / "extract" / "obs", **{name: text if rows else text.split("\n")[0] + "\n"})
    put(
        tmp_path / "extract" / "pat",
        aurum_allpatid_set1_extract_patient_001_txt=csv_text(PATIENTS[:1], "\t"),
        aurum_allpatid_set2_extract_patient_001_txt=csv_text(PATIENTS[1:]),
    )
    put(
        tmp_path / "extract",
        Aurum_DRUGISSUE_001_txt=csv_text(ISSUES),
        Staff_txt="staffid\n1\n",
        PatientType_txt="patienttypeid\tDescription\n3\tRegular\n",
        **{".hidden_txt": "x"},
    )
    store = read_aurum(tmp_path / "extract", tmp_path / "store")
    assert content(store) == content(plain)
    assert store.manifest.unused_files == ("PatientType.txt", "Staff.txt")
    assert [file.read for file in store.manifest.files if file.table == "observation"] == [
        5,
        1,
        0,
        6,
    ]


def test_compressed_files(tmp_path, plain):
    texts = {"Patient": PATIENTS, "Observation": OBSERVATIONS, "DrugIssue": ISSUES}
    for name, rows in texts.items():
        data = gzip.compress(csv_text(rows, "\t").encode())
        put(tmp_path / "extract", **{f"{name}_txt.gz": data})
    assert content(read_aurum(tmp_path / "extract", tmp_path / "store")) == content(plain)


def zip_of(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_txt", ".txt"), text)
    return path


def test_an_archive_as_the_extract(tmp_path, plain):
    extract = zip_of(
        tmp_path / "extract.ZIP",
        **{
            "set/Patient_txt": csv_text(PATIENTS, "\t"),
            "set/Observation_txt": csv_text(OBSERVATIONS, "\t"),
            "set/Problem_txt": "x",
            "__MACOSX/set/._Patient_txt": "x",
            "set/DrugIssue.csv.gz": gzip.compress(csv_text(ISSUES).encode()),
        },
    )
    store = read_aurum(extract, tmp_path / "store")
    assert content(store) == content(plain)
    assert [file.file for file in store.manifest.files] == [
        "set/DrugIssue.csv.gz",
        "set/Observation.txt",
        "set/Patient.txt",
    ]
    assert store.manifest.unused_files == ("set/Problem.txt",)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extract.ZIP", "store"]


def test_archives_in_the_extract(tmp_path, plain):
    put(tmp_path / "extract", Patient_txt=csv_text(PATIENTS, "\t"))
    zip_of(tmp_path / "extract" / "one.zip", Observation_001_txt=csv_text(OBSERVATIONS[:4]))
    zip_of(
        tmp_path / "extract" / "two.zip",
        Observation_001_txt=csv_text(OBSERVATIONS[4:]),
        DrugIssue_txt=csv_text(ISSUES),
    )
    store = read_aurum(tmp_path / "extract", tmp_path / "store")
    assert content(store) == content(plain)
    assert [file.file for file in store.manifest.files][:2] == [
        "Patient.txt",
        "one.zip/Observation_001.txt",
    ]


def test_names_that_mean_something_to_others(tmp_path, plain):
    folder = tmp_path / "it's [A81001] * é ?"
    put(
        folder,
        **{
            "Patient 'x' {1}_txt": csv_text(PATIENTS, "\t"),
            "Observation [1-2]_txt": csv_text(OBSERVATIONS, "\t"),
            "DrugIssue *;--_txt": csv_text(ISSUES, "\t"),
        },
    )
    assert content(read_aurum(folder, tmp_path / "sto're [1]")) == content(plain)


def test_the_same_extract_gives_the_same_bytes(tmp_path, plain):
    extract = plain.path.parent / "extract"
    again = read_aurum(extract, tmp_path / "again")
    for path in plain.path.iterdir():
        assert (again.path / path.name).read_bytes() == path.read_bytes(), path.name


STANDARD = {
    "patients": [PATIENT, PATIENT | {"patient_id": "007"}],
    "events": [EVENT | {"value": "1.5"}, EVENT | {"patient_id": "007", "date": "", "value": ""}],
    "medicines": [MEDICINE],
}


@pytest.fixture(scope="module")
def plain_standard(tmp_path_factory):
    return standard(tmp_path_factory.mktemp("standard"), **STANDARD)


def parquet(path, columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


def read_standard(extract, out):
    return ingest(extract, profile="standard", extract_date=ON, out=out)


def test_standard_parts(tmp_path, plain_standard):
    extract = tmp_path / "extract"
    put(extract / "Patients", a_csv=csv_text(STANDARD["patients"][:1]))
    put(
        extract / "Patients",
        **{"b.csv.gz": gzip.compress(csv_text(STANDARD["patients"][1:]).encode())},
    )
    put(extract / "events", **{"part-1_csv": csv_text(STANDARD["events"][:1]), "_SUCCESS": ""})
    parquet(
        extract / "events" / "part-2.parquet", {k: [v] for k, v in STANDARD["events"][1].items()}
    )
    put(extract, **{"medicines.csv.gz": gzip.compress(csv_text([MEDICINE]).encode())})
    put(extract, **{"readme_txt": "x", "events.backup": "y"})
    store = read_standard(extract, tmp_path / "store")
    assert content(store) == content(plain_standard)
    assert store.manifest.unused_files == ("events.backup", "events/_SUCCESS", "readme.txt")


def test_a_copied_part_is_said(tmp_path):
    extract = put(tmp_path / "extract", patients_csv=csv_text([PATIENT]))
    put(extract / "events", a_csv=csv_text([EVENT]), b_csv=csv_text([EVENT]))
    store = read_standard(extract, tmp_path / "store")
    finding = "file holds the same as another of its table: its rows count again"
    assert findings(store, "events") == {finding: 1}
    assert len(table(store, "events")) == 2


def test_linked_folders_are_followed_once(tmp_path, plain):
    put(tmp_path / "elsewhere", Observation_1_txt=csv_text(OBSERVATIONS[:6], "\t"))
    extract = put(
        tmp_path / "extract",
        Patient_txt=csv_text(PATIENTS, "\t"),
        Observation_2_txt=csv_text(OBSERVATIONS[6:], "\t"),
        DrugIssue_txt=csv_text(ISSUES, "\t"),
    )
    (extract / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "round").symlink_to(extract)
    store = read_aurum(extract, tmp_path / "store")
    assert content(store) == content(plain)
    assert len(store.manifest.files) == 4


def test_names_of_folders_are_no_columns(tmp_path, plain_standard):
    extract = tmp_path / "patient_id=9" / "code=x" / "extract"
    for name, rows in STANDARD.items():
        columns = {k: [row[k] for row in rows] for k in rows[0]}
        columns |= {"filename": ["x"] * len(rows)}
        parquet(extract / f"{name}.parquet", columns)
    store = read_standard(extract, tmp_path / "store")
    assert content(store) == content(plain_standard)


def test_standard_archive(tmp_path, plain_standard):
    texts = {f"{name}.csv": csv_text(rows) for name, rows in STANDARD.items()}
    store = read_standard(zip_of(tmp_path / "x.zip", **texts), tmp_path / "store")
    assert content(store) == content(plain_standard)


def test_typed_parquet(tmp_path, plain_standard):
    extract = tmp_path / "extract"
    parquet(
        extract / "patients.parquet",
        {
            "PATIENT_ID": ["1", "007"],
            "practice_id": pa.array(["A81001", "A81001"]).dictionary_encode(),
            "sex": ["F", "F"],
            "birth_date": [date(1980, 2, 3)] * 2,
            "death_date": pa.array([None, None], pa.date32()),
            "registration_start": [datetime(2001, 1, 1)] * 2,
            "registration_end": pa.nulls(2),
            "is_test": [False, None],
            "nested": [{"a": 1}, {"a": 2}],
        },
    )
    parquet(
        extract / "events.parquet",
        {
            "patient_id": pa.array(["1", "007"], pa.large_string()),
            "date": [date(2026, 5, 1), None],
            "system": ["read_v2", "read_v2"],
            "code": ["N05..", "N05.."],
            "value": [Decimal("1.5"), None],
        },
    )
    parquet(
        extract / "medicines.parquet",
        {
            "patient_id": [1],
            "date": ["2026-05-01"],
            "system": ["dmd"],
            "code": [322280009],
            "term": [MEDICINE["term"]],
            "quantity": pa.array([None], pa.float64()),
        },
    )
    store = read_standard(extract, tmp_path / "store")
    assert content(store) == content(plain_standard)


def test_parquet_rows_in_quarantine_have_row_numbers(tmp_path):
    extract = put(tmp_path / "extract", patients_csv=csv_text([PATIENT]))
    ids = [1] * 5000
    ids[4321] = 99
    columns = {
        "patient_id": ids,
        "date": [""] * 5000,
        "system": ["local"] * 5000,
        "code": ["x"] * 5000,
    }
    parquet(extract / "events.parquet", columns)
    store = read_standard(extract, tmp_path / "store")
    assert quarantined(store) == [("events.parquet", 4322, "unknown patient", "99, x")]
    assert len(table(store, "events")) == 4999


def test_parquet_patients_twice(tmp_path):
    extract = put(tmp_path / "extract", events_csv=csv_text([EVENT]))
    parquet(extract / "patients.parquet", {k: [v, v] for k, v in PATIENT.items()})
    with pytest.raises(ExtractError, match=r"patients\.parquet:1 and patients\.parquet:2"):
        read_standard(extract, tmp_path / "store")


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("patient_id", [1.0], "`patient_id` is double, which damages ids; write it as text"),
        ("code", [Decimal("3222")], r"`code` is decimal128\(4, 0\), which damages ids"),
        ("code", [b"N05.."], "`code` is binary; write it as text"),
        ("value", [[1.0]], "`value` is list<.*>; write it as text"),
    ],
)
def test_parquet_types_that_would_damage(tmp_path, name, values, message):
    extract = put(tmp_path / "extract", patients_csv=csv_text([PATIENT]))
    parquet(extract / "events.parquet", {k: [v] for k, v in EVENT.items()} | {name: values})
    with pytest.raises(ExtractError, match=message):
        read_standard(extract, tmp_path / "store")


def test_a_moment_with_a_time_zone_has_no_certain_day(tmp_path):
    extract = put(tmp_path / "extract", patients_csv=csv_text([PATIENT]))
    moments = pa.array([datetime(2026, 5, 1)], pa.timestamp("us", "UTC"))
    parquet(extract / "events.parquet", {k: [v] for k, v in EVENT.items()} | {"date": moments})
    with pytest.raises(ExtractError, match=r"`date` .* depends on the time zone"):
        read_standard(extract, tmp_path / "store")


def test_windows_1252_is_read_and_said(tmp_path):
    rows = [EVENT | {"term": "Ménière’s disease €5"}, EVENT | {"code": "A....", "term": "x"}]
    store = standard(tmp_path, events=csv_text(rows).encode("cp1252") + b"1,,local,q,\x81\n")
    terms = {code["code"]: code["term"] for code in table(store, "codes")}
    assert terms == {"N05..": "Ménière’s disease €5", "A....": "x", "q": "\x81"}
    assert findings(store, "events")["file is not UTF-8: read as Windows-1252"] == 3


def test_utf8_needs_no_words(tmp_path):
    store = standard(tmp_path, events=[{"term": "Ménière’s disease"}])
    assert table(store, "codes")[0]["term"] == "Ménière’s disease"
    assert findings(store, "events") == {}


def test_a_character_on_the_edge_of_a_chunk(tmp_path):
    body = b"patient_id,date,system,code,term\n"
    edge = len(body) + (1 << 20)  # the header line is read on its own
    body += b"1,2026-05-01,local,a,x\n" * 40_000
    body += b"1,2026-05-01,local,b,"
    body += b"y" * (edge - 1 - len(body)) + "é\n".encode()
    assert body[:edge].decode("utf-8", "ignore").encode() == body[: edge - 1]
    store = standard(tmp_path, events=body)
    assert findings(store, "events") == {}
    assert table(store, "codes")[1]["term"].endswith("yé")


def test_quoted_line_ends_and_quotes(tmp_path):
    term = 'said "ouch",\nthen\r\nnothing'
    events = csv_text([EVENT]).replace("code\n", "code,term\n")
    events = events.replace("N05..\n", 'N05..,"' + term.replace('"', '""') + '"\n')
    events += "1,,local,2,plain\n9,,local,3,x\n"
    store = standard(tmp_path, events=events)
    assert table(store, "codes")[1]["term"] == term
    assert quarantined(store) == [("events.csv", 6, "unknown patient", "9,,local,3,x")]
    assert table(store, "events")[1]["day"] == day("2026-05-01")
