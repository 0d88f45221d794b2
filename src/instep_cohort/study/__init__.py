"""Studies: the language of RULES.md as models, loaded, checked and compiled for a search date."""

from instep_cohort.study.compiling import compile_study
from instep_cohort.study.describing import describe_line, describe_measure, describe_step
from instep_cohort.study.loading import load_study, parse_study
from instep_cohort.study.model import (
    AgeRange,
    AllOf,
    Anchored,
    AnyOf,
    AtLeastOf,
    Between,
    Choice,
    FitNotes,
    Measure,
    NotOf,
    OptOuts,
    Parameter,
    Population,
    Registered,
    Study,
    ValueRange,
    WorkStatus,
)
from instep_cohort.study.notices import plan_warnings, study_warnings
from instep_cohort.study.parameters import bind
from instep_cohort.study.plan import Plan
from instep_cohort.study.spans import Span, date_of, day_number
from instep_cohort.study.steps import Step, steps_of

__all__ = [
    "AgeRange",
    "AllOf",
    "Anchored",
    "AnyOf",
    "AtLeastOf",
    "Between",
    "Choice",
    "FitNotes",
    "Measure",
    "NotOf",
    "OptOuts",
    "Parameter",
    "Plan",
    "Population",
    "Registered",
    "Span",
    "Step",
    "Study",
    "ValueRange",
    "WorkStatus",
    "bind",
    "compile_study",
    "date_of",
    "day_number",
    "describe_line",
    "describe_measure",
    "describe_step",
    "load_study",
    "parse_study",
    "plan_warnings",
    "steps_of",
    "study_warnings",
]
