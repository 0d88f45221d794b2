"""An explanation in a notebook: well formed, escaped, on its own, and folded where it passed."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest

from cohort.hand_made_runs import WHO, made, used
from instep_cohort.cohort.explain.words import measures_in

VOID = {"br"}


class Page(HTMLParser):
    """The elements of a page, with what is wrong in how they stand."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.tags, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        if self.open:
            self.wrong.append(f"never closed: {self.open}")

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"stray </{tag}>")

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("who", ["00ZQ02", "00ZQ04", "00ZQ16", "00ZQ22", "=ZQ05+1"])
def test_it_is_well_formed_and_on_its_own(cohort, who):
    page = Page(cohort.explain(who)._repr_html_())
    assert not page.wrong
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe"}
    assert not [attrs for _, attrs in page.tags if {"src", "href", "onclick"} & attrs.keys()]
    assert page.text.startswith("\n.instep-explanation")
    assert "PRACTICE-ONLY" in page.text


def test_it_says_what_the_text_says(cohort):
    explanation = cohort.explain("00ZQ22")
    page = Page(explanation._repr_html_())
    assert "LEFT OUT at palliative_care, step 8 of 11" in page.text
    for step in explanation.steps:
        assert step.name in page.text
        for measure in measures_in(step.logic):
            assert measure.compared in page.text
            assert measure.asks in page.text
    for step in explanation.failed:
        assert step.change.text in page.text
    for remark in explanation.remarks:
        assert remark in page.text
    for flag in explanation.flags:
        assert all(said in page.text for said in flag.says)


def test_what_failed_stands_open_and_the_rest_unfolds(cohort):
    page = Page(cohort.explain("00ZQ22")._repr_html_())
    items = [(tag, attrs) for tag, attrs in page.tags if tag in ("li", "details")]
    after = {
        one[1]["class"]: "open" in following[1]
        for one, following in pairwise(items)
        if one[1].get("class") in ("passed", "failed") and following[0] == "details"
    }
    assert after == {"passed": False, "failed": True}


def test_a_table_of_evidence_has_a_caption_and_headed_columns(cohort):
    page = Page(cohort.explain("00ZQ22")._repr_html_())
    tables = [tag for tag, _ in page.tags].count("table")
    assert tables == [tag for tag, _ in page.tags].count("caption") == 4
    heads = [attrs for tag, attrs in page.tags if tag == "th"]
    assert len(heads) == 6 * tables
    assert all(attrs == {"scope": "col"} for attrs in heads)


def test_nothing_of_a_record_becomes_an_element():
    evil = "<script>alert(1)</script>&amp;\"'"
    rows = [used("ache", "2026-05-10", term=evil, unit=evil, value=1.0)]
    rows.append(used("ache", "undated", term=evil, matched_by="product_name"))
    rules = "measures:\n  ache: {events: aches}\ninclude: {pain: ache}\n"
    candidate = {"reason": evil, "cautions": evil}
    explanation = made(rules, {"ache": 1, "pain": True}, rows, candidate=candidate).explain(WHO)
    page = Page(explanation._repr_html_())
    assert "script" not in {tag for tag, _ in page.tags}
    assert not page.wrong
    assert page.text.count(evil) >= 5
    assert "weaker match, by product_name" in page.text
    assert "undated" in page.text


def test_the_tree_of_logic_is_nested_as_the_study_nests_it():
    rules = """\
measures:
  a: {events: aches}
  b: {medicines: pills}
  other: {medicines: pills}
include:
  two: {at_least: {n: 2, of: [{any: [a, b]}, b, {not: a}]}}
  again: two
"""
    facts = {"a": 1, "two": False, "again": False, "dropped_at": "two"}
    explanation = made(rules, facts, [used("a", "2026-05-10")]).explain(WHO)
    page = Page(explanation._repr_html_())
    assert not page.wrong
    words = ["at least 2 of these 3: not met", "any of these: met", "a: met: 1 date; 1 needed"]
    words += ["b: not met: no date; 1 needed", "not: not met", "LEFT OUT HERE: one of these:"]
    words += ["the line two, told where it stands: not met", "two: one of these:"]
    words += ["Measures that no line leads to", "other: not met: no date; 1 needed"]
    assert [text for text in words if text not in page.text] == []
    depth = [explanation._repr_html_()[:place].count("<ul") for place in places(explanation)]
    assert depth == sorted(set(depth))


def places(explanation):
    """Where the nested parts of the tree begin."""
    text = explanation._repr_html_()
    return [text.index(words) for words in ("at least 2 of", "any of these", "<b>a</b>: met")]
