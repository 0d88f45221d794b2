"""The rows that stand behind each fact, as one long table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.engine.frames import Engine
from instep_cohort.engine.uses import Uses

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame

EVIDENCE = pa.schema(
    [
        ("patient_id", pa.string()),
        ("used_by", pa.string()),
        ("date", pa.date32()),
        ("system", pa.string()),
        ("code", pa.string()),
        ("term", pa.string()),
        ("codelist", pa.string()),
        ("version", pa.string()),
        ("category", pa.string()),
        ("matched_by", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
    ]
)

_COLUMNS = ["use_key", "label_key", "patient_key", "day", "value", "unit"]
_ORDER = ["patient_key", "use_key", "day", "label_key", "value", "unit"]


def evidence_rows(engine: Engine, measured: Frame, used: Frame, uses: Uses) -> pa.Table:
    """Every row that a measure, a flag or an opt-out read, in one total order.

    Columns: use_key, label_key, patient_key, day, value, unit.
    """
    others = [*uses.opt_outs.values()]
    others += [key for key in (uses.fit_notes, uses.work_status) if key is not None]
    beside = used.filter(nw.col("use_key").is_in(others)).select(_COLUMNS)
    rows = nw.concat([measured.select(_COLUMNS), beside])
    return engine.take(rows.sort(_ORDER, nulls_last=True))


def evidence_table(
    rows: pa.Table, uses: Uses, patient_ids: pa.ChunkedArray, codes: pa.Table
) -> pa.Table:
    """The evidence as people read it (columns of `EVIDENCE`), text as dictionary arrays.

    Args:
        rows: what `evidence_rows` gave, of the patients to be shown.
        uses: where the labels are.
        patient_ids: indexed by patient_key.
        codes: the store's codes, indexed by code_key.
    """
    label = pc.cast(rows["label_key"], pa.int32())
    keys = [one.code_key for one in uses.labels]
    described = codes.select(["system", "code", "term"]).take(pa.array(keys, pa.int32()))
    by_label = {
        "used_by": [one.used_by for one in uses.labels],
        **{name: described[name].to_pylist() for name in described.column_names},
        "codelist": [one.codelist for one in uses.labels],
        "version": [one.version for one in uses.labels],
        "category": [one.category for one in uses.labels],
        "matched_by": [one.matched_by for one in uses.labels],
    }
    columns = {name: _spread(label, values) for name, values in by_label.items()}
    columns["patient_id"] = _dictionary(pc.cast(rows["patient_key"], pa.int32()), patient_ids)
    columns["date"] = pc.cast(pc.cast(rows["day"], pa.int32()), pa.date32())
    columns["value"] = rows["value"]
    columns["unit"] = rows["unit"]
    return pa.table([columns[name] for name in EVIDENCE.names], names=EVIDENCE.names)


def _spread(label: pa.ChunkedArray, by_label: list[str | None]) -> pa.ChunkedArray:
    """The text of each row, by its label, each distinct text held once."""
    distinct = list(dict.fromkeys(text for text in by_label if text is not None))
    place = {text: i for i, text in enumerate(distinct)}
    # no text is no index: Parquet takes no null among the texts, and an extract may have no terms
    codes = pa.array([place.get(text) for text in by_label], pa.int32())  # type: ignore[arg-type]
    return _dictionary(codes.take(label), pa.array(distinct, pa.string()))


def _dictionary(
    indices: pa.ChunkedArray | pa.Array, texts: pa.ChunkedArray | pa.Array
) -> pa.ChunkedArray:
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    chunks = indices.chunks if isinstance(indices, pa.ChunkedArray) else [indices]
    arrays = [pa.DictionaryArray.from_arrays(chunk, texts) for chunk in chunks]
    return pa.chunked_array(arrays, pa.dictionary(pa.int32(), pa.string()))
