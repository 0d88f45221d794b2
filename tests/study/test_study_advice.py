"""`study check`: what is said of a study that can run."""

import pytest
from studies import study_of

from instep_cohort.study.advice import ListFacts, advice

FINE = ListFacts("1.0.0", is_draft=False, has_codes_of=["research_dissent"])
PARAMETERS = "{n: {value: 3, source: a paper}, w: {value: 182 days, source: a paper}}"


def said(lists=None, **sections):
    """Severity, path and what was found of each advice, without the repair."""
    return [
        (one.severity, one.fault.where, one.fault.found)
        for one in advice(study_of(**sections), lists or {})
    ]


QUIET = {
    "codelists": "{pain: 1.0.0, opioids: 1.0.0, out: 1.0.0}",
    "include": "{pain: {any: [a, b]}}",
}


def test_nothing_is_said_of_a_study_that_is_all_there():
    names = ("pain", "opioids", "out")
    assert said(dict.fromkeys(names, FINE), **QUIET) == []


# a literal in a section, the place, and what stands there
LITERALS = [
    ("population", "{age: {min: 18}}", "population.age.min", "18"),
    ("population", "{age: {max: 0}}", "population.age.max", "0"),
    ("population", "{registered: {for: 6 months}}", "population.registered.for", "6 months"),
    ("m", "within: 90 days", "measures.m.within", "90 days"),
    ("m", "within: {span: 9 days, after: a.first}", "measures.m.within.span", "9 days"),
    ("m", "between: {from: 1 year, to: 0 days}", "measures.m.between.from", "1 year"),
    ("m", "between: {from: $w, to: 10 days}", "measures.m.between.to", "10 days"),
    ("m", "after: 2020-01-01", "measures.m.after", "2020-01-01"),
    ("m", "before: 2020-01-01", "measures.m.before", "2020-01-01"),
    ("m", "value: {min: 7}", "measures.m.value.min", "7"),
    ("m", "value: {max: 0}", "measures.m.value.max", "0"),
    ("m", "at_least: 2", "measures.m.at_least", "2"),
    ("m", "at_most: 1", "measures.m.at_most", "1"),
    ("m", "exactly: 2", "measures.m.exactly", "2"),
    ("m", "at_least: $n, apart: 90 days", "measures.m.apart", "90 days"),
    ("m", "at_least: $n, in_any: 13 weeks", "measures.m.in_any", "13 weeks"),
    ("m", "spanning: 90 days", "measures.m.spanning", "90 days"),
    ("flags", "{f: {fit_notes: pain, within: 1 year}}", "flags.f.within", "1 year"),
    ("flags", "{f: {fit_notes: pain, gap: 3 days}}", "flags.f.gap", "3 days"),
    ("flags", "{f: {fit_notes: pain, issue_gap: 35 days}}", "flags.f.issue_gap", "35 days"),
    ("flags", "{f: {work_status: pain, fresh_for: 1 year}}", "flags.f.fresh_for", "1 year"),
]


def with_literal(section, text):
    if section != "m":
        return {**QUIET, section: text}
    measures = f"{{a: {{events: pain}}, b: {{medicines: opioids, within: $w, at_least: $n}}, m: {{events: pain, {text}}}}}"
    return {**QUIET, "measures": measures, "exclude": "{no_opioid: {not: b}, em: m}"}


@pytest.mark.parametrize(("section", "text", "where", "value"), LITERALS)
def test_a_threshold_that_is_no_parameter_is_a_warning(section, text, where, value):
    assert said(**with_literal(section, text)) == [
        ("warning", where, f"{value} stands in the rule, and nothing says where it comes from")
    ]


@pytest.mark.parametrize(
    "text", ["at_least: 1", "exactly: 0", "at_most: 0", "within: 0 days", "counting: rows", "pick: first"]
)  # fmt: skip
def test_what_is_no_threshold_is_not_warned_of(text):
    assert said(**with_literal("m", text)) == []


@pytest.mark.parametrize("source", ["?", "TBD", "n/a", "none", "…", "see above", " todo: "])
def test_a_source_that_says_nothing_is_a_warning(source):
    text = f'{{n: {{value: 3, source: "{source}"}}, w: {{value: 1 day, source: a paper}}}}'
    found = [("warning", "parameters.n.source", f'"{source}" says nothing of where it comes from')]
    assert said(**{**QUIET, "parameters": text}) == found


@pytest.mark.parametrize(
    "source",
    ["project choice, no published criterion found", "A paper; the rest is a Project Choice"],
)
def test_a_project_choice_is_a_note(source):
    text = f'{{n: {{value: 3, source: "{source}"}}, w: {{value: 1 day, source: a paper}}}}'
    found = [("note", "parameters.n.source", "n is, at least in part, a project choice")]
    assert said(**{**QUIET, "parameters": text}) == found


def test_what_nothing_uses_is_a_warning():
    found = said(
        codelists="{pain: 1.0.0, opioids: 1.0.0, out: 1.0.0, spare: 1.0.0}",
        parameters="{n: {value: 3, source: s}, w: {value: 1 day, source: s}, m: {value: 1, source: s}}",
        measures="{a: {events: pain, within: {span: $w, after: c.first}}, b: {medicines: opioids, at_least: $n}, c: {events: pain}, d: {events: pain}}",
    )
    assert found == [
        ("warning", "codelists.spare", "codelist spare is pinned, and no rule uses it"),
        ("warning", "parameters.m", "parameter m is used by no rule: setting it changes nothing"),
        ("warning", "measures.d", "measure d is used by no line and no window: it decides nothing"),
    ]


def test_what_the_library_says_of_the_lists():
    lists = {
        "pain": FINE._replace(latest="1.10.0", is_draft=True),
        "opioids": FINE._replace(is_draft=True),
        "out": FINE._replace(has_codes_of=["type_1_dissent"]),
    }
    assert said(lists, **QUIET) == [
        ("warning", "codelists.pain", "pain 1.0.0 is pinned, and 1.10.0 is released"),
        ("note", "codelists", "2 of 3 codelists are drafts: no clinician has reviewed them"),
        ("note", "opt_outs.events", "no code says that somebody refused research: only the practice knows who did"),
    ]  # fmt: skip


def test_a_study_without_opt_outs_is_warned_of():
    (found,) = said(**{**QUIET, "codelists": "{pain: 1.0.0, opioids: 1.0.0}", "opt_outs": None})
    assert found == (
        "warning",
        "opt_outs",
        "the study says nothing of opt-outs: identify refuses it (exit 4)",
    )


def test_each_advice_has_file_line_and_repair():
    (one,) = advice(study_of(**with_literal("m", "at_least: 2")))
    assert str(one) == (
        "warning: small.yaml:5 measures.m.at_least: 2 stands in the rule, and nothing says where it comes from "
        "(declare it under parameters with its source, and write at_least: $NAME here)"
    )
    assert one.as_dict() == {
        "severity": "warning",
        "where": "measures.m.at_least",
        "found": "2 stands in the rule, and nothing says where it comes from",
        "repair": "declare it under parameters with its source, and write at_least: $NAME here",
        "file": "small.yaml",
        "line": 5,
    }
