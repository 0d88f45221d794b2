"""The clinical codes of a made-up practice: Read v2, with their terms and how often each is used.

Single codes with their words, checked against published codelists by the tests. The weights, the
means and the spreads are the project's own choice: they make a practice look like one, and nothing
may be learned from them.
"""

from __future__ import annotations

from typing import NamedTuple

SYSTEM = "read_v2"

# Stages of life, by which a code is more or less likely: c child, w woman, m man (18 to 64),
# o older (65 and over). A letter that stands twice counts twice.
STAGES = "cwmo"
EVERYONE = "cwmo"
GROWN = "wmo"


class Clinical(NamedTuple):
    """A clinical code; ``mean`` is ``None`` where it is recorded without a value."""

    code: str
    term: str
    weight: float = 1
    who: str = GROWN
    mean: float | None = None
    spread: float = 0
    decimals: int = 0
    unit: str = ""


# What any patient may have: no code of this group is in any list of the study `instep`.
ROUTINE = (
    Clinical("2469.", "O/E - Systolic BP reading", 60, "wmoo", 133, 17, 0, "mm[Hg]"),
    Clinical("246A.", "O/E - Diastolic BP reading", 60, "wmoo", 79, 10, 0, "mm[Hg]"),
    Clinical("22A..", "O/E - weight", 25, GROWN, 78, 16, 1, "kg"),
    Clinical("229..", "O/E - height", 10, GROWN, 1.68, 0.1, 2, "m"),
    Clinical("22K..", "Body Mass Index", 24, GROWN, 27.4, 5, 1, "kg/m2"),
    Clinical("136V.", "Alcohol units per week", 9, GROWN, 8, 7, 0, "units"),
    Clinical("44J3.", "Serum creatinine", 20, "wmoo", 78, 18, 0, "umol/L"),
    Clinical("44J9.", "Serum urea level", 18, "wmoo", 5.4, 1.6, 1, "mmol/L"),
    Clinical("44I5.", "Serum sodium", 20, "wmoo", 139, 3, 0, "mmol/L"),
    Clinical("44M4.", "Serum albumin", 15, "wmoo", 42, 4, 0, "g/L"),
    Clinical("44E..", "Serum bilirubin level", 13, "wmoo", 10, 4, 0, "umol/L"),
    Clinical("44F..", "Serum alkaline phosphatase", 13, "wmoo", 78, 24, 0, "U/L"),
    Clinical("44GB.", "Serum alanine aminotransferase level", 13, "wmoo", 25, 12, 0, "U/L"),
    Clinical("44PJ.", "Serum total cholesterol level", 13, "wmoo", 4.9, 1, 1, "mmol/L"),
    Clinical("44P5.", "Serum HDL cholesterol level", 11, "wmoo", 1.4, 0.4, 1, "mmol/L"),
    Clinical("44P6.", "Serum LDL cholesterol level", 9, "wmoo", 2.8, 0.9, 1, "mmol/L"),
    Clinical("44Q..", "Serum triglycerides", 9, "wmoo", 1.5, 0.7, 1, "mmol/L"),
    Clinical("44lF.", "Serum cholesterol/HDL ratio", 7, "wmoo", 3.8, 1.1, 1),
    Clinical("442W.", "Serum TSH level", 11, "wwmoo", 2.1, 1.1, 2, "mU/L"),
    Clinical("442V.", "Serum free T4 level", 6, "wwmoo", 15, 3, 1, "pmol/L"),
    Clinical("42W4.", "HbA1c level (DCCT aligned)", 9, "wmoo", 6.3, 1, 1, "%"),
    Clinical("423..", "Haemoglobin estimation", 18, "cwwmoo", 136, 14, 0, "g/L"),
    Clinical("42H..", "White blood count", 17, "cwwmoo", 7, 2, 1, "10*9/L"),
    Clinical("42J..", "Neutrophil count", 15, "cwwmoo", 4.2, 1.4, 1, "10*9/L"),
    Clinical("42M..", "Lymphocyte count", 15, "cwwmoo", 2, 0.6, 1, "10*9/L"),
    Clinical("42P..", "Platelet count", 17, "cwwmoo", 265, 65, 0, "10*9/L"),
    Clinical("42A..", "Mean corpuscular volume (MCV)", 15, "cwwmoo", 90, 5, 0, "fL"),
    Clinical("42R4.", "Serum ferritin", 7, "wwmo", 95, 60, 0, "ug/L"),
    Clinical("42T..", "Serum vitamin B12", 5, "wmoo", 390, 140, 0, "ng/L"),
    Clinical("42U5.", "Serum folate", 5, "wmoo", 9, 4, 1, "ug/L"),
    Clinical("451F.", "Glomerular filtration rate", 12, "wmooo", 82, 18, 0, "mL/min"),
    Clinical("44CS.", "Serum C reactive protein level", 6, "wmoo", 5, 5, 0, "mg/L"),
    Clinical("44U..", "Blood glucose result", 6, "wmoo", 5.6, 1.2, 1, "mmol/L"),
    Clinical("44IC.", "Corrected serum calcium level", 6, "wmoo", 2.36, 0.09, 2, "mmol/L"),
    Clinical("44LA.", "Serum vitamin D", 4, "wmoo", 55, 24, 0, "nmol/L"),
    Clinical("44J7.", "Albumin / creatinine ratio", 4, "wmooo", 2.4, 2, 1, "mg/mmol"),
    Clinical("1371.", "Never smoked tobacco", 18),
    Clinical("137S.", "Ex smoker", 11, "wmoo"),
    Clinical("137R.", "Current smoker", 8),
    Clinical("137L.", "Current non-smoker", 5),
    Clinical("1361.", "Teetotaller", 4),
    Clinical("136J.", "Social drinker", 4),
    Clinical("4672.", "Urine protein test negative", 3, "wwmo"),
    Clinical("4662.", "Urine glucose test negative", 3, "wwmo"),
    Clinical("4692.", "Urine blood test = negative", 3, "wwmo"),
    Clinical("65ED.", "Seasonal influenza vaccination", 8, "cwmoooo"),
    Clinical("9OX6.", "Influenza vaccination invitation letter sent", 4, "wmooo"),
    Clinical("9OX5.", "Influenza vaccination declined", 2, "cwmo"),
    Clinical("6572.", "Pneumococcal vaccination", 2, "o"),
    Clinical("65FY.", "Shingles vaccination", 2, "o"),
    Clinical("657L.", "First pneumococcal conjugated vaccination", 8, "c"),
    Clinical("657M.", "Second pneumococcal conjugated vaccination", 8, "c"),
    Clinical("657N.", "Third pneumococcal conjugated vaccination", 8, "c"),
    Clinical("65EE.", "Administration of intranasal influenza vaccination", 14, "c"),
    Clinical("65FS.", "First human papillomavirus vaccination", 4, "c"),
    Clinical("64a..", "Child 8 week exam", 6, "c"),
    Clinical("685..", "Cervical smear screen", 6, "w"),
    Clinical("4K22.", "Cervical smear: negative", 5, "w"),
    Clinical("685L.", "Cervical smear refused", 1, "w"),
    Clinical("62N..", "Antenatal examinations", 5, "w"),
    Clinical("62S..", "Postnatal exam. - maternal", 1, "w"),
    Clinical("66U3.", "Menopause symptoms present", 2, "w"),
    Clinical("8B3V.", "Medication review done", 14, "wmooo"),
    Clinical("8B3x.", "Medication review with patient", 6, "wmooo"),
    Clinical("662d.", "Hypertension annual review", 4, "wmoo"),
    Clinical("662P.", "Hypertension monitoring", 5, "wmoo"),
    Clinical("66AS.", "Diabetic annual review", 3, "wmoo"),
    Clinical("66Ab.", "Diabetic foot examination", 2, "wmoo"),
    Clinical("68A7.", "Diabetic retinopathy screening", 2, "wmoo"),
    Clinical("66YJ.", "Asthma annual review", 4, EVERYONE),
    Clinical("663O.", "Asthma not disturbing sleep", 3, EVERYONE),
    Clinical("66YM.", "COPD annual review", 2, "o"),
    Clinical("66BB.", "Hypothyroidism annual review", 2, "wo"),
    Clinical("6A9..", "Atrial fibrillation annual review", 1, "o"),
    Clinical("6AA..", "Chronic kid dis annual review", 2, "o"),
    Clinical("9N42.", "Did not attend - no reason", 5, EVERYONE),
    Clinical("9Nin.", "Did not attend general practitioner appointment", 4, EVERYONE),
    Clinical("9Nim.", "Did not attend nurse appointment", 3, EVERYONE),
    Clinical("9N4H.", "DNA hospital appointment", 2, EVERYONE),
    Clinical("9N19.", "Seen in hospital casualty", 7, "ccwmo"),
    Clinical("8H2..", "Emergency hospital admission", 2, "wmoo"),
    Clinical("9N1C.", "Seen in own home", 4, "o"),
    Clinical("8H43.", "Dermatological referral", 2, GROWN),
    Clinical("8H52.", "Ophthalmological referral", 2, "wmoo"),
    Clinical("918G.", "Is a carer", 1),
    Clinical("H05z.", "Upper respiratory infection NOS", 14, "cccwmo"),
    Clinical("R062.", "[D]Cough", 6, "cccwmo"),
    Clinical("1712.", "Dry cough", 4, "ccwmo"),
    Clinical("H06z0", "Chest infection NOS", 7, "ccwmoo"),
    Clinical("H060.", "Acute bronchitis", 2, "wmo"),
    Clinical("H061.", "Acute bronchiolitis", 4, "c"),
    Clinical("H044.", "Croup", 4, "c"),
    Clinical("H03..", "Tonsillitis", 5, "cccwm"),
    Clinical("H02..", "Sore throat NOS", 5, "cccwmo"),
    Clinical("H01..", "Acute sinusitis", 3),
    Clinical("F52z.", "Otitis media NOS", 14, "c"),
    Clinical("F4C0.", "Acute conjunctivitis", 3, "cccwmo"),
    Clinical("H172.", "Hay fever - unspecified allergen", 4, "ccwmo"),
    Clinical("M111.", "Atopic dermatitis/eczema", 5, "cccwmo"),
    Clinical("M112.", "Infantile eczema", 6, "c"),
    Clinical("M12..", "Contact dermatitis", 2),
    Clinical("M2610", "Acne vulgaris", 2, "cwm"),
    Clinical("M161.", "Other psoriasis", 1),
    Clinical("A52..", "Chickenpox", 5, "c"),
    Clinical("A07y0", "Viral gastroenteritis", 3, "cccwmo"),
    Clinical("K190.", "Urinary tract infection, site not specified", 4, "wwwmoo"),
    Clinical("AB211", "Candidiasis of vagina", 3, "w"),
    Clinical("J10y4", "Gastro-oesophageal reflux", 3),
    Clinical("1739.", "Shortness of breath", 2, "wmoo"),
    Clinical("1683.", "Tired all the time", 4),
    Clinical("1B53.", "Dizziness present", 2, "wmoo"),
    Clinical("16D6.", "Fall", 3, "o"),
    Clinical("1BT..", "Low mood", 4),
    Clinical("1B13.", "Anxious", 3),
    Clinical("1B1B.", "Cannot sleep - insomnia", 2),
    Clinical("E2003", "Anxiety with depression", 2),
    Clinical("E2B..", "Depressive disorder NEC", 3),
    Clinical("Eu32z", "[X]Depression NOS", 2),
    Clinical("E2273", "Erectile dysfunction", 2, "m"),
    Clinical("G20..", "Essential hypertension", 4, "wmoo"),
    Clinical("C10F.", "Type 2 diabetes mellitus", 2, "wmoo"),
    Clinical("C04..", "Hypothyroidism", 1, "wo"),
    Clinical("H33..", "Asthma", 2, EVERYONE),
    Clinical("H3...", "Chronic obstructive pulmonary disease", 1, "o"),
    Clinical("G3...", "Ischaemic heart disease", 1, "o"),
    Clinical("G5730", "Atrial fibrillation", 1, "o"),
    Clinical("K053.", "Chronic kidney disease stage 3", 1, "o"),
    Clinical("D00..", "Iron deficiency anaemias", 1, "wo"),
    Clinical("K20..", "Benign prostatic hypertrophy", 1, "o"),
)

