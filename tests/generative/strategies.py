"""Made-up studies of the whole language, with extracts whose dates sit on the edges.

Three ways in, all from the same builders:

- ``scenarios(n, seed)``: one study and one extract of 20 to 60 patients each, from plain random
  numbers; scenario ``i`` is ``scenario(seed + i)``, so a failure is known by its number.
- ``cases(patients)``: a Hypothesis strategy of small scenarios, which shrink.
- ``refused(scenario)``: the same scenario, broken in one way each that RULES.md refuses.

Every study is valid: bounds can be met, inclusion needs a record, there are no cycles. Bounds that
nobody can meet are kept out in the wide sense too (two dates under ``pick``, five dates in a window
of three days), since a checker may refuse them. Codes are opaque keys of five characters.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

import reference as ref
from reference import Extract, Patient, Registration, Row

T = TypeVar("T")

SEARCH_DATES = [
    date(2026, 11, 1),
    date(2024, 2, 29),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2026, 5, 31),
    date(2024, 3, 31),
    date(2026, 1, 1),
    date(2025, 12, 31),
    date(2026, 11, 24),
]
WINDOWS = ["182 days", "0 days", "1 day", "30 days", "3 months", "1 month", "12 months", "2 years"]
WINDOWS += ["5 years", "1 year", "26 weeks", "90 days", "18 months"]
SHORT = ["90 days", "1 day", "2 days", "7 days", "4 weeks", "30 days", "13 weeks"]
GENERAL = ("alpha", "beta", "gamma")
VALUES = [5.0, 0.0, 1.0, 2.0, 2.5, 4.5, 5.5, 7.0, 10.0]
NOTE_VALUES = [
    28.0,
    7.0,
    1.0,
    2.0,
    2.5,
    4.0,
    10.0,
    13.0,
    14.0,
    0.0,
    0.5,
    12.0,
    52.0,
    53.0,
    366.0,
    367.0,
]
NOTE_UNITS = ["days", "days", "weeks", "months", "day", "Weeks ", "mg", None]
UNKNOWN = "9999"  # rows of somebody who is not in the extract
MEASURES = ("aches_now", "pills_now", "burns", "colds_ever", "drops", "m6")
LINES = ("has_pain", "has_medicine", "third_line", "frail", "too_ill", "sixth_line")


# ---------------------------------------------------------------- where choices come from


class Draws:
    """A source of choices; the first of a list and a low number are the simple ones."""

    def whole(self, low: int, high: int) -> int:
        raise NotImplementedError

    def one(self, choices: Sequence[T]) -> T:
        return choices[self.whole(0, len(choices) - 1)]

    def chance(self, percent: int) -> bool:
        return self.whole(0, 99) >= 100 - percent

    def some(self, choices: Sequence[T], low: int, high: int) -> list[T]:
        """Between ``low`` and ``high`` different ones, in the order drawn."""
        left: list[T] = list(choices)
        taken: list[T] = []
        wanted = self.whole(low, min(high, len(left)))
        while len(taken) < wanted:
            taken.append(left.pop(self.whole(0, len(left) - 1)))
        return taken

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        return self.some(choices, len(choices), len(choices))


class RandomDraws(Draws):
    """Choices from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def whole(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))


