"""The medicines of a made-up practice: Read v2 drug codes, product names, and their usual amounts.

``substance`` is filled for pain medicines, ``bnf`` only for the two chemicals whose code is cited
in the field's own lists; the rest is left empty, as in many an extract. Weights and amounts are the
project's own choice.
"""

from __future__ import annotations

from typing import NamedTuple

from instep_cohort.synthetic.vocabulary import EVERYONE, GROWN

GABAPENTIN_BNF = "0408010G0"
PREGABALIN_BNF = "0408010AE"


class Product(NamedTuple):
    """A medicine as it is prescribed: usual quantity, and the days that it lasts."""

    code: str
    term: str
    weight: float
    who: str
    quantity: float
    days: float
    substance: str = ""
    bnf: str = ""


# Taken for years, for anything but pain.
REPEAT = (
    Product("bxi2.", "ATORVASTATIN 20mg tablets", 16, "wmooo", 28, 28),
    Product("bxi3.", "ATORVASTATIN 40mg tablets", 8, "wmooo", 28, 28),
    Product("bxd5.", "SIMVASTATIN 40mg tablets", 8, "wmooo", 28, 28),
    Product("blb1.", "AMLODIPINE 5mg tablets", 12, "wmooo", 28, 28),
    Product("blb2.", "AMLODIPINE 10mg tablets", 6, "wmooo", 28, 28),
    Product("bi63.", "RAMIPRIL 5mg capsules", 8, "wmooo", 28, 28),
    Product("bi67.", "RAMIPRIL 10mg capsules", 6, "wmooo", 28, 28),
    Product("bi33.", "LISINOPRIL 10mg tablets", 4, "wmoo", 28, 28),
    Product("bk32.", "LOSARTAN POTASSIUM 50mg tablets", 5, "wmoo", 28, 28),
    Product("bk73.", "CANDESARTAN CILEXETIL 8mg tablets", 3, "wmoo", 28, 28),
    Product("b28z.", "INDAPAMIDE 2.5mg tablets", 3, "wmoo", 28, 28),
    Product("b211.", "BENDROFLUMETHIAZIDE 2.5mg tablets", 3, "wmoo", 28, 28),
    Product("b312.", "FUROSEMIDE 40mg tablets", 4, "o", 28, 28),
    Product("b431.", "SPIRONOLACTONE 25mg tablets", 1, "o", 28, 28),
    Product("bdfx.", "BISOPROLOL FUMARATE 2.5mg tablets", 6, "wmooo", 28, 28),
    Product("bdf1.", "BISOPROLOL FUMARATE 5mg tablets", 4, "wmooo", 28, 28),
    Product("bh62.", "DOXAZOSIN 2mg tablets", 2, "moo", 28, 28),
    Product("bu23.", "ASPIRIN 75mg dispersible tablets", 6, "wmooo", 28, 28),
    Product("bu51.", "CLOPIDOGREL 75mg tablets", 4, "wmooo", 28, 28),
    Product("bs74.", "APIXABAN 5mg tablets", 5, "ooo", 56, 28),
    Product("bs6x.", "RIVAROXABAN 20mg tablets", 2, "oo", 28, 28),
    Product("bs17.", "WARFARIN SODIUM 1mg tablets", 2, "oo", 56, 28),
    Product("bl3w.", "ISOSORBIDE MONONITRATE 20mg tablets", 2, "oo", 56, 28),
    Product("f41y.", "METFORMIN HYDROCHLORIDE 500mg tablets", 10, "wmoo", 112, 28),
    Product("f35z.", "GLICLAZIDE 80mg tablets", 3, "wmoo", 56, 28),
    Product("ft8z.", "SITAGLIPTIN 100mg tablets", 2, "wmoo", 28, 28),
    Product("fto2.", "EMPAGLIFLOZIN 10mg tablets", 2, "wmoo", 28, 28),
    Product("f922.", "LEVOTHYROXINE SODIUM 50micrograms tablets", 5, "wwwoo", 28, 28),
    Product("f923.", "LEVOTHYROXINE SODIUM 100micrograms tablets", 4, "wwwoo", 28, 28),
    Product("c13J.", "SALBUTAMOL 100micrograms CFC-free inhaler", 14, "ccccwmo", 1, 28),
    Product("c61z.", "BECLOMETASONE DIPROPIONATE 100micrograms inhaler", 7, "cccwmo", 1, 28),
    Product("c1Dw.", "SALM+FLUT 25/250 CFC-free inh", 3, "wmo", 1, 28),
    Product("c331.", "TIOTROPIUM 18micrograms inhalation capsules", 3, "o", 30, 30),
    Product("cA11.", "MONTELUKAST 10mg tablets", 2, GROWN, 28, 28),
    Product("a6b1.", "OMEPRAZOLE 20mg e/c capsules", 16, "wmoo", 28, 28),
    Product("a6c2.", "LANSOPRAZOLE 30mg capsules", 12, "wmoo", 28, 28),
    Product("da51.", "SERTRALINE 50mg tablets", 10, "wwmo", 28, 28),
    Product("da52.", "SERTRALINE 100mg tablets", 5, "wwmo", 28, 28),
    Product("da91.", "CITALOPRAM 20mg tablets", 8, "wwmo", 28, 28),
    Product("da41.", "FLUOXETINE 20mg capsules", 5, "wwm", 30, 30),
    Product("daBz.", "MIRTAZAPINE 15mg tablets", 5, GROWN, 28, 28),
    Product("bd12.", "PROPRANOLOL 40mg tablets", 3, "wwm", 56, 28),
    Product("ga8A.", "DESOGESTREL 75micrograms tablets", 8, "w", 84, 84),
    Product("g83G.", "RIGEVIDON tablets", 8, "w", 63, 84),
    Product("ff2r.", "ESTRADIOL 50micrograms patches", 3, "w", 8, 28),
    Product("gc71.", "TAMSULOSIN HYDROCHLORIDE 400micrograms m/r capsules", 3, "moo", 30, 30),
    Product("fi62.", "FINASTERIDE 5mg tablets", 2, "oo", 28, 28),
    Product("gddz.", "SOLIFENACIN SUCCINATE 5mg tablets", 2, "woo", 30, 30),
    Product("k8i1.", "LATANOPROST 0.005% eye drops", 3, "oo", 1, 28),
    Product("j611.", "ALLOPURINOL 100mg tablets", 2, "moo", 28, 28),
    Product("fo4y.", "ALENDRONIC ACID 70mg tablets", 3, "ooo", 4, 28),
    Product("ip3j.", "ADCAL-D3 1.5g/10micrograms chewable tablets", 4, "ooo", 56, 28),
    Product("ip3z.", "COLECALCIFEROL 800iu capsules", 3, "woo", 30, 30),
    Product("i334.", "FOLIC ACID 400micrograms tablets", 2, "wo", 28, 28),
    Product("m21M.", "CETRABEN cream 500g", 5, "cccwmo", 1, 56),
)

