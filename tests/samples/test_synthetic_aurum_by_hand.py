"""Thirteen people of the sample read by hand: every row they have, and why they are in or out.

The study is `any-pain-any-medicine` on 1 January 2025, with an opt-out list of the practice. Each
block holds *all* rows of one patient. The last column of a row says what it counts as, and how its
code belongs to the list: by an id that the dictionary gives (SNOMED CT, dm+d) or, weaker, by the
words of the product's name. It is empty where the row is nothing to the study.

Patients: pracid, gender, yob, mob, regstartdate, regenddate, patienttypeid (3 is regular), cprd_ddate.
"""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

import pytest
from plain_aurum import EXTRACT_DATE, NOT_HERE, SAMPLE, table

import instep_cohort as ic

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason=NOT_HERE)

PRACTICE_LIST = """\
patient_id,kind,recorded_on
37620000,research,2024-11-05
13420001,national,2024-06-01
01420000,research,2024-11-05
"""  # the last is nobody: an id with a zero in front of it is another id than 1420000

# In: every row that counts is older than the registration of 2019. That does not matter: records
# come along from the practice before. The patch is met by its dm+d id.
ONLY_BEFORE_REGISTRATION = """
1420000
patient     | 20000 | 1 | 1996 | 7 | 29/06/2019 |  | 3 |
observation | 29/11/2011 | 100392 | 395204000 | Hyperosmolar non-ketotic state due to type 2 diabetes mellitus |
observation | 02/03/2012 | 100089 | 202493006 | Talonavicular joint pain (finding) | painful_code, musculoskeletal, dictionary
observation | 12/01/2013 | 100337 | 421631007 | Gangrene due to type 2 diabetes mellitus |
observation | 03/07/2014 | 100148 | 193489006 | Iritis due to diabetes mellitus |
observation | 02/08/2017 | 100332 | 413184002 | Fibrocalculous pancreatopathy without complication |
observation | 12/02/2024 | 100266 | 1511000119107 | Peripheral neuropathy due to type 2 diabetes mellitus |
issue       | 19/03/2017 | 201947 | 23707711000001107 | Fentanyl 37.5microgram/hour transdermal patches | opioid, strong, dictionary
issue       | 05/08/2017 | 200445 | 3189711000001107 | Beclometasone 100 Cyclocaps |
"""

# In, at the lowest age: 18 since November 2024. Both opioids are met by the word of their brand
# alone; the methadone injection is none, since the list takes methadone only as the 5 mg tablet.
EIGHTEEN_WITH_BRANDS = """
30620001
patient     | 20001 | 2 | 2006 | 11 | 09/12/2020 |  | 3 |
observation | 08/02/2012 | 100339 | 202472008 | Hand joint pain (finding) | painful_code, musculoskeletal, dictionary
observation | 14/12/2018 | 100155 | 236499007 | Microalbuminuric nephropathy due to diabetes mellitus |
observation | 02/12/2020 | 100235 | 198121000000103 | Hypoglycaemic warning impaired |
issue       | 18/10/2010 | 202182 | 20938111000001106 | Longtec 40mg modified-release tablets | opioid, strong, product_name
issue       | 08/06/2016 | 202847 | 754611000001105 | Physeptone 10mg/1ml solution for injection ampoules |
issue       | 30/04/2019 | 202380 | 31278611000001105 | Butec 20micrograms/hour transdermal patches | opioid, strong, product_name
"""

