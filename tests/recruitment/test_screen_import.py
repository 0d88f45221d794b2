"""Decisions back into the ledger: what is taken, what is refused by which rule, who prevails."""

import csv
import datetime
import random
import shutil

import pytest
from screening_practice import (
    AT,
    BY,
    ENTRIES,
    KHAN,
    LEE,
    ON,
    TODAY,
    answer,
    copied,
    filled,
    filled_csv,
    sheet_of,
)

from instep_cohort.errors import InstepError, SafetyRefusal, UsageError
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Decided, Ledger, OptedOut
from instep_cohort.recruitment.screening.disagreements import write_disagreements
from instep_cohort.recruitment.screening.importing import prepare_import, record
from instep_cohort.recruitment.vocabulary import (
    Decision,
    KnownWorkStatus,
    OptOutKind,
    Reason,
    Route,
)

NO = answer("do not invite", "EX_IN_WORK")
TOMORROW = TODAY + datetime.timedelta(days=1)


def rows_of(screening):
    """Tokens by row number of a workbook made with seed 1."""
    return {number: row[0] for number, row in enumerate(screening.listed().rows, 2)}


def standing(screening, token):
    return screening.ledger.standing.decision(token)


def test_decisions_go_into_the_ledger_with_who_and_when(screening):
    rows = rows_of(screening)
    path = filled(
        screening.export(),
        {
            2: answer(knows="out_of_work"),
            3: answer("do not invite", "PJ_BEREAVED: bereaved", by=LEE),
            4: answer("discuss with GP", on="2026-11-19"),
            5: answer("speak at next visit", "EX_LANGUAGE"),
        },
    )
    prepared = screening.imported(path)
    assert prepared.files == {"filled.xlsx": (len(rows), 4)}
    common = {"screened_by": KHAN, "run": screening.run.sha256}
    day = datetime.date(2026, 11, 20)
    assert standing(screening, rows[2]) == Decided(
        person=rows[2], decision=Decision.INVITE, screened_on=day,
        knows_work_status=KnownWorkStatus.OUT_OF_WORK, **common,
    )  # fmt: skip
    assert standing(screening, rows[3]) == Decided(
        person=rows[3], decision=Decision.DO_NOT_INVITE, screened_on=day,
        reason=Reason.PJ_BEREAVED, **(common | {"screened_by": LEE}),
    )  # fmt: skip
    assert standing(screening, rows[4]).screened_on == datetime.date(2026, 11, 19)
    assert standing(screening, rows[5]).reason is Reason.EX_LANGUAGE
    entries = screening.ledger.entries()
    assert {one.who for one in entries} == {BY}
    assert len({one.batch_key for one in entries}) == 1


def test_everybody_on_the_list_is_recorded_as_found_with_their_tier(screening):
    listed = screening.listed()
    screening.imported(filled(screening.export(), {2: answer()}))
    routes = screening.ledger.standing.routes
    tier = [column.name for column in listed.columns].index("tier")
    assert {token: found[0].tier for token, found in routes.items()} == {
        row[0]: row[tier] for row in listed.rows
    }
    assert {found[0].route for found in routes.values()} == {Route.CODE_SEARCH}
    assert {found[0].found_on for found in routes.values()} == {ON}


def test_s4_blank_is_not_screened_is_counted_and_is_no_decision(screening):
    rows = rows_of(screening)
    named = {"screened_by": KHAN, "screened_on": TODAY}  # filled down before anything is decided
    prepared = screening.imported(filled(screening.export(), {2: answer(), 3: named}))
    assert prepared.undecided == len(rows) - 1
    decided = screening.ledger.standing.decisions
    assert set(decided) == {rows[2]}


