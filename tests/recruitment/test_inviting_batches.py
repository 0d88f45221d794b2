"""A batch: drawn by its seed, recorded once, its files written again after a kill to the byte."""

import random

import pytest
from inviting_practice import AT, BY, MAILING, SETTINGS, pid, rows_of

from cohort.small_practice import tree
from instep_cohort.errors import DefinitionError, SafetyRefusal, UsageError
from instep_cohort.recruitment.inviting import making
from instep_cohort.recruitment.inviting.plan import plan_invitations
from instep_cohort.recruitment.inviting.sampling import sample
from instep_cohort.recruitment.inviting.settings import load_settings, read_tiers
from instep_cohort.recruitment.inviting.sources import read_invite_ids
from instep_cohort.recruitment.inviting.written import in_digits
from instep_cohort.recruitment.ledger import Decided, OptedOut, verify
from instep_cohort.recruitment.tokens import new_invite_ids, new_tokens
from instep_cohort.recruitment.vocabulary import (
    Channel,
    Decision,
    LegalBasis,
    OptOutKind,
    Reason,
    Tier,
)

# the sample


def test_the_same_seed_and_pool_give_the_same_people_whatever_the_order_of_rows():
    tokens = new_tokens(60)
    tiers = {Tier.A: tokens[:20], Tier.B: tokens[20:]}
    first = sample(tiers, 30, 7)
    for turn in range(5):
        shuffled = {
            tier: random.Random(turn).sample(part, len(part)) for tier, part in tiers.items()
        }
        assert sample(dict(reversed(shuffled.items())), 30, 7) == first
    assert sample(tiers, 30, 8).drawn[Tier.B] != first.drawn[Tier.B]


def test_tiers_come_in_their_order_and_the_rest_is_counted():
    tokens = new_tokens(60)
    found = sample({Tier.C: tokens[:10], Tier.A: tokens[10:20], Tier.B: tokens[20:]}, 30, 7)
    assert {tier: len(part) for tier, part in found.drawn.items()} == {
        Tier.A: 10,
        Tier.B: 20,
        Tier.C: 0,
    }
    assert {tier: len(part) for tier, part in found.not_sampled.items()} == {
        Tier.A: 0,
        Tier.B: 20,
        Tier.C: 10,
    }
    assert found.left == 30


def test_who_drops_out_moves_nobody_else_about():
    tokens = new_tokens(40)
    drawn = sample({Tier.A: tokens}, 20, 7).everybody_drawn
    without = sample({Tier.A: [one for one in tokens if one != drawn[0]]}, 20, 7).everybody_drawn
    assert without[:19] == drawn[1:]


def test_everybody_is_drawn_about_equally_often():
    tokens = new_tokens(10)
    counts = dict.fromkeys(tokens, 0)
    for seed in range(2000):
        for token in sample({Tier.A: tokens}, 3, seed).everybody_drawn:
            counts[token] += 1
    assert all(500 < count < 700 for count in counts.values())  # 600, and six standard deviations


# the plan


def test_the_plan_counts_everybody_and_writes_nothing(world):
    before = world.ledger.read_bytes(), world.key.read_bytes()
    planned = plan_invitations(
        world.book().standing,
        tiers=(Tier.A, Tier.B),
        size=100,
        seed=7,
        mailing_on=MAILING,
        legal_basis=LegalBasis.CARE_TEAM,
    )
    assert (world.ledger.read_bytes(), world.key.read_bytes()) == before
    assert {str(row.tier): row[1:] for row in planned.tiers} == {
        # decided, invited before, held back, other tier, later, barred, drawn, not sampled
        "A": (1, 0, 0, 0, 0, 0, 1, 0),
        "C": (30, 0, 0, 30, 0, 0, 0, 0),
        "X": (1, 0, 1, 0, 0, 0, 0, 0),
    }
    assert planned.undecided == {"discuss with GP": 1, "do not invite": 1, "not screened": 1}
    wider = plan_invitations(
        world.book().standing,
        tiers=tuple(Tier),
        size=10,
        seed=7,
        mailing_on=MAILING,
        legal_basis=LegalBasis.CARE_TEAM,
    )
    assert wider.barred_by == {"do not write": 1}
    assert (wider.drawn, wider.tiers[1].not_sampled, wider.tiers[2].not_sampled) == (10, 20, 1)
    for row in wider.tiers:
        assert row.decided == sum(row[2:])


# the batch


