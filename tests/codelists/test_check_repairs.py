"""Sound lists damaged at random in ways that leave no doubt: the repaired copy is the original."""

import csv
import io
import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_lists import CARD, HEADER, ROWS, write_list

from instep_cohort.codelists import check, write_lock
from instep_cohort.codelists.checks.copies import repaired_copy
from instep_cohort.codelists.checks.repairing import Change, repaired
from instep_cohort.codelists.rows import COLUMNS
from instep_cohort.errors import UsageError

ON = date(2026, 11, 24)

# (system, code, category, term); sorted below as released files are
SOUND = """
bnf          | 0408010G0         | drug | Gabapentin
bnf          | 0407010F0AAAHAH   | drug | Co-codamol
ctv3         | N05..             | pain | Osteoarthritis (& [allied disorders])
ctv3         | XSGKA             | pain | Chronic pain
ctv3         | XaX1E             | note | eMED3 (2010) new statement issued, not fit for work
dmd          | 19956611000001102 | drug | "quoted", with a comma
emis_code_id | 11561000000115    | note | Med3 certificate issued to patient
gemscript    | 00012345          | drug | a made-up product
read_v2      | 13J3.11           | work | Dismissed from job
read_v2      | 1475.             | pain | H/O: trigeminal neuralgia
read_v2      | F25..             | pain | Épilepsie
read_v2      | N041.             | pain | Felty’s syndrome
snomed_ct    | 82423001          | pain | Chronic pain
snomed_ct    | 751481000000104   | pain | Schmerz, größer
"""
ROWS_OF_IT = [[cell.strip() for cell in line.split(" | ")] for line in SOUND.strip().splitlines()]


def sound_rows():
    rows = []
    for system, code, category, term in ROWS_OF_IT:
        match = "descendants" if code in ("0408010G0", "F25..") else "exact"
        rows.append([system, code, match, category, term, ""])
    return sorted(rows, key=lambda row: (row[0], row[2], row[3], row[1]))


def written(header, rows, *, delimiter=",", line_end="\n"):
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=line_end, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


ORIGINAL = written(COLUMNS, sound_rows()).encode()


def cell(column, damage, *, only=lambda row: True):
    """A damage to one cell, where the row is one of those that it can come to."""
    place = COLUMNS.index(column)

    def do(rows, chance):
        if possible := [row for row in rows if len(row) > place and only(row)]:
            row = chance.choice(possible)
            row[place] = damage(row[place])

    return do


def is_(*systems):
    return lambda row: row[0].strip() in systems


def dotted(row):
    return row[1].endswith(".") and (row[1][0].isalpha() or len(row[1].rstrip(".")) == 4)


def twice(rows, chance):
    place = chance.randrange(len(rows))
    rows.insert(chance.randrange(place + 1, len(rows) + 1), list(rows[place]))


def shuffled(rows, chance):
    chance.shuffle(rows)


def blank(rows, chance):
    rows.insert(chance.randrange(len(rows) + 1), [])


def too_wide(rows, chance):
    chance.choice([row for row in rows if row]).extend(["", ""])


# Each undoes itself at most once on a cell, and none hides what another one did.
TO_ROWS = {
    "dots taken off": cell("code", lambda code: code.rstrip("."), only=dotted),
    "a hash before": cell("code", lambda code: f"#{code}"),
    "kept as text": cell("code", lambda code: f'="{code}"'),
    "a space before": cell("code", lambda code: f" {code}"),
    "a hard space behind": cell("code", lambda code: f"{code}\N{NO-BREAK SPACE}"),
    "no width": cell("code", lambda code: f"{code[:2]}\N{ZERO WIDTH SPACE}{code[2:]}"),
    "a float": cell("code", lambda code: f"{code}.0", only=lambda row: row[1] == "82423001"),
    "a BNF float": cell("code", str.lower, only=is_("bnf")),
    "no zeros": cell("code", lambda code: code.lstrip("0"), only=is_("gemscript")),
    "no BNF zero": cell("code", lambda code: code.lstrip("0"), only=is_("bnf")),
    "a system in capitals": cell("system", lambda name: name.upper().replace("_", " ")),
    "a match in capitals": cell("match", str.title),
    "a space in a category": cell("category", lambda name: f"{name} "),
    "a space before a term": cell("term", lambda term: f"  {term}"),
    "a garbled term": cell(
        "term",
        lambda term: term.encode().decode("cp1252"),
        only=lambda row: not row[4].isascii() and "ß" not in row[4] and "É" not in row[4],
    ),
    "a row twice": twice,
    "rows shuffled": shuffled,
    "an empty line": blank,
    "empty cells behind": too_wide,
}


