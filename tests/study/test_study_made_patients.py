"""A file of study tests read: what it can say, and what its author is told when it says it wrong."""

from datetime import date

import pytest

from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.study import load_study, parse_study
from instep_cohort.study.made_patients import (
    Expected,
    Stay,
    file_of_tests,
    load_study_tests,
    parse_study_tests,
)

ON = "on: 2026-11-01\n"


def patient(*lines, name="p"):
    """One patient of these lines, who is out unless they say otherwise."""
    text = [f"name: {name}", *lines]
    keys = {line.split(":")[0] for line in lines}
    text += [] if "birth" in keys or "age" in keys else ["age: 46"]
    text += [] if "expect" in keys else ["expect: out"]
    return "- " + "\n  ".join(text) + "\n"


def read(*patients):
    return parse_study_tests(ON + "patients:\n" + "".join(patients), "tests.yaml")


def one(*lines):
    return read(patient(*lines)).patients[0]


def rows(key, text):
    return [tuple(row)[1:] for row in getattr(one(f"{key}: {text}"), key)]


def event(day, system="read_v2", code="N142.", term="", value=None, unit=""):
    return (day, system, code, term, value, unit, "", "", "")


EVENTS = [
    ("[2026-05-01 N142.]", [event("2026-05-01")]),
    ("[2026-05-01 N142. Low back pain]", [event("2026-05-01", term="Low back pain")]),
    ('["2026-05-01 N142. Pain: low back"]', [event("2026-05-01", term="Pain: low back")]),
    ("[2026-05 N142., 2026 N142., undated N142.]", [event("2026-05"), event("2026"), event("")]),
    ("[{date: 2026, code: N142.}]", [event("2026")]),
    ("[{date: [2026-05-01, undated], code: N142.}]", [event("2026-05-01"), event("")]),
    ("[{date: 2026-05-01, code: 82423001, system: snomed_ct}]", [event("2026-05-01", "snomed_ct", "82423001")]),
    # a code that YAML would read as a number
    ("[{date: 2026-05-01, code: 1475., value: 7.5, unit: kg}]", [event("2026-05-01", code="1475.", value=7.5, unit="kg")]),
    ("[2026-05-01 1475. Loss of job]", [event("2026-05-01", code="1475.", term="Loss of job")]),
    ("[2026-05-01 N142.11 Lumbago]", [event("2026-05-01", code="N142.11", term="Lumbago")]),
    ("[]", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EVENTS)
def test_the_rows_of_events(text, expected):
    assert rows("events", text) == expected


def test_the_rows_of_medicines():
    assert rows("medicines", "[2026-05-01 dji2. TRAMADOL HCL 50mg capsules]") == [
        event("2026-05-01", code="dji2.", term="TRAMADOL HCL 50mg capsules")
    ]
    by_name = (
        "[{date: 2026-05-01, name: Tramadol 50mg capsules, substance: Tramadol, bnf: 0407020}]"
    )
    assert rows("medicines", by_name) == [
        ("2026-05-01", "", "", "Tramadol 50mg capsules", None, "", "Tramadol", "", "0407020")
    ]
    assert [row.where for row in one("medicines: [{date: [2026-05-01, 2026-06-01], code: dji2.}]").medicines] == [
        "patients[0].medicines[0]"
    ] * 2  # fmt: skip


def test_another_system_for_the_whole_file():
    text = "on: 2026-11-01\nsystem: ctv3\npatients:\n" + patient(
        "events: [2026-05-01 XSGKA Chronic pain]"
    )
    assert parse_study_tests(text, "t").patients[0].events[0].system == "ctv3"


@pytest.mark.parametrize(
    ("line", "birth"),
    [
        ("birth: 1980-05-01", "1980-05-01"),
        ("birth: 1980-05", "1980-05"),
        ("birth: 1980", "1980"),
        ("age: 46", "1980-05-01"),  # half a year from either birthday
        ("age: 0", "2026-05-01"),
    ],
)
def test_birth_and_age(line, birth):
    assert one(line).birth == birth


def test_registrations():
    assert one().stays == [Stay(date(2016, 11, 1))]
    assert one("birth: 2020-03-04").stays == [Stay(date(2020, 3, 4))]
    assert one("registered: 2010-01-01").stays == [Stay(date(2010, 1, 1))]
    assert one("registered: {since: 2010-01-01, until: 2020-01-01, kind: temporary}").stays == [
        Stay(date(2010, 1, 1), date(2020, 1, 1), "temporary")
    ]
    assert one("registered: [2010-01-01, {since: 2015-01-01}]").stays == [
        Stay(date(2010, 1, 1)),
        Stay(date(2015, 1, 1)),
    ]
    assert one("registered: []").stays == []


EXPECTATIONS = [
    ("in", Expected(is_in=True)),
    ("out", Expected(is_in=False)),
    ("out at age", Expected(is_in=False, step="age")),
    ("{result: out, step: age}", Expected(is_in=False, step="age")),
    ("{result: in, tier: B, fit_notes: 2, spell_days: empty}", Expected(True, "", {"tier": "B", "fit_notes": 2, "spell_days": "empty"})),
    ("{result: in, cautions: []}", Expected(is_in=True, cautions=())),
    ('{result: in, cautions: [a, "opt-out: caution"]}', Expected(is_in=True, cautions=("a", "opt-out: caution"))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EXPECTATIONS)
def test_what_is_expected(text, expected):
    assert one(f"expect: {text}").expected == expected


def test_the_rest_of_a_patient():
    found = one(
        "sex: F",
        "died: 2026-01-01",
        "is_test: true",
        "is_confidential: true",
        "practice_list: national",
    )
    assert (found.sex, found.died, found.is_test, found.is_confidential, found.practice_list) == (
        "F", date(2026, 1, 1), True, True, "national",
    )  # fmt: skip
    plain = one()
    assert (plain.sex, plain.died, plain.is_test, plain.is_confidential, plain.practice_list) == (
        "U", None, False, False, "",
    )  # fmt: skip


def faults(text):
    with pytest.raises(DefinitionError) as error:
        parse_study_tests(text, "tests.yaml")
    return [str(fault) for fault in error.value.faults]


# the lines of a patient, and the one thing that is said
WRONG = [
    (["brith: 1980"], "brith: there is no such key (did you mean birth?)"),
    (["birth: 1980-13"], 'birth: "1980-13" is not a date (such as 1980-05-01, 1980-05 or 1980)'),
    (["birth: 1980", "age: 46"], "age: birth is given already (keep one of them)"),
    (["age: 46.5"], "age: 46.5 is not a whole number from 0 up (such as 46)"),
    (["sex: female"], 'sex: "female" is not allowed here (one of F, I, M, U)'),
    (["died: 1/2/2026"], 'died: "1/2/2026" is not a date (a date is YYYY-MM-DD, such as 2026-11-01)'),
    (["died: 2026-02-30"], 'died: "2026-02-30" is not a day of the calendar'),
    (["is_test: yes"], 'is_test: "yes" is not a yes or no (write true or false)'),
    (["practice_list: type1"], 'practice_list: "type1" is not allowed here (did you mean type_1?)'),
    (["registered: never"], 'registered.since: "never" is not a date (a date is YYYY-MM-DD, such as 2026-11-01)'),
    (["registered: {until: 2020-01-01}"], "registered: since is missing (the day on which the registration began)"),
    (["registered: {since: 2020-01-01, until: 2019-01-01}"], "registered.until: it ends on 2019-01-01, before it begins"),
    (["registered: {since: 2020-01-01, kind: guest}"], 'registered.kind: "guest" is not allowed here (one of other, regular, temporary)'),
    (["expect: maybe"], 'expect: "maybe" says nothing that can be expected (write in, out, out at STEP, or {result: in, COLUMN: VALUE})'),
    (["expect: {tier: B}"], "expect: result is missing (in or out)"),
    (["expect: {result: yes}"], 'expect.result: "yes" is not allowed here (one of in, out)'),
    (["expect: {result: in, step: age}"], "expect.step: who is in is left out at no step (take it out, or result: out)"),
    (["expect: {result: out, tier: B}"], "expect.tier: who is out has no columns (columns go with result: in)"),
    (["expect: {result: in, cautions: pain}"], 'expect.cautions: "pain" stands where a list is meant (cautions: [...])'),
    (["events: 2026-05-01 N142."], 'events: "2026-05-01 N142." stands where a list is meant (events: [...])'),
    (["events: [12]"], "events[0]: 12 is no row of a record (write DATE CODE TERM, such as 2026-05-01 N142. Low back pain)"),
    (["events: [N142.]"], 'events[0]: "N142." is not a date (a date is 2026-05-01, or 2026-05, 2026 or undated where no more is known)'),
    (["events: [2026-05-01]"], "events[0]: the row has no code (write DATE CODE TERM, such as 2026-05-01 N142. Low back pain)"),
    (["events: [{code: N142.}]"], "events[0]: date is missing (a date is 2026-05-01, or 2026-05, 2026 or undated where no more is known)"),
    (["events: [{date: [2026-05-01, soon], code: N142.}]"], 'events[0].date[1]: "soon" is not a date (a date is 2026-05-01, or 2026-05, 2026 or undated where no more is known)'),
    (["events: [2026-05-01 N142. Pain: low back]"], "events[0]: a colon has made a key of this row (put the row in quotes)"),
    (["events: [2026-05-01 N142 Low back pain]"], "events[0].code: 'N142' has lost its dots: a Read v2 code has five characters (write 'N142.')"),
    (["events: [{date: 2026-05-01, code: 82423002, system: snomed_ct}]"], None),
    (["events: [{date: 2026-05-01, code: N142., system: read2}]"], 'events[0].system: "read2" is not allowed here (did you mean read_v2?)'),
    (["events: [{date: 2026-05-01, code: 0407020A0, system: bnf}]"], None),
    (["events: [{date: 2026-05-01, code: N142., value: high}]"], 'events[0].value: "high" is not a number (such as 7 or 7.5, without quotes)'),
    (["events: [{date: 2026-05-01, code: N142., name: x}]"], None),
    (["medicines: [{date: 2026-05-01}]"], "medicines[0]: the row has no code (write DATE CODE TERM, or {date: 2026-05-01, name: NAME OF THE PRODUCT})"),
    (["medicines: [{date: 2026-05-01, name: x, dmd: 12}]"], None),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), WRONG)
def test_what_is_wrong_is_said_with_line_path_and_repair(lines, expected):
    found = faults(ON + "patients:\n" + patient() + patient(*lines, name="q"))
    (fault,) = found
    # the patient begins on line 6, and its lines follow its name
    assert fault.startswith(f"tests.yaml:{6 + len(lines)} patients[1].{expected or ''}")


def test_all_faults_are_told_at_once():
    found = faults(
        "on: soon\nsystem: read3\npatients:\n- name: p\n- [x]\n- {name: p, age: 3, expect: up, wrong: 1}\n"
    )
    assert [text.split(": ")[0] for text in found] == [
        "tests.yaml:1 on",
        "tests.yaml:2 system",
        "tests.yaml:4 patients[0]",
        "tests.yaml:4 patients[0]",
        "tests.yaml:5 patients[1]",
        "tests.yaml:6 patients[2].wrong",
        "tests.yaml:6 patients[2].expect",
        "tests.yaml:6 patients[2].name",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patients: []\n", "on is missing"),
        (ON, "patients is missing"),
        (ON + "patients: []\n", "there is no patient to test"),
        (
            ON + "patients:\n" + patient() + patient(),
            '"p" stands twice, first on line 3 (rename one)',
        ),
        ("on: [\n", "this is not YAML"),
        ("", "the file is empty"),
        ("on: 2026-11-01\nsystem: substance\n", '"substance" is not allowed here'),
    ],
)
def test_the_file_as_a_whole(text, message):
    assert any(message in fault for fault in faults(text))


def test_files(tmp_path):
    path = tmp_path / "t.yaml"
    with pytest.raises(UsageError, match="cannot be read"):
        load_study_tests(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError, match="not UTF-8"):
        load_study_tests(path)
    path.write_text("\ufeff" + ON + "patients:\n" + patient(), encoding="utf-8")
    assert load_study_tests(path).patients[0].name == "p"


def test_the_test_file_beside_a_study(tmp_path):
    assert file_of_tests(load_study("instep")).parts[-2:] == ("tests", "instep.yaml")
    mine = tmp_path / "mine.yaml"
    mine.write_text(load_study("instep").text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"there is no test file .*tests/mine\.yaml"):
        file_of_tests(load_study(mine))
    built = parse_study(load_study("instep").text, "")
    with pytest.raises(UsageError, match="read from no file"):
        file_of_tests(built)
