"""From samples to the table of results: medians, ratios, targets."""

import importlib.metadata
import os
import platform
from collections import defaultdict
from statistics import median
from typing import NamedTuple

PACKAGES = ("instep-cohort", "duckdb", "narwhals", "polars", "pandas", "pyarrow", "pydantic")
SHOWN = {
    "SQL, ids only": "DuckDB SQL by hand, ids only",
    "SQL, with evidence": "DuckDB SQL by hand, with evidence",
    "Polars": "Polars by hand, ids only",
    "pandas": "a pandas script, ids only",
    "identify": "`instep-cohort identify`: the whole run folder",
    "bare copy": "DuckDB copies the CSVs into sorted Parquet",
    "ingest": "`instep-cohort ingest`",
    "ingest and identify": "both",
    "identify, 10,000 patients": "`identify`, 10,000 patients",
    "identify, 5 measures": "`identify`, a study of 5 measures",
    "identify, 40 measures": "`identify`, a study of 40 measures",
    "import": "`import instep_cohort`",
    "python": "Python alone",
}


class Samples:
    """What was measured: the costs of each version by round, and seconds by name."""

    def __init__(self):
        self.costs = defaultdict(list)
        self.seconds = defaultdict(list)

    def add(self, name, cost):
        """Notes what a version cost in this round."""
        self.costs[name].append(cost)

    def median(self, name, part):
        """The median of `wall`, `cpu` or `memory` of a version."""
        return median(getattr(cost, part) for cost in self.costs[name])

    def ratio(self, name, other, part):
        """The median over the rounds of one version by another, measured in the same round."""
        pairs = zip(self.costs[name], self.costs[other], strict=True)
        return median(getattr(one, part) / getattr(two, part) for one, two in pairs)

    def built(self, name, part):
        """The median of `compile` or `search`, in seconds."""
        return median(one[part] for one in self.seconds[name])


class Figure(NamedTuple):
    """A figure with its target; `by_cpu` is the same ratio in CPU time."""

    what: str
    measured: float
    target: float
    unit: str = "×"
    by_cpu: float | None = None

    @property
    def met(self):
        """Whether the figure is within its target."""
        return self.measured <= self.target


RATIOS = (
    ("identify ÷ SQL by hand, ids only", "identify", "SQL, ids only", 1.5),
    ("identify ÷ SQL by hand, with evidence", "identify", "SQL, with evidence", None),
    ("identify ÷ Polars by hand, ids only", "identify", "Polars", None),
    ("identify ÷ pandas", "identify", "pandas", 0.2),
    ("ingest ÷ bare copy", "ingest", "bare copy", 1.7),
    ("40 measures ÷ 5 measures", "identify, 40 measures", "identify, 5 measures", 2.0),
)


def targets(samples):
    """Every figure that the project has set itself, and a few to compare with."""
    found = [
        Figure(
            what,
            samples.ratio(one, other, "wall"),
            float("inf") if target is None else target,
            by_cpu=samples.ratio(one, other, "cpu"),
        )
        for what, one, other, target in RATIOS
    ]
    found.append(Figure("identify: peak memory", samples.median("identify", "memory"), 350, " MB"))
    small = "identify, 10,000 patients"
    if samples.costs[small]:
        found.append(Figure(small, samples.median(small, "wall"), 1.0, " s"))
    build = samples.built("build, 40 measures", "search")
    found.append(Figure("40 measures: built and searched, 500 patients", build, 0.7, " s"))
    compiled = samples.built("build, 40 measures", "compile")
    found.append(Figure("40 measures: read and compiled", compiled, 0.7, " s"))
    found.append(Figure("`import instep_cohort`", samples.median("import", "wall"), 0.3, " s"))
    return found


HEAD = """# Benchmark

Made by `python benchmarks/run.py --patients {size} --rounds {rounds}`.

A made-up practice of {size:,} patients, the study `instep`. Every version found the same \
{candidates:,} patients, and the hand-written SQL the same {evidence:,} rows of evidence. Whole \
processes that took turns, warm files; medians of the rounds, in brackets the least and the most.
"""
BETWEEN = """
A ratio is the median of the ratios within each round. CPU time is beside it, since other work on \
the machine disturbs it less.
"""


def as_markdown(samples, figures, *, size, candidates, evidence):
    """The results as a page."""
    rounds = len(samples.costs["identify"])
    lines = [
        HEAD.format(size=size, rounds=rounds, candidates=candidates, evidence=evidence),
        "| version | wall, s | CPU, s | peak memory, MB |",
        "|---|---:|---:|---:|",
        *(_row(samples, name) for name in SHOWN if samples.costs[name]),
        BETWEEN,
        "| figure | wall | CPU | target | |",
        "|---|---:|---:|---:|---|",
        *map(_target, figures),
        "",
        _machine(),
        "",
    ]
    return "\n".join(lines)


def _row(samples, name):
    walls = [cost.wall for cost in samples.costs[name]]
    wall = f"{median(walls):.2f} ({min(walls):.2f}–{max(walls):.2f})"
    cpu, memory = samples.median(name, "cpu"), samples.median(name, "memory")
    return f"| {SHOWN[name]} | {wall} | {cpu:.2f} | {memory:,.0f} |"


def _target(figure):
    number = f"{figure.measured:.0f}" if figure.unit == " MB" else f"{figure.measured:.2f}"
    cpu = "" if figure.by_cpu is None else f"{figure.by_cpu:.2f}×"
    target = "" if figure.target == float("inf") else f"≤ {figure.target:g}{figure.unit}"
    verdict = "" if not target else ("met" if figure.met else "**not met**")
    return f"| {figure.what} | {number}{figure.unit} | {cpu} | {target} | {verdict} |"


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return (
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB of memory, "
        f"{platform.system()}; Python {platform.python_version()}, {', '.join(versions)}."
    )
