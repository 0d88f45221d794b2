"""Which codes each part of a study reads, what they are to it, and by which bounds."""

from types import SimpleNamespace

import pytest

from instep_cohort.engine.uses import (
    FIRST_DAY,
    LAST_DAY,
    OPT_OUT_CATEGORIES,
    Label,
    list_uses,
    measure_bounds,
    uses_of,
)
from instep_cohort.study.plan import AnchoredWindow, FixedWindow, MeasurePlan, OptOutPlan

TODAY = 20_000
EVER = FixedWindow(None, TODAY)


def a_measure(name, source, *lists, window=EVER, categories=None, **others):
    windowed = window is not EVER
    return MeasurePlan(name, source, lists, categories, window, windowed, **others)


def a_plan(*measures, opt_outs=None, fit_notes=None, work_status=None):
    return SimpleNamespace(
        measures={one.name: one for one in measures},
        search_day=TODAY,
        opt_outs=opt_outs and OptOutPlan(opt_outs, None),
        fit_notes=fit_notes and SimpleNamespace(name="sick", codelist=fit_notes),
        work_status=work_status and SimpleNamespace(name="work", codelist=work_status),
    )


def resolved(version="1.0.0", matched_by="code", **codes):
    held = {int(key.lstrip("c")): frozenset(value.split()) for key, value in codes.items()}
    return SimpleNamespace(
        codelist=SimpleNamespace(version=version),
        categories_by_key=held,
        matched_by_key=dict.fromkeys(held, matched_by),
    )


def rows(uses):
    names = ("code_key", "use_key", "label_key")
    return [tuple(row[name] for name in names) for row in uses.table.to_pylist()]


def test_a_list_read_by_events_and_by_medicines_is_two_uses_of_two_kinds_of_codes():
    plan = a_plan(a_measure("told", "events", "drugs"), a_measure("given", "medicines", "drugs"))
    assert list_uses(plan) == [("drugs", "clinical"), ("drugs", "medicine")]
    uses = uses_of(
        plan,
        {
            ("drugs", "clinical"): resolved(c3="weak"),
            ("drugs", "medicine"): resolved(c7="weak strong", matched_by="product_name"),
        },
    )
    assert uses.measures == {"told": 0, "given": 1}
    assert rows(uses) == [(3, 0, 0), (7, 1, 1)]
    assert uses.labels == [
        Label("told", 3, "drugs", "1.0.0", "weak", "code"),
        Label("given", 7, "drugs", "1.0.0", "strong; weak", "product_name"),
    ]


def test_each_list_is_resolved_once_however_often_it_is_read():
    plan = a_plan(
        a_measure("a", "events", "aches", "pains"),
        a_measure("b", "events", "aches"),
        opt_outs=("wishes", "aches"),
        fit_notes="notes",
        work_status="notes",
    )
    assert list_uses(plan) == [(name, "clinical") for name in ("aches", "pains", "wishes", "notes")]


def test_a_code_in_both_lists_of_a_union_is_one_row_with_both_names():
    plan = a_plan(a_measure("a", "events", "aches", "pains"))
    uses = uses_of(
        plan,
        {
            ("aches", "clinical"): resolved(c5="back", c2="hip"),
            ("pains", "clinical"): resolved("2.0.0", "dictionary", c5="back"),
        },
    )
    assert uses.labels == [
        Label("a", 2, "aches", "1.0.0", "hip", "code"),
        Label("a", 5, "aches; pains", "1.0.0; 2.0.0", "back", "code; dictionary"),
    ]


def test_only_the_categories_that_are_asked_for():
    plan = a_plan(a_measure("a", "events", "aches", categories=frozenset({"hip"})))
    uses = uses_of(plan, {("aches", "clinical"): resolved(c1="back", c2="hip back", c3="hip")})
    assert [(one.code_key, one.category) for one in uses.labels] == [(2, "hip"), (3, "hip")]


def test_opt_outs_are_a_use_for_each_category_and_read_any_date():
    plan = a_plan(a_measure("a", "events", "aches"), opt_outs=("wishes",), fit_notes="notes")
    uses = uses_of(
        plan,
        {
            ("aches", "clinical"): resolved(),
            ("wishes", "clinical"): resolved(c1="caution", c2="research_dissent"),
            ("notes", "clinical"): resolved(c1="not_fit"),
        },
    )
    assert uses.opt_outs == {name: 1 + n for n, name in enumerate(OPT_OUT_CATEGORIES)}
    assert [uses.names[key] for key in uses.opt_outs.values()] == ["opt_out"] * 5
    assert (uses.names[uses.fit_notes], uses.work_status) == ("sick", None)
    bounds = {row["use_key"]: row for row in uses.table.to_pylist()}
    opt_out = bounds[uses.opt_outs["caution"]]
    assert (opt_out["any_date"], opt_out["first_day"], opt_out["last_day"]) == (
        *(True, FIRST_DAY, LAST_DAY),
    )
    note = bounds[uses.fit_notes]
    assert (note["any_date"], note["takes_undated"], note["last_day"]) == (False, False, TODAY)


def test_nothing_resolved_is_an_empty_table_of_the_same_columns():
    plan = a_plan(a_measure("a", "events", "aches"))
    empty = uses_of(plan, {("aches", "clinical"): resolved()})
    full = uses_of(plan, {("aches", "clinical"): resolved(c1="back")})
    assert empty.table.num_rows == 0
    assert empty.table.schema.equals(full.table.schema)
    assert empty.names == full.names


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (a_measure("a", "events", "x"), {"first_day": FIRST_DAY, "last_day": TODAY, "takes_undated": True}),
        (a_measure("a", "events", "x", window=FixedWindow(5, 9)), {"first_day": 5, "last_day": 9, "takes_undated": False}),
        (
            a_measure("a", "events", "x", window=AnchoredWindow("b", "first", 5, 5)),
            {"first_day": FIRST_DAY, "last_day": TODAY, "takes_undated": False},
        ),
        (a_measure("a", "events", "x", pick="last"), {"takes_undated": False}),
        (a_measure("a", "events", "x"), {"wants_value": False}),
        (a_measure("a", "events", "x", value_min=0.0), {"wants_value": True, "value_min": 0.0, "value_max": 1.7e308}),
        (a_measure("a", "events", "x", value_max=5.0), {"wants_value": True, "value_min": -1.7e308, "value_max": 5.0}),
    ],
)  # fmt: skip
def test_the_bounds_of_a_measure(measure, expected):
    bounds = measure_bounds(measure, TODAY)._asdict()
    assert {name: bounds[name] for name in expected} == expected
    assert not bounds["any_date"]
