"""Lists against dictionaries: which system, which code, which term, and what a prefix takes in."""

import csv
from datetime import date
from pathlib import Path

import pytest
from made_lists import CARD, write_list

from instep_cohort.codelists import check
from instep_cohort.codelists.checks.dictionary_files import read_dictionaries
from instep_cohort.codelists.checks.prefixes import FAR
from instep_cohort.codelists.column_names import system_in_name, system_named
from instep_cohort.errors import DefinitionError, UsageError
from instep_cohort.terminology import System
from instep_cohort.terminology.dictionaries import LEAST_CODES, Dictionary, merged

ON = date(2026, 11, 24)
ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "reference"
needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the reference terms are not part of the repository"
)


def dictionary(**terms):
    """A dictionary written as `read_v2={"N05..": "Osteoarthritis | OA"}`."""
    return Dictionary(
        "these terms",
        {
            System(system): {code: tuple(said.split(" | ")) for code, said in codes.items()}
            for system, codes in terms.items()
        },
    )


def told(folder, rows, known, card=CARD):
    write_list(folder, rows=rows, card=card)
    found = check(folder, on=ON, dictionary=known)
    return [one for one in found if one.code not in ("lock-missing", "category-unused", "order")]


# ---------------------------------------------------------------- terms and codes

FILLER = {f"9{n:04}": "nothing" for n in range(LEAST_CODES)}
KNOWN = dictionary(
    read_v2={
        "N05..": "Osteoarthritis | Osteoarthritis and allied disorders",
        "N051.": "Localised, primary osteoarthritis",
        "1BB1.": "Aching headache",
        "1Bb1.": "Fear of getting cancer",
        "N06z0": "Unspecified arthropathy of the upper arm",
        **FILLER,
    },
    ctv3={"XSGKA": "Chronic pain", "X703k": "Lumbar spondylosis"},
)

# a row, and what is said of it: the kind, the words of the sentence, those of the repair
ROWS = """
read_v2,N05..,exact,pain,osteoarthritis,            |             |                |
read_v2,N05..11,exact,pain,Osteoarthritis  and allied disorders, | |              |
read_v2,N06z0,exact,pain,Unspecified arthropathy of, |            |                |
read_v2,N05..,exact,pain,Osteo,                     | term-differs | 'Osteoarthritis' | whether the code or the term
read_v2,N05..,exact,pain,Aching headache,           | term-differs | not 'Aching headache' | 'Aching headache' is '1BB1.'
read_v2,1Bb1.,exact,pain,Aching headache,           | code-wrong-case | is read_v2 '1BB1.' | write '1BB1.'
read_v2,N05zL,exact,pain,Osteoarthritis NOS of knee, | code-unknown | not in these terms | look it up
read_v2,n05..,exact,pain,Old age,                   | code-unknown | not in these terms | 'N05..' ('Osteoarthritis'
read_v2,N052.,exact,pain,Aching headache,           | code-unknown | not in these terms | is '1BB1.' there
ctv3,XSGKa,exact,pain,Chronic pain,                 | code-wrong-case | is ctv3 'XSGKA' | write 'XSGKA'
ctv3,X7O3k,exact,pain,Lumbar spondylosis,           | code-look-alike | is ctv3 'X703k' | 'X7O3k' or 'X703k' is right
ctv3,X703K,exact,pain,Osteoarthritis of hip,        |             |                |
read_v2,N5,exact,pain,Osteoarthritis,               | code-missing-dots | lost its dots | write 'N5...'
"""


@pytest.mark.parametrize("line", ROWS.strip().splitlines())
def test_a_row_against_its_dictionary(tmp_path, line):
    row, code, text, repair = (cell.strip() for cell in line.split(" |"))
    found = [one for one in told(tmp_path, f"{row}\n", KNOWN) if one.code != "chapter-kind"]
    assert [one.code for one in found] == ([code] if code else [])
    for one in found:
        assert text in one.text
        assert repair in one.repair
        assert (one.line, one.row_code) == (2, row.split(",")[1])


def test_a_term_decides_between_codes_that_damage_has_made_equal(tmp_path):
    known = dictionary(read_v2={"142..": "H/O: blood disorder", "0142.": "Managers"})
    for term, code in (("H/O: blood disorder", "142.."), ("Managers", "0142."), ("neither", None)):
        [one] = told(tmp_path, f"read_v2,142,exact,pain,{term},\n", known)
        assert one.code == "code-missing-dots"
        assert (one.mend.text if one.mend else None) == code
        assert one.repair.startswith("write ") == (code is not None)


def test_without_a_dictionary_nothing_is_said_of_terms(tmp_path):
    assert told(tmp_path, "read_v2,1Bb1.,exact,pain,Aching headache,\n", None) == []


def test_a_small_dictionary_says_nothing_of_codes_that_it_lacks(tmp_path):
    known = dictionary(read_v2={"N05..": "Osteoarthritis"})
    assert told(tmp_path, "read_v2,N06..,exact,pain,x,\n", known) == []


