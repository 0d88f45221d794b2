"""What is told of a list on one extract: rows, counts, warnings."""

import pytest
from made_lists import code, codes_table, made_list, select

from instep_cohort.codelists import CodeIndex, ResolutionRow, resolve

CODES = (
    "read_v2 N05..; term=Osteoarthritis",
    "read_v2 N050.; term=Generalised osteoarthritis",
    "read_v2 N05zL; term=Osteoarthritis NOS of knee",
    "emis_code_id 9; snomed_concept=82423001",
)
SELECTORS = (
    "snomed_ct exact 82423001 = stiff",
    "read_v2 descendants N05..",
    "read_v2 exact N20..",
    "read_v2 exact N05zL",
    "read_v2 exclude N05zL",
    "ctv3 exclude XE1FD",
)


def resolved(selectors, *codes, kind="clinical"):
    codelist = made_list(*(select(s, n) for n, s in enumerate(selectors, 2)), kind=kind)
    return resolve(codelist, CodeIndex.from_columns(codes_table(*map(code, codes), kind=kind)))


def test_the_rows_of_resolution_csv():
    found = resolved(SELECTORS, *CODES)
    n05 = ("aches", "1.0.0", "read_v2", "N05..", "descendants", "pain", "read_v2")
    knee = ("read_v2", "N05zL", "Osteoarthritis NOS of knee")
    assert found.rows() == [
        ResolutionRow(
            "aches",
            "1.0.0",
            "snomed_ct",
            "82423001",
            "exact",
            "stiff",
            "emis_code_id",
            "9",
            "",
            "dictionary",
            4,
        ),
        ResolutionRow(*n05, "N05..", "Osteoarthritis", "code", 1),
        ResolutionRow(*n05, "N050.", "Generalised osteoarthritis", "code", 2),
        # taken in by one selector and excluded by another
        ResolutionRow(*n05, "N05zL", "Osteoarthritis NOS of knee", "excluded", 3),
        ResolutionRow("aches", "1.0.0", "read_v2", "N20..", "exact", "pain", "", "", "", "", 0),
        ResolutionRow("aches", "1.0.0", "read_v2", "N05zL", "exact", "pain", *knee, "excluded", 3),
        ResolutionRow("aches", "1.0.0", "read_v2", "N05zL", "exclude", "", *knee, "code", 3),
        ResolutionRow("aches", "1.0.0", "ctv3", "XE1FD", "exclude", "", "", "", "", "", 0),
    ]
    assert all(type(cell) in (str, int) for row in found.rows() for cell in row)


def test_every_selector_has_a_row():
    found = resolved(SELECTORS, *CODES)
    told = {(row.selector_system, row.selector_code, row.match) for row in found.rows()}
    assert told == {(s.system, s.code, s.match) for s in found.codelist.selectors}
    assert [s.code for s in found.unmatched] == ["N20..", "XE1FD"]


def test_a_resolution_shows_itself():
    found = resolved(SELECTORS, *CODES)
    assert repr(found) == (
        "aches 1.0.0 in this extract: 3 codes, 2 of 6 selectors met none\n"
        "category  matched by  codes  rows\n"
        "pain      code            2     3\n"
        "stiff     dictionary      1     4"
    )
    assert ">dictionary</td>" in found._repr_html_()


def test_a_list_that_takes_anything_in_has_no_warning():
    assert resolved(SELECTORS, *CODES).warning() == ""


@pytest.mark.parametrize(
    ("codes", "systems", "expected"),
    [
        (
            ["emis_code_id 1"],
            None,
            (
                "gabapentinoids: 0 of 3 selectors match a code in this extract; the extract's "
                "medicine system is emis_code_id, the list has read_v2, product_name"
            ),
        ),
        (
            ["emis_code_id 1", "dmd 2"],
            None,
            (
                "gabapentinoids: 0 of 3 selectors match a code in this extract; the extract's "
                "medicine systems are dmd, emis_code_id, the list has read_v2, product_name"
            ),
        ),
        (
            ["emis_code_id 1"],
            {"gemscript"},
            (
                "gabapentinoids: 0 of 3 selectors match a code in this extract; the extract's "
                "medicine system is gemscript, the list has read_v2, product_name"
            ),
        ),
        (
            [],
            None,
            (
                "gabapentinoids: 0 of 3 selectors match a code in this extract; the extract has no "
                "medicine codes, the list has read_v2, product_name"
            ),
        ),
        (
            ["read_v2 dnj1.; term=Gabapentin gel"],
            None,
            (
                "gabapentinoids: 2 of 3 selectors match a code in this extract, and each of those "
                "codes is excluded; the extract's medicine system is read_v2, the list has "
                "read_v2, product_name"
            ),
        ),
        (
            ["emis_code_id 1; term=Ibuprofen gel"],
            None,
            (
                "gabapentinoids: 1 of 3 selectors match a code in this extract, and each of those "
                "codes is excluded; the extract's medicine system is emis_code_id, the list has "
                "read_v2, product_name"
            ),
        ),
    ],
)
def test_the_warning_of_a_list_that_takes_nothing_in(codes, systems, expected):
    codelist = made_list(
        select("read_v2 descendants dnj.."),
        select("read_v2 descendants dnp.."),
        select("product_name exclude gel"),
        kind="medicine",
        name="gabapentinoids",
    )
    table = codes_table(*map(code, codes), kind="medicine")
    assert resolve(codelist, CodeIndex.from_columns(table)).warning(systems) == expected
