"""One made-up practice for all the tests that only read it."""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest
from made_size import PATIENTS

from instep_cohort.synthetic import PracticeSummary, make_practice


class Made(NamedTuple):
    folder: Path
    summary: PracticeSummary

    def rows(self, name):
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))


@pytest.fixture(scope="session")
def practice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    return Made(folder, make_practice(folder, patients=PATIENTS))


@pytest.fixture(scope="session")
def rows(practice):
    return {
        name: practice.rows(name)
        for name in ("patients", "events", "medicines", "opt-outs", "truth", "jobs")
    }
