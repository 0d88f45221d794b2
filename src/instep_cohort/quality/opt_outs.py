"""Whether coded opt-outs can be found in the extract at all."""

from __future__ import annotations

from collections import Counter

from instep_cohort.codelists import CodeIndex, Library, resolve
from instep_cohort.codelists.resolving.codes_in_text import dissents_in_text
from instep_cohort.extracts import Store
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Seen, Table

_LIST = "research-opt-out"


def look_for_opt_outs(store: Store) -> Seen:
    """The rows that the newest shipped opt-out list finds, by category.

    A list of the practice's own, and codes that only this practice uses, are not known here.
    """
    opt_outs = Library().latest(_LIST)
    codes = store.codes()
    index = CodeIndex.from_columns(codes.to_pydict())
    found = resolve(opt_outs, index, kind="clinical")
    rows: Counter[str] = Counter(dict.fromkeys(opt_outs.categories, 0))
    for key, categories in found.categories_by_key.items():
        for category in categories:
            rows[category] += index.of("clinical").row(key).rows
    title = f"rows with a code of {opt_outs.id} {opt_outs.version}"
    table = Table("opt_outs", title, ("category", "rows"), list(rows.items()))
    every = sum(index.of("clinical").row(key).rows for key in found.categories_by_key)
    if every:
        findings = [finding("opt-out-coded", every, what=title, table="events")]
    else:
        what = f"no row has a code of {opt_outs.id} {opt_outs.version}"
        findings = [finding("opt-out-none", 0, what=what, table="events")]
    raw = store.quarantined()["raw"]
    if lost := dissents_in_text(raw, opt_outs, found, codes):
        findings.append(finding("opt-out-set-apart", lost, of=len(raw)))
    return Seen(findings, [table])
