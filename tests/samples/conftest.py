"""The samples, ingested once."""

import pytest
from plain_aurum import EXTRACT_DATE, NOT_HERE, SAMPLE

import instep_cohort as ic


@pytest.fixture(scope="session")
def synthetic_aurum(tmp_path_factory):
    """The store of the sample synthetic-aurum."""
    if not SAMPLE.is_dir():
        pytest.skip(NOT_HERE)
    out = tmp_path_factory.mktemp("synthetic-aurum") / "store"
    return ic.ingest(SAMPLE, profile="aurum", extract_date=EXTRACT_DATE, out=out)
