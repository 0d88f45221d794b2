"""S10: every writer that there is has its artefact class, and refuses columns above it.

The writers are found in the source, not listed by hand: a new one fails here until it goes through
`hand_over`, or is named below with its class and the reason why it does not.
"""

import ast
import re
from pathlib import Path

import pytest

from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.columns import PROCESSOR_COLUMNS, RELEASABLE_COLUMNS
from instep_cohort.disclosure.handing_over import hand_over
from instep_cohort.errors import SafetyRefusal

SOURCE = Path(__file__).parent.parent.parent / "src" / "instep_cohort"

WRITES = {
    *("write_text", "write_bytes", "fdopen", "Workbook", "ParquetWriter", "savefig"),
    *("write_csv", "write_table", "to_csv", "to_parquet", "to_excel", "copytree", "copyfile"),
    *("copyfileobj", "copy2"),
}
WRITING_MODE = re.compile(r"[wxa+]")

# how a module comes to write, where it is no call of hand_over itself
HANDED = "what hand_over writes: it is given the open file, or the bytes that it makes"
RUN = "PRACTICE-ONLY: a file of the run folder, whose names are documented; class in its manifest"
STORE = (
    "PRACTICE-ONLY: the store, a database inside the practice (mode 700), never a file to pass on"
)
MADE_UP = "about nobody: people who were made up"
RULES = "about nobody: codelists and studies, or what was found in them"
REGISTERS = "PRACTICE-ONLY: ledger and key, databases inside the practice (mode 600)"
REPAIR = "PRACTICE-ONLY: suggestions for the extract's own files, beside them, mode 600"
PICTURE = "PRACTICE-ONLY where it is of people, mode 600; the command line goes through hand_over"

NAMED = {
    "cohort/made_extract.py": MADE_UP,
    "cohort/manifest.py": "no file: bytes in memory, to be hashed",
    "cohort/pictures/drawing.py": PICTURE,
    "cohort/run_folder.py": RUN,
    "cohort/workbook.py": RUN,
    "disclosure/handing_over.py": "hand_over itself",
    "extracts/quarantine.py": STORE,
    "extracts/repairing.py": REPAIR,
    "recruitment/private_sqlite.py": REGISTERS,
}
NAMED_ROOMS = {
    "codelists": RULES,
    "emis_search": RULES,
    "extracts": STORE,
    "synthetic": MADE_UP,
}
HANDED_TO = {
    "recruitment/screening/workbook.py": "recruitment/screening/exporting.py",
    "recruitment/screening/as_csv.py": "recruitment/screening/exporting.py",
}


def called(node):
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def mode_of(node):
    """The mode in which a call opens a file, wherever it stands among the arguments."""
    given = [*node.args, *(word.value for word in node.keywords if word.arg == "mode")]
    return [
        one.value
        for one in given
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and re.fullmatch(r"[rwxabt+]{1,3}", one.value)
    ]


