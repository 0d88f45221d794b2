"""DOCX letters: what is printed is read, what is not is not, and hostile files are refused."""

import random
import zipfile
from io import BytesIO

import pytest
from made_letters import (
    complex_field,
    document,
    paragraph,
    relationships,
    run,
    word_file,
)

from instep_cohort.errors import DefinitionError, InstepError
from instep_cohort.recruitment.letters.files.word_document import read_word
from instep_cohort.recruitment.letters.files.word_package import MOST_BYTES, MOST_PARTS
from instep_cohort.recruitment.letters.language.merge_fields import fields_of
from instep_cohort.recruitment.letters.letter import Place

DELETED = '<w:del w:id="1"><w:r><w:delText>gone </w:delText></w:r></w:del>'
INSERTED = f'<w:ins w:id="2">{run("new ")}</w:ins>'
MOVED_OFF = f'<w:moveFrom w:id="3">{run("moved off ")}</w:moveFrom>'
MOVED_HERE = f'<w:moveTo w:id="4">{run("moved here")}</w:moveTo>'
BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
    f"{paragraph('In the box')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback>"
    f"<w:pict><w:txbxContent>{paragraph('In the box')}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


def texts(body, **rest):
    return [line.text for line in read_word(word_file(body, **rest), "letter.docx").lines]


def noticed(body, **rest):
    letter = read_word(word_file(body, **rest), "letter.docx")
    return [(one.rule, one.found) for one in letter.noticed]


READ = {
    "a merge field in one element": (
        paragraph(
            "Dear ",
            '<w:fldSimple w:instr=" MERGEFIELD First_name \\* MERGEFORMAT ">'
            f"{run('shown')}</w:fldSimple>",
        ),
        ["Dear «First_name»"],
    ),
    "a merge field between characters": (
        paragraph("Dear ", complex_field(' MERGEFIELD "First name" \\* MERGEFORMAT '), "!"),
        ["Dear «First name»!"],
    ),
    "a merge field written as text": (paragraph("Dear «First name»"), ["Dear «First name»"]),
    "another field is what it shows": (
        paragraph("Page ", complex_field(" PAGE ", "1"), " of 2"),
        ["Page 1 of 2"],
    ),
    "Word's own greeting has its name": (
        paragraph(complex_field(" GREETINGLINE \\f x ")),
        ["«GREETINGLINE»"],
    ),
    "tracked changes as if accepted": (
        paragraph(DELETED, INSERTED, MOVED_OFF, MOVED_HERE),
        ["new moved here"],
    ),
    "a deleted end of a paragraph joins two": (
        paragraph("one ", properties="<w:rPr><w:del w:id='9'/></w:rPr>") + paragraph("two"),
        ["one two"],
    ),
    "hidden text is left out": (
        paragraph("seen", run(" unseen", "<w:vanish/>"), run(" too", '<w:vanish w:val="0"/>')),
        ["seen too"],
    ),
    "tables": (
        (
            f"<w:tbl><w:tr><w:tc>{paragraph('left')}</w:tc><w:tc>{paragraph('right')}</w:tc></w:tr>"
            f"<w:tr><w:trPr><w:del w:id='5'/></w:trPr><w:tc>{paragraph('cut')}</w:tc></w:tr></w:tbl>"
        ),
        ["left", "right"],
    ),
    "a text box once, beside its paragraph": (
        paragraph("before ", BOX, "after"),
        ["In the box", "before after"],
    ),
    "breaks and tabs": (
        paragraph("one", "<w:r><w:br/><w:t>two</w:t><w:tab/><w:t>three</w:t></w:r>"),
        ["one", "two three"],
    ),
    "links": (paragraph(f'<w:hyperlink w:anchor="a">{run("here")}</w:hyperlink>'), ["here"]),
    "content controls": (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('inside')}</w:sdtContent></w:sdt>",
        ["inside"],
    ),
    "an empty form field is a placeholder": (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        f"{paragraph('Click here')}</w:sdtContent></w:sdt>" + paragraph("next"),
        ["[Click here]", "next"],
    ),
    "items of a list": (
        paragraph("an item", properties='<w:numPr><w:numId w:val="1"/></w:numPr>'),
        ["• an item"],
    ),
}


@pytest.mark.parametrize("what", READ)
def test_what_would_be_printed_is_read(what):
    body, lines = READ[what]
    assert texts(body) == lines


def test_headers_footers_notes_and_the_title_are_read_in_their_places():
    core = (
        '<c:coreProperties xmlns:c="c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>About pain</dc:title></c:coreProperties>"
    )
    letter = read_word(
        word_file(
            paragraph("Body"),
            related=[
                ("header", "header1.xml", ""),
                ("footer", "footer1.xml", ""),
                ("footnotes", "footnotes.xml", ""),
                ("header", "http://example.org/header.xml", ' TargetMode="External"'),
            ],
            parts={
                "_rels/.rels": relationships(
                    ("officeDocument", "word/document.xml", ""),
                    ("core-properties", "docProps/core.xml", ""),
                ),
                "docProps/core.xml": core,
                "word/header1.xml": document(paragraph("Head"), "hdr"),
                "word/footer1.xml": document(paragraph("Foot"), "ftr"),
                "word/footnotes.xml": document(paragraph("Note"), "footnotes"),
            },
        ),
        "letter.docx",
    )
    assert [(line.place, line.text) for line in letter.lines] == [
        (Place.HEADER, "Head"),
        (Place.BODY, "Body"),
        (Place.FOOTER, "Foot"),
        (Place.NOTE, "Note"),
        (Place.TITLE, "About pain"),
    ]
    assert [line.number for line in letter.lines] == [1, 2, 3, 4, 5]


