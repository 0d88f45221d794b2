"""The study `instep` as an analyst writes it by hand: a pandas script on plain Parquet, ids only.

    python by_hand_pandas.py PLAIN OUT

PLAIN is what plain.py made; OUT/ids.csv gets the candidates.
"""

import sys
from pathlib import Path

import pandas as pd

ON = pd.Timestamp("2026-11-01")
PAINFUL = ("musculoskeletal", "neuropathic", "inflammatory")
MEDICINES = ("opioids", "gabapentinoids")
PARTIAL = r"[1-9]\d{3}(?:-(?:0[1-9]|1[0-2]))?"


def range_of(text, known):
    """The first day that a date allows, and the first day after it."""
    first = pd.to_datetime((text + "-01-01").str[:10], format="%Y-%m-%d", errors="coerce")
    month, year = known == "month", known == "year"
    first = first.mask(month, first.dt.to_period("M").dt.start_time)
    first = first.mask(year, first.dt.to_period("Y").dt.start_time)
    after = first + pd.Timedelta(days=1)
    after = after.mask(month, first + pd.DateOffset(months=1))
    return first, after.mask(year, first + pd.DateOffset(years=1))


def people(plain):
    """The population: patient_id, born_first, death_date."""
    patients = pd.read_parquet(plain / "patients.parquet")
    dates = ["death_date", "registration_start", "registration_end"]
    patients[dates] = patients[dates].apply(pd.to_datetime)
    length = patients["birth_date"].str.len()
    known = patients["birth_precision"].fillna(length.map({4: "year", 7: "month", 10: "day"}))
    patients["born_first"], after = range_of(patients["birth_date"], known)
    end = patients["registration_end"]
    kept = (
        patients["death_date"].isna()
        & (patients["registration_kind"] == "regular")
        & (patients["registration_start"] <= ON)
        & (end.isna() | (end > ON))
        & (patients["born_first"] <= ON - pd.DateOffset(years=18))
        & (after - pd.Timedelta(days=1) > ON - pd.DateOffset(years=65))
        & ~patients["is_test"]
        & ~patients["is_confidential"]
    )
    return patients.loc[kept, ["patient_id", "born_first", "death_date"]]


def coded_rows(plain, table, codes, population):
    """The rows of the population that have one of the codes, and what their dates allow."""
    columns = ["patient_id", "date", "date_text", "system", "code"]
    rows = pd.read_parquet(plain / f"{table}.parquet", columns=columns)
    rows = rows.merge(codes, on=["system", "code"]).merge(population, on="patient_id")
    rows["date"] = pd.to_datetime(rows["date"])
    partial = rows["date_text"].where(rows["date_text"].str.fullmatch(PARTIAL))
    first, after = range_of(partial, partial.str.len().map({4: "year", 7: "month"}))
    begins = rows["date"].fillna(first)
    ends = rows["date"].fillna(after - pd.Timedelta(days=1))
    rows["used"] = ~((ends < rows["born_first"]) | (begins > rows["death_date"]) | (begins > ON))
    return rows


def opted_out(rows, pair):
    """Those whose dissent stands: the latest counts, on one day the dissent, an undated one too."""
    dissents = rows[rows["category"] == f"{pair}_dissent"]
    withdrawals = rows[(rows["category"] == f"{pair}_withdrawn") & rows["used"]]
    last = dissents.groupby("patient_id")["date"].max()
    withdrawn = withdrawals.groupby("patient_id")["date"].max().reindex(last.index)
    undated = dissents.loc[dissents["date"].isna(), "patient_id"]
    return set(last.index[~(withdrawn > last)]) | set(undated)


def main() -> None:
    plain, out = map(Path, sys.argv[1:])
    population = people(plain)
    codes = pd.read_parquet(plain / "codes.parquet")
    codes = codes[~codes["codelist"].isin(["fit-notes", "employment-status"])]
    of_medicines = codes["codelist"].isin(MEDICINES)
    rows = pd.concat(
        [
            coded_rows(plain, "events", codes[~of_medicines], population),
            coded_rows(plain, "medicines", codes[of_medicines], population),
        ]
    )
    used = rows[rows["used"]]

    pain = used[used["codelist"] == "chronic-pain"]
    explicit = pain[
        (pain["category"] == "explicit") & (pain["date"] >= ON - pd.DateOffset(years=5))
    ]
    painful = pain[
        pain["category"].isin(PAINFUL) & (pain["date"] >= ON - pd.DateOffset(years=2))
    ].groupby("patient_id")["date"]
    apart = painful.max() - painful.min()
    in_pain = set(explicit["patient_id"]) | set(apart.index[apart >= pd.Timedelta(days=90)])

    recent = used[used["date"] >= ON - pd.Timedelta(days=182)]
    issues = {}
    for name in MEDICINES:
        counted = recent[recent["codelist"] == name].groupby("patient_id")["date"].nunique()
        issues[name] = set(counted.index[counted >= 3])
    epileptic = set(used.loc[used["codelist"] == "epilepsy", "patient_id"])
    treated = issues["opioids"] | (issues["gabapentinoids"] - epileptic)

    palliative = set(used.loc[used["codelist"] == "palliative-care", "patient_id"])
    listed = pd.read_csv(plain / "opt-outs.csv", dtype=str)
    listed = set(listed.loc[listed["kind"].isin(["research", "type_1"]), "patient_id"])
    found = (in_pain & treated) - palliative - listed
    found -= opted_out(rows, "research") | opted_out(rows, "type_1")
    pd.DataFrame({"patient_id": sorted(found)}).to_csv(out / "ids.csv", index=False)


if __name__ == "__main__":
    main()
