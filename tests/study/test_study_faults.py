"""Every way in which a study can be wrong, and exactly what its author is told (RULES.md §9).

`broken_studies.txt` is the table: studies, and every fault of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from studies import GOOD, faults_in, faults_of, study_of, text_of

from instep_cohort.errors import DefinitionError
from instep_cohort.study import parse_study, structure

TABLE = Path(__file__).with_name("broken_studies.txt").read_text(encoding="utf-8")
# a place in the table stands for a section that has one thing more
MORE = {
    "measures.m": ("measures", "{{a: {{events: pain}}, b: {{medicines: opioids}}, m: {}}}"),
    "include.l": ("include", "{{pain: {{any: [a, b]}}, l: {}}}"),
    "flags.f": ("flags", "{{f: {}}}"),
}


def rows() -> Iterator[tuple[dict[str, str | None], list[str]]]:
    """The sections that each row changes, and its faults."""
    for block in TABLE.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if not lines:
            continue
        sections: dict[str, str | None] = {}
        for line in lines:
            if line.startswith("> - "):
                sections[line.removeprefix("> - ")] = None
            elif line.startswith("> "):
                place, body = line.removeprefix("> ").split(":", 1)
                section, more = MORE.get(place, (place, "{}"))
                sections[section] = more.format(body.strip())
        faults = [line for line in lines if not line.startswith("> ") and line != "right"]
        assert sections
        assert faults or "right" in lines
        yield sections, faults


ROWS = list(rows())


def test_the_table_is_read_whole() -> None:
    assert len(ROWS) == TABLE.count("\n> ") - sum(len(sections) - 1 for sections, _ in ROWS)
    assert sum(not faults for _, faults in ROWS) == TABLE.count("\nright\n")
    assert faults_of() == []
    assert set(GOOD) == set(study_of().data())


@pytest.mark.parametrize(("sections", "expected"), ROWS)
def test_the_author_is_told_exactly(sections: dict[str, str | None], expected: list[str]) -> None:
    assert sorted(faults_of(**sections)) == sorted(expected)


SYNTAX = {
    "": "small.yaml: the file is empty (begin with study: NAME)",
    "# nothing\n": "small.yaml: the file is empty (begin with study: NAME)",
    "\n- a\n": "small.yaml:2: the file is not a mapping of keys to values (begin with study: NAME)",
    "study: x\nmeasures:\n\ta: 1\n": (
        "small.yaml:3: this is not YAML: found character that cannot start any token"
        " (indent with spaces, not with tabs)"
    ),
    "study: x\ntitle: a: b\n": (
        "small.yaml:2: this is not YAML: mapping values are not allowed in this context"
        " (put text that holds a colon in quotes, and indent by the same number of spaces)"
    ),
    "study: @x\n": (
        "small.yaml:1: this is not YAML: found character that cannot start any token"
        " (put the value in quotes)"
    ),
    "study: x\n---\nstudy: y\n": (
        "small.yaml:2: this is not YAML: but found another document"
        " (one study to a file: remove the second ---)"
    ),
    "study: *x\n": (
        "small.yaml:1: this is not YAML: found undefined alias"
        " (an alias (*name) follows the anchor (&name) that it repeats)"
    ),
    "study: [a\n": (
        "small.yaml:2: this is not YAML: did not find expected ',' or ']'"
        " (look at the brackets, quotes and indents of this line and the one before it)"
    ),
    "study: x\ntitle: \0\n": (
        "small.yaml:2: there is a character that YAML does not allow (remove it)"
    ),
    "study: \ud800\n": (
        "small.yaml: the file cannot be read as YAML: too deep, or broken characters"
    ),
}


@pytest.mark.parametrize(("text", "expected"), SYNTAX.items())
def test_what_is_not_yaml_is_one_fault_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_study(text, "small.yaml")
    assert [str(fault) for fault in caught.value.faults] == [expected]


def test_yaml_that_is_silently_taken_elsewhere_is_a_fault() -> None:
    assert faults_in(text_of() + "include: {pain: a}\n") == [
        "include: the key stands twice, first on line 6 (remove or rename one)"
    ]
    assert faults_of(
        measures="{a: {events: pain, within: 1 day, within: 2 days}, b: {events: pain}}"
    ) == ["measures.a.within: the key stands twice, first on line 5 (remove or rename one)"]
    assert faults_of(title="!python/name x") == [
        "title: the tag !python/name is not used in a study (remove it)"
    ]
    assert faults_in(text_of() + "[a]: 1\n") == [": a key is not text (write key: value)"]
    assert faults_of(include="&x {pain: {any: [a, *x]}}")[0] == (
        "include.pain.any[1]: this lies too deep, or holds itself (write it flatter)"
    )
    assert faults_of(include="{pain: " + "{not: " * 60 + "a" + "}" * 61)[0].endswith(
        "this lies too deep, or holds itself (write it flatter)"
    )
    assert faults_of(include="&x {pain: a, <<: {<<: *x}}") == [
        "include.<<: << names no mapping, or itself (write <<: *name)"
    ]
    assert faults_of(include="{pain: a, <<: b}") == [
        "include.<<: << names no mapping, or itself (write <<: *name)"
    ]


def test_an_alias_bomb_is_refused() -> None:
    levels = "".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]\n" for i in range(1, 7))
    assert faults_in("l0: &l0 [1]\n" + levels) == [
        ": the file stands for more than 50000 values (use fewer aliases)"
    ]
    maps = "".join(f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 10)}]}}\n" for i in range(1, 7))
    assert faults_in("m0: &m0 {}\n" + maps) == [
        ": the file stands for more than 50000 values (use fewer aliases)"
    ]


def test_anchors_aliases_and_merge_keys_mean_what_they_mean_in_yaml() -> None:
    study = study_of(
        measures="{a: &a {events: pain, within: 1 year, at_least: 2}, b: {<<: *a, at_least: 4},"
        " c: {<<: [{at_least: 7}, *a]}, d: *a}"
    )
    found = {name: (m.events, m.within, m.at_least) for name, m in study.measures.items()}
    assert found == {
        "a": (("pain",), "1 year", 2),
        "b": (("pain",), "1 year", 4),
        "c": (("pain",), "1 year", 7),
        "d": (("pain",), "1 year", 2),
    }


def test_every_fault_of_a_file_comes_at_once_in_the_order_of_its_lines() -> None:
    text = """\
