"""The tables of a ledger file and the triggers that let it only grow."""

from __future__ import annotations

APPLICATION_ID = 0x496E5374  # "InSt": what SQLite calls the kind of a file
USER_VERSION = 1

_WHOSE = """CREATE TABLE identity (
  format INTEGER NOT NULL,
  practice TEXT NOT NULL,
  study TEXT NOT NULL,
  ledger_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL
)"""

# The number is the only thing that is unique, on purpose: INSERT OR REPLACE deletes whatever row
# is in the way of a unique value, and fires no delete trigger (sqlite.org/lang_conflict.html).
_ROWS = """CREATE TABLE entries (
  number INTEGER PRIMARY KEY,
  batch_key TEXT NOT NULL,
  place INTEGER NOT NULL,
  size INTEGER NOT NULL,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL
)"""


def _never(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}\n"
        f"BEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END"
    )


_NEXT_ONLY = """CREATE TRIGGER entries_next_only BEFORE INSERT ON entries
WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM entries)
BEGIN SELECT RAISE(ABORT, 'a ledger only grows at its end'); END"""

_ONE_IDENTITY = """CREATE TRIGGER identity_once BEFORE INSERT ON identity
WHEN EXISTS (SELECT 1 FROM identity)
BEGIN SELECT RAISE(ABORT, 'a ledger is of one practice and study'); END"""

SCHEMA: dict[str, str] = {
    "identity": _WHOSE,
    "entries": _ROWS,
    "entries_no_update": _never("entries", "UPDATE"),
    "entries_no_delete": _never("entries", "DELETE"),
    "entries_next_only": _NEXT_ONLY,
    "identity_no_update": _never("identity", "UPDATE"),
    "identity_no_delete": _never("identity", "DELETE"),
    "identity_once": _ONE_IDENTITY,
}
