"""The command line, run in this process as a user would run it."""

import sys
from typing import NamedTuple

import pytest

from cohort.small_practice import ingested
from instep_cohort.cli.app import main


class Ended(NamedTuple):
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str


@pytest.fixture
def instep(monkeypatch, capsys):
    """Runs one command: `instep("ingest", folder, …)`."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["instep-cohort", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return Ended(end.value.code or 0, said.out, said.err)

    # without these, help is laid out for the terminal that runs the tests
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERMINAL_WIDTH", "100")
    return run


@pytest.fixture(scope="session")
def practice(tmp_path_factory):
    return ingested(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def identify(instep, practice, tmp_path):
    """Runs `identify` on the small study; options given again replace those given here."""

    def run(*more, study=practice.study, store=practice.store, out=tmp_path / "run", **options):
        given = {
            "on": "2026-11-01",
            "opt_outs": practice.opt_outs,
            "opt_outs_on": "2026-11-01",
            "codelists": practice.codelists,
        } | options
        words = [
            word
            for name, value in given.items()
            if value is not None
            for word in (f"--{name.replace('_', '-')}", value)
        ]
        return instep("identify", study, store, "--out", out, *words, *more)

    return run
