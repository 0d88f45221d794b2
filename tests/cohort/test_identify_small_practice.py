"""From a study and a store to the list: one practice whose every person is accounted for by hand."""

import shutil
from datetime import date

import pytest

from cohort.small_practice import (
    ATTRITION,
    CANDIDATES,
    DROPPED_AT,
    ON,
    STUDY,
    write_lists,
    write_practice,
)
from instep_cohort.cohort import identify
from instep_cohort.errors import DefinitionError, ExtractError, SafetyRefusal
from instep_cohort.extracts import ingest, open_store
from instep_cohort.study import load_study

ALL = ("candidates", "evidence", "facts", "spells", "attrition", "resolution")


def rows(cohort, table="candidates"):
    return {row["patient_id"]: row for row in cohort.to_arrow(table).to_pylist()}


@pytest.fixture
def studied(tmp_path, identified):
    """Identifies with the study changed: pairs of what it says and what it shall say."""

    def run(*changes, **others):
        text = STUDY
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "changed.yaml"
        path.write_text(text, encoding="utf-8")
        return identified(path, **others)

    return run


def test_every_person_is_dropped_by_the_step_meant_for_them(cohort):
    names = ("step", "kind", "before", "dropped", "after", "gained_if_removed")
    steps = [tuple(row[n] for n in names) for row in cohort.to_arrow("attrition").to_pylist()]
    assert steps == ATTRITION
    assert cohort.to_arrow()["patient_id"].to_pylist() == CANDIDATES
    assert {who: row["dropped_at"] for who, row in rows(cohort, "facts").items()} == DROPPED_AT


def test_engines_give_the_same_tables(cohort, identified, engine_name):
    other = identified(engine=engine_name)
    for name in ALL:
        assert other.to_arrow(name).to_pylist() == cohort.to_arrow(name).to_pylist(), name
        ours, theirs = cohort.to_arrow(name).schema, other.to_arrow(name).schema
        assert ours.equals(theirs), name
    assert other.manifest == cohort.manifest | {"engine": engine_name}


def test_ages_sexes_tiers_and_cautions(cohort):
    columns = ("age", "sex", "birth_precision", "tier", "cautions")
    found = {who: tuple(row[n] for n in columns) for who, row in rows(cohort).items()}
    assert found["00ZQ01"] == (46, "F", "day", "B", "")
    assert found["00ZQ02"] == (64, "M", "day", "A", "")
    assert found["00ZQ03"] == (47, "F", "month", "X", "opt-out: caution")
    assert found["00ZQ04"] == (18, "U", "day", "C", "palliative_care; opt-out: national")


def test_the_columns_of_the_flags_of_one_with_and_one_without(cohort):
    flagged, plain = rows(cohort)["00ZQ01"], rows(cohort)["+ZQ06"]
    names = [
        *("certified_sickness", "fit_notes", "fit_note_first", "fit_note_last", "last_statement"),
        *("length_known", "spell_start", "spell_days", "certified_until", "issued_runs"),
        *("long_term", "work_status", "work_status_date", "work_status_age_days"),
        "work_status_stale",
    ]
    issued = date(2026, 10, 20)
    assert [flagged[name] for name in names] == [
        *(True, 1, issued, issued, "not_fit", True, issued, 28, date(2026, 11, 16), 1, False),
        *("unknown", None, None, None),
    ]
    assert [plain[name] for name in names] == [
        *(False, 0, None, None, None, False, None, None, None, 0, False),
        *("unknown", None, None, None),
    ]
    assert cohort.to_arrow("spells").to_pylist() == [
        {
            "patient_id": "00ZQ01",
            "start": issued,
            "end": date(2026, 11, 17),
            "days": 28,
            "covered_days": 28,
            "notes": 1,
            "statements": "not_fit",
            "open": True,
        }
    ]


def test_the_reason_says_what_brought_the_person_onto_the_list(cohort):
    reasons = {who: row["reason"] for who, row in rows(cohort).items()}
    pills = "medicine: pills taken (2 dates, last 2026-09-01: OWNWORDS PI2)"
    assert reasons["00ZQ01"] == (
        f"Pain: ache (1 date, last 2026-05-10: OWNWORDS AC1); {pills}; "
        "certified sickness: 1 fit note, last 2026-10-20 (not fit)."
    )
    assert reasons["00ZQ02"] == (
        f"Pain: ache (2 dates, last 2026-06-11: =SUM(OWNWORDS)); {pills}; "
        "certified sickness: 1 fit note, last 2026-04-01 (may be fit); "
        "work status: out of work on 2026-09-15 (fresh)."
    )