# Taken once or twice, for anything but pain.
ACUTE = (
    Product("e312.", "AMOXICILLIN 500mg capsules", 16, GROWN, 15, 5),
    Product("e3zu.", "AMOXICILLIN 250mg/5mL sugar free suspension", 20, "c", 100, 5),
    Product("e222.", "FLUCLOXACILLIN 500mg capsules", 9, GROWN, 28, 7),
    Product("e151.", "PHENOXYMETHYLPENICILLIN 250mg capsules", 5, "wm", 40, 5),
    Product("e155.", "PHENOXYMETHYLPENICILLIN 125mg/5mL syrup", 8, "c", 200, 5),
    Product("e758.", "DOXYCYCLINE 100mg capsules", 8, GROWN, 8, 7),
    Product("e927.", "CLARITHROMYCIN 500mg tablets", 5, GROWN, 14, 7),
    Product("ecc2.", "TRIMETHOPRIM 200mg tablets", 6, "wwwmoo", 6, 3),
    Product("eg1w.", "NITROFURANTOIN 100mg m/r capsules", 8, "wwwmoo", 6, 3),
    Product("ef12.", "METRONIDAZOLE 400mg tablets", 3, GROWN, 21, 7),
    Product("fe62.", "PREDNISOLONE 5mg tablets", 7, "wmoo", 40, 5),
    Product("k321.", "CHLORAMPHENICOL 0.5% eye drops", 5, "cccwmo", 1, 7),
    Product("md2v.", "FUSIDIC ACID 2% cream", 5, "cccwmo", 1, 7),
    Product("me4w.", "CLOTRIMAZOLE 1% cream", 6, "ccwmo", 1, 14),
    Product("m411.", "HYDROCORTISONE 1% cream 15g", 7, "cccwmo", 1, 14),
    Product("m4by.", "CLOBETASONE 0.05% cream", 5, "ccwmo", 1, 14),
    Product("c8n1.", "CETIRIZINE 10mg tablets", 7, "cwmo", 30, 30),
    Product("c8o1.", "LORATADINE 10mg tablets", 4, GROWN, 30, 30),
    Product("l81z.", "BECLOMETASONE 50micrograms aqueous nasal spray", 5, "cwmo", 1, 28),
    Product("ac71.", "SENNA 7.5mg tablets", 3, "wmooo", 60, 30),
    Product("ae4c.", "LAXIDO ORANGE oral powder sachets", 5, "wmooo", 30, 15),
    Product("ae11.", "LACTULOSE 3.1g-3.7g/5mL solution", 4, "ccwmoo", 500, 16),
    Product("dher.", "PROCHLORPERAZINE 5mg tablets", 3, GROWN, 28, 9),
    Product("dh1z.", "BETAHISTINE HCL 8mg tablets", 2, "wmoo", 84, 28),
    Product("a23v.", "GAVISCON ADVANCE s/f susp", 4, "wmoo", 500, 14),
    Product("i151.", "FERROUS SULFATE 200mg tablets", 4, "wwwmoo", 84, 28),
    Product("d1d3.", "ZOPICLONE 3.75mg tablets", 3, GROWN, 14, 14),
    Product("dl5A.", "SUMATRIPTAN 50mg tablets", 3, "wwm", 6, 28),
    Product("gh52.", "SILDENAFIL 50mg tablets", 3, "m", 4, 28),
    Product("mg83.", "PERMETHRIN 5% cream 30g", 2, "ccwm", 2, 7),
)

