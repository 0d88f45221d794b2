"""The letter to start from, as a DOCX file in which Word finds its merge fields."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING

from instep_cohort.recruitment.letters.template.template import TEMPLATE, Kind, Paragraph

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph as WordParagraph

_PIECE = re.compile(r"(«[^«»]+»|\[[^\[\]]+\])")
_WRITTEN = datetime(2026, 1, 1)


def template_document() -> bytes:
    """The template as a DOCX file: A4, merge fields as fields, what is to be filled in marked."""
    import docx

    document = docx.Document()
    _set_page(document)
    for paragraph in TEMPLATE:
        _add(document, paragraph)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _set_page(document: Document) -> None:
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(16)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    normal.paragraph_format.space_after = Pt(5)
    about = document.core_properties
    about.title, about.author, about.comments = "Invitation letter", "", ""
    about.created = about.modified = _WRITTEN


def _add(document: Document, paragraph: Paragraph) -> None:
    from docx.shared import Pt

    at_foot = paragraph.kind is Kind.FOOTER
    footer = document.sections[0].footer
    written = footer.paragraphs[0] if at_foot else document.add_paragraph()
    for number, line in enumerate(paragraph.lines):
        if number:
            written.add_run().add_break()
        _write(written, line)
    written.paragraph_format.keep_with_next = paragraph.kind is Kind.HEADING
    written.paragraph_format.keep_together = paragraph.kind is Kind.SIGNATURE
    for run in written.runs:
        run.bold = paragraph.kind in {Kind.HEADING, Kind.SUBJECT} or None
        run.font.size = Pt(9) if at_foot else None
    if paragraph.kind is Kind.ADDRESS:
        written.paragraph_format.space_after = Pt(14)
    if paragraph.kind is Kind.HEADING:
        written.paragraph_format.space_before = Pt(6)
        written.paragraph_format.space_after = Pt(1)


def _write(written: WordParagraph, line: str) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    for piece in filter(None, _PIECE.split(line)):
        if piece.startswith("«"):
            _merge_field(written, piece.strip("«»"))
            continue
        run = written.add_run(piece)
        if piece.startswith("["):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _merge_field(written: WordParagraph, name: str) -> None:
    """A merge field as Word writes it: begin, instruction, separator, its name, end."""
    _character(written, "begin")
    instruction = written.add_run()
    element = _element("w:instrText")
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    element.text = f' MERGEFIELD "{name}" '
    instruction._r.append(element)
    _character(written, "separate")
    written.add_run(f"«{name}»")
    _character(written, "end")


def _character(written: WordParagraph, kind: str) -> None:
    from docx.oxml.ns import qn

    element = _element("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    written.add_run()._r.append(element)


def _element(name: str) -> BaseOxmlElement:
    from docx.oxml import OxmlElement

    return OxmlElement(name)
