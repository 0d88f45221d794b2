"""The JSON Schema of a study file, by which an editor completes and checks it while it is written.

It is made from the model, so that no key can be forgotten; what `study check` asks beyond single
keys and values (names that are there, bounds that can be met) no schema can say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from instep_cohort.study.model import Study
from instep_cohort.study.references import NAME, REFERENCE_PATTERN
from instep_cohort.study.values import CODELIST_ID

_Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE = f"^{REFERENCE_PATTERN}$"
_CITED = re.compile(r" \(RULES\.md §\d+\)")

# what each key means, by the mapping that it stands in
MEANINGS: Mapping[str, Mapping[str, str]] = {
    "Study": {
        "study": "The study's name.",
        "version": "The version of this definition, such as 1.0.0.",
        "title": "The study in a few words.",
        "protocol": "Registry numbers, papers, what could not be verified; free text for people.",
        "codelists": "Every list that a rule names, pinned to one released version.",
        "parameters": "Thresholds: a value, and where it comes from; $NAME stands for the value.",
        "population": "Who is looked at.",
        "measures": "Named facts, one per patient each.",
        "include": "Criteria that a candidate meets, in order: each is a row of the attrition.",
        "exclude": "Criteria that a candidate does not meet, in order.",
        "opt_outs": "The opt-out lists; without them identify refuses.",
        "flags": "Columns for each candidate that decide nothing.",
        "settled_elsewhere": "Criteria that no record can settle, and who settles each.",
    },
    "Parameter": {
        "value": "A number, a span, a date, text, or a list of them.",
        "source": "Where the value comes from, or: project choice, no published criterion found.",
    },
    "Population": {
        "age": "Completed years on the search date.",
        "registered": "Which registrations count; left out it means regular ones.",
        "confidential": "include: keep records that are marked confidential.",
    },
    "AgeRange": {"min": "The youngest age, included.", "max": "The oldest age, included."},
    "Registered": {
        "kind": "One kind of registration, or several taken together.",
        "for": "Registered without a break for so long, such as 12 months.",
    },
    "Measure": {
        "events": "A codelist, or several taken together, met with clinical events.",
        "medicines": "A codelist, or several taken together, met with medicine issues.",
        "category": "Only codes of these categories of the list.",
        "within": "So long up to the search date, both ends included; or hung on another measure.",
        "between": "From an older to a newer bound, both counted back from the search date.",
        "after": "On or after this day.",
        "before": "On or before this day.",
        "value": "Only events whose numeric value is in this range, bounds included.",
        "pick": "Only the rows of the first or the last date that is left.",
        "counting": "dates: two rows on one day are one; rows: each row counts.",
        "at_least": "Met by so many or more; 1 where no bound is given.",
        "at_most": "Met by so many or fewer, none included.",
        "exactly": "Met by just so many; 0 for no row at all.",
        "apart": "Count the longest chain of dates, each so much later than the one before.",
        "in_any": "Count the most dates in any stretch of so many days in a row.",
        "spanning": "Also asks for so much time from the first to the last date.",
    },
    "ValueRange": {"min": "The least value, included.", "max": "The largest value, included."},
    "Between": {"from": "The older bound, such as 24 months.", "to": "The newer bound."},
    "Anchored": {
        "span": "How long, in days or weeks.",
        "after": "MEASURE.first or MEASURE.last: the window begins there.",
        "before": "MEASURE.first or MEASURE.last: the window ends there.",
        "around": "MEASURE.first or MEASURE.last: the window reaches to both sides.",
    },
    "AnyOf": {"any": "At least one of these holds."},
    "AllOf": {"all": "Every one of these holds."},
    "NotOf": {"not": "This does not hold."},
    "AtLeastOf": {"at_least": "At least n of these hold: {n: 2, of: [a, b, c]}."},
    "Choice": {"n": "How many.", "of": "Of which criteria."},
    "OptOuts": {
        "events": "The opt-out list, or several taken together.",
        "type_1_overridden_by": '"name, role" of whoever answers for writing despite type 1.',
    },
    "FitNotes": {
        "fit_notes": "The codelist of fit notes.",
        "within": "Notes issued so long up to the search date; left out: ever.",
        "gap": "The largest hole between two notes of one spell, in days or weeks.",
        "issue_gap": "The most days between the issue dates of one run, in days or weeks.",
        "private": "count: private certificates count too.",
        "headings": "count: headings count too.",
    },
    "WorkStatus": {
        "work_status": "The codelist of work status.",
        "fresh_for": "How old a status may be and still decide the tier.",
    },
}

# what may not stand together, and of what one has to be there
_ALONE: Mapping[str, Sequence[tuple[str, str]]] = {
    "Measure": [
        *(("exactly", "at_least"), ("exactly", "at_most")),
        *(("apart", "in_any"), ("apart", "spanning"), ("in_any", "spanning")),
        *(("spanning", "at_most"), ("spanning", "exactly"), ("medicines", "value")),
        *((w, other) for w in ("within", "between") for other in ("after", "before")),
        ("within", "between"),
    ],
}
_ONE_OF: Mapping[str, Sequence[str]] = {
    "Measure": ("events", "medicines"),
    "Anchored": ("after", "before", "around"),
}
_ANY_OF: Mapping[str, Sequence[str]] = {"AgeRange": ("min", "max"), "ValueRange": ("min", "max")}

_IN_DAYS = {
    "Measure": ("apart", "in_any", "spanning"),
    "Anchored": ("span",),
    "FitNotes": ("gap", "issue_gap"),
}

_NAMED_SECTIONS = ("parameters", "measures", "include", "exclude", "flags")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a study file, as plain values.

    Example:
        >>> sorted(json_schema()["required"])
        ['include', 'study', 'version']
    """
    schema = Study.model_json_schema(by_alias=True)
    parts = schema.pop("$defs")
    root = _part("Study", schema)
    for section in _NAMED_SECTIONS:
        root["properties"][section]["propertyNames"] = {"pattern": f"^{NAME}$"}
    root["properties"]["codelists"]["propertyNames"] = {"pattern": f"^{CODELIST_ID}$"}
    # without a line of include a study would select everybody
    root["required"] = [*root["required"], "include"]
    root["properties"]["include"]["minProperties"] = 1
    defs = {name: _part(name, part) for name, part in parts.items()}
    _narrow(defs)
    return {"$schema": _DIALECT, "title": "A study of instep-cohort", **root, "$defs": defs}


