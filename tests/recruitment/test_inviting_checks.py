"""Each check at export: whom it removes and by which words, and that nobody else would."""

from dataclasses import replace

import pyarrow.compute as pc
import pytest
from inviting_practice import PLAIN, contact_rows, name_of, pid, rows_of, write_contacts

from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.contacts import Contact
from instep_cohort.recruitment.inviting import checking_again
from instep_cohort.recruitment.inviting.checking_again import CHECKS
from instep_cohort.recruitment.inviting.drawing import draw
from instep_cohort.recruitment.inviting.written import can_be_written, is_email
from instep_cohort.recruitment.ledger import OptedOut
from instep_cohort.recruitment.vocabulary import WRITING_CHANNELS, Channel, OptOutKind, Reason

# who is removed; the reason code; the words of the list that stays in the practice; the check
REMOVED = """
name            | reason              | why                                                | check
gone            | AD_LEFT             | not in the fresh extract                           | _in_extract
died            | AD_DIED             | died                                               | _alive
left            | AD_LEFT             | left the practice                                  | _registered
leaving         | AD_LEFT             | left the practice                                  | _registered
moved           | AD_LEFT             | left the practice                                  | _registered
test            |                     | a test patient                                     | _real
confidential    |                     | a confidential patient                             | _not_confidential
birthday        | EX_AGE              | age on the mailing date                            | _of_age
dying           |                     | exclusion of the study: palliative_care            | _not_excluded
dissents        | AD_OPT_OUT          | opt-out in the record: research contact            | _no_research_dissent
dissents_ahead  | AD_OPT_OUT          | opt-out in the record: research contact            | _no_research_dissent
type_1          | AD_OPT_OUT          | opt-out in the record: type 1                      | _no_type_1
listed          | AD_OPT_OUT          | opt-out on the practice's list: research           | _not_listed
listed_type_1   | AD_OPT_OUT          | opt-out on the practice's list: type 1             | _not_listed
do_not_write    | AD_OPT_OUT          | opt-out in the ledger: do not write                | _not_opted_out
twice_a         | AD_DUPLICATE        | two records with one NHS number                    | _once
twice_b         | AD_DUPLICATE        | two records with one NHS number                    | _once
elsewhere       | AD_RECENTLY_INVITED | invited to another study in the cooling-off time   | _cooled_off
no_address      | AD_NO_ADDRESS       | no address                                         | _reachable
no_contact      | AD_NO_ADDRESS       | not in the contacts file                           | _reachable
no_post         | AD_NO_ADDRESS       | post refused                                       | _reachable
formula         | AD_NO_ADDRESS       | name or address cannot stand in a list as it is: mend it in the record | _reachable
"""
ROWS = [
    tuple(cell.strip() for cell in line.split("|")) for line in REMOVED.strip().splitlines()[1:]
]


def removed_by(made):
    return {name_of(who): bar for who, bar in made.removed.items()}


def test_the_checks_remove_exactly_these_people_for_these_reasons(world):
    found = removed_by(draw(world.order(), world.sources()))
    assert {(name, str(bar.reason or ""), bar.what) for name, bar in found.items()} == {
        row[:3] for row in ROWS
    }


@pytest.mark.parametrize("check", sorted({row[3] for row in ROWS} - {"_in_extract", "_reachable"}))
def test_without_a_check_exactly_its_people_would_get_a_letter(world, monkeypatch, check):
    monkeypatch.setattr(
        checking_again, "CHECKS", tuple(one for one in CHECKS if one.__name__ != check)
    )
    found = removed_by(draw(world.order(), world.sources()))
    said = {name: bar.what for name, bar in found.items()}
    # whoever is not removed, or by another check that also sees them
    changed = {row[0] for row in ROWS if said.get(row[0]) != row[2]}
    assert changed == {row[0] for row in ROWS if row[3] == check}


@pytest.mark.parametrize(
    ("check", "error"), [("_in_extract", KeyError), ("_reachable", SafetyRefusal)]
)
def test_without_these_checks_nothing_can_be_drawn(world, monkeypatch, check, error):
    monkeypatch.setattr(
        checking_again, "CHECKS", tuple(one for one in CHECKS if one.__name__ != check)
    )
    with pytest.raises(error):
        draw(world.order(), world.sources())


def test_there_is_no_check_without_its_test():
    tested = {row[3] for row in ROWS} | {"_within_limit", "_decided", "_own_name"}
    # S13, S3 at reminders, and test_inviting_slips
    assert {one.__name__ for one in CHECKS} == tested


def test_a_required_line_no_longer_met_removes_nobody_and_is_shown(world):
    made = draw(world.order(), world.sources())
    assert {name_of(one.patient_id): one.no_longer_met for one in made.letters}["healed"] == (
        "medicine",
    )
    assert made.kept_with_notes() == [
        ("no longer meets: medicine", 1),
        ("has a national opt-out", 1),
    ]


def test_who_came_by_another_route_need_not_have_met_the_required_lines(world):
    sources = world.sources()
    of_the_search = sources.run.candidates
    others = pc.not_equal(of_the_search["patient_id"], pid("healed"))
    run = replace(sources.run, candidates=of_the_search.filter(others))
    made = draw(world.order(), replace(sources, run=run))
    notes = {name_of(one.patient_id): one.no_longer_met for one in made.letters}
    assert notes["healed"] == ()


