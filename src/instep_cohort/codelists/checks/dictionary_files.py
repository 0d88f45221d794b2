"""Reading dictionaries of codes and terms, and maps, from CSV files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from instep_cohort.codelists.column_names import (
    Columns,
    find_columns,
    system_in_name,
    system_named,
)
from instep_cohort.codelists.rows import read_records
from instep_cohort.errors import UsageError
from instep_cohort.terminology.code_maps import PREFERRED, read_code_map
from instep_cohort.terminology.code_shapes import is_sound
from instep_cohort.terminology.dictionaries import Dictionary, compared, merged
from instep_cohort.terminology.systems import System

_NOT_KNOWN = ("", "-")
_ALTERNATIVES = re.compile(r"\s+[|/]\s+")
_REMARK = re.compile(r"\s+\([^()]*\)$")


def read_dictionaries(files: Iterable[Path | str]) -> Dictionary:
    """One dictionary of several files.

    A file is CSV with a header. Its codes are in a column ``code``, and their system in a column
    ``system``, in the file's name (``ctv3-terms.csv``), or before it (``ctv3=terms.csv``); or each
    column of codes is named after its system (``read_v2,ctv3,term``). A file with Read v2 and CTV3
    codes and no term is a map of the two.

    Raises:
        UsageError: a file cannot be read, or does not say which system its codes are of.
        DefinitionError: a map has rows that are none.
    """
    return merged(_read(str(file)) for file in files)


def _read(given: str) -> Dictionary:
    before, sign, after = given.partition("=")
    told = system_named(before) if sign else None
    path = Path(after if told else given)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"the dictionary {path} cannot be read: {error.strerror}") from None
    columns = find_columns(read_records(data.partition(b"\n")[0], path.name).header)
    both = {System.READ_V2, System.CTV3} <= set(columns.systems)
    if both and "term" not in columns.others:
        return _of_map(path)
    rows = read_records(data, path.name).rows
    cells = (cells for _, cells in rows if len(cells) == columns.width)
    if "code" in columns.others:
        entries = _coded(cells, columns, told or system_in_name(path), path)
    elif columns.systems:
        entries = _crosswalk(cells, columns)
    else:
        raise UsageError(
            f"the dictionary {path} has no column of codes: name it code, or after its system "
            f"({', '.join(list(System)[:4])}, …)"
        )
    return Dictionary(path.name, _gathered(entries))


def _coded(
    rows: Iterable[list[str]], columns: Columns, system: System | None, path: Path
) -> Iterator[tuple[System, str, str]]:
    code, term = columns.others["code"], columns.others.get("term")
    named = columns.others.get("system")
    if named is None and system is None:
        raise UsageError(
            f"the dictionary {path} does not say which system its codes are of: give it as "
            f"SYSTEM={path.name}, with one of {', '.join(System)}"
        )
    for cells in rows:
        own = system if named is None else system_named(cells[named])
        if own:
            yield own, cells[code].strip(), cells[term].strip() if term is not None else ""


def _crosswalk(rows: Iterable[list[str]], columns: Columns) -> Iterator[tuple[System, str, str]]:
    """Yields the codes of tables with a column for each system.

    People write two codes of one meaning, or two wordings, into one cell (`A | B`, `A / B`), and a
    remark in brackets behind them; each wording is then a term of each code.
    """
    term = columns.others.get("term")
    for cells in rows:
        said = cells[term].strip() if term is not None else ""
        terms = dict.fromkeys([said, *_ALTERNATIVES.split(said), _REMARK.sub("", said)])
        for system, place in columns.systems.items():
            for code in _ALTERNATIVES.split(cells[place].strip()):
                bare = _REMARK.sub("", code).strip()
                if is_sound(system, bare):
                    for one in terms:
                        yield system, bare, one


def _gathered(
    entries: Iterable[tuple[System, str, str]],
) -> Mapping[System, Mapping[str, tuple[str, ...]]]:
    found: dict[System, dict[str, dict[str, None]]] = {}
    for system, code, term in entries:
        if code not in _NOT_KNOWN:
            terms = found.setdefault(system, {}).setdefault(compared(system, code), {})
            if term not in _NOT_KNOWN:
                terms[term] = None
    return {
        system: {code: tuple(terms) for code, terms in codes.items()}
        for system, codes in found.items()
    }


def _of_map(path: Path) -> Dictionary:
    mapping = read_code_map(path)
    targets: dict[str, list[str]] = {}
    for row in mapping.rows:
        if row.ctv3 and row.term_code == PREFERRED:
            targets.setdefault(row.read_v2, []).append(row.ctv3)
    terms: Mapping[System, Mapping[str, tuple[str, ...]]] = {
        System.READ_V2: dict.fromkeys((row.read_v2 for row in mapping.rows), ()),
        System.CTV3: dict.fromkeys((row.ctv3 for row in mapping.rows if row.ctv3), ()),
    }
    return Dictionary(mapping.name, terms, {code: tuple(to) for code, to in targets.items()})
