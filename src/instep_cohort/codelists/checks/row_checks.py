"""What is wrong with one row of a codelist, check by check."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from instep_cohort.codelists.findings import Finding, Mend, finding, write
from instep_cohort.codelists.model import Kind, Match, Selector
from instep_cohort.codelists.rows import Row
from instep_cohort.terminology import read_codes
from instep_cohort.terminology.code_faults import fault, written
from instep_cohort.terminology.code_shapes import is_sound
from instep_cohort.terminology.dictionaries import Dictionary
from instep_cohort.terminology.identifying_codes import identifies
from instep_cohort.terminology.systems import MEDICINE_ONLY, Lineage, System, lineage


class ListFacts(NamedTuple):
    """What a row is held against; ``None`` where codelist.yaml could not say it."""

    categories: Collection[str] | None
    kind: Kind | None
    tables: Collection[System] = ()
    dictionary: Dictionary | None = None


class _Said(NamedTuple):
    """What a check has to say: the kind of finding, the column, the sentence, the repair."""

    code: str
    where: str
    text: str
    repair: str
    mend: Mend | None = None


_MATCHES = {match.value: match for match in Match}
_SYSTEMS = {system.value: system for system in System}
_TERM_NOT_NEEDED = (System.SUBSTANCE, System.PRODUCT_NAME, System.BNF)
_FULL_BNF_LENGTHS = (8, 15)  # the old form of GOLD, and the full code


def selector(row: Row) -> Selector | None:
    """The selector that a row means, ``None`` where its system or match is unknown."""
    system, match = _SYSTEMS.get(row.system.strip()), _MATCHES.get(row.match.strip())
    if system is None or match is None:
        return None
    category = row.category.strip() or None
    return Selector(system, row.code, match, category, row.term, row.note, row.line)


def row_findings(row: Row, made: Selector | None, facts: ListFacts, file: str) -> Iterator[Finding]:
    """Yields everything that is wrong with one row; ``made`` is the selector that it means."""
    for check in _TEXT_CHECKS:
        for said in check(row, facts):
            yield _finding(said, row, file)
    if made is None:
        return
    for judge in _SELECTOR_CHECKS:
        for said in judge(made, facts):
            yield _finding(said, row, file)


def _finding(said: _Said, row: Row, file: str) -> Finding:
    code, where, text, repair, mend = said
    return finding(
        code, text, repair, file=file, line=row.line, where=where, row_code=row.code, mend=mend
    )


def _spaces(row: Row, _: ListFacts) -> Iterator[_Said]:
    for column in ("system", "match", "category", "term", "note"):
        cell = getattr(row, column)
        if cell != cell.strip():
            code = "text-spaces" if column in ("term", "note") else "spaces"
            bare = cell.strip()
            text = f"{cell!r} has a space around it"
            yield _Said(code, column, text, f"write {bare!r}", write(bare))


def _unknown_names(row: Row, _: ListFacts) -> Iterator[_Said]:
    if (system := row.system.strip()) not in _SYSTEMS:
        yield _unknown("system", system, _SYSTEMS)
    if (match := row.match.strip()) not in _MATCHES:
        yield _unknown("match", match, _MATCHES)


def _unknown(column: str, found: str, names: Collection[str]) -> _Said:
    repair, mend = _meant(found, names)
    return _Said(f"{column}-unknown", column, f"there is no {column} {found!r}", repair, mend)


def _meant(found: str, names: Collection[str]) -> tuple[str, Mend | None]:
    """The repair of a name; it is certain where only case, spaces or hyphens differ."""
    plain = re.sub(r"[\s_-]+", "_", found.casefold())
    if plain in names:
        return f"write {plain!r}", write(plain)
    near = get_close_matches(found.casefold(), names, 1)
    return (f"did you mean {near[0]}?" if near else f"one of {', '.join(names)}"), None


def _category(row: Row, facts: ListFacts) -> Iterator[_Said]:
    match, category = _MATCHES.get(row.match.strip()), row.category.strip()
    if match is None:
        return
    if match.excludes:
        if category:
            yield _Said(
                "category-on-exclusion",
                "category",
                f"the row excludes and has the category {category!r}: what is excluded is in none",
                "leave the category empty",
            )
        return
    if facts.categories is None:
        return
    allowed = f"one of {', '.join(facts.categories)}"
    if not category:
        yield _Said("category-missing", "category", "the row has no category", allowed)
    elif category not in facts.categories:
        repair, mend = _meant(category, facts.categories)
        text = f"codelist.yaml declares no category {category!r}"
        yield _Said("category-unknown", "category", text, repair, mend)


def _code(made: Selector, facts: ListFacts) -> Iterator[_Said]:
    wrong = fault(made.system, made.code)
    if wrong is None:
        return
    repair, mended = wrong.repair, wrong.mended
    if mended is None and facts.dictionary:
        mended = _by_term(made, wrong.candidates, facts.dictionary)
        repair = written([mended]) if mended else repair
    mend = write(mended) if mended else None
    yield _Said(f"code-{wrong.name}", "code", wrong.text, repair, mend)


def _by_term(made: Selector, candidates: Sequence[str], dictionary: Dictionary) -> str | None:
    """The one code of several that has the term of the row, ``None`` where there is not one."""
    possible = candidates or dictionary.in_other_case(made.system, made.code)
    found = [code for code in possible if dictionary.agrees(made.system, code, made.term)]
    return found[0] if len(found) == 1 else None


def _descendants(made: Selector, facts: ListFacts) -> Iterator[_Said]:
    if not made.match.goes_down:
        return
    plain = Match.EXCLUDE if made.match.excludes else Match.EXACT
    sound = is_sound(made.system, made.code)  # damage, too, can make a code seven characters long
    if made.system is System.READ_V2 and sound and read_codes.term_code(made.code):
        yield _Said(
            "descendants-term-code",
            "code",
            f"{made.code!r} carries a term code, and nothing stands below a term",
            f"write {read_codes.five(made.code)!r}, or match {plain}",
        )
    elif lineage(made.system) is Lineage.NONE:
        yield _Said(
            "descendants-never",
            "match",
            f"nothing stands below anything in {made.system}",
            f"match {plain}",
        )
    elif lineage(made.system) is Lineage.TABLE and made.system not in facts.tables:
        yield _Said(
            "descendants-need-table",
            "match",
            f"{made.system} codes do not say what stands below them: a hierarchy table is needed",
            f"match {plain}, one row for each code",
        )


def _term(made: Selector, _: ListFacts) -> Iterator[_Said]:
    if not made.term.strip() and made.system not in _TERM_NOT_NEEDED:
        yield _Said(
            "term-missing",
            "term",
            f"{made.code!r} has no term",
            "write the term that the terminology gives it",
        )


def _kind(made: Selector, facts: ListFacts) -> Iterator[_Said]:
    if facts.kind == "clinical" and made.system in MEDICINE_ONLY:
        yield _Said(
            "system-kind",
            "system",
            f"{made.system} in a clinical list matches nothing",
            "kind: medicine, or another system",
        )
    is_read = made.system in (System.READ_V2, System.CTV3)
    if facts.kind and is_read and is_sound(made.system, made.code):
        yield from _chapter(made, facts.kind)


def _chapter(made: Selector, kind: Kind) -> Iterator[_Said]:
    """A code whose first letter has the other case: ``b22..`` (water tablet) for ``B22..``."""
    is_drug = made.code[:1].islower()
    if made.code and is_drug != (kind == "medicine"):
        chapter = "a drug" if is_drug else "no drug"
        yield _Said(
            "chapter-kind",
            "code",
            f"{made.code!r} is {chapter} by its first letter, and the list's kind is {kind}",
            "look at its case: small letters begin drugs",
        )


def _bnf_exact(made: Selector, _: ListFacts) -> Iterator[_Said]:
    if (
        made.system is System.BNF
        and not made.match.goes_down
        and len(made.code) not in _FULL_BNF_LENGTHS
    ):
        meant = Match.EXCLUDE_DESCENDANTS if made.match.excludes else Match.DESCENDANTS
        yield _Said(
            "bnf-exact",
            "match",
            f"{made.code!r} is a part of a BNF code, and {made.match} meets only a field that "
            "holds just this part",
            f"did you mean {meant}?",
        )


_TEXT_CHECKS: tuple[Callable[[Row, ListFacts], Iterator[_Said]], ...] = (
    _spaces,
    _unknown_names,
    _category,
)


def _identifying(made: Selector, _: ListFacts) -> Iterator[_Said]:
    if identifies(made.system, made.code) and not made.match.excludes:
        yield _Said(
            "code-identifying",
            "code",
            f"the value of {made.code!r} identifies a person, so no list finds it in a record",
            "take the row out",
        )


_SELECTOR_CHECKS: tuple[Callable[[Selector, ListFacts], Iterator[_Said]], ...] = (
    _code,
    _descendants,
    _term,
    _kind,
    _bnf_exact,
    _identifying,
)