def _part(name: str, part: _Schema) -> _Schema:
    """One mapping of a study file."""
    clean: _Schema = _plain({key: value for key, value in part.items() if key != "title"})
    clean["description"] = _CITED.sub("", part["description"].split("\n\n")[0])
    for key, body in clean["properties"].items():
        clean["properties"][key] = {"description": MEANINGS[name][key], **body}
    rules: list[_Schema] = [{"not": {"required": list(pair)}} for pair in _ALONE.get(name, ())]
    if name in _ONE_OF:
        rules.append({"oneOf": [{"required": [key]} for key in _ONE_OF[name]]})
    if name in _ANY_OF:
        rules.append({"anyOf": [{"required": [key]} for key in _ANY_OF[name]]})
    return {**clean, "allOf": rules} if rules else clean


def _plain(value: Any) -> Any:
    """The schema without what only Python needs: titles, nothing as a value or a default."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {
        key: _plain(part)
        for key, part in value.items()
        if not (key == "title" and isinstance(part, str)) and (key, part) != ("default", None)
    }
    if out.get("type") == "array":
        out.setdefault("minItems", 1)
    choice = out.get("anyOf")
    if choice:
        choice = [one for one in choice if one != {"type": "null"}]
        rest = {key: part for key, part in out.items() if key != "anyOf"}
        out = {**rest, **choice[0]} if len(choice) == 1 else {**rest, "anyOf": choice}
    if out.get("format") == "date":
        out["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    return out


def _narrow(defs: dict[str, _Schema]) -> None:
    """What the checks refuse and the types let pass."""
    anchor = {"type": "string", "pattern": rf"^{NAME}\.(first|last)$"}
    reference = {"type": "string", "pattern": _REFERENCE}
    for key in _ONE_OF["Anchored"]:
        text = defs["Anchored"]["properties"][key]["description"]
        defs["Anchored"]["properties"][key] = {"description": text, "anyOf": [anchor, reference]}
    for name, keys in _IN_DAYS.items():
        for key in keys:
            span = defs[name]["properties"][key]["anyOf"][0]
            span["pattern"] = span["pattern"].replace("day|week|month|year", "day|week")
    for kind in defs["Measure"]["properties"]["at_least"]["anyOf"]:
        if kind.get("type") == "integer":
            kind["minimum"] = 1
    # no parameter may stand there
    events = defs["OptOuts"]["properties"]["events"]
    events["anyOf"] = [kind for kind in events["anyOf"] if kind.get("pattern") != _REFERENCE]
