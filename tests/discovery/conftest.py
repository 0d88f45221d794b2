"""The store that the tests of this folder read."""

import pytest

from discovery.discovery_extract import made_store


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    return made_store(tmp_path_factory.mktemp("discovery"))
