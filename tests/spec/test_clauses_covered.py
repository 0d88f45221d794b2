"""Every clause of the study language has a table or a test, and every sentence of it a clause."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from spec.contract import CONTRACT, sections_of, unheard, unsaid
from spec.language import CLAUSES, SECTIONS, SPECS, name_of

ROOT = Path(__file__).parents[2]
beside_the_contract = pytest.mark.skipif(
    not CONTRACT.exists(), reason="the contract is not part of the repository and is not here"
)
each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda one: f"§{one.number}")


def test_names_are_used_once():
    for names in ([clause.id for clause in CLAUSES], [name_of(spec) for spec in SPECS]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


@each_section
def test_every_clause_has_a_table_or_a_test(section):
    shown = {name for spec in SPECS for name in spec.ids} | set(section.elsewhere)
    assert [clause.id for clause in section.clauses if clause.id not in shown] == []


@each_section
def test_every_table_and_test_is_of_a_clause(section):
    known = {clause.id for clause in CLAUSES}
    named = {name for spec in section.specs for name in spec.ids} | set(section.elsewhere)
    assert named <= known
    assert all(spec.ids[0].startswith(f"§{section.number}-") for spec in section.specs)


@each_section
def test_the_tests_that_are_named_are_there(section):
    named = {test for tests in section.elsewhere.values() for test in tests}
    named |= {test for spec in section.specs for test in spec.TESTS}
    for test in named:
        file, _, function = test.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert function in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, test


def test_every_table_has_a_test_of_its_kind():
    assert {type(spec).__name__ for spec in SPECS if not spec.TESTS} == set()


@beside_the_contract
def test_the_contract_has_these_sections():
    assert list(sections_of(CONTRACT.read_text(encoding="utf-8"))) == [s.number for s in SECTIONS]


@beside_the_contract
@each_section
def test_no_sentence_of_the_contract_is_without_a_clause(section):
    text = sections_of(CONTRACT.read_text(encoding="utf-8"))[section.number]
    assert list(unheard(text, section)) == []


@beside_the_contract
@each_section
def test_the_clauses_quote_the_contract(section):
    text = sections_of(CONTRACT.read_text(encoding="utf-8"))[section.number]
    assert list(unsaid(text, section)) == []
