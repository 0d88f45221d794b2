"""Breaks clauses of the study language on purpose, one at a time: the tests must notice each.

`make mutants` copies the source, breaks one line, runs the generated comparison with the reference
and the tables of worked cases against the copy, and fails if all of them still pass. With a number
it breaks only so many, spread over the list: `python tests/mutants/break_clauses.py 5`.
"""

from __future__ import annotations

from breaking import Mutant, break_all

NET = ("tests/generative/test_agreement.py", "tests/work")


def clause(rule: str, file: str, right: str, wrong: str) -> Mutant:
    """A clause of the rules, held by the comparison with the reference."""
    return Mutant(rule, file, right, wrong, NET)


MUTANTS = [
    clause("§3 both ends of a window are included", "engine/rows.py",
           'nw.col("day") >= nw.col("first_day")', 'nw.col("day") > nw.col("first_day")'),
    clause("§2 the search date itself is used", "engine/rows.py",
           "(begins > search_day)", "(begins >= search_day)"),
    clause("§2 rows on the day of birth are used", "engine/rows.py",
           '(ends >= nw.col("birth_day"))', '(ends > nw.col("birth_day"))'),
    clause("§2 rows after death are not used", "engine/rows.py",
           '(begins <= nw.col("death_day"))', '(begins >= nw.col("death_day"))'),
    clause("§2 undated rows are used without a window", "engine/rows.py",
           'nw.col("day").is_null() & nw.col("takes_undated")',
           'nw.col("day").is_null() & ~nw.col("takes_undated")'),
    clause("§2 undated rows together are one date", "engine/measures.py",
           "otherwise(nw.lit(1))", "otherwise(nw.lit(0))"),
    clause("§4 apart: exactly so many days apart is enough", "engine/counting.py",
           '>= nw.col("link") + nw.col("apart")', '> nw.col("link") + nw.col("apart")'),
    clause("§4 in_any: last - first is one less than the stretch", "engine/counting.py",
           'nw.col("stretch") - 1', 'nw.col("stretch")'),
    clause("§4 spanning: exactly so long is enough", "engine/measures.py",
           'nw.col("first") >= nw.col("spanning")', 'nw.col("first") > nw.col("spanning")'),
    clause("§4 pick: first takes the first date", "engine/measures.py",
           'if pick == "first"', 'if pick == "last"'),
    clause("§4 category chooses among a list's codes", "engine/uses.py",
           "held & categories", "held"),
    clause("§4 at_most is met by no rows", "engine/people.py",
           "holds = pc.or_(holds, without_rows)", "pass"),
    clause("§3 a window hangs on the anchor's own edge", "engine/measures.py",
           'then(nw.col("first")).otherwise(nw.col("last"))',
           'then(nw.col("last")).otherwise(nw.col("first"))'),
    clause("§3 somebody who leaves on the search date is gone", "engine/population.py",
           "end.is_null() | (end > search_day)", "end.is_null() | (end >= search_day)"),
    clause("§3 a registration from the day after the end is unbroken", "engine/population.py",
           'nw.col("ended") + 1', 'nw.col("ended")'),
    clause("§3 dead by the extract date is dead", "engine/population.py",
           "max(search_day, extract_day)", "search_day"),
    clause("§3 any day of a birth range may keep the patient", "engine/ages.py",
           'when.month if precision == "month" else 1', "when.month"),
    clause("§5 at_least n of counts its parts", "engine/logic.py",
           "pc.greater_equal(count_true(parts), n)", "pc.greater(count_true(parts), n)"),
    clause("§8 on the same day the dissent stands", "engine/opt_outs.py",
           'withdrawal > nw.col(f"{name}_dissent")', 'withdrawal >= nw.col(f"{name}_dissent")'),
    clause("§8 a withdrawal after the search date does not count", "engine/opt_outs.py",
           " & (day <= search_day)", ""),
    clause("§8 an undated dissent always stands", "engine/opt_outs.py",
           "(undated | ~withdrawn)", "~withdrawn"),
    clause("§2 a row after the search date cautions", "engine/rows.py",
           'filter((nw.col("future") | undated) & in_range())', "filter(undated & in_range())"),
    clause("§7 notes join across a hole of the gap", "work/spells.py",
           "- 1 <= gap", "- 1 < gap"),
    clause("§7 of several lengths the longest stands", "work/fit_notes.py",
           "max(usable, default=None)", "min(usable, default=None)"),
    clause("§7 exactly fresh_for old is fresh", "work/statuses.py",
           "latest < fresh_from", "latest <= fresh_from"),
    clause("§7 fresh in_work comes first", "work/tiers.py",
           'return "X"', 'return "C"'),
]  # fmt: skip


if __name__ == "__main__":
    break_all(MUTANTS)
