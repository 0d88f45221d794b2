"""`study diff`: what changed in meaning, and nothing where only the text did."""

import itertools

import pytest
from studies import study_of

from instep_cohort.study import load_study, parse_study
from instep_cohort.study.differences import Change, differences

BASE = {
    "codelists": "{pain: 1.0.0, opioids: 1.0.0, notes: 1.0.0, work: 1.0.0, out: 1.0.0}",
    "parameters": "{n: {value: 3, source: s}, w: {value: 182 days, source: s}}",
    "population": "{age: {min: 18, max: 64}, registered: {for: 12 months}}",
    "measures": (
        "{a: {events: [pain, work], category: [x, y]},"
        " b: {medicines: opioids, within: $w, at_least: $n},"
        " c: {events: pain, within: {span: 2 weeks, after: b.first}}, d: {events: work}}"
    ),
    "include": "{one: {any: [a, {all: [b, {not: c}]}]}, two: {at_least: {n: 2, of: [a, b, d]}}}",
    "exclude": "{three: d, four: {all: [c, {not: two}]}}",
    "opt_outs": "{events: out}",
    "flags": "{sick: {fit_notes: notes, within: 1 year}, job: {work_status: work}}",
    "settled_elsewhere": "{wants_to_work: patient}",
}

# sections written otherwise, with the same meaning
THE_SAME = {
    "another order of keys and lists": {
        "measures": (
            "{d: {events: work}, a: {category: [y, x], events: [work, pain]},"
            " b: {at_least: $n, within: $w, medicines: [opioids]},"
            " c: {within: {after: b.first, span: 2 weeks}, events: pain}}"
        ),
    },
    "weeks as days, years as months": {
        "parameters": "{n: {value: 3, source: s}, w: {value: 26 weeks, source: s}}",
        "population": "{age: {min: 18, max: 64}, registered: {for: 1 year, kind: regular}}",
        "measures": BASE["measures"].replace("2 weeks", "14 days"),
        "flags": "{sick: {fit_notes: notes, within: 12 months}, job: {work_status: work}}",
    },
    "another source, another title": {
        "parameters": "{n: {value: 3, source: t}, w: {value: 182 days, source: a paper}}",
        "title": "Another",
        "protocol": "{x: y}",
    },
    "defaults said": {
        "measures": BASE["measures"].replace(
            "{events: work}", "{events: work, at_least: 1, counting: dates}"
        ),
        "flags": "{sick: {fit_notes: notes, within: 1 year, gap: 0 days, issue_gap: 5 weeks}, job: {work_status: work, fresh_for: 1 year}}",
    },
    "a window between, up to now": {
        "measures": BASE["measures"].replace("within: $w", "between: {from: $w, to: 0 days}"),
    },
    "logic in another order and nesting": {
        "include": "{one: {any: [{any: [{all: [{not: {all: [c]}}, b, b]}]}, a]}, two: {at_least: {n: 2, of: [d, b, a]}}}",
        "exclude": "{three: {not: {not: d}}, four: {all: [{not: two}, c]}}",
    },
}


@pytest.mark.parametrize("sections", THE_SAME.values(), ids=THE_SAME)
def test_a_new_text_of_the_same_meaning_is_no_change(sections):
    assert differences(study_of(**BASE), study_of(**{**BASE, **sections})) == []
    assert differences(study_of(**{**BASE, **sections}), study_of(**BASE)) == []


def test_a_shipped_study_laid_out_anew_is_the_same(shipped_study):
    import yaml

    study = load_study(shipped_study)
    text = yaml.safe_dump(study.data(), sort_keys=True, default_flow_style=True)
    # the order of lines is meaning, so they keep theirs
    data = {
        **yaml.safe_load(text),
        "include": study.data()["include"],
        "exclude": study.data()["exclude"],
    }
    anew = parse_study(yaml.safe_dump(data, sort_keys=False), "anew.yaml")
    assert differences(study, anew) == []


