"""`codelists import`, `export` and `formats`, as a user gives them."""

import json

import pytest

from instep_cohort.codelists import check
from instep_cohort.codelists.card import read_card
from instep_cohort.codelists.formats import FORMATS
from instep_cohort.codelists.formats.exchange import ExchangeFormat, SourceFile
from instep_cohort.codelists.formats.registry import detect


@pytest.fixture
def codelists(instep):
    """Runs `instep-cohort codelists …`; gives back how it ended, stdout, stderr."""
    return lambda *words: instep("codelists", *words)


def test_there_and_back(codelists, tmp_path):
    code, out, err = codelists(
        "export", "epilepsy", "--format", "fhir", "--out", tmp_path / "epilepsy.json"
    )
    assert code == 0
    assert "Written: " in err
    assert "is lost: " in out
    assert "changes the meaning" not in out
    code, out, err = codelists(
        "import", tmp_path / "epilepsy.json", "--id", "epilepsy-2", "--out", tmp_path / "lists"
    )
    assert code == 0
    assert "Read as fhir, since its resourceType is ValueSet." in err
    assert "256 rows in " in err
    assert sorted(one.name for one in (tmp_path / "lists" / "epilepsy-2").iterdir()) == [
        "codelist.yaml",
        "working.csv",
    ]


def test_losses_of_meaning_stand_first_and_are_counted(codelists, tmp_path):
    code, out, _ = codelists(
        "export", "opioids", "--format", "opencodelists", "--out", tmp_path / "opioids.csv"
    )
    assert code == 0
    first = out.splitlines()[0]
    assert first.startswith("changes the meaning: what is written takes in less than the list does")
    assert " … and " not in first
    assert "more, all with --json" in out
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f"opioids-{system}.csv" for system in ("bnf", "ctv3", "dmd", "read_v2")
    ]


def test_json_says_everything(codelists, tmp_path):
    code, out, _ = codelists(
        "export", "opioids", "--format", "plain", "--out", tmp_path / "a.csv", "--json"
    )
    assert code == 0
    told = json.loads(out)
    assert told["files"] == [str(tmp_path / "a.csv")]
    assert [one["rule"] for one in told["losses"]] == ["detail-lost"]
    (tmp_path / "b.csv").write_text("code,term\n2126000.0,x\n")
    code, out, _ = codelists(
        "import",
        *(tmp_path / "b.csv", "--id", "b", "--out", tmp_path / "lists"),
        *("--system", "snomed_ct", "--json"),
    )
    assert code == 3
    told = json.loads(out)
    assert told["rows"] == 1
    assert told["format"] == "opencodelists"
    assert [one["rule"] for one in told["findings"]] == ["code-spreadsheet-number"]


def test_several_files_make_one_list(codelists, tmp_path):
    (tmp_path / "a.csv").write_text("code,term\n82423001,Chronic pain\n")
    (tmp_path / "b.csv").write_text("code,term\nXaX1E,Chronic pain\n")
    code, out, _ = codelists(
        "import",
        *(tmp_path / "a.csv", tmp_path / "b.csv", "--id", "pain", "--out", tmp_path / "lists"),
        *("--system", "snomed_ct", "--system", "ctv3", "--category", "pain"),
    )
    assert (code, out) == (0, "")
    assert (tmp_path / "lists" / "pain" / "working.csv").read_text() == (
        "system,code,match,category,term,note\n"
        "ctv3,XaX1E,exact,pain,Chronic pain,\n"
        "snomed_ct,82423001,exact,pain,Chronic pain,\n"
    )


def test_what_only_the_author_knows_is_asked_for_by_check(codelists, tmp_path):
    (tmp_path / "a.csv").write_text("code,term\n82423001,Chronic pain\n")
    codelists(
        *("import", tmp_path / "a.csv", "--id", "pain", "--out", tmp_path / "lists"),
        *("--system", "snomed_ct", "--category", "pain", "--on", "2026-11-20"),
    )
    home = tmp_path / "lists" / "pain"
    from datetime import date

    asked = {
        one.where
        for one in check(home, on=date(2026, 11, 24))
        if one.file == "pain/codelist.yaml" and one.code == "yaml-value"
    }
    assert asked == {
        *("title", "purpose", "categories.pain", "not_covered", "review_by"),
        "sources[0].licence",
    }
    text = (home / "codelist.yaml").read_text(encoding="utf-8")
    filled = (
        text.replace("title: ''", "title: Pain")
        .replace("purpose: ''", "purpose: People in pain.")
        .replace("not_covered: ''", "not_covered: [moods]")
        .replace("review_by: ''", "review_by: 2027-11-24")
        .replace("licence: ''", "licence: OGL")
        .replace("pain: ''", "pain: pain of any kind")
    )
    read = read_card(filled.encode(), "pain")
    assert read.findings == []
    assert read.card
    assert "given on 2026-11-20" in read.card.sources[0].where


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["import", "no-such.csv", "--id", "a", "--out", "x"], 2, "there is no file"),
        (["export", "opiods", "--format", "fhir", "--out", "x"], 3, "did you mean opioids?"),
        (["export", "opioids", "--format", "docx", "--out", "x"], 2, "there is no format 'docx'"),
        (["import", "a", "--id", "a", "--out", "x", "--column", "code"], 2, "COLUMN=HEADER"),
    ],
)
def test_wrong_use_is_said(codelists, words, code, said):
    ended, _, err = codelists(*words)
    assert ended == code
    assert said in err


def test_the_formats_are_listed(codelists):
    code, out, _ = codelists("formats")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines() if not line.startswith(" ")] == list(
        FORMATS
    )
    _, out, _ = codelists("formats", "--json")
    assert [one["name"] for one in json.loads(out)] == list(FORMATS)


def test_a_format_that_is_only_read_is_never_written(codelists, tmp_path, monkeypatch):
    reading = ExchangeFormat("x", "X", "x", "x", lambda source: "it has an x")
    monkeypatch.setattr(
        "instep_cohort.codelists.formats.registry.FORMATS", {**FORMATS, "x": reading}
    )
    code, _, err = codelists("export", "opioids", "--format", "x", "--out", tmp_path / "a")
    assert (code, "can be read and not written" in err) == (2, True)
    # one that can only be written is never what a file is taken for
    assert detect(SourceFile("a.csv", b"code,term\n")).format.name == "opencodelists"