class HypothesisDraws(Draws):
    """Choices that Hypothesis makes and shrinks."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def whole(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


# ---------------------------------------------------------------- a scenario


@dataclass(frozen=True)
class Scenario:
    """A study with everything that a run of it takes."""

    study: dict[str, Any]
    on: date
    extract: Extract
    lists: dict[str, dict[str, set[str]]]
    categories: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    opt_outs: list[tuple[str, str]] | None = None
    opt_outs_on: date | None = None
    no_opt_out_list: str | None = None
    allow_stale: bool = False
    seed: int | None = None

    def expected(self) -> ref.Result:
        """What the reference says."""
        return ref.run(self.study, self.on, self.extract, self.lists, self.opt_outs)

    def refusal(self) -> ref.Refusal | None:
        """What the reference says a run ends with, if not with a result."""
        return ref.refusal(
            self.study,
            self.on,
            self.extract,
            self.lists,
            self.opt_outs,
            opt_outs_on=self.opt_outs_on,
            no_opt_out_list=self.no_opt_out_list,
            allow_stale=self.allow_stale,
        )

    def narrowed(self, *patient_ids: str) -> Scenario:
        """The same study on these people only, to read a failure."""
        keep = set(patient_ids)
        extract = Extract(
            [one for one in self.extract.patients if one.patient_id in keep],
            [one for one in self.extract.registrations if one.patient_id in keep],
            [one for one in self.extract.events if one.patient_id in keep],
            [one for one in self.extract.medicines if one.patient_id in keep],
            self.extract.extract_date,
        )
        return replace(self, extract=extract)


def scenario(seed: int, patients: tuple[int, int] = (20, 60)) -> Scenario:
    """The scenario of this number."""
    return replace(built(RandomDraws(seed), patients), seed=seed)


def scenarios(n: int, seed: int = 0, patients: tuple[int, int] = (20, 60)) -> Iterator[Scenario]:
    """``n`` scenarios, numbered from ``seed``."""
    for number in range(seed, seed + n):
        yield scenario(number, patients)


@st.composite
def cases(draw: Any, patients: tuple[int, int] = (1, 3)) -> Scenario:
    """A Hypothesis strategy of small scenarios."""
    return built(HypothesisDraws(draw), patients)


def built(draws: Draws, patients: tuple[int, int]) -> Scenario:
    """Lists, then a study over them, then an extract on the study's edges."""
    on = draws.one(SEARCH_DATES)
    lists, categories, kinds = made_lists(draws)
    study = made_study(draws, on, lists)
    plain = ref.substituted(study)
    extract = made_extract(draws, plain, on, lists, draws.whole(*patients))
    opt_outs, opt_outs_on = made_opt_outs(draws, on, extract)
    has_research = any("research_dissent" in codes for codes in lists["opt-outs"].values())
    no_list = None
    if opt_outs is None and (not has_research or draws.chance(15)):
        no_list = "A Partner, practice manager"
    return Scenario(study, on, extract, lists, categories, kinds, opt_outs, opt_outs_on, no_list)


# ---------------------------------------------------------------- lists

CLINICAL = ["Q0A..", "Q0a..", "Q0B..", "Q0C..", "Q0D1.", "Q0D2.", "Q0E11", "Q0F.."]
MEDICINES = ["q1a..", "q1A..", "q1b..", "q1c1.", "q1c2.", "q1d.."]
NOTES = (*ref.CERTIFIED, *ref.NOT_CERTIFIED, *ref.LENGTHS)
WORK = (*ref.STATUSES, *ref.NO_STATUSES)


def made_lists(
    draws: Draws,
) -> tuple[dict[str, dict[str, set[str]]], dict[str, tuple[str, ...]], dict[str, str]]:
    """Lists with overlapping codes, their categories and their kinds."""
    lists: dict[str, dict[str, set[str]]] = {}
    for list_id, pool in (
        ("aches", CLINICAL),
        ("burns", CLINICAL),
        ("colds", CLINICAL),
        ("pills", MEDICINES),
        ("drops", MEDICINES),
    ):
        codes = draws.some(pool, 2, 4)
        lists[list_id] = {code: set(draws.some(GENERAL, 1, 2)) for code in codes}
        for category in GENERAL:  # no category without a selector
            if not any(category in of for of in lists[list_id].values()):
                lists[list_id][draws.one(codes)].add(category)
    lists["notes"] = {f"Q1{place:X}..": {category} for place, category in enumerate(NOTES)}
    lists["notes"]["Q1Z.."] = {"may_be_fit", "not_fit"}
    lists["work"] = {f"Q2{place:X}..": {category} for place, category in enumerate(WORK)}
    lists["work"]["Q2Z.."] = {"in_work", draws.one(["other", "out_of_work"])}
    opt_outs = list(ref.OPT_OUT_CATEGORIES)
    if draws.chance(30):  # no national code for dissent from research is known
        opt_outs = opt_outs[2:]
    lists["opt-outs"] = {f"Q3{place:X}..": {kind} for place, kind in enumerate(opt_outs)}
    lists["opt-outs"]["Q3Z.."] = {"type_1_dissent", opt_outs[0]}
    categories = dict.fromkeys(lists, GENERAL) | {
        "notes": NOTES,
        "work": WORK,
        "opt-outs": ref.OPT_OUT_CATEGORIES,
    }
    kinds = {one: "medicine" if one in ("pills", "drops") else "clinical" for one in lists}
    return lists, categories, kinds


# ---------------------------------------------------------------- studies


