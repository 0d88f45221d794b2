"""A made-up system, changed for what a test is about, and extracts in its format."""

from dataclasses import replace
from pathlib import PurePosixPath

from extract_files import ON, csv_text, put

from instep_cohort.extracts import Store, ingest
from instep_cohort.extracts.profile import PatientMap, Profile, RecordMap
from instep_cohort.extracts.profile_checks import profile_faults
from instep_cohort.extracts.source_tables import SourceTable

PERSON = {
    "pid": "1",
    "practice": "A81001",
    "born": "1980-02-03",
    "died": "",
    "from": "2001-01-01",
    "to": "",
}
NOTE = {"pid": "1", "day": "2026-05-01", "code": "N05.."}
ISSUE = {"pid": "1", "day": "2026-05-01", "drug": "9"}

PEOPLE_TABLE = SourceTable(
    "people",
    "people",
    needed=tuple(PERSON),
    optional=("flag", "seq", "gone"),
    required=True,
)
NOTES_TABLE = SourceTable(
    "notes",
    "notes",
    needed=tuple(NOTE),
    optional=("other", "precision", "kind", "value", "id", "seq", "gone", "clinic"),
    required=True,
)
ISSUES_TABLE = SourceTable("issues", "issues", needed=tuple(ISSUE), optional=("parent",))
SHEETS_TABLE = SourceTable("sheets", "sheets", needed=("id",), optional=("course", "seq", "gone"))

PEOPLE = PatientMap(
    source="people",
    patient_id="pid",
    practice_id="practice",
    sex="'F'",
    birth="born",
    deaths=("died",),
    start='"from"',
    end='"to"',
    registration_kind="'regular'",
)
NOTES = RecordMap(
    source="notes",
    kind="clinical",
    columns={"patient_id": "pid", "date": '"day"', "system": "'ctv3'", "code": "code"},
)
ISSUES = RecordMap(
    source="issues",
    kind="medicine",
    columns={"patient_id": "pid", "date": '"day"', "system": "'local'", "code": "drug"},
)


def recognise(names):
    tables = ("people", "notes", "issues", "sheets")
    stems = {name: PurePosixPath(name).stem.split("-")[0].lower() for name in names}
    return {name: stem for name, stem in stems.items() if stem in tables}


TOY = Profile(
    name="toy",
    version="1",
    description="a made-up system for tests",
    dates="iso",
    missing=(),
    tables=(PEOPLE_TABLE, NOTES_TABLE, ISSUES_TABLE, SHEETS_TABLE),
    recognise=recognise,
    patients=PEOPLE,
    records=(NOTES, ISSUES),
)


def with_tables(profile: Profile, **changes: dict) -> Profile:
    """The profile with fields of some tables changed: ``notes={"delimiter": "|"}``."""
    return replace(
        profile,
        tables=tuple(replace(table, **changes.get(table.name, {})) for table in profile.tables),
    )


def read(tmp_path, profile: Profile, *, on=ON, **files) -> Store:
    """The store of a toy extract; rows are changed against one ordinary row."""
    assert profile_faults(profile) == ()
    plain = {"people": PERSON, "notes": NOTE, "issues": ISSUE, "sheets": {}}
    files = {"people": [{}], "notes": [{}], **files}
    contents = {
        f"{name.replace('_', '-')}_csv": csv_text([plain[name.split("_")[0]] | row for row in rows])
        if isinstance(rows, list)
        else rows
        for name, rows in files.items()
    }
    extract = put(
        tmp_path / "extract", **{k.replace("_csv", ".csv"): v for k, v in contents.items()}
    )
    store = ingest(extract, profile=profile, extract_date=on, out=tmp_path / "store")
    for file in store.manifest.files:
        assert file.is_closed
    return store


def fates(store: Store, name: str) -> tuple:
    """What became of the rows of a file: read, stored, quarantined by reason, skipped by reason."""
    [file] = [file for file in store.manifest.files if file.file == name]
    return file.read, file.stored, file.quarantined, file.skipped
