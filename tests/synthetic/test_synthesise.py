"""One made-up practice in the files of every system: the same content, the known answers, faults.

What a format cannot hold is taken away from both sides before they are compared, and nothing else.
"""

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest

from instep_cohort.cohort import identify
from instep_cohort.extracts import PROFILES, Store, detect, ingest, load_mapping
from instep_cohort.study import load_study
from instep_cohort.synthetic import make_practice, making
from instep_cohort.synthetic.formats import FORMATS, find_format
from instep_cohort.synthetic.formats.custom import MAPPING
from instep_cohort.synthetic.formats.layout import (
    COUNTED,
    MENDED,
    QUARANTINED,
    READ_ALL_THE_SAME,
    SKIPPED,
    STORED,
    UNDATED,
    UNMAPPED,
    UNREGISTERED,
    VALUELESS,
)
from instep_cohort.synthetic.other_codes import other_codes

ON = date(2026, 11, 1)
SMALL = 400
FEW = {"events_per_patient": 15, "issues_per_patient": 10}
OTHERS = [name for name in FORMATS if name != "standard"]
every = pytest.mark.parametrize("name", FORMATS)

# What each format keeps of a row beside patient, day and code or product.
KEPT_OF_EVENTS = {
    "aurum": {"value"},
    "custom": {"value", "unit"},
    "emis": {"value", "unit"},
    "gold": {"value of a test"},
    "systmone": {"value", "unit"},
    "tpp": {"value"},
    "vision": {"value", "unit"},
}
KEPT_OF_ISSUES = {
    "aurum": {"quantity", "days"},
    "custom": {"quantity", "days"},
    "emis": {"quantity", "days"},
    "gold": {"quantity", "days"},
    "systmone": {"quantity"},
    "tpp": set(),
    "vision": {"quantity"},
}
IN_CTV3 = {"systmone", "tpp"}
TESTS = ("42", "44", "45")  # where the Read codes of what is measured in a sample begin


class Made(NamedTuple):
    name: str
    folder: Path
    store: Store

    def table(self, name):
        return pq.read_table(self.store.table_path(name)).to_pylist()

    def mess(self):
        return pq.read_table(self.folder / "mess.parquet").to_pylist()

    def truth(self):
        return pq.read_table(self.folder / "truth.parquet").to_pylist()

    def candidates(self):
        found = identify(
            load_study("instep"),
            self.store,
            on=ON,
            opt_outs=self.folder / "opt-outs.csv",
            opt_outs_on=ON,
        )
        return set(found.to_arrow()["patient_id"].to_pylist())


def made(folder, name, mess):
    """A practice in the files of a format, its people in several goes so that there are parts."""
    extract = folder / name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "MOST_PEOPLE_AT_ONCE", 150)
        make_practice(extract, patients=SMALL, seed=3, profile=name, mess=mess, **FEW)
    profile = load_mapping(extract / MAPPING) if name == "custom" else name
    store = ingest(extract, profile=profile, extract_date=ON, out=folder / f"{name}-store")
    return Made(name, extract, store)


