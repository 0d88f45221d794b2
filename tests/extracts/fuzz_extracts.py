"""A small healthy extract of every profile, as bytes, to be damaged."""

import csv
import io
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from extract_files import AURUM_PATIENT, DRUG_ISSUE, MEDICINE, OBSERVATION, PATIENT
from extract_files import EVENT as STANDARD_EVENT
from test_custom_mapping import CODE, ISSUE, MAPPING, MEDICINES, PERSON

from instep_cohort.extracts import load_mapping
from instep_cohort.extracts.profiles import CUSTOM, find_profile

ID, OTHER_ID = "867530900123", "867530900999"  # nowhere but in the files
TERM = "Qzzx pain"


class Written(NamedTuple):
    """How a table is written: between cells, around a cell, at the end of a line."""

    delimiter: str = ","
    always_quoted: bool = False
    line_end: str = "\n"
    encoding: str = "utf-8"
    has_header: bool = True

    @property
    def quoting(self) -> bool:
        return self.delimiter != "\t"


PLAIN = Written()
TABS = Written(delimiter="\t", line_end="\r\n")
QUOTED = Written(always_quoted=True, line_end="\r\n", encoding="cp1252")
HEADERLESS = Written(has_header=False)

Rows = list[dict[str, str]]


class File(NamedTuple):
    """One file: its rows, all with the same columns, and how they are written."""

    written: Written
    rows: Rows

    @property
    def columns(self) -> list[str]:
        return list(self.rows[0])

    def bytes(self, rows: Rows | None = None) -> bytes:
        """The file, or one like it with other rows."""
        lines = [[row[column] for column in self.columns] for row in rows or self.rows]
        if self.written.has_header:
            lines.insert(0, self.columns)
        if not self.written.quoting:
            end = self.written.line_end
            text = "".join(self.written.delimiter.join(line) + end for line in lines)
        else:
            out = io.StringIO()
            quoting = csv.QUOTE_ALL if self.written.always_quoted else csv.QUOTE_MINIMAL
            csv.writer(
                out,
                delimiter=self.written.delimiter,
                lineterminator=self.written.line_end,
                quoting=quoting,
            ).writerows(lines)
            text = out.getvalue()
        return text.encode(self.written.encoding, "replace")


def _file(written: Written, *rows: dict[str, str]) -> File:
    columns = dict.fromkeys(column for row in rows for column in row)
    return File(written, [dict.fromkeys(columns, "") | row for row in rows])


def _standard() -> dict[str, File]:
    mine, other = {"patient_id": ID}, {"patient_id": OTHER_ID}
    event = STANDARD_EVENT | {"term": TERM, "value": "7.5", "unit": "mmol/L"}
    return {
        "patients.csv": _file(PLAIN, PATIENT | mine, PATIENT | other),
        "events.csv": _file(PLAIN, event | mine, event | other, event | mine | {"code": "N12.."}),
        "medicines.csv": _file(PLAIN, MEDICINE | mine | {"quantity": "28"}),
        "registrations.csv": _file(
            PLAIN, {**mine, "start": "2001-01-01", "end": "", "kind": "regular"}
        ),
    }


def _aurum() -> dict[str, File]:
    mine, other = {"patid": ID}, {"patid": OTHER_ID}
    medical = {"medcodeid": OBSERVATION["medcodeid"], "term": TERM, "snomedctconceptid": "22253000"}
    product = {"prodcodeid": DRUG_ISSUE["prodcodeid"], "productname": "Codeine 30mg", "bnf": "4070"}
    return {
        "Patient.txt": _file(TABS, AURUM_PATIENT | mine, AURUM_PATIENT | other),
        "Observation.txt": _file(TABS, OBSERVATION | mine, OBSERVATION | other),
        "DrugIssue.txt": _file(TABS, DRUG_ISSUE | mine),
        "MedicalDictionary.txt": _file(TABS, medical),
        "ProductDictionary.txt": _file(TABS, product),
    }