def test_the_ledger_says_of_a_batch_what_it_was(world):
    made = world.make(world.order(size=4))
    drawn = world.book().standing.batches["B1"]
    assert (drawn.invited, drawn.not_sampled, drawn.removed, drawn.held_back) == (4, 5, 22, 1)
    assert (drawn.seed, drawn.mailing_on, drawn.legal_basis) == (7, MAILING, LegalBasis.CARE_TEAM)
    assert drawn.run == world.sources().run.sha256
    assert drawn.settings_sha256 == made.drawing.sha256
    assert made.head == world.book().head
    assert not verify(world.ledger, expected_head=made.head).faults


def test_opt_outs_found_are_in_the_ledger_before_the_batch(world):
    world.make()
    kinds = [one.entry.kind for one in world.book().entries()]
    first = kinds.index("batch_drawn")
    assert kinds[first - 6 : first] == ["opted_out"] * 6
    standing = world.book().standing
    assert {
        name: sorted(kind for kind, _ in standing.opt_outs(world.token(name)))
        for name in ("dissents", "type_1", "listed", "listed_type_1", "listed_national", "plain1")
    } == {
        "dissents": ["research"],
        "type_1": ["type_1"],
        "listed": ["research"],
        "listed_type_1": ["type_1"],
        "listed_national": ["national"],
        "plain1": [],
    }


def test_a_dry_run_writes_nothing_and_says_what_would_be(world):
    before = tree(world.folder)
    dry = world.make(dry_run=True)
    assert tree(world.folder) == before
    made = world.make()
    assert dry.drawing.letters == made.drawing.letters
    assert dry.drawing.removed == made.drawing.removed


def test_a_dry_run_needs_no_new_ids(world):
    assert world.make(dry_run=True).drawing.letters


