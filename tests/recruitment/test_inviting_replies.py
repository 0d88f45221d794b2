"""What comes back: each line taken, or said to be wrong by its number; nothing twice."""

from datetime import timedelta

import pytest
from inviting_practice import AT, BY, MAILING

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.inviting.replies import read_replies, read_stages
from instep_cohort.recruitment.tokens import new_invite_ids
from instep_cohort.recruitment.vocabulary import (
    Channel,
    KnownWorkStatus,
    OptOutKind,
    ReplyKind,
    Stage,
)

TODAY = MAILING + timedelta(30)


@pytest.fixture
def mailed(world):
    world.make()
    return world


def ids(world):
    return {name: letter.invite_id for name, letter in world.letters().items()}


def written(world, *lines, header="invite_id,reply,received_on,channel,work_status"):
    path = world.folder / "replies.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def read(world, *lines, **more):
    book = world.book()
    return book, read_replies(written(world, *lines, **more), book, today=TODAY)


def test_replies_are_recorded_with_what_they_say(mailed):
    own = ids(mailed)
    typed = own["plain1"].lower().replace("-", " ")
    book, found = read(
        mailed,
        f"{typed},interested,{TODAY},post,out of work",
        f"{own['plain2']},Declined,{MAILING},web,",
        f"{own['plain3']},do not write,{TODAY},,",
        f"{own['plain4']},undelivered,{TODAY},post,",
    )
    assert not found.refused
    assert found.counts() == {
        "declined": 1,
        "do not write": 1,
        "interested": 1,
        "undelivered": 1,
    }
    assert found.record(book, who=BY, at=AT).written
    [one] = book.standing.replies[own["plain1"]]
    assert (one.reply, one.channel) == (ReplyKind.INTERESTED, Channel.POST)
    assert one.work_status is KnownWorkStatus.OUT_OF_WORK
    assert one.received_on == TODAY
    kinds = {
        name: book.standing.opt_outs(mailed.token(name)) for name in ("plain1", "plain2", "plain3")
    }
    assert kinds == {
        "plain1": frozenset(),
        "plain2": {(OptOutKind.THIS_STUDY, None)},
        "plain3": {(OptOutKind.DO_NOT_WRITE, None)},
    }


def test_without_being_told_to_nothing_is_recorded(mailed):
    before = mailed.ledger.read_bytes()
    read(mailed, f"{ids(mailed)['plain1']},declined,{TODAY},,")
    assert mailed.ledger.read_bytes() == before


def test_a_file_that_is_imported_again_changes_nothing(mailed):
    line = f"{ids(mailed)['plain1']},declined,{TODAY},,"
    book, found = read(mailed, line)
    head = found.record(book, who=BY, at=AT).head
    again, found = read(mailed, line)
    assert (found.new, found.known, found.refused) == ([], 1, [])
    assert found.record(again, who=BY, at=AT) is None
    longer, found = read(mailed, line, f"{ids(mailed)['plain2']},interested,{TODAY},,")
    assert (len(found.new), found.known) == (1, 1)
    assert again.head == head
    assert found.record(longer, who=BY, at=AT).written


WRONG = {
    "{other},interested,2026-12-01,,": "no letter of this practice went out",
    "{plain1}9,interested,2026-12-01,,": "a character is mistyped or missing",
    "W01-02-03,interested,2026-12-01,,": "a character is mistyped or missing",
    ",interested,2026-12-01,,": "a character is mistyped or missing",
    "{plain1},yes please,2026-12-01,,": "reply is none of interested, declined",
    "{plain1},,2026-12-01,,": "reply is none of",
    "{plain1},interested,2026-11-26,,": "before the mailing date 2026-11-27",
    "{plain1},interested,2027-01-01,,": "later than today",
    "{plain1},interested,01/12/2026,,": "received_on is no date",
    "{plain1},interested,20261201,,": "received_on is no date",
    "{plain1},interested,,,": "received_on is no date",
    "{plain1},interested,2026-12-01,pigeon,": "channel is none of post",
    "{plain1},interested,2026-12-01,,busy": "work_status is none of out_of_work",
}


