"""Made-up names and addresses are nobody's, and the same for the same patients and seed."""

import csv
import random

import pytest

from instep_cohort.errors import UsageError
from instep_cohort.extracts import ingest
from instep_cohort.recruitment.contacts import COLUMNS as READ
from instep_cohort.recruitment.contacts import read_contacts
from instep_cohort.recruitment.inviting.written import can_be_written, mobile_of
from instep_cohort.recruitment.vocabulary import WRITING_CHANNELS, Channel
from instep_cohort.synthetic.contacts import COLUMNS, make_contacts


def patients(path, ids):
    path.write_text("\n".join(["patient_id,sex", *(f"{one},F" for one in ids), ""]), "utf-8")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contacts")
    ids = [f"{n:05d}" for n in range(3000)]
    return make_contacts(patients(folder / "patients.csv", ids), folder / "contacts.csv", seed=5)


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_they_are_plainly_made_up(made):
    for row in rows(made):
        assert row["surname"].endswith("-Example")
        assert row["nhs_number"].startswith("999")
        assert row["mobile"] == "" or row["mobile"].startswith("07700 900")
        assert row["email"] == "" or row["email"].endswith("@example.org")
        assert row["address_2"] in ("", "Invented Town")
        assert not row["postcode"]


def test_they_can_be_read_and_all_of_them_written_to_where_they_agreed(made):
    contacts = read_contacts(made).by_patient
    assert len(contacts) == 3000
    assert set(COLUMNS) <= set(READ)
    assert len({one.nhs_number for one in contacts.values()}) == 3000
    for one in contacts.values():
        assert all(can_be_written(one, channel) for channel in one.channels)
        assert Channel.TEXT_MESSAGE not in one.channels or len(mobile_of(one)) == 11
    share = {
        channel: sum(channel in one.channels for one in contacts.values()) / 3000
        for channel in WRITING_CHANNELS
    }
    assert 0.93 < share[Channel.POST] < 0.97
    assert 0.36 < share[Channel.TEXT_MESSAGE] < 0.44
    assert 0.16 < share[Channel.EMAIL] < 0.24


def test_the_order_of_the_patients_decides_nothing(made, tmp_path):
    ids = [row["patient_id"] for row in rows(made)]
    random.Random(1).shuffle(ids)
    given = patients(tmp_path / "patients.csv", ids)
    again = make_contacts(given, tmp_path / "contacts.csv", seed=5)
    assert again.read_bytes() == made.read_bytes()
    other = make_contacts(given, tmp_path / "others.csv", seed=6)
    assert other.read_bytes() != made.read_bytes()


def test_a_store_has_patients_too(tmp_path):
    extract = tmp_path / "extract"
    extract.mkdir()
    (extract / "patients.csv").write_text(
        "patient_id,practice_id,sex,birth_date,death_date,registration_start,registration_end\n"
        "17,P,F,1980-01-01,,2010-01-01,\n",
        "utf-8",
    )
    (extract / "events.csv").write_text("patient_id,date,system,code\n", "utf-8")
    (extract / "medicines.csv").write_text("patient_id,date,system,code\n", "utf-8")
    from datetime import date

    store = ingest(
        extract, profile="standard", extract_date=date(2026, 11, 1), out=tmp_path / "store"
    )
    of_store = make_contacts(store, tmp_path / "a.csv", seed=1)
    of_file = make_contacts(extract / "patients.csv", tmp_path / "b.csv", seed=1)
    assert of_store.read_bytes() == of_file.read_bytes()


def test_a_file_without_patients_is_refused(tmp_path):
    path = tmp_path / "patients.csv"
    for text in ("", "id\n1\n"):
        path.write_text(text, "utf-8")
        with pytest.raises(UsageError, match="has no patients"):
            make_contacts(path, tmp_path / "contacts.csv")
    with pytest.raises(UsageError, match="has no patients"):
        make_contacts(tmp_path / "none.csv", tmp_path / "contacts.csv")
    assert not (tmp_path / "contacts.csv").exists()
