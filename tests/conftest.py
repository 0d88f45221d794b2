"""What tests of every room share: the engines that must agree."""

import pytest

ENGINES = ("duckdb", "polars")


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request) -> str:
    """Each engine in turn; a test that takes it says that they agree."""
    return request.param
