"""A ledger keeps what was acknowledged, once, in order, for whoever opens it."""

import os
import re
import stat
from datetime import date

import pytest
from ledger_entries import (
    AT,
    WHO,
    WHOSE,
    append,
    decided,
    found,
    invite_id,
    mailing,
    new_ledger,
    opened,
    replied,
    token,
)
from pydantic import ValidationError

from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.ledger import (
    Cell,
    Decided,
    Found,
    Ledger,
    OptedOut,
    OptOutLifted,
    Reached,
    Released,
    StaffTime,
    summary_of,
    verify,
)
from instep_cohort.recruitment.ledger.entries import ENTRY_KINDS, as_entries
from instep_cohort.recruitment.vocabulary import (
    Channel,
    Decision,
    KnownWorkStatus,
    OptOutKind,
    Reason,
    ReplyKind,
    Route,
    Stage,
    Tier,
)

ONE_OF_EACH = [
    Found(
        person=token(1),
        route=Route.GP_NOMINATION,
        found_on=date(2026, 11, 1),
        run="0" * 64,
        tier=Tier.D,
        named_by="Dr Ünal, GP",
    ),
    Decided(
        person=token(1),
        decision=Decision.INVITE,
        screened_by="Dr A",
        screened_on=date(2026, 11, 2),
        knows_work_status=KnownWorkStatus.OUT_OF_WORK,
    ),
    *mailing("first", [1]),
    replied(1),
    Reached(person=token(1), stage=Stage.CONSENTED, reached_on=date(2027, 1, 1)),
    OptedOut(
        person=token(1), opt_out=OptOutKind.CHANNEL, channel=Channel.EMAIL, source="practice list"
    ),
    OptOutLifted(
        person=token(1),
        opt_out=OptOutKind.CHANNEL,
        channel=Channel.EMAIL,
        lifted_on=date(2027, 1, 2),
        answered_for_by="Dr A",
    ),
    StaffTime(route=Route.GP_NOMINATION, minutes=20, spent_on=date(2026, 11, 1), task="screening"),
    Released(
        release="monthly 1",
        file_sha256="a" * 64,
        threshold=5,
        cells=(Cell(table="routes", cell="code_search", shown="<5", count=3),),
    ),
]


def test_what_was_recorded_is_read_back_as_it_was(tmp_path):
    ledger = new_ledger(tmp_path)
    append(ledger, ONE_OF_EACH, "all")
    again = opened(ledger.path)
    assert [one.entry for one in again.entries()] == ONE_OF_EACH
    assert {type(one.entry) for one in again.entries()} == set(ENTRY_KINDS.values())
    assert {(one.at, one.who, one.batch_key) for one in again.entries()} == {(AT, WHO, "all")}
    assert [one.number for one in again.entries()] == list(range(1, len(ONE_OF_EACH) + 1))


def test_the_head_moves_with_every_batch_and_is_that_of_the_receipt(tmp_path):
    ledger = new_ledger(tmp_path)
    heads = [ledger.head]
    for person in range(3):
        receipt = append(ledger, [found(person)], f"{person}")
        assert (receipt.first, receipt.last, receipt.written) == (person + 1, person + 1, True)
        assert receipt.head == ledger.head == opened(ledger.path).head == verify(ledger.path).head
        heads.append(receipt.head)
    assert len(set(heads)) == len(heads)
    assert all(re.fullmatch("[0-9a-f]{64}", head) for head in heads)


def test_two_ledgers_of_one_practice_and_study_have_no_head_in_common(tmp_path):
    (tmp_path / "other").mkdir()
    one, other = new_ledger(tmp_path), new_ledger(tmp_path / "other")
    append(one, [found(1)], "1")
    append(other, [found(1)], "1")
    assert one.head != other.head
    assert verify(other.path, expected_head=one.head).faults


@pytest.mark.parametrize("reopened", [False, True])
def test_a_repeated_batch_is_written_once(tmp_path, reopened):
    ledger = new_ledger(tmp_path)
    first = append(ledger, [found(1), found(2)], "search")
    append(ledger, [found(3)], "another")
    ledger = opened(ledger.path) if reopened else ledger
    again = ledger.append(
        [found(1), found(2)], who=WHO, at="2026-11-24T10:00:00Z", batch_key="search"
    )
    assert again == first._replace(written=False)
    assert len(opened(ledger.path).entries()) == 3


@pytest.mark.parametrize(
    ("entries", "who"),
    [([found(2)], WHO), ([found(1), found(2)], WHO), ([found(1)], "somebody else")],
)
def test_another_batch_under_the_same_key_is_refused(tmp_path, entries, who):
    ledger = new_ledger(tmp_path)
    append(ledger, [found(1)], "search")
    with pytest.raises(SafetyRefusal, match="same key"):
        ledger.append(entries, who=who, at=AT, batch_key="search")
    assert len(opened(ledger.path).entries()) == 1