def test_each_channel_is_used_only_by_who_agreed_to_it(world):
    settings = {"channels": (Channel.TEXT_MESSAGE, Channel.EMAIL, Channel.POST)}
    made = draw(world.order(settings=settings), world.sources())
    by = {name_of(one.patient_id): one.channel for one in made.letters}
    assert by.pop("plain1") is by.pop("no_post") is Channel.TEXT_MESSAGE
    assert by.pop("plain2") is Channel.EMAIL
    assert set(by.values()) == {Channel.POST}


def test_a_channel_that_the_ledger_has_as_refused_is_not_used(world):
    world.append(
        *(
            OptedOut(
                person=world.token(name),
                opt_out=OptOutKind.CHANNEL,
                channel=Channel.TEXT_MESSAGE,
                source="phone",
            )
            for name in ("plain1", "no_post")
        ),
        key="refused",
    )
    settings = {"channels": (Channel.TEXT_MESSAGE, Channel.POST)}
    made = draw(world.order(settings=settings), world.sources())
    by = {name_of(one.patient_id): one.channel for one in made.letters}
    assert by["plain1"] is Channel.POST
    bar = removed_by(made)["no_post"]
    assert bar.reason is Reason.AD_NO_ADDRESS
    assert bar.what == "text message refused; post refused"


HOSTILE = [
    *("=HYPERLINK(1)", "+44", "-Smith", "@SUM(1)", "\u202etxt", "A\x00B", "\x1b[31m", "\ufeff=1"),
]


@pytest.mark.parametrize("cell", HOSTILE, ids=ascii)
@pytest.mark.parametrize("column", ["first_name", "surname", "address", "usual_gp"])
def test_a_cell_that_runs_or_does_not_print_is_in_no_list(cell, column):
    contact = Contact(
        patient_id="1",
        nhs_number="",
        title="",
        first_name="A",
        surname="B",
        address=("C", "D"),
        mobile="07700 900123",
        email="a@example.org",
        usual_gp="",
        channels=frozenset(),
    )
    assert all(can_be_written(contact, channel) for channel in WRITING_CHANNELS)
    wrong = replace(contact, **{column: ("C", cell) if column == "address" else cell})
    assert not can_be_written(wrong, Channel.POST)
    assert can_be_written(wrong, Channel.TEXT_MESSAGE) is (column != "first_name")
    assert can_be_written(wrong, Channel.EMAIL) is (column not in ("first_name", "surname"))


@pytest.mark.parametrize(
    "text", ["a@b", "=a@example.org", "a@example.org,b@example.org", "a b@c.d"]
)
def test_an_email_address_that_is_none_is_in_no_list(text):
    assert not is_email(text)


def test_a_cell_that_no_list_can_carry_removes_the_person_and_says_so(world):
    rows = contact_rows()
    next(row for row in rows if row["patient_id"] == pid("plain1"))["address_1"] = "=1+1"
    write_contacts(world.folder / "contacts.csv", rows)
    made = world.make()
    assert "plain1" not in world.letters()
    assert removed_by(made.drawing)["plain1"] == removed_by(made.drawing)["formula"]
    assert set(PLAIN) - {"plain1"} <= set(world.letters())


def test_names_as_people_have_them_go_into_the_list_as_they_are(world):
    names = ["O'Brien", 'Quote "Q" Example', "Ünü, Ł", "St. John-Smythe", "李", "d’Arc – Né"]
    rows = contact_rows()
    for person, name in zip(PLAIN, names, strict=True):
        next(row for row in rows if row["patient_id"] == pid(person))["surname"] = name
    write_contacts(world.folder / "contacts.csv", rows)
    world.make()
    mailed = rows_of(world.folder / "out/B1-mail.PROCESSOR-MAIL.csv")
    assert set(names) <= {row["Surname"] for row in mailed}


UNMATCHED = "No row of this extract is matched by the opt-out list {}"


def test_an_opt_out_list_that_matches_no_row_must_be_acknowledged_by_name(world, monkeypatch):
    from instep_cohort.recruitment.inviting import drawing

    real = drawing.search_again
    monkeypatch.setattr(
        drawing,
        "search_again",
        lambda *args, **more: replace(real(*args, **more), lists_without_rows=("wishes",)),
    )
    with pytest.raises(SafetyRefusal, match=UNMATCHED.format("wishes")):
        world.make()
    with pytest.raises(SafetyRefusal, match=UNMATCHED.format("wishes")):
        world.make(world.order(acknowledged=frozenset({"others"})))
    assert world.make(world.order(acknowledged=frozenset({"wishes"}))).files


def test_lists_without_rows_are_found(world):
    from instep_cohort.cohort.searching_again import search_again

    sources = world.sources(store=world.before)
    again = search_again(
        sources.run.cohort.manifest,
        sources.store,
        [pid("plain1")],
        mailing_on=sources.store.extract_date,
        answers=world.answers(),
        codelists=world.codelists,
    )
    assert again.lists_without_rows == ("wishes",)  # nobody had opted out by then
    assert list(again.people) == [pid("plain1")]


def test_a_practice_list_of_nobody_in_the_extract_must_be_acknowledged_too(world):
    (world.folder / "opt-outs.csv").write_text(
        "patient_id,kind,recorded_on\nQ1,research,\n", encoding="utf-8"
    )
    with pytest.raises(SafetyRefusal, match=UNMATCHED.format("practice-list")):
        world.make()
    assert world.make(world.order(acknowledged=frozenset({"practice-list"}))).files


def test_an_empty_practice_list_is_an_answer(world):
    (world.folder / "opt-outs.csv").write_text("patient_id,kind,recorded_on\n", encoding="utf-8")
    world.make()
    assert {"listed", "listed_type_1"} <= set(world.letters())