CODEINE = "Codeine phosphate"
CO_CODAMOL = "Paracetamol/Codeine phosphate"
TRAMADOL = "Tramadol hydrochloride"
MORPHINE = "Morphine sulfate"
OXYCODONE = "Oxycodone hydrochloride"

WEAK_OPIOIDS = (
    Product(
        "dian.", "PARACETAMOL+CODEINE PHOSPHATE 500mg/30mg tablets", 26, GROWN, 100, 14, CO_CODAMOL
    ),
    Product("dia2.", "CO-CODAMOL 8mg/500mg tablets", 16, GROWN, 100, 14, CO_CODAMOL),
    Product("diaU.", "CO-CODAMOL 15mg/500mg tablets", 6, GROWN, 100, 14, CO_CODAMOL),
    Product("dic4.", "ZAPAIN capsules", 4, GROWN, 100, 14, CO_CODAMOL),
    Product("dj42.", "CODEINE PHOSPHATE 30mg tablets", 18, GROWN, 56, 14, CODEINE),
    Product("dj41.", "CODEINE PHOSPHATE 15mg tablets", 9, GROWN, 56, 14, CODEINE),
    Product("dj81.", "DIHYDROCODEINE 30mg tablets", 6, GROWN, 56, 14, "Dihydrocodeine tartrate"),
    Product("dji2.", "TRAMADOL HCL 50mg capsules", 16, GROWN, 100, 25, TRAMADOL),
)
STRONG_OPIOIDS = (
    Product("djz4.", "MORPHINE SULFATE 10mg m/r tablets", 6, GROWN, 60, 30, MORPHINE),
    Product("djzj.", "ZOMORPH 10mg m/r capsules", 6, GROWN, 60, 30, MORPHINE),
    Product("dj1g.", "MST CONTINUS 30mg m/r tablets", 2, GROWN, 60, 30, MORPHINE),
    Product("dj1l.", "ORAMORPH 10mg/5mL liquid 100mL", 4, GROWN, 100, 20, MORPHINE),
    Product("djkw.", "OXYCODONE HYDROCHLORIDE 10mg m/r tablets", 4, GROWN, 56, 28, OXYCODONE),
    Product("dj3o.", "BUPRENORPHINE 5micrograms/hour patches", 5, GROWN, 4, 28, "Buprenorphine"),
    Product("dj3W.", "BUTEC 5micrograms/hour patches", 4, GROWN, 4, 28, "Buprenorphine"),
    Product("o42R.", "FENTANYL 12micrograms/hr patches", 2, GROWN, 10, 30, "Fentanyl"),
    Product("djBZ.", "TAPENTADOL 50mg m/r tablets", 1, GROWN, 56, 28, "Tapentadol"),
)
OPIOIDS = (*WEAK_OPIOIDS, *STRONG_OPIOIDS)

