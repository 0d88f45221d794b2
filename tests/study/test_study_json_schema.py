"""`study schema`: what an editor is told agrees with what the library says."""

import pytest
from studies import text_of
from test_study_faults import ROWS

from instep_cohort.errors import DefinitionError
from instep_cohort.study import load_study, model, parse_study
from instep_cohort.study.json_schema import MEANINGS, json_schema
from instep_cohort.study.reading import read_yaml

jsonschema = pytest.importorskip("jsonschema")
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def data_of(text):
    return read_yaml(text, "small.yaml").data


def wrong(text):
    """The path of everything that the schema finds wrong."""
    return [".".join(map(str, one.absolute_path)) for one in VALIDATOR.iter_errors(data_of(text))]


def test_it_is_a_schema_itself():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_shipped_studies_validate(shipped_study):
    assert wrong(load_study(shipped_study).text) == []


def test_a_study_of_everything_validates():
    text = text_of(
        title="x", protocol="{anything: [1, {goes: here}, null]}",
        population="{age: {min: $n, max: 64}, registered: {kind: [regular, other], for: 1 year}, confidential: include}",
        measures="{a: {events: [pain, work], category: [x], between: {from: 2 years, to: $w}, counting: rows, exactly: 0},"
        " b: {medicines: $l, within: $w, at_least: $n, in_any: 13 weeks, pick: first},"
        " c: {events: pain, after: 2020-01-01, before: 2021-01-01, value: {min: 7.5}, at_least: 2, at_most: 3, apart: 90 days},"
        " d: {events: pain, within: {span: 9 days, around: a.last}, spanning: 1 week}}",
        parameters="{n: {value: 3, source: s}, w: {value: 182 days, source: s}, l: {value: [opioids], source: s}}",
        include="{x: {any: [a, {not: {all: [b, c]}}]}, y: {at_least: {n: 2, of: [a, b, d]}}}",
        flags="{f: {fit_notes: notes, within: $w, gap: 3 days, issue_gap: 5 weeks, private: count, headings: count}, g: {work_status: work, fresh_for: 6 months}}",
        settled_elsewhere="{x: y}", opt_outs="{events: [out, pain], type_1_overridden_by: A}",
    )  # fmt: skip
    assert parse_study(text, "x.yaml")
    assert wrong(text) == []


# a section that is wrong, and the place where the schema says so
BROKEN = [
    ({"titel": "x"}, ""),
    ({"include": None}, ""),
    ({"version": "1.0"}, "version"),
    ({"codelists": "{pain: latest}"}, "codelists.pain"),
    ({"codelists": "{'-pain': 1.0.0}"}, "codelists"),
    ({"parameters": "{n: {value: 3}, w: {value: 1 day, source: s}}"}, "parameters.n"),
    ({"parameters": "{n: {value: {a: 1}, source: s}, w: {value: 1 day, source: s}}"}, "parameters.n.value"),
    ({"population": "{age: {min: -1}}"}, "population.age.min"),
    ({"population": "{age: {}}"}, "population.age"),
    ({"population": "{registered: {kind: regulär}}"}, "population.registered.kind"),
    ({"measures": "{a: {events: pain, medicines: opioids}, b: {events: pain}}"}, "measures.a"),
    ({"measures": "{a: {events: pain, within: 182}, b: {events: pain}}"}, "measures.a.within"),
    ({"measures": "{a: {events: pain, within: 182d}, b: {events: pain}}"}, "measures.a.within"),
    ({"measures": "{a: {events: pain, at_least: 0}, b: {events: pain}}"}, "measures.a.at_least"),
    ({"measures": "{a: {events: pain, at_least: '3'}, b: {events: pain}}"}, "measures.a.at_least"),
    ({"measures": "{a: {events: pain, at_least: 1, exactly: 2}, b: {events: pain}}"}, "measures.a"),
    ({"measures": "{a: {events: pain, apart: 3 months}, b: {events: pain}}"}, "measures.a.apart"),
    ({"measures": "{a: {events: pain, apart: 9 days, spanning: 9 days}, b: {events: pain}}"}, "measures.a"),
    ({"measures": "{a: {events: pain, within: {span: 9 days, after: b}}, b: {events: pain}}"}, "measures.a.within"),
    ({"measures": "{a: {events: pain, after: 01/02/2024}, b: {events: pain}}"}, "measures.a.after"),
    ({"measures": "{a: {events: pain, pick: newest}, b: {events: pain}}"}, "measures.a.pick"),
    ({"measures": "{2a: {events: pain}, a: {events: pain}, b: {events: pain}}"}, "measures"),
    ({"include": "{pain: {any: []}}"}, "include.pain"),
    ({"include": "{pain: {any: [a], all: [b]}}"}, "include.pain"),
    ({"include": "{pain: {at_least: {n: 0, of: [a, b]}}}"}, "include.pain"),
    ({"flags": "{f: {fit_notes: notes, privat: count}}"}, "flags.f"),
    ({"flags": "{f: {fit_notes: notes, private: yes}}"}, "flags.f"),
    ({"opt_outs": "{events: $n}"}, "opt_outs.events"),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "where"), BROKEN)
def test_a_broken_study_is_marked_where_it_is_broken(sections, where):
    text = text_of(**sections)
    with pytest.raises(DefinitionError):
        parse_study(text, "small.yaml")
    assert where in wrong(text)


def test_it_is_never_stricter_than_the_library():
    """Of all the studies in the table of faults, those that are right validate."""
    right = [sections for sections, faults in ROWS if not faults]
    assert len(right) > 20
    assert [sections for sections in right if wrong(text_of(**sections))] == []


def test_it_finds_most_of_what_the_library_finds():
    caught = 0
    for sections, faults in ROWS:
        try:
            caught += bool(faults and wrong(text_of(**sections)))
        except DefinitionError:
            continue  # no YAML
    assert caught > 110


def test_every_key_of_the_language_is_described():
    parts = {"Study": SCHEMA, **SCHEMA["$defs"]}
    assert set(parts) == set(MEANINGS)
    for name, part in parts.items():
        fields = getattr(model, name).model_fields
        keys = {field.alias or key for key, field in fields.items()}
        assert set(part["properties"]) == keys == set(MEANINGS[name])
        assert part["description"]
        assert "RULES" not in part["description"]
        for key, body in part["properties"].items():
            assert body["description"] == MEANINGS[name][key]
            assert body["description"][-1] in ".)"


def test_editors_are_offered_the_words_of_the_language():
    kinds = SCHEMA["$defs"]["Registered"]["properties"]["kind"]["anyOf"]
    assert {"enum": ["regular", "temporary", "other"]} in kinds
    assert SCHEMA["$defs"]["Measure"]["properties"]["counting"]["default"] == "dates"
    assert "null" not in str(SCHEMA)
    assert "None" not in str(SCHEMA)