# sections changed, and every line that is said
CHANGED = [
    ({"codelists": BASE["codelists"].replace("opioids: 1.0.0", "opioids: 1.1.0")},
     ["codelists.opioids: 1.0.0 → 1.1.0"]),
    ({"parameters": "{n: {value: 4, source: s}, w: {value: 182 days, source: s}}"},
     ["parameters.n: 3 → 4", "measures.b: at least: 3 → 4"]),
    ({"parameters": "{n: {value: 3, source: s}, w: {value: 6 months, source: s}}"},
     ["parameters.w: 182 days → 6 months",
      "measures.b: window: the 182 days up to the search date → the 6 months up to the search date"]),
    ({"parameters": "{n: {value: 3, source: s}, v: {value: 182 days, source: s}}", "measures": BASE["measures"].replace("$w", "$v")},
     ["parameters.w: removed (182 days)", "parameters.v: added (182 days)"]),
    ({"population": "{age: {min: 18}, registered: {for: 12 months, kind: [regular, other]}, confidential: include}"},
     ["population.age: 18 to 64 → 18 or more", "population.registered: kind: regular → other, regular",
      "population.confidential: left out → included"]),
    ({"population": "{registered: {for: 365 days}}"},
     ["population.age: removed (18 to 64)", "population.registered: for: 12 months → 365 days"]),
    ({"measures": BASE["measures"].replace("category: [x, y]", "category: x").replace("{events: work}", "{events: work, exactly: 2, value: {max: 7}}")},
     ["measures.a: category: x, y → x", "measures.d: value: nothing → 7 or less", "measures.d: at least: 1 → 2", "measures.d: at most: no bound → 2"]),
    ({"measures": BASE["measures"].replace("{events: work}", "{events: work, counting: rows, pick: last, before: 2020-01-01}")},
     ["measures.d: window: ever → up to 2020-01-01", "measures.d: pick: nothing → last", "measures.d: counting: dates → rows"]),
    ({"measures": BASE["measures"].replace("{events: work}", "{events: work, at_least: 2, apart: 13 weeks}")},
     ["measures.d: at least: 1 → 2", "measures.d: apart: nothing → 91 days"]),
    ({"measures": BASE["measures"].replace("after: b.first", "around: b.last")},
     ["measures.c: window: 14 days after b.first → 14 days around b.last"]),
    ({"measures": BASE["measures"].replace("events: [pain, work]", "events: pain")},
     ["measures.a: events: pain, work → pain"]),
    # a name for another measure: removed and added, unless the content is the same
    ({"measures": BASE["measures"].replace("b:", "bb:").replace("b.first", "bb.first"),
      "include": BASE["include"].replace("b", "bb"), "exclude": BASE["exclude"]},
     ["measures.b: renamed to bb, otherwise the same"]),
    ({"measures": BASE["measures"].replace("d: {events: work}", "e: {events: pain}"),
      "include": BASE["include"].replace("d]", "e]"), "exclude": "{three: e, four: {all: [c, {not: two}]}}"},
     ["measures.d: removed (events: work, at least: 1)", "measures.e: added (events: pain, at least: 1)",
      "include.two: at least 2 of a, b, d → at least 2 of a, b, e", "exclude.three: d → e"]),
    ({"include": BASE["include"].replace("two:", "deux:"), "exclude": BASE["exclude"].replace("not: two", "not: deux")},
     ["include.two: renamed to deux, otherwise the same"]),
    ({"include": "{two: {at_least: {n: 2, of: [a, b, d]}}, one: {any: [a, {all: [b, {not: c}]}]}}"},
     ["include: order: one, two → two, one"]),
    ({"include": "{one: {all: [a, {any: [b, {not: c}]}]}, two: {at_least: {n: 3, of: [a, b, d]}}}"},
     ["include.one: (b and not c) or a → (b or not c) and a", "include.two: at least 2 of a, b, d → a and b and d"]),
    ({"exclude": "{three: d}"}, ["exclude.four: removed (c and not two)"]),
    ({"include": BASE["include"][:-1] + ", three: d}", "exclude": "{four: {all: [c, {not: two}]}}"},
     ["include.three: section: exclude → include"]),
    ({"opt_outs": "{events: [out, work], type_1_overridden_by: A}"},
     ["opt_outs: lists: out → out, work", "opt_outs: type 1 dissents: remove → overridden by A"]),
    ({"opt_outs": None}, ["opt_outs: removed (lists: out, type 1 dissents: remove)"]),
    ({"flags": "{sick: {fit_notes: notes, gap: 3 days, headings: count}}"},
     ["flags.sick: window: the 12 months up to the search date → ever", "flags.sick: gap: 0 days → 3 days",
      "flags.sick: headings: nothing → count", "flags.job: removed (work status: work, fresh for: 12 months)"]),
    ({"settled_elsewhere": "{wants_to_work: clinician, pain: clinician}"},
     ["settled_elsewhere.wants_to_work: patient → clinician", "settled_elsewhere.pain: added (clinician)"]),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "expected"), CHANGED)
def test_each_change_is_said_once(sections, expected):
    found = differences(study_of(**BASE), study_of(**{**BASE, **sections}))
    assert sorted(map(str, found)) == sorted(expected)


def test_changes_come_in_the_order_of_a_study():
    found = differences(load_study("any-pain-any-medicine"), load_study("reise"))
    sections = list(dict.fromkeys(change.section for change in found))
    assert sections == [
        "codelists",
        "parameters",
        "measures",
        "include",
        "flags",
        "settled_elsewhere",
    ]


def test_a_chain_of_renames_is_followed():
    old = study_of(
        measures="{a: {events: pain}, b: {events: pain, within: {span: 1 day, after: a.first}}, c: {medicines: opioids, within: {span: 1 day, after: b.last}}}",
        include="{x: a, y: {any: [x, c]}, z: {any: [y, b]}}", exclude="{}",
        parameters=None,
    )  # fmt: skip
    new = study_of(
        measures="{a2: {events: pain}, b2: {events: pain, within: {span: 1 day, after: a2.first}}, c2: {medicines: opioids, within: {span: 1 day, after: b2.last}}}",
        include="{x2: a2, y2: {any: [x2, c2]}, z2: {any: [y2, b2]}}", exclude="{}",
        parameters=None,
    )  # fmt: skip
    found = differences(old, new)
    assert {change.kind for change in found} == {"renamed"}
    assert [(change.name, change.after) for change in found] == [(n, f"{n}2") for n in "abcxyz"]


def test_what_is_there_and_back_is_the_same_number_of_changes():
    studies = [study_of(**{**BASE, **sections}) for sections, _ in CHANGED[:8]]
    for one, other in itertools.combinations(studies, 2):
        there, back = differences(one, other), differences(other, one)
        assert len(there) == len(back)
        assert {(c.section, c.key, c.before, c.after) for c in there if c.kind == "changed"} == {
            (c.section, c.key, c.after, c.before) for c in back if c.kind == "changed"
        }


def test_the_changes_are_values():
    (change,) = differences(study_of(**BASE), study_of(**{**BASE, **CHANGED[0][0]}))
    assert change == Change("codelists", "opioids", "changed", "", "1.0.0", "1.1.0")
