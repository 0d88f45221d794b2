"""The tables of an EMIS Web extract: which columns are read, and which others there are.

Columns of versions 5.0 to 5.4 by the schemas of endeavourhealth/Transforms@6b6a8e17 (Apache-2.0),
of 8.2 by NHSISL/Datasets@aa118bf5 (EMIS-specification-v8p2), and what came and went between them by
its EMIS-change-history.
"""

from __future__ import annotations

from instep_cohort.extracts.source_tables import DELIVERY, Snapshot, SourceTable
from instep_cohort.extracts.systems.emis_file_names import MOMENT


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _row_as_it_stands(*key: str, deleted: str = "lower(deleted) IN ('true', '1')") -> Snapshot:
    return Snapshot(key=key, order="processingid", deleted=deleted)


# Of nearly every table: who wrote a row and when, whether it is marked as confidential. The typo is
# that of versions 5.0 and 5.1; every file had an AgreementGuid before 5.3.
_AUDIT = _columns(
    "entereddate enteredtime clinicianuserinroleguid clinicanuserinroleguid "
    "enteredbyuserinroleguid isconfidential agreementguid"
)

PATIENT = SourceTable(
    "patient",
    "Admin_Patient",
    needed=_columns(
        "patientguid organisationguid sex dateofbirth dateofdeath dateofregistration "
        "patienttypedescription dummytype dateofdeactivation spinesensitive isconfidential "
        "deleted processingid"
    ),
    ids=("patientguid", "organisationguid"),
    unread=_columns(
        "usualgpuserinroleguid title givenname middlenames surname nhsnumber patientnumber "
        "housenameflatnumber numberandstreet village town county postcode "
        "residentialinstitutecode nhsnumberstatus carername carerrelation personguid "
        "emailaddress homephone mobilephone externalusualgpguid externalusualgp "
        "externalususalgp externalusualgporganisation externalususalgporganisation "
        "contactcomments agreementguid"
    ),
    snapshot=_row_as_it_stands("organisationguid", "patientguid"),
    required=True,
)
ORGANISATION = SourceTable(
    "organisation",
    "Admin_Organisation",
    needed=("organisationguid", "odscode", "processingid"),
    ids=("organisationguid", "odscode"),
    unread=_columns(
        "cdb organisationname parentorganisationguid ccgorganisationguid organisationtype "
        "opendate closedate mainlocationguid agreementguid"
    ),
    snapshot=_row_as_it_stands("organisationguid", deleted="false"),
    without="no Admin_Organisation file: practices are called by their GUID",
)
AGREEMENT = SourceTable(
    "agreement",
    "Agreements_SharingOrganisation",
    needed=_columns("organisationguid isactivated disabled deleted"),
    optional=(DELIVERY,),
    ids=("organisationguid",),
    unread=("lastmodifieddate", "agreementguid"),
    snapshot=Snapshot(key=("organisationguid",), order=DELIVERY),
    delivered=MOMENT,
)
OBSERVATION = SourceTable(
    "observation",
    "CareRecord_Observation",
    needed=_columns(
        "observationguid patientguid organisationguid effectivedate effectivedateprecision codeid "
        "value numericunit deleted processingid"
    ),
    ids=("observationguid", "patientguid", "organisationguid", "codeid"),
    unread=(
        *_AUDIT,
        *_columns(
            "parentobservationguid problemguid associatedtext consultationguid observationtype "
            "numericrangelow numericrangehigh documentguid qualifiers abnormal abnormalreason "
            "episode episodicity"
        ),
    ),
    snapshot=_row_as_it_stands("organisationguid", "observationguid"),
    required=True,
)
ISSUE = SourceTable(
    "issue",
    "Prescribing_IssueRecord",
    needed=_columns(
        "issuerecordguid patientguid organisationguid drugrecordguid effectivedate "
        "effectivedateprecision codeid quantity coursedurationindays deleted processingid"
    ),
    ids=("issuerecordguid", "patientguid", "organisationguid", "drugrecordguid", "codeid"),
    unread=(
        *_AUDIT,
        *_columns(
            "dosage quantityunit problemobservationguid estimatednhscost emiscode patientmessage "
            "scriptpharmacystamp compliance averagecompliance isprescribedascontraceptive "
            "isprivatelyprescribed pharmacymessage pharmacytext consultationguid expirydate "
            "reviewdate issuemethoddescription"
        ),
    ),
    snapshot=_row_as_it_stands("organisationguid", "issuerecordguid"),
    without="no Prescribing_IssueRecord file in the extract",
)
DRUG_RECORD = SourceTable(
    "drugrecord",
    "Prescribing_DrugRecord",
    needed=_columns("drugrecordguid organisationguid prescriptiontype deleted processingid"),
    ids=("drugrecordguid", "organisationguid"),
    unread=(
        *_AUDIT,
        *_columns(
            "patientguid effectivedate effectivedateprecision codeid dosage quantity quantityunit "
            "problemobservationguid isactive cancellationdate numberofissues "
            "numberofissuesauthorised expirydate"
        ),
    ),
    snapshot=_row_as_it_stands("organisationguid", "drugrecordguid"),
    without="no Prescribing_DrugRecord file: which issues are repeats is not known",
)
CLINICAL_CODE = SourceTable(
    "clinicalcode",
    "Coding_ClinicalCode",
    needed=_columns("codeid term readtermid snomedctconceptid processingid"),
    ids=("codeid", "readtermid", "snomedctconceptid"),
    unread=_columns(
        "snomedctdescriptionid nationalcode nationalcodecategory nationaldescription "
        "emiscodecategorydescription parentcodeid agreementguid"
    ),
    snapshot=_row_as_it_stands("codeid", deleted="false"),
    required=True,
)
DRUG_CODE = SourceTable(
    "drugcode",
    "Coding_DrugCode",
    needed=_columns("codeid term dmdproductcodeid processingid"),
    ids=("codeid", "dmdproductcodeid"),
    unread=("bnfchapterref", "agreementguid"),
    snapshot=_row_as_it_stands("codeid", deleted="false"),
    without="no Coding_DrugCode file: no medicine has a name or a dm+d id",
)

TABLES = (
    PATIENT,
    ORGANISATION,
    AGREEMENT,
    OBSERVATION,
    ISSUE,
    DRUG_RECORD,
    CLINICAL_CODE,
    DRUG_CODE,
)