def test_text_hidden_by_a_style_is_left_out():
    styles = document(
        '<w:style w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="Secret"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>',
        "styles",
    )
    body = (
        paragraph("unseen", properties='<w:pStyle w:val="Secret"/>')
        + paragraph(run("unseen", '<w:rStyle w:val="Base"/>'), "seen")
        + paragraph("seen too", properties='<w:pStyle w:val="Loop"/>')
    )
    rest = {"related": [("styles", "styles.xml", "")], "parts": {"word/styles.xml": styles}}
    assert texts(body, **rest) == ["seen", "seen too"]
    assert [rule for rule, _ in noticed(body, **rest)] == ["unfinished"]


@pytest.mark.parametrize(
    ("body", "rule", "words"),
    [
        (paragraph(complex_field(" MERGEFIELD x ", end=False)), "merge-field-unclosed", "begins"),
        (paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>'), "merge-field-unclosed", "ends"),
        (paragraph(INSERTED), "unfinished", "tracked changes"),
        (paragraph("a", '<w:r><w:commentReference w:id="0"/></w:r>'), "unfinished", "comments"),
        (paragraph("a", run("b", "<w:vanish/>")), "unfinished", "hidden"),
        (paragraph("a") + '<w:altChunk w:id="x"/>', "unfinished", "another document"),
    ],
)
def test_what_a_printer_would_make_of_it_is_noticed(body, rule, words):
    assert [(found, words in said) for found, said in noticed(body)] == [(rule, True)]


def test_a_column_that_only_steers_the_letter_is_a_field_of_it():
    nested = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText></w:r>'
        + complex_field(" MERGEFIELD Diagnosis ")
        + '<w:r><w:instrText> = "x" </w:instrText></w:r>'
        + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("shown")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    letter = read_word(word_file(paragraph(nested)), "letter.docx")
    assert [line.text for line in letter.lines] == ["shown"]
    assert fields_of(letter) == ("Diagnosis",)


BILLION = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
HOSTILE = {
    "no zip": (b"not a zip", "cannot be opened"),
    "an old .doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .doc"),
    "cut short": (word_file(paragraph("x"))[:-40], "cannot be opened"),
    "no document": (b"PK\x05\x06" + b"\0" * 18, "no part word/document.xml"),
    "not XML": (word_file(main="<w:document"), "no well-formed XML"),
    "entities": (word_file(main=BILLION + document("")), "entities"),
    "an outside entity": (word_file(main=OUTSIDE + document("&x;")), "entities"),
    "a bomb": (word_file(main=" " * (MOST_BYTES + 1)), "unpacks to more"),
    "a deep well": (word_file("<w:p>" * 5_000 + "</w:p>" * 5_000), "more in it than any letter"),
    "many parts": (
        word_file(parts={f"x{n}": "" for n in range(MOST_PARTS)}),
        "more than 2,000 parts",
    ),
    "an unknown encoding": (
        word_file(main='<?xml version="1.0" encoding="klingon"?><a/>'),
        "no well-formed XML",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_damaged_or_hostile_file_is_refused_in_one_sentence(what):
    data, words = HOSTILE[what]
    with pytest.raises(DefinitionError) as refused:
        read_word(data, "letter.docx")
    assert words in str(refused.value).replace("document type or entities", "entities")
    assert "letter.docx" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_locked_part_is_refused():
    data = bytearray(word_file(paragraph("x")))
    for sign in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.find(sign)
        while at >= 0:
            data[at + (6 if sign == b"PK\x03\x04" else 8)] |= 1
            at = data.find(sign, at + 4)
    with pytest.raises(DefinitionError, match="password"):
        read_word(bytes(data), "letter.docx")


def test_damage_anywhere_is_refused_or_read_but_never_a_crash():
    sound = word_file(paragraph("Dear ", complex_field(" MERGEFIELD Surname "), INSERTED))
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_word(bytes(data), "letter.docx")
        except InstepError:
            continue


def test_xml_changed_anywhere_is_refused_or_read_but_never_a_crash():
    with zipfile.ZipFile(BytesIO(word_file(READ["tables"][0] + READ["links"][0]))) as archive:
        sound = archive.read("word/document.xml").decode()
    chance = random.Random(8)
    for _ in range(200):
        at, length = chance.randrange(len(sound)), chance.randrange(1, 12)
        changed = sound[:at] + sound[at + length :]
        try:
            read_word(word_file(main=changed), "letter.docx")
        except InstepError:
            continue


def test_a_workbook_under_the_name_of_a_letter_is_refused():
    # its title alone would otherwise be checked as if it were the letter
    sheet = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    with pytest.raises(DefinitionError, match="no letter of Word"):
        read_word(word_file(main=sheet), "letter.docx")
