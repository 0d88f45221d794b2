"""Nominations go through the exclusions of the study, and no message names whom they name."""

import json
from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace

import openpyxl
import pytest
from routes_practice import (
    AT,
    GP,
    IMPORTED,
    PRACTICE,
    WHO,
    everybody_looked_at,
    made_practice,
    new_place,
)
from typer.testing import CliRunner

from cohort import small_practice
from cohort.small_practice import ON
from instep_cohort.cli.app import app
from instep_cohort.cohort.exclusions_alone import exclusions_alone
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.extracts import open_store
from instep_cohort.recruitment import sprawling_sheets
from instep_cohort.recruitment.ledger import (
    BatchDrawn,
    Decided,
    Invited,
    OptedOut,
)
from instep_cohort.recruitment.routes.exclusions import look_at, refuse_qualified
from instep_cohort.recruitment.routes.nominated_rows import (
    hand_over_rows,
    nominated_rows,
    read_nominated_rows,
    with_nominated,
)
from instep_cohort.recruitment.routes.nomination_forms import COLUMNS, SHEET, read_form, write_form
from instep_cohort.recruitment.routes.nominations import Outcome, nominated
from instep_cohort.recruitment.tokens import new_invite_ids
from instep_cohort.recruitment.vocabulary import (
    Channel,
    Decision,
    LegalBasis,
    OptOutKind,
    Route,
    Tier,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_practice(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def place(made, tmp_path):
    return new_place(*made, tmp_path)


def named(patient, route="gp_nomination", by=GP, on="2026-11-05"):
    return patient, route, by, on


# ------------------------------------------------------------ the same exclusions as the search

# who is named, what becomes of the line, why, what the screener is told
SPEC = """\
00ZQ16  | to record  |                    | not met: pain
00ZQ17  | to record  |                    | not met: medicine
00ZQ01  | to record  |                    | a candidate of the run already
00ZQ02  | left out   | age                |
00ZQ03  | to record  |                    | cautions: opt-out: caution, a candidate of the run \
already, tier X: a fresh code says in work; held back until the practice releases it
00ZQ04  | to record  |                    | cautions: palliative_care; opt-out: national, \
a candidate of the run already
00ZQ11  | left out   | alive              |
00ZQ12  | left out   | registered         |
00ZQ13  | left out   | age                |
00ZQ14  | left out   | test               |
00ZQ15  | left out   | confidential       |
00ZQ18  | left out   | palliative_care    |
00ZQ19  | left out   | research_dissent   |
00ZQ20  | left out   | type_1             |
00ZQ21  | left out   | practice_list      |
00ZQ22  | left out   | palliative_care    |
00ZQ77  | unknown    | no patient of this practice in this extract |
=ZQ05+1 | unknown    | no patient of this practice in this extract |
"""
CASES = [[cell.strip() for cell in line.split("|")] for line in SPEC.splitlines()]


def test_s3_the_nominated_meet_every_exclusion_and_no_include_line(place):
    # 00ZQ02 was 64 on the search date, and is 65 on the day of the import
    judged = place.judged(place.form(*(named(patient) for patient, *_ in CASES)))[1].judged
    said = [[str(one.outcome), one.why, ", ".join(one.notes)] for one in judged]
    assert said == [case[1:] for case in CASES]


def test_on_the_day_of_the_run_its_candidates_pass_and_nobody_whom_an_exclusion_dropped(place):
    looked = everybody_looked_at(place, ON)
    run, _, _ = place.opened()
    for row in run.cohort.to_arrow("facts").to_pylist():
        if row["practice_id"] != PRACTICE:
            continue
        passes = row["dropped_at"] in ("", "pain", "medicine")
        assert (looked.left_out_at[row["patient_id"]] == "") is passes
    for row in run.candidates.to_pylist():
        assert looked.rows[row["patient_id"]] == row | {"reason": ""}
        assert not looked.not_met[row["patient_id"]]


def test_an_exclusion_holds_although_an_include_line_would_have_left_them_out_first(place):
    # 00ZQ16 has no pain, so that the search never came to ask for opt-outs: the nomination does
    place.files.opt_outs.parent.joinpath("more.csv").write_text(
        "patient_id,kind,recorded_on\n00ZQ16,research,2026-11-01\n", encoding="utf-8"
    )
    answers = OptOutAnswers(place.files.opt_outs.parent / "more.csv", ON)
    assert place.looked(["00ZQ16"], answers=answers).left_out_at == {"00ZQ16": "practice_list"}


def test_s3_an_opt_out_of_the_ledger_leaves_out(place):
    path = place.form(named("00ZQ16"), named("00ZQ17"), named("00ZQ01"))
    place.recorded(path)
    _, ledger, key = place.opened()
    tokens = key.known(["00ZQ16", "00ZQ17", "00ZQ01"])
    kinds = [OptOutKind.DO_NOT_WRITE, OptOutKind.TYPE_1, OptOutKind.NATIONAL]
    ledger.append(
        [
            OptedOut(person=tokens[patient], opt_out=kind, source="phone")
            for patient, kind in zip(tokens, kinds, strict=True)
        ],
        who=WHO,
        at=AT,
        batch_key="phone",
    )
    again = place.form(*(named(one, "pain_service") for one in tokens), name="again.csv")
    assert [(one.outcome, one.why) for one in place.judged(again)[1].judged] == [
        (Outcome.LEFT_OUT, "ledger: do_not_write"),
        (Outcome.LEFT_OUT, "ledger: type_1"),
        (Outcome.RECORD, ""),  # a national opt-out is no bar to the own practice
    ]


def test_s1_it_is_refused_without_an_answer_about_opt_outs(place):
    with pytest.raises(SafetyRefusal, match="--opt-outs FILE"):
        place.looked(["00ZQ16"], answers=OptOutAnswers())


def test_s1_it_is_refused_on_a_stale_extract_and_a_stale_list(place):
    with pytest.raises(SafetyRefusal, match="extract of 2026-11-01 is 91 days old"):
        place.looked(["00ZQ16"], on=date(2027, 1, 31))
    with pytest.raises(SafetyRefusal, match="opt-out list of 2026-11-01 is 31 days old"):
        place.looked(["00ZQ16"], on=date(2026, 12, 2))


def test_s3_nobody_is_looked_at_as_of_a_day_before_the_extract(place):
    # an opt-out of the last days before the extract would not have counted yet
    with pytest.raises(UsageError, match="2026-10-31 is before the extract of 2026-11-01"):
        place.looked(["00ZQ16"], on=date(2026, 10, 31))


def test_s3_an_extract_older_than_the_runs_is_refused(place):
    manifest = place.opened()[0].cohort.manifest
    run = SimpleNamespace(
        cohort=SimpleNamespace(
            manifest=manifest | {"store": {"extract_date": "2026-11-02"}},
            to_arrow=place.opened()[0].cohort.to_arrow,
        ),
        practice=PRACTICE,
    )
    with pytest.raises(SafetyRefusal, match="of 2026-11-01, the run of an extract of 2026-11-02"):
        look_at(run, open_store(place.files.store), [], on=IMPORTED, answers=place.answers())


def test_the_extract_of_another_practice_is_refused(place):
    with pytest.raises(UsageError, match="nobody of practice 0P9, but of 0P1, @0P2"):
        exclusions_alone(
            place.opened()[0].cohort.manifest,
            open_store(place.files.store),
            ["00ZQ16"],
            practice="0P9",
            on=IMPORTED,
            answers=place.answers(),
            codelists=place.files.codelists,
        )


def test_s3_a_withdrawal_that_is_dated_after_the_extract_lifts_nothing(tmp_path, monkeypatch):
    # it cannot have been recorded when the extract was taken
    later = "00ZQ20,2026-11-05,WI4..,,\n00ZQ19,2026-11-05,WI2..,,\n"
    monkeypatch.setattr(small_practice, "OTHER_EVENTS", small_practice.OTHER_EVENTS + later)
    looked = new_place(*made_practice(tmp_path), tmp_path).looked(["00ZQ19", "00ZQ20", "00ZQ16"])
    assert looked.left_out_at == {"00ZQ19": "research_dissent", "00ZQ20": "type_1", "00ZQ16": ""}
    assert looked.rows.keys() == {"00ZQ16"}


def test_a_run_with_other_ids_than_the_form_is_refused(place):
    run, _, _ = place.opened()
    facts = run.cohort.to_arrow("facts")
    ids = [f"{PRACTICE}/{one}" for one in facts["patient_id"].to_pylist()]
    tables = {**run.cohort.tables, "facts": facts.set_column(0, "patient_id", [ids])}
    with pytest.raises(UsageError, match="PRACTICE/ID") as refused:
        refuse_qualified(replace(run, cohort=replace(run.cohort, tables=tables)))
    assert "ZQ" not in str(refused.value)
    refuse_qualified(run)


# ------------------------------------------------------------ what is recorded


def test_the_first_route_stays_and_every_later_one_is_kept(place):
    place.recorded(place.form(named("00ZQ16"), named("00ZQ16", "pain_service", "Nurse B")))
    place.recorded(place.form(named("00ZQ16", "job_centre", on="2026-11-09"), name="later.csv"))
    _, ledger, key = place.opened()
    token = key.known(["00ZQ16"])["00ZQ16"]
    assert [(one.route, one.named_by, one.tier) for one in ledger.standing.routes[token]] == [
        (Route.GP_NOMINATION, GP, Tier.D),
        (Route.PAIN_SERVICE, "Nurse B", Tier.D),
        (Route.JOB_CENTRE, GP, Tier.D),
    ]
    (one,) = nominated(ledger.standing).values()
    assert one.first.route is Route.GP_NOMINATION
    assert one.why_found == (
        "Named: gp nomination (2026-11-05), pain service (2026-11-05), job centre (2026-11-09)."
    )


@pytest.mark.parametrize(
    ("patient", "tiers"), [("00ZQ01", Tier.B), ("00ZQ02", Tier.A), ("00ZQ03", Tier.X)]
)
def test_a_candidate_keeps_the_search_as_first_route_and_the_tier_of_the_search(
    place, patient, tiers
):
    place.recorded(place.form(named(patient, on="2026-11-01")), on=ON)
    run, ledger, _ = place.opened()
    ((first, second),) = ledger.standing.routes.values()
    assert (first.route, first.found_on, first.run) == (Route.CODE_SEARCH, ON, run.sha256)
    assert (second.route, second.found_on) == (Route.GP_NOMINATION, ON)
    assert first.tier is second.tier is tiers
    assert not nominated(ledger.standing)


def test_who_was_named_before_the_search_has_the_nomination_as_first_route(place):
    place.recorded(place.form(named("00ZQ01", on="2026-10-20")))
    _, ledger, _ = place.opened()
    assert [one.route for (one,) in ledger.standing.routes.values()] == [Route.GP_NOMINATION]


def test_the_same_form_again_writes_nothing(place):
    path = place.form(named("00ZQ16"), named("00ZQ01"))
    first, _, _ = place.recorded(path)
    second, found, _ = place.recorded(path)
    assert first.written
    assert second is None
    assert found.counts() == {"in the ledger already": 2}
    assert place.opened()[1].head == first.head


def test_judging_gives_nobody_a_token(place):
    place.judged(place.form(named("00ZQ16")))
    _, ledger, key = place.opened()
    assert not key.known(["00ZQ16"])
    assert not ledger.standing.persons


def test_repeated_lines_and_days_to_come_are_told_by_line(place):
    path = place.form(named("00ZQ16"), named("00ZQ16", by="Dr C"), named("00ZQ17", on="2026-11-11"))
    _, found, _ = place.judged(path)
    assert [(one.line, str(one.outcome), one.why) for one in found.judged] == [
        (2, "to record", ""),
        (3, "repeated", "stands in line 2"),
        (4, "left out", "named after 2026-11-10, the day of the import"),
    ]


def test_a_line_left_out_for_its_day_does_not_stand_for_the_one_that_is_right(place):
    # the day was mistyped in line 2, and somebody wrote the person down again
    path = place.form(named("00ZQ16", on="2026-12-05"), named("00ZQ16"), named("00ZQ16", by="Dr C"))
    form, found, _ = place.judged(path)
    assert [str(one.outcome) for one in found.judged] == ["left out", "to record", "repeated"]
    assert found.judged[2].why == "stands in line 3"
    assert found.accepted == [form.nominations[1]]


def test_the_screener_is_told_of_decisions_and_letters(place):
    place.recorded(place.form(named("00ZQ16")))
    _, ledger, key = place.opened()
    token = key.known(["00ZQ16"])["00ZQ16"]
    day = date(2026, 11, 7)
    ledger.append(
        [
            Decided(person=token, decision=Decision.INVITE, screened_by="Dr A", screened_on=day),
            BatchDrawn(batch="B1", legal_basis=LegalBasis.CARE_TEAM, mailing_on=day, invited=1),
            Invited(
                person=token,
                invite_id=new_invite_ids(1)[0],
                batch="B1",
                channel=Channel.POST,
                mailing_on=day,
            ),
        ],
        who=WHO,
        at=AT,
        batch_key="B1",
    )
    path = place.form(named("00ZQ16", "community"), name="later.csv")
    (one,) = place.judged(path)[1].judged
    assert one.notes == ("not met: pain", "screened already", "invited already")


# ------------------------------------------------------------ rows for the screener


def test_the_nominated_stand_behind_the_candidates_of_the_run(place, tmp_path):
    path = place.form(
        named("00ZQ17"), named("00ZQ16"), named("00ZQ16", "register"), named("00ZQ01")
    )
    place.recorded(path)
    _, found, looked = place.recorded(path)  # as after a kill: the rows are made from the ledger
    written = hand_over_rows(nominated_rows(found, looked), tmp_path / "named.parquet", {})
    assert written.path.name == "named.PRACTICE-ONLY.parquet"
    rows = read_nominated_rows(written.path)
    run, _, _ = place.opened()
    both = with_nominated(run, rows)
    day = "2026-11-05"
    added = both.candidates.slice(run.candidates.num_rows).to_pylist()
    assert both.candidates.schema == run.candidates.schema
    assert [(one["patient_id"], one["tier"], one["age"], one["reason"]) for one in added] == [
        (
            "00ZQ16",
            "D",
            46,
            f"Named: gp nomination ({day}), register ({day}); the search does not find pain.",
        ),
        (
            "00ZQ17",
            "D",
            46,
            f"Named: gp nomination ({day}); the search does not find medicine.",
        ),
    ]
    assert [one["tier_reason"] for one in added] == ["Named, not found by the search."] * 2


def test_another_file_is_not_taken_for_nominated_rows(place, tmp_path):
    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        read_nominated_rows(place.form(named("00ZQ16")))
    with pytest.raises(UsageError, match="no nominated people"):
        read_nominated_rows(place.run / "candidates.parquet")


# ------------------------------------------------------------ the form


def test_an_empty_form_asks_for_four_things_and_says_how(tmp_path):
    written = write_form(tmp_path / "form.xlsx").path
    assert written.name == "form.PRACTICE-ONLY.xlsx"
    book = openpyxl.load_workbook(written)
    sheet = book[SHEET]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    routes, days = sheet.data_validations.dataValidation
    assert routes.formula1.strip('"').split(",") == [str(route) for route in Route]
    assert str(routes.sqref) == "B2:B501"
    assert days.type == "date"
    assert sheet.column_dimensions["A"].width == pytest.approx(20.7, abs=1)
    legend = [row[0].value for row in book["How to fill in"].iter_rows()]
    assert {str(route) for route in Route} <= set(legend)
    assert "PRACTICE-ONLY" in sheet.oddHeader.left.text
    assert book.custom_doc_props["artefact_class"].value == "PRACTICE-ONLY"
    # the same form again is the same file
    assert write_form(tmp_path / "form.xlsx").path == written


def test_a_filled_in_workbook_is_read_as_text_and_dates(tmp_path):
    path = write_form(tmp_path / "form.xlsx").path
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    sheet.append(["007", "register", "Dr A", datetime(2026, 11, 5)])
    sheet.append([None, " ", None, None])
    sheet.append(["0008", "REGISTER", " Dr A ", "2026-11-05"])
    book.save(path)
    form = read_form(path)
    assert [tuple(one) for one in form.nominations] == [
        (2, "007", Route.REGISTER, "Dr A", date(2026, 11, 5)),
        (4, "0008", Route.REGISTER, "Dr A", date(2026, 11, 5)),
    ]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([424242, "register", "Dr A", "2026-11-05"], "the cell holds a number, not text"),
        (["=ZQ()", "register", "Dr A", "2026-11-05"], "local_patient_no: it is empty"),
        (["ZQ7", "by a GP", "Dr A", "2026-11-05"], "route: it is no route (one of code_search,"),
        (["ZQ7", "register", None, "2026-11-05"], "named_by: it is empty"),
        (["ZQ7", "register", "Dr A\nB", "2026-11-05"], "named_by: it is empty, too long or not"),
        (["ZQ7", "register", "Dr A", "5.11.2026"], "named_on: it is no date since 2000 (year"),
        (["ZQ7", "register", "Dr A", "1926-11-05"], "named_on: it is no date since 2000 (year"),
        ([None, "register", "Dr A", "2026-11-05"], "local_patient_no: it is empty"),
    ],
)
def test_s11_what_is_wrong_is_told_by_line_and_never_quoted(tmp_path, cells, says):
    path = write_form(tmp_path / "form.xlsx").path
    book = openpyxl.load_workbook(path)
    book[SHEET].append(cells)
    book.save(path)
    with pytest.raises(UsageError) as refused:
        read_form(path)
    assert "form.PRACTICE-ONLY.xlsx:2 " in str(refused.value)
    assert says in str(refused.value)
    for cell in cells:
        assert cell is None or cell in ("register", "Dr A") or str(cell) not in str(refused.value)