def in_other_order(header, rows):
    places = [3, 0, 1, 5, 2, 4]
    return [header[place] for place in places], [
        [row[place] for place in places] if len(row) == 6 else row for row in rows
    ]


def in_capitals(header, rows):
    return [f" {name.title()}" for name in header], rows


TO_TABLE = {
    "as it is": lambda header, rows: (header, rows),
    "another order": in_other_order,
    "another case": in_capitals,
}
TO_BYTES = {
    "as it is": str.encode,
    "a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Windows-1252": lambda text: text.encode("cp1252", errors="ignore"),
    "CR LF": lambda text: text.replace("\n", "\r\n").encode(),
    "semicolons": lambda text: text.encode(),
}


def damaged(names, table, last, seed):
    chance = random.Random(seed)
    rows = sound_rows()
    for name in sorted(set(names), key=list(TO_ROWS).index):
        TO_ROWS[name](rows, chance)
    header, rows = TO_TABLE[table](list(COLUMNS), rows)
    text = written(header, rows, delimiter=";" if last == "semicolons" else ",")
    return TO_BYTES[last](text)


def findings_of(folder):
    return lambda data: _find(folder, data)


def _find(folder, data):
    (folder / "list.csv").write_bytes(data)
    return check(folder / "list.csv", on=ON)


def test_the_sound_list_is_sound(tmp_path):
    assert [str(one) for one in _find(tmp_path, ORIGINAL)] == []
    assert repaired(ORIGINAL, findings_of(tmp_path)) == (ORIGINAL, ())


@pytest.mark.parametrize("name", TO_ROWS)
def test_each_damage_to_a_row_is_found_and_undone(name, tmp_path):
    for seed in range(5):
        data = damaged([name], "as it is", "as it is", seed)
        if data == ORIGINAL:
            continue
        data_now, changes = repaired(data, findings_of(tmp_path))
        assert data_now == ORIGINAL, changes
        assert changes


@pytest.mark.parametrize("table", TO_TABLE)
@pytest.mark.parametrize("last", TO_BYTES)
def test_each_damage_to_a_file_is_found_and_undone(table, last, tmp_path):
    data = damaged([], table, last, 0)
    data_now, changes = repaired(data, findings_of(tmp_path))
    assert data_now == ORIGINAL
    assert bool(changes) == (data != ORIGINAL)


@settings(deadline=None, max_examples=150)
@given(
    names=st.lists(st.sampled_from(list(TO_ROWS)), max_size=8, unique=True),
    table=st.sampled_from(list(TO_TABLE)),
    last=st.sampled_from(list(TO_BYTES)),
    seed=st.integers(0, 10**6),
)
def test_damage_of_many_kinds_at_once_is_undone(tmp_path_factory, names, table, last, seed):
    if "garbled" in " ".join(names) and last == "Windows-1252":
        last = "as it is"  # a garbled letter may have no place there
    if "no width" in names and last == "Windows-1252":
        names.remove("no width")  # Windows-1252 cannot hold it
    if "empty cells behind" in names and table == "another order":
        names.remove("empty cells behind")  # behind a term that may have been cut by a comma
    folder = tmp_path_factory.mktemp("list")
    data = damaged(names, table, last, seed)
    first = _find(folder, data)
    data_now, changes = repaired(data, findings_of(folder))
    assert data_now == ORIGINAL, (names, changes)
    assert bool(changes) == any(one.mend for one in first)
    assert all(
        one.mend for one in first if one.code not in ("covered", "bnf-exact", "duplicate-term")
    )


