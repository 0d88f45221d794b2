"""The tables of the EMIS Web bulk extract: columns of its specification 8.2, older spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from instep_cohort.synthetic.formats.layout import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instep_cohort.synthetic.formats.layout import Role

PROCESSING_ID, LATER_PROCESSING_ID = "1", "2"
#: The sharing agreement that the names of the files end with; made up.
AGREEMENT = "{0000000A-0000-4000-8000-000000000001}"


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _sheet(
    name: str,
    columns: str,
    rows: Literal["", "events", "issues"] = "",
    roles: Mapping[Role, str] | None = None,
    typos: Mapping[str, str] | None = None,
    *,
    changes: bool = True,
) -> Sheet:
    """A table whose file says which delivery it is of, as EMIS names them."""
    file = f"{PROCESSING_ID}_{name}_{{on}}020000_{AGREEMENT}.csv"
    later = f"{LATER_PROCESSING_ID}_{name}_{{on}}140000_{AGREEMENT}.csv" if changes else ""
    return Sheet(name, file, _columns(columns), "", rows, later, roles or {}, typos or {})


# Words that EMIS has misspelt in one version or another.
_CLINICIAN = {"ClinicianUserInRoleGuid": "ClinicanUserInRoleGuid"}

PATIENT = _sheet(
    "Admin_Patient",
    "PatientGuid OrganisationGuid UsualGpUserInRoleGuid Sex DateOfBirth DateOfDeath Title "
    "GivenName MiddleNames Surname DateOfRegistration NhsNumber PatientNumber "
    "PatientTypeDescription DummyType HouseNameFlatNumber NumberAndStreet Village Town County "
    "Postcode ResidentialInstituteCode NHSNumberStatus CarerName CarerRelation PersonGuid "
    "DateofDeactivation Deleted SpineSensitive IsConfidential EmailAddress HomePhone MobilePhone "
    "ExternalUsualGPGuid ExternalUsualGP ExternalUsualGPOrganisation ContactComments ProcessingId",
    roles={"patient": "PatientGuid", "deleted": "Deleted"},
    typos={
        "DateofDeactivation": "DateOfDeactivation",
        "ExternalUsualGP": "ExternalUsusalGP",
        "ExternalUsualGPOrganisation": "ExternalUsusalGPOrganisation",
    },
)
ORGANISATION = _sheet(
    "Admin_Organisation",
    "OrganisationGuid CDB OrganisationName ODSCode ParentOrganisationGuid CCGOrganisationGuid "
    "OrganisationType OpenDate CloseDate MainLocationGuid ProcessingId",
)
SHARING = _sheet(
    "Agreements_SharingOrganisation",
    "OrganisationGuid IsActivated LastModifiedDate Disabled Deleted",
)
OBSERVATION = _sheet(
    "CareRecord_Observation",
    "ObservationGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision "
    "EnteredDate EnteredTime ClinicianUserInRoleGuid EnteredByUserInRoleGuid "
    "ParentObservationGuid CodeId ProblemGuid ConsultationGuid Value NumericUnit ObservationType "
    "NumericRangeLow NumericRangeHigh DocumentGuid Qualifiers Abnormal AbnormalReason Episode "
    "Deleted IsConfidential ProcessingId",
    rows="events",
    roles={
        "row": "ObservationGuid",
        "patient": "PatientGuid",
        "day": "EffectiveDate",
        "precision": "EffectiveDatePrecision",
        "code": "CodeId",
        "value": "Value",
        "text": "Qualifiers",
        "deleted": "Deleted",
    },
    typos=_CLINICIAN,
)
CLINICAL_CODE = _sheet(
    "Coding_ClinicalCode",
    "CodeId Term ReadTermId SnomedCTConceptId SnomedCTDescriptionId NationalCode "
    "NationalCodeCategory NationalDescription EmisCodeCategoryDescription ParentCodeID "
    "ProcessingId",
)
DRUG_CODE = _sheet("Coding_DrugCode", "CodeId Term DmdProductCodeId BNFChapterRef ProcessingId")
DRUG_RECORD = _sheet(
    "Prescribing_DrugRecord",
    "DrugRecordGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision "
    "EnteredDate EnteredTime ClinicianUserInRoleGuid EnteredByUserInRoleGuid CodeId Dosage "
    "Quantity QuantityUnit ProblemObservationGuid PrescriptionType IsActive CancellationDate "
    "NumberOfIssues NumberOfIssuesAuthorised IsConfidential Deleted ProcessingId",
    typos=_CLINICIAN,
)
ISSUE_RECORD = _sheet(
    "Prescribing_IssueRecord",
    "IssueRecordGuid PatientGuid OrganisationGuid DrugRecordGuid EffectiveDate "
    "EffectiveDatePrecision EnteredDate EnteredTime ClinicianUserInRoleGuid "
    "EnteredByUserInRoleGuid CodeId Dosage Quantity QuantityUnit ProblemObservationGuid "
    "CourseDurationInDays EstimatedNhsCost IsConfidential EmisCode PatientMessage "
    "ScriptPharmacyStamp Compliance AverageCompliance IsPrescribedAsContraceptive "
    "IsPrivatelyPrescribed PharmacyMessage PharmacyText ConsultationGuid ReviewDate Deleted "
    "ProcessingId",
    rows="issues",
    roles={
        "row": "IssueRecordGuid",
        "patient": "PatientGuid",
        "day": "EffectiveDate",
        "precision": "EffectiveDatePrecision",
        "code": "CodeId",
        "quantity": "Quantity",
        "text": "PatientMessage",
        "deleted": "Deleted",
    },
    typos=_CLINICIAN,
)
SHEETS = (
    *(PATIENT, ORGANISATION, SHARING, OBSERVATION, CLINICAL_CODE, DRUG_CODE, DRUG_RECORD),
    ISSUE_RECORD,
)
