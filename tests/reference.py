"""The oracle: the study language in plain Python, slow and obvious, written from RULES.md alone.

Lists, dates and dataclasses; no dataframe; nothing of the library is imported. Where the rules
name a fast way (greedy chains, merged intervals), this file takes a slow one (longest chain over
all dates, sets of days), so that agreement means something.

In:  ``run(study, on, extract, lists, opt_outs)``. ``study`` is the parsed YAML. ``lists`` says
     which codes belong to which list with which categories; it may name codes that no row carries,
     and must name a list's every selector where ``refusal`` is asked (an absent selector is a
     refusal).
Out: ``Result`` - candidates, facts, attrition, evidence.

- ``candidates[id]``: age, sex, birth_precision, cautions (names joined by ``; ``, in the order:
  exclude lines as the study has them, ``opt-out: caution``, ``opt-out: national``), then the
  columns of each declared flag, and ``tier`` where any flag is declared. Empty cells are ``None``.
- ``facts[id]`` for everybody who passes the population steps:
  ``<measure>_met/_count/_first/_last``, one bool per line of include and exclude (for exclude: the
  criterion itself, true = excluded), and ``dropped_at`` (``""`` for candidates, otherwise the
  first step not passed).
- ``evidence``: for the same people, each row that a measure kept up to and including ``pick``, met
  or not, undated ones included where the measure uses them; one entry for each row and measure,
  however many lists or categories the code stands in. A row is known by its table and its place in
  it.
- ``attrition``: as RULES.md section 6, without ``text``.

``refusal`` gives what a run would end with (exit 2, 3, 4), ``faults`` what is wrong in a
definition.

Choices where RULES.md is silent or may be read twice; each reads for the person who might not want
a letter, or invents least:

 §2   1. "no dated row" means: none among the rows that this measure has chosen.
      2. A measure that cannot use undated rows because of ``pick``, ``apart``, ``in_any`` or
         ``spanning`` puts its exclude line into the cautions as one with a window does.
      3. A partial date wholly outside the window (``2019`` under ``within: 182 days``) is a
         caution all the same: a caution looks at list, category and value only. So is a row after
         the search date under a window that ends before it (``before: 2020-01-01``).
      4. A row after the search date and also after death or before birth is a caution. An undated
         one wholly before birth or wholly after death is none, unless it is wholly after the
         search date.
      5. A partial date is left out when its *whole* range lies before birth, after death or after
         the search date; one that has no possible day between two of these limits is used.
      6. Rows on the day of birth and on the day of death are used.
      7. An exclude line leads to measures through include lines and exclude lines that it names.
 §3   8. A person not yet born on the search date has no age: not kept by an age rule, ``age``
         empty. Of a birth range that reaches past the search date, only the days up to it are
         possible.
      9. ``for`` counts the day a registration ends as registered (so E, E+1 is unbroken), though
         "registered on the search date" needs ``end > search_date``. The window is [search date -
         span, search date], both days included. A registration that ends before it starts has no
         day.
     10. ``registered`` reads the patient's registrations as all at this practice (no column says
         else).
     11. An anchored window may reach past the search date; rows after it are never used.
 §4  12. ``category`` under a union: a row counts when one of the lists has its code in one of the
         categories.
     13. ``exactly: n`` and ``at_most: n`` are bounds for the cap of ``apart`` too (count stops at
         n + 1).
     14. ``spanning`` asks for two dates; a patient without a date does not meet it.
 §6  15. ``alive``, ``registered`` and ``test`` always have a row, ``confidential`` unless it says
         include.
 §7  16. Flags read clinical events only. A code that is in a certified category and in another one
         too is certified absence; one in several statuses is a conflict by itself.
     17. Units are the words day(s), week(s), month(s), without case and surrounding space; nothing
         else is a unit. The category of a ``length_*`` row gives its unit, whatever its unit
         column says.
     18. Only rows that count as certified absence lend their own value; with an own value and a
         ``length_*`` row on one date the longest valid one stands. A ``length_*`` row alone is no
         note.
     19. The limit of 366 is on days, after conversion; "not whole" is on the value as written.
     20. A conflict still has its date, age and stale; ``fresh_for`` left out means 12 months.
     21. Tier B's "certified sickness" is the column, so within the flag's window.
     22. Without a declared flag there is no ``tier`` column.
 §8  23. A dissent known only to the month or year is undated: it stands. Such a withdrawal never
         counts.
     24. Opt-out codes are read in clinical events; ``caution`` codes whatever their date.
     25. "None of the list's systems occurs" is read on rows of people of the extract; all codes
         here are of one system unless ``systems`` says otherwise.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

Study = Mapping[str, Any]
Lists = Mapping[str, Mapping[str, "set[str]"]]
OptOuts = Sequence[tuple[str, str]]

STEPS = (
    "alive",
    "registered",
    "age",
    "test",
    "confidential",
    "research_dissent",
    "type_1",
    "practice_list",
)
CERTIFIED = ("not_fit", "may_be_fit", "unspecified")  # strongest first
NOT_CERTIFIED = (
    "duplicate",
    "negated",
    "fit",
    "self_certificate",
    "private",
    "heading",
    "administrative",
)
LENGTHS = {"length_days": "days", "length_weeks": "weeks", "length_months": "months"}
STATUSES = {
    "out_of_work": "out_of_work",
    "job_loss": "out_of_work",
    "in_work": "in_work",
    "not_seeking": "not_seeking",
    "unfit_for_work": "unfit_for_work",
}
NO_STATUSES = ("benefit_form", "absence", "other")
OPT_OUT_CATEGORIES = (
    "research_dissent",
    "research_withdrawn",
    "type_1_dissent",
    "type_1_withdrawn",
    "caution",
)
PRACTICE_LIST_KINDS = ("research", "type_1", "national")


# ---------------------------------------------------------------- what goes in


@dataclass(frozen=True, slots=True)
class Patient:
    """One person; ``birth`` is the first possible day, ``birth_precision`` how far it is known."""

    patient_id: str
    practice_id: str = "P1"
    sex: str = "U"
    birth: date | None = None
    birth_precision: str | None = None
    death: date | None = None
    is_test: bool = False
    is_confidential: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """One stay at the practice; an open end is later than every date."""

    patient_id: str
    start: date | None
    end: date | None = None
    kind: str = "regular"


@dataclass(frozen=True, slots=True)
class Row:
    """One event or issue; ``when`` for precision ``day``, the range for month and year."""

    patient_id: str
    when: date | None
    precision: str
    earliest: date | None
    latest: date | None
    code: str
    value: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """What one ingest would hold."""

    patients: Sequence[Patient]
    registrations: Sequence[Registration]
    events: Sequence[Row]
    medicines: Sequence[Row]
    extract_date: date


def row(
    patient_id: str,
    when: date | str,
    code: str,
    value: float | None = None,
    unit: str | None = None,
) -> Row:
    """A row from a date, or from text: ``2026-05-31``, ``2026-05``, ``2026`` or empty."""
    if isinstance(when, str) and len(when) == 10:
        when = date.fromisoformat(when)
    if isinstance(when, date):
        return Row(patient_id, when, "day", when, when, code, value, unit)
    if len(when) == 7:
        year, month = int(when[:4]), int(when[5:])
        last = date(year, month, calendar.monthrange(year, month)[1])
        return Row(patient_id, None, "month", date(year, month, 1), last, code, value, unit)
    if len(when) == 4:
        first, last = date(int(when), 1, 1), date(int(when), 12, 31)
        return Row(patient_id, None, "year", first, last, code, value, unit)
    return Row(patient_id, None, "none", None, None, code, value, unit)


# ---------------------------------------------------------------- what comes out


@dataclass(frozen=True, slots=True)
class AttritionRow:
    """One step: how many people came, left and stayed, and what leaving it out would add."""

    step: str
    kind: str
    before: int
    dropped: int
    after: int
    gained_if_removed: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row that a measure kept: ``extract.<table>[index]``, which is ``row``."""

    patient_id: str
    used_by: str
    table: str
    index: int
    row: Row


