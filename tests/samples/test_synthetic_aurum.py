"""The whole way on an extract that somebody else's generator made, against a plain reading of it."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from plain_aurum import (
    EXTRACT_DATE,
    NOT_HERE,
    SAMPLE,
    Search,
    age_on,
    attrition,
    births,
    clinical_codes,
    failed_steps,
    products,
    rows_of_interest,
    selectors,
    table,
    used_rows,
)

import instep_cohort as ic

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason=NOT_HERE)

NOBODY = "Dr A. Example, GP partner"
DICTIONARY = "the extract's clinical systems are emis_code_id, snomed_ct"
CERTIFIED = ("unspecified", "may_be_fit", "not_fit")  # the weakest first
ONE_SEARCH = Search()
SEARCHES = {
    "as shipped": ONE_SEARCH,
    # children have rows from before they were born, the old are those who died
    "every age": Search(age_min=0, age_max=120),
    # alive on that day, dead by the day of the extract; rows of the years after
    "every age, years ago": Search(on=date(2016, 1, 1), age_min=0, age_max=120),
    "two dates of each": Search(age_max=120, pain_dates=2, issues=2),
    # somebody's only pain code is of that day, and some may turn 18 or 67 in that month
    "on the day of a row": Search(on=date(2024, 4, 15), age_max=120),
    "in the month of a birthday": Search(on=date(2024, 4, 15), age_max=66),
    "the day two people register": Search(on=date(2022, 10, 5), age_min=0, age_max=120),
    "the day two people leave": Search(on=date(2020, 1, 6)),
}


def run(store, study, search=ONE_SEARCH, **more):
    return ic.identify(ic.load_study(study), store, on=search.on, no_opt_out_list=NOBODY, **more)


def broad(store, search, **more):
    more["parameters"] = search.overrides | more.get("parameters", {})
    return run(store, "any-pain-any-medicine", search, **more)


def counts(cohort):
    names = ["step", "before", "dropped", "after", "gained_if_removed"]
    return [tuple(row[name] for name in names) for row in cohort.to_arrow("attrition").to_pylist()]


@pytest.fixture(scope="module")
def instep(synthetic_aurum):
    return run(synthetic_aurum, "instep")


def resolution(cohort, **wanted):
    return [
        row
        for row in cohort.to_arrow("resolution").to_pylist()
        if all(row[name] == value for name, value in wanted.items())
    ]


def test_every_row_of_the_extract_is_in_the_store(synthetic_aurum):
    store = synthetic_aurum
    assert {file.file: (file.read, file.stored) for file in store.manifest.files} == {
        f"{name}.csv": (len(table(name)), len(table(name)))
        for name in (
            *("Patient", "Practice", "Observation", "DrugIssue"),
            *("MedicalDictionary", "ProductDictionary"),
        )
    }
    stored = zip(
        store.events["patient_id"], store.events["date"], store.events["code"], strict=True
    )
    assert Counter((p, f"{day:%d/%m/%Y}", code) for p, day, code in stored) == Counter(
        (row["patid"], row["obsdate"], row["medcodeid"]) for row in table("Observation")
    )


# ------------------------------------------------------------------ instep: nobody, and why


def test_instep_finds_nobody(instep):
    assert counts(instep) == [
        ("alive", 1500, 106, 1394, 0),
        ("registered", 1394, 988, 406, 0),
        ("age", 406, 228, 178, 0),
        ("test", 178, 0, 178, 0),
        ("confidential", 178, 0, 178, 0),
        ("chronic_pain", 178, 175, 3, 0),
        ("pain_medicine", 3, 3, 0, 3),
        ("palliative_care", 0, 0, 0, 0),
        ("research_dissent", 0, 0, 0, 0),
        ("type_1", 0, 0, 0, 0),
    ]
    assert len(instep) == 0


def test_two_explicit_pain_concepts_occur(instep):
    rows = resolution(instep, codelist="chronic-pain", category="explicit")
    assert {r["selector_code"]: (r["code"], r["term"], r["rows"]) for r in rows if r["code"]} == {
        "193184006": ("100162", "Chronic painful neuropathy due to diabetes mellitus", 14),
        "782661001": ("100216", "Chronic sacroiliac joint pain (finding)", 23),
    }
    listed = [row for row in selectors("chronic-pain") if row["category"] == "explicit"]
    assert len(rows) == len(listed), "each selector has its row, those that meet nothing too"
    in_sample = Counter(row["medcodeid"] for row in table("Observation"))
    assert (in_sample["100162"], in_sample["100216"]) == (14, 23)


def test_three_people_have_chronic_pain_by_its_rules(instep):
    failed = failed_steps(Search())
    population = {p for p, steps in failed.items() if not {"alive", "registered", "age"} & {*steps}}
    explicit, others = set(), {}
    for row in used_rows(Search()):
        if row.used_by != "painful_code" or row.patient_id not in population:
            continue
        if row.category == "explicit" and row.day >= date(2020, 1, 1):
            explicit.add(row.patient_id)
        if row.category in {"musculoskeletal", "neuropathic", "inflammatory"}:
            others.setdefault(row.patient_id, []).append(row.day)
    recent = {p: [day for day in days if day >= date(2023, 1, 1)] for p, days in others.items()}
    apart = {p for p, d in recent.items() if d and max(d) - min(d) >= timedelta(days=90)}
    facts = instep.facts
    assert set(facts[facts["chronic_pain"]]["patient_id"]) == explicit | apart
    assert len(explicit | apart) == 3


def test_no_opt_out_code_occurs_and_the_warning_says_so(instep):
    rows = resolution(instep, codelist="research-opt-out")
    assert len(rows) == len(selectors("research-opt-out")) == 18
    assert {(row["code"], row["rows"]) for row in rows} == {("", 0)}
    for name, selected in {"research-opt-out": 18, "palliative-care": 147, "epilepsy": 256}.items():
        assert not clinical_codes(name)
        said = f"{name}: 0 of {selected} selectors match a code in this extract; {DICTIONARY}, the"
        assert [text for text in instep.warnings if text.startswith(said)]


def test_no_code_can_tell_a_refusal_so_somebody_has_to_answer(synthetic_aurum):
    with pytest.raises(ic.SafetyRefusal, match="no code for a refusal of research contact"):
        ic.identify(ic.load_study("instep"), synthetic_aurum, on=EXTRACT_DATE)


def test_lists_that_match_nothing_are_an_error_under_strict(synthetic_aurum):
    with pytest.raises(ic.DefinitionError) as caught:
        run(synthetic_aurum, "instep", strict=True)
    named = [str(fault) for fault in caught.value.faults]
    assert len(named) == 3
    for name in ("epilepsy", "palliative-care", "research-opt-out"):
        assert any(name in text for text in named)


def test_no_product_is_met_by_substance_or_bnf(instep):
    medicines = [
        row for name in ("opioids", "gabapentinoids") for row in resolution(instep, codelist=name)
    ]
    assert {row["matched_by"] for row in medicines if row["selector_system"] == "substance"} == {""}
    assert {row["rows"] for row in medicines if row["selector_system"] == "bnf"} == {0}
    met = {row["matched_by"] for row in medicines}
    assert met == {"", "dictionary", "product_name", "excluded"}
    # why: its dictionary repeats the product's name as the ingredient and has chapters only
    for product in table("ProductDictionary"):
        assert product["drugsubstancename"] == product["productname"]
        assert re.fullmatch(r"\d+\.\d+", product["bnfchapter"])


def test_nobody_has_three_issues_in_the_182_days(instep):
    since = EXTRACT_DATE - timedelta(days=182)
    assert since == date(2024, 7, 3)
    most = Counter()
    for name in ("opioid", "gabapentinoid"):
        dates = {
            (row.patient_id, row.day)
            for row in rows_of_interest()
            if row.used_by == name and since <= row.day <= EXTRACT_DATE
        }
        most[name] = max(Counter(patient_id for patient_id, _ in dates).values())
    assert most == {"opioid": 2, "gabapentinoid": 1}  # anybody in the extract
    facts = instep.facts  # those who are looked at
    assert facts["opioid_use_count"].max() == facts["gabapentinoid_use_count"].max() == 1
    assert not facts["opioid_use_met"].any()
    assert not facts["gabapentinoid_use_met"].any()


# ------------------------------------------------- any pain, any medicine: who, against csv alone


def test_attrition_of_any_pain_any_medicine(synthetic_aurum):
    assert counts(broad(synthetic_aurum, ONE_SEARCH)) == [
        ("alive", 1500, 106, 1394, 0),
        ("registered", 1394, 988, 406, 180),
        ("age", 406, 228, 178, 93),
        ("test", 178, 0, 178, 0),
        ("confidential", 178, 0, 178, 0),
        ("painful_condition", 178, 102, 76, 97),
        ("pain_medicine", 76, 7, 69, 7),
        ("palliative_care", 69, 0, 69, 0),
        ("research_dissent", 69, 0, 69, 0),
        ("type_1", 69, 0, 69, 0),
    ]


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_candidates_attrition_and_evidence_are_those_of_a_plain_reading(synthetic_aurum, search):
    cohort = broad(synthetic_aurum, search)
    failed = failed_steps(search)
    assert set(cohort.candidates["patient_id"]) == {p for p, steps in failed.items() if not steps}
    assert counts(cohort) == attrition(failed.values())
    dropped = {row["patient_id"]: row["dropped_at"] for row in cohort.to_arrow("facts").to_pylist()}
    population = {p: s for p, s in failed.items() if not {"alive", "registered", "age"} & {*s}}
    assert dropped == {p: (steps or [""])[0] for p, steps in population.items()}
    columns = ("patient_id", "used_by", "date", "code", "category", "matched_by")
    shown = cohort.to_arrow("evidence").select(columns).to_pylist()
    assert Counter(
        tuple(row.values()) for row in shown if row["used_by"] != "certified_sickness"
    ) == Counter(
        tuple(row)
        for row in used_rows(search)
        if row.patient_id in population and row.used_by != "fit"
    )


def day_before(search):
    return replace(search, on=search.on - timedelta(days=1))


def test_the_searches_meet_what_they_are_there_for():
    """Otherwise the comparison above would not notice a rule that is left out."""
    everybody = {p for p, s in failed_steps(SEARCHES["every age"]).items() if "alive" not in s}
    unused = set(rows_of_interest()) - set(used_rows(SEARCHES["every age"]))
    assert len([row for row in unused if row.patient_id in everybody]) > 100, "before birth"
    years_ago = failed_steps(SEARCHES["every age, years ago"]).values()
    assert ["alive"] in years_ago, "nothing but a later death keeps somebody out"
    on_the_day = SEARCHES["on the day of a row"]
    assert failed_steps(on_the_day)["48720000"] == []
    assert failed_steps(day_before(on_the_day))["48720000"] == ["painful_condition"]
    they_register, they_leave = (
        SEARCHES[f"the day two people {verb}"] for verb in ("register", "leave")
    )
    for patient_id in ("4220001", "22820000"):
        assert failed_steps(day_before(they_register))[patient_id] == ["registered"]
        assert failed_steps(they_register)[patient_id] == []
    for patient_id in ("1820000", "46720000"):
        assert failed_steps(day_before(they_leave))[patient_id] == []
        assert failed_steps(they_leave)[patient_id] == ["registered"]
    birthdays = SEARCHES["in the month of a birthday"]
    patients = {row["patid"]: row for row in table("Patient")}
    for patient_id, ages in {"22720001": (18, 17), "33820002": (67, 66)}.items():
        assert tuple(age_on(day, birthdays.on) for day in births(patients[patient_id])) == ages
        assert failed_steps(birthdays)[patient_id] == []


def test_certified_sickness_of_the_candidates(synthetic_aurum):
    window = {"fit_note_window": "20 years"}
    cohort = broad(synthetic_aurum, ONE_SEARCH, parameters=window)
    notes = {}
    for row in used_rows(ONE_SEARCH):
        if row.used_by == "fit" and row.category in CERTIFIED:
            days = notes.setdefault(row.patient_id, {})
            days[row.day] = max(days.get(row.day, row.category), row.category, key=CERTIFIED.index)
    columns = ("fit_notes", "fit_note_first", "fit_note_last", "last_statement", "tier")
    found = {
        row["patient_id"]: tuple(row[name] for name in columns)
        for row in cohort.to_arrow().to_pylist()
        if row["certified_sickness"]
    }
    expected = {}
    for patient_id in cohort.candidates["patient_id"]:
        if days := notes.get(patient_id):
            last = max(days)
            expected[patient_id] = (len(days), min(days), last, days[last], "B")
    assert found == expected
    assert len(expected) > 5


def test_two_engines_give_the_same_tables(synthetic_aurum):
    one, other = (broad(synthetic_aurum, ONE_SEARCH, engine=e) for e in ("duckdb", "polars"))
    assert one.tables.keys() == other.tables.keys()
    for name, rows in one.tables.items():
        assert rows.schema == other.tables[name].schema, name
        assert rows.to_pylist() == other.tables[name].to_pylist(), name


def test_a_notebook_shows_what_each_list_met(synthetic_aurum):
    page = broad(synthetic_aurum, ONE_SEARCH)._repr_html_()
    shown = {
        cells[0]: [int(text.replace(",", "")) for text in cells[2:]]
        for line in page.split("what each codelist met")[1].split("<tr>")[2:]
        if (cells := re.findall(r"<td[^>]*>([^<]*)</td>", line))
    }
    expected = {
        name: ("Observation", "medcodeid", clinical_codes(name))
        for name in ("chronic-pain", "fit-notes", "palliative-care", "research-opt-out")
    } | {
        name: ("DrugIssue", "prodcodeid", products(name)) for name in ("opioids", "gabapentinoids")
    }
    for name, (file, column, chosen) in expected.items():
        counted = Counter(row[column] for row in table(file) if row[column] in chosen)
        weak = sum(n for code, n in counted.items() if chosen[code].matched_by == "product_name")
        selected, _, *rest = shown[name]
        assert selected == len(selectors(name))
        assert rest == [len(counted), sum(counted.values()), weak]
    assert shown["research-opt-out"] == [18, 18, 0, 0, 0]
    assert shown.keys() == expected.keys()
