"""`check` on damaged lists: one change to a sound list each, found with its line and repair."""

from datetime import date

import pytest
from made_lists import CARD, HEADER, ROWS, write_list

from instep_cohort.codelists import RULES, Severity, check, write_lock
from instep_cohort.codelists.rows import COLUMNS
from instep_cohort.errors import UsageError
from instep_cohort.terminology import System

ON = date(2026, 11, 24)

# One row more, put where the order of rows is not disturbed, and what is said of it.
# The sound list has N05.. (descendants, pain), N051. (exact, stiff), N05zL (exclude) on lines 2-4.
DAMAGED_ROWS = """
read_v3,N06..,exact,pain,x,           | system-unknown         | error   | did you mean read_v2?
klingon,N06..,exact,pain,x,           | system-unknown         | error   | one of read_v2, ctv3
read_v2,N06..,exactly,pain,x,         | match-unknown          | error   | did you mean exact?
read_v2,N06..,,pain,x,                | match-unknown          | error   | one of exact, descendants
read_v2 ,N06..,exact,pain,x,          | spaces                 | error   | write 'read_v2'
read_v2,N06.., exact,pain,x,          | spaces                 | error   | write 'exact'
read_v2,N06..,exact,pain ,x,          | spaces                 | error   | write 'pain'
read_v2,N06..,exact,pain,x ,          | text-spaces            | warning | write 'x'
read_v2,N06..,exact,pain,x, n         | text-spaces            | warning | write 'n'
read_v2,N06..,exact,pian,x,           | category-unknown       | error   | did you mean pain?
read_v2,N06..,exact,zzz,x,            | category-unknown       | error   | one of pain, stiff
read_v2,N06..,exact,,x,               | category-missing       | error   | one of pain, stiff
read_v2,N06..,exclude,pain,x,         | category-on-exclusion  | error   | leave the category empty
read_v2,N06..,exact,pain,,            | term-missing           | warning | write the term
read_v2,N06,exact,pain,x,             | code-missing-dots      | error   | write 'N06..'
read_v2, N06..,exact,pain,x,          | code-spaces            | error   | write 'N06..'
read_v2,,exact,pain,x,                | code-empty             | error   | write the code
read_v2,#N06..,exact,pain,x,          | code-stray-sign        | error   | write 'N06..'
read_v2,ESCTAB1,exact,pain,x,         | code-local-code        | error   | leave it out
read_v2,XaX1E,exact,pain,x,           | code-ctv3-code         | error   | under ctv3
read_v2,2126000.0,exact,pain,x,       | code-spreadsheet-number | error  | write '2126000'
read_v2,N.06.,exact,pain,x,           | code-shape             | error   | again from its source
read_v2,N06..11,descendants,pain,x,   | descendants-term-code  | error   | match exact
read_v2,N06..11,exclude_descendants,,x, | descendants-term-code | error  | match exclude
ctv3,XaX1E00,exact,pain,x,            | code-term-code         | error   | write 'XaX1E'
ctv3,UA0V9,exact,pain,x,              | code-wrong-case        | error   | look it up by its term
ctv3,XaX1E,descendants,pain,x,        | descendants-need-table | error   | one row for each code
snomed_ct,82423001,descendants,pain,x, | descendants-need-table | error  | one row for each code
snomed_ct,82423002,exact,pain,x,      | code-check-digit       | error   | again from its source
snomed_ct,11561000000115,exact,pain,x, | code-id-kind          | error   | the id of its concept
emis_code_id,82423001,exact,pain,x,   | code-id-kind           | error   | under snomed_ct
emis_code_id,2533649013,descendants,pain,x, | descendants-never | error  | match exact
dmd,322236009,exact,pain,x,           | system-kind            | warning | kind: medicine
read_v2,n06..,exact,pain,x,           | chapter-kind           | warning | look at its case
ctv3,x0004,exact,pain,x,              | chapter-kind           | warning | look at its case
read_v2,9159.,exact,pain,x,           | code-identifying       | error   | take the row out
ctv3,XaQgn,exact,pain,x,              | code-identifying       | error   | take the row out
snomed_ct,184097001,exact,pain,x,     | code-identifying       | error   | take the row out
read_v2,N06..,exact,pain,x            | width                  | error   | quotation marks
read_v2,N06..,exact,pain,knee, left,  | width                  | error   | quotation marks
read_v2,N05..,descendants,pain,Osteoarthritis, | duplicate     | error   | take one row out
read_v2,N05..,descendants,pain,x,     | duplicate-term         | error   | which code was meant
read_v2,N06\u200b..,exact,pain,x,     | code-invisible         | error   | write 'N06..'
READ V2,N06..,exact,pain,x,           | system-unknown         | error   | write 'read_v2'
read_v2,N06..,Exact,pain,x,           | match-unknown          | error   | write 'exact'
read_v2,N06..,exact,Pain,x,           | category-unknown       | error   | write 'pain'
read_v2,N06..,exact,pain,=1+1,        | formula                | warning | write "'=1+1"
read_v2,N06..,exact,pain,SjÃ¶gren,    | text-garbled           | warning | write 'Sjögren'
read_v2,N06..,exact,pain,Sj\ufffdgren,     | text-lost              | warning | cannot be repaired
read_v2,N06..,exact,pain,x,,          | width                  | error   | the empty cells at its end
read_v2,N05..,descendants,stiff,x,    | two-categories         | error   | settle on one category
read_v2,N05y.,exact,pain,x,           | covered                | warning | take it out
read_v2,N05y.,exact,stiff,x,          | category-overlap       | warning | settle on one category
read_v2,N05zL,exact,stiff,x,          | no-effect              | warning | keep one of the two
read_v2,N05zL11,exact,stiff,x,        | no-effect              | warning | keep one of the two
"""

