"""The how-to page on studies shows what its commands print, today.

`python tests/docs/test_write_a_study.py` writes the page anew.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-study.md"


def filled(page, folder):
    """The page with the output of its commands, run in a folder with the files that it shows."""

    def block(match):
        language, body = match[1], match[2]
        if language == "yaml":
            path = folder / re.match(r"# (\S+\.yaml)\n", body)[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(body, encoding="utf-8")
            return match[0]
        commands = re.findall(r"^\$ (.*(?:\n> .*)*)", body, re.MULTILINE)
        return f"```{language}\n{''.join(printed(one, folder) for one in commands)}```"

    return re.sub(r"```(yaml|console)\n(.*?)```", block, page, flags=re.DOTALL)


def printed(command, folder):
    """A command and what it prints; how it ended where that is not well."""
    if command == "echo $?":
        return ""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        command.replace("\n> ", "\n"), shell=True, cwd=folder, env=os.environ | {"PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    code = f"$ echo $?\n{ended.returncode}\n" if ended.returncode else ""
    return f"$ {command}\n{ended.stdout}{ended.stderr}{code}"


def test_the_page_is_up_to_date(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("```console") > 5
    assert filled(page, tmp_path) == page, f"run: python {Path(__file__).name}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), Path(scratch)), encoding="utf-8")
