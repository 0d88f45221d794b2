"""Made-up lists on made-up extracts: the index must find what looking at everything finds."""

import brute_force
from hypothesis import given, settings
from hypothesis import strategies as st
from made_lists import codes_table, made_list

from instep_cohort.codelists import CodeIndex, Match, Selector, resolve
from instep_cohort.terminology import System

FIVES = ["N05..", "N051.", "N05zL", "N0...", "n05..", "13J3.", "13J4."]
READ = st.sampled_from([*FIVES, "13J3.00", "13J3.11", "N051.11", "N05", "#N05.", "13J3.1"])
BNF = st.sampled_from(["0408010G0", "0408010G0AA", "0408010AE", "0407010", "04070100"])
IDS = st.sampled_from(["82423001", "322236009", "2533649013"])
WORDS = st.sampled_from(["Morphine", "morphine sulfate", "SULFATE", "gel", "apomorphine", "Éx"])
NAMES = st.lists(WORDS, min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from([" ", " / ", "-", "/"]).map(lambda sign: sign.join(parts))
)
INGREDIENTS = st.lists(WORDS, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(["/", ";", " / "]).map(lambda sign: sign.join(parts))
)


def several(codes):
    return st.none() | st.lists(codes, min_size=1, max_size=2).map("/".join)


OWN = {
    "read_v2": READ,
    "ctv3": READ,
    "snomed_ct": IDS,
    "dmd": IDS,
    "bnf": several(BNF).map(lambda code: code or "04"),
    "emis_code_id": IDS,
    "name": NAMES,
    "local": READ,
}
ROWS = st.sampled_from(sorted(OWN)).flatmap(
    lambda system: st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["clinical", "medicine"]),
            "system": st.just(system),
            "code": OWN[system],
            "term": st.none() | NAMES,
            "read_v2": several(READ),
            "ctv3": several(READ),
            "snomed_concept": several(IDS),
            "dmd": several(IDS),
            "bnf": several(BNF),
            "substance": st.none() | INGREDIENTS,
        }
    )
)
EXACTLY = [Match.EXACT, Match.EXCLUDE]


def selectors_of(system, codes, matches=tuple(Match)):
    return st.builds(
        lambda code, match, category: Selector(
            System(system), code, match, None if match.excludes else category
        ),
        codes,
        # exclusions are drawn less often, or most lists would be empty
        st.sampled_from([match for match in matches for _ in range(1 if match.excludes else 4)]),
        st.sampled_from(["pain", "stiff"]),
    )


SELECTORS = st.one_of(
    selectors_of("read_v2", st.sampled_from(FIVES)),
    selectors_of("read_v2", st.sampled_from(["13J3.00", "13J3.11", "N051.11"]), EXACTLY),
    selectors_of("ctv3", st.sampled_from(FIVES), EXACTLY),
    selectors_of("snomed_ct", IDS, EXACTLY),
    selectors_of("dmd", IDS, EXACTLY),
    selectors_of("emis_code_id", IDS, EXACTLY),
    selectors_of("bnf", BNF),
    selectors_of("substance", WORDS, EXACTLY),
    selectors_of("product_name", WORDS | st.tuples(WORDS, WORDS).map(" ".join), EXACTLY),
)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(SELECTORS, min_size=1, max_size=8),
    st.lists(ROWS, max_size=12),
    st.sampled_from(["clinical", "medicine"]),
)
def test_agrees_with_looking_at_everything(selectors, rows, kind):
    table = codes_table(*rows)
    whole = [{column: table[column][n] for column in table} for n in range(len(rows))]
    found = resolve(made_list(*selectors, kind=kind), CodeIndex.from_columns(table))
    categories, matched, excluded = brute_force.resolve(selectors, whole, kind)
    assert found.categories_by_key == categories
    assert found.matched_by_key == matched
    assert set(found.excluded) == excluded


@settings(max_examples=50, deadline=None)
@given(st.lists(SELECTORS, min_size=2, max_size=8), st.lists(ROWS, max_size=12), st.randoms())
def test_the_order_of_rows_and_selectors_changes_nothing(selectors, rows, random):
    table = codes_table(*rows)
    shuffled = random.sample(range(len(rows)), len(rows))
    other = {column: [cells[n] for n in shuffled] for column, cells in table.items()}
    first = resolve(made_list(*selectors), CodeIndex.from_columns(table))
    again = random.sample(selectors, len(selectors))
    second = resolve(made_list(*again), CodeIndex.from_columns(other))
    assert first.matched_by_key == second.matched_by_key
    assert first.categories_by_key == second.categories_by_key
    assert sorted(map(tuple, first.rows())) == sorted(map(tuple, second.rows()))
