"""Who is in work in a made-up practice: stated shares, stable draws, and rows that agree."""

import csv
from collections import Counter, defaultdict
from itertools import product

import numpy as np
import pytest
from made_size import EXTRACTED

from instep_cohort.errors import UsageError
from instep_cohort.synthetic import make_practice
from instep_cohort.synthetic.archetypes import archetypes
from instep_cohort.synthetic.jobs import AGES, IN_WORK, JOBS, NAMES, chances
from instep_cohort.synthetic.vocabulary import WORK

SMALL = 400
EVERY_AGE = np.arange(16, 100)
SAYS = {code: job.name for job in JOBS for code in job.codes}
NOTES = {"9D15.", "9D19.", "9D16.", "9D1E.", "9D1F.", "9D1G.", "9D1H.", "9D1C.", "9D11."}


def read(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Nothing but pain, work and opt-outs of many people."""
    folder = tmp_path_factory.mktemp("large")
    make_practice(folder, patients=20_000, events_per_patient=0, issues_per_patient=0)
    return folder


def everybody(*, pain, noted, may_be_fit):
    """The chances at every age."""
    said = {"in_pain": pain, "noted": noted, "may_be_fit": may_be_fit}
    return chances(EVERY_AGE, **{k: np.full(len(EVERY_AGE), v) for k, v in said.items()})


def test_the_shares_of_each_age_add_up():
    for band in range(len(AGES)):
        assert sum(job.shares[band] for job in JOBS) == pytest.approx(1)


@pytest.mark.parametrize(("pain", "noted", "fit"), list(product([False, True], repeat=3)))
def test_no_pain_and_no_note_settles_whether_somebody_is_in_work(pain, noted, fit):
    at_work = everybody(pain=pain, noted=noted, may_be_fit=fit)[EVERY_AGE < 66, IN_WORK]
    assert ((at_work > 0.2) & (at_work < 0.95)).all()


def test_pain_and_notes_say_little_and_may_be_fit_says_a_job_to_go_back_to():
    plain = everybody(pain=False, noted=False, may_be_fit=False)[:, IN_WORK]
    pain = everybody(pain=True, noted=False, may_be_fit=False)[:, IN_WORK]
    noted = everybody(pain=True, noted=True, may_be_fit=False)[:, IN_WORK]
    may_be_fit = everybody(pain=True, noted=True, may_be_fit=True)[:, IN_WORK]
    working_age = (EVERY_AGE >= 25) & (EVERY_AGE < 60)
    assert (pain < plain)[working_age].all()
    assert (noted < pain)[working_age].all()
    assert (may_be_fit > noted)[working_age].all()


def test_jobs_are_of_everybody_of_working_age_on_the_list_today(rows):
    today = EXTRACTED.isoformat()
    jobs = {line["patient_id"]: line for line in rows["jobs"]}
    assert len(jobs) == len(rows["jobs"])
    for person in rows["patients"]:
        born = person["birth_date"]
        here = (
            person["registration_kind"] == "regular"
            and person["registration_start"] <= today
            and not (person["registration_end"] and person["registration_end"] <= today)
            and not person["death_date"]
        )
        if not here or not born:
            assert here or person["patient_id"] not in jobs
            continue
        if len(born) == 10 and "1962-01-01" <= born <= "2009-01-01":
            assert person["patient_id"] in jobs
        if born >= "2011" or born < "1960":
            assert person["patient_id"] not in jobs
    assert {line["job"] for line in rows["jobs"]} <= set(NAMES)
    for line in rows["jobs"]:
        assert line["answer"] == ("in work" if line["job"] == "in work" else "not in work")
        assert line["since"] <= today


def test_jobs_come_in_about_the_shares_that_are_stated(large):
    found = Counter(line["job"] for line in read(large, "jobs"))
    shares = {name: found[name] / found.total() for name in NAMES}
    assert 0.68 < shares["in work"] < 0.78
    assert 0.04 < shares["unemployed"] < 0.08
    assert 0.07 < shares["long-term sick"] < 0.12
    assert min(shares.values()) > 0.02


def test_of_those_in_pain_as_many_are_long_term_sick_as_published(large):
    """20 to 27% (Holmes 2020): people with a code that says chronic pain, of working age."""
    explicit = {r["patient_id"] for r in read(large, "events") if r["code"] in {"1M52.", "16C9."}}
    jobs = [r["job"] for r in read(large, "jobs") if r["patient_id"] in explicit]
    assert len(jobs) > 300
    assert 0.18 < jobs.count("long-term sick") / len(jobs) < 0.29


def test_a_fit_note_never_means_not_in_work(large):
    recent = Counter(
        r["patient_id"]
        for r in read(large, "events")
        if r["code"] in NOTES and r["date"] > "2025-11-01"
    )
    jobs = {r["patient_id"]: r["job"] for r in read(large, "jobs")}
    for fewest in (1, 2, 4):
        holders = [jobs[who] for who, notes in recent.items() if notes >= fewest and who in jobs]
        assert len(holders) > 100
        assert 0.4 < holders.count("in work") / len(holders) < 0.8


def test_the_rows_agree_with_the_truth(large):
    jobs = {r["patient_id"]: r for r in read(large, "jobs")}
    checked = Counter()
    for row in read(large, "events"):
        held = jobs.get(row["patient_id"])
        if held and row["code"] in SAYS and len(row["date"]) == 10:
            checked[row["date"] >= held["since"]] += 1
            if row["date"] >= held["since"]:
                assert SAYS[row["code"]] == held["job"], (row["code"], held["job"])
    assert checked[True] > 150
    assert checked[False] > 300  # true on its day, and not any more


def test_what_somebody_did_before_is_what_the_latest_earlier_code_says(large):
    earlier = defaultdict(dict)
    for row in read(large, "events"):
        if row["code"] in SAYS:
            earlier[row["patient_id"]].setdefault(row["date"], set()).add(SAYS[row["code"]])
    outdated = 0
    for held in read(large, "jobs"):
        days = earlier[held["patient_id"]]
        if days and max(days) < held["since"]:
            assert held["before"] in days[max(days)]
            outdated += 1
    assert outdated > 200


def test_every_code_about_work_says_one_job():
    assert {entry.code for entry in WORK} == set(SAYS)
    assert len(SAYS) == sum(len(job.codes) for job in JOBS)


def test_people_whose_rows_speak_of_work_have_a_job_that_agrees(rows):
    kinds = {kind.name: kind.job for kind in archetypes(EXTRACTED) if kind.job}
    assert set(kinds) == {"certified-sick", "unemployed", "unemployed-long-ago", "employed"}
    jobs = {line["patient_id"]: line for line in rows["jobs"]}
    for line in rows["truth"]:
        if known := kinds.get(line["archetype"]):
            held = jobs[line["patient_id"]]
            said = (held["job"], held["since"], held["before"])
            assert said == (known.name, known.since.isoformat(), known.before)
    assert kinds["certified-sick"].name == "in work"


def test_every_candidate_has_an_answer(rows):
    jobs = {line["patient_id"] for line in rows["jobs"]}
    assert {r["patient_id"] for r in rows["truth"] if r["expected"] == "in"} <= jobs


@pytest.mark.parametrize("recording", [0.0, 0.03, 0.3, 1.0])
def test_recording_changes_the_codes_about_work_and_nothing_else(tmp_path, recording):
    for name, share in (("usual", 0.061), ("other", recording)):
        make_practice(tmp_path / name, patients=SMALL, seed=5, work_recording=share)
    for name in ("patients", "medicines", "opt-outs", "truth", "jobs"):
        usual, other = (tmp_path / made / f"{name}.csv" for made in ("usual", "other"))
        assert usual.read_bytes() == other.read_bytes(), name
    usual, other = (
        Counter(tuple(row.items()) for row in read(tmp_path / made, "events"))
        for made in ("usual", "other")
    )
    fewer, more = (usual - other, other - usual)
    assert not (more if recording < 0.061 else fewer)
    assert fewer + more
    assert {dict(row)["code"] for row in fewer + more} <= set(SAYS)


@pytest.mark.parametrize(("recording", "low", "high"), [(0.03, 0.02, 0.04), (0.5, 0.3, 0.5)])
def test_as_much_is_recorded_as_was_asked_for(tmp_path, recording, low, high):
    made = make_practice(
        tmp_path,
        patients=10_000,
        events_per_patient=0,
        issues_per_patient=0,
        work_recording=recording,
    )
    assert low < made.work_coded < high


def test_asking_everybody_writes_an_answer_of_the_last_year_that_was_true_on_its_day(tmp_path):
    make_practice(
        tmp_path, patients=3_000, events_per_patient=0, issues_per_patient=0, work_recording=1.0
    )
    jobs = {r["patient_id"]: r for r in read(tmp_path, "jobs")}
    answers = defaultdict(set)
    for row in read(tmp_path, "events"):
        if row["code"] in SAYS and row["date"] > "2025-11-01":
            held = jobs.get(row["patient_id"])
            if held and row["date"] >= held["since"]:
                assert SAYS[row["code"]] == held["job"]
            answers[row["patient_id"]].add(SAYS[row["code"]])
    unsaid = [who for who, held in jobs.items() if who not in answers]
    can_be_said = [who for who in unsaid if jobs[who]["job"] in SAYS.values()]
    # asked before they began, of what cannot be written, or too young to be asked
    assert len(can_be_said) < 0.1 * len(jobs)
    assert len(jobs) - len(unsaid) > 0.75 * len(jobs)


@pytest.mark.parametrize("wrong", [-0.01, 1.01])
def test_a_share_outside_0_to_1_is_refused(tmp_path, wrong):
    with pytest.raises(UsageError, match="from 0 to 1"):
        make_practice(tmp_path / "out", patients=SMALL, work_recording=wrong)
    assert not (tmp_path / "out").exists()


def test_the_summary_counts_the_jobs(practice, rows):
    assert practice.summary.jobs == Counter(line["job"] for line in rows["jobs"])
