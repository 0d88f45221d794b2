"""`instep-cohort study …`: what goes to stdout, what to stderr, and how each ends."""

import json
import re
from datetime import date

import pytest

from instep_cohort.study import load_study

COMMANDS = {
    "check": "study --codelists --on --strict --json",
    "show": "study --on --set --format",
    "schema": "",
    "diff": "A B --json",
    "test": "study tests --set --codelists --json",
    "try": "study store --on --vary --opt-outs --opt-outs-on --no-opt-out-list --set --codelists "
    "--allow-stale --strict --engine --json --csv",
}  # fmt: skip


def test_the_group_lists_its_commands(instep):
    ended = instep("study", "--help")
    assert ended.code == 0
    for command in COMMANDS:
        assert re.search(rf"│ {command} +[A-Z]", ended.out)


@pytest.mark.parametrize(("command", "options"), COMMANDS.items())
def test_every_argument_and_option_has_a_sentence(instep, command, options):
    ended = instep("study", command, "--help")
    assert ended.code == 0
    for option in options.split():
        (line,) = [
            line for line in ended.out.splitlines() if re.match(rf"│ \*? *{option}(?![-\w])", line)
        ]
        assert re.search(r"[A-Za-z][a-z]*,? [^<>│]{9,}", line.split(option, 1)[1]), line


# ---------------------------------------------------------------- check


def mine(tmp_path, *pairs):
    text = load_study("instep").text
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_check_of_a_study_that_can_run(instep):
    ended = instep("study", "check", "instep")
    assert ended.code == 0
    assert ended.err.endswith("0 errors, 0 warnings, 10 notes\n")
    assert all(line.startswith("note: ") for line in ended.out.splitlines())


def test_check_of_a_broken_one(instep, tmp_path):
    path = mine(tmp_path, ("opioids: 1.0.0", "opioids: 9.0.0"))
    ended = instep("study", "check", path)
    assert ended.code == 3
    (error,) = [line for line in ended.out.splitlines() if line.startswith("error: ")]
    assert (
        error
        == f"error: {path}:16 codelists.opioids: opioids has no version '9.0.0' (released: 1.0.0)"
    )
    assert "1 errors" in ended.err


def test_strict_ends_with_3_on_a_warning(instep, tmp_path):
    path = mine(tmp_path, ("at_least: $painful_condition_dates", "at_least: 2"))
    assert instep("study", "check", path).code == 0
    assert instep("study", "check", path, "--strict").code == 3
    assert instep("study", "check", "instep", "--strict").code == 0


def test_check_as_json(instep, tmp_path):
    path = mine(tmp_path, ("at_least: $painful_condition_dates", "at_leest: 2"))
    ended = instep("study", "check", path, "--json")
    assert ended.code == 3
    assert ended.err == ""
    (fault,) = json.loads(ended.out)
    assert fault == {
        "severity": "error",
        "where": "measures.painful_condition.at_leest",
        "found": "there is no such key",
        "repair": "did you mean at_least?",
        "file": str(path),
        "line": 76,
    }


def test_check_on_one_day(instep, tmp_path):
    path = mine(
        tmp_path, ("within: $explicit_pain_window", "between: {from: 1 month, to: 30 days}")
    )
    assert instep("study", "check", path).code == 0
    assert instep("study", "check", path, "--on", "2026-11-01").code == 0
    assert instep("study", "check", path, "--on", "2027-03-01").code == 3
    assert instep("study", "check", path, "--on", "1.3.2027").code == 2


def test_check_of_no_study(instep, tmp_path):
    ended = instep("study", "check", "instap")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean instep?" in ended.err
    assert instep("study", "check", "instep", "--codelists", tmp_path / "none").code == 2


# ---------------------------------------------------------------- show, schema, diff


def test_show_on_a_day(instep):
    ended = instep("study", "show", "instep", "--on", "2026-11-01", "--set", "issues=4")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(
        "instep 1.1.0: People with chronic pain who may be out of work, on 2026-11-01\n"
    )
    assert (
        "opioid_use: at least 4 dates of opioids (medicines) from 2026-05-03 to 2026-11-01"
        in ended.out
    )
    markdown = instep("study", "show", "instep", "--on", "2026-11-01", "--format", "markdown").out
    assert "\n## Include: a candidate meets every line\n" in markdown


def test_show_without_a_day_is_of_today(instep):
    assert f", on {date.today()}\n" in instep("study", "show", "reise").out


def test_show_of_a_wrong_setting(instep):
    assert instep("study", "show", "instep", "--set", "issue=4").code == 2
    assert instep("study", "show", "instep", "--set", "issues").code == 2
    assert instep("study", "show", "instep", "--set", "issues=none").code == 3


def test_schema_is_json(instep):
    ended = instep("study", "schema")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["$schema"].endswith("2020-12/schema")


