"""A mapping file as data with its lines, and as a checked `Mapping`."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import yaml
from pydantic import BaseModel, ValidationError

from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.extracts.custom.model import Mapping

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_LARGEST = 1_000_000  # bytes; a mapping is a page


class ReadMapping(NamedTuple):
    """A checked mapping, with what its file is called and the SHA-256 of its bytes."""

    mapping: Mapping
    file: str
    sha256: str
    lines: dict[str, int]

    def fault(self, where: str, found: str, repair: str = "") -> Fault:
        """A fault at one place of the file."""
        where = _as_written(where, self.lines)
        return Fault(where, found, repair, self.file, _line(self.lines, where))


def read_mapping(path: Path | str) -> ReadMapping:
    """The mapping that a YAML or TOML file holds.

    Raises:
        UsageError: there is no such file, or it is neither .yaml, .yml nor .toml.
        DefinitionError: it is wrong; every fault with its line and key, and the nearest name.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > _LARGEST:
        raise UsageError(f"{path}: larger than a mapping can be; is it the extract itself?")
    data, lines = _data(path.name, _text(path.name, raw))
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as error:
        raise DefinitionError(_faults(error, path.name, lines)) from None
    return ReadMapping(mapping, path.name, hashlib.sha256(raw).hexdigest(), lines)


def _text(file: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        fault = Fault("", "not UTF-8", "save it as UTF-8 text", file)
        raise DefinitionError(fault) from None


def _data(file: str, text: str) -> tuple[object, dict[str, int]]:
    suffix = Path(file).suffix.lower()
    if suffix in (".yaml", ".yml"):
        return _from_yaml(file, text)
    if suffix == ".toml":
        try:
            return _as_text(tomllib.loads(text)), {}
        except tomllib.TOMLDecodeError as error:
            raise DefinitionError(Fault("", f"this is not TOML: {error}", "", file)) from None
    raise UsageError(f"{file}: a mapping is a .yaml, .yml or .toml file")


def _as_text(value: Any) -> object:
    """Values as a person wrote them, for a cell of a file is text: 1901-01-01, true, 5."""
    if isinstance(value, dict):
        return {key: _as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _from_yaml(file: str, text: str) -> tuple[object, dict[str, int]]:
    lines: dict[str, int] = {}
    try:
        # Every scalar stays text: to YAML `No` and `1901-01-01` are other things than a cell's.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Loader)):
            raise DefinitionError(Fault("", "an alias (*name)", "write it out", file))
        root = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        found = f"this is not YAML: {error.problem}"
        repair = "put text that holds a colon or begins with a sign in quotes"
        raise DefinitionError(Fault("", found, repair, file, line)) from None
    except (yaml.YAMLError, RecursionError):
        raise DefinitionError(Fault("", "this is not YAML", "", file)) from None
    if root is None:
        raise DefinitionError(Fault("", "the file is empty", "begin with mapping: NAME", file))
    faults = list(_twice(root, file))
    if faults:
        raise DefinitionError(faults)
    return _value(root, "", lines), lines


def _twice(node: yaml.Node, file: str) -> Iterator[Fault]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                yield Fault(str(key.value), "this key stands twice", "keep one", file, line)
            seen.add(str(key.value))
            yield from _twice(value, file)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _twice(one, file)


def _value(node: yaml.Node, where: str, lines: dict[str, int]) -> object:
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found = {}
        for key, value in node.value:
            below = f"{where}.{key.value}" if where else str(key.value)
            lines[below] = key.start_mark.line + 1
            found[str(key.value)] = _value(value, below, lines)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, f"{where}[{n}]", lines) for n, one in enumerate(node.value)]
    return node.value


def _line(lines: dict[str, int], where: str) -> int | None:
    """The line of a place, or of the nearest one above it that the file has."""
    while where and where not in lines:
        where = where[: max(where.rfind("."), where.rfind("["), 0)]
    return lines.get(where)


def _faults(error: ValidationError, file: str, lines: dict[str, int]) -> Iterator[Fault]:
    for one in error.errors(include_url=False, include_context=False):
        where = _as_written(_where(one["loc"]), lines)
        found, repair = _words(one["type"], one["msg"], one["loc"], one.get("input"))
        yield Fault(where, found, repair, file, _line(lines, where))


def _where(loc: Sequence[int | str]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".").removesuffix(".[key]")


def _as_written(where: str, lines: dict[str, int]) -> str:
    """A place as the file has it: a list of one may be written without a dash, so without [0]."""
    first, *rest = where.split("[0]")
    for part in rest:
        first += part if lines and f"{first}[0]" not in lines else f"[0]{part}"
    return first


def _words(kind: str, message: str, loc: Sequence[int | str], value: object) -> tuple[str, str]:
    if kind == "extra_forbidden":
        known = _keys_at(loc[:-1])
        near = difflib.get_close_matches(str(loc[-1]).lower(), known, n=1)
        repair = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
        return "there is no such key", repair
    if kind == "missing":
        return "this key is missing", ""
    if kind == "literal_error":
        allowed = message.removeprefix("Input should be ")
        return f"{str(value)[:40]!r} is not allowed here", f"one of {allowed}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "a mapping of keys to values is needed here", ""
    if kind == "string_pattern_mismatch" and loc[-1] == "[key]":
        return f"{str(value)[:40]!r} is no date", "write it as 1901-01-31"
    return message.removeprefix("Value error, "), ""


def _keys_at(loc: Sequence[int | str]) -> list[str]:
    """The keys that may stand at a place."""
    model: type[BaseModel] = Mapping
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            below = next(_models(model.model_fields[part].annotation), None)
            model = below or model
    return [name for name in model.model_fields if name not in ("of", "none")]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
