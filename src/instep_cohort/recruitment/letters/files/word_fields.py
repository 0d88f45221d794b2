"""Word's fields, read as they come: a merge field is its name, another field is what it shows.

A field is either one element (``fldSimple``) or a run of characters between a begin, a separator
and an end, which may lie in different runs and inside one another (ECMA-376-1, 17.16).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# The fields by which Word puts in something of the data, or steers the merge by it.
_MERGES = {"ADDRESSBLOCK", "GREETINGLINE", "MERGEREC", "MERGESEQ", "NEXT", "NEXTIF", "SKIPIF"}
_INSTRUCTION = re.compile(r'\s*(\w+)\s*(?:"([^"]*)"|([^\s\\"]+))?')


def merge_name(instruction: str) -> str | None:
    r"""The name of the column that an instruction merges, or ``None`` for another kind of field.

    ``MERGEFIELD "First name" \\* MERGEFORMAT`` gives ``First name``. Word's composite fields, such
    as ``GREETINGLINE``, give their own names, since no column has them.
    """
    read = _INSTRUCTION.match(instruction)
    if not read:
        return None
    kind = read[1].upper()
    if kind == "MERGEFIELD":
        return (read[2] or read[3] or "").strip()
    return kind if kind in _MERGES else None


@dataclass
class _Open:
    instruction: str = ""
    shows: bool = False


@dataclass
class Fields:
    """The fields that are open at this point of a text.

    Attributes:
        hidden: names merged inside the instruction of another field, such as a condition.
        broken: how often a field ended that had not begun.
    """

    hidden: list[str] = field(default_factory=list)
    broken: int = 0
    _open: list[_Open] = field(default_factory=list)

    @property
    def left_open(self) -> int:
        """How many fields have begun and not ended."""
        return len(self._open)

    def close_all(self) -> None:
        """Forgets the fields left open, at the end of a part."""
        self._open.clear()

    def shown(self, text: str) -> str:
        """The text if it is printed, empty if it belongs to an instruction or a merged value."""
        hides = any(not one.shows or merge_name(one.instruction) is not None for one in self._open)
        return "" if hides else text

    def instruction(self, text: str) -> None:
        """Takes a piece of the innermost field's instruction."""
        if self._open and not self._open[-1].shows:
            self._open[-1].instruction += text

    def begin(self) -> None:
        """A field begins."""
        self._open.append(_Open())

    def separate(self) -> None:
        """The instruction has ended, and what the field shows follows."""
        if self._open:
            self._open[-1].shows = True

    def end(self) -> str:
        """What stands for the field that ends here: ``«name»`` of a merge field, else nothing."""
        if not self._open:
            self.broken += 1
            return ""
        return self.simple(self._open.pop().instruction)

    def simple(self, instruction: str) -> str:
        """What stands for a field with that instruction, were it to begin and end here."""
        name = merge_name(instruction)
        if name is None:
            return ""
        if any(not one.shows for one in self._open):
            self.hidden.append(name)
        return self.shown(f"«{name}»")
