"""Breaks one line of a copy of the source at a time: some test has to notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "instep_cohort"
_PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-k", "not duckdb and not spark")
_TESTS_FAILED = 1


class Mutant(NamedTuple):
    """One rule, how to break it, and the tests that have to notice."""

    rule: str
    file: str
    right: str
    wrong: str
    net: tuple[str, ...]


def noticed(mutant: Mutant) -> bool:
    """Whether some test fails on a copy of the source with the rule broken."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src" / "instep_cohort"
        shutil.copytree(SOURCE, copy)
        shutil.copytree(ROOT / "codelists", copy / "shipped" / "codelists")
        shutil.copytree(ROOT / "examples" / "studies", copy / "shipped" / "studies")
        file = copy / mutant.file
        text = file.read_text(encoding="utf-8")
        if text.count(mutant.right) != 1:
            raise SystemExit(
                f"{mutant.file} says {mutant.right!r} {text.count(mutant.right)} times"
            )
        file.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": str(copy.parent), "INSTEP_STUDIES": "150"}
        done = subprocess.run(
            [*_PYTEST, *mutant.net],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in {0, _TESTS_FAILED}:
        raise SystemExit(f"{mutant.rule}\n{done.stdout}{done.stderr}")
    return done.returncode == _TESTS_FAILED


def break_all(mutants: Sequence[Mutant]) -> None:
    """Breaks each rule, or as many as the command line says, and tells whether it was noticed.

    Before it, every net is held against a copy with nothing broken, on which it must pass.
    """
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else len(mutants)
    chosen = mutants[:: max(1, len(mutants) // wanted)]
    nets = tuple(dict.fromkeys(test for mutant in chosen for test in mutant.net))
    if noticed(mutants[0]._replace(wrong=mutants[0].right, net=nets)):
        raise SystemExit("the tests fail on an unbroken copy")
    missed = 0
    for mutant in chosen:
        caught = noticed(mutant)
        print(f"{'caught' if caught else 'MISSED':7} {mutant.rule}", flush=True)
        missed += not caught
    print(f"{len(chosen) - missed} of {len(chosen)} broken rules were caught")
    sys.exit(bool(missed))
