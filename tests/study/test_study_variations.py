"""What `--vary` says."""

import pytest

from instep_cohort.errors import UsageError
from instep_cohort.study.variations import points_of, variations

READ = [
    ("issues=2..4", {"issues": ["2", "3", "4"]}),
    ("issues=3..3", {"issues": ["3"]}),
    ("age_max=64", {"age_max": ["64"]}),
    ("within=90d,13w,6m,1y,1d", {"within": ["90 days", "13 weeks", "6 months", "1 year", "1 day"]}),
    ("within=90 days, 12 months", {"within": ["90 days", "12 months"]}),
    ("lists=opioids", {"lists": ["opioids"]}),
    ("x=1..2,5,8..9", {"x": ["1", "2", "5", "8", "9"]}),
    ("x=3,2..4", {"x": ["3", "2", "4"]}),
    ("after=2020-01-01,2021-01-01", {"after": ["2020-01-01", "2021-01-01"]}),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_the_short_forms(text, expected):
    assert variations([text]) == expected


WRONG = [
    (["issues"], "write NAME=VALUE,VALUE"),
    (["=3"], "write NAME=VALUE,VALUE"),
    (["issues="], "write NAME=VALUE,VALUE"),
    (["issues=2,,3"], "a value is missing"),
    (["issues=4..2"], "runs backwards; write 2..4"),
    (["issues=1..100000"], "100,000 values; 1,000 is the most"),
    (["issues=2", "issues=3"], "--vary issues stands twice"),
    (["a=1..40", "b=1..40"], "asks for 1,600 combinations; 1,000 is the most"),
]


@pytest.mark.parametrize(("texts", "message"), WRONG)
def test_what_it_cannot_mean(texts, message):
    with pytest.raises(UsageError) as error:
        variations(texts)
    assert message in str(error.value)


def test_every_combination_the_last_changing_first():
    assert points_of(variations(["a=1..2", "b=x,y"])) == [
        {"a": "1", "b": "x"},
        {"a": "1", "b": "y"},
        {"a": "2", "b": "x"},
        {"a": "2", "b": "y"},
    ]
