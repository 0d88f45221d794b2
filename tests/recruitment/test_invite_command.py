"""`instep-cohort invite`: what is said, what is written, how it ends."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from inviting_practice import FRESH, MAILING, SETTINGS, pid, rows_of
from typer.testing import CliRunner

from instep_cohort.cli.app import app
from instep_cohort.errors import DefinitionError, SafetyRefusal, UsageError
from instep_cohort.recruitment.tokens import read_invite_id
from instep_cohort.recruitment.vocabulary import Channel

HERE = Path(__file__).parent


def run(*arguments):
    return CliRunner().invoke(app, ["invite", *map(str, arguments)])


@pytest.fixture
def protocol(world):
    path = world.folder / "protocol.yaml"
    path.write_text(yaml.safe_dump(SETTINGS.model_dump(mode="json", exclude_none=True)), "utf-8")
    return path


def where(world):
    return ("--ledger", world.ledger, "--key", world.key)


def files(world, **but):
    given = {
        "run": world.run,
        "store": world.fresh,
        "contacts": world.folder / "contacts.csv",
        "other-invitations": world.folder / "others.csv",
        "codelists": world.codelists,
        "opt-outs": world.folder / "opt-outs.csv",
        "opt-outs-on": FRESH,
        "by": "N. Shah, manager",
        "out": world.folder / "out",
        **but,
    }
    return [part for name, value in given.items() if value for part in (f"--{name}", value)]


BATCH = ("--batch", "B1", "--tiers", "A,C", "--size", 5, "--seed", 7, "--mailing-on", MAILING)


def make(world, protocol, *more, **but):
    past = ("--mailing-is-past",)  # the practice stands still, and the clock does not
    return run("make", *where(world), *files(world, settings=protocol, **but), *BATCH, *past, *more)


def test_the_plan_is_shown_as_counts(world, protocol):
    asked = ("plan", *where(world), "--settings", protocol, *BATCH[2:])
    done = run(*asked)
    assert done.exit_code == 0
    assert "tier  decided invite  invited before" in done.stdout
    assert re.search(r"not screened +1", done.stdout)
    found = json.loads(run(*asked, "--json").stdout)
    assert found["to_be_drawn"] == 5
    assert "ZQ" not in done.stdout


def test_the_plan_takes_the_basis_of_a_protocol_that_is_not_filled_in_yet(world, protocol):
    protocol.write_text("study: small\nlegal_basis: care_team\npractice_name: FILL IN\n", "utf-8")
    assert run("plan", *where(world), "--settings", protocol, *BATCH[2:]).exit_code == 0


def test_the_plan_without_a_legal_basis_is_refused(world):
    done = run("plan", *where(world), *BATCH[2:])
    assert isinstance(done.exception, SafetyRefusal)
    given = run("plan", *where(world), *BATCH[2:], "--legal-basis", "care_team")
    assert given.exit_code == 0


def test_a_batch_is_made_and_its_files_are_named(world, protocol):
    done = make(world, protocol)
    assert done.exit_code == 0, done.exception
    for name in ("mail.PROCESSOR-MAIL", "invited.PRACTICE-ONLY", "removed.PRACTICE-ONLY"):
        path = world.folder / f"out/B1-{name}.csv"
        assert f"written: {path}" in done.stdout
        assert path.exists()
    assert f"ledger head: {world.book().head}" in done.stdout
    assert "letters" in done.stdout
    assert "ZQ" not in (done.stdout + done.stderr).replace(str(world.folder), "")
    note = json.loads((world.folder / "out/B1-mail.PROCESSOR-MAIL.csv.json").read_text("utf-8"))
    assert note["ledger_head"] == world.book().head
    assert note["artefact_class"] == "PROCESSOR-MAIL"
    again = make(world, protocol, "--json")
    assert json.loads(again.stdout)["finished_again"]


def test_a_dry_run_says_so_and_writes_nothing(world, protocol):
    done = make(world, protocol, "--dry-run")
    assert done.exit_code == 0
    assert "A dry run: nothing was written." in done.stdout
    assert not (world.folder / "out").exists()


def test_a_mailing_date_that_is_past_is_refused(world, protocol):
    asked = ("make", *where(world), *files(world, settings=protocol), *BATCH[:-1], FRESH)
    done = run(*asked)
    assert isinstance(done.exception, SafetyRefusal)
    assert "The mailing date 2026-11-20 is past" in str(done.exception)
    assert not (world.folder / "out").exists()
    assert run(*asked, "--mailing-is-past").exit_code == 0


def test_a_ledger_that_lacks_letters_needs_somebody_who_answers(world, protocol):
    older = world.ledger.read_bytes()
    make(world, protocol)
    world.ledger.write_bytes(older)
    out = {"out": world.folder / "second"}
    done = make(world, protocol, **out)
    assert isinstance(done.exception, SafetyRefusal)
    assert "--lost-letters-by" in str(done.exception)
    answered = make(world, protocol, **out, **{"lost-letters-by": "N. Shah, manager"})
    assert answered.exit_code == 0


REFUSED = {
    "no store": ({"store": None}, SafetyRefusal, "without a fresh extract"),
    "no contacts": ({"contacts": None}, SafetyRefusal, "without names and addresses"),
    "no opt-outs": (
        {"opt-outs": None, "opt-outs-on": None},
        SafetyRefusal,
        "Nobody has said who asked",
    ),
    "no cooling-off file": ({"other-invitations": None}, SafetyRefusal, "90 days have to pass"),
    "list without its day": ({"opt-outs-on": None}, UsageError, "--opt-outs-on"),
    "both answers": ({"no-opt-out-list": "A, GP"}, UsageError, "contradict"),
    "old extract": ({"max-extract-age": 1}, SafetyRefusal, "too old"),
    "unknown basis": ({"legal-basis": "gdpr"}, SafetyRefusal, "no legal basis"),
    "override": (
        {"legal-basis": "section_251", "type-1-overridden-by": "C. Lead"},
        SafetyRefusal,
        "not overridden under section_251",
    ),
    "no settings": ({"settings": None, "legal-basis": "care_team"}, DefinitionError, "seed_row"),
    "channel": ({"channel": "pigeon"}, DefinitionError, "channels"),
}


@pytest.mark.parametrize(("but", "error", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_missing_or_unsafe_refuses_and_writes_nothing(world, protocol, but, error, said):
    before = world.ledger.read_bytes()
    done = make(world, but.pop("settings", protocol) if "settings" in but else protocol, **but)
    assert isinstance(done.exception, error), done.exception
    assert said in str(done.exception)
    assert world.ledger.read_bytes() == before
    assert not (world.folder / "out").exists()


def test_from_replies_to_reminders(world, protocol):
    assert make(world, protocol).exit_code == 0
    ids = [row["invite_id"] for row in rows_of(world.folder / "out/B1-invited.PRACTICE-ONLY.csv")]
    replies = world.folder / "replies.csv"
    replies.write_text(
        "invite_id,reply,received_on\n"
        f"{ids[0]},declined,{MAILING}\n{ids[1]},interested,no day\nSEED-B1,interested,{MAILING}\n",
        "utf-8",
    )
    told = ("reply", "import", replies, "--ledger", world.ledger, "--by", "N. Shah, manager")
    dry = run(*told)
    assert dry.exit_code == 2
    assert "would be recorded (a dry run" in dry.stdout
    assert not world.book().standing.replies
    done = run(*told, "--apply")
    assert done.exit_code == 2
    assert ":3: received_on is no date" in done.stderr
    assert "own seed row: that mailing has arrived" in done.stdout
    # it counts from now on, also where the clock of the machine is behind the mailing date
    standing = world.book().standing
    [declined] = [one.person for one in standing.batch("B1") if one.invite_id == ids[0]]
    assert not standing.may_be_written_to(declined, Channel.POST)
    asked = ("--batch", "B1-R1", "--of", "B1", "--mailing-on", "2026-12-04")
    more = files(world, settings=protocol, **{"max-extract-age": 30})
    reminded = run("remind", *where(world), *more, *asked, "--mailing-is-past")
    assert reminded.exit_code == 0, reminded.exception
    mailed = rows_of(world.folder / "out/B1-R1-mail.PROCESSOR-MAIL.csv")
    assert {row["Custom 5 Invite ID"] for row in mailed} == {*ids[1:], "SEED-B1-R1"}


def test_stages_are_imported(world, protocol):
    make(world, protocol)
    first = rows_of(world.folder / "out/B1-invited.PRACTICE-ONLY.csv")[0]["invite_id"]
    path = world.folder / "stages.csv"
    path.write_text(f"invite_id,stage,reached_on\n{first},fine,{MAILING}\n", "utf-8")
    done = run("stage", "import", path, "--ledger", world.ledger, "--by", "N. Shah", "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["refused"][0]["line"] == 2


def test_ids_are_made_beforehand_and_none_twice(tmp_path):
    first = run("ids", 50).stdout
    path = tmp_path / "ids.csv"
    path.write_text(first, "utf-8")
    more = run("ids", 50, "--taken", path).stdout
    head, *ids = first.split()
    assert head == "invite_id"
    assert [read_invite_id(one) for one in ids] == ids
    assert not set(ids) & set(more.split()[1:])


def test_no_option_and_no_message_names_a_patient(world, protocol):
    (world.folder / "contacts.csv").write_text(
        f"patient_id,surname\n{pid('plain1')},\n", encoding="utf-8"
    )
    done = make(world, protocol)
    assert isinstance(done.exception, UsageError)
    assert "ZQ" not in str(done.exception).replace(str(world.folder), "")


@pytest.mark.skipif(os.name != "posix", reason="forks and signals are POSIX's")
def test_a_kill_at_any_moment_loses_nothing_and_invites_nobody_twice():
    """A few kills; `invite_chaos.py --kills 200` makes more."""
    done = subprocess.run(
        [sys.executable, HERE / "invite_chaos.py", "--kills", "5", "--seed", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert not done.returncode, done.stdout + done.stderr
    assert "5 kills: " in done.stdout
