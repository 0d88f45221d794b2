"""Whatever comes in whatever order: nobody is invited twice, nobody who opted out gets a row."""

from datetime import timedelta
from itertools import count

import inviting_practice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inviting_practice import AT, BY, MAILING, pid, rows_of

from instep_cohort.errors import InstepError
from instep_cohort.recruitment.inviting.replies import read_replies
from instep_cohort.recruitment.ledger import Decided, OptedOut
from instep_cohort.recruitment.vocabulary import (
    ALWAYS_REMOVES,
    Channel,
    Decision,
    OptOutKind,
    Reason,
    ReplyKind,
    Tier,
)

PEOPLE = st.sampled_from([*inviting_practice.PLAIN, "out_of_work", "in_work", "healed", "no_post"])
TIERS = st.sampled_from([(Tier.A,), (Tier.C,), (Tier.A, Tier.C), tuple(Tier)])
STEPS = st.one_of(
    st.tuples(st.just("make"), st.integers(1, 3), TIERS, st.integers(1, 6)),
    st.tuples(st.just("remind"), st.integers(1, 3), st.integers(1, 2)),
    st.tuples(st.just("reply"), PEOPLE, st.sampled_from(ReplyKind)),
    st.tuples(st.just("opt out"), PEOPLE, st.sampled_from(OptOutKind)),
    st.tuples(st.just("listed"), PEOPLE),
    st.tuples(st.just("decide"), PEOPLE, st.sampled_from(Decision)),
)
FOLDERS = count()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=9))
def test_nobody_is_invited_twice_and_nobody_who_opted_out_gets_a_row(
    screened_practice, tmp_path, steps
):
    world = inviting_practice.copied(screened_practice, tmp_path / str(next(FOLDERS)))
    for number, step in enumerate(steps):
        barred = barred_now(world)
        try:
            take(world, step, f"step {number}")
        except InstepError:
            continue
        sent = world.book().standing
        once = [(one.person, one.letter) for each in sent.invitations.values() for one in each]
        assert len(once) == len(set(once))
        assert len(set(sent.invite_ids.values())) == len(sent.invite_ids)
        if step[0] in ("make", "remind"):
            check_files(world, name_of_batch(step), barred)


def barred_now(world):
    standing = world.book().standing
    return {
        token
        for token in world.tokens().values()
        if ALWAYS_REMOVES & {kind for kind, _ in standing.opt_outs(token)}
        or (OptOutKind.CHANNEL, Channel.POST) in standing.opt_outs(token)
        or not (decided := standing.decision(token))
        or decided.decision is not Decision.INVITE
    }


def name_of_batch(step):
    return f"B{step[1]}" if step[0] == "make" else f"B{step[1]}-R{step[2]}"


def take(world, step, key):
    match step:
        case "make", number, tiers, size:
            world.make(world.order(f"B{number}", tiers=tiers, size=size))
        case "remind", number, reminder:
            world.make(
                world.order(
                    f"B{number}-R{reminder}",
                    reminds=f"B{number}",
                    mailing_on=MAILING + timedelta(7 * reminder),
                    settings={"max_extract_age_days": 60},
                )
            )
        case "reply", name, kind:
            letter = world.letters_by_name().get(name)
            invite_id = letter.invite_id if letter else "nobody's"
            path = world.folder / "replies.csv"
            path.write_text(
                f"invite_id,reply,received_on\n{invite_id},{kind},{MAILING}\n", encoding="utf-8"
            )
            book = world.book()
            read_replies(path, book, today=MAILING).record(book, who=BY, at=AT)
        case "opt out", name, kind:
            channel = Channel.POST if kind is OptOutKind.CHANNEL else None
            one = OptedOut(person=world.token(name), opt_out=kind, channel=channel, source="phone")
            world.append(one, key=key)
        case "listed", name:
            with (world.folder / "opt-outs.csv").open("a", encoding="utf-8") as listed:
                listed.write(f"{pid(name)},research,\n")
        case "decide", name, decision:
            reason = Reason.PJ_OTHER if decision is Decision.DO_NOT_INVITE else None
            world.append(
                Decided(
                    person=world.token(name),
                    decision=decision,
                    reason=reason,
                    screened_by="Dr B",
                    screened_on=MAILING,
                ),
                key=key,
            )


def check_files(world, batch, barred):
    """The mail file holds the ledger's people, and nobody who was barred or is on the list."""
    letters = world.book().standing.batch(batch)
    path = world.folder / f"out/{batch}-mail.PROCESSOR-MAIL.csv"
    if not letters:
        assert not path.exists()
        return
    listed = {row["patient_id"] for row in rows_of(world.folder / "opt-outs.csv")}
    listed -= {pid("listed_national")}
    ids = {row["Custom 5 Invite ID"] for row in rows_of(path)} - {f"SEED-{batch}"}
    by_id = {one.invite_id: one.person for one in letters}
    assert ids <= set(by_id)
    written_to = {by_id[one] for one in ids}
    assert not written_to & barred
    assert not written_to & {token for who, token in world.tokens().items() if who in listed}
