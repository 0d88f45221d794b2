"""The how-to page on other exports shows its mappings, and what its commands print, today.

`python tests/docs/test_read_another_export.py` writes the page anew.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "how-to" / "read-another-export.md"
MAPPINGS = REPOSITORY / "examples" / "mappings"


def filled(page, folder):
    """The page with the mappings of the examples, and the output of its commands."""

    def block(match):
        language, body = match[1], match[2]
        if language == "text":
            name, rest = re.match(r"<!-- (.+) -->\n(.*)", body, re.DOTALL).groups()
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(rest, encoding="utf-8")
            return match[0]
        if language == "yaml":
            named = re.match(r"# (\S+)\n(.*)", body, re.DOTALL)
            if named is None:
                return match[0]
            example = MAPPINGS / named[1]
            text = example.read_text(encoding="utf-8") if example.is_file() else named[2]
            (folder / named[1]).write_text(f"# {named[1]}\n{text}", encoding="utf-8")
            return f"```yaml\n# {named[1]}\n{text}```"
        shown, code = [], 0
        for command in re.findall(r"^\$ (.*)", body, re.MULTILINE):
            text, code = (f"{code}\n", 0) if command == "echo $?" else printed(command, folder)
            shown.append(f"$ {command}\n{text}")
        return f"```console\n{''.join(shown)}```"

    return re.sub(r"```(text|yaml|console)\n(.*?)```", block, page, flags=re.DOTALL)


def printed(command, folder):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        command, shell=True, cwd=folder, env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in ended.stdout.split("\n")), ended.returncode


def test_the_page_shows_what_its_commands_print(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page, tmp_path) == page


def test_every_example_stands_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    for example in MAPPINGS.iterdir():
        assert example.read_text(encoding="utf-8") in page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), Path(made)), encoding="utf-8")
