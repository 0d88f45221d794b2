"""`Cohort` in a notebook: tables when asked for, counts when shown."""

import html
import re

import pytest

from cohort.small_practice import EVERYBODY, TIERS

KINDS = {
    "candidates": {
        "patient_id": "text",
        "age": "number",
        "certified_sickness": "bool",
        "fit_note_last": "date",
        "certified_until": "date",
        "work_status_date": "date",
        "reason": "text",
    },
    "evidence": {"date": "date", "value": "number"},
    "facts": {"patient_id": "text", "ache_met": "bool", "ache_count": "number", "dying_first": "date"},
    "spells": {"patient_id": "text", "start": "date", "end": "date", "days": "number", "open": "bool"},
    "runs": {"patient_id": "text", "first_issued": "date", "notes": "number"},
    "attrition": {"step": "text", "before": "number", "gained_if_removed": "number"},
    "resolution": {"selector_code": "text", "rows": "number"},
}  # fmt: skip


def kind_of(column):
    import pandas as pd

    types = pd.api.types
    if types.is_bool_dtype(column):
        return "bool"
    if types.is_datetime64_any_dtype(column):
        return "date"
    return "number" if types.is_numeric_dtype(column) else "text"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("empty", [False, True])
def test_its_tables_in_pandas(cohort, identified, name, empty):
    cohort = identified(parameters={"issues": "9"}) if empty else cohort
    frame = getattr(cohort, name)
    assert {column: kind_of(frame[column]) for column in KINDS[name]} == KINDS[name]
    assert list(frame.columns) == cohort.to_arrow(name).column_names
    assert len(frame) == cohort.to_arrow(name).num_rows
    assert getattr(cohort, name) is frame


def test_ids_in_pandas_keep_their_zeros(cohort):
    assert "00ZQ01" in list(cohort.candidates["patient_id"])
    assert "00ZQ22" in list(cohort.facts["patient_id"])
    assert "00ZQ22" in list(cohort.evidence["patient_id"])


def test_it_is_as_long_as_its_list(cohort):
    assert len(cohort) == cohort.to_arrow().num_rows == 8


def test_it_counts_its_tiers_in_the_order_of_letters(cohort, identified):
    assert list(cohort.tiers.items()) == list(TIERS.items())
    nobody = identified(parameters={"issues": "9"})
    assert nobody.tiers == dict.fromkeys("ABCX", 0)


@pytest.mark.parametrize("shown", [repr, str, lambda cohort: cohort._repr_html_()])
def test_it_shows_counts_and_never_a_patient(cohort, shown):
    text = shown(cohort)
    assert "small 1.0.0 on 2026-11-01: 8 candidates" in text
    assert not [who for who in EVERYBODY if who in text]
    assert "ZQ" not in text
    assert "OWNWORDS" not in text
    assert "2026-10-20" not in text
    for step in ("alive", "palliative_care", "practice_list"):
        assert step in text


def test_the_attrition_as_lines_of_equal_columns(cohort):
    lines = repr(cohort).splitlines()[1:]
    assert lines[0].split() == ["step", "before", "dropped", "after", "gained", "if", "removed"]
    assert lines[1].split() == ["alive", "20", "1", "19", "1"]
    assert len(lines) == 12
    assert len({len(line) for line in lines}) == 1


def test_the_table_in_html_has_a_row_for_each_step_and_the_notes(cohort):
    text = html.unescape(cohort._repr_html_())
    for row in cohort.to_arrow("attrition").to_pylist():
        names = ("step", "text", "before", "dropped", "after", "gained_if_removed")
        cells = r"</td>\s*<td[^>]*>".join(re.escape(str(row[name])) for name in names)
        assert re.search(rf"<td[^>]*>{cells}</td>", text), row["step"]
    assert [re.sub("<.*?>", "", note) for note in text.split("<li>")[1:]] == list(cohort.warnings)


def test_html_is_escaped(cohort):
    from dataclasses import replace

    study = cohort.manifest["study"] | {"name": "<script>"}
    shown = replace(cohort, manifest=cohort.manifest | {"study": study}, warnings=("<b>",))
    text = shown._repr_html_()
    assert "<script>" not in text
    assert "&lt;script&gt; 1.0.0 on" in text
    assert "<li>&lt;b&gt;</li>" in text
