"""What an EMIS search says and a study cannot: each thing with its place, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from instep_cohort.emis_search.names import one_line
from instep_cohort.emis_search.parsing import Element
from instep_cohort.errors import DefinitionError, Fault

# the whole set of QOF registers has some hundreds
MOST_FINDINGS = 5_000


class Effect(StrEnum):
    """What follows from a thing that was not carried over."""

    MISSING = "missing"  # the study lacks a part and cannot run
    NARROWER = "narrower"  # the study finds fewer people than the search
    NOTE = "note"  # who is found does not change; somebody should know


@dataclass(eq=False)
class NotCarried:
    """One thing of the XML file that did not become part of a study or codelist.

    Attributes:
        search: the name of the search that it stands in, empty where it stands in none.
        element: its path in the file.
        line: counted from 1.
        column: counted from 1; EMIS writes a whole file as one line.
        text: what stands there.
        why: why it was not carried over, one sentence.
        effect: what follows.
        part: the name by which a study file shows the hole, or the codelist that is not whole;
            empty for notes.
        studies: the study files that lack it.
    """

    search: str
    element: str
    line: int
    column: int
    text: str
    why: str
    effect: Effect
    part: str = ""
    studies: list[str] = field(default_factory=list)


class CannotSayError(Exception):
    """Something in one element of a search that the study language has no words for."""

    def __init__(self, element: Element, why: str) -> None:
        """Takes the element, and why it cannot be said."""
        super().__init__(why)
        self.element = element
        self.why = why


class Findings:
    """Everything that was not carried over, each thing once."""

    def __init__(self) -> None:
        """Begins with nothing."""
        self.all: list[NotCarried] = []
        self._seen: dict[tuple[int, str], NotCarried] = {}
        self._holes = 0

    def hole(self, search: str, element: Element, why: str) -> NotCarried:
        """A part that the study lacks, with a name for the hole that it leaves."""
        found = self._note(search, element, why, Effect.MISSING)
        if not found.part:
            self._holes += 1
            found.part = f"missing_{self._holes}"
        return found

    def of_list(self, search: str, element: Element, why: str, part: str) -> NotCarried:
        """Something that keeps a codelist from being whole."""
        found = self._note(search, element, why, Effect.MISSING)
        found.part = part
        return found

    def note(
        self, search: str, element: Element, why: str, effect: Effect = Effect.NOTE
    ) -> NotCarried:
        """Something that the study can do without."""
        return self._note(search, element, why, effect)

    def _note(self, search: str, element: Element, why: str, effect: Effect) -> NotCarried:
        key = (id(element), why)
        if key not in self._seen:
            if len(self.all) >= MOST_FINDINGS:
                what = f"the file has more than {MOST_FINDINGS:,} things that are not understood"
                raise DefinitionError(Fault("", what, "is it an export of EMIS Web searches?"))
            found = NotCarried(
                search, element.path, element.line, element.column, _shown(element), why, effect
            )
            self._seen[key] = found
            self.all.append(found)
        return self._seen[key]


_SHOWN = 120
_UNSAID = {"id", "displayName", "parentColumnDisplayName", "childColumnDisplayName"}


def _shown(element: Element) -> str:
    """The element's own words, or those inside it, cut to a line."""
    parts = [f'{key}="{value}"' for key, value in element.attributes.items()]
    whole = element.all("name") if element.name == "report" else element.within()
    parts += [inner.text for inner in whole if inner.text and inner.name not in _UNSAID]
    text = one_line(" ".join(parts))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
