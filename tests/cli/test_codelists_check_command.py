"""`instep-cohort codelists check`: what is printed, what is written, and the code it ends with."""

import json
from pathlib import Path

import pytest

DAMAGED = Path(__file__).parents[1] / "codelists" / "damaged"
FILES = DAMAGED / "files"


@pytest.fixture
def checked(instep):
    def run(*words):
        return instep("codelists", "check", *words, "--on", "2026-11-24")

    return run


def test_findings_stand_under_their_file_the_gravest_first(checked):
    ended = checked(FILES / "spaces-read-v2.csv")
    assert ended.code == 3
    assert ended.out == (
        "spaces-read-v2.csv: 2 errors, 1 warning\n"
        "  error code-spaces: the code has a space around or within it\n"
        "    line 2  code  ' 1M52.' has a space around it\n"
        "                  → write '1M52.' [--fix]\n"
        "  error spaces: a system, match or category has a space around it\n"
        "    line 3  system  'read_v2 ' has a space around it\n"
        "                    → write 'read_v2' [--fix]\n"
        "  warning text-spaces: a term or note has a space around it\n"
        "    line 3  term  'Unemployed ' has a space around it\n"
        "                  → write 'Unemployed' [--fix]\n"
    )
    assert ended.err == "2 errors, 1 warning; --fix DIR mends 3 of them in a copy\n"


def test_a_sound_file_has_nothing_to_print(checked):
    assert checked(FILES / "sound.csv") == (0, "", "0 errors, 0 warnings\n")


def test_warnings_and_notes_alone_end_with_0(checked):
    assert checked(FILES / "crlf-read-v2.csv").code == 0
    assert checked(FILES / "unknown-column-read-v2.csv").err == "0 errors, 0 warnings, 1 note\n"


def test_json_has_the_parts_of_a_finding(checked):
    ended = checked(FILES / "leading-hash-read-v2.csv", "--json")
    assert (ended.code, ended.err) == (3, "")
    assert json.loads(ended.out)[0] == {
        "file": "leading-hash-read-v2.csv",
        "line": 2,
        "column": "code",
        "code": "#1M52.",
        "rule": "code-stray-sign",
        "severity": "error",
        "message": "'#1M52.' begins with a sign that belongs to no code",
        "repair": "write '1M52.'",
        "fixable": True,
    }


def test_of_many_alike_some_are_shown_and_all_when_asked_for(checked, tmp_path):
    rows = "".join(f"N{n:02}\n" for n in range(14))
    (tmp_path / "list.csv").write_text(f"read_v2\n{rows}")
    some, every = checked(tmp_path / "list.csv"), checked(tmp_path / "list.csv", "--all")
    assert "code-missing-dots: the code has lost its dots (14)\n" in some.out
    assert some.out.count("has lost its dots: a Read") == 10
    assert "… and 4 more of them: --all shows every one" in some.out
    assert every.out.count("has lost its dots: a Read") == 14
    assert some.err == every.err


def test_dictionaries_may_be_several_and_the_system_be_told(checked, tmp_path):
    name = "other-system-with-terms-ctv3.csv"
    terms = [
        word
        for file in ("read-v2-terms.csv", "ctv3-terms.csv", "read-v2-to-ctv3.csv")
        for word in ("--terms", DAMAGED / "terms" / file)
    ]
    assert checked(FILES / name).out == ""
    assert "ctv3 has 'N337.' for it" in checked(FILES / name, *terms).out
    (tmp_path / "list.csv").write_bytes((FILES / name).read_bytes())
    assert "nothing says which system the codes are of" in checked(tmp_path / "list.csv").out
    told = checked(tmp_path / "list.csv", "--system", "CTV3", *terms)
    assert "ctv3 has 'N337.' for it" in told.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "no folder of codelists, and no file, at"),
        ([FILES, "--system", "icd10"], "--system icd10: there is no such system; one of read_v2"),
        ([FILES, "--terms", "nowhere.csv"], "the dictionary nowhere.csv cannot be read"),
        ([FILES, "--terms", FILES / "system-untold.csv"], "give it as SYSTEM=system-untold.csv"),
        ([FILES, "--fix", FILES / "copy"], "a copy stands beside it"),
        ([FILES, "--fix", DAMAGED], "it is there already"),
    ],
)
def test_wrong_use_ends_with_2(checked, words, said):
    ended = checked(*words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_fix_lists_each_change_and_what_is_left(checked, tmp_path):
    copy = tmp_path / "copy.csv"
    ended = checked(FILES / "spreadsheet-floats-read-v2.csv", "--fix", copy)
    assert ended.code == 3  # one code is lost for good
    changed, left = ended.out.split("\n\nLeft as it is, for a person to decide:\n")
    assert changed.splitlines() == [
        f"Changed in {copy}:",
        "spreadsheet-floats-read-v2.csv:2 code: '2126000.0' → '2126000' [code-spreadsheet-number]",
        "spreadsheet-floats-read-v2.csv:3 code: '1475.0' → '1475.' [code-spreadsheet-number]",
    ]
    assert left.startswith("copy.csv: 1 error, 0 warnings\n")
    assert "cannot be repaired: digits are lost" in left
    assert ended.err == "2 changes; left in the copy: 1 error, 0 warnings\n"
    assert copy.read_text() == "code,term\n2126000,x\n1475.,H/O: trigeminal neuralgia\n1.00E+15,x\n"
    again = checked(FILES / "spreadsheet-floats-read-v2.csv", "--fix", copy)
    assert again.code == 2
    assert "there already" in again.err


def test_fix_of_a_folder_says_that_it_has_no_lock(checked, tmp_path):
    ended = checked(DAMAGED / "lists", "--fix", tmp_path / "copy", "--json")
    said = json.loads(ended.out)
    assert [one["rule"] for one in said["changes"]] == ["bom"]
    assert set(said["changes"][0]) == {"file", "line", "column", "before", "after", "rule"}
    assert {one["fixable"] for one in said["left"]} == {False}
    assert (tmp_path / "copy" / "codelists.lock").exists()