# Painful conditions, the common ones first; not all of them last.
PAINFUL = (
    Clinical("N142.", "Low back pain", 30),
    Clinical("16C5.", "C/O - low back pain", 14),
    Clinical("N143.", "Sciatica", 10),
    Clinical("N145.", "Backache, unspecified", 8),
    Clinical("N094M", "Arthralgia of knee", 9),
    Clinical("N094K", "Arthralgia of hip", 5),
    Clinical("N2457", "Shoulder pain", 10),
    Clinical("N138.", "Cervicalgia", 8),
    Clinical("N05..", "Osteoarthritis", 10, "wmoo"),
    Clinical("N05zL", "Osteoarthritis NOS, of knee", 9, "wmoo"),
    Clinical("N05zJ", "Osteoarthritis NOS, of hip", 6, "wmoo"),
    Clinical("N110.", "Cervical spondylosis", 4),
    Clinical("N114.", "Lumbar spondylosis", 4),
    Clinical("N127.", "Lumbar disc degeneration", 3),
    Clinical("N122.", "Prolapsed lumbar intervertebral disc", 4),
    Clinical("N1402", "Lumbar spinal stenosis", 2, "wmoo"),
    Clinical("N210.", "Frozen shoulder", 3),
    Clinical("N2132", "Tennis elbow", 3, "wm"),
    Clinical("N040.", "Rheumatoid arthritis", 4),
    Clinical("M160.", "Psoriatic arthropathy", 1),
    Clinical("N100.", "Ankylosing spondylitis", 1),
    Clinical("C34..", "Gout", 4, "mmo"),
    Clinical("N20..", "Polymyalgia rheumatica", 2, "o"),
    Clinical("F340.", "Carpal tunnel syndrome", 4),
    Clinical("F372.", "Diabetic neuropathy", 2),
    Clinical("F367.", "Peripheral neuropathy", 2),
    Clinical("A531.", "Post-herpetic neuralgia", 1),
    Clinical("N2423", "Neuropathic pain", 2),
    Clinical("F26..", "Migraine", 6, "wwm"),
    Clinical("J521.", "Irritable bowel syndrome", 5, "wwm"),
    Clinical("K50..", "Endometriosis", 2, "w"),
    Clinical("1M10.", "Knee pain", 8),
)

