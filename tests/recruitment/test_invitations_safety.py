"""The safety rules S1 to S6, S13 and S15, as far as letters hold them: each fails without its rule."""

import csv
from dataclasses import replace
from datetime import date, timedelta

import pytest
from inviting_practice import AT, BY, FRESH, LISTED, MAILING, PLAIN, SETTINGS, pid, rows_of

from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.disclosure.columns import MAIL_COLUMNS
from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.inviting.replies import read_replies
from instep_cohort.recruitment.inviting.settings import load_settings
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Decided, Ledger, OptedOut
from instep_cohort.recruitment.vocabulary import Decision, LegalBasis, OptOutKind, Tier

SENT = sorted([*PLAIN, "healed", "listed_national", "out_of_work"])


def nothing_happened(world):
    return "B1" not in world.book().standing.batches and not (world.folder / "out").exists()


# S1: no list without a dated opt-out input, a young enough extract, a matching practice code


def test_S1_no_list_without_an_answer_about_opt_outs(world):
    order = world.order(answers=OptOutAnswers())
    with pytest.raises(SafetyRefusal, match="Nobody has said who asked the practice"):
        world.make(order)
    assert nothing_happened(world)


def test_S1_no_list_by_an_old_opt_out_list(world):
    old = OptOutAnswers(world.folder / "opt-outs.csv", MAILING - timedelta(31), None)
    with pytest.raises(SafetyRefusal, match="31 days old on the mailing date"):
        world.make(world.order(answers=old))
    as_old_as_may_be = OptOutAnswers(world.folder / "opt-outs.csv", MAILING - timedelta(30), None)
    world.make(world.order(answers=as_old_as_may_be))


def test_S1_no_list_by_an_old_extract(world):
    age = (MAILING - FRESH).days
    with pytest.raises(SafetyRefusal, match=f"{age} days old on the mailing date"):
        world.make(world.order(settings={"max_extract_age_days": age - 1}))
    assert nothing_happened(world)
    world.make(world.order(settings={"max_extract_age_days": age}))


def test_S1_no_list_by_an_extract_older_than_the_search_or_later_than_the_mailing(world):
    with pytest.raises(SafetyRefusal, match="after the mailing date"):
        world.make(world.order(mailing_on=FRESH - timedelta(1)))
    run = world.sources(store=world.before).run
    run.cohort.manifest["store"]["extract_date"] = "2026-11-02"
    sources = world.sources(store=world.before)
    object.__setattr__(sources, "run", run)
    from instep_cohort.recruitment.inviting.drawing import draw

    with pytest.raises(SafetyRefusal, match="older than the one that was searched"):
        draw(world.order(settings={"max_extract_age_days": 90}), sources)


@pytest.mark.parametrize(
    ("missing", "said"), [("store", "without a fresh extract"), ("contacts", "without names")]
)
def test_S1_no_list_without_an_extract_or_addresses(world, missing, said):
    with pytest.raises(SafetyRefusal, match=said):
        world.sources(**{missing: None})


def test_S1_no_list_with_the_ledger_or_key_of_another_practice(world):
    other = {"practice": "0P9", "study": "small"}
    ledger = Ledger.create(world.folder / "other.ledger", **other, who=BY, at=AT)
    with pytest.raises(SafetyRefusal, match="0P9"):
        world.sources(ledger=ledger.path)
    key = Key.create(world.folder / "other.key", **other)
    with pytest.raises(SafetyRefusal, match="0P9"):
        world.sources(key=key.path)


def test_S1_no_list_from_the_extract_of_another_practice(world, monkeypatch):
    from instep_cohort.recruitment.inviting import drawing

    real = drawing.search_again
    monkeypatch.setattr(
        drawing,
        "search_again",
        lambda *args, **more: replace(real(*args, **more), practices=frozenset({"0P7"})),
    )
    with pytest.raises(SafetyRefusal, match="The extract is of practice 0P7, not of 0P1"):
        world.make()
    assert nothing_happened(world)


def test_S1_no_list_by_the_protocol_of_another_study(world):
    with pytest.raises(SafetyRefusal, match="of the study other"):
        world.make(world.order(settings={"study": "other"}))


# S2: what an opt-out does follows the legal basis, and an unknown one refuses

BY_BASIS = {
    LegalBasis.CARE_TEAM: {"listed_national"},
    LegalBasis.SECTION_251: set(),
    LegalBasis.NATIONAL_SERVICE: set(),
}


@pytest.mark.parametrize("basis", LegalBasis)
def test_S2_a_national_opt_out_removes_where_the_basis_demands_it(world, basis):
    world.make(world.order(settings={"legal_basis": basis}, national_by="N. Shah, manager"))
    written_to = set(world.letters())
    assert written_to & {"listed_national", "type_1", *LISTED} == BY_BASIS[basis]


