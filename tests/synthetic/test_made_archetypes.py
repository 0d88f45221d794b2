"""What is known of the archetypes is what the rules say, read by the slow reference."""

import csv
from datetime import date
from pathlib import Path

import pytest
import yaml
from made_size import EXTRACTED

from instep_cohort.synthetic.archetypes import archetypes, years_before
from reference import Extract, Patient, Registration, row, run

STUDY = Path(__file__).parents[2] / "examples" / "studies" / "instep.yaml"

# The archetypes' own codes, as the study's lists have them by their meaning.
LISTS = {
    "chronic-pain": {
        "explicit": {"1M52.", "1M52.00", "16C9."},
        "musculoskeletal": {"N05zL", "N05zJ"},
        "inflammatory": {"N040."},
        "headache": {"F26.."},
    },
    "opioids": {"weak": {"dji2.", "dj42."}, "strong": {"djz4."}},
    "gabapentinoids": {"gabapentin": {"dnj2."}, "pregabalin": {"dnpx."}},
    "epilepsy": {"diagnosis": {"F25.."}},
    "palliative-care": {"register": {"8CM1."}},
    "fit-notes": {"not_fit": {"9D15."}},
    "employment-status": {"out_of_work": {"13J7."}, "in_work": {"13JV."}},
    "research-opt-out": {
        "type_1_dissent": {"9Nu0."},
        "type_1_withdrawn": {"9Nu1."},
        "caution": {"9Nd1."},
    },
}
BY_CODE = {
    name: {code: {category} for category, codes in categories.items() for code in codes}
    for name, categories in LISTS.items()
}
STEPS = {
    *("alive", "registered", "age", "test", "confidential"),
    *("chronic_pain", "pain_medicine", "palliative_care", "type_1", "practice_list"),
}
AWKWARD_DAYS = [
    EXTRACTED,
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 2, 28),
    date(2028, 2, 28),
    date(2028, 2, 29),
    date(2028, 3, 1),
]


@pytest.fixture(scope="module")
def study():
    return yaml.safe_load(STUDY.read_text(encoding="utf-8"))


def dropped(study, on, extract, listed):
    """The step that drops each person, empty for candidates."""
    result = run(study, on, extract, BY_CODE, listed)
    population = {who: facts["dropped_at"] for who, facts in result.facts.items()}
    everybody = {patient.patient_id: "population" for patient in extract.patients}
    return everybody | population, result.candidates


def as_extract(kinds, on):
    """The archetypes as the reference takes them, each under its own name."""
    return Extract(
        patients=[
            Patient(
                kind.name,
                birth=first_possible(kind),
                birth_precision=kind.precision if kind.birth else None,
                death=kind.death,
                is_test=kind.is_test,
                is_confidential=kind.is_confidential,
            )
            for kind in kinds
        ],
        registrations=[Registration(k.name, k.start, k.end, k.kind) for k in kinds],
        events=[row(k.name, when, code) for k in kinds for code, when in k.events],
        medicines=[row(k.name, when, code) for k in kinds for code, when in k.issues],
        extract_date=on,
    )


def first_possible(kind):
    if kind.birth is None or kind.precision == "day":
        return kind.birth
    month = kind.birth.month if kind.precision == "month" else 1
    return date(kind.birth.year, month, 1)


@pytest.mark.parametrize("on", AWKWARD_DAYS, ids=str)
def test_the_answers_are_what_the_rules_say_on_any_day(study, on):
    kinds = archetypes(on)
    listed = [(kind.name, kind.listed) for kind in kinds if kind.listed]
    found, candidates = dropped(study, on, as_extract(kinds, on), listed)
    population = {"alive", "registered", "age", "test", "confidential"}
    expected = {kind.name: "population" if kind.step in population else kind.step for kind in kinds}
    assert found == expected
    assert set(candidates) == {kind.name for kind in kinds if kind.expected == "in"}


def test_the_answers_name_the_population_step_that_drops(study):
    for kind in archetypes(EXTRACTED):
        extract = as_extract([kind], EXTRACTED)
        attrition = run(
            study, EXTRACTED, extract, BY_CODE, [(kind.name, kind.listed or "national")]
        )
        drops = [line.step for line in attrition.attrition if line.dropped]
        assert drops == ([kind.step] if kind.step else []), kind.name


