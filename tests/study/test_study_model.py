"""Studies built in Python, and how they show themselves."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from pydantic import ValidationError
from studies import study_of, text_of

from instep_cohort.errors import DefinitionError
from instep_cohort.study import (
    AnyOf,
    Measure,
    OptOuts,
    Parameter,
    Span,
    Study,
    bind,
    compile_study,
    load_study,
    parse_study,
)

ON = date(2026, 11, 1)


def built(**changes: object) -> Study:
    """The good study of `studies`, built in Python."""
    parts: dict[str, object] = {
        "study": "small",
        "version": "1.0.0",
        "codelists": dict.fromkeys(("pain", "opioids", "notes", "work", "out"), "1.0.0"),
        "parameters": {
            "n": Parameter(value=3, source="a paper"),
            "w": Parameter(value="182 days", source="a paper"),
        },
        "measures": {
            "a": Measure(events="pain"),
            "b": Measure(medicines=["opioids"], within="$w", at_least="$n"),
        },
        "include": {"pain": AnyOf(any=["a", "b"])},
        "exclude": {"no_opioid": {"not": "b"}},
        "opt_outs": OptOuts(events="out"),
    }
    return Study(**{**parts, **changes})


def test_python_and_yaml_build_the_same_study() -> None:
    assert built() == study_of()
    assert compile_study(built(), ON) == compile_study(study_of(), ON)


def test_a_study_reads_back_from_its_own_data_text_and_json() -> None:
    for study in (built(), load_study("instep")):
        assert Study.model_validate(study.data()) == study
        assert Study.model_validate_json(study.model_dump_json(by_alias=True)).data()
        assert parse_study(Study.model_validate(study.data()).text, "again.yaml") == study
    assert study_of().text == text_of()


def test_python_values_may_be_dates_and_spans() -> None:
    measure = Measure(
        events="pain", after=date(2020, 1, 1), before=date(2021, 1, 1), apart=Span(90, "day")
    )
    assert (measure.after, measure.before, measure.apart) == ("2020-01-01", "2021-01-01", "90 days")
    with pytest.raises(ValidationError, match="is not a date"):
        Measure(events="pain", after=datetime(2020, 1, 1))


def test_a_wrong_value_is_refused_by_python_in_the_same_words() -> None:
    with pytest.raises(ValidationError, match=r"\"5 yrs\" is not a span \(write 5 years\)"):
        Measure(events="pain", within="5 yrs")
    with pytest.raises(ValidationError, match="not_there"):
        Measure(events="pain", not_there=1)
    with pytest.raises(ValidationError, match="a set stands where text is meant"):
        Study(study={1}, version="1.0.0")
    with pytest.raises(ValidationError, match="Unable to extract tag"):
        Study(study="x", version="1.0.0", include={"l": {}})


def test_nothing_changes_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        study_of().version = "2.0.0"


def test_faults_of_a_study_built_in_python_have_a_path_and_no_file() -> None:
    study = built(measures={"a": Measure(events="pain", at_least=3, at_most=2), "b": Measure()})
    with pytest.raises(DefinitionError) as caught:
        compile_study(study, ON)
    assert [str(fault) for fault in caught.value.faults] == [
        "measures.a: nobody can meet it: at_least 3 is above at_most 2",
        "measures.b: the measure names no codelist (give it events: LIST or medicines: LIST)",
    ]
    with pytest.raises(DefinitionError, match="this study selects everybody"):
        bind(Study(study="x", version="1.0.0"))


def test_a_study_shows_itself_as_a_small_table() -> None:
    study = study_of(
        title="Pain & <work>",
        population="{age: {min: 18}, registered: {for: 12 months}}",
        flags="{sick: {fit_notes: notes}}",
        settled_elsewhere="{wish: patient}",
        parameters=(
            "{n: {value: 3, source: s}, w: {value: 182 days, source: s},"
            " c: {value: [x, y], source: s}}"
        ),
    )
    assert repr(study) == str(study)
    assert repr(study).splitlines() == [
        "small 1.0.0: Pain & <work>",
        "  codelists          pain 1.0.0, opioids 1.0.0, notes 1.0.0, work 1.0.0, out 1.0.0",
        "  parameters         n = 3, w = 182 days, c = x, y",
        "  population         age from 18, registered (regular) for 12 months",
        "  measures           a, b",
        "  include            pain",
        "  exclude            no_opioid",
        "  opt-outs           out",
        "  flags              sick",
        "  settled elsewhere  wish: patient",
    ]
    html = study._repr_html_()
    assert "<caption>small 1.0.0: Pain &amp; &lt;work&gt;</caption>" in html
    assert html.count("<tr>") == 9
    assert "registered (regular)" in repr(study_of()).splitlines()[3]
    bare = repr(study_of(opt_outs=None, population="{age: {max: 64}}")).splitlines()
    assert bare[0] == "small 1.0.0"
    assert bare[3].endswith("age to 64, registered (regular)")
    assert bare[7] == "  opt-outs           none"


def test_the_json_schema_describes_the_whole_language() -> None:
    schema = Study.model_json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"study", "version"}
    assert set(schema["properties"]) == set(Study.model_fields)
    parts = schema["$defs"]
    assert set(parts["NotOf"]["properties"]) == {"not"}
    assert set(parts["Between"]["properties"]) == {"from", "to"}
    assert set(parts["Registered"]["properties"]) == {"kind", "for"}
    assert set(parts["Measure"]["properties"]) == set(Measure.model_fields)
    within = str(parts["Measure"]["properties"]["within"])
    (pattern,) = re.findall(r"'(\^\[0-9\].*?\$)'", within)
    assert re.search(pattern, "182 days")
    assert not re.search(pattern, "182days")
