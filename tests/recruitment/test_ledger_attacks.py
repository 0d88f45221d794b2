"""What somebody with a plain SQLite program can do to a ledger, and whether it is noticed."""

import sqlite3
from contextlib import closing

import pytest
from ledger_entries import (
    AT,
    WHO,
    WHOSE,
    append,
    decided,
    found,
    mailing,
    new_ledger,
    opened,
    replied,
    token,
)

from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.ledger import Ledger, verify
from instep_cohort.recruitment.ledger.chain import Row, row_hash
from instep_cohort.recruitment.vocabulary import Decision, ReplyKind

ROWS = "number, batch_key, place, size, at, who, body, hash"


@pytest.fixture(scope="module")
def ten_entries(tmp_path_factory):
    """The bytes of a ledger of ten entries in four batches; the last one declines."""
    made = new_ledger(tmp_path_factory.mktemp("ten"))
    append(made, [found(1), found(2), decided(1), decided(2)], "screen")
    append(made, mailing("m", [1, 2]), "invite")
    append(made, [replied(1)], "reply 1")
    append(made, [found(3), replied(2, ReplyKind.DECLINED)], "reply 2")
    return made.path.read_bytes()


@pytest.fixture
def ledger(tmp_path, ten_entries):
    """A ledger of its own for each test."""
    path = tmp_path / "instep.ledger"
    path.write_bytes(ten_entries)
    return opened(path)


