"""Each element of the grammar as a row: what stands in the XML, what stands in the study.

The study part is what the measures and lines come to, as plain data; a hole is its reason.
"""

from __future__ import annotations

import pytest
import search_xml as xml
import yaml

import instep_cohort as ic
from instep_cohort.emis_search import Effect, read_searches
from instep_cohort.errors import DefinitionError
from instep_cohort.study import parse_study

A, B, C = (xml.made_id(n) for n in (70_001, 70_002, 70_003))
PAIN = xml.column("READCODE", xml.codes("Pain", A, B))
SEARCHED = xml.column("DATE", xml.NOT_IN_THE_FUTURE)


def imported(tmp_path, *reports, **options):
    file = tmp_path / "given.xml"
    file.write_text(xml.document(*reports), encoding="utf-8")
    return read_searches(file, **options)


def made(tmp_path, *criteria, **group):
    """The one search of a file with these criteria, and everything that was not carried over."""
    found = imported(tmp_path, xml.report(1, "One", xml.group(*criteria, **group)))
    return found.searches[0], found.not_carried


def data_of(search):
    return yaml.safe_load(search.text)


def whole(tmp_path, *criteria, **group):
    """The study of a search that is complete, as data; it loads."""
    search, _ = made(tmp_path, *criteria, **group)
    assert search.is_complete, search.missing
    parse_study(search.text, "made.yaml")
    return data_of(search)


def reasons(tmp_path, *criteria, **group):
    """Why a search is not complete; its study does not load."""
    search, _ = made(tmp_path, *criteria, **group)
    assert not search.is_complete
    with pytest.raises(DefinitionError):
        parse_study(search.text, "made.yaml")
    return [one.why for one in search.missing]


S, U = xml.since, xml.until

# the ends of a range of dates; the window of the measure, or why there is none
WINDOWS = [
    ([U("LTEQ")], {}),
    ([S("GTEQ", -182, "DAY")], {"within": "182 days"}),
    ([S("GT", -182, "DAY")], {"within": "181 days"}),
    ([S("GTEQ", -1, "DAY"), U("LTEQ")], {"within": "1 day"}),
    ([S("GTEQ", 0, "DAY")], {"within": "0 days"}),
    ([S("GTEQ")], {"within": "0 days"}),
    ([S("GT", 0, "MONTH")], "records after the search date are never used"),
    ([S("GTEQ", 3, "DAY")], "records after the search date are never used"),
    ([S("GTEQ", -12, "MONTH")], {"within": "12 months"}),
    ([S("GTEQ", -5, "YEAR"), U("LTEQ")], {"within": "5 years"}),
    ([S("GTEQ", -4, "WEEK")], {"within": "4 weeks"}),
    ([S("GTEQ", -24, "MONTH"), U("LTEQ", -6, "MONTH")], {"between": {"from": "24 months", "to": "6 months"}}),
    ([S("GTEQ", -90, "DAY"), U("LT", -30, "DAY")], {"between": {"from": "90 days", "to": "31 days"}}),
    ([S("GTEQ", -90, "DAY"), U("LT", -4, "WEEK")], {"between": {"from": "90 days", "to": "29 days"}}),
    ([S("GTEQ", -90, "DAY"), U("LTEQ", 30, "DAY")], {"within": "90 days"}),
    ([S("GTEQ", -90, "DAY"), U("LT", 0, "MONTH")], {"between": {"from": "90 days", "to": "1 day"}}),
    ([U("LT")], {"between": {"from": "150 years", "to": "1 day"}}),
    ([U("LTEQ", -1, "YEAR")], {"between": {"from": "150 years", "to": "1 year"}}),
    ([U("LT", -1, "YEAR")], "a window takes its last day in, so before so many years is not said"),
    ([S("GTEQ", "01/04/2023", "DATE", "ABSOLUTE")], {"after": "2023-04-01"}),
    ([S("GT", "01/04/2023", "DATE", "ABSOLUTE")], {"after": "2023-04-02"}),
    ([S("GTEQ", "01/04/2023", "", "ABSOLUTE"), U("LTEQ")], {"after": "2023-04-01"}),
    ([S("GTEQ", "01/04/2023", "DATE", "ABSOLUTE"), U("LT", "01/04/2024", "DATE", "ABSOLUTE")], {"after": "2023-04-01", "before": "2024-03-31"}),
    ([U("LTEQ", "01/04/2050", "DATE", "ABSOLUTE")], {"before": "2050-04-01"}),
    ([S("GTEQ", "01/04/2023", "DATE", "ABSOLUTE"), U("LTEQ", -1, "DAY")], "one end is a calendar date and the other counts from the search date"),
    ([S("GTEQ", -1, "DAY"), U("LTEQ", "01/04/2023", "DATE", "ABSOLUTE")], "one end is a calendar date and the other counts from the search date"),
    ([S("GTEQ", "2023-04-01", "DATE", "ABSOLUTE")], "it is no date of the form dd/mm/yyyy that a record can have"),
    ([S("GTEQ", "31/02/2023", "DATE", "ABSOLUTE")], "it is no date of the form dd/mm/yyyy that a record can have"),
    ([S("GTEQ", "31/12/9999", "DATE", "ABSOLUTE")], "it is no date of the form dd/mm/yyyy that a record can have"),
    ([S("GTEQ", -2, "QUARTER")], "the unit QUARTER cannot be counted exactly"),
    ([S("GTEQ", -1, "FISCALYEAR")], "the unit FISCALYEAR cannot be counted exactly"),
    ([S("GTEQ", -2, "")], "the unit (none) cannot be counted exactly"),
    ([S("GTEQ", "Last", "MONTH")], "it is no whole number of days, weeks, months or years"),
    ([S("GTEQ", "-1.5", "MONTH")], "it is no whole number of days, weeks, months or years"),
    ([S("GTEQ", -9_999, "MONTH")], "it reaches further than any record"),
    ([S("NEAR", -2, "DAY")], "the operator NEAR is not known"),
    ([S("EQ", -2, "DAY")], "EQ is not known at this end"),
    ([S("LTEQ", -2, "DAY")], "LTEQ is not known at this end"),
    ([U("GTEQ", -2, "DAY")], "GTEQ is not known at this end"),
    ([S("GTEQ", -2, "DAY", "ROUGHLY")], "the relation is neither RELATIVE nor ABSOLUTE"),
    ([], "the range has no bound"),
]  # fmt: skip


