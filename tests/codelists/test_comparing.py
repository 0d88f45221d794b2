"""`compare`: what two lists share and what not, against small tables and a slow second reading."""

import csv
import io
import json
from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_lists import CARD, HEADER, ROWS, made_list, select, write_list

from instep_cohort.codelists import Library, Match, Selector, compare
from instep_cohort.codelists.comparing.aligning import aligned
from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.terminology import System

# left; right; one line for each row that is found, as `where code: what differs | other side | ✓`
CASES = """
read_v2 exact N05.. ; read_v2 exact N05.. ; both N05..
read_v2 exact N05.. ; read_v2 exact N06.. ; only left N05.. + only right N06..
read_v2 exact N05.. ; ctv3 exact N05.. ; only left N05.. + only right N05..
read_v2 exact N05.. ; read_v2 descendants N05.. ; both N05..: match
read_v2 exact N05.. ; read_v2 exact N05.. = stiff ; both N05..: category
read_v2 exact N05.. ; read_v2 descendants N05.. = stiff ; both N05..: match, category
read_v2 exact N05.. ; read_v2 exclude N05.. ; both N05..: match
read_v2 exact N051. ; read_v2 descendants N05.. ; only left N051. | covered by N05.. (descendants, pain) on the right | ✓ + only right N05.. | the left takes in 1 row below it, such as N051.
read_v2 exact N051. ; read_v2 descendants N05.. = stiff ; only left N051. | covered by N05.. (descendants, stiff) on the right + only right N05.. | the left takes in 1 row below it, such as N051.
read_v2 descendants N051. ; read_v2 descendants N.... ; only left N051. | covered by N.... (descendants, pain) on the right | ✓ + only right N.... | the left takes in 1 row below it, such as N051.
read_v2 exact N051. ; read_v2 exact N05.. ; only left N051. + only right N05..
read_v2 exact N051. ; read_v2 exclude_descendants N05.. ; only left N051. | excluded by N05.. (exclude_descendants) on the right + only right N05.. | the left takes in 1 row below it, such as N051.
read_v2 exclude N051. ; read_v2 exclude_descendants N05.. ; only left N051. | excluded too by N05.. (exclude_descendants) on the right | ✓ + only right N05..
read_v2 exclude N051. ; read_v2 descendants N05.. ; only left N051. | taken in by N05.. (descendants, pain) on the right + only right N05..
read_v2 exact A531.11 ; read_v2 exact A531. ; only left A531.11 | covered by A531. (exact, pain) on the right | ✓ + only right A531.
read_v2 descendants N05zL ; read_v2 exact N05zL ; both N05zL: match
bnf exact 0407020A0AAAAAA ; bnf descendants 0407020A0 ; only left 0407020A0AAAAAA | covered by 0407020A0 (descendants, pain) on the right | ✓ + only right 0407020A0 | the left takes in 1 row below it, such as 0407020A0AAAAAA
ctv3 exact XaX1E ; ctv3 exact XaX1F ; only left XaX1E + only right XaX1F
substance exact Codeine ; substance exact codeine ; both Codeine: spelling
product_name exact mst continus ; product_name exact MST ; only left mst continus | covered by MST (exact, pain) on the right | ✓ + only right MST
product_name exact morphine ; product_name exact apomorphine ; only left morphine + only right apomorphine
"""


def shown(row):
    text = f"{row.found} {row.code}"
    text += f": {', '.join(row.differs)}" if row.differs else ""
    text += f" | {row.other_side}" if row.other_side else ""
    return text + (" | ✓" if row.covered else "")


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_rows_side_by_side(case):
    left, right, expected = case.split(" ; ")
    rows = aligned([select(left)], [select(right)])
    assert sorted(map(shown, rows)) == sorted(expected.split(" + "))


def test_a_code_that_stands_twice_is_paired_by_its_match():
    left = [select("read_v2 exact N05.."), select("read_v2 exclude_descendants N05..")]
    right = [select("read_v2 exclude_descendants N05.."), select("read_v2 descendants N05..")]
    assert [(row.left.match, row.right.match) for row in aligned(left, right)] == [
        ("exact", "descendants"),
        ("exclude_descendants", "exclude_descendants"),
    ]


def test_words_that_differ():
    one = Selector(System.READ_V2, "N05..", Match.EXACT, "pain", "Osteoarthritis", "map")
    (row,) = aligned([one], [one._replace(term="OA", note="")])
    assert row.differs == ("term", "note")
    assert not row.same
    (row,) = aligned([one], [one._replace(line=9)])
    assert row.same


# ---------------------------------------------------------------- against a second reading

FIVES = [("".join(signs) + "....")[:5] for n in (1, 2) for signs in product("AB", repeat=n)]
WHOLE = ["".join(signs) for signs in product("AB", repeat=5)]
SELECTORS = st.lists(
    st.builds(
        Selector,
        st.just(System.READ_V2),
        st.sampled_from(FIVES + WHOLE[:3]),
        st.sampled_from(Match),
        st.sampled_from(["pain", "stiff"]),
        st.sampled_from(["one", "two"]),
    ).map(lambda one: one._replace(category=None) if one.match.excludes else one),
    max_size=6,
)


