"""One cohort, found in seven ways as whole processes that take turns, and what each costs.

    python benchmarks/run.py --patients 200000 --rounds 5

The study is the shipped `instep`, searched on 2026-11-01 in a made-up practice. Every version must
find the same patients, and the hand-written SQL the same evidence, or the script ends with an
error. The figures go to results.md beside this script, and to the terminal.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from figures import Samples, as_markdown, targets
from processes import HERE, command_line, run, script
from same import check_patients, patients

ON = "2026-11-01"
SMALL_PRACTICE = 10_000
TINY_PRACTICE = 500
SEED = 1

MAKE = """
import sys
from pathlib import Path
from instep_cohort import make_practice
make_practice(Path(sys.argv[1]), patients=int(sys.argv[2]), seed=int(sys.argv[3]))
"""


class Practice:
    """A made-up practice: its extract, its store, and a folder for what each version finds."""

    def __init__(self, data, size):
        self.size = size
        self.folder = data / f"{size}-patients-seed-{SEED}"
        self.extract = self.folder / "extract"
        self.store = self.folder / "store"
        self.plain = self.folder / "plain"
        self.opt_outs = self.extract / "opt-outs.csv"
        if not (self.extract / "truth.csv").is_file():
            tell(f"making up a practice of {size:,} patients")
            run([sys.executable, "-c", MAKE, str(self.extract), str(size), str(SEED)])

    def out(self, name):
        """An empty folder for what one version writes: nothing of an earlier round counts."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        return folder

    def ingest(self):
        """The command that reads the extract into the store."""
        options = ("--profile", "standard", "--extract-date", ON, "--out", self.store)
        return command_line("ingest", self.extract, *options)

    def identify(self, study="instep", name="run"):
        """The command that searches the store and writes the whole run folder."""
        listed = ("--opt-outs", self.opt_outs, "--opt-outs-on", ON)
        out = ("--out", self.folder / name)
        return command_line("identify", study, self.store, "--on", ON, *listed, *out)


def tell(text):
    print(f"… {text}", file=sys.stderr, flush=True)


def whole_versions(practice):
    """The commands that take turns, by name."""
    plain = practice.plain
    return {
        "ingest": practice.ingest(),
        "bare copy": script("bare_copy.py", practice.extract, practice.out("bare-copy")),
        "identify": practice.identify(),
        "SQL, ids only": script("by_hand_sql.py", plain, practice.out("sql")),
        "SQL, with evidence": script(
            "by_hand_sql.py", plain, practice.out("sql-evidence"), "--evidence"
        ),
        "Polars": script("by_hand_polars.py", plain, practice.out("polars")),
        "pandas": script("by_hand_pandas.py", plain, practice.out("pandas")),
    }


def prepare(practice):
    """Ingests once and lays out the plain tables, so that every version starts with warm files."""
    tell("ingesting once, and writing the plain tables")
    run(practice.ingest())
    run(practice.identify())
    run(script("plain.py", practice.extract, practice.folder / "run", practice.plain))


def check(practice):
    """The numbers of patients and of evidence rows that every version found.

    Raises:
        SystemExit: two versions differ.
    """
    found = {"identify": patients(practice.folder / "run" / "candidates.csv")}
    for name in ("sql", "sql-evidence", "polars", "pandas"):
        found[name] = patients(practice.folder / name / "ids.csv")
    check_patients(found)
    tables = (practice.folder / "sql-evidence", practice.folder / "run")
    compared = script("same.py", *(folder / "evidence.parquet" for folder in tables))
    rows = subprocess.run(compared, check=True, capture_output=True, text=True).stdout
    return len(found["identify"]), int(rows)


def whole_study(practice, rounds, samples):
    """Measures every version of the study, one after the other, again and again."""
    prepare(practice)
    for number in range(1, rounds + 1):
        tell(f"round {number} of {rounds}")
        versions = whole_versions(practice)
        costs = {name: run(command) for name, command in versions.items()}
        for name, cost in costs.items():
            samples.add(name, cost)
        samples.add("ingest and identify", costs["ingest"] + costs["identify"])
        counted = check(practice)
    return counted


def _ingested(practice, data, size):
    """A smaller practice with its store, or the same one; None where it would be larger."""
    if size >= practice.size:
        return practice if size == practice.size else None
    smaller = Practice(data, size)
    run(smaller.ingest())
    return smaller


def small_things(practice, data, rounds, samples):
    """Measures start-up, a small practice, and studies of few and of many measures."""
    tiny, small = (_ingested(practice, data, size) for size in (TINY_PRACTICE, SMALL_PRACTICE))
    studies = data / "studies"
    run(script("measures.py", "write", studies))
    for number in range(1, rounds + 1):
        tell(f"the small things, round {number} of {rounds}")
        samples.add("python", run([sys.executable, "-c", "pass"]))
        samples.add("import", run([sys.executable, "-c", "import instep_cohort"]))
        if small:
            samples.add("identify, 10,000 patients", run(small.identify(name="run-small")))
        for size in (5, 40):
            study = studies / f"measures-{size}.yaml"
            name = f"identify, {size} measures"
            samples.add(name, run(practice.identify(study, f"run-{size}-measures")))
            built = script("measures.py", "build", study, tiny.store, tiny.opt_outs)
            seconds = subprocess.run(built, check=True, capture_output=True, text=True).stdout
            samples.seconds[f"build, {size} measures"].append(json.loads(seconds))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--patients", type=int, default=200_000, help="500 or more")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--data", type=Path, default=HERE / ".data", help="kept between runs")
    arguments.add_argument("--results", type=Path, default=HERE / "results.md")
    given = arguments.parse_args()
    data = given.data.absolute()
    practice = Practice(data, given.patients)
    samples = Samples()
    candidates, evidence = whole_study(practice, given.rounds, samples)
    small_things(practice, data, given.rounds, samples)
    text = as_markdown(
        samples, targets(samples), size=practice.size, candidates=candidates, evidence=evidence
    )
    given.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
