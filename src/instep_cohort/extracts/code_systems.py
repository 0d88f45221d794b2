"""The code systems that an extract speaks, its dictionary's among them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# the columns in which an extract's dictionary speaks of a code, and the system each speaks in
_DICTIONARY = {
    "read_v2": "read_v2",
    "ctv3": "ctv3",
    "snomed_concept": "snomed_ct",
    "dmd": "dmd",
    "bnf": "bnf",
}


def systems_of(codes: pa.Table, kind: str) -> list[str]:
    """The code systems among the extract's codes of a kind, those of its dictionary included."""
    own = codes.filter(pc.and_(pc.equal(codes["kind"], kind), pc.greater(codes["rows"], 0)))
    found = set(pc.unique(own["system"]).to_pylist())
    found |= {
        system for column, system in _DICTIONARY.items() if own[column].null_count < own.num_rows
    }
    return sorted(found)
