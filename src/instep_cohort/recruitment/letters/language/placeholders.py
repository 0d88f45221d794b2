"""What stands in square brackets: for somebody to fill in before the letter is sent."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from instep_cohort.recruitment.letters.findings import Placeholder
from instep_cohort.recruitment.letters.letter import Letter

# Empty brackets, or a cross in them, are a box to tick.
_PLACEHOLDER = re.compile(r"\[(?!\s*[xX✓✗]?\s*\])([^\[\]]+)(?:\]|$)")


def placeholders_in(letter: Letter) -> Iterator[Placeholder]:
    """Each placeholder of a letter, in order; one may go over several lines of a paragraph."""
    for _, group in itertools.groupby(letter.lines, key=lambda line: (line.place, line.block)):
        block = list(group)
        text = "\n".join(line.text for line in block)
        for found in _PLACEHOLDER.finditer(text):
            line = block[text.count("\n", 0, found.start())]
            yield Placeholder(line.number, " ".join(found[1].split()))


def without_placeholders(text: str, instead: str = " ") -> str:
    """The text with ``instead`` in the place of each placeholder."""
    return _PLACEHOLDER.sub(instead, text)
