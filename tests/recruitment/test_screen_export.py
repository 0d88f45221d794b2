"""The screening list: who is on it, what stands there, and what never does."""

import datetime
import json
import stat
import zipfile
from collections import Counter
from html.parser import HTMLParser

import openpyxl
import pytest
from screening_practice import FORMULA, KHAN, MARKUP, ON, SECRET, sheet_of

from instep_cohort.errors import UsageError
from instep_cohort.recruitment.contacts import read_contacts
from instep_cohort.recruitment.inviting.other_invitations import read_other_invitations
from instep_cohort.recruitment.ledger import BatchDrawn, Decided, Invited, OptedOut
from instep_cohort.recruitment.screening.columns import identity_columns
from instep_cohort.recruitment.tokens import new_invite_ids
from instep_cohort.recruitment.vocabulary import (
    SCREENING_REASONS,
    Channel,
    Decision,
    LegalBasis,
    OptOutKind,
    Reason,
)

LOCKED = [
    "candidate_token", "age", "sex", "tier", "priority", "why_found", "pain_evidence",
    "medicine_evidence", "fit_note", "work_evidence", "work_status", "cautions", "other_study",
    "last_invited", "contact_channels_available", "sensitive_note_no", "decided_before",
]  # fmt: skip
EDITABLE = ["decision", "reason_code", "knows_work_status", "screened_by", "screened_on"]


def cells(listed):
    """The list as one dict for each person, by token."""
    names = [column.name for column in listed.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in listed.rows}


def everything(path):
    """All that is in a file, unpacked."""
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist())


def write_contacts(screening, rows):
    path = screening.folder / "contacts.csv"
    head = "patient_id,surname,first_name,nhs_number,usual_gp,address_1,address_2,mobile"
    path.write_text("\n".join([f"{head},text_message_ok", *rows]) + "\n", encoding="utf-8")
    return read_contacts(path)


def test_one_row_per_candidate_under_its_token_and_the_columns_in_their_order(screening):
    listed = screening.listed()
    assert [column.name for column in listed.columns] == LOCKED
    tokens = screening.tokens()
    assert sorted(row[0] for row in listed.rows) == sorted(tokens.values())
    _, sheet, columns = sheet_of(screening.export())
    assert list(columns) == [*LOCKED, *EDITABLE, "row_check"]
    assert sheet.max_row == len(tokens) + 1


def test_s7_no_id_of_the_practice_is_in_a_list_that_did_not_ask_for_one(screening):
    for name in ("list.xlsx", "list.csv", "list.html"):
        text = everything(screening.export(name))
        assert not [one for one in screening.run.patient_ids if one in text], name
    shown = everything(screening.export("shown.csv", identity=("local_patient_no",)))
    assert all(one in shown for one in screening.run.patient_ids)


def test_s10_the_class_is_in_the_name_in_the_file_and_beside_it(screening):
    for name in ("list.xlsx", "list.csv", "list.html"):
        path = screening.export(name)
        assert path.name == name.replace(".", ".PRACTICE-ONLY.")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "PRACTICE-ONLY" in everything(path)
        note = json.loads(path.with_name(path.name + ".json").read_text())
        assert note["artefact_class"] == "PRACTICE-ONLY"
        assert note["run"] == screening.run.sha256
        assert note["ledger_head"] == screening.ledger.head
    workbook = openpyxl.load_workbook(screening.folder / "list.PRACTICE-ONLY.xlsx")
    assert workbook.properties.category == "PRACTICE-ONLY"
    assert workbook["Screening"].oddFooter.left.text == "PRACTICE-ONLY"
    assert workbook["Legend"]["A1"].value == "PRACTICE-ONLY"
    told = {one.name: one.value for one in workbook.custom_doc_props.props}
    assert told["instep_run"] == screening.run.sha256
    assert told["instep_ledger_head"] == screening.ledger.head


def test_the_order_is_by_tier_then_by_the_seed_and_nobody_is_cut_off(screening):
    first, again, other = (screening.listed(seed=seed) for seed in (1, 1, 2))
    assert first.rows == again.rows
    tokens = [[row[0] for row in listed.rows] for listed in (first, other)]
    assert tokens[0] != tokens[1]
    assert sorted(tokens[0]) == sorted(tokens[1])
    tiers = [one["tier"] for one in cells(first).values()]
    assert tiers == sorted(tiers)
    assert set(tiers) == {"A", "B", "C", "X"}
    assert [one["priority"] for one in cells(first).values()] == [
        str(number) for number in range(1, len(tiers) + 1)
    ]
    ids = {token: patient for patient, token in screening.tokens().items()}
    in_c = [ids[token] for token in tokens[0] if cells(first)[token]["tier"] == "C"]
    assert in_c != sorted(in_c)
    declared = screening.listed(seed=None)
    assert declared.identity.seed == str(int(screening.run.sha256[:8], 16))