def meets(selector, code):
    stem = selector.code.rstrip(".")
    return code.startswith(stem) if selector.match.goes_down else code == selector.code


@given(SELECTORS, SELECTORS)
def test_every_row_is_found_once_and_covered_means_covered(left, right):
    rows = aligned(left, right)
    assert sorted(filter(None, (row.left for row in rows)), key=repr) == sorted(left, key=repr)
    assert sorted(filter(None, (row.right for row in rows)), key=repr) == sorted(right, key=repr)
    for row in rows:
        if row.left and row.right:
            assert row.left.code == row.right.code
            continue
        here, there = (row.left, right) if row.left else (row.right, left)
        alike = [
            one
            for one in there
            if one.match.excludes == here.match.excludes and one.category == here.category
        ]
        met = {code for code in FIVES + WHOLE if meets(here, code)}
        out = {
            code
            for one in there
            if one.match.excludes and not here.match.excludes
            for code in FIVES + WHOLE
            if meets(one, code)
        }
        # one other row covers it all, and no row of that side excludes it whole
        truly = any(all(meets(one, code) for code in met) for one in alike)
        if row.covered:
            assert truly
        elif truly:
            assert met <= out


@given(SELECTORS, SELECTORS)
def test_the_other_way_round_is_the_same_mirrored(left, right):
    one = compare(made_list(*left), made_list(*right)).summary
    other = compare(made_list(*right), made_list(*left)).summary
    for here, there in zip(one, other, strict=True):
        assert (here.left, here.only_left, here.left_covered) == (
            there.right,
            there.only_right,
            there.right_covered,
        )
        assert here.left == here.only_left + here.both
    assert one[-1][1:] == tuple(map(sum, zip(*(part[1:] for part in one[:-1]), strict=True))) or (
        not left and not right
    )


@given(SELECTORS)
def test_a_list_is_the_same_as_itself_in_any_order(selectors):
    assert compare(made_list(*selectors), made_list(*reversed(selectors))).is_same or (
        # a code with two rows of one match has no one partner
        len({(one.code, one.match) for one in selectors}) < len(selectors)
    )


# ---------------------------------------------------------------- which lists are meant

NEWER = CARD.replace(
    "history:\n",
    "history:\n  - {version: 1.1.0, date: 2026-11-24, status: draft, changes: more}\n",
)
MORE = f"{ROWS}read_v2,N06..,exact,pain,Other,\n"


@pytest.fixture
def folder(tmp_path):
    write_list(tmp_path)
    home = write_list(tmp_path, version="1.1.0", card=NEWER, rows=MORE)
    (home / "working.csv").write_text(f"{HEADER}\nread_v2,N05..,descendants,pain,x,\n")
    return tmp_path


@pytest.mark.parametrize(
    ("named", "name", "status", "rows"),
    [
        ("aches", "aches 1.1.0", "draft", 4),
        ("aches@1.0.0", "aches 1.0.0", "draft", 3),
        ("aches@working", "aches working", "working copy", 1),
        ("{}/aches", "aches 1.1.0", "draft", 4),
        ("{}/aches/working.csv", "aches working", "working copy", 1),
        ("{}/aches/1.0.0.csv", "{}/aches/1.0.0.csv", "file", 3),
    ],
)
def test_a_list_is_named_in_many_ways(folder, named, name, status, rows):
    left = compare(named.format(folder), "aches", codelists=folder).left
    assert (left.name, left.status, len(left.selectors)) == (name.format(folder), status, rows)


def test_a_list_in_memory(folder):
    one = Library(folder).get("aches", "1.0.0")
    assert compare(one, folder / "aches" / "1.0.0.csv").is_same


@pytest.mark.parametrize(
    ("named", "error", "said"),
    [
        ("akes", DefinitionError, "did you mean aches?"),
        ("aches@3.0.0", DefinitionError, "released: 1.0.0, 1.1.0"),
        ("akes@working", DefinitionError, "no codelist 'akes'"),
        ("{}/aches/1.0.1.csv", UsageError, r"did you mean .*1\.(0\.0|1\.0)\.csv"),
        ("{}/", UsageError, "is no codelist"),
        ("{}/nowhere/x.csv", UsageError, "no file or folder"),
    ],
)
def test_a_list_that_is_not_there(folder, named, error, said):
    with pytest.raises(error, match=said):
        compare(named.format(folder), "aches", codelists=folder)


def test_a_list_without_a_working_copy(folder):
    (folder / "aches" / "working.csv").unlink()
    with pytest.raises(UsageError, match=r"aches has no working\.csv"):
        compare("aches@working", "aches", codelists=folder)


