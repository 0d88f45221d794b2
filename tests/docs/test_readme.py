"""The README's commands and Python work when pasted one after another."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(command, folder):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme")
    done = run(["instep-cohort", "demo", "--out", "demo"], folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_the_attrition_in_the_readme_is_what_the_demo_prints(made):
    [shown] = [block for block in blocks("text") if block.startswith("step ")]
    assert shown in made[1]


def test_the_first_commands_are_the_targets_of_the_makefile():
    first, *_ = blocks("bash")
    targets = re.findall(r"^make (\w+)$", first, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets == ["demo", "test"]
    assert all(re.search(rf"^{target}:.*## ", makefile, re.MULTILINE) for target in targets)


def test_the_other_commands_work_as_pasted(made):
    folder, _ = made
    lines = [line for block in blocks("bash")[1:] for line in block.splitlines() if line.strip()]
    commands = [line for line in lines if not line.startswith((". ", "#"))]
    assert len(commands) >= 5
    for command in commands:
        done = run(["bash", "-c", command], folder)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_the_python_works_as_pasted(made):
    [code] = blocks("python")
    done = run([sys.executable, "-c", code + "\nprint(len(cohort))"], made[0])
    assert done.returncode == 0, done.stderr
    assert f"{int(done.stdout):,} candidates" in made[1]


def test_every_link_leads_to_a_file():
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in link:
            assert (ROOT / link).exists(), link