def test_someone_who_comes_in_later_moves_nobody_else(screening):
    before = [row[0] for row in screening.listed().rows]
    gone = before[10]
    screening.append([OptedOut(person=gone, opt_out=OptOutKind.RESEARCH, source="phone")])
    assert [row[0] for row in screening.listed().rows] == [one for one in before if one != gone]


def test_what_stands_in_a_row_is_what_the_run_found(screening):
    tokens, shown = screening.tokens(), cells(screening.listed())
    evidence = screening.run.cohort.to_arrow("evidence").to_pylist()
    for person in screening.run.candidates.to_pylist()[1:]:
        row = shown[tokens[person["patient_id"]]]
        assert (row["age"], row["sex"]) == (str(person["age"]), person["sex"])
        assert row["tier"] == person["tier"]
        assert row["work_status"] == person["work_status"]
        theirs = [one for one in evidence if one["patient_id"] == person["patient_id"]]
        for column, measures in (
            ("pain_evidence", {"explicit_pain", "painful_condition"}),
            ("medicine_evidence", {"opioid_use", "gabapentinoid_use"}),
        ):
            dates = {}
            for one in theirs:
                if one["used_by"] in measures:
                    dates.setdefault(one["term"], set()).add(one["date"])
            newest = sorted(dates, key=lambda term: max(dates[term]), reverse=True)
            said = row[column].split("; ")
            assert bool(said[0]) == bool(newest)
            if newest:
                tops = {term for term in newest if max(dates[term]) == max(dates[newest[0]])}
                term = next(one for one in tops if said[0].startswith(one))
                assert str(max(dates[term])) in said[0]
                count = len(dates[term])
                assert count == 1 or f"{count} dates" in said[0]
        if person["fit_notes"]:
            assert str(person["fit_note_last"]) in row["fit_note"]
        else:
            assert row["fit_note"] == ""


def test_s12_a_fit_note_is_never_said_to_be_unemployment(screening):
    for person in cells(screening.listed()).values():
        assert "employ" not in person["fit_note"].lower()
        assert "work" not in person["why_found"].lower()


def test_terms_of_exclusions_opt_outs_protected_codes_and_sensitive_lists_are_never_shown(
    screening,
):
    listed = screening.listed()
    for name in ("list.xlsx", "list.csv", "list.html"):
        assert SECRET not in everything(screening.export(name)), name
    assert listed.hidden == 1
    who = screening.tokens()[screening.run.patient_ids[0]]
    assert "cancer, 2026-10-30" in cells(listed)[who]["pain_evidence"]
    assert "1 rows of codes that tell who somebody is" in everything(screening.export("l.html"))