# ---------------------------------------------------------------- Read v2 and CTV3


@pytest.mark.parametrize(
    ("row", "repair"),
    [
        ("read_v2,F344.,exact,pain,Complex regional pain syndrome type II,", "has 'F347.' for it"),
        ("read_v2,Q999.,exact,pain,x,", "look up the code that read_v2 has for it"),
        ("ctv3,N33C.,exact,pain,Complex regional pain syndrome type I,", "has 'N337.' for it"),
        ("ctv3,F344.,exact,pain,Causalgia,", "put it under read_v2"),
    ],
)
def test_a_code_of_the_other_read_version(tmp_path, row, repair):
    known = Dictionary(
        "these terms",
        {
            System.READ_V2: {
                "F344.": ("Causalgia",),
                "F347.": ("Complex regional pain syndrome type II",),
                "N33C.": (),
            },
            System.CTV3: {
                "F344.": ("Complex regional pain syndrome type II",),
                "N337.": ("Complex regional pain syndrome type I",),
                "Q999.": (),
            },
        },
        {"F347.": ("F344.",), "N33C.": ("N337.",)},
    )
    [one] = told(tmp_path, f"{row}\n", known)
    assert (one.code, str(one.severity)) == ("code-other-system", "error")
    assert repair in one.repair
    assert one.mend is None


def test_without_a_map_a_code_of_both_versions_may_be_of_either(tmp_path):
    known = dictionary(read_v2=FILLER, ctv3={"Q999.": "something"})
    [one] = told(tmp_path, "read_v2,Q999.,exact,pain,something,\n", known)
    assert one.code == "code-unknown"
    assert "it may be ctv3: it is known there as 'something'" in one.repair


# ---------------------------------------------------------------- what a prefix takes in

COMPOUNDS = dictionary(
    read_v2={
        "dia..": "CODEINE COMPOUNDS",
        "dia1.": "CO-CODAMOL tablets | PARACETAMOL+CODEINE tablets",
        "dia2.": "LEMSIP sachets",
        "dia3.": "BEECHAMS powders",
        "dib1.": "SUDAFED tablets",
        **{f"dj{n:02}.": "TRAMADOL capsules" for n in range(FAR)},
    }
)
MEDICINES = CARD.replace("kind: clinical", "kind: medicine")


CODEINE = "read_v2,dia..,descendants,pain,CODEINE COMPOUNDS,\n"
TRAMADOL = "read_v2,dj0..,descendants,pain,TRAMADOL,\n"
BRANDS = "product_name,beechams,exact,pain,,\nproduct_name,lemsip,exact,pain,,\n"
PREFIXES = [
    (
        CODEINE,
        "takes in 4 codes of these terms, 2 of them odd: dia2. LEMSIP sachets; dia3. BEECHAM",
    ),
    (
        f"{CODEINE}read_v2,dia2.,exclude,,LEMSIP,\n",
        "takes in 3 codes of these terms, 1 of them odd",
    ),
    (f"{BRANDS}{CODEINE}", ""),
    (TRAMADOL, ""),
    (TRAMADOL.replace("dj0..", "dj..."), f"takes in {FAR} codes of these terms"),
    (f"read_v2,di...,exclude_descendants,,CODEINE,\n{TRAMADOL}", "leaves out 5 codes of these"),
]


@pytest.mark.parametrize(("rows", "said"), PREFIXES)
def test_what_a_prefix_takes_in(tmp_path, rows, said):
    found = [
        one for one in told(tmp_path, rows, COMPOUNDS, MEDICINES) if one.code.startswith("reaches")
    ]
    assert len(found) == bool(said)
    if said:
        assert said in found[0].text
        assert found[0].code == ("reaches-odd" if " odd: " in found[0].text else "reaches-far")


@pytest.mark.parametrize(
    ("term", "is_kin"),
    [
        ("Arthropathy of the knee", True),  # arthr… is in osteoarthritis
        ("Epileptic fits", False),
        ("Disease NOS", False),
        ("OTHER OSTEOARTHRITIS", True),
    ],
)
def test_words_of_one_root_are_kin_and_empty_words_are_not(tmp_path, term, is_kin):
    known = dictionary(read_v2={"N05..": "Osteoarthritis", "N051.": term})
    rows = "read_v2,N05..,descendants,pain,Osteoarthritis NOS (other disease),\n"
    card = CARD.replace("where it hurts", "wherever").replace("where it is stiff", "wherever")
    found = [one.code for one in told(tmp_path, rows, known, card)]
    # a term of empty words alone says nothing, so it is not odd either
    assert ("reaches-odd" in found) == (not is_kin and term != "Disease NOS")


