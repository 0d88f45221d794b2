"""Several stores taken together: what each is called, and that nobody in them is mixed up.

A patient_id means something within its own store only, so the same id in two stores is two people
until somebody says otherwise. Nothing here ever takes two people for one, or one for two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from instep_cohort.errors import SafetyRefusal, UsageError
from instep_cohort.extracts.store import Store

#: Stands between the practice and the id of the practice in an id that holds both.
BETWEEN = "/"

_SHOWN = 5


def named_stores(stores: Sequence[Store]) -> dict[str, Store]:
    """The stores by what they are called, sorted: their folders' names, as long as is needed.

    Raises:
        UsageError: there are fewer than two, or one of them stands there twice.
    """
    if len(stores) < 2:  # noqa: PLR2004
        raise UsageError("several stores are asked for: name two or more of them")
    if len({store.path.resolve() for store in stores}) < len(stores):
        raise UsageError("a store is named twice: name each of them once")
    names = [store.path.name for store in stores]
    for depth in range(2, max(len(store.path.parts) for store in stores) + 1):
        if len(set(names)) == len(names):
            break
        count = Counter(names)
        names = [
            "/".join(store.path.parts[-depth:]) if count[name] > 1 else name
            for name, store in zip(names, stores, strict=True)
        ]
    return dict(sorted(zip(names, stores, strict=True)))


def refuse_unless_apart(stores: dict[str, Store], *, qualify_ids: bool) -> None:
    """Nothing, where every patient of every store has an id and a practice of their own.

    Args:
        stores: the stores by name.
        qualify_ids: whether each id is going to have its practice before it.

    Raises:
        SafetyRefusal: one practice is in two stores; one id is in two stores and stays as it is;
            or an id cannot have its practice before it.
    """
    people = {name: _people(store) for name, store in stores.items()}
    _refuse_one_practice_twice(people)
    if qualify_ids:
        for name, table in people.items():
            _refuse_unqualifiable(name, table["practice_id"])
    else:
        _refuse_one_id_twice(people)


def qualified(ids: pa.ChunkedArray, practices: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each id with its practice before it: ``A81001/4711``."""
    return pc.binary_join_element_wise(practices, ids, BETWEEN)


def _people(store: Store) -> pa.Table:
    return pq.read_table(store.table_path("patients"), columns=["patient_id", "practice_id"])


def _refuse_one_practice_twice(people: dict[str, pa.Table]) -> None:
    places: dict[str, list[str]] = {}
    for name, table in people.items():
        for practice in pc.unique(table["practice_id"].drop_null()).to_pylist():
            places.setdefault(practice, []).append(name)
    twice = {practice: names for practice, names in places.items() if len(names) > 1}
    if twice:
        shown = "; ".join(f"{p} in {' and '.join(n)}" for p, n in sorted(twice.items())[:_SHOWN])
        more = f"; and {len(twice) - _SHOWN} more" if len(twice) > _SHOWN else ""
        raise SafetyRefusal(
            f"One practice is in several stores ({shown}{more}): its patients could be written to "
            "twice, or in spite of an opt-out that only the other store has. Leave the older "
            "extract out, or ingest the parts of one extract together."
        )


def _refuse_one_id_twice(people: dict[str, pa.Table]) -> None:
    every = pa.chunked_array([c for t in people.values() for c in t["patient_id"].chunks])
    repeated = len(every) - pc.count_distinct(every).as_py()
    if repeated:
        raise SafetyRefusal(
            f"{repeated:,} patient ids are in more than one of the stores {', '.join(people)}. An "
            "id is that of one person within its own store only, so these may be different people. "
            f"Give --qualify-ids to have each id written as PRACTICE{BETWEEN}ID."
        )


def _refuse_unqualifiable(name: str, practices: pa.ChunkedArray) -> None:
    if practices.null_count:
        raise SafetyRefusal(
            f"{practices.null_count:,} patients of the store {name} have no practice_id, so their "
            "ids cannot have one before them. Ingest that extract with its practices."
        )
    if pc.any(pc.match_substring(practices, BETWEEN)).as_py():
        raise SafetyRefusal(
            f"A practice_id of the store {name} holds a {BETWEEN}, which is what stands between "
            "practice and id in a qualified id: two people could end up with one id."
        )


def distinct_practices(stores: Iterable[Store]) -> list[str]:
    """Every practice of the stores' patients, sorted."""
    found: set[str] = set()
    for store in stores:
        found |= set(pc.unique(_people(store)["practice_id"].drop_null()).to_pylist())
    return sorted(found)