def test_there_is_an_archetype_for_every_step_and_for_a_narrow_hit_and_miss():
    kinds = archetypes(EXTRACTED)
    assert {kind.step for kind in kinds} - {""} == STEPS
    assert len({kind.name for kind in kinds}) == len(kinds)
    assert 20 < sum(kind.expected == "in" for kind in kinds) < len(kinds) - 20


def test_the_truth_of_the_files_is_what_the_rules_say(rows, study):
    truth = {line["patient_id"]: line for line in rows["truth"]}
    extract = read_extract(rows, truth)
    listed = [(line["patient_id"], line["kind"]) for line in rows["opt-outs"]]
    found, candidates = dropped(study, EXTRACTED, extract, listed)
    assert set(candidates) == {who for who, line in truth.items() if line["expected"] == "in"}
    wrong = [
        (truth[who]["archetype"], truth[who]["step"], step)
        for who, step in found.items()
        if step != "population" and step != truth[who]["step"]
    ]
    assert wrong == []


def read_extract(rows, wanted):
    """The people of the truth file, as the CSV files have them."""
    people = [line for line in rows["patients"] if line["patient_id"] in wanted]
    return Extract(
        patients=[
            Patient(
                line["patient_id"],
                birth=day_of(line["birth_date"], line["birth_precision"]),
                birth_precision=line["birth_precision"] or None,
                death=day_of(line["death_date"]),
                is_test=line["is_test"] == "true",
                is_confidential=line["is_confidential"] == "true",
            )
            for line in people
        ],
        registrations=[
            Registration(
                line["patient_id"],
                day_of(line["registration_start"]),
                day_of(line["registration_end"]),
                line["registration_kind"],
            )
            for line in people
        ],
        events=rows_of(rows["events"], wanted),
        medicines=rows_of(rows["medicines"], wanted),
        extract_date=EXTRACTED,
    )


def day_of(text, precision="day"):
    if not text:
        return None
    known = {"day": 10, "month": 7, "year": 4}[precision]
    return date.fromisoformat(text[:known] + "-01-01"[known - 4 :][: 10 - known])


def rows_of(lines, wanted):
    return [
        row(line["patient_id"], line["date"], line["code"])
        for line in lines
        if line["patient_id"] in wanted
    ]


def test_the_truth_file_agrees_with_itself_and_with_the_summary(practice, rows):
    kinds = {kind.name: kind for kind in archetypes(EXTRACTED)}
    truth = rows["truth"]
    assert list(truth[0]) == ["patient_id", "archetype", "expected", "step"]
    assert len({line["patient_id"] for line in truth}) == len(truth)
    for line in truth:
        kind = kinds[line["archetype"]]
        assert (line["expected"], line["step"]) == (kind.expected, kind.step)
    counts = dict.fromkeys(kinds, 1)
    assert practice.summary.archetypes == counts
    assert practice.summary.expected_in == sum(line["expected"] == "in" for line in truth)


def test_the_shipped_lists_have_the_archetypes_codes_under_the_same_meaning():
    """As exact Read v2 codes or below a selector's prefix, and never excluded."""
    shipped = Path(__file__).parents[2] / "codelists"
    for name, categories in LISTS.items():
        with (shipped / name / "1.0.0.csv").open(encoding="utf-8", newline="") as lines:
            selectors = [line for line in csv.DictReader(lines) if line["system"] == "read_v2"]
        for category, codes in categories.items():
            for code in codes:
                hits = [line for line in selectors if selects(line, code[:5])]
                assert category in {line["category"] for line in hits}, (name, code)
                assert not [line for line in hits if line["match"].startswith("exclude")]


def selects(selector, code):
    if selector["match"] in {"exact", "exclude"}:
        return selector["code"][:5] == code
    return code.startswith(selector["code"].rstrip("."))


@pytest.mark.parametrize(
    ("on", "years", "then"),
    [
        (date(2026, 11, 1), 5, date(2021, 11, 1)),
        (date(2028, 2, 29), 4, date(2024, 2, 29)),
        (date(2028, 2, 29), 18, date(2010, 2, 28)),
        (date(2027, 2, 28), 3, date(2024, 2, 28)),
    ],
)
def test_years_before(on, years, then):
    assert years_before(on, years) == then
