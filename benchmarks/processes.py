"""What a whole process costs: its wall time, its CPU time and its peak memory."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
# an installed package has its bytecode beside it; one that may not write any compiles at each start
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


class Cost(NamedTuple):
    """Seconds of wall time, seconds of CPU (user and system), megabytes at the peak."""

    wall: float
    cpu: float
    memory: float

    def __add__(self, other):
        """The cost of one after the other."""
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.memory, other.memory))


def script(name, *arguments):
    """The command that runs a script of this folder."""
    return [sys.executable, str(HERE / name), *map(str, arguments)]


def command_line(*arguments):
    """The command that runs `instep-cohort`, whether or not its script is on the path."""
    return [sys.executable, "-m", "instep_cohort", *map(str, arguments)]


def run(command):
    """The cost of a process; this one must stay small, since its memory counts in the child's.

    Raises:
        RuntimeError: the process fails; the end of what it said is in the message.
    """
    os.sync()  # what the last process wrote must not be paid for by this one
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        end = said.decode(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{end}")
    per_megabyte = 1_000_000 if sys.platform == "darwin" else 1_000
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / per_megabyte)
