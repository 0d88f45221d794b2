"""One small practice, ingested once, and one run of it, for the tests that only read them."""

import pytest

from cohort.small_practice import ON, ingested
from instep_cohort.cohort import identify
from instep_cohort.extracts import open_store
from instep_cohort.study import load_study


@pytest.fixture(scope="session")
def practice(tmp_path_factory):
    return ingested(tmp_path_factory.mktemp("practice"))


@pytest.fixture(scope="session")
def identified(practice):
    """The cohort of the small study, or of another one, with what else `identify` takes."""

    def run(study=None, **others):
        given = {
            "on": ON,
            "opt_outs": practice.opt_outs,
            "opt_outs_on": ON,
            "codelists": practice.codelists,
        }
        return identify(
            load_study(study or practice.study), open_store(practice.store), **(given | others)
        )

    return run


@pytest.fixture(scope="session")
def cohort(identified):
    return identified()


@pytest.fixture(scope="session")
def run_folder(cohort, tmp_path_factory):
    return cohort.save(tmp_path_factory.mktemp("saved") / "run")
