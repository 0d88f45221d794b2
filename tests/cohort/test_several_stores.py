"""Several stores side by side: one result, nobody mixed up, no store searched unanswered."""

import re
from datetime import timedelta

import pyarrow.compute as pc
import pytest

from cohort.several_practices import another, reingested
from cohort.small_practice import ATTRITION, CANDIDATES, ON, TIERS
from instep_cohort.cohort import identify, open_run
from instep_cohort.cohort.showing import left_in_each
from instep_cohort.errors import DefinitionError, SafetyRefusal, UsageError
from instep_cohort.extracts import open_store
from instep_cohort.extracts.merging import merge_stores
from instep_cohort.study import load_study

PEOPLE = ("candidates", "evidence", "facts", "spells", "runs")


@pytest.fixture(scope="module")
def practices(tmp_path_factory):
    """Two practices with ids of their own, in stores both called `store`."""
    one = another(tmp_path_factory.mktemp("one") / "A", ids="ZQ", practice="P")
    other = another(
        tmp_path_factory.mktemp("two") / "B", ids="ZX", practice="R", on=ON - timedelta(days=9)
    )
    return [one, other]


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Two practices that give the same ids to other people."""
    folder = tmp_path_factory.mktemp("twins")
    return [another(folder / "A", practice="P"), another(folder / "B", practice="R")]


def search(practices, **given):
    lists = {f"{'AB'[n]}/store": one.opt_outs for n, one in enumerate(practices)}
    asked = {"on": ON, "opt_outs": lists, "opt_outs_on": ON, "codelists": practices[0].codelists}
    stores = [open_store(one.store) for one in practices]
    return identify(load_study(practices[0].study), stores, **(asked | given))


def ids(cohort, table="candidates"):
    return pc.cast(cohort.to_arrow(table)["patient_id"], "string").to_pylist()


def test_people_stand_side_by_side_and_counts_add_up(practices):
    cohort = search(practices)
    both = sorted([*CANDIDATES, *(one.replace("ZQ", "ZX") for one in CANDIDATES)])
    assert ids(cohort) == both
    rows = [tuple(row.values()) for row in cohort.to_arrow("attrition").to_pylist()]
    assert [(row[0], row[1], *row[3:]) for row in rows] == [
        (step, kind, *(2 * number for number in numbers)) for step, kind, *numbers in ATTRITION
    ]
    assert cohort.tiers == {tier: 2 * number for tier, number in TIERS.items()}
    for table in PEOPLE:
        assert ids(cohort, table) == sorted(ids(cohort, table))


def test_each_store_has_its_own_part_of_the_result(practices):
    cohort = search(practices)
    alone = [
        identify(
            load_study(one.study),
            open_store(one.store),
            on=ON,
            opt_outs=one.opt_outs,
            opt_outs_on=ON,
            codelists=one.codelists,
        )
        for one in practices
    ]
    stores = cohort.manifest["stores"]
    assert [one["name"] for one in stores] == ["A/store", "B/store"]
    assert [one["sha256"] for one in stores] == [open_store(one.store).sha256 for one in practices]
    assert [one["extract_date"] for one in stores] == ["2026-11-01", "2026-10-23"]
    assert [one["practices"] for one in stores] == [["0P1", "@0P2"], ["0R1", "@0R2"]]
    assert cohort.manifest["store"]["extract_date"] == "2026-10-23"
    for one, run in zip(stores, alone, strict=True):
        assert one["counts"] == run.manifest["counts"]
        assert one["resolution_sha256"] == run.manifest["resolution_sha256"]
        assert one["answered_for"] == run.manifest["answered_for"]
        assert [row["after"] for row in one["attrition"]] == run.attrition["after"].tolist()
    for table in PEOPLE:
        whole = cohort.to_arrow(table).to_pylist()
        parts = [row for run in alone for row in run.to_arrow(table).to_pylist()]
        assert sorted(map(str, whole)) == sorted(map(str, parts)), table
    resolution = cohort.resolution
    assert resolution.columns[0] == "store"
    assert (resolution["store"] == "A/store").sum() == len(alone[0].resolution)
    header, rows = left_in_each(cohort.manifest)
    assert header == ["step", "A/store", "B/store"]
    assert rows[0] == ["patients", 20, 20]
    assert rows[-1] == ["practice_list", 8, 8]


def test_a_merged_store_answers_as_its_parts_do(practices, tmp_path, engine_name):
    stores = [open_store(one.store) for one in practices]
    merged = merge_stores(stores, out=tmp_path / "merged")
    both = tmp_path / "both.csv"
    lines = [one.opt_outs.read_text().splitlines() for one in practices]
    both.write_text("\n".join([*lines[0], *lines[1][1:]]) + "\n")
    given = {"on": ON, "opt_outs": both, "opt_outs_on": ON, "codelists": practices[0].codelists}
    study = load_study(practices[0].study)
    side_by_side = identify(study, stores, engine=engine_name, **given)
    together = identify(study, merged, engine=engine_name, **given)
    for table in (*PEOPLE, "attrition", "tiers"):
        assert side_by_side.to_arrow(table).to_pylist() == together.to_arrow(table).to_pylist(), (
            table
        )


def test_it_is_saved_opened_and_explained(practices, tmp_path):
    cohort = search(practices)
    opened = open_run(cohort.save(tmp_path / "run"))
    assert opened.manifest == cohort.manifest
    assert opened.to_arrow("resolution").equals(cohort.to_arrow("resolution"))
    assert "passes all" in str(opened.explain("00ZX01"))
    shown = cohort._repr_html_()
    assert "how many people each step left in each store" in shown
    assert "ZX" not in shown


def test_previous_candidates_are_not_new(practices):
    cohort = search(practices, previous=search(practices))
    assert not any(cohort.candidates["newly_crossed"])


# ---------------------------------------------------------------- nobody is mixed up


def test_ids_in_two_stores_are_refused(twins):
    with pytest.raises(SafetyRefusal, match=r"^20 patient ids are in more than one") as refused:
        search(twins)
    assert "--qualify-ids" in str(refused.value)
    assert "ZQ" not in str(refused.value)


def test_qualified_ids_keep_twins_apart(twins):
    cohort = search(twins, qualify_ids=True)
    expected = sorted(
        f"{'@' if one == '=ZQ05+1' else ''}0{letter}{2 if one == '=ZQ05+1' else 1}/{one}"
        for one in CANDIDATES
        for letter in "PR"
    )
    assert ids(cohort) == expected
    for row in cohort.to_arrow("facts").to_pylist():
        assert row["patient_id"].startswith(row["practice_id"] + "/")
    notes = [row for row in cohort.to_arrow("evidence").to_pylist() if row["code"] == "NO1.."]
    assert [row["patient_id"] for row in notes] == ["0P1/00ZQ01", "0R1/00ZQ01"]
    assert cohort.manifest["ids_qualified"] is True


def test_the_same_person_may_differ_in_two_stores(twins, tmp_path):
    other = another(tmp_path / "B", practice="R")
    reingested(other, events="00ZQ01,2026-01-01,read_v2,WI1..,,,\n")
    cohort = search([twins[0], other], qualify_ids=True)
    assert "0P1/00ZQ01" in ids(cohort)
    assert "0R1/00ZQ01" not in ids(cohort)


def test_a_list_with_qualified_ids_is_heeded(twins, tmp_path):
    listed = tmp_path / "listed.csv"
    listed.write_text("patient_id,kind,recorded_on\n0R1/00ZQ01,research,2026-10-01\n")
    cohort = search(twins, opt_outs=listed, qualify_ids=True)
    assert "0P1/00ZQ01" in ids(cohort)
    assert "0R1/00ZQ01" not in ids(cohort)
    assert not [text for text in cohort.warnings if "nobody" in text]


def test_one_list_for_all_removes_whoever_has_the_id(twins):
    cohort = search(twins, opt_outs=twins[0].opt_outs, qualify_ids=True)
    assert "0P1/00ZQ21" not in ids(cohort)
    assert "0R1/00ZQ21" not in ids(cohort)


@pytest.mark.parametrize("qualify", [True, False])
def test_one_practice_in_two_stores_is_refused(practices, tmp_path, qualify):
    again = another(tmp_path / "B", ids="ZY", practice="P")
    with pytest.raises(SafetyRefusal, match=r"One practice is in several stores .0P1 in A/store"):
        search([practices[0], again], qualify_ids=qualify)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("00ZY99,,F,1980-01-01,,2010-01-01,,,\n", "1 patients of the store B/store have no practi"),
        ("00ZY99,a/b,F,1980-01-01,,2010-01-01,,,\n", "practice_id of the store B/store holds a /"),
    ],
)
def test_ids_that_cannot_be_qualified_are_refused(practices, tmp_path, line, message):
    other = another(tmp_path / "B", ids="ZY", practice="S")
    reingested(other, patients=line)
    assert search([practices[0], other])
    with pytest.raises(SafetyRefusal, match=message) as refused:
        search([practices[0], other], qualify_ids=True)
    assert "ZY" not in str(refused.value)


# ---------------------------------------------------------------- each store is answered for


def test_an_unanswered_store_is_refused(practices):
    with pytest.raises(SafetyRefusal, match="Nobody answers for the opt-outs of B/store: A/store"):
        search(practices, opt_outs={"A/store": practices[0].opt_outs})


def test_each_store_may_be_answered_in_its_own_way(practices):
    cohort = search(
        practices,
        opt_outs={"A/store": practices[0].opt_outs},
        opt_outs_on={"A/store": ON},
        no_opt_out_list={"B/store": "A. Partner, GP"},
    )
    answered = cohort.manifest["answered_for"]
    assert answered["no_opt_out_list"] == "B/store: A. Partner, GP"
    assert answered["practice_list_drawn_up"] == "A/store: 2026-11-01"
    listed = practices[0].opt_outs.read_text().splitlines()
    assert answered["practice_list_rows"] == len(listed) - 1
    # of the store without a list nobody is dropped by it
    steps = cohort.manifest["stores"][1]["attrition"]
    assert steps[-1]["step"] == "practice_list"
    assert steps[-1]["dropped"] == 0
    assert "00ZX21" in ids(cohort)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"opt_outs": {"C": "x.csv"}}, UsageError, "C, which is none of the stores A/store, B/"),
        ({"opt_outs_on": {}}, UsageError, "Of the store A/store: --opt-outs needs --opt-outs-on"),
        (
            {"no_opt_out_list": {"B/store": "me"}},
            UsageError,
            "Of the store B/store: --opt-outs and --no-opt-out-list contradict",
        ),
        (
            {"opt_outs_on": {"A/store": ON, "B/store": ON - timedelta(days=31)}},
            SafetyRefusal,
            "Of the store B/store: The practice's opt-out list of 2026-10-01 is 31 days old",
        ),
    ],
)
def test_wrong_answers(practices, given, error, message):
    with pytest.raises(error, match=message):
        search(practices, **given)


def test_each_extract_has_to_be_young_enough(practices, tmp_path):
    stores = [open_store(practices[0].store), open_store(practices[1].store)]
    given = {
        "on": ON + timedelta(days=85),
        "codelists": practices[0].codelists,
        "no_opt_out_list": "A. Partner, GP",
    }
    study = load_study(practices[0].study)
    with pytest.raises(SafetyRefusal, match="Of the store B/store: The extract of 2026-10-23"):
        identify(study, stores, **given)
    merged = merge_stores(stores, out=tmp_path / "merged")
    assert merged.extract_date == ON
    with pytest.raises(SafetyRefusal, match="Of the part B/store: The extract of 2026-10-23"):
        identify(study, merged, **given)


def test_a_part_without_findable_opt_outs_is_not_vouched_for(practices, tmp_path):
    other = another(tmp_path / "B", ids="ZY", practice="S")
    path = other.extract / "events.csv"
    path.write_text(path.read_text().replace("read_v2", "local"))
    reingested(other)
    with pytest.raises(SafetyRefusal, match="Of the store B/store: Nobody's opt-out can be found"):
        search([practices[0], other])
    stores = [open_store(practices[0].store), open_store(other.store)]
    merged = merge_stores(stores, out=tmp_path / "merged")
    with pytest.raises(SafetyRefusal, match="Of the part B/store: Nobody's opt-out can be found"):
        identify(
            load_study(practices[0].study),
            merged,
            on=ON,
            no_opt_out_list="A. Partner, GP",
            codelists=practices[0].codelists,
        )


# ---------------------------------------------------------------- lists in each store


def test_a_list_that_meets_nothing_in_one_store_is_named_with_it(practices, tmp_path):
    other = another(tmp_path / "B", ids="ZY", practice="S")
    path = other.extract / "medicines.csv"
    path.write_text(path.read_text().replace("PI", "PJ"))
    reingested(other)
    cohort = search([practices[0], other])
    said = [text for text in cohort.warnings if text.startswith("B/store: pills: 0 of 2")]
    assert len(said) == 1
    assert not [text for text in cohort.warnings if text.startswith("A/store: pills")]
    with pytest.raises(DefinitionError, match="B/store: pills: 0 of 2"):
        search([practices[0], other], strict=True)


def test_what_all_stores_say_is_said_once(practices):
    warnings = search(practices).warnings
    assert [re.match(r"\d+ of \d+ codelists", text) is None for text in warnings].count(False) == 1
    assert len(set(warnings)) == len(warnings)


def test_one_store_in_a_list_is_that_store(practices):
    one = practices[0]
    given = {"on": ON, "opt_outs": one.opt_outs, "opt_outs_on": ON, "codelists": one.codelists}
    study, store = load_study(one.study), open_store(one.store)
    assert identify(study, [store], **given).manifest == identify(study, store, **given).manifest
    with pytest.raises(UsageError, match=r"one of them twice|named twice"):
        identify(study, [store, store], **given)