def run(ledger, *statements):
    with closing(sqlite3.connect(ledger.path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


# each alone, with all triggers in place and whatever settings a program may have
TRIED = [
    "UPDATE entries SET who = 'x' WHERE number = 3",
    "UPDATE entries SET number = 99 WHERE number = 10",
    "UPDATE OR REPLACE entries SET number = 3 WHERE number = 10",
    "UPDATE entries SET hash = hash",
    "DELETE FROM entries WHERE number = 10",
    "DELETE FROM entries",
    "INSERT OR REPLACE INTO entries SELECT 3, batch_key, place, size, at, 'x', body, hash FROM entries WHERE number = 3",
    "REPLACE INTO entries SELECT * FROM entries WHERE number = 10",
    "INSERT OR REPLACE INTO entries (rowid, batch_key, place, size, at, who, body, hash) SELECT 3, batch_key, place, size, at, 'x', body, hash FROM entries WHERE number = 3",
    "INSERT INTO entries SELECT * FROM entries WHERE number = 10 ON CONFLICT (number) DO UPDATE SET who = 'x'",
    "INSERT OR IGNORE INTO entries SELECT 0, batch_key, place, size, at, who, body, hash FROM entries WHERE number = 3",
    "INSERT INTO entries SELECT NULL, batch_key, place, size, at, who, body, hash FROM entries WHERE number = 3",
    "INSERT INTO entries SELECT 12, batch_key, place, size, at, who, body, hash FROM entries WHERE number = 3",
    "INSERT INTO entries SELECT -1, batch_key, place, size, at, who, body, hash FROM entries WHERE number = 3",
    "UPDATE identity SET practice = 'x'",
    "DELETE FROM identity",
    "INSERT INTO identity SELECT * FROM identity",
    "INSERT OR REPLACE INTO identity SELECT * FROM identity",
]


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("statement", TRIED)
def test_the_triggers_let_a_ledger_only_grow(ledger, statement, recursive):
    held = ledger.path.read_bytes()
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        connection.execute("PRAGMA foreign_keys = OFF")
        with pytest.raises(sqlite3.IntegrityError, match="a ledger"):
            connection.execute(statement)
    assert ledger.path.read_bytes() == held
    assert not verify(ledger.path).faults


@pytest.mark.parametrize(
    ("trigger", "statement"),
    [
        ("entries_no_update", TRIED[0]),
        ("entries_no_delete", TRIED[4]),
        ("entries_next_only", TRIED[6]),
        ("identity_no_update", TRIED[14]),
        ("identity_no_delete", TRIED[15]),
        ("identity_once", TRIED[16]),
    ],
)
def test_each_trigger_is_what_stops_it(ledger, trigger, statement):
    run(ledger, f"DROP TRIGGER {trigger}", statement)


def test_insert_or_replace_slips_past_the_triggers_against_update_and_delete(ledger):
    """Why there is a third trigger; with it gone, nothing but the chain notices."""
    made = sqlite3.connect(ledger.path).execute(
        "SELECT sql FROM sqlite_master WHERE name = 'entries_next_only'"
    )
    with closing(made.connection):
        kept = made.fetchone()[0]
    run(ledger, "DROP TRIGGER entries_next_only", TRIED[6], kept)
    assert verify(ledger.path).faults == ("row 3 was changed, or a row before it was taken out",)


DROPPED = ["DROP TRIGGER entries_no_update", "DROP TRIGGER entries_no_delete"]
RESTORED = [
    "CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries\nBEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END",
    "CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries\nBEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END",
]
# with the triggers taken away before and put back after: only the chain can tell
CHANGED = {
    "another body": "UPDATE entries SET body = replace(body, 'invite', 'do not invite') WHERE number = 3",
    "another time": "UPDATE entries SET at = '2026-11-24T09:30:01Z' WHERE number = 2",
    "another name": "UPDATE entries SET who = 'Dr B' WHERE number = 9",
    "another batch": "UPDATE entries SET batch_key = 'x' WHERE number = 8",
    "another place": "UPDATE entries SET place = 2 WHERE number = 1",
    "another size": "UPDATE entries SET size = 3 WHERE number = 1",
    "another hash": "UPDATE entries SET hash = upper(hash) WHERE number = 5",
    "another type": "UPDATE entries SET body = CAST(body AS BLOB) WHERE number = 5",
    "first row out": "DELETE FROM entries WHERE number = 1",
    "a middle row out": "DELETE FROM entries WHERE number = 5",
    "a middle batch out": "DELETE FROM entries WHERE number BETWEEN 5 AND 7",
    "numbers moved up": "UPDATE entries SET number = number + 1 WHERE number = 10",
    "half a batch cut": "DELETE FROM entries WHERE number = 10",
}


@pytest.mark.parametrize("how", CHANGED)
def test_verify_finds_what_was_changed_behind_the_triggers(ledger, how):
    run(ledger, *DROPPED, CHANGED[how], *RESTORED)
    found = verify(ledger.path).faults
    assert len(found) == 1
    assert "row" in found[0]
    for refusing in (
        lambda: opened(ledger.path),
        lambda: append(opened(ledger.path), [found(9)], "x"),
    ):
        with pytest.raises(SafetyRefusal, match="cannot be believed"):
            refusing()


def test_two_rows_that_changed_places_are_found(ledger):
    run(
        ledger,
        *DROPPED,
        "UPDATE entries SET number = 99 WHERE number = 1",
        "UPDATE entries SET number = 1 WHERE number = 2",
        "UPDATE entries SET number = 2 WHERE number = 99",
        *RESTORED,
    )
    assert verify(ledger.path).faults == ("row 1 was changed, or a row before it was taken out",)


@pytest.mark.parametrize("cut", ["number > 8", "number > 4", "number > 0"])
def test_a_cut_tail_is_found_by_a_later_head_alone(ledger, cut):
    head = ledger.head
    run(ledger, *DROPPED, f"DELETE FROM entries WHERE {cut}", *RESTORED)
    assert not verify(ledger.path).faults
    assert verify(ledger.path, expected_head=head).faults == (
        f"it never had the head {head}: rows were cut off its end, or it is another ledger",
    )


def test_every_head_that_a_ledger_has_had_is_expected(tmp_path):
    made = new_ledger(tmp_path)
    heads = [made.head, append(made, [found(1)], "a").head, append(made, [found(2)], "b").head]
    for head in [*heads, heads[1].upper(), f" {heads[1]}\n"]:
        assert not verify(made.path, expected_head=head).faults
    for head in ["", heads[1][:-1], "0" * 64]:
        assert verify(made.path, expected_head=head).faults


def test_a_holder_notices_a_tail_that_was_cut_behind_its_back(ledger):
    run(ledger, *DROPPED, "DELETE FROM entries WHERE number > 8", *RESTORED)
    with pytest.raises(SafetyRefusal, match="row 10 was changed or taken out"):
        append(ledger, [found(9)], "x")
    with pytest.raises(SafetyRefusal, match="row 10 was changed or taken out"):
        ledger.refresh()


def test_a_holder_notices_another_ledger_in_its_place(tmp_path):
    held = new_ledger(tmp_path)
    held.path.unlink()
    new_ledger(tmp_path)
    with pytest.raises(SafetyRefusal, match="another ledger was put in its place"):
        append(held, [found(1)], "x")


SCHEMA_EDITS = {
    "no trigger": ("DROP TRIGGER entries_no_update", "trigger entries_no_update is missing"),
    "another trigger": (
        "CREATE TRIGGER quiet BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END",
        "1 things were added",
    ),
    "a column": ("ALTER TABLE entries ADD COLUMN note TEXT", "table entries was changed"),
    "a renamed column": ("ALTER TABLE entries RENAME COLUMN who TO by_whom", "was changed"),
    "a table": ("CREATE TABLE notes (text)", "1 things were added"),
    "a view": ("CREATE VIEW refusals AS SELECT 1", "1 things were added"),
    "an index": ("CREATE UNIQUE INDEX one_hash ON entries (hash)", "1 things were added"),
    "a renamed table": ("ALTER TABLE entries RENAME TO old", "table entries is missing"),
    "a mark": ("PRAGMA user_version = 2", "not marked as a ledger"),
    "another mark": ("PRAGMA application_id = 0", "not marked as a ledger"),
}


@pytest.mark.parametrize("how", SCHEMA_EDITS)
def test_verify_finds_edits_of_the_schema(ledger, how):
    statement, said = SCHEMA_EDITS[how]
    held = opened(ledger.path)
    run(ledger, statement)
    assert any(said in fault for fault in verify(ledger.path).faults)
    with pytest.raises(SafetyRefusal, match="cannot be believed"):
        opened(ledger.path)
    with pytest.raises(SafetyRefusal, match="cannot be believed"):
        append(held, [found(9)], "x")


def test_a_trigger_that_only_looks_the_same_is_found(ledger):
    run(
        ledger,
        "DROP TRIGGER entries_no_delete",
        "CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries\nBEGIN SELECT 1; END",
    )
    assert verify(ledger.path).faults == ("trigger entries_no_delete was changed",)


def test_a_write_ahead_log_is_refused(ledger):
    run(ledger, "PRAGMA journal_mode = WAL")
    assert any("network drive" in fault for fault in verify(ledger.path).faults)
    with pytest.raises(SafetyRefusal, match="network drive"):
        opened(ledger.path)


def test_the_files_own_journal_and_sync(ledger, monkeypatch):
    seen = []
    connect = sqlite3.connect

    def watched(*args, **kwargs):
        connection = connect(*args, **kwargs)
        connection.set_trace_callback(seen.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", watched)
    append(ledger, [found(9)], "x")
    assert seen.index("PRAGMA synchronous = EXTRA") < seen.index("BEGIN IMMEDIATE")
    monkeypatch.undo()
    with closing(connect(ledger.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def rehashed(path, change):
    """What somebody who knows the format can do: change rows, and hash them all anew."""
    with closing(sqlite3.connect(path)) as connection:
        identity = connection.execute("SELECT * FROM identity").fetchone()
        rows = [Row(*row) for row in connection.execute(f"SELECT {ROWS} FROM entries")]
    other = path.with_name("forged.ledger")
    made = Ledger.create(other, **WHOSE, who=WHO, at=AT)
    previous = made.head
    with closing(sqlite3.connect(other)) as connection:
        for row in map(change, rows):
            hashed = row._replace(hash=row_hash(previous, row))
            connection.execute(f"INSERT INTO entries VALUES ({','.join('?' * 8)})", hashed)
            previous = hashed.hash
        connection.commit()
    assert identity[3] != made.identity.ledger_id
    return other


def test_a_ledger_hashed_anew_is_found_by_any_head_from_before(ledger):
    forged = rehashed(ledger.path, lambda row: row._replace(who="Dr B"))
    assert not verify(forged).faults
    assert verify(forged, expected_head=ledger.head).faults


def test_a_ledger_hashed_anew_still_has_to_keep_the_rules(ledger):
    refused = decided(1, Decision.DO_NOT_INVITE).model_dump_json(exclude_none=True)
    forged = rehashed(
        ledger.path, lambda row: row._replace(body=refused) if row.number == 3 else row
    )
    assert verify(forged).faults == (
        'the batch from row 5 on, entry 2 of 3: the latest decision of the person is not "invite"',
    )
    with pytest.raises(SafetyRefusal, match="latest decision"):
        _ = opened(forged).standing


def test_a_batch_that_is_torn_and_hashed_anew_is_found(ledger):
    """The second of four rows of the first batch is out, and the rest is renumbered."""
    forged = rehashed(
        ledger.path,
        lambda row: row if row.number == 1 else row._replace(place=row.place + (row.number == 2)),
    )
    assert verify(forged).faults == ("row 2 does not belong where it stands: a batch is torn",)


def test_a_holder_checks_what_others_append(ledger):
    run(
        ledger,
        "INSERT INTO entries SELECT 11, 'x', 1, 1, at, who, body, hash FROM entries WHERE number = 1",
    )
    with pytest.raises(SafetyRefusal, match="row 11 was changed"):
        append(ledger, [found(9)], "y")
    with pytest.raises(SafetyRefusal, match="row 11 was changed"):
        ledger.refresh()


def test_damage_outside_of_the_rows_is_found(ledger):
    held = bytearray(ledger.path.read_bytes())
    held[36:40] = (9).to_bytes(4, "big")  # how many pages are free, in the header
    ledger.path.write_bytes(held)
    assert verify(ledger.path).faults == ("the file is damaged within",)


def test_a_ledger_that_goes_while_it_is_opened_is_not_made_anew(ledger, monkeypatch):
    ledger.path.unlink()
    monkeypatch.setattr(type(ledger.path), "is_file", lambda _: True)
    with pytest.raises(SafetyRefusal):
        append(ledger, [found(9)], "x")
    assert not ledger.path.exists()


def test_an_entry_that_no_version_knows_is_found(ledger):
    forged = rehashed(ledger.path, lambda row: row._replace(body='{"kind":"texted"}'))
    assert verify(forged).faults == ("an entry is of no kind that this version knows",)


@pytest.mark.parametrize("size", [0, 100, 4096, 4097, 8192])
def test_a_file_cut_short_is_no_empty_ledger(ledger, size):
    ledger.path.write_bytes(ledger.path.read_bytes()[:size])
    with pytest.raises(SafetyRefusal):
        opened(ledger.path)
    with pytest.raises(SafetyRefusal):
        append(ledger, [found(9)], "x")
    assert ledger.path.stat().st_size == size


def test_every_flipped_byte_of_a_row_is_found(ledger):
    """One byte at a time over the page of rows; free space, which holds nothing, may differ."""
    held = bytearray(ledger.path.read_bytes())
    start = held.index(b"reply 12026") - 8
    kept, head = [one.entry for one in ledger.entries()], ledger.head
    for place in range(start, start + 200, 7):
        held[place] ^= 1
        ledger.path.write_bytes(held)
        with pytest.raises(SafetyRefusal):
            opened(ledger.path)
        held[place] ^= 1
    ledger.path.write_bytes(held)
    assert [one.entry for one in opened(ledger.path).entries()] == kept
    assert not verify(ledger.path, expected_head=head).faults


def test_text_that_is_no_text_is_refused_and_not_quoted(ledger):
    person = token(1).encode()
    damaged = ledger.path.read_bytes().replace(person, person[:-1] + b"\xff")
    assert damaged != ledger.path.read_bytes()
    ledger.path.write_bytes(damaged)
    with pytest.raises(SafetyRefusal) as refused:
        opened(ledger.path)
    assert token(1)[:8] not in str(refused.value)
    assert refused.value.__suppress_context__


def test_no_database_is_refused(tmp_path):
    path = tmp_path / "instep.ledger"
    path.write_text("person,decision\n" * 400)
    with pytest.raises(SafetyRefusal, match="no such file, or is damaged"):
        opened(path)
