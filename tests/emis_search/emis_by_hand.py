"""What an EMIS search means, read a second time: lists, dates and loops, nothing of the importer.

A search is made up as plain values, written as XML by `search_xml`, and asked of made-up patients
by the functions here, as the grammar describes it. No patient has two records of a table on one
day, since nobody knows which of them EMIS picks.
"""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import search_xml as xml

ON = date(2026, 3, 31)
CLINICAL = [xml.made_id(n) for n in range(81_000, 81_006)]
DRUGS = [xml.made_id(n) for n in range(91_000, 91_004)]
Ends = list[tuple[str, str, int, str]]  # side, operator, amount, unit


@dataclass
class Criterion:
    table: str
    codes: list[str]
    ends: Ends = field(default_factory=list)
    negated: bool = False
    pick: str = ""  # DESC or ASC
    test: list[str] = field(default_factory=list)
    test_outside: bool = False
    least: float | None = None
    most: float | None = None
    link: Link | None = None


@dataclass
class Link:
    criterion: Criterion
    ends: Ends


@dataclass
class Ages:
    least: int
    most: int
    negated: bool = False


@dataclass
class InSearch:
    n: int


@dataclass
class Group:
    criteria: list[Criterion | Ages | InSearch]
    by: str
    true: str
    false: str


@dataclass
class Search:
    n: int
    groups: list[Group]
    parent: int | None = None


@dataclass
class Patient:
    id: str
    birth: date
    records: dict[str, list[tuple[date, str, float | None]]]


# --- written as XML


def as_xml(searches: list[Search]) -> str:
    return xml.document(*map(_report, searches))


def _report(search: Search) -> str:
    groups = [
        xml.group(*map(_criteria, g.criteria), by=g.by, true=g.true, false=g.false)
        for g in search.groups
    ]
    return xml.report(search.n, f"Search {search.n}", *groups, parent=search.parent)


def _criteria(one: Criterion | Ages | InSearch) -> str:
    if isinstance(one, InSearch):
        return xml.in_search(one.n)
    if isinstance(one, Ages):
        ends = (xml.since("GTEQ", one.least, "YEAR"), xml.until("LTEQ", one.most, "YEAR"))
        return xml.criterion("PATIENTS", xml.column("AGE", xml.span(*ends)), negated=one.negated)
    return _criterion(one)


def _criterion(one: Criterion) -> str:
    code, day = columns(one.table)
    filters = [xml.column(code, xml.codes("", *one.codes))]
    if one.ends:
        filters.append(xml.dates(day, *_ends(one.ends)))
    else:
        filters.append(xml.column(day, xml.NOT_IN_THE_FUTURE))
    if one.least is not None or one.most is not None:
        ends = []
        if one.least is not None:
            ends.append(xml.since("GTEQ", one.least, relation=""))
        if one.most is not None:
            ends.append(xml.until("LTEQ", one.most, relation=""))
        filters.append(xml.column("NUMERIC_VALUE", xml.span(*ends, baseline=False)))
    if one.pick:
        test = (
            [
                xml.column(
                    code, xml.codes("", *one.test), which="NOTIN" if one.test_outside else "IN"
                )
            ]
            if one.test
            else []
        )
        filters.append(xml.restriction(1, one.pick, *test, by=day))
    link = ""
    if one.link:
        link = xml.link(
            _criterion(one.link.criterion),
            *_ends(one.link.ends),
            parent_column=day,
            child_column=columns(one.link.criterion.table)[1],
        )
    return xml.criterion(one.table, *filters, negated=one.negated, after=link)


def _ends(ends: Ends) -> list[str]:
    return [xml.bound(*end, "RELATIVE") for end in ends]


def columns(table: str) -> tuple[str, str]:
    return {
        "EVENTS": ("READCODE", "DATE"),
        "MEDICATION_ISSUES": ("DRUGCODE", "ISSUE_DATE"),
    }[table]


# --- asked of patients


def members(searches: list[Search], patients: list[Patient]) -> dict[int, set[str]]:
    """Who is in each search; a search comes after those that it names."""
    found: dict[int, set[str]] = {}
    for search in searches:
        found[search.n] = {p.id for p in patients if _selected(search, p, found)}
    return found


def _selected(search: Search, patient: Patient, found: dict[int, set[str]]) -> bool:
    if search.parent is not None and patient.id not in found[search.parent]:
        return False
    for group in search.groups:
        answers = [_holds(one, patient, found) for one in group.criteria]
        holds = all(answers) if group.by == "AND" else any(answers)
        action = group.true if holds else group.false
        if action != "NEXT":
            return action == "SELECT"
    raise AssertionError


def _holds(one: Criterion | Ages | InSearch, patient: Patient, found: dict[int, set[str]]) -> bool:
    if isinstance(one, InSearch):
        return patient.id in found[one.n]
    if isinstance(one, Ages):
        had = (ON.month, ON.day) >= (patient.birth.month, patient.birth.day)
        age = ON.year - patient.birth.year - (not had)
        return (one.least <= age <= one.most) != one.negated
    kept = _records(one, patient)
    if one.pick:
        kept = sorted(kept, reverse=one.pick == "DESC")[:1]
    if one.test:
        kept = [r for r in kept if (r[1] in one.test) != one.test_outside]
    if one.link:
        others = _records(one.link.criterion, patient)
        lacking = one.link.criterion.negated
        kept = [r for r in kept if any(_near(r[0], o[0], one.link.ends) for o in others) != lacking]
    return bool(kept) != one.negated


def _records(one: Criterion, patient: Patient) -> list[tuple[date, str, float | None]]:
    return [
        (day, code, value)
        for day, code, value in patient.records[one.table]
        if code in one.codes
        and day <= ON
        and all(_passes(day, *end) for end in one.ends)
        and (one.least is None or (value is not None and value >= one.least))
        and (one.most is None or (value is not None and value <= one.most))
    ]


