"""The table ``codes``: every code that occurs, and what the extract itself says of it."""

from __future__ import annotations

from instep_cohort.extracts.profile import DictionaryMap, Kind
from instep_cohort.extracts.quarantine import NO_CODE
from instep_cohort.extracts.record_rows import SAID, TARGETS
from instep_cohort.extracts.sources import Sources
from instep_cohort.extracts.sql import literal
from instep_cohort.extracts.staging import set_rows_apart, stage
from instep_cohort.terminology.read_codes import read_code

#: What a dictionary, or a row, may say of a code besides its term.
COLUMNS = SAID[1:]

_MOST_NAMES = 20


def read_dictionaries(sources: Sources) -> None:
    """Makes ``said``: what dictionaries and rows say of each code, weighted by how often.

    Columns: kind, system, code, term, `COLUMNS`, weight, in_dictionary.
    """
    said = ", ".join(f"{column} VARCHAR" for column in SAID)
    sources.connection.execute(
        f"CREATE TABLE said (kind VARCHAR, system VARCHAR, code VARCHAR, {said}, weight BIGINT, "
        "in_dictionary BOOLEAN)"
    )
    for dictionary in sources.profile.dictionaries:
        _read_dictionary(sources, dictionary)
    sources.connection.execute(
        f"INSERT INTO said SELECT kind, system, code, {', '.join(SAID)}, sum(n), false FROM tally "
        "WHERE status IS NULL GROUP BY ALL"
    )


def _read_dictionary(sources: Sources, dictionary: DictionaryMap) -> None:
    given = dictionary.columns
    name = f"{dictionary.source}_{dictionary.kind}_rows"
    checks = {
        f"check_{n}": f"({rule}) IS TRUE" for n, rule in enumerate(dictionary.checks.values())
    }
    no_code = f"CASE WHEN {given['code']} IS NULL THEN {literal(NO_CODE)} END"
    columns = {**given, **checks, "status": no_code}
    stage(sources, name, dictionary.source, columns, skips=dictionary.skips)
    set_rows_apart(sources, name, dictionary.source, ())
    said = [column if column in given else "NULL" for column in SAID]
    stored = f"{name} WHERE status IS NULL AND left_out IS NULL"
    sources.connection.execute(
        f"INSERT INTO said SELECT {literal(dictionary.kind)}, system, code, {', '.join(said)}, "
        f"count(*), true FROM {stored} GROUP BY ALL"
    )
    rules = {finding: f"check_{n} = 'true'" for n, finding in enumerate(dictionary.checks)}
    if rules:
        sources.count_findings("codes", stored, rules)


def make_codes(sources: Sources) -> None:
    """Makes ``codes`` of the store: the codes of stored rows, with keys in their order.

    Distinct values of a dictionary column are joined by ``/``. A clinical code has the term that is
    said most often, the first in order where two are; a medicine has all its names, joined by a
    slash between blanks, at most 20.
    """
    joined = ", ".join(
        f"string_agg(DISTINCT {column}, '/' ORDER BY {column}) AS {column}" for column in COLUMNS
    )
    differing = " OR ".join(f"count(DISTINCT {column}) > 1" for column in COLUMNS)
    names = "list_sort(list(DISTINCT term) FILTER (WHERE term IS NOT NULL))"
    sources.connection.execute(
        "CREATE TABLE codes AS "
        "WITH occurring AS (SELECT kind, system, code, CAST(sum(n) AS BIGINT) AS rows FROM tally "
        "WHERE status IS NULL GROUP BY ALL), "
        f"facts AS (SELECT kind, system, code, {joined}, {names} AS names, "
        f"{differing} AS differing, bool_or(in_dictionary) AS in_dictionary "
        "FROM said GROUP BY ALL), "
        "terms AS (SELECT kind, system, code, term, sum(weight) AS often FROM said "
        "WHERE term IS NOT NULL GROUP BY ALL), "
        "chosen AS (SELECT kind, system, code, first(term ORDER BY often DESC, term) AS chosen "
        "FROM terms GROUP BY ALL) "
        "SELECT CAST(row_number() OVER (ORDER BY kind, system, code) - 1 AS INTEGER) AS code_key, "
        "kind, system, code, CASE kind WHEN 'clinical' THEN chosen "
        f"ELSE array_to_string(names[1:{_MOST_NAMES}], ' / ') END AS term, "
        f"{', '.join(COLUMNS)}, rows, len(names) AS name_count, differing, in_dictionary "
        "FROM occurring JOIN facts USING (kind, system, code) "
        "LEFT JOIN chosen USING (kind, system, code)"
    )
    _count_findings(sources)


def _count_findings(sources: Sources) -> None:
    sources.count_findings(
        "codes",
        "codes",
        {
            "the dictionary contradicts itself": "differing",
            f"more than {_MOST_NAMES} names: the first {_MOST_NAMES} are kept": (
                f"kind = 'medicine' AND name_count > {_MOST_NAMES}"
            ),
        },
    )
    for dictionary in sources.profile.dictionaries:
        if sources.of(dictionary.source):
            finding = "code is not in the dictionary"
            _count_rows(sources, dictionary.kind, finding, "NOT in_dictionary")
    products = {"dm+d id": "dmd", "BNF code": "bnf", "substance": "substance"}
    for words, column in products.items():
        rule = f"{column} IS NULL AND system <> {literal(column)}"
        _count_rows(sources, "medicine", f"product without {words}", rule)
    _count_rows(sources, "medicine", "no code: known by name only", "system = 'name'")
    for kind in TARGETS:
        unusual = _unusual_read_codes(sources, kind)
        table = TARGETS[kind].table
        sources.findings.add(table, "read_v2 code of unusual shape: kept as it is", unusual)


def _count_rows(sources: Sources, kind: Kind, finding: str, rule: str) -> None:
    """Counts the rows of the store that have a code for which the rule holds."""
    [(rows,)] = sources.connection.execute(
        f"SELECT coalesce(sum(rows), 0) FROM codes WHERE kind = {literal(kind)} AND {rule}"
    ).fetchall()
    sources.findings.add(TARGETS[kind].table, finding, int(rows))


def _unusual_read_codes(sources: Sources, kind: Kind) -> int:
    """How many rows have a Read v2 code that is not five characters, or five and a term code."""
    codes = sources.connection.execute(
        f"SELECT code, rows FROM codes WHERE kind = {literal(kind)} AND system = 'read_v2'"
    ).fetchall()
    return sum(rows for code, rows in codes if not _is_whole_read_code(code))


def _is_whole_read_code(code: str) -> bool:
    parts = read_code(code)
    return parts is not None and code == parts.five + (parts.term_code or "")
