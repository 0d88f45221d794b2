"""Spark agrees with the reference too; a session that is handed in is used as it is."""

import os
import shutil

import pytest

from generative.agreement import differences
from generative.in_store import found_by
from generative.strategies import scenario
from instep_cohort.engine.frames import engine_of

STUDIES = int(os.environ.get("INSTEP_SPARK_STUDIES", "8"))

pytest.importorskip("pyspark", reason="pip install 'instep-cohort[spark]'")
if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
    pytest.skip("Spark needs Java 17 or newer, which is not here", allow_module_level=True)


@pytest.fixture(scope="module")
def session():
    """A session of our own making: made for hundreds of small queries, not for one large."""
    from pyspark.sql import SparkSession

    quick = {
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
    builder = SparkSession.builder.master("local[2]")
    for name, value in quick.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    yield made
    made.stop()


@pytest.mark.parametrize("seed", range(STUDIES))
def test_spark_agrees_with_the_reference(session, seed, tmp_path):
    given = scenario(seed)
    with engine_of(session) as running:
        found = found_by(running, given, tmp_path / "store")
    assert running.name == "spark"
    assert session.getActiveSession() is not None  # it is the caller's to stop
    assert not differences(found, given)
