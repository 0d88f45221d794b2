"""Meeting a codelist with an extract, to see what it covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from instep_cohort.codelists import CodeIndex, Codelist, Resolution, resolve
from instep_cohort.disclosure.small_numbers import (
    Count,
    Hidden,
    masked,
    masked_years,
    rounded_down,
    shown_patients,
)
from instep_cohort.discovery.counting import Counts
from instep_cohort.discovery.coverage_result import (
    Coverage,
    CoveredCode,
    Hit,
    LackingCode,
    ShownCode,
    Together,
)
from instep_cohort.discovery.dictionary import NAME_SYSTEM, ExtractCode, codes_of
from instep_cohort.discovery.lacking import Lacking, may_lack
from instep_cohort.errors import UsageError
from instep_cohort.extracts import Store
from instep_cohort.terminology.hierarchies import Hierarchy
from instep_cohort.terminology.systems import System

_YEARS_BACK = 5
_UNSAID = "(a name that fewer than 5 patients have)"


def coverage(
    codelist: Codelist,
    store: Store,
    *,
    inside_practice: bool = False,
    year_from: int | None = None,
    most: int = 30,
    hierarchies: Mapping[System, Hierarchy] | None = None,
) -> Coverage:
    """What a codelist covers of an extract, and what it may lack.

    Every stored row counts, whatever its date and whoever's it is.

    Args:
        codelist: the list.
        store: the extract.
        inside_practice: show numbers of 1 to 4 patients too; for the practice only.
        year_from: the first year to show; five years before the extract where none is given.
        most: how many codes to give that the list may lack.
        hierarchies: hierarchy tables for CTV3, SNOMED CT or dm+d, where there are any.

    Raises:
        UsageError: `most` is below 0.
        DefinitionError: the list has ``descendants`` in a system without a hierarchy table.
        ExtractError: the store is damaged.
    """
    if most < 0:
        raise UsageError(f"most is {most}; it is a number of codes, 0 or more.")
    store = store.held()
    columns = store.codes().to_pydict()
    resolution = resolve(codelist, CodeIndex.from_columns(columns), hierarchies)
    codes = codes_of(columns, codelist.kind)
    lacking = may_lack(resolution, codes, hierarchies)
    met = {one.code_key for one in resolution.met}
    counts = Counts(store, codelist.kind, met | {one.code.code_key for one in lacking[:most]})
    first = store.extract_date.year - _YEARS_BACK if year_from is None else year_from
    showing = _Showing(counts, resolution, first, inside=inside_practice)
    covered = [showing.covered(code) for code in codes if code.code_key in met]
    covered.sort(key=lambda one: -shown_patients(one.code.counts))
    return Coverage(
        codelist=codelist.id,
        version=codelist.version,
        status=codelist.status,
        kind=codelist.kind,
        profile=store.profile,
        extract_date=store.extract_date,
        inside_practice=inside_practice,
        year_from=first,
        selectors=codelist.selectors,
        taken_in=tuple(one for one in covered if one.categories),
        excluded=tuple(one for one in covered if not one.categories),
        hit_nothing=resolution.unmatched,
        together=showing.together(resolution.categories_by_key.keys()),
        lacking=tuple(map(showing.lacking, lacking[:most])),
        lacking_found=len(lacking),
        warning=resolution.warning(),
    )


class _Showing:
    """Turns codes with exact numbers into codes with numbers that may be shown."""

    def __init__(
        self, counts: Counts, resolution: Resolution, year_from: int, *, inside: bool
    ) -> None:
        self._counts = counts
        self._categories = resolution.categories_by_key
        self._year_from = year_from
        self._inside = inside
        self._hits: dict[int, list[Hit]] = {}
        for one in resolution.met:
            self._hits.setdefault(one.code_key, []).append(Hit(one.selector, one.matched_by))

    def covered(self, code: ExtractCode) -> CoveredCode:
        key = code.code_key
        return CoveredCode(
            shown_code(code, self._counts, inside_practice=self._inside),
            tuple(sorted(self._categories.get(key, ()))),
            tuple(self._hits[key]),
            self._years(key),
        )

    def lacking(self, one: Lacking) -> LackingCode:
        code = shown_code(one.code, self._counts, inside_practice=self._inside)
        return LackingCode(code, one.score, one.ways, one.against)

    def together(self, keys: Collection[int]) -> Together:
        if self._inside:
            return Together(len(keys), 0, Count(*self._counts.together(keys)))
        shown = [key for key in keys if masked(self._counts.of(key)).is_shown]
        patients, rows = self._counts.together(shown)
        return Together(len(shown), len(keys) - len(shown), Count(rounded_down(patients), rows))

    def _years(self, key: int) -> Mapping[str, Count] | None:
        exact = self._counts.years_of(key)
        years: Mapping[str, Count] | None
        if self._inside:
            years = {year: Count(*count) for year, count in exact.items()}
        else:
            # over all years, so that what is hidden does not depend on the years asked for
            years = masked_years(self._counts.of(key), exact)
        return None if years is None else {y: years[y] for y in self._from(years)}

    def _from(self, years: Iterable[str]) -> Iterable[str]:
        return [year for year in years if not year.isdigit() or int(year) >= self._year_from]


def shown_code(code: ExtractCode, counts: Counts, *, inside_practice: bool) -> ShownCode:
    """A code with its numbers as they may be shown.

    A product's name without a code may be anything that somebody typed: outside the practice one
    that fewer than 5 patients have is not said.
    """
    exact = counts.of(code.code_key)
    count = Count(*exact) if inside_practice else masked(exact)
    if code.system == NAME_SYSTEM and count.patients is Hidden.SMALL:
        return ShownCode(code.system, _UNSAID, "", count)
    return ShownCode(code.system, code.code, code.term, count)