# In by the gabapentinoid alone: papaveretum with hyoscine is given before an operation.
GABAPENTINOID_ALONE = """
24320000
patient     | 20000 | 2 | 2000 | 5 | 14/05/2008 |  | 3 |
observation | 13/01/2012 | 100229 | 422099009 | Disorder of eye due to type 2 diabetes mellitus |
observation | 20/06/2013 | 100055 | 202482009 | Wrist joint pain (finding) | painful_code, musculoskeletal, dictionary
observation | 18/12/2014 | 100441 | 399871005 | Visually threatening retinopathy due to diabetes mellitus |
observation | 20/07/2015 | 100247 | 420683009 | Disorder of nervous system due to malnutrition related diabetes mellitus |
observation | 04/03/2018 | 100136 | 193349004 | Preproliferative retinopathy due to diabetes mellitus |
observation | 09/05/2022 | 100418 | 185757002 | Diabetes monitoring second letter |
observation | 22/06/2024 | 100324 | 4855003 | Retinopathy due to diabetes mellitus |
issue       | 02/05/2015 | 200933 | 30782011000001109 | Pregabalin 150mg capsules | gabapentinoid, pregabalin, product_name
issue       | 19/11/2015 | 202088 | 9142711000001109 | Papaveretum 15.4mg/1ml / Hyoscine hydrobromide 400micrograms/1ml solution for injection ampoules |
"""

# In: the product of 2012 has no name that says what it is, its dm+d id does (tramadol 50 mg capsules).
A_NAME_THAT_SAYS_NOTHING = """
16720000
patient     | 20000 | 2 | 1992 | 10 | 15/05/2008 |  | 3 |
observation | 18/02/2010 | 100187 | 49455004 | Polyneuropathy due to diabetes mellitus | painful_code, neuropathic, dictionary
observation | 02/07/2015 | 100095 | 835611000000109 | Employment and support allowance status (finding) |
observation | 12/05/2019 | 100428 | 713703005 | Gastroparesis due to type 2 diabetes mellitus |
observation | 08/05/2023 | 100401 | 57676002 | Joint pain (finding) | painful_code, musculoskeletal, dictionary
observation | 07/11/2023 | 100067 | 237633009 | Hypoglycemia due to diabetes mellitus |
observation | 15/02/2024 | 100261 | 769219006 | Macular edema due to type 1 diabetes mellitus |
issue       | 05/10/2011 | 202498 | 5147411000001107 | Codeine phosphate powder | opioid, weak, product_name
issue       | 10/09/2012 | 203356 | 322623000 | VMP previous to 42017811000001106 | opioid, weak, dictionary
issue       | 11/11/2018 | 200620 | 34675711000001103 | Aloflute 25micrograms/dose / 250micrograms/dose inhaler |
issue       | 14/04/2019 | 202764 | 491111000001101 | Methadone 20mg/2ml solution for injection ampoules |
issue       | 21/07/2021 | 201348 | 21658711000001101 | Gabapentin 50mg/ml oral solution sugar free | gabapentinoid, gabapentin, product_name
"""

# In, with a caution: the practice's list has a national opt-out for her, which removes nobody.
NATIONAL_OPT_OUT = """
13420001
patient     | 20001 | 2 | 1966 | 12 | 08/06/2002 |  | 3 |
observation | 25/12/2015 | 100366 | 237620003 | Abnormal metabolic state due to diabetes mellitus |
observation | 11/06/2021 | 100071 | 202480001 | Elbow joint pain (finding) | painful_code, musculoskeletal, dictionary
issue       | 13/10/2010 | 201548 | 19200211000001107 | Co-codamol 15mg/500mg capsules | opioid, weak, dictionary
issue       | 01/05/2013 | 202294 | 38419711000001105 | Myloxifin 10mg/5mg modified-release tablets | opioid, strong, product_name
issue       | 11/02/2022 | 201139 | 33710511000001103 | Axalid 100mg capsules | gabapentinoid, pregabalin, product_name
issue       | 08/04/2022 | 202549 | 3989911000001106 | Dihydrocodeine 50mg/1ml solution for injection ampoules | opioid, weak, product_name
issue       | 29/07/2023 | 200387 | 35908111000001105 | Beclometasone 100micrograms/dose inhaler CFC free |
"""