MEDICINES = """
bnf,0408010G0,exact,pain,,            | bnf-exact              | warning | did you mean descendants?
bnf,0408010G0,exclude,,,              | bnf-exact              | warning | exclude_descendants?
bnf,0408010g0,descendants,pain,,      | code-wrong-case        | error   | write '0408010G0'
bnf,408010G0,descendants,pain,,       | code-lost-zero         | error   | write '0408010G0'
bnf,4.7.2,descendants,pain,,          | code-bnf-signs         | error   | '040702'
dmd,19956611000001100,exact,pain,x,   | code-rounded-id        | error   | digits are lost
read_v2,DNJ1.,exact,pain,x,           | chapter-kind           | warning | look at its case
substance,Codeine/Paracetamol,exact,pain,, | code-several-ingredients | error | one ingredient
substance,Codeine,descendants,pain,,  | descendants-never      | error   | match exact
product_name,gel,exclude_descendants,,, | descendants-never    | error   | match exclude
substance,GABAPENTIN,exact,pain,,     | duplicate              | error   | take one row out
product_name,Neurontin-Capsules,exact,stiff,, | two-categories | error   | settle on one category
substance,gabapentin,exclude,,,       | no-effect              | warning | keep one of the two
"""
MEDICINE_ROWS = """\
read_v2,dnj..,descendants,pain,GABAPENTIN,
substance,Gabapentin,exact,pain,,
product_name,neurontin capsules,exact,pain,,
"""


def spec(text):
    for line in text.strip().splitlines():
        row, code, severity, repair = line.split(" | ")
        yield pytest.param(row.rstrip(), code.strip(), severity.strip(), repair.strip(), id=line)


def wrong_with(folder, **more):
    return check(folder, on=ON, **more)


@pytest.fixture
def sound(tmp_path):
    """A folder with one sound list, locked."""
    write_list(tmp_path)
    write_lock(tmp_path)
    return tmp_path


def overlapping(findings):
    """The sound list has one warning of its own, that N051. is stiff below N05.. of pain."""
    return [one for one in findings if "'N051.'" not in one.text]


