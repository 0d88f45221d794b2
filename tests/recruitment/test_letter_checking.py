"""The check of whole letters: what it finds, where, and what it leaves alone (S14)."""

import subprocess
import sys

import pytest
from made_letters import GOOD, complex_field, paragraph, word_file

from instep_cohort.disclosure.columns import MAIL_COLUMNS
from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.recruitment.letters import Severity, check_letter
from instep_cohort.recruitment.letters.files.reading import MOST_BYTES, MOST_CHARACTERS
from instep_cohort.recruitment.letters.promises.promises import PROMISES
from instep_cohort.recruitment.letters.promises.stopping import ASKING, STOPPING

REQUIRED = [*(one.rule for one in PROMISES), ASKING.rule, STOPPING.rule]
SAYS = {
    "voluntary": " You do not have to take part. It is up to you.",
    "care": "Your care will stay the same, whatever you decide. ",
    "benefits": "It will not affect your benefits.",
    "job-centre": "We will not tell the job centre. ",
    "chosen": "We chose you from our own records.",
    "whom-to-ask": "If you have any questions, call Mrs Hill on 0118 496 0123.",
    "opt-out": "If you do not want us to write to you about this again, call 0118 496 0123 and say so.",
}


@pytest.fixture
def checked(tmp_path):
    def check(text, name="letter.txt", **rest):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return check_letter(path, **rest)

    return check


def rules(check):
    return [finding.rule for finding in check.findings]


def test_a_good_letter_has_no_finding_and_shows_where_all_is_said(checked):
    check = checked(GOOD)
    assert check.findings == ()
    assert [one.rule for one in check.said] == REQUIRED
    lines = GOOD.split("\n")
    for one in check.said:
        assert one.quote.split()[0] in lines[one.line - 1]
    assert check.fields == ("First name", "Surname", "Address 1", "Custom 4 GP name")


@pytest.mark.parametrize("rule", REQUIRED)
def test_s14_each_thing_that_is_left_out_is_an_error_with_a_sentence_that_would_do(checked, rule):
    assert SAYS[rule] in GOOD
    check = checked(GOOD.replace(SAYS[rule], ""))
    (finding,) = check.errors
    assert (finding.rule, finding.line) == (rule, None)
    assert "does not say" in finding.found
    mended = GOOD.replace(SAYS[rule], f" {finding.example} ")
    assert checked(mended).errors == ()


def test_a_broken_promise_is_an_error_even_where_it_is_kept_elsewhere(checked):
    check = checked(GOOD + "\nThis will affect your benefits.\n")
    (finding,) = check.errors
    assert finding.rule == "benefits"
    assert finding.quote == "This will affect your benefits."
    assert finding.line == GOOD.count("\n") + 2


def test_a_promise_with_a_way_out_is_warned_at(checked):
    kept = "We will not tell the job centre"
    check = checked(GOOD.replace(f"{kept}.", f"{kept} unless the law says so."))
    (finding,) = check.findings
    assert (finding.rule, finding.severity) == ("job-centre", Severity.WARNING)


def test_a_finding_quotes_the_line_on_which_the_words_stand(checked):
    check = checked(GOOD + "\nPlease think about this letter and then you\nmust call us.\n")
    (finding,) = check.findings
    assert (finding.rule, finding.line) == ("must", GOOD.count("\n") + 3)
    assert finding.quote == "Please think about this letter and then you must call us."


VISIBLE = [
    ("Dear «First name»", "Pain study\n\nDear «First name»", {"visible-health"}),
    ("An invitation from your GP", "Back to work: from your GP", {"visible-work"}),
    ("An invitation from", "About your fit note, from", {"visible-health"}),
    ("We would like to tell", "You take morphine. We would like to tell", {"visible-health"}),
    ("«Address 1»", "«Address 1»\nClaims Universal Credit", {"visible-work"}),
    ("from your GP practice", "from Pain Lane Surgery, Workington", {"visible-health"}),
    ("It is up to you.", "It is up to you.\n\nThe study is about pain and work.", set()),
    ("from your GP practice", "from Harbour Health Centre, Workhouse Street", set()),
]