study: many
version: 1.0
titel: a typing error
codelists:
  pain: 1.0.0
parameters:
  issues: {value: 3, source: a paper}
population:
  age: {min: 70, max: 64}
measures:
  use:
    medicines: opiods
    withn: 182 days
    at_least: $isues
    counting: days
  pains:
    events: pain
    spanning: 3 months
include:
  pain:
    any:
      - pans
      - nott: use
exclude:
  alive: use
flags:
  sick: {fit_notes: notes, gap: 1 month}
"""
    with pytest.raises(DefinitionError) as caught:
        parse_study(text, "many.yaml")
    assert [(fault.file, fault.line, fault.where) for fault in caught.value.faults] == [
        ("many.yaml", 2, "version"),
        ("many.yaml", 3, "titel"),
        ("many.yaml", 9, "population.age"),
        ("many.yaml", 12, "measures.use.medicines"),
        ("many.yaml", 13, "measures.use.withn"),
        ("many.yaml", 14, "measures.use.at_least"),
        ("many.yaml", 15, "measures.use.counting"),
        ("many.yaml", 18, "measures.pains.spanning"),
        ("many.yaml", 22, "include.pain.any[0]"),
        ("many.yaml", 23, "include.pain.any[1]"),
        ("many.yaml", 25, "exclude.alive"),
        ("many.yaml", 27, "flags.sick.gap"),
        ("many.yaml", 27, "flags.sick.fit_notes"),
    ]
    assert str(caught.value).splitlines()[4] == (
        "many.yaml:13 measures.use.withn: there is no such key (did you mean within?)"
    )


def test_a_study_of_which_nothing_can_be_saved_still_has_its_faults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(structure, "_ROUNDS", 1)
    assert faults_of(titel="x", include="{l: nowhere}") == [
        "titel: there is no such key (did you mean title?)"
    ]