def test_every_fault_of_a_form_is_told_at_once(place):
    path = place.form(("", "x", "", ""), named("00ZQ16"), ("00ZQ17", "register", GP, "soon"))
    with pytest.raises(UsageError) as refused:
        read_form(path)
    assert [line.split(" ")[0].rsplit(":", 1)[1] for line in str(refused.value).splitlines()] == [
        *("2", "2", "2", "2", "4")
    ]
    assert "ZQ" not in str(refused.value)


@pytest.mark.parametrize("name", ["form.txt", "form"])
def test_a_form_is_a_workbook_or_a_csv(tmp_path, name):
    with pytest.raises(UsageError, match=r"a form is a \.xlsx or a \.csv file"):
        write_form(tmp_path / name)


def test_a_workbook_that_is_none_and_one_without_the_sheet(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"no zip")
    with pytest.raises(UsageError, match="is no workbook"):
        read_form(tmp_path / "a.xlsx")
    openpyxl.Workbook().save(tmp_path / "b.xlsx")
    with pytest.raises(UsageError, match="has no sheet Nominations"):
        read_form(tmp_path / "b.xlsx")
    with pytest.raises(UsageError, match="cannot be read"):
        read_form(tmp_path / "c.xlsx")


@pytest.mark.parametrize(("row", "column"), [(1_048_576, 16_384), (1_048_576, 5), (1_000, 16_384)])
def test_a_cell_far_out_does_not_fill_the_memory(tmp_path, row, column):
    book = openpyxl.load_workbook(write_form(tmp_path / "form.xlsx").path)
    book[SHEET].cell(row, column, " ")
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(UsageError, match="too large to be read"):
        read_form(tmp_path / "far.xlsx")


