"""Every table of windows holds: for what the library compiles, and for the reference."""

import pytest

from spec.language import name_of, specs_of
from spec.windows import Windows, compiled, reference_edges

CASES = [
    pytest.param(case, id=f"{name_of(spec)}: {case['window']} on {case['on']}")
    for spec in specs_of(Windows)
    for case in spec.cases
]


@pytest.mark.parametrize("case", CASES)
def test_a_window_is_these_days(case):
    assert compiled(case) == (case["from"], case["to"])


@pytest.mark.parametrize("case", CASES)
def test_the_reference_has_the_same_edges(case):
    for day, inside, said in reference_edges(case):
        assert said is inside, day
