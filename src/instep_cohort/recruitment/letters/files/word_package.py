"""The parts of a DOCX file, read as XML within limits, or refused in one sentence.

A DOCX is a ZIP file of XML files, and may come from anywhere. No part may have a document type, so
there are no entities to expand and nothing to fetch; nothing outside the file is ever opened.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from instep_cohort.errors import DefinitionError, Fault

# A letter of two pages with a table has some 3,000 elements in its largest part.
MOST_PARTS = 2_000
MOST_BYTES = 24 * 1024 * 1024
MOST_ELEMENTS = 300_000
DEEPEST = 200

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SAVE = "open it in Word or LibreOffice and save it again as .docx"
_DISTRUST = "do not trust this file; ask for the letter again from whoever wrote it"


class Package:
    """The parts of one DOCX file, each read when it is asked for."""

    def __init__(self, data: bytes, file: str) -> None:
        """Opens the file held in ``data``; ``file`` is the name that faults give.

        Raises:
            DefinitionError: it is no DOCX, or has more parts than any letter.
        """
        self.file = file
        self._left = MOST_BYTES
        if data.startswith(_OLD_OFFICE):
            raise self.fault("it is an old .doc or is locked by a password", _SAVE)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise self.fault("it cannot be opened as a DOCX; it may be cut short", _SAVE) from None
        self._names = set(self._zip.namelist())
        if len(self._zip.infolist()) > MOST_PARTS:
            raise self.fault(f"it has more than {MOST_PARTS:,} parts", _DISTRUST)

    def fault(self, found: str, mend: str) -> DefinitionError:
        """The refusal of this file."""
        return DefinitionError(Fault("", found, mend, self.file))

    def has(self, part: str) -> bool:
        """Whether there is a part of that name."""
        return part in self._names

    def related(self, part: str, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
        """Kind and name of each part in this file to which ``part`` points, for those kinds.

        The kinds are last words of a relationship type, such as ``header``. What lies outside the
        file is left out: it is never opened.
        """
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(listing):
            return []
        return list(self._targets(self.root(listing), folder, kinds))

    def _targets(
        self, listing: Element, folder: str, kinds: tuple[str, ...]
    ) -> Iterator[tuple[str, str]]:
        for one in listing.iter(_RELATIONSHIPS):
            kind = one.get("Type", "").rpartition("/")[2]
            inside = one.get("TargetMode") != "External"
            target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))
            if kind in kinds and inside and self.has(target.lstrip("/")):
                yield kind, target.lstrip("/")

    def root(self, part: str) -> Element:
        """The root element of a part.

        Raises:
            DefinitionError: the part is missing, damaged, has a document type, or is larger or
                deeper than any letter's.
        """
        try:
            return self._parsed(self._bytes(part), part)
        except DefusedXmlException:
            found = f"its part {part} has a document type or entities, which no letter has"
            raise self.fault(found, _DISTRUST) from None
        except (ParseError, ValueError, LookupError):
            raise self.fault(f"its part {part} is no well-formed XML", _SAVE) from None

    def _bytes(self, part: str) -> bytes:
        try:
            with self._zip.open(part) as opened:
                data = opened.read(self._left + 1)
        except KeyError:
            raise self.fault(f"it has no part {part}, so it is no letter", _SAVE) from None
        except RuntimeError:
            raise self.fault("it is locked by a password", "save it without one") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise self.fault(f"its part {part} is damaged", _SAVE) from None
        if len(data) > self._left:
            found = f"its text unpacks to more than {MOST_BYTES // 1024**2} MB"
            raise self.fault(found, _DISTRUST)
        self._left -= len(data)
        return data

    def _parsed(self, data: bytes, part: str) -> Element:
        depth = elements = 0
        root: Element | None = None
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            elements += event == "start"
            root = element if root is None else root
            if depth > DEEPEST or elements > MOST_ELEMENTS:
                found = f"its part {part} has more in it than any letter"
                raise self.fault(found, _DISTRUST)
        if root is None:
            raise ParseError
        return root
