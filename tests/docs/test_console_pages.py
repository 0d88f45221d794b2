"""Every page that shows commands shows what they print, today; links of all pages lead somewhere.

`python tests/console_pages.py docs/….md` writes a page anew.
"""

import re
from pathlib import Path

import pytest

from console_pages import filled

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
# held by a test of its own: it is made by docs/build_tiers.py
MADE = {DOCS / "explanation" / "whom-to-write-to-first.md"}
PAGES = sorted(DOCS.rglob("*.md"))
WITH_COMMANDS = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]


def name(page):
    return page.relative_to(DOCS).as_posix()


@pytest.mark.parametrize("page", [one for one in WITH_COMMANDS if one not in MADE], ids=name)
def test_the_page_shows_what_its_commands_print(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    assert filled(text, tmp_path) == text, f"run: python tests/console_pages.py docs/{name(page)}"


def test_there_are_such_pages():
    assert len(WITH_COMMANDS) > 4


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_no_path_of_a_machine_stands_in_it(page):
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(tmp|home|root|work|usr)/", text)
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in link:
            assert (page.parent / link).exists(), link


def test_every_example_of_a_mapping_stands_on_its_page():
    text = (DOCS / "how-to" / "read-another-export.md").read_text(encoding="utf-8")
    for example in (REPOSITORY / "examples" / "mappings").iterdir():
        assert example.read_text(encoding="utf-8") in text
