"""RULES.md §8: the practice's own opt-out list."""

import pyarrow as pa
import pytest

from instep_cohort.cohort.practice_list import read_practice_list
from instep_cohort.errors import UsageError


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "opt-outs.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_ids_stay_text_and_one_person_may_stand_twice(tmp_path):
    path = written(
        tmp_path,
        "\ufeffpatient_id,kind,recorded_on\n007,research,2026-01-01\n 007 ,national,\n8,type_1,?\n9,national,\n",
    )
    table = read_practice_list(path).table()
    assert table.to_pylist() == [
        {"patient_id": "007", "practice_list": True, "national": True},
        {"patient_id": "8", "practice_list": True, "national": False},
        {"patient_id": "9", "practice_list": False, "national": True},
    ]


def test_it_may_have_no_rows_and_other_columns_in_any_order(tmp_path):
    path = written(tmp_path, "Recorded_On,note,KIND,patient_id\n")
    assert read_practice_list(path).table().num_rows == 0


def test_ids_of_nobody_are_told_by_line(tmp_path):
    path = written(
        tmp_path, "patient_id,kind,recorded_on\n1,research,\n\n01,research,\n2,national,\n"
    )
    assert read_practice_list(path).unknown_lines(pa.chunked_array([["01", "3"]])) == [2, 5]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("patient_id,kind\n1,research\n", ":1: the opt-out list needs the columns patient_id, kind, recorded_on; missing: recorded_on."),
        ("", "missing: patient_id, kind, recorded_on."),
        ("patient_id,kind,recorded_on\n1,research,\n2,never,\n", ":3: the kind is none of research, type_1, national."),
        ("patient_id,kind,recorded_on\n ,research,\n", ":2: the row has no patient_id."),
        ("patient_id,kind,recorded_on\n1\n", ":2: the row has 1 cells"),
        ('patient_id,kind,recorded_on\n"1"x,research,\n', "not readable as CSV"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, says):
    with pytest.raises(UsageError) as error:
        read_practice_list(written(tmp_path, text))
    assert says in str(error.value)
    assert error.value.exit_code == 2


def test_a_file_that_is_not_there_or_not_utf8(tmp_path):
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_practice_list(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_practice_list(written(tmp_path, "é", "cp1252"))


def test_a_row_whose_cells_are_shifted_gives_nobody_away(tmp_path):
    with pytest.raises(UsageError) as error:
        read_practice_list(written(tmp_path, "patient_id,kind,recorded_on\nresearch,00ZQ77,x\n"))
    assert "ZQ77" not in str(error.value)