@pytest.mark.parametrize(("line", "why"), WRONG.items())
def test_a_line_that_is_wrong_is_named_and_not_taken(mailed, line, why):
    own = ids(mailed)
    filled = line.format(other=new_invite_ids(1)[0], plain1=own["plain1"])
    _, found = read(mailed, f"{own['plain2']},interested,2026-12-01,,", filled)
    assert [one.line for one in found.refused] == [3]
    assert why in found.refused[0].why
    assert found.counts() == {"interested": 1}
    assert own["plain1"] not in found.refused[0].why


def test_an_id_of_another_practice_is_not_taken_though_it_looks_like_ours(mailed):
    own = ids(mailed)
    _, found = read(
        mailed,
        f"{own['plain1']},interested,{TODAY},0P9",
        f"{own['plain2']},interested,{TODAY},0P1",
        f"{own['plain3']},interested,{TODAY},",
        header="invite_id,reply,received_on,practice",
    )
    assert [(one.line, one.why) for one in found.refused] == [
        (2, "it is of another practice, by its column practice")
    ]
    assert found.counts() == {"interested": 2}


def test_the_same_line_twice_is_taken_once_and_a_change_of_mind_is_kept(mailed):
    own = ids(mailed)
    line = f"{own['plain1']},interested,{TODAY},,"
    book, found = read(mailed, line, line, f"{own['plain1']},declined,{TODAY},,")
    assert [(one.line, one.why) for one in found.refused] == [
        (3, "the same stands higher up already")
    ]
    found.record(book, who=BY, at=AT)
    assert [one.reply for one in book.standing.replies[own["plain1"]]] == [
        ReplyKind.INTERESTED,
        ReplyKind.DECLINED,
    ]


def test_the_seed_row_is_no_reply_and_no_fault(mailed):
    _, found = read(mailed, f"SEED-B1,interested,{TODAY},,", f"seed-b1,undelivered,{TODAY},,")
    assert (found.seed_rows, found.new, found.refused) == (2, [], [])


def test_whatever_came_back_there_is_no_reminder(mailed):
    own = ids(mailed)
    kinds = list(ReplyKind)
    lines = [f"{own[f'plain{n}']},{kind},{TODAY},," for n, kind in enumerate(kinds, 1)]
    book, found = read(mailed, *lines)
    found.record(book, who=BY, at=AT)
    order = mailed.order(
        "B1-R1",
        reminds="B1",
        mailing_on=MAILING + timedelta(7),
        settings={"max_extract_age_days": 30},
    )
    mailed.make(order)
    assert len(kinds) == 4
    assert not set(mailed.letters("B1-R1")) & {f"plain{n}" for n in range(1, 5)}
    assert {"plain5", "plain6"} <= set(mailed.letters("B1-R1"))
    reminded = mailed.letters("B1-R1")["plain5"]
    assert (reminded.letter, reminded.invite_id) == (2, own["plain5"])


@pytest.mark.parametrize("of", ["B9", "", "B1-R1"])
def test_a_batch_that_is_not_there_is_not_reminded(mailed, of):
    with pytest.raises(UsageError):
        mailed.make(mailed.order("B1-R1", reminds=of or "B9", mailing_on=MAILING + timedelta(7)))


def test_a_reminder_comes_later_than_the_letter(mailed):
    with pytest.raises(UsageError, match="a reminder comes later"):
        mailed.make(mailed.order("B1-R1", reminds="B1"))


def test_stages_are_recorded_by_invitation_id(mailed):
    own = ids(mailed)
    path = written(
        mailed,
        f"{own['plain1']},eligible,{TODAY}",
        f"{own['plain1']},consented,{TODAY}",
        f"{own['plain2']},won,{TODAY}",
        f"{new_invite_ids(1)[0]},eligible,{TODAY}",
        header="invite_id,stage,reached_on",
    )
    book = mailed.book()
    found = read_stages(path, book, today=TODAY)
    assert [one.line for one in found.refused] == [4, 5]
    found.record(book, who=BY, at=AT)
    reached = book.standing.reached[mailed.token("plain1")]
    assert [one.stage for one in reached] == [Stage.ELIGIBLE, Stage.CONSENTED]
    assert read_stages(path, book, today=TODAY).known == 2


@pytest.mark.parametrize("header", ["invite_id,reply", "id,reply,received_on", ""])
def test_a_file_without_its_columns_is_refused(mailed, header):
    with pytest.raises(UsageError, match="needs the columns"):
        read(mailed, "x,y", header=header)