def test_a_file_that_cannot_be_read_says_where(folder):
    broken = folder / "mine.csv"
    broken.write_text(f"{HEADER}\nread_v2,N05..,exact,pain,x,\nread_v3,N06..,exact,pain,x,\n")
    with pytest.raises(DefinitionError, match=r"mine\.csv:3 system: there is no system 'read_v3'"):
        compare(str(broken), "aches", codelists=folder)


def test_only_a_list_of_another_name_has_categories_of_its_own(folder):
    write_list(folder, name="twinges")
    said = "categories are compared by name only"
    assert said in compare("aches", "twinges", codelists=folder).as_text()
    assert said not in compare("aches@1.0.0", "aches", codelists=folder).as_text()


# ---------------------------------------------------------------- how it is shown

ODD = [
    Selector(System.READ_V2, "N05..", Match.DESCENDANTS, "pain", "<b>OA</b> & more", "=cmd"),
    Selector(System.READ_V2, "N06..", Match.EXACT, "pain", "+1 joint", ""),
    Selector(System.PRODUCT_NAME, "-gel", Match.EXACT, "pain", "", ""),
    Selector(System.READ_V2, "N07..", Match.EXACT, "pain", "x" * 30 + " y" * 200, ""),
]
EVEN = [
    ODD[0]._replace(category="stiff", term="OA"),
    Selector(System.READ_V2, "N061.", Match.EXACT, "pain", "Knee", "@home"),
]


@pytest.fixture
def comparison():
    return compare(made_list(*ODD), made_list(*EVEN))


def test_as_text():
    text = compare(made_list(*ODD[:2]), made_list(*EVEN)).as_text()
    assert (
        text
        == """\
left:  aches 1.0.0 (draft, 2 rows): Aches
right: aches 1.0.0 (draft, 2 rows): Aches

Prefixes are compared as written: without the terms of a terminology nobody can say which codes
stand below them. Where a code of one side stands below a prefix of the other, this is said beside
it.

Summary
system   left  right  only left  covered  only right  covered  both  match  category  term
read_v2     2      2          1        0           1        0     1      0         1     1
all         2      2          1        0           1        0     1      0         1     1
covered: the other side takes these codes into the same category (or excludes them too) by another
row. match, category, term: of both, the codes for which these differ.

Only left (1): written in aches 1.0.0 and not in aches 1.0.0
  read_v2
    N06..  exact  pain  +1 joint

Only right (1): written in aches 1.0.0 and not in aches 1.0.0
  read_v2
    N061.  exact  pain  Knee
                        note: @home

Category moved (1): the same code in another category
  read_v2
    N05..  descendants  pain → stiff  <b>OA</b> & more → OA"""
    )


def test_text_is_at_most_100_characters_wide(comparison):
    assert max(map(len, comparison.as_text(everything=True).splitlines())) <= 100
    assert "The same in both" not in comparison.as_text(everything=True)
    same = compare(made_list(ODD[0]), made_list(ODD[0]))
    assert "The same in both" in same.as_text(everything=True)
    assert "The same in both" not in repr(same)
    assert repr(same).endswith("The two have the same rows.")


def test_csv_holds_every_row_and_runs_nothing(comparison):
    rows = list(csv.DictReader(io.StringIO(comparison.as_csv())))
    assert len(rows) == len(comparison.rows) == 5
    assert {row["found"] for row in rows} == {"only left", "only right", "both"}
    assert not [
        cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r") and cell
    ]
    (moved,) = [row for row in rows if row["found"] == "both"]
    assert (moved["left_category"], moved["right_category"]) == ("pain", "stiff")
    assert (moved["left_note"], moved["differs"]) == ("'=cmd", "category; term")


def test_json_holds_the_same(comparison):
    said = json.loads(json.dumps(comparison.as_dict()))
    assert said["left"] == {"name": "aches 1.0.0", "title": "Aches", "status": "draft", "rows": 4}
    assert len(said["rows"]) == len(comparison.rows)
    assert said["summary"][-1]["system"] == "all"
    assert said["rows"][0]["right_term"] == "OA"


class Page(HTMLParser):
    """The tags of a page, its links, and what stands in its cells."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.ids, self.links, self.headers = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs[name] for name in ("href", "src") if name in attrs]
        self.headers += [attrs.get("scope")] if tag == "th" else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_whole_escaped_and_needs_nothing_else(comparison):
    text = comparison.as_html()
    page = Page(text)
    assert page.open == []
    assert "script" not in page.tags
    assert set(page.headers) == {"row", "col"}
    assert page.links
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert '<html lang="en-GB">' in text
    assert "<b>OA</b>" not in text
    assert "&lt;b&gt;OA&lt;/b&gt; &amp; more" in text
    assert "pain</del> → <ins>stiff" in text
    for row in comparison.rows:
        assert f">{row.code}</th>" in text


def test_a_notebook_shows_what_differs_only():
    one = made_list(*ODD, *EVEN[1:])
    html = compare(one, made_list(*EVEN))._repr_html_()
    assert Page(html).open == []
    assert "Category moved" in html
    assert "N061." not in html
