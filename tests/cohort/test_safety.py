"""RULES.md §1 and §8: when no list may be built at all."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from instep_cohort.cohort.safety import OptOutAnswers, refuse_unless_safe
from instep_cohort.errors import SafetyRefusal, UsageError

ON = date(2026, 11, 1)
FILE = Path("opt-outs.csv")


def a_list(*selectors):
    return SimpleNamespace(
        selectors=[
            SimpleNamespace(system=system, category=category) for system, category in selectors
        ]
    )


TYPE_1_ONLY = a_list(("read_v2", "type_1_dissent"), ("ctv3", "type_1_dissent"))
WITH_RESEARCH = a_list(("read_v2", "research_dissent"))


def judge(
    opt_outs=TYPE_1_ONLY,
    answers=None,
    extract_date=ON,
    systems=("read_v2",),
    *,
    declared=True,
    allow_stale=False,
):
    plan = SimpleNamespace(on=ON, study="s", opt_outs=object() if declared else None)
    refuse_unless_safe(
        plan,
        [opt_outs],
        answers or OptOutAnswers(nobody_listed="Dr A, partner"),
        extract_date=extract_date,
        clinical_systems=systems,
        allow_stale=allow_stale,
    )


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"answers": OptOutAnswers(FILE, ON)},
        {"opt_outs": WITH_RESEARCH, "answers": OptOutAnswers()},
        {"systems": ("emis_code_id", "ctv3")},
        {"extract_date": date(2026, 8, 3)},  # 90 days before
        {"extract_date": date(2026, 12, 24)},  # the search date may lie before the extract
        {"answers": OptOutAnswers(FILE, date(2026, 10, 2))},  # 30 days before
        {"extract_date": date(2026, 8, 2), "allow_stale": True},
        {"answers": OptOutAnswers(FILE, date(2020, 1, 1)), "allow_stale": True},
    ],
)
def test_a_list_may_be_built(case):
    judge(**case)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"declared": False}, "says nothing of opt-outs"),
        ({"answers": OptOutAnswers()}, "only the practice knows who asked not to be written to"),
        ({"extract_date": date(2026, 8, 2)}, "91 days old on the search date"),
        ({"answers": OptOutAnswers(FILE, date(2026, 10, 1))}, "is 31 days old"),
        ({"systems": ("emis_code_id", "snomed_ct")}, "coded in emis_code_id, snomed_ct, the opt-out list in ctv3, read_v2"),
        ({"systems": ()}, "coded in no code at all"),
        ({"opt_outs": WITH_RESEARCH, "systems": ("ctv3",), "answers": OptOutAnswers(FILE, ON)}, "Nobody's opt-out can be found"),
    ],
)  # fmt: skip
def test_a_list_is_refused(case, says):
    with pytest.raises(SafetyRefusal) as refusal:
        judge(**case)
    assert says in str(refusal.value)
    assert refusal.value.exit_code == 4


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"file": FILE, "drawn_up": ON, "nobody_listed": "Dr A"}, "contradict each other"),
        ({"file": FILE}, "needs --opt-outs-on"),
        ({"drawn_up": ON}, "give the list with --opt-outs FILE"),
        ({"nobody_listed": "  "}, '"name, role"'),
    ],
)
def test_answers_that_contradict_themselves(answers, says):
    with pytest.raises(UsageError) as error:
        OptOutAnswers(**answers)
    assert says in str(error.value)
    assert error.value.exit_code == 2