def test_a_stale_status_is_called_stale_and_decides_no_tier(studied):
    cohort = studied(("{work_status: jobs}", "{work_status: jobs, fresh_for: 1 month}"))
    row = rows(cohort)["00ZQ02"]
    assert row["reason"].endswith("work status: out of work on 2026-09-15 (stale).")
    assert (row["work_status_stale"], row["tier"]) == (True, "B")


def test_a_reason_speaks_of_what_is_met_and_not_of_what_is_negated(studied):
    cohort = studied(
        ("  pain: ache\n", "  pain: {any: [ache, other, not_ill, {not: dying}]}\n"),
        ("  dying:", "  other: {events: aches, category: head}\n  dying:"),
        ("exclude:", "exclude:\n  not_ill: {all: [other, dying]}"),
        ("medicine: pills_taken", "medicine: pills_taken\n  not_dying: {not: dying}"),
    )
    reason = rows(cohort)["00ZQ02"]["reason"]
    assert reason.startswith(
        "Pain: ache (2 dates, last 2026-06-11: =SUM(OWNWORDS)), "
        "other (1 date, last 2026-06-11: OWNWORDS AC3); medicine: "
    )
    assert "; not dying; certified sickness:" in reason
    assert rows(cohort)["00ZQ01"]["reason"].startswith("Pain: ache (1 date")
    # the undated palliative row is missed by the exclude lines, whatever else the measure is in
    assert rows(cohort)["00ZQ04"]["cautions"] == "not_ill; palliative_care; opt-out: national"


def test_a_reason_of_rows_without_a_date(studied):
    cohort = studied(
        ("ache: {events: aches, category: [back, hip], within: 2 years}", "ache: {events: palliative, counting: rows}"),
        ("palliative_care: dying", "nobody: {all: [dying, {not: ache}]}"),
    )  # fmt: skip
    assert rows(cohort)["00ZQ04"]["reason"].startswith("Pain: ache (1 row, undated: OWNWORDS PL1)")
    assert rows(cohort)["00ZQ04"]["cautions"] == "nobody; opt-out: national"


def test_a_code_without_a_term_is_named_by_its_list(tmp_path):
    practice = write_practice(tmp_path)
    events = practice.extract / "events.csv"
    events.write_text(events.read_text().replace("OWNWORDS AC1", ""), encoding="utf-8")
    store = ingest(practice.extract, profile="standard", extract_date=ON, out=practice.store)
    cohort = identify(
        load_study(practice.study),
        store,
        on=ON,
        no_opt_out_list="Dr A, partner",
        codelists=practice.codelists,
    )
    assert rows(cohort)["00ZQ01"]["reason"].startswith(
        "Pain: ache (1 date, last 2026-05-10: aches)"
    )


@pytest.mark.parametrize(
    ("flags", "present", "absent"),
    [
        ("{}", "birth_precision", ["tier", "certified_sickness", "work_status"]),
        ("{sickness: {fit_notes: notes}}", "certified_sickness", ["work_status", "work_status_stale"]),
        ("{work: {work_status: jobs}}", "work_status_stale", ["fit_notes", "long_term", "spell_days"]),
    ],
)  # fmt: skip
def test_columns_of_flags_that_are_not_declared_are_absent(studied, flags, present, absent):
    declared = STUDY[STUDY.index("flags:") : STUDY.index("settled")]
    cohort = studied((declared, f"flags: {flags}\n"))
    table = cohort.to_arrow()
    assert present in table.column_names
    assert not set(absent) & set(table.column_names)
    assert ("tier" in table.column_names) == (flags != "{}")
    assert cohort.manifest["counts"]["tiers"] == cohort.tiers
    assert bool(cohort.tiers) == (flags != "{}")
    assert table["patient_id"].to_pylist() == CANDIDATES


def test_nobody_is_a_normal_result_with_all_columns(studied, cohort):
    nobody = studied(("issues: {value: 2", "issues: {value: 9"))
    assert len(nobody) == 0
    for name in ALL:
        ours, whole = nobody.to_arrow(name).schema, cohort.to_arrow(name).schema
        assert ours.equals(whole), name
    assert nobody.to_arrow("candidates").num_rows == nobody.to_arrow("spells").num_rows == 0
    assert nobody.to_arrow("facts").num_rows == 15


