"""A saved run, read back: the same as before it was saved, or a message that leaks nothing."""

import json
import shutil

import pyarrow as pa
import pytest

import instep_cohort as ic
from cohort.small_practice import DROPPED_AT, tree
from instep_cohort.cohort import open_run
from instep_cohort.cohort.spreadsheet_text import as_recorded, harmless
from instep_cohort.errors import ExtractError, UsageError

TABLES = ("candidates", "evidence", "facts", "spells", "attrition", "resolution")


@pytest.fixture
def damaged(run_folder, tmp_path):
    """A copy of the run folder that a test may damage."""
    return shutil.copytree(run_folder, tmp_path / "run")


def plain(table):
    """The rows, whatever holds their text."""
    return table.column_names, table.to_pylist()


def test_it_is_offered_at_the_top():
    assert ic.open_run is open_run
    assert "open_run" in ic.__all__


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_what_it_was(cohort, run_folder, name):
    opened = open_run(run_folder).to_arrow(name)
    assert plain(opened) == plain(cohort.to_arrow(name))


def test_manifest_and_warnings_are_what_they_were(cohort, run_folder):
    opened = open_run(str(run_folder))
    assert opened.manifest == json.loads(json.dumps(cohort.manifest))
    assert opened.warnings == cohort.warnings
    assert repr(opened) == repr(cohort)


def test_saved_again_it_is_the_same_folder(run_folder, tmp_path):
    again = open_run(run_folder).save(tmp_path / "again")
    was, now = tree(run_folder), tree(again)
    # its text was read back without the dictionaries that it was made with
    for files in (was, now):
        del files["evidence.parquet"]
        manifest = json.loads(files["manifest.json"])
        del manifest["files"]["evidence.parquet"]["sha256"]
        files["manifest.json"] = json.dumps(manifest)
    assert now == was
    assert plain(open_run(again).to_arrow("evidence")) == plain(
        open_run(run_folder).to_arrow("evidence")
    )


def test_it_explains_everybody_as_before_it_was_saved(cohort, run_folder):
    opened = open_run(run_folder)
    for who in DROPPED_AT:
        assert opened.explain(who) == cohort.explain(who)


def test_a_run_without_candidates_is_a_run(identified, tmp_path):
    cohort = identified(parameters={"issues": "9"})
    opened = open_run(cohort.save(tmp_path / "run"))
    assert len(opened) == 0
    for name in TABLES:
        assert plain(opened.to_arrow(name)) == plain(cohort.to_arrow(name))


def test_apostrophes_that_were_put_in_are_taken_out():
    texts = ["=1", "'=1", "+44", "-", "@x", "\tx", "x", "'x", "", None]
    table = pa.table({"term": pa.array(texts, pa.string()), "rows": range(len(texts))})
    opened = as_recorded(harmless(table))
    # text that had the very apostrophe of its own is the one thing that cannot be told apart
    assert opened["term"].to_pylist() == ["=1", "=1", *texts[2:]]
    assert harmless(opened) == harmless(table)


# ---------------------------------------------------------------- no run, or a damaged one


def test_what_is_no_run_folder_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match=r"There is no run folder .*nowhere; identify --out"):
        open_run(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="There is no run folder"):
        open_run(tmp_path / "file")
    with pytest.raises(UsageError, match=r"is no run folder: it has no manifest.json"):
        open_run(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "null", '{"study": {}}', '{"secret": "OWNWORDS ZQ"}', "\xff"],
)
def test_a_manifest_of_something_else_is_refused(damaged, text):
    (damaged / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(ExtractError, match=r"manifest.json is not the manifest of a run") as error:
        open_run(damaged)
    assert "OWNWORDS" not in str(error.value)


@pytest.mark.parametrize(
    "name",
    [
        *("candidates.parquet", "evidence.parquet", "facts.parquet", "spells.parquet"),
        *("attrition.csv", "resolution.csv"),
    ],
)
def test_a_missing_or_damaged_file_is_named_and_nothing_of_it_repeated(damaged, name):
    path = damaged / name
    whole = path.read_bytes()
    wrong = [b"", b"OWNWORDS,ZQ\n1,2\n", whole[: len(whole) // 2], whole + b"OWNWORDS,ZQ\n"]
    for raw in wrong if name.endswith(".csv") else wrong[:3]:
        path.write_bytes(raw)
        with pytest.raises(
            ExtractError, match=f"{name} is damaged, or of another version"
        ) as error:
            open_run(damaged)
        assert "OWNWORDS" not in str(error.value)
        assert "ZQ" not in str(error.value)
    path.unlink()
    with pytest.raises(ExtractError, match=f"lacks {name}"):
        open_run(damaged)


def test_a_table_of_another_kind_is_refused(damaged):
    shutil.copy(damaged / "spells.parquet", damaged / "facts.parquet")
    with pytest.raises(ExtractError, match=r"facts.parquet is damaged"):
        open_run(damaged)
