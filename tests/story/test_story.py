"""The tutorial, run in order as it stands: search, workbook, decisions, letters, replies, counts."""

import csv
import json
import re
from collections import Counter

import openpyxl
import pytest
from story_page import PAGE, steady, told

from instep_cohort.disclosure.columns import MAIL_COLUMNS
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger, verify
from instep_cohort.recruitment.vocabulary import Decision, ReplyKind

WHOSE = {"practice": "00001", "study": "instep"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("practice")


@pytest.fixture(scope="module")
def ran(folder):
    return told(PAGE.read_text(encoding="utf-8"), folder)[1]


@pytest.fixture(scope="module")
def standing(ran, folder):
    return Ledger.open(folder / "instep.ledger", **WHOSE).standing


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def mailed(folder, batch):
    return rows(folder / "letters" / f"{batch}-mail.PROCESSOR-MAIL.csv")


def test_every_command_does_its_work(ran):
    assert len(ran) > 12
    assert not [one for one in ran if "$ echo $?" in one]


def test_the_page_shows_what_is_printed(ran, folder):
    """Figures, tokens and who is removed differ from run to run; words and order do not."""
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"```shell-session\n(.*?)```", page, re.DOTALL)
    for printed in ran:
        command, *lines = steady(printed.replace(f"{folder}/", "")).split("\n")
        [block] = [steady(one) for one in shown if f"{command}\n" in steady(one)]
        assert lines[0].split("#")[0] in block, "run: python tests/story/story_page.py"


def test_the_list_is_locked_and_without_names_that_nobody_asked_for(ran, folder):
    sheet = openpyxl.load_workbook(folder / "list.PRACTICE-ONLY.xlsx")["Screening"]
    header = [cell.value for cell in sheet[1]]
    assert {"surname_initials", "usual_gp", "decision"} <= set(header)
    assert "nhs_number" not in header
    assert sheet.protection.sheet


def test_only_people_decided_on_are_written_to(standing):
    assert standing.batches.keys() == {"B1", "B1-R1"}
    for batch in standing.batches:
        for one in standing.batch(batch):
            assert standing.decision(one.person).decision is Decision.INVITE
    first = [one.person for one in standing.batch("B1")]
    assert len(first) == len(set(first))
    decided = Counter(one[-1].decision for one in standing.decisions.values())
    assert decided[Decision.DO_NOT_INVITE] > 0 < decided[Decision.DISCUSS_WITH_GP]


def test_the_mail_file_holds_the_mailing_houses_columns_and_no_word_of_the_record(folder, standing):
    for batch in standing.batches:
        letters = mailed(folder, batch)
        assert tuple(letters[0]) == MAIL_COLUMNS
        ids = {one["Custom 5 Invite ID"] for one in letters}
        written_to = {one.invite_id for one in standing.batch(batch)}
        assert written_to < ids
        assert len(ids - written_to) == 1  # the study's own row
        text = json.dumps(letters).lower()
        for word in ("pain", "opioid", "gabapentin", "fit note", "work", "tier", "nhs"):
            assert word not in text, word
        note = folder / "letters" / f"{batch}-mail.PROCESSOR-MAIL.csv.json"
        assert json.loads(note.read_text())["artefact_class"] == "PROCESSOR-MAIL"


def test_nobody_who_replied_is_reminded(folder, standing):
    replied = {one["invite_id"] for one in rows(folder / "replies.csv")}
    reminded = {one.invite_id for one in standing.batch("B1-R1")}
    assert reminded
    assert not reminded & replied
    stopped = [
        one.person
        for several in standing.replies.values()
        for one in several
        if one.reply in (ReplyKind.DECLINED, ReplyKind.DO_NOT_WRITE)
    ]
    assert stopped
    assert not any(standing.opt_outs(person) == frozenset() for person in stopped)


def test_the_ledger_verifies_with_the_head_of_each_file(folder, standing):
    found = verify(folder / "instep.ledger", **WHOSE)
    assert not found.faults
    Key.open(folder / "instep.key", **WHOSE).covers(standing.persons)
    for batch in standing.batches:
        note = folder / "letters" / f"{batch}-mail.PROCESSOR-MAIL.csv.json"
        head = json.loads(note.read_text())["ledger_head"]
        assert not verify(folder / "instep.ledger", **WHOSE, expected_head=head).faults


def test_what_leaves_holds_no_small_count_and_nobody(folder, ran):
    text = (folder / "counts.RELEASABLE-COUNTS.csv").read_text(encoding="utf-8")
    counts = list(csv.DictReader(text.splitlines()))
    numbers = [one["count"] for one in counts if one["table"] in ("stages", "tiers")]
    assert not {"1", "2", "3", "4"} & set(numbers)
    assert "<5" in numbers
    for person in Ledger.open(folder / "instep.ledger", **WHOSE).standing.persons:
        assert person not in text


def test_no_patient_is_named_in_anything_printed(folder, ran):
    ids = {one["patient_id"] for one in rows(folder / "demo" / "contacts.csv")}
    names = {one["surname"] for one in rows(folder / "demo" / "contacts.csv")}
    shown = [one for one in ran if not one.startswith("$ head")]
    for one in shown:
        assert not ids & set(re.findall(r"\w+", one))
        assert not names & set(re.findall(r"[\w-]+", one))
