"""How quickly a practice is made up, in the files of every system.

    python benchmarks/synthesising.py --patients 20000 --rounds 3

Each is a whole process of the command line, start included. Rows are events and issues. The target
is 150,000 rows a second of processor time: other work on the machine disturbs that less.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from processes import command_line, run

TARGET = 150_000


def main():
    """Prints a table, a line for each format and level of mess."""
    asked = arguments()
    print("| format | mess | rows | wall, s | CPU, s | rows/s of wall | rows/s of CPU | MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in asked.formats or formats():
        for mess in (0, 3):
            measure(name, mess, asked)


def measure(name, mess, asked):
    """One line: the median of the rounds."""
    costs = []
    with tempfile.TemporaryDirectory(dir=asked.scratch) as scratch:
        out = Path(scratch) / "practice"
        for _ in range(asked.rounds):
            shutil.rmtree(out, ignore_errors=True)
            order = ("--profile", name, "--patients", asked.patients, "--mess", mess)
            costs.append(run(command_line("synthesise", *order, "--out", out)))
        rows = count(out)
    wall, cpu, memory = (statistics.median(column) for column in zip(*costs, strict=True))
    met = "" if rows / cpu >= TARGET else " **not met**"
    print(
        f"| {name} | {mess} | {rows:,} | {wall:.2f} | {cpu:.2f} | {rows / wall:,.0f} "
        f"| {rows / cpu:,.0f}{met} | {memory:,.0f} |",
        flush=True,
    )


def count(out):
    """Events and issues, by the averages that were asked for."""
    order = json.loads((out / "made-up.json").read_text(encoding="utf-8"))
    each = order["events_per_patient"] + order["issues_per_patient"]
    return round(order["patients"] * each)


def formats():
    """The names of all formats, read in a process of its own so that this one stays small."""
    code = "from instep_cohort.synthetic.formats import FORMATS; print(*FORMATS)"
    command = [command_line()[0], "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("formats", nargs="*", help="all of them if none is named")
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=Path, help="a folder on the disk to be measured")
    return parser.parse_args()


if __name__ == "__main__":
    main()
