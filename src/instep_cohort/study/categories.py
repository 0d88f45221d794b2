"""Categories that a study asks for in vain, or that a flag or opt-out cannot read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from instep_cohort.errors import Fault
from instep_cohort.study.model import FitNotes, Study
from instep_cohort.study.nearest import nearest
from instep_cohort.study.references import below
from instep_cohort.terminology.meanings import (
    FIT_NOTE_CATEGORIES,
    OPT_OUT_CATEGORIES,
    WORK_STATUS_CATEGORIES,
)


def category_faults(study: Study, categories: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Each category that a measure asks for in vain, and each that a flag or opt-out cannot read.

    Args:
        study: a settled study.
        categories: codelist id to the categories of the pinned version; a list that is not there
            is not judged.
    """
    for name, measure in study.measures.items():
        lists = [*(measure.events or ()), *(measure.medicines or ())]
        if not measure.category or not all(codelist in categories for codelist in lists):
            continue
        known = {category for codelist in lists for category in categories[codelist]}
        for category in measure.category:
            if category not in known:
                found = f"{' and '.join(lists)} has no category {category}"
                yield Fault(f"measures.{name}.category", found, nearest(category, known))
    for where, codelist, allowed in _judged_lists(study):
        for category in sorted(set(categories.get(codelist, ())) - set(allowed)):
            found = f"the codelist {codelist} has a category {category} that means nothing here"
            yield Fault(where, found, nearest(category, allowed))


def _judged_lists(study: Study) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for codelist in study.opt_outs.events if study.opt_outs else ():
        yield "opt_outs.events", codelist, OPT_OUT_CATEGORIES
    for name, flag in study.flags.items():
        where = below("flags", name)
        if isinstance(flag, FitNotes):
            yield below(where, "fit_notes"), flag.fit_notes, FIT_NOTE_CATEGORIES
        else:
            yield below(where, "work_status"), flag.work_status, WORK_STATUS_CATEGORIES
