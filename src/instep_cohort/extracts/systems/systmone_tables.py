"""The SR tables of SystmOne that are read, by the published layouts, and what of each is not read.

Columns by the schemas of endeavourhealth/Transforms@6b6a8e17 (Apache-2.0).
"""

from __future__ import annotations

from instep_cohort.extracts.source_tables import DELIVERY, Snapshot, SourceTable


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


# The moment of a delivery in a folder's name: 20240131_0300, 2024-01-31T03.00.00, 2024-01-31.
_DELIVERED = (
    r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])"
    r"(?:[T_](\d\d)[.:]?(\d\d)(?:[.:]?(\d\d))?)?(?!\d)"
)
_ROW_AS_IT_STANDS = Snapshot(
    key=("rowidentifier",), order=DELIVERY, deleted="lower(removeddata) IN ('1', 'true')"
)
_CHANGES = ("removeddata", DELIVERY)

# Of every table: who wrote a row, where and for whom. Nothing of it is read.
_AUDIT = _columns(
    "dateeventrecorded idprofileenteredby iddoneby textualeventdoneby "
    "idorganisationdoneat idorganisationregisteredat idevent idreferralin"
)

TABLES = (
    SourceTable(
        "patient",
        "SRPatient",
        needed=_columns(
            "rowidentifier idorganisationvisibleto datebirth datedeath gender testpatient"
        ),
        optional=_CHANGES,
        ids=("rowidentifier", "idorganisationvisibleto"),
        unread=_columns(
            "title firstname middlenames surname previoussurname nhsnumber birthplace "
            "speaksenglish emailaddress ssref spinematched"
        ),
        snapshot=_ROW_AS_IT_STANDS,
        delivered=_DELIVERED,
        required=True,
    ),
    SourceTable(
        "registration",
        "SRPatientRegistration",
        needed=_columns(
            "rowidentifier idorganisationvisibleto dateregistration datederegistration "
            "registrationstatus idpatient idorganisation"
        ),
        optional=_CHANGES,
        ids=("rowidentifier", "idorganisationvisibleto", "idpatient", "idorganisation"),
        unread=(*_AUDIT, "preferredpharmacy"),
        snapshot=_ROW_AS_IT_STANDS,
        delivered=_DELIVERED,
        required=True,
    ),
    SourceTable(
        "code",
        "SRCode",
        needed=_columns(
            "rowidentifier dateevent ctv3code ctv3text numericvalue numericunit idpatient"
        ),
        optional=("snomedcode", "snomedtext", "isnumeric", *_CHANGES),
        ids=("rowidentifier", "ctv3code", "snomedcode", "idpatient"),
        unread=(
            *_AUDIT,
            *_columns(
                "idorganisationvisibleto idorganisation numericcomparator episodetype "
                "idtemplate idquestionnaire idappointment idvisit"
            ),
        ),
        snapshot=_ROW_AS_IT_STANDS,
        delivered=_DELIVERED,
        required=True,
    ),
    SourceTable(
        "medication",
        "SRPrimaryCareMedication",
        needed=_columns(
            "rowidentifier dateevent idmultilexproduct idmultilexdmd nameofmedication "
            "datemedicationstart medicationquantity isrepeatmedication isothermedication "
            "isdentalmedication ishospitalmedication idpatient"
        ),
        optional=_CHANGES,
        ids=("rowidentifier", "idmultilexproduct", "idmultilexdmd", "idpatient"),
        unread=(
            *_AUDIT,
            *_columns(
                "idorganisationvisibleto idorganisation idmultilexpack datemedicationend "
                "medicationdosage issupervised superviseddose unsuperviseddose idrepeattemplate"
            ),
        ),
        snapshot=_ROW_AS_IT_STANDS,
        delivered=_DELIVERED,
        without="no SRPrimaryCareMedication file in the extract",
    ),
    SourceTable(
        "ctv3",
        "SRCtv3",
        needed=("rowidentifier", "ctv3code", "ctv3text"),
        optional=_CHANGES,
        ids=("rowidentifier", "ctv3code"),
        unread=("idorganisationvisibleto",),
        snapshot=_ROW_AS_IT_STANDS,
        delivered=_DELIVERED,
    ),
    SourceTable(
        "ctv3tosnomed",
        "SRCtv3ToSnomed",
        needed=("rowidentifier", "ctv3code", "snomedcode"),
        optional=_CHANGES,
        ids=("rowidentifier", "ctv3code", "snomedcode"),
        unread=("idorganisationvisibleto",),
        snapshot=_ROW_AS_IT_STANDS,
        delivered=_DELIVERED,
    ),
    SourceTable(
        "drugcode",
        "SRMedicationReadCodeDetails",
        needed=("rowidentifier", "idmultilexproduct", "drugreadcode"),
        optional=("drugreadcodedesc", *_CHANGES),
        ids=("rowidentifier", "idmultilexproduct", "drugreadcode"),
        snapshot=_ROW_AS_IT_STANDS,
        delivered=_DELIVERED,
        without="no SRMedicationReadCodeDetails file in the extract",
    ),
)
