"""The nominated are screened on the same list, and stay found by whom they were found."""

import pyarrow as pa
import pytest
from screening_practice import BY, KHAN, ON, answer, filled

from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.ledger import Decided, Found
from instep_cohort.recruitment.routes.nominated_rows import with_nominated
from instep_cohort.recruitment.screening.exporting import ListFormat, export_list
from instep_cohort.recruitment.screening.importing import record
from instep_cohort.recruitment.screening.listing import screening_list
from instep_cohort.recruitment.vocabulary import Decision, Route, Tier

WHY = "Named: gp nomination (2026-11-20); the search does not find pain medicine."


@pytest.fixture
def named(screening):
    """Somebody whom the search left out, and the run with them behind its candidates."""
    facts = screening.run.cohort.to_arrow("facts").to_pylist()
    who = next(one["patient_id"] for one in facts if one["dropped_at"] == "pain_medicine")
    row = dict.fromkeys(screening.run.candidates.column_names) | {
        "patient_id": who, "practice_id": screening.run.practice, "tier": "D", "reason": WHY,
        "age": 40, "sex": "F",
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=screening.run.candidates.schema)
    run = with_nominated(screening.run, table)
    token = screening.key.tokens_for([who])[who]
    screening.append(
        [
            Found(
                person=token,
                route=Route.GP_NOMINATION,
                found_on=ON,
                tier=Tier.D,
                named_by=KHAN,
            )
        ]
    )
    return run, token


def test_the_nominated_are_on_the_list_with_why_and_come_back(screening, named):
    run, token = named
    listed = screening_list(run, screening.ledger, screening.key, screeners=[KHAN], seed=1)
    row = dict(zip([one.name for one in listed.columns], by_token(listed)[token], strict=True))
    assert (row["tier"], row["why_found"]) == ("D", WHY)
    tiers = [one[3] for one in listed.rows]
    assert tiers == sorted(tiers)
    path = export_list(listed, screening.folder / "list.xlsx", ListFormat.XLSX).path
    number = [one[0] for one in listed.rows].index(token) + 2
    prepared = screening.prepare(filled(path, {number: answer()}))
    record(prepared, screening.ledger, who=BY, at="2026-11-24T10:00:00Z")
    standing = screening.ledger.standing
    assert standing.decision(token).decision is Decision.INVITE
    assert [one.route for one in standing.routes[token]] == [Route.GP_NOMINATION]
    others = standing.routes.keys() - {token}
    assert {one.route for other in others for one in standing.routes[other]} == {Route.CODE_SEARCH}


def by_token(listed):
    return {row[0]: row for row in listed.rows}


def test_a_ledger_that_grew_meanwhile_is_not_written_over(screening):
    path = filled(screening.export(), {2: answer()})
    book = screening.ledger
    prepared = screening.prepare(path)
    person = screening.listed().rows[0][0]
    said = Decided(
        person=person, decision=Decision.DISCUSS_WITH_GP, screened_by=KHAN, screened_on=ON
    )
    screening.append([said])
    with pytest.raises(SafetyRefusal, match="has grown since"):
        record(prepared, book, who=BY, at="2026-11-24T10:00:00Z")
    assert screening.ledger.standing.kinds == {"decided": 1}
