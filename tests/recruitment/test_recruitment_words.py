"""The words of recruitment: which codes there are, and what an opt-out does on which ground."""

import pytest

from instep_cohort.recruitment.vocabulary import (
    ALWAYS_REMOVES,
    REASONS,
    SCREENING_REASONS,
    Decision,
    LegalBasis,
    OptOutEffect,
    OptOutKind,
    Reason,
    Route,
    effect,
)

EX = "AGE IN_WORK RETIRED STUDENT PAIN_NOT_CHRONIC CANCER_PAIN OTHER_TRIAL NO_WISH_TO_WORK_KNOWN LANGUAGE CAPACITY"
PJ = "TERMINAL BEREAVED SEVERE_MENTAL_ILLNESS SUBSTANCE_MISUSE SAFEGUARDING DISTRESS_LIKELY RESIDENTIAL_CARE OTHER"
AD = "DIED LEFT NO_ADDRESS OPT_OUT DUPLICATE RECENTLY_INVITED"


def test_the_reason_codes_are_those_of_the_practice_process():
    groups = {"EX": EX, "PJ": PJ, "AD": AD}
    expected = [f"{group}_{name}" for group, names in groups.items() for name in names.split()]
    assert list(Reason) == [*expected, "NOT_SCREENED"]
    assert list(SCREENING_REASONS) == expected
    assert set(REASONS) == set(Reason)
    for reason in SCREENING_REASONS:
        assert reason.group == reason[:2]
        assert reason.meaning
        assert reason.source
    assert Reason.NOT_SCREENED.group == "none"


def test_the_decisions_and_the_routes():
    assert list(Decision) == ["invite", "do not invite", "discuss with GP", "speak at next visit"]
    assert (
        " ".join(Route) == "code_search hand_search gp_nomination opportunistic "
        "self_referral_poster pain_service physio_msk job_centre employment_programme community "
        "register other"
    )


TABLE = """
kind          care_team                  section_251    national_service
national      shown                      removes        removes
type_1        removes_unless_overridden  removes        removes
research      removes                    removes        removes
this_study    removes                    removes        removes
do_not_write  removes                    removes        removes
channel       other_channel              other_channel  other_channel
"""
HEADER, *ROWS = (line.split() for line in TABLE.strip().splitlines())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_s2_what_an_opt_out_does_on_each_legal_basis(row):
    kind, *effects = row
    for basis, does in zip(HEADER[1:], effects, strict=True):
        assert effect(OptOutKind(kind), LegalBasis(basis)) is OptOutEffect(does.replace("_", " "))


def test_the_table_speaks_of_every_kind_and_basis():
    assert [row[0] for row in ROWS] == list(OptOutKind)
    assert HEADER[1:] == list(LegalBasis)
    removes_always = {kind for kind, *does in ROWS if set(does) == {"removes"}}
    assert removes_always == ALWAYS_REMOVES
