"""Reading codelist.yaml: what a list means, where it comes from, and its releases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from instep_cohort.codelists.decoding import decoded
from instep_cohort.codelists.findings import Finding, finding
from instep_cohort.codelists.model import CrosswalkDecision, Release, Source
from instep_cohort.codelists.versions import VERSION, version_key
from instep_cohort.terminology.code_faults import fault as code_fault
from instep_cohort.terminology.systems import System

CARD_NAME = "codelist.yaml"

# Every scalar stays text: `version: 1.10` is no number, and a title `No` is no false.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CATEGORY = re.compile(r"[a-z][a-z0-9_]*")


def _day(value: object) -> date:
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("day", "an ISO date such as 2026-11-24 is needed")


def _category_name(value: str) -> str:
    if _CATEGORY.fullmatch(value):
        return value
    raise PydanticCustomError("name", "small letters, digits and underscores, such as type_1")


_Text = Annotated[str, Field(min_length=1)]
_CategoryName = Annotated[str, AfterValidator(_category_name)]
_Day = Annotated[date, BeforeValidator(_day)]
_Version = Annotated[str, Field(pattern=f"^{VERSION.pattern}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(_Part):
    """One entry of ``sources``."""

    key: _Text
    title: _Text
    where: _Text
    licence: _Text


class ReleaseEntry(_Part):
    """One entry of ``history``."""

    version: _Version
    date: _Day
    status: Literal["draft", "reviewed", "published"]
    changes: _Text
    reviewer: _Text | None = None
    reviewed_on: _Day | None = None


class DecisionEntry(_Part):
    """One entry of ``crosswalk``."""

    decision: Literal["left_out", "said_elsewhere", "categories_differ"]
    read_v2: list[_Text] = []
    ctv3: list[_Text] = []
    reason: _Text


class Card(_Part):
    """What codelist.yaml holds."""

    id: _Text
    title: _Text
    purpose: _Text
    kind: Literal["clinical", "medicine"]
    categories: Annotated[dict[_CategoryName, _Text], Field(min_length=1)]
    method: _Text
    sources: Annotated[list[SourceEntry], Field(min_length=1)]
    not_covered: list[_Text]
    notes: list[_Text] = []
    crosswalk: list[DecisionEntry] = []
    review_by: _Day
    history: list[ReleaseEntry]

    def releases(self) -> tuple[Release, ...]:
        """The history as the model of a list has it, newest first."""
        return tuple(
            Release(r.version, r.date, r.status, r.changes, r.reviewer, r.reviewed_on)
            for r in self.history
        )

    def cited(self) -> tuple[Source, ...]:
        """The sources as the model of a list has them."""
        return tuple(Source(s.key, s.title, s.where, s.licence) for s in self.sources)

    def decisions(self, lines: Lines) -> tuple[CrosswalkDecision, ...]:
        """The decisions of its crosswalk as the model of a list has them."""
        return tuple(
            CrosswalkDecision(
                one.decision,
                tuple(one.read_v2),
                tuple(one.ctv3),
                one.reason,
                lines.at(["crosswalk", place]),
            )
            for place, one in enumerate(self.crosswalk)
        )


class ReadCard(NamedTuple):
    """A codelist.yaml: what it says, ``None`` where it is broken, and what was found in it."""

    card: Card | None
    findings: list[Finding]
    lines: Lines


def read_card(data: bytes, folder: str) -> ReadCard:
    """What a codelist.yaml, given as its bytes, says; ``folder`` is the list's folder."""
    file = f"{folder}/{CARD_NAME}"
    text, findings = decoded(data, file)
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        value = loader.construct_document(node) if node else None
    except yaml.YAMLError as fault:
        return ReadCard(None, [*findings, _syntax(fault, file)], Lines(None))
    lines = Lines(node)
    findings += _twice(node, file)
    try:
        card = Card.model_validate(value)
    except ValidationError as fault:
        findings += [_explained(error, lines, file) for error in fault.errors()]
        return ReadCard(None, findings, lines)
    findings += _card_findings(card, lines, folder, file)
    return ReadCard(card, findings, lines)


class Lines:
    """The lines of a YAML file's values."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._root = root

    def at(self, path: Sequence[str | int]) -> int:
        """The line of the value at that path, or of the nearest one above it that is there."""
        node, line = self._root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line + 1
        return line


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that marks the place of a step, and the node of its value."""
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step], node.value[step]
    return None


def _syntax(fault: yaml.YAMLError, file: str) -> Finding:
    mark = getattr(fault, "problem_mark", None)
    problem = getattr(fault, "problem", None) or "a character that YAML does not allow"
    return finding(
        "yaml-syntax",
        f"this is not YAML: {problem}",
        "put quotation marks round text with a colon or a hash sign, and look at the indent",
        file=file,
        line=mark.line + 1 if mark else None,
    )