@pytest.mark.parametrize("basis", [LegalBasis.SECTION_251, LegalBasis.NATIONAL_SERVICE])
def test_S2_national_opt_outs_that_nobody_has_looked_up_refuse(world, basis):
    order = world.order(settings={"legal_basis": basis})
    with pytest.raises(SafetyRefusal, match="national data opt-outs must be applied"):
        world.make(order)
    nobody = OptOutAnswers(None, None, "N. Shah, manager")
    with pytest.raises(SafetyRefusal, match="national data opt-outs must be applied"):
        world.make(
            world.order(settings={"legal_basis": basis}, answers=nobody, national_by="N. Shah")
        )


@pytest.mark.parametrize("said", [None, "gdpr", "", "Care_Team"])
def test_S2_an_unknown_legal_basis_refuses(said):
    data = SETTINGS.model_dump(mode="json") | {"legal_basis": said}
    with pytest.raises(SafetyRefusal, match="there is no default"):
        load_settings(None, data)


def test_S2_a_type_1_dissent_is_overridden_by_a_caldicott_lead_of_the_care_team_alone(world):
    lead = {"type_1_overridden_by": "C. Lead, Caldicott lead"}
    world.make(world.order(settings=lead))
    assert "type_1" in world.letters()
    assert "listed_type_1" not in world.letters()  # the practice's own list stands (RULES.md §8)
    assert world.book().standing.batches["B1"].type_1_overridden_by == "C. Lead, Caldicott lead"
    for basis in ("section_251", "national_service"):
        data = SETTINGS.model_dump(mode="json") | {"legal_basis": basis} | lead
        with pytest.raises(SafetyRefusal, match="not overridden under"):
            load_settings(None, data)


# S3: opt-outs are looked up again at every batch and at every reminder


def test_S3_opt_outs_are_looked_up_again_at_every_batch(world):
    world.make(world.order(size=3))
    late = next(name for name in PLAIN if name not in world.letters())
    listed = (world.folder / "opt-outs.csv").read_text(encoding="utf-8")
    (world.folder / "opt-outs.csv").write_text(
        f"{listed}{pid(late)},research,2026-11-24\n", encoding="utf-8"
    )
    world.make(world.order("B2"))
    assert late not in world.letters("B2")
    assert set(world.letters("B2")) | set(world.letters()) == set(SENT) - {late}
    assert (OptOutKind.RESEARCH, None) in world.book().standing.opt_outs(world.token(late))


def test_S3_opt_outs_are_looked_up_again_at_every_reminder(world):
    world.make()
    with (world.folder / "opt-outs.csv").open("a", encoding="utf-8") as listed:
        listed.write(f"{pid('plain1')},research,2026-11-28\n")
    world.append(
        OptedOut(person=world.token("plain2"), opt_out=OptOutKind.DO_NOT_WRITE, source="phone"),
        key="phone",
    )
    world.append(
        Decided(
            person=world.token("plain3"),
            decision=Decision.SPEAK_AT_NEXT_VISIT,
            screened_by="Dr A",
            screened_on=MAILING,
        ),
        key="second look",
    )
    on = MAILING + timedelta(14)
    world.make(
        world.order("B1-R1", reminds="B1", mailing_on=on, settings={"max_extract_age_days": 30})
    )
    assert sorted(world.letters("B1-R1")) == sorted(set(SENT) - {"plain1", "plain2", "plain3"})


# S4: only "invite", with a screener's name and date; not screened never


def test_S4_only_invite_is_exportable_and_not_screened_never(world):
    made = world.make()
    never = {"unscreened", "refused", "discussed"}
    assert not set(world.letters()) & never
    # they are not even considered, and so not removed by any check either
    assert not set(world.names([one.token for one in made.drawing.considered])) & never
    assert not set(map(pid, never)) & set(made.drawing.removed)
    decisions = world.book().standing
    for name, letter in world.letters().items():
        decided = decisions.decision(letter.person)
        assert decided.decision is Decision.INVITE, name
        assert decided.screened_by == "Dr A"
        assert decided.screened_on <= MAILING


def test_S4_a_decision_of_after_the_mailing_date_is_none(world):
    world.append(
        Decided(
            person=world.token("plain1"),
            decision=Decision.INVITE,
            screened_by="Dr A",
            screened_on=MAILING + timedelta(1),
        ),
        key="later",
    )
    world.make()
    assert sorted(world.letters()) == sorted(set(SENT) - {"plain1"})


# S5: dead, left, outside the age range on the mailing day, palliative: excluded again


@pytest.mark.parametrize(
    "name",
    ["died", "left", "leaving", "moved", "birthday", "dying", "gone", "test", "confidential"],
)
def test_S5_whoever_is_dead_gone_too_old_or_excluded_by_now_gets_no_letter(world, name):
    made = world.make()
    assert name not in world.letters()
    assert pid(name) in made.drawing.removed
    assert pid(name) in {
        row["patient_id"] for row in rows_of(world.folder / "out/B1-removed.PRACTICE-ONLY.csv")
    }


def test_S5_age_is_that_of_the_mailing_date(world):
    day_before = date(2026, 11, 24)  # the birthday is on the 25th
    world.make(world.order(mailing_on=day_before))
    assert {"birthday", "leaving"} <= set(world.letters())


