"""What goes wrong in a hurry is refused before anything is recorded, and says what to do."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from itertools import islice

import pyarrow as pa
import pytest
from inviting_practice import (
    AT,
    BY,
    FRESH,
    MAILING,
    PLAIN,
    SETTINGS,
    contact_rows,
    pid,
    rows_of,
    write_contacts,
)

from cohort.small_practice import tree
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.cohort.searching_again import PersonNow
from instep_cohort.errors import DefinitionError, SafetyRefusal, UsageError
from instep_cohort.recruitment.inviting import files, making
from instep_cohort.recruitment.inviting.considering import Stands
from instep_cohort.recruitment.inviting.making import make_batch
from instep_cohort.recruitment.inviting.replies import read_replies
from instep_cohort.recruitment.inviting.settings import load_settings
from instep_cohort.recruitment.inviting.slips import (
    refuse_damaged_ids,
    refuse_impossible_days,
    refuse_unknown_people,
)
from instep_cohort.recruitment.inviting.written import garbled
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger, Reached
from instep_cohort.recruitment.vocabulary import Channel, Stage, Tier
from instep_cohort.study.spans import day_number

LATER = {"max_extract_age_days": 60, "letters_per_person": 9}


def reminder(world, name, on, *, of="B1", **more):
    return world.order(name, reminds=of, mailing_on=on, settings=LATER, **more)


# days


def test_a_command_of_last_month_run_again_as_it_stands_is_refused(world):
    before = tree(world.folder)
    order, sources = world.order(), world.sources()
    late = {"out": world.folder / "out", "by": BY, "at": "2026-12-27T09:30:00Z"}
    with pytest.raises(SafetyRefusal, match="The mailing date 2026-11-27 is past"):
        make_batch(order, sources, **late)
    assert tree(world.folder) == before
    practising = world.order(mailing_is_past=True)
    assert make_batch(practising, sources, **late).files


def test_the_files_of_a_batch_are_written_again_after_its_mailing_date(world):
    first = world.make()
    shutil.rmtree(world.folder / "out")
    again = make_batch(
        world.order(), world.sources(), out=world.folder / "out", by=BY, at="2026-12-27T09:30:00Z"
    )
    assert [one.sha256 for one in again.files] == [one.sha256 for one in first.files]


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (MAILING, None),
        (MAILING + timedelta(1), "is past"),
        (FRESH, None),
        (FRESH - timedelta(1), None),  # it is tomorrow already where the practice is
        (FRESH - timedelta(2), "The extract is of 2026-11-20, which is still to come"),
    ],
)
def test_days_that_cannot_be_are_refused(today, said):
    days = {"mailing_on": MAILING, "extract_date": FRESH, "answers": OptOutAnswers()}
    if said is None:
        refuse_impossible_days(**days, today=today, past=False)
        return
    with pytest.raises(SafetyRefusal, match=said):
        refuse_impossible_days(**days, today=today, past=False)


def test_an_opt_out_list_of_a_day_to_come_is_refused(world):
    answers = OptOutAnswers(world.folder / "opt-outs.csv", FRESH + timedelta(2), None)
    with pytest.raises(SafetyRefusal, match="said to be of 2026-11-22, which is still to come"):
        world.make(world.order(answers=answers))


@pytest.mark.parametrize("on", [date(2028, 2, 29), date(2027, 2, 28), date(2027, 3, 1)])
def test_leap_days_are_days_as_any(on):
    refuse_impossible_days(
        mailing_on=on, extract_date=on, answers=OptOutAnswers(), today=on, past=False
    )


# an older ledger, or a second one


def test_an_older_copy_of_the_ledger_invites_nobody_again(world):
    copy = world.folder / "copy.ledger"
    shutil.copy(world.ledger, copy)
    head = world.make(world.order(size=3)).head
    later = copy.read_bytes()
    with pytest.raises(SafetyRefusal, match=f"an older copy.*head was {head}"):
        world.make(world.order("B2"), ledger=copy)
    with pytest.raises(SafetyRefusal, match="an older copy"):
        world.make(world.order("B2"), ledger=copy, dry_run=True)
    assert copy.read_bytes() == later
    assert world.make(world.order("B2")).files


def test_a_second_ledger_with_the_same_key_invites_nobody_again(world):
    world.make(world.order(size=3))
    whose = {"practice": "0P1", "study": "small"}
    second = Ledger.create(world.folder / "second.ledger", **whose, who=BY, at=AT)
    first = [one.entry for one in world.book().entries() if one.batch_key == "screening"]
    second.append(first, who=BY, at=AT, batch_key="screening")
    with pytest.raises(SafetyRefusal, match="or another ledger"):
        world.make(world.order("B2"), ledger=second.path)


def test_two_copies_that_both_go_on_are_noticed(world):
    world.make(world.order(size=2))
    copy = world.folder / "copy.ledger"
    shutil.copy(world.ledger, copy)
    world.make(world.order("B2", size=2))
    with pytest.raises(SafetyRefusal, match="an older copy"):
        world.make(world.order("B3", size=2), ledger=copy)


def test_somebody_can_answer_once_for_letters_that_are_lost(world):
    copy = world.folder / "copy.ledger"
    shutil.copy(world.ledger, copy)
    world.make(world.order(size=3))
    lost = sorted(world.letters())
    (world.folder / "others.csv").write_text(
        "patient_id,study,invited_on\n" + "".join(f"{pid(one)},small,2026-11-27\n" for one in lost),
        encoding="utf-8",
    )
    answered = world.order(
        "B2", size=2, lost_letters_by="N. Shah, manager", settings={"cooling_off_days": 0}
    )
    made = world.make(answered, ledger=copy)
    assert made.drawing.inputs["lost_letters_by"] == "N. Shah, manager"
    again = world.order("B3", size=100, settings={"cooling_off_days": 0})
    made = [*made.drawing.letters, *world.make(again, ledger=copy).drawing.letters]
    assert len(made) == 6 + 1  # without a cooling-off the one who was invited elsewhere as well
    assert not {one.patient_id for one in made} & {pid(one) for one in lost}


def test_after_a_kill_before_the_key_knows_the_batch_is_finished(world, monkeypatch):
    class KilledError(Exception):
        pass

    calls, real = [], Key.remember

    def remember(self, head, extract_date):
        calls.append(head)
        if len(calls) == 2:  # after the batch
            raise KilledError
        real(self, head, extract_date)

    with monkeypatch.context() as patched:
        patched.setattr(Key, "remember", remember)
        with pytest.raises(KilledError):
            world.make()
    assert world.make().again


def test_a_key_that_cannot_be_written_stops_it_before_anything_is_recorded(world, monkeypatch):
    def remember(self, head, extract_date):
        raise SafetyRefusal("The key may only be read here; nothing was written.")

    before = world.ledger.read_bytes()
    monkeypatch.setattr(Key, "remember", remember)
    with pytest.raises(SafetyRefusal, match="may only be read"):
        world.make()
    assert world.ledger.read_bytes() == before


def test_an_extract_older_than_that_of_the_last_batch_is_refused(world):
    """By the older one `died` lives, `left` has not left, and `birthday` is as young as ever."""
    world.make(world.order(size=1))
    older = {
        "settings": {"max_extract_age_days": 60},
        "acknowledged": frozenset({"wishes"}),
    }
    with pytest.raises(SafetyRefusal, match="made by one of 2026-11-20"):
        world.make(world.order("B2", **older), store=world.before)
    assert world.make(world.order("B2", **older)).files


def test_a_batch_of_an_older_extract_can_be_written_again(world):
    settings = {"max_extract_age_days": 60}
    acknowledged = frozenset({"wishes"})
    first = world.order(size=1, settings=settings, acknowledged=acknowledged)
    made = world.make(first, store=world.before)
    world.make(world.order("B2", size=1))
    again = world.make(first, store=world.before)
    assert again.again
    assert again.head == made.head
    with pytest.raises(SafetyRefusal, match="made by one of 2026-11-20"):
        world.make(
            world.order("B3", settings=settings, acknowledged=acknowledged), store=world.before
        )


def test_a_key_remembers_the_newest_extract_and_the_latest_head(world):
    key = Key.open(world.key, practice="0P1", study="small")
    assert key.remembered() is None
    for head, day in (("a", 20), ("b", 10), ("a", 30)):
        key.remember(head * 64, date(2026, 11, day))
    assert key.remembered() == ("b" * 64, date(2026, 11, 20))


def test_a_run_that_was_not_screened_is_refused(world):
    """Such as one with another age, or whose manifest somebody has edited."""
    run = world.folder / "another"
    shutil.copytree(world.run, run)
    assert world.make(run=run, dry_run=True).drawing.letters  # a copy is the same run
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    manifest["study"]["text"] += "\n# a word more\n"
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(SafetyRefusal, match="none of those whose candidates were screened"):
        world.make(run=run)
    assert "B1" not in world.book().standing.batches


def test_a_key_from_before_it_remembered_serves_on(world):
    with closing(sqlite3.connect(world.key)) as connection:
        connection.execute("DROP TABLE IF EXISTS letters")
    key = Key.open(world.key, practice="0P1", study="small")
    assert key.remembered() is None
    head = world.make(world.order(size=1)).head
    assert key.remembered() == (head, FRESH)
    assert world.make(world.order("B2", size=1)).files


# ids


EVERYBODY = pa.chunked_array([["0012", "0345", "678", "ZQ-1"]])


@pytest.mark.parametrize(
    ("ids", "damaged"),
    [
        (["0012", "678"], False),
        (["999"], False),  # left long ago
        (["12"], True),
        (["345.0"], True),
        (["678.0"], True),
        (["00678"], True),
        (["0012", "999", "345"], True),
        (["4.51E+09"], True),
        (["1E5"], True),
        ([], False),
    ],
)
def test_ids_that_a_spreadsheet_has_damaged_are_refused_and_not_named(ids, damaged):
    if not damaged:
        refuse_damaged_ids({"opt-outs": ids}, EVERYBODY)
        return
    with pytest.raises(SafetyRefusal, match="In 1 row of the file of opt-outs") as refused:
        refuse_damaged_ids({"opt-outs": ids}, EVERYBODY)
    assert not any(one in str(refused.value) for one in ids)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("opt-outs.csv", "patient_id,kind,recorded_on\n1.2E+05,research,\n"),
        ("others.csv", "patient_id,study,invited_on\n1.2E+05,other,2026-10-01\n"),
        ("contacts.csv", "patient_id,surname\n1.2E+05,Example\n"),
    ],
)
def test_damaged_ids_are_looked_for_in_every_file(world, name, header):
    known = pid("plain1") + header.splitlines()[1].removeprefix("1.2E+05")
    (world.folder / name).write_text(f"{header}{known}\n", encoding="utf-8")
    before = world.ledger.read_bytes()
    with pytest.raises(SafetyRefusal, match=f"In 1 row of the file of {name[:4]}"):
        world.make()
    assert world.ledger.read_bytes() == before


def test_contacts_of_another_practice_are_refused(world):
    write_contacts(
        world.folder / "contacts.csv",
        [row | {"patient_id": f"other {row['patient_id']}"} for row in contact_rows()],
    )
    with pytest.raises(SafetyRefusal, match="in the file of contacts nobody is in this extract"):
        world.make()


def test_invitations_of_nobody_known_are_acknowledged_by_name(world):
    (world.folder / "others.csv").write_text(
        "patient_id,study,invited_on\nother,other,2026-10-01\n", encoding="utf-8"
    )
    with pytest.raises(SafetyRefusal, match="--acknowledge-unmatched other-invitations"):
        world.make()
    assert world.make(world.order(acknowledged=frozenset({"other-invitations"}))).files


def test_a_file_without_rows_names_nobody_and_is_an_answer():
    refuse_unknown_people({"other-invitations": ()}, EVERYBODY, ())


def test_contacts_without_nhs_numbers_are_spoken_of(world):
    rows = contact_rows()
    write_contacts(world.folder / "contacts.csv", [row | {"nhs_number": ""} for row in rows])
    made = world.make().drawing
    [said] = set(made.warnings) - set(made.again.warnings)
    assert f"no NHS number of {len(made.letters)} people" in said
    assert "twice_a" in world.letters()  # which nothing but the number could have told
    write_contacts(
        world.folder / "contacts.csv",
        [row | {"nhs_number": number(n)} for n, row in enumerate(rows)],
    )
    made = world.make(world.order("B2")).drawing
    assert made.warnings == made.again.warnings


def number(place):
    """An NHS number that is never issued, another one for each place."""
    from nhs_number.validate import calculate_checksum

    usable = (one for one in range(999_000_000, 999_999_999) if calculate_checksum(str(one)) != 10)
    nine = next(islice(usable, place, None))
    return f"{nine}{calculate_checksum(str(nine))}"


# whose name it is


@pytest.mark.parametrize(
    ("written", "own"),
    [
        ("1980-06-15", True),
        ("15/06/1980", True),
        ("15-Jun-1980", True),
        ("15 jun 1980", True),
        ("", True),
        ("1980-06-14", False),
        ("06/05/1980", False),
    ],
)
def test_a_name_that_stands_beside_another_persons_id_gets_no_letter(world, written, own):
    rows = contact_rows()
    born = {pid("plain1"): written}
    write_contacts(
        world.folder / "contacts.csv",
        [row | {"Date of Birth": born.get(row["patient_id"], "")} for row in rows],
    )
    made = world.make()
    assert ("plain1" in world.letters()) is own
    if not own:
        assert "date of birth" in made.drawing.removed[pid("plain1")].what


def test_a_column_of_the_contacts_that_was_sorted_by_itself_writes_to_nobody(world):
    rows = contact_rows()
    days = sorted(f"1980-05-{n % 28 + 1:02d}" for n, _ in enumerate(rows))
    write_contacts(
        world.folder / "contacts.csv",
        [row | {"birth_date": day} for row, day in zip(rows, days, strict=True)],
    )
    assert not world.make().files
    assert "B1" not in world.book().standing.batches


@pytest.mark.parametrize("written", ["15/Foo/1980", "31/02/1980", "1980", "O'Brien"])
def test_a_date_of_birth_that_is_none_is_refused_by_its_line(world, written):
    rows = [row | {"birth_date": written} for row in contact_rows()]
    write_contacts(world.folder / "contacts.csv", rows)
    with pytest.raises(UsageError, match=r"contacts.csv:2: birth_date is no date") as refused:
        world.make()
    assert written not in str(refused.value).replace("1960-05-12, 12/05/1960", "")


@pytest.mark.parametrize(
    ("day", "precision", "said", "fits"),
    [
        (date(1980, 6, 15), "day", date(1980, 6, 15), True),
        (date(1980, 6, 15), "day", date(1980, 6, 16), False),
        (date(1980, 6, 1), "month", date(1980, 6, 30), True),
        (date(1980, 6, 1), "month", date(1980, 7, 1), False),
        (date(1980, 1, 1), "year", date(1980, 12, 31), True),
        (date(1980, 1, 1), "year", date(1981, 1, 1), False),
        (date(1980, 2, 29), "day", date(1980, 2, 29), True),
    ],
)
def test_a_record_with_month_or_year_of_birth_fits_as_far_as_it_says(day, precision, said, fits):
    now = PersonNow("0P1", frozenset(), day_number(day), precision)
    assert now.may_be_born_on(said) is fits
    assert PersonNow("0P1", frozenset(), None, None).may_be_born_on(said)


# names that were lost


@pytest.mark.parametrize(
    ("cell", "lost"),
    [
        ("Zoë", False),
        ("O’Brien", False),
        ("Łukasz", False),
        ("Ünü Ñandú", False),
        ("ZoÃ«", True),
        ("Oâ€™Brien", True),
        ("Zo\ufffd", True),
        ("#NAME?", True),
        ("#4 Flat", False),
        ("李", False),
    ],
)
def test_letters_that_were_lost_in_another_encoding_are_seen(cell, lost):
    assert garbled(cell) is lost


@pytest.mark.parametrize("surname", ["ZoÃ«", "?ukasz", "Zo\ufffd"])
def test_nobody_is_written_to_by_a_name_that_is_lost(world, surname):
    rows = contact_rows()
    next(row for row in rows if row["patient_id"] == pid("plain1"))["surname"] = surname
    write_contacts(world.folder / "contacts.csv", rows)
    made = world.make()
    assert "plain1" not in world.letters()
    assert "cannot stand in a list" in made.drawing.removed[pid("plain1")].what


# reminders


@pytest.mark.parametrize("days", [0, 1, 7])
def test_a_reminder_is_later_than_every_letter_before_it(world, days):
    world.make()
    world.make(reminder(world, "B1-R1", MAILING + timedelta(7)))
    with pytest.raises(UsageError, match="a letter to people of B1 goes out on 2026-12-04"):
        world.make(reminder(world, "B1-R2", MAILING + timedelta(days)))
    assert world.make(reminder(world, "B1-R2", MAILING + timedelta(8))).files
    # and the files of the first one can still be written again
    assert world.make(reminder(world, "B1-R1", MAILING + timedelta(7))).again


@pytest.mark.parametrize("name", ["B2", "B2-R1", "B1"])
def test_a_reminder_has_the_name_of_what_it_reminds(world, name):
    world.make()
    with pytest.raises(UsageError, match="name a reminder of B1 B1-R1"):
        world.make(reminder(world, name, MAILING + timedelta(7)))


def test_a_reminder_of_a_reminder_goes_on_with_its_name(world):
    world.make()
    world.make(reminder(world, "B1-R1", MAILING + timedelta(7)))
    made = world.make(reminder(world, "B1-R2", MAILING + timedelta(14), of="B1-R1"))
    assert {one.letter for one in world.letters("B1-R2").values()} == {3}
    assert made.files


def test_a_first_batch_has_no_name_of_a_reminder(world):
    with pytest.raises(UsageError, match="the name of a reminder"):
        world.make(world.order("B1-R1"))


def test_who_has_come_further_is_not_reminded_though_no_reply_was_imported(world):
    world.make()
    letter = world.letters()["plain1"]
    world.append(
        Reached(person=letter.person, stage=Stage.CONSENTED, reached_on=MAILING), key="stage"
    )
    made = world.make(reminder(world, "B1-R1", MAILING + timedelta(7)))
    assert "plain1" not in world.letters("B1-R1")
    assert made.drawing.count(Stands.REPLIED) == 1


@pytest.mark.parametrize("said", ["do-not-write", "Do not write", "DO_NOT_WRITE", " do  not-write"])
def test_a_refusal_counts_however_its_word_is_joined(world, said):
    world.make()
    letter = replied(world, said)
    assert not world.book().standing.may_be_written_to(letter.person, Channel.POST)


# files


def test_a_folder_that_cannot_be_written_to_stops_it_before_anything_is_recorded(
    world, monkeypatch
):
    def refuse(**_):
        raise PermissionError(13, "Read-only file system")

    before = world.ledger.read_bytes()
    monkeypatch.setattr(files.tempfile, "TemporaryFile", refuse)
    with pytest.raises(UsageError, match=r"cannot be written to .*Nothing was recorded"):
        world.make()
    assert world.ledger.read_bytes() == before


def test_a_full_disk_says_that_the_batch_is_recorded_and_what_to_do(world, monkeypatch):
    def full(*_, **__):
        raise UsageError("B1-mail cannot be written (No space left on device).")

    with monkeypatch.context() as patched:
        patched.setattr(files, "hand_over", full)
        with pytest.raises(UsageError, match=r"is recorded all the same.*the same command again"):
            world.make()
    assert world.make().again


LINES = {
    "two lines": {"practice_address": "2 Example Street\nExample Town"},
    "another encoding": {"practice_name": "ZoÃ« Surgery"},
    "no mobile": {"seed_row": {"mobile": "12345"}},
    "no e-mail": {"seed_row": {"email": "study at example"}},
}


@pytest.mark.parametrize("change", LINES.values(), ids=LINES)
def test_settings_that_no_list_can_hold_are_refused_before_anything_is_recorded(change):
    data = SETTINGS.model_dump(mode="json")
    data |= {
        name: data[name] | value if isinstance(value, dict) else value
        for name, value in change.items()
    }
    with pytest.raises(DefinitionError, match="seed_row"):
        load_settings(None, data)


def test_a_list_that_cannot_be_written_is_found_before_anything_is_recorded(world):
    before = world.ledger.read_bytes()
    wrong = world.order(settings={"practice_address": "2 Example Street\nExample Town"})
    with pytest.raises(SafetyRefusal, match="The list was not written"):
        world.make(wrong)
    assert world.ledger.read_bytes() == before
    assert not (world.folder / "out").exists()


def test_too_few_ids_leave_the_opt_outs_unrecorded_as_it_says(world):
    before = world.ledger.read_bytes()
    (world.folder / "ids.csv").write_text("invite_id\n", encoding="utf-8")
    with pytest.raises(UsageError, match="Nothing was recorded"):
        world.make(invite_ids=world.folder / "ids.csv")
    assert world.ledger.read_bytes() == before


def replied(world, kind="interested"):
    letter = world.letters()["plain1"]
    path = world.folder / "replies.csv"
    path.write_text(
        f"invite_id,reply,received_on\n{letter.invite_id},{kind},{MAILING}\n", encoding="utf-8"
    )
    read_replies(path, world.book(), today=MAILING).record(world.book(), who=BY, at=AT)
    return letter


@pytest.mark.parametrize("kind", ["interested", "declined"])
def test_after_replies_only_the_practices_own_lists_are_written_again(world, kind):
    world.make()
    out = world.folder / "out"
    before = {path.name: path.read_bytes() for path in out.iterdir() if "mail" not in path.name}
    letter = replied(world, kind)
    shutil.rmtree(out)
    made = world.make()
    assert made.sent
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert letter.invite_id in {
        row["invite_id"] for row in rows_of(out / "B1-invited.PRACTICE-ONLY.csv")
    }
    from instep_cohort.recruitment.inviting.saying import as_text

    assert "so it has been sent" in as_text(made, dry_run=False)


def test_what_a_batch_was_made_from_otherwise_is_named_where_its_note_is_there(world):
    world.make(world.order(size=5))
    with (world.folder / "contacts.csv").open("a", encoding="utf-8") as contacts:
        contacts.write(f"{pid('new')},,New,Example,,,,,,,,\n")
    changed = world.order(size=6, settings={"practice_name": "Another"})
    with pytest.raises(SafetyRefusal, match="What differs: contacts, practice_name, size\\."):
        world.make(changed)
    for note in ("{}", "no JSON", '{"made_from": {"sha256": 1}}', None):
        path = world.folder / "out/B1-invited.PRACTICE-ONLY.csv.json"
        path.unlink() if note is None else path.write_text(note, encoding="utf-8")
        with pytest.raises(SafetyRefusal, match=r"other files\. To write its files once more"):
            world.make(changed)


def test_the_note_of_a_mail_file_does_not_name_the_study(world):
    world.make()
    out = world.folder / "out"
    note = json.loads((out / "B1-mail.PROCESSOR-MAIL.csv.json").read_text("utf-8"))
    assert "study" not in note
    assert "small" not in json.dumps(note)
    own = json.loads((out / "B1-invited.PRACTICE-ONLY.csv.json").read_text("utf-8"))
    assert own["study"] == "small"


# what nobody should get round


def test_whatever_the_size_everybody_is_counted(world):
    made = world.make(world.order(size=10**30, seed=-(10**30), tiers=tuple(Tier)))
    parts = len(made.drawing.removed) + len(made.drawing.letters)
    assert len(made.drawing.considered) == parts
    assert set(PLAIN) <= set(world.letters())


def test_a_reply_that_comes_in_while_a_reminder_is_made_stops_it(world, monkeypatch):
    world.make()
    real = making.draw

    def slow(order, sources):
        drawing = real(order, sources)
        replied(world)
        return drawing

    monkeypatch.setattr(making, "draw", slow)
    with pytest.raises(SafetyRefusal, match=r"Nothing was recorded.*a reply is there already"):
        world.make(reminder(world, "B1-R1", MAILING + timedelta(7)))
    assert "B1-R1" not in world.book().standing.batches
