"""Mapping files: what each key does to a made-up export, and what is said of a wrong one."""

import copy
import json
import zipfile

import pytest
import yaml
from extract_files import ON, column, csv_text, day, findings, put, quarantined, table
from toy_profile import fates

from instep_cohort.errors import DefinitionError, ExtractError, UsageError
from instep_cohort.extracts import detect, ingest, load_mapping
from instep_cohort.extracts.describing import describe_profile
from instep_cohort.extracts.profile_checks import profile_faults

PERSON = {
    "Number": "4711",
    "Practice": "A81001",
    "Sex": "Female",
    "Born": "03/02/1980",
    "Died": "",
    "From": "01/01/2001",
    "To": "",
    "Kind": "R",
    "Objects": "No",
}
CODE = {
    "Number": "4711",
    "Date": "21/05/2026",
    "Read": "N05..",
    "CTV3": "",
    "Usual GP's Term": "A made-up term",
    "Value": "",
}
ISSUE = {"Number": "4711", "Date": "21/05/2026", "dm+d": "322280009", "Drug": "Made-up 30mg"}
MAPPING = {
    "mapping": "made-up",
    "version": "1.0.0",
    "title": "a made-up export",
    "dates": "dd/mm/yyyy",
    "patients": {
        "file": "people.csv",
        "columns": {
            "patient_id": "Number",
            "practice_id": "Practice",
            "sex": {"column": "Sex", "values": {"Female": "F", "Male": "M"}},
            "birth": "Born",
            "death": "Died",
            "registration_start": "From",
            "registration_end": "To",
            "registration_kind": {"column": "Kind", "values": {"R": "regular"}},
        },
    },
    "events": {
        "file": "codes*.csv",
        "columns": {
            "patient_id": "Number",
            "date": "Date",
            "code": {"column": "Read", "system": "read_v2"},
        },
    },
}
MEDICINES = {
    "file": "issues.csv",
    "columns": {
        "patient_id": "Number",
        "date": "Date",
        "code": [{"column": "dm+d", "system": "dmd"}, {"column": "Drug", "system": "name"}],
        "term": "Drug",
    },
}
REGISTRATIONS = {
    "file": "spans.csv",
    "columns": {"patient_id": "Number", "start": "From", "end": "To", "kind": "Kind"},
}
GONE = object()


def changed(**changes):
    """The mapping with values at dotted places: ``patients__columns__sex="Gender"``."""
    mapping = copy.deepcopy(MAPPING)
    for place, value in changes.items():
        *above, last = place.split("__")
        part = mapping
        for key in above:
            part = part.setdefault(key, {})
        if value is GONE:
            del part[last]
        else:
            part[last] = value
    return mapping