# Codes whose own words say that the pain is chronic.
EXPLICIT = (
    Clinical("1M52.", "Chronic pain", 10),
    Clinical("16C9.", "Chronic low back pain", 8),
    Clinical("66n..", "Chronic pain review", 3),
    Clinical("N248.", "Fibromyalgia", 5, "wwm"),
    Clinical("F369.", "Complex regional pain syndrome", 1),
)

NOT_FIT = (
    Clinical("9D15.", "eMED3 (2010) new statement issued, not fit for work", 20),
    Clinical("9D19.", "MED3 (2010) issued by hand, not fit for work", 1),
)
MAY_BE_FIT = (
    Clinical("9D16.", "eMED3 (2010) new statement issued, may be fit for work", 6),
    Clinical("9D1E.", "MED3 (2010) issued - recommend phased return to work", 2),
    Clinical("9D1F.", "MED3 (2010) issued - recommend altered hours", 1),
    Clinical("9D1G.", "MED3 (2010) issued - recommend amended duties", 2),
    Clinical("9D1H.", "MED3 (2010) issued - recommend workplace adaptation", 1),
)
MEANING_NOT_SAID = (
    Clinical("9D1C.", "MED3 (2010) issued to patient", 3),
    Clinical("9D11.", "MED3 issued to patient", 2),
)
DUPLICATE_NOTE = (Clinical("9D17.", "eMED3 (2010) duplicate issued, not fit for work"),)
LENGTH_UNIT = "days"

