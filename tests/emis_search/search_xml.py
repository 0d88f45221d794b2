"""EMIS search XML written by hand-made functions that know nothing of the importer.

Every element is written out as the grammar has it; the ids are made up. EMIS code ids of people's
records come from the reference table or the rcprd sample; those that only have to be well formed
are made with a check digit of our own working.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.e-mis.com/emisopen"
_GUID = "00000000-0000-4000-8000-{:012d}"

_D5 = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
_PERM = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def made_id(n: int, partition: str = "01") -> str:
    """A well-formed id that nobody ever issued, of that partition."""
    body = f"{n}{partition}"
    for digit in "0123456789":
        total = 0
        for place, sign in enumerate(reversed(body + digit)):
            value = int(sign)
            for _ in range(place % 8):
                value = _PERM[value]
            total = _D5[total][value]
        if total == 0:
            return body + digit
    raise AssertionError


def guid(n: int) -> str:
    return _GUID.format(n)


def tag(name: str, *inner: str, **attributes: str) -> str:
    shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{shown}>{''.join(inner)}</{name}>"


def text(name: str, value: object) -> str:
    return tag(name, escape(str(value)))


_ids = count(1_000)


def fresh() -> str:
    return text("id", guid(next(_ids)))


def value(code: str, term: str = "", *, children: bool = False, extra: str = "") -> str:
    shown = text("displayName", term) if term else ""
    return tag(
        "values", text("value", code), shown, text("includeChildren", str(children).lower()), extra
    )


def value_set(*values: str, name: str = "", system: str = "SNOMED_CONCEPT", extra: str = "") -> str:
    described = text("description", name) if name else ""
    return tag("valueSet", fresh(), text("codeSystem", system), described, *values, extra)


def codes(name: str, *ids: str) -> str:
    """A value set of some ids, the id for a term."""
    return value_set(*(value(one, f"term of {one}") for one in ids), name=name)


def column(name: str, *inner: str, which: str = "IN") -> str:
    return tag(
        "columnValue",
        fresh(),
        text("column", name),
        text("displayName", name.title()),
        text("inNotIn", which) if which else "",
        *inner,
    )


def bound(
    name: str, operator: str, amount: object = None, unit: str = "", relation: str = ""
) -> str:
    """One end of a range: `rangeFrom` or `rangeTo`."""
    inside = ""
    if amount is not None:
        inside = tag(
            "value",
            text("value", amount),
            text("unit", unit) if unit else "",
            text("relation", relation) if relation else "",
        )
    return tag(name, inside, text("operator", operator))


def since(operator: str, amount: object = None, unit: str = "", relation: str = "RELATIVE") -> str:
    return bound("rangeFrom", operator, amount, unit, relation)


def until(operator: str, amount: object = None, unit: str = "", relation: str = "RELATIVE") -> str:
    return bound("rangeTo", operator, amount, unit, relation)


def span(*ends: str, baseline: bool = True) -> str:
    if baseline:
        return tag("rangeValue", *ends, relativeTo="BASELINE")
    return tag("rangeValue", *ends)


NOT_IN_THE_FUTURE = span(until("LTEQ"))


def dates(name: str, *ends: str) -> str:
    return column(name, span(*ends))


def restriction(records: object, direction: str, *tests: str, by: str = "DATE") -> str:
    order = tag(
        "columnOrder",
        text("recordCount", records),
        tag("columns", text("column", by), text("displayName", by), text("direction", direction)),
    )
    return tag("restriction", order, tag("testAttribute", *tests) if tests else "")


def criterion(
    table: str, *filters: str, negated: bool = False, after: str = "", before: str = ""
) -> str:
    """`before` and `after` stand beside the filters, as the grammar has them."""
    return tag(
        "criterion",
        fresh(),
        text("table", table),
        text("displayName", table.title()),
        text("negation", str(negated).lower()),
        before,
        tag("filterAttribute", *filters),
        after,
    )


def events(name: str, *ids: str, window: Sequence[str] = (), **rest: object) -> str:
    when = dates("DATE", *window) if window else column("DATE", NOT_IN_THE_FUTURE)
    return criterion("EVENTS", column("READCODE", codes(name, *ids)), when, **rest)


def issues(name: str, *ids: str, window: Sequence[str] = (), **rest: object) -> str:
    when = dates("ISSUE_DATE", *window) if window else column("ISSUE_DATE", NOT_IN_THE_FUTURE)
    drugs = column("DRUGCODE", codes(name, *ids))
    return criterion("MEDICATION_ISSUES", drugs, when, **rest)


def ages(*ends: str) -> str:
    return criterion("PATIENTS", column("AGE", span(*ends)))


def link(child: str, *ends: str, parent_column: str = "DATE", child_column: str = "DATE") -> str:
    relationship = tag(
        "relationship",
        text("parentColumn", parent_column),
        text("parentColumnDisplayName", parent_column),
        text("childColumn", child_column),
        text("childColumnDisplayName", child_column),
        span(*ends, baseline=False),
    )
    return tag("linkedCriterion", relationship, child)


def in_search(n: int) -> str:
    return tag("populationCriterion", reportGuid=guid(n))


def group(*criteria: str, by: str = "AND", true: str = "SELECT", false: str = "REJECT") -> str:
    return tag(
        "criteriaGroup",
        tag("definition", text("memberOperator", by), *(tag("criteria", one) for one in criteria)),
        text("actionIfTrue", true),
        text("actionIfFalse", false),
        fresh(),
    )


def report(
    n: int,
    name: str,
    *groups: str,
    parent: int | None = None,
    start: str = "ACTIVE",
    clock: str = "BASELINE",
    extra: str = "",
    population_type: str = "PATIENT",
) -> str:
    above = tag("SearchIdentifier", reportGuid=guid(parent)) if parent is not None else ""
    return tag(
        "report",
        text("id", guid(n)),
        text("name", name),
        text("description", ""),
        text("creationTime", "2026-01-05T09:00:00.0000000+00:00"),
        tag("author", text("userInRole", guid(1))),
        text("populationType", population_type),
        text("folder", guid(2)),
        text("sequence", n),
        tag("parent", above, parentType="POP" if above else start),
        text("searchDate", clock),
        text("VersionIndependentGUID", guid(500_000 + n)),
        tag("population", *groups) if groups else "",
        tag("execution", text("patientAgeAndRegistrationInclusive", "true")),
        extra,
    )


def document(*reports: str, schema: str = "32.0.0") -> str:
    """A whole file, as one long line."""
    head = text("id", guid(3)) + text("creationTime", "2026-01-05T09:00:00.0000000+00:00")
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<enquiryDocument xmlns="{NAMESPACE}" schemaVersion="{schema}" version="1.0.0">'
        f"{head}{''.join(reports)}</enquiryDocument>"
    )