def test_a_ledger_sees_what_another_holder_appended(tmp_path):
    one = new_ledger(tmp_path)
    other = opened(one.path)
    append(one, [found(1), decided(1)], "a")
    assert other.standing.decision(token(1)) is None
    other.refresh()
    assert other.standing.decision(token(1)) == decided(1)
    append(other, mailing("m", [1]), "b")
    append(one, [replied(1)], "c")
    assert one.head == opened(one.path).head
    assert one.standing.batch("m") == opened(one.path).standing.batch("m") != ()


def test_a_retry_of_what_another_holder_wrote_is_known(tmp_path):
    one = new_ledger(tmp_path)
    other = opened(one.path)
    first = append(one, [found(1)], "a")
    assert append(other, [found(1)], "a") == first._replace(written=False)


def test_the_current_decision_is_the_latest_and_the_first_route_stays(tmp_path):
    ledger = new_ledger(tmp_path)
    append(ledger, [found(1), decided(1), found(1, Route.PAIN_SERVICE)], "a")
    append(ledger, [decided(1, Decision.DO_NOT_INVITE)], "b")
    now = opened(ledger.path).standing
    assert now.decision(token(1)).reason is Reason.PJ_BEREAVED
    assert [one.decision for one in now.decisions[token(1)]] == ["invite", "do not invite"]
    assert now.first_route(token(1)).route is Route.CODE_SEARCH
    assert [one.route for one in now.routes[token(1)]] == ["code_search", "pain_service"]
    assert now.persons == {token(1)}


def test_reading_of_somebody_unknown_leaves_no_trace(tmp_path):
    now = new_ledger(tmp_path).standing
    assert (now.decision("x"), now.first_route("x"), now.opt_outs("x")) == (None, None, frozenset())
    assert (now.decisions, now.routes, now.batch("x")) == ({}, {}, ())


@pytest.mark.parametrize(
    ("reply", "opt_out"),
    [
        (ReplyKind.DECLINED, OptOutKind.THIS_STUDY),
        (ReplyKind.DO_NOT_WRITE, OptOutKind.DO_NOT_WRITE),
    ],
)
def test_s15_a_decline_is_an_opt_out_at_once(tmp_path, reply, opt_out):
    ledger = new_ledger(tmp_path)
    append(ledger, [decided(1), decided(2), *mailing("m", [1, 2])], "a")
    assert ledger.standing.may_be_written_to(token(1), Channel.POST)
    append(ledger, [replied(1, reply)], "b")
    now = opened(ledger.path).standing
    assert now.opt_outs(token(1)) == {(opt_out, None)}
    assert not now.may_be_written_to(token(1), Channel.POST)
    assert now.may_be_written_to(token(2), Channel.POST)
    assert now.without_reply() == [invite_id(2)]


def test_a_refused_channel_leaves_the_others(tmp_path):
    ledger = new_ledger(tmp_path)
    refused = OptedOut(
        person=token(1), opt_out=OptOutKind.CHANNEL, channel=Channel.TEXT_MESSAGE, source="phone"
    )
    append(ledger, [refused], "a")
    assert not ledger.standing.may_be_written_to(token(1), Channel.TEXT_MESSAGE)
    assert ledger.standing.may_be_written_to(token(1), Channel.POST)


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_the_file_is_its_owners_alone(tmp_path):
    before = os.umask(0)
    try:
        ledger = new_ledger(tmp_path)
    finally:
        os.umask(before)
    append(ledger, [found(1)], "a")
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["instep.ledger"]


def test_a_ledger_is_never_made_over_another_file(tmp_path):
    ledger = new_ledger(tmp_path)
    append(ledger, [found(1)], "a")
    held = ledger.path.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        new_ledger(tmp_path)
    assert ledger.path.read_bytes() == held


def test_opening_never_makes_a_ledger(tmp_path):
    with pytest.raises(UsageError, match="There is no ledger"):
        opened(tmp_path / "none.ledger")
    assert not list(tmp_path.iterdir())


def test_a_ledger_that_has_gone_is_not_made_anew_by_appending(tmp_path):
    ledger = new_ledger(tmp_path)
    ledger.path.unlink()
    with pytest.raises(UsageError, match="There is no ledger"):
        append(ledger, [found(1)], "a")
    assert not list(tmp_path.iterdir())


