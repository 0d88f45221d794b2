"""YAML as a person would lay it out: short things on one line, long ones below one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

_WIDTH = 96
_INDENT = "  "


def yaml_text(part: Mapping[str, object]) -> str:
    """A mapping with text, numbers, lists and mappings in it, as YAML that ends with a newline."""
    return "".join(f"{line}\n" for line in _mapping(part, ""))


def _mapping(part: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, value in part.items():
        yield from _entry(f"{indent}{key}:", value, indent)


def _entry(head: str, value: object, indent: str) -> Iterator[str]:
    """Yields a key or a dash with its value, on one line where it fits."""
    short = f"{head} {_flow(value)}"
    if not isinstance(value, dict | list) or len(short) <= _WIDTH:
        yield short
    elif isinstance(value, dict):
        if head.endswith("-"):
            first, *others = _mapping(value, indent + _INDENT)
            yield f"{head} {first.lstrip()}"
            yield from others
        else:
            yield head
            yield from _mapping(value, indent + _INDENT)
    else:
        yield head
        for one in value:
            yield from _entry(f"{indent}{_INDENT}-", one, indent + _INDENT)


def _flow(value: object) -> str:
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1_000_000
    )
    return str(text).removesuffix("\n").removesuffix("\n...")