# ---------------------------------------------------------------- what is said of it


def test_changes_name_the_lines_of_the_original(tmp_path):
    data = (
        f"{HEADER}\n\n"
        "read_v2, N06,exact,pain,x,\n"
        "read_v2,N05..,exact,pain,Osteoarthritis,\n"
        "read_v2,N05,exact,pain,Osteoarthritis,\n"
    )
    data_now, changes = repaired(data.encode(), findings_of(tmp_path))
    assert data_now.decode() == (
        f"{HEADER}\nread_v2,N05..,exact,pain,Osteoarthritis,\nread_v2,N06..,exact,pain,x,\n"
    )
    assert set(changes) == {
        Change("list.csv", 2, "", "the line is empty", "take it out", "blank-line"),
        Change("list.csv", 3, "code", " N06", "N06..", "code-spaces"),
        Change("list.csv", 5, "code", "N05", "N05..", "code-missing-dots"),
        Change("list.csv", 5, "", "read_v2,N05..,exact,pain,Osteoarthritis,", "", "duplicate"),
        Change(
            "list.csv",
            5,
            "",
            "read_v2 'N05' stands behind 'N05..'",
            "sort the rows by system, match, category, code",
            "order",
        ),
    }
    assert (
        str(next(one for one in changes if one.rule == "code-spaces"))
        == "list.csv:3 code: ' N06' → 'N06..' [code-spaces]"
    )


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("read_v2,N05,exact,pain,knee, left,\n", "a comma cut a cell in two"),
        ('read_v2,N05,exact,pain,"x"y,\n', "a quotation mark ends too early"),
        ("read_v2,N05,exact,pain,x\n", "a cell is not there"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_left_alone(tmp_path, rows, why):
    data = f"{HEADER}\nread_v2,N04,exact,pain,x,\n{rows}".encode()
    assert repaired(data, findings_of(tmp_path)) == (data, ()), why
    assert not any(one.mend for one in _find(tmp_path, data))


def test_bytes_that_no_encoding_explains_are_left_alone(tmp_path):
    data = f"{HEADER}\nread_v2,N04,exact,pain,".encode() + b"\x81\x9d,\n"
    assert repaired(data, findings_of(tmp_path)) == (data, ())


# ---------------------------------------------------------------- the copy


@pytest.fixture
def lists(tmp_path):
    """A locked folder of two lists, one damaged before it was locked, and other files beside."""
    write_list(tmp_path / "lists", rows=ROWS.replace("N05zL", " N05zL"))
    write_list(tmp_path / "lists", name="others", rows=ROWS)
    (tmp_path / "lists" / "README.md").write_text("what they are\n")
    (tmp_path / "lists" / "aches" / "working.csv").write_bytes(f"{HEADER}\n".encode())
    write_lock(tmp_path / "lists")
    return tmp_path / "lists"


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_copy_of_a_folder_differs_in_what_it_says_and_in_nothing_else(lists, tmp_path):
    before = tree(lists)
    copy = repaired_copy(lists, tmp_path / "copy", on=ON)
    assert tree(lists) == before
    after = tree(tmp_path / "copy")
    assert [(one.file, one.line, one.after) for one in copy.changes] == [
        ("aches/1.0.0.csv", 4, "N05zL")
    ]
    assert copy.unlocked
    assert before.keys() - after.keys() == {"codelists.lock"}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"aches/1.0.0.csv"}
    assert {path.name for path in tmp_path.iterdir()} == {"lists", "copy"}


def test_a_copy_of_one_list_is_a_folder_that_holds_it(lists, tmp_path):
    repaired_copy(lists / "aches", tmp_path / "copy", on=ON)
    assert set(tree(tmp_path / "copy")) == {
        "aches/1.0.0.csv",
        "aches/codelist.yaml",
        "aches/working.csv",
    }