def test_overriding_type_1_takes_its_step_away_and_is_answered_for(studied):
    cohort = studied(
        ("{events: wishes}", "{events: wishes, type_1_overridden_by: 'Dr A, partner'}")
    )
    assert "type_1" not in cohort.to_arrow("attrition")["step"].to_pylist()
    assert "00ZQ20" in rows(cohort)
    assert cohort.manifest["answered_for"]["type_1_overridden_by"] == "Dr A, partner"


def test_without_a_practice_list_there_is_no_such_step(identified):
    cohort = identified(opt_outs=None, opt_outs_on=None, no_opt_out_list="Dr A, partner")
    assert cohort.to_arrow("attrition")["step"].to_pylist()[-1] == "type_1"
    assert "00ZQ21" in rows(cohort)
    assert rows(cohort)["00ZQ04"]["cautions"] == "palliative_care"
    answered = cohort.manifest["answered_for"]
    assert answered["no_opt_out_list"] == "Dr A, partner"
    assert answered["practice_list_sha256"] is answered["practice_list_rows"] is None


def test_a_practice_list_without_rows_is_an_answer(identified, tmp_path):
    path = tmp_path / "nobody.csv"
    path.write_text("patient_id,kind,recorded_on\n", encoding="utf-8")
    cohort = identified(opt_outs=path)
    last = cohort.to_arrow("attrition").to_pylist()[-1]
    assert (last["step"], last["dropped"], last["after"]) == ("practice_list", 0, 9)
    assert cohort.manifest["answered_for"]["practice_list_rows"] == 0
    assert not [note for note in cohort.warnings if "opt-out list" in note]


def test_unknown_ids_of_the_practice_list_are_counted_by_line_and_never_named(identified, tmp_path):
    path = tmp_path / "unknown.csv"
    path.write_text(
        "patient_id,kind,recorded_on\n00ZQ21,research,\n"
        + "".join(f"0ZQ{n},research,\n" for n in range(12)),
        encoding="utf-8",
    )
    (note,) = [said for said in identified(opt_outs=path).warnings if "opt-out list" in said]
    assert note.startswith("12 of 13 rows of the opt-out list name nobody in this extract ")
    assert "(lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 …)" in note
    assert "ZQ" not in note


def test_a_list_that_matches_nothing_is_told_and_under_strict_refused(studied, tmp_path):
    folder = tmp_path / "codelists"
    write_lists(folder, jobs={"JO9..": {"in_work"}})
    empty = (
        "jobs: 0 of 1 selectors match a code in this extract; the extract's clinical system is "
        "read_v2, the list has read_v2"
    )
    assert studied(codelists=folder).warnings[0] == empty
    with pytest.raises(DefinitionError) as error:
        studied(codelists=folder, strict=True)
    assert str(error.value) == f"codelists: {empty}"


def test_a_dissent_among_the_rows_that_were_set_apart_is_told(identified, tmp_path):
    assert not [one for one in identified().warnings if "may be an opt-out" in one]
    practice = write_practice(tmp_path)
    with (practice.extract / "events.csv").open("a", encoding="utf-8") as events:
        events.write("00ZQ-damaged,2026-01-01,WI3..,,\n00ZQ-damaged,2026-01-01,AC1..,,\n")
    ingest(practice.extract, profile="standard", extract_date=ON, out=practice.store)
    cohort = identify(
        load_study(practice.study),
        open_store(practice.store),
        on=ON,
        opt_outs=practice.opt_outs,
        opt_outs_on=ON,
        codelists=practice.codelists,
    )
    [told] = [one for one in cohort.warnings if "may be an opt-out" in one]
    assert told.startswith("Of 2 rows that could not be read 1 may be an opt-out")
    assert "00ZQ" not in told


@pytest.mark.parametrize(
    ("unread", "notes"),
    [
        ({"aches"}, ["1 of 6 codelists is a draft: no clinician has reviewed them."]),
        ({"aches", "jobs"}, ["2 of 6 codelists are drafts: no clinician has reviewed them."]),
        (set(), []),
    ],
)
def test_drafts_are_counted_on_every_run(studied, practice, tmp_path, unread, notes):
    folder = tmp_path / "reviewed"
    shutil.copytree(practice.codelists, folder)
    for card in folder.glob("*/codelist.yaml"):
        if card.parent.name not in unread:
            text = card.read_text(encoding="utf-8")
            assert "status: draft" in text
            reviewed = "status: reviewed\n  reviewer: Dr A\n  reviewed_on: 2026-11-24"
            card.write_text(text.replace("status: draft", reviewed), encoding="utf-8")
    cohort = studied(codelists=folder)
    assert [note for note in cohort.warnings if "opt-out list" not in note] == notes


