"""Every table of studies holds: each author is told exactly these faults."""

from datetime import date

import pytest
import yaml

import reference as ref
from spec.definitions import Faults, faults_of
from spec.language import name_of, specs_of
from spec.world import LISTS

STUDIES = [
    pytest.param(judged, spec.on, id=f"{name_of(spec)}: {judged.written}")
    for spec in specs_of(Faults)
    for judged in spec.judged
]


@pytest.mark.parametrize(("judged", "on"), STUDIES)
def test_the_author_is_told(judged, on):
    assert sorted(faults_of(judged.text, on)) == sorted(judged.faults)


@pytest.mark.parametrize(
    ("judged", "on"),
    [
        pytest.param(judged, spec.on, id=f"{name_of(spec)}: {judged.written}")
        for spec in specs_of(Faults)
        for judged in spec.judged
        if spec.by_reference or not judged.faults
    ],
)
def test_the_reference_finds_a_fault_or_none(judged, on):
    found = ref.faults(yaml.safe_load(judged.text), date.fromisoformat(on), LISTS)
    assert bool(found) is bool(judged.faults)
