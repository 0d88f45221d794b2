"""An opened store: what it gives, what it shows, and what is refused."""

import json
import subprocess
import sys
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extract_files import ON, standard

from instep_cohort import extracts
from instep_cohort.errors import ExtractError
from instep_cohort.extracts import open_store
from instep_cohort.extracts.tables import ROW_GROUP_ROWS, SCHEMA_VERSION, TABLES


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return standard(
        tmp_path_factory.mktemp("opened"),
        patients=[
            {"patient_id": "4711", "sex": "?"},
            {"patient_id": "0815", "death_date": "2026-05"},
        ],
        events=[
            {"patient_id": "4711", "term": "Spondylosis <b>", "value": "1.5", "unit": "kg"},
            {"patient_id": "0815", "date": "9999-12-31", "system": "ctv3"},
            {"patient_id": "0815", "date": "2026-05"},
            {"patient_id": "0815", "date": ""},
            {"patient_id": "9", "term": "Spondylosis <b>"},
        ],
        medicines=[{"patient_id": "0815", "quantity": "28", "days": "7"}],
    )


def test_tables_are_exactly_as_declared(store):
    assert sorted(path.name for path in store.path.iterdir()) == sorted(
        ["store.json", *(f"{name}.parquet" for name in TABLES)]
    )
    for name, schema in TABLES.items():
        file = pq.ParquetFile(store.table_path(name))
        assert file.schema_arrow.equals(schema), name
        assert store.manifest.tables[name].rows == file.metadata.num_rows
        for group in range(file.num_row_groups):
            assert file.metadata.row_group(group).column(0).compression == "ZSTD"


def test_row_groups_have_their_size(tmp_path):
    rows = "1,2026-05-01,local,a\n" * (ROW_GROUP_ROWS + 5)
    big = standard(tmp_path, events="patient_id,date,system,code\n" + rows)
    file = pq.ParquetFile(big.table_path("events"))
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert sizes == [ROW_GROUP_ROWS, 5]


def test_opened_again_it_is_the_same(store):
    again = open_store(str(store.path))
    assert (again.profile, again.extract_date, again.path) == ("standard", ON, store.path)
    assert again.manifest == store.manifest
    assert again.sha256 == store.sha256
    assert len(store.sha256) == 64
    with pytest.raises(KeyError):
        store.table_path("people")


def test_store_json_says_nothing_of_when_or_where(store):
    text = (store.path / "store.json").read_text()
    held = json.loads(text)
    assert set(held) == {
        *("schema_version", "instep_cohort", "profile", "profile_version", "extract_date"),
        *("files", "unused_files", "tables", "findings"),
    }
    assert held["extract_date"] == "2026-11-01"
    assert str(store.path.parent) not in text


def test_codes_come_as_a_table(store):
    codes = store.codes()
    assert isinstance(codes, pa.Table)
    assert codes.schema.equals(TABLES["codes"])
    assert codes["code_key"].to_pylist() == [0, 1, 2]
    assert codes["rows"].to_pylist() == [1, 3, 1]


def test_frames_have_ids_codes_and_dates(store):
    events = store.events
    assert list(events.columns) == [
        *("patient_id", "date", "system", "code", "term", "value", "unit"),
        *("date_precision", "earliest", "latest"),
    ]
    assert events["patient_id"].tolist() == ["0815", "0815", "0815", "4711"]
    assert [str(moment)[:10] for moment in events["date"]] == [
        "9999-12-31",
        "NaT",
        "NaT",
        "2026-05-01",
    ]
    assert events["system"].tolist() == ["ctv3", "read_v2", "read_v2", "read_v2"]
    month = events[events["date_precision"] == "month"]
    assert month["latest"].tolist() == [pd.Timestamp("2026-05-31")]
    assert events.iloc[3]["value"] == 1.5
    assert list(store.medicines.columns) == [
        *("patient_id", "date", "system", "code", "term", "quantity", "days", "course"),
        *("date_precision", "earliest", "latest"),
    ]
    assert store.medicines["quantity"].tolist() == [28.0]
    patients = store.patients
    assert patients["patient_id"].tolist() == ["0815", "4711"]
    assert patients["death_date"].tolist() == [pd.Timestamp("2026-05-01"), pd.NaT]
    assert "patient_key" not in patients


