"""Letters made for the tests: whole ones, and DOCX files written part by part."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"

GOOD = """«First name» «Surname»
«Address 1»

Dear «First name» «Surname»

An invitation from your GP practice

We would like to tell you about a study. You do not have to take part. It is up to you.

Your care will stay the same, whatever you decide. It will not affect your benefits.
We will not tell the job centre. We chose you from our own records.

If you have any questions, call Mrs Hill on 0118 496 0123.

If you do not want us to write to you about this again, call 0118 496 0123 and say so.

Yours sincerely
«Custom 4 GP name»
"""


def relationships(*rows):
    """A list of relationships, each of a kind, a target and perhaps a mode."""
    made = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        for n, (kind, target, mode) in enumerate(rows)
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{made}</Relationships>'


def document(body, root="document"):
    """A part of WordprocessingML with that body."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{W}"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"{'<w:body>' if root == 'document' else ''}{body}"
        f"{'</w:body>' if root == 'document' else ''}</w:{root}>"
    )


def word_file(body="", *, parts=None, related=(), main=None):
    """The bytes of a DOCX file with that body, and perhaps other parts."""
    held = {
        "_rels/.rels": relationships(("officeDocument", "word/document.xml", "")),
        "word/document.xml": document(body) if main is None else main,
        "word/_rels/document.xml.rels": relationships(*related),
        **(parts or {}),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return made.getvalue()


def paragraph(*runs, properties=""):
    """A paragraph of these runs; a text becomes a run of its own."""
    made = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{made}</w:p>"


def run(text, properties=""):
    """A run with that text."""
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{text}</w:t></w:r>'


def complex_field(instruction, shown="x", *, end=True):
    """A field between characters, its instruction in two runs as Word likes to cut them."""
    half = len(instruction) // 2
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate")]
    texts = [
        f'<w:r><w:instrText xml:space="preserve">{part}</w:instrText></w:r>'
        for part in (instruction[:half], instruction[half:])
    ]
    closed = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if end else ""
    return "".join([kinds[0], *texts, kinds[1], run(shown), closed])
