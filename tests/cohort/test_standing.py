"""Whether a coded dissent stands, and why (RULES.md §8)."""

from datetime import date

import pytest

from instep_cohort.cohort.explain.standing import standing
from instep_cohort.cohort.explain.values import EvidenceRow

ON = date(2026, 11, 1)

# dissents | withdrawals | born by | known | stands | text
CASES = """
                      |                       | 2008-11-01 |     | no  | no dissent on record
                      | 2020-01-01            | 2008-11-01 |     | no  | no dissent on record
2020-01-01            |                       | 2008-11-01 |     | yes | dissent of 2020-01-01 stands
2027-01-01            |                       | 2008-11-01 |     | yes | dissent of 2027-01-01 stands
2020-01-01            | 2020-01-02            | 2008-11-01 |     | no  | dissent of 2020-01-01, withdrawn on 2020-01-02
2020-01-01            | 2020-01-01            | 2008-11-01 |     | yes | dissent of 2020-01-01 stands; the withdrawal of 2020-01-01 does not count: it is not later than the dissent
2020-01-01 2021-01-01 | 2020-06-01            | 2008-11-01 |     | yes | dissent of 2021-01-01 stands; the withdrawal of 2020-06-01 does not count: it is not later than the dissent
2020-01-01 2019-01-01 | 2020-06-01            | 2008-11-01 |     | no  | dissent of 2020-01-01, withdrawn on 2020-06-01
2020-01-01            | 2026-11-01            | 2008-11-01 |     | no  | dissent of 2020-01-01, withdrawn on 2026-11-01
2020-01-01            | 2026-11-02            | 2008-11-01 |     | yes | dissent of 2020-01-01 stands; the withdrawal of 2026-11-02 does not count: it is dated after 2026-11-01
2020-01-01            | ?                     | 2008-11-01 |     | yes | dissent of 2020-01-01 stands; an undated withdrawal does not count
?                     | 2020-01-01            | 2008-11-01 |     | yes | a dissent without a date, which stands for good
? 2020-01-01          | 2021-01-01            | 2008-11-01 |     | yes | a dissent without a date, which stands for good
1980-01-01            | 2008-11-01            | 2008-11-01 |     | no  | dissent of 1980-01-01, withdrawn on 2008-11-01
1980-01-01            | 2008-10-31            | 2008-11-01 |     | ?   | dissent of 1980-01-01, withdrawn on 2008-10-31; that would not count if dated before birth, and a run does not keep the birth
1980-01-01            | 2008-10-31            |            |     | ?   | dissent of 1980-01-01, withdrawn on 2008-10-31; that would not count if dated before birth, and a run does not keep the birth
1980-01-01            | 2008-10-31            | 2008-11-01 | yes | yes | dissent of 1980-01-01 stands; the withdrawal of 2008-10-31 does not count: it is dated before birth
1980-01-01            | 2008-10-31            | 2008-11-01 | no  | no  | dissent of 1980-01-01, withdrawn on 2008-10-31
"""
SAID = {"yes": True, "no": False, "?": None, "": None}


def opt_out(day, category):
    when = None if day == "?" else date.fromisoformat(day)
    return EvidenceRow(
        when, None, "read_v2", "9Nu0.", "o", "1.0.0", category, "code", False, None, None
    )


@pytest.mark.parametrize(
    "case", [[cell.strip() for cell in line.split("|")] for line in CASES.strip("\n").splitlines()]
)
@pytest.mark.parametrize(
    ("step", "pair"),
    [
        ("type_1", ("type_1_dissent", "type_1_withdrawn")),
        ("research_dissent", ("research_dissent", "research_withdrawn")),
    ],
)
def test_a_dissent_stands_unless_a_withdrawal_counts(case, step, pair):
    dissents, withdrawals, born_by, known, stands, text = case
    rows = [opt_out(day, pair[0]) for day in dissents.split()]
    rows += [opt_out(day, pair[1]) for day in withdrawals.split()]
    # codes of the other pair, and cautions, say nothing of this one
    (other,) = {"type_1_dissent", "research_dissent"} - {pair[0]}
    rows += [opt_out("2026-01-01", "caution"), opt_out("?", other)]
    born = date.fromisoformat(born_by) if born_by else None
    found = standing(rows, step, on=ON, born_by=born, known=SAID[known])
    assert found == (SAID[stands], text)