@pytest.mark.parametrize(("old", "new", "found"), VISIBLE)
def test_what_shows_through_the_envelope_hints_at_nothing(checked, old, new, found):
    assert set(rules(checked(GOOD.replace(old, new, 1)))) == found


def test_a_letter_without_a_greeting_shows_its_first_lines(checked):
    letter = GOOD.replace("Dear", "For")
    assert rules(checked(letter.replace("We would", "Your pain. We would"))) == ["visible-health"]


def test_the_header_and_the_title_of_a_word_file_are_always_seen(checked):
    from made_letters import document

    body = "".join(paragraph(line) for line in GOOD.split("\n"))
    rest = {
        "related": [("header", "header1.xml", "")],
        "parts": {"word/header1.xml": document(paragraph("Reading Pain Service"), "hdr")},
    }
    check = checked(word_file(body, **rest), "letter.docx")
    (finding,) = check.findings
    assert (finding.rule, finding.place, finding.line) == ("visible-health", "page header", 1)


FIELDS = [
    ("«Surname»", "«Last name»", "merge-field-unknown"),
    ("«Surname»", "«surname»", "merge-field-unknown"),
    ("«Surname»", "«Custom 6»", "merge-field-unknown"),
    ("«Surname»", "{{Surname}}", "merge-field-unknown"),
    ("«Surname»", "${Surname}", "merge-field-unknown"),
    ("«Surname»", "«Surname", "merge-field-unclosed"),
    ("«Surname»", "Surname»", "merge-field-unclosed"),
    ("«Surname»", "<<Surname", "merge-field-unclosed"),
]


@pytest.mark.parametrize(("old", "new", "rule"), FIELDS)
def test_a_field_that_cannot_be_merged_is_an_error(checked, old, new, rule):
    check = checked(GOOD.replace(f"Dear «First name» {old}", f"Dear «First name» {new}"))
    (finding,) = check.errors
    assert finding.rule == rule
    assert finding.line == 4


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Firstname", "First name"),
        ("Forename", "First name"),
        ("Last_Name", "Surname"),
        ("Custom 1", "Custom 1 mailing date"),
        ("invite id", "Custom 5 Invite ID"),
        ("Title", None),
        ("Address", None),
        ("", None),
    ],
)
def test_the_field_that_was_meant_is_named_where_it_is_plain(checked, written, meant):
    (finding,) = checked(f"{GOOD}\n«{written}»\n").errors
    assert finding.mend.startswith(f"write «{meant}»" if meant else "the mail file carries only")


@pytest.mark.parametrize("column", MAIL_COLUMNS)
def test_every_column_of_the_mail_file_can_be_merged_and_no_other(checked, column):
    for written in (f"«{column}»", f"<<{column}>>", f"«{column.replace(' ', '_')}»"):
        assert checked(GOOD + f"\n{written}\n").findings == ()
    assert rules(checked(GOOD + f"\n«{column} x»\n")) == ["merge-field-unknown"]


def test_a_field_that_steers_a_word_file_is_checked_too(checked):
    body = "".join(paragraph(line) for line in GOOD.split("\n"))
    steered = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText></w:r>'
        + complex_field(" MERGEFIELD Tier ")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    (finding,) = checked(word_file(body + paragraph(steered)), "letter.docx").errors
    assert finding.rule == "merge-field-unknown"
    assert "«Tier»" in finding.found


def test_placeholders_are_listed_wherever_they_break_and_boxes_and_links_are_none(checked):
    text = GOOD + "\n[who pays]\nA word [the date\nof the visit] more. [ ] Tick here. [x]\n[open\n"
    check = checked(text)
    assert [one.text for one in check.placeholders] == ["who pays", "the date of the visit", "open"]
    assert check.findings == ()
    linked = checked(GOOD + "\n[the study](https://example.org/study)\n", "letter.md")
    assert linked.placeholders == ()