SHOWN = """\
Store store: standard extract of 2026-11-01

table          rows
patients          2
registrations     2
codes             3
events            4
medicines         1
quarantine        1

file           read  stored  quarantined  skipped
events.csv        5       4            1        0
medicines.csv     1       1            0        0
patients.csv      2       2            0        0

kind      code system  codes  rows
clinical  ctv3             1     1
clinical  read_v2          1     3
medicine  dmd              1     1

table      finding                                                 rows
patients   date of death partial: its first possible day is taken     1
patients   sex of unknown meaning: taken as unknown                   1
events     after death                                                1
events     after the extract date                                     1
events     date known to the month only: undated                      1
events     date missing: undated                                      1
medicines  product without BNF code                                   1
medicines  product without substance                                  1"""


def test_it_shows_counts_and_nobody(store):
    assert repr(store) == SHOWN
    shown = store._repr_html_().replace(' style="text-align:left"', "")
    assert shown.count("<table>") == 4
    assert ">events.csv</td><td>5</td><td>4</td><td>1</td>" in shown
    for text in (repr(store), shown, json.dumps(store.summary())):
        assert not any(word in text for word in ("4711", "0815", "Spondylosis"))


def test_names_are_escaped_in_a_page(tmp_path):
    extract = tmp_path / "extract"
    standard(tmp_path)
    (extract / "events.csv").rename(extract / "moved")
    (extract / "events").mkdir()
    (extract / "moved").rename(extract / "events" / "<b>.csv")
    again = extracts.ingest(extract, profile="standard", extract_date=ON, out=tmp_path / "store")
    assert ">events/&lt;b&gt;.csv</td>" in again._repr_html_()


def test_a_store_without_rows_shows_itself(tmp_path):
    empty = standard(tmp_path, events="patient_id,date,system,code\n")
    assert "kind  code system  codes  rows" in repr(empty)
    assert len(empty.events) == 0


def test_the_summary_is_plain(store):
    summary = store.summary()
    assert summary["tables"]["events"] == 4
    assert summary["files"][0] == {
        "file": "events.csv",
        "table": "events",
        "read": 5,
        "stored": 4,
        "quarantined": {"unknown patient": 1},
        "skipped": {},
    }
    assert summary["code_systems"][0] == {
        "kind": "clinical",
        "system": "ctv3",
        "codes": 1,
        "rows": 1,
    }
    assert json.loads(json.dumps(summary)) == summary


def test_what_is_no_store(tmp_path):
    with pytest.raises(ExtractError, match=r"not a store, .* make one with `instep-cohort ingest`"):
        open_store(tmp_path)
    (tmp_path / "store.json").mkdir()
    with pytest.raises(ExtractError, match=r"store\.json cannot be read; make it again"):
        open_store(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "store.json is damaged; make it again"),
        ("[]", "store.json is damaged"),
        ("{}", "store.json is damaged"),
        ('{"schema_version": 2}', "store.json is damaged"),
        (
            '{"schema_version": 99}',
            "schema version 99, and this program reads version 2; make it again",
        ),
        ("\udce9", "store.json cannot be read; make it again"),
    ],
)
def test_a_damaged_store(tmp_path, text, message):
    assert SCHEMA_VERSION == 2
    (tmp_path / "store.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ExtractError, match=message):
        open_store(tmp_path)


def test_a_store_with_a_table_gone_or_damaged(tmp_path):
    broken = standard(tmp_path)
    broken.table_path("codes").write_bytes(b"PAR1")
    with pytest.raises(ExtractError, match="table codes is damaged; make it again"):
        open_store(broken.path).codes()
    broken.table_path("codes").unlink()
    with pytest.raises(ExtractError, match="table codes is missing; make it again"):
        open_store(broken.path)


def test_a_table_that_goes_while_the_store_is_open(tmp_path):
    opened = standard(tmp_path)
    opened.table_path("events").write_bytes(opened.table_path("events").read_bytes()[:-9])
    opened.table_path("codes").unlink()
    for name in ("events", "codes"):
        with pytest.raises(ExtractError, match=f"table {name} is damaged; make it again"):
            opened.table_path(name)


def test_opening_a_store_loads_no_engine(store):
    code = (
        "from instep_cohort.extracts import open_store; import sys;"
        f"open_store({str(store.path)!r}); print(*sys.modules)"
    )
    run = [sys.executable, "-c", code]
    loaded = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()
    assert not {"duckdb", "pandas", "pyarrow.parquet"} & set(loaded)


def test_the_room_says_what_it_has():
    names = {"PROFILES", "Store", "detect", "ingest", "load_mapping", "open_store"}
    assert names == set(extracts.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        extracts.nothing  # noqa: B018


def test_the_extract_date_is_a_date(store):
    assert isinstance(store.extract_date, date)
