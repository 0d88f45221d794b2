"""The files of a crosswalk: the map, the decisions in codelist.yaml, and the command."""

import json
import sys
from datetime import date

import pytest
from made_lists import CARD, write_list

from instep_cohort.cli.app import main
from instep_cohort.codelists import Library, check
from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.terminology.code_maps import MapColumns, MapRow, read_code_map

# ---------------------------------------------------------------- the map

MAPS = {
    "with term codes": (
        "read_v2,term_code,ctv3\nN05..,00,X7000\nN05..,11,X7001\n",
        ["N05.. 00 X7000", "N05.. 11 X7001"],
    ),
    "columns in another order, and more of them": (
        "ctv3,term,read_v2,term_code\nX7000,Osteoarthritis,N05..,00\n",
        ["N05.. 00 X7000"],
    ),
    "without term codes": ("read_v2,ctv3\nN05..,X7000\n", ["N05.. 00 X7000"]),
    "seven characters bring their own": ("read_v2,ctv3\nN05..11,X7000\n", ["N05.. 11 X7000"]),
    "no target": ("read_v2,term_code,ctv3\nN05..,00,\n", ["N05.. 00 "]),
    "the same row twice, a byte-order mark, CR LF": (
        "\ufeffread_v2,term_code,ctv3\r\nN05..,00,X7000\r\nN05..,00,X7000\r\n",
        ["N05.. 00 X7000"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MAPS.values(), ids=MAPS)
def test_a_map_is_read_by_its_header(tmp_path, text, expected):
    (tmp_path / "map.csv").write_bytes(text.encode())
    mapping = read_code_map(tmp_path / "map.csv")
    assert mapping.name == "map.csv"
    assert [" ".join(row) for row in mapping.rows] == expected


def test_columns_can_have_other_names(tmp_path):
    (tmp_path / "map.csv").write_text("V2,TC,V3\nN05..,11,X7000\n")
    columns = MapColumns("V2", "V3", "TC")
    assert read_code_map(tmp_path / "map.csv", columns).rows == (MapRow("N05..", "11", "X7000"),)


WRONG_MAPS = {
    "no such column": (
        "read2,term_code,ctv3\nN05..,00,X7000\n",
        "map.csv:1 read_v2: the map has no column 'read_v2' (did you mean read2?",
    ),
    "two columns missing": ("code,target\n", "map.csv:1 ctv3: the map has no column 'ctv3'"),
    "the column twice": ("read_v2,ctv3,ctv3\nN05..,X7000,X7001\n", "the map has twice the column"),
    "lost dots": ("read_v2,ctv3\nN05..,X7000\n1475,X7000\n", "map.csv:3 read_v2: '1475' is no"),
    "a number": ("read_v2,ctv3\nN05..,2126000.0\n", "map.csv:2 ctv3: '2126000.0' is no CTV3 code"),
    "a term code too short": ("read_v2,term_code,ctv3\nN05..,0,X7000\n", "'0' is no term code"),
    "a row too short": ("read_v2,ctv3\nN05..\n", "map.csv:2: the row has more or fewer cells"),
    "a row too long": ("read_v2,ctv3\nN05..,X7000,!\n", "map.csv:2: the row has more or fewer"),
    "no rows": ("read_v2,ctv3\n", "the map has no rows"),
    "nothing": ("", "the map has no column 'read_v2' (it has no header"),
    "no CSV": ('read_v2,ctv3\nN05..,"X7000\n', "map.csv:2: this is not CSV"),
}


@pytest.mark.parametrize(("text", "said"), WRONG_MAPS.values(), ids=WRONG_MAPS)
def test_a_wrong_map_is_refused_with_its_line(tmp_path, text, said):
    (tmp_path / "map.csv").write_text(text)
    with pytest.raises(DefinitionError) as refused:
        read_code_map(tmp_path / "map.csv")
    assert said in str(refused.value)


def test_a_map_with_many_wrong_rows_names_twenty(tmp_path):
    (tmp_path / "map.csv").write_text("read_v2,ctv3\n" + "1475,X7000\n" * 50)
    with pytest.raises(DefinitionError) as refused:
        read_code_map(tmp_path / "map.csv")
    assert len(refused.value.faults) == 20


def test_a_map_that_cannot_be_read_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_code_map(tmp_path / "none.csv")
    (tmp_path / "map.csv").write_bytes(b"read_v2,ctv3\nN05..,X70\xff0\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_code_map(tmp_path / "map.csv")


# ---------------------------------------------------------------- the decisions

ROWS = """\
ctv3,X7000,exact,pain,Osteoarthritis,
read_v2,N05..,exact,pain,Osteoarthritis,
read_v2,N06..,exact,stiff,Arthropathy,
"""


def with_decisions(text):
    return CARD.replace("review_by:", f"crosswalk:\n{text}review_by:")


GOOD = """\
  - decision: left_out
    ctv3: [X7001, N05zz]
    reason: >-
      Acute back
      pain.
  - {decision: categories_differ, read_v2: [N06..], ctv3: [X7002], reason: two}
"""


def test_the_decisions_are_part_of_the_list(tmp_path):
    write_list(tmp_path, card=with_decisions(GOOD), rows=ROWS)
    first, second = Library(tmp_path).latest("aches").crosswalk
    assert first == ("left_out", (), ("X7001", "N05zz"), "Acute back pain.", 18)
    assert second == ("categories_differ", ("N06..",), ("X7002",), "two", 23)
    assert not [one for one in check(tmp_path, on=date(2026, 11, 24)) if one.severity == "error"]


WRONG_DECISIONS = {
    "an unknown one": (
        "  - {decision: added, ctv3: [X7001], reason: it}\n",
        ("yaml-value", 18, "crosswalk[0].decision"),
    ),
    "no reason": ("  - {decision: left_out, ctv3: [X7001]}\n", ("yaml-lacks", 18, "reason")),
    "an empty reason": (
        "  - {decision: left_out, ctv3: [X7001], reason: ''}\n",
        ("yaml-value", 18, "crosswalk[0].reason"),
    ),
    "a misspelt key": (
        "  - {decision: left_out, ctv: [X7001], reason: it}\n",
        ("yaml-key", 18, "crosswalk[0].ctv"),
    ),
    "no code": ("  - {decision: left_out, reason: it}\n", ("crosswalk-decision", 18, "[0]")),
    "one side of two categories": (
        (
            "  - {decision: left_out, ctv3: [X7001], reason: it}\n"
            "  - {decision: categories_differ, ctv3: [X7001], reason: it}\n"
        ),
        ("crosswalk-decision", 19, "crosswalk[1]"),
    ),
    "lost dots": (
        "  - {decision: left_out, read_v2: [1475], reason: it}\n",
        ("crosswalk-decision", 18, "crosswalk[0]"),
    ),
    "a CTV3 code in the Read v2 side": (
        "  - {decision: left_out, read_v2: [XaX1E], reason: it}\n",
        ("crosswalk-decision", 18, "crosswalk[0]"),
    ),
    "the same code twice": (
        "  - {decision: left_out, ctv3: [X7001, X7001], reason: it}\n",
        ("crosswalk-decision", 18, "crosswalk[0]"),
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG_DECISIONS.values(), ids=WRONG_DECISIONS)
def test_a_wrong_decision_is_found_with_its_line(tmp_path, text, expected):
    write_list(tmp_path, card=with_decisions(text), rows=ROWS)
    (wrong,) = [one for one in check(tmp_path, on=date(2026, 11, 24)) if one.severity == "error"]
    code, line, where = expected
    assert (wrong.code, wrong.line) == (code, line)
    assert wrong.where.endswith(where)
    assert wrong.repair
    with pytest.raises(DefinitionError, match=r"aches/codelist\.yaml:"):
        Library(tmp_path).latest("aches")


# ---------------------------------------------------------------- the command

MAP = "read_v2,term_code,ctv3\nN05..,00,X7000\nN06..,00,X7001\n"
SETTLED = "  - {decision: left_out, ctv3: [X7001], reason: it is acute}\n"
STALE = "  - {decision: left_out, ctv3: [X7009], reason: it was there}\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs `codelists crosswalk aches` on a folder with these decisions."""

    def go(decisions, *words, text=MAP):
        card = with_decisions(decisions) if decisions else CARD
        write_list(tmp_path / "lists", card=card, rows=ROWS)
        (tmp_path / "map.csv").write_text(text)
        given = ["--map", tmp_path / "map.csv", "--codelists", tmp_path / "lists", *words]
        line = ["instep-cohort", "codelists", "crosswalk", "aches", *map(str, given)]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return go


def test_it_ends_well_when_all_is_settled(run):
    code, out, err = run(SETTLED)
    assert code == 0
    assert "Left out: it is acute" in out
    assert err == "0 rows not settled, 0 stale decisions\n"


@pytest.mark.parametrize(
    ("decisions", "counted", "shown"),
    [
        ("", "1 rows not settled, 0 stale decisions\n", "Not settled\n  lacking in ctv3"),
        (SETTLED + STALE, "0 rows not settled, 1 stale decisions\n", "take the decision out"),
    ],
)
def test_it_ends_with_3_when_something_is_open(run, decisions, counted, shown):
    code, out, err = run(decisions)
    assert code == 3
    assert err == counted
    assert shown in out


def test_it_prints_json_and_writes_a_csv_once(run, tmp_path):
    target = tmp_path / "rows.csv"
    code, out, err = run("", "--json", "--out", target)
    assert (code, err) == (3, "")
    assert json.loads(out)["not_settled"] == 1
    written = target.read_text()
    assert written.startswith("standing,read_v2,term_codes,")
    assert len(written.splitlines()) == 3
    code, out, err = run("", "--out", target)
    assert code == 2
    assert out == ""
    assert "is there already" in err
    assert target.read_text() == written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lists", "map.csv", "rows.csv"]


def test_columns_and_terms_are_given_by_name(run, tmp_path):
    (tmp_path / "ctv3-terms.csv").write_text("code,term\nX7001,Acute arthropathy\n")
    words = ("--read-v2-column", "V2", "--ctv3-column", "V3", "--term-code-column", "TC")
    text = MAP.replace("read_v2,term_code,ctv3", "V2,TC,V3")
    code, out, _ = run("", *words, "--terms", tmp_path / "ctv3-terms.csv", text=text)
    assert code == 3
    assert "ctv3: not in the list, Acute arthropathy" in out


def test_a_wrong_map_ends_with_3_and_a_lacking_one_with_2(run):
    code, _, err = run("", text="code,ctv3\n")
    assert code == 3
    assert "map.csv:1 read_v2: the map has no column 'read_v2'" in err
    assert run("", "--map", "/nowhere/map.csv")[0] == 2
