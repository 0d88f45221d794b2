"""Read v2 against CTV3: what each row is, what settles it, which decisions have gone stale."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from made_lists import made_list, select

from instep_cohort.codelists.crosswalking import crosswalk
from instep_cohort.codelists.model import CrosswalkDecision
from instep_cohort.errors import UsageError
from instep_cohort.terminology import System
from instep_cohort.terminology.code_maps import CodeMap, MapRow
from instep_cohort.terminology.dictionaries import Dictionary


def the_map(text):
    """A map written as `read_v2/term_code>ctv3, …`."""
    pairs = (pair.split(">") for pair in text.split(", "))
    return CodeMap("the map", tuple(MapRow(*left.split("/"), right) for left, right in pairs))


def the_list(text, *decisions):
    return replace(made_list(*map(select, text.split("; "))), crosswalk=decisions)


def decided(decision, read_v2="", ctv3=""):
    return CrosswalkDecision(decision, tuple(read_v2.split()), tuple(ctv3.split()), "because", 7)


def left_out(**codes):
    return decided("left_out", **codes)


def rows_of(found):
    """Each row as `standing: read_v2 terms category > ctv3 category`."""
    written = (
        f"{row.standing}: {row.read_v2} {' '.join(row.term_codes)} {row.read_v2_category} > "
        f"{row.ctv3} {row.ctv3_category}"
        for row in found.rows
    )
    return [" ".join(row.split()) for row in written]


STANDINGS = {
    # what the list has | what the map gives | the rows
    "the same on both sides": (
        "read_v2 exact N05..; ctv3 exact X7000",
        "N05../00>X7000",
        ["in both: N05.. 00 pain > X7000 pain"],
    ),
    "every term of a code that is named": (
        "read_v2 exact N05..; ctv3 exact X7000",
        "N05../00>X7000, N05../11>X7001, N05../12>X7000",
        [
            "in both: N05.. 00 12 pain > X7000 pain",
            "lacking in ctv3: N05.. 11 pain > X7001",
        ],
    ),
    "what stands below a code, as far as the map knows it": (
        "read_v2 descendants N05..; ctv3 exact X7000",
        "N05../00>X7000, N051./00>X7001, N051z/00>X7002, N06../00>X7003",
        [
            "in both: N05.. 00 pain > X7000 pain",
            "lacking in ctv3: N051. 00 pain > X7001",
            "lacking in ctv3: N051z 00 pain > X7002",
        ],
    ),
    "a term code names one term": (
        "read_v2 exact A531.11; ctv3 exact X7000; ctv3 exact X7001",
        "A531./00>X7000, A531./11>X7001",
        [
            "in both: A531. 11 pain > X7001 pain",
            "lacking in read_v2: A531. 00 > X7000 pain",
        ],
    ),
    "the reverse": (
        "read_v2 exact N05..; ctv3 exact X7000; ctv3 exact N06..",
        "N05../00>X7000, N06../00>N06..",
        [
            "in both: N05.. 00 pain > X7000 pain",
            "lacking in read_v2: N06.. 00 > N06.. pain",
        ],
    ),
    "the same string in the two systems is not the same code": (
        "read_v2 exact F344.; ctv3 exact F344.",
        "F344./00>X75zz, F347./00>F344.",
        [
            "lacking in ctv3: F344. 00 pain > X75zz",
            "lacking in read_v2: F347. 00 > F344. pain",
        ],
    ),
    "another category": (
        "read_v2 exact N05..; ctv3 exact X7000 = stiff",
        "N05../00>X7000",
        ["category differs: N05.. 00 pain > X7000 stiff"],
    ),
    "excluded on the other side": (
        (
            "read_v2 descendants N05..; read_v2 exclude N051.; ctv3 exact X7000; "
            "ctv3 exact X7001; ctv3 exclude X7002"
        ),
        "N05../00>X7000, N051./00>X7001, N052./00>X7002",
        [
            "in both: N05.. 00 pain > X7000 pain",
            "excluded in ctv3: N052. 00 pain > X7002 excluded",
            "excluded in read_v2: N051. 00 excluded > X7001 pain",
        ],
    ),
    "an exclusion wins, and what no side takes in is no row": (
        "read_v2 descendants N05..; read_v2 exclude_descendants N051.; ctv3 exact X7000",
        "N05../00>X7000, N051./00>X7001, N0511/00>X7002",
        ["in both: N05.. 00 pain > X7000 pain"],
    ),
    "no mapping": (
        (
            "read_v2 exact N05..; read_v2 exact N06..; read_v2 exact N07..11; "
            "ctv3 exact X7000; ctv3 exact Y1712"
        ),
        "N05../00>X7000, N06../00>, N07../00>X7009",
        [
            "in both: N05.. 00 pain > X7000 pain",
            "no mapping known: > Y1712 pain",
            "no mapping known: N06.. pain >",
            "no mapping known: N07.. 11 pain >",
        ],
    ),
    "a code in the wrong case is another code": (
        "read_v2 exact B22..; ctv3 exact X7000",
        "b22../00>X7000, B22../00>X7001",
        [
            "lacking in ctv3: B22.. 00 pain > X7001",
            "lacking in read_v2: b22.. 00 > X7000 pain",
        ],
    ),
}


@pytest.mark.parametrize(("selectors", "mapping", "expected"), STANDINGS.values(), ids=STANDINGS)
def test_a_row_stands_as_its_codes_stand(selectors, mapping, expected):
    found = crosswalk(the_list(selectors), the_map(mapping))
    assert rows_of(found) == expected
    differing = [row for row in found.rows if row.standing.needs_a_decision]
    assert list(found.unsettled) == differing
    assert found.is_settled == (not differing)
    assert {row.standing for row in differing} <= {
        *("lacking in ctv3", "lacking in read_v2", "category differs"),
        *("excluded in ctv3", "excluded in read_v2"),
    }


DIFFERENT = (
    "read_v2 exact N05..; read_v2 exact N06..; ctv3 exact X7000 = stiff; ctv3 exact X7002; "
    "ctv3 exclude X7003"
)
ITS_MAP = "N05../00>X7000, N05../11>X7001, N06../00>X7003, N07../00>X7002, N07../11>X7002"
DECISIONS = {
    # the decision | the ctv3 codes of the rows that it settles | what of it is stale
    "a ctv3 code stays out": (left_out(ctv3="X7001"), ["X7001"], ""),
    "said elsewhere": (decided("said_elsewhere", ctv3="X7001"), ["X7001"], ""),
    "of this read_v2 code only": (left_out(read_v2="N05..", ctv3="X7001"), ["X7001"], ""),
    "of another read_v2 code": (left_out(read_v2="N06..", ctv3="X7001"), [], "take the decision"),
    "only the code that has it": (left_out(read_v2="N05.."), [], "take the decision out"),
    "a read_v2 code stays out": (left_out(read_v2="N07.."), ["X7002"], ""),
    "every term of it": (left_out(read_v2="N07..00 N07..11"), ["X7002"], ""),
    "one term of two": (left_out(read_v2="N07..00"), [], "take the decision out"),
    "excluded": (left_out(ctv3="X7003"), ["X7003"], ""),
    "two categories": (decided("categories_differ", "N05..", "X7000"), ["X7000"], ""),
    "two categories are not left out": (left_out(read_v2="N05..", ctv3="X7000"), [], "take the"),
    "nothing differs by category": (decided("categories_differ", "N05..", "X7001"), [], "take the"),
    "what is no row": (left_out(ctv3="X9999"), [], "take the decision out"),
    "a code too many": (left_out(ctv3="X7001 X9999"), ["X7001"], "take X9999 out of it"),
}


@pytest.mark.parametrize(("decision", "settled", "stale"), DECISIONS.values(), ids=DECISIONS)
def test_a_decision_settles_the_rows_that_it_names(decision, settled, stale):
    before = crosswalk(the_list(DIFFERENT), the_map(ITS_MAP))
    found = crosswalk(the_list(DIFFERENT, decision), the_map(ITS_MAP))
    assert [row.ctv3 for row in found.rows if row.decision] == settled
    assert len(found.unsettled) == len(before.unsettled) - len(settled)
    if not stale:
        assert found.stale == ()
    else:
        (wrong,) = found.stale
        assert stale in wrong.repair
        assert (wrong.file, wrong.line, wrong.where) == ("aches/codelist.yaml", 7, "crosswalk[0]")
    assert not found.is_settled


def test_it_is_settled_when_every_row_is():
    decisions = (
        left_out(ctv3="X7001 X7003"),
        left_out(read_v2="N07.."),
        decided("categories_differ", "N05..", "X7000"),
    )
    assert crosswalk(the_list(DIFFERENT, *decisions), the_map(ITS_MAP)).is_settled
    added = the_list(f"{DIFFERENT}; read_v2 exact N07..", *decisions)
    found = crosswalk(added, the_map(ITS_MAP))
    assert not found.unsettled
    assert [wrong.where for wrong in found.stale] == ["crosswalk[1]"]


def test_what_needs_no_decision_makes_one_stale():
    found = crosswalk(
        the_list("read_v2 exact N05..; ctv3 exact X7000; ctv3 exact Y1712", left_out(ctv3="Y1712")),
        the_map("N05../00>X7000"),
    )
    assert found.unsettled == ()
    assert len(found.stale) == 1


@pytest.mark.parametrize("side", ["read_v2 exact N05..", "ctv3 exact X7000"])
def test_a_list_with_one_side_has_nothing_to_be_held_against(side):
    lacking = "ctv3" if side.startswith("read") else "read_v2"
    with pytest.raises(UsageError, match=f"aches has no {lacking} side"):
        crosswalk(the_list(side), the_map("N05../00>X7000"))


@pytest.fixture
def shown():
    decisions = (left_out(ctv3="X7001"), left_out(ctv3="X9999"))
    dictionary = Dictionary(
        "terms", {System.CTV3: {"X7001": ("=HYPERLINK(1)",), "X7002": ("<b>", "bold")}}
    )
    return crosswalk(the_list(DIFFERENT, *decisions), the_map(ITS_MAP), dictionary)


def test_it_shows_itself(shown):
    text = shown.describe()
    assert text.startswith("aches 1.0.0 (draft): Read v2 against CTV3 by the map\n")
    assert re.search(r"\nlacking in ctv3 +1 +0\n", text)
    assert "Left out: because\n  lacking in ctv3  N05.. 11 -> X7001" in text
    assert "  lacking in read_v2  N07.. 00 11 -> X7002" in text
    assert "ctv3: not in the list, =HYPERLINK(1)" in text
    assert "crosswalk[1]: the decision settles no row (take the decision out)" in text
    page = shown._repr_html_()
    assert "&lt;b&gt;" not in page  # the list's own term of a code comes first
    assert "=HYPERLINK(1)" in page
    assert "<b>" not in page
    assert "because" in page


def test_its_csv_has_every_row_and_no_formula(shown):
    rows = list(csv.DictReader(io.StringIO(shown.as_csv())))
    assert [row["ctv3"] for row in rows] == [row.ctv3 for row in shown.rows]
    (settled,) = [row for row in rows if row["decision"]]
    assert settled["ctv3_term"] == "'=HYPERLINK(1)"
    assert (settled["decision"], settled["reason"]) == ("left_out", "because")
    assert [row["term_codes"] for row in rows if row["read_v2"] == "N07.."] == ["00 11"]


def test_its_json_says_the_same(shown):
    said = json.loads(json.dumps(shown.as_dict()))
    assert said["not_settled"] == len(shown.unsettled) == 3
    assert sum(one["rows"] for one in said["counts"]) == len(said["rows"]) == len(shown.rows)
    assert [one["repair"] for one in said["stale"]] == ["take the decision out"]
