"""A DOCX file, read into the lines of a letter as they would be printed.

What is deleted in tracked changes or hidden is no part of the letter; what is inserted is. Text
boxes, tables, page headers and footers, footnotes and the document's title are read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from instep_cohort.recruitment.letters.files.word_fields import Fields
from instep_cohort.recruitment.letters.files.word_package import Package
from instep_cohort.recruitment.letters.findings import Finding, Severity
from instep_cohort.recruitment.letters.letter import ITEM_MARK, Letter, Line, Place

_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_DC = "http://purl.org/dc/elements/1.1/"

_PLACES = {
    "header": Place.HEADER,
    "footer": Place.FOOTER,
    "footnotes": Place.NOTE,
    "endnotes": Place.NOTE,
}
_REMOVED = {"del", "moveFrom"}
_CHANGED = {"ins", "del", "moveFrom", "moveTo"}
_CHARACTERS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_OFF = {"0", "false", "off"}


def read_word(data: bytes, file: str) -> Letter:
    """The letter in a DOCX file.

    Raises:
        DefinitionError: it is no DOCX, is damaged, is a workbook or slides, or is made to do harm.
    """
    package = Package(data, file)
    main = next((name for _, name in package.related("", ("officeDocument",))), "word/document.xml")
    reader = _Reader(_hidden_styles(package, main))
    body = package.root(main)
    if _local(body) != "document":
        raise package.fault("it is a file of Office, but no letter of Word", "save it as .docx")
    reader.read(body, Place.BODY)
    # Several sections may point to one header; a header that is read twice would say all twice.
    for kind, name in dict.fromkeys(package.related(main, tuple(_PLACES))):
        reader.read(package.root(name), _PLACES[kind])
    reader.titles(package)
    return Letter(_in_order(reader.lines), tuple(reader.fields.hidden), tuple(reader.noticed()))


def _in_order(found: list[tuple[Place, int, str]]) -> tuple[Line, ...]:
    """The lines as they are seen: page header, body, footer and notes, and last the title."""
    order = [Place.HEADER, Place.BODY, Place.FOOTER, Place.NOTE, Place.TITLE]
    ranked = sorted(found, key=lambda line: _rank(order, line[0]))
    return tuple(
        Line(number, text, block, place) for number, (place, block, text) in enumerate(ranked, 1)
    )


def _rank(order: list[Place], place: Place) -> int:
    # A text box stays where it is anchored, among the lines of the body.
    return order.index(Place.BODY if place is Place.TEXT_BOX else place)


def _local(element: Element) -> str:
    """The name of an element of WordprocessingML, or of another kind with its namespace."""
    tag = element.tag
    for namespace in (_W, _STRICT):
        if tag.startswith(f"{{{namespace}}}"):
            return tag[len(namespace) + 2 :]
    return tag


def _attribute(element: Element, name: str) -> str:
    return element.get(f"{{{_W}}}{name}") or element.get(f"{{{_STRICT}}}{name}") or ""


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((child for child in element if _local(child) == name), None)


def _hides(properties: Element | None) -> bool | None:
    """Whether run properties hide text, or ``None`` where they do not say."""
    mark = _child(properties, "vanish")
    return None if mark is None else _attribute(mark, "val") not in _OFF


def _hidden_styles(package: Package, main: str) -> set[str]:
    """The ids of the styles whose text is hidden, by themselves or by the style they build on."""
    based: dict[str, str] = {}
    says: dict[str, bool | None] = {}
    for _, name in package.related(main, ("styles",)):
        for style in package.root(name):
            style_id = _attribute(style, "styleId")
            says[style_id] = _hides(_child(style, "rPr"))
            on = _child(style, "basedOn")
            based[style_id] = "" if on is None else _attribute(on, "val")
    return {style_id for style_id in says if _hidden_by(style_id, says, based)}


def _hidden_by(style: str, says: dict[str, bool | None], based: dict[str, str]) -> bool:
    seen: set[str] = set()
    while style in says and style not in seen:
        if (said := says[style]) is not None:
            return said
        seen.add(style)
        style = based[style]
    return False


class _Reader:
    """Collects lines from the parts of a document, one part after the other."""

    def __init__(self, hidden_styles: set[str]) -> None:
        self.lines: list[tuple[Place, int, str]] = []
        self.fields = Fields()
        self._hidden_styles = hidden_styles
        self._block = 0
        self._text: list[str] = []
        self._hidden = self._tracked = self._unread = self._comments = False
        self._unclosed = 0

    def read(self, root: Element, place: Place) -> None:
        """Adds the lines of one part."""
        self._walk(root, place, hidden=False)
        self._end_paragraph(place)
        self._unclosed += self.fields.left_open
        self.fields.close_all()

    def titles(self, package: Package) -> None:
        """Adds the title and subject of the document, which a PDF or an e-mail shows."""
        for _, name in package.related("", ("core-properties",)):
            root = package.root(name)
            for tag in ("title", "subject"):
                said = (root.findtext(f"{{{_DC}}}{tag}") or "").strip()
                if said:
                    self._block += 1
                    self.lines.append((Place.TITLE, self._block, said))

    def noticed(self) -> Iterator[Finding]:
        """What the file itself gave occasion to find."""
        warning = Severity.WARNING
        if self._unclosed or self.fields.broken:
            yield Finding(
                "merge-field-unclosed",
                Severity.ERROR,
                "a Word field begins without an end, or ends without a beginning",
                "delete the field and insert it again",
            )
        if self._tracked:
            found = "there are tracked changes; it was checked as if all were accepted"
            yield Finding("unfinished", warning, found, "accept or reject every change, and save")
        if self._comments:
            found = "there are comments, which a printer may print"
            yield Finding("unfinished", warning, found, "delete them, and save")
        if self._hidden:
            found = "there is hidden text; it was not read as part of the letter"
            yield Finding("unfinished", warning, found, "delete the hidden text, or show it")
        if self._unread:
            found = "another document is put into this one; it was not read"
            yield Finding("unfinished", warning, found, "copy its text into the letter")

    def _walk(self, element: Element, place: Place, *, hidden: bool) -> None:
        name = _local(element)
        if name in _CHANGED:
            self._tracked = True
        if name in _REMOVED or (
            name == "tr" and _child(_child(element, "trPr"), "del") is not None
        ):
            return
        if name == "p":
            self._paragraph(element, place, hidden=hidden)
        elif name == "r":
            self._run(element, place, hidden=hidden)
        elif name == "fldSimple":
            self._simple_field(element, place, hidden=hidden)
        elif name == "sdt" and _child(_child(element, "sdtPr"), "showingPlcHdr") is not None:
            self._unfilled(element, place, hidden=hidden)
        elif name == f"{{{_MC}}}AlternateContent":
            self._one_of(element, place, hidden=hidden)
        elif name == "txbxContent":
            self._text_box(element, hidden=hidden)
        else:
            self._mark(name)
            self._within(element, place, hidden=hidden)

    def _within(self, element: Element, place: Place, *, hidden: bool) -> None:
        for child in element:
            self._walk(child, place, hidden=hidden)

    def _mark(self, name: str) -> None:
        self._unread = self._unread or name == "altChunk"
        self._comments = self._comments or name in {"commentReference", "commentRangeStart"}

    def _paragraph(self, element: Element, place: Place, *, hidden: bool) -> None:
        properties = _child(element, "pPr")
        style = _child(properties, "pStyle")
        style_id = "" if style is None else _attribute(style, "val")
        in_list = _child(properties, "numPr") is not None or style_id.startswith("List")
        before = len(self._text)
        self._within(element, place, hidden=hidden or style_id in self._hidden_styles)
        if in_list and "".join(self._text[before:]).strip():
            self._text.insert(before, ITEM_MARK)
        # A deleted paragraph mark joins the paragraph to the next one.
        if _child(_child(properties, "rPr"), "del") is not None:
            self._tracked = True
            return
        self._end_paragraph(place)

    def _end_paragraph(self, place: Place) -> None:
        text = "".join(self._text)
        self._text.clear()
        self._block += 1
        for piece in text.split("\n"):
            if shown := " ".join(piece.split()):
                self.lines.append((place, self._block, shown))

    def _run(self, element: Element, place: Place, *, hidden: bool) -> None:
        properties = _child(element, "rPr")
        style = _child(properties, "rStyle")
        by_style = style is not None and _attribute(style, "val") in self._hidden_styles
        said = _hides(properties)
        gone = (hidden or by_style) if said is None else said
        for child in element:
            self._piece(child, place, hidden=gone)

    def _piece(self, element: Element, place: Place, *, hidden: bool) -> None:
        name = _local(element)
        if name == "t":
            self._say(element.text or "", hidden=hidden)
        elif name in _CHARACTERS:
            self._say(_CHARACTERS[name], hidden=hidden)
        elif name == "instrText":
            self.fields.instruction(element.text or "")
        elif name == "fldChar":
            self._field_character(_attribute(element, "fldCharType"), hidden=hidden)
        elif name != "rPr":
            self._walk(element, place, hidden=hidden)

    def _say(self, text: str, *, hidden: bool) -> None:
        shown = self.fields.shown(text)
        if hidden:
            self._hidden = self._hidden or bool(shown.strip())
        elif shown:
            self._text.append(shown)

    def _field_character(self, kind: str, *, hidden: bool) -> None:
        if kind == "begin":
            self.fields.begin()
        elif kind == "separate":
            self.fields.separate()
        elif kind == "end":
            self._say(self.fields.end(), hidden=hidden)

    def _simple_field(self, element: Element, place: Place, *, hidden: bool) -> None:
        shown = self.fields.simple(_attribute(element, "instr"))
        if shown:
            self._say(shown, hidden=hidden)
        else:
            self._within(element, place, hidden=hidden)

    def _unfilled(self, element: Element, place: Place, *, hidden: bool) -> None:
        """A form field in which nobody has written yet: a placeholder like one in brackets."""
        said = "".join(part.text or "" for part in element.iter() if _local(part) == "t")
        self._say(f"[{said.strip() or 'an empty form field'}]", hidden=hidden)
        if any(_local(part) == "p" for part in element.iter()):
            self._end_paragraph(place)

    def _one_of(self, element: Element, place: Place, *, hidden: bool) -> None:
        """The same thing in several ways for several programs: the first is read, no other."""
        for child in element:
            if child.tag == f"{{{_MC}}}Choice":
                self._within(child, place, hidden=hidden)
                return
        self._within(element, place, hidden=hidden)

    def _text_box(self, element: Element, *, hidden: bool) -> None:
        """A text box breaks into its paragraph; the paragraph's own text goes on after it."""
        outside, self._text = self._text, []
        self._within(element, Place.TEXT_BOX, hidden=hidden)
        self._end_paragraph(Place.TEXT_BOX)
        self._text = outside
