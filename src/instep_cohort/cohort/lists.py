"""The codelists of a study: fetched as pinned, met with an extract, and warned of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from instep_cohort.codelists import CodeIndex, Codelist, Library, Resolution, resolve
from instep_cohort.engine.uses import ListUse, list_uses
from instep_cohort.errors import DefinitionError, Fault
from instep_cohort.extracts.code_systems import systems_of
from instep_cohort.study import Plan, Study

RESOLUTION = pa.schema(
    [
        ("codelist", pa.string()),
        ("version", pa.string()),
        ("selector_system", pa.string()),
        ("selector_code", pa.string()),
        ("match", pa.string()),
        ("category", pa.string()),
        ("system", pa.string()),
        ("code", pa.string()),
        ("term", pa.string()),
        ("matched_by", pa.string()),
        ("rows", pa.int64()),
    ]
)
RESOLUTION_BY_STORE = pa.schema([pa.field("store", pa.string()), *RESOLUTION])


def pinned_lists(study: Study, library: Library) -> dict[str, Codelist]:
    """Each codelist that a study pins, in the pinned version.

    Raises:
        DefinitionError: lists or versions that are not there, or that changed after release; the
            faults of all lists together.
    """
    found: dict[str, Codelist] = {}
    faults: list[Fault] = []
    for name, version in study.codelists.items():
        try:
            found[name] = library.get(name, version)
        except DefinitionError as error:
            faults += [one if one.file else _placed(study, one) for one in error.faults]
    if faults:
        raise DefinitionError(faults)
    return found


def _placed(study: Study, fault: Fault) -> Fault:
    """The fault with the study's file, and the line of the pin."""
    return study._origin.placed([fault])[0]


def resolve_lists(
    plan: Plan, lists: Mapping[str, Codelist], codes: pa.Table
) -> dict[ListUse, Resolution]:
    """What each list that the study reads rows by is among the codes of an extract."""
    index = CodeIndex.from_columns(codes.to_pydict())
    return {(name, kind): resolve(lists[name], index, kind=kind) for name, kind in list_uses(plan)}


def list_warnings(
    lists: Mapping[str, Codelist],
    resolutions: Mapping[ListUse, Resolution],
    codes: pa.Table,
    *,
    strict: bool,
) -> list[str]:
    """What must be said of the lists of a run: those that match nothing, and drafts.

    Raises:
        DefinitionError: with `strict`, a list matches no code of the extract.
    """
    said = (one.warning(systems_of(codes, one.kind)) for one in resolutions.values())
    empty = [text for text in said if text]
    if empty and strict:
        raise DefinitionError([Fault("codelists", text) for text in empty])
    drafts = sum(one.status == "draft" for one in lists.values())
    if not drafts:
        return empty
    are = "is a draft" if drafts == 1 else "are drafts"
    unread = f"{drafts} of {len(lists)} codelists {are}: no clinician has reviewed them."
    return [*empty, unread]


def resolution_table(resolutions: Iterable[Resolution], *, store: str | None = None) -> pa.Table:
    """What each selector matched, the rows of resolution.csv; one that hits nothing has a row.

    Args:
        resolutions: what each list is in an extract.
        store: what that extract is called among several, which is then the first column.
    """
    rows = [row._asdict() for one in resolutions for row in one.rows()]
    table = pa.Table.from_pylist(rows, schema=RESOLUTION)
    if store is None:
        return table
    names = pa.array([store] * table.num_rows, pa.string())
    return table.add_column(0, RESOLUTION_BY_STORE.field(0), names)
