"""The register of a made-up practice: ids, dates that agree, and who is on it."""

from collections import Counter
from datetime import date

import pytest
from made_size import EXTRACTED, PATIENTS

TODAY = EXTRACTED.isoformat()


@pytest.fixture(scope="module")
def people(rows):
    return rows["patients"]


def test_ids_are_text_of_one_length_with_leading_noughts_and_no_order(people):
    ids = [person["patient_id"] for person in people]
    assert len(set(ids)) == len(ids) == PATIENTS
    assert {len(text) for text in ids} == {10}
    assert all(text.isdigit() and text.startswith("0") for text in ids)
    assert any(text.startswith("00") for text in ids)
    assert ids != sorted(ids)


def test_dates_follow_one_another(people):
    for person in people:
        born = person["birth_date"]
        start, end, death = (
            person[name] for name in ("registration_start", "registration_end", "death_date")
        )
        assert born[:4] <= start[:4] or not born
        assert not end or start <= end
        assert not death or (death <= TODAY and end == death)


def test_a_birth_is_known_as_far_as_it_says(people):
    lengths = Counter((person["birth_precision"], len(person["birth_date"])) for person in people)
    assert set(lengths) == {
        ("day", 10),
        ("month", 7),
        ("month", 10),
        ("year", 4),
        ("year", 10),
        ("", 0),
    }
    assert lengths["day", 10] > 0.97 * PATIENTS


def test_it_looks_like_the_register_of_a_practice(people):
    ages = [
        EXTRACTED.year - int(person["birth_date"][:4]) for person in people if person["birth_date"]
    ]
    assert 0.17 < sum(age < 18 for age in ages) / len(ages) < 0.23
    assert 0.15 < sum(age >= 65 for age in ages) / len(ages) < 0.22
    sexes = Counter(person["sex"] for person in people)
    assert set(sexes) == set("FMIU")
    assert 0.48 < sexes["F"] / len(people) < 0.53
    gone = [p for p in people if p["registration_end"] and p["registration_end"] <= TODAY]
    assert 0.10 < len(gone) / len(people) < 0.14
    assert 15 < sum(p["registration_kind"] == "temporary" for p in people) < 60
    assert 1 <= sum(p["is_test"] == "true" for p in people) <= 10
    assert 1 <= sum(p["is_confidential"] == "true" for p in people) <= 15
    assert 25 < sum(bool(p["death_date"]) for p in people) < 90
    assert {p["practice_id"] for p in people} == {"00001"}


def test_nothing_tidy_is_dated_before_birth_or_after_the_record_ends(rows, people):
    born = {p["patient_id"]: p["birth_date"] for p in people}
    ended = {p["patient_id"]: p["registration_end"] or TODAY for p in people}
    early, late = Counter(), Counter()
    for row in (*rows["events"], *rows["medicines"]):
        who, day = row["patient_id"], row["date"]
        if len(day) != 10 or who not in born or not day[:4].isdigit():
            continue
        early[who] += day[: len(born[who])] < born[who]
        late[who] += day > ended[who]
    # the untidy rows: four before birth, four after death; the archetypes with a row of tomorrow,
    # and those who died, left or were registered elsewhere with their earlier ones
    assert early.total() == 4
    allowed = {t["patient_id"] for t in rows["truth"]}
    assert sum(count for who, count in late.items() if who not in allowed) == 4


def test_the_practice_list_has_its_slips(rows, people):
    listed = rows["opt-outs"]
    assert {row["kind"] for row in listed} == {"research", "type_1", "national"}
    ids = Counter(row["patient_id"] for row in listed)
    assert len([who for who in ids if who not in {p["patient_id"] for p in people}]) == 1
    assert [n for n in ids.values() if n > 1] == [2]
    assert all(date.fromisoformat(row["recorded_on"]) < EXTRACTED for row in listed)