def made_study(draws: Draws, on: date, lists: Mapping[str, Any]) -> dict[str, Any]:
    """A valid study, as YAML would give it."""
    measures: dict[str, Any] = {}
    for name in MEASURES[: draws.whole(1, len(MEASURES))]:
        measures[name] = made_measure(draws, on, list(measures))
    measures = {name: measures[name] for name in draws.shuffled(list(measures))}
    include, exclude = made_lines(draws, list(measures))
    if draws.chance(50):  # a wide study: many candidates, so that flags and opt-outs are seen
        measures["wide"] = {"events": ["aches", "burns"]}
        include = {"wide_line": {"any": ["wide", draws.one(list(measures))]}}
        exclude = made_lines(draws, list(measures))[1] if draws.chance(60) else {}
        exclude = {
            name: node for name, node in exclude.items() if ref.names_in(node) <= set(measures)
        }
    study: dict[str, Any] = {"study": "made-up", "version": "1.0.0", "title": "A made-up study"}
    study |= {"codelists": {}, "parameters": {}}
    study |= {"population": made_population(draws), "measures": measures, "include": include}
    if exclude:
        study["exclude"] = exclude
    study["opt_outs"] = {"events": "opt-outs"}
    if draws.chance(30):
        study["opt_outs"]["type_1_overridden_by"] = "A Partner, GP"
    flags = made_flags(draws)
    if flags:
        study["flags"] = flags
    if draws.chance(20):
        study["settled_elsewhere"] = {"wants_to_work": "patient at contact"}
    if "include: selects everybody" in ref.faults(study, on, lists):
        ask_for_a_record(study, on, lists)
    used = {"opt-outs"} | {
        flag.get("fit_notes", flag.get("work_status")) for flag in flags.values()
    }
    for spec in measures.values():
        used |= set(ref.as_list(spec.get("events", spec.get("medicines"))))
    study["codelists"] = {list_id: "1.0.0" for list_id in lists if list_id in used}
    study["parameters"] = with_parameters(draws, study)
    if not study["parameters"]:
        del study["parameters"]
    return study


def ask_for_a_record(study: dict[str, Any], on: date, lists: Mapping[str, Any]) -> None:
    """Adds an include line that nobody without a record passes."""
    rules, nobody = ref.Rules(study, lists, on), ref.Person(Patient(""))
    name = next((one for one in study["measures"] if not rules.measure(one, nobody).met), None)
    if name is None:
        name = next(iter(study["measures"]))
        for bound in ("at_most", "exactly"):
            study["measures"][name].pop(bound, None)
    study["include"]["on_record"] = name


def made_population(draws: Draws) -> dict[str, Any]:
    """Age, registration and confidentiality, each left out at times."""
    population: dict[str, Any] = {}
    if draws.chance(75):
        age = {"min": draws.one([18, 18, 0, 1, 40]), "max": draws.one([64, 64, 40, 80])}
        if draws.chance(25):
            del age[draws.one(["min", "max"])]
        elif draws.chance(15):
            age = {"min": 18, "max": 18}
        population["age"] = age
    if draws.chance(60):
        registered: dict[str, Any] = {}
        if draws.chance(60):
            registered["kind"] = draws.one(
                ["regular", ["regular", "temporary"], ["temporary"], ["other", "regular"]]
            )
        if draws.chance(50) or not registered:
            registered["for"] = draws.one(
                ["12 months", "6 months", "90 days", "0 days", "1 day", "1 year", "4 weeks"]
            )
        population["registered"] = registered
    if draws.chance(15):
        population["confidential"] = "include"
    return population


def made_measure(draws: Draws, on: date, earlier: list[str]) -> dict[str, Any]:
    """One measure; it may hang on an earlier one."""
    medicines = draws.chance(30)
    pool = ["pills", "drops"] if medicines else ["aches", "burns", "colds"]
    ids = draws.some(pool, 1, 2)
    spec: dict[str, Any] = {
        "medicines" if medicines else "events": ids[0] if len(ids) == 1 else ids
    }
    if draws.chance(35):
        wanted = draws.some(GENERAL, 1, 2)
        spec["category"] = wanted[0] if len(wanted) == 1 else wanted
    elif not medicines and draws.chance(5):
        spec = {"events": "notes", "category": draws.some(NOTES, 1, 4)}
    length = add_window(draws, on, spec, earlier)
    if not medicines and draws.chance(15):
        low, high = sorted([draws.one(VALUES), draws.one(VALUES)])
        spec["value"] = draws.one([{"min": low, "max": high}, {"min": low}, {"max": high}])
    if draws.chance(15):
        spec["pick"] = draws.one(["first", "last"])
    add_counting(draws, spec, length)
    return spec