def test_a_ledger_that_cannot_be_begun_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("instep_cohort.recruitment.ledger.book.SCHEMA", {"entries": "CREATE"})
    with pytest.raises(SafetyRefusal):
        new_ledger(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("whose", [{"practice": "B1"}, {"study": "other"}])
def test_a_foreign_ledger_is_refused(tmp_path, whose):
    ledger = new_ledger(tmp_path)
    with pytest.raises(SafetyRefusal, match=f"not of {next(iter(whose.values()))}"):
        Ledger.open(ledger.path, **{**WHOSE, **whose})


@pytest.mark.parametrize(
    "at",
    [
        *("", "2026-11-24", "2026-11-24T09:30:00", "2026-11-24T09:30:00+00:00"),
        *("2026-13-24T09:30:00Z", "2026-11-24 09:30:00Z", "2026-11-24T24:30:00Z"),
        *("2026-11-24T09:30:00Z\n", "٢026-11-24T09:30:00Z"),
    ],
)
def test_a_time_is_utc_and_nothing_else(tmp_path, at):
    ledger = new_ledger(tmp_path)
    with pytest.raises(UsageError, match="not a time in UTC"):
        ledger.append([found(1)], who=WHO, at=at, batch_key="a")
    assert not ledger.entries()


@pytest.mark.parametrize(
    "name", ["", " ", "\n", "a\nb", " a", "a" * 201, "a\x85b", "a\n", "a\udcff"]
)
@pytest.mark.parametrize("which", ["who", "batch_key"])
def test_a_name_is_one_line(tmp_path, name, which):
    with pytest.raises(UsageError, match="name"):
        new_ledger(tmp_path).append(
            [found(1)], **{"who": WHO, "batch_key": "a", which: name}, at=AT
        )


def test_nothing_is_no_batch(tmp_path):
    with pytest.raises(UsageError, match="nothing to record"):
        append(new_ledger(tmp_path), [], "a")


def refused_fields():
    person, day = token(1), date(2026, 1, 1)
    screened = {"person": person, "screened_by": "Dr A", "screened_on": day}
    yield Found, {"person": "9434765919", "route": Route.OTHER, "found_on": day}
    yield Found, {"person": f"{person}\n", "route": Route.OTHER, "found_on": day}
    yield Found, {"person": person, "route": "code_search", "found_on": day}
    yield Found, {"person": person, "route": Route.OTHER, "found_on": day, "note": "knee"}
    yield Decided, {**screened, "decision": Decision.DO_NOT_INVITE}
    yield Decided, {**screened, "decision": Decision.INVITE, "reason": Reason.EX_IN_WORK}
    yield (
        Decided,
        {**screened, "decision": Decision.DO_NOT_INVITE, "reason": Reason.NOT_SCREENED},
    )
    yield Decided, {**screened, "decision": Decision.INVITE, "screened_by": " "}
    yield OptedOut, {"person": person, "opt_out": OptOutKind.CHANNEL, "source": "phone"}
    yield (
        OptedOut,
        {
            "person": person,
            "opt_out": OptOutKind.RESEARCH,
            "source": "phone",
            "channel": Channel.POST,
        },
    )


@pytest.mark.parametrize(("kind", "fields"), list(refused_fields()))
def test_a_wrong_entry_cannot_be_made_and_is_not_quoted(kind, fields):
    with pytest.raises(ValidationError) as refused:
        kind(**fields)
    assert "9434765919" not in str(refused.value)
    assert "knee" not in str(refused.value)
    assert token(1) not in str(refused.value)


def test_an_entry_of_the_future_is_not_quoted():
    with pytest.raises(ValueError, match="no known kind") as refused:
        as_entries(['{"kind":"texted","person":"9434765919"}'])
    assert "9434765919" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_the_summary_counts_people(tmp_path):
    ledger = new_ledger(tmp_path)
    append(ledger, [found(1), found(2), found(1, Route.OTHER), decided(1), decided(2)], "a")
    append(ledger, [*mailing("m", [1, 2]), replied(1, ReplyKind.DECLINED)], "b")
    append(ledger, mailing("r", [2], letter=2), "c")
    shown = summary_of(ledger.path)
    counts = {
        name: {what: n for what, n in counted.items() if n}
        for name, counted in shown.counts().items()
        if isinstance(counted, dict)
    }
    assert counts == {
        "entries": {"found": 3, "decided": 2, "batch_drawn": 2, "invited": 3, "replied": 1},
        "first_routes": {"code_search": 2},
        "decisions": {"invite": 2},
        "letters": {"invitation": 2, "reminder 1": 1},
        "replies": {"declined": 1},
        "opt_outs": {"this_study": 1},
        "reached": {},
    }
    assert shown.counts()["artefact_class"] == "PRACTICE-ONLY"
    assert repr(shown).startswith("PRACTICE-ONLY")
    assert token(1) not in repr(shown)