def _gold() -> dict[str, File]:
    patient = {"gender": "2", "yob": "180", "crd": "01/02/2001", "tod": "", "deathdate": ""}
    event = {"eventdate": "21/05/2026", "medcode": "900", "sctid": ""}
    issue = {"patid": ID, "eventdate": "21/05/2026", "prodcode": "77", "qty": "28", "numdays": "14"}
    return {
        "Patient.txt": _file(TABS, {"patid": ID, **patient}, {"patid": OTHER_ID, **patient}),
        "Clinical_001.txt": _file(TABS, {"patid": ID, **event}, {"patid": ID, **event}),
        "Clinical_002.txt": _file(TABS, {"patid": OTHER_ID, **event}),
        "Therapy.txt": _file(TABS, issue),
        "medical.txt": _file(TABS, {"medcode": "900", "readcode": "N05zL00", "readterm": TERM}),
    }


def _systmone() -> dict[str, File]:
    both = {"IDOrganisationVisibleTo": "A81001", "RemovedData": "0"}
    patient = {
        "DateBirth": "03 Feb 1980 00:00",
        "Gender": "F",
        "DateDeath": "",
        "TestPatient": "false",
        **both,
    }
    stay = {
        "RowIdentifier": "1",
        "IDPatient": ID,
        "DateRegistration": "01 Jan 2001 00:00:00",
        "DateDeRegistration": "",
        "RegistrationStatus": "GMS",
        "IDOrganisation": "A81001",
        **both,
    }
    code = {
        "RowIdentifier": "1",
        "IDPatient": ID,
        "DateEvent": "21 May 2026 14:30:00",
        "CTV3Code": "N142.",
        "CTV3Text": TERM,
        "SNOMEDCode": "279039007",
        "NumericValue": "7.5",
        "NumericUnit": "mmol/L",
        "IsNumeric": "true",
        **both,
    }
    late = code | {"DateEvent": "22 May 2026 14:30:00"}
    gone = code | {"RowIdentifier": "2", "RemovedData": "1"}
    return {
        "2026-10-01/SRPatient.csv": _file(
            QUOTED, {"RowIdentifier": ID, **patient}, {"RowIdentifier": OTHER_ID, **patient}
        ),
        "2026-10-01/SRPatientRegistration.csv": _file(QUOTED, stay),
        "2026-10-01/SRCode.csv": _file(QUOTED, code, code | {"RowIdentifier": "2"}),
        "2026-10-08/SRCode.csv": _file(QUOTED, late, gone),
    }


def _vision() -> dict[str, File]:
    people, journal = (find_profile("vision").table(n).layouts[-1] for n in ("patient", "journal"))
    person = dict.fromkeys(people.columns, "") | {
        "pid": ID,
        "date_of_birth": "19800203",
        "sex": "F",
        "active": "R",
        "registered_date": "20010101",
        "service_id": "S1",
        "action": "I",
    }
    entry = dict.fromkeys(journal.columns, "") | {
        "pid": ID,
        "id": "1",
        "date": "20260521",
        "code": "N142.00",
        "rubric": TERM,
        "subset": "C",
        "action": "I",
    }
    gone = entry | {"id": "2", "action": "D"}
    return {
        "FULL_A81001_patient_data_extract-2026-10-01-000500.csv": _file(
            HEADERLESS, person, person | {"pid": OTHER_ID}
        ),
        "FULL_A81001_journal_data_extract-2026-10-01-000500.csv": _file(
            HEADERLESS, entry, entry | {"id": "2", "rubric": "with, comma"}
        ),
        "PART_A81001_journal_data_extract-2026-10-08-000500.csv": _file(HEADERLESS, gone),
    }


