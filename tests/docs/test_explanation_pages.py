"""The explanations say what the code, the codelist and the made-up practices say."""

import csv
import os
import re
import runpy
from pathlib import Path

import pytest

from instep_cohort.work.tiers import TIERS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "explanation").glob("*.md"))
EMPLOYMENT = ROOT.parent / "shared" / "reference" / "employment.csv"
SYSTEMS = ("read_v2", "ctv3", "snomed_ct")
REBUILD = "run: python docs/build_tiers.py"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(DOCS / "build_tiers.py"))


@pytest.fixture(scope="module")
def written():
    return (DOCS / "explanation" / "whom-to-write-to-first.md").read_text(encoding="utf-8")


def test_the_page_of_tiers_is_what_its_script_writes(script, written):
    """All of it but the figures of many practices, which would take too long to make here."""
    figures = written.split(script["FIGURES"])[1].strip()
    if os.environ.get("INSTEP_ALL_FIGURES"):
        figures = script["figures"](script["PATIENTS"], script["SEEDS"])
    assert written == script["page"](figures, script["demo_answers"]()), REBUILD


def test_the_figures_are_laid_out_and_sized_as_the_script_says(script, written):
    figures = written.split(script["FIGURES"])[1].strip()
    seeds = ", ".join(map(str, script["SEEDS"]))
    assert f"of {script['PATIENTS']:,} patients each, seeds {seeds}" in figures
    small = script["figures"](600, (1,))
    assert shape(small) == shape(figures), REBUILD


def shape(figures):
    """The lines of the tables without their numbers."""
    return [
        line.split("|")[1].strip() if line.startswith("|") else line
        for line in figures.splitlines()[1:]
    ]


def test_no_two_tables_of_tiers_disagree_about_who_is_in_work(written):
    """Recording changes what is known of people, never what they do."""
    everybody = re.findall(r"^\| everybody \|.*$", written, re.M)
    assert len(everybody) == 2
    assert len(set(everybody)) == 1
    for table in written.split("| everybody |")[:2]:
        tiers = re.findall(r"^\| tier [ABCX] \| ([\d,]+) \| ([\d,]+) ", table, re.M)[-4:]
        assert len(tiers) == 4
        total = [sum(int(row[n].replace(",", "")) for row in tiers) for n in (0, 1)]
        shown = [int(cell.replace(",", "")) for cell in everybody[0].split("|")[2:4]]
        assert total == shown


def test_the_rules_on_the_page_are_those_of_the_code(written):
    rules = dict(re.findall(r"^\| \*\*([A-Z])\*\* \| (.*?) \|", written, re.M))
    assert rules == TIERS
    assert list(rules) == ["X", "A", "B", "C"]  # the order in which they are tried


def test_the_page_says_that_its_people_are_made_up(written):
    warning = written.index("They are not the NHS")
    assert warning < written.index("tier A")


def code_rows():
    """Words, codes by system and category of each line of the table of codes."""
    text = (DOCS / "explanation" / "unemployment-codes.md").read_text(encoding="utf-8")
    [table] = re.findall(r"^\| words of the code .*?\n\n", text, re.M | re.S)
    for line in table.strip().splitlines()[2:]:
        words, *codes, category = (cell.strip() for cell in line.strip("|").split("|"))
        yield words, dict(zip(SYSTEMS, (code.strip("`") for code in codes), strict=True)), category


def test_each_code_on_the_page_has_the_category_of_the_codelist():
    newest = sorted((ROOT / "codelists" / "employment-status").glob("*.csv"))[-1]
    with newest.open(encoding="utf-8", newline="") as lines:
        meant = {(row["system"], row["code"]): row["category"] for row in csv.DictReader(lines)}
    rows = list(code_rows())
    assert len(rows) > 15
    for words, codes, category in rows:
        for system, code in codes.items():
            assert not code or meant[system, code] == category, words


@pytest.mark.skipif(
    not EMPLOYMENT.is_file(), reason="the reference dictionaries are not beside this repository"
)
def test_each_code_on_the_page_is_in_the_reference_table():
    with EMPLOYMENT.open(encoding="utf-8-sig", newline="") as lines:
        known = list(csv.DictReader(lines))
    for words, codes, _ in code_rows():
        [row] = [
            row
            for row in known
            if codes["read_v2"] == row["read_v2"]
            and codes["ctv3"] in row["ctv3"].split(" | ")
            and codes["snomed_ct"] == row["snomed"]
        ]
        terms = [re.sub(r" \(.*\)$", "", term) for term in row["term"].split(" / ")]
        assert words in terms


@pytest.mark.parametrize("page", [*PAGES, DOCS / "glossary.md"], ids=lambda page: page.stem)
def test_links_lead_to_files(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith("http"):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_the_glossary_leads_to_every_explanation_of_work():
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    for name in ("unemployment-codes", "whom-to-write-to-first"):
        assert f"(explanation/{name}.md)" in text