def test_a_folder_that_needs_nothing_keeps_its_lock(tmp_path):
    write_list(tmp_path / "lists")
    write_lock(tmp_path / "lists")
    copy = repaired_copy(tmp_path / "lists", tmp_path / "copy", on=ON)
    assert (copy.changes, copy.unlocked) == ((), False)
    assert tree(tmp_path / "copy") == tree(tmp_path / "lists")


def test_a_card_is_written_as_utf_8_with_lf(tmp_path):
    home = write_list(tmp_path / "lists")
    card = CARD.replace("Read v2", "Read v2 – terms")
    (home / "codelist.yaml").write_bytes(card.replace("\n", "\r\n").encode("cp1252"))
    repaired_copy(tmp_path / "lists", tmp_path / "copy", on=ON)
    assert (tmp_path / "copy" / "aches" / "codelist.yaml").read_bytes() == card.encode()


@pytest.mark.parametrize("name", ["there", "file", "lists/inside", "lists", "nowhere/copy"])
def test_a_copy_is_never_written_over_or_into_anything(lists, tmp_path, name):
    (tmp_path / "there").mkdir()
    (tmp_path / "file").write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(UsageError, match="--fix"):
        repaired_copy(lists, tmp_path / name, on=ON)
    assert tree(tmp_path) == before


def test_a_copy_that_cannot_be_finished_leaves_nothing(lists, tmp_path, monkeypatch):
    before = tree(tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", full)
    with pytest.raises(UsageError, match="No space left"):
        repaired_copy(lists, tmp_path / "copy", on=ON)
    assert tree(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {"lists"}


def test_a_link_is_copied_as_what_it_leads_to(tmp_path):
    home = write_list(tmp_path / "lists", rows=ROWS.replace("N05zL", " N05zL"))
    (tmp_path / "away.csv").write_bytes((home / "1.0.0.csv").read_bytes())
    (home / "1.0.0.csv").unlink()
    (home / "1.0.0.csv").symlink_to(tmp_path / "away.csv")
    before = (tmp_path / "away.csv").read_bytes()
    repaired_copy(tmp_path / "lists", tmp_path / "copy", on=ON)
    assert (tmp_path / "away.csv").read_bytes() == before
    written_ = tmp_path / "copy" / "aches" / "1.0.0.csv"
    assert not written_.is_symlink()
    assert b" N05zL" not in written_.read_bytes()


# ---------------------------------------------------------------- whatever the file is

PIECES = st.sampled_from(
    [
        *("read_v2", "ctv3", "bnf", "code", "term", "system", "match", "category", "note"),
        *(
            "N05..",
            "N05",
            "#1M52.",
            "147",
            "1.00E+15",
            "82423001.0",
            "exact",
            "Descendants",
            "pain",
        ),
        *(",", ",", ",", ";", "\t", "\n", "\n", "\r\n", "\r", '"', '""', " ", "\u200b", "\ufeff"),
        *("=1", "-", "\ufffd", "SjÃ¶gren", "ß", "\x00", "|"),
    ]
)


@settings(deadline=None, max_examples=200)
@given(
    text=st.lists(PIECES, max_size=40).map("".join),
    head=st.sampled_from([f"{HEADER}\n", "read_v2,term\n", "code,term\n", ""]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_any_file_ends_in_findings_and_its_copy_in_none_that_can_be_fixed(
    tmp_path_factory, text, head, encoding
):
    folder = tmp_path_factory.mktemp("any")
    data = f"{head}{text}".encode(encoding, errors="ignore")
    data_now, changes = repaired(data, findings_of(folder))
    assert bool(changes) == (data_now != data)
    left = _find(folder, data_now)
    assert [one for one in left if one.mend] == []
    assert repaired(data_now, findings_of(folder)) == (data_now, ())


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=80))
def test_any_bytes_end_in_findings(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("bytes")
    for one in _find(folder, data):
        assert one.text
        assert one.repair
