"""The page on codelists: every command and function has its place, and links lead to headings."""

import re
from pathlib import Path

import instep_cohort.codelists
import instep_cohort.codelists.formats
import instep_cohort.discovery
from instep_cohort.cli import codelists

PAGE = Path(__file__).parents[2] / "docs" / "codelists.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_no_command_is_forgotten():
    names = {command.name for command in codelists.app.registered_commands}
    named = set(re.findall(r"codelists ([a-z-]+)|`([a-z-]+)", TEXT))
    assert names <= {one for pair in named for one in pair}


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
