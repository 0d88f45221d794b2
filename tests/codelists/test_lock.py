"""The lock: released files never change."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from made_lists import CARD, ROWS, write_list

from instep_cohort.codelists import Library, check, lock_findings, write_lock
from instep_cohort.errors import DefinitionError

NEWER = CARD.replace(
    "history:\n",
    "history:\n  - {version: 1.10.0, date: 2026-11-24, status: draft, changes: more}\n",
)


@pytest.fixture
def folder(tmp_path):
    write_list(tmp_path, name="aches-more")
    write_list(tmp_path)
    write_lock(tmp_path)
    return tmp_path


def test_the_lock_has_the_hash_of_every_version_sorted(folder):
    data = (folder / "aches" / "1.0.0.csv").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    assert (folder / "codelists.lock").read_bytes().decode() == (
        f"{digest}  aches-more/1.0.0.csv\n{digest}  aches/1.0.0.csv\n"
    )
    assert lock_findings(folder) == []
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []


def test_a_new_version_is_added_and_the_old_lines_stay(folder):
    before = (folder / "codelists.lock").read_text()
    assert write_lock(folder) == []
    write_list(folder, version="1.10.0", card=NEWER, rows=f"{ROWS}x")
    assert write_lock(folder) == ["aches/1.10.0.csv"]
    after = (folder / "codelists.lock").read_text().splitlines()
    assert [line for line in after if "1.10.0" not in line] == before.splitlines()


def test_an_empty_folder_gets_an_empty_lock(tmp_path):
    assert write_lock(tmp_path) == []
    assert (tmp_path / "codelists.lock").read_bytes() == b""


def change(folder):
    with (folder / "aches" / "1.0.0.csv").open("a") as file:
        file.write("read_v2,N06..,exact,pain,x,\n")


def remove(folder):
    (folder / "aches" / "1.0.0.csv").unlink()


def add(folder):
    write_list(folder, version="1.10.0", card=NEWER)


def spoil(folder):
    with (folder / "codelists.lock").open("a") as file:
        file.write("0123  aches/1.0.0.csv\n")


def double(folder):
    text = (folder / "codelists.lock").read_text()
    (folder / "codelists.lock").write_text(text + "\n" + text.splitlines()[0] + "\n")


BREACHES = [
    (change, "lock-changed", "aches/1.0.0.csv", None, "restore it, or release a new version"),
    (remove, "lock-gone", "aches/1.0.0.csv", None, "restore it"),
    (add, "lock-lacks", "aches/1.10.0.csv", None, "lock it when it is released"),
    (spoil, "lock-line", "codelists.lock", 3, "restore the lock"),
    (double, "lock-twice", "codelists.lock", 4, "restore the lock"),
]


@pytest.mark.parametrize("case", BREACHES, ids=lambda case: case[1])
def test_a_breach_is_told_and_every_reader_refuses(folder, case):
    breach, code, file, line, repair = case
    breach(folder)
    [one] = lock_findings(folder)
    assert (one.code, one.file, one.line) == (code, file, line)
    assert repair in one.repair
    assert one in check(folder, on=date(2026, 11, 24))
    with pytest.raises(DefinitionError, match=file) as refused:
        # a version that is not locked yet stops those who ask for it, a broken lock everybody
        Library(folder).get(*Path(file).with_suffix("").parts)
    assert refused.value.exit_code == 3
    assert refused.value.faults == (one.as_fault(),)


@pytest.mark.parametrize("breach", [change, remove, spoil, double])
def test_a_lock_is_never_written_over_a_breach(folder, breach):
    add(folder)
    breach(folder)
    before = (folder / "codelists.lock").read_bytes()
    with pytest.raises(DefinitionError):
        write_lock(folder)
    assert (folder / "codelists.lock").read_bytes() == before


def test_without_a_lock_nothing_is_refused(folder):
    (folder / "codelists.lock").unlink()
    change(folder)
    assert len(Library(folder).get("aches", "1.0.0").selectors) == 4
    assert [one.code for one in lock_findings(folder)] == ["lock-missing"]
