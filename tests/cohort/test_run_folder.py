"""DESIGN.md, the run folder: which files, which columns, whole or not at all, and for whom."""

import csv
import hashlib
import io
import json
import shutil
import stat
import sys
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from cohort.small_practice import ATTRITION, LISTS, STUDY, TIERS, tree
from instep_cohort.cohort import run_folder as saving
from instep_cohort.cohort import workbook
from instep_cohort.cohort.run_folder import write_run
from instep_cohort.errors import UsageError

FILES = {
    *("candidates.parquet", "candidates.xlsx", "candidates.csv", "evidence.parquet"),
    *("facts.parquet", "spells.parquet", "runs.parquet", "attrition.csv", "resolution.csv"),
    *("tiers.csv", "manifest.json"),
}
CANDIDATES = """\
patient_id string, practice_id string, age int32, sex string, birth_precision string, tier string,
tier_reason string, certified_sickness bool, fit_notes int32, fit_note_first date32[day], fit_note_last date32[day],
last_statement string, length_known bool, spell_start date32[day], spell_days int32,
certified_until date32[day], issued_runs int32, long_term bool, may_be_fit_notes int32,
may_be_fit_last date32[day], may_be_fit_terms string, not_counted string,
days_since_spell_start int32, days_since_last_note_end int32, days_since_run_start int32,
days_since_last_issue int32, work_status string,
work_status_date date32[day], work_status_age_days int32, work_status_stale bool,
days_since_job_loss int32, work_hints string, cautions string, reason string"""
EVIDENCE = """\
patient_id string, used_by string, date date32[day], system string, code string, term string,
codelist string, version string, category string, matched_by string, value double, unit string"""
FACTS = """\
patient_id string, practice_id string, ache_met bool, ache_count int32, ache_first date32[day],
ache_last date32[day], pills_taken_met bool, pills_taken_count int32,
pills_taken_first date32[day], pills_taken_last date32[day], dying_met bool, dying_count int32,
dying_first date32[day], dying_last date32[day], pain bool, medicine bool, palliative_care bool,
dropped_at string"""
SPELLS = """\
patient_id string, start date32[day], end date32[day], days int32, covered_days int32,
notes int32, statements string, open bool"""
RUNS = """\
patient_id string, first_issued date32[day], last_issued date32[day], days int32, notes int32,
statements string"""
COLUMNS = {
    "candidates": CANDIDATES,
    "evidence": EVIDENCE,
    "facts": FACTS,
    "spells": SPELLS,
    "runs": RUNS,
}
RESOLUTION = (
    "codelist,version,selector_system,selector_code,match,category,system,code,term,matched_by,rows"
)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


@pytest.fixture
def manifest(run_folder):
    return json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))


def test_it_holds_exactly_these_files_and_is_private(run_folder):
    assert {path.name for path in run_folder.iterdir()} == FILES
    if sys.platform != "win32":
        assert stat.S_IMODE(run_folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("empty", [False, True])
def test_columns_and_types_also_where_nobody_is_found(
    run_folder, identified, tmp_path, name, empty
):
    if empty:
        run_folder = identified(parameters={"issues": "9"}).save(tmp_path / "nobody")
    table = pq.read_table(run_folder / f"{name}.parquet")
    found = [f"{field.name} {field.type}" for field in table.schema]
    assert found == COLUMNS[name].replace("\n", " ").split(", ")
    assert (table.num_rows == 0) == (empty and name in ("candidates", "spells", "runs"))


def test_ids_and_dates_survive_the_parquet(run_folder, cohort):
    for name in COLUMNS:
        stored = pq.read_table(run_folder / f"{name}.parquet").to_pylist()
        assert stored == cohort.to_arrow(name).to_pylist(), name


def test_the_attrition_in_csv(run_folder):
    rows = rows_of(run_folder / "attrition.csv")
    numbers = ("before", "dropped", "after", "gained_if_removed")
    assert list(rows[0]) == ["step", "kind", "text", *numbers]
    assert [(r["step"], r["kind"], *(int(r[n]) for n in numbers)) for r in rows] == ATTRITION
    texts = {row["step"]: row["text"] for row in rows}
    assert texts["pain"] == (
        "at least 1 date of aches [back or hip] (events) from 2024-11-01 to 2026-11-01"
    )
    assert texts["palliative_care"].startswith("not: at least 1 date of palliative")


def test_the_resolution_has_a_row_for_each_selector_even_one_that_hits_nothing(run_folder):
    text = (run_folder / "resolution.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0].replace('"', "") == RESOLUTION
    rows = {
        (row["codelist"], row["selector_code"]): row
        for row in rows_of(run_folder / "resolution.csv")
    }
    assert set(rows) == {(name, code) for name, codes in LISTS.items() for code in codes}
    hit, missed = rows["aches", "AC1.."], rows["notes", "NO3.."]
    assert (hit["code"], hit["matched_by"], hit["rows"]) == ("AC1..", "code", "18")
    assert [missed[name] for name in ("system", "code", "term", "matched_by", "rows")] == [
        *("", "", "", "", "0")
    ]


def test_csv_cells_that_a_spreadsheet_would_run_are_neutralised(run_folder):
    for name in ("candidates", "attrition", "resolution"):
        for row in rows_of(run_folder / f"{name}.csv"):
            assert not [
                cell for cell in row.values() if cell[:1] in ("=", "+", "-", "@", "\t", "\r")
            ]
    candidates = rows_of(run_folder / "candidates.csv")
    assert [row["patient_id"] for row in candidates] == [
        *("'+ZQ06", "'-ZQ07", "00ZQ01", "00ZQ02", "00ZQ03", "00ZQ04", "'=ZQ05+1", "'@ZQ08")
    ]
    assert candidates[6]["practice_id"] == "'@0P2"
    terms = {row["code"]: row["term"] for row in rows_of(run_folder / "resolution.csv")}
    assert (terms["AC2.."], terms["WI5.."]) == ("'=SUM(OWNWORDS)", "'+OWNWORDS")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        *[(f"{start}1", f"'{start}1") for start in "=+-@\t\r"],
        *[(text, text) for text in ("1=1", " =1", "'=1", "", "a-b", "\n=1")],
        (None, None),
    ],
)
def test_only_a_dangerous_first_character_is_marked(text, written):
    table = pa.table({"text": pa.array([text, "plain", None], pa.string()), "n": [-1, 2, 3]})
    marked = saving.harmless(table)
    assert marked["text"].to_pylist() == [written, "plain", None]
    assert marked["n"].to_pylist() == [-1, 2, 3]


