"""What is said to a person while a command runs: on stderr, progress only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import typer


def progress() -> Callable[[str], None]:
    """Tells what is being done, where somebody is watching."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda text: typer.echo(f"… {text}", err=True)


def warn(warnings: Iterable[str]) -> None:
    """Each warning as one line on stderr."""
    for warning in warnings:
        typer.echo(f"Note: {warning}", err=True)
