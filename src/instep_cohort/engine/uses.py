"""Which codes of the extract each part of a study uses, as two small tables of numbers.

A *use* is one reader of rows: a measure, a flag, or one category of the opt-out lists. The engine
joins rows to `uses` on code_key and filters by the bounds that stand beside it; a `Label` says in
words what a code is to its use, for the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from instep_cohort.codelists import Resolution
from instep_cohort.codelists.model import Kind
from instep_cohort.study.plan import FixedWindow, MeasurePlan, Plan
from instep_cohort.terminology.meanings import OPT_OUT_CATEGORIES

FIRST_DAY, LAST_DAY = -(2**31) + 1, 2**31 - 1
_HUGE = 1.7e308

_SCHEMA = pa.schema(
    [
        ("code_key", pa.int32()),
        ("use_key", pa.int32()),
        ("label_key", pa.int32()),
        ("first_day", pa.int32()),
        ("last_day", pa.int32()),
        ("takes_undated", pa.bool_()),
        ("any_date", pa.bool_()),
        ("wants_value", pa.bool_()),
        ("value_min", pa.float64()),
        ("value_max", pa.float64()),
    ]
)


class Label(NamedTuple):
    """What one code is to one use; text joined by "; " where a code is there more than once."""

    used_by: str
    code_key: int
    codelist: str
    version: str
    category: str
    matched_by: str


class Bounds(NamedTuple):
    """Which rows of its codes a use reads, as far as a row alone can tell."""

    first_day: int = FIRST_DAY
    last_day: int = LAST_DAY
    takes_undated: bool = False
    any_date: bool = False
    wants_value: bool = False
    value_min: float = -_HUGE
    value_max: float = _HUGE


@dataclass(frozen=True)
class Uses:
    """All uses of a study on one extract.

    `names` is indexed by use_key, `labels` by label_key. `measures` gives the use_key of each
    measure, `opt_outs` of each opt-out category; a flag's key is None where it is not declared.
    """

    names: Sequence[str]
    labels: Sequence[Label]
    measures: Mapping[str, int]
    opt_outs: Mapping[str, int]
    fit_notes: int | None
    work_status: int | None
    table: pa.Table = field(repr=False)


# the kind of codes that each table of rows holds
KINDS: Mapping[str, Kind] = {"events": "clinical", "medicines": "medicine"}

# one list, met with the codes of one kind
ListUse = tuple[str, Kind]


def list_uses(plan: Plan) -> Sequence[ListUse]:
    """Each list that the study reads rows by, with the kind of codes that it looks at."""
    read = [(name, KINDS[m.source]) for m in plan.measures.values() for name in m.lists]
    read += [(name, "clinical") for name in (plan.opt_outs.lists if plan.opt_outs else ())]
    flags = [flag for flag in (plan.fit_notes, plan.work_status) if flag]
    read += [(flag.codelist, "clinical") for flag in flags]
    return list(dict.fromkeys(read))


class _Builder:
    def __init__(self, resolutions: Mapping[ListUse, Resolution]) -> None:
        self.resolutions = resolutions
        self.names: list[str] = []
        self.labels: list[Label] = []
        self.rows: list[tuple[int, int, int, *tuple[float, ...]]] = []

    def add(
        self,
        name: str,
        lists: Iterable[ListUse],
        categories: frozenset[str] | None,
        bounds: Bounds,
    ) -> int:
        use_key = len(self.names)
        self.names.append(name)
        for label in self._labels(name, lists, categories):
            self.rows.append((label.code_key, use_key, len(self.labels), *bounds))
            self.labels.append(label)
        return use_key

    def _labels(
        self, name: str, lists: Iterable[ListUse], categories: frozenset[str] | None
    ) -> Iterable[Label]:
        found: dict[int, list[tuple[str, str, str, str]]] = {}
        for list_use in lists:
            identifier, resolution = list_use[0], self.resolutions[list_use]
            version = resolution.codelist.version
            for code_key, held in resolution.categories_by_key.items():
                chosen = held if categories is None else held & categories
                if chosen:
                    matched_by = resolution.matched_by_key[code_key]
                    entry = (identifier, version, "; ".join(sorted(chosen)), matched_by)
                    found.setdefault(code_key, []).append(entry)
        for code_key, entries in sorted(found.items()):
            columns = ("; ".join(dict.fromkeys(column)) for column in zip(*entries, strict=True))
            yield Label(name, code_key, *columns)

    def table(self) -> pa.Table:
        columns = list(zip(*self.rows, strict=True)) or [()] * len(_SCHEMA)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)]
        return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def uses_of(plan: Plan, resolutions: Mapping[ListUse, Resolution]) -> Uses:
    """The uses of a study, given what each of its `list_uses` resolved to."""
    builder = _Builder(resolutions)
    measures = {
        m.name: builder.add(
            m.name,
            [(name, KINDS[m.source]) for name in m.lists],
            m.categories,
            measure_bounds(m, plan.search_day),
        )
        for m in plan.measures.values()
    }
    asked = plan.opt_outs.lists if plan.opt_outs else ()
    opt_outs = {
        category: builder.add(
            "opt_out",
            [(name, "clinical") for name in asked],
            frozenset({category}),
            Bounds(any_date=True),
        )
        for category in OPT_OUT_CATEGORIES
    }
    to_date = Bounds(last_day=plan.search_day)
    fit_notes, work_status = (
        builder.add(flag.name, [(flag.codelist, "clinical")], None, to_date) if flag else None
        for flag in (plan.fit_notes, plan.work_status)
    )
    return Uses(
        builder.names,
        builder.labels,
        measures,
        opt_outs,
        fit_notes,
        work_status,
        builder.table(),
    )


def measure_bounds(measure: MeasurePlan, search_day: int) -> Bounds:
    """The bounds of a measure's rows; an anchored window is bounded by the search date only."""
    fixed = isinstance(measure.window, FixedWindow)
    first = measure.window.first if isinstance(measure.window, FixedWindow) else None
    bounded = measure.value_min is not None or measure.value_max is not None
    return Bounds(
        first_day=FIRST_DAY if first is None else first,
        last_day=measure.window.last if fixed else search_day,  # type: ignore[union-attr]
        takes_undated=measure.takes_undated,
        wants_value=bounded,
        value_min=-_HUGE if measure.value_min is None else measure.value_min,
        value_max=_HUGE if measure.value_max is None else measure.value_max,
    )