def _emis() -> dict[str, File]:
    place = "0A1B2C3D-0000-4000-8000-00000000A81F"
    here = {"OrganisationGuid": place, "Deleted": "false", "ProcessingId": "291"}
    later = here | {"ProcessingId": "292"}
    patient = dict.fromkeys(find_profile("emis").table("patient").needed, "") | {
        "sex": "F",
        "dateofbirth": "1980-02-03",
        "dateofregistration": "2001-01-01",
        "patienttypedescription": "Regular",
        "dummytype": "false",
        "spinesensitive": "false",
        **{name.lower(): text for name, text in here.items()},
    }
    observation = {
        "ObservationGuid": "O1",
        "PatientGuid": ID,
        "EffectiveDate": "2026-05-21",
        "EffectiveDatePrecision": "YMD",
        "CodeId": "498521000006119",
        "Value": "7.5",
        "NumericUnit": "mmol/L",
        **here,
    }
    code = {
        "CodeId": "498521000006119",
        "Term": TERM,
        "ReadTermId": "N142-1",
        "SnomedCTConceptId": "279039007",
        "ProcessingId": "291",
    }
    issue = {
        "IssueRecordGuid": "I1",
        "PatientGuid": ID,
        "DrugRecordGuid": "D1",
        "CodeId": "77",
        "EffectiveDate": "2026-05-21",
        "EffectiveDatePrecision": "YMD",
        "Quantity": "28",
        "CourseDurationInDays": "14",
        **here,
    }
    drug = {"CodeId": "77", "Term": "Codeine", "DmdProductCodeId": "322280009"}
    first, second = "20261001020000", "20261008020000"
    return {
        f"291_Admin_Patient_{first}.csv": _file(
            PLAIN, patient | {"patientguid": ID}, patient | {"patientguid": OTHER_ID}
        ),
        f"291_CareRecord_Observation_{first}.csv": _file(
            PLAIN, observation, observation | {"ObservationGuid": "O2"}
        ),
        f"291_Coding_ClinicalCode_{first}.csv": _file(PLAIN, code),
        f"291_Coding_DrugCode_{first}.csv": _file(PLAIN, drug | {"ProcessingId": "291"}),
        f"291_Prescribing_IssueRecord_{first}.csv": _file(PLAIN, issue),
        f"292_Admin_Patient_{second}.csv": _file(
            PLAIN, patient | {"patientguid": ID, "processingid": "292"}
        ),
        f"292_CareRecord_Observation_{second}.csv": _file(
            PLAIN, observation | later | {"Deleted": "true"}
        ),
    }


def _tpp() -> dict[str, File]:
    patient = {"DateOfBirth": "1980-03-01", "DateOfDeath": "9999-12-31", "Sex": "F"}
    span = {"Organisation_ID": "7", "StartDate": "2001-02-01 00:00:00.000", "EndDate": "NULL"}
    event = {"ConsultationDate": "2026-05-21 10:10:10", "NumericValue": "7.5"}
    return {
        "Patient.csv": _file(
            PLAIN, {"Patient_ID": ID, **patient}, {"Patient_ID": OTHER_ID, **patient}
        ),
        "RegistrationHistory.csv": _file(PLAIN, {"Patient_ID": ID, **span}),
        "CodedEvent.csv": _file(
            PLAIN, {"CodedEvent_ID": "1", "Patient_ID": ID, "CTV3Code": "X703k", **event}
        ),
        "CodedEvent_SNOMED.csv": _file(
            PLAIN, {"CodedEvent_ID": "1", "Patient_ID": ID, "ConceptId": "279039007", **event}
        ),
        "CTV3Dictionary.csv": _file(PLAIN, {"CTV3Code": "X703k", "Description": TERM}),
    }


def _custom() -> dict[str, File]:
    mine, code = {"Number": ID}, {**CODE, "Number": ID, "Usual GP's Term": TERM}
    return {
        "people.csv": _file(PLAIN, PERSON | mine, PERSON | {"Number": OTHER_ID}),
        "codes.csv": _file(PLAIN, code, code | {"Read": "N12.."}),
        "issues.csv": _file(PLAIN, ISSUE | mine),
    }


EXTRACTS = {
    "standard": _standard(),
    "aurum": _aurum(),
    "emis": _emis(),
    "gold": _gold(),
    "systmone": _systmone(),
    "vision": _vision(),
    "tpp": _tpp(),
    CUSTOM: _custom(),
}


def profile_of(name, folder):
    """The profile of that name; the custom one by a mapping file that is put into ``folder``."""
    if name != CUSTOM:
        return find_profile(name)
    path = folder / "mapping.yaml"
    tables = {"patients": MAPPING["patients"], "events": MAPPING["events"], "medicines": MEDICINES}
    anywhere = {kind: {**table, "file": f"*{table['file']}*"} for kind, table in tables.items()}
    path.write_text(yaml.safe_dump(MAPPING | anywhere))
    return load_mapping(path)


def as_parquet(file: File) -> bytes:
    """A table of text as a Parquet file."""
    out = io.BytesIO()
    columns = {name: [row[name] or None for row in file.rows] for name in file.columns}
    pq.write_table(pa.table(columns, pa.schema([(n, pa.string()) for n in columns])), out)
    return out.getvalue()