def add_window(draws: Draws, on: date, spec: dict[str, Any], earlier: list[str]) -> int:
    """Adds a window or none; gives back how many days it has."""
    kind = draws.whole(0, 99)
    if kind < 30:
        return 100_000
    if kind < 62:
        spec["within"] = draws.one(WINDOWS)
        return (on - ref.step(on, spec["within"], -1)).days + 1
    if kind < 72:
        ends = draws.some(WINDOWS, 2, 2)
        if draws.chance(10):
            ends = [ends[0], ends[0]]
        new, old = sorted((ref.step(on, end, -1), end) for end in ends)[::-1]
        spec["between"] = {"from": old[1], "to": new[1]}
        return (new[0] - old[0]).days + 1
    if kind < 84 or not earlier:
        first = on - timedelta(days=draws.one([0, 1, 30, 365, 1000]))
        last = draws.one([on, first, on - timedelta(days=30), on + timedelta(days=30)])
        sides = draws.one([("after",), ("before",), ("after", "before")])
        last = max(first, last) if len(sides) == 2 else last
        spec |= {"after": first} if "after" in sides else {}
        spec |= {"before": last} if "before" in sides else {}
        return (
            (min(last if "before" in sides else on, on) - first).days + 1
            if ("after" in sides)
            else 100_000
        )
    reach = draws.one(["90 days", "0 days", "1 day", "30 days", "2 weeks", "365 days"])
    side = draws.one(["after", "before", "around"])
    anchor = f"{draws.one(earlier)}.{draws.one(['first', 'last'])}"
    spec["within"] = {"span": reach, side: anchor}
    return ref.days_of(reach) * (2 if side == "around" else 1) + 1


