"""Where a study comes from, the shipped ones, and what comes with the package."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import text_of

import instep_cohort.shipped_files
from instep_cohort.codelists import Library
from instep_cohort.errors import DefinitionError, InstepError, UsageError
from instep_cohort.shipped_files import shipped
from instep_cohort.study import Study, compile_study, load_study, parse_study, study_warnings

ON = date(2026, 11, 1)
SHIPPED = [
    *("instep", "instep-sensitive", "any-pain-any-medicine"),
    *("painful-condition", "long-term-opioids", "reise"),
]
NO_SOURCE = "project choice, no published criterion found"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_study_says_where_each_threshold_comes_from(name: str) -> None:
    study = load_study(name)
    assert study.study == name
    assert study_warnings(study) == []
    newest = {one: Library().versions(one)[-1] for one in study.codelists}
    assert study.codelists == newest
    assert all(len(p.source) > 20 for p in study.parameters.values())
    # no number and no span stands in a rule: each is a parameter
    rules = study.data()
    for section in ("population", "measures", "flags"):
        assert not re.search(r"\d", str(rules.get(section))), section
    assert compile_study(study, ON)


def test_instep_is_the_study_of_the_rules() -> None:
    study = load_study("instep")
    values = {name: parameter.value for name, parameter in study.parameters.items()}
    assert values == {
        "age_min": 18,
        "age_max": 64,
        "explicit_pain_window": "5 years",
        "painful_condition_window": "2 years",
        "painful_condition_dates": 2,
        "painful_condition_apart": "90 days",
        "issues": 3,
        "issue_window": "182 days",
        "fit_note_window": "12 months",
        "work_code_fresh_for": "12 months",
    }
    assert {n for n, p in study.parameters.items() if p.source == NO_SOURCE} == {
        "explicit_pain_window",
        "painful_condition_window",
        "painful_condition_dates",
        "fit_note_window",
    }
    assert study.protocol["isrctn"] == "ISRCTN30094062"
    assert list(study.include) == ["chronic_pain", "pain_medicine"]
    assert list(study.exclude) == ["palliative_care"]


def test_every_shipped_study_is_named_here() -> None:
    assert sorted(path.stem for path in shipped("studies").glob("*.yaml")) == sorted(SHIPPED)


def test_a_study_is_found_by_name_or_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text("\ufeff" + text_of(), encoding="utf-8")
    (tmp_path / "plain").write_text(text_of(), encoding="utf-8")
    (tmp_path / "instep").mkdir()
    monkeypatch.chdir(tmp_path)
    by_path = load_study(tmp_path / "mine.yaml")
    assert by_path == load_study("mine.yaml") == load_study("plain") == load_study("./plain")
    assert by_path.study == "small"
    assert load_study("instep").study == "instep"


def test_what_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(text_of(), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_study("instp")
    assert str(caught.value) == (
        "there is no study instp (did you mean instep?), nor a file of that name"
    )
    with pytest.raises(
        UsageError, match=r"there is no file .*min\.yaml \(did you mean mine\.yaml\?\)"
    ):
        load_study(tmp_path / "min.yaml")
    with pytest.raises(UsageError, match=r"there is no file .*x\.yaml$"):
        load_study(str(tmp_path / "none" / "x.yaml"))
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load_study(tmp_path)


def test_a_file_in_another_encoding_is_one_fault_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"study: x\ntitle: caf\xe9\n")
    with pytest.raises(DefinitionError) as caught:
        load_study(path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (str(path), 2)
    assert fault.found == "the file is not UTF-8: byte 0xe9 stands for no character"


def test_faults_found_later_still_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "late.yaml"
    path.write_text(
        text_of(measures="\n  a: {events: pain}\n  b:\n    events: pain\n    after: 2027-01-01")
    )
    with pytest.raises(DefinitionError) as caught:
        compile_study(load_study(path), ON)
    assert [(f.file, f.line, f.where) for f in caught.value.faults] == [
        (str(path), 9, "measures.b.after")
    ]


def test_the_shipped_files_of_an_installation_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "instep_cohort"
    monkeypatch.setattr(instep_cohort.shipped_files, "_PACKAGE", package)
    with pytest.raises(InstepError, match="this installation holds no codelists"):
        shipped("codelists")
    checkout = tmp_path / "codelists"
    checkout.mkdir()
    assert shipped("codelists") == checkout
    installed = package / "shipped" / "codelists"
    installed.mkdir(parents=True)
    assert shipped("codelists") == installed


RICH = text_of(
    protocol="{a: 1, b: [x, ~]}",
    population="{age: {min: 18, max: 64}, registered: {kind: [regular, other], for: 12 months}}",
    measures=(
        "{a: {events: pain, category: [x, y], within: $w, at_least: $n},"
        " b: {medicines: [opioids], between: {from: 24 months, to: 6 months}, apart: 90 days},"
        " c: {events: pain, after: 2020-01-01, before: 2021-01-01, value: {min: 1, max: 7.5}},"
        " d: {events: pain, within: {span: 4 weeks, around: a.first}, pick: last, counting: rows}}"
    ),
    include="{l: {any: [a, {all: [b, {not: c}]}]}, m: {at_least: {n: 2, of: [a, b, l]}}}",
    exclude="{x: d, y: {any: [c, x]}}",
    flags="{f: {fit_notes: notes, gap: 3 days}, g: {work_status: work, fresh_for: 6 months}}",
)
WORDS = [
    *sorted(set(re.findall(r"[\w$.-]+|[{}\[\]:,]", RICH))),
    *("null", "true", "-1", "1e400", "''", "$zz", "0 days", "[]", "{}", "?", "!", "&a", "*a"),
    *("<<", "9999 years", "999999 days", "2027-01-01", "\t", "#", '"', "\n  "),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_a_spoilt_study_is_refused_in_words_or_is_a_study(seed: int, slips: int) -> None:
    """No slip of the keyboard ends in anything but a study or faults that name a line."""
    chance = random.Random(seed)
    words = re.findall(r"\s+|[\w$.-]+|.", RICH)
    for _ in range(slips):
        words[chance.randrange(len(words))] = chance.choice(["", *WORDS])
    text = "".join(words)
    try:
        study = parse_study(text, "spoilt.yaml")
        compile_study(study, ON)
    except DefinitionError as error:
        faults = error.faults
    else:
        assert parse_study(Study.model_validate(study.data()).text, "again.yaml") == study
        return
    assert faults
    for fault in faults:
        assert fault.file == "spoilt.yaml"
        assert fault.found
        assert fault.line is None or 1 <= fault.line <= text.count("\n") + 1


def generated(measures: int) -> str:
    body = "".join(
        f"\n  m{i}: {{events: pain, within: {i + 1} months, at_least: $n, apart: 9 days}}"
        for i in range(measures)
    )
    names = ", ".join(f"m{i}" for i in range(measures))
    return text_of(
        parameters="{n: {value: 2, source: s}}",
        measures=body,
        include=f"{{l: {{any: [{names}]}}}}",
        exclude=f"{{x: {{all: [{names}]}}}}",
    )


def test_loading_and_compiling_is_quick() -> None:
    """The targets are 60 ms and 150 ms on a quiet machine; here is room for a busy one."""
    text = generated(40)
    compile_study(load_study("instep"), ON)  # the models are built once in a process
    start = time.process_time()
    compile_study(load_study("instep"), ON)
    middle = time.process_time()
    assert len(compile_study(parse_study(text, "forty.yaml"), ON).measures) == 40
    end = time.process_time()
    assert middle - start < 0.2
    assert end - middle < 0.4


def test_the_room_needs_no_dataframes() -> None:
    heavy = "pandas, pyarrow, duckdb, narwhals, polars, xlsxwriter, numpy"
    code = f"import sys, instep_cohort.study; print(set('{heavy}'.split(', ')) & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_a_study_that_is_marked_as_incomplete_is_not_run(tmp_path):
    whole = (shipped("studies") / "instep.yaml").read_text(encoding="utf-8")
    path = tmp_path / "brought.incomplete.yaml"
    path.write_text(whole, encoding="utf-8")
    with pytest.raises(DefinitionError, match="marked as incomplete, so it is not run"):
        load_study(path)
