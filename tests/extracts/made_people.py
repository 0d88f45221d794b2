"""The made-up people of the study instep, and who is found among them in an extract of a system."""

import functools
from datetime import date
from pathlib import Path

from instep_cohort.cohort import identify
from instep_cohort.cohort.made_extract import write_made_extract
from instep_cohort.extracts import ingest
from instep_cohort.study import load_study
from instep_cohort.study.made_patients import load_study_tests

TESTS = Path(__file__).parents[2] / "examples" / "studies" / "tests" / "instep.yaml"
ON = date(2026, 11, 1)
FACTS = ("tier", "certified_sickness", "fit_notes", "fit_note_last", "last_statement", "cautions")


@functools.cache
def made_people():
    """Those whom any system can hold: one stay, and no flag that only some systems have."""
    everyone = load_study_tests(TESTS).patients
    plain = [p for p in everyone if len(p.stays) == 1 and not (p.is_test or p.is_confidential)]
    assert len(plain) >= 35
    return [p for p in plain if not p.practice_list]


def found(extract, profile, store):
    """The candidates among them, each with what is said of him."""
    cohort = identify(
        load_study("instep"),
        ingest(extract, profile=profile, extract_date=ON, out=store),
        on=ON,
        no_opt_out_list="A N Other, tester",
    )
    rows = cohort.to_arrow("candidates").to_pylist()
    return {row["patient_id"]: tuple(str(row[fact]) for fact in FACTS) for row in rows}


def expected(tmp_path):
    """The same of the same people in the standard profile."""
    write_made_extract(tmp_path / "standard", made_people())
    return found(tmp_path / "standard", "standard", tmp_path / "standard-store")


def ids():
    return {str(number): person for number, person in enumerate(made_people(), start=1)}