def test_the_sound_list_has_its_one_overlap_and_nothing_else(sound):
    assert [(f.code, f.file, f.line) for f in wrong_with(sound)] == [
        ("category-overlap", "aches/1.0.0.csv", 3)
    ]


def relock(folder):
    (folder / "codelists.lock").unlink()
    write_lock(folder)


@pytest.mark.parametrize(("row", "code", "severity", "repair"), list(spec(DAMAGED_ROWS)))
def test_a_damaged_row_is_found(sound, row, code, severity, repair):
    write_list(sound, rows=f"{ROWS}{row}\n")
    relock(sound)
    found = [one for one in overlapping(wrong_with(sound)) if one.code != "order"]
    assert code in [one.code for one in found]
    one = next(one for one in found if one.code == code)
    assert one.line == 5
    assert one.file == "aches/1.0.0.csv"
    assert str(one.severity) == severity
    assert repair in one.repair
    assert {other.code for other in found} == {code}


@pytest.mark.parametrize(("row", "code", "severity", "repair"), list(spec(MEDICINES)))
def test_a_damaged_medicine_row_is_found(tmp_path, row, code, severity, repair):
    card = CARD.replace("kind: clinical", "kind: medicine")
    card = card.replace("  stiff: where it is stiff\n", "")
    if ",stiff," in row:
        card = CARD.replace("kind: clinical", "kind: medicine")
    write_list(tmp_path, card=card, rows=f"{MEDICINE_ROWS}{row}\n")
    write_lock(tmp_path)
    found = [one for one in wrong_with(tmp_path) if one.code not in ("order", "category-unused")]
    assert [(one.code, str(one.severity)) for one in found] == [(code, severity)]
    assert found[0].line == (3 if row.startswith("substance,gabapentin,exclude") else 5)
    assert repair in found[0].repair


def test_a_hierarchy_table_allows_descendants(sound):
    write_list(sound, rows=f"{ROWS}snomed_ct,82423001,descendants,pain,Chronic pain,\n")
    relock(sound)
    assert overlapping(wrong_with(sound, hierarchies=[System.SNOMED_CT])) == []


# The whole file as it is written, and every finding with its line.
FILES = {
    "bom": (b"\xef\xbb\xbf" + f"{HEADER}\n{ROWS}".encode(), [("bom", 1)]),
    "crlf": (f"{HEADER}\n{ROWS}".replace("\n", "\r\n").encode(), [("line-ends", None)]),
    "windows-1252": (
        f"{HEADER}\n{ROWS}read_v2,N06..,exclude,,Sjögren,\n".encode("cp1252"),
        [("encoding", 5)],
    ),
    "a blank line": (f"{HEADER}\n\n{ROWS}".encode(), [("blank-line", 2)]),
    "an open quotation mark": (
        f'{HEADER}\n{ROWS}read_v2,N06..,exact,pain,"x,\n'.encode(),
        [("csv", 5)],
    ),
    "a quotation mark inside": (
        f'{HEADER}\nread_v2,N06..,exact,pain,"a"b,\n{ROWS}'.encode(),
        [("csv", 2)],
    ),
    "nothing": (b"", [("column-missing", 1)]),
    "no header": (b"read_v2,N05..,exact,pain,Osteoarthritis,\n", [("column-missing", 1)]),
    "the header alone": (f"{HEADER}\n".encode(), [("empty", None)]),
    "exclusions only": (
        f"{HEADER}\nread_v2,N05zL,exclude,,x,\n".encode(),
        [("only-exclusions", None), ("category-unused", None), ("category-unused", None)],
    ),
    "a column too many": (
        b"system,code,match,category,term,note,extra\nread_v2,N05..,descendants,pain,x,,\n",
        [("column-unknown", 1), ("category-unused", None)],
    ),
    "a column misspelt": (
        b"system,code,match,Catgory,term,note\n",
        [("column-missing", 1), ("column-unknown", 1)],
    ),
    "a column twice": (
        b"system,code,match,category,term,note,note\nread_v2,N05..,descendants,pain,x,,\n",
        [("column-twice", 1), ("category-unused", None)],
    ),
    "another order": (
        b"code,system,match,category,term,note\nN05..,read_v2,descendants,pain,x,\n",
        [("column-order", 1), ("category-unused", None)],
    ),
    "unsorted": (
        f"{HEADER}\nread_v2,N20..,exact,pain,x,\nread_v2,N05..,exact,pain,x,\n"
        "read_v2,N04..,exact,stiff,x,\nread_v2,N03..,exact,stiff,x,\n".encode(),
        [("order", 3)],
    ),
    "a row over two lines": (
        f'{HEADER}\nread_v2,N05..,descendants,pain,"a\nb",\nread_v2,N06,exact,stiff,x,\n'.encode(),
        [("code-missing-dots", 4)],
    ),
}