# What a spreadsheet may come back with, the rule that it breaks, and what is said of it
REFUSED = {
    "S4 invite without a screener": (answer(by=None), "row 2, screened_by: is empty"),
    "S4 invite without a day": (answer(on=None), "row 2, screened_on: is empty"),
    "S4 a screener who may not decide": (answer(by="Dr X"), "row 2, screened_by: is none of"),
    "S4 a day in the future": (answer(on=TOMORROW), "row 2, screened_on: lies in the future"),
    "S4 a day before the search": (
        answer(on=ON - datetime.timedelta(days=1)),
        "row 2, screened_on: lies before the search date",
    ),
    "S4 a day that is none": (answer(on="soon"), "row 2, screened_on: is no day"),
    "S4 an impossible day": (answer(on="31/11/2026"), "row 2, screened_on: is no day"),
    "S4 an unknown decision": (answer("perhaps"), "row 2, decision: is none of"),
    "S4 a reason without a decision": (
        {"reason_code": "EX_AGE"},
        "row 2, reason_code: is filled in, and the decision is empty",
    ),
    "S4 a work status without a decision": (
        {"knows_work_status": "in_work"},
        "row 2, knows_work_status: is filled in, and the decision is empty",
    ),
    "round trip: refusal without a reason": (
        answer("do not invite"),
        'row 2, reason_code: is empty for "do not invite"',
    ),
    "round trip: invite with a reason": (
        answer(reason="EX_AGE"),
        'row 2, reason_code: stands beside "invite"',
    ),
    "round trip: an unknown reason": (
        answer("do not invite", "EX_TIRED"),
        "row 2, reason_code: is none of",
    ),
    "round trip: NOT_SCREENED as a reason": (
        answer("do not invite", "NOT_SCREENED"),
        "row 2, reason_code: is none of",
    ),
    "round trip: an unknown work status": (
        answer(knows="unemployed"),
        "row 2, knows_work_status: is none of",
    ),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_a_decision_that_is_not_whole_refuses_the_import(screening, given, said):
    path = filled(screening.export(), {2: given, 3: answer()})
    with pytest.raises(SafetyRefusal) as refused:
        screening.prepare(path)
    assert f"filled.xlsx {said}" in str(refused.value)
    assert screening.ledger.standing.kinds == {}


def swap(sheet, columns):
    for name in list(columns)[:-6]:
        first, second = (sheet.cell(row, columns[name]) for row in (2, 3))
        first.value, second.value = second.value, first.value


def copy_row(sheet, columns, source=2, target=3):
    for column in columns.values():
        sheet.cell(target, column).value = sheet.cell(source, column).value


def set_cell(row, name, value):
    def change(sheet, columns):
        sheet.cell(row, columns[name]).value = value

    return change


CHANGED = {
    "a locked cell": (set_cell(5, "why_found", "x"), "row 5, why_found: a locked cell was changed"),
    "an emptied cell": (set_cell(5, "age", None), "row 5, age: a locked cell was changed"),
    "a tier": (set_cell(2, "tier", "A1"), "row 2, tier: a locked cell was changed"),
    "a token": (
        set_cell(4, "candidate_token", "2222-3333-4444"),
        "row 4, candidate_token: a locked cell was changed",
    ),
    "a caution taken out": (
        set_cell(6, "cautions", "none"),
        "row 6, cautions: a locked cell was changed",
    ),
    "the check": (set_cell(7, "row_check", "0" * 24), "row 7: the row is of another list"),
    "no check": (set_cell(7, "row_check", None), "row 7: the row is not of this list"),
    "locked cells of two people changed places": (swap, "rows 2-3, candidate_token"),
    "a row twice": (copy_row, "rows 2-3: the same person stands there more than once"),
    "a row taken out": (
        lambda sheet, _: sheet.delete_rows(4),
        "missing: 1, number 3 of priority",
    ),
    "rows taken out": (
        lambda sheet, _: sheet.delete_rows(4, 3),
        "missing: 3, numbers 3-5 of priority",
    ),
    "a row of somebody else": (
        lambda sheet, columns: [
            sheet.cell(sheet.max_row + 1, columns["candidate_token"], "2345-6789-CDFH"),
        ],
        "the row is not of this list",
    ),
    "a decision about nobody": (
        lambda sheet, columns: [sheet.cell(sheet.max_row + 2, columns["decision"], "invite")],
        "is filled in, and has no person",
    ),
    "a column renamed": (
        set_cell(1, "tier", "Tier"),
        "column tier: is not there any more",
    ),
    "a column twice": (
        set_cell(1, "age", "sex"),
        "column sex: stands there more than once",
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGED.values(), ids=CHANGED)
def test_an_altered_list_is_refused_by_row_and_column_and_no_content(screening, change, said):
    path = filled(screening.export(), {2: answer(), 3: answer()}, change=change)
    with pytest.raises(SafetyRefusal) as refused:
        screening.prepare(path)
    message = str(refused.value)
    assert said in message
    assert not [token for token in rows_of(screening).values() if token in message]
    assert "pain" not in message.replace("pain_evidence", "")


def test_all_faults_of_all_files_are_told_at_once(screening):
    path = screening.export()
    first = filled(path, {2: answer(by=None), 3: answer("maybe")}, "one.xlsx")
    rows = {row: answer("do not invite") for row in (2, 4, 5, 6)}
    second = filled(path, rows, "two.xlsx", set_cell(9, "sex", "?"))
    with pytest.raises(SafetyRefusal) as refused:
        screening.prepare(first, second)
    lines = str(refused.value).splitlines()[1:]
    assert len(lines) == 4
    assert 'two.xlsx rows 2, 4-6, reason_code: is empty for "do not invite"' in str(refused.value)


def test_another_runs_list_is_refused(screening, searched_practice, tmp_path):
    path = filled(screening.export(), {2: answer()})
    other = copied(searched_practice, tmp_path / "other")
    other.run_folder.unlink()
    shutil.copytree(searched_practice.run_folder, other.run_folder)
    manifest = other.run_folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(SafetyRefusal, match="made from another run than run"):
        other.prepare(path)


def test_a_list_of_another_practice_or_study_is_refused(screening):
    path = filled(screening.export(), {2: answer()})
    run = screening.run
    object.__setattr__(run, "practice", "A99999")
    whose = {"practice": "A99999", "study": run.study}
    ledger = Ledger.create(screening.folder / "b.ledger", **whose, who=BY, at=AT)
    key = Key.create(screening.folder / "b.key", **whose)
    with pytest.raises(SafetyRefusal, match="the list is of practice 00001, and not of A99999"):
        prepare_import([path], run, ledger, key, today=TODAY)


def test_s7_a_key_made_anew_does_not_take_the_list(screening):
    path = filled(screening.export(), {2: answer()})
    screening.key_path.unlink()
    Key.create(screening.key_path, practice=screening.run.practice, study=screening.run.study)
    screening.tokens()
    with pytest.raises(SafetyRefusal, match="neither the run nor the ledger has this person"):
        screening.prepare(path)


def test_rows_of_another_list_of_the_same_run_are_refused(screening):
    one = screening.export("one.xlsx")
    other = screening.export("other.xlsx", screeners=[KHAN])
    _, foreign, columns = sheet_of(other)

    def paste(sheet, _):
        for column in columns.values():
            sheet.cell(2, column).value = foreign.cell(2, column).value

    with pytest.raises(SafetyRefusal, match="row 2"):
        screening.prepare(filled(one, {}, change=paste))


def test_a_list_that_no_longer_says_which_it_is_is_refused(screening):
    path = screening.export()
    workbook, _, _ = sheet_of(path)
    workbook["_list"]["B4"].value = "2026-01-01"
    workbook.save(screening.folder / "changed.xlsx")
    del workbook["_list"]
    workbook.save(screening.folder / "lost.xlsx")
    for name in ("changed.xlsx", "lost.xlsx"):
        with pytest.raises(SafetyRefusal, match="no longer says which list it is"):
            screening.prepare(screening.folder / name)


def test_two_sheets_of_people_are_refused(screening):
    path = screening.export()
    workbook, sheet, _ = sheet_of(path)
    workbook.copy_worksheet(sheet)
    workbook.save(screening.folder / "twice.xlsx")
    with pytest.raises(SafetyRefusal, match="2 sheets of people"):
        screening.prepare(screening.folder / "twice.xlsx")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 broken", "cannot be read as a workbook"),
        (b"a,b\n1,2\n", "is no screening list"),
        (b"", "is no screening list"),
        (b"\x00\x81\x8d\x8f\x90\x9d", "neither a workbook nor text"),
    ],
)
def test_a_file_that_is_no_list_is_wrong_use(screening, content, said):
    path = screening.folder / "odd.xlsx"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        screening.prepare(path)


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "BA3"])
def test_a_stray_cell_that_no_memory_holds_is_wrong_use(screening, place):
    def stray(sheet, columns):
        sheet[place] = " "

    path = filled(screening.export(), {}, change=stray)
    with pytest.raises(UsageError, match="too large to be read"):
        screening.prepare(path)


