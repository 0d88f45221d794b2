"""The nominated as rows for a screener: what a run has of its candidates, of people it has not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.exclusions_alone import LookedAt
from instep_cohort.cohort.spreadsheet_text import harmless
from instep_cohort.disclosure.artefacts import ArtefactClass
from instep_cohort.disclosure.handing_over import (
    HandedOver,
    hand_over,
    refuse_taken,
    stamped,
)
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.routes.nominations import Nominations
from instep_cohort.recruitment.runs import PracticeRun
from instep_cohort.recruitment.vocabulary import Tier

_OWN = [
    ("routes", pa.string()),
    ("named_by", pa.string()),
    ("named_on", pa.string()),
    ("not_met", pa.string()),
]


def nominated_rows(nominations: Nominations, looked: LookedAt) -> pa.Table:
    """One row for each person who passed: a candidate's columns, then how they came.

    `reason` says by which ways they were named and which include lines are not met; `tier` is that
    of the nomination. Several nominations of a person are joined by ``; ``.
    """
    named: dict[str, list[tuple[str, str, str]]] = {}
    for one in nominations.passed:
        said = (str(one.route), one.named_by, one.named_on.isoformat())
        named.setdefault(one.patient_id, []).append(said)
    rows = [
        dict(looked.rows[patient])
        | _tier(nominations.tiers[patient])
        | {
            name: "; ".join(one[place] for one in said)
            for place, name in enumerate(("routes", "named_by", "named_on"))
        }
        | {
            "not_met": "; ".join(looked.not_met[patient]),
            "reason": _reason(said, looked, patient),
        }
        for patient, said in sorted(named.items())
    ]
    fields = [pa.field("tier", pa.string())] if "tier" not in looked.schema.names else []
    fields = [*looked.schema, *fields]
    return pa.Table.from_pylist(rows, schema=pa.schema([*fields, *_OWN]))


def hand_over_rows(table: pa.Table, path: Path, about: Mapping[str, object]) -> HandedOver:
    """The rows as a file for the practice alone: .parquet as it is, anything else as CSV."""
    return hand_over(
        path,
        ArtefactClass.PRACTICE_ONLY,
        columns=table.column_names,
        write=lambda out: _write(table, path, out),
        about=about,
    )


def refuse_taken_rows(table: pa.Table, path: Path) -> None:
    """Nothing, where `hand_over_rows` could write there; asked before the ledger is written to.

    Raises:
        UsageError: another file stands there, or there is no such folder.
    """
    raw = io.BytesIO()
    _write(table, path, raw)
    refuse_taken(stamped(path, ArtefactClass.PRACTICE_ONLY), raw.getvalue())


def _write(table: pa.Table, path: Path, out: BinaryIO) -> None:
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, out)
        return
    from pyarrow import csv as pa_csv

    pa_csv.write_csv(harmless(table), out)


def _tier(tier: Tier) -> dict[str, str]:
    reason = {"tier_reason": "Named, not found by the search."} if tier is Tier.D else {}
    return {"tier": str(tier), **reason}


def _reason(said: list[tuple[str, str, str]], looked: LookedAt, patient: str) -> str:
    ways = ", ".join(f"{route.replace('_', ' ')} ({day})" for route, _, day in said)
    lacking = [name.replace("_", " ") for name in looked.not_met[patient]]
    search = f"the search does not find {', '.join(lacking)}" if lacking else "the search agrees"
    return f"Named: {ways}; {search}."


def read_nominated_rows(path: Path) -> pa.Table:
    """The rows of a .parquet file that `hand_over_rows` wrote.

    Raises:
        UsageError: there is no such file, or it is none of nominated people.
    """
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):
        # Arrow's own message may quote a cell
        raise UsageError(f"{path} cannot be read as Parquet; nominate import wrote it.") from None
    if not {"patient_id", "tier", "reason", *(name for name, _ in _OWN)} <= set(table.column_names):
        raise UsageError(f"{path} has no nominated people; give what nominate import --out wrote.")
    return table


def with_nominated(run: PracticeRun, nominated: pa.Table) -> PracticeRun:
    """The run with the nominated behind its candidates, so that they are screened together.

    Who is a candidate of the run stays one; a column that the nominated lack is empty.
    """
    known = pa.array(run.patient_ids, pa.string())
    new = nominated.filter(pc.invert(pc.is_in(nominated["patient_id"], value_set=known)))
    columns = [
        new[field.name].cast(field.type)
        if field.name in new.column_names
        else pa.nulls(new.num_rows, field.type)
        for field in run.candidates.schema
    ]
    added = pa.table(columns, schema=run.candidates.schema)
    return replace(run, candidates=pa.concat_tables([run.candidates, added]))
