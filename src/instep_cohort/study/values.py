"""The single values of a study: each accepts the literal it means, or ``$name``, and nothing else.

Every refusal says what was found and how to write it (`refusal`), so that a fault of a file and an
error of a model built in Python read alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from instep_cohort.study.references import REFERENCE_PATTERN, referred
from instep_cohort.study.spans import SPAN_PATTERN, Span, span_repair

REFUSAL = "study"
SEMANTIC_VERSION = (
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
CODELIST_ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SHOWN = 60

_Number = TypeVar("_Number", int, float)


def refusal(found: str, repair: str = "") -> PydanticCustomError:
    """The error of a value that is wrong, with what was found and what would be right."""
    template = "{found} ({repair})" if repair else "{found}"
    return PydanticCustomError(REFUSAL, template, {"found": found, "repair": repair})


def shown(value: object) -> str:
    """The value as its writer would know it again."""
    if isinstance(value, str):
        text = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
        return f'"{text}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | date):
        return str(value)
    if isinstance(value, Mapping):
        return f"a mapping of {', '.join(map(str, value)) or 'nothing'}"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else f"a {type(value).__name__}"


def number(value: _Number | str | None) -> _Number | None:
    """The number of a settled value; a ``$name`` that could not be replaced counts as nothing."""
    return None if isinstance(value, str) else value


def span(value: str | None) -> Span | None:
    """The span of a settled value; a ``$name`` that could not be replaced counts as nothing."""
    return None if value is None or referred(value) else Span.parse(value)


def day(value: str | None) -> date | None:
    """The date of a settled value; a ``$name`` that could not be replaced counts as nothing."""
    return None if value is None or referred(value) else date.fromisoformat(value)


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int | float):
        raise refusal(f"{shown(value)} is not text", "put it in quotes")
    raise refusal(f"{shown(value)} stands where text is meant")


def _whole(value: object) -> int | str:
    if referred(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    repair = "such as 3"
    if isinstance(value, str) and value.strip().isdecimal():
        repair = f"write {int(value)} without quotes and leading zeros"
    raise refusal(f"{shown(value)} is not a whole number from 0 up", repair)


def _place(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise refusal(f"{shown(value)} is not a whole number", "such as n: 2")


def _measured(value: object) -> float | str:
    if referred(value):
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise refusal(f"{shown(value)} is not a number", "such as 7 or 7.5, without quotes")


def _span(value: object) -> str:
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, str) and (referred(value) or re.fullmatch(SPAN_PATTERN, value)):
        return value
    written = value if isinstance(value, str) else shown(value)
    raise refusal(f"{shown(value)} is not a span", span_repair(written))


def _day(value: object) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if referred(value):
        return str(value)
    try:
        if isinstance(value, str) and re.fullmatch(_ISO_DAY, value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        raise refusal(f"{shown(value)} is not a day of the calendar") from None
    raise refusal(f"{shown(value)} is not a date", "a date is YYYY-MM-DD, such as 2024-11-01")


def _version(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(SEMANTIC_VERSION, value):
        return value
    raise refusal(f"{shown(value)} is not a semantic version", "three numbers, such as 1.0.0")


def _codelist(value: object) -> str:
    if isinstance(value, str) and (referred(value) or re.fullmatch(CODELIST_ID, value)):
        return value
    raise refusal(f"{shown(value)} is not the id of a codelist", "such as chronic-pain")


def _name(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list | tuple):
        raise refusal(
            "a list stands where a criterion is meant", "write {any: [...]} or {all: [...]}"
        )
    repair = "a measure, a line, or one of any, all, not, at_least"
    raise refusal(f"{shown(value)} is not a criterion", repair)


def _several(one: Callable[[object], str]) -> Callable[[object], tuple[str, ...]]:
    """One value or a list of them, as a tuple with each value once."""

    def check(value: object) -> tuple[str, ...]:
        items = value if isinstance(value, list | tuple) else (value,)
        return tuple(dict.fromkeys(one(item) for item in items))

    return check


def _choice(*allowed: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if isinstance(value, str) and (value in allowed or referred(value)):
            return value
        choice = " or ".join(", ".join(allowed).rsplit(", ", 1))
        raise refusal(f"{shown(value)} is not allowed here", f"only {choice}")

    return check


def _parameter(value: object) -> str | int | float | tuple[str | int | float, ...]:
    if isinstance(value, list | tuple) and value:
        return tuple(_scalar(item) for item in value)
    return _scalar(value)


def _scalar(value: object) -> str | int | float:
    if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
        return value
    found = f"{shown(value)} is not the value of a parameter"
    raise refusal(found, "text, a number, or a list of them")


def _json(*kinds: dict[str, object]) -> WithJsonSchema:
    """The JSON Schema of a value that may also be a ``$name``."""
    reference = {"type": "string", "pattern": f"^{REFERENCE_PATTERN}$"}
    return WithJsonSchema({"anyOf": [*kinds, reference]})


def _json_several(one: dict[str, object]) -> WithJsonSchema:
    return _json(one, {"type": "array", "items": one})


def _json_pattern(pattern: str) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{pattern}$"}


_JSON_TEXT: dict[str, object] = {"type": "string", "minLength": 1}
_JSON_SCALAR: dict[str, object] = {"type": ["string", "number"]}
_JSON_SCALARS: dict[str, object] = {"type": "array", "items": _JSON_SCALAR, "minItems": 1}
_KINDS = ("regular", "temporary", "other")

Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(_JSON_TEXT)]
Name = Annotated[str, BeforeValidator(_name), WithJsonSchema(_JSON_TEXT)]
Whole = Annotated[int | str, BeforeValidator(_whole), _json({"type": "integer", "minimum": 0})]
Place = Annotated[int, BeforeValidator(_place), WithJsonSchema({"type": "integer", "minimum": 1})]
Measurement = Annotated[float | str, BeforeValidator(_measured), _json({"type": "number"})]
SpanText = Annotated[str, BeforeValidator(_span), _json(_json_pattern(SPAN_PATTERN))]
DayText = Annotated[str, BeforeValidator(_day), _json({"type": "string", "format": "date"})]
Version = Annotated[str, BeforeValidator(_version), WithJsonSchema(_json_pattern(SEMANTIC_VERSION))]
CodelistId = Annotated[str, BeforeValidator(_codelist), _json(_json_pattern(CODELIST_ID))]
CodelistIds = Annotated[
    tuple[str, ...], BeforeValidator(_several(_codelist)), _json_several(_json_pattern(CODELIST_ID))
]
Categories = Annotated[tuple[str, ...], BeforeValidator(_several(_text)), _json_several(_JSON_TEXT)]
Kinds = Annotated[
    tuple[str, ...], BeforeValidator(_several(_choice(*_KINDS))), _json_several({"enum": _KINDS})
]
Edge = Annotated[str, BeforeValidator(_choice("first", "last")), _json({"enum": ["first", "last"]})]
Counting = Annotated[
    str, BeforeValidator(_choice("dates", "rows")), _json({"enum": ["dates", "rows"]})
]
Count = Annotated[str, BeforeValidator(_choice("count")), _json({"enum": ["count"]})]
Include = Annotated[str, BeforeValidator(_choice("include")), _json({"enum": ["include"]})]
ParameterValue = Annotated[
    str | int | float | tuple[str | int | float, ...],
    BeforeValidator(_parameter),
    WithJsonSchema({"anyOf": [_JSON_SCALAR, _JSON_SCALARS]}),
]
