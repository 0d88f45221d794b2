"""The tutorial, run: each command of its page in order, in a folder of its own.

`python tests/story/story_page.py` writes what the commands print into the page.
"""

import re
import tempfile
from pathlib import Path

from console_pages import printed

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "tutorial.md"


def told(page, folder):
    """The page with what its commands print in that folder, and each command with its output."""
    (folder / "examples").symlink_to(REPOSITORY / "examples")
    ran = []

    def block(match):
        language, body = match[1], match[2]
        if named := re.match(r"# (\S+\.yaml)\n", body):
            (folder / named[1]).write_text(body, encoding="utf-8")
        if language != "shell-session":
            return match[0]
        outputs = [printed(one, folder) for one in re.findall(r"^\$ (.*)", body, re.MULTILINE)]
        ran.extend(outputs)
        return f"```{language}\n{''.join(outputs)}```"

    return re.sub(r"```([\w-]+)\n(.*?)```", block, page, flags=re.DOTALL), ran


def steady(text):
    """The text without what is drawn at random: hashes, tokens, ids, and the figures with them."""
    text = re.sub(r"\b[0-9a-f]{64}\b|\b[0-9A-Z]{4,5}(-[0-9A-Z]{4,5})+\b", "#", text)
    return re.sub(r"\d[\d,.]*", "#", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        made, _ = told(PAGE.read_text(encoding="utf-8"), Path(scratch))
        PAGE.write_text(made.replace(scratch + "/", ""), encoding="utf-8")
