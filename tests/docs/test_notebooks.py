"""The notebooks run from the first cell to the last, and show nobody unasked."""

import csv
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "examples" / "quickstart.ipynb"
SHOW_COUNTS = ("ingest", "study", "codelist", "identify")


@pytest.fixture(scope="module")
def stored():
    return nbformat.read(QUICKSTART, as_version=4)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    return tmp_path_factory.mktemp("quickstart")


@pytest.fixture(scope="module")
def executed(workplace):
    """The cells after a run in an empty folder, by their ids."""
    from nbclient import NotebookClient

    notebook = nbformat.read(QUICKSTART, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TMPDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(workplace))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")  # asked for by jupyter_core, or it warns
        NotebookClient(
            notebook,
            timeout=120,
            kernel_name=notebook.metadata.kernelspec.name,
            resources={"metadata": {"path": str(workplace)}},
        ).execute()
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def patient_ids(executed, workplace):
    [file] = workplace.glob("*/extract/patients.csv")
    with file.open(encoding="utf-8", newline="") as rows:
        return {row["patient_id"] for row in csv.DictReader(rows)}


def shown(cell):
    """Everything that a cell shows, as text."""
    texts = [output.get("text", "") for output in cell.outputs]
    texts += [text for output in cell.outputs for text in output.get("data", {}).values()]
    return "\n".join(texts)


def test_it_is_stored_without_outputs_and_for_any_python_3(stored):
    nbformat.validate(stored)
    assert (stored.nbformat, stored.nbformat_minor) == (4, 5)
    assert stored.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in stored.cells]
    assert len(set(ids)) == len(ids)
    for cell in stored.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_it_is_short(stored):
    code = [cell.source for cell in stored.cells if cell.cell_type == "code"]
    assert len([line for cell in code for line in cell.splitlines() if line.strip()]) <= 20


@pytest.mark.parametrize("cell", SHOW_COUNTS)
def test_store_study_codelist_and_cohort_show_tables_without_patients(executed, patient_ids, cell):
    [result] = [o for o in executed[cell].outputs if o.output_type == "execute_result"]
    assert "<table>" in result.data["text/html"]
    assert len(patient_ids) > 500
    assert not [one for one in patient_ids if one in shown(executed[cell])]


def test_the_tables_say_what_somebody_wants_to_know_first(executed):
    assert "age from 18 to 64" in shown(executed["study"])
    assert "(draft)" in shown(executed["codelist"])
    for text in ("gained if removed", "what each codelist met", "no clinician has reviewed them"):
        assert text in shown(executed["identify"])


def test_patients_are_shown_when_asked_for(executed, patient_ids):
    assert len([one for one in patient_ids if one in shown(executed["candidates"])]) == 5
    others = [cell for name, cell in executed.items() if name != "candidates" and "outputs" in cell]
    assert not [one for one in patient_ids for cell in others if one in shown(cell)]


def test_the_list_is_saved(executed, workplace):
    [list_for_people] = workplace.glob("*/run/candidates.xlsx")
    assert list_for_people.stat().st_size > 0
    assert str(list_for_people.parent) in shown(executed["save"])


def test_nothing_is_written_to_standard_error(executed):
    streams = [output for cell in executed.values() for output in cell.get("outputs", ())]
    assert not [output.text for output in streams if output.get("name") == "stderr"]
