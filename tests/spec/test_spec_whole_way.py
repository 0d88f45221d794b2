"""Clauses that only the whole way shows: from files through a store to a result."""

from datetime import date

import pytest

from instep_cohort import identify, ingest
from instep_cohort.errors import SafetyRefusal
from instep_cohort.study import parse_study
from spec.call_files import EXTRACT, write_lists
from spec.calls import study_text

ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    write_lists(folder)
    return folder


def found(folder, lists, study="", **files):
    """What a study finds in the two people of the runs, with other files beside or instead."""
    extract = folder / "extract"
    extract.mkdir()
    given = {f"{name}.csv": text for name, text in files.items()}
    for name, text in {**EXTRACT, **given}.items():
        (extract / name).write_text(text, encoding="utf-8")
    store = ingest(extract, profile="standard", extract_date=ON, out=folder / "store")
    return identify(parse_study(study_text(study), "spec.yaml"), store, on=ON, codelists=lists)


def test_a_registration_at_another_practice_is_none(tmp_path, lists):
    stays = """\
patient_id,practice_id,start,end,kind
1,P1,2000-01-01,,regular
2,P1,2000-01-01,2026-01-01,regular
2,P2,2026-01-01,,regular
"""
    cohort = found(tmp_path, lists, registrations=stays)
    assert cohort.to_arrow()["patient_id"].to_pylist() == ["1"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"medicines": "patient_id,date,system,code\n1,2026-01-01,read_v2,RDISS\n"},
        {"events": "patient_id,date,system,code\n77,2026-01-01,read_v2,SEEN.\n"},
        {"events": "patient_id,date,system,code\n1,2026-01-01,ctv3,SEEN.\n"},
    ],
    ids=["among medicines", "of nobody in the extract", "in another system"],
)
def test_opt_outs_are_looked_for_in_clinical_events(elsewhere, tmp_path, lists):
    nothing = {"events": "patient_id,date,system,code\n"}
    with pytest.raises(SafetyRefusal, match="Nobody's opt-out can be found in this extract"):
        found(tmp_path, lists, **(nothing | elsewhere))


def test_a_product_is_met_by_its_name_and_the_evidence_says_so(tmp_path, lists):
    issues = """\
patient_id,date,system,code,term
1,2026-01-01,gemscript,11,MST Continus 10mg tablets
1,2026-02-01,gemscript,22,Continus of MST
2,2026-03-01,,,Generic mst continus 5mg
"""
    study = """
    measures: {m: {medicines: by-name}}
    include: {treated: m}
    """
    cohort = found(tmp_path, lists, study, medicines=issues)
    rows = cohort.to_arrow("evidence").to_pylist()
    assert [
        (row["patient_id"], row["date"], row["matched_by"]) for row in rows if row["used_by"] == "m"
    ] == [
        ("1", date(2026, 1, 1), "product_name"),
        ("2", date(2026, 3, 1), "product_name"),
    ]
