"""YAML read as a person reads it, with the line of everything.

Values are those of YAML 1.2: only `true` and `false` are yes and no, numbers are decimal, and a
date stays the text that it is. Keys are always text. What YAML takes silently and a study must not
(a key that stands twice, a key without a value) is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from instep_cohort.errors import DefinitionError, Fault
from instep_cohort.study.origin import Origin
from instep_cohort.study.references import FREE, below

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]{1,3})?|[-+]?[0-9]+\.")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_YAML_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = {
    _YAML_TAG + kind
    for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge")
}
_BEGIN = "begin with study: NAME"
_MERGE = "<<"
# A study is a page or two; aliases of aliases can stand for a million values.
_MOST_VALUES = 50_000
_DEEPEST = 50

_Pair = tuple[yaml.ScalarNode, yaml.Node]


class Read(NamedTuple):
    """A study file as data, where it was written, and what is wrong with it as YAML."""

    data: dict[str, object]
    origin: Origin
    faults: Sequence[Fault]


def read_yaml(text: str, file: str) -> Read:
    """The text as data with its lines.

    Raises:
        DefinitionError: it is not YAML, is empty, or is not one mapping.
    """
    root = _composed(text, file)
    if root is None:
        raise DefinitionError(Fault("", "the file is empty", _BEGIN, file))
    if not isinstance(root, yaml.MappingNode):
        found = "the file is not a mapping of keys to values"
        raise DefinitionError(Fault("", found, _BEGIN, file, _line(root)))
    reader = _Reader()
    try:
        data = reader.mapping(root, "")
    except _TooManyValuesError:
        found = f"the file stands for more than {_MOST_VALUES} values"
        raise DefinitionError(Fault("", found, "use fewer aliases", file)) from None
    origin = Origin(file, text, reader.lines, reader.written)
    return Read(data, origin, reader.faults)


def read_value(text: str) -> object:
    """The one value, or the list of values, that the text says as YAML.

    Raises:
        ValueError: it says something else; the message tells what.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError, UnicodeError):
        raise ValueError("it cannot be read as YAML") from None
    reader = _Reader()
    value = None if root is None else reader.value(root, "value")
    items = value if isinstance(value, list) and value else [value]
    plain = all(type(item) in (str, int, float) for item in items)
    if reader.faults or not plain:
        raise ValueError("it is not a value or a list of values")
    return value


def _composed(text: str, file: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise DefinitionError(_syntax_fault(error, text, file)) from None
    except yaml.YAMLError as error:
        place = getattr(error, "position", None)
        line = text.count("\n", 0, place) + 1 if isinstance(place, int) else None
        found = "there is a character that YAML does not allow"
        raise DefinitionError(Fault("", found, "remove it", file, line)) from None
    except (RecursionError, UnicodeError):
        found = "the file cannot be read as YAML: too deep, or broken characters"
        raise DefinitionError(Fault("", found, "", file)) from None
    return node


def _syntax_fault(error: yaml.MarkedYAMLError, text: str, file: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    problem = error.problem or "the text breaks off"
    lines = text.splitlines()
    written = lines[line - 1] if line and line <= len(lines) else ""
    found = f"this is not YAML: {problem}"
    return Fault("", found, _syntax_repair(problem, written), file, line)


def _syntax_repair(problem: str, written: str) -> str:
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in problem:
        return "put text that holds a colon in quotes, and indent by the same number of spaces"
    if "cannot start any token" in problem:
        return "put the value in quotes"
    if "undefined alias" in problem:
        return "an alias (*name) follows the anchor (&name) that it repeats"
    if "another document" in problem:
        return "one study to a file: remove the second ---"
    return "look at the brackets, quotes and indents of this line and the one before it"


class _TooManyValuesError(Exception):
    pass


class _Reader:
    """Turns nodes into data, noting lines and faults on the way."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.written: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._open: set[int] = set()
        self._values = 0

    def value(self, node: yaml.Node, where: str) -> object:
        self._count()
        if node.tag not in _KNOWN_TAGS:
            self._fault(node, where, f"the tag {node.tag} is not used in a study", "remove it")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, where)
        if id(node) in self._open or len(self._open) > _DEEPEST:
            self._fault(node, where, "this lies too deep, or holds itself", "write it flatter")
            return None
        self._open.add(id(node))
        value = (
            self.mapping(node, where)
            if isinstance(node, yaml.MappingNode)
            else self._sequence(node, where)
        )
        self._open.discard(id(node))
        return value

    def mapping(self, node: yaml.MappingNode, where: str) -> dict[str, object]:
        out: dict[str, object] = {}
        for key, part in self._own_pairs(node, where):
            path = below(where, key.value)
            if key.value in out:
                found = f"the key stands twice, first on line {self.lines[path]}"
                self._fault(key, path, found, "remove or rename one")
                continue
            self.lines[path] = _line(key)
            out[key.value] = self.value(part, path)
        for key, part in self._merged_pairs(node, where):
            if key.value not in out:
                path = below(where, key.value)
                self.lines[path] = _line(key)
                out[key.value] = self.value(part, path)
        self._note_nothing(out, where)
        return out

    def _note_nothing(self, out: dict[str, object], where: str) -> None:
        """A fault for each key without a value, but for the free part of a study."""
        if where == FREE or where.startswith(f"{FREE}."):
            return
        told = {fault.where for fault in self.faults}
        for key, value in out.items():
            if value is None and below(where, key) not in told:
                repair = "give it a value, or leave the key out"
                self.faults.append(Fault(below(where, key), "nothing stands here", repair))

    def _own_pairs(self, node: yaml.MappingNode, where: str) -> Iterator[_Pair]:
        for key, part in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, where, "a key is not text", "write key: value")
            elif key.value != _MERGE:
                yield key, part

    def _merged_pairs(
        self, node: yaml.MappingNode, where: str, above: frozenset[int] = frozenset()
    ) -> Iterator[_Pair]:
        for key, part in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value != _MERGE:
                continue
            for merged in part.value if isinstance(part, yaml.SequenceNode) else [part]:
                self._count()
                if not isinstance(merged, yaml.MappingNode) or id(merged) in above | {id(node)}:
                    found = "<< names no mapping, or itself"
                    self._fault(key, below(where, _MERGE), found, "write <<: *name")
                    continue
                yield from self._own_pairs(merged, where)
                yield from self._merged_pairs(merged, where, above | {id(node)})

    def _sequence(self, node: yaml.Node, where: str) -> list[object]:
        out: list[object] = []
        for index, part in enumerate(node.value):
            path = below(where, index)
            self.lines[path] = _line(part)
            out.append(self.value(part, path))
        return out

    def _scalar(self, node: yaml.ScalarNode, where: str) -> object:
        text: str = node.value
        is_text = node.style or node.tag == _YAML_TAG + "str"
        value = text if is_text else plain_value(text)
        if not isinstance(value, str) and str(value) != text:
            self.written[where] = text
        return value

    def _count(self) -> None:
        self._values += 1
        if self._values > _MOST_VALUES:
            raise _TooManyValuesError

    def _fault(self, node: yaml.Node, where: str, found: str, repair: str) -> None:
        self.faults.append(Fault(where, found, repair, line=_line(node)))


def plain_value(text: str) -> object:
    """What an unquoted value says: nothing, true or false, a number, or itself."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not _LEADING_ZERO.match(text):
        return float(text)
    return text


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
