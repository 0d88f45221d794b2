"""Coverage of a list on a small extract: its numbers against plain Python, and what it hides."""

import csv
import io
import json
import re

import pytest

from codelists.made_lists import made_list, select
from discovery.discovery_extract import EVENTS, ISSUES, NAME_ONLY, counted
from instep_cohort.discovery import coverage
from instep_cohort.errors import DefinitionError, UsageError

SELECTORS = [
    "read_v2 descendants N05..",
    "read_v2 exact N06z.",
    "read_v2 exact N142. = back",
    "read_v2 exact N143. = back",
    "read_v2 exact N99.. = back",
    "read_v2 exclude N05zM",
    "snomed_ct exact 82423001",
]
PAIN = made_list(*map(select, SELECTORS))
PILLS = made_list(
    select("read_v2 descendants djA.."), select("product_name exact ointment"), kind="medicine"
)
TAKEN_IN = ["N05..", "N05zL", "N06z.", "N142.", "N143."]


def by_code(codes):
    return {one.code.code: one for one in codes}


def test_counts_are_those_of_plain_python(store):
    found = coverage(PAIN, store, inside_practice=True, year_from=1900)
    truth = counted()
    taken = by_code(found.taken_in)
    assert sorted(taken) == TAKEN_IN
    for code, one in {**taken, **by_code(found.excluded)}.items():
        assert one.code.counts == truth[code, "all"], code
        assert one.years == {
            year: n for (c, year), n in truth.items() if c == code and year != "all"
        }
    for one in found.lacking:
        assert one.code.counts == truth[one.code.code, "all"]


def test_together_is_each_patient_once(store):
    found = coverage(PAIN, store, inside_practice=True).together
    truth = counted()
    # patients are P00 … of each code, so any of them is the largest year of any code
    assert found.counts.patients == max(truth[code, "all"][0] for code in TAKEN_IN)
    assert found.counts.rows == sum(truth[code, "all"][1] for code in TAKEN_IN)
    assert (found.codes, found.left_out) == (5, 0)


def test_what_is_hit_and_what_is_not(store):
    found = coverage(PAIN, store)
    assert by_code(found.taken_in)["N142."].categories == ("back",)
    assert list(by_code(found.excluded)) == ["N05zM"]
    [hit, by] = by_code(found.excluded)["N05zM"].hits
    assert [str(hit.selector.match), str(by.selector.match)] == ["descendants", "exclude"]
    assert [one.code for one in found.hit_nothing] == ["N99..", "82423001"]
    assert found.by_system() == [("read_v2", 6, 1), ("snomed_ct", 1, 1)]


def test_excluded_codes_are_not_lacking_and_the_others_are(store):
    lacking = by_code(coverage(PAIN, store).lacking)
    assert not lacking.keys() & {*TAKEN_IN, "N05zM", "423.."}
    assert {"16C5.", "N145.", "1475."} <= lacking.keys()
    assert "history" in lacking["1475."].against[0]


def test_small_numbers_are_hidden(store):
    found = coverage(PAIN, store, year_from=1900)
    shown = {
        code: (str(one.code.counts.patients), one.years is None)
        for code, one in by_code((*found.taken_in, *found.excluded)).items()
    }
    assert shown["N143."] == ("<5", True)
    assert shown["N05zM"] == ("<5", True)
    assert shown["N05.."] == ("12", False)
    years = by_code(found.taken_in)["N142."].years
    assert {year: str(count.patients) for year, count in years.items()} == {
        "2021": "hidden",
        "2022": "7",
        "2024": "11",
        "undated": "<5",
    }
    assert found.together.left_out == 1
    assert found.together.counts.patients % 5 == 0
    assert found.together.counts.rows == sum(counted()[code, "all"][1] for code in TAKEN_IN[:-1])


def numbers(values):
    """Every number of patients or rows in the JSON, with the code it is said of."""
    for part in ("taken_in", "excluded", "may_lack"):
        for one in values[part]:
            yield one["code"], "all", one["patients"], one["rows"]
            for year, count in (one.get("years") or {}).items():
                yield one["code"], year, count["patients"], count["rows"]