def test_a_form_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sprawling_sheets, "MOST_BYTES", 1_000)
    with pytest.raises(UsageError, match="unpacks to more than"):
        read_form(write_form(tmp_path / "form.xlsx").path)


# ------------------------------------------------------------ the command


@pytest.fixture
def nominate(place):
    def run(*more, file, **options):
        given = {
            "ledger": place.ledger,
            "key": place.key,
            "store": place.files.store,
            "run": place.run,
            "on": IMPORTED.isoformat(),
            "by": WHO,
            "practice": PRACTICE,
            "codelists": place.files.codelists,
            "opt-outs": place.files.opt_outs,
            "opt-outs-on": ON.isoformat(),
        } | options
        words = [w for name, value in given.items() if value for w in (f"--{name}", str(value))]
        return CliRunner().invoke(app, ["nominate", "import", str(file), *words, *map(str, more)])

    return run


def test_it_is_a_dry_run_unless_asked(place, nominate):
    path = place.form(named("00ZQ16"), named("00ZQ18"))
    before = place.opened()[1].head
    done = nominate(file=path)
    assert done.exit_code == 0, done.output
    assert (
        "Nothing was recorded. If this is right, give the same command with --apply." in done.output
    )
    assert place.opened()[1].head == before
    applied = nominate("--apply", file=path)
    assert "2 lines: 1 recorded, 1 left out" in applied.output
    assert place.opened()[1].head in applied.output
    assert place.opened()[1].head != before


