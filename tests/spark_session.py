"""A Spark session of the tests' own making: for hundreds of small queries, not for one large."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

QUICK = {
    # a short life: what the Java machine would spend on its best machine code never comes back
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


@contextmanager
def quick_session() -> Iterator[Any]:
    """The session; the test is skipped where Spark or Java is not here."""
    pytest.importorskip("pyspark", reason="pip install 'instep-cohort[spark]'")
    if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or newer, which is not here")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]")
    for name, value in QUICK.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    try:
        yield made
    finally:
        made.stop()