# S6: the mail file has the mailing house's columns and nothing else


def test_S6_the_mail_file_has_its_columns_and_no_word_more(world):
    world.make(world.order(size=4))
    path = world.folder / "out/B1-mail.PROCESSOR-MAIL.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert tuple(header) == MAIL_COLUMNS
    assert len(rows) == 5
    text = path.read_text(encoding="utf-8")
    for word in ("ZQ", "999", "OWNWORDS", "tier", "pain", "fit note", "AC1", "small"):
        assert word not in text
    tokens = world.tokens().values()
    assert not any(token in text for token in tokens)
    assert {row[7] for row in rows} == {"27 November 2026"}
    seeds = [row for row in rows if row[-1] == "SEED-B1"]
    assert [row[:4] for row in seeds] == [["Study", "Office", "1 Example Street", "Example Town"]]


def test_S6_the_order_of_the_rows_says_nothing_of_tiers(world):
    """The rows are in the order of their random ids, whatever the tier."""
    world.make()
    rows = rows_of(world.folder / "out/B1-mail.PROCESSOR-MAIL.csv")
    ids = [row["Custom 5 Invite ID"] for row in rows]
    assert ids == sorted(ids)
    note = (world.folder / "out/B1-mail.PROCESSOR-MAIL.csv.json").read_text(encoding="utf-8")
    assert "tier" not in note
    assert "ZQ" not in note


# S13: a limit on letters per person, and a cooling-off across studies


def test_S13_nobody_gets_more_letters_than_the_limit(world):
    def reminder(number):
        return world.order(
            f"B1-R{number}",
            reminds="B1",
            mailing_on=MAILING + timedelta(7 * number),
            settings={"max_extract_age_days": 60, "letters_per_person": 3},
        )

    world.make()
    for number in (1, 2, 3):
        world.make(reminder(number))
    assert [len(world.letters(f"B1-R{n}")) for n in (1, 2, 3)] == [len(SENT), len(SENT), 0]
    sent = world.book().standing.invitations
    assert {len(letters) for letters in sent.values()} == {3}


@pytest.mark.parametrize(
    ("study", "invited_on", "written_to"),
    [
        ("other", "2026-08-29", True),  # 90 days before the mailing: they have passed
        ("other", "2026-08-30", False),
        ("other", "2026-12-24", False),  # still to come
        ("small", "2001-01-01", False),  # this very study, however long ago
        ("SMALL", "2001-01-01", False),
    ],
)
def test_S13_after_another_invitation_the_cooling_off_has_to_pass(
    world, study, invited_on, written_to
):
    (world.folder / "others.csv").write_text(
        f"patient_id,study,invited_on\n{pid('plain1')},{study},{invited_on}\n", encoding="utf-8"
    )
    world.make()
    assert ("plain1" in world.letters()) is written_to


def test_S13_a_cooling_off_without_a_file_of_invitations_refuses(world):
    with pytest.raises(SafetyRefusal, match="90 days have to pass"):
        world.make(other_invitations=None)
    assert nothing_happened(world)


# S15: declines feed the opt-outs the same day


@pytest.mark.parametrize("reply", ["declined", "do_not_write"])
def test_S15_who_declines_is_not_written_to_again_from_that_moment(world, reply):
    world.make()
    letter = world.letters()["plain1"]
    path = world.folder / "replies.csv"
    path.write_text(
        f"invite_id,reply,received_on\n{letter.invite_id},{reply},{MAILING}\n", encoding="utf-8"
    )
    book = world.book()
    read_replies(path, book, today=MAILING).record(book, who=BY, at=AT)
    assert not book.standing.may_be_written_to(letter.person, letter.channel)
    world.make(
        world.order(
            "B1-R1",
            reminds="B1",
            mailing_on=MAILING + timedelta(7),
            settings={"max_extract_age_days": 30},
        )
    )
    assert sorted(world.letters("B1-R1")) == sorted(set(SENT) - {"plain1"})


def test_S15_a_refusal_counts_whatever_else_is_wrong_in_its_line(world):
    world.make()
    letter = world.letters()["plain1"]
    path = world.folder / "replies.csv"
    path.write_text(
        f"invite_id,reply,received_on\n{letter.invite_id},declined,last week\n", encoding="utf-8"
    )
    book = world.book()
    found = read_replies(path, book, today=MAILING)
    assert [one.line for one in found.refused] == [2]
    found.record(book, who=BY, at=AT)
    assert (OptOutKind.THIS_STUDY, None) in book.standing.opt_outs(letter.person)


def test_tier_X_is_held_back_until_the_practice_releases_it(world):
    world.make(world.order(size=1))
    drawn = world.book().standing.batches["B1"]
    assert (drawn.held_back, drawn.invited) == (1, 1)
    world.make(world.order("B2", tiers=(Tier.A, Tier.B, Tier.C, Tier.X)))
    assert world.letters("B2")["in_work"].tier is Tier.X
