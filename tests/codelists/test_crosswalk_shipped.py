"""The shipped lists mean the same in Read v2 and CTV3, or say in writing where they do not."""

from pathlib import Path

import pytest

from instep_cohort.codelists import Library
from instep_cohort.codelists.crosswalking import crosswalk
from instep_cohort.terminology import System
from instep_cohort.terminology.code_maps import read_code_map

ROOT = Path(__file__).parents[2]
MAP = ROOT.parent / "shared" / "reference" / "read-v2-to-ctv3.csv"
LIBRARY = Library(ROOT / "codelists")
BOTH = [
    name
    for name in LIBRARY.ids()
    if {System.READ_V2, System.CTV3} <= {*LIBRARY.latest(name).systems}
]

pytestmark = pytest.mark.skipif(not MAP.exists(), reason="the map is not part of the repository")


@pytest.fixture(scope="module")
def mapping():
    return read_code_map(MAP)


def test_every_list_has_both_sides():
    assert LIBRARY.ids() == BOTH


@pytest.mark.parametrize("name", BOTH)
def test_every_difference_is_settled_and_every_decision_is_needed(name, mapping):
    codelist = LIBRARY.latest(name)
    found = crosswalk(codelist, mapping)
    assert found.is_settled, found.describe()
    if codelist.kind == "clinical":
        assert any(row.standing == "in both" for row in found.rows)


def test_without_its_decisions_a_list_would_not_be_settled(mapping):
    from dataclasses import replace

    codelist = replace(LIBRARY.latest("severe-mental-illness"), crosswalk=())
    assert len(crosswalk(codelist, mapping).unsettled) == 9
