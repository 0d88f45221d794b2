"""Who is looked at: the population rules as true or false per patient (RULES.md §3)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import pyarrow as pa

from instep_cohort.engine.ages import last_birth, start_of
from instep_cohort.engine.frames import Engine
from instep_cohort.extracts import Store
from instep_cohort.study.plan import Plan, PopulationPlan
from instep_cohort.study.spans import day_number

if TYPE_CHECKING:
    from instep_cohort.engine.frames import Frame


def population(engine: Engine, store: Store, plan: Plan, extract_day: int) -> pa.Table:
    """Every patient of the extract, and whether they pass each step that looks at who they are.

    Columns: patient_key (the order of the rows), patient_id, practice_id, sex, birth_day,
    birth_precision; alive, registered, age, test, confidential: true for whoever passes.

    Args:
        engine: where it runs.
        store: the extract.
        plan: the study.
        extract_day: the day of the extract.
    """
    registered = registered_patients(engine, store, plan.population, plan.search_day)
    registered = registered.with_columns(nw.lit(value=True).alias("registered"))
    patients = engine.open(store.table_path("patients"))
    found = patients.join(registered, on="patient_key", how="left").select(
        *("patient_key", "patient_id", "practice_id", "sex", "birth_day", "birth_precision"),
        is_alive(plan.search_day, extract_day).alias("alive"),
        nw.col("registered").fill_null(value=False),
        in_age(plan.population, plan.on).alias("age"),
        (~nw.col("is_test")).alias("test"),
        (~nw.col("is_confidential")).alias("confidential"),
    )
    return engine.take(found).sort_by("patient_key")


def in_age(population: PopulationPlan, on: date) -> nw.Expr:
    """Whether any day on which the patient may have been born gives an age in range."""
    latest = last_birth(population.age_min or 0, on)
    youngest_out = None if population.age_max is None else last_birth(population.age_max + 1, on)
    young_enough = nw.lit(value=True)
    if youngest_out is not None:
        young_enough = nw.lit(value=False)
        for precision in ("day", "month", "year"):
            # the last possible day of birth is after the day ⇔ the period begins at or after
            # the beginning of its next day's period
            bound = day_number(start_of(_next(youngest_out), precision))
            known = nw.col("birth_precision") == precision
            young_enough = young_enough | (known & (nw.col("birth_day") >= bound))
    fits = (nw.col("birth_day") <= day_number(latest)) & young_enough
    return nw.when(nw.col("birth_day").is_null()).then(nw.lit(value=False)).otherwise(fits)


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def is_alive(search_day: int, extract_day: int) -> nw.Expr:
    """Whether the patient lives past the search date and past the extract date."""
    death = nw.col("death_day")
    return death.is_null() | (death > max(search_day, extract_day))


def registered_patients(
    engine: Engine, store: Store, population: PopulationPlan, search_day: int
) -> Frame:
    """The distinct patient_key of those who are registered as the study asks."""
    practices = engine.open(store.table_path("patients")).select(
        "patient_key", nw.col("practice_id").alias("own_practice")
    )
    end = nw.col("end_day")
    spans = (
        engine.open(store.table_path("registrations"))
        .join(practices, on="patient_key")
        .filter(
            nw.col("kind").is_in(sorted(population.kinds)),
            nw.col("practice_id") == nw.col("own_practice"),
            nw.col("start_day") <= search_day,
            end.is_null() | (end >= nw.col("start_day")),
        )
        .select("patient_key", "start_day", "end_day")
    )
    current = spans.filter(end.is_null() | (end > search_day)).select("patient_key").unique()
    if population.unbroken_from is None:
        return current
    spans = engine.keep(spans)
    first = population.unbroken_from
    begun = spans.filter((nw.col("start_day") <= first) & (end.is_null() | (end >= first)))
    return current.join(begun.select("patient_key").unique(), on="patient_key", how="semi").join(
        _broken(engine, spans, first, search_day), on="patient_key", how="anti"
    )


def _broken(engine: Engine, spans: Frame, first: int, search_day: int) -> Frame:
    """Those with a span that ends in the window and is not carried on by another."""
    end = nw.col("end_day")
    ends = engine.keep(
        spans.filter((end >= first) & (end <= search_day))
        .select("patient_key", end.alias("ended"))
        .unique()
    )
    carried = (
        ends.join(spans, on="patient_key")
        .filter(nw.col("start_day") <= nw.col("ended") + 1, end.is_null() | (end > nw.col("ended")))
        .select("patient_key", "ended")
        .unique()
    )
    lost = ends.join(carried, on=["patient_key", "ended"], how="anti")
    return lost.select("patient_key").unique()