def _twice(node: yaml.Node | None, file: str) -> Iterator[Finding]:
    """Yields keys that stand twice in one mapping of the file."""
    waiting, seen = [node] if node else [], set()
    while waiting:
        here = waiting.pop()
        if id(here) in seen or isinstance(here, yaml.ScalarNode):
            continue
        seen.add(id(here))
        if isinstance(here, yaml.SequenceNode):
            waiting.extend(here.value)
            continue
        keys: dict[str, int] = {}
        for key, value in here.value:
            waiting.append(value)
            line = key.start_mark.line + 1
            if (first := keys.setdefault(str(key.value), line)) != line:
                yield finding(
                    "yaml-twice",
                    f"the key {key.value!r} stands here again (first on line {first})",
                    "take one of them out",
                    file=file,
                    line=line,
                    where=str(key.value),
                )


_KEYS: Mapping[str, type[BaseModel]] = {
    "sources": SourceEntry,
    "crosswalk": DecisionEntry,
    "history": ReleaseEntry,
}


def _explained(error: ErrorDetails, lines: Lines, file: str) -> Finding:
    """A pydantic error in the words of somebody who mends the file."""
    path = tuple(step for step in error["loc"] if step != "[key]")
    where = _dotted(path)
    kind = error["type"]
    if kind == "missing":
        code, text, repair = "yaml-lacks", f"there is no {path[-1]}", "it is needed"
    elif kind == "extra_forbidden":
        known = list(_KEYS.get(str(path[0]) if path[1:] else "", Card).model_fields)
        near = get_close_matches(str(path[-1]), known, 1)
        code, text = "yaml-key", f"there is no key {path[-1]!r} here"
        repair = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
    else:
        code, text, repair = "yaml-value", _found(error["input"]), _wanted(error)
    return finding(code, text, repair, file=file, line=lines.at(path), where=where)


def _found(value: object) -> str:
    if not value:
        return "found nothing"
    if isinstance(value, str):
        return f"found {value!r}"
    return f"found {'a list' if isinstance(value, list) else 'keys with values'}"


_WANTED = {
    "string_pattern_mismatch": "a version such as 1.0.0",
    "list_type": "a list is needed, one entry a line, each behind a dash",
    "dict_type": "keys with values are needed",
    "model_type": "keys with values are needed",
    "string_type": "text is needed",
    "string_too_short": "text is needed",
    "too_short": "at least one entry is needed",
}


def _wanted(error: ErrorDetails) -> str:
    """What would be right."""
    if error["type"] == "literal_error":
        return f"one of {error['ctx']['expected']}"
    return _WANTED.get(error["type"], error["msg"])


def _dotted(path: Sequence[Any]) -> str:
    """A path as people write it: ``history[0].version``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]


def _card_findings(card: Card, lines: Lines, folder: str, file: str) -> Iterator[Finding]:
    if card.id != folder:
        yield finding(
            "id-folder",
            f"the id is {card.id!r}, the folder {folder!r}",
            f"id: {folder}",
            file=file,
            line=lines.at(["id"]),
            where="id",
        )
    for place, entry in enumerate(card.history):
        line, where = lines.at(["history", place]), f"history[{place}]"
        if entry.status != "draft" and not (entry.reviewer and entry.reviewed_on):
            yield finding(
                "review-unsigned",
                f"{entry.version} is {entry.status} without a reviewer and a day",
                "name who read it (reviewer) and when (reviewed_on), or status: draft",
                file=file,
                line=line,
                where=where,
            )
    yield from _history_order(card, lines, file)
    for place, decision in enumerate(card.crosswalk):
        for text, repair in _decision_faults(decision):
            yield finding(
                "crosswalk-decision",
                text,
                repair,
                file=file,
                line=lines.at(["crosswalk", place]),
                where=f"crosswalk[{place}]",
            )


def _decision_faults(entry: DecisionEntry) -> Iterator[tuple[str, str]]:
    """Yields what is wrong with a decision, and the repair."""
    if not (entry.read_v2 or entry.ctv3):
        yield "the decision names no code", "read_v2: [...], ctv3: [...], or both"
    elif entry.decision == "categories_differ" and not (entry.read_v2 and entry.ctv3):
        yield "two categories need a code of each side", "name read_v2 and ctv3"
    for system, codes in ((System.READ_V2, entry.read_v2), (System.CTV3, entry.ctv3)):
        for code in codes:
            if wrong := code_fault(system, code):
                yield wrong.text, wrong.repair
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield f"{system} {code!r} stands twice in the decision", "take one out"


def _history_order(card: Card, lines: Lines, file: str) -> Iterator[Finding]:
    for place, (newer, older) in enumerate(pairwise(card.history), start=1):
        if newer.version == older.version:
            code, text = "history-twice", f"{older.version} stands twice"
            repair = "one entry a version"
        elif version_key(newer.version) < version_key(older.version) or newer.date < older.date:
            code = "history-order"
            text = f"{newer.version} of {newer.date} stands above {older.version} of {older.date}"
            repair = "newest first"
        else:
            continue
        yield finding(
            code,
            text,
            repair,
            file=file,
            line=lines.at(["history", place]),
            where=f"history[{place}].version",
        )