def written(folder, mapping, name="mapping.yaml"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    # By way of JSON, which has no aliases for what stands there twice.
    text = mapping if isinstance(mapping, str) else as_yaml(json.loads(json.dumps(mapping)))
    path.write_text(text, encoding="utf-8")
    return path


def as_yaml(mapping):
    return yaml.safe_dump(mapping, sort_keys=False)


def read(tmp_path, mapping, *, on=ON, **files):
    """The store of a made-up export; rows are changed against one ordinary row."""
    profile = load_mapping(written(tmp_path, mapping))
    assert profile_faults(profile) == ()
    plain = {"people": PERSON, "codes": CODE, "issues": ISSUE}
    files = {"people": [{}], "codes": [{}], **files}
    contents = {
        f"{name}_csv": csv_text([plain.get(name, {}) | row for row in rows])
        if isinstance(rows, list)
        else rows
        for name, rows in files.items()
    }
    extract = put(tmp_path / "extract", **contents)
    store = ingest(extract, profile=profile, extract_date=on, out=tmp_path / "store")
    assert all(file.is_closed for file in store.manifest.files)
    return store


def test_an_ordinary_export(tmp_path):
    store = read(tmp_path, changed(medicines=MEDICINES), issues=[{}])
    [patient], [registration] = table(store, "patients"), table(store, "registrations")
    assert (patient["patient_id"], patient["practice_id"], patient["sex"]) == (
        *("4711", "A81001", "F"),
    )
    assert (patient["birth_day"], patient["death_day"]) == (day("1980-02-03"), None)
    assert (registration["start_day"], registration["end_day"], registration["kind"]) == (
        *(day("2001-01-01"), None, "regular"),
    )
    codes = {code["kind"]: code for code in table(store, "codes")}
    assert (codes["clinical"]["system"], codes["clinical"]["code"]) == ("read_v2", "N05..")
    assert (codes["medicine"]["system"], codes["medicine"]["term"]) == ("dmd", "Made-up 30mg")
    assert store.manifest.profile == "custom/made-up"
    assert store.manifest.profile_version.startswith("1.0.0 ")
    assert not any(findings(store, name) for name in ("patients", "registrations", "events"))


def test_the_hash_of_the_mapping_is_in_the_version(tmp_path):
    versions = {
        load_mapping(written(tmp_path, changed(title=title))).version for title in ("a", "a", "b")
    }
    assert len(versions) == 2


def test_toml_says_the_same(tmp_path):
    text = """
    mapping = "made-up"
    version = "1.0.0"
    title = "a made-up export"
    dates = ["dd/mm/yyyy"]
    [markers]
    1901-01-01 = "unknown"
    [patients]
    file = "people.csv"
    skip_rows = 0
    [patients.columns]
    patient_id = "Number"
    practice_id = "Practice"
    sex = {column = "Sex", values = {Female = "F", Male = "M"}}
    birth = "Born"
    death = "Died"
    registration_start = "From"
    registration_end = "To"
    registration_kind = {column = "Kind", values = {R = "regular"}}
    [events]
    file = "codes*.csv"
    [events.columns]
    patient_id = "Number"
    date = "Date"
    code = {column = "Read", system = "read_v2"}
    """
    toml = load_mapping(written(tmp_path, text, "mapping.toml"))
    same = changed(markers={"1901-01-01": "unknown"})
    profile = load_mapping(written(tmp_path, same))
    assert (toml.tables, toml.patients, toml.records, toml.markers) == (
        *(profile.tables, profile.patients, profile.records, profile.markers),
    )


def test_words_that_yaml_takes_for_something_else_stay_text(tmp_path):
    text = yaml.safe_dump(MAPPING).replace("Male: M", "No: M\n        007: I\n        1e5: U")
    store = read(tmp_path, text, people=[{"Sex": "No"}, {"Number": "2", "Sex": "007"}], codes=[{}])
    assert sorted(column(store, "patients", "sex")) == ["I", "M"]


def test_the_date_styles(tmp_path):
    dates = ("21/05/2026", "21-May-2026", "2026-05-21", "05/2026", "soon", "")
    mapping = changed(dates=["dd/mm/yyyy", "dd-mmm-yyyy"])
    store = read(tmp_path, mapping, codes=[{"Date": text} for text in dates])
    assert column(store, "events", "date_precision").count("day") == 2
    assert set(column(store, "events", "day")) == {day("2026-05-21"), None}
    own = changed(events__dates="iso")
    store = read(tmp_path / "own", own, codes=[{"Date": text} for text in dates])
    assert column(store, "events", "date_precision").count("day") == 1


@pytest.mark.parametrize(
    ("columns", "people", "birth", "precision"),
    [
        ({}, {"Born": "03/02/1980"}, "1980-02-03", "day"),
        ({}, {"Born": "1980"}, "1980-01-01", "year"),
        ({"birth_precision": {"constant": "month"}}, {}, "1980-02-01", "month"),
        ({"birth": GONE, "birth_year": "Y"}, {"Y": "1980"}, "1980-01-01", "year"),
        (
            {"birth": GONE, "birth_year": "Y", "birth_month": "M"},
            *({"Y": "1980", "M": "7"}, "1980-07-01", "month"),
        ),
        (
            {"birth": GONE, "birth_year": "Y", "birth_month": "M"},
            *({"Y": "1980", "M": ""}, "1980-01-01", "year"),
        ),
        ({"birth": GONE, "birth_year": "Y"}, {"Y": ""}, None, None),
    ],
)
def test_birth(tmp_path, columns, people, birth, precision):
    mapping = changed(**{f"patients__columns__{name}": text for name, text in columns.items()})
    [patient] = table(read(tmp_path, mapping, people=[people]), "patients")
    assert patient["birth_day"] == (None if birth is None else day(birth))
    assert patient["birth_precision"] == precision


def test_several_dates_of_death(tmp_path):
    mapping = changed(patients__columns__death=["Died", "Also"])
    store = read(tmp_path, mapping, people=[{"Died": "03/04/2020", "Also": "01/04/2020"}])
    assert column(store, "patients", "death_day") == [day("2020-04-01")]
    assert findings(store, "patients")["dates of death differ: the earliest is taken"] == 1


def test_without_dates_of_death_it_is_said(tmp_path):
    mapping = changed(patients__columns__death="none")
    store = read(tmp_path, mapping, people=[{"Died": "03/04/2020"}, {"Number": "2"}])
    assert findings(store, "patients") == {
        "the mapping has no date of death: nobody is known to have died": 2
    }
    assert "Who has died" in describe_profile(load_mapping(tmp_path / "mapping.yaml"))


def test_what_the_mapping_says_in_the_place_of_the_extract_is_counted(tmp_path):
    mapping = changed(
        patients__columns__registration_kind={"constant": "regular"},
        patients__columns__registration_start={"constant": "01/01/2001"},
        patients__columns__registration_end=GONE,
    )
    store = read(tmp_path, mapping)
    [registration] = table(store, "registrations")
    assert (registration["kind"], registration["start_day"]) == ("regular", day("2001-01-01"))
    assert findings(store, "patients") == {
        "registration_kind is regular by the mapping, not by the extract": 1,
        "registration_start is 01/01/2001 by the mapping, not by the extract": 1,
    }


def test_nobody_is_registered_where_the_mapping_says_none(tmp_path):
    mapping = changed(
        patients__columns__registration_start="none",
        patients__columns__registration_end=GONE,
        patients__columns__registration_kind=GONE,
    )
    store = read(tmp_path, mapping)
    [registration] = table(store, "registrations")
    assert (registration["start_day"], registration["kind"]) == (None, "other")
    assert "Who is registered" in describe_profile(load_mapping(tmp_path / "mapping.yaml"))


def test_a_file_of_registrations(tmp_path):
    columns = {
        name: text
        for name, text in MAPPING["patients"]["columns"].items()
        if not name.startswith("registration")
    }
    mapping = changed(patients__columns=columns, registrations=REGISTRATIONS)
    rows = [
        {"Number": "4711", "From": "01/01/2001", "To": "01/01/2010", "Kind": "regular"},
        {"Number": "4711", "From": "01/01/2015", "To": "", "Kind": "temporary"},
        {"Number": "9", "From": "01/01/2015", "To": "", "Kind": "regular"},
    ]
    store = read(tmp_path, mapping, spans=rows)
    kinds = {row["kind"]: row["start_day"] for row in table(store, "registrations")}
    assert kinds == {"regular": day("2001-01-01"), "temporary": day("2015-01-01")}
    assert fates(store, "spans.csv")[:3] == (3, 2, {"unknown patient": 1})
    assert column(store, "registrations", "practice_id") == ["A81001", "A81001"]


def test_the_first_filled_code_is_the_own_one_and_the_others_stand_beside_it(tmp_path):
    codes = [{"column": "Read", "system": "read_v2"}, {"column": "CTV3", "system": "ctv3"}]
    rows = [
        {},
        {"Read": "", "CTV3": "XE0rC"},
        {"Read": "N06..", "CTV3": "XE0rD"},
        {"Read": "", "CTV3": ""},
    ]
    mapping = changed(events__columns__code=codes, events__columns__term="Usual GP's Term")
    store = read(tmp_path, mapping, codes=rows)
    found = {(c["system"], c["code"]): (c["ctv3"], c["read_v2"]) for c in table(store, "codes")}
    assert found == {
        ("read_v2", "N05.."): (None, None),
        ("ctv3", "XE0rC"): (None, None),
        ("read_v2", "N06.."): ("XE0rD", None),
    }
    assert fates(store, "codes.csv") == (4, 3, {"no code": 1}, {})
    assert set(column(store, "codes", "term")) == {"A made-up term"}


def test_a_system_that_a_column_says(tmp_path):
    code = {"column": "Read", "system": {"column": "Scheme", "values": {"R2": "read_v2"}}}
    rows = [{"Scheme": "R2"}, {"Scheme": "R3"}, {"Scheme": ""}]
    store = read(tmp_path, changed(events__columns__code=code), codes=rows)
    assert column(store, "codes", "system") == ["read_v2"]
    assert fates(store, "codes.csv") == (3, 1, {"unknown system": 2}, {})


def test_what_is_removed_from_a_cell(tmp_path):
    medicines = copy.deepcopy(MEDICINES)
    medicines["columns"]["code"] = {"column": "BNF", "system": "bnf", "remove": "."}
    rows = [{"BNF": "02.02.01.00.00"}, {"BNF": "..."}]
    store = read(tmp_path, changed(medicines=medicines), issues=rows)
    [code] = [code for code in table(store, "codes") if code["kind"] == "medicine"]
    assert code["code"] == "0202010000"
    assert fates(store, "issues.csv")[:3] == (2, 1, {"no code": 1})


def test_a_product_known_by_its_name_alone(tmp_path):
    store = read(tmp_path, changed(medicines=MEDICINES), issues=[{"dm+d": ""}])
    [code] = [code for code in table(store, "codes") if code["kind"] == "medicine"]
    assert (code["system"], code["code"]) == ("name", "Made-up 30mg")
    assert findings(store, "medicines")["no code: known by name only"] == 1


def test_a_column_that_says_who_objects_becomes_an_opt_out(tmp_path):
    flag = {
        "file": "people.csv",
        "only": {"Objects": ["Yes", "Y"]},
        "columns": {
            "patient_id": "Number",
            "date": "none",
            "code": {"constant": "827241000000103", "system": "snomed_ct"},
        },
    }
    people = [{"Objects": "Yes"}, {"Number": "2"}, {"Number": "3", "Objects": "Y"}]
    mapping = changed(events=[MAPPING["events"], flag])
    store = read(tmp_path, mapping, people=people)
    keys = {code["code"]: code["code_key"] for code in table(store, "codes")}
    dissents = [e for e in table(store, "events") if e["code_key"] == keys["827241000000103"]]
    assert [event["date_precision"] for event in dissents] == ["none", "none"]
    ids = {row["patient_key"]: row["patient_id"] for row in table(store, "patients")}
    assert {ids[event["patient_key"]] for event in dissents} == {"4711", "3"}
    assert fates(store, "people.csv") == (3, 3, {}, {})


def test_rows_are_chosen_and_left_out_by_their_cells(tmp_path):
    mapping = changed(
        patients__leave_out={"test patient": {"Practice": ["TEST"]}},
        events__only={"Usual GP's Term": ["A made-up term"]},
        events__leave_out={"entered in error": {"Value": ["error"], "CTV3": ["x"]}},
    )
    rows = [
        *({}, {"Usual GP's Term": "Another"}, {"Value": "error", "CTV3": "x"}, {"Value": "error"}),
        {"Number": "2"},
    ]
    store = read(tmp_path, mapping, people=[{}, {"Number": "2", "Practice": "TEST"}], codes=rows)
    assert fates(store, "people.csv") == (2, 1, {}, {"test patient": 1})
    assert fates(store, "codes.csv") == (
        *(5, 2, {}),
        {
            "entered in error": 1,
            "of no kind that is read": 1,
            "patient left out: test patient": 1,
        },
    )


def test_copies_of_a_patient_count_once_and_contradictions_are_refused(tmp_path):
    store = read(tmp_path, MAPPING, people=[{}, {"Objects": "Yes"}])
    assert fates(store, "people.csv")[3] == {"copy of an earlier row of the patient": 1}
    with pytest.raises(ExtractError, match=r"lines people\.csv:2 and people\.csv:3") as refusal:
        read(tmp_path / "x", MAPPING, people=[{}, {"Sex": "Male"}])
    assert "4711" not in str(refusal.value)


def report(rows, delimiter=","):
    """As a report writer leaves it: lines of its own, a blank last header cell, a byte-order mark."""
    text = csv_text(rows, delimiter)
    lines = "".join(f"{line}{delimiter}\n" for line in text.splitlines())
    return ("\ufeffReport,made up\nRun on,01/11/2026\n\n" + lines).encode()


def test_lines_before_the_header_and_a_blank_header_cell(tmp_path):
    mapping = changed(patients__skip_rows=3, events__skip_rows="3")
    good = report([CODE, CODE]).decode("utf-8-sig").splitlines()
    codes = "\n".join([*good[:5], "4711,21/05/2026", good[5], ""])
    store = read(tmp_path, mapping, people=report([PERSON]), codes=codes)
    assert len(table(store, "events")) == 2
    assert [row[:2] for row in quarantined(store)] == [("codes.csv", 6)]


@pytest.mark.parametrize(
    ("delimiter", "name"), [("\t", "tab"), (";", "semicolon"), ("|", "pipe"), (";", ";")]
)
def test_delimiters(tmp_path, delimiter, name):
    mapping = changed(delimiter="comma", events__delimiter=name)
    assert len(table(read(tmp_path, mapping, codes=csv_text([CODE], delimiter)), "events")) == 1


def test_an_encoding(tmp_path):
    mapping = changed(events__encoding="cp1252", events__columns__term="Usual GP's Term")
    codes = csv_text([CODE | {"Usual GP's Term": "Ménière’s"}]).encode("cp1252")
    assert column(read(tmp_path, mapping, codes=codes), "codes", "term") == ["Ménière’s"]


def test_a_file_without_a_header_line(tmp_path):
    mapping = changed(events__header=["Number", "Date", "Something else", "Read"])
    store = read(tmp_path, mapping, codes="4711,21/05/2026,x,N05..\n4711,22/05/2026,,N06..\n")
    assert column(store, "codes", "code") == ["N05..", "N06.."]


def test_words_and_dates_that_mean_nothing(tmp_path):
    mapping = changed(missing=["NA", "-"], markers={"1900-01-01": "unknown"})
    rows = [{"Date": "01/01/1900"}, {"Date": "NA"}, {"Read": "-"}]
    store = read(tmp_path, mapping, codes=rows)
    found = findings(store, "events")
    assert found["date is the marker 1900-01-01 (unknown): undated"] == 1
    assert found["date missing: undated"] == 1
    assert fates(store, "codes.csv")[:3] == (3, 2, {"no code": 1})


def test_names_of_columns_that_the_readers_use_themselves(tmp_path):
    mapping = changed(
        events__columns__code={"column": "_Read", "system": "read_v2"},
        events__columns__term=' "Filename" ',
        events__columns__value='Say "how" much',
    )
    rows = [{"_Read": "N05..", "filename": "A term"}]
    text = csv_text([CODE | rows[0]]).splitlines()
    text = f'{text[0]},"Say ""how"" much"\n{text[1]},5\n'
    store = read(tmp_path, mapping, codes=text)
    [code], [event] = table(store, "codes"), table(store, "events")
    assert (code["code"], code["term"], event["value"]) == ("N05..", "A term", 5.0)


def test_parts_and_archives_by_a_pattern(tmp_path):
    mapping = written(tmp_path, changed(events__file=["CODES-*.csv", "more/*/c?.csv"]))
    extract = put(tmp_path / "extract", people_csv=csv_text([PERSON]), other_csv="x")
    for name in ("codes-1.csv", "more/2026/c1.csv", "more/2026/c12.csv"):
        (extract / name).parent.mkdir(parents=True, exist_ok=True)
        (extract / name).write_text(csv_text([CODE]))
    with zipfile.ZipFile(extract / "more.zip", "w") as archive:
        archive.writestr("codes-2.csv", csv_text([CODE]))
    profile = load_mapping(mapping)
    store = ingest(extract, profile=profile, extract_date=ON, out=tmp_path / "store")
    assert [file.file for file in store.manifest.files] == [
        *("codes-1.csv", "more/2026/c1.csv", "people.csv"),
    ]
    assert store.manifest.unused_files == ("more.zip/codes-2.csv", "more/2026/c12.csv", "other.csv")


def test_it_is_no_profile_that_is_recognised(tmp_path):
    store = read(tmp_path, MAPPING)
    with pytest.raises(ExtractError, match="no profile fits"):
        detect(tmp_path / "extract")
    assert not load_mapping(tmp_path / "mapping.yaml").automatic
    assert "4711" not in str(store)


def test_a_column_that_is_not_there_is_named(tmp_path):
    mapping = changed(events__columns__code={"column": "Reed", "system": "read_v2"})
    with pytest.raises(ExtractError, match="column `reed` is missing") as refusal:
        read(tmp_path, mapping)
    assert "did you mean `read`?" in str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ExtractError, match=r"no events \(kodes\.csv\) file in the extract"):
        read(tmp_path, changed(events__file="kodes.csv"))


