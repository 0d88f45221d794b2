"""The small practice with a run, a ledger and a key, for the tests of routes."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cohort.small_practice import EVERYBODY, ON, Practice, ingested
from instep_cohort.cohort import identify
from instep_cohort.cohort.exclusions_alone import LookedAt
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.extracts import open_store
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger
from instep_cohort.recruitment.routes.exclusions import look_at
from instep_cohort.recruitment.routes.nomination_forms import COLUMNS, read_form
from instep_cohort.recruitment.routes.nominations import judge, record
from instep_cohort.recruitment.runs import open_practice_run
from instep_cohort.study import load_study

PRACTICE = "0P1"
WHOSE = {"practice": PRACTICE, "study": "small"}
WHO = "N. Shah, manager"
AT = "2026-11-24T09:30:00Z"
IMPORTED = date(2026, 11, 10)
GP = "Dr A. Osei, GP"


class Place(NamedTuple):
    """Where everything is; ledger and key are new for each test."""

    files: Practice
    run: Path
    ledger: Path
    key: Path
    folder: Path

    def opened(self):
        """Run, ledger and key."""
        return (
            open_practice_run(self.run, PRACTICE),
            Ledger.open(self.ledger, **WHOSE),
            Key.open(self.key, **WHOSE),
        )

    def form(self, *rows, name="form.csv"):
        """A form with these rows: patient, route, who named them, when."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([COLUMNS, *rows])
        return path

    def answers(self):
        """The practice's own opt-out list."""
        return OptOutAnswers(self.files.opt_outs, ON)

    def looked(self, ids, on=IMPORTED, **more):
        """What the study says of these people."""
        given = {"answers": self.answers(), "codelists": self.files.codelists} | more
        run, _, _ = self.opened()
        return look_at(run, open_store(self.files.store), ids, on=on, **given)

    def judged(self, path, on=IMPORTED):
        """Form, judgement and all that it was made with."""
        run, ledger, key = self.opened()
        form = read_form(path)
        looked = everybody_looked_at(self, on)
        return form, judge(form, run, looked, ledger, key, on=on), looked

    def recorded(self, path, on=IMPORTED):
        """The form in the ledger."""
        form, found, looked = self.judged(path, on)
        run, ledger, key = self.opened()
        return record(found, form, run, ledger, key, who=WHO, at=AT), found, looked


_LOOKED: dict[tuple[Path, date], LookedAt] = {}


def everybody_looked_at(place: Place, on: date) -> LookedAt:
    """What the study says of everybody on that day, once for all tests that ask."""
    asked = place.run, on
    if asked not in _LOOKED:
        _LOOKED[asked] = place.looked(EVERYBODY, on)
    return _LOOKED[asked]


def made_practice(folder: Path) -> tuple[Practice, Path]:
    """The practice and a run of it, made once."""
    files = ingested(folder)
    cohort = identify(
        load_study(files.study),
        open_store(files.store),
        on=ON,
        opt_outs=files.opt_outs,
        opt_outs_on=ON,
        codelists=files.codelists,
    )
    return files, cohort.save(folder / "run")


def new_place(files: Practice, run: Path, folder: Path) -> Place:
    """With an empty ledger and an empty key."""
    place = Place(files, run, folder / "small.ledger", folder / "small.key", folder)
    Ledger.create(place.ledger, **WHOSE, who=WHO, at=AT)
    Key.create(place.key, **WHOSE)
    return place