@pytest.mark.parametrize(("data", "expected"), FILES.values(), ids=FILES)
def test_a_damaged_file_is_found(sound, data, expected):
    (sound / "aches" / "1.0.0.csv").write_bytes(data)
    relock(sound)
    found = overlapping(wrong_with(sound))
    assert sorted((one.code, one.line or 0) for one in found) == sorted(
        (code, line or 0) for code, line in expected
    )
    assert all(one.text and one.repair for one in found)


def test_a_misspelt_column_names_the_right_one(sound):
    (sound / "aches" / "1.0.0.csv").write_bytes(FILES["a column misspelt"][0])
    repairs = [one.repair for one in wrong_with(sound) if one.code == "column-unknown"]
    assert repairs == ["did you mean category?"]


# A change to the sound codelist.yaml (what stands there, what comes in its place), and the finding.
CARDS = [
    ("id: aches", "id: akes", "id-folder", 1, "id: aches"),
    ("title: Aches", "titel: Aches", "yaml-lacks", 1, "it is needed"),
    ("title: Aches", "title: Aches\ntitel: Aches", "yaml-key", 3, "did you mean title?"),
    ("title: Aches", "title: Aches\nzzz: 1", "yaml-key", 3, "one of id, title"),
    ("title: Aches", "title: Aches\ntitle: Pains", "yaml-twice", 3, "take one of them out"),
    ("title: Aches", "title:", "yaml-value", 2, "text is needed"),
    ("title: Aches", "title: [a]", "yaml-value", 2, "text is needed"),
    ("title: Aches", "title: a: b", "yaml-syntax", 2, "quotation marks"),
    ("title: Aches", "title: \x07", "yaml-syntax", None, "quotation marks"),
    ("kind: clinical", "kind: clinicl", "yaml-value", 4, "one of 'clinical' or 'medicine'"),
    ("  pain: where", "  Pain!: where", "yaml-value", 6, "small letters"),
    (
        "categories:\n  pain: where it hurts\n  stiff: where it is stiff",
        "categories: {}",
        "yaml-value",
        5,
        "at least one entry",
    ),
    (
        "categories:\n  pain: where it hurts\n  stiff: where it is stiff",
        "categories: pain",
        "yaml-value",
        5,
        "keys with values are needed",
    ),
    ("not_covered:\n  - moods", "not_covered:", "yaml-value", 15, "each behind a dash"),
    ("  - moods", "  - {a: b}", "yaml-value", 16, "text is needed"),
    ("    licence: none needed\n", "", "yaml-lacks", 11, "it is needed"),
    ("    licence: none", "    license: none", "yaml-key", 14, "did you mean licence?"),
    ("  - key: read", "  - read", "yaml-syntax", 12, "quotation marks"),
    ("review_by: 2027-11-24", "review_by: 24/11/2027", "yaml-value", 17, "an ISO date"),
    ("review_by: 2027-11-24", "review_by: 2027-02-30", "yaml-value", 17, "an ISO date"),
    ("review_by: 2027-11-24", "review_by: [a]", "yaml-value", 17, "an ISO date"),
    ("review_by: 2027-11-24", "review_by: 2026-11-23", "review-passed", 17, "set a new date"),
    ("version: 1.0.0", "version: 1.0", "yaml-value", 19, "a version such as 1.0.0"),
    ("version: 1.0.0", "version: 1.0.1", "history-no-file", 19, "restore the file"),
    ("version: 1.0.0", "version: 1.0.1", "file-no-history", None, "add it there"),
    ("status: draft", "status: final", "yaml-value", 21, "'draft', 'reviewed' or 'published'"),
    ("status: draft", "status: reviewed", "review-unsigned", 19, "name who read it"),
    (
        "status: draft",
        "status: published\n    reviewer: A. Clinician",
        "review-unsigned",
        19,
        "reviewed_on",
    ),
    (
        "    changes: first",
        (
            "    changes: first\n"
            "  - {version: 1.1.0, date: 2026-11-25, status: draft, changes: second}"
        ),
        "history-order",
        23,
        "newest first",
    ),
    (
        "    changes: first",
        (
            "    changes: first\n"
            "  - {version: 0.9.0, date: 2026-11-25, status: draft, changes: zeroth}"
        ),
        "history-order",
        23,
        "newest first",
    ),
    (
        "    changes: first",
        "    changes: first\n  - {version: 1.0.0, date: 2026-11-24, status: draft, changes: again}",
        "history-twice",
        23,
        "one entry a version",
    ),
]


