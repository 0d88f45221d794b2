"""The layout keeps its promises: imports point downward, modules stay small, starting is quick."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "instep_cohort"

ALLOWED = {
    "errors": set(),
    "shipped_files": {"errors"},
    "small_tables": set(),
    "terminology": {"errors"},
    "disclosure": {"errors"},
    "study": {"errors", "shipped_files", "terminology"},
    "codelists": {"errors", "shipped_files", "small_tables", "terminology"},
    "extracts": {"errors", "small_tables", "terminology"},
    "work": {"errors", "terminology"},
    "quality": {
        *("errors", "codelists", "extracts", "terminology", "disclosure", "small_tables"),
    },
    "discovery": {
        *("errors", "codelists", "extracts", "terminology", "disclosure", "small_tables"),
    },
    "engine": {"errors", "study", "work", "codelists", "extracts", "terminology"},
    "cohort": {
        *("errors", "engine", "study", "work", "codelists", "extracts", "terminology"),
        *("disclosure", "small_tables"),
    },
    "recruitment": {
        *("errors", "cohort", "study", "codelists", "extracts", "terminology", "disclosure"),
        *("small_tables", "work", "shipped_files"),
    },
    "emis_search": {"errors", "study", "codelists", "terminology"},
    "synthetic": {"errors", "cohort", "engine", "study", "work", "codelists", "extracts"},
}


def rooms_imported(path: Path) -> set[str]:
    """The rooms of this package that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {n.split(".")[1] for n in names if n.startswith("instep_cohort.")}
    return found


def modules(room: str) -> list[Path]:
    place = SOURCE / room
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


@pytest.mark.parametrize("room", ALLOWED)
def test_imports_point_downward(room):
    for module in modules(room):
        above = rooms_imported(module) - ALLOWED[room] - {room}
        assert not above, f"{module.relative_to(SOURCE)} imports {above}"


def test_every_room_has_its_rule():
    rooms = {p.stem for p in SOURCE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert rooms - {"__init__", "__main__", "cli"} == set(ALLOWED)


def test_nothing_below_the_command_line_speaks():
    for module in sorted(SOURCE.rglob("*.py")):
        if module.is_relative_to(SOURCE / "cli"):
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"print", "input"}, module
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in {
                    ("sys", "argv"),
                    ("sys", "stdout"),
                    ("sys", "stderr"),
                    ("date", "today"),
                    ("datetime", "now"),
                }, f"{module}: {node.value.id}.{node.attr}"


@pytest.mark.parametrize("module", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.stem)
def test_a_module_is_one_room(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400
    assert module.stem not in {"utils", "util", "helpers", "common", "misc", "manager"}


HEAVY = {"pandas", "numpy", "pyarrow", "duckdb", "narwhals", "polars", "xlsxwriter", "pydantic"}


def loaded_by(code: str) -> set[str]:
    listing = f"{code}; import sys; print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    ).stdout
    return {name.split(".")[0] for name in out.split()}


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import instep_cohort") & HEAVY


def test_the_command_line_starts_without_the_engines():
    assert not loaded_by("import instep_cohort.cli.app") & (HEAVY - {"pydantic"})