def test_faults_of_the_definition_come_before_refusals(studied):
    stale = {"on": date(2027, 3, 1)}
    with pytest.raises(SafetyRefusal):
        studied(**stale)
    with pytest.raises(DefinitionError):
        studied(("aches: 1.0.0", "aches: 1.0.1"), **stale)


def test_all_lists_that_cannot_be_had_are_told_at_once(studied):
    with pytest.raises(DefinitionError) as error:
        studied(("aches: 1.0.0", "aches: 2.0.0"), ("jobs: 1.0.0", "jobs: 3.0.0"))
    assert [fault.where for fault in error.value.faults] == ["codelists.aches", "codelists.jobs"]


def test_a_damaged_store_is_a_bad_extract(practice, identified, tmp_path):
    folder = tmp_path / "store"
    shutil.copytree(practice.store, folder)
    (folder / "codes.parquet").write_bytes(b"PAR1")
    with pytest.raises(ExtractError, match="the store's table codes is damaged"):
        identify(
            load_study(practice.study),
            open_store(folder),
            on=ON,
            no_opt_out_list="Dr A, partner",
            codelists=practice.codelists,
        )


def test_progress_is_told_in_words_without_any_patient(identified):
    told = []
    identified(progress=told.append)
    assert told == [
        "fetching the rows that the codelists name",
        "measuring",
        "putting the people together",
        "collecting the evidence",
    ]


def test_the_evidence_covers_the_population_in_one_order(cohort):
    table = cohort.to_arrow("evidence").to_pylist()
    assert {row["patient_id"] for row in table} == set(DROPPED_AT)
    people = list(dict.fromkeys(row["patient_id"] for row in table))
    assert people == sorted(people)
    uses = ("ache", "pills_taken", "dying", "opt_out", "sickness", "work")
    for who in people:
        own = [row for row in table if row["patient_id"] == who]
        places = [uses.index(row["used_by"]) for row in own]
        assert places == sorted(places)
        for use in set(uses) - {"opt_out"}:  # whose categories come one after the other
            dates = [row["date"] for row in own if row["used_by"] == use]
            assert dates == sorted(dates)


def test_evidence_of_flags_and_opt_outs_says_what_the_code_means(cohort):
    found = {
        (row["patient_id"], row["used_by"], row["code"]): row
        for row in cohort.to_arrow("evidence").to_pylist()
        if row["used_by"] in ("opt_out", "sickness", "work", "dying")
    }
    said = {key: (str(row["date"]), row["category"]) for key, row in found.items()}
    assert said == {
        ("00ZQ01", "sickness", "NO1.."): ("2026-10-20", "not_fit"),
        ("00ZQ02", "sickness", "NO2.."): ("2026-04-01", "may_be_fit"),
        ("00ZQ02", "work", "JO1.."): ("2026-09-15", "out_of_work"),
        ("00ZQ03", "opt_out", "WI5.."): ("2027-01-01", "caution"),
        ("00ZQ03", "work", "JO2.."): ("2026-10-01", "in_work"),
        ("00ZQ18", "dying", "PL1.."): ("2026-02-02", "care"),
        ("00ZQ19", "opt_out", "WI1.."): ("2020-01-01", "research_dissent"),
        ("00ZQ20", "opt_out", "WI3.."): ("2019-01-01", "type_1_dissent"),
        ("00ZQ20", "opt_out", "WI4.."): ("2018-01-01", "type_1_withdrawn"),
        ("00ZQ22", "opt_out", "WI1.."): ("2020-01-01", "research_dissent"),
        ("00ZQ22", "dying", "PL1.."): ("2026-02-02", "care"),
    }
    note = found["00ZQ01", "sickness", "NO1.."]
    assert (note["value"], note["unit"]) == (28.0, "days")
    assert (note["codelist"], note["version"], note["matched_by"]) == ("notes", "1.0.0", "code")
    assert (note["system"], note["term"]) == ("read_v2", "OWNWORDS NO1")
