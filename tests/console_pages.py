"""Pages that show what their commands print: the commands are run, in the order of the page.

A block ``yaml`` whose first line is a comment with a path is written to that file; in a block
``console`` each line ``$ command``, with its further lines ``> …``, is run, and what it prints
stands below it.

`python tests/console_pages.py docs/codelists.md …` writes pages anew.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


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


if __name__ == "__main__":
    for name in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as scratch:
            made = filled(name.read_text(encoding="utf-8"), Path(scratch))
            name.write_text(made, encoding="utf-8")
