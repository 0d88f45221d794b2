"""Made-up edits of a list: every change of a locked cell is refused, every decision comes through."""

import datetime
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from screening_practice import KHAN, LEE, ON, TODAY

from instep_cohort.recruitment.screening.answers import Answer, Limits
from instep_cohort.recruitment.screening.cells import plain
from instep_cohort.recruitment.screening.columns import EDITABLE_NAMES
from instep_cohort.recruitment.screening.legend import reason_words
from instep_cohort.recruitment.screening.reading import Returned, read_returned
from instep_cohort.recruitment.screening.verifying import verified
from instep_cohort.recruitment.vocabulary import SCREENING_REASONS, Decision, KnownWorkStatus

LIMITS = Limits((KHAN, LEE), ON, TODAY)
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Exported(NamedTuple):
    """A list as it was read back, and the run and people that it is of."""

    returned: Returned
    run: object
    people: set

    def verified(self, rows):
        return verified(self.returned._replace(rows=rows), self.run, self.people, LIMITS)


@pytest.fixture(scope="module")
def exported(searched_practice, tmp_path_factory):
    from screening_practice import copied

    screening = copied(searched_practice, tmp_path_factory.mktemp("generated") / "practice")
    path = screening.export(identity=("local_patient_no",))
    return Exported(read_returned(path), screening.run, set(screening.tokens().values()))


def answers():
    def whole(decision):
        needed = decision is Decision.DO_NOT_INVITE
        reasons = st.sampled_from(SCREENING_REASONS)
        reason = reasons if needed else st.none() | reasons
        return st.builds(
            Answer,
            decision=st.just(decision),
            reason=st.none() if decision is Decision.INVITE else reason,
            knows_work_status=st.none() | st.sampled_from(KnownWorkStatus),
            screened_by=st.sampled_from([KHAN, LEE]),
            screened_on=st.dates(ON, TODAY),
        )

    return st.sampled_from(Decision).flatmap(whole)


def written(answer, how):
    """The cells of an answer, as one spreadsheet or another would save them."""
    reason = answer.reason
    texts = [str(reason), reason_words(reason.value, reason.meaning)] if reason else [""]
    day = answer.screened_on
    days = [
        day,
        datetime.datetime(day.year, day.month, day.day),
        float((day - datetime.date(1899, 12, 30)).days),
        day.isoformat(),
        f"{day:%d/%m/%Y}",
    ]
    decisions = [str(answer.decision), str(answer.decision).upper(), f" {answer.decision} "]
    return {
        "decision": decisions[how % len(decisions)],
        "reason_code": texts[how % len(texts)],
        "knows_work_status": answer.knows_work_status or "",
        "screened_by": answer.screened_by,
        "screened_on": days[how % len(days)],
    }


@QUICK
@given(data=st.data())
def test_any_decisions_in_any_order_come_through_exactly(exported, data):
    header, rows = exported.returned.header, exported.returned.rows
    picked = data.draw(st.dictionaries(st.integers(0, len(rows) - 1), answers(), max_size=12))
    order = data.draw(st.permutations(range(len(rows))))
    token = header.index("candidate_token")
    changed, expected = [], {}
    for number, place in enumerate(order, 2):
        cells = list(rows[place][1])
        if place in picked:
            how = data.draw(st.integers(0, 30))
            for name, value in written(picked[place], how).items():
                cells[header.index(name)] = value
            expected[cells[token]] = picked[place]
        changed.append((number, cells))
    found = exported.verified(changed)
    assert found.faults == []
    assert {row.token: row.answer for row in found.rows if row.answer} == expected
    assert len(found.rows) == len(rows)


@QUICK
@given(data=st.data())
def test_any_change_of_a_locked_cell_is_refused_and_its_place_is_named(exported, data):
    header, rows = exported.returned.header, exported.returned.rows
    locked = [name for name in header if name not in (*EDITABLE_NAMES, "row_check")]
    place = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from(locked))
    old = rows[place][1][header.index(name)]
    others = [row[1][header.index(name)] for row in rows]
    new = data.draw(
        st.one_of(
            st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.none(),
            st.sampled_from(others), st.just(f"{old}x"), st.just(f"={old}"),
        ).filter(lambda value: plain(value) != plain(old))
    )  # fmt: skip
    number, cells = rows[place]
    cells = list(cells)
    cells[header.index(name)] = new
    faults = exported.verified([*rows[:place], (number, cells), *rows[place + 1 :]]).faults
    assert faults
    # of 16 bits, two cells are one in 65,536 times: then the row is named, and not the column
    assert any(fault.where.startswith(f"row {number}") for fault in faults)
    assert any(name in fault.where for fault in faults) or "another list" in str(faults)


@QUICK
@given(data=st.data())
def test_rows_that_lost_their_cells_to_other_rows_are_refused(exported, data):
    """Sorting some of the locked columns, and not the others."""
    header, rows = exported.returned.header, exported.returned.rows
    names = [name for name in header if name not in EDITABLE_NAMES]
    moved = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=len(names) - 1))
    first, second = data.draw(
        st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True)
    )
    changed = [(number, list(cells)) for number, cells in rows]
    for name in moved:
        at = header.index(name)
        one, two = changed[first][1], changed[second][1]
        one[at], two[at] = two[at], one[at]
    alike = {
        name
        for name in names
        if plain(rows[first][1][header.index(name)]) == plain(rows[second][1][header.index(name)])
    }
    # either nothing changed places, or the two people did, with all that is theirs
    same = moved <= alike or set(names) - moved <= alike
    assert bool(exported.verified(changed).faults) is not same


@QUICK
@given(data=st.data())
def test_missing_doubled_and_foreign_rows_are_refused(exported, data):
    rows = exported.returned.rows
    gone = data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=5))
    doubled = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=3))
    kept = [row for place, row in enumerate(rows) if place not in gone]
    extra = [(len(rows) + 2 + n, rows[place][1]) for n, place in enumerate(doubled)]
    restored = gone - set(doubled)
    repeats = len(doubled) - len(set(doubled) & gone)
    assert bool(exported.verified(kept + extra).faults) is bool(restored or repeats > 0)
