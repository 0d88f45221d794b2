"""The page on codelists shows what its commands print, today, and every command has its place.

`python tests/console_pages.py docs/codelists.md` writes the page anew.
"""

import re
from pathlib import Path

import instep_cohort.codelists
import instep_cohort.codelists.formats
import instep_cohort.discovery
from console_pages import filled
from instep_cohort.cli import codelists

PAGE = Path(__file__).parents[2] / "docs" / "codelists.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_up_to_date(tmp_path):
    assert TEXT.count("```console") > 10
    assert filled(TEXT, tmp_path) == TEXT, "run: python tests/console_pages.py docs/codelists.md"


def test_no_command_is_forgotten():
    names = {command.name for command in codelists.app.registered_commands}
    named = set(re.findall(r"codelists ([a-z-]+)|`([a-z-]+)", TEXT))
    assert names <= {one for pair in named for one in pair}


def test_no_path_of_this_machine_stands_in_it():
    assert not re.search(r"(?<![\w.])/(tmp|home|root|work|usr)/", TEXT)


def test_links_lead_to_files_and_headings():
    headings = {
        "#" + re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        if link.startswith("#"):
            assert link in headings, link
        elif "://" not in link:
            assert (PAGE.parent / link).exists(), link


def test_the_functions_it_names_are_there():
    [section] = re.findall(r"## In Python\n(.*)", TEXT, re.DOTALL)
    rooms = (
        instep_cohort.codelists,
        instep_cohort.codelists.formats,
        instep_cohort.discovery,
    )
    names = re.findall(r"`(\w+)`", section)
    assert len(names) > 8
    for name in names:
        assert any(hasattr(room, name) for room in rooms), name