def test_s11_nothing_that_is_printed_names_a_patient(place, nominate):
    patients = [case[0] for case in CASES]
    path = place.form(*map(named, patients))
    for more in ([], ["--json"], ["--apply"], ["--apply", "--json"]):
        done = nominate(*more, file=path)
        assert done.exit_code == 0
        assert "ZQ" not in done.output
        assert "OWNWORDS" not in done.output


def test_it_says_what_the_steps_ask_for(place, nominate):
    done = nominate(file=place.form(named("00ZQ13")))
    assert "age asks for: aged 18 to 64 years on 2026-11-10" in done.output


def test_as_json_each_line_has_its_outcome(place, nominate):
    done = nominate("--json", "--apply", file=place.form(named("00ZQ16"), named("00ZQ18")))
    said = json.loads(done.stdout)
    assert said["applied"] is True
    assert [(one["line"], one["outcome"], one["why"]) for one in said["lines"]] == [
        (2, "recorded", ""),
        (3, "left out", "palliative_care"),
    ]
    assert said["ledger_head"] == place.opened()[1].head


def test_a_file_for_the_screener_goes_with_apply(place, nominate, tmp_path):
    path = place.form(named("00ZQ16"))
    refused = nominate("--out", tmp_path / "named.csv", file=path)
    assert isinstance(refused.exception, UsageError)
    done = nominate("--apply", "--out", tmp_path / "named.csv", file=path)
    assert "for the screener:" in done.output
    note = json.loads((tmp_path / "named.PRACTICE-ONLY.csv.json").read_text())
    assert note["artefact_class"] == "PRACTICE-ONLY"
    assert note["ledger_head"] == place.opened()[1].head
    text = (tmp_path / "named.PRACTICE-ONLY.csv").read_text()
    assert "Named: gp nomination (2026-11-05); the search does not find pain." in text


