"""The reference of the study language says what its tables say, today."""

import runpy
from pathlib import Path

import pytest

from spec.broken import GOOD, SLIPS, told

DOCS = Path(__file__).parents[2] / "docs"
PAGES = runpy.run_path(str(DOCS / "build_reference.py"))["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name):
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == PAGES[name], "run: python docs/build_reference.py"


def test_the_good_study_is_right_and_at_least_twenty_others_are_not():
    assert told(GOOD) == ""
    assert len(SLIPS) >= 20
    assert len({slip.title for slip in SLIPS}) == len(SLIPS)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    import re

    headings = {
        page: {
            "#" + head.lower().removeprefix("§") for head in re.findall(r"^### (.+)$", text, re.M)
        }
        for page, text in PAGES.items()
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[name]):
        page, hash_sign, anchor = target.partition("#")
        assert not page or (DOCS / "reference" / page).exists(), target
        if hash_sign:
            assert f"#{anchor}" in headings[page or name], target