def test_the_manifest_has_these_keys(manifest):
    assert set(manifest) == {
        *("study", "search_date", "parameters", "answered_for", "codelists", "resolution_sha256"),
        *("store", "previous_run", "engine", "packages", "counts", "warnings", "files"),
        "artefact_class",
    }
    assert manifest["search_date"] == "2026-11-01"
    assert manifest["engine"] == "duckdb"
    assert manifest["counts"] == {"patients": 20, "candidates": 8, "tiers": TIERS}
    assert manifest["packages"] == {
        name: version(name)
        for name in ("instep-cohort", "duckdb", "narwhals", "pyarrow", "pydantic")
    }
    assert len(manifest["warnings"]) == 2


def test_the_manifest_holds_the_study_as_it_was_run(manifest, practice):
    study = manifest["study"]
    assert (study["name"], study["version"], study["title"]) == ("small", "1.0.0", "A small study")
    assert study["text"] == STUDY
    assert study["sha256"] == sha256(practice.study.read_bytes())
    assert study["settled_elsewhere"] == {"wants_to_work": "patient at contact"}
    assert manifest["parameters"] == {
        "issues": {"value": 2, "source": "a paper"},
        "window": {"value": "182 days", "source": "another paper"},
    }


def test_the_manifest_says_which_parameter_was_set_for_this_run(identified):
    given = identified(parameters={"issues": "3"}).manifest["parameters"]
    assert str(given["issues"]["value"]) == "3"
    assert given["issues"]["source"] != "a paper"
    assert given["window"] == {"value": "182 days", "source": "another paper"}


def test_hashes_of_the_manifest_can_be_made_again(manifest, practice, run_folder):
    lists = {one["id"]: one for one in manifest["codelists"]}
    assert set(lists) == set(LISTS)
    for name, one in lists.items():
        assert one["sha256"] == sha256((practice.codelists / name / "1.0.0.csv").read_bytes())
        assert (one["version"], one["status"]) == ("1.0.0", "draft")
    assert manifest["resolution_sha256"] == sha256((run_folder / "resolution.csv").read_bytes())
    made = json.loads((practice.store / "store.json").read_text(encoding="utf-8"))["tables"]
    lines = "".join(f"{name}\t{made[name]['sha256']}\n" for name in sorted(made))
    for name, table in made.items():
        assert table["sha256"] == sha256((practice.store / f"{name}.parquet").read_bytes())
    assert manifest["store"] == {
        "sha256": sha256(lines.encode()),
        "profile": "standard",
        "extract_date": "2026-11-01",
    }


def test_the_manifest_says_who_answers_for_what(manifest, practice):
    assert manifest["answered_for"] == {
        "practice_list_sha256": sha256(practice.opt_outs.read_bytes()),
        "practice_list_rows": 3,
        "practice_list_drawn_up": "2026-11-01",
        "no_opt_out_list": None,
        "type_1_overridden_by": None,
        "allow_stale": False,
        "strict": False,
    }