# Out by the practice's list alone.
ON_THE_PRACTICE_LIST = """
37620000
patient     | 20000 | 1 | 1963 | 3 | 22/07/2015 |  | 3 |
observation | 24/09/2015 | 100235 | 198121000000103 | Hypoglycaemic warning impaired |
observation | 21/07/2018 | 100132 | 70694009 | Diabetes mellitus AND insipidus with optic atrophy AND deafness |
observation | 12/04/2023 | 100164 | 754121000000107 | Type II diabetic dietary review |
observation | 02/12/2024 | 100098 | 202478007 | Sternoclavicular joint pain (finding) | painful_code, musculoskeletal, dictionary
issue       | 03/09/2010 | 201329 | 14010811000001103 | Gabapentin 400mg/5ml oral solution | gabapentinoid, gabapentin, dictionary
issue       | 19/02/2016 | 202843 | 19710311000001108 | Methadone 5mg capsules |
issue       | 20/07/2017 | 200823 | 42135611000001100 | Pregabalin 50mg capsules | gabapentinoid, pregabalin, product_name
"""

# Out by age: 67.
TOO_OLD = """
33820002
patient     | 20002 | 2 | 1957 | 4 | 24/07/2014 |  | 3 |
observation | 11/06/2010 | 100323 | 303059007 | Postpancreatectomy hypoinsulinemia |
observation | 12/11/2010 | 100114 | 202491008 | Subtalar joint pain (finding) | painful_code, musculoskeletal, dictionary
observation | 12/01/2013 | 100135 | 140391000119101 | Ulcer of toe due to type 2 diabetes mellitus |
observation | 05/10/2016 | 100044 | 751621000000103 | eMED3 (2010) duplicate issued, not fit for work (finding) | certified_sickness, duplicate, dictionary
observation | 30/03/2019 | 100433 | 202481002 | Distal radioulnar joint pain (finding) | painful_code, musculoskeletal, dictionary
observation | 18/05/2022 | 100002 | 111307005 | Leprechaunism syndrome |
observation | 22/07/2023 | 100027 | 267952008 | Arthralgia of the pelvic region and thigh (finding) | painful_code, musculoskeletal, dictionary
observation | 03/01/2024 | 100263 | 421893009 | Renal disorder due to type 1 diabetes mellitus |
observation | 17/02/2024 | 100354 | 421847006 | Ketoacidotic coma due to type 2 diabetes mellitus |
issue       | 03/07/2010 | 202128 | 39072711000001100 | Oxycodone 10mg/1ml solution for injection ampoules | opioid, strong, product_name
issue       | 22/12/2012 | 202450 | 123811000001101 | Codeine 15mg tablets | opioid, weak, product_name
issue       | 24/07/2019 | 202688 | 11665911000001100 | Diamorphine 30mg/5ml oral solution | opioid, strong, product_name
issue       | 17/02/2020 | 201050 | 32867211000001106 | Pregabalin 50mg/5ml oral suspension | gabapentinoid, pregabalin, product_name
issue       | 24/04/2020 | 202396 | 33480911000001104 | Sevodyne 10micrograms/hour transdermal patches | opioid, strong, product_name
issue       | 15/03/2022 | 200552 | 36059711000001101 | Fluticasone propionate 500microgram inhalation powder blisters with device |
issue       | 20/07/2022 | 201737 | 35920811000001107 | Tramadol 200mg modified-release tablets | opioid, weak, dictionary
"""