def test_no_text_runs_as_a_formula_or_as_markup(screening):
    who = screening.tokens()[screening.run.patient_ids[0]]
    listed = screening.listed()
    assert FORMULA in cells(listed)[who]["pain_evidence"]
    path = screening.export()
    assert "<f>" not in everything(path).replace("<formula", "")
    _, sheet, columns = sheet_of(path)
    for row in sheet.iter_rows(min_row=2):
        for cell in row[: columns["decision"] - 1]:
            if cell.value is not None and cell.column_letter not in _numbers(columns):
                assert cell.data_type in {"s", "inlineStr"}
    text = screening.export("list.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd" in text
    page = screening.export("list.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert MARKUP.split("<")[0] == ""


def _numbers(columns):
    return {openpyxl.utils.get_column_letter(columns[name]) for name in ("age", "priority")}


def test_control_characters_and_line_ends_leave_no_trace(screening):
    who = screening.tokens()[screening.run.patient_ids[0]]
    assert cells(screening.listed())[who]["other_study"] == f"line break here, {ON}"


def test_the_workbook_locks_what_is_known_and_opens_what_is_decided(screening):
    path = screening.export()
    _, sheet, columns = sheet_of(path)
    assert sheet.protection.sheet
    assert not sheet.protection.autoFilter  # False: the filter is not locked
    assert sheet.protection.sort  # sorting is: it would move the decisions alone
    for row in (1, 2, sheet.max_row):
        for name in [*LOCKED, "row_check"]:
            assert sheet.cell(row, columns[name]).protection.locked, (row, name)
    for name in EDITABLE:
        spans = [d for d in sheet.column_dimensions.values() if d.min <= columns[name] <= d.max]
        assert [one.protection.locked for one in spans] == [False], name
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:V{sheet.max_row}"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    hidden = openpyxl.utils.get_column_letter(columns["row_check"])
    assert sheet.column_dimensions[hidden].hidden


def test_the_drop_downs_offer_every_word_and_no_other(screening):
    workbook, sheet, columns = sheet_of(screening.export())
    rules = {
        openpyxl.utils.range_boundaries(str(one.sqref))[0]: one
        for one in sheet.data_validations.dataValidation
    }

    def offered(name):
        rule = rules[columns[name]]
        assert rule.type == "list"
        assert str(rule.sqref).endswith(str(sheet.max_row))
        place = rule.formula1.partition("!")[2].replace("$", "")
        return [cell.value for (cell,) in workbook["_list"][place]]

    assert offered("decision") == [one.value for one in Decision]
    assert [one.partition(":")[0] for one in offered("reason_code")] == [
        one.value for one in SCREENING_REASONS
    ]
    assert offered("knows_work_status") == [
        *("out_of_work", "in_work", "not_seeking", "unfit_for_work", "unknown"),
    ]
    assert offered("screened_by") == [KHAN, "Dr B. Lee, GP"]
    day = rules[columns["screened_on"]]
    assert (day.type, day.operator or "between") == ("date", "between")
    assert int(day.formula1) == (ON - datetime.date(1899, 12, 30)).days
    assert day.formula2 == "TODAY()"


def test_the_legend_explains_every_code_tier_and_column(screening):
    workbook, _, _ = sheet_of(screening.export())
    text = {row[0].value: row[1].value for row in workbook["Legend"].iter_rows()}
    for reason in SCREENING_REASONS:
        assert reason.meaning in text[reason.value]
    assert "NOT_SCREENED" not in text
    for tier in "ABCX":
        assert "on this list" in text[tier]
    for name in [*LOCKED, *EDITABLE]:
        assert text[name], name
    assert text["order"] == "by tier, and within a tier at random by the seed 1"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (OptOutKind.RESEARCH, "opted out of being asked for research"),
        (OptOutKind.THIS_STUDY, "declined this study"),
        (OptOutKind.DO_NOT_WRITE, "asked never to be written to"),
    ],
)
def test_s15_whom_the_ledger_bars_for_good_is_left_out_and_counted(screening, kind, why):
    person = screening.listed().rows[3][0]
    screening.append([OptedOut(person=person, opt_out=kind, source="phone")])
    listed = screening.listed()
    assert person not in cells(listed)
    assert listed.left_out == {why: 1}
    assert f"1: {why}" in everything(screening.export())


def test_an_opt_out_that_the_legal_basis_decides_is_shown(screening):
    national, type_1 = (row[0] for row in screening.listed().rows[:2])
    screening.append(
        [
            OptedOut(person=national, opt_out=OptOutKind.NATIONAL, source="list"),
            OptedOut(person=type_1, opt_out=OptOutKind.TYPE_1, source="list"),
        ]
    )
    shown = cells(screening.listed())
    assert "opt-out: national" in shown[national]["cautions"]
    assert "opt-out: type 1" in shown[type_1]["cautions"]


def test_a_standing_decision_is_shown_and_the_cells_to_decide_are_empty(screening):
    person = screening.listed().rows[0][0]
    screening.append(
        [
            Decided(
                person=person,
                decision=Decision.DO_NOT_INVITE,
                screened_by=KHAN,
                screened_on=ON,
                reason=Reason.PJ_BEREAVED,
            )
        ]
    )
    assert cells(screening.listed())[person]["decided_before"] == (
        f"do not invite (PJ_BEREAVED), {KHAN}, 2026-11-01"
    )
    _, sheet, columns = sheet_of(screening.export())
    assert all(sheet.cell(2, columns[name]).value is None for name in EDITABLE)


def test_last_invited_is_of_the_ledger(screening):
    person = screening.listed().rows[0][0]
    day = datetime.date(2026, 11, 10)
    invite = {"person": person, "invite_id": new_invite_ids(1)[0], "batch": "B1"}
    screening.append(
        [
            Decided(person=person, decision=Decision.INVITE, screened_by=KHAN, screened_on=ON),
            BatchDrawn(batch="B1", legal_basis=LegalBasis.CARE_TEAM, mailing_on=day, invited=1),
            Invited(**invite, channel=Channel.POST, mailing_on=day),
        ]
    )
    assert cells(screening.listed())[person]["last_invited"] == (
        "invitation of 2026-11-10, no reply"
    )


