"""The wheel holds all that the package needs, and nothing more."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "codelists": [
        *sorted((ROOT / "codelists").glob("*/*.csv")),
        *sorted((ROOT / "codelists").glob("*/codelist.yaml")),
        ROOT / "codelists" / "codelists.lock",
    ],
    "studies": sorted((ROOT / "examples" / "studies").rglob("*.yaml")),
}

# Only what is unpacked and the dependencies may be found, never the checkout.
USE_IT = """
import sys
unpacked, checkout = sys.argv[1:]
sys.path = [unpacked, *(entry for entry in sys.path if checkout not in entry or "site-packages" in entry)]
import instep_cohort as ic
from instep_cohort.shipped_files import shipped
assert ic.__file__.startswith(unpacked), ic.__file__
for kind in ("codelists", "studies"):
    assert str(shipped(kind)).startswith(unpacked), shipped(kind)
print(*ic.Library().ids())
print(ic.load_study("instep").study, ic.load_study("any-pain-any-medicine").study)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_module_and_the_type_marker_are_in_it(names):
    modules = (ROOT / "src").rglob("*.py")
    assert {str(path.relative_to(ROOT / "src")) for path in modules} <= names
    assert "instep_cohort/py.typed" in names


def test_codelists_and_studies_are_in_it_byte_for_byte(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for kind, paths in SHIPPED.items():
            base = ROOT / {"codelists": "codelists", "studies": "examples/studies"}[kind]
            assert len(paths) > 1
            for path in paths:
                inside = f"instep_cohort/shipped/{kind}/{path.relative_to(base).as_posix()}"
                assert archive.read(inside) == path.read_bytes()


def test_nothing_else_is_in_it(names):
    packages = {name.split("/")[0] for name in names}
    assert {name for name in packages if not name.endswith(".dist-info")} == {"instep_cohort"}
    # the studies that are shipped have their tests beside them
    others = [name for name in names if not name.startswith("instep_cohort/shipped/studies/tests/")]
    folders = {part for name in others for part in name.split("/")[:-1]}
    assert not folders & {"tests", "__pycache__", "benchmarks", "examples", "docs"}
    kinds = {Path(name).suffix for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert kinds == {".py", ".typed", ".csv", ".yaml", ".lock", ".md"}


def test_it_works_where_there_is_no_checkout(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    used = subprocess.run(
        [sys.executable, "-I", "-c", USE_IT, str(tmp_path / "unpacked"), str(ROOT)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert used.returncode == 0, used.stderr
    lists, studies = used.stdout.splitlines()
    assert lists.split() == sorted(
        path.parent.name for path in SHIPPED["codelists"] if path.suffix == ".yaml"
    )
    assert studies == "instep any-pain-any-medicine"
