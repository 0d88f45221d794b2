"""The rows behind each fact: one line each, whatever led to them, in one order on every engine."""

from hand_made import run

from reference import row

FLAGS = {"sick": {"fit_notes": "notes"}, "work": {"work_status": "jobs"}}
EVENTS = [
    row("p", "2026-05-01", "A3", 7.5, "mg"),
    row("p", "", "A1"),
    row("p", "2025", "A1"),
    row("p", "2026-01-01", "A1"),
    row("p", "2026-01-01", "A1"),
    row("p", "2026-06-01", "N1", 2, "weeks"),
    row("p", "", "N1"),
    row("p", "2026-06-01", "N2", 3),
    row("p", "2026-12-01", "J1"),
    row("p", "2026-02-01", "J1"),
    row("p", "", "RW"),
    row("p", "2028-01-01", "CA"),
    row("p", "1950-01-01", "TW"),
    row("o", "2026-01-01", "B1"),
]


def said(found):
    return [
        (r["patient_id"], r["used_by"], str(r["date"] or "undated"), r["code"], r["codelist"], r["category"])
        for r in found.tables["evidence"].to_pylist()
    ]  # fmt: skip


def test_measures_flags_and_opt_outs_with_their_categories(engine_name, tmp_path):
    measures = {"any_pain": {"events": ["aches", "pains"]}}
    found = run(engine_name, tmp_path, measures, EVENTS, flags=FLAGS)
    assert said(found) == [
        ("o", "any_pain", "2026-01-01", "B1", "pains", "dull"),
        ("p", "any_pain", "2026-01-01", "A1", "aches; pains", "back; sharp"),
        ("p", "any_pain", "2026-01-01", "A1", "aches; pains", "back; sharp"),
        ("p", "any_pain", "2026-05-01", "A3", "aches", "back; hip"),
        ("p", "any_pain", "undated", "A1", "aches; pains", "back; sharp"),
        ("p", "any_pain", "undated", "A1", "aches; pains", "back; sharp"),
        ("p", "opt_out", "undated", "RW", "wishes", "research_withdrawn"),
        ("p", "opt_out", "1950-01-01", "TW", "wishes", "type_1_withdrawn"),
        ("p", "opt_out", "2028-01-01", "CA", "wishes", "caution"),
        ("p", "sick", "2026-06-01", "N1", "notes", "not_fit"),
        ("p", "sick", "2026-06-01", "N2", "notes", "length_weeks"),
        ("p", "work", "2026-02-01", "J1", "jobs", "out_of_work"),
    ]
    rows = found.tables["evidence"].to_pylist()
    assert [(row["value"], row["unit"]) for row in rows if row["value"] is not None] == [
        *((7.5, "mg"), (2.0, "weeks"), (3.0, None))
    ]
    assert {row["term"] for row in rows if row["code"] == "A1"} == {"term of A1"}


def test_medicines_have_no_value_and_meet_their_own_codes_only(engine_name, tmp_path):
    measures = {"told": {"events": "aches"}, "given": {"medicines": "aches"}}
    issues = (
        row("p", "2026-03-01", "A1"),
        row("p", "2026-03-01", "A1"),
        row("q", "2026-03-02", "A2"),
    )
    found = run(
        engine_name, tmp_path, measures, EVENTS[3:5], medicines=issues, include={"x": "given"}
    )
    assert [(who, use, when, code) for who, use, when, code, *_ in said(found)] == [
        *[("p", "told", "2026-01-01", "A1")] * 2,
        *[("p", "given", "2026-03-01", "A1")] * 2,
        ("q", "given", "2026-03-02", "A2"),
    ]
    assert {row["value"] for row in found.tables["evidence"].to_pylist()} == {None}


def test_a_study_that_meets_no_code_at_all_has_empty_tables(engine_name, tmp_path):
    found = run(engine_name, tmp_path, {"a": {"events": "aches"}}, [row("p", "2026-01-01", "none")])
    assert found.tables["evidence"].num_rows == found.tables["candidates"].num_rows == 0
    assert found.tables["evidence"].column_names[0] == "patient_id"
    assert [row.after for row in found.attrition][-1] == 0
    (facts,) = found.tables["facts"].to_pylist()
    assert (facts["a_met"], facts["a_count"], facts["a_first"], facts["dropped_at"]) == (
        *(False, 0, None, "any_row"),
    )
