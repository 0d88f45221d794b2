"""Extracts as EMIS Web writes them, made up by the published schemas. No real data."""

import csv

import pytest
from extract_files import ON, SAMPLES, table

from instep_cohort.extracts import ingest

REFERENCE = SAMPLES.parent / "reference"
HERE, THERE = "{0F30B81C-0000-0000-0000-000000000001}", "{0F30B81C-0000-0000-0000-000000000002}"
AGREEMENT = "45E7CD20-EE37-41AB-90D6-DC9D4B03D102"
# Columns of version 8.2 in their order.
COLUMNS = {
    "Admin_Patient": (
        "PatientGuid OrganisationGuid UsualGpUserInRoleGuid Sex DateOfBirth DateOfDeath Title "
        "GivenName MiddleNames Surname DateOfRegistration NhsNumber PatientNumber "
        "PatientTypeDescription DummyType HouseNameFlatNumber NumberAndStreet Village Town County "
        "Postcode ResidentialInstituteCode NHSNumberStatus CarerName CarerRelation PersonGuid "
        "DateofDeactivation Deleted SpineSensitive IsConfidential EmailAddress HomePhone "
        "MobilePhone ExternalUsualGPGuid ExternalUsualGP ExternalUsualGPOrganisation "
        "ContactComments ProcessingId"
    ),
    "Admin_Organisation": (
        "OrganisationGuid CDB OrganisationName ODSCode ParentOrganisationGuid CCGOrganisationGuid "
        "OrganisationType OpenDate CloseDate MainLocationGuid ProcessingId"
    ),
    "Agreements_SharingOrganisation": (
        "OrganisationGuid IsActivated LastModifiedDate Disabled Deleted"
    ),
    "CareRecord_Observation": (
        "ObservationGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision "
        "EnteredDate EnteredTime ClinicianUserInRoleGuid EnteredByUserInRoleGuid "
        "ParentObservationGuid CodeId ProblemGuid ConsultationGuid Value NumericUnit "
        "ObservationType NumericRangeLow NumericRangeHigh DocumentGuid Qualifiers Abnormal "
        "AbnormalReason Episode Deleted IsConfidential ProcessingId"
    ),
    "Prescribing_IssueRecord": (
        "IssueRecordGuid PatientGuid OrganisationGuid DrugRecordGuid EffectiveDate "
        "EffectiveDatePrecision EnteredDate EnteredTime ClinicianUserInRoleGuid "
        "EnteredByUserInRoleGuid CodeId Dosage Quantity QuantityUnit ProblemObservationGuid "
        "CourseDurationInDays EstimatedNhsCost IsConfidential EmisCode PatientMessage "
        "ScriptPharmacyStamp Compliance AverageCompliance IsPrescribedAsContraceptive "
        "IsPrivatelyPrescribed PharmacyMessage PharmacyText ConsultationGuid ExpiryDate "
        "ReviewDate IssueMethodDescription Deleted ProcessingId"
    ),
    "Prescribing_DrugRecord": (
        "DrugRecordGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision "
        "EnteredDate EnteredTime ClinicianUserInRoleGuid EnteredByUserInRoleGuid CodeId Dosage "
        "Quantity QuantityUnit ProblemObservationGuid PrescriptionType IsActive CancellationDate "
        "NumberOfIssues NumberOfIssuesAuthorised IsConfidential Deleted ExpiryDate ProcessingId"
    ),
    "Coding_ClinicalCode": (
        "CodeId Term ReadTermId SnomedCTConceptId SnomedCTDescriptionId NationalCode "
        "NationalCodeCategory NationalDescription EmisCodeCategoryDescription ParentCodeID "
        "ProcessingId"
    ),
    "Coding_DrugCode": "CodeId Term DmdProductCodeId BNFChapterRef ProcessingId",
    "CareRecord_Problem": (
        "ObservationGuid PatientGuid OrganisationGuid ParentProblemObservationGuid Deleted EndDate "
        "EndDatePrecision ExpectedDuration LastReviewDate LastReviewDatePrecision "
        "LastReviewUserInRoleGuid ParentProblemRelationship ProblemStatusDescription "
        "SignificanceDescription ProcessingId"
    ),
    "CareRecord_Diary": (
        "DiaryGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision CodeId "
        "OriginalTerm Deleted ProcessingId"
    ),
}
READ = tuple(name for name in COLUMNS if name not in ("CareRecord_Problem", "CareRecord_Diary"))
CERTIFICATE = "11561000000115"
PLAIN = {
    "Admin_Patient": {
        "PatientGuid": "4711",
        "Sex": "F",
        "DateOfBirth": "1980-02-03",
        "DateOfRegistration": "2001-01-01",
        "PatientTypeDescription": "Regular",
        "DummyType": "false",
        "SpineSensitive": "false",
        "IsConfidential": "false",
    },
    "Admin_Organisation": {"ODSCode": "A81001"},
    "Agreements_SharingOrganisation": {"IsActivated": "true", "Disabled": "false"},
    "CareRecord_Observation": {
        "PatientGuid": "4711",
        "EffectiveDate": "2026-05-21",
        "EffectiveDatePrecision": "YMD",
        "EnteredDate": "2026-05-30",
        "CodeId": "1001",
    },
    "Prescribing_IssueRecord": {
        "PatientGuid": "4711",
        "DrugRecordGuid": "{D1}",
        "EffectiveDate": "2026-05-08",
        "EffectiveDatePrecision": "YMDT",
        "CodeId": "2001",
        "Quantity": "28.000",
        "QuantityUnit": "tablet(s)",
        "CourseDurationInDays": "14",
    },
    "Prescribing_DrugRecord": {
        "DrugRecordGuid": "{D1}",
        "PatientGuid": "4711",
        "PrescriptionType": "Acute",
        "CodeId": "2001",
    },
    "Coding_ClinicalCode": {
        "CodeId": "1001",
        "Term": "Low back pain",
        "ReadTermId": "N142",
        "SnomedCTConceptId": "279039007",
        "SnomedCTDescriptionId": "1001",
    },
    "Coding_DrugCode": {
        "CodeId": "2001",
        "Term": "Codeine 30mg tablets",
        "DmdProductCodeId": "322280009",
    },
    "CareRecord_Problem": {"ObservationGuid": "{1}", "PatientGuid": "4711"},
    "CareRecord_Diary": {"DiaryGuid": "{1}", "PatientGuid": "4711", "CodeId": "1001"},
}
KEYS = {"CareRecord_Observation": "ObservationGuid", "Prescribing_IssueRecord": "IssueRecordGuid"}