# Out by age: 16.
TOO_YOUNG = """
3120002
patient     | 20002 | 2 | 2008 | 6 | 30/10/2017 |  | 3 |
observation | 31/10/2010 | 100385 | 1067201000000106 | Eating disorder co-occurrent with diabetes mellitus type 1 |
observation | 01/08/2020 | 100290 | 713702000 | Gastroparesis due to type 1 diabetes mellitus |
observation | 30/11/2020 | 100371 | 751731000000106 | MED3 (2010) issued by hand, not fit for work (finding) | certified_sickness, not_fit, dictionary
observation | 27/03/2021 | 100158 | 774136009 | Pain of right acromioclavicular joint (finding) |
observation | 01/10/2022 | 100055 | 202482009 | Wrist joint pain (finding) | painful_code, musculoskeletal, dictionary
issue       | 02/04/2011 | 200546 | 36059811000001109 | Fluticasone propionate 50microgram inhalation powder blisters |
issue       | 11/04/2011 | 201745 | 40589411000001106 | Tramadol 100mg modified-release capsules | opioid, weak, product_name
issue       | 31/12/2011 | 202273 | 35853511000001107 | Ixyldone 5mg modified-release tablets | opioid, strong, product_name
issue       | 18/11/2022 | 200301 | 468311000001108 | Nuelin 125mg tablets |
issue       | 12/08/2023 | 202182 | 20938111000001106 | Longtec 40mg modified-release tablets | opioid, strong, product_name
"""

# Out: registered to this day, but not as a regular patient.
NO_REGULAR_PATIENT = """
11420000
patient     | 20000 | 2 | 1967 | 8 | 09/02/2017 |  | 2 |
observation | 25/06/2011 | 100429 | 190369008 | Type I diabetes mellitus with gangrene |
observation | 30/10/2012 | 100383 | 299447008 | Ankle joint - painful on movement (finding) |
observation | 07/11/2012 | 100368 | 105495008 | Forced retirement, life event (finding) |
observation | 06/11/2013 | 100162 | 193184006 | Chronic painful neuropathy due to diabetes mellitus | painful_code, explicit, dictionary
observation | 21/05/2017 | 100434 | 769244003 | Disorder of right macula due to diabetes mellitus |
observation | 16/11/2020 | 100147 | 1066931000000108 | Diabetes monitoring short message service text message third invitation |
observation | 19/03/2021 | 100203 | 412752009 | Diabetic foot examination declined |
issue       | 04/06/2010 | 202416 | 35544111000001100 | Carlosafine 70micrograms/hour transdermal patches | opioid, strong, product_name
issue       | 24/05/2013 | 201705 | 746011000001106 | Tramadol 50mg capsules | opioid, weak, product_name
"""

# Out: left the practice four months before.
LEFT_THE_PRACTICE = """
24720002
patient     | 20002 | 1 | 1967 | 12 | 28/10/2013 | 31/08/2024 | 3 |
observation | 13/02/2011 | 100118 | 230576004 | Asymmetric polyneuropathy due to diabetes mellitus |
observation | 30/04/2014 | 100395 | 408397002 | Diabetic foot examination not indicated |
observation | 28/11/2015 | 100281 | 408414006 | On examination - left eye proliferative diabetic retinopathy |
observation | 18/03/2018 | 100362 | 417677008 | On examination - sight threatening diabetic retinopathy |
observation | 07/07/2020 | 100151 | 312094004 | Incapacity benefit (qualifier value) |
observation | 02/11/2021 | 100269 | 420436000 | Mononeuropathy due to type 2 diabetes mellitus | painful_code, neuropathic, dictionary
observation | 23/06/2022 | 100011 | 835711000000103 | Employment and support allowance 113 form paid (finding) |
observation | 13/10/2024 | 100180 | 202489000 | Tibiofibular joint pain (finding) | painful_code, musculoskeletal, dictionary
issue       | 21/01/2017 | 202598 | 429811000001100 | Diconal tablets | opioid, strong, product_name
issue       | 07/10/2017 | 202544 | 31387811000001107 | Dihydrocodeine 10mg/5ml oral solution | opioid, weak, product_name
issue       | 14/05/2020 | 202786 | 42385311000001106 | Methadone 5mg tablets | opioid, strong, product_name
issue       | 06/11/2020 | 201257 | 10168211000001107 | Gabapentin 600mg tablets | gabapentinoid, gabapentin, product_name
"""