@dataclass(frozen=True)
class Result:
    """See the module's docstring."""

    candidates: dict[str, dict[str, Any]]
    facts: dict[str, dict[str, Any]]
    attrition: list[AttritionRow]
    evidence: list[Evidence]


@dataclass(frozen=True)
class Refusal:
    """What a run would end with instead of a result."""

    exit_code: int
    kind: str


class RefusedError(Exception):
    """The study cannot be run at all."""


# ---------------------------------------------------------------- §1 parameters


def substituted(study: Study, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The study with each ``$name`` below population, measures and flags replaced by its value."""
    values = {
        name: given["value"] if isinstance(given, Mapping) else given
        for name, given in (study.get("parameters") or {}).items()
    } | dict(overrides or {})

    def put(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {key: put(inner) for key, inner in node.items()}
        if isinstance(node, list):
            return [put(inner) for inner in node]
        if isinstance(node, str) and node.startswith("$"):
            return values[node[1:]]
        return node

    return {
        key: put(part) if key in ("population", "measures", "flags") else part
        for key, part in study.items()
    }


# ---------------------------------------------------------------- §3 spans, ages, registration


@cache
def span(text: str) -> tuple[int, str]:
    """Number and unit (day, week, month, year) of ``182 days``."""
    number, unit = re.fullmatch(r"(\d+) (day|week|month|year)s?", text).groups()  # type: ignore[union-attr]
    return int(number), unit


def days_of(text: str) -> int:
    """Days of a span that is in days or weeks."""
    number, unit = span(text)
    return number * {"day": 1, "week": 7}[unit]


@cache
def step(start: date, text: str, sign: int) -> date:
    """The day one span later (``sign`` 1) or earlier (-1); months keep to the month's last day."""
    number, unit = span(text)
    if unit in ("day", "week"):
        return start + timedelta(days=sign * days_of(text))
    months = start.year * 12 + (start.month - 1) + sign * number * (12 if unit == "year" else 1)
    for day in (start.day, 30, 29, 28):
        if day <= start.day:
            try:
                return date(months // 12, months % 12 + 1, day)
            except ValueError:
                continue
    raise AssertionError


def completed_years(birth: date, on: date) -> int:
    """Completed years; 29 February completes a year on 1 March in a common year."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


@cache
def possible_ages(birth: date | None, precision: str | None, on: date) -> tuple[int, ...]:
    """Every age that the person may have on the search date, the youngest first."""
    if birth is None:
        return ()
    days = [birth]
    if precision == "month":
        last = calendar.monthrange(birth.year, birth.month)[1]
        days = [date(birth.year, birth.month, day) for day in range(1, last + 1)]
    if precision == "year":
        new_year = date(birth.year, 1, 1)
        days = [new_year + timedelta(days=n) for n in range(366)]
        days = [day for day in days if day.year == birth.year]
    return tuple(sorted({completed_years(day, on) for day in days if day <= on}))


def in_age(patient: Patient, rule: Mapping[str, int], on: date) -> bool:
    """Whether any day that may be the birth would be kept."""
    ages = possible_ages(patient.birth, patient.birth_precision, on)
    return any(rule.get("min", 0) <= age <= rule.get("max", 10_000) for age in ages)


def is_alive(patient: Patient, on: date, extract_date: date) -> bool:
    """Not dead by the search date, nor by the extract date."""
    return patient.death is None or (patient.death > on and patient.death > extract_date)


def is_registered(stays: Sequence[Registration], rule: Mapping[str, Any], on: date) -> bool:
    """Registered on the search date, and unbroken for ``for`` where it is asked."""
    kinds = rule.get("kind", "regular")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    stays = [stay for stay in stays if stay.kind in kinds and stay.start is not None]
    if not any(stay.start <= on and (stay.end is None or stay.end > on) for stay in stays):
        return False
    if "for" not in rule:
        return True
    first = step(on, rule["for"], -1).toordinal()
    wanted = set(range(first, on.toordinal() + 1))
    for stay in stays:
        end = on if stay.end is None else min(stay.end, on)
        wanted -= set(range(max(stay.start.toordinal(), first), end.toordinal() + 1))
    return not wanted


# ---------------------------------------------------------------- §2 rows


def is_used(found: Row, patient: Patient, on: date) -> bool:
    """Whether the row may be used: not after the search date, before birth or after death."""
    first, last = found.earliest, found.latest
    if found.precision == "day":
        first = last = found.when
    if first is None or last is None:
        return True
    return not (
        first > on
        or (patient.birth is not None and last < patient.birth)
        or (patient.death is not None and first > patient.death)
    )


def is_after(found: Row, on: date) -> bool:
    """Whether the row lies wholly after the search date."""
    first = found.when if found.precision == "day" else found.earliest
    return first is not None and first > on


@dataclass(frozen=True)
class Placed:
    """A row and where it stands in the extract."""

    table: str
    index: int
    row: Row


@dataclass
class Found:
    """What a measure yields for one person."""

    met: bool
    count: int
    first: date | None
    last: date | None
    rows: list[Placed]


@dataclass
class Person:
    """One patient with all that is recorded, and what has been worked out so far."""

    patient: Patient
    stays: list[Registration] = field(default_factory=list)
    events: list[Placed] = field(default_factory=list)
    medicines: list[Placed] = field(default_factory=list)
    found: dict[str, Found] = field(default_factory=dict)


def people_of(extract: Extract) -> dict[str, Person]:
    """Each patient with their rows; rows of people who are not in the extract are nobody's."""
    people = {patient.patient_id: Person(patient) for patient in extract.patients}
    for stay in extract.registrations:
        if stay.patient_id in people:
            people[stay.patient_id].stays.append(stay)
    for table in ("events", "medicines"):
        for index, one in enumerate(getattr(extract, table)):
            if one.patient_id in people:
                getattr(people[one.patient_id], table).append(Placed(table, index, one))
    return people


# ---------------------------------------------------------------- §4 measures


def as_list(given: Any) -> list[Any]:
    """A single value or a list, as a list."""
    return list(given) if isinstance(given, (list, tuple)) else [given]


def as_date(given: date | str) -> date:
    """A date as YAML gives it."""
    return date.fromisoformat(given) if isinstance(given, str) else given


def is_chosen(found: Row, spec: Mapping[str, Any], lists: Lists) -> bool:
    """Whether the row has list, category and value of the measure, whatever its date."""
    ids = as_list(spec["events"] if "events" in spec else spec["medicines"])
    wanted = as_list(spec["category"]) if "category" in spec else None
    for list_id in ids:
        categories = lists.get(list_id, {}).get(found.code)
        if categories is not None and (wanted is None or categories & set(wanted)):
            break
    else:
        return False
    if "value" not in spec:
        return True
    low, high = spec["value"].get("min"), spec["value"].get("max")
    if found.value is None:
        return False
    return (low is None or found.value >= low) and (high is None or found.value <= high)


def has_window(spec: Mapping[str, Any]) -> bool:
    """Whether a window is declared."""
    return any(key in spec for key in ("within", "between", "after", "before"))


def uses_undated(spec: Mapping[str, Any]) -> bool:
    """Whether the measure may use a row without a day."""
    return not has_window(spec) and not any(
        key in spec for key in ("pick", "apart", "in_any", "spanning")
    )


class Rules:
    """A study, its lists and a search date, asked about one person at a time."""

    def __init__(self, study: Study, lists: Lists, on: date) -> None:
        self.study, self.lists, self.on = study, lists, on
        self.measures: Mapping[str, Any] = study.get("measures") or {}
        self.include: Mapping[str, Any] = study.get("include") or {}
        self.exclude: Mapping[str, Any] = study.get("exclude") or {}
        self.lines = {**self.include, **self.exclude}

    def in_window(self, when: date, spec: Mapping[str, Any], person: Person) -> bool:
        """Whether a day lies in the measure's window, both ends included."""
        on, within = self.on, spec.get("within")
        if isinstance(within, str):
            return step(on, within, -1) <= when <= on
        if within is not None:
            (side,) = (key for key in ("after", "before", "around") if key in within)
            name, end = within[side].split(".")
            anchor = getattr(self.measure(name, person), end)
            if anchor is None:
                return False
            away = (when - anchor).days
            reach = days_of(within["span"])
            low, high = {"after": (0, reach), "before": (-reach, 0)}.get(side, (-reach, reach))
            return low <= away <= high
        if "between" in spec:
            old, new = spec["between"]["from"], spec["between"]["to"]
            return step(on, old, -1) <= when <= step(on, new, -1)
        return not (
            ("after" in spec and when < as_date(spec["after"]))
            or ("before" in spec and when > as_date(spec["before"]))
        )

    def measure(self, name: str, person: Person) -> Found:
        """What the measure yields for the person."""
        if name not in person.found:
            person.found[name] = self.work_out(self.measures[name], person)
        return person.found[name]

    def work_out(self, spec: Mapping[str, Any], person: Person) -> Found:
        """List, category, value; window; pick; count."""
        table = person.events if "events" in spec else person.medicines
        rows = [
            placed
            for placed in table
            if is_chosen(placed.row, spec, self.lists)
            and is_used(placed.row, person.patient, self.on)
        ]
        undated = [placed for placed in rows if placed.row.when is None] * uses_undated(spec)
        dated = [
            placed
            for placed in rows
            if placed.row.when is not None and self.in_window(placed.row.when, spec, person)
        ]
        if "pick" in spec and dated:
            chosen = (min if spec["pick"] == "first" else max)(p.row.when for p in dated)
            dated = [placed for placed in dated if placed.row.when == chosen]
        dates = sorted({placed.row.when for placed in dated})
        count = counted(spec, dates, len(dated), len(undated))
        met = in_bounds(spec, count)
        if "spanning" in spec:
            met = met and bool(dates) and (dates[-1] - dates[0]).days >= days_of(spec["spanning"])
        first, last = (dates[0], dates[-1]) if dates else (None, None)
        return Found(met, count, first, last, dated + undated)

    # ------------------------------------------------------------ §5 logic

    def holds(self, node: Any, person: Person) -> bool:
        """Whether a criterion holds for the person."""
        if isinstance(node, str):
            if node in self.measures:
                return self.measure(node, person).met
            return self.holds(self.lines[node], person)
        ((key, inner),) = node.items()
        if key == "not":
            return not self.holds(inner, person)
        if key == "at_least":
            return sum(self.holds(one, person) for one in inner["of"]) >= inner["n"]
        answers = [self.holds(one, person) for one in inner]
        return {"any": any, "all": all}[key](answers)

    def leads_to(self, node: Any) -> set[str]:
        """The measures that a criterion names, through lines too; not their anchors."""
        if isinstance(node, str):
            return {node} if node in self.measures else self.leads_to(self.lines[node])
        ((key, inner),) = node.items()
        parts = [inner] if key == "not" else inner["of"] if key == "at_least" else inner
        return set().union(*(self.leads_to(part) for part in parts))

    def cautioned(self, node: Any, person: Person) -> bool:
        """Whether an exclude line would have used some row but for its date."""
        for name in self.leads_to(node):
            spec = self.measures[name]
            for placed in person.events if "events" in spec else person.medicines:
                one = placed.row
                if not is_chosen(one, spec, self.lists):
                    continue
                if is_after(one, self.on):
                    return True
                undated = one.when is None and is_used(one, person.patient, self.on)
                if undated and not uses_undated(spec):
                    return True
        return False


def counted(spec: Mapping[str, Any], dates: list[date], dated: int, undated: int) -> int:
    """The count that the bounds are asked about."""
    if "apart" in spec:
        bounds = [spec[key] for key in ("at_least", "at_most", "exactly") if key in spec]
        return min(longest_chain(dates, days_of(spec["apart"])), max(bounds or [1]) + 1)
    if "in_any" in spec:
        length = days_of(spec["in_any"])
        return max((sum(0 <= (d - s).days < length for d in dates) for s in dates), default=0)
    if spec.get("counting", "dates") == "rows":
        return dated + undated
    return len(dates) or min(undated, 1)


def longest_chain(dates: list[date], apart: int) -> int:
    """The most dates that can be chosen with each at least ``apart`` days after the one before."""
    best: list[int] = []
    for i, day in enumerate(dates):
        best.append(1 + max([best[j] for j in range(i) if (day - dates[j]).days >= apart] or [0]))
    return max(best, default=0)


def in_bounds(spec: Mapping[str, Any], count: int) -> bool:
    """Whether the count is what the measure asks for."""
    if "exactly" in spec:
        return bool(count == spec["exactly"])
    if "at_least" not in spec and "at_most" not in spec:
        return count >= 1
    return bool(spec.get("at_least", 0) <= count <= spec.get("at_most", count))


# ---------------------------------------------------------------- §7 flags


def note_length(issued: date, value: float | None, unit: str) -> int | None:
    """Days of a note, or ``None`` where none can be said."""
    if value is None or value != int(value) or value < 1 or value > 366:
        return None
    number = int(value)
    days = {
        "days": number,
        "weeks": 7 * number,
        "months": (step(issued, f"{number} months", 1) - issued).days,
    }[unit]
    return days if 1 <= days <= 366 else None


def unit_of(text: str | None) -> str | None:
    """days, weeks or months where the unit says so."""
    word = (text or "").strip().lower()
    return {"day": "days", "week": "weeks", "month": "months"}.get(word.removesuffix("s"))


def certified_sickness(
    person: Person, flag: Mapping[str, Any], lists: Lists, on: date
) -> dict[str, Any]:
    """The columns of the certified sickness flag."""
    notes: dict[date, set[str]] = {}
    lengths: dict[date, list[int]] = {}
    for placed in person.events:
        one = placed.row
        categories = lists[flag["fit_notes"]].get(one.code)
        if categories is None or one.when is None or not is_used(one, person.patient, on):
            continue
        meanings = {category for category in categories if category in CERTIFIED}
        if "private" in categories and flag.get("private") == "count":
            meanings.add("unspecified")
        if "heading" in categories and flag.get("headings") == "count":
            meanings.add("unspecified")
        units = [LENGTHS[category] for category in categories if category in LENGTHS]
        if meanings:
            notes.setdefault(one.when, set()).update(meanings)
            units += [unit] if (unit := unit_of(one.unit)) else []
        for unit in units:
            length = note_length(one.when, one.value, unit)
            if length is not None:
                lengths.setdefault(one.when, []).append(length)

    issued = sorted(notes)
    recent = [day for day in issued if "within" not in flag or day >= step(on, flag["within"], -1)]
    last_statement = None
    if recent:
        last_statement = next(word for word in CERTIFIED if word in notes[recent[-1]])
    issue_gap = days_of(flag.get("issue_gap", "35 days"))
    runs = clusters(issued, issue_gap)
    length_known = bool(issued) and all(day in lengths for day in issued)
    spell: list[date] = []
    if length_known:
        covered = {
            day + timedelta(days=n) for day in issued for n in range(max(lengths[day]))
        }  # half-open: the end is the first day no longer certified
        spell = clusters(sorted(covered), days_of(flag.get("gap", "0 days")) + 1)[-1]
        long_term = spell[0] <= on <= spell[-1] and (on - spell[0]).days >= 91
    else:
        long_term = (
            bool(runs)
            and (runs[-1][-1] - runs[-1][0]).days >= 91
            and (on - runs[-1][-1]).days <= issue_gap
        )
    return {
        "certified_sickness": bool(recent),
        "fit_notes": len(recent),
        "fit_note_first": recent[0] if recent else None,
        "fit_note_last": recent[-1] if recent else None,
        "last_statement": last_statement,
        "length_known": length_known,
        "spell_start": spell[0] if spell else None,
        "spell_days": (spell[-1] - spell[0]).days + 1 if spell else None,
        "certified_until": spell[-1] if spell else None,
        "issued_runs": len(runs),
        "long_term": long_term,
    }


def clusters(days: list[date], reach: int) -> list[list[date]]:
    """Sorted days put together where each is at most ``reach`` days after the one before."""
    together: list[list[date]] = []
    for day in days:
        if together and (day - together[-1][-1]).days <= reach:
            together[-1].append(day)
        else:
            together.append([day])
    return together


def work_status(person: Person, flag: Mapping[str, Any], lists: Lists, on: date) -> dict[str, Any]:
    """The columns of the work status flag."""
    said: dict[date, set[str]] = {}
    for placed in person.events:
        one = placed.row
        categories = lists[flag["work_status"]].get(one.code, set())
        statuses = {STATUSES[category] for category in categories if category in STATUSES}
        if statuses and one.when is not None and is_used(one, person.patient, on):
            said.setdefault(one.when, set()).update(statuses)
    columns = ("work_status", "work_status_date", "work_status_age_days", "work_status_stale")
    if not said:
        return dict(zip(columns, ("unknown", None, None, None), strict=True))
    latest = max(said)
    status = "conflict" if len(said[latest]) > 1 else next(iter(said[latest]))
    stale = latest < step(on, flag.get("fresh_for", "12 months"), -1)
    return dict(zip(columns, (status, latest, (on - latest).days, stale), strict=True))


def tier(columns: Mapping[str, Any]) -> str:
    """X, A, B or C from the columns of the declared flags."""
    fresh = None if columns.get("work_status_stale", True) else columns["work_status"]
    if fresh == "in_work":
        return "X"
    if fresh == "out_of_work":
        return "A"
    if columns.get("certified_sickness", False) or fresh == "unfit_for_work":
        return "B"
    return "C"


def flag_columns(person: Person, rules: Rules) -> dict[str, Any]:
    """The columns of every declared flag, and the tier."""
    columns: dict[str, Any] = {}
    for flag in (rules.study.get("flags") or {}).values():
        one = certified_sickness if "fit_notes" in flag else work_status
        columns |= one(person, flag, rules.lists, rules.on)
    if columns:
        columns["tier"] = tier(columns)
    return columns


# ---------------------------------------------------------------- §8 opt-outs


def has_dissented(person: Person, pair: str, codes: Mapping[str, set[str]], on: date) -> bool:
    """Whether some dissent of the pair has no withdrawal that counts after it."""
    dissents, withdrawals = [], []
    for placed in person.events:
        categories = codes.get(placed.row.code, set())
        if f"{pair}_dissent" in categories:
            dissents.append(placed.row.when)
        if f"{pair}_withdrawn" in categories and is_used(placed.row, person.patient, on):
            withdrawals.append(placed.row.when)
    return any(
        dissent is None or not any(day is not None and day > dissent for day in withdrawals)
        for dissent in dissents
    )


def is_on_list(person: Person, opt_outs: OptOuts, kinds: Sequence[str]) -> bool:
    """Whether the practice's own list has the person under one of the kinds."""
    return any(who == person.patient.patient_id and kind in kinds for who, kind in opt_outs)


def cautions(person: Person, rules: Rules, opt_outs: OptOuts) -> str:
    """The words of caution, in their order, joined by ``; ``."""
    names = [name for name, node in rules.exclude.items() if rules.cautioned(node, person)]
    codes = rules.lists[rules.study["opt_outs"]["events"]]
    if any("caution" in codes.get(placed.row.code, ()) for placed in person.events):
        names.append("opt-out: caution")
    if is_on_list(person, opt_outs, ["national"]):
        names.append("opt-out: national")
    return "; ".join(names)


# ---------------------------------------------------------------- §6 the order of things


def steps_of(
    rules: Rules, extract: Extract, opt_outs: OptOuts | None
) -> Iterator[tuple[str, str, Any]]:
    """Each step's name, kind and test: whether a person passes it."""
    on, population = rules.on, rules.study.get("population") or {}
    yield "alive", "population", lambda p: is_alive(p.patient, on, extract.extract_date)
    registered = population.get("registered") or {}
    yield "registered", "population", lambda p: is_registered(p.stays, registered, on)
    if "age" in population:
        yield "age", "population", lambda p: in_age(p.patient, population["age"], on)
    yield "test", "population", lambda p: not p.patient.is_test
    if population.get("confidential") != "include":
        yield "confidential", "population", lambda p: not p.patient.is_confidential
    for name, node in rules.include.items():
        yield name, "include", lambda p, node=node: rules.holds(node, p)
    for name, node in rules.exclude.items():
        yield name, "exclude", lambda p, node=node: not rules.holds(node, p)
    asked = rules.study["opt_outs"]
    codes = rules.lists[asked["events"]]
    yield (
        "research_dissent",
        "opt_out",
        lambda p: not has_dissented(p, "research", codes, on),
    )
    if "type_1_overridden_by" not in asked:
        yield "type_1", "opt_out", lambda p: not has_dissented(p, "type_1", codes, on)
    if opt_outs is not None:
        yield (
            "practice_list",
            "opt_out",
            lambda p: not is_on_list(p, opt_outs, ["research", "type_1"]),
        )


def run(
    study: Study,
    on: date,
    extract: Extract,
    lists: Lists,
    opt_outs: OptOuts | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
) -> Result:
    """What identify must give; ``RefusedError`` where the study has no opt-outs.

    Every other refusal is asked of ``refusal``, every other fault of ``faults``.
    """
    if "opt_outs" not in study:
        raise RefusedError("no_opt_outs")
    rules = Rules(substituted(study, overrides), lists, on)
    people = people_of(extract)
    steps = list(steps_of(rules, extract, opt_outs))
    passes = {who: [bool(test(person)) for _, _, test in steps] for who, person in people.items()}
    candidates = [who for who, passed in passes.items() if all(passed)]

    attrition = []
    for place, (name, kind, _) in enumerate(steps):
        before = sum(all(passed[:place]) for passed in passes.values())
        after = sum(all(passed[: place + 1]) for passed in passes.values())
        without = sum(all(passed[:place] + passed[place + 1 :]) for passed in passes.values())
        attrition.append(
            AttritionRow(name, kind, before, before - after, after, without - len(candidates))
        )

    asked = sum(kind == "population" for _, kind, _ in steps)
    population = [who for who, passed in passes.items() if all(passed[:asked])]
    return Result(
        candidates={who: candidate(people[who], rules, opt_outs or []) for who in candidates},
        facts={
            who: facts(people[who], rules)
            | {
                "dropped_at": next(
                    (name for (name, _, _), ok in zip(steps, passes[who], strict=True) if not ok),
                    "",
                )
            }
            for who in population
        },
        attrition=attrition,
        evidence=[
            Evidence(who, name, placed.table, placed.index, placed.row)
            for who in population
            for name in rules.measures
            for placed in rules.measure(name, people[who]).rows
        ],
    )


def candidate(person: Person, rules: Rules, opt_outs: OptOuts) -> dict[str, Any]:
    """The columns of one candidate."""
    patient = person.patient
    ages = possible_ages(patient.birth, patient.birth_precision, rules.on)
    return {
        "age": ages[0] if ages else None,
        "sex": patient.sex,
        "birth_precision": patient.birth_precision,
        "cautions": cautions(person, rules, opt_outs),
        **flag_columns(person, rules),
    }


def facts(person: Person, rules: Rules) -> dict[str, Any]:
    """What each measure and each line says of one person."""
    columns: dict[str, Any] = {}
    for name in rules.measures:
        found = rules.measure(name, person)
        columns |= {
            f"{name}_met": found.met,
            f"{name}_count": found.count,
            f"{name}_first": found.first,
            f"{name}_last": found.last,
        }
    return columns | {name: rules.holds(node, person) for name, node in rules.lines.items()}


# ---------------------------------------------------------------- refusals and faults


def refusal(  # noqa: PLR0911
    study: Study,
    on: date,
    extract: Extract,
    lists: Lists,
    opt_outs: OptOuts | None = None,
    *,
    opt_outs_on: date | None = None,
    no_opt_out_list: str | None = None,
    allow_stale: bool = False,
    systems: tuple[set[str], set[str]] | None = None,
) -> Refusal | None:
    """What the run would end with, the lowest exit code first; ``None`` when it would go through.

    ``systems``: those of the opt-out list and those that occur in the clinical events.
    """
    if opt_outs is not None and opt_outs_on is None:
        return Refusal(2, "opt_outs_without_day")
    if opt_outs is not None and no_opt_out_list is not None:
        return Refusal(2, "opt_outs_and_no_list")
    if any(kind not in PRACTICE_LIST_KINDS for _, kind in opt_outs or []):
        return Refusal(2, "unknown_kind")
    wrong = faults(study, on, lists)
    if wrong:
        return Refusal(3, wrong[0])
    if "opt_outs" not in study:
        return Refusal(4, "no_opt_outs")
    known = {patient.patient_id for patient in extract.patients}
    has_events = any(one.patient_id in known for one in extract.events)
    if not (bool(systems[0] & systems[1]) if systems is not None else has_events):
        return Refusal(4, "no_opt_out_system")
    selectors = lists[study["opt_outs"]["events"]].values()
    has_research = any("research_dissent" in categories for categories in selectors)
    if not has_research and opt_outs is None and no_opt_out_list is None:
        return Refusal(4, "no_research_dissent_selector")
    if allow_stale:
        return None
    if opt_outs_on is not None and (on - opt_outs_on).days > 30:
        return Refusal(4, "stale_practice_list")
    if (on - extract.extract_date).days > 90:
        return Refusal(4, "stale_extract")
    return None


def faults(study: Study, on: date, lists: Lists) -> list[str]:
    """What is wrong in a definition, as ``path: kind``; only faults of meaning, not of shape."""
    study = substituted(study)
    rules = Rules(study, lists, on)
    found = [
        f"measures.{name}: {kind}"
        for name, spec in rules.measures.items()
        for kind in measure_faults(spec, on)
    ]
    found += [
        f"{part}.{name}: {kind}"
        for part in ("include", "exclude")
        for name, node in (study.get(part) or {}).items()
        for kind in node_faults(node, rules)
    ]
    found += [f"exclude.{name}: two lines" for name in rules.exclude if name in rules.include]
    found += [f"{name}: named like a step" for name in rules.lines if name in STEPS]
    age = (study.get("population") or {}).get("age", {})
    if age.get("min", 0) > age.get("max", 10_000):
        found.append("population.age: cannot be met")
    kinds = ["fit_notes" in flag for flag in (study.get("flags") or {}).values()]
    if len(kinds) > len(set(kinds)):
        found.append("flags: two of a kind")
    found += list_faults(study, lists)
    found += cycles(rules)
    if not found:
        nobody = Person(Patient(""))
        if all(rules.holds(node, nobody) for node in rules.include.values()):
            found.append("include: selects everybody")
    return found


def list_faults(study: Study, lists: Lists) -> list[str]:
    """Categories that the lists of flags and opt-outs may not have."""
    allowed = {
        "fit_notes": {*CERTIFIED, *NOT_CERTIFIED, *LENGTHS},
        "work_status": {*STATUSES, *NO_STATUSES},
        "events": set(OPT_OUT_CATEGORIES),
    }
    asked = [*(study.get("flags") or {}).values(), study.get("opt_outs") or {}]
    return [
        f"{part[key]}: unknown category"
        for part in asked
        for key in allowed
        if key in part and set().union(*lists[part[key]].values()) - allowed[key]
    ]


def measure_faults(spec: Mapping[str, Any], on: date) -> Iterator[str]:
    """The breaches of §4 in one measure."""
    shapes = [key for key in ("apart", "in_any", "spanning") if key in spec]
    low, high, exact = (spec.get(key) for key in ("at_least", "at_most", "exactly"))
    if exact is not None and (low is not None or high is not None):
        yield "exactly stands alone"
    if low is not None and low < 1:
        yield "at_least below 1"
    if low is not None and high is not None and low > high:
        yield "cannot be met"
    if len(shapes) > 1:
        yield "apart, in_any and spanning exclude one another"
    if any(span(spec[key])[1] not in ("day", "week") or days_of(spec[key]) < 1 for key in shapes):
        yield "days or weeks, 1 or more"
    if spec.get("counting") == "rows" and ("apart" in spec or "in_any" in spec):
        yield "counting dates only"
    if "spanning" in spec and (high is not None or exact is not None):
        yield "spanning without at_most or exactly"
    if "value" in spec:
        if "medicines" in spec:
            yield "value is for events"
        if spec["value"].get("min", -1e99) > spec["value"].get("max", 1e99):
            yield "cannot be met"
    if ("within" in spec) + ("between" in spec) + ("after" in spec or "before" in spec) > 1:
        yield "one window"
    ends = spec.get("between", {"from": "0 days", "to": "0 days"})
    if step(on, ends["from"], -1) > step(on, ends["to"], -1):
        yield "cannot be met"
    if "after" in spec and "before" in spec and as_date(spec["after"]) > as_date(spec["before"]):
        yield "cannot be met"
    within = spec.get("within")
    if isinstance(within, Mapping) and span(within["span"])[1] not in ("day", "week"):
        yield "an anchored span is in days or weeks"


def node_faults(node: Any, rules: Rules) -> Iterator[str]:
    """The breaches of §5 in one criterion."""
    if isinstance(node, str):
        if node not in rules.measures and node not in rules.lines:
            yield "unknown name"
        return
    ((key, inner),) = node.items()
    parts = [inner] if key == "not" else inner["of"] if key == "at_least" else inner
    if not parts:
        yield "empty"
    if key == "at_least" and not 1 <= inner["n"] <= len(parts):
        yield "n cannot be met"
    for part in parts:
        yield from node_faults(part, rules)


def cycles(rules: Rules) -> list[str]:
    """Measures and lines that lead back to themselves."""
    edges: dict[str, set[str]] = {}
    for name, spec in rules.measures.items():
        within = spec.get("within")
        sides = within.values() if isinstance(within, Mapping) else ()
        edges[f"measures.{name}"] = {f"measures.{s.split('.')[0]}" for s in sides if "." in s}
    for name, node in rules.lines.items():
        edges[f"lines.{name}"] = {
            f"lines.{one}" for one in names_in(node) if one not in rules.measures
        }
    found = []
    for start, first in edges.items():
        seen: set[str] = set()
        ahead = set(first)
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead |= edges.get(one, set())
        if start in seen:
            found.append(f"{start}: cycle")
    return found


def names_in(node: Any) -> set[str]:
    """Every name that stands in a criterion."""
    if isinstance(node, str):
        return {node}
    ((key, inner),) = node.items()
    parts = [inner] if key == "not" else inner["of"] if key == "at_least" else inner
    return set().union(*(names_in(part) for part in parts))