def test_no_number_of_the_printed_ones_is_a_small_one(store):
    found = coverage(PAIN, store, year_from=1900)
    printed = list(numbers(json.loads(json.dumps(found.as_dict()))))
    truth = counted()
    assert len(printed) > len(TAKEN_IN)
    for code, year, patients, rows in printed:
        exact = truth[code, year]
        if exact[0] < 5:
            assert (patients, rows) == ("<5", "hidden")
        else:
            assert (patients, rows) in {exact, ("hidden", "hidden")}
    # what the CSV says is what the JSON says, and no more
    lines = list(csv.DictReader(io.StringIO(found.as_csv())))
    said = {(r["code"].strip("'"), r["year"] or "all", r["patients"], r["rows"]) for r in lines}
    said = {line for line in said if line[2]}
    assert said == {(code, year, str(p), str(r)) for code, year, p, r in printed}


def test_what_is_hidden_depends_on_the_extract_alone(store):
    whole = by_code(coverage(PAIN, store, year_from=1900).taken_in)
    other = made_list(*map(select, [*SELECTORS[:3], "read_v2 exact 16C5."]))
    for listed, since in ((PAIN, 2021), (PAIN, 2024), (other, 2022)):
        for code, one in by_code(coverage(listed, store, year_from=since).taken_in).items():
            if code in whole:
                assert one.code == whole[code].code
                assert (one.years is None) == (whole[code].years is None)
                for year, count in (one.years or {}).items():
                    assert count == whole[code].years[year]


def test_the_sum_says_nothing_of_a_hidden_code(store):
    with_it = coverage(PAIN, store).together
    others = [one for one in SELECTORS if "N143." not in one]
    without = coverage(made_list(*map(select, others)), store).together
    assert with_it.counts == without.counts
    assert (with_it.left_out, without.left_out) == (1, 0)


def test_medicines_share_their_ingredient(store):
    found = coverage(PILLS, store)
    assert [one.code.code for one in found.lacking] == ["dia1."]
    assert "tramadol" in found.lacking[0].ways[0].why


@pytest.mark.parametrize("shown", ["as_csv", "as_text", "as_html", "_repr_html_", "as_dict"])
def test_a_name_that_few_patients_have_is_said_inside_the_practice_only(store, shown):
    assert NAME_ONLY not in str(getattr(coverage(PILLS, store), shown)())
    assert NAME_ONLY in str(getattr(coverage(PILLS, store, inside_practice=True), shown)())


@pytest.mark.parametrize("listed", [PAIN, PILLS])
def test_no_display_shows_a_patient(store, listed):
    found = coverage(listed, store, inside_practice=True, year_from=1900)
    for text in (repr(found), found._repr_html_(), found.as_html(), found.as_csv()):
        assert not re.search(r"\bP\d\d\b", text)
        assert listed.id in found.as_html()


def test_the_class_is_said(store):
    assert "RELEASABLE-COUNTS" in repr(coverage(PAIN, store))
    assert "PRACTICE-ONLY" in repr(coverage(PAIN, store, inside_practice=True))


def test_text_runs_nowhere(store):
    evil = made_list(*map(select, ["read_v2 exact N05.."]))
    found = coverage(evil, store, inside_practice=True)
    assert "=1+1." in by_code(found.lacking)
    cells = [cell for line in csv.reader(io.StringIO(found.as_csv())) for cell in line]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]
    assert "'=HYPERLINK(osteoarthritis)" in cells


def test_years_between_are_shown_as_nought(store):
    found = coverage(PAIN, store, year_from=2021)
    assert found.years == ("2021", "2022", "2023", "2024", "2025", "2026", "undated")
    line = next(line for line in repr(found).splitlines() if "N142." in line)
    assert line.split("back")[2].split()[2:9] == ["hidden", "7", "0", "11", "0", "0", "<5"]


def test_a_list_that_hits_nothing(store):
    found = coverage(made_list(select("ctv3 exact XaX1E")), store)
    assert "0 of 1 selectors" in found.warning
    assert found.warning in " ".join(repr(found).split())
    assert (found.taken_in, found.together.codes) == ((), 0)
    assert json.dumps(found.as_dict())


def test_most(store):
    whole = coverage(PAIN, store, most=100)
    some = coverage(PAIN, store, most=1)
    assert some.lacking == whole.lacking[:1]
    assert some.lacking_found == whole.lacking_found == len(whole.lacking) > 1
    assert "not shown" in repr(some)
    assert coverage(PAIN, store, most=0).lacking == ()


def test_refusals(store):
    with pytest.raises(UsageError, match="most is -1"):
        coverage(PAIN, store, most=-1)
    with pytest.raises(DefinitionError, match="needs a hierarchy table"):
        coverage(made_list(select("ctv3 descendants XaX1E")), store)


def test_the_extract_is_as_it_is_meant():
    assert len(EVENTS) == len({code for code, _ in counted()})
    assert len(ISSUES) == 5
