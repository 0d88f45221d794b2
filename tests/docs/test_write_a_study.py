"""The how-to page on studies shows what its commands print, today.

`python tests/console_pages.py docs/how-to/write-a-study.md` writes the page anew.
"""

from pathlib import Path

from console_pages import filled

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-study.md"


def test_the_page_is_up_to_date(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("```console") > 5
    again = "run: python tests/console_pages.py docs/how-to/write-a-study.md"
    assert filled(page, tmp_path) == page, again