def test_every_file_has_its_class(manifest, run_folder):
    assert manifest["artefact_class"] == "PRACTICE-ONLY"
    assert set(manifest["files"]) == FILES
    for name, said in manifest["files"].items():
        assert said.pop("artefact_class") == "PRACTICE-ONLY"
        raw = (run_folder / name).read_bytes()
        # a file cannot hold its own hash
        hashed = {} if name == "manifest.json" else {"sha256": hashlib.sha256(raw).hexdigest()}
        assert said == hashed
        if name.endswith(".parquet"):
            inside = pq.read_schema(run_folder / name).metadata
            assert inside[b"artefact_class"] == b"PRACTICE-ONLY"
    book = load_workbook(run_folder / "candidates.xlsx")
    assert book.properties.category == "PRACTICE-ONLY"
    assert book.custom_doc_props["artefact_class"].value == "PRACTICE-ONLY"
    assert all(sheet.oddHeader.center.text == "PRACTICE-ONLY" for sheet in book.worksheets[:2])


def test_the_same_inputs_give_the_same_bytes(run_folder, identified, tmp_path):
    again = identified().save(tmp_path / "again")
    assert tree(again) == tree(run_folder)


def test_facts_and_evidence_are_sorted_by_patient(run_folder):
    facts = pq.read_table(run_folder / "facts.parquet")["patient_id"].to_pylist()
    evidence = pq.read_table(run_folder / "evidence.parquet")["patient_id"].to_pylist()
    assert facts == sorted(set(facts))
    assert evidence == sorted(evidence)
    assert len(facts) == 15


def test_an_earlier_run_is_replaced_whole(cohort, tmp_path):
    folder = cohort.save(tmp_path / "deeper" / "run")
    (folder / "candidates.csv").write_text("old", encoding="utf-8")
    (folder / "spells.parquet").unlink()
    assert cohort.save(str(folder)) == folder
    assert {path.name for path in folder.iterdir()} == FILES
    assert (folder / "candidates.csv").read_text(encoding="utf-8") != "old"
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


def test_an_empty_folder_may_be_filled(cohort, tmp_path):
    (tmp_path / "run").mkdir(mode=0o755)
    folder = cohort.save(tmp_path / "run")
    assert {path.name for path in folder.iterdir()} == FILES
    if sys.platform != "win32":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (["notes.txt"], "is no run folder (it holds notes.txt)"),
        (["manifest.json", "decisions.xlsx"], "is no run folder (it holds decisions.xlsx)"),
        (["candidates.csv"], "is no run folder (it holds no manifest.json)"),
    ],
)
def test_what_others_put_into_a_folder_is_never_thrown_away(cohort, tmp_path, files, says):
    for name in files:
        (tmp_path / "run" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "run" / name).write_text("theirs", encoding="utf-8")
    before = tree(tmp_path)
    with pytest.raises(UsageError) as error:
        cohort.save(tmp_path / "run")
    assert says in str(error.value)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("place", ["file", "file/run"])
def test_a_file_in_the_way_is_wrong_use(cohort, tmp_path, place):
    (tmp_path / "file").write_text("theirs", encoding="utf-8")
    with pytest.raises(UsageError, match=r"is a file|cannot be made \(.*\); give --out another"):
        cohort.save(tmp_path / place)
    assert tree(tmp_path) == {"file": b"theirs"}


@pytest.fixture
def earlier(run_folder, tmp_path):
    """A copy of a run, and what the folder around it holds."""
    folder = tmp_path / "around" / "run"
    shutil.copytree(run_folder, folder)
    return folder, tree(folder.parent)


@pytest.mark.parametrize(
    "failing", ["the workbook", "the manifest", "moving the old away", "moving the new in"]
)
@pytest.mark.parametrize("error", [RuntimeError("ZQ"), KeyboardInterrupt()])
def test_a_fault_in_the_middle_leaves_the_earlier_run_whole(
    cohort, earlier, monkeypatch, failing, error
):
    folder, before = earlier

    def fail(*_, **__):
        raise error

    if failing == "the workbook":
        monkeypatch.setattr(saving, "write_workbook", fail)
    elif failing == "the manifest":
        monkeypatch.setattr(saving.json, "dumps", fail)
    else:
        rename = Path.rename

        def moved(path, to):
            is_old = path == folder
            is_new = to == folder and path.name != "run"
            return fail() if (is_old if "old" in failing else is_new) else rename(path, to)

        monkeypatch.setattr(Path, "rename", moved)
    with pytest.raises(type(error)):
        write_run(cohort, folder)
    monkeypatch.undo()
    assert tree(folder.parent) == before


def test_even_where_it_cannot_be_put_back_the_earlier_run_is_kept(cohort, earlier, monkeypatch):
    folder, before = earlier
    rename = Path.rename

    def only_away(path, to):
        if to == folder:
            raise OSError("no")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", only_away)
    with pytest.raises(OSError, match="no"):
        write_run(cohort, folder)
    monkeypatch.undo()
    (kept,) = folder.parent.glob("*/run")
    assert {f"run/{name}": data for name, data in tree(kept).items()} == {
        name: data for name, data in before.items() if name != "run"
    }


def test_every_column_of_the_list_is_explained(cohort):
    since = {"newly_crossed"}  # only with an earlier run
    assert {*cohort.to_arrow().column_names} | since == {*workbook.COLUMN_MEANINGS}
