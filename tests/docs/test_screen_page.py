"""The page on screening: its commands and options are there, its codes and links too."""

import re
from pathlib import Path

import typer.main

from instep_cohort.cli.app import app

PAGES = Path(__file__).parents[2] / "docs"
PAGE = PAGES / "how-to" / "screen-the-list.md"
TEXT = PAGE.read_text(encoding="utf-8")


def commands():
    """Each command line of the page, its continued lines put together."""
    joined = re.sub(r"\\\n\s*", "", TEXT)
    return re.findall(r"^\$ instep-cohort (.+)$", joined, re.MULTILINE)


def test_every_command_and_option_of_the_page_exists():
    assert len(commands()) == 6
    for line in commands():
        group, name = line.split()[:2]
        found = typer.main.get_command(app).commands[group].commands[name]
        known = {option for one in found.params for option in one.opts}
        assert set(re.findall(r"(--[a-z-]+)", line)) <= known, line
    spoken_of = set(re.findall(r"`(--[a-z-]+)", TEXT))
    screen = typer.main.get_command(app).commands["screen"].commands
    of_screen = {o for one in screen.values() for param in one.params for o in param.opts}
    assert spoken_of <= of_screen


def test_links_lead_somewhere():
    for page in (PAGE, PAGES / "decisions" / "the-screening-list.md"):
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), link