def text(name, rows, *, columns=None, processing="1"):
    """A file as EMIS writes it: every field quoted, UTF-8, CR LF."""
    columns = columns or COLUMNS[name].split()
    filled = [
        {"OrganisationGuid": HERE, "Deleted": "false", "ProcessingId": processing}
        | {KEYS.get(name, "none"): f"{{{n}}}"}
        | PLAIN[name]
        | row
        for n, row in enumerate(rows, start=1)
    ]
    lines = [columns, *([row.get(c, "") for c in columns] for row in filled)]
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    return "".join(f"{line}\r\n" for line in quoted).encode()


def put(folder, names="{}", processing="1", **files):
    """Files of these rows, changed against an ordinary one, or of these bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        content = rows if isinstance(rows, bytes) else text(name, rows, processing=processing)
        (folder / f"{names.format(name)}.csv").write_bytes(content)
    return folder


WHOLE = {
    "Admin_Patient": [{}],
    "Admin_Organisation": [{}],
    "CareRecord_Observation": [{}],
    "Coding_ClinicalCode": [{}],
    "Prescribing_IssueRecord": [{}],
    "Prescribing_DrugRecord": [{}],
    "Coding_DrugCode": [{}],
}


def whole(folder, **files):
    return put(folder, **{**WHOLE, **files})


def read(tmp_path, **files):
    extract = whole(tmp_path / "extract", **files)
    return ingest(extract, profile="emis", extract_date=ON, out=tmp_path / "store")


def read_people(tmp_path, *rows):
    """The store of people of whom nothing else is known."""
    nothing = {"CareRecord_Observation": [], "Prescribing_IssueRecord": []}
    return read(tmp_path, Admin_Patient=people(*rows), **nothing)


def people(*rows):
    return [{"PatientGuid": str(n), **row} for n, row in enumerate(rows, start=1)]


def apart(store):
    """Where each quarantined row stands, and why it is there."""
    return [(row["file"], row["line"], row["reason"]) for row in table(store, "quarantine")]


def spec(text):
    return [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]


def reference(name):
    if not (REFERENCE / name).is_file():
        pytest.skip(f"{name} is not beside this repository")
    with (REFERENCE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
