"""The library and the reference agree on made-up studies of the whole language."""

import os

import pytest

from generative.agreement import differences
from generative.in_store import found_by
from generative.strategies import scenario
from instep_cohort.engine.frames import engine_of

STUDIES = int(os.environ.get("INSTEP_STUDIES", "150"))
BATCH = 25


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
@pytest.mark.parametrize("first", range(0, STUDIES, BATCH))
def test_engines_agree_with_the_reference(engine, first, tmp_path):
    for seed in range(first, min(first + BATCH, STUDIES)):
        given = scenario(seed)
        with engine_of(engine) as running:
            found = found_by(running, given, tmp_path / str(seed))
        wrong = differences(found, given)
        assert not wrong, "\n".join([f"scenario {seed} on {given.on}: {given.study}", *wrong[:20]])
