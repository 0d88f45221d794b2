"""People who hit or narrowly miss each rule of the shipped study `instep`, with the known answer.

Each is a candidate but for the one thing that its name says. The answers hold for a search on the
day of the extract, with the practice's own opt-out list, under RULES.md: ages §3, windows §3,
undated and future rows §2, counting §4, opt-outs §8.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

When = date | str  # text is written as it stands: "" is undated, "2026-05" known to the month

CHRONIC_PAIN = "1M52."
OTHER_EXPLICIT = "16C9."
KNEE, HIP, RHEUMATOID, MIGRAINE = "N05zL", "N05zJ", "N040.", "F26.."
TRAMADOL, CODEINE, MORPHINE = "dji2.", "dj42.", "djz4."
GABAPENTIN, PREGABALIN = "dnj2.", "dnpx."
PARACETAMOL, NAPROXEN, LINCTUS, BOWEL_CODEINE = "di21.", "j2c1.", "cg11.", "a812."
EPILEPSY, PALLIATIVE = "F25..", "8CM1."
DISSENT, WITHDRAWN = "9Nu0.", "9Nu1."
SHARING_DISSENT, SHARING_CONSENT = "9Nd1.", "9Nd7."
NOT_FIT, EMPLOYED, UNEMPLOYED = "9D15.", "13JV.", "13J7."

Row = tuple[str, When]


@dataclass(frozen=True)
class KnownJob:
    """What somebody is doing on the search date, since when, and what they did before."""

    name: str
    since: date
    before: str


@dataclass(frozen=True)
class Archetype:
    """A kind of person and what the study makes of them: ``step`` drops them, none if empty.

    ``birth`` is written down to ``precision``; ``listed`` is their kind on the practice's list.
    ``job`` is known where the rows speak of work, and drawn with everybody else's otherwise.
    """

    name: str
    step: str
    birth: date | None
    start: date
    events: tuple[Row, ...]
    issues: tuple[Row, ...]
    precision: Literal["day", "month", "year"] = "day"
    end: date | None = None
    death: date | None = None
    kind: Literal["regular", "temporary"] = "regular"
    is_test: bool = False
    is_confidential: bool = False
    listed: str = ""
    job: KnownJob | None = None

    @property
    def expected(self) -> str:
        """Whether the study finds them: ``in`` or ``out``."""
        return "out" if self.step else "in"


def years_before(on: date, years: int) -> date:
    """The same day so many years earlier; 28 February where there is no 29th (RULES.md §3)."""
    year = on.year - years
    return on.replace(year=year, day=min(on.day, calendar.monthrange(year, on.month)[1]))


def archetypes(on: date) -> tuple[Archetype, ...]:
    """Every archetype, for a search on that day."""
    return (
        *_population(on),
        *_chronic_pain(on),
        *_pain_medicine(on),
        *_palliative(on),
        *_opt_outs(on),
        *_flags(on),
    )


def _ago(on: date, days: int) -> date:
    return on - timedelta(days=days)


def _typical(on: date) -> Archetype:
    return Archetype(
        name="typical",
        step="",
        birth=_ago(years_before(on, 45), 100),
        start=_ago(years_before(on, 6), 40),
        events=((CHRONIC_PAIN, _ago(on, 400)),),
        issues=_issues(on, TRAMADOL, 20, 50, 80),
    )


def _issues(on: date, code: str, *days: int) -> tuple[Row, ...]:
    return tuple((code, _ago(on, ago)) for ago in days)


def _population(on: date) -> list[Archetype]:
    base = _typical(on)
    tomorrow = _ago(on, -1)
    eighteen, sixty_five = years_before(on, 18), years_before(on, 65)
    later_month = (eighteen.replace(day=1) + timedelta(days=32)).replace(day=1)
    return [
        base,
        replace(base, name="dead-last-week", step="alive", death=_ago(on, 6), end=_ago(on, 6)),
        replace(base, name="dead-today", step="alive", death=on, end=on),
        replace(base, name="left-last-month", step="registered", end=_ago(on, 30)),
        replace(base, name="left-today", step="registered", end=on),
        replace(base, name="leaves-tomorrow", end=tomorrow),
        replace(base, name="registered-today", start=on),
        replace(base, name="registers-tomorrow", step="registered", start=tomorrow),
        replace(base, name="temporary", step="registered", kind="temporary", start=_ago(on, 60)),
        replace(base, name="18-today", birth=eighteen),
        replace(base, name="18-tomorrow", step="age", birth=eighteen + timedelta(days=1)),
        replace(base, name="65-tomorrow", birth=sixty_five + timedelta(days=1)),
        replace(base, name="65-today", step="age", birth=sixty_five),
        replace(base, name="18-in-some-days-of-the-month", birth=eighteen, precision="month"),
        replace(
            base, name="17-in-the-whole-month", step="age", birth=later_month, precision="month"
        ),
        replace(
            base,
            name="64-in-some-days-of-the-year",
            birth=sixty_five + timedelta(days=1),
            precision="year",
        ),
        replace(
            base,
            name="65-in-the-whole-year",
            step="age",
            birth=date(on.year - 66, 7, 1),
            precision="year",
        ),
        replace(base, name="birth-unknown", step="age", birth=None),
        replace(base, name="test-patient", step="test", is_test=True),
        replace(base, name="confidential-patient", step="confidential", is_confidential=True),
    ]


def _chronic_pain(on: date) -> list[Archetype]:
    base = _typical(on)
    five_years, two_years = years_before(on, 5), years_before(on, 2)

    def case(name: str, step: str, *events: Row) -> Archetype:
        return replace(base, name=name, step=step, events=events)

    hit, miss = "", "chronic_pain"

    return [
        case("explicit-5-years-ago", hit, (OTHER_EXPLICIT, five_years)),
        case("explicit-a-day-too-old", miss, (OTHER_EXPLICIT, _ago(five_years, 1))),
        case("explicit-today", hit, (CHRONIC_PAIN, on)),
        case("explicit-tomorrow", miss, (CHRONIC_PAIN, _ago(on, -1))),
        case("explicit-undated", miss, (CHRONIC_PAIN, "")),
        case("explicit-month-only", miss, (CHRONIC_PAIN, f"{_ago(on, 300):%Y-%m}")),
        case("explicit-7-characters", hit, (f"{CHRONIC_PAIN}00", _ago(on, 300))),
        case("painful-90-days-apart", hit, (KNEE, _ago(on, 190)), (HIP, _ago(on, 100))),
        case("painful-89-days-apart", miss, (KNEE, _ago(on, 189)), (HIP, _ago(on, 100))),
        case("painful-once", miss, (RHEUMATOID, _ago(on, 60))),
        case("painful-twice-on-one-day", miss, (KNEE, _ago(on, 60)), (HIP, _ago(on, 60))),
        case("painful-2-years-ago", hit, (RHEUMATOID, two_years), (KNEE, _ago(on, 300))),
        case(
            "painful-a-day-too-old",
            miss,
            (RHEUMATOID, _ago(two_years, 1)),
            (KNEE, _ago(on, 300)),
        ),
        case("headache-alone", miss, (MIGRAINE, _ago(on, 400)), (MIGRAINE, _ago(on, 100))),
        case("no-pain-code", miss),
    ]


def _pain_medicine(on: date) -> list[Archetype]:
    base = _typical(on)
    pain = base.events

    def case(name: str, step: str, *issues: Row, events: tuple[Row, ...] = ()) -> Archetype:
        return replace(base, name=name, step=step, issues=issues, events=(*pain, *events))

    hit, miss = "", "pain_medicine"

    gabapentin = _issues(on, GABAPENTIN, 15, 43, 71)
    return [
        case("opioid-182-days-ago", hit, *_issues(on, CODEINE, 182, 90, 10)),
        case("opioid-183-days-ago", miss, *_issues(on, CODEINE, 183, 90, 10)),
        case("opioid-2-issues", miss, *_issues(on, MORPHINE, 40, 10)),
        case("opioid-3-issues-on-2-dates", miss, *_issues(on, CODEINE, 40, 10, 10)),
        case("opioid-third-tomorrow", miss, *_issues(on, CODEINE, 40, 10, -1)),
        case("opioid-third-undated", miss, *_issues(on, CODEINE, 40, 10), (CODEINE, "")),
        case("opioids-of-3-kinds", hit, *_three_kinds(on)),
        case("gabapentinoid-3-issues", hit, *gabapentin),
        case("gabapentinoid-2-issues", miss, *gabapentin[:2]),
        case(
            "gabapentinoid-and-epilepsy",
            miss,
            *gabapentin,
            events=((EPILEPSY, _ago(on, 3000)),),
        ),
        case("gabapentinoid-epilepsy-undated", miss, *gabapentin, events=((EPILEPSY, ""),)),
        case(
            "gabapentinoid-epilepsy-tomorrow",
            hit,
            *gabapentin,
            events=((EPILEPSY, _ago(on, -1)),),
        ),
        case("opioid-and-epilepsy", hit, *base.issues, events=((EPILEPSY, _ago(on, 3000)),)),
        case(
            "2-opioids-2-gabapentinoids",
            miss,
            *_issues(on, TRAMADOL, 70, 14),
            *_issues(on, PREGABALIN, 42, 5),
        ),
        case(
            "other-painkillers",
            miss,
            *_issues(on, PARACETAMOL, 90, 60, 30, 5),
            *_issues(on, NAPROXEN, 90, 60, 30, 5),
        ),
        case("codeine-linctus", miss, *_issues(on, LINCTUS, 70, 40, 10)),
        case("codeine-for-the-bowel", miss, *_issues(on, BOWEL_CODEINE, 70, 40, 10)),
    ]


def _three_kinds(on: date) -> tuple[Row, ...]:
    return (
        *_issues(on, TRAMADOL, 120),
        *_issues(on, CODEINE, 66),
        *_issues(on, MORPHINE, 7),
    )


def _palliative(on: date) -> list[Archetype]:
    base = _typical(on)

    def case(name: str, step: str, when: When) -> Archetype:
        return replace(base, name=name, step=step, events=(*base.events, (PALLIATIVE, when)))

    return [
        case("palliative", "palliative_care", _ago(on, 90)),
        case("palliative-undated", "palliative_care", ""),
        case("palliative-tomorrow", "", _ago(on, -1)),
    ]


def _opt_outs(on: date) -> list[Archetype]:
    base = _typical(on)
    early, late = _ago(on, 900), _ago(on, 200)

    def case(name: str, step: str, *events: Row) -> Archetype:
        return replace(base, name=name, step=step, events=(*base.events, *events))

    return [
        case("type-1-dissent", "type_1", (DISSENT, early)),
        case("type-1-withdrawn-later", "", (DISSENT, early), (WITHDRAWN, late)),
        case("type-1-dissent-again", "type_1", (WITHDRAWN, early), (DISSENT, late)),
        case("type-1-withdrawn-same-day", "type_1", (DISSENT, late), (WITHDRAWN, late)),
        case("type-1-undated", "type_1", (DISSENT, "")),
        case("type-1-undated-withdrawn", "type_1", (DISSENT, ""), (WITHDRAWN, late)),
        case("type-1-withdrawal-undated", "type_1", (DISSENT, early), (WITHDRAWN, "")),
        case("type-1-withdrawn-tomorrow", "type_1", (DISSENT, early), (WITHDRAWN, _ago(on, -1))),
        case("type-1-dissent-tomorrow", "type_1", (DISSENT, _ago(on, -1))),
        case("type-1-sharing-consent", "type_1", (DISSENT, early), (SHARING_CONSENT, late)),
        case("sharing-dissent", "", (SHARING_DISSENT, late)),
        replace(base, name="listed-research", step="practice_list", listed="research"),
        replace(base, name="listed-type-1", step="practice_list", listed="type_1"),
        replace(base, name="listed-national", listed="national"),
    ]


def _flags(on: date) -> list[Archetype]:
    base = _typical(on)

    def case(name: str, job: KnownJob, *events: Row) -> Archetype:
        return replace(base, name=name, job=job, events=(*base.events, *events))

    steady = KnownJob("in work", years_before(on, 5), "in work")
    lost = KnownJob("unemployed", _ago(on, 130), "in work")
    found_again = KnownJob("in work", years_before(on, 8), "unemployed")
    notes = ((NOT_FIT, _ago(on, ago)) for ago in (98, 70, 42, 14))
    return [
        case("certified-sick", steady, *notes),  # off sick from a job
        case("unemployed", lost, (UNEMPLOYED, _ago(on, 120))),
        case("unemployed-long-ago", found_again, (UNEMPLOYED, years_before(on, 9))),
        case("employed", steady, (EMPLOYED, _ago(on, 60))),
    ]