def test_a_placeholder_says_nothing_by_itself(checked):
    said = SAYS["benefits"]
    check = checked(GOOD.replace(said, f"[{said}]"))
    assert rules(check) == ["benefits"]


def test_markdown_marks_and_comments_are_no_part_of_the_letter(checked):
    letter = GOOD.replace("You do not have", "**You do not** _have_")
    letter += "\n# What then?\n\n<!-- You must\nreply. -->\n\nYou *must* call us.\n"
    check = checked(letter, "letter.md")
    (finding,) = check.findings
    assert (finding.rule, finding.line) == ("must", letter.count("\n"))


HARD = (
    "Participation in this investigation is entirely voluntary and non-participation will not"
    " adversely influence the standard of healthcare subsequently provided to individuals, who"
    " were identified following an electronic interrogation of organisational documentation."
)


def test_the_reading_age_is_warned_at_with_the_hardest_sentences(checked):
    check = checked("\n\n".join([GOOD, HARD, HARD.replace("voluntary", "optional")]))
    assert set(rules(check)) == {"reading-age"}
    assert {HARD, HARD.replace("voluntary", "optional")} <= {one.quote for one in check.findings}
    assert check.reading_age > 11
    assert checked(GOOD).reading_age < 9
    assert set(rules(checked(GOOD, reading_age_limit=5))) == {"reading-age"}


def test_the_reading_age_is_the_harder_of_two_published_indices():
    # 40 characters in 10 words and 2 sentences: ARI 4.71 x 4 + 0.5 x 5 - 21.43 = -0.09, Coleman
    # and Liau 5.879851 x 4 - 29.587280 x 0.2 - 15.800804 = 1.80; the age is the grade and five.
    from instep_cohort.recruitment.letters.cautions.reading_age import prose, reading_age
    from instep_cohort.recruitment.letters.language.sentences import sentences
    from instep_cohort.recruitment.letters.letter import Line

    text = "This mild tale ends here. That fine walk took long."
    age = reading_age(prose(sentences([Line(1, text, 1)])))
    assert age == pytest.approx(5 + 1.80, abs=0.01)


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        ("letter.pdf", b"x", UsageError, "ends in .txt, .md, .docx"),
        ("letter.txt", b"", DefinitionError, "no text"),
        ("letter.txt", b"Dear\nM\xfcller", DefinitionError, "letter.txt:2: .*not UTF-8"),
        ("letter.txt", b"a\nb\0c", DefinitionError, "letter.txt:2: the file is no text"),
        ("letter.txt", b"word " * (MOST_CHARACTERS // 4), DefinitionError, "too many for a letter"),
        ("letter.txt", b"x" * (MOST_BYTES + 1), DefinitionError, "too large for a letter"),
    ],
)
def test_a_file_that_is_no_letter_is_refused_with_what_to_do(checked, name, data, error, words):
    with pytest.raises(error, match=words):
        checked(data, name)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        check_letter(tmp_path / "none.txt")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_ways_in_which_notepad_saves_are_read(checked, encoding):
    assert checked(GOOD.replace("\n", "\r\n").encode(encoding)).findings == ()


def test_the_reading_age_is_worked_out_where_nothing_is_compiled_yet(tmp_path):
    code = (
        "from pathlib import Path; from instep_cohort.recruitment.letters import check_letter;"
        f"print(check_letter(Path({str(tmp_path / 'letter.txt')!r})).reading_age)"
    )
    (tmp_path / "letter.txt").write_text(GOOD, encoding="utf-8")
    fresh = ["-X", f"pycache_prefix={tmp_path / 'compiled'}", "-W", "error:invalid escape"]
    done = subprocess.run(
        [sys.executable, *fresh, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