# Out: dead since June 2023 (and gone from the practice before that).
DEAD = """
34920000
patient     | 20000 | 1 | 1985 | 6 | 18/08/2018 | 21/02/2021 | 3 | 02/06/2023
observation | 11/04/2011 | 100195 | 532411000000102 | Diabetes mellitus, adult onset, with no mention of complication |
observation | 03/10/2011 | 100364 | 408410002 | On examination - left eye background diabetic retinopathy |
observation | 03/10/2015 | 100149 | 775321000000108 | MED3 (2010) certificate issued - recommend amended duties (finding) | certified_sickness, may_be_fit, dictionary
observation | 01/10/2019 | 100107 | 390853009 | On examination - no left diabetic retinopathy |
observation | 09/02/2022 | 100027 | 267952008 | Arthralgia of the pelvic region and thigh (finding) | painful_code, musculoskeletal, dictionary
observation | 04/11/2022 | 100048 | 420514000 | Persistent proteinuria due to type 1 diabetes mellitus |
observation | 22/12/2024 | 100091 | 8801005 | Secondary diabetes mellitus |
issue       | 18/10/2012 | 200797 | 28963911000001107 | Pregabalin 25mg capsules | gabapentinoid, pregabalin, product_name
issue       | 27/01/2015 | 201122 | 28910211000001109 | Lecaent 75mg capsules | gabapentinoid, pregabalin, product_name
issue       | 09/04/2015 | 200304 | 456911000001102 | Nuelin SA 250 tablets |
issue       | 30/03/2016 | 200774 | 35912311000001107 | VMP previous to 38896811000001103 |
issue       | 21/03/2017 | 203181 | 3795311000001104 | Pentazocine 50mg capsules | opioid, strong, product_name
issue       | 27/05/2023 | 201896 | 3837511000001106 | Palladone 2.6mg capsules | opioid, strong, product_name
issue       | 18/03/2024 | 202880 | 12140911000001101 | Morphine hydrochloride 25mg/5ml oral solution | opioid, strong, product_name
"""

# Out, at the highest age (64), for want of a pain medicine: both issues are for the lungs. (What the
# second one is, its dm+d id says: the id before that of an inhaler.)
NO_MEDICINE = """
5620000
patient     | 20000 | 1 | 1960 | 9 | 30/04/2003 |  | 3 |
observation | 05/06/2010 | 100326 | 426875007 | Latent autoimmune diabetes mellitus in adult |
observation | 09/12/2012 | 100344 | 237608006 | Lipodystrophy, partial, with Rieger anomaly, short stature, and insulinopenic diabetes mellitus |
observation | 06/01/2013 | 100378 | 751601000000107 | eMED3 (2010) new statement issued, may be fit for work (finding) | certified_sickness, may_be_fit, dictionary
observation | 26/06/2016 | 100366 | 237620003 | Abnormal metabolic state due to diabetes mellitus |
observation | 30/11/2018 | 100235 | 198121000000103 | Hypoglycaemic warning impaired |
observation | 19/10/2021 | 100055 | 202482009 | Wrist joint pain (finding) | painful_code, musculoskeletal, dictionary
observation | 17/02/2022 | 100322 | 232020009 | Disorder of macula due to diabetes mellitus |
issue       | 17/01/2014 | 200415 | 3182411000001107 | AeroBec Forte 250 Autohaler |
issue       | 07/03/2014 | 200780 | 4053911000001106 | VMP previous to 38895611000001107 |
"""

# Out for want of a painful condition: painful on movement is what an examination found.
NO_PAINFUL_CONDITION = """
15120001
patient     | 20001 | 2 | 1993 | 4 | 28/04/2012 |  | 3 |
observation | 06/11/2012 | 100221 | 769185003 | Moderate nonproliferative retinopathy of right eye due to diabetes mellitus |
observation | 17/03/2014 | 100096 | 160900005 | Chronic unemployment (finding) |
observation | 16/01/2019 | 100156 | 298857005 | Shoulder joint painful on movement (finding) |
issue       | 21/11/2017 | 202675 | 11720311000001108 | Diamorphine 45mg/5ml oral solution | opioid, strong, product_name
issue       | 19/04/2021 | 202552 | 869111000001108 | Dihydrocodeine 30mg tablets | opioid, weak, product_name
"""

