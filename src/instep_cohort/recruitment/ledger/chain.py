"""The hash chain: every row's hash covers its content and the hash of the row before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

FORMAT = 1


class Identity(NamedTuple):
    """Whose ledger it is; ``ledger_id`` is random, so that no other can stand in its place."""

    format: int
    practice: str
    study: str
    ledger_id: str
    created_at: str
    created_by: str


class Row(NamedTuple):
    """One row of the ledger as it stands in the file.

    ``place`` and ``size`` say that it is the n-th entry of a batch of so many; ``body`` is the
    entry as JSON.
    """

    number: int
    batch_key: str
    place: int
    size: int
    at: str
    who: str
    body: str
    hash: str


def first_hash(identity: Identity) -> str:
    """The hash before the first row: 64 hex digits that only this ledger has."""
    return _sha256(json.dumps(identity, ensure_ascii=True, separators=(",", ":")))


def row_hash(previous: str, row: Row) -> str:
    """The hash of a row behind the row whose hash is ``previous``.

    Every text but the last goes in with its length, so that none can end elsewhere.
    """
    whose = f"{len(row.batch_key)}:{row.batch_key} {len(row.at)}:{row.at} {len(row.who)}:{row.who}"
    return _sha256(f"{previous} {row.number} {row.place}/{row.size} {whose} {row.body}")


def chained(
    previous: str, number: int, bodies: Iterable[str], *, batch_key: str, at: str, who: str
) -> list[Row]:
    """A batch of rows behind the row ``number`` whose hash is ``previous``."""
    texts, rows = list(bodies), list[Row]()
    for place, body in enumerate(texts, 1):
        row = Row(number + place, batch_key, place, len(texts), at, who, body, "")
        row = row._replace(hash=row_hash(previous, row))
        rows.append(row)
        previous = row.hash
    return rows


def chain_faults(previous: str, after: int, rows: Iterable[Row]) -> list[str]:
    """What is wrong with the rows that follow the row ``after``; one sentence each, no content.

    The first hash that differs ends the search: behind it nothing can be believed.
    """
    batch: Row | None = None
    for row in rows:
        after += 1
        if row.number != after:
            return [f"row {after} is missing"]
        if row.hash != row_hash(previous, row):
            return [f"row {row.number} was changed, or a row before it was taken out"]
        if not _continues(batch, row):
            return [f"row {row.number} does not belong where it stands: a batch is torn"]
        batch, previous = row, row.hash
    if batch is not None and batch.place != batch.size:
        return [f"the last batch is cut: {batch.place} of its {batch.size} rows are there"]
    return []


def _continues(batch: Row | None, row: Row) -> bool:
    if batch is None or batch.place == batch.size:
        return row.place == 1
    # written out: this runs for every row whenever a ledger is opened
    return (
        row.place == batch.place + 1
        and row.size == batch.size
        and row.batch_key == batch.batch_key
        and row.at == batch.at
        and row.who == batch.who
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
