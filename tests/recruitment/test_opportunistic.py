"""Who is coming anyway: nobody who asked not to be spoken to, in order of time."""

import csv
import json
import stat
from dataclasses import replace
from datetime import date, time

import pytest
from routes_practice import (
    AT,
    GP,
    PRACTICE,
    WHO,
    everybody_looked_at,
    made_practice,
    new_place,
)
from typer.testing import CliRunner

from cohort.small_practice import ON
from instep_cohort.cli.app import app
from instep_cohort.cohort.practice_list import EMPTY, read_practice_list
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment.ledger import (
    BatchDrawn,
    Decided,
    Found,
    Invited,
    OptedOut,
    OptOutLifted,
)
from instep_cohort.recruitment.routes.appointments import read_appointments
from instep_cohort.recruitment.routes.opportunistic import (
    BARS,
    ON_THE_LIST,
    opportunities,
    refuse_stale,
)
from instep_cohort.recruitment.routes.opportunistic_lists import as_page
from instep_cohort.recruitment.tokens import new_invite_ids
from instep_cohort.recruitment.vocabulary import (
    Channel,
    Decision,
    LegalBasis,
    OptOutKind,
    Reason,
    Route,
    Tier,
)

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 13)
CANDIDATES = ["+ZQ06", "-ZQ07", "00ZQ01", "00ZQ02", "00ZQ03", "00ZQ04", "@ZQ08"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_practice(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def place(made, tmp_path):
    return new_place(*made, tmp_path)


def appointments(place, *rows, header="patient_id,starts_at,clinician,site", name="book.csv"):
    path = place.folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def everybody_comes(place, **more):
    return appointments(place, *(f"{one},2026-11-10 09:00,Dr A," for one in CANDIDATES), **more)


def found(place, path, practice_list=EMPTY, first=FIRST, last=LAST, looked=None):
    run, ledger, key = place.opened()
    read = read_appointments(path)
    return opportunities(
        run, ledger, key, read, first=first, last=last, practice_list=practice_list, looked=looked
    )


def listed(opportunities):
    return [one.person["patient_id"] for one in opportunities.coming]


def write(place, *entries):
    _, ledger, _ = place.opened()
    ledger.append(entries, who=WHO, at=AT, batch_key="test")


def token_of(place, patient):
    return place.opened()[2].tokens_for([patient])[patient]


def decided(token, decision, reason=None):
    return Decided(
        person=token, decision=decision, reason=reason, screened_by="Dr A", screened_on=ON
    )


# ------------------------------------------------------------ who is on the list


def test_everybody_is_counted_once_and_tier_x_is_held_back(place):
    made = found(place, everybody_comes(place))
    assert listed(made) == [one for one in sorted(CANDIDATES) if one != "00ZQ03"]
    assert made.counts["tier X, in work: held back until screened"] == 1
    assert sum(made.counts.values()) == len(CANDIDATES)


@pytest.mark.parametrize(
    ("decision", "reason", "is_listed"),
    [
        (Decision.SPEAK_AT_NEXT_VISIT, None, True),
        (Decision.INVITE, None, True),
        (Decision.DISCUSS_WITH_GP, None, True),
        (Decision.DO_NOT_INVITE, Reason.PJ_BEREAVED, False),
    ],
)
@pytest.mark.parametrize("patient", ["00ZQ01", "00ZQ03"])
def test_a_screeners_decision_stands(place, patient, decision, reason, is_listed):
    write(place, decided(token_of(place, patient), decision, reason))
    made = found(place, everybody_comes(place))
    assert (patient in listed(made)) is is_listed
    if is_listed:
        (one,) = [one for one in made.coming if one.person["patient_id"] == patient]
        assert one.decision == decision


@pytest.mark.parametrize(
    ("kind", "bars"),
    [
        (OptOutKind.RESEARCH, True),
        (OptOutKind.THIS_STUDY, True),
        (OptOutKind.DO_NOT_WRITE, True),
        (OptOutKind.TYPE_1, True),
        (OptOutKind.NATIONAL, False),
    ],
)
def test_s3_who_has_asked_not_to_be_contacted_is_not_on_it(place, kind, bars):
    token = token_of(place, "00ZQ01")
    write(place, OptedOut(person=token, opt_out=kind, source="phone"))
    made = found(place, everybody_comes(place))
    assert ("00ZQ01" not in listed(made)) is bars
    assert made.counts[BARS[0]] == int(bars)


def test_an_opt_out_that_was_taken_back_bars_no_longer(place):
    token = token_of(place, "00ZQ01")
    write(
        place,
        OptedOut(person=token, opt_out=OptOutKind.RESEARCH, source="phone"),
        OptOutLifted(
            person=token, opt_out=OptOutKind.RESEARCH, lifted_on=ON, answered_for_by="Dr A"
        ),
    )
    assert "00ZQ01" in listed(found(place, everybody_comes(place)))


@pytest.mark.parametrize(
    ("kind", "bars"), [("research", True), ("type_1", True), ("national", False)]
)
def test_s3_the_practices_list_of_today_is_looked_at_again(place, kind, bars):
    path = place.folder / "today.csv"
    path.write_text(f"patient_id,kind,recorded_on\n00ZQ01,{kind},2026-11-08\n", encoding="utf-8")
    made = found(place, everybody_comes(place), read_practice_list(path))
    assert ("00ZQ01" not in listed(made)) is bars


def test_who_was_written_to_is_not_spoken_to_as_well(place):
    token = token_of(place, "00ZQ01")
    write(
        place,
        decided(token, Decision.INVITE),
        BatchDrawn(batch="B1", legal_basis=LegalBasis.CARE_TEAM, mailing_on=ON, invited=1),
        Invited(
            person=token,
            invite_id=new_invite_ids(1)[0],
            batch="B1",
            channel=Channel.POST,
            mailing_on=ON,
        ),
    )
    made = found(place, everybody_comes(place))
    assert "00ZQ01" not in listed(made)
    assert made.counts["was invited already"] == 1


def named(place, *patients):
    for patient in patients:
        route = {"route": Route.SELF_REFERRAL_POSTER, "found_on": ON, "tier": Tier.D}
        entry = Found(person=token_of(place, patient), **route, named_by=GP)
        place.opened()[1].append([entry], who=WHO, at=AT, batch_key=patient)


def test_the_nominated_whom_the_search_has_not_found_come_too(place):
    named(place, "00ZQ16")
    path = appointments(place, "00ZQ16,2026-11-10 09:00,Dr A,Main")
    (one,) = found(place, path, looked=everybody_looked_at(place, FIRST)).coming
    assert one.cells == (
        *("2026-11-10", "09:00", "Dr A", "Main", "00ZQ16", "", "", "D", "not screened", ""),
        *("Named: self referral poster (2026-11-01).", 0),
    )


def test_s3_the_nominated_are_not_on_it_before_their_opt_outs_are_looked_up_again(place):
    # 00ZQ19 and 00ZQ20 have a dissent in their record, which neither run nor ledger tells of; it
    # may have come after they were named
    named(place, "00ZQ16", "00ZQ19", "00ZQ20", "00ZQ11")
    path = appointments(place, *(f"{one},2026-11-10" for one in ("00ZQ16", "00ZQ19", "00ZQ20")),
                        header="patient_id,date")  # fmt: skip
    unseen = found(place, path)
    assert not unseen.coming
    assert unseen.counts[BARS[-1]] == 3
    looked = found(place, path, looked=everybody_looked_at(place, FIRST))
    assert listed(looked) == ["00ZQ16"]
    assert looked.counts[BARS[-1]] == 0
    # and 00ZQ11 has died; of the candidates 00ZQ02 is 65 by now
    assert looked.counts[BARS[1]] == 4


def test_s5_a_candidate_whom_the_new_extract_leaves_out_is_not_on_it(place):
    looked = everybody_looked_at(place, FIRST)
    made = found(place, everybody_comes(place), looked=looked)
    assert set(CANDIDATES) - set(listed(made)) == {"00ZQ02", "00ZQ03"}
    gone = replace(looked, left_out_at={
        one: step for one, step in looked.left_out_at.items() if one != "00ZQ01"
    })  # fmt: skip
    assert "00ZQ01" not in listed(found(place, everybody_comes(place), looked=gone))


def test_who_is_in_work_by_now_is_held_back(place):
    looked = everybody_looked_at(place, FIRST)
    rows = dict(looked.rows) | {"00ZQ01": looked.rows["00ZQ01"] | {"tier": "X"}}
    made = found(place, everybody_comes(place), looked=replace(looked, rows=rows))
    assert "00ZQ01" not in listed(made)
    assert made.counts["tier X, in work: held back until screened"] == 2


def test_s3_an_opt_out_list_that_names_nobody_is_refused(place):
    path = place.folder / "list.csv"
    path.write_text("patient_id,kind,recorded_on\nZQ01,research,2026-11-01\n", encoding="utf-8")
    with pytest.raises(SafetyRefusal, match="None of the 1 rows of the opt-out list") as refused:
        found(place, everybody_comes(place), read_practice_list(path))
    assert "ZQ" not in str(refused.value)
    looked = everybody_looked_at(place, FIRST)  # looked up in the whole extract, which warns
    found(place, everybody_comes(place), read_practice_list(path), looked=looked)


# ------------------------------------------------------------ when they come


def test_the_list_is_in_order_of_time_each_person_once(place):
    path = appointments(
        place,
        "00ZQ01,2026-11-11T10:00,Dr B,",
        "00ZQ01,2026-11-10 16:30:00,Dr A,",
        "-ZQ07,2026-11-10 08:10,Dr A,",
        "+ZQ06,2026-11-10,Nurse,",  # no time: the head of its day
        "@ZQ08,2026-11-14 09:00,Dr A,",  # after the last day
        "00ZQ04,2026-11-08 09:00,Dr A,",  # before the first
        "00ZQ02,2026-11-13 23:59,Dr A,",  # on the last day
        "11AA11,2026-11-10 09:00,Dr A,",  # no candidate
    )
    made = found(place, path)
    assert [(one.person["patient_id"], one.later) for one in made.coming] == [
        ("+ZQ06", 0),
        ("-ZQ07", 0),
        ("00ZQ01", 1),
        ("00ZQ02", 0),
    ]
    assert (made.strangers, made.unknown) == (1, 1)
    assert made.counts["has no appointment in these days"] == 2
    assert made.counts[ON_THE_LIST] == 4


def test_the_days_are_the_right_way_round(place):
    with pytest.raises(UsageError, match="--to 2026-11-09 is before --from 2026-11-13"):
        found(place, everybody_comes(place), first=LAST, last=FIRST)


# header, row, and the day, time, clinician and site that it says
HEADERS = [
    ("patient_id,starts_at", "7,2026-11-10T09:10", (10, time(9, 10), "", "")),
    ("patient_id,starts_at", "7,2026-11-10 09:10:00.000", (10, time(9, 10), "", "")),
    ("patient_id,date", "7,2026-11-10", (10, None, "", "")),
    ("patient_id,date,time,clinician,site", "7,2026-11-10,09:10,Dr A,Main", None),
    ("EMIS Number,Appointment Date,Appointment Time,Session Holder,Location", "same", None),
    ("Location,Session Holder,AppointmentStartTime,AppointmentDate,EMIS Number", "turned", None),
    ("IDPatient,DateStart,IDClinician,Branch", "7,2026-11-10 09:10:00,Dr A,Main", None),
    ("patient_id,date,time", "7,2026-11-10 00:00:00.000,09:10:00", (10, time(9, 10), "", "")),
]


@pytest.mark.parametrize(("header", "row", "says"), HEADERS)
def test_headers_of_practice_systems_are_known(tmp_path, header, row, says):
    row = {
        "same": "7,2026-11-10,09:10,Dr A,Main",
        "turned": "Main,Dr A,09:10,2026-11-10,7",
    }.get(row, row)
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    (one,) = read_appointments(path).coming
    day, at, clinician, site = says or (10, time(9, 10), "Dr A", "Main")
    assert one == ("7", date(2026, 11, day), at, clinician, site)


def test_cancelled_ones_are_passed_by_and_counted(place):
    path = appointments(
        place,
        "00ZQ01,2026-11-10,Cancelled",
        "00ZQ02,2026-11-10,Booked",
        "00ZQ04,,DNA",
        "00ZQ05,2026-11-10,Cancelled by patient",
        header="patient_id,date,slot status",
    )
    read = read_appointments(path)
    assert (len(read.coming), read.cancelled) == (1, 3)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("ZQ7,10/11/2026", 2),
        ("ZQ7,2026-02-30", 2),
        ("ZQ7,2026-11-10 25:00", 2),
        ("ZQ7,tomorrow", 2),
        ("ZQ7,", 2),
        (",2026-11-10", 2),
    ],
)
def test_s11_an_unreadable_row_is_told_by_line_and_never_quoted(tmp_path, row, line):
    path = tmp_path / "a.csv"
    path.write_text(f"patient_id,starts_at\n{row}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=f"a.csv:{line}") as refused:
        read_appointments(path)
    assert "ZQ" not in str(refused.value)
    assert "10/11" not in str(refused.value)


def test_a_file_without_days_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("patient_id,clinician\n7,Dr A\n", encoding="utf-8")
    with pytest.raises(UsageError, match="needs a column starts_at, or date"):
        read_appointments(path)


# ------------------------------------------------------------ safety of the whole


@pytest.mark.parametrize(
    ("on", "drawn_up", "says"),
    [
        (date(2027, 1, 30), None, None),
        (date(2027, 1, 31), None, "extract of 2026-11-01 is 91 days old on 2027-01-31"),
        (date(2026, 12, 1), ON, None),
        (date(2026, 12, 2), ON, "opt-out list of 2026-11-01 is 31 days old on 2026-12-02"),
    ],
)
def test_s1_stale_data_are_refused(place, on, drawn_up, says):
    run, _, _ = place.opened()
    if says is None:
        refuse_stale(run, on=on, list_drawn_up=drawn_up, allow_stale=False)
        return
    with pytest.raises(SafetyRefusal, match=says):
        refuse_stale(run, on=on, list_drawn_up=drawn_up, allow_stale=False)
    refuse_stale(run, on=on, list_drawn_up=drawn_up, allow_stale=True)


def test_a_list_of_a_day_to_come_is_refused(place):
    run, _, _ = place.opened()
    with pytest.raises(UsageError, match="2026-11-14 is after the last day, 2026-11-13"):
        refuse_stale(run, on=LAST, list_drawn_up=date(2026, 11, 14), allow_stale=False)


def test_s1_the_last_day_decides_whether_data_are_stale(command):
    done = command(to="2026-12-02")
    assert isinstance(done.exception, SafetyRefusal)
    assert "31 days old on 2026-12-02" in str(done.exception)


def test_the_page_escapes_what_stands_in_the_record(place):
    path = appointments(place, '"00ZQ01",2026-11-10 09:00,<script>x</script>,Main')
    page = as_page(found(place, path), "small")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("PRACTICE-ONLY") == 2
    assert "http" not in page


@pytest.fixture
def command(place):
    def run(*more, **options):
        given = {
            "ledger": place.ledger,
            "key": place.key,
            "appointments": everybody_comes(place, name="everybody.csv"),
            "from": FIRST,
            "to": LAST,
            "practice": PRACTICE,
            "opt-outs": place.files.opt_outs,
            "opt-outs-on": ON,
        } | options
        words = [w for name, value in given.items() if value for w in (f"--{name}", str(value))]
        return CliRunner().invoke(app, ["opportunistic", str(place.run), *words, *map(str, more)])

    return run


def test_it_prints_counts_and_writes_private_files(place, command):
    out, page = place.folder / "list.csv", place.folder / "list.html"
    done = command("--out", out, "--print", page)
    assert done.exit_code == 0, done.output
    assert "ZQ" not in done.stdout.replace(str(place.folder), "")
    text = (place.folder / "list.PRACTICE-ONLY.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [one["patient_id"] for one in rows][:3] == ["'+ZQ06", "'-ZQ07", "00ZQ01"]
    assert rows[2]["reason"].startswith("Pain: ache")
    written = place.folder / "list.PRACTICE-ONLY.html"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    note = json.loads((place.folder / "list.PRACTICE-ONLY.csv.json").read_text(encoding="utf-8"))
    assert note["ledger_head"] == place.opened()[1].head
    assert note["artefact_class"] == "PRACTICE-ONLY"


def test_with_a_store_everybody_is_looked_up_again(place, command):
    named(place, "00ZQ16", "00ZQ19")
    book = appointments(place, "00ZQ16,2026-11-10", "00ZQ19,2026-11-10", header="patient_id,date")
    again = {"store": place.files.store, "codelists": place.files.codelists, "appointments": book}
    said = json.loads(command("--json", **again).stdout)
    assert said["counts"][ON_THE_LIST] == 1


def test_ids_that_have_lost_their_zeros_are_told_of(place, command):
    book = appointments(place, "ZQ01,2026-11-10", header="patient_id,date")
    assert "none of the 1 appointments" in command(appointments=book).stderr
    assert "none of the" not in command().stderr


def test_as_json_it_gives_counts_alone(command):
    said = json.loads(command("--json").stdout)
    assert said["counts"][ON_THE_LIST] == 6
    assert said["files"] == []
    assert "ZQ" not in json.dumps(said)


def test_s1_it_is_refused_without_an_answer_about_opt_outs(command):
    done = command(**{"opt-outs": None, "opt-outs-on": None})
    assert isinstance(done.exception, SafetyRefusal)
    assert "--no-opt-out-list" in str(done.exception)
    named = {"opt-outs": None, "opt-outs-on": None, "no-opt-out-list": "Dr A, partner"}
    assert command(**named).exit_code == 0
