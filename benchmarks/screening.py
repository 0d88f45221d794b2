"""The screening list of 50,000 candidates: out as a workbook, filled in, back; and counts of it.

    python benchmarks/screening.py --candidates 50000 --rounds 3

The run is that of a made-up practice whose candidates, with their evidence, are there many times
over under new ids. Each step is a whole process of the command line. One person in five is left
undecided. Beside it: how long two libraries take to read the cells of that workbook.
"""

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.opening import open_run
from instep_cohort.cohort.result import Cohort

SCREENER = "Dr A. Khan, GP"
COMMAND = [sys.executable, "-m", "instep_cohort"]
READ = {
    "python-calamine": """
from python_calamine import CalamineWorkbook
rows = CalamineWorkbook.from_path(PATH).get_sheet_by_name("Screening").to_python()
""",
    "openpyxl": """
import openpyxl
rows = list(openpyxl.load_workbook(PATH, read_only=True)["Screening"].iter_rows(values_only=True))
""",
}


class Took(NamedTuple):
    """What a process took: seconds on the clock, and seconds of the processor."""

    clock: float
    processor: float


def timed(*arguments):
    """What a command of the program takes, start included."""
    return process([*COMMAND, *map(str, arguments)])


def process(command):
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(time.perf_counter() - begun, used)


def multiplied(cohort, wanted):
    """The cohort with its candidates so often that there are as many as wanted."""
    tables = dict(cohort.tables)
    ids = tables["candidates"]["patient_id"].to_pylist()
    copies = -(-wanted // len(ids))
    for name in ("candidates", "evidence", "facts"):
        whole = tables[name]
        column = pc.cast(whole["patient_id"], pa.string())
        theirs = whole.filter(pc.is_in(column, pa.array(ids)))
        at = theirs.column_names.index("patient_id")
        old = pc.cast(theirs["patient_id"], pa.string())
        parts = [
            theirs.set_column(at, "patient_id", pc.binary_join_element_wise(f"{n:04}", old, ""))
            for n in range(copies)
        ]
        tables[name] = pa.concat_tables(parts).sort_by("patient_id")
    keep = pa.array(tables["candidates"]["patient_id"].to_pylist()[:wanted])
    for name in ("candidates", "evidence", "facts"):
        tables[name] = tables[name].filter(pc.is_in(tables[name]["patient_id"], keep))
    more = wanted - len(ids)  # every step has seen them, and none has dropped them
    for name in ("before", "after"):
        at = tables["attrition"].column_names.index(name)
        seen = pc.add(tables["attrition"][name], pa.scalar(more, pa.int64()))
        tables["attrition"] = tables["attrition"].set_column(at, name, seen)
    return Cohort(tables, cohort.manifest, cohort.warnings)


def fill_in(source, target):
    """Decisions in four rows of five, put into the sheet as a spreadsheet would write them."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                text = decided(text.decode()).encode()
            new.writestr(part, text)


def decided(sheet):
    first = sheet[: sheet.index("</row>")]
    letter = {
        name: found[1]
        for name in ("decision", "reason_code", "screened_by", "screened_on", "row_check")
        if (found := re.search(rf'<c r="([A-Z]+)1"[^>]*><is><t[^>]*>{name}<', first))
    }

    def row(match):
        number = int(match[2])
        if number == 1 or number % 5 == 0:
            return match[0]
        invite = number % 3 == 0
        cells = {"decision": "invite" if invite else "do not invite", "screened_by": SCREENER}
        if not invite:
            cells["reason_code"] = "EX_IN_WORK: in work"
        cells["screened_on"] = "2026-11-20"
        made = "".join(
            f'<c r="{letter[name]}{number}" t="inlineStr"><is><t>{cells[name]}</t></is></c>'
            for name in ("decision", "reason_code", "screened_by", "screened_on")
            if name in cells
        )
        return made + match[0]

    return re.sub(rf'(<c r="{letter["row_check"]}(\d+)")', row, sheet)


def read_by(library, path):
    """What it takes to read the cells, start included."""
    return process([sys.executable, "-c", f"PATH = {str(path)!r}{READ[library]}"])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--candidates", type=int, default=50_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--run", type=Path, help="a run of a made-up practice; else one is made")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        run = asked.run
        if run is None:
            timed("demo", "--out", place / "demo")
            run = place / "demo" / "run"
        cohort = multiplied(open_run(run), asked.candidates)
        cohort.save(place / "run")
        practice = cohort.tables["candidates"]["practice_id"][0].as_py()
        study = cohort.manifest["study"]["name"]
        samples = {}
        for n in range(asked.rounds):
            for name, took in one_round(place / f"{n}", place / "run", practice, study):
                samples.setdefault(name, []).append(took)
        print(json.dumps(figures(asked.candidates, samples), indent=2))


def figures(candidates, samples):
    found = {
        name: {
            part: round(statistics.median(getattr(one, part) for one in of), 2)
            for part in Took._fields
        }
        for name, of in samples.items()
    }
    found["out and in"] = {
        part: round(found["export"][part] + found["import --apply"][part], 2)
        for part in Took._fields
    }
    return {"candidates": candidates, "seconds": found}


def one_round(place, run, practice, study):
    place.mkdir()
    ledger, key = place / "ledger", place / "key"
    whose = ("--practice", practice, "--study", study)
    timed("ledger", "create", ledger, *whose, "--by", "benchmark, none")
    timed("key", "create", key, *whose)
    books = ("--ledger", ledger, "--key", key)
    who = ("--screener", SCREENER, "--identity", "local_patient_no")
    yield "export", timed("screen", "export", run, "--out", place / "list.xlsx", *books, *who)
    filled = place / "filled.xlsx"
    fill_in(place / "list.PRACTICE-ONLY.xlsx", filled)
    given = ("screen", "import", filled, "--run", run, *books)
    yield "import, dry run", timed(*given)
    yield "import --apply", timed(*given, "--apply", "--by", "benchmark, none")
    leaving = ("--ledger", ledger, "--out", place / "counts.csv", "--by", "benchmark, none")
    yield "counts", timed("counts", run, *leaving)
    for library in READ:
        yield f"reading by {library}", read_by(library, filled)


if __name__ == "__main__":
    main()
