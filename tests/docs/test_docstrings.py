"""The examples in the docstrings give what they say."""

import doctest
import importlib
import tempfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
RUNS_THE_PROGRAM = "__main__"


def modules():
    return {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(SOURCE.rglob("*.py"))
        if path.stem != RUNS_THE_PROGRAM
    }


def examples(name):
    found = doctest.DocTestFinder().find(importlib.import_module(name))
    return sum(len(test.examples) for test in found)


# read as text, so that a module that cannot be imported fails one test and not all of them
WITH_EXAMPLES = [name for name, path in modules().items() if ">>> " in path.read_text("utf-8")]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of(name, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert not failed, "what was expected and what was found stands in the captured output"
    assert tried == examples(name) > 0


def test_no_example_is_forgotten():
    assert "instep_cohort.cohort.identifying" in WITH_EXAMPLES
    assert [name for name in modules() if examples(name)] == WITH_EXAMPLES
