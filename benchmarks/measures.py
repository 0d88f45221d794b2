"""Studies of 5 and of 40 measures, and how long the library takes to make a search of one.

    python measures.py write FOLDER
    python measures.py build STUDY STORE OPT-OUTS

`build` prints seconds as JSON: `compile`, from the file to the compiled study, and `search`, from
the file to the result in memory. Imports are not counted; on a store of a few hundred patients
next to nothing of `search` is data.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow

ON = date(2026, 11, 1)
SIZES = (5, 40)

FIRST = """
  explicit_pain: {events: chronic-pain, category: explicit, within: 5 years}
  painful_condition: {events: chronic-pain, category: [musculoskeletal, neuropathic, inflammatory],
                      within: 2 years, at_least: 2, apart: 90 days}
  opioid_use: {medicines: opioids, within: 182 days, at_least: 3}
  gabapentinoid_use: {medicines: gabapentinoids, within: 182 days, at_least: 3}
  epilepsy: {events: epilepsy}
"""
# each with its own window, so that no two measures are one
FURTHER = (
    """  site_{n}: {{events: chronic-pain, category: musculoskeletal, within: {n} months}}""",
    """  twice_{n}: {{events: chronic-pain, category: {c}, within: {n} months,
             at_least: 2, apart: 60 days}}""",
    """  dense_{n}: {{medicines: opioids, within: {n} months, at_least: 2, in_any: 60 days}}""",
    """  long_{n}: {{medicines: gabapentinoids, within: {n} months,
            at_least: 2, spanning: 56 days}}""",
    """  latest_{n}: {{events: chronic-pain, category: {c}, after: {year}-01-01, pick: last}}""",
    """  notes_{n}: {{events: fit-notes, within: {n} months, counting: rows, at_least: 2}}""",
    """  after_{n}: {{events: chronic-pain, category: {c},
             within: {{span: {n} days, after: opioid_use.first}}}}""",
)
CATEGORIES = ("explicit", "neuropathic", "inflammatory", "headache", "visceral")
STUDY = """study: measures-{size}
version: 1.0.0
title: A study of {size} measures, made up for the benchmark
codelists:
  chronic-pain: 1.0.0
  opioids: 1.0.0
  gabapentinoids: 1.0.0
  epilepsy: 1.0.0
  fit-notes: 1.0.0
  research-opt-out: 1.0.0
population:
  age: {{min: 18, max: 64}}
  registered: {{kind: regular}}
measures:
{measures}
include:
  any_of_five: {{any: [{five}]}}
exclude:
  all_of_them: {{all: [{names}]}}
opt_outs: {{events: research-opt-out}}
"""


def study(size):
    """The text of a study with so many measures, 5 or more."""
    forms = FIRST.strip("\n").splitlines()
    forms += [
        FURTHER[n % len(FURTHER)].format(n=n + 3, year=n + 1990, c=CATEGORIES[n % len(CATEGORIES)])
        for n in range(size - 5)
    ]
    names = [
        line.split(":")[0].strip() for line in forms if line.startswith("  ") and line[2] != " "
    ]
    assert len(names) == size
    # both sizes find the same people, so that the difference is the measures and nothing else
    return STUDY.format(
        size=size, measures="\n".join(forms), five=", ".join(names[:5]), names=", ".join(names)
    )


def write(folder):
    """Writes the studies of all sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        (folder / f"measures-{size}.yaml").write_text(study(size), encoding="utf-8")


def build(path, store, opt_outs):
    """The seconds from a study file to the compiled study, and to the result of a search."""
    from instep_cohort import identify, load_study, open_store
    from instep_cohort.engine.frames import engine_of
    from instep_cohort.study import compile_study

    with engine_of("duckdb") as engine:
        engine.bring(pyarrow.table({"numbers": pyarrow.array([1])}))  # imports what it needs
    started = time.perf_counter()
    loaded = load_study(path)
    compile_study(loaded, ON)
    compiled = time.perf_counter()
    identify(loaded, open_store(store), on=ON, opt_outs=opt_outs, opt_outs_on=ON)
    return {"compile": compiled - started, "search": time.perf_counter() - started}


def main() -> None:
    match sys.argv[1:]:
        case ["write", folder]:
            write(Path(folder))
        case ["build", path, store, opt_outs]:
            print(json.dumps(build(path, store, opt_outs)))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
