"""A bar on the terminal for what takes its time; nothing where nobody is watching."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

_WIDTH = 44  # of the words before the bar
_STEPS = 1_000

Watchers = tuple[Callable[[str], None] | None, Callable[[int, int], None] | None]


@contextmanager
def progress_bar() -> Iterator[Watchers]:
    """Whom to tell what is being done, and how many bytes of all have been read.

    On stderr, and only where that is a terminal; else there is nobody to tell.
    """
    if not sys.stderr.isatty():
        yield None, None
        return
    with typer.progressbar(length=_STEPS, file=sys.stderr, label=_label("starting")) as bar:

        def say(text: str) -> None:
            bar.label = _label(text)
            bar.render_progress()

        def move(done: int, total: int) -> None:
            steps = _STEPS * done // total if total else _STEPS
            bar.update(steps - bar.pos)

        yield say, move


def _label(text: str) -> str:
    """The words at their width: a bar that jumps is hard to read."""
    return text[:_WIDTH].ljust(_WIDTH)