@pytest.mark.parametrize("case", CARDS, ids=lambda case: f"{case[2]}: {case[1]}")
def test_a_damaged_codelist_yaml_is_found(sound, case):
    old, new, code, line, repair = case
    assert CARD.count(old) == 1
    write_list(sound, card=CARD.replace(old, new))
    found = wrong_with(sound)
    one = next(one for one in found if one.code == code)
    assert one.line == line
    assert repair in one.repair
    assert one.severity is RULES[code].severity


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "words\n"])
def test_a_codelist_yaml_that_is_no_mapping(sound, text):
    write_list(sound, card=text)
    [one] = [one for one in wrong_with(sound) if one.file.endswith("yaml")]
    assert one.code == "yaml-value"
    assert "keys with values are needed" in one.repair


def test_a_yaml_that_holds_itself_ends_in_findings(sound):
    write_list(sound, card=CARD.replace("title: Aches", "title: &a [*a]"))
    assert "yaml-syntax" in [one.code for one in wrong_with(sound)]


def test_a_part_that_is_used_again_is_told_once(sound):
    card = CARD.replace("  - key: read", "  - &it\n    key: a\n    key: read")
    write_list(sound, card=card.replace("not_covered:", "  - *it\nnot_covered:"))
    assert [one.line for one in wrong_with(sound) if one.code == "yaml-twice"] == [13]


def test_a_list_may_be_read_again_on_the_very_day(sound):
    write_list(sound, card=CARD.replace("2027-11-24", "2026-11-24"))
    assert overlapping(wrong_with(sound)) == []


def test_signed_releases_are_sound(sound):
    signed = "status: reviewed\n    reviewer: A. Clinician\n    reviewed_on: 2026-11-20"
    write_list(sound, card=CARD.replace("status: draft", signed))
    assert overlapping(wrong_with(sound)) == []


def test_rows_are_judged_although_the_yaml_is_broken(sound):
    write_list(sound, card="id: [", rows="read_v2,N05,exact,whatever,x,\n")
    codes = [one.code for one in wrong_with(sound)]
    assert "yaml-syntax" in codes
    assert "code-missing-dots" in codes
    assert "category-unknown" not in codes


def test_every_fault_of_a_row_is_told_at_once(sound):
    write_list(sound, rows="read_v2 ,N05,exactly,pian,x ,\n")
    found = {one.code for one in wrong_with(sound) if one.line == 2}
    assert found == {"spaces", "match-unknown", "text-spaces"}
    write_list(sound, rows="read_v2 ,N05,exact,pian,,\n")
    found = {one.code for one in wrong_with(sound) if one.line == 2}
    assert found == {"spaces", "category-unknown", "code-missing-dots", "term-missing"}


