"""A made-up practice whose candidates are to be screened, and what is done to its lists."""

import csv
import datetime
import shutil
from functools import cached_property
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort import identify, ingest, load_study
from instep_cohort.cohort.result import Cohort
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger
from instep_cohort.recruitment.runs import open_practice_run
from instep_cohort.recruitment.screening.exporting import ListFormat, export_list
from instep_cohort.recruitment.screening.importing import prepare_import, record
from instep_cohort.recruitment.screening.listing import screening_list
from instep_cohort.synthetic import make_practice

ON = datetime.date(2026, 11, 1)
TODAY = datetime.date(2026, 11, 24)
AT = "2026-11-24T09:30:00Z"
BY = "N. Shah, practice manager"
KHAN, LEE = "Dr A. Khan, GP", "Dr B. Lee, GP"
FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert('pain')</script> & \"more\""
SECRET = "WITHHELD TERM"
ENTRIES = ("decision", "reason_code", "knows_work_status", "screened_by", "screened_on")


class Screening:
    """A folder with a run, a ledger and a key; lists go out of it and come back."""

    def __init__(self, folder):
        self.folder = folder
        self.run_folder = folder / "run"
        self.ledger_path, self.key_path = folder / "instep.ledger", folder / "instep.key"

    @cached_property
    def run(self):
        return open_practice_run(self.run_folder)

    @property
    def ledger(self):
        return Ledger.open(self.ledger_path, practice=self.run.practice, study=self.run.study)

    @property
    def key(self):
        return Key.open(self.key_path, practice=self.run.practice, study=self.run.study)

    def tokens(self):
        return self.key.tokens_for(self.run.patient_ids)

    def listed(self, **options):
        given = {"screeners": [KHAN, LEE], "seed": 1} | options
        return screening_list(self.run, self.ledger, self.key, **given)

    def export(self, name="list.xlsx", **options):
        path = self.folder / name
        return export_list(self.listed(**options), path, ListFormat(path.suffix[1:])).path

    def prepare(self, *paths, **options):
        return prepare_import(
            list(paths), self.run, self.ledger, self.key, **({"today": TODAY} | options)
        )

    def imported(self, *paths, by=BY, **options):
        """Imports for good, and gives back what was prepared."""
        prepared = self.prepare(*paths, **options)
        record(prepared, self.ledger, who=by, at=AT)
        return prepared

    def append(self, entries, key="set up"):
        return self.ledger.append(entries, who=BY, at=AT, batch_key=key)


def build(folder):
    """Makes the practice and searches it; some rows of evidence are put in by hand."""
    made = Screening(folder)
    folder.mkdir()
    make_practice(folder / "extract", patients=300, extract_date=ON)
    store = ingest(folder / "extract", profile="standard", extract_date=ON, out=folder / "store")
    opt_outs = folder / "extract" / "opt-outs.csv"
    cohort = identify(load_study("instep"), store, on=ON, opt_outs=opt_outs, opt_outs_on=ON)
    with_tales(cohort).save(made.run_folder)
    whose = {"practice": made.run.practice, "study": made.run.study}
    Ledger.create(made.ledger_path, **whose, who=BY, at=AT)
    Key.create(made.key_path, **whose)
    made.tokens()
    return made


def with_tales(cohort):
    """Evidence of the first candidate that is dangerous, private, or nobody's business here."""
    evidence = cohort.to_arrow("evidence")
    evidence = evidence.set_column(0, "patient_id", pc.cast(evidence["patient_id"], pa.string()))
    who = cohort.to_arrow()["patient_id"][0].as_py()
    row = {
        "patient_id": who, "used_by": "explicit_pain", "date": ON, "system": "read_v2",
        "code": "1M52.", "term": "Chronic pain", "codelist": "chronic-pain", "version": "1.1.0",
        "category": "explicit", "matched_by": "code", "value": None, "unit": None,
    }  # fmt: skip
    tales = [
        row | {"term": FORMULA},
        row | {"term": MARKUP, "date": ON - datetime.timedelta(days=1)},
        row | {"term": f"{SECRET} 1", "code": "9152."},
        row | {"term": f"{SECRET} 2", "used_by": "palliative", "codelist": "palliative-care"},
        row | {"term": f"{SECRET} 3", "used_by": "opt_out", "codelist": "research-opt-out"},
        row
        | {"term": f"{SECRET} 5", "codelist": "cancer", "date": ON - datetime.timedelta(days=2)},
        row | {"term": f"{SECRET} 4", "used_by": "epilepsy", "codelist": "epilepsy"},
        row
        | {"term": "line\nbreak\x07here", "codelist": "trial-participation", "used_by": "trials"},
    ]
    added = pa.Table.from_pylist(tales, schema=evidence.schema)
    tables = {**cohort.tables, "evidence": pa.concat_tables([evidence, added])}
    return Cohort(tables, cohort.manifest, cohort.warnings)


def copied(original, folder):
    """The practice in another folder, with the very same run and books of its own."""
    made = Screening(folder)
    folder.mkdir()
    made.run_folder.symlink_to(original.run_folder)
    for path in (original.ledger_path, original.key_path):
        shutil.copy2(path, folder)
    return made


def answer(decision="invite", reason="", knows="", by=KHAN, on=datetime.date(2026, 11, 20)):
    """What a screener puts into a row."""
    return dict(zip(ENTRIES, (decision, reason, knows, by, on), strict=True))


def sheet_of(path):
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Screening"]
    return workbook, sheet, {cell.value: cell.column for cell in sheet[1]}


def filled(path, answers, name="filled.xlsx", change=None):
    """A copy of a workbook with the answers in rows by number, from 2, and other changes."""
    workbook, sheet, columns = sheet_of(path)
    for row, given in answers.items():
        for column, value in given.items():
            sheet.cell(row, columns[column]).value = value
    if change:
        change(sheet, columns)
    out = Path(path).with_name(name)
    workbook.save(out)
    return out


def filled_csv(path, answers, name="filled.csv"):
    """The same for a CSV list; rows are numbered as a spreadsheet shows them, from 3."""
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    for row, given in answers.items():
        for column, value in given.items():
            rows[row - 1][rows[1].index(column)] = str(value)
    out = path.with_name(name)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return out