# ---------------------------------------------------------------- reading dictionaries


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("read-v2-terms.csv", "read_v2"),
        ("user-alex-walker-sick-notes-ctv3.csv", "ctv3"),
        ("protected-codes-snomed.csv", "snomed_ct"),
        ("SNOMED CT terms.csv", "snomed_ct"),
        ("read-v2-to-ctv3.csv", None),
        ("terms.csv", None),
    ],
)
def test_the_system_that_a_file_is_named_after(name, system):
    assert system_in_name(Path(name)) == system


@pytest.mark.parametrize("name", [*System, "SNOMED CT", "Read-V2", "medcodeid", "CTV3ID"])
def test_systems_by_the_names_that_people_give_them(name):
    assert isinstance(system_named(name), System)


def test_dictionaries_of_every_kind_become_one(tmp_path):
    (tmp_path / "read-v2.csv").write_text("Code,Term\nN05..,Osteoarthritis\nN05..,OA\n13J3,Job\n")
    (tmp_path / "a.csv").write_text("code,term\nXSGKA,Chronic pain\n")
    (tmp_path / "b.csv").write_text("system,code,term\nsnomed,82423001,Chronic pain\nicd,F45,x\n")
    (tmp_path / "c.csv").write_text(
        "read_v2,ctv3,term\n1M52.,XSGKA (see note),Chronic pain / Long pain\n-,X703k | X703K,Spine\n"
    )
    (tmp_path / "map.csv").write_text("read_v2,term_code,ctv3\nN33C.,00,N337.\nN33C.,11,XXXXX\n")
    known = read_dictionaries(
        [
            tmp_path / "read-v2.csv",
            f"ctv3={tmp_path / 'a.csv'}",
            *(tmp_path / name for name in ("b.csv", "c.csv", "map.csv")),
        ]
    )
    assert known.terms_of(System.READ_V2, "N05..00") == ("Osteoarthritis", "OA")
    assert known.knows(System.READ_V2, "13J3.")
    assert known.agrees(System.SNOMED_CT, "82423001", "CHRONIC  PAIN")
    assert known.agrees(System.CTV3, "XSGKA", "long pain")
    assert known.terms_of(System.CTV3, "X703K") == ("Spine",)
    assert known.ctv3_of == {"N33C.": ("N337.",)}
    assert known.read_v2_of == {"N337.": ("N33C.",)}
    assert known.knows(System.CTV3, "XXXXX")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("terms.csv", "code,term\nN05..,x\n", "give it as SYSTEM=terms.csv"),
        ("read-v2.csv", "kode,term\nN05..,x\n", "no column of codes"),
        ("gone.csv", None, "cannot be read: No such file"),
    ],
)
def test_a_dictionary_that_says_too_little(tmp_path, name, text, said):
    if text:
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=said):
        read_dictionaries([tmp_path / name])


def test_a_map_with_a_row_that_is_none(tmp_path):
    (tmp_path / "map.csv").write_text("read_v2,ctv3\nN05,XE1DV\n")
    with pytest.raises(DefinitionError, match="no Read v2 code"):
        read_dictionaries([tmp_path / "map.csv"])


def test_merging_keeps_the_terms_of_each():
    one, other = dictionary(ctv3={"XSGKA": "a | b"}), dictionary(ctv3={"XSGKA": "b | c"})
    assert merged([one, other]).terms_of(System.CTV3, "XSGKA") == ("a", "b", "c")


# ---------------------------------------------------------------- the reference


@pytest.fixture(scope="module")
def reference():
    names = ("read-v2-terms.csv", "ctv3-terms.csv", "read-v2-to-ctv3.csv")
    return read_dictionaries(REFERENCE / name for name in names)


@needs_reference
def test_no_shipped_code_is_of_another_system_or_looks_like_another(reference):
    found = check(ROOT / "codelists", on=ON, dictionary=reference)
    wrong = [str(one) for one in found if one.code in ("code-other-system", "code-wrong-case")]
    assert wrong == []
    assert [str(one) for one in found if str(one.severity) == "error"] == []


@needs_reference
def test_a_column_of_the_wrong_system_is_seen(reference, tmp_path):
    """Every code whose string differs between the two is seen, in either column."""
    with (REFERENCE / "chronic-pain-explicit.csv").open(encoding="utf-8") as opened:
        every = list(csv.DictReader(opened))
    rows = [
        row
        for row in every
        if not {row["read_v2"], row["ctv3"]} & {"", "-"} and row["read_v2"] != row["ctv3"]
    ]
    assert len(rows) > 10
    for named, filled in (("ctv3", "read_v2"), ("read_v2", "ctv3")):
        lines = "".join(f"{row[filled]},{row['term']}\n" for row in rows)
        (tmp_path / "list.csv").write_text(f"{named},term\n{lines}")
        found = check(tmp_path / "list.csv", on=ON, dictionary=reference)
        told_of = {one.line for one in found if one.code in ("code-other-system", "code-ctv3-code")}
        assert len(told_of) == len(rows)