class KilledError(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("after", ["opt-outs", "batch", "removed", "invited", "mail"])
def test_after_a_kill_the_same_command_finishes_the_same_batch(
    world, screened_practice, monkeypatch, after
):
    with monkeypatch.context() as patched:
        _kill(patched, after)
        with pytest.raises(KilledError):
            world.make(world.order(size=5))
    drawn_before = dict(world.letters())
    made = world.make(world.order(size=5), by=BY if after == "opt-outs" else "Somebody Else, nurse")
    assert made.again is (after != "opt-outs")
    if drawn_before:
        assert world.letters() == drawn_before
    assert len(world.letters()) == 5
    assert len(made.files) == 3
    first = tree(world.folder / "out")
    assert world.make(world.order(size=5)).head == made.head
    assert tree(world.folder / "out") == first
    assert not verify(world.ledger, expected_head=made.head).faults


def _kill(patched, after):
    from instep_cohort.recruitment.inviting import files
    from instep_cohort.recruitment.ledger import Ledger

    if after in ("opt-outs", "batch"):
        real = Ledger.append

        def append(self, entries, **more):
            receipt = real(self, entries, **more)
            if more["batch_key"].startswith("opt-outs" if after == "opt-outs" else "batch"):
                raise KilledError
            return receipt

        patched.setattr(Ledger, "append", append)
        return
    real_door = files.hand_over

    def door(path, *args, **more):
        done = real_door(path, *args, **more)
        if after in path.name:
            raise KilledError
        return done

    patched.setattr(files, "hand_over", door)


def test_a_batch_made_again_from_something_else_is_refused(world):
    world.make(world.order(size=5))
    for change in (
        {"size": 6},
        {"seed": 8},
        {"settings": {"practice_name": "Another"}},
        {"acknowledged": frozenset({"wishes"})},
    ):
        with pytest.raises(SafetyRefusal, match="drawn by other settings or from other files"):
            world.make(world.order(**{"size": 5, **change}))
    with (world.folder / "contacts.csv").open("a", encoding="utf-8") as contacts:
        contacts.write(f"{pid('new')},,New,Example,,,,,,,,\n")
    with pytest.raises(SafetyRefusal, match="drawn by other settings or from other files"):
        world.make(world.order(size=5))


def opted_out(token):
    return OptedOut(person=token, opt_out=OptOutKind.DO_NOT_WRITE, source="phone")


def decided_anew(token):
    return Decided(
        person=token,
        decision=Decision.DO_NOT_INVITE,
        reason=Reason.PJ_BEREAVED,
        screened_by="Dr B",
        screened_on=MAILING,
    )


@pytest.mark.parametrize("since", [opted_out, decided_anew])
def test_what_comes_in_before_the_files_are_written_keeps_people_out_of_them(world, since):
    world.make(world.order(size=100))
    for path in (world.folder / "out").iterdir():
        path.unlink()
    letter = world.letters()["plain1"]
    world.append(since(letter.person), key="x")
    made = world.make()
    assert made.left_out == 1
    text = (world.folder / "out/B1-mail.PROCESSOR-MAIL.csv").read_text(encoding="utf-8")
    assert letter.invite_id not in text
    own = rows_of(world.folder / "out/B1-invited.PRACTICE-ONLY.csv")
    assert letter.invite_id not in {row["invite_id"] for row in own}


def test_halves_of_files_that_a_kill_has_left_are_cleared_away(world):
    world.make(world.order(size=100))
    out = world.folder / "out"
    halves = [".B1-mail.PROCESSOR-MAIL.csv-a1b2", ".B1-invited.PRACTICE-ONLY.csv.json-a1b2"]
    for name in (*halves, ".B2-mail.PROCESSOR-MAIL.csv-a1b2"):
        (out / name).write_text("half", encoding="utf-8")
    world.make(world.order(size=100))
    assert [path.name for path in out.glob(".*")] == [".B2-mail.PROCESSOR-MAIL.csv-a1b2"]


def test_two_batches_invite_nobody_twice_and_use_no_id_twice(world):
    world.make(world.order(size=4))
    world.make(world.order("B2", size=100))
    assert not set(world.letters()) & set(world.letters("B2"))
    ids = [one.invite_id for n in ("B1", "B2") for one in world.letters(n).values()]
    assert len(ids) == len(set(ids)) == 9


def test_another_process_that_is_faster_is_not_overtaken(world, monkeypatch):
    """Between drawing and recording somebody else records a batch with the same people."""
    real = making.draw

    def slow(order, sources):
        drawing = real(order, sources)
        monkeypatch.setattr(making, "draw", real)
        world.make(world.order("B2", size=3))
        return drawing

    monkeypatch.setattr(making, "draw", slow)
    with pytest.raises(SafetyRefusal, match="the person was invited before"):
        world.make(world.order("B1"))
    assert "B1" not in world.book().standing.batches


def test_nobody_left_is_no_batch_and_no_file(world):
    world.make()
    made = world.make(world.order("B2"))
    assert not made.files
    assert "B2" not in world.book().standing.batches


@pytest.mark.parametrize(
    "name", ["", "b1", "tier-A", "B0", "B1-R0", "../B1", "B1.csv", "back pain"]
)
def test_the_name_of_a_batch_can_say_nothing_of_its_people(world, name):
    with pytest.raises(UsageError, match="must say nothing"):
        world.make(world.order(name))


def test_another_file_in_the_place_of_one_is_not_touched_and_nothing_is_recorded(world):
    (world.folder / "out").mkdir()
    other = world.folder / "out/B1-mail.PROCESSOR-MAIL.csv"
    other.write_text("another", encoding="utf-8")
    with pytest.raises(UsageError, match="give another folder"):
        world.make()
    assert other.read_text(encoding="utf-8") == "another"
    assert "B1" not in world.book().standing.batches


def test_files_of_a_batch_are_their_owners_alone(world):
    made = world.make()
    assert {path.stat().st_mode & 0o777 for path in (world.folder / "out").iterdir()} == {0o600}
    assert [str(one.artefact_class) for one in made.files] == [
        *("PRACTICE-ONLY", "PRACTICE-ONLY", "PROCESSOR-MAIL"),
    ]


# invitation ids made beforehand


def ids_file(world, ids):
    path = world.folder / "ids.csv"
    path.write_text("\n".join(["invite_id", *ids, ""]), encoding="utf-8")
    return path


def test_ids_made_beforehand_are_used_in_their_order_and_once(world):
    made = new_invite_ids(12)
    path = ids_file(world, made)
    world.make(world.order(size=4), invite_ids=path)
    world.make(world.order("B2", size=5), invite_ids=path)
    used = [one.invite_id for n in ("B1", "B2") for one in world.letters(n).values()]
    assert used == made[:9]


def test_too_few_ids_made_beforehand_record_nothing(world):
    path = ids_file(world, new_invite_ids(3))
    with pytest.raises(UsageError, match="9 new invitation ids are needed, and 3 of the 3"):
        world.make(invite_ids=path)
    assert "B1" not in world.book().standing.batches


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["7KXPW-M2D9H", "W01-02-03"], ":3: This is not an invitation id"),
        (["", ""], None),
    ],
)
def test_ids_of_another_make_are_refused_by_line(world, lines, said):
    made = new_invite_ids(1)
    path = ids_file(world, [*made, *lines[1:]])
    if said is None:
        assert read_invite_ids(path).ids == tuple(made)
        return
    with pytest.raises(UsageError, match=said):
        read_invite_ids(path)
    with pytest.raises(UsageError, match=":3: the same id stands higher up"):
        read_invite_ids(ids_file(world, made * 2))


# lists by channel