def test_a_file_that_is_not_there_or_named_twice_is_wrong_use(screening):
    with pytest.raises(UsageError, match="cannot be read"):
        screening.prepare(screening.folder / "none.xlsx")
    path = screening.export()
    with pytest.raises(UsageError, match="named twice"):
        screening.prepare(path, path)


def test_the_same_file_again_records_nothing_again(screening):
    path = filled(screening.export(), {2: answer()})
    assert screening.imported(path).recorded_at is None
    before = screening.ledger.head
    again = screening.prepare(path)
    assert again.recorded_at == AT
    assert record(again, screening.ledger, who=BY, at=AT) is None
    assert screening.ledger.head == before


def test_the_same_list_filled_in_further_records_what_is_new(screening):
    path, rows = screening.export(), rows_of(screening)
    screening.imported(filled(path, {2: answer(), 3: NO}))
    prepared = screening.imported(filled(path, {2: answer(), 3: NO, 4: answer()}, "more.xlsx"))
    assert [one.kind for one in prepared.entries] == ["decided"]
    assert [one.person for one in prepared.entries] == [rows[4]]


def test_the_same_screener_may_think_again_in_the_same_list(screening):
    path, rows = screening.export(), rows_of(screening)
    screening.imported(filled(path, {2: NO}))
    later = answer(on=datetime.date(2026, 11, 21))
    prepared = screening.imported(filled(path, {2: later}, "again.xlsx"))
    assert standing(screening, rows[2]).decision is Decision.INVITE
    assert prepared.changes == {(Decision.DO_NOT_INVITE, Decision.INVITE): 1}
    assert prepared.disagreements == []


