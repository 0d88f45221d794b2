"""Lists that real LibreOffice opened, filled in and saved: xlsx, ods and csv."""

import datetime

import pytest
from libreoffice import SOFFICE, LibreOffice
from screening_practice import ENTRIES, KHAN, LEE, answer, filled, filled_csv, sheet_of

from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.screening.answers import Answer
from instep_cohort.recruitment.vocabulary import Decision, KnownWorkStatus, Reason

pytestmark = pytest.mark.skipif(
    SOFFICE is None, reason="no LibreOffice here (apt-get install libreoffice-calc)"
)
DAY = datetime.date(2026, 11, 20)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return LibreOffice(tmp_path_factory.mktemp("office") / "profile")


def typed(columns):
    """Basic that types decisions in: dates as days, as text and as formulas."""

    def put(row, name, text, how="String"):
        return f"sheet.getCellByPosition({columns[name] - 1}, {row - 1}).{how} = {text}"

    yield put(2, "decision", '"invite"')
    yield put(2, "knows_work_status", '"out_of_work"')
    yield put(2, "screened_by", f'"{KHAN}"')
    yield put(2, "screened_on", '"2026-11-20"', "FormulaLocal")
    yield put(3, "decision", '"do not invite"')
    yield put(3, "reason_code", '"PJ_BEREAVED: bereaved"')
    yield put(3, "screened_by", f'"{LEE}"')
    yield put(3, "screened_on", '"20/11/2026"')
    yield put(4, "decision", '"discuss with GP"')
    yield put(4, "screened_by", f'"{KHAN}"')
    yield put(4, "screened_on", '"=DATE(2026;11;20)"', "Formula")
    yield put(5, "screened_by", f'"{KHAN}"')
    yield "sheet.Rows.getByIndex(2).IsVisible = False"
    yield 'sheet.getCellByPosition(1, 500).String = "   "'
    yield 'sheet.getCellRangeByName("A1:H9").CellBackColor = RGB(255, 200, 200)'


def expected(rows):
    return {
        rows[2]: Answer(Decision.INVITE, None, KnownWorkStatus.OUT_OF_WORK, KHAN, DAY),
        rows[3]: Answer(Decision.DO_NOT_INVITE, Reason.PJ_BEREAVED, None, LEE, DAY),
        rows[4]: Answer(Decision.DISCUSS_WITH_GP, None, None, KHAN, DAY),
    }


def rows_of(screening, **options):
    return {number: row[0] for number, row in enumerate(screening.listed(**options).rows, 2)}


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_is_typed_in_libreoffice_comes_back_exactly(screening, office, kind):
    shown = {"identity": ("local_patient_no",)}
    path = screening.export(**shown)
    columns = sheet_of(path)[2]
    target = screening.folder / f"typed.{kind}"
    office.edit(path, target, list(typed(columns)))
    prepared = screening.prepare(target)
    assert {one.person: one.after for one in prepared.outcomes} == expected(
        rows_of(screening, **shown)
    )
    assert prepared.people == len(screening.run.patient_ids)


def test_libreoffice_locks_what_is_known_and_lets_decisions_be_typed(screening, office):
    path = screening.export()
    columns = sheet_of(path)[2]
    lines = [
        "Dim column, said",
        f"For column = 0 To {len(columns) - 1}",
        'said = said & sheet.getCellByPosition(column, 2).CellProtection.IsLocked & " "',
        "Next column",
        "said = said & sheet.isProtected()",
        'sheet.unprotect("")',
        "sheet.getCellByPosition(0, 600).String = said",
    ]
    target = office.edit(path, screening.folder / "locks.xlsx", lines)
    said = sheet_of(target)[1].cell(601, 1).value.split()
    locks = dict(zip(columns, said[:-1], strict=True))
    assert said[-1] == "True"
    assert {name for name, locked in locks.items() if locked == "False"} == set(ENTRIES)


def test_there_and_back_through_other_kinds_of_file(screening, office):
    path = filled(screening.export(), {2: answer(), 3: answer("do not invite", "AD_LEFT")})
    ods = office.convert(path, "ods", screening.folder / "a")
    again = office.convert(ods, "xlsx:Calc MS Excel 2007 XML", screening.folder / "b")
    for one in (ods, again):
        assert len(screening.prepare(one).outcomes) == 2
    sheet = sheet_of(again)[1]
    assert sheet.protection.sheet
    assert len(sheet.data_validations.dataValidation) == 5


def test_a_locked_cell_that_libreoffice_changed_is_found(screening, office):
    path = screening.export()
    columns = sheet_of(path)[2]
    tier = columns["tier"] - 1
    changes = [f'sheet.getCellByPosition({tier}, 6).String = "A"', *typed(columns)]
    if sheet_of(path)[1].cell(7, tier + 1).value == "A":
        changes[0] = changes[0].replace('"A"', '"C"')
    target = office.edit(path, screening.folder / "typed.xlsx", changes)
    with pytest.raises(SafetyRefusal, match=r"typed.xlsx row 7, tier: a locked cell was changed"):
        screening.prepare(target)


def test_a_csv_list_that_libreoffice_read_as_numbers_and_dates_comes_back(screening, office):
    shown = {"identity": ("local_patient_no",)}
    path = filled_csv(
        screening.export("list.csv", **shown),
        {
            3: answer(knows="out_of_work"),
            4: answer("do not invite", "PJ_BEREAVED", by=LEE, on="20/11/2026"),
        },
    )
    # comma, quotes, UTF-8, from line 1, British English, and numbers and dates are looked for
    reading = "--infilter=CSV:44,34,76,1,,2057,false,true"
    # semicolons, Windows-1252, cells saved as they are shown
    kind = "csv:Text - txt - csv (StarCalc):59,34,1,1,,2057,false,true"
    damaged = office.convert(path, kind, screening.folder / "saved", reading)
    text = damaged.read_text(encoding="cp1252")
    assert ";20/11/26;" in text
    assert any(f";{one.lstrip('0')};" in text for one in screening.run.patient_ids)
    rows = rows_of(screening, **shown)
    found = {one.person: one.after for one in screening.prepare(damaged).outcomes}
    both = expected(rows)
    assert found == {rows[2]: both[rows[2]], rows[3]: both[rows[3]]}
