"""The seam: the few things that each engine does in its own way.

Everything else of the engine room is written once, as narwhals expressions, and runs on any of
them. An engine opens the tables of a store, sets a frame aside so that it is computed once, brings
a small table in, and takes a result out as Arrow.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

import pyarrow as pa

from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import narwhals.stable.v2 as nw

    Frame = nw.LazyFrame[Any]


@runtime_checkable
class Engine(Protocol):
    """What the rules need of an engine; a context manager that lets go of all it holds."""

    name: str

    def open(self, path: Path) -> Frame:
        """The rows of a Parquet file, not read yet."""

    def bring(self, table: pa.Table) -> Frame:
        """A small Arrow table as a frame of this engine."""

    def keep(self, frame: Frame) -> Frame:
        """The same rows, computed once and set aside."""

    def take(self, frame: Frame) -> pa.Table:
        """The rows as an Arrow table, in the frame's order."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class DuckDBEngine:
    """DuckDB inside this process: the default."""

    name = "duckdb"

    def __init__(self) -> None:
        import duckdb

        self._connection = duckdb.connect()
        self._kept = self._largest = 0

    def open(self, path: Path) -> Frame:
        """The rows of a Parquet file, not read yet."""
        return self._frame(self._connection.read_parquet(str(path)))

    def bring(self, table: pa.Table) -> Frame:
        """A small Arrow table as a frame of this engine."""
        if table.num_rows > self._largest:
            # A join with it then reads only the row groups that hold its keys: half the CPU. No
            # higher than it need be, for between two large frames such a filter costs 2 µs a key.
            self._largest = table.num_rows
            self._connection.execute(f"SET dynamic_or_filter_threshold = {self._largest}")
        return self._frame(self._connection.from_arrow(table))

    def keep(self, frame: Frame) -> Frame:
        """The same rows, computed once and set aside in a temporary table."""
        self._kept += 1
        name = f"kept_{self._kept}"
        frame.to_native().create(name)
        return self._frame(self._connection.table(name))

    def take(self, frame: Frame) -> pa.Table:
        """The rows as an Arrow table, in the frame's order."""
        return plain(frame.to_native().to_arrow_table())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @staticmethod
    def _frame(relation: Any) -> Frame:
        import narwhals.stable.v2 as nw

        frame: Frame = nw.from_native(relation)
        return frame


class PolarsEngine:
    """Polars inside this process."""

    name = "polars"

    def __init__(self) -> None:
        try:
            import polars
        except ImportError:
            raise UsageError(
                "The polars engine needs the package polars: pip install polars"
            ) from None
        self._polars = polars

    def open(self, path: Path) -> Frame:
        """The rows of a Parquet file, not read yet."""
        return self._frame(self._polars.scan_parquet(path))

    def bring(self, table: pa.Table) -> Frame:
        """A small Arrow table as a frame of this engine."""
        return self._frame(self._polars.from_arrow(table).lazy())  # type: ignore[union-attr]

    def keep(self, frame: Frame) -> Frame:
        """The same rows, computed once and held in memory."""
        return self._frame(frame.to_native().collect().lazy())

    def take(self, frame: Frame) -> pa.Table:
        """The rows as an Arrow table, in the frame's order."""
        return plain(frame.to_native().collect().to_arrow())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    @staticmethod
    def _frame(lazy: Any) -> Frame:
        import narwhals.stable.v2 as nw

        frame: Frame = nw.from_native(lazy)
        return frame


class SparkEngine:
    """Apache Spark 4: a session that is handed in is used as it is, a cluster's too.

    Without one, a local session is started, and stopped when the run is over.
    """

    name = "spark"

    def __init__(self, session: Any = None) -> None:
        self._own = session is None
        self._session = _local_spark() if session is None else session
        self._opened: dict[Path, Frame] = {}

    def open(self, path: Path) -> Frame:
        """The rows of a Parquet file, not read yet."""
        if path not in self._opened:  # a job of its own looks for the columns
            self._opened[path] = self._frame(self._session.read.parquet(str(path)))
        return self._opened[path]

    def bring(self, table: pa.Table) -> Frame:
        """A small Arrow table as a frame of this engine."""
        return self._frame(self._session.createDataFrame(table))

    def keep(self, frame: Frame) -> Frame:
        """The same rows, computed once; the way to them is forgotten, so that plans stay short."""
        return self._frame(frame.to_native().localCheckpoint(eager=True))

    def take(self, frame: Frame) -> pa.Table:
        """The rows as an Arrow table, in the frame's order."""
        return plain(frame.to_native().toArrow())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._session.stop()

    @staticmethod
    def _frame(frame: Any) -> Frame:
        import narwhals.stable.v2 as nw

        found: Frame = nw.from_native(frame)
        return found


def _local_spark() -> Any:
    import os
    import shutil

    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError(
            "The spark engine needs the package pyspark: pip install 'instep-cohort[spark]'"
        ) from None
    if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
        raise UsageError(
            "The spark engine needs Java 17 or newer, and none is here: install one (on Debian "
            "and Ubuntu: apt-get install openjdk-17-jre-headless) or set JAVA_HOME."
        )
    return (
        SparkSession.builder.master("local[*]")
        .appName("instep-cohort")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.log.level", "ERROR")
        # one machine: the default of 200 partitions is 200 small tasks for each join
        .config("spark.sql.shuffle.partitions", os.cpu_count() or 1)
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )


def plain(table: pa.Table) -> pa.Table:
    """The table with each text column as `string`, whatever the engine calls it."""
    fields = [
        field.with_type(pa.string())
        if pa.types.is_large_string(field.type) or pa.types.is_string_view(field.type)
        else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


ENGINES: dict[str, Callable[[], Engine]] = {
    "duckdb": DuckDBEngine,
    "polars": PolarsEngine,
    "spark": SparkEngine,
}


def engine_of(wanted: str | Engine | object) -> Engine:
    """An engine by its name, around a Spark session, or the one that is handed in.

    Raises:
        UsageError: there is no such engine, or what it needs is not installed.
    """
    if isinstance(wanted, str):
        if wanted not in ENGINES:
            raise UsageError(
                f"There is no engine {wanted!r}; the engines are {', '.join(ENGINES)}."
            )
        return ENGINES[wanted]()
    if type(wanted).__module__.partition(".")[0] == "pyspark":
        return SparkEngine(wanted)
    if isinstance(wanted, Engine):
        return wanted
    raise UsageError(f"{type(wanted).__name__} is no engine: give a name or a Spark session.")