@pytest.mark.parametrize(("ends", "wanted"), WINDOWS)
def test_windows(ends, wanted, tmp_path):
    asked = xml.criterion("EVENTS", PAIN, xml.dates("DATE", *ends))
    if isinstance(wanted, str):
        assert reasons(tmp_path, asked) == [wanted]
    else:
        assert whole(tmp_path, asked)["measures"] == {
            name: {"events": "pain", **wanted} for name in whole(tmp_path, asked)["measures"]
        }


@pytest.mark.parametrize(("amount", "unit", "back"), [(-12, "MONTH", "12 months"), (-1, "YEAR", "1 year"), (-2, "WEEK", "2 weeks")])  # fmt: skip
def test_a_window_without_its_first_day_is_said_to_the_day(amount, unit, back, tmp_path):
    asked = xml.criterion("EVENTS", PAIN, xml.dates("DATE", xml.since("GT", amount, unit)))
    found = whole(tmp_path, asked)
    two, any_, first = found["measures"]
    assert found["measures"] == {
        two: {"events": "pain", "within": back, "at_least": 2},
        any_: {"events": "pain", "within": back},
        first: {"events": "pain", "between": {"from": back, "to": back}},
    }
    assert found["include"] == {"rule_1": {"any": [two, {"all": [any_, {"not": first}]}]}}


def test_months_are_counted_as_nobody_knows_emis_counts_them(tmp_path):
    asked = xml.criterion("EVENTS", PAIN, xml.dates("DATE", xml.since("GTEQ", -12, "MONTH")))
    (note,) = made(tmp_path, asked)[1]
    assert (note.effect, "study show" in note.why) == (Effect.NOTE, True)


def test_a_range_counts_from_the_search(tmp_path):
    elsewhere = xml.tag("rangeValue", xml.since("GTEQ", -1, "DAY"), relativeTo="OTHER")
    asked = xml.criterion("EVENTS", PAIN, xml.column("DATE", elsewhere))
    assert reasons(tmp_path, asked) == ["it is counted from OTHER, not from the date of the search"]


# the ends of a range of values; the value of the measure, or why there is none
VALUES = [
    ([S("GTEQ", 30, relation="")], {"min": 30}),
    ([U("LTEQ", -2.5, relation="")], {"max": -2.5}),
    ([S("GTEQ", 7, relation=""), U("LTEQ", 7.5, relation="")], {"min": 7, "max": 7.5}),
    ([S("EQ", 7, relation="")], {"min": 7, "max": 7}),
    ([S("GT", 7, relation="")], "a value range takes both its bounds in, so more than and less than are not said"),
    ([U("LT", 7, relation="")], "a value range takes both its bounds in, so more than and less than are not said"),
    ([S("GTEQ", "much", relation="")], "it is not a number"),
    ([S("GTEQ", "inf", relation="")], "it is not a number"),
    ([S("GTEQ", 7, "YEAR", relation="")], "values are compared without their units"),
]  # fmt: skip