def test_a_file_that_two_sections_take_is_refused(tmp_path):
    with pytest.raises(ExtractError, match=r"codes\.csv: the mapping reads it as events and as"):
        read(tmp_path, changed(medicines=MEDICINES | {"file": "*odes.csv"}))


EVENTS = MAPPING["events"]
COLUMNS = EVENTS["columns"]
FAULTS = {
    "unknown key": (changed(pateints={}), "pateints", "no such key (did you mean patients?)"),
    "unknown key in a list": (
        changed(events=[EVENTS, EVENTS | {"skip_row": 1}]),
        *("events[1].skip_row", "did you mean skip_rows?"),
    ),
    "unknown column": (
        changed(patients__columns__gender="Sex"),
        *("patients.columns.gender", "there is no such key (one of"),
    ),
    "missing": (changed(patients__columns__sex=GONE), "patients.columns.sex", "is missing"),
    "no title": (changed(title=GONE), "title", "this key is missing"),
    "no death": (changed(patients__columns__death=GONE), "patients.columns.death", "is missing"),
    "name": (changed(mapping="Made Up"), "mapping", "match pattern"),
    "dates": (changed(dates="mm/dd/yyyy"), "dates", "'mm/dd/yyyy' is not allowed here"),
    "encoding": (changed(events__encoding="latin-1"), "events.encoding", "one of 'utf-8' or"),
    "delimiter": (changed(delimiter="colon"), "delimiter", "'colon' is not allowed here"),
    "skip_rows": (changed(events__skip_rows="few"), "events.skip_rows", "valid integer"),
    "marker": (changed(markers={"01/01/1901": "x"}), "markers.01/01/1901", "write it as"),
    "marker that never was": (changed(markers={"1901-02-30": "x"}), "", "no ISO date"),
    "system": (
        changed(events__columns__code={"column": "Read", "system": "read2"}),
        *("events.columns.code", "read2 is no code system; did you mean read_v2?"),
    ),
    "no system": (
        changed(events__columns__code="Read"),
        *("events.columns.code", "say its system, one of read_v2"),
    ),
    "system of a column": (
        changed(
            events__columns__code={
                "column": "Read",
                "system": {"column": "S", "values": {"R": "read"}},
            }
        ),
        *("events.columns.code.system", "read is no code system"),
    ),
    "two of one system": (
        changed(events__columns__code=[COLUMNS["code"], COLUMNS["code"]]),
        *("events.columns", "code has two columns of read_v2"),
    ),
    "name of an event": (
        changed(events__columns__code={"column": "Read", "system": "name"}),
        *("events.columns.code", "is not matched by its name"),
    ),
    "neither": (changed(patients__columns__sex={}), "patients.columns.sex", "either column or"),
    "both": (
        changed(patients__columns__sex={"column": "Sex", "constant": "F"}),
        *("patients.columns.sex", "either column or constant"),
    ),
    "empty": (changed(patients__columns__sex=""), "patients.columns.sex", "either column or"),
    "values of a constant": (
        changed(patients__columns__sex={"constant": "F", "values": {"a": "b"}}),
        *("patients.columns.sex", "values and remove go with column"),
    ),
    "none": (changed(patients__columns__sex="none"), "patients.columns", "sex cannot be none"),
    "no date of a code": (
        changed(events__columns__date="none"),
        *("events.columns.date", "only a constant code may go without a date"),
    ),
    "birth twice": (
        changed(patients__columns__birth_year="Y"),
        *("patients.columns", "say either birth, or birth_year"),
    ),
    "month of a day": (
        changed(patients__columns__birth_month="M"),
        *("patients.columns", "birth_month goes with birth_year"),
    ),
    "nobody registered": (
        changed(patients__columns__registration_start=GONE),
        *("", "nothing says who is registered"),
    ),
    "no kind": (
        changed(patients__columns__registration_kind=GONE),
        *("", "patients.columns.registration_kind is missing"),
    ),
    "registered twice": (
        changed(registrations=REGISTRATIONS),
        *("", "registrations holds every registration"),
    ),
    "events of the patients' file": (
        changed(events__file="people.csv"),
        *("events", "can give events by a constant code only"),
    ),
    "one file in two ways": (
        changed(events=[EVENTS, EVENTS | {"skip_rows": 1}]),
        *("events[1]", "read in another way than by events[0]"),
    ),
    "header and skip_rows": (
        changed(events__header=["a"], events__skip_rows=1),
        *("events", "header is for files without a header line"),
    ),
    "header without a column": (
        changed(events__header=["Number", "Date"]),
        *("events", "header has no column Read"),
    ),
    "no events": (changed(events=[]), "events", "at least 1 item"),
    "a list": (changed(patients=["people.csv"]), "patients", "a mapping of keys to values"),
    "a text": ("just words", "", "a mapping of keys to values"),
    "nothing": ("", "", "the file is empty"),
    "no YAML": ("mapping: [", "", "this is not YAML"),
    "tabs": ("mapping:\n\t- x", "", "this is not YAML"),
    "twice": ("mapping: a\nmapping: b\n", "mapping", "this key stands twice"),
    "alias": ("a: &x 1\nb: *x\n", "", "an alias (*name)"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place(tmp_path, name):
    mapping, where, words = FAULTS[name]
    with pytest.raises(DefinitionError) as refusal:
        load_mapping(written(tmp_path, mapping))
    assert refusal.value.exit_code == 3
    [fault] = [fault for fault in refusal.value.faults if words in str(fault)]
    assert (fault.file, fault.where) == ("mapping.yaml", where)
    if where:
        assert fault.line is not None


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path):
    mapping = changed(dates="x", patients__columns__sex="none", events__columns__kode="y")
    path = written(tmp_path, mapping)
    with pytest.raises(DefinitionError) as refusal:
        load_mapping(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {fault.where: lines[fault.line - 1].strip() for fault in refusal.value.faults}
    assert found == {
        "dates": "dates: x",
        "patients.columns": "columns:",
        "events.columns.kode": "kode: y",
    }


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("mapping.json", b"{}", UsageError, "a .yaml, .yml or .toml file"),
        ("mapping.yaml", b"\xff\xfe", DefinitionError, "not UTF-8"),
        ("mapping.yaml", b"mapping: \x00", DefinitionError, "not YAML"),
        ("mapping.toml", b"a = ", DefinitionError, "this is not TOML"),
        ("mapping.yaml", b"#" * 1_000_001, UsageError, "larger than a mapping can be"),
        ("mapping.yaml", b"[" * 5000, DefinitionError, "not YAML"),
    ],
)
def test_what_is_no_mapping_file(tmp_path, name, content, error, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=words):
        load_mapping(tmp_path / name)


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        load_mapping(tmp_path / "mapping.yaml")
