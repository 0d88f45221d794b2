"""Lists for exchange tests, and what each format should keep of them, said a second time."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from hypothesis import strategies as st

from instep_cohort.codelists import Codelist, Match, Selector
from instep_cohort.codelists.formats import export_list, import_list
from instep_cohort.codelists.rows import read_rows
from instep_cohort.terminology import System
from instep_cohort.terminology.check_digits import check_digit

ON = date(2026, 11, 24)
SUFFIX = {"fhir": "json", "ohdsi": "json"}
SYSTEMS = {
    "plain": set(System),
    "fhir": {"read_v2", "ctv3", "snomed_ct", "dmd", "gemscript"},
    "ohdsi": {"read_v2", "snomed_ct", "dmd", "gemscript"},
    "hdruk": {"read_v2", "ctv3", "snomed_ct", "bnf"},
    "opencodelists": {"read_v2", "ctv3", "snomed_ct", "dmd", "bnf"},
}
FLAT = ("hdruk", "opencodelists")
HAS_NOTES = ("plain", "fhir", "hdruk")


class WentRound(NamedTuple):
    """What came back: the rows, the losses of the way out, the findings of the way in."""

    rows: list[tuple[str, ...]]
    losses: list
    findings: list
    card: str


def go_round(codelist: Codelist, name: str, folder) -> WentRound:
    """Exports a list and imports what was written."""
    out = folder / f"{codelist.id}.{SUFFIX.get(name, 'csv')}"
    made = export_list(codelist, format=name, out=out)
    systems = []
    if name == "opencodelists":
        [*several] = [path.stem.removeprefix(f"{codelist.id}-") for path in made.files]
        spoken = kept_selectors(codelist, name)
        systems = several if len(several) > 1 else [str(spoken[0].system)]
    back = import_list(
        made.files,
        id=codelist.id,
        out=folder / name,
        on=ON,
        format=name,
        systems=systems,
        kind=codelist.kind,
    )
    data = (back.folder / "working.csv").read_bytes()
    rows = [row[1:] for row in read_rows(data, "working.csv").rows]
    card = (back.folder / "codelist.yaml").read_text(encoding="utf-8")
    return WentRound(rows, list(made.losses), list(back.findings), card)


def kept_selectors(codelist: Codelist, name: str) -> list[Selector]:
    """The selectors of a list that a format can name at all."""
    held = [one for one in codelist.selectors if one.system in SYSTEMS[name]]
    if name in FLAT:
        exclusions = [one for one in codelist.selectors if one.match.excludes]
        held = [one for one in held if not (one.match.excludes or is_excluded(one, exclusions))]
    return held


def is_excluded(selector: Selector, exclusions: list[Selector]) -> bool:
    """Whether a list takes in a code and excludes it."""
    for one in exclusions:
        if one.system != selector.system:
            continue
        mine, theirs = selector.code, one.code
        prefix = one.match == "exclude_descendants" and one.system in ("read_v2", "bnf")
        if prefix and mine.startswith(theirs.rstrip(".") if one.system == "read_v2" else theirs):
            return True
        if mine == theirs or (one.system == "read_v2" and len(theirs) == 5 and mine[:5] == theirs):
            return True
    return False


def expected_rows(codelist: Codelist, name: str) -> set[tuple[str, ...]]:
    """The rows that should come back."""
    rows = set()
    for one in kept_selectors(codelist, name):
        match = Match.EXACT if name == "opencodelists" else one.match
        note = one.note if name in HAS_NOTES else ""
        cells = (one.system, one.code, match, one.category or "", one.term, note)
        rows.add(tuple(map(marked, map(str, cells))))
    return rows


def expected_changes(codelist: Codelist, name: str) -> set[tuple[str, int]]:
    """The kind and the line of every loss that should change the meaning, row by row."""
    changes = set()
    for one in codelist.selectors:
        if one.match.excludes:
            gone = name in FLAT or one.system not in SYSTEMS[name]
            blind = name == "ohdsi" and one.system == "read_v2" and one.match.goes_down
            if gone or blind:
                changes.add(("takes-in-more", one.line))
        elif one.system not in SYSTEMS[name] or (
            one.match.goes_down and (name in FLAT or (name == "ohdsi" and one.system == "read_v2"))
        ):
            changes.add(("takes-in-less", one.line))
    return changes


def told_changes(losses) -> set[tuple[str, int]]:
    """The same as an export told it, without the one sentence on all Read codes of OHDSI."""
    return {
        (one.code, one.line)
        for one in losses
        if one.code.startswith("takes-in") and "Read codes stand without" not in one.text
    }


def marked(cell: str) -> str:
    """A cell behind an apostrophe where a spreadsheet would run it."""
    runs = cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell.strip() not in tuple("=+-@")
    return f"'{cell}" if runs and cell.strip() else cell


# ------------------------------------------------------------------ made-up lists

_FIVES = st.from_regex(r"[A-TV-W1-9a-hj-w][0-9a-zA-Z]{0,4}", fullmatch=True).map(
    lambda text: text.ljust(5, ".")
)
_READ = _FIVES.filter(lambda code: not code.startswith(("EMIS", "ESCT", "JHCC", "RAFME")))


def _ids(partition: str):
    return st.integers(1000, 99_999_999).map(
        lambda n: f"{n}{partition}" + check_digit(f"{n}{partition}")
    )


_WORD = st.text("abcdéü", min_size=2, max_size=6)
_CODES = {
    System.READ_V2: _READ,
    System.CTV3: _READ | st.sampled_from(["XaX1E", "Ua0V9", "XSGKA"]),
    System.SNOMED_CT: _ids("00"),
    System.DMD: _ids("10"),
    System.BNF: st.from_regex(r"04[0-9]{5}[A-Z0-9]{2}", fullmatch=True),
    System.EMIS_CODE_ID: _ids("01"),
    System.GEMSCRIPT: st.integers(10_000_000, 99_999_999).map(str),
    System.SUBSTANCE: _WORD,
    System.PRODUCT_NAME: st.lists(_WORD, min_size=1, max_size=2).map(" ".join),
}
_GOES_DOWN = (System.READ_V2, System.BNF)
_SIGNS = st.sampled_from(list("abc ,;\"'=+-@|é☃[](){}<&#\n:"))
_TEXT = st.text(_SIGNS, max_size=12).map(str.strip)


@st.composite
def _selectors(draw):
    system = draw(st.sampled_from(list(System)))
    matches = list(Match) if system in _GOES_DOWN else [Match.EXACT, Match.EXCLUDE]
    match = draw(st.sampled_from(matches))
    code = draw(_CODES[system])
    if system is System.READ_V2 and not match.goes_down and draw(st.booleans()):
        code += draw(st.sampled_from(["00", "11", "12"]))
    category = None if match.excludes else draw(st.sampled_from(["one", "two", "type_1"]))
    return Selector(system, code, match, category, draw(_TEXT), draw(_TEXT))


@st.composite
def made_lists(draw):
    """A list of any systems; no code stands in it twice."""
    rows = draw(st.lists(_selectors(), min_size=1, max_size=12))
    first = {(one.system, one.code): one for one in rows}
    numbered = tuple(one._replace(line=n) for n, one in enumerate(first.values(), start=2))
    categories = {name: f"about {name}" for name in ("one", "two", "type_1")}
    return Codelist("made", "1.0.0", "draft", "Made", "Made up.", "medicine", categories, numbered)