@pytest.mark.parametrize(("ends", "wanted"), VALUES)
def test_values(ends, wanted, tmp_path):
    asked = xml.criterion("EVENTS", PAIN, xml.column("NUMERIC_VALUE", xml.span(*ends)))
    if isinstance(wanted, str):
        assert reasons(tmp_path, asked) == [wanted]
    else:
        assert whole(tmp_path, asked)["measures"] == {"pain": {"events": "pain", "value": wanted}}


YEARS = "an age is asked for in completed years only"
BIRTHDAY = "on the birthday itself it differs from every number of completed years"
BACK = "a date of birth is counted back from the search date"

# column of the patient, ends of the range; the population, or why it cannot be asked
PATIENTS = [
    ("AGE", [S("GTEQ", 18, "YEAR")], {"age": {"min": 18}}),
    ("AGE", [S("GTEQ", 50, "YEAR"), U("LTEQ", 74, "YEAR")], {"age": {"min": 50, "max": 74}}),
    ("AGE", [S("GT", 17, "YEAR"), U("LT", 65, "YEAR")], {"age": {"min": 18, "max": 64}}),
    ("AGE", [S("EQ", 40, "YEAR")], {"age": {"min": 40, "max": 40}}),
    ("AGE", [S("GTEQ", 6, "MONTH")], YEARS),
    ("AGE", [S("GTEQ", 18.5, "YEAR")], YEARS),
    ("AGE", [], "the range has no bound"),
    ("DOB", [U("LTEQ")], {}),
    ("DOB", [U("LTEQ", -18, "YEAR")], {"age": {"min": 18}}),
    ("DOB", [S("GT", -75, "YEAR")], {"age": {"max": 74}}),
    ("DOB", [S("GT", -900, "MONTH"), U("LTEQ", -216, "MONTH")], {"age": {"min": 18, "max": 74}}),
    ("DOB", [S("GTEQ", -75, "YEAR")], BIRTHDAY),
    ("DOB", [U("LT", -18, "YEAR")], BIRTHDAY),
    ("DOB", [U("LTEQ", -100, "DAY")], YEARS),
    ("DOB", [U("LTEQ", -7, "MONTH")], YEARS),
    ("DOB", [U("LTEQ", "01/01/1990", "DATE", "ABSOLUTE")], BACK),
    ("GMS_DATE_OF_REGISTRATION", [U("LTEQ")], {}),
    ("GMS_DATE_OF_REGISTRATION", [U("LTEQ", -12, "MONTH")], {"registered": {"kind": "regular", "for": "12 months"}}),
    ("GMS_DATE_OF_REGISTRATION", [U("LT", -90, "DAY")], {"registered": {"kind": "regular", "for": "91 days"}}),
    ("GMS_DATE_OF_REGISTRATION", [S("GTEQ", -12, "MONTH")], "only a registration that has lasted at least so long can be asked for"),
    ("GMS_DATE_OF_REGISTRATION", [U("LTEQ", "01/01/2020", "DATE", "ABSOLUTE")], "a registration is counted back from the search date"),
    ("SEX", [S("GTEQ", 1, "YEAR")], "a study does not ask for SEX"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "ends", "wanted"), PATIENTS)
def test_patients(column, ends, wanted, tmp_path):
    asked = xml.criterion("PATIENTS", xml.column(column, xml.span(*ends)))
    pain = xml.events("Pain", A)
    if isinstance(wanted, str):
        assert reasons(tmp_path, asked, pain) == [wanted]
    else:
        found = whole(tmp_path, asked, pain)
        assert found["population"] == {"registered": {"kind": "regular"}, **wanted}
        assert found["include"] == {"rule_1": "pain"}


def test_ages_are_left_out_and_turned_round(tmp_path):
    young = xml.criterion("PATIENTS", xml.column("AGE", xml.span(U("LT", 18, "YEAR"))))
    not_old = xml.criterion(
        "PATIENTS", xml.column("AGE", xml.span(S("GTEQ", 75, "YEAR"))), negated=True
    )
    report = xml.report(
        1,
        "One",
        xml.group(young, true="REJECT", false="NEXT"),
        xml.group(not_old, xml.events("Pain", A)),
    )
    (search,) = imported(tmp_path, report).searches
    assert data_of(search)["population"]["age"] == {"min": 18, "max": 74}


def test_one_registration_is_asked_for(tmp_path):
    year, month = (
        xml.criterion(
            "PATIENTS", xml.column("GMS_DATE_OF_REGISTRATION", xml.span(U("LTEQ", *back)))
        )
        for back in ((-1, "YEAR"), (-1, "MONTH"))
    )
    assert reasons(tmp_path, year, month, xml.events("Pain", A)) == [
        "how long somebody is registered is asked once, of everybody"
    ]


