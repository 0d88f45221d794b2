"""`instep-cohort profiles`, and `ingest --profile auto`."""

import json

import pytest

from instep_cohort.extracts import PROFILES

PATIENTS = (
    "patient_id,practice_id,sex,birth_date,death_date,registration_start,registration_end\n"
    "1,A81001,F,1980-02-03,,2001-01-01,\n"
)
EVENTS = "patient_id,date,system,code\n1,2026-05-01,read_v2,N05..\n"


@pytest.mark.parametrize("words", [("profiles",), ("profiles", "list")])
def test_profiles_are_listed(instep, words):
    ended = instep(*words)
    assert ended.code == 0
    for name, description in PROFILES.items():
        assert any(
            line.startswith(name) and line.endswith(description) for line in ended.out.splitlines()
        )


def test_as_json(instep):
    listed = json.loads(instep("profiles", "list", "--json").out)
    assert {row["profile"] for row in listed} >= set(PROFILES)
    shown = json.loads(instep("profiles", "show", "aurum", "--json").out)
    assert shown["dates"] == ["dd/mm/yyyy"]
    assert shown["tables"][0]["columns"].startswith("patid, pracid")


def test_one_is_shown(instep):
    ended = instep("profiles", "show", "aurum")
    assert ended.code == 0
    for words in ("dates: dd/mm/yyyy", "Observation (needed)", "one of: cprd_ddate or emis_ddate"):
        assert words in ended.out


def test_an_unknown_one(instep):
    ended = instep("profiles", "show", "aurom")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean aurum?" in ended.err


def ingest(instep, folder, out):
    return instep(
        "ingest", folder, "--profile", "auto", "--extract-date", "2026-11-01", "--out", out
    )


def test_auto_says_what_it_recognised(instep, tmp_path):
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / "patients.csv").write_text(PATIENTS)
    ended = ingest(instep, folder, tmp_path / "store")
    assert ended.code == 5
    assert "standard: no events file" in ended.err
    (folder / "events.csv").write_text(EVENTS)
    ended = ingest(instep, folder, tmp_path / "store")
    assert ended.code == 0
    assert "Note: recognised as standard: patients.csv (patient_id, practice_id" in ended.err
    assert "standard extract of 2026-11-01" in ended.out


def test_custom_is_listed_and_needs_a_mapping(instep, tmp_path):
    assert any(line.startswith("custom ") for line in instep("profiles").out.splitlines())
    ended = instep("profiles", "show", "custom")
    assert (ended.code, ended.out) == (2, "")
    assert "give it with --mapping FILE" in ended.err
    ended = instep("profiles", "show", "aurum", "--mapping", tmp_path / "m.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert "--mapping goes with the profile custom, not with aurum" in ended.err


MAPPING = """
mapping: made-up
version: 1.0.0
title: a made-up export
dates: iso
patients:
  file: patients.csv
  columns:
    patient_id: patient_id
    practice_id: practice_id
    sex: sex
    birth: birth_date
    death: death_date
    registration_start: registration_start
    registration_kind: {constant: regular}
events:
  file: events.csv
  columns: {patient_id: patient_id, date: date, code: {column: code, system: read_v2}}
"""


def test_an_extract_is_read_by_a_mapping(instep, tmp_path):
    folder, mapping = tmp_path / "extract", tmp_path / "mapping.yaml"
    folder.mkdir()
    (folder / "patients.csv").write_text(PATIENTS)
    (folder / "events.csv").write_text(EVENTS)
    mapping.write_text(MAPPING)
    shown = instep("profiles", "show", "custom", "--mapping", mapping)
    assert "custom/made-up (version 1.0.0 " in shown.out
    words = ("ingest", folder, "--extract-date", "2026-11-01", "--out", tmp_path / "store")
    ended = instep(*words, "--profile", "custom", "--mapping", mapping)
    assert (ended.code, "custom/made-up extract of 2026-11-01" in ended.out) == (0, True)
    for profile in ("auto", "standard"):
        ended = instep(*words, "--profile", profile, "--mapping", mapping)
        assert (ended.code, ended.out) == (2, "")
    mapping.write_text(MAPPING.replace("death:", "deth:"))
    ended = instep(*words, "--profile", "custom", "--mapping", mapping)
    assert ended.code == 3
    assert "mapping.yaml:13 patients.columns.deth: there is no such key (did you mean death?)" in (
        ended.err
    )