GABAPENTINOIDS = (
    Product("dnj1.", "GABAPENTIN 100mg capsules", 8, GROWN, 84, 28, "Gabapentin", GABAPENTIN_BNF),
    Product("dnj2.", "GABAPENTIN 300mg capsules", 14, GROWN, 84, 28, "Gabapentin", GABAPENTIN_BNF),
    Product("dnjy.", "GABAPENTIN 600mg tablets", 3, GROWN, 84, 28, "Gabapentin", GABAPENTIN_BNF),
    Product("dnpx.", "PREGABALIN 75mg capsules", 12, GROWN, 56, 28, "Pregabalin", PREGABALIN_BNF),
    Product("dnpw.", "PREGABALIN 150mg capsules", 6, GROWN, 56, 28, "Pregabalin", PREGABALIN_BNF),
    Product("dnp3.", "LYRICA 75mg capsules", 2, GROWN, 56, 28, "Pregabalin", PREGABALIN_BNF),
)

# For pain, and neither an opioid nor a gabapentinoid.
OTHER_PAINKILLERS = (
    Product("di21.", "PARACETAMOL 500mg tablets", 20, EVERYONE, 100, 14, "Paracetamol"),
    Product("j282.", "IBUPROFEN 400mg tablets", 8, GROWN, 84, 28, "Ibuprofen"),
    Product("ja1U.", "IBUPROFEN 5% gel", 5, GROWN, 1, 14, "Ibuprofen"),
    Product("j2c1.", "NAPROXEN 250mg tablets", 6, GROWN, 56, 28, "Naproxen"),
    Product("j2c2.", "NAPROXEN 500mg tablets", 10, GROWN, 56, 28, "Naproxen"),
    Product("d711.", "AMITRIPTYLINE 10mg tablets", 12, GROWN, 28, 28),
    Product("gdex.", "DULOXETINE 30mg gastro-resistant capsules", 4, GROWN, 28, 28),
    Product("ja2S.", "CAPSAICIN 0.025% cream", 2, GROWN, 1, 28),
)

# Opiates for a cough or the bowel: no pain medicine, whatever their ingredient.
COUGH_AND_BOWEL = (
    Product("cg11.", "CODEINE 15mg/5mL linctus", 6, GROWN, 200, 10, CODEINE),
    Product("cg71.", "PHOLCODINE 5mg/5mL linctus", 6, GROWN, 200, 10, "Pholcodine"),
    Product("a812.", "CODEINE PHOSPHATE 30mg tablets", 2, GROWN, 28, 7, CODEINE),
    Product("a83y.", "LOPERAMIDE HYDROCHLORIDE 2mg capsules", 8, GROWN, 30, 10),
)

ANTIEPILEPTICS = (
    Product("dnf2.", "LAMOTRIGINE 100mg tablets", 3, EVERYONE, 56, 28),
    Product("dnoy.", "LEVETIRACETAM 500mg tablets", 4, EVERYONE, 60, 30),
    Product("dn32.", "CARBAMAZEPINE 200mg tablets", 2, EVERYONE, 84, 28),
)

PRODUCTS = (
    *REPEAT,
    *ACUTE,
    *OPIOIDS,
    *GABAPENTINOIDS,
    *OTHER_PAINKILLERS,
    *COUGH_AND_BOWEL,
    *ANTIEPILEPTICS,
)

ACUTE_CODES = frozenset(product.code for product in (*ACUTE, *COUGH_AND_BOWEL))


def course(product: Product) -> str:
    """How the product is prescribed as a rule: ``acute`` or ``repeat``."""
    return "acute" if product.code in ACUTE_CODES else "repeat"
