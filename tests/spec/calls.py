"""Tables of runs: what is called, the exit code that it ends with, and what is said.

``call`` holds options of `identify` besides the ordinary ones, ``study`` a change to the base study
(`- key` leaves a section out), ``says`` words of what a person reads, ``keeps`` entries of the
run's manifest: ``answered_for.no_opt_out_list = A Partner, GP``.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from instep_cohort.cli.app import main
from spec.clauses import Spec
from spec.tables import aligned, table
from spec.world import ON, study_of

ORDINARY = {"--on": ON, "--out": "run", "--codelists": "lists"}


@dataclass(frozen=True, kw_only=True)
class Calls(Spec):
    """Runs of `instep-cohort identify`, and how each ends."""

    TESTS = ("tests/spec/test_spec_calls.py::test_a_run_ends_so",)

    rows: str

    @cached_property
    def cases(self) -> Sequence[dict[str, str]]:
        """The lines of the table."""
        return table(self.rows)

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Yields the table."""
        yield "text", aligned(self.rows)


class Ended(NamedTuple):
    """How a call ended: its exit code, what was said, and the manifest, where there is one."""

    exit_code: int
    said: str
    manifest: Mapping[str, Any]


def ended(case: Mapping[str, str], world: Path, patch: pytest.MonkeyPatch) -> Ended:
    """How the call of a line ends.

    Args:
        case: the line.
        world: the folder that `call_files.write_world` filled, with a store.
        patch: changes the current folder and the arguments, and puts them back.
    """
    (world / "study.yaml").write_text(study_text(case.get("study", "")), encoding="utf-8")
    options = shlex.split(case.get("call", ""))
    for name, value in ORDINARY.items():
        if name not in options:
            options += [name, value]
    patch.chdir(world)
    patch.setattr("sys.argv", ["instep-cohort", "identify", "study.yaml", "store", *options])
    shutil.rmtree(world / "run", ignore_errors=True)
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            main()
            exit_code = 0
        except SystemExit as end:
            exit_code = int(end.code or 0)
    kept = world / "run" / "manifest.json"
    manifest = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    return Ended(exit_code, " ".join(said.getvalue().split()), manifest)


def study_text(change: str) -> str:
    """The base study with the change; every list that it names is pinned."""
    study = study_of("" if change.startswith("- ") else change)
    study.pop(change.removeprefix("- "), None)
    study["codelists"] = {}
    named = set(re.findall(r"[\w-]+", yaml.safe_dump(study)))
    study["codelists"] = {name: "1.0.0" for name in sorted(named) if name in LISTS}
    return yaml.safe_dump(study, sort_keys=False)


def differences(case: Mapping[str, str], found: Ended) -> Iterator[str]:
    """Yields what is not as the line has it."""
    if str(found.exit_code) != case["exit"]:
        yield f"exit {found.exit_code}, the table says {case['exit']}: {found.said}"
    if case.get("says", "") not in found.said:
        yield f"said: {found.said}; the table says: {case['says']}"
    for entry in filter(None, case.get("keeps", "").split("; ")):
        path, _, value = entry.partition(" = ")
        kept = str(reduce(_part, path.split("."), found.manifest))
        if kept != value:
            yield f"{path} is {kept}, the table says {value}"


def _part(of: Any, key: str) -> Any:
    if isinstance(of, list):
        return of[int(key)] if int(key) < len(of) else "not there"
    return of.get(key, "not there") if isinstance(of, dict) else of


# ---------------------------------------------------------------- the lists of these runs

# id → rows of the list (system, code, match, category); the codes are keys that nobody else uses
LISTS: Mapping[str, Sequence[tuple[str, str, str, str]]] = {
    "seen": [("read_v2", "SEEN.", "exact", "seen")],
    "notes": [("read_v2", "NOTE.", "exact", "not_fit")],
    "work": [("read_v2", "WORK.", "exact", "in_work")],
    "pain": [("read_v2", "ACHE.", "exact", "explicit")],
    "unheard": [("read_v2", "NONE.", "exact", "never"), ("read_v2", "NIL..", "exact", "never")],
    "all-excluded": [("read_v2", "SEEN.", "exact", "seen"), ("read_v2", "SEEN.", "exclude", "")],
    "by-name": [("product_name", "mst continus", "exact", "strong")],
    "reviewed": [("read_v2", "SEEN.", "exact", "seen")],
    "empty": [],
    "exclusions": [("read_v2", "SEEN.", "exclude", "")],
    "ctv3-descendants": [("ctv3", "SEEN.", "descendants", "seen")],
    "emis-descendants": [
        ("emis_code_id", "1234567", "exclude_descendants", ""),
        ("read_v2", "SEEN.", "exact", "seen"),
    ],
    "term-descendants": [("read_v2", "SEEN.11", "descendants", "seen")],
    "opt-outs": [
        ("read_v2", "RDISS", "exact", "research_dissent"),
        ("read_v2", "T1DIS", "exact", "type_1_dissent"),
    ],
    "opt-outs-no-research": [("read_v2", "T1DIS", "exact", "type_1_dissent")],
    "opt-outs-no-type-1": [("read_v2", "RDISS", "exact", "research_dissent")],
    "opt-outs-elsewhere": [
        ("ctv3", "RDISS", "exact", "research_dissent"),
        ("ctv3", "T1DIS", "exact", "type_1_dissent"),
    ],
    "opt-outs-unheard": [
        ("read_v2", "NONE1", "exact", "research_dissent"),
        ("read_v2", "NONE2", "exact", "type_1_dissent"),
        ("read_v2", "NONE3", "exact", "caution"),
    ],
}