def _passes(day: date, _: str, operator: str, amount: int, unit: str) -> bool:
    return _compared(day, operator, _moved(ON, amount, unit))


def _near(main: date, other: date, ends: Ends) -> bool:
    return all(_compared(other, op, _moved(main, n, unit)) for _, op, n, unit in ends)


def _compared(day: date, operator: str, bound: date) -> bool:
    return {
        "GT": day > bound,
        "GTEQ": day >= bound,
        "LT": day < bound,
        "LTEQ": day <= bound,
    }[operator]


def _moved(day: date, amount: int, unit: str) -> date:
    if unit in ("DAY", "WEEK"):
        return day + timedelta(days=amount * (7 if unit == "WEEK" else 1))
    months = day.year * 12 + day.month - 1 + amount * (12 if unit == "YEAR" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


# --- made up


def made_patients(seed: int, n: int) -> list[Patient]:
    draw = random.Random(seed)
    # the days on which windows begin and end are drawn often, so that bounds are met exactly
    edges = [_moved(ON, -n, unit) for n, unit in _AMOUNTS]
    edges += [day + timedelta(days=k) for day in edges for k in (-1, 1)]
    patients = []
    for i in range(n):
        records = {}
        for table, codes in (("EVENTS", CLINICAL), ("MEDICATION_ISSUES", DRUGS)):
            days = {
                draw.choice(edges)
                if draw.random() < 0.6
                else ON - timedelta(days=draw.randint(-20, 900))
                for _ in range(draw.randint(0, 5))
            }
            records[table] = [
                (day, draw.choice(codes), draw.choice([None, 1.0, 5.0, 9.0]))
                for day in sorted(days)
            ]
        birth = ON.replace(day=draw.randint(1, 30), year=ON.year - draw.randint(15, 70))
        patients.append(Patient(f"p{i:03}", birth, records))
    return patients


_AMOUNTS = [(12, "MONTH"), (6, "MONTH"), (1, "YEAR"), (182, "DAY"), (4, "WEEK"), (0, "DAY")]


def made_searches(seed: int, n: int) -> list[Search]:
    draw = random.Random(seed)
    return [_search(draw, i) for i in range(1, n + 1)]


def _search(draw: random.Random, n: int) -> Search:
    groups = []
    if draw.random() < 0.7:
        # most searches begin with who has some record; of the others many choose everybody
        ages = [Ages(draw.randint(16, 30), draw.randint(45, 70))] if draw.random() < 0.4 else []
        had = Criterion("EVENTS", draw.sample(CLINICAL, 4))
        groups.append(Group([had, *ages], "AND", "NEXT", "REJECT"))
    for last in [False] * draw.choice([0, 0, 1, 2]) + [True]:
        criteria = [_made(draw, n) for _ in range(draw.choice([1, 1, 2]))]
        actions = (
            draw.choice([("SELECT", "REJECT"), ("SELECT", "REJECT"), ("REJECT", "SELECT")])
            if last
            else draw.choice(
                [("NEXT", "REJECT"), ("REJECT", "NEXT"), ("SELECT", "NEXT"), ("NEXT", "SELECT")]
            )
        )
        groups.append(Group(criteria, draw.choice(["AND", "OR"]), *actions))
    parent = draw.randint(1, n - 1) if n > 3 and draw.random() < 0.3 else None
    return Search(n, groups, parent)


def _made(draw: random.Random, n: int) -> Criterion | Ages | InSearch:
    kind = draw.random()
    if kind < 0.02:
        least = draw.randint(16, 40)
        return Ages(least, least + draw.randint(0, 30))
    if kind < 0.12 and n > 2:
        return InSearch(draw.randint(1, n - 1))
    one = _plain(draw)
    one.negated = draw.random() < 0.2
    more = draw.random()
    if more < 0.25:
        one.pick = draw.choice(["DESC", "ASC"])
        if len(one.codes) > 1 and draw.random() < 0.8:
            one.test = one.codes[: draw.randint(1, len(one.codes) - 1)]
            one.test_outside = draw.random() < 0.4
    elif more < 0.5:
        other = _plain(draw)
        other.ends = []
        other.negated = draw.random() < 0.5
        one.link = Link(other, _link_ends(draw))
        one.pick = draw.choice(["", "DESC", "ASC"])
    elif more < 0.6 and one.table == "EVENTS":
        one.least = draw.choice([None, 1.0, 5.0])
        one.most = draw.choice([5.0, 9.0])
    return one


def _plain(draw: random.Random) -> Criterion:
    table = draw.choice(["EVENTS", "MEDICATION_ISSUES"])
    codes = CLINICAL if table == "EVENTS" else DRUGS
    return Criterion(table, draw.sample(codes, draw.randint(1, 3)), _made_ends(draw))


def _made_ends(draw: random.Random) -> Ends:
    how = draw.random()
    n, unit = draw.choice(_AMOUNTS[:-1])
    since = ("rangeFrom", draw.choice(["GT", "GTEQ"]), -n, unit)
    until = ("rangeTo", "LTEQ", -draw.choice([1, 20]), "DAY")
    if how < 0.4:
        return []
    if how < 0.75:
        return [since]
    return [since, until] if how < 0.85 else [until]


def _link_ends(draw: random.Random) -> Ends:
    least = ("rangeFrom", draw.choice(["GT", "GTEQ"]), draw.choice([0, 0, -30]), "DAY")
    most = ("rangeTo", draw.choice(["LT", "LTEQ"]), draw.choice([0, 90, 180]), "DAY")
    return draw.choice([[least], [most], [least, most]])
