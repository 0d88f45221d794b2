"""The library and the reference agree on made-up studies of the whole language."""

import os

import pytest

from generative.agreement import differences, disagreements, named
from generative.in_store import found_by
from generative.strategies import scenario
from instep_cohort.engine.frames import engine_of

STUDIES = int(os.environ.get("INSTEP_STUDIES", "150"))
BLOCK = 250
ALONE = 20  # one study in so many is also run as a user runs it: by itself, in one call


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
@pytest.mark.parametrize(
    "first",
    # with `--dist loadgroup` the engines take their turn in one process, which makes a block once
    [pytest.param(n, marks=pytest.mark.xdist_group(str(n))) for n in range(0, STUDIES, BLOCK)],
)
def test_engines_agree_with_the_reference(engine, first, tmp_path):
    seeds = range(first, min(first + BLOCK, STUDIES))
    wrong = list(disagreements(lambda: engine_of(engine), seeds, tmp_path))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_study_by_itself_agrees_with_the_reference(engine, tmp_path):
    for seed in range(0, STUDIES, ALONE):
        given = scenario(seed)
        with engine_of(engine) as running:
            found = found_by(running, given, tmp_path / str(seed))
        wrong = differences(found, given, given.expected())
        assert not wrong, "\n".join([named(given), *wrong[:20]])
