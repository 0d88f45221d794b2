"""`instep-cohort ledger`: what is printed, and how it ends."""

import json
import sqlite3
from contextlib import closing

import pytest
from ledger_entries import append, decided, found, mailing, new_ledger, opened, token
from typer.testing import CliRunner

from instep_cohort.cli.app import app
from instep_cohort.errors import SafetyRefusal, UsageError


def run(*arguments):
    return CliRunner().invoke(app, ["ledger", *map(str, arguments)])


@pytest.fixture
def ledger(tmp_path):
    made = new_ledger(tmp_path)
    append(made, [found(1), decided(1), *mailing("m", [1])], "a")
    return made


def test_create_makes_a_ledger_that_opens(tmp_path):
    path = tmp_path / "new.ledger"
    done = run(
        "create", path, "--practice", "A82001", "--study", "instep", "--by", "N. Shah, manager"
    )
    assert done.exit_code == 0
    made = opened(path)
    assert f"head: {made.head}" in done.stdout
    assert made.identity.created_by == "N. Shah, manager"
    again = run("create", path, "--practice", "A82001", "--study", "instep", "--by", "N. Shah")
    assert isinstance(again.exception, UsageError)


def test_verify_says_that_nothing_is_wrong_and_what_it_cannot_know(ledger):
    done = run("verify", ledger.path)
    assert done.exit_code == 0
    assert "4 entries, nothing changed and nothing missing" in done.stdout
    assert "only an earlier head can say" in done.stderr
    with_head = run("verify", ledger.path, "--head", ledger.head)
    assert with_head.exit_code == 0
    assert not with_head.stderr


def test_verify_refuses_and_names_every_fault(ledger):
    done = run("verify", ledger.path, "--head", "0" * 64, "--practice", "B1", "--study", "x")
    assert isinstance(done.exception, SafetyRefusal)
    assert done.exception.exit_code == 4
    for said in ("not of B1", "not of x", "never had the head"):
        assert said in str(done.exception)


def test_a_damaged_ledger_ends_every_command_but_in_words(ledger):
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.execute("DROP TRIGGER entries_no_delete")
        connection.execute("DELETE FROM entries WHERE number = 1")
        connection.commit()
    for command in ("verify", "show", "head"):
        done = run(command, ledger.path)
        assert isinstance(done.exception, SafetyRefusal)
        assert token(1) not in str(done.exception)
        assert not done.stdout
    as_json = run("verify", ledger.path, "--json")
    assert json.loads(as_json.stdout)["faults"] == [
        "trigger entries_no_delete is missing",
        "row 1 is missing",
    ]
    assert isinstance(as_json.exception, SafetyRefusal)


def test_show_counts_and_names_nobody(ledger):
    done = run("show", ledger.path)
    assert done.stdout.splitlines()[0] == "PRACTICE-ONLY: ledger of practice A82001, instep"
    assert token(1) not in done.stdout
    counts = json.loads(run("show", ledger.path, "--json").stdout)
    assert counts["persons"] == 1
    assert counts["letters"] == {"invitation": 1}


def test_head_prints_the_head_alone(ledger):
    assert run("head", ledger.path).stdout == f"{ledger.head}\n"


@pytest.mark.parametrize("command", ["verify", "show", "head"])
def test_no_command_makes_a_ledger(tmp_path, command):
    done = run(command, tmp_path / "none.ledger")
    assert isinstance(done.exception, UsageError)
    assert not list(tmp_path.iterdir())
