"""Reading JSON that somebody else wrote: every object with its line, and no surprises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

# A string, or a sign that opens or closes an object or ends a line; strings hold no line end.
_MARK = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\n]', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonObject(dict[str, Any]):
    """A JSON object that knows the line it begins on, counted from 1."""

    line: int = 1


class JsonFault(NamedTuple):
    """Why a text is not JSON, or not JSON that means one thing."""

    text: str
    repair: str
    line: int | None


class JsonDocument(NamedTuple):
    """A JSON text: its value, ``None`` where there is a fault."""

    value: object
    fault: JsonFault | None


class _Refused(ValueError):
    """A constant of JavaScript that JSON does not have."""


def read_json(text: str) -> JsonDocument:
    """The value of a JSON text; an object that has a key twice is a fault, not the last of the two.

    Objects are `JsonObject`. Never raises, however the text is made.
    """
    closed: list[JsonObject] = []
    doubled: list[tuple[JsonObject, str]] = []

    def placed(pairs: list[tuple[str, Any]]) -> JsonObject:
        made = JsonObject(pairs)
        closed.append(made)
        if len(made) < len(pairs):
            doubled.append((made, _twice(pairs)))
        return made

    try:
        value = json.loads(text, object_pairs_hook=placed, parse_constant=_refuse)
    except (RecursionError, ValueError) as fault:
        return JsonDocument(None, _explained(fault))
    if _SURROGATE_ESCAPE.search(text) and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        half = JsonFault("an escaped sign is half of one", "save it again as UTF-8", None)
        return JsonDocument(None, half)
    for made, line in zip(closed, _lines_of_objects(text), strict=True):
        made.line = line
    if doubled:
        made, key = doubled[0]
        found = f"the key {key!r} stands twice in one object, and only the last would be read"
        return JsonDocument(None, JsonFault(found, "take one of them out", made.line))
    return JsonDocument(value, None)


def _explained(fault: Exception) -> JsonFault:
    match fault:
        case RecursionError():
            text, repair = "brackets stand in brackets too deep to be read", "this is no codelist"
        case json.JSONDecodeError():
            return JsonFault(f"this is not JSON: {fault.msg}", "save it as JSON", fault.lineno)
        case _Refused():
            text, repair = f"{fault} is no value of JSON", "write null, or leave it out"
        case _:
            text, repair = "a number is too long to be read", "put long ids in quotation marks"
    return JsonFault(text, repair, None)


def _refuse(constant: str) -> NoReturn:
    raise _Refused(constant)


def _twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _lines_of_objects(text: str) -> Iterator[int]:
    """Yields the line on which each object begins, in the order in which they end."""
    line, opened = 1, []
    for mark in _MARK.finditer(text):
        match mark[0]:
            case "\n":
                line += 1
            case "{":
                opened.append(line)
            case "}":
                yield opened.pop()


def objects(value: object) -> list[JsonObject]:
    """The objects of a JSON array; empty where it is none."""
    return [one for one in value if isinstance(one, JsonObject)] if isinstance(value, list) else []


def text_of(value: object) -> str:
    """A JSON string or whole number as text; empty for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
