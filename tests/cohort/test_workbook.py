"""The workbook for people, read with another library than the one that wrote it."""

from datetime import date, datetime

import openpyxl
import pytest

from cohort.small_practice import ATTRITION, CANDIDATES
from instep_cohort.cohort.workbook import COLUMN_MEANINGS


@pytest.fixture(scope="module")
def book(run_folder):
    return openpyxl.load_workbook(run_folder / "candidates.xlsx")


def column(sheet, name):
    (head,) = [cell for cell in sheet[1] if cell.value == name]
    return [row[0] for row in sheet.iter_rows(min_row=2, min_col=head.column, max_col=head.column)]


def test_its_sheets(book):
    assert book.sheetnames == ["Candidates", "Attrition", "Tiers", "About"]


def test_no_cell_runs_as_a_formula_or_a_link(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]
    assert len(cells) > 200


@pytest.mark.parametrize(("name", "values"), [
    ("patient_id", CANDIDATES),
    ("practice_id", ["0P1"] * 6 + ["@0P2", "0P1"]),
])  # fmt: skip
def test_every_id_is_a_text_cell_with_its_zeros_and_signs(book, name, values):
    cells = column(book["Candidates"], name)
    assert [cell.value for cell in cells] == values
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}


def test_cells_of_each_kind(book, cohort):
    sheet = book["Candidates"]
    assert [cell.value for cell in sheet[1]] == cohort.to_arrow().column_names
    place = 2 + CANDIDATES.index("00ZQ01")
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[place], strict=True)}
    assert (row["age"].value, row["age"].data_type) == (46, "n")
    assert (row["certified_sickness"].value, row["certified_sickness"].data_type) == (True, "b")
    assert row["fit_note_last"].value == datetime(2026, 10, 20)
    assert row["fit_note_last"].number_format == "yyyy-mm-dd"
    assert row["work_status_date"].value is None
    assert row["reason"].value.startswith("Pain: ache (1 date")
    assert row["reason"].alignment.wrap_text


def test_the_head_stays_in_view_and_filters(book):
    for name, last in (("Candidates", "AH9"), ("Attrition", "G12"), ("Tiers", "M5")):
        assert book[name].freeze_panes == "B2"
        assert book[name].auto_filter.ref == f"A1:{last}"
    assert book["Candidates"]["A1"].font.bold


def test_the_attrition_sheet(book):
    rows = list(book["Attrition"].iter_rows(min_row=2, values_only=True))
    assert [(step, kind, *numbers) for step, kind, _, *numbers in rows] == ATTRITION


def test_about_says_what_the_run_was_and_what_to_know(book, cohort):
    pairs = [(a, b) for a, b in book["About"].iter_rows(values_only=True)]
    assert pairs[:6] == [
        ("Class", "PRACTICE-ONLY"),
        ("Study", "small 1.0.0: A small study"),
        ("Search date", "2026-11-01"),
        ("Extract date", "2026-11-01"),
        ("Codelists", "aches 1.0.0, palliative 1.0.0, pills 1.0.0, notes 1.0.0, jobs 1.0.0, wishes 1.0.0"),
        ("To be settled", "wants_to_work: patient at contact"),
    ]  # fmt: skip
    assert [text for name, text in pairs if name == "Note"] == list(cohort.warnings)
    assert len(cohort.warnings) == 2
    meanings = dict(pairs[pairs.index(("Column", "Meaning")) + 1 :])
    assert meanings == {name: COLUMN_MEANINGS[name] for name in cohort.to_arrow().column_names}
    assert "never evidence of unemployment" in meanings["certified_sickness"]


def test_its_date_is_the_search_date_so_that_the_same_run_is_the_same_file(book):
    assert book.properties.created.date() == date(2026, 11, 1)


def test_a_workbook_of_nobody_has_its_head(identified, tmp_path):
    folder = identified(parameters={"issues": "9"}).save(tmp_path / "nobody")
    sheet = openpyxl.load_workbook(folder / "candidates.xlsx")["Candidates"]
    assert sheet["A1"].value == "patient_id"
    assert sheet.max_row == 1
    assert sheet.auto_filter.ref == "A1:AH2"
