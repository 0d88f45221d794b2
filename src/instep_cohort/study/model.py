"""The study language as models (RULES.md §1): what a study file holds, before any search date.

Every key of the language is a field; YAML and Python build the same thing. Keys that are words of
Python (`from`, `for`, `not`) are given in mappings: `between={"from": "2 years", "to": "1 year"}`,
`{"not": "epilepsy"}`. A key that is not of the language, or a value of another kind, is refused by
pydantic; whether the whole can be meant is asked by `checking`, when a study is loaded, bound or
compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PrivateAttr, Tag

from instep_cohort.study.origin import Origin
from instep_cohort.study.values import (
    Categories,
    CodelistId,
    CodelistIds,
    Count,
    Counting,
    DayText,
    Edge,
    Include,
    Kinds,
    Measurement,
    Name,
    ParameterValue,
    Place,
    SpanText,
    Text,
    Version,
    Whole,
)


class Part(BaseModel):
    """Any mapping of a study file: unknown keys are refused, and nothing changes afterwards."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, serialize_by_alias=True
    )


class AnyOf(Part):
    """At least one of the criteria holds."""

    TAG: ClassVar[str] = "<any>"
    any: tuple[Criterion, ...]


class AllOf(Part):
    """Every one of the criteria holds."""

    TAG: ClassVar[str] = "<all>"
    all: tuple[Criterion, ...]


class NotOf(Part):
    """The criterion does not hold."""

    TAG: ClassVar[str] = "<not>"
    not_: Criterion = Field(alias="not")


class Choice(Part):
    """How many of which criteria."""

    n: Place
    of: tuple[Criterion, ...]


class AtLeastOf(Part):
    """At least n of the criteria hold."""

    TAG: ClassVar[str] = "<at_least>"
    at_least: Choice


COMBINING = ("any", "all", "not", "at_least")


def _criterion_tag(value: object) -> str | None:
    if isinstance(value, Mapping):
        return next((f"<{key}>" for key in COMBINING if key in value), None)
    return value.TAG if isinstance(value, AnyOf | AllOf | NotOf | AtLeastOf) else "<name>"


Criterion = Annotated[
    Union[  # noqa: UP007 - the names are not classes yet
        Annotated[Name, Tag("<name>")],
        Annotated["AnyOf", Tag(AnyOf.TAG)],
        Annotated["AllOf", Tag(AllOf.TAG)],
        Annotated["NotOf", Tag(NotOf.TAG)],
        Annotated["AtLeastOf", Tag(AtLeastOf.TAG)],
    ],
    Discriminator(_criterion_tag),
]


class Between(Part):
    """A window that counts back from the search date, from the older to the newer bound."""

    from_: SpanText = Field(alias="from")
    to: SpanText


class Anchored(Part):
    """A window of ``span`` after, before or around another measure's ``first`` or ``last``."""

    TAG: ClassVar[str] = "<anchored>"
    span: SpanText
    after: Text | None = None
    before: Text | None = None
    around: Text | None = None


def _window_tag(value: object) -> str:
    return Anchored.TAG if isinstance(value, Mapping | Anchored) else "<span>"


Window = Annotated[
    Annotated[SpanText, Tag("<span>")] | Annotated[Anchored, Tag(Anchored.TAG)],
    Discriminator(_window_tag),
]


class ValueRange(Part):
    """The numeric values that count, both bounds included."""

    min: Measurement | None = None
    max: Measurement | None = None


class Measure(Part):
    """One named fact per patient (RULES.md §4)."""

    events: CodelistIds | None = None
    medicines: CodelistIds | None = None
    category: Categories | None = None
    within: Window | None = None
    between: Between | None = None
    after: DayText | None = None
    before: DayText | None = None
    value: ValueRange | None = None
    pick: Edge | None = None
    counting: Counting = "dates"
    at_least: Whole | None = None
    at_most: Whole | None = None
    exactly: Whole | None = None
    apart: SpanText | None = None
    in_any: SpanText | None = None
    spanning: SpanText | None = None


class AgeRange(Part):
    """Completed years on the search date, both ends included."""

    min: Whole | None = None
    max: Whole | None = None


class Registered(Part):
    """The kinds of registration that count, and for how long there must have been one."""

    kind: Kinds = ("regular",)
    for_: SpanText | None = Field(default=None, alias="for")


class Population(Part):
    """Who is looked at (RULES.md §3)."""

    age: AgeRange | None = None
    registered: Registered = Field(default_factory=Registered)
    confidential: Include | None = None


class OptOuts(Part):
    """The opt-out lists, and who answers for overriding type 1 dissents (RULES.md §8)."""

    events: CodelistIds
    type_1_overridden_by: Text | None = None


class FitNotes(Part):
    """The certified sickness flag (RULES.md §7)."""

    TAG: ClassVar[str] = "<fit_notes>"
    fit_notes: CodelistId
    within: SpanText | None = None
    gap: SpanText = "0 days"
    issue_gap: SpanText = "35 days"
    private: Count | None = None
    headings: Count | None = None


class WorkStatus(Part):
    """The work status flag (RULES.md §7)."""

    TAG: ClassVar[str] = "<work_status>"
    work_status: CodelistId
    fresh_for: SpanText = "12 months"


FLAGS = ("fit_notes", "work_status")


def _flag_tag(value: object) -> str | None:
    if isinstance(value, FitNotes | WorkStatus):
        return value.TAG
    keys = value if isinstance(value, Mapping) else ()
    return next((f"<{key}>" for key in FLAGS if key in keys), None)


Flag = Annotated[
    Annotated[FitNotes, Tag(FitNotes.TAG)] | Annotated[WorkStatus, Tag(WorkStatus.TAG)],
    Discriminator(_flag_tag),
]


class Parameter(Part):
    """A threshold: its value, and where the value comes from."""

    value: ParameterValue
    source: Text


class Study(Part):
    """A study: whom to look at, what to measure, whom to take, whom to leave out.

    A study is only as good as its checks: `load_study`, `bind` and `compile_study` make them.
    """

    study: Text
    version: Version
    title: Text | None = None
    protocol: dict[str, Any] = Field(default_factory=dict)
    codelists: dict[str, Version] = Field(default_factory=dict)
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    population: Population = Field(default_factory=Population)
    measures: dict[str, Measure] = Field(default_factory=dict)
    include: dict[str, Criterion] = Field(default_factory=dict)
    exclude: dict[str, Criterion] = Field(default_factory=dict)
    opt_outs: OptOuts | None = None
    flags: dict[str, Flag] = Field(default_factory=dict)
    settled_elsewhere: dict[str, Text] = Field(default_factory=dict)

    _origin: Origin = PrivateAttr(default_factory=Origin)
    _bound: bool = PrivateAttr(default=False)

    @property
    def text(self) -> str:
        """The study as a file: as it was written, or as YAML where it was built in Python."""
        if self._origin.text:
            return self._origin.text
        import yaml

        return str(yaml.safe_dump(self.data(), sort_keys=False, allow_unicode=True))

    def data(self) -> dict[str, Any]:
        """The study as plain mappings, lists and values, with the keys of a study file."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def __repr__(self) -> str:
        """A small table of what the study says."""
        from instep_cohort.study.showing import as_text

        return as_text(self)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        from instep_cohort.study.showing import as_html

        return as_html(self)


STUDY_KEYS = tuple(Study.model_fields)
