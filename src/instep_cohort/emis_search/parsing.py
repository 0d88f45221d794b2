"""An XML file from anywhere, read as elements that know their place, or refused in one sentence.

No document type is allowed, so there are no entities to expand and nothing to fetch; what is left
to an attacker is size, which has limits here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from instep_cohort.errors import DefinitionError, Fault, UsageError

NAMESPACE = "http://www.e-mis.com/emisopen"

# The exports that were counted have some 100 searches and 3,000 codes in each file.
MOST_BYTES = 64 * 1024 * 1024
MOST_ELEMENTS = 1_000_000
DEEPEST = 60

_ENCODING = re.compile(rb"""\A<\?xml[^>]*?\sencoding\s*=\s*["']([^"']{0,40})""")
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
_PIECE = 1 << 16
_AS_UTF_8 = "export the search again from EMIS Web, or save the file as UTF-8"


@dataclass(slots=True, eq=False)
class Element:
    """One element: its name without prefix, and where it stands.

    Attributes:
        name: the local name; in a namespace other than EMIS's, ``{namespace}name``.
        attributes: by their local names (``{namespace}name`` where they have one).
        line: counted from 1; EMIS writes a file as one long line, so the column matters.
        column: counted from 1.
        above: the element that holds it.
        children: in the order of the file.
        text: what stands in it beside its children, without surrounding space.
    """

    name: str
    attributes: dict[str, str]
    line: int
    column: int
    above: Element | None = field(default=None, repr=False)
    children: list[Element] = field(default_factory=list, repr=False)
    text: str = ""

    def all(self, name: str) -> list[Element]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def child(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def said(self, name: str) -> str:
        """The text of the first child of that name, empty where there is none."""
        found = self.child(name)
        return found.text if found else ""

    def within(self) -> Iterator[Element]:
        """The element and everything in it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.within()

    @property
    def path(self) -> str:
        """Where it stands, such as ``report[2]/population/criteriaGroup[1]``."""
        steps = []
        here: Element | None = self
        while here is not None and here.above is not None:
            twins = here.above.all(here.name)
            place = f"[{twins.index(here) + 1}]" if len(twins) > 1 else ""
            steps.append(f"{here.name}{place}")
            here = here.above
        return "/".join(reversed(steps)) or self.name


def read_document(path: Path) -> Element:
    """The root element of an XML file.

    Raises:
        UsageError: the file is not there or cannot be opened.
        DefinitionError: it is not well-formed UTF-8 XML without a document type, or is larger or
            deeper than any search could be.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DefinitionError(
                _too_large(path.name, f"{size:,} bytes, more than {MOST_BYTES:,}")
            )
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return parse(data, path.name)


def parse(data: bytes, file: str) -> Element:
    """The root element of a document given as its bytes; ``file`` is the name that faults give.

    Raises:
        DefinitionError: as `read_document`.
    """
    if fault := _encoding_fault(data, file):
        raise DefinitionError(fault)
    parser = DefusedExpatParser(namespaceHandling=1, forbid_dtd=True)
    reader = _Reader(parser, file)
    parser.setContentHandler(reader)
    try:
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
        parser.close()
    except DefusedXmlException:
        found = "the file has a document type or entities, which no export of EMIS Web has"
        repair = "do not trust it; export the search again from EMIS Web"
        raise DefinitionError(Fault("", found, repair, file, parser.getLineNumber())) from None
    except SAXParseException as error:
        raise DefinitionError(_syntax_fault(error, file)) from None
    except (SAXException, ValueError):
        found = "the file cannot be read as XML"
        raise DefinitionError(Fault("", found, _AS_UTF_8, file)) from None
    return reader.root


class _Reader(ContentHandler):
    """Builds the elements, within the limits."""

    def __init__(self, parser: DefusedExpatParser, file: str) -> None:
        super().__init__()
        self.root = Element("", {}, 1, 1)
        self._parser = parser
        self._file = file
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def startElementNS(  # noqa: N802 - the name is SAX's
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise DefinitionError(_too_large(self._file, f"more than {MOST_ELEMENTS:,} elements"))
        if len(self._open) >= DEEPEST:
            found = f"the elements lie more than {DEEPEST} deep"
            line = self._parser.getLineNumber()
            raise DefinitionError(Fault("", found, "no search does", self._file, line))
        above = self._open[-1] if self._open else None
        element = Element(
            _name(name, NAMESPACE),
            {_name(key, None): value for key, value in attrs.items()},
            self._parser.getLineNumber() or 1,
            (self._parser.getColumnNumber() or 0) + 1,
            above,
        )
        if above is None:
            self.root = element
        else:
            above.children.append(element)
        self._open.append(element)
        self._texts.append([])

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def characters(self, content: str) -> None:
        self._texts[-1].append(content)


def _name(name: tuple[str | None, str], own: str | None) -> str:
    namespace, local = name
    return local if namespace == own else f"{{{namespace or ''}}}{local}"


def _encoding_fault(data: bytes, file: str) -> Fault | None:
    if not data.strip():
        return Fault("", "the file is empty", "export the search again", file)
    if data.startswith(_UTF_16):
        return Fault("", "the file is UTF-16", _AS_UTF_8, file, 1)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"the file is not UTF-8: byte 0x{data[error.start]:02x} stands for no character"
        line = data.count(b"\n", 0, error.start) + 1
        return Fault("", found, _AS_UTF_8, file, line)
    declared = _ENCODING.match(data.removeprefix(_BOM))
    if declared and declared[1].decode("utf-8", "replace").lower() not in _UTF_8:
        found = "the file says of itself that it is not UTF-8, as EMIS Web writes it"
        return Fault("", found, _AS_UTF_8, file, 1)
    return None


def _too_large(file: str, found: str) -> Fault:
    return Fault("", f"the file has {found}", "export fewer searches at once", file)


def _syntax_fault(error: SAXParseException, file: str) -> Fault:
    column = (error.getColumnNumber() or 0) + 1
    found = f"this is not well-formed XML: {error.getMessage()}, at column {column}"
    repair = "the file may be cut off or edited: export the search again from EMIS Web"
    return Fault("", found, repair, file, error.getLineNumber())
