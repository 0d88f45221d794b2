"""Tokens, invitation ids, the key and NHS numbers: random, private, proof against slips."""

import os
import random
import re
import sqlite3
from contextlib import closing
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.recruitment import key_file, tokens
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.nhs_numbers import read_nhs_number, spaced
from instep_cohort.recruitment.tokens import (
    ALPHABET,
    INVITE_ID_PATTERN,
    TOKEN_PATTERN,
    check_character,
    new_invite_ids,
    new_tokens,
    read_invite_id,
    read_token,
)

WHOSE = {"practice": "A82001", "study": "instep"}
BODIES = st.text(ALPHABET, min_size=9, max_size=9)


def test_the_letters_are_a_prime_number_of_them_and_none_can_be_confused():
    assert len(ALPHABET) == len(set(ALPHABET)) == 23
    assert not set(ALPHABET) & set("AEIOU01L")
    for twins in ("B8", "G6", "S5", "Z2", "UV", "Q0", "1I"):
        assert len(set(twins) & set(ALPHABET)) < 2


@pytest.mark.parametrize(
    ("make", "pattern", "read"),
    [(new_tokens, TOKEN_PATTERN, read_token), (new_invite_ids, INVITE_ID_PATTERN, read_invite_id)],
)
def test_what_is_made_is_of_its_form_and_reads_back(make, pattern, read):
    made = make(500)
    assert len(set(made)) == 500
    for one in made:
        assert re.fullmatch(pattern, one)
        assert read(one) == one
        assert read(f" {one.lower().replace('-', '')}\n") == one


def test_a_token_is_no_invitation_id():
    with pytest.raises(UsageError, match="not an invitation id"):
        read_invite_id(new_tokens(1)[0])
    with pytest.raises(UsageError, match="not a token"):
        read_token(new_invite_ids(1)[0])


