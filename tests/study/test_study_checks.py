"""`study check`: a study held against its lists and against search dates."""

from datetime import date, timedelta

import pytest
import yaml

from instep_cohort.cohort.study_checks import check_study, coming_days
from instep_cohort.errors import UsageError
from instep_cohort.shipped_files import shipped
from instep_cohort.study import load_study, parse_study

ON = date(2026, 11, 1)
DAYS = coming_days(ON)


def changed(*pairs, study="instep"):
    """A shipped study with pieces of its text replaced."""
    text = load_study(study).text
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def found_in(tmp_path, *pairs, days=(ON,), severity="error"):
    path = tmp_path / "mine.yaml"
    path.write_text(changed(*pairs), encoding="utf-8")
    found = check_study(path, days=days)
    return [
        str(one.fault).removeprefix(f"{tmp_path}/") for one in found if one.severity == severity
    ]


def test_shipped_studies_have_neither_errors_nor_warnings(shipped_study):
    found = check_study(shipped_study, days=DAYS)
    assert [str(one) for one in found if one.severity != "note"] == []
    assert sum("drafts" in one.fault.found for one in found) == 1
    assert all(one.fault.line for one in found)


def test_the_days_hold_every_kind_of_day():
    assert DAYS[0] == ON
    assert DAYS[-1] == date(2030, 10, 31)
    assert date(2028, 2, 29) in DAYS
    assert [ON + timedelta(days=n) for n in range(len(DAYS))] == DAYS


def test_faults_of_the_file_of_the_lists_and_of_the_date(tmp_path):
    assert found_in(tmp_path, ("within: $issue_window", "witin: 1 year")) == [
        "mine.yaml:78 measures.opioid_use.witin: there is no such key (did you mean within?)",
        "mine.yaml:79 measures.gabapentinoid_use.witin: there is no such key (did you mean within?)",
    ]
    # what only the library knows is told together, and with what only the date shows
    assert found_in(
        tmp_path,
        ("opioids: 1.0.0", "opioids: 9.0.0"),
        ("epilepsy: 1.0.0", "epilepsi: 1.0.0"),
        ("{events: epilepsy}", "{events: epilepsi}"),
        ("category: explicit,", "category: explicite,"),
        ("value: 182 days", "value: 3000 years"),
    ) == [
        "mine.yaml:16 codelists.opioids: opioids has no version '9.0.0' (released: 1.0.0)",
        "mine.yaml:18 codelists.epilepsi: there is no codelist 'epilepsi' (did you mean epilepsy?)",
        "mine.yaml:71 measures.explicit_pain.category: chronic-pain has no category explicite (did you mean explicit?)",
        "mine.yaml:78 measures.opioid_use.within: 3000 years before 2026-11-01 is before the calendar begins",
        "mine.yaml:79 measures.gabapentinoid_use.within: 3000 years before 2026-11-01 is before the calendar begins",
    ]  # fmt: skip


ONE_MONTH = [("within: $explicit_pain_window", "between: {from: 1 month, to: 30 days}")]


def test_what_is_wrong_on_some_days_only_is_a_warning(tmp_path):
    (warning,) = (
        text
        for text in found_in(tmp_path, *ONE_MONTH, days=DAYS, severity="warning")
        if "search dates" in text
    )
    # 1 month back is later than 30 days back on the first 29 days of March, and on no other day
    assert "no run on 116 of 1461 search dates, first on 2027-03-01: nobody can meet it" in warning
    assert found_in(tmp_path, *ONE_MONTH, days=DAYS) == []


def test_what_is_wrong_on_the_one_day_that_is_asked_for_is_an_error(tmp_path):
    (fault,) = found_in(tmp_path, *ONE_MONTH, days=[date(2027, 3, 1)])
    assert "nobody can meet it: on 2027-03-01" in fault
    assert found_in(tmp_path, *ONE_MONTH, days=[ON]) == []
    # and a day on which nothing can be compiled still lets everything else be said
    notes = found_in(tmp_path, *ONE_MONTH, days=[date(2027, 3, 1)], severity="note")
    assert len(notes) > 5


def test_lists_that_cannot_do_what_they_are_there_for(tmp_path):
    found = found_in(
        tmp_path, ("opt_outs: {events: research-opt-out}", "opt_outs: {events: palliative-care}")
    )
    assert any(
        "opt_outs.events: the codelist palliative-care has a category" in one for one in found
    )


def test_a_study_built_or_loaded_is_taken_as_it_is():
    study = parse_study(changed(("$issues", "3")), "built.yaml")
    warnings = [
        one.fault.where for one in check_study(study, days=[ON]) if one.severity == "warning"
    ]
    assert warnings == [
        "parameters.issues",
        "measures.opioid_use.at_least",
        "measures.gabapentinoid_use.at_least",
    ]


def lists_in(folder):
    """The lists of instep, copied without a lock."""
    for name in load_study("instep").codelists:
        (folder / name).mkdir(parents=True)
        for file in (shipped("codelists") / name).iterdir():
            (folder / name / file.name).write_bytes(file.read_bytes())
    return folder


def warnings_with(folder):
    found = check_study("instep", days=[ON], codelists=folder)
    assert not [one for one in found if one.severity == "error"]
    return [one.fault.found for one in found if one.severity == "warning"]


def test_an_older_version_than_the_newest_is_a_warning(tmp_path):
    folder = lists_in(tmp_path / "lists")
    card = folder / "opioids" / "codelist.yaml"
    newer = "history:\n  - {version: 1.10.0, date: 2026-11-25, status: draft, changes: more}\n"
    card.write_text(card.read_text("utf-8").replace("history:\n", newer), "utf-8")
    (folder / "opioids" / "1.10.0.csv").write_bytes((folder / "opioids" / "1.0.0.csv").read_bytes())
    assert warnings_with(folder) == ["opioids 1.0.0 is pinned, and 1.10.0 is released"]


def test_an_opt_out_list_that_sees_no_type_1_dissent_is_a_warning(tmp_path):
    folder = lists_in(tmp_path / "lists") / "research-opt-out"
    card = yaml.load((folder / "codelist.yaml").read_text("utf-8"), yaml.BaseLoader)
    del card["categories"]["type_1_dissent"]
    (folder / "codelist.yaml").write_text(yaml.safe_dump(card, sort_keys=False), "utf-8")
    rows = (folder / "1.0.0.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "1.0.0.csv").write_text(
        "".join(r for r in rows if "type_1_dissent" not in r), "utf-8"
    )
    assert warnings_with(folder.parent) == [
        "research-opt-out has no type_1_dissent: type 1 dissents are not seen"
    ]


@pytest.mark.parametrize("name", ["instap", "no/such.yaml"])
def test_a_study_that_is_not_there(name):
    with pytest.raises(UsageError, match="there is no"):
        check_study(name, days=[ON])
