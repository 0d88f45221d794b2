"""Editing the history in the text of a codelist.yaml, so that its comments and layout stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from textwrap import wrap
from typing import Any, NamedTuple

import yaml

from instep_cohort.codelists.model import Release, Status

_WIDTH = 120
_PLAIN = re.compile(r"[A-Za-z][\w ,.;'()/+-]*[\w.)]")
_NUMBERS = re.compile(r"\d+[.-]\d+[.-]\d+")  # of a version or a day
_BY_HAND = "the history is written in a way that only a person can edit: one dash and its keys each"


class NotEditable(Exception):
    """The history cannot be edited by a program; the message says what is there."""


class _Piece(NamedTuple):
    """Text to stand where the characters from start to end stand now."""

    start: int
    end: int
    text: str


def with_release(text: str, release: Release) -> str:
    """The text with a release at the top of its history; nothing else in it changes.

    Raises:
        NotEditable: there is no history, or none that a program can edit.
        yaml.YAMLError: the text is no YAML.
    """
    _, value = _entry(_root(text), "history")
    pairs = _pairs(release)
    start, end = value.start_mark.index, value.end_mark.index
    if not value.value:
        blanks = len(text[:start]) - len(text[:start].rstrip(" "))
        pieces = [_Piece(start - blanks, end, ""), _after_line(text, end, _block(pairs, "  "))]
    elif not isinstance(value, yaml.SequenceNode):
        raise NotEditable("the history is no list")
    elif value.flow_style:
        pieces = [_Piece(start + 1, start + 1, f"{_flow(pairs)}, ")]
    else:
        line = start - value.start_mark.column
        lines = _block(pairs, " " * value.start_mark.column)
        pieces = [_Piece(line, line, "".join(one + _line_end(text) for one in lines))]
    new = _edited(text, pieces)
    was = _read(text)
    _hold(new, {**was, "history": [pairs, *(was["history"] or [])]})
    return new


def with_status(text: str, version: str, status: Status, reviewer: str, reviewed_on: date) -> str:
    """The text with another status, reviewer and day in a version's entry of the history.

    Raises:
        NotEditable: there is no such entry, it has no status, or no program can edit it.
        yaml.YAMLError: the text is no YAML.
    """
    place, entry = _release_node(text, version)
    wanted = {"status": status, "reviewer": reviewer, "reviewed_on": reviewed_on.isoformat()}
    there = {key.value: value for key, value in entry.value}
    if "status" not in there:
        raise NotEditable(f"version {version} has no status")
    pieces = [
        _Piece(there[name].start_mark.index, there[name].end_mark.index, _scalar(said))
        for name, said in wanted.items()
        if name in there
    ]
    missing = [f"{name}: {_scalar(said)}" for name, said in wanted.items() if name not in there]
    end = there["status"].end_mark.index
    if entry.flow_style:
        pieces.append(_Piece(end, end, "".join(f", {pair}" for pair in missing)))
    else:
        indent = " " * entry.value[0][0].start_mark.column
        pieces.append(_after_line(text, end, (indent + pair for pair in missing)))
    new = _edited(text, pieces)
    expected = _read(text)
    expected["history"][place] |= wanted
    _hold(new, expected)
    return new


def _release_node(text: str, version: str) -> tuple[int, yaml.MappingNode]:
    _, history = _entry(_root(text), "history")
    for place, one in enumerate(history.value if isinstance(history, yaml.SequenceNode) else ()):
        if isinstance(one, yaml.MappingNode) and _entry(one, "version")[1].value == version:
            return place, one
    raise NotEditable(f"the history has no version {version}")


def _root(text: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable("the file has no keys with values")
    return root


def _read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - text only
    return found


def _hold(new: str, expected: Mapping[str, Any]) -> None:
    """Refuses an edit after which the file would say anything else than is expected."""
    try:
        said = _read(new)
    except yaml.YAMLError:
        said = None
    if said != expected:
        raise NotEditable(_BY_HAND)


def _entry(node: yaml.MappingNode, name: str) -> tuple[yaml.Node, yaml.Node]:
    for key, value in node.value:
        if key.value == name:
            return key, value
    raise NotEditable(f"there is no {name}")


def _pairs(release: Release) -> dict[str, str]:
    pairs = {
        "version": release.version,
        "date": release.date.isoformat(),
        "status": release.status,
        "changes": release.changes,
    }
    if release.reviewer and release.reviewed_on:
        pairs |= {"reviewer": release.reviewer, "reviewed_on": release.reviewed_on.isoformat()}
    return pairs


def _block(pairs: Mapping[str, str], indent: str) -> Iterator[str]:
    """Yields the lines of an entry, the first behind a dash."""
    start = f"{indent}- "
    for name, value in pairs.items():
        line = f"{start}{name}: {_scalar(value)}"
        if name != "changes" or len(line) <= _WIDTH or not value.isprintable():
            yield line
        else:
            yield f"{start}{name}: >-"
            inner = f"{indent}    "
            room = _WIDTH - len(inner)
            parts = wrap(value, room, break_long_words=False, break_on_hyphens=False)
            yield from (inner + part for part in parts)
        start = f"{indent}  "


def _flow(pairs: Mapping[str, str]) -> str:
    inner = ", ".join(
        f"{name}: {value if _NUMBERS.fullmatch(value) else _quoted(value)}"
        for name, value in pairs.items()
    )
    return f"{{{inner}}}"


def _scalar(value: str) -> str:
    """A value as YAML writes it, without quotation marks where it needs none."""
    if _NUMBERS.fullmatch(value):
        return value
    plain = _PLAIN.fullmatch(value) and yaml.safe_load(value) == value
    return value if plain else _quoted(value)


def _quoted(value: str) -> str:
    quoted: str = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=float("inf"))
    return quoted.rstrip("\n")


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _after_line(text: str, place: int, lines: Iterable[str]) -> _Piece:
    """The lines behind the line that holds a place, and behind the comment that may end it."""
    end = text.find("\n", place)
    if end < 0:
        return _Piece(len(text), len(text), "".join(_line_end(text) + line for line in lines))
    return _Piece(end + 1, end + 1, "".join(line + _line_end(text) for line in lines))


def _edited(text: str, pieces: Iterable[_Piece]) -> str:
    for start, end, new in sorted(pieces, reverse=True):
        text = text[:start] + new + text[end:]
    return text