def made_once(folder, mess):
    found = {}
    return lambda name: found.get(name) or found.setdefault(name, made(folder, name, mess))


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Every format without a fault, made once and when it is asked for."""
    return made_once(tmp_path_factory.mktemp("clean"), 0)


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    """Every format with every fault."""
    return made_once(tmp_path_factory.mktemp("messy"), 3)


def test_every_profile_that_is_built_in_has_a_format():
    assert set(FORMATS) == {*PROFILES, "custom"}


def test_the_writers_know_nothing_of_the_readers():
    room = Path(making.__file__).parent
    modules = [*room.glob("formats/*.py"), *room.glob("mess/*.py")]
    assert len(modules) > 20
    knowing = [m.name for m in modules if "instep_cohort.extracts" in m.read_text(encoding="utf-8")]
    assert knowing == []


@every
def test_a_format_is_recognised_and_read_to_the_last_row(clean, name):
    made = clean(name)
    if name != "custom":  # which a mapping file says, not what the files look like
        assert detect(made.folder).profile.name == name
    assert made.mess() == []
    assert made.table("quarantine") == []
    for file in made.store.manifest.files:
        assert file.read == file.stored, file.file


@every
def test_the_known_answers_are_found(clean, name):
    made = clean(name)
    candidates, truth = made.candidates(), made.truth()
    assert len(truth) > 60
    assert {row["expected"] for row in truth} == {"in", "out"}
    wrong = [row["archetype"] for row in truth if (row["patient_id"] in candidates) != is_in(row)]
    assert wrong == []
    known = {row["patient_id"] for row in made.table("patients")}
    assert {row["patient_id"] for row in truth} <= known


@every
def test_no_fault_changes_a_known_answer(messy, name):
    made = messy(name)
    candidates = made.candidates()
    wrong = [r["archetype"] for r in made.truth() if (r["patient_id"] in candidates) != is_in(r)]
    assert wrong == []


def is_in(row):
    return row["expected"] == "in"


@pytest.mark.parametrize("name", OTHERS)
def test_the_answers_differ_only_where_the_format_holds_less(clean, name):
    ours = {row["archetype"]: row["step"] for row in clean(name).truth()}
    standard = {row["archetype"]: row["step"] for row in clean("standard").truth()}
    holds = find_format(name).holds
    may_differ = set()
    if holds.birth != "day":
        may_differ |= {kind for kind, step in standard.items() if step == "age"}
    may_differ |= set() if holds.is_test else {"test-patient"}
    may_differ |= set() if holds.is_confidential else {"confidential-patient"}
    may_differ |= set() if holds.read_of_products else {"codeine-for-the-bowel"}
    differ = {kind for kind, step in standard.items() if ours[kind] != step}
    assert differ <= may_differ
    assert {ours[kind] for kind in differ} <= {""}  # they are found, where more is not known


@pytest.mark.parametrize("name", OTHERS)
def test_the_store_holds_the_same_people(clean, name):
    ours, standard = people(clean(name)), people(clean("standard"))
    ids = dict(zip(standard, find_format(name).ids(*numbers(standard)), strict=True))
    assert set(ours) == set(ids.values())
    holds = find_format(name).holds
    for patient, theirs in standard.items():
        mine = ours[ids[patient]]
        assert mine["sex"] == theirs["sex"]
        assert mine["death_day"] == theirs["death_day"]
        assert mine["is_test"] == (theirs["is_test"] and holds.is_test)
        assert mine["is_confidential"] == (theirs["is_confidential"] and holds.is_confidential)
        coarser = min(birth(mine), birth(theirs), key=len)
        assert birth(mine)[: len(coarser)] == birth(theirs)[: len(coarser)]
        assert len(birth(mine)) <= {"day": 10, "month": 7, "year": 7}[holds.birth]


def people(made):
    return {row["patient_id"]: row for row in made.table("patients")}


def numbers(standard):
    """The numbers that the ids of the `standard` profile are, and the practice of each."""
    return [int(patient) for patient in standard], [1] * len(standard)


def birth(row):
    """The birth as ISO text, as far as it is known."""
    if row["birth_day"] is None:
        return ""
    whole = date.fromordinal(row["birth_day"] + date(1970, 1, 1).toordinal()).isoformat()
    return whole[: {"day": 10, "month": 7, "year": 4}[row["birth_precision"]]]


@pytest.mark.parametrize("name", OTHERS)
def test_the_store_holds_the_same_registrations(clean, name):
    ids = standard_ids(clean, name)
    ours, standard = registrations(clean(name), ids), registrations(clean("standard"))
    if name == "aurum":  # whoever is not regular is of an unknown kind
        standard = Counter(
            (*row[:3], "other" if row[3] != "regular" else row[3]) for row in standard
        )
    if name == "tpp":  # no other kind is in the database
        standard = Counter(row for row in standard.elements() if row[3] == "regular")
    if name == "vision":  # nobody's kind is known who has left
        standard = Counter((*row[:3], "other" if is_over(row) else row[3]) for row in standard)
    assert ours == standard


def is_over(registration):
    return registration[2] is not None and registration[2] <= (ON - date(1970, 1, 1)).days


def registrations(made, ids=None):
    keys = {row["patient_key"]: row["patient_id"] for row in made.table("patients")}
    return Counter(
        (
            (ids or {}).get(keys[row["patient_key"]], keys[row["patient_key"]]),
            *(row[column] for column in ("start_day", "end_day", "kind")),
        )
        for row in made.table("registrations")
    )


def standard_ids(clean, name):
    """The id in the `standard` profile for each id of another one."""
    standard = people(clean("standard"))
    return dict(zip(find_format(name).ids(*numbers(standard)), standard, strict=True))


@pytest.mark.parametrize("name", OTHERS)
def test_the_store_holds_the_same_events(clean, name):
    ids, kept = standard_ids(clean, name), KEPT_OF_EVENTS[name]
    ours = Counter(
        (ids[patient], day, clinical(code, name), *amounts)
        for patient, day, code, amounts in rows(clean(name), "events", kept)
    )
    standard = Counter(
        (patient, day, as_known(code["code"], name), *amounts)
        for patient, day, code, amounts in rows(clean("standard"), "events", kept)
    )
    assert sum(ours.values()) > 5_000
    assert ours == standard


@pytest.mark.parametrize("name", OTHERS)
def test_the_store_holds_the_same_medicines(clean, name):
    ids, kept = standard_ids(clean, name), KEPT_OF_ISSUES[name]
    ours = Counter(
        (ids[patient], day, code["term"], *amounts)
        for patient, day, code, amounts in rows(clean(name), "medicines", kept)
    )
    standard = Counter(
        (patient, day, code["term"], *amounts)
        for patient, day, code, amounts in rows(clean("standard"), "medicines", kept)
    )
    assert sum(ours.values()) > 3_000
    assert ours == standard


def rows(made, table, kept):
    """Patient, day, code and the amounts that are kept, of every row; as plain values."""
    patients = {row["patient_key"]: row["patient_id"] for row in made.table("patients")}
    codes = {row["code_key"]: row for row in made.table("codes")}
    for row in made.table(table):
        code = codes[row["code_key"]]
        amounts = [row[name] for name in sorted(kept - {"value of a test"})]
        if "value of a test" in kept:
            is_test = (code["read_v2"] or code["code"]).startswith(TESTS)
            amounts.append(row["value"] if is_test else None)
        yield patients[row["patient_key"]], row["day"], code, amounts


def clinical(code, name):
    """The Read code of five characters, or the CTV3 code, that a format has for an event."""
    if name in IN_CTV3:
        return code["code"] if code["system"] == "ctv3" else code["ctv3"]
    return (code["code"] if code["system"] == "read_v2" else code["read_v2"])[:5]


def as_known(read_code, name):
    return other_codes()[read_code].ctv3 if name in IN_CTV3 else read_code[:5]


@every
def test_every_fault_is_accounted_for(messy, name):
    """Line by line: what should be set apart is, with nothing else, and all the rest is stored."""
    made = messy(name)
    planted = [row for row in made.mess() if row["line"]]
    apart = {(row["file"], row["line"]): row["kind"] for row in of(planted, QUARANTINED)}
    found = {(row["file"], row["line"]) for row in made.table("quarantine")}
    assert {place: kind for place, kind in apart.items() if place not in found} == {}
    # somebody whose registration cannot be read is stored, and the row is in quarantine as well
    assert found - set(apart) == set()
    skipped = Counter(row["file"] for row in of(planted, SKIPPED))
    for file in made.store.manifest.files:
        assert file.read == file.stored + sum(file.quarantined.values()) + sum(
            file.skipped.values()
        )
        assert sum(file.skipped.values()) == skipped[file.file], file.file
        assert sum(file.quarantined.values()) == sum(place[0] == file.file for place in apart)


def of(planted, *fates):
    return [row for row in planted if row["becomes"] in fates]


@every
def test_what_is_stored_of_the_faults_is_stored_as_it_should_be(clean, messy, name):
    made, before = messy(name), clean(name)
    planted = [row for row in made.mess() if row["line"]]
    on_rows = [row for row in planted if is_of_rows(name, row["file"])]
    kept = of(on_rows, STORED, UNDATED, VALUELESS, COUNTED, UNMAPPED, MENDED)
    assert stored(made) - stored(before) == len(kept)
    in_part = of([row for row in on_rows if "known in part" in row["kind"]], UNDATED)
    assert undated(made) - undated(before) == len(of(on_rows, UNDATED))
    assert len(in_part) == 16
    assert findings(made, "is not a number") == len(of(on_rows, VALUELESS))
    counted = ("after the extract date", "before birth", "after death")
    assert findings(made, *counted) - findings(before, *counted) == len(of(on_rows, COUNTED))
    if find_format(name).unknown_code:
        assert findings(made, "code is not in the dictionary") == len(of(on_rows, UNMAPPED))


def is_of_rows(name, file):
    """Whether a file holds events or issues."""
    sheets = [sheet for sheet in find_format(name).sheets if sheet.rows]
    return any(sheet.name.lower() in file.lower() for sheet in sheets)


def stored(made):
    return len(made.table("events")) + len(made.table("medicines"))


def undated(made):
    return sum(row["day"] is None for table in ("events", "medicines") for row in made.table(table))


def findings(made, *words):
    return sum(
        finding.rows
        for finding in made.store.manifest.findings
        if finding.table in {"events", "medicines"}
        and any(word in finding.finding for word in words)
    )


@every
def test_files_are_odd_in_every_way_that_the_format_allows(messy, name):
    made, layout = messy(name), find_format(name)
    whole = {row["kind"] for row in made.mess() if not row["line"]}
    if layout.dialect.header:
        assert {"header in other words", "unknown column"} <= whole
    if layout.dialect.encoding == "utf-8":
        assert "byte-order mark" in whole
    if layout.packs:
        assert f"packed as {layout.packs}" in whole
    assert {row["becomes"] for row in made.mess() if not row["line"]} == {READ_ALL_THE_SAME}
    parts = {sheet.name for sheet in layout.sheets if sheet.rows and sheet.part}
    for sheet in parts:
        files = [f for f in made.store.manifest.files if sheet.lower() in f.file.lower()]
        assert len(files) >= 3, sheet


@every
def test_people_are_odd_in_every_format(messy, name):
    kinds = {row["kind"] for row in messy(name).mess()}
    assert {"born after the extract", "died before birth", "sex of unknown meaning"} <= kinds
    kept = [r for r in messy(name).mess() if r["becomes"] == UNREGISTERED]
    assert len(kept) == (name == "standard")


@every
def test_a_level_has_the_faults_of_the_one_before(tmp_path, name):
    kinds = [set()]
    for level in (1, 2, 3):
        out = tmp_path / str(level)
        make_practice(out, patients=200, profile=name, mess=level, **FEW)
        kinds.append({row["kind"] for row in pq.read_table(out / "mess.parquet").to_pylist()})
        assert kinds[level] > kinds[level - 1]


@every
def test_the_same_order_gives_the_same_bytes(tmp_path, name):
    for turn in ("a", "b"):
        make_practice(tmp_path / turn, patients=200, seed=7, profile=name, mess=3, **FEW)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["aurum", "emis"])
def test_long_ids_are_right_and_no_float_holds_them(clean, name):
    from instep_cohort.terminology.check_digits import has_check_digit

    codes = [row["code"] for row in clean(name).table("codes")]
    assert {len(code) for code in codes} == {18}
    assert all(str(int(float(code))) != code for code in codes if int(code) % 10)
    assert [code for code in codes if not has_check_digit(code)] == []


def test_a_misspelt_profile_is_named():
    from instep_cohort.errors import UsageError

    with pytest.raises(UsageError, match="did you mean emis"):
        find_format("emsi")
