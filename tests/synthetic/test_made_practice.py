"""The files of a made-up practice: the same every time, as much as asked, and untidy on purpose."""

import hashlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date

import pytest
from made_size import EXTRACTED

from instep_cohort.errors import UsageError
from instep_cohort.synthetic import make_practice, making

SMALL = 400


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The summary of a practice of the usual size."""
    return make_practice(tmp_path_factory.mktemp("usual"))


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        make_practice(tmp_path / name, patients=SMALL, seed=5)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


@pytest.mark.parametrize("other", [{"seed": 6}, {"extract_date": date(2026, 11, 2)}], ids=str)
def test_other_arguments_give_others(tmp_path, other):
    make_practice(tmp_path / "a", patients=SMALL, seed=5)
    make_practice(tmp_path / "b", **({"patients": SMALL, "seed": 5} | other))
    first, second = digests(tmp_path / "a"), digests(tmp_path / "b")
    assert first.keys() == second.keys()
    alike = {name for name in first if first[name] == second[name]}
    # another day moves every date, and leaves who is who and which lines are untidy
    same = {"truth.csv", "truth.parquet", "mess.parquet"}
    assert alike == (set() if "seed" in other else same)


def test_no_row_of_a_file_depends_on_how_many_are_made_at_once(tmp_path, monkeypatch):
    make_practice(tmp_path / "whole", patients=SMALL, seed=5)
    monkeypatch.setattr(making, "ROWS_PER_PART", 4_000)
    monkeypatch.setattr(making, "MOST_PEOPLE_AT_ONCE", 1_000)
    make_practice(tmp_path / "parts", patients=SMALL, seed=5)
    for name in ("events", "medicines"):
        assert not (tmp_path / "parts" / f"{name}.csv").exists()
        parts = sorted((tmp_path / "parts" / name).iterdir())
        assert parts[0].name == "part-00001.csv"
        lines = [part.read_text(encoding="utf-8").splitlines() for part in parts]
        header, *rows = (
            (tmp_path / "whole" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        )
        assert {part[0] for part in lines} == {header}
        assert [line for part in lines for line in part[1:]] == rows


def test_many_parts_hold_everybody(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "ROWS_PER_PART", 4_000)
    monkeypatch.setattr(making, "ROWS_AT_ONCE", 8_000)
    told = []
    summary = make_practice(tmp_path, patients=SMALL, progress=told.append)
    parts = sorted((tmp_path / "events").iterdir())
    assert [part.name for part in parts] == [f"part-{n:05d}.csv" for n in range(1, len(parts) + 1)]
    assert len(parts) == 4
    lines = sum(len(part.read_text(encoding="utf-8").splitlines()) - 1 for part in parts)
    assert lines == summary.events
    assert told[0].startswith("making a register")
    assert told[-1] == "made 400 of 400 patients"


def test_the_number_of_rows_follows_the_averages(usual, practice, rows, tmp_path):
    assert len(rows["events"]) == practice.summary.events
    assert len(rows["medicines"]) == practice.summary.issues
    assert 490_000 < usual.events < 510_000
    assert 290_000 < usual.issues < 310_000
    few = make_practice(tmp_path, patients=SMALL, events_per_patient=10, issues_per_patient=0)
    assert 9 < few.events / SMALL < 12
    assert few.issues / SMALL < 9  # pain medicines are always there


def test_the_rates_are_near_the_published_ones(usual):
    """DOMAIN §4, §6.5 and §9; the widths are what one practice of this size may scatter."""
    assert 0.33 < usual.opioid_ever < 0.38
    assert 0.07 < usual.gabapentinoid_ever < 0.09
    assert 42 < usual.patients_per_fit_note < 56
    assert 0.045 < usual.may_be_fit < 0.085
    assert 0.053 < usual.work_coded < 0.069


def test_the_summary_counts_what_is_in_the_files(practice, rows):
    today = EXTRACTED.isoformat()
    here = {
        p["patient_id"]
        for p in rows["patients"]
        if p["registration_kind"] == "regular"
        and p["registration_start"] <= today
        and not (p["registration_end"] and p["registration_end"] <= today)
        and not p["death_date"]
    }
    assert practice.summary.registered == len(here)
    gabapentinoid = {r["patient_id"] for r in rows["medicines"] if r["bnf"]} & here
    assert practice.summary.gabapentinoid_ever == pytest.approx(len(gabapentinoid) / len(here))


def test_the_text_of_the_summary_has_both_rates(usual):
    text = usual.as_text()
    for rate in usual.rates:
        line = next(line for line in text.splitlines() if rate.what in line)
        assert rate.made in line
        assert rate.published in line
    assert "10,000 patients" in text
    assert "219 people of 73 kinds" in text


def test_pain_and_its_medicines_go_together(rows):
    """Most of those with repeated opioids have a painful condition as well."""
    issues = defaultdict(set)
    for line in rows["medicines"]:
        if line["code"].startswith(("dj", "o42")) and line["date"] >= "2026-05-03":
            issues[line["patient_id"]].add(line["date"])
    often = {who for who, days in issues.items() if len(days) >= 3}
    painful = {r["patient_id"] for r in rows["events"] if r["code"].startswith(("N0", "N1", "1M"))}
    known = {line["patient_id"] for line in rows["truth"]}
    assert len(often - known) > 30
    assert len((often - known) & painful) / len(often - known) > 0.8


def test_untidy_rows_are_there_to_be_found(rows, practice):
    events, medicines = rows["events"], rows["medicines"]
    known = {line["patient_id"] for line in rows["patients"]}
    dates = Counter(
        "none" if not r["date"] else "short" if len(r["date"]) < 10 else "day" for r in events
    )
    assert dates["none"] >= 10
    assert dates["short"] >= 12
    assert sum(r["date"].endswith("-02-30") for r in events) == 3
    assert sum("/" in r["date"] for r in events) == 3
    assert sum(r["date"] < "1900" for r in events if r["date"]) >= 4
    assert sum(not is_number(r["value"]) for r in events) == 8
    assert sum(not is_number(r["quantity"]) for r in medicines) == 3
    assert sum(r["patient_id"] not in known for r in events) == 6
    assert sum(r["patient_id"] not in known for r in medicines) == 4
    assert {r["code"] for r in events if len(r["code"]) == 7} == {"13J3.00", "13J3.11", "1M52.00"}
    assert practice.summary.untidy_rows < 100
    copies = Counter(tuple(r.values()) for r in events[-100:])
    assert 3 in copies.values()


def is_number(text):
    try:
        float(text or 0)
    except ValueError:
        return False
    return True


def test_measurements_have_values_and_units_and_fit_notes_sometimes_lengths(rows):
    pressures = [r for r in rows["events"] if r["code"] == "2469." and is_number(r["value"])]
    values = [float(r["value"]) for r in pressures]
    assert all(values)
    assert 125 < sum(values) / len(values) < 140
    assert {r["unit"] for r in pressures} == {"mm[Hg]"}
    notes = [r for r in rows["events"] if r["code"] == "9D15."]
    lengths = {(r["value"], r["unit"]) for r in notes}
    assert lengths == {("7", "days"), ("14", "days"), ("28", "days"), ("", "")}


def test_a_made_practice_is_replaced_and_nothing_of_it_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "ROWS_PER_PART", 4_000)
    make_practice(tmp_path, patients=SMALL)
    monkeypatch.undo()
    make_practice(tmp_path, patients=SMALL, seed=2)
    make_practice(tmp_path / "fresh", patients=SMALL, seed=2)
    fresh = digests(tmp_path / "fresh")
    assert {name: d for name, d in digests(tmp_path).items() if "fresh" not in name} == fresh
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["fresh"]


@pytest.mark.parametrize(
    ("there", "named"),
    [("patients.csv", "patients.csv"), ("events/part-00001.csv", "events")],
)
def test_an_extract_that_was_not_made_here_is_left_alone(tmp_path, there, named):
    path = tmp_path / there
    path.parent.mkdir(exist_ok=True)
    path.write_text("patient_id\n", encoding="utf-8")
    with pytest.raises(UsageError, match=f"holds {named}"):
        make_practice(tmp_path, patients=SMALL)
    assert path.read_text(encoding="utf-8") == "patient_id\n"


def test_a_stranger_among_the_parts_is_left_alone(tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "truth.csv").write_text("patient_id\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        make_practice(tmp_path, patients=SMALL)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"patients": 199}, "199 patients is too small: at least 200"),
        ({"seed": -1}, "the seed is -1"),
        ({"events_per_patient": -0.5}, "-0.5 rows per patient"),
        ({"issues_per_patient": -2}, "-2 rows per patient"),
    ],
)
def test_impossible_numbers_are_refused_before_anything_is_written(tmp_path, wrong, said):
    with pytest.raises(UsageError, match=said):
        make_practice(tmp_path / "out", **({"patients": SMALL} | wrong))
    assert not (tmp_path / "out").exists()


def test_the_smallest_practice_has_every_archetype(tmp_path):
    assert set(make_practice(tmp_path, patients=200).archetypes.values()) == {1}


def test_to_import_the_room_loads_nothing_that_makes_rows():
    code = (
        "import sys, instep_cohort.synthetic;"
        "sys.exit('instep_cohort.synthetic.making' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
