"""Every table of people holds: by the reference, and by the library on every engine."""

import pytest

from spec.language import name_of, specs_of
from spec.people import Facts, People
from spec.people_runs import by_engine, by_reference, differences, runs_of

SPECS = specs_of(Facts, People)
RUNS = runs_of(SPECS)
tables = pytest.mark.parametrize("number", range(len(SPECS)), ids=[name_of(s) for s in SPECS])


@pytest.fixture(scope="session")
def found_by(tmp_path_factory):
    """What the reference, or an engine, finds in the run of a table; worked out once for all of it."""
    known = {}

    def found(number, engine=None):
        scenario = RUNS[number].scenario
        key = id(scenario), engine
        if key not in known and engine is None:
            known[key] = by_reference(scenario)
        elif key not in known:
            known[key] = by_engine(scenario, engine, tmp_path_factory.mktemp("run"))
        return known[key]

    return found


@tables
def test_the_reference_says_so(number, found_by):
    wrong = list(differences(SPECS[number], number, RUNS[number], found_by(number)))
    assert not wrong, "\n".join(wrong)


@tables
def test_the_library_says_so(number, engine_name, found_by):
    wrong = list(differences(SPECS[number], number, RUNS[number], found_by(number, engine_name)))
    assert not wrong, "\n".join([f"on {engine_name}:", *wrong])