TALONAVICULAR = "painful code (1 date, last 2012-03-02: Talonavicular joint pain (finding))"
IN = {
    ONLY_BEFORE_REGISTRATION: (
        f"Painful condition: {TALONAVICULAR}; pain medicine: opioid (1 date, last 2017-03-19: "
        "Fentanyl 37.5microgram/hour transdermal patches)."
    ),
    EIGHTEEN_WITH_BRANDS: (
        "Painful condition: painful code (1 date, last 2012-02-08: Hand joint pain (finding)); "
        "pain medicine: opioid (2 dates, last 2019-04-30: Butec 20micrograms/hour transdermal "
        "patches)."
    ),
    GABAPENTINOID_ALONE: (
        "Painful condition: painful code (1 date, last 2013-06-20: Wrist joint pain (finding)); "
        "pain medicine: gabapentinoid (1 date, last 2015-05-02: Pregabalin 150mg capsules)."
    ),
    A_NAME_THAT_SAYS_NOTHING: (
        "Painful condition: painful code (2 dates, last 2023-05-08: Joint pain (finding)); pain "
        "medicine: opioid (2 dates, last 2012-09-10: VMP previous to 42017811000001106), "
        "gabapentinoid (1 date, last 2021-07-21: Gabapentin 50mg/ml oral solution sugar free)."
    ),
    NATIONAL_OPT_OUT: (
        "Painful condition: painful code (1 date, last 2021-06-11: Elbow joint pain (finding)); "
        "pain medicine: opioid (3 dates, last 2022-04-08: Dihydrocodeine 50mg/1ml solution for "
        "injection ampoules), gabapentinoid (1 date, last 2022-02-11: Axalid 100mg capsules)."
    ),
}
OUT_BY_A_RULE = {
    ON_THE_PRACTICE_LIST: "practice_list",
    NO_MEDICINE: "pain_medicine",
    NO_PAINFUL_CONDITION: "painful_condition",
}
NEVER_LOOKED_AT = [TOO_OLD, TOO_YOUNG, NO_REGULAR_PATIENT, LEFT_THE_PRACTICE, DEAD]
EVERYBODY = [*IN, *OUT_BY_A_RULE, *NEVER_LOOKED_AT]


class Record(NamedTuple):
    """What a block says."""

    patient_id: str
    patient: list[str]
    observations: list[list[str]]  # date, medcodeid, SNOMED concept, term, what it counts as
    issues: list[list[str]]  # date, prodcodeid, dm+d id, product name, what it counts as


def read(block):
    patient_id, *lines = block.strip().splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    [patient] = [cells for kind, *cells in rows if kind == "patient"]
    kinds = {
        name: [cells for kind, *cells in rows if kind == name] for name in ("observation", "issue")
    }
    return Record(patient_id, patient, kinds["observation"], kinds["issue"])


def evidence_of(record):
    """The rows that count, as evidence shows them."""
    return Counter(
        (datetime.strptime(day, "%d/%m/%Y").date(), code, term, *counts.split(", "))
        for day, code, _, term, counts in (*record.observations, *record.issues)
        if counts
    )


@pytest.fixture(scope="module")
def cohort(synthetic_aurum, tmp_path_factory):
    opt_outs = tmp_path_factory.mktemp("practice") / "opt-outs.csv"
    opt_outs.write_text(PRACTICE_LIST)
    return ic.identify(
        ic.load_study("any-pain-any-medicine"),
        synthetic_aurum,
        on=EXTRACT_DATE,
        opt_outs=opt_outs,
        opt_outs_on=date(2024, 12, 20),
    )


def by_id(cohort, table_name):
    return {row["patient_id"]: row for row in cohort.to_arrow(table_name).to_pylist()}


