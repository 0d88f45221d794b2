"""Small studies for the tests of the study room, made from sections."""

from __future__ import annotations

from instep_cohort.errors import DefinitionError
from instep_cohort.study import Study, parse_study

GOOD = {
    "study": "small",
    "version": "1.0.0",
    "codelists": "{pain: 1.0.0, opioids: 1.0.0, notes: 1.0.0, work: 1.0.0, out: 1.0.0}",
    "parameters": "{n: {value: 3, source: a paper}, w: {value: 182 days, source: a paper}}",
    "measures": "{a: {events: pain}, b: {medicines: opioids, within: $w, at_least: $n}}",
    "include": "{pain: {any: [a, b]}}",
    "exclude": "{no_opioid: {not: b}}",
    "opt_outs": "{events: out}",
}


def text_of(**sections: str | None) -> str:
    """The good study with some sections replaced, added, or (None) left out."""
    parts = {**GOOD, **sections}
    return "".join(f"{key}: {value}\n" for key, value in parts.items() if value is not None)


def study_of(**sections: str | None) -> Study:
    return parse_study(text_of(**sections), "small.yaml")


def faults_of(**sections: str | None) -> list[str]:
    """Each fault of the study as text, without file and line."""
    return faults_in(text_of(**sections))


def faults_in(text: str) -> list[str]:
    try:
        parse_study(text, "small.yaml")
    except DefinitionError as error:
        return [
            f"{fault.where}: {fault.found}" + (f" ({fault.repair})" if fault.repair else "")
            for fault in error.faults
        ]
    return []