# what an age among choices, or ages that exclude one another, come to
def test_an_age_for_some_only_is_not_said(tmp_path):
    asked = [xml.ages(S("GTEQ", 65, "YEAR")), xml.events("Pain", A)]
    assert reasons(tmp_path, *asked, by="OR") == [
        "an age that is one choice among others is not said"
    ]
    assert reasons(tmp_path, xml.ages(S("GTEQ", 65, "YEAR")), xml.ages(U("LT", 20, "YEAR"))) == [
        "its ages exclude one another: from 65, to 19",
    ]


def events(*filters, **rest):
    return xml.criterion("EVENTS", *filters, **rest)


def codes_in(*ids, which="IN"):
    return xml.column("READCODE", xml.codes("Tested", *ids), which=which)


AT_LAST = {"span": "0 days", "around": "pain.last"}
AT_FIRST = {"span": "0 days", "around": "pain.first"}

# filters and restriction; the measures, or why there are none
PICKS = [
    ([xml.restriction(1, "DESC")], {"pain": {"events": "pain"}}),
    ([xml.restriction(100, "ASC")], {"pain": {"events": "pain"}}),
    ([xml.restriction(1, "DESC", codes_in(A))], {"pain": {"events": "pain"}, "tested_around_last_pain": {"events": "tested", "within": AT_LAST}}),
    ([xml.restriction(1, "ASC", codes_in(A))], {"pain": {"events": "pain"}, "tested_around_first_pain": {"events": "tested", "within": AT_FIRST}}),
    ([xml.restriction(1, "DESC", codes_in(A, B))], {"pain": {"events": "pain"}}),
    ([xml.restriction(1, "DESC", codes_in(A, C))], "the test names codes that the pick does not look at"),
    ([xml.restriction(1, "DESC", codes_in(A, which="NOTIN"))], {"pain": {"events": "pain"}, "pain_without_tested_around_last_pain": {"events": "pain-without-tested", "within": AT_LAST}}),
    ([xml.restriction(1, "DESC", codes_in(A, B, which="NOTIN"))], "no code is left that a record could have"),
    ([xml.restriction(1, "DESC", codes_in(C, which="NOTIN"))], "the test names codes that the pick never looks at; whether EMIS looks at them is not known"),
    ([xml.restriction(2, "DESC", codes_in(A))], "a test of the 2 records at one end is not said"),
    ([xml.restriction(0, "DESC")], "how many records it keeps is not known"),
    ([xml.restriction("all", "DESC")], "how many records it keeps is not known"),
    ([xml.restriction(1, "DOWN", codes_in(A))], "the direction is neither ASC nor DESC"),
    ([xml.restriction(1, "DESC", codes_in(A), by="NUMERIC_VALUE")], "records are picked by their date only"),
    ([xml.restriction(1, "DESC", xml.dates("DATE", S("GTEQ", -90, "DAY")))], {"pain_90_days": {"events": "pain", "within": "90 days"}, "pain": {"events": "pain"}}),
    ([xml.restriction(1, "ASC", xml.dates("DATE", S("GTEQ", -90, "DAY")))], "such a test of the date is not said"),
    ([xml.restriction(1, "DESC", xml.dates("DATE", U("LTEQ", -90, "DAY")))], "such a test of the date is not said"),
    ([xml.restriction(1, "DESC", xml.column("NUMERIC_VALUE", xml.span(S("GTEQ", 58, relation=""))))], {"pain": {"events": "pain"}, "pain_around_last_pain": {"events": "pain", "within": AT_LAST, "value": {"min": 58}}}),
    ([xml.restriction(1, "DESC", xml.column("EPISODE", codes_in(A)))], "a test of EPISODE is not said"),
    ([xml.tag("restriction", xml.text("unheardOf", 1))], "how many records it keeps is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "wanted"), PICKS)
def test_picks(filters, wanted, tmp_path):
    asked = events(PAIN, SEARCHED, *filters)
    if isinstance(wanted, str):
        assert wanted in reasons(tmp_path, asked)
    else:
        assert whole(tmp_path, asked)["measures"] == wanted


def test_a_dissent_is_read_literally_where_it_leaves_people_out(tmp_path):
    pick = xml.restriction(1, "DESC", codes_in(C, which="NOTIN"))
    report = xml.report(
        1,
        "One",
        xml.group(events(PAIN, SEARCHED, pick), true="REJECT", false="NEXT"),
        xml.group(xml.events("Other", C)),
    )
    found = imported(tmp_path, report)
    assert data_of(found.searches[0])["exclude"] == {"rule_1": "pain"}
    assert any("read literally" in one.why for one in found.not_carried)


def test_turned_round_it_may_leave_out_what_it_may_not_take_in(tmp_path):
    pick = xml.restriction(1, "DESC", codes_in(C, which="NOTIN"))
    turned = events(PAIN, SEARCHED, pick, negated=True)
    found = whole(tmp_path, turned, xml.events("Other", C))
    assert found["include"] == {"rule_1": {"all": [{"not": "pain"}, "tested"]}}
    report = xml.report(1, "One", g(turned, "REJECT", "NEXT"), g(OTHER, "SELECT", "REJECT"))
    assert not imported(tmp_path, report).searches[0].is_complete


def near(side, days, edge="first", who="other", **more):
    return {"events": who, "within": {"span": f"{days} days", side: f"pain.{edge}"}, **more}


# restriction of the main records, ends of the link, whether there is to be no second record
LINKS = [
    ("", [S("GTEQ", 0, "DAY")], False, [near("after", 60_000)], "{}"),
    ("", [U("LTEQ", 0, "DAY")], False, [near("before", 60_000, "last")], "{}"),
    ("", [S("GT", 0, "DAY")], False, [near("after", 60_000, at_least=2), near("after", 60_000), near("around", 0)], "any: {} | all: {} not {}"),
    ("", [S("GT", 0, "DAY")], True, [near("after", 60_000, "last", at_least=2), near("after", 60_000, "last"), near("around", 0, "last")], "pain and not"),
    ("DESC", [S("GTEQ", -93, "DAY"), U("LTEQ", 186, "DAY")], False, [near("before", 93, "last"), near("after", 186, "last")], "either"),
    ("ASC", [S("GTEQ", 0, "DAY"), U("LTEQ", 2, "WEEK")], False, [near("after", 14)], "{}"),
    ("ASC", [S("GTEQ", 0, "DAY"), U("LTEQ", 0, "DAY")], False, [near("around", 0)], "{}"),
    ("ASC", [S("GTEQ", -7, "DAY"), U("LT", 0, "DAY")], False, [near("before", 7, at_least=2), near("before", 7), near("around", 0)], "any: {} | all: {} not {}"),
    ("", [S("GTEQ", -93, "DAY"), U("LTEQ", 186, "DAY")], False, "any of several records, with another so many days away, is not said", ""),
    ("ASC", [S("GTEQ", 5, "DAY")], False, "a window that begins some days away from the other record is not said", ""),
    ("ASC", [S("GTEQ", 1, "MONTH")], False, "days between two records are days or weeks", ""),
    ("ASC", [S("GTEQ")], False, "days between two records are days or weeks", ""),
    ("ASC", [], False, "the range has no bound", ""),
]  # fmt: skip


@pytest.mark.parametrize(("pick", "ends", "lacking", "wanted", "shape"), LINKS)
def test_links(pick, ends, lacking, wanted, shape, tmp_path):
    second = events(codes_other(), SEARCHED, negated=lacking)
    restricted = [xml.restriction(1, pick)] if pick else []
    asked = events(PAIN, SEARCHED, *restricted, after=xml.link(second, *ends))
    if isinstance(wanted, str):
        assert reasons(tmp_path, asked) == [wanted]
        return
    found = whole(tmp_path, asked)
    names = [name for name in found["measures"] if name != "pain"]
    assert found["measures"]["pain"] == {"events": "pain"}
    assert [found["measures"][name] for name in names] == wanted
    rule = found["include"]["rule_1"]
    match shape:
        case "{}":
            assert rule == names[0]
        case "any: {} | all: {} not {}":
            assert rule == {"any": [names[0], {"all": [names[1], {"not": names[2]}]}]}
        case "either":
            assert rule == {"any": names}
        case _:
            later = {"any": [names[0], {"all": [names[1], {"not": names[2]}]}]}
            assert rule == {"all": ["pain", {"not": later}]}


def codes_other():
    return xml.column("READCODE", xml.codes("Other", C))


def second_with(*filters, **rest):
    return events(codes_other(), *filters, **rest)


DAY = [S("GTEQ", 0, "DAY")]
# what else may be wrong with a link
BAD_LINKS = [
    (xml.link(second_with(), *DAY, parent_column="DOB"), "records are linked by their dates only"),
    (xml.link(second_with(), *DAY, child_column="CODE"), "records are linked by their dates only"),
    (xml.link(second_with(xml.restriction(1, "ASC")), *DAY), "a restriction in a linked criterion is not said"),
    (xml.link(second_with(after=xml.link(second_with(), *DAY)), *DAY), "a linkedCriterion in a linked criterion is not said"),
    (xml.link(second_with(xml.dates("DATE", S("GTEQ", -9, "DAY"))), *DAY), "a linked record has a window of its own beside the link; a measure has one"),
    (xml.link(second_with(xml.column("EPISODE", codes_other())), *DAY), "an extract does not say whether a record is a first one, a review or an end"),
    (xml.link(second_with(before=xml.text("newFilter", 7)), *DAY), "newFilter is not known inside criterion"),
    (xml.link(xml.criterion("GPES_JOURNALS"), *DAY), "an extract has no GPES journals"),
    (xml.tag("linkedCriterion", second_with()), "a link needs a relationship and a criterion"),
]  # fmt: skip


@pytest.mark.parametrize(("link", "why"), BAD_LINKS)
def test_links_that_are_not_said(link, why, tmp_path):
    assert why in reasons(tmp_path, events(PAIN, SEARCHED, after=link))


EXTRA = xml.text("newFilter", "7")
# anything that is not understood in a criterion, and what is told of it
STRANGE = [
    (xml.criterion("MEDICATION_COURSES", PAIN), "a study counts issues, and a course of treatment is not an issue"),
    (xml.criterion("GPES_JOURNALS", PAIN), "an extract has no GPES journals"),
    (xml.criterion("CONSULTATIONS", PAIN), "the table CONSULTATIONS is not known"),
    (events(PAIN, xml.column("EPISODE", xml.value_set(xml.value("FIRST"), system="EMISINTERNAL"))), "an extract does not say whether a record is a first one, a review or an end"),
    (events(PAIN, xml.column("AGE_AT_EVENT", xml.span(U("LT", 248, "DAY")))), "a study asks for the age on the search date, not for that at an event"),
    (events(PAIN, xml.column("ASSOCIATEDTEXT", xml.span(U("LTEQ", 2, "DAY")))), "the column ASSOCIATEDTEXT is not known"),
    (events(PAIN, xml.column("DATE", xml.tag("singleValue", xml.tag("variable", xml.text("value", "Last"))))), "a value that EMIS asks for or works out at run time has no place in a study"),
    (events(PAIN, xml.column("DATE", xml.NOT_IN_THE_FUTURE, xml.restriction(1, "DESC"))), "a restriction inside a filter is not known"),
    (events(PAIN, xml.column("DATE", xml.NOT_IN_THE_FUTURE, which="NOTIN")), "outside a range is not said"),
    (events(PAIN, PAIN), "a record has one code, and two filters ask for it"),
    (events(PAIN, xml.dates("DATE", S("GTEQ", -9, "DAY")), xml.dates("DATE", U("LTEQ", -2, "DAY"))), "there are 2 windows of dates; a measure has one"),
    (events(SEARCHED), "a measure needs the codes that a record is to have"),
    (events(codes_in(A, which="NOTIN")), "a measure needs the codes that a record is to have"),
    (events(PAIN, xml.column("READCODE", xml.value_set(xml.value(B, children=True)), which="NOTIN")), "codes are left out by a value set that is not whole"),
    (events(codes_in(A, which="NEAR")), "NEAR stands where IN or NOTIN is known"),
    (events(xml.column("READCODE")), "a value set is needed here"),
    (events(PAIN, before=EXTRA), "newFilter is not known inside criterion"),
    (events(PAIN, EXTRA), "newFilter is not known inside filterAttribute"),
    (events(PAIN, xml.column("DATE", xml.NOT_IN_THE_FUTURE, EXTRA)), "newFilter is not known inside columnValue"),
    (events(xml.column("READCODE", xml.text("column", "CURRENT"), xml.codes("Pain", A))), "a second column inside columnValue is not known"),
    (events(PAIN, before=xml.text("negation", "true")), "a second negation inside criterion is not known"),
    (events(PAIN).replace("<negation>false", "<negation>maybe"), "negation is neither true nor false"),
    (events(PAIN).replace("<negation>false</negation>", ""), "negation is neither true nor false"),
    (events(PAIN).replace("<filterAttribute>", "<filterAttribute>stray"), "text stands where only elements are known"),
    (events(PAIN).replace("<filterAttribute>", '<filterAttribute mode="x">'), "the attribute mode is not in the known grammar"),
    (events(PAIN, after=xml.tag("baseCriteriaGroup", xml.tag("definition"))), "records that several criteria choose together are not said"),
    (xml.criterion("PATIENTS"), "it asks nothing of the patient"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "why"), STRANGE)
def test_what_is_not_understood_is_told_and_stops_the_study(asked, why, tmp_path):
    search, told = made(tmp_path, asked, xml.events("Other", C))
    assert why in [one.why for one in search.missing]
    place = next(one for one in told if one.why == why)
    assert (place.search, place.line, place.effect) == ("One", 1, Effect.MISSING)
    assert place.column > 1
    assert place.element.startswith("report/population/criteriaGroup")
    assert place.studies == ["one.incomplete.yaml"]
    with pytest.raises(DefinitionError):
        parse_study(search.text, "made.yaml")


def test_a_hole_never_gets_lost_by_taking_lines_away(tmp_path):
    """Whoever deletes the warning at the top, or pins the lists, still has no study that runs."""
    strange = events(PAIN, xml.column("EPISODE", codes_in(A)))
    search, _ = made(tmp_path, strange, xml.events("Other", C), by="OR")
    bare = "\n".join(line for line in search.text.splitlines() if not line.startswith("#"))
    with pytest.raises(DefinitionError, match="missing_1"):
        parse_study(bare, "made.yaml")


PAINFUL, OTHER = xml.events("Pain", A), xml.events("Other", C)


def lines(tmp_path, *groups):
    (search,) = imported(tmp_path, xml.report(1, "One", *groups)).searches
    assert search.is_complete, search.missing
    found = data_of(search)
    return found.get("include"), found.get("exclude")


def g(asked, true, false):
    return xml.group(asked, true=true, false=false)


# groups; include and exclude of the study
CASCADES = [
    ([g(PAINFUL, "SELECT", "REJECT")], {"rule_1": "pain"}, None),
    ([g(PAINFUL, "NEXT", "REJECT"), g(OTHER, "SELECT", "REJECT")], {"rule_1": "pain", "rule_2": "other"}, None),
    ([g(PAINFUL, "NEXT", "REJECT"), g(OTHER, "REJECT", "SELECT")], {"rule_1": "pain"}, {"rule_2": "other"}),
    ([g(OTHER, "REJECT", "NEXT"), g(PAINFUL, "SELECT", "REJECT")], {"rule_2": "pain"}, {"rule_1": "other"}),
    ([g(OTHER, "NEXT", "NEXT"), g(PAINFUL, "SELECT", "REJECT")], {"rule_1": "pain"}, None),
    ([g(PAINFUL, "NEXT", "REJECT"), g(OTHER, "SELECT", "SELECT")], {"rule_1": "pain"}, None),
    ([g(PAINFUL, "SELECT", "NEXT"), g(OTHER, "SELECT", "REJECT")], {"rule_1": {"any": ["pain", "other"]}}, None),
    ([g(PAINFUL, "NEXT", "REJECT"), g(OTHER, "NEXT", "SELECT"), g(xml.events("Third", B), "SELECT", "REJECT")], {"rule_1": "pain", "rule_2": {"any": [{"not": "other"}, "third"]}}, None),
    ([g(PAINFUL, "SELECT", "REJECT"), g(OTHER, "SELECT", "REJECT")], {"rule_1": "pain"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("groups", "include", "exclude"), CASCADES)
def test_cascades(groups, include, exclude, tmp_path):
    assert lines(tmp_path, *groups) == (include, exclude)


# groups; why they are no study
NO_CASCADES = [
    ([g(PAINFUL, "NEXT", "REJECT")], "what EMIS does after NEXT in the last group is not known"),
    ([g(PAINFUL, "SELECT", "NEXT")], "what EMIS does after NEXT in the last group is not known"),
    ([g(PAINFUL, "REJECT", "REJECT")], "it finds nobody"),
    ([g(PAINFUL, "TAKE", "REJECT")], "its actions are not known"),
    ([g(PAINFUL, "REJECT", "SELECT")], "as a study, this study selects everybody: its inclusion holds for a patient with no record"),
    ([xml.group(PAINFUL, by="XOR")], "its criteria are joined by neither AND nor OR"),
    ([xml.group()], "the group asks nothing"),
    ([xml.group(PAINFUL + OTHER)], "a second criterion inside criteria is not known"),
    ([], "it has no criteria"),
]  # fmt: skip


@pytest.mark.parametrize(("groups", "why"), NO_CASCADES)
def test_cascades_that_are_no_study(groups, why, tmp_path):
    (search,) = imported(tmp_path, xml.report(1, "One", *groups)).searches
    assert why in [one.why for one in search.missing]
    with pytest.raises(DefinitionError):
        parse_study(search.text, "made.yaml")


BASE = xml.report(9, "Base", g(OTHER, "REJECT", "SELECT"))


def test_a_parent_comes_first_and_a_named_search_is_a_criterion(tmp_path):
    child = xml.report(1, "Child", g(PAINFUL, "SELECT", "REJECT"), parent=9)
    third = xml.report(
        2,
        "Third",
        xml.group(xml.in_search(1), xml.events("Third", B), by="OR"),
    )
    found = imported(tmp_path, BASE, child, third)
    base, first, second = (data_of(search) for search in found.searches)
    assert base["exclude"] == {"rule_1": "other"}
    assert (first["include"], first["exclude"]) == ({"rule_2": "pain"}, {"rule_1": "other"})
    assert second["include"] == {"rule_1": {"any": [{"all": [{"not": "other"}, "pain"]}, "third"]}}
    assert [search.is_complete for search in found.searches] == [False, True, True]


def test_searches_are_found_by_either_id_whatever_the_case(tmp_path):
    by_version = BASE.replace(xml.guid(9), xml.guid(77).upper())
    child = xml.report(1, "Child", g(PAINFUL, "SELECT", "REJECT"), parent=500_009)
    found = imported(tmp_path, by_version, child)
    assert data_of(found.searches[1])["exclude"] == {"rule_1": "other"}
    upper = imported(tmp_path, BASE.replace(xml.guid(9), xml.guid(9).upper()), xml.report(1, "Child", g(PAINFUL, "SELECT", "REJECT"), parent=9))  # fmt: skip
    assert upper.searches[1].is_complete


CHILD = g(PAINFUL, "SELECT", "REJECT")
# reports; why the first is not complete
REPORTS = [
    ([xml.report(1, "One", CHILD, parent=5)], "the search that it names is not in this file"),
    ([xml.report(1, "One", g(xml.in_search(5), "SELECT", "REJECT"))], "the search that it names is not in this file"),
    ([xml.report(1, "One", CHILD, parent=1)], "the searches name one another in a circle: One → One"),
    ([xml.report(1, "One", CHILD, parent=2), xml.report(2, "Two", g(xml.in_search(1), "SELECT", "REJECT"))], "the searches name one another in a circle: One → Two → One"),
    ([xml.report(1, "One", CHILD, parent=9), BASE, BASE], "several searches of this file have the id that it names"),
    ([xml.report(1, "One", CHILD, start="SOME")], "it does not say from whom it starts"),
    ([xml.report(1, "One", CHILD, start="POP")], "POP without a search is not known"),
    ([xml.report(1, "One", CHILD, population_type="STAFF")], "it does not choose patients"),
    ([xml.report(1, "One", CHILD, clock="TODAY")], "its date is neither BASELINE nor REFERENCE"),
    ([xml.report(1, "One", CHILD, extra=EXTRA)], "newFilter is not known inside report"),
    ([xml.report(1, "One", CHILD).replace("Inclusive>true", "Inclusive>false")], "an execution of another kind is not known"),
    ([xml.report(1, "One", xml.group(PAINFUL, xml.in_search(9)), clock="REFERENCE"), BASE], "with the searches that it names it goes by two dates, BASELINE and REFERENCE (--same-date reads both as one)"),
    ([xml.report(1, "One", CHILD, parent=9, clock="REFERENCE"), BASE], "with the searches that it names it goes by two dates, BASELINE and REFERENCE (--same-date reads both as one)"),
]  # fmt: skip


@pytest.mark.parametrize(("reports", "why"), REPORTS)
def test_reports_that_are_no_study(reports, why, tmp_path):
    search = imported(tmp_path, *reports).searches[0]
    assert why in [one.why for one in search.missing]
    with pytest.raises(DefinitionError):
        parse_study(search.text, "made.yaml")


def test_two_dates_are_one_where_somebody_says_so(tmp_path):
    child = xml.report(1, "Child", CHILD, parent=9, clock="REFERENCE")
    found = imported(tmp_path, child, BASE, one_date=True)
    assert found.searches[0].is_complete
    assert any("both are the search date" in one.why for one in found.not_carried)


def test_a_search_of_everybody_finds_fewer_and_says_so(tmp_path):
    found = imported(tmp_path, xml.report(1, "One", CHILD, start="ALL"))
    assert found.searches[0].is_complete
    assert [one.effect for one in found.not_carried] == [Effect.NARROWER]


@pytest.mark.parametrize("kind", ["listReport", "auditReport", "aggregateReport"])
def test_other_reports_are_told_and_have_no_study(kind, tmp_path):
    other = xml.report(2, "Two", extra=xml.tag(kind, xml.text("anything", 1)))
    found = imported(tmp_path, xml.report(1, "One", CHILD), other)
    assert [search.name for search in found.searches] == ["One"]
    assert any("chooses nobody" in one.why and one.search == "Two" for one in found.not_carried)


def test_labels_of_qof_choose_nobody(tmp_path):
    label = xml.text("exceptionCode", "PAT_AGE")
    search, told = made(tmp_path, events(PAIN, after=label))
    assert search.is_complete
    assert [(one.effect, one.text) for one in told] == [(Effect.NOTE, "PAT_AGE")]


def test_a_negated_criterion_holds_without_records(tmp_path):
    asked = [xml.events("Pain", A), xml.events("Other", C, negated=True)]
    assert whole(tmp_path, *asked)["include"] == {"rule_1": {"all": ["pain", {"not": "other"}]}}


def test_medicines_are_counted_by_issues(tmp_path):
    found = whole(tmp_path, xml.issues("Opioids", A, window=[S("GTEQ", -6, "MONTH")]))
    assert found["measures"] == {
        "emis_opioids_6_months": {"medicines": "emis-opioids", "within": "6 months"}
    }


def test_the_product_s_own_opt_outs_stay_in_force(tmp_path):
    found = whole(tmp_path, PAINFUL)
    version = ic.Library().latest("research-opt-out").version
    assert found["opt_outs"] == {"events": "research-opt-out"}
    assert found["codelists"]["research-opt-out"] == version
