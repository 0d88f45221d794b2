"""The letter to start from: what every invitation says, and brackets where a trial must decide.

It speaks for the practice and names neither illness nor work before the letter is open. What is
said of InSTEP is what its registry entry says (ISRCTN30094062); what an ethics committee settles
stands in square brackets.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How a paragraph of the template is set."""

    ADDRESS = "address"
    SUBJECT = "subject"
    HEADING = "heading"
    TEXT = "text"
    SIGNATURE = "signature"
    FOOTER = "footer"


class Paragraph(NamedTuple):
    """One paragraph: its kind, and its lines with merge fields as ``«name»``."""

    kind: Kind
    lines: tuple[str, ...]


def _text(*sentences: str) -> Paragraph:
    return Paragraph(Kind.TEXT, (" ".join(sentences),))


TEMPLATE = (
    Paragraph(
        Kind.ADDRESS,
        ("«Custom 2 practice»", "«Custom 3 practice address»", "«Custom 1 mailing date»"),
    ),
    Paragraph(
        Kind.ADDRESS,
        (
            "«First name» «Surname»",
            "«Address 1»",
            "«Address 2»",
            "«Address 3»",
            "«Address 4»",
            "«Address 5»",
        ),
    ),
    _text("Dear «First name» «Surname»"),
    Paragraph(Kind.SUBJECT, ("An invitation from your GP practice",)),
    _text(
        "We would like to tell you about a research study called InSTEP.",
        "You can say yes or no.",
        "This letter says what it is about.",
        "The information sheet that comes with it says more.",
    ),
    Paragraph(Kind.HEADING, ("What is the study about?",)),
    _text(
        "InSTEP is for people who have long-term pain, who are unable to work, and who would like"
        " to work.",
        "It tests a kind of support with finding a job and keeping it.",
        "[What taking part means, in the words that the ethics committee agreed.]",
    ),
    Paragraph(Kind.HEADING, ("Do I have to take part?",)),
    _text(
        "No.",
        "You do not have to take part.",
        "It is up to you, and you do not need to give a reason.",
        "Please take as long as you like to think about it.",
    ),
    Paragraph(Kind.HEADING, ("Will it change my care or my benefits?",)),
    _text(
        "No.",
        "Your care from us will stay the same, whatever you decide.",
        "Saying no to this letter will not affect your benefits.",
        "[What taking part may mean for somebody's benefits later, in the words that the ethics"
        " committee agreed.]",
    ),
    Paragraph(Kind.HEADING, ("Who will know about this letter?",)),
    _text(
        "We will not tell the job centre or the Department for Work and Pensions (DWP) that we"
        " wrote to you, or what you decide.",
        "[Who prints and posts the letter, and who else sees a name, in the words that the ethics"
        " committee agreed.]",
    ),
    Paragraph(Kind.HEADING, ("How did you choose me?",)),
    _text(
        "We looked in our own records for people who may like to hear about the study.",
        "[How people were chosen, in the words that the ethics committee agreed.]",
    ),
    Paragraph(Kind.HEADING, ("What can I do now?",)),
    _text(
        "If you would like to hear more, call the study team on [telephone number of the study"
        " team] or send an e-mail to [e-mail address of the study team].",
        "Please give your invitation number, which is «Custom 5 Invite ID».",
    ),
    Paragraph(Kind.HEADING, ("Whom can I ask?",)),
    _text(
        "If you have any questions, call [name of the contact at the practice] on [telephone"
        " number of the practice].",
    ),
    Paragraph(Kind.HEADING, ("What if I do not want letters like this?",)),
    _text(
        "If you do not want us to write to you about research again, call [telephone number of the"
        " practice] and say so.",
        "One call is enough.",
    ),
    Paragraph(Kind.SIGNATURE, ("Yours sincerely", "«Custom 4 GP name»", "«Custom 2 practice»")),
    Paragraph(
        Kind.FOOTER,
        ("[Research ethics committee, reference, and the version and date of this letter.]",),
    ),
)


def template_text() -> str:
    """The template as plain text, its paragraphs apart and lines of at most 80 characters."""
    return "\n\n".join("\n".join(_lines(paragraph)) for paragraph in TEMPLATE) + "\n"


def _lines(paragraph: Paragraph) -> Iterator[str]:
    from textwrap import wrap

    for line in paragraph.lines:
        yield from wrap(line, 80, break_long_words=False, break_on_hyphens=False)
