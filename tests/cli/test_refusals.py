"""Bad input: one clear message, the right exit code, nothing on stdout, and earlier output whole."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from cohort.small_practice import EVERYBODY, ON, PATIENTS, STUDY, tree, write_extract, write_lists

KINDS = {2: "Wrong use: ", 3: "Wrong definition: ", 4: "Refused for safety: ", 5: "Bad extract: "}


@pytest.fixture(scope="session")
def earlier_run(practice, tmp_path_factory):
    """A run folder, as some earlier search left it."""
    from instep_cohort.cohort import identify
    from instep_cohort.extracts import open_store
    from instep_cohort.study import load_study

    cohort = identify(
        load_study(practice.study),
        open_store(practice.store),
        on=ON,
        no_opt_out_list="Dr A, partner",
        codelists=practice.codelists,
    )
    return cohort.save(tmp_path_factory.mktemp("earlier") / "run")


@pytest.fixture
def refused(tmp_path, earlier_run, practice):
    """Holds how a command ended against what it must say, with an earlier store and run around it.

    The command is given as a function; everything around it must be the same bytes after it.
    """
    around = tmp_path / "around"
    around.mkdir()
    shutil.copytree(earlier_run, around / "run")
    shutil.copytree(practice.store, around / "store")

    def hold(command, code, *says):
        before = tree(around)
        ended = command(around)
        assert ended.code == code
        assert ended.out == ""
        assert ended.err.startswith(KINDS[code])
        for said in says:
            assert said in ended.err
        assert "Traceback" not in ended.err
        assert not [who for who in EVERYBODY if who in ended.err]
        assert "ZQ" not in ended.err
        assert "OWNWORDS" not in ended.err
        assert tree(around) == before

    return hold


# ---------------------------------------------------------------- ingest


def ingested(instep, extract, *, profile="standard", extract_date="2026-11-01", out="store"):
    def command(around):
        given = ["--profile", profile, "--extract-date", extract_date, "--out", around / out]
        return instep("ingest", extract, *given)

    return command


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({"profile": "standrd"}, 2, ["no profile is called 'standrd'", "did you mean standard?"]),
        ({"profile": "emiss"}, 2, ["there are: ", "aurum", "standard"]),
        ({"profile": "aurum"}, 5, ["no Observation file in the extract", "profile aurum"]),
        ({"extract_date": "1 November 2026"}, 2, ["--extract-date 1 November 2026: not a date", "2026-11-01"]),
        ({"extract_date": "2026-02-30"}, 2, ["--extract-date 2026-02-30: not a date"]),
        ({"extract_date": "20261101"}, 2, ["--extract-date 20261101: not a date"]),
        ({"extract_date": ""}, 2, ["--extract-date : not a date"]),
        ({"out": "run"}, 2, ["a folder that is no store", "is not replaced"]),
    ],
)  # fmt: skip
def test_ingest_with_wrong_options(instep, refused, practice, options, code, says):
    refused(ingested(instep, practice.extract, **options), code, *says)


def test_ingest_of_what_is_not_there(instep, refused, tmp_path):
    refused(ingested(instep, tmp_path / "nowhere"), 2, "nowhere: no such file or folder")


def test_ingest_of_a_store(instep, refused, practice):
    refused(ingested(instep, practice.store), 5, "a store already, not an extract")


@pytest.mark.parametrize("kept", [0, 1])
def test_ingest_of_an_empty_extract(instep, refused, practice, tmp_path, kept):
    """Files without a line, and files with a header alone."""
    for path in practice.extract.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / "empty").mkdir(exist_ok=True)
        (tmp_path / "empty" / path.name).write_text("".join(lines[:kept]), encoding="utf-8")
    says = ["empty extract: no patient can be read from patients.csv"][:kept] or ["empty; a header"]
    refused(ingested(instep, tmp_path / "empty"), 5, *says)


def test_ingest_of_an_empty_folder(instep, refused, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(
        ingested(instep, tmp_path / "empty"), 5, "no patients file in the extract", "patient_id"
    )


def test_ingest_where_a_patient_stands_twice_names_lines_and_no_patient(instep, refused, tmp_path):
    write_extract(tmp_path / "twice", PATIENTS + PATIENTS.splitlines()[3])
    says = "a patient_id is there more than once, on lines patients.csv:5 and patients.csv:22"
    refused(ingested(instep, tmp_path / "twice"), 5, says)


# ---------------------------------------------------------------- identify: options


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({"on": "1.11.2026"}, 2, ["--on 1.11.2026: not a date", "such as 2026-11-01"]),
        ({"on": "2026-13-01"}, 2, ["--on 2026-13-01: not a date"]),
        ({"opt_outs_on": "yesterday"}, 2, ["--opt-outs-on yesterday: not a date"]),
        ({"opt_outs_on": None}, 2, ["--opt-outs needs --opt-outs-on DATE"]),
        ({"opt_outs": None}, 2, ["give the list with --opt-outs FILE"]),
        ({"no_opt_out_list": "Dr A, partner"}, 2, ["--opt-outs and --no-opt-out-list contradict"]),
        (
            {"opt_outs": None, "opt_outs_on": None, "no_opt_out_list": " "},
            2,
            ['--no-opt-out-list needs the "name, role"'],
        ),
        ({"opt_outs": "nowhere.csv"}, 2, ["opt-out list nowhere.csv cannot be read: No such file"]),
        ({"set": "isues=3"}, 2, ["the study has no parameter isues", "did you mean issues?"]),
        ({"set": "issues"}, 2, ["--set issues: write NAME=VALUE, such as --set issues=4."]),
        ({"set": "=4"}, 2, ["--set =4: write NAME=VALUE"]),
        ({"set": "issues=[1"}, 2, ["issues cannot be set to '[1'"]),
        ({"set": "issues=many"}, 3, ["measures.pills_taken.at_least", '"many" is not a whole number', "$issues"]),
        ({"engine": "dukcdb"}, 2, ["There is no engine 'dukcdb'", "duckdb, polars"]),
        ({"codelists": "nowhere"}, 2, ["there is no folder of codelists at nowhere"]),
        ({"study": "instp"}, 2, ["there is no study instp", "did you mean instep?"]),
        ({"study": "nowhere.yaml"}, 2, ["there is no file nowhere.yaml"]),
    ],
)  # fmt: skip
def test_identify_with_wrong_options(identify, refused, options, code, says):
    refused(lambda around: identify(out=around / "run", **options), code, *says)


def test_identify_without_what_it_needs(instep, tmp_path):
    ended = instep("identify", "instep", tmp_path, "--on", "2026-11-01")
    assert (ended.code, ended.out) == (2, "")
    assert "Missing option '--out'" in ended.err
    ended = instep("identify", "instep", tmp_path, "--onn", "2026-11-01")
    assert (ended.code, ended.out) == (2, "")
    assert "No such option: --onn" in ended.err


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("store", "is no run folder (it holds "),
        ("store/store.json", "is a file; --out needs a folder"),
        ("store/store.json/run", "cannot be made ("),
    ],
)
def test_identify_into_a_place_that_is_taken(identify, refused, out, says):
    refused(lambda around: identify(out=around / out), 2, says)


def test_a_place_that_is_taken_is_told_before_anything_is_read(identify, refused, tmp_path):
    refused(
        lambda around: identify(store=tmp_path / "nowhere", study="nothing", out=around / "store"),
        2,
        "is no run folder",
    )


def test_identify_into_a_run_folder_to_which_somebody_has_added(identify, refused):
    def command(around):
        added = around / "run" / "my notes.docx"
        added.write_text("mine", encoding="utf-8")
        ended = identify(out=around / "run")
        assert added.read_text(encoding="utf-8") == "mine"
        added.unlink()
        return ended

    refused(command, 2, "is no run folder (it holds my notes.docx)")


# ---------------------------------------------------------------- identify: store and opt-out list


def test_identify_in_what_is_no_store(identify, refused, practice, tmp_path):
    for folder in (tmp_path / "nowhere", practice.extract):
        refused(
            lambda around, folder=folder: identify(store=folder, out=around / "run"),
            5,
            f"{folder}: not a store, there is no store.json in it",
            "instep-cohort ingest",
        )


def test_identify_in_a_store_with_a_missing_or_damaged_table(identify, refused, practice, tmp_path):
    shutil.copytree(practice.store, tmp_path / "damaged")
    table = tmp_path / "damaged" / "codes.parquet"
    table.write_bytes(table.read_bytes()[:100])
    damaged = {"store": tmp_path / "damaged"}
    refused(lambda around: identify(out=around / "run", **damaged), 5, "table codes is damaged")
    table.unlink()
    refused(lambda around: identify(out=around / "run", **damaged), 5, "table codes is missing")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("00ZQ01,never,", ":3: the kind is none of research, type_1, national."),
        ("research,00ZQ01,", ":3: the kind is none of"),
        (",research,", ":3: the row has no patient_id."),
        ("00ZQ01", ":3: the row has 1 cells"),
        ('"00ZQ01"x,research,', "not readable as CSV"),
    ],
)
def test_identify_with_an_opt_out_list_that_cannot_be_read(identify, refused, tmp_path, line, says):
    path = tmp_path / "list.csv"
    path.write_text(f"patient_id,kind,recorded_on\n00ZQ04,national,\n{line}\n", encoding="utf-8")
    refused(lambda around: identify(out=around / "run", opt_outs=path), 2, says)


# ---------------------------------------------------------------- identify: definitions


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("measures:", "mesures:", 3, ["mesures", "did you mean measures?"]),
        ("within: 2 years", "withn: 2 years", 3, [":11 measures.ache.withn", "did you mean within?"]),
        ("palliative: 1.0.0, ", "", 3, ["measures.dying.events", "palliative"]),
        ("aches: 1.0.0", "aches: 1.0.1", 3, ["codelists.aches", "no version '1.0.1'", "released: 1.0.0"]),
        ("aches: 1.0.0", "aches: newest", 3, ["codelists.aches", "newest"]),
        ("medicine: pills_taken", "medicine: pill_taken", 3, ["include.medicine", "did you mean pills_taken?"]),
        ("opt_outs: {events: wishes}\n", "", 4, ["says nothing of opt-outs", "opt_outs: {events: research-opt-out}"]),
    ],
)  # fmt: skip
def test_identify_with_a_wrong_study(identify, refused, tmp_path, old, new, code, says):
    assert old in STUDY
    study = tmp_path / "wrong.yaml"
    study.write_text(STUDY.replace(old, new), encoding="utf-8")
    refused(lambda around: identify(study=study, out=around / "run"), code, *says)


def test_identify_with_a_study_that_selects_everybody(identify, refused, tmp_path):
    study = tmp_path / "wrong.yaml"
    text = STUDY.replace("pain: ache", "pain: {not: ache}").replace(
        "medicine: pills_taken", "medicine: {any: [pills_taken, {not: dying}]}"
    )
    study.write_text(text, encoding="utf-8")
    refused(
        lambda around: identify(study=study, out=around / "run"), 3, "this study selects everybody"
    )


def test_all_faults_of_a_study_are_told_at_once_each_with_its_line(identify, tmp_path):
    study = tmp_path / "wrong.yaml"
    text = STUDY.replace("within: 2 years", "withn: 2 years").replace("min: 18", "min: eighteen")
    study.write_text(text, encoding="utf-8")
    ended = identify(study=study)
    assert ended.code == 3
    lines = ended.err.removeprefix("Wrong definition: ").splitlines()
    assert [line.split(" ")[0] for line in lines] == [f"{study}:9", f"{study}:11"]


@pytest.mark.parametrize("pinned", [True, False])
def test_a_released_list_that_was_changed_stops_every_command(
    instep, identify, refused, tmp_path, pinned
):
    lists = tmp_path / "lists"
    write_lists(lists, **({} if pinned else {"unused": {"UN1..": {"this"}}}))
    changed = lists / ("aches" if pinned else "unused") / "1.0.0.csv"
    raw = bytearray(changed.read_bytes())
    raw[-2] ^= 1
    changed.write_bytes(raw)
    says = [f"{changed.parent.name}/1.0.0.csv", "not the one that was released", "restore it"]
    refused(lambda around: identify(codelists=lists, out=around / "run"), 3, *says)
    refused(lambda _: instep("codelists", "list", "--codelists", lists), 3, *says)
    refused(lambda _: instep("codelists", "show", "jobs", "--codelists", lists), 3, *says)


def test_strict_refuses_a_list_that_matches_nothing(identify, refused, tmp_path):
    write_lists(tmp_path / "lists", jobs={"JO9..": {"in_work"}})
    refused(
        lambda around: identify("--strict", codelists=tmp_path / "lists", out=around / "run"),
        3,
        "codelists: jobs: 0 of 1 selectors match a code in this extract",
    )


# ---------------------------------------------------------------- identify: safety


@pytest.mark.parametrize(
    ("days", "code"), [(90, None), (91, 4)]
)  # of the extract; the opt-out list is drawn up anew
def test_a_stale_extract(identify, refused, days, code):
    on = ON + timedelta(days=days)
    options = {"on": on, "opt_outs_on": on}
    if code is None:
        assert identify(**options).code == 0
    else:
        refused(
            lambda around: identify(out=around / "run", **options),
            code,
            f"The extract of 2026-11-01 is {days} days old on the search date {on}",
            "--allow-stale",
        )


def test_a_stale_opt_out_list(identify, refused):
    refused(
        lambda around: identify(out=around / "run", opt_outs_on=date(2026, 10, 1)),
        4,
        "opt-out list of 2026-10-01 is 31 days old",
        "--allow-stale",
    )


def test_an_opt_out_list_without_research_dissents_needs_an_answer(identify, refused, tmp_path):
    write_lists(tmp_path / "lists", wishes={"WI3..": {"type_1_dissent"}})
    options = {"opt_outs": None, "opt_outs_on": None, "codelists": tmp_path / "lists"}
    refused(
        lambda around: identify(out=around / "run", **options),
        4,
        "only the practice knows who asked not to be written to",
        "--opt-outs FILE --opt-outs-on DATE",
        '--no-opt-out-list "name, role"',
    )
    assert identify(**options | {"no_opt_out_list": "Dr A, partner"}).code == 0


def test_an_extract_in_whose_systems_no_opt_out_can_be_found(instep, identify, refused, tmp_path):
    write_extract(tmp_path / "other")
    events = tmp_path / "other" / "events.csv"
    events.write_text(
        events.read_text(encoding="utf-8").replace("read_v2", "emis_code_id"), "utf-8"
    )
    given = ["--profile", "standard", "--extract-date", ON, "--out", tmp_path / "store"]
    assert instep("ingest", tmp_path / "other", *given).code == 0
    refused(
        lambda around: identify(store=tmp_path / "store", out=around / "run"),
        4,
        "Nobody's opt-out can be found in this extract",
        "coded in emis_code_id, the opt-out list in read_v2",
    )


def test_faults_of_the_definition_come_first(identify, refused, tmp_path):
    study = tmp_path / "wrong.yaml"
    study.write_text(STUDY.replace("aches: 1.0.0", "aches: 1.0.1"), encoding="utf-8")
    refused(
        lambda around: identify(study=study, out=around / "run", on="2028-01-01"),
        3,
        "no version '1.0.1'",
    )


# ---------------------------------------------------------------- codelists


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["show", "opioid"], 3, ["there is no codelist 'opioid'", "did you mean opioids?"]),
        (["show", "opioids", "--version", "9.9.9"], 3, ["no version '9.9.9'", "released: 1.0.0"]),
        (["list", "--codelists", "nowhere"], 2, ["there is no folder of codelists at nowhere"]),
        (["check", "nowhere"], 2, ["nowhere"]),
        (["check", "--on", "soon"], 2, ["--on soon: not a date"]),
    ],
)
def test_codelists_with_wrong_words(instep, refused, words, code, says):
    refused(lambda _: instep("codelists", *words), code, *says)


# ---------------------------------------------------------------- what nobody foresaw


@pytest.mark.parametrize(
    "error", [ValueError("00ZQ01 OWNWORDS"), KeyError("00ZQ01"), OSError(28, "00ZQ01")]
)
def test_an_unexpected_fault_says_where_and_never_what(identify, monkeypatch, tmp_path, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("instep_cohort.cohort.identifying.find", fail)
    ended = identify()
    assert (ended.code, ended.out) == (1, "")
    first, *places = ended.err.splitlines()
    assert first.startswith(f"Unexpected fault ({type(error).__name__}). Its message is withheld")
    assert any(place.startswith("  identifying.py:") for place in places)
    assert all(str(Path.home()) not in place for place in places)
    for word in ("ZQ", "OWNWORDS", "Traceback", "raise error"):
        assert word not in ended.err
    assert not list(tmp_path.iterdir())


def test_a_fault_while_saving_leaves_the_earlier_run_whole(
    identify, monkeypatch, tmp_path, earlier_run
):
    shutil.copytree(earlier_run, tmp_path / "run")
    before = tree(tmp_path)

    def fail(*_, **__):
        raise MemoryError("00ZQ01")

    monkeypatch.setattr("instep_cohort.cohort.run_folder.write_workbook", fail)
    ended = identify()
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Unexpected fault (MemoryError)")
    assert tree(tmp_path) == before


def test_a_refusal_of_no_kind_of_its_own_ends_with_1(identify, monkeypatch, tmp_path):
    from instep_cohort.errors import InstepError

    def fail(*_, **__):
        raise InstepError("this installation is broken")

    monkeypatch.setattr("instep_cohort.cohort.identifying.find", fail)
    assert identify() == (1, "", "Error: this installation is broken\n")
    assert not list(tmp_path.iterdir())
