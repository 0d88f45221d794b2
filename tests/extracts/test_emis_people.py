"""The made-up people of every profile, as EMIS Web would write them."""

from collections import Counter

from emis_files import HERE, whole
from extract_files import table
from made_people import expected, found, ids, made_people

from instep_cohort.extracts import open_store


def test_the_same_people_are_found_as_in_the_standard_profile(tmp_path):
    """Their Read v2 codes as EMIS writes them, their medicines by the names of Coding_DrugCode."""
    events, medicines, patients = [], [], []
    clinical = dict.fromkeys((e.code, e.term) for p in made_people() for e in p.events)
    products = dict.fromkeys(m.term for p in made_people() for m in p.medicines)
    code_ids = {code: str(1001 + n) for n, code in enumerate(clinical)}
    product_ids = {term: str(2001 + n) for n, term in enumerate(products)}
    for pid, one in ids().items():
        [stay] = one.stays
        patients.append(
            {
                "PatientGuid": pid,
                "Sex": one.sex,
                "DateOfBirth": str(one.birth),
                "DateOfDeath": str(one.died or ""),
                "DateOfRegistration": str(stay.since),
                "DateofDeactivation": str(stay.until or ""),
                "PatientTypeDescription": stay.kind.capitalize(),
            }
        )
        events += [
            {"PatientGuid": pid, "CodeId": code_ids[e.code, e.term], **emis_date(e.date)}
            for e in one.events
        ]
        medicines += [
            {"PatientGuid": pid, "CodeId": product_ids[m.term], **emis_date(m.date)}
            for m in one.medicines
        ]
    extract = whole(
        tmp_path / "extract",
        Admin_Patient=patients,
        CareRecord_Observation=events,
        Prescribing_IssueRecord=medicines,
        Coding_ClinicalCode=[
            {
                "CodeId": number,
                "Term": term,
                "ReadTermId": code.rstrip(".") + ("-1" if int(number) % 2 else ""),
                "SnomedCTConceptId": "",
            }
            for (code, term), number in code_ids.items()
        ],
        Coding_DrugCode=[
            {"CodeId": number, "Term": term, "DmdProductCodeId": ""}
            for term, number in product_ids.items()
        ],
    )
    candidates = found(extract, "auto", tmp_path / "store")
    wanted = expected(tmp_path)
    assert {who.removeprefix(f"{HERE}/"): said for who, said in candidates.items()} == wanted
    assert 15 <= len(candidates) < len(patients)
    content, same = contents(tmp_path / "store"), contents(tmp_path / "standard-store")
    assert content.pop("medicine_names") == same.pop("medicine_names")
    assert content == same
    assert min(map(len, content.values())) >= 30


def emis_date(written):
    """As EMIS writes a date of which no more than that is known."""
    precision = {10: "YMD", 7: "YM", 4: "Y", 0: "U"}[len(written)]
    return {
        "EffectiveDate": (written + "-01-01")[:10] if written else "",
        "EffectiveDatePrecision": precision,
    }


def contents(folder):
    """What a store holds about its made-up people, without what only one system can say."""
    store = open_store(folder)
    patients = table(store, "patients")
    who = {p["patient_key"]: p["patient_id"].removeprefix(f"{HERE}/") for p in patients}
    nobody = {key for key, name in who.items() if name == "0"}
    codes = {c["code_key"]: c for c in table(store, "codes")}
    born = ("sex", "birth_day", "birth_precision", "death_day", "is_test", "is_confidential")

    def rows(name, *columns):
        return [
            (who[row["patient_key"]], *(row[column_] for column_ in columns), row)
            for row in table(store, name)
            if row["patient_key"] not in nobody
        ]

    def code(row):
        said = codes[row["code_key"]]
        return said["read_v2"] or said["code"], said["term"]

    dated = ("day", "date_precision", "earliest", "latest")
    return {
        "patients": Counter(row[:-1] for row in rows("patients", *born)),
        "registrations": Counter(
            row[:-1] for row in rows("registrations", "start_day", "end_day", "kind")
        ),
        "events": Counter((*row, *code(last)) for *row, last in rows("events", *dated, "value")),
        "medicine_names": Counter(
            (*row, code(last)[1]) for *row, last in rows("medicines", *dated)
        ),
    }
