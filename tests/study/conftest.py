"""The shipped studies, each in turn."""

import pytest

from instep_cohort.shipped_files import shipped

SHIPPED = sorted(path.stem for path in shipped("studies").glob("*.yaml"))


@pytest.fixture(params=SHIPPED)
def shipped_study(request) -> str:
    return request.param