def add_counting(draws: Draws, spec: dict[str, Any], length: int) -> None:
    """Adds apart, in_any, spanning, counting and bounds that can be met in ``length`` days."""
    room = 1 if "pick" in spec else min(length, 4)
    shape = draws.whole(0, 99)
    if shape < 18:
        spec["apart"] = draws.one(SHORT)
        room = min(room, (length - 1) // ref.days_of(spec["apart"]) + 1)
    elif shape < 28:
        spec["in_any"] = draws.one(SHORT)
        room = min(room, ref.days_of(spec["in_any"]))
    elif shape < 38 and "pick" not in spec:
        spans = [one for one in [*SHORT, "26 weeks"] if ref.days_of(one) < length]
        if spans:
            spec["spanning"] = draws.one(spans)
    if "apart" not in spec and "in_any" not in spec and draws.chance(25):
        spec["counting"] = "rows"
        room = 4
    elif draws.chance(10):
        spec["counting"] = "dates"
    bound = draws.whole(0, 99)
    if bound < 35:
        return
    if bound < 70 or "spanning" in spec:
        spec["at_least"] = draws.whole(1, room)
    elif bound < 80:
        spec["at_most"] = draws.whole(0, 2)
    elif bound < 90:
        spec["exactly"] = draws.whole(0, min(room, 2))
    else:
        spec["at_least"] = draws.whole(1, room)
        spec["at_most"] = spec["at_least"] + draws.whole(0, 2)


def made_lines(draws: Draws, measures: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Include and exclude lines; each may name a line made before it, whichever part it is in."""
    names = list(LINES)
    if draws.chance(20):  # a name means the measure where there is one
        names[draws.whole(0, 5)] = draws.one(measures)
    included = names[: draws.whole(1, 3)]
    excluded = names[3 : 3 + draws.whole(0, 3)]
    nodes: dict[str, Any] = {}
    for name in draws.shuffled([*included, *excluded]):
        nodes[name] = made_node(draws, measures + [one for one in nodes if one not in measures], 0)
    return {name: nodes[name] for name in included}, {name: nodes[name] for name in excluded}


def made_node(draws: Draws, names: list[str], depth: int) -> Any:
    """A criterion, nested up to three deep."""
    kind = draws.whole(0, 99)
    if kind < 45 + 20 * depth:
        return draws.one(names)
    if kind < 58 + 20 * depth and depth < 2:
        return {"not": made_node(draws, names, depth + 1)}
    parts = [made_node(draws, names, depth + 1) for _ in range(draws.whole(1, 3))]
    if draws.chance(25):
        return {"at_least": {"n": draws.whole(1, len(parts)), "of": parts}}
    return {draws.one(["any", "any", "all"]): parts}


def made_flags(draws: Draws) -> dict[str, Any]:
    """Neither, one or both flags."""
    flags: dict[str, Any] = {}
    if draws.chance(60):
        flag: dict[str, Any] = {"fit_notes": "notes"}
        for key, choices in {
            "within": ["12 months", "182 days", "0 days", "90 days"],
            "gap": ["0 days", "1 day", "7 days", "2 weeks"],
            "issue_gap": ["35 days", "28 days", "91 days", "5 weeks", "0 days"],
            "private": ["count"],
            "headings": ["count"],
        }.items():
            if draws.chance(50):
                flag[key] = draws.one(choices)
        flags[draws.one(["certified_sickness", "sick"])] = flag
    if draws.chance(60):
        flag = {"work_status": "work"}
        if draws.chance(70):
            flag["fresh_for"] = draws.one(["12 months", "182 days", "0 days", "3 months"])
        flags[draws.one(["work_status", "job"])] = flag
    return flags


def with_parameters(draws: Draws, study: dict[str, Any]) -> dict[str, Any]:
    """Puts ``$name`` for some values, spans included, and gives back the parameters."""
    places: list[tuple[dict[str, Any], str]] = []

    def look(node: dict[str, Any]) -> None:
        for key, inner in node.items():
            if isinstance(inner, dict):
                look(inner)
            elif key in NAMEABLE:
                places.append((node, key))

    for part in ("population", "measures", "flags"):
        look(study.get(part, {}))
    parameters = {}
    for place, (node, key) in enumerate(draws.some(places, 0, 3)):
        parameters[f"p_{place}"] = {"value": node[key], "source": "made up"}
        node[key] = f"$p_{place}"
    return parameters


NAMEABLE = {"at_least", "at_most", "exactly", "within", "span", "from", "to", "apart", "in_any"}
NAMEABLE |= {"spanning", "min", "max", "for", "gap", "issue_gap", "fresh_for"}


# ---------------------------------------------------------------- extracts


@dataclass
class Clues:
    """The days and distances on which the study turns."""

    on: date
    days: list[date] = field(default_factory=list)
    spans: list[int] = field(default_factory=lambda: [0, 1])

    def day(self, when: date) -> None:
        self.days += [when, when - timedelta(days=1), when + timedelta(days=1)]

    def span(self, text: str) -> None:
        if ref.span(text)[1] in ("day", "week"):
            self.spans += [ref.days_of(text) + n for n in (-1, 0, 1)]


def clues_of(study: Mapping[str, Any], on: date) -> Clues:
    """Search date, window bounds and the spans of chains, each with the days beside it."""
    clues = Clues(on)
    clues.day(on)
    for spec in study["measures"].values():
        if isinstance(spec.get("within"), str):
            clues.day(ref.step(on, spec["within"], -1))
        for end in spec.get("between", {}).values():
            clues.day(ref.step(on, end, -1))
        for side in ("after", "before"):
            if side in spec:
                clues.day(spec[side])
        for key in ("apart", "in_any", "spanning"):
            if key in spec:
                clues.span(spec[key])
        if isinstance(spec.get("within"), dict):
            clues.span(spec["within"]["span"])
    for flag in study.get("flags", {}).values():
        for key in ("within", "fresh_for"):
            if key in flag:
                clues.day(ref.step(on, flag[key], -1))
        for key in ("gap", "issue_gap"):
            if key in flag:
                clues.span(flag[key])
    return clues


def made_extract(
    draws: Draws, study: Mapping[str, Any], on: date, lists: Mapping[str, Any], patients: int
) -> Extract:
    """Patients whose births, registrations, deaths and rows sit on the edges of the study."""
    extract_date = on + timedelta(days=draws.one([0, 1, -1, 14, -14, 90, -90]))
    clues = clues_of(study, on)
    people = [made_patient(draws, study, on, extract_date, n) for n in range(1, patients + 1)]
    stays: list[Registration] = []
    tables: dict[str, list[Row]] = {"events": [], "medicines": []}
    pools = row_pools(study, lists)
    for patient in people:
        stays += made_registrations(draws, study, on, patient.patient_id)
        for table, rows in made_rows(draws, patient, clues, pools, study).items():
            tables[table] += rows
    if draws.chance(20):
        stays.append(Registration(UNKNOWN, on - timedelta(days=900)))
        tables["events"].append(ref.row(UNKNOWN, on, draws.one(CLINICAL)))
    known = {patient.patient_id for patient in people}
    if not any(one.patient_id in known for one in tables["events"]):
        tables["events"].append(ref.row(people[0].patient_id, on, "Q0F..", 5.0))
    return Extract(people, stays, tables["events"], tables["medicines"], extract_date)


def made_patient(
    draws: Draws, study: Mapping[str, Any], on: date, extract_date: date, number: int
) -> Patient:
    """One person, most of them alive, real and of an age near the rule's."""
    age = study["population"].get("age", {"min": 18, "max": 64})
    birth, precision = made_birth(draws, age, on)
    death = None
    if draws.chance(12):
        death = draws.one([on, extract_date, max(on, extract_date)])
        death += timedelta(days=draws.one([1, 0, -1, 400, -400]))
    return Patient(
        f"{number:04d}",
        draws.one(["P1", "P1", "P2"]),
        draws.one("FMIU"),
        birth,
        precision,
        death,
        draws.chance(5),
        draws.chance(6),
    )


def made_birth(draws: Draws, age: Mapping[str, int], on: date) -> tuple[date | None, str | None]:
    """A first possible day of birth and how far it is known."""
    kind = draws.whole(0, 99)
    if kind < 5:
        return None, None
    low, high = age.get("min", 0), age.get("max", 90)
    if kind < 45:
        birth = on - timedelta(days=366 * low + draws.whole(1, 365 * max(high - low, 1)))
    elif kind < 55:
        leap = on.year - (low if kind < 50 else high + 1)
        birth = date(leap - leap % 4, 2, 29)
    elif kind < 57:
        birth = on + timedelta(days=draws.whole(0, 40))
    else:
        years = draws.one([low, high + 1])
        birth = ref.step(on, f"{years} years", -1) + timedelta(days=draws.one([0, 1, -1, 2]))
    precision = draws.one(["day", "day", "day", "month", "year"])
    if precision == "month":
        birth = birth.replace(day=1)
        if draws.chance(30):
            birth = (birth - timedelta(days=1)).replace(day=1)
    if precision == "year":
        birth = date(birth.year - draws.one([0, 0, 1]), 1, 1)
    return birth, precision


def made_registrations(
    draws: Draws, study: Mapping[str, Any], on: date, patient_id: str
) -> list[Registration]:
    """Mostly one open registration; otherwise touching, ended, future or of another kind."""
    rule = study["population"].get("registered", {})
    start = ref.step(on, rule.get("for", "12 months"), -1)
    long_ago = start - timedelta(days=draws.whole(1, 2000))
    kind = ref.as_list(rule.get("kind", "regular"))[0]
    near = [-1, 0, 1]
    if draws.chance(65):
        return [Registration(patient_id, long_ago, None, kind)]
    stays = []
    for _ in range(draws.whole(0, 2)):
        other = draws.one([kind, kind, "regular", "temporary", "other"])
        middle = draws.one([start, start + (on - start) / 2, on]) + timedelta(days=draws.one(near))
        match draws.whole(0, 6):
            case 0:
                ends = (long_ago, on + timedelta(days=draws.one(near)))
            case 1:
                ends = (start + timedelta(days=draws.one(near)), None)
            case 2:
                ends = (on + timedelta(days=draws.one(near)), None)
            case 3:
                ends = (None, draws.one([None, on + timedelta(days=30)]))
            case 4:
                ends = (on, on - timedelta(days=draws.one([1, 30])))
            case _:
                stays.append(Registration(patient_id, long_ago, middle, other))
                again = middle + timedelta(days=draws.one([1, 0, 2, -1, -30]))
                ends = (again, draws.one([None, None, on + timedelta(days=1), on]))
        stays.append(Registration(patient_id, *ends, draws.one([other, kind])))
    return draws.shuffled(stays)


Pools = dict[str, list[tuple[str, list[str]]]]


def row_pools(study: Mapping[str, Any], lists: Mapping[str, Any]) -> Pools:
    """Per table, the codes from which each measure of the study is fed."""
    pools: Pools = {"events": [], "medicines": []}
    for name, spec in study["measures"].items():
        table = "events" if "events" in spec else "medicines"
        codes = [
            code
            for list_id in ref.as_list(spec[table])
            for code, of in lists[list_id].items()
            if "category" not in spec or of & set(ref.as_list(spec["category"]))
        ]
        pools[table].append((name, codes or CLINICAL))
    return pools


def made_rows(
    draws: Draws, patient: Patient, clues: Clues, pools: Pools, study: Mapping[str, Any]
) -> dict[str, list[Row]]:
    """One person's rows: for some of the measures, the flags, the opt-outs, and noise."""
    taken: list[date] = []
    tables: dict[str, list[Row]] = {"events": [], "medicines": []}

    def put(table: str, code: str, value: float | None = None, unit: str | None = None) -> None:
        when: date | str = made_day(draws, patient, clues, taken)
        if isinstance(when, date):
            taken.append(when)
            if draws.chance(11):
                when = made_partial(draws, patient, clues, when)
        rows = tables[table]
        rows.append(ref.row(patient.patient_id, when, code, value, unit))
        if draws.chance(5):
            rows.append(rows[-1])

    for table, fed in pools.items():
        for name, codes in fed:
            if draws.chance(15):
                continue
            with_value = "value" in study["measures"][name]
            for _ in range(draws.whole(0, 5)):
                value = draws.one(VALUES) if with_value and draws.chance(80) else None
                put(table, draws.one(codes), value)
    if draws.chance(30):
        put("events", draws.one([*CLINICAL, *MEDICINES]), draws.one([None, 5.0]))
    if draws.chance(20):
        put("medicines", draws.one([*CLINICAL, *MEDICINES]))
    for flag in study.get("flags", {}).values():
        if draws.chance(35):
            continue
        if "fit_notes" in flag:
            tables["events"] += made_notes(draws, patient, clues, flag)
        else:
            for _ in range(draws.whole(1, 3)):
                put("events", f"Q2{draws.one([0, 2, 2, 0, 1, 3, 4, 5, 6, 7]):X}..")
            if draws.chance(8):
                put("events", "Q2Z..")
    if draws.chance(22):
        for _ in range(draws.whole(1, 3)):
            put("events", draws.one(["Q30..", "Q31..", "Q32..", "Q33..", "Q34..", "Q3Z.."]))
    return tables


def made_day(draws: Draws, patient: Patient, clues: Clues, taken: list[date]) -> date:
    """A day on an edge of the study, a telling distance from another row, or any."""
    kind = draws.whole(0, 99)
    if kind < 40:
        return draws.one(clues.days)
    if kind < 72 and taken:
        away = timedelta(days=draws.one(clues.spans))
        return draws.one(taken) + (away if draws.chance(50) else -away)
    if kind < 80 and taken:
        return taken[-1]
    if kind < 84:
        edge = draws.one([patient.birth or clues.on, patient.death or clues.on])
        return edge + timedelta(days=draws.one([0, 1, -1]))
    return clues.on - timedelta(days=draws.whole(0, 900))


def made_partial(draws: Draws, patient: Patient, clues: Clues, when: date) -> str:
    """No date, or a month or year: of the row, of the birth, or just after the search date."""
    month = timedelta(days=31)
    birth = patient.birth or clues.on
    telling = [when, when, when, clues.on + month, birth, (birth.replace(day=1) - month)]
    around = draws.one(telling)
    return draws.one([f"{around:%Y-%m}", f"{around:%Y}", ""])


def made_notes(draws: Draws, patient: Patient, clues: Clues, flag: Mapping[str, Any]) -> list[Row]:
    """Fit notes of one of three kinds, and at times one more at an edge of the issue gap."""
    kind = draws.one([loose_notes, loose_notes, telling_spell, telling_run])
    rows = kind(draws, patient.patient_id, clues, ref.days_of(flag.get("issue_gap", "35 days")))
    if draws.chance(20):
        when = clues.on - timedelta(days=draws.one([0, 35, 36, 28, -1]))
        code = draws.one(["Q10..", "Q12.."])
        rows.append(ref.row(patient.patient_id, when, code, 28.0, "days"))
    return rows


def telling_spell(draws: Draws, who: str, clues: Clues, issue_gap: int) -> list[Row]:
    """Notes with lengths: a spell of about 91 days that ends about the search date."""
    near = [0, 0, 1, -1]
    start = clues.on - timedelta(days=draws.one([91, 90, 92, 119]))
    end = clues.on + timedelta(days=1 + draws.one(near))  # the first day no longer certified
    rows = []
    while start < end:
        length = min(draws.one([28, 35, 60, 120]), (end - start).days)
        meaning = draws.one(["Q10..", "Q11..", "Q12..", "Q1Z.."])
        rows.append(ref.row(who, start, meaning, float(length), "days"))
        start += timedelta(days=max(length - draws.one([0, 0, 0, 5, -1, -2]), 1))
    return rows


def telling_run(draws: Draws, who: str, clues: Clues, issue_gap: int) -> list[Row]:
    """Notes mostly without a length: a run of about 91 days, its last about one gap ago."""
    last = clues.on - timedelta(days=max(issue_gap + draws.one([0, -1, 1, -20]), 0))
    first = last - timedelta(days=draws.one([91, 90, 92]))
    days = [last]
    step = max(min(issue_gap, 60) - draws.one([0, 0, 1, -1]), 15)
    while (days[-1] - first).days > step:
        days.append(days[-1] - timedelta(days=step))
    lengths = [(None, None), (None, None), (28.0, "days")]
    return [
        ref.row(who, when, draws.one(["Q10..", "Q11..", "Q12.."]), *draws.one(lengths))
        for when in [*days, first]
    ]


def loose_notes(draws: Draws, who: str, clues: Clues, issue_gap: int) -> list[Row]:
    """Notes in a row: renewals before, on and after the end, with good, odd and no lengths."""
    rows: list[Row] = []
    when = draws.one([*clues.days, clues.on - timedelta(days=203)])
    style = draws.one(["days", "any", "any", "none"])
    while len(rows) < 12 and when <= clues.on + timedelta(days=40):
        value, unit = draws.one(NOTE_VALUES), draws.one(NOTE_UNITS)
        if style == "days":
            value, unit = draws.one([28.0, 35.0, 14.0, 10.0]), "days"
        elif style == "none" or draws.chance(30):
            value, unit = None, None
        text: date | str = when
        if draws.chance(3):
            text = draws.one([f"{when:%Y-%m}", ""])
        code = draws.one(["Q10..", "Q11..", "Q12..", "Q13..", "Q14..", "Q15..", "Q17..", "Q18.."])
        if draws.chance(60):
            code = draws.one(["Q10..", "Q11..", "Q12..", "Q1Z.."])
        rows.append(ref.row(who, text, code, value, unit))
        if style == "any" and draws.chance(40):
            length = draws.one(["Q1A..", "Q1B..", "Q1C.."])
            rows.append(ref.row(who, when, length, draws.one(NOTE_VALUES)))
        if draws.chance(15):
            rows.append(ref.row(who, when, draws.one(["Q10..", "Q11..", "Q12.."]), value, unit))
        reach = int(value) if value and style == "days" else draws.one([28, 35, 36, issue_gap])
        when += timedelta(days=max(reach + draws.one([0, 0, -1, 1, 2, 7, 8, -9]), 0))
        if draws.chance(12):
            break
    return rows


def made_opt_outs(
    draws: Draws, on: date, extract: Extract
) -> tuple[list[tuple[str, str]] | None, date | None]:
    """The practice's own list, or none; an id may stand twice or be unknown; no rows is a list."""
    if draws.chance(45):
        return None, None
    ids = [patient.patient_id for patient in extract.patients] + [UNKNOWN]
    kinds = ["research", "type_1", "national", "national"]
    entries = [(draws.one(ids), draws.one(kinds)) for _ in range(draws.whole(0, 6))]
    return entries, on - timedelta(days=draws.one([0, 1, 30, -1]))


# ---------------------------------------------------------------- refusals


def refused(given: Scenario) -> list[Scenario]:
    """The scenario broken in one way each; ``refusal()`` of each says what it must end with.

    The last three stand on the right side of an edge, or are allowed, and must run.
    """
    study, on = given.study, given.on
    bare = {key: part for key, part in study.items() if key != "opt_outs"}
    measure = next(iter(study["measures"]))
    everybody = {"any": [measure, {"not": measure}]}
    codes = {code: of - {"research_dissent"} for code, of in given.lists["opt-outs"].items()}
    unlisted = {
        **given.lists,
        "opt-outs": {code: of for code, of in codes.items() if of},
    }

    def with_study(**parts: Any) -> Scenario:
        return replace(given, study={**study, **parts})

    def with_list(entries: list[tuple[str, str]], days: int | None, **more: Any) -> Scenario:
        drawn_up = None if days is None else on - timedelta(days=days)
        more = {"no_opt_out_list": None} | more
        return replace(given, opt_outs=entries, opt_outs_on=drawn_up, **more)

    def with_age_of_extract(days: int, **more: Any) -> Scenario:
        dated = replace(given.extract, extract_date=on - timedelta(days=days))
        return replace(given, extract=dated, **more)

    return [
        with_list([], None),
        with_list([], 0, no_opt_out_list="A Partner, practice manager"),
        with_list([("0001", "other")], 0),
        with_study(population={**study["population"], "age": {"min": 65, "max": 18}}),
        with_study(include=dict.fromkeys(study["include"], everybody)),
        with_study(include={**study["include"], "loop_a": "loop_b", "loop_b": {"not": "loop_a"}}),
        with_study(include={**study["include"], "research_dissent": measure}),
        replace(given, study=bare),
        replace(given, extract=replace(given.extract, events=[])),
        replace(given, lists=unlisted, opt_outs=None, opt_outs_on=None, no_opt_out_list=None),
        with_list([], 31),
        with_age_of_extract(91),
        with_list([], 30),
        with_list([], 31, allow_stale=True),
        with_age_of_extract(91, allow_stale=True),
    ]
