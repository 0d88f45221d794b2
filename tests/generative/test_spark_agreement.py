"""Spark agrees with the reference too; a session that is handed in is used as it is."""

import os

import pytest

from generative.agreement import differences, disagreements
from generative.in_store import found_by
from generative.strategies import scenario
from instep_cohort.engine.frames import engine_of
from spark_session import quick_session

STUDIES = int(os.environ.get("INSTEP_SPARK_STUDIES", "8"))
BLOCK = 100


@pytest.fixture(scope="module")
def session():
    with quick_session() as made:
        yield made


@pytest.mark.parametrize("first", range(0, STUDIES, BLOCK))
def test_spark_agrees_with_the_reference(session, first, tmp_path):
    seeds = range(first, min(first + BLOCK, STUDIES))
    wrong = list(disagreements(lambda: engine_of(session), seeds, tmp_path))
    assert not wrong, "\n".join(wrong)


def test_a_study_by_itself_agrees_with_the_reference_on_spark(session, tmp_path):
    given = scenario(STUDIES)
    with engine_of(session) as running:
        found = found_by(running, given, tmp_path / "store")
    assert running.name == "spark"
    assert session.getActiveSession() is not None  # it is the caller's to stop
    assert not differences(found, given, given.expected())
