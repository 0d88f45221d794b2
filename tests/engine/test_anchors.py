"""RULES.md §3: a window that hangs on another measure, which may hang on a third."""

from hand_made import LISTS, ON, facts, run

from generative.to_standard import study_text
from instep_cohort.engine.measures import anchor_levels
from instep_cohort.study import compile_study, parse_study
from reference import row

CHAIN = {
    "third": {"events": "aches", "category": "hip", "within": {"span": "10 days", "before": "second.last"}},
    "second": {"events": "pains", "within": {"span": "30 days", "after": "first.first"}, "at_least": 9},
    "first": {"events": "notes"},
    "beside": {"events": "jobs"},
    "fourth": {"events": "wishes", "within": {"span": "1 week", "around": "third.first"}, "pick": "last"},
}  # fmt: skip


def test_measures_stand_in_layers_each_after_what_it_hangs_on():
    study = {
        "study": "made",
        "version": "1.0.0",
        "title": "t",
        "codelists": dict.fromkeys(LISTS, "1.0.0"),
        "measures": CHAIN,
        "include": {"x": "first"},
        "opt_outs": {"events": "wishes"},
    }
    categories = {name: sorted(set().union(*codes.values())) for name, codes in LISTS.items()}
    plan = compile_study(parse_study(study_text(study), "made.yaml"), ON, categories=categories)
    layers = [{measure.name for measure in layer} for layer in anchor_levels(plan)]
    assert layers == [{"first", "beside"}, {"second"}, {"third"}, {"fourth"}]


def test_an_anchor_of_an_anchor_of_an_anchor(engine_name, tmp_path):
    events = [
        row("p", "2026-01-10", "N1"),
        row("p", "2026-03-01", "N1"),
        row("p", "2026-01-09", "B1"),  # the day before the anchor
        row("p", "2026-01-10", "B1"),
        row("p", "2026-02-09", "A1"),  # the 30th day after it; of aches [back] too
        row("p", "2026-02-10", "B1"),
        row("p", "2026-01-29", "A2"),  # 11 days before second.last
        row("p", "2026-01-30", "A3"),
        row("p", "2026-02-09", "A3"),
        row("p", "2026-02-10", "A3"),
        row("p", "2026-01-22", "RW"),  # 8 days before third.first
        row("p", "2026-01-23", "RW"),
        row("p", "2026-02-06", "RW"),
        row("p", "2026-02-07", "RW"),
        row("q", "2026-02-01", "B1"),  # no anchor, no match
    ]
    found = facts(
        run(
            engine_name,
            tmp_path,
            CHAIN,
            events,
            include={"any_row": {"any": ["first", "second", "beside"]}},
        )
    )
    assert {
        name: (found["p"][f"{name}_count"], str(found["p"][f"{name}_first"]), str(found["p"][f"{name}_last"]))
        for name in ("first", "second", "third", "fourth")
    } == {
        "first": (2, "2026-01-10", "2026-03-01"),
        "second": (2, "2026-01-10", "2026-02-09"),  # not met, and an anchor all the same
        "third": (2, "2026-01-30", "2026-02-09"),
        "fourth": (1, "2026-02-06", "2026-02-06"),
    }  # fmt: skip
    assert not found["p"]["second_met"]
    assert found["q"]["second_count"] == found["q"]["third_count"] == 0


def test_undated_rows_anchor_nothing_and_are_used_in_no_anchored_window(engine_name, tmp_path):
    measures = {
        "start": {"events": "notes"},
        "near": {"events": "aches", "within": {"span": "5 days", "around": "start.last"}},
    }
    events = [
        row("p", "", "N1"),
        row("p", "2026-01-10", "A1"),
        row("q", "2026-01-10", "N1"),
        row("q", "2026-01", "A1"),
    ]
    found = facts(run(engine_name, tmp_path, measures, events))
    assert [found[who]["near_count"] for who in "pq"] == [0, 0]
    assert (found["p"]["start_met"], found["p"]["start_count"]) == (True, 1)