def shown(cohort, patient_id):
    columns = ("date", "code", "term", "used_by", "category", "matched_by")
    rows = cohort.to_arrow("evidence").to_pylist()
    return Counter(
        tuple(row[name] for name in columns) for row in rows if row["patient_id"] == patient_id
    )


@pytest.mark.parametrize("block", EVERYBODY, ids=lambda block: block.split()[0])
def test_the_rows_stand_in_the_sample(block):
    record = read(block)
    columns = ("pracid", "gender", "yob", "mob", "regstartdate", "regenddate", "patienttypeid")
    [patient] = [row for row in table("Patient") if row["patid"] == record.patient_id]
    assert record.patient == [patient[name] for name in (*columns, "cprd_ddate")]
    assert patient["emis_ddate"] == patient["cprd_ddate"]
    files = {
        ("Observation", "obsdate", "medcodeid"): record.observations,
        ("DrugIssue", "issuedate", "prodcodeid"): record.issues,
    }
    for (name, day, code), rows in files.items():
        own = [row for row in table(name) if row["patid"] == record.patient_id]
        assert Counter((row[day], row[code]) for row in own) == Counter((r[0], r[1]) for r in rows)
    medical = {row["medcodeid"]: row for row in table("MedicalDictionary")}
    for _, code, concept, term, _ in record.observations:
        assert (medical[code]["snomedctconceptid"], medical[code]["term"]) == (concept, term)
    products = {row["prodcodeid"]: row for row in table("ProductDictionary")}
    for _, code, dmd, name, _ in record.issues:
        assert (products[code]["dmdid"], products[code]["productname"]) == (dmd, name)


@pytest.mark.parametrize(("block", "reason"), IN.items(), ids=lambda text: text.split()[0])
def test_they_are_candidates_by_these_rows(cohort, block, reason):
    record = read(block)
    candidate = by_id(cohort, "candidates")[record.patient_id]
    assert candidate["reason"] == reason
    assert candidate["sex"] == {"1": "M", "2": "F"}[record.patient[1]]
    assert candidate["birth_precision"] == "month"
    assert candidate["cautions"] == ("opt-out: national" if block is NATIONAL_OPT_OUT else "")
    assert shown(cohort, record.patient_id) == evidence_of(record)


@pytest.mark.parametrize(("block", "step"), OUT_BY_A_RULE.items(), ids=lambda text: text.split()[0])
def test_they_are_left_out_by_this_step(cohort, block, step):
    record = read(block)
    assert record.patient_id not in by_id(cohort, "candidates")
    assert by_id(cohort, "facts")[record.patient_id]["dropped_at"] == step
    assert shown(cohort, record.patient_id) == evidence_of(record)


@pytest.mark.parametrize("block", NEVER_LOOKED_AT, ids=lambda block: block.split()[0])
def test_they_are_not_of_the_population_and_nothing_of_them_is_shown(cohort, block):
    record = read(block)
    for name in ("candidates", "facts", "evidence"):
        assert record.patient_id not in by_id(cohort, name)
    # their rows would have been enough
    used = {counts.partition(",")[0] for *_, counts in (*record.observations, *record.issues)}
    assert "painful_code" in used
    assert used & {"opioid", "gabapentinoid"}


def test_ages_at_both_ends(cohort):
    candidates = by_id(cohort, "candidates")
    assert candidates[read(EIGHTEEN_WITH_BRANDS).patient_id]["age"] == 18
    assert read(NO_MEDICINE).patient_id in by_id(cohort, "facts"), "64 is of the population"


def test_the_practice_list_is_the_last_step_and_the_id_of_nobody_is_told(cohort):
    last = cohort.to_arrow("attrition").to_pylist()[-1]
    names = ("step", "kind", "before", "dropped", "after", "gained_if_removed")
    assert tuple(last[name] for name in names) == ("practice_list", "opt_out", 69, 1, 68, 1)
    [told] = [text for text in cohort.warnings if "opt-out list name nobody" in text]
    assert told.startswith("1 of 3 rows")
    assert "(line 4)" in told
    assert "1420000" not in told