def is_write(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(re.match(r"\s*COPY .*\bTO\b|\) TO ", node.value))
    if not isinstance(node, ast.Call):
        return False
    name = called(node)
    if name in {"open", "ZipFile"}:
        return any(WRITING_MODE.search(mode) for mode in mode_of(node))
    if name == "connect":
        return "sqlite3" in ast.unparse(node.func)
    return name in WRITES


def writers():
    """Every module below the source that writes, and whether it hands over."""
    found = {}
    for module in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        if any(map(is_write, nodes)):
            hands = any(isinstance(n, ast.Call) and called(n) == "hand_over" for n in nodes)
            found[module.relative_to(SOURCE).as_posix()] = hands
    return found


WRITERS = writers()


def test_writers_are_found():
    assert {*NAMED} - {"recruitment/private_sqlite.py"} <= set(WRITERS), "named, and writes no more"
    assert "recruitment/private_sqlite.py" in WRITERS


@pytest.mark.parametrize("module", WRITERS)
def test_every_writer_has_its_class(module):
    room = module.split("/")[0]
    if WRITERS[module] or module in NAMED or room in NAMED_ROOMS:
        return
    handed_by = HANDED_TO.get(module)
    assert handed_by, f"{module} writes a file: let it go through hand_over, or name it here"
    text = (SOURCE / handed_by).read_text(encoding="utf-8")
    assert "hand_over(" in text, f"{module}: {handed_by} does not hand it over"


# the doors by which a file comes to be that is about nobody: who may use them
OPEN_DOORS = {
    "write_new": {
        "cli/letter.py": "a letter's template, with merge fields",
        "cli/codelists/output.py": "what compares lists; coverage goes through hand_over",
        "cli/codelists/search.py": "rows for a codelist: codes and terms, no count",
        "cli/codelists/crosswalk.py": "codes and terms",
    },
    "svg_save": {"cli/plan_yield.py": "a plan, made of published numbers"},
}


@pytest.mark.parametrize("door", OPEN_DOORS)
def test_files_about_nobody_are_written_by_named_commands_only(door):
    def goes_through(node):
        if not isinstance(node, ast.Call):
            return False
        if door == "write_new":
            return called(node) == "write_new"
        return called(node) == "save" and "picture" in ast.unparse(node.func).lower()

    users = {
        module.relative_to(SOURCE).as_posix()
        for module in SOURCE.rglob("*.py")
        if any(map(goes_through, ast.walk(ast.parse(module.read_text(encoding="utf-8")))))
    }
    assert users <= set(OPEN_DOORS[door])


@pytest.mark.parametrize(
    "written",
    [
        "Path(out).write_text(text)",
        "open(out, 'w')",
        "out.open(mode='ab')",
        "pq.write_table(table, out)",
        "xlsxwriter.Workbook(out)",
        "connection.execute(f\"COPY ({rows}) TO '{out}'\")",
        "sqlite3.connect(out)",
        "zipfile.ZipFile(out, 'w')",
        "frame.to_csv(out)",
    ],
)
def test_a_writer_would_be_found(written):
    assert any(map(is_write, ast.walk(ast.parse(written))))


@pytest.mark.parametrize("read", ["open(path)", "path.open('rb')", "zipfile.ZipFile(path)"])
def test_a_reader_is_none(read):
    assert not any(map(is_write, ast.walk(ast.parse(read))))


def test_nothing_of_a_person_is_in_the_columns_of_counts():
    assert not RELEASABLE_COLUMNS & PROCESSOR_COLUMNS
    of_persons = {
        "patient_id",
        "token",
        "person",
        "nhs_number",
        "age",
        "sex",
        "birth_date",
        "date",
        "name",
    }
    assert not RELEASABLE_COLUMNS & of_persons
    clinical = re.compile("diagnos|drug|medicin|fit.note|work|tier|reason|pain", re.IGNORECASE)
    assert not [name for name in PROCESSOR_COLUMNS if clinical.search(name)]


ABOVE = [
    (ArtefactClass.RELEASABLE_COUNTS, "patient_id"),
    (ArtefactClass.RELEASABLE_COUNTS, "candidate_token"),
    (ArtefactClass.RELEASABLE_COUNTS, "Invite ID"),
    (ArtefactClass.PROCESSOR_MAIL, "tier"),
    (ArtefactClass.PROCESSOR_MAIL, "work_status"),
    (ArtefactClass.PROCESSOR_MAIL, "nhs_number"),
]


@pytest.mark.parametrize(("artefact_class", "column"), ABOVE)
def test_a_column_above_the_class_is_refused(artefact_class, column, tmp_path):
    with pytest.raises(SafetyRefusal, match=f"may not hold: {column}"):
        hand_over(
            tmp_path / "x.csv", artefact_class, columns=[column], write=lambda _: pytest.fail("no")
        )
    assert not list(tmp_path.iterdir())