def test_identity_and_channels_come_from_the_contacts_file_and_only_if_asked(screening):
    who = screening.run.patient_ids[:3]
    contacts = write_contacts(
        screening,
        [
            f"{who[0]},O'Neill,Mary Ann,9434765919,Dr Q,1 High St,AB1 2CD,07700900001,yes",
            f"{who[1]},=Smith,Al,,Dr Q,,,,",
        ],
    )
    tokens = screening.tokens()
    plain = cells(screening.listed(contacts=contacts))
    assert "nhs_number" not in plain[tokens[who[0]]]
    assert plain[tokens[who[0]]]["contact_channels_available"] == "post, text message"
    assert plain[tokens[who[1]]]["contact_channels_available"] == "none"
    assert plain[tokens[who[2]]]["contact_channels_available"] == "none: not in the contacts file"
    columns = identity_columns("usual_gp, surname,nhs_number")
    shown = cells(screening.listed(contacts=contacts, identity=columns))[tokens[who[0]]]
    assert shown["surname_initials"] == "O'NEILL M A"
    assert shown["nhs_number"] == "943 476 5919"
    assert shown["usual_gp"] == "Dr Q"
    screening.append(
        [
            OptedOut(
                person=tokens[who[0]],
                opt_out=OptOutKind.CHANNEL,
                channel=Channel.TEXT_MESSAGE,
                source="phone",
            )
        ]
    )
    again = cells(screening.listed(contacts=contacts))[tokens[who[0]]]
    assert again["contact_channels_available"] == "post"
    assert screening.listed(contacts=contacts).without_contact == len(screening.run.patient_ids) - 2


def test_ids_are_text_in_the_workbook(screening):
    _, sheet, columns = sheet_of(screening.export(identity=("local_patient_no",)))
    ids = Counter(
        sheet.cell(row, columns["local_patient_no"]).value for row in range(2, sheet.max_row + 1)
    )
    assert ids == Counter(screening.run.patient_ids)


def test_other_studies_are_those_that_were_handed_in(screening):
    who = screening.run.patient_ids[5]
    path = screening.folder / "others.csv"
    path.write_text(f"patient_id,study,invited_on\n{who},knees,2026-03-01\n", encoding="utf-8")
    shown = cells(screening.listed(others=read_other_invitations(path)))
    assert shown[screening.tokens()[who]]["other_study"] == "knees, invited 2026-03-01"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"screeners": []}, "Name who may decide"),
        ({"screeners": ["Dr A", "dr a"]}, "named twice"),
        ({"screeners": ["=Dr A"]}, "one line of plain text"),
        ({"screeners": ["Dr A | Dr B"]}, "one line of plain text"),
        ({"screeners": ["Dr\nA"]}, "one line of plain text"),
        ({"identity": ("nhs_number",)}, "needs the file that has --contacts"),
    ],
)
def test_wrong_use_is_said_in_words(screening, options, said):
    with pytest.raises(UsageError, match=said):
        screening.listed(**options)


def test_an_unknown_identity_column_is_refused():
    with pytest.raises(UsageError, match="date_of_birth"):
        identity_columns("surname,date_of_birth")


def test_a_list_without_candidates_is_a_list(screening):
    screening.append(
        [
            OptedOut(person=row[0], opt_out=OptOutKind.RESEARCH, source="list")
            for row in screening.listed().rows
        ]
    )
    assert screening.listed().rows == []
    path = screening.export()
    assert sheet_of(path)[1].max_row == 1
    assert screening.prepare(path).people == 0
    for name in ("list.csv", "list.html"):
        assert screening.export(name).stat().st_size


def test_the_same_list_is_the_same_bytes_and_another_one_does_not_replace_it(screening):
    path = screening.export()
    before = path.read_bytes()
    assert screening.export().read_bytes() == before
    with pytest.raises(UsageError, match="not replaced"):
        screening.export(seed=2)
    assert path.read_bytes() == before


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.heads, self.stack = 0, []

    def handle_starttag(self, tag, attrs):
        self.stack.append(tag)
        self.heads += tag == "thead"

    def handle_data(self, data):
        if self.stack[-1:] == ["span"] and data == "PRACTICE-ONLY":
            self.found = getattr(self, "found", 0) + 1


def test_the_page_has_its_class_in_the_head_of_each_table_which_every_page_repeats(screening):
    parser = _Tags()
    text = screening.export("list.html").read_text(encoding="utf-8")
    parser.feed(text)
    assert parser.heads == parser.found == 2
    assert "size: A4 landscape" in text
    assert "break-inside: avoid" in text