@given(BODIES, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(body, place, wrong):
    right = body + check_character(body)
    typed = right[:place] + wrong + right[place + 1 :]
    if typed == right:
        assert read_invite_id(typed)
    else:
        with pytest.raises(UsageError, match="mistyped"):
            read_invite_id(typed)


@given(BODIES)
def test_any_two_characters_that_changed_places_are_found(body):
    right = body + check_character(body)
    for one, other in combinations(range(10), 2):
        typed = list(right)
        typed[one], typed[other] = typed[other], typed[one]
        if "".join(typed) != right:
            with pytest.raises(UsageError):
                read_invite_id("".join(typed))


def test_what_is_no_id_is_not_repeated():
    with pytest.raises(UsageError) as refused:
        read_invite_id("943 476 5919")
    assert "943" not in str(refused.value)


@pytest.mark.parametrize(("make", "drawn"), [(new_tokens, 11), (new_invite_ids, 9)])
def test_what_is_taken_is_not_given_out_again(make, drawn, monkeypatch):
    chance = iter((0, 0, 1, 1, 2))
    asked = []
    monkeypatch.setattr(tokens.secrets, "randbelow", lambda n: asked.append(n) or next(chance))
    (first,) = make(1)
    second, third = make(2, taken=[first])
    assert [one[0] for one in (first, second, third)] == ["2", "3", "4"]
    assert not list(chance)
    assert set(asked) == {23**drawn}


def test_a_seed_does_not_make_the_same_tokens_again():
    random.seed(1)
    first = new_tokens(5)
    random.seed(1)
    assert new_tokens(5) != first


# --- the key


@pytest.fixture
def key(tmp_path):
    return Key.create(tmp_path / "instep.key", **WHOSE)


def test_a_person_keeps_their_token(key):
    first = key.tokens_for(["17", "23", "17"])
    later = key.tokens_for(["99", "23"])
    assert later["23"] == first["23"]
    assert list(first) == ["17", "23"]
    again = Key.open(key.path, **WHOSE)
    assert again.known(["17", "23", "99", "5"]) == first | later
    assert again.patients(first.values()) == {token: who for who, token in first.items()}


def test_a_token_says_nothing_of_its_patient(tmp_path):
    one = Key.create(tmp_path / "1", **WHOSE).tokens_for(["17"])
    other = Key.create(tmp_path / "2", **WHOSE).tokens_for(["17"])
    assert one != other


def test_known_gives_nobody_a_token(key):
    assert key.known(["17"]) == {}
    assert key.tokens_for([]) == {}
    with pytest.raises(UsageError, match="without an id"):
        key.tokens_for(["17", ""])
    assert key.known(["17"]) == {}


def test_two_holders_of_a_key_give_one_person_one_token(key):
    other = Key.open(key.path, **WHOSE)
    first = key.tokens_for(["17"])
    assert other.tokens_for(["23", "17"])["17"] == first["17"]
    assert key.known(["23"]) == other.known(["23"]) != {}


def test_a_key_that_lacks_a_token_in_use_is_refused(key, tmp_path):
    given = key.tokens_for(["17", "23"])
    key.covers(given.values())
    lost = Key.create(tmp_path / "new.key", **WHOSE)
    lost.tokens_for(["17"])
    with pytest.raises(SafetyRefusal, match="2 tokens are not in the key") as refused:
        lost.covers(set(given.values()))
    assert not any(token in str(refused.value) for token in given.values())


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_s7_a_key_that_others_can_read_is_refused(key, mode):
    assert key.path.stat().st_mode & 0o777 == 0o600
    key.path.chmod(mode)
    with pytest.raises(SafetyRefusal, match="chmod 600"):
        Key.open(key.path, **WHOSE)


@pytest.mark.parametrize("whose", [{"practice": "B1"}, {"study": "other"}])
def test_a_foreign_key_is_refused(key, whose):
    with pytest.raises(SafetyRefusal, match="not of"):
        Key.open(key.path, **{**WHOSE, **whose})


def test_a_key_is_made_once_and_never_by_opening(key, tmp_path):
    with pytest.raises(UsageError, match="is there already"):
        Key.create(key.path, **WHOSE)
    with pytest.raises(UsageError, match="There is no key"):
        Key.open(tmp_path / "none.key", **WHOSE)
    with pytest.raises(UsageError, match="name both"):
        Key.create(tmp_path / "x", practice="", study="instep")


SWAPPED = [
    "UPDATE tokens SET patient_id = '23' WHERE number = 1",
    "UPDATE tokens SET patient_id = CASE patient_id WHEN '17' THEN '23' ELSE '17' END",
    "DELETE FROM tokens WHERE number = 1",
    "INSERT OR REPLACE INTO tokens SELECT 1, token, patient_id, seal FROM tokens WHERE number = 2",
    "INSERT INTO tokens SELECT 3, token, patient_id, seal FROM tokens WHERE number = 2",
]


@pytest.mark.parametrize("statement", SWAPPED)
def test_a_token_cannot_be_given_to_another_patient(key, statement):
    given = key.tokens_for(["17", "23"])
    with closing(sqlite3.connect(key.path)) as connection:
        if not statement.startswith("INSERT INTO"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
        triggers = dict(
            connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        )
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        for made in triggers.values():
            connection.execute(made)
        connection.commit()
    for asking in (
        lambda: key.patients(given.values()),
        lambda: Key.open(key.path, **WHOSE),
        lambda: key.tokens_for(["99"]),
    ):
        with pytest.raises(SafetyRefusal, match="was changed"):
            asking()


@pytest.mark.parametrize(("token", "patient"), [("given", "99"), ("new", "17")])
def test_a_key_in_which_somebody_stands_twice_is_refused(key, token, patient):
    """Sealed as if it were right: two patients of one token, and two tokens of one patient."""
    given = key.tokens_for(["17"])["17"]
    written = given if token == "given" else new_tokens(1)[0]
    row = (2, written, patient, key_file._seal(key._whose, 2, written, patient))
    with closing(sqlite3.connect(key.path)) as connection:
        connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?)", row)
        connection.commit()
    with pytest.raises(SafetyRefusal, match="was changed"):
        key.known(["17"])


def test_a_token_that_is_taken_is_not_given_to_the_next_patient(key, monkeypatch):
    chance = iter("2" * 11 + "2" * 11 + "3" * 11)
    monkeypatch.setattr(tokens.secrets, "choice", lambda _: next(chance))
    first, second = key.tokens_for(["17"])["17"], key.tokens_for(["23"])["23"]
    assert first != second


def test_a_key_without_its_triggers_is_refused(key):
    with closing(sqlite3.connect(key.path)) as connection:
        connection.execute("DROP TRIGGER tokens_no_update")
    with pytest.raises(SafetyRefusal, match="was changed"):
        Key.open(key.path, **WHOSE)


# --- NHS numbers


@pytest.mark.parametrize("text", ["9434765919", "943 476 5919", "943-476-5919", " 943 476 5919\n"])
def test_an_nhs_number_reads_as_ten_digits(text):
    assert read_nhs_number(text) == "9434765919"
    assert spaced("9434765919") == "943 476 5919"


def modulus_11(nine):
    """NHS Data Dictionary, NHS NUMBER, steps 1 to 5; None where there is no such number."""
    digit = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    return {10: None, 11: "0"}.get(digit, str(digit))


@given(st.integers(400_000_000, 499_999_999), st.sampled_from("0123456789"))
def test_the_check_digit_is_that_of_the_data_dictionary(number, last):
    nine = str(number)
    if modulus_11(nine) == last:
        assert read_nhs_number(nine + last) == nine + last
    else:
        with pytest.raises(UsageError):
            read_nhs_number(nine + last)


@pytest.mark.parametrize(
    "text",
    ["9434765918", "943476591", "94347659190", "", "943.476.5919", "٩٤٣٤٧٦٥٩١٩", "943476591X"],
)
def test_what_is_no_nhs_number_is_refused_and_not_quoted(text):
    with pytest.raises(UsageError) as refused:
        read_nhs_number(text)
    assert not text or text not in str(refused.value)