NEWER = CARD.replace(
    "history:\n",
    "history:\n  - {version: 1.1.0, date: 2026-11-24, status: draft, changes: more}\n",
)


def test_of_an_older_version_only_errors_are_told(sound):
    write_list(sound, rows="read_v2,N06..,exact,pain,,\nread_v2,N04,exact,pain,,\n")
    write_list(sound, version="1.1.0", card=NEWER, rows=ROWS)
    relock(sound)
    old = [one.code for one in wrong_with(sound) if one.file.endswith("1.0.0.csv")]
    assert old == ["code-missing-dots"]


def test_the_folder_of_one_list_can_be_checked_alone(sound):
    write_list(sound, name="others", rows="read_v2,N05,exact,pain,x,\n")
    assert {one.file for one in wrong_with(sound / "aches")} == {"aches/1.0.0.csv"}
    others = wrong_with(sound / "others")
    assert {one.code for one in others} == {
        "lock-lacks",
        "code-missing-dots",
        "category-unused",
    }


def test_what_stands_around_lists(tmp_path):
    assert [one.code for one in wrong_with(tmp_path)] == ["no-lists"]
    (tmp_path / "pictures").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "1.0.0.csv").write_text("x")
    home = write_list(tmp_path)
    (home / "1.0.0.csv").rename(home / "working copy.csv")
    found = {one.code for one in wrong_with(tmp_path)}
    assert found == {"file-name", "history-no-file", "no-versions"}
    (home / "codelist.yaml").unlink()
    found = {one.code for one in wrong_with(tmp_path)}
    assert found == {"file-name", "yaml-missing"}


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no folder"):
        wrong_with(tmp_path / "nowhere")


def test_findings_are_sorted_and_say_themselves_in_one_line(sound):
    write_list(sound, rows="read_v2,N06,exact,pain,x,\nread_v2,N05,exact,stiff,x,\n")
    found = wrong_with(sound)
    assert [(one.file, one.line or 0) for one in found] == sorted(
        (one.file, one.line or 0) for one in found
    )
    one = next(one for one in found if one.line == 2)
    assert str(one) == (
        "error: aches/1.0.0.csv:2 code: 'N06' has lost its dots: a Read v2 code has five "
        "characters (write 'N06..') [code-missing-dots]"
    )
    assert one.as_dict() == {
        "file": "aches/1.0.0.csv",
        "line": 2,
        "column": "code",
        "code": "N06",
        "rule": "code-missing-dots",
        "severity": "error",
        "message": "'N06' has lost its dots: a Read v2 code has five characters",
        "repair": "write 'N06..'",
        "fixable": True,
    }


# of downloaded files, and against a dictionary: in test_check_damaged and test_check_terms
TOLD_OF_FILES = (
    *("delimiter", "no-code-column", "system-untold", "column-ignored", "lower-cased"),
    *("code-other-system", "code-look-alike", "code-unknown", "term-differs"),
    *("reaches-odd", "reaches-far"),
)


def test_every_rule_has_a_meaning_and_a_test():
    tried = {
        line.split(" | ")[1].strip() for line in (DAMAGED_ROWS + MEDICINES).splitlines() if line
    }
    tried |= {code for _, expected in FILES.values() for code, _ in expected}
    tried |= {code for _, _, code, _, _ in CARDS}
    tried |= {"yaml-missing", "no-versions", "no-lists", "file-name"}
    elsewhere = {code for code in RULES if code.startswith(("lock-", "crosswalk-"))}
    assert tried | elsewhere | set(TOLD_OF_FILES) == set(RULES)
    assert all(rule.meaning and rule.severity in Severity for rule in RULES.values())
    assert tuple(HEADER.split(",")) == COLUMNS
