"""Codes: what maps to nothing, which systems speak in which year, and codes of a wrong shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

import pyarrow.compute as pc

from instep_cohort.extracts import Store
from instep_cohort.quality.opened import Opened
from instep_cohort.quality.rules import finding
from instep_cohort.quality.values import Finding, Seen, Table, Unit
from instep_cohort.terminology.code_faults import fault
from instep_cohort.terminology.identifying_codes import identifying_places
from instep_cohort.terminology.read_codes import read_code
from instep_cohort.terminology.systems import System

_MOST_PRODUCTS = 20
_FEWEST_PATIENTS = 5
_FEWEST_CODES = 200  # with letters: so many have a small one among them

#: By which a codelist can find a row, beside its own system.
_BY = {
    "read_v2": "has_read_v2",
    "ctv3": "has_ctv3",
    "snomed_ct": "has_snomed_concept",
    "dmd": "has_dmd",
    "bnf": "has_bnf",
    "substance": "has_substance",
}
_CLINICAL = ("read_v2", "ctv3", "snomed_ct")
_DAMAGE = ("spreadsheet-number", "rounded-id", "missing-dots", "lost-zero", "stray-sign")
_WRONG_SYSTEM = ("ctv3-code", "id-kind", "shape", "term-code")


def look_at_mapping(store: Opened) -> Seen:
    """Events and issues that no code finds, by practice; the systems of each year."""
    conditions = {
        "no-dmd": "record = 'medicines' AND NOT (has_dmd OR system = 'dmd')",
        "no-bnf": "record = 'medicines' AND NOT (has_bnf OR system = 'bnf')",
        "product-unmapped": f"record = 'medicines' AND NOT ({_is_found(_BY)})",
        "code-unmapped": f"record = 'events' AND NOT ({_is_found(_CLINICAL)})",
    }
    counts = ", ".join(
        f"coalesce(CAST(sum(rows) FILTER (WHERE {rule}) AS BIGINT), 0)"
        for rule in conditions.values()
    )
    counted = store.rows(
        f"SELECT practice, record, CAST(sum(rows) AS BIGINT), {counts} FROM counted "
        "JOIN looks USING (look_no) JOIN practices USING (practice_no) GROUP BY ALL ORDER BY ALL"
    )
    findings = [
        finding(rule, number, of=rows, practice=practice, table=table)
        for practice, table, rows, *numbers in counted
        for rule, number in zip(conditions, numbers, strict=True)
        if number
    ]
    return Seen(findings, [_systems_by_year(store), _unmapped_products(store)])


def _is_found(systems: Collection[str]) -> str:
    """Whether a code is in one of these systems, or its dictionary says it in one."""
    names = [name for name in _BY if name in systems]
    return " OR ".join(f"system = '{name}' OR {_BY[name]}" for name in names)


def _systems_by_year(store: Opened) -> Table:
    found = ", ".join(
        f"CAST(sum(rows) FILTER (WHERE system = '{name}' OR {has}) AS BIGINT)"
        for name, has in _BY.items()
    )
    counted = store.rows(
        "SELECT practice, record, coalesce(CAST(month // 12 AS VARCHAR), 'undated') AS year, "
        f"CAST(sum(rows) AS BIGINT), {found} FROM counted JOIN looks USING (look_no) "
        "JOIN practices USING (practice_no) GROUP BY ALL ORDER BY practice, record, year"
    )
    return Table(
        "systems_by_year",
        "rows of each year, and those that each system finds, by code or dictionary",
        ("practice", "table", "year", "rows", *_BY),
        [tuple(0 if cell is None else cell for cell in row) for row in counted],
        "A row may be found in several systems.",
    )


def _unmapped_products(store: Opened) -> Table:
    """The products that no code list finds but by name; none that few patients have."""
    rows = store.rows(
        "SELECT system, code, coalesce(term, ''), CAST(n AS BIGINT) FROM (SELECT code_key, "
        f"count(*) AS n, count(DISTINCT patient_key) AS patients FROM {store.read('medicines')} "
        f"SEMI JOIN (SELECT code_key FROM coded WHERE kind = 'medicine' "
        f"AND NOT ({_is_found(_BY)}) ORDER BY rows DESC, code_key LIMIT {_MOST_PRODUCTS}) "
        f"USING (code_key) GROUP BY ALL) JOIN {store.read('codes')} USING (code_key) "
        f"WHERE patients >= {_FEWEST_PATIENTS} ORDER BY n DESC, system, code"
    )
    return Table(
        "unmapped_products",
        f"the products with most issues of those without any code, at most {_MOST_PRODUCTS}",
        ("system", "code", "name", "rows"),
        rows,
        f"Products of fewer than {_FEWEST_PATIENTS} patients are left out.",
    )


def look_at_shapes(store: Opened) -> Seen:
    """Codes that are damaged or of another system, by table, and the forms of Read codes."""
    codes = store.rows("SELECT kind, system, code, rows FROM coded ORDER BY code_key")
    known = tuple(System)
    faults: dict[tuple[str, str, str], Counter[str]] = {}
    forms: Counter[tuple[str, str]] = Counter()
    rows_of: Counter[tuple[str, str]] = Counter()
    for kind, system, code, rows in codes:
        table = "events" if kind == "clinical" else "medicines"
        rows_of[table, system] += rows
        if system == System.READ_V2:
            forms[table, form_of(code)] += rows
        if system in known and (rule := _rule_of(System(system), code)):
            faults.setdefault((rule, table, system), Counter()).update(codes=1, rows=rows)
    findings = [
        finding(
            rule,
            found["rows"],
            of=rows_of[table, system],
            what=f"{system}: {found['codes']:,} codes: {_MEANING[rule]}",
            table=table,
        )
        for (rule, table, system), found in sorted(faults.items())
    ]
    findings += _case_lost(codes)
    counted = [(table, form, number) for (table, form), number in sorted(forms.items())]
    read_forms = Table(
        "read_forms", "the forms of Read v2 codes", ("table", "form", "rows"), counted
    )
    return Seen(findings, [read_forms])


def look_for_identifying(store: Store) -> Seen:
    """The rows with a code whose value or text identifies a person."""
    codes = store.codes().select(
        ["kind", "system", "code", "read_v2", "ctv3", "snomed_concept", "rows"]
    )
    held = codes.filter(pc.equal(codes["kind"], "clinical")).to_pydict()
    rows = sum(held["rows"][place] for place in identifying_places(held))
    every = sum(held["rows"])
    return Seen([finding("identifying-code", rows, of=every, table="events")] if rows else [])


_MEANING = {
    "damaged-code": "damaged on the way",
    "check-digit": "the check digit is wrong",
    "read-form": "of another form than five or seven characters",
    "wrong-system": "cannot be of this system",
}


def _rule_of(system: System, code: str) -> str:
    """The rule that a code breaks; "" where it breaks none."""
    found = fault(system, code)
    if found is None:
        return ""
    if found.name in _DAMAGE and found.name != "missing-dots":
        return "damaged-code"
    if found.name == "check-digit":
        return "check-digit"
    if system is System.READ_V2 and found.name not in _WRONG_SYSTEM:
        return "read-form"
    return "wrong-system"


def form_of(code: str) -> str:
    """What form a Read v2 code has: five or seven characters, undotted, or another."""
    parts = read_code(code)
    if parts is None:
        return "none that is known"
    if code == parts.five:
        return "five characters"
    if parts.term_code and code == parts.five + parts.term_code:
        return "five characters and a term code"
    return "undotted, or written otherwise"


def _case_lost(codes: list[tuple[str, str, str, int]]) -> Iterator[Finding]:
    """Systems that tell capitals from small letters, none of whose many codes has a small one."""
    for kind, table in (("clinical", "events"), ("medicine", "medicines")):
        for system in (System.READ_V2, System.CTV3):
            own = [(c, n) for k, s, c, n in codes if (k, s) == (kind, system)]
            lettered = [(code, n) for code, n in own if any(map(str.isalpha, code))]
            if len(lettered) < _FEWEST_CODES:
                continue
            for case, has_none in (
                ("small", all(code == code.upper() for code, _ in lettered)),
                ("capital", all(code == code.lower() for code, _ in lettered)),
            ):
                if has_none:
                    yield finding(
                        "case-folded",
                        len(lettered),
                        what=f"{system}: no {case} letter in any of its codes: their case is lost",
                        unit=Unit.CODES,
                        table=table,
                    )
