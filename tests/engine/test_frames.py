"""The seam: the same few things on every engine, and a plain word where one is not there."""

import sys
from types import ModuleType

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from instep_cohort.engine.frames import engine_of, plain
from instep_cohort.errors import UsageError

TABLE = pa.table(
    {
        "text": pa.array(["b", None, "a"], pa.string()),
        "day": pa.array([3, None, 1], pa.int32()),
        "ok": pa.array([True, False, None], pa.bool_()),
    }
)


def test_tables_go_in_and_come_out_as_they_were(engine_name, tmp_path):
    pq.write_table(TABLE, tmp_path / "t.parquet")
    with engine_of(engine_name) as running:
        assert running.name == engine_name
        for frame in (running.open(tmp_path / "t.parquet"), running.bring(TABLE)):
            taken = running.take(running.keep(frame).sort("day", nulls_last=True))
            assert taken.to_pylist() == [TABLE.to_pylist()[i] for i in (2, 0, 1)]
            assert taken.schema.equals(TABLE.schema)


def test_what_is_kept_is_computed_once_and_several_may_be_kept(engine_name, tmp_path):
    pq.write_table(TABLE, tmp_path / "t.parquet")
    with engine_of(engine_name) as running:
        first = running.keep(running.open(tmp_path / "t.parquet").filter(nw.col("day") > 0))
        second = running.keep(first.filter(nw.col("day") > 1))
        (tmp_path / "t.parquet").unlink()
        assert running.take(first.sort("day"))["day"].to_pylist() == [1, 3]
        assert running.take(second)["day"].to_pylist() == [3]


def test_duckdb_lets_go_of_all_it_holds():
    import duckdb

    with engine_of("duckdb") as running:
        frame = running.bring(TABLE)
    with pytest.raises(duckdb.Error):
        running.take(frame)


def test_an_engine_that_does_not_exist():
    with pytest.raises(
        UsageError, match="There is no engine 'pandas'; the engines are duckdb, polars"
    ):
        engine_of("pandas")


def test_what_is_no_engine_at_all():
    with pytest.raises(UsageError, match="int is no engine: give a name or a Spark session"):
        engine_of(3)


def test_an_engine_that_is_handed_in_is_used_as_it_is():
    with engine_of("polars") as running:
        assert engine_of(running) is running


@pytest.mark.parametrize(("engine", "package"), [("polars", "polars"), ("spark", "pyspark")])
def test_an_engine_whose_package_is_not_installed(monkeypatch, engine, package):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"{package}.sql", raising=False)
    with pytest.raises(UsageError, match=f"needs the package {package}: pip install"):
        engine_of(engine)


def test_spark_without_java_says_what_to_install(monkeypatch):
    made = {name: ModuleType(name) for name in ("pyspark", "pyspark.sql")}
    made["pyspark.sql"].SparkSession = object
    for name, module in made.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="needs Java 17 or newer, and none is here: install one"):
        engine_of("spark")


def test_text_is_plain_text_whatever_the_engine_calls_it():
    table = pa.table(
        {
            "large": pa.array(["a", None], pa.large_string()),
            "view": pa.array(["b", None], pa.string_view()),
            "n": pa.array([1, None], pa.int64()),
        }
    )
    found = plain(table)
    assert found.schema.types == [pa.string(), pa.string(), pa.int64()]
    assert found.to_pylist() == table.to_pylist()
