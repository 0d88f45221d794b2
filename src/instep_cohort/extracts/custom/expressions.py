"""The SQL expressions that a mapping's columns stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from instep_cohort.extracts.custom.model import Code, RecordColumns, Source
from instep_cohort.extracts.sql import any_of, choice, identifier, literal

# Where a code stands that is beside the row's own.
_BESIDE = {
    "read_v2": "read_v2",
    "ctv3": "ctv3",
    "snomed_ct": "snomed_concept",
    "dmd": "dmd",
    "bnf": "bnf",
}
_NOTHING = "CAST(NULL AS VARCHAR)"
_CODES = ("patient_id", "code")


def column_name(written: str) -> str:
    """A column by the name that the readers give it: lower case, without blanks or quotes around.

    A name that they use themselves has `column ` before it.
    """
    name = written.strip(' "').lower()
    return f"column {name}" if name.startswith("_") or name == "filename" else name


def expression(source: Source) -> str:
    """What a source is on each row."""
    if source.none:
        return _NOTHING
    if source.constant:
        return literal(source.constant)
    text = identifier(column_name(source.column))
    if source.remove:
        text = f"nullif(replace({text}, {literal(source.remove)}, ''), '')"
    return choice(text, source.values, text) if source.values else text


def expression_or_null(source: Source | None) -> str:
    """The same; null throughout where the mapping has none."""
    return _NOTHING if source is None else expression(source)


def cells(rule: Mapping[str, Sequence[str]]) -> str:
    """A condition: every named column has one of its cells."""
    return " AND ".join(
        any_of(identifier(column_name(name)), words) for name, words in rule.items()
    )


def record_columns(columns: RecordColumns) -> dict[str, str]:
    """The columns of a `RecordMap`.

    Of several codes the first that is filled is the row's own; the others stand beside it.
    """
    codes = columns.code
    found = {
        "patient_id": expression(columns.patient_id),
        "system": f"CASE {' '.join(map(_system_arm, codes))} END",
        "code": f"coalesce({', '.join(map(expression, codes))})",
    }
    for place, code in enumerate(codes):
        if place and code.of in _BESIDE:
            before = f"coalesce({', '.join(map(expression, codes[:place]))})"
            beside = f"CASE WHEN {before} IS NOT NULL THEN {expression(code)} END"
            found[_BESIDE[code.of]] = beside
    for name, source in columns:
        if isinstance(source, Source) and not source.none and name not in _CODES:
            found[name] = expression(source)
    return found


def _system_arm(code: Code) -> str:
    if code.system is None:
        return f"WHEN {expression(code)} IS NOT NULL THEN {literal(code.of)}"
    column = identifier(column_name(code.system.column))
    system = choice(column, code.system.values, "'unknown'")
    return f"WHEN {expression(code)} IS NOT NULL THEN {system}"