def test_a_blank_row_leaves_an_earlier_decision_as_it_is(screening):
    path, rows = screening.export(), rows_of(screening)
    screening.imported(filled(path, {2: NO}))
    prepared = screening.imported(filled(path, {3: answer()}, "other.xlsx"))
    assert prepared.keep_earlier == 1
    assert standing(screening, rows[2]).decision is Decision.DO_NOT_INVITE


# decision of the first screener, of the second, and which one stands
TOGETHER = [
    ("invite", "do not invite", "do not invite"),
    ("do not invite", "invite", "do not invite"),
    ("invite", "speak at next visit", "speak at next visit"),
    ("discuss with GP", "invite", "discuss with GP"),
    ("discuss with GP", "speak at next visit", "discuss with GP"),
    ("invite", "invite", "invite"),
]


def by_two(first, second):
    reasons = {"do not invite": "EX_IN_WORK"}
    return (
        answer(first, reasons.get(first, "")),
        answer(second, reasons.get(second, ""), by=LEE),
    )


@pytest.mark.parametrize(("first", "second", "stands"), TOGETHER)
@pytest.mark.parametrize("way", ["together", "one after the other"])
def test_of_two_screeners_the_more_cautious_stands(screening, first, second, stands, way):
    path, rows = screening.export(), rows_of(screening)
    khan, lee = by_two(first, second)
    files = filled(path, {2: khan, 3: khan}, "khan.xlsx"), filled(path, {2: lee}, "lee.xlsx")
    if way == "together":
        prepared = screening.imported(*files)
    else:
        screening.imported(files[0])
        prepared = screening.imported(files[1])
    assert standing(screening, rows[2]).decision == stands
    assert len(prepared.disagreements) == (first != second)
    assert standing(screening, rows[3]).decision == first


def test_both_screeners_words_are_kept(screening):
    path, rows = screening.export(), rows_of(screening)
    khan, lee = by_two("do not invite", "invite")
    screening.imported(filled(path, {2: khan}, "k.xlsx"), filled(path, {2: lee}, "l.xlsx"))
    said = screening.ledger.standing.decisions[rows[2]]
    assert [(one.screened_by, one.decision) for one in said] == [
        (LEE, Decision.INVITE),
        (KHAN, Decision.DO_NOT_INVITE),
    ]


def test_a_list_exported_anew_settles_a_disagreement(screening):
    path, rows = screening.export(), rows_of(screening)
    khan, lee = by_two("do not invite", "invite")
    screening.imported(filled(path, {2: khan}, "k.xlsx"), filled(path, {2: lee}, "l.xlsx"))
    anew = filled(screening.export("anew.xlsx"), {2: lee}, "settled.xlsx")
    prepared = screening.imported(anew)
    assert standing(screening, rows[2]).decision is Decision.INVITE
    assert prepared.disagreements == []


def test_two_files_that_repeat_the_standing_refusal_do_not_let_an_invitation_pass(screening):
    rows = rows_of(screening)
    screening.imported(filled(screening.export(), {2: NO}))
    anew = screening.export("anew.xlsx")
    lee = answer(by=LEE)
    prepared = screening.imported(
        filled(anew, {2: NO}, "same.xlsx"), filled(anew, {2: lee}, "lee.xlsx")
    )
    assert standing(screening, rows[2]).decision is Decision.DO_NOT_INVITE
    assert len(prepared.disagreements) == 1


def test_disagreements_are_listed_with_who_said_what_and_what_stands(screening):
    path, rows = screening.export(), rows_of(screening)
    khan, lee = by_two("invite", "do not invite")
    files = filled(path, {2: khan, 3: khan}, "k.xlsx"), filled(path, {2: lee, 3: khan}, "l.xlsx")
    prepared = screening.prepare(*files)
    written = write_disagreements(prepared, screening.run, screening.folder / "differ.csv")
    assert written.path.name == "differ.PRACTICE-ONLY.csv"
    with written.path.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert [(one["file"], one["decision"], one["stands"]) for one in listed] == [
        ("k.xlsx", "invite", ""),
        ("l.xlsx", "do not invite", "yes"),
    ]
    assert {one["candidate_token"] for one in listed} == {rows[2]}


