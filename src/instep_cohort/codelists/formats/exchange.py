"""What the exchange formats share: a file that came, what was read from it, what writing loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from instep_cohort.codelists.decoding import decoded
from instep_cohort.codelists.findings import Finding, Rule, Severity, rules
from instep_cohort.codelists.formats.json_documents import JsonDocument, read_json
from instep_cohort.codelists.model import Codelist
from instep_cohort.codelists.rows import Row

EXCHANGE_RULES: Mapping[str, Rule] = {
    # the meaning of the list is another one on the other side
    **rules(
        Severity.ERROR,
        takes_in_more="what is written takes in more than the list does",
        takes_in_less="what is written takes in less than the list does",
        no_concept_id="the concepts have no OMOP id, so no OHDSI tool can use the file as it is",
        not_read="a part of the file that no codelist can say was left out",
        file_shape="the file is not what its format says",
        fhir_invalid="the FHIR library refuses the resource",
    ),
    # the meaning is kept
    **rules(
        Severity.WARNING,
        detail_lost="something beside the meaning is not in what was written",
        category_renamed="a category's name was made one that codelists allow",
        exclusion_spread="an exclusion of one part now holds for the whole list",
        formula_marked="text that a spreadsheet would run was marked with an apostrophe",
        row_merged="rows that say the same were written once",
        several_files="the list needs several files",
    ),
}


def noted(
    code: str, text: str, repair: str = "", *, file: str, line: int | None = None, where: str = ""
) -> Finding:
    """The finding of that kind, with the severity that ``EXCHANGE_RULES`` gives it."""
    return Finding(file, line, code, EXCHANGE_RULES[code].severity, text, repair, where)


@dataclass(frozen=True)
class SourceFile:
    """A file that somebody gave: its name without a folder, and its bytes."""

    name: str
    data: bytes = field(repr=False)

    @cached_property
    def text(self) -> str:
        """Its text; Windows-1252 is read through, and ``findings`` says so."""
        return decoded(self.data, self.name)[0]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with its bytes. Line ends are not: what is written has its own."""
        found = decoded(self.data, self.name)[1]
        return tuple(one for one in found if one.code != "line-ends")

    @cached_property
    def json(self) -> JsonDocument:
        """The file as JSON, each object with its line."""
        return read_json(self.text)

    @property
    def begins_as_json(self) -> bool:
        """Whether its first sign is a bracket of JSON."""
        return self.text[:1000].lstrip()[:1] in ("{", "[")


class Hints(NamedTuple):
    """What the person knows of a file and the file does not say.

    Attributes:
        system: the code system of all its codes.
        columns: for CSV, a column of ours with the header under which it stands there.
    """

    system: str | None = None
    columns: Mapping[str, str] = {}


class About(NamedTuple):
    """What a file says of its list beside the rows.

    Attributes:
        title: its name for people.
        purpose: why it was made.
        where: ids and versions under which the source keeps it.
        categories: the file's own name of a category, with a line on it.
        notes: whatever else it says.
    """

    title: str = ""
    purpose: str = ""
    where: str = ""
    categories: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()


class Imported(NamedTuple):
    """What was read from a file: rows as text, nothing judged or mended, and what was found."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    about: About = About()


class ExportedFile(NamedTuple):
    """One file of an export: what is put behind the name that was asked for, and the bytes."""

    part: str
    data: bytes


class Exported(NamedTuple):
    """An export: its files, and all that they do not hold, with the lines of the list's file."""

    files: tuple[ExportedFile, ...]
    losses: tuple[Finding, ...]


@dataclass(frozen=True)
class ExchangeFormat:
    """One exchange format.

    Attributes:
        name: what ``--format`` takes.
        title: what it is, for people.
        holds: what of a codelist it can hold.
        lacks: what it cannot hold.
        looks_like: why a file seems to be of this format; empty where it does not.
        read: what a file of this format says; ``None`` where it is only written.
        write: a codelist in this format; ``None`` where it is only read.
    """

    name: str
    title: str
    holds: str
    lacks: str
    looks_like: Callable[[SourceFile], str]
    read: Callable[[SourceFile, Hints], Imported] | None = None
    write: Callable[[Codelist], Exported] | None = None


def list_file(codelist: Codelist) -> str:
    """How the findings name the file of a list: ``opioids/1.0.0.csv``."""
    return f"{codelist.id}/{codelist.version}.csv"


def unsaid(codelist: Codelist, *, said: frozenset[str]) -> list[Finding]:
    """The finding that the card of a list is not in what was written, but for the parts ``said``.

    Empty where the list says nothing beside its rows.
    """
    parts = {
        "title": codelist.title,
        "purpose": codelist.purpose,
        "version": codelist.version,
        "categories' descriptions": any(codelist.categories.values()),
        "method": codelist.method,
        "sources": codelist.sources,
        "not_covered": codelist.not_covered,
        "notes": codelist.notes,
        "crosswalk": codelist.crosswalk,
        "review_by": codelist.review_by,
        "history": codelist.history,
    }
    lost = [name for name, there in parts.items() if there and name not in said]
    if not lost:
        return []
    text = f"what codelist.yaml says is not written: {', '.join(lost)}"
    repair = "send codelist.yaml along"
    return [noted("detail-lost", text, repair, file=f"{codelist.id}/codelist.yaml")]