def test_diff(instep, tmp_path):
    path = mine(tmp_path, ("    value: 3\n", "    value: 4\n"))
    ended = instep("study", "diff", "instep", path)
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "parameters.issues: 3 → 4",
        "measures.opioid_use: at least: 3 → 4",
        "measures.gabapentinoid_use: at least: 3 → 4",
    ]
    assert ended.err == "instep 1.1.0 → instep 1.1.0: 3 changes in meaning\n"
    result = json.loads(instep("study", "diff", "instep", path, "--json").out)
    assert result["changes"][0] == {
        "section": "parameters", "name": "issues", "kind": "changed", "key": "", "before": "3", "after": "4",
    }  # fmt: skip
    assert result["a"] == {"study": "instep", "version": "1.1.0"}
    same = instep("study", "diff", "instep", mine(tmp_path, ("# InSTEP", "# Once more: InSTEP")))
    assert (same.out, same.err) == ("", "instep 1.1.0 → instep 1.1.0: no changes in meaning\n")


# ---------------------------------------------------------------- test


def test_the_tests_beside_a_shipped_study(instep):
    ended = instep("study", "test", "instep")
    assert ended.code == 0
    assert ended.err == "35 of 35 patients as expected\n"
    assert all(line.startswith("ok    ") for line in ended.out.splitlines())


def test_a_mismatch_ends_with_3(instep, tmp_path):
    ended = instep("study", "test", "instep", "--set", "age_max=65")
    assert ended.code == 3
    assert "FAIL  sixty-five on the search date (line" in ended.out
    assert "      expected out at age, found in\n      | Steps\n" in ended.out
    assert ended.err == "34 of 35 patients as expected\n"
    verdicts = json.loads(instep("study", "test", "instep", "--set", "age_max=65", "--json").out)
    (wrong,) = [one for one in verdicts if one["mismatches"]]
    assert (wrong["patient"], wrong["expected"], wrong["found"]) == (
        "sixty-five on the search date", "out at age", "in",
    )  # fmt: skip


def test_a_broken_test_file_and_one_that_is_not_there(instep, tmp_path):
    tests = tmp_path / "t.yaml"
    tests.write_text("on: 2026-11-01\npatients:\n- {name: p, expect: inn}\n", encoding="utf-8")
    ended = instep("study", "test", "instep", tests)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.splitlines() == [
        f"Wrong definition: {tests}:3 patients[0]: birth is missing (birth: 1980-05-01, 1980-05 or 1980; or age: 46)",
        f'{tests}:3 patients[0].expect: "inn" says nothing that can be expected (write in, out, out at STEP, or {{result: in, COLUMN: VALUE}})',
    ]
    assert instep("study", "test", "instep", tmp_path / "none.yaml").code == 2
    assert instep("study", "test", mine(tmp_path)).code == 2


# ---------------------------------------------------------------- try


def tried(instep, practice, *words, on="2026-11-01", no_list="A. B., research lead"):
    answer = ("--no-opt-out-list", no_list) if no_list else ()
    return instep("study", "try", practice.study, practice.store, "--on", on,
                  "--codelists", practice.codelists, *answer, *words)  # fmt: skip


def test_try_on_the_small_practice(instep, practice):
    ended = tried(instep, practice, "--vary", "issues=1..3", "--vary", "window=90d,1y")
    assert ended.code == 0
    numbers = [line.split("  ") for line in ended.out.splitlines()[2:]]
    assert [line[0] for line in numbers] == ["issues \\ window", "1", "2", "3"]
    grid = json.loads(tried(instep, practice, "--vary", "issues=1..3", "--json").out)["grid"]
    csv = tried(instep, practice, "--vary", "issues=1..3", "--csv").out
    rows = [f"{row['issues']},{row['candidates']}" for row in grid]
    assert csv.splitlines() == ["issues,candidates", *rows]
    assert [row["issues"] for row in grid] == ["1", "2", "3"]


def test_try_gives_the_number_of_identify(instep, practice, tmp_path):
    for issues in "12":
        ended = instep("identify", practice.study, practice.store, "--on", "2026-11-01", "--out", tmp_path / "run",
                       "--codelists", practice.codelists, "--no-opt-out-list", "A, B", "--set", f"issues={issues}", "--json")  # fmt: skip
        (row,) = json.loads(tried(instep, practice, "--vary", f"issues={issues}", "--json").out)[
            "grid"
        ]
        assert row["candidates"] == json.loads(ended.out)["candidates"]


def test_try_refuses_as_identify_does(instep, practice):
    vary = ("--vary", "issues=1..3")
    ended = tried(instep, practice, *vary, on="2027-11-01")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("Refused for safety: The extract of")
    assert tried(instep, practice, *vary, on="2027-11-01", no_list=None).code == 4
    assert tried(instep, practice, "--vary", "issues").code == 2
    assert tried(instep, practice).code == 2
    assert tried(instep, practice, *vary, "--json", "--csv").code == 2
    assert tried(instep, practice, *vary, "--set", "issues=1").code == 2


def test_try_says_which_settings_make_no_study(instep, practice):
    ended = tried(instep, practice, "--vary", "window=1y,0d", "--vary", "issues=2")
    assert ended.code == 0
    assert "no study" in ended.out
    assert "nobody can meet it: 2 dates are asked for, and there can be 1" in ended.err