def test_lists_of_text_messages_and_emails_hold_their_columns_and_a_seed_row(world):
    settings = {"channels": (Channel.TEXT_MESSAGE, Channel.EMAIL, Channel.POST)}
    world.make(world.order(settings=settings))
    texts = rows_of(world.folder / "out/B1-text-messages.PROCESSOR-MAIL.csv")
    emails = rows_of(world.folder / "out/B1-emails.PROCESSOR-MAIL.csv")
    assert list(texts[0]) == ["First name", "Mobile", "Practice", "Invite ID"]
    assert list(emails[0]) == ["First name", "Surname", "E-mail", "Practice", "Invite ID"]
    assert sorted((row["First name"], row["Mobile"]) for row in texts) == [
        ("NoPost", "07700900123"),
        ("Plain1", "07700900123"),
        ("Study", "07700900000"),
    ]
    assert sorted(row["E-mail"] for row in emails) == ["p2@example.org", "study@example.org"]
    mailed = rows_of(world.folder / "out/B1-mail.PROCESSOR-MAIL.csv")
    assert not {"Plain1", "Plain2"} & {row["First name"] for row in mailed}


NUMBERS = {
    "07700 900123": "07700900123",
    "+44 7700 900123": "07700900123",
    "+44 (0)7700 900123": "07700900123",
    "0044 7700 900123": "07700900123",
    "+353 20 913 0000": "00353209130000",
    "01632 960123": "",  # no mobile
    "07700 90012": "",
    "0770O 900123": "",
    "=07700900123": "",
    "٠٧٧٠٠٩٠٠١٢٣": "",
    "": "",
}


@pytest.mark.parametrize(("written", "digits"), NUMBERS.items())
def test_a_mobile_number_is_written_in_digits(written, digits):
    assert in_digits(written) == digits


# settings


def test_what_is_to_be_filled_in_is_refused_line_by_line(tmp_path):
    shipped = SETTINGS.model_dump(mode="json")
    path = tmp_path / "protocol.yaml"
    path.write_text(
        "study: small\nlegal_basis: care_team\nseed_row:\n  surname: FILL IN\n", "utf-8"
    )
    with pytest.raises(DefinitionError, match=r"protocol.yaml:4 seed_row.surname: .* filled in"):
        load_settings(path, {name: shipped[name] for name in shipped if name != "seed_row"})


def test_the_example_protocol_is_refused_until_it_is_filled_in():
    from pathlib import Path

    path = Path(__file__).parents[2] / "examples/recruitment/instep-protocol.yaml"
    with pytest.raises(DefinitionError) as refused:
        load_settings(path, {})
    wanted = {fault.where.split("[")[0] for fault in refused.value.faults}
    assert {"legal_basis", "letters_per_person", "cooling_off_days", "practice_name"} <= wanted
    filled = {
        name: value for name, value in SETTINGS.model_dump(mode="json").items() if name != "study"
    }
    assert load_settings(path, filled).study == "instep"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"letters_per_person": None}, "letters_per_person: it is missing"),
        ({"letters_per_person": 0}, "letters_per_person"),
        ({"max_extract_age_days": 91}, "max_extract_age_days"),
        ({"max_opt_out_list_age_days": 31}, "max_opt_out_list_age_days"),
        ({"channels": ["phone"]}, "channels"),
        ({"seed_row": {"first_name": "A", "surname": "B", "address": ["C"]}}, "seed_row.address"),
        ({"seed_row": {"first_name": "A", "surname": "B", "address": ["=C", "D"]}}, "begins with"),
        ({"tier": "A"}, "tier"),
    ],
)
def test_settings_that_are_wrong_are_refused_by_their_place(change, where):
    data = SETTINGS.model_dump(mode="json") | change
    with pytest.raises(DefinitionError, match=where):
        load_settings(None, data)


@pytest.mark.parametrize("text", ["", "E", "A;B", "A,E"])
def test_tiers_are_refused_that_are_none(text):
    with pytest.raises(UsageError, match="--tiers"):
        read_tiers(text)


def test_tiers_are_read_in_the_order_of_letters():
    assert read_tiers(" c,a ,A") == (Tier.A, Tier.C)


def test_no_message_holds_a_patient(world):
    order = world.order(size=5)
    made = world.make(order)
    from instep_cohort.recruitment.inviting.saying import as_dict, as_text

    for said in (
        repr(made),
        repr(made.drawing),
        as_text(made, dry_run=False),
        str(as_dict(made, dry_run=False)),
    ):
        assert "ZQ" not in said.replace(str(world.folder), "")
        assert not any(token in said for token in world.tokens().values())
        assert "Lane" not in said
    assert AT not in repr(made)
