"""The library: what is there, in which version, and what it says when something is not."""

import sys
import types
from datetime import date

import pytest
from made_lists import CARD, ROWS, write_list

from instep_cohort.codelists import Library, Match, Release, Selector, Source
from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.terminology import System

HISTORY = """\
history:
  - version: 1.10.0
    date: 2026-11-24
    status: reviewed
    changes: third
    reviewer: A. Clinician
    reviewed_on: 2026-11-20
  - {version: 1.9.0, date: 2026-11-24, status: draft, changes: second}
"""


@pytest.fixture
def library(tmp_path):
    write_list(tmp_path, name="stiffness")
    card = CARD.replace("history:\n", HISTORY)
    for version in ("1.0.0", "1.9.0", "1.10.0"):
        write_list(tmp_path, card=card, version=version)
    (tmp_path / "README.md").write_text("lists")
    return Library(tmp_path)


def test_what_is_there(library):
    assert library.ids() == ["aches", "stiffness"]
    assert library.versions("aches") == ["1.0.0", "1.9.0", "1.10.0"]
    assert library.latest("aches").version == "1.10.0"
    assert repr(library) == "<Library of 2 codelists: aches, stiffness>"


def test_a_list_is_what_its_files_say(library, tmp_path):
    one = library.get("aches", "1.10.0")
    assert (one.id, one.title, one.kind) == ("aches", "Aches", "clinical")
    assert one.categories == {"pain": "where it hurts", "stiff": "where it is stiff"}
    assert one.purpose == "People who ache."
    assert one.method == "Read line by line.\n"
    assert one.sources == (Source("read", "Read v2", "the reference", "none needed"),)
    assert one.not_covered == ("moods",)
    assert one.notes == ()
    assert one.review_by == date(2027, 11, 24)
    day = date(2026, 11, 24)
    assert one.history == (
        Release("1.10.0", day, "reviewed", "third", "A. Clinician", date(2026, 11, 20)),
        Release("1.9.0", day, "draft", "second"),
        Release("1.0.0", day, "draft", "first"),
    )
    assert one.selectors == (
        Selector(System.READ_V2, "N05..", Match.DESCENDANTS, "pain", "Osteoarthritis", "", 2),
        Selector(
            System.READ_V2,
            "N051.",
            Match.EXACT,
            "stiff",
            "Localised primary osteoarthritis",
            "",
            3,
        ),
        Selector(System.READ_V2, "N05zL", Match.EXCLUDE, None, "Osteoarthritis NOS of knee", "", 4),
    )
    assert one.file == tmp_path / "aches" / "1.10.0.csv"
    assert one.systems == (System.READ_V2,)
    assert not one.is_draft
    assert library.get("aches", "1.9.0").is_draft
    assert library.get("aches", "1.10.0") is one


def test_names_that_are_not_there(library):
    for call, where, said, repair in (
        (lambda: library.get("akes", "1.0.0"), "codelists.akes", "no codelist 'akes'", "aches?"),
        (lambda: library.versions("zzz"), "codelists.zzz", "no codelist", "one of aches, stiff"),
        (lambda: library.latest("../aches"), "codelists.../aches", "no codelist", "aches?"),
        (
            lambda: library.get("aches", "2.0.0"),
            "codelists.aches",
            "aches has no version '2.0.0'",
            "released: 1.0.0, 1.9.0, 1.10.0",
        ),
    ):
        with pytest.raises(DefinitionError, match=said) as refused:
            call()
        [fault] = refused.value.faults
        assert fault.where == where
        assert repair in fault.repair


def test_a_list_without_a_version(tmp_path):
    (write_list(tmp_path) / "1.0.0.csv").unlink()
    with pytest.raises(
        DefinitionError, match=r"aches has no released version .*codelists release aches"
    ):
        Library(tmp_path).latest("aches")


def test_an_empty_library(tmp_path):
    with pytest.raises(DefinitionError, match="there are none in"):
        Library(tmp_path).versions("aches")
    with pytest.raises(UsageError, match="no folder of codelists"):
        Library(tmp_path / "nowhere")


def test_the_shipped_lists_are_those_without_a_folder(tmp_path, monkeypatch):
    write_list(tmp_path)
    shipped = types.ModuleType("instep_cohort.shipped_files")
    shipped.shipped = {"codelists": tmp_path}.__getitem__
    monkeypatch.setitem(sys.modules, "instep_cohort.shipped_files", shipped)
    assert Library().ids() == ["aches"]


def test_every_fault_of_both_files_comes_at_once(tmp_path):
    write_list(
        tmp_path,
        card=CARD.replace("kind: clinical", "kind: clinicl").replace("title: Aches\n", ""),
        rows="read_v2,N05,exact,pain,x,\nread_v2,N06..,exactly,pain,x,\n",
    )
    with pytest.raises(DefinitionError) as refused:
        Library(tmp_path).get("aches", "1.0.0")
    assert refused.value.exit_code == 3
    assert [(fault.file, fault.line, fault.where) for fault in refused.value.faults] == [
        ("aches/codelist.yaml", 1, "title"),
        ("aches/codelist.yaml", 3, "kind"),
        ("aches/1.0.0.csv", 2, "code"),
        ("aches/1.0.0.csv", 3, "match"),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "no rows"),
        ("read_v2,N05zL,exclude,,x,\n", "takes nothing in"),
        ("snomed_ct,82423002,exact,pain,x,\n", "wrong check digit"),
        ("read_v2,N05..,exact,pain,x,\nread_v2,N06..,exact,pain\n", "4 cells"),
    ],
)
def test_a_list_that_no_study_may_use(tmp_path, rows, said):
    write_list(tmp_path, rows=rows)
    with pytest.raises(DefinitionError, match=said):
        Library(tmp_path).get("aches", "1.0.0")


def test_a_version_that_the_history_does_not_name(tmp_path):
    write_list(tmp_path, version="1.1.0")
    with pytest.raises(DefinitionError, match=r"no version 1\.1\.0"):
        Library(tmp_path).get("aches", "1.1.0")


def test_what_is_only_odd_is_read(tmp_path):
    home = write_list(tmp_path, rows=f"{ROWS}snomed_ct,82423001,descendants,pain,,\n")
    text = (home / "1.0.0.csv").read_bytes().replace(b"\n", b"\r\n")
    (home / "1.0.0.csv").write_bytes(b"\xef\xbb\xbf" + text)
    codes = [s.code for s in Library(tmp_path).get("aches", "1.0.0").selectors]
    assert codes == ["N05..", "N051.", "N05zL", "82423001"]


def test_a_list_shows_itself(library):
    one = library.get("aches", "1.10.0")
    assert repr(one) == (
        "aches 1.10.0 (reviewed): Aches\n"
        "system   match        category  selectors\n"
        "read_v2  descendants  pain              1\n"
        "read_v2  exact        stiff             1\n"
        "read_v2  exclude                        1"
    )
    html = one._repr_html_()
    assert html.startswith("<table><caption>aches 1.10.0 (reviewed): Aches</caption>")
    assert html.count("<tr>") == 4


def test_what_a_notebook_shows_is_escaped(tmp_path):
    write_list(tmp_path, card=CARD.replace("title: Aches", "title: <b>Aches</b> & more"))
    html = Library(tmp_path).get("aches", "1.0.0")._repr_html_()
    assert "&lt;b&gt;Aches&lt;/b&gt; &amp; more" in html
