"""Every table of runs holds: each ends with its exit code, and says why."""

import pyarrow.parquet as pq
import pytest

from spec.call_files import write_world
from spec.calls import Calls, differences, ended
from spec.language import name_of, specs_of

CASES = [
    pytest.param(case, id=f"{name_of(spec)}: {case.get('call', '')} {case.get('study', '')}")
    for spec in specs_of(Calls)
    for case in spec.cases
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("case", CASES)
def test_a_run_ends_so(case, world, monkeypatch):
    wrong = list(differences(case, ended(case, world, monkeypatch)))
    assert not wrong, "\n".join(wrong)


def test_a_study_with_no_candidates_gives_empty_tables_with_all_their_columns(world, monkeypatch):
    """The same study with a line that everybody passes, or nobody: the same columns."""
    names = ("candidates", "evidence", "facts", "spells")
    study = """
    measures: {hurt: {events: pain}}
    flags: {sick: {fit_notes: notes}, at_work: {work_status: work}}
    include: {anybody: seen, line: LINE}
    """
    tables = []
    for line in ("{not: hurt}", "hurt"):
        end = ended({"study": study.replace("LINE", line)}, world, monkeypatch)
        assert (end.exit_code, end.manifest["counts"]["patients"]) == (0, 2)
        run = world / "run"
        tables.append({name: pq.read_table(run / f"{name}.parquet") for name in names})
    some, none = tables
    assert (some["candidates"].num_rows, none["candidates"].num_rows) == (2, 0)
    assert {name: one.schema for name, one in none.items()} == {
        name: one.schema for name, one in some.items()
    }
    header = (run / "candidates.csv").read_text(encoding="utf-8").splitlines()
    assert [name.strip('"') for name in header[0].split(",")] == none["candidates"].column_names
