"""Pages that show what their commands print: the commands are run, in the order of the page.

A block whose first line is a comment with a path (``# study.yaml``, ``<!-- report.csv -->``) is
written to that file; in a block ``console`` each line ``$ command``, with its further lines ``> …``, is run, and what it prints
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
        if language == "console":
            commands = re.findall(r"^\$ (.*(?:\n> .*)*)", body, re.MULTILINE)
            return f"```console\n{''.join(printed(one, folder) for one in commands)}```"
        if named := re.match(r"# ([\w/.-]+\.ya?ml)\n|<!-- (.+) -->\n", body):
            path = folder / (named[1] or named[2])
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(body if named[1] else body[named.end() :], encoding="utf-8")
        return match[0]

    return re.sub(r"```(\w+)\n(.*?)```", block, page, flags=re.DOTALL)


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
    said = "\n".join(line.rstrip() for line in (ended.stdout + ended.stderr).split("\n"))
    return f"$ {command}\n{said}{code}"


if __name__ == "__main__":
    for name in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as scratch:
            made = filled(name.read_text(encoding="utf-8"), Path(scratch))
            name.write_text(made, encoding="utf-8")