def test_nothing_is_recorded_where_the_screeners_file_cannot_be_written(place, nominate, tmp_path):
    (tmp_path / "named.PRACTICE-ONLY.csv").write_text("another file")
    for out in (tmp_path / "named.csv", tmp_path / "nowhere" / "named.csv"):
        refused = nominate("--apply", "--out", out, file=place.form(named("00ZQ16")))
        assert isinstance(refused.exception, UsageError)
    assert not place.opened()[1].standing.persons


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"opt-outs": None, "opt-outs-on": None}, "Only the practice knows"),
        ({"on": "2027-03-01"}, "is too old to write to people by"),
    ],
)
def test_s1_the_command_refuses(place, nominate, options, says):
    done = nominate(file=place.form(named("00ZQ16")), **options)
    assert isinstance(done.exception, SafetyRefusal)
    assert says in str(done.exception)


def test_s1_nobody_is_recorded_from_stale_data(place, nominate):
    path = place.form(named("00ZQ16"))
    looked = nominate("--allow-stale", file=path, on="2027-03-01")
    assert "1 to record" in looked.output
    refused = nominate("--allow-stale", "--apply", file=path, on="2027-03-01")
    assert isinstance(refused.exception, SafetyRefusal)
    assert not place.opened()[1].standing.persons


def test_a_key_that_is_not_the_ledgers_is_refused(place, nominate):
    place.recorded(place.form(named("00ZQ16")))
    other = place.folder / "other"
    other.mkdir()
    foreign = new_place(place.files, place.run, other)
    done = nominate(file=place.form(named("00ZQ17")), key=foreign.key)
    assert isinstance(done.exception, SafetyRefusal)
