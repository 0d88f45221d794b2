"""Breaks clauses of the study language on purpose, one at a time: the tests must notice each.

`make mutants` copies the source, breaks one line, runs the generated comparison with the reference
and the tables of worked cases against the copy, and fails if all of them still pass. With a number
it breaks only so many, spread over the list: `python tests/mutants/break_clauses.py 5`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "instep_cohort"
NET = ["tests/generative/test_agreement.py", "tests/work"]


class Mutant(NamedTuple):
    """One clause, and how to break it."""

    clause: str
    file: str
    right: str
    wrong: str


MUTANTS = [
    Mutant("§3 both ends of a window are included", "engine/rows.py",
           'nw.col("day") >= nw.col("first_day")', 'nw.col("day") > nw.col("first_day")'),
    Mutant("§2 the search date itself is used", "engine/rows.py",
           "(begins > search_day)", "(begins >= search_day)"),
    Mutant("§2 rows on the day of birth are used", "engine/rows.py",
           '(ends >= nw.col("birth_day"))', '(ends > nw.col("birth_day"))'),
    Mutant("§2 rows after death are not used", "engine/rows.py",
           '(begins <= nw.col("death_day"))', '(begins >= nw.col("death_day"))'),
    Mutant("§2 undated rows are used without a window", "engine/rows.py",
           'nw.col("day").is_null() & nw.col("takes_undated")',
           'nw.col("day").is_null() & ~nw.col("takes_undated")'),
    Mutant("§2 undated rows together are one date", "engine/measures.py",
           "otherwise(nw.lit(1))", "otherwise(nw.lit(0))"),
    Mutant("§4 apart: exactly so many days apart is enough", "engine/counting.py",
           '>= nw.col("link") + nw.col("apart")', '> nw.col("link") + nw.col("apart")'),
    Mutant("§4 in_any: last - first is one less than the stretch", "engine/counting.py",
           'nw.col("stretch") - 1', 'nw.col("stretch")'),
    Mutant("§4 spanning: exactly so long is enough", "engine/measures.py",
           'nw.col("first") >= nw.col("spanning")', 'nw.col("first") > nw.col("spanning")'),
    Mutant("§4 pick: first takes the first date", "engine/measures.py",
           'if pick == "first"', 'if pick == "last"'),
    Mutant("§4 category chooses among a list's codes", "engine/uses.py",
           "held & categories", "held"),
    Mutant("§4 at_most is met by no rows", "engine/people.py",
           "holds = pc.or_(holds, without_rows)", "pass"),
    Mutant("§3 a window hangs on the anchor's own edge", "engine/measures.py",
           'then(nw.col("first")).otherwise(nw.col("last"))',
           'then(nw.col("last")).otherwise(nw.col("first"))'),
    Mutant("§3 somebody who leaves on the search date is gone", "engine/population.py",
           "end.is_null() | (end > search_day)", "end.is_null() | (end >= search_day)"),
    Mutant("§3 a registration from the day after the end is unbroken", "engine/population.py",
           'nw.col("ended") + 1', 'nw.col("ended")'),
    Mutant("§3 dead by the extract date is dead", "engine/population.py",
           "max(search_day, extract_day)", "search_day"),
    Mutant("§3 any day of a birth range may keep the patient", "engine/ages.py",
           'when.month if precision == "month" else 1', "when.month"),
    Mutant("§5 at_least n of counts its parts", "engine/logic.py",
           "pc.greater_equal(count_true(parts), n)", "pc.greater(count_true(parts), n)"),
    Mutant("§8 on the same day the dissent stands", "engine/opt_outs.py",
           'withdrawal > nw.col(f"{name}_dissent")', 'withdrawal >= nw.col(f"{name}_dissent")'),
    Mutant("§8 a withdrawal after the search date does not count", "engine/opt_outs.py",
           " & (day <= search_day)", ""),
    Mutant("§8 an undated dissent always stands", "engine/opt_outs.py",
           "(undated | ~withdrawn)", "~withdrawn"),
    Mutant("§2 a row after the search date cautions", "engine/rows.py",
           'filter((nw.col("future") | undated) & in_range())', "filter(undated & in_range())"),
    Mutant("§7 notes join across a hole of the gap", "work/spells.py",
           "- 1 <= gap", "- 1 < gap"),
    Mutant("§7 of several lengths the longest stands", "work/fit_notes.py",
           "max(usable, default=None)", "min(usable, default=None)"),
    Mutant("§7 exactly fresh_for old is fresh", "work/statuses.py",
           "latest < fresh_from", "latest <= fresh_from"),
    Mutant("§7 fresh in_work comes first", "work/tiers.py",
           'return "X"', 'return "C"'),
]  # fmt: skip


# the control: a copy with nothing broken, on which the tests must pass
UNBROKEN = MUTANTS[0]._replace(wrong=MUTANTS[0].right)


def noticed(mutant: Mutant) -> bool:
    """Whether some test fails on a copy of the source with the clause broken."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src" / "instep_cohort"
        shutil.copytree(SOURCE, copy)
        shutil.copytree(ROOT / "codelists", copy / "shipped" / "codelists")
        file = copy / mutant.file
        text = file.read_text(encoding="utf-8")
        if text.count(mutant.right) != 1:
            raise SystemExit(
                f"{mutant.file} says {mutant.right!r} {text.count(mutant.right)} times"
            )
        file.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": str(copy.parent), "INSTEP_STUDIES": "150"}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-k", "not duckdb and not spark", *NET],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stdout + done.stderr)
    return done.returncode == 1


def main() -> None:
    """Breaks each clause and tells whether it was noticed."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else len(MUTANTS)
    chosen = MUTANTS[:: max(1, len(MUTANTS) // wanted)]
    if noticed(UNBROKEN):
        raise SystemExit("the tests fail on an unbroken copy")
    missed = []
    for mutant in chosen:
        caught = noticed(mutant)
        print(f"{'caught' if caught else 'MISSED':7} {mutant.clause}", flush=True)
        if not caught:
            missed.append(mutant)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} broken clauses were caught")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
