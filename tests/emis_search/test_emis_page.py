"""The how-to page on EMIS searches shows what its commands print, today.

`python tests/emis_search/test_emis_page.py` writes the page anew.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "bring-an-emis-search.md"


def filled(page, folder):
    """The page with the output of its commands, run in a folder with the file that it shows."""

    def block(match):
        language, body = match[1], match[2]
        if language == "xml":
            name, rest = re.match(r"<!-- (\S+) -->\n(.*)", body, re.DOTALL).groups()
            (folder / name).write_text(rest, encoding="utf-8")
            return match[0]
        commands = re.findall(r"^\$ (.*)", body, re.MULTILINE)
        shown, code = [], 0
        for command in commands:
            text, code = (f"{code}\n", 0) if command == "echo $?" else printed(command, folder)
            shown.append(f"$ {command}\n{text}")
        return f"```{language}\n{''.join(shown)}```"

    return re.sub(r"```(xml|console)\n(.*?)```", block, page, flags=re.DOTALL)


def printed(command, folder):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        command, shell=True, cwd=folder, env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return ended.stdout, ended.returncode


def test_the_page_shows_what_its_commands_print(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page, tmp_path) == page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), Path(made)), encoding="utf-8")
