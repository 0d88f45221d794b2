"""`instep-cohort screen` and `key`: what is printed, what is written, how it ends."""

import datetime
import json

import pytest
from screening_practice import BY, KHAN, LEE, answer, filled
from typer.testing import CliRunner

from instep_cohort.cli.app import app
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.key_file import Key


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def books(screening):
    return "--ledger", screening.ledger_path, "--key", screening.key_path


@pytest.fixture
def export(screening, books):
    def made(*more, out="list.xlsx"):
        path = screening.folder / out
        who = () if "--screener" in more else ("--screener", KHAN, "--screener", LEE)
        return run("screen", "export", screening.run_folder, "--out", path, *books, *who, *more)

    return made


@pytest.fixture
def take_in(screening, books):
    return lambda *more: run("screen", "import", "--run", screening.run_folder, *books, *more)


def today():
    return datetime.date.today()


def test_export_says_what_it_wrote_and_that_tokens_alone_are_shown(screening, export):
    done = export("--seed", 7)
    assert done.exit_code == 0, done.output
    path = screening.folder / "list.PRACTICE-ONLY.xlsx"
    assert path.is_file()
    assert f"written: {path}" in done.stdout
    assert f"{len(screening.run.patient_ids)} on it (tier A " in done.stdout
    assert "seed 7" in done.stdout
    assert "--identity local_patient_no says who they are" in done.stderr


@pytest.mark.parametrize("out", ["list.csv", "list.html"])
def test_the_kind_of_file_is_that_of_its_name(screening, export, out):
    assert export("--identity", "local_patient_no", out=out).exit_code == 0
    assert (screening.folder / out.replace(".", ".PRACTICE-ONLY.")).is_file()


@pytest.mark.parametrize(
    ("more", "out", "said"),
    [
        ((), "list.pdf", "the list is written as xlsx, csv, html"),
        (("--format", "pdf"), "list.pdf", "--format pdf"),
        (("--format", "csv"), "list.xlsx", "is to end in .csv"),
        (("--identity", "address"), "list.xlsx", "address"),
        (("--screener", ""), "list.xlsx", "one line of plain text"),
        (("--contacts", "none.csv"), "list.xlsx", "none.csv"),
        (("--practice", "B1"), "list.xlsx", "holds nobody of practice B1"),
    ],
)
def test_wrong_use_of_export_ends_with_2(export, more, out, said):
    done = export(*more, out=out)
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)


def test_import_shows_first_and_records_when_told(screening, export, take_in):
    export()
    path = filled(
        screening.folder / "list.PRACTICE-ONLY.xlsx",
        {2: answer(knows="in_work"), 3: answer("do not invite", "PJ_BEREAVED", on=today())},
    )
    shown = take_in(path)
    assert shown.exit_code == 0, shown.output
    for said in ("filled.xlsx", "PJ_BEREAVED  bereaved", "Nothing is recorded yet"):
        assert said in shown.stdout
    assert "in work, as who decided knows, with `invite` all the same: 1" in shown.stderr
    assert screening.ledger.standing.kinds == {}
    done = take_in(path, "--apply", "--by", BY)
    assert done.exit_code == 0, done.output
    assert f"head: {screening.ledger.head}" in done.stdout
    assert screening.ledger.standing.kinds["decided"] == 2
    again = take_in(path, "--apply", "--by", BY)
    assert "nothing is new" in again.stdout
    assert screening.ledger.standing.kinds["decided"] == 2


def test_import_for_machines(screening, export, take_in):
    export()
    path = filled(screening.folder / "list.PRACTICE-ONLY.xlsx", {2: answer()})
    counts = json.loads(take_in(path, "--json").stdout)
    assert counts["decisions"] == {"invite": 1}
    assert counts["not_screened"] == counts["people"] - 1
    assert counts["recorded"] is False
    counts = json.loads(take_in(path, "--json", "--apply", "--by", BY).stdout)
    assert counts["recorded"] is True
    assert counts["ledger_head"] == screening.ledger.head


def test_a_refused_import_ends_with_4_and_the_ledger_is_as_it_was(screening, export, take_in):
    export()
    path = filled(screening.folder / "list.PRACTICE-ONLY.xlsx", {2: answer(by=None)})
    done = take_in(path, "--apply", "--by", BY)
    assert isinstance(done.exception, SafetyRefusal)
    assert done.exception.exit_code == 4
    assert screening.ledger.standing.kinds == {}


def test_recording_needs_somebody_who_answers_for_it(screening, export, take_in):
    export()
    done = take_in(screening.folder / "list.PRACTICE-ONLY.xlsx", "--apply")
    assert isinstance(done.exception, UsageError)
    assert "--by" in str(done.exception)


def test_disagreements_are_written_and_told(screening, export, take_in):
    export()
    path = screening.folder / "list.PRACTICE-ONLY.xlsx"
    one = filled(path, {2: answer()}, "one.xlsx")
    two = filled(path, {2: answer("do not invite", "EX_AGE", by=LEE)}, "two.xlsx")
    out = screening.folder / "differ.csv"
    done = take_in(one, two, "--disagreements", out)
    assert done.exit_code == 0, done.output
    assert "screeners disagree on 1: the more cautious decision stands" in done.stderr
    assert (screening.folder / "differ.PRACTICE-ONLY.csv").is_file()
    assert take_in(one, two, "--disagreements", out, "--apply", "--by", BY).exit_code == 0


def test_no_message_of_a_refusal_tells_of_a_patient(screening, export, take_in):
    export("--identity", "local_patient_no")
    path = screening.folder / "list.PRACTICE-ONLY.xlsx"

    def change(sheet, columns):
        for row in range(2, 9):
            sheet.cell(row, columns["local_patient_no"]).value = "x"

    said = str(take_in(filled(path, {2: answer("maybe")}, change=change)).exception)
    assert "rows 2-8, local_patient_no" in said
    for patient, token in screening.tokens().items():
        assert patient not in said
        assert token not in said
    assert "maybe" not in said


def test_key_create_makes_a_key_once(screening, tmp_path):
    whose = ("--practice", screening.run.practice, "--study", screening.run.study)
    path = tmp_path / "new.key"
    assert run("key", "create", path, *whose).exit_code == 0
    assert Key.open(path, practice=screening.run.practice, study=screening.run.study)
    assert isinstance(run("key", "create", path, *whose).exception, UsageError)


def test_a_less_cautious_word_than_the_ledgers_is_told_and_not_recorded(screening, export, take_in):
    export()
    path = screening.folder / "list.PRACTICE-ONLY.xlsx"
    refusal = filled(path, {2: answer("do not invite", "EX_AGE")}, "one.xlsx")
    assert take_in(refusal, "--apply", "--by", BY).exit_code == 0
    head = screening.ledger.head
    done = take_in(filled(path, {2: answer(by=LEE)}, "two.xlsx"), "--apply", "--by", BY)
    assert "1 less cautious than what the ledger has, and not recorded" in done.stdout
    assert "There is nothing to record." in done.stdout
    assert screening.ledger.head == head
