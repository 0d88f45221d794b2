"""`check` on the folder of damaged lists: each defect with its line and repair, and nothing else."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from instep_cohort.codelists import check
from instep_cohort.codelists.checks.copies import repaired_copy
from instep_cohort.codelists.checks.dictionary_files import read_dictionaries

DAMAGED = Path(__file__).parent / "damaged"
ON = date(2026, 11, 24)
TERMS = ("read-v2-terms.csv", "ctv3-terms.csv", "read-v2-to-ctv3.csv")


def table(heading):
    """The rows of a table of the manifest, by file: (line, rule, repair)."""
    text = (DAMAGED / "README.md").read_text(encoding="utf-8")
    lines = text.split(f"## {heading}\n")[1].split("\n## ")[0].strip().splitlines()[2:]
    expected = {}
    for line in lines:
        file, number, rule, repair, _ = (cell.strip() for cell in line.strip("|").split(" | "))
        rows = expected.setdefault(file, [])
        if rule != "none":
            rows.append((int(number) if number else None, rule, repair))
    return expected


FILES, LISTS = table("Files"), table("Lists")


@pytest.fixture(scope="session")
def terms():
    return read_dictionaries(DAMAGED / "terms" / name for name in TERMS)


def agrees(found, expected):
    """Whether the findings are those of the table, each repair with the words that it should say."""
    told = sorted((one.line or 0, one.code) for one in found)
    assert told == sorted((line or 0, rule) for line, rule, _ in expected), list(map(str, found))
    for line, rule, repair in expected:
        ours = [one.repair for one in found if (one.line, one.code) == (line, rule)]
        assert any(repair in said for said in ours), (repair, ours)
    assert all(one.text and one.repair for one in found)


@pytest.mark.parametrize("name", FILES)
def test_each_damaged_file_has_its_findings_and_no_others(name, terms):
    dictionary = terms if "with-terms" in name else None
    found = check(DAMAGED / "files" / name, on=ON, dictionary=dictionary)
    assert {one.file for one in found} <= {name}
    agrees(found, FILES[name])


def test_each_damaged_list_has_its_findings_and_no_others():
    found = check(DAMAGED / "lists", on=ON)
    for name, expected in LISTS.items():
        agrees([one for one in found if one.file == name], expected)
    assert {one.file for one in found} <= set(LISTS)


def test_the_tables_name_every_file_and_every_list():
    assert {path.name for path in (DAMAGED / "files").iterdir()} == set(FILES)
    lists = {path.name for path in (DAMAGED / "lists").iterdir() if path.is_dir()}
    assert lists == {name.split("/")[0] for name in LISTS} - {"withdrawn"}


def test_the_folder_of_files_is_checked_like_its_files():
    whole = check(DAMAGED / "files", on=ON)
    alone = [one for name in sorted(FILES) for one in check(DAMAGED / "files" / name, on=ON)]
    assert whole == alone


@pytest.mark.parametrize("name", FILES)
def test_what_is_said_to_be_fixable_is_fixed_and_what_is_not_is_left(name, terms, tmp_path):
    dictionary = terms if "with-terms" in name else None
    source = DAMAGED / "files" / name
    before = source.read_bytes()
    found = check(source, on=ON, dictionary=dictionary)
    copy = repaired_copy(source, tmp_path / name, on=ON, dictionary=dictionary)
    assert source.read_bytes() == before
    left = [(one.code, one.text) for one in copy.left]
    assert all(one.mend is None for one in copy.left)
    for one in found:
        assert ((one.code, one.text) in left) == (one.mend is None), one
    assert {one.rule for one in copy.changes} >= {one.code for one in found if one.mend}
    if not any(one.mend for one in found):
        assert (tmp_path / name).read_bytes() == before
        assert copy.changes == ()


def test_a_repaired_copy_of_the_lists(tmp_path):
    shutil.copytree(DAMAGED / "lists", tmp_path / "lists")
    copy = repaired_copy(tmp_path / "lists", tmp_path / "copy", on=ON)
    assert [(one.file, one.rule) for one in copy.changes] == [
        ("card-with-bom/codelist.yaml", "bom")
    ]
    assert not copy.unlocked
    left = {(one.file, one.code) for one in copy.left}
    before = {(one.file, one.code) for one in check(tmp_path / "lists", on=ON)}
    assert left == before - {("card-with-bom/codelist.yaml", "bom")}
