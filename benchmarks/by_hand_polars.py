"""The study `instep` as an analyst writes it by hand: Polars on plain Parquet, ids only.

    python by_hand_polars.py PLAIN OUT

PLAIN is what plain.py made; OUT/ids.csv gets the candidates.
"""

import sys
from datetime import date
from pathlib import Path

import polars as pl

ON = date(2026, 11, 1)
PAINFUL = ("musculoskeletal", "neuropathic", "inflammatory")
MEDICINES = ("opioids", "gabapentinoids")
PARTIAL = r"^[1-9]\d{3}(-(0[1-9]|1[0-2]))?$"


def first_day(text):
    """The first day of a date that may be known to the month or year only."""
    padded = pl.concat_str(text, pl.lit("-01-01")).str.slice(0, 10)
    return padded.str.to_date("%Y-%m-%d", strict=False)


def after(day, known):
    """The first day after the day, month or year that begins on a day."""
    return (
        pl.when(known == "year")
        .then(day.dt.offset_by("1y"))
        .when(known == "month")
        .then(day.dt.offset_by("1mo"))
        .otherwise(day.dt.offset_by("1d"))
    )


def people(plain):
    """The population: patient_id, born_first, death_date."""
    length = pl.col("birth_date").str.len_bytes()
    written = pl.when(length == 4).then(pl.lit("year")).when(length == 7).then(pl.lit("month"))
    known = pl.coalesce("birth_precision", written.otherwise(pl.lit("day")))
    start = (
        pl.when(pl.col("known") == "year")
        .then(first_day(pl.col("birth_date")).dt.truncate("1y"))
        .when(pl.col("known") == "month")
        .then(first_day(pl.col("birth_date")).dt.truncate("1mo"))
        .otherwise(first_day(pl.col("birth_date")))
    )
    end = pl.col("registration_end")
    return (
        pl.scan_parquet(plain / "patients.parquet")
        .with_columns(known.alias("known"))
        .with_columns(start.alias("born_first"))
        .filter(
            pl.col("death_date").is_null(),
            pl.col("registration_kind") == "regular",
            pl.col("registration_start") <= ON,
            end.is_null() | (end > ON),
            pl.col("born_first") <= date(2008, 11, 1),
            after(pl.col("born_first"), pl.col("known")) > date(1961, 11, 2),
            ~pl.col("is_test"),
            ~pl.col("is_confidential"),
        )
        .select("patient_id", "born_first", "death_date")
    )


def rows(plain, table, codes, population):
    """The coded rows of the population, and what their dates allow."""
    is_partial = pl.col("date_text").str.contains(PARTIAL)
    begins = pl.when(is_partial).then(first_day(pl.col("date_text")))
    length = pl.col("date_text").str.len_bytes()
    known = pl.when(length == 4).then(pl.lit("year")).otherwise(pl.lit("month"))
    return (
        pl.scan_parquet(plain / f"{table}.parquet")
        .select("patient_id", "date", "date_text", "system", "code")
        .join(codes, on=["system", "code"])
        .join(population, on="patient_id")
        .with_columns(
            pl.coalesce("date", begins).alias("begins"),
            pl.coalesce("date", after(begins, known).dt.offset_by("-1d")).alias("ends"),
        )
        .with_columns(
            (pl.col("ends") >= pl.col("born_first")).fill_null(value=True).alias("born"),
            (pl.col("begins") <= pl.col("death_date")).fill_null(value=True).alias("living"),
            (pl.col("begins") > ON).fill_null(value=False).alias("future"),
        )
        .select("patient_id", "date", "codelist", "category", "born", "living", "future")
    )


def stands(pair):
    """Whether the latest of a dissent and its withdrawal is the dissent; an undated one stands."""
    date_of, category = pl.col("date"), pl.col("category")
    dissent = category == f"{pair}_dissent"
    withdrawn = (category == f"{pair}_withdrawn") & pl.col("used")
    revoked = date_of.filter(withdrawn).max() > date_of.filter(dissent).max()
    undated = (dissent & date_of.is_null()).any()
    return dissent.any() & (undated | ~revoked.fill_null(value=False))


def facts(used):
    """One row per patient with any coded row."""
    day, listed = pl.col("date"), pl.col("codelist")
    usable = pl.col("used")
    pain = usable & (listed == "chronic-pain")
    explicit = pain & (pl.col("category") == "explicit") & (day >= date(2021, 11, 1))
    painful = pain & pl.col("category").is_in(PAINFUL) & (day >= date(2024, 11, 1))
    recent = usable & (day >= date(2026, 5, 3))
    distance = day.filter(painful).max() - day.filter(painful).min()
    return used.group_by("patient_id").agg(
        explicit.any().alias("explicit_pain"),
        (distance >= pl.duration(days=90)).fill_null(value=False).alias("painful_condition"),
        *(
            (day.filter(recent & (listed == name)).n_unique() >= 3).alias(name)
            for name in MEDICINES
        ),
        (usable & (listed == "epilepsy")).any().alias("epilepsy"),
        (usable & (listed == "palliative-care")).any().alias("palliative"),
        stands("research").alias("research"),
        stands("type_1").alias("type_1"),
    )


def main() -> None:
    plain, out = map(Path, sys.argv[1:])
    codes = pl.scan_parquet(plain / "codes.parquet").filter(
        ~pl.col("codelist").is_in(["fit-notes", "employment-status"])
    )
    population = people(plain)
    of_medicines = pl.col("codelist").is_in(MEDICINES)
    used = pl.concat(
        [
            rows(plain, "events", codes.filter(~of_medicines), population),
            rows(plain, "medicines", codes.filter(of_medicines), population),
        ]
    ).with_columns((pl.col("born") & pl.col("living") & ~pl.col("future")).alias("used"))
    listed = pl.scan_csv(plain / "opt-outs.csv", infer_schema=False).filter(
        pl.col("kind").is_in(["research", "type_1"])
    )
    found = (
        facts(used)
        .filter(
            pl.col("explicit_pain") | pl.col("painful_condition"),
            pl.col("opioids") | (pl.col("gabapentinoids") & ~pl.col("epilepsy")),
            ~pl.col("palliative"),
            ~pl.col("research"),
            ~pl.col("type_1"),
        )
        .join(listed, on="patient_id", how="anti")
        .select("patient_id")
        .sort("patient_id")
    )
    found.collect().write_csv(out / "ids.csv")


if __name__ == "__main__":
    main()