def test_whom_the_ledger_bars_and_who_is_known_to_work_is_told(screening):
    path, rows = screening.export(), rows_of(screening)
    screening.append([OptedOut(person=rows[2], opt_out=OptOutKind.RESEARCH, source="phone")])
    prepared = screening.prepare(filled(path, {2: answer(), 3: answer(knows="in_work"), 4: NO}))
    assert (prepared.barred, prepared.in_work) == (1, 1)


def test_a_screener_who_is_not_on_the_list_can_be_named_at_the_import(screening):
    path = filled(screening.export(), {2: answer(by="Nurse C")})
    with pytest.raises(SafetyRefusal):
        screening.prepare(path)
    assert len(screening.prepare(path, more_screeners=["Nurse C"]).outcomes) == 1


def test_rows_may_be_sorted_hidden_and_blank_ones_added(screening):
    path = filled(screening.export(), {2: answer(), 3: NO, 10: answer()})
    expected = {one.person: one.after for one in screening.prepare(path).outcomes}

    def sort(sheet, columns):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        rows.sort(key=lambda cells: cells[columns["age"] - 1])
        for number, cells in enumerate(rows, 2):
            for column, value in enumerate(cells, 1):
                sheet.cell(number, column).value = value
                if str(value).startswith("="):
                    sheet.cell(number, column).data_type = "s"  # openpyxl makes a formula of it
            sheet.row_dimensions[number].hidden = number % 2 == 0
        sheet.cell(sheet.max_row + 3, 2).value = "   "

    workbook, sheet, columns = sheet_of(path)
    sort(sheet, columns)
    moved = screening.folder / "sorted.xlsx"
    workbook.save(moved)
    assert {one.person: one.after for one in screening.prepare(moved).outcomes} == expected


def test_columns_may_be_moved_and_others_are_not_read(screening):
    path = screening.export()

    def change(sheet, columns):
        sheet.cell(1, sheet.max_column + 1).value = "my notes"
        sheet.cell(2, sheet.max_column).value = "secret words"
        sheet.move_range(f"A1:A{sheet.max_row}", cols=30)

    prepared = screening.prepare(filled(path, {2: answer()}, change=change))
    assert len(prepared.outcomes) == 1
    assert prepared.not_read == 1


def test_the_csv_list_comes_back_too(screening):
    rows = rows_of(screening)
    path = filled_csv(screening.export("list.csv"), {3: answer(knows="unknown"), 4: NO})
    screening.imported(path)
    assert standing(screening, rows[2]).decision is Decision.INVITE
    assert standing(screening, rows[3]).decision is Decision.DO_NOT_INVITE


@pytest.mark.parametrize(
    ("encoding", "delimiter", "newline"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ";", "\r\n"),
        ("cp1252", ",", "\r\n"),
        ("cp1252", ";", "\r\n"),
        ("utf-16", "\t", "\r\n"),
    ],
)
def test_the_csv_list_comes_back_however_it_was_saved(screening, encoding, delimiter, newline):
    given = {3: answer(on="20/11/2026"), 4: NO}
    path = filled_csv(screening.export("list.csv", screeners=[KHAN, "Dr É. Noël"]), given)
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    out = screening.folder / "saved.csv"
    with out.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=newline)
        writer.writerows([*([*row, "", ""] for row in rows), [""] * 30, []])
    assert len(screening.prepare(out).outcomes) == 2


def test_a_damaged_workbook_ends_in_words(screening):
    raw = filled(screening.export(), {2: answer()}).read_bytes()
    dice, path = random.Random(7), screening.folder / "damaged.xlsx"
    for _ in range(60):
        cut = bytearray(raw)
        for _ in range(dice.choice([1, 20])):
            cut[dice.randrange(len(cut))] = dice.randrange(256)
        path.write_bytes(bytes(cut[: dice.choice([len(cut), dice.randrange(4, len(cut))])]))
        try:
            screening.prepare(path)
        except InstepError as refused:
            assert str(refused)  # noqa: PT017


def test_the_dry_run_writes_nothing(screening):
    before = screening.ledger.head
    screening.prepare(filled(screening.export(), {2: answer()}))
    assert screening.ledger.head == before
    assert set(ENTRIES) == set(answer())
