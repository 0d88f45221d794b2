"""`codelists coverage` and `codelists search`, as a user runs them."""

import csv
import json
import sys

import pytest

from codelists.made_lists import CARD, write_list
from instep_cohort.cli.app import main


@pytest.fixture
def instep(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["instep-cohort", "codelists", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def lists(tmp_path):
    folder = tmp_path / "lists"
    rows = (
        "read_v2,N05..,exact,pain,Osteoarthritis,\n"
        "read_v2,N143.,exact,stiff,Sciatica,\n"
        "read_v2,N05zM,exclude,,Osteoarthritis NOS of ankle,\n"
    )
    write_list(folder, card=CARD, rows=rows)
    return folder


def test_coverage_as_text(instep, lists, store):
    code, out, err = instep("coverage", "aches", store.path, "--codelists", lists)
    assert (code, err) == (0, "")
    assert "aches 1.0.0 (draft) in the standard extract of 2026-11-01" in out
    assert "RELEASABLE-COUNTS" in out
    assert "What the list may lack" in out
    assert "N05zL" in out


WOULD, ANYWAY = "without those the list would take them in (1)", "not take them in anyway (1)"


@pytest.mark.parametrize(
    ("match", "says", "not_says"), [("exact", ANYWAY, WOULD), ("descendants", WOULD, ANYWAY)]
)
def test_exclusions_that_matter_are_told_from_the_others(
    instep, tmp_path, store, match, says, not_says
):
    rows = f"read_v2,N05..,{match},pain,Osteoarthritis,\nread_v2,N05zM,exclude,,Of ankle,\n"
    write_list(tmp_path / "two", card=CARD, rows=rows)
    code, out, _ = instep("coverage", "aches", store.path, "--codelists", tmp_path / "two")
    assert code == 0
    assert says in out
    assert not_says not in out


@pytest.mark.parametrize("version", ["aches", "aches@1.0.0"])
def test_coverage_as_json(instep, lists, store, version):
    code, out, _ = instep("coverage", version, store.path, "--codelists", lists, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["class"] == "RELEASABLE-COUNTS"
    assert {one["code"]: one["patients"] for one in found["taken_in"]} == {
        "N05..": 12,
        "N143.": "<5",
    }
    assert [one["code"] for one in found["excluded"]] == ["N05zM"]


def test_coverage_into_files(instep, lists, store, tmp_path):
    given = ("coverage", "aches", store.path, "--codelists", lists, "--out")
    page = tmp_path / "page.RELEASABLE-COUNTS.html"
    table = tmp_path / "table.PRACTICE-ONLY.csv"
    assert instep(*given, tmp_path / "page.html")[0] == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert "<script" not in page.read_text("utf-8")
    assert instep(*given, tmp_path / "table.csv", "--inside-practice")[0] == 0
    parts = {row["part"] for row in csv.DictReader(table.read_text("utf-8").splitlines())}
    assert {"taken_in", "excluded", "year", "may_lack"} <= parts
    kept = page.read_bytes()
    code, _, err = instep(*given, tmp_path / "page.html")
    assert code == 2
    assert "is there already" in err
    assert page.read_bytes() == kept
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "lists",
        *(page.name, f"{page.name}.json", table.name, f"{table.name}.json"),
    ]


def test_search_and_its_rows(instep, store, tmp_path):
    rows = tmp_path / "rows.csv"
    code, out, _ = instep(
        "search", "osteoarthritis", store.path, "--without", "knee", "--csv", rows
    )
    assert code == 0
    assert "Osteoarthritis NOS, of ankle" in out
    assert "knee" not in rows.read_text("utf-8").split("\n", 1)[1]
    assert rows.read_text("utf-8").startswith("system,code,match,category,term,note\n")
    assert instep("search", "osteoarthritis", store.path, "--csv", rows)[0] == 2
    code, out, _ = instep("search", "osteoarthritis", store.path, "--json")
    assert json.loads(out)["words"] == "osteoarthritis"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("coverage", "aches", "nowhere"), 5, "not a store"),
        (("coverage", "ache", "STORE"), 3, "did you mean aches?"),
        (("coverage", "aches@2.0.0", "STORE"), 3, "has no version"),
        (("coverage", "aches", "STORE", "--json", "--format", "csv"), 2, "exclude one another"),
        (("coverage", "aches", "STORE", "--most", "-1"), 2, "most"),
    ],
)
def test_refusals_of_coverage(instep, lists, store, words, code, message):
    given = [store.path if word == "STORE" else word for word in words]
    ended, out, err = instep(*given, "--codelists", lists)
    assert (ended, out) == (code, "")
    assert message in err


def test_a_damaged_store(instep, lists, store, tmp_path):
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(store.path, broken)
    whole = (broken / "events.parquet").read_bytes()
    (broken / "events.parquet").write_bytes(b"PAR1" + b"\0" * (len(whole) - 8) + b"PAR1")
    code, out, err = instep("coverage", "aches", broken, "--codelists", lists)
    assert (code, out) == (5, "")
    assert "damaged" in err
