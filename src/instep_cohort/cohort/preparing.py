"""What every search settles before it reads a row: its lists on the extract, and whether it may."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from instep_cohort.codelists import Codelist, Resolution
from instep_cohort.codelists.resolving.codes_in_text import dissents_in_text
from instep_cohort.cohort.lists import list_warnings, resolve_lists
from instep_cohort.cohort.practice_list import EMPTY, PracticeList, read_practice_list
from instep_cohort.cohort.safety import OptOutAnswers, refuse_unless_safe
from instep_cohort.engine.uses import ListUse
from instep_cohort.errors import SafetyRefusal
from instep_cohort.extracts import Store
from instep_cohort.extracts.code_systems import systems_of
from instep_cohort.study import Plan, plan_warnings

_LINES_SHOWN = 10


class Prepared(NamedTuple):
    """What a search may now run on.

    Attributes:
        resolutions: what each list is among the codes of the extract.
        practice_list: the practice's own opt-outs; empty where no list was given.
        warnings: what must be said of the lists and of the study.
    """

    resolutions: Mapping[ListUse, Resolution]
    practice_list: PracticeList
    warnings: list[str]


def categories_of(lists: Mapping[str, Codelist]) -> dict[str, tuple[str, ...]]:
    """The categories of each list, for a study to be compiled against."""
    return {name: tuple(one.categories) for name, one in lists.items()}


def prepare(
    plan: Plan,
    lists: Mapping[str, Codelist],
    store: Store,
    answers: OptOutAnswers,
    *,
    reading: Plan,
    allow_stale: bool,
    strict: bool,
) -> Prepared:
    """The lists met with the extract and the practice's own list read, where a search is safe.

    Args:
        plan: the study.
        lists: its codelists.
        store: the extract.
        answers: what the caller says of opt-outs that no code holds.
        reading: the plan whose rows are read: the study's own, or one that holds its variants.
        allow_stale: accept an extract or opt-out list that is too old to write letters by.
        strict: make a codelist that matches nothing in the extract an error.

    Raises:
        UsageError: the practice's list cannot be read.
        DefinitionError: with `strict`, a list matches no code of the extract.
        SafetyRefusal: a list could reach somebody who asked not to be written to.
    """
    practice_list = read_practice_list(answers.file) if answers.file else EMPTY
    codes = store.codes()
    resolutions = resolve_lists(reading, lists, codes)
    warnings = [
        *list_warnings(lists, resolutions, codes, strict=strict),
        *plan_warnings(plan, categories_of(lists)),
    ]
    if plan.opt_outs:
        warnings += _lost_dissents(store, plan.opt_outs.lists, lists, resolutions, codes)
    for part, extract_date, systems in _extracts(store, codes):
        try:
            refuse_unless_safe(
                plan,
                [lists[name] for name in (plan.opt_outs.lists if plan.opt_outs else ())],
                answers,
                extract_date=extract_date,
                clinical_systems=systems,
                allow_stale=allow_stale,
            )
        except SafetyRefusal as refusal:
            raise SafetyRefusal(f"{part}{refusal}") from None
    return Prepared(resolutions, practice_list, warnings)


def _lost_dissents(
    store: Store,
    names: Collection[str],
    lists: Mapping[str, Codelist],
    resolutions: Mapping[ListUse, Resolution],
    codes: pa.Table,
) -> list[str]:
    """A warning where rows that could not be read hold a code of a dissent, else nothing."""
    if not store.manifest.tables["quarantine"].rows:
        return []
    raw = store.quarantined()["raw"]
    lost = sum(
        dissents_in_text(raw, lists[name], resolutions[name, "clinical"], codes) for name in names
    )
    if not lost:
        return []
    warning = (
        f"Of {len(raw):,} rows that could not be read {lost:,} may be an opt-out by the code in "
        "it: somebody's refusal may be lost. `store quarantine` shows them; mend them, or put the "
        "people on the practice's opt-out list, before anybody is written to."
    )
    return [warning]


def _extracts(store: Store, codes: pa.Table) -> Iterator[tuple[str, date, Collection[str]]]:
    """What stands before a refusal, the extract date and the clinical systems of each extract.

    Of a merged store each part is asked, lest one of them vouch for another.
    """
    for part in store.parts:
        yield f"Of the part {part.name}: ", part.extract_date, part.clinical_systems
    if not store.parts:
        yield "", store.extract_date, systems_of(codes, "clinical")


def unknown_ids(practice_list: PracticeList, patient_ids: pa.ChunkedArray) -> list[str]:
    """A warning where rows of the practice's own list name nobody of the extract, else nothing."""
    lines = practice_list.unknown_lines(patient_ids)
    if not lines:
        return []
    shown = ", ".join(map(str, lines[:_LINES_SHOWN])) + (" …" if len(lines) > _LINES_SHOWN else "")
    where = f"line {shown}" if len(lines) == 1 else f"lines {shown}"
    warning = (
        f"{len(lines)} of {len(practice_list.rows)} rows of the opt-out list name nobody in this "
        f"extract ({where}): check that its ids are those of the extract, leading zeros too."
    )
    return [warning]