WORK = (
    Clinical("13JV.", "Employed", 20),
    Clinical("13J7.", "Unemployed", 30),
    Clinical("13J70", "Recently unemployed", 3),
    Clinical("13J71", "Chronic unemployment", 3),
    Clinical("13J3.", "Loss of job", 4),
    Clinical("13J8.", "Redundant", 4),
    Clinical("13JJ.", "Unfit for work", 12),
    Clinical("13J6.", "Medically retired", 4),
    Clinical("13OD.", "Employment and support allowance", 6),
    Clinical("9DQ1.", "ESA113 form sent", 4),
    Clinical("13JX.", "Time off work", 6),
    Clinical("13Jk.", "Not in employment, education or training", 2),
)

EPILEPSY = (
    Clinical("F25..", "Epilepsy", 4),
    Clinical("F2510", "Tonic-clonic epilepsy", 2),
    Clinical("F2550", "Focal epilepsy", 1),
)
PALLIATIVE = (
    Clinical("8CM1.", "on gold standards palliative care framework", 3),
    Clinical("8BAP.", "specialist palliative care", 1),
    Clinical("ZV57C", "[v]palliative care", 1),
)

TYPE_1_DISSENT = Clinical(
    "9Nu0.", "Dissent from secondary use of GP patient identifiable data", who=EVERYONE
)
TYPE_1_WITHDRAWN = Clinical(
    "9Nu1.", "Dissent withdrawn for secondary use of GP patient identifiable data", who=EVERYONE
)
SHARING_DISSENT = Clinical("9Nd1.", "No consent for electronic record sharing", who=EVERYONE)
SHARING_CONSENT = Clinical("9Nd7.", "Consent for electronic record sharing", who=EVERYONE)
SUMMARY_DISSENT = Clinical(
    "9Ndo.", "Express dissent for Summary Care Record dataset upload", who=EVERYONE
)

# Seven characters: the last two say which of the code's terms was chosen.
WITH_TERM_CODE = (
    Clinical("13J3.00", "Loss of job"),
    Clinical("13J3.11", "Dismissed from job"),
)
# Written for single people only, never drawn.
MORE_TERM_CODES = (Clinical("1M52.00", "Chronic pain"),)

CLINICAL = (
    *ROUTINE,
    *PAINFUL,
    *EXPLICIT,
    *NOT_FIT,
    *MAY_BE_FIT,
    *MEANING_NOT_SAID,
    *DUPLICATE_NOTE,
    *WORK,
    *EPILEPSY,
    *PALLIATIVE,
    TYPE_1_DISSENT,
    TYPE_1_WITHDRAWN,
    SHARING_DISSENT,
    SHARING_CONSENT,
    SUMMARY_DISSENT,
    *WITH_TERM_CODE,
)
