"""The codes that the tests use, and what each stands for. The engine reads its own lists from `reports/codes/`."""

#: Codes of a claim line (`hcpcs_code`).
PROCEDURES: dict[str, set[str]] = {
    "hba1c": {"83036", "3044F"},
    "ldl_c": {"80061", "3048F"},
    "nephropathy": {"82043", "81003", "4010F"},
    "retinal_exam": {"2022F"},
    "retinal_exam_by_eye_care": {"92014"},
    "preventive_visit": {"99396", "99385", "G0438"},
    "well_care": {"99391", "99394", "99385", "G0438"},
    "developmental_screening": {"96110"},
    "office_visit": {"99213", "99396", "99385", "G0438", "99391", "99394", "T1015"},
    "visit": {"99213", "99396", "99385", "99391", "99394", "G0438", "T1015"},
    "breast": {"77067", "G0202"},
    "mastectomy": {"19303"},
    "cervical": {"88142", "Q0091"},
    "hpv_test": {"87624", "G0476"},
    "no_cervix": {"58150"},
    "FIT/FOBT": {"82270"},
    "sDNA-FIT": {"81528"},
    "Flexible sigmoidoscopy": {"45330"},
    "CT colonography": {"74263"},
    "Colonoscopy": {"45378", "G0121"},
    "no_colorectal_screening": {"44150"},
    "ed_visit": {"99284", "G0381"},
}
#: Diagnoses of a claim line.
DIAGNOSES: dict[str, set[str]] = {
    "diabetes": {"E119", "E1010"},
    "preventive_visit": {"Z0000"},
    "well_care": {"Z00129", "Z0000"},
    "office_visit": {"Z0000", "Z00129"},
    "bilateral": {"Z9013"},
    "left": {"Z9012"},
    "right": {"Z9011"},
    "no_cervix": {"Z90710", "Q515"},
    "no_colorectal_screening": {"C189", "Z85038"},
}
#: Procedures of a hospital's claim (ICD-10-PCS).
OPERATIONS: dict[str, set[str]] = {
    "bilateral": {"0HTV0ZZ"},
    "left": {"0HTU0ZZ"},
    "right": {"0HTT0ZZ"},
    "no_cervix": {"0UTC0ZZ"},
    "no_colorectal_screening": {"0DTE0ZZ"},
}
#: What each way of screening for colorectal cancer is called, and how many months it is good for.
WAYS = {
    "FIT/FOBT": 12,
    "sDNA-FIT": 36,
    "Flexible sigmoidoscopy": 60,
    "CT colonography": 60,
    "Colonoscopy": 120,
}
CLINIC_REVENUE = {"0521", "0510"}
DIABETES_DRUGS = {"00093104801"}
DUAL = {"02", "2", "2.0", "08", "8"}
ED_REVENUE = {"0450", "0981"}
ED_PLACE = "23"
#: Room and board.
ROOM_AND_BOARD = {"0120", "0121", "0124", "0206"}
INPATIENT_BILLS = {"11", "18", "41"}
EYE_CARE = {"Ophthalmology"}

#: Sensitive codes by category; F10 stands in the list of substance abuse and in the chapter of behavioral health.
SENSITIVE_PROCEDURES = {"hiv": {"86701"}, "sud": {"J2315"}, "bh": {"90834"}}
SENSITIVE_DIAGNOSES = {"hiv": {"B20", "Z21"}, "sud": {"F1010"}, "bh": {"F329", "F1010"}}
SENSITIVE_OPERATIONS = {"sud": {"HZ2ZZZZ"}}
SENSITIVE_REVENUE = {"sud": {"0126", "0906"}, "bh": {"0124", "0906"}}
SENSITIVE_PLACES = {"sud": {"55"}, "bh": {"51"}}
SENSITIVE_DRGS = {"hiv": {"974"}, "sud": {"897"}}

#: Diagnosis texts of the ICD-10-CM tabular list, for the codes that the tests print.
TEXTS = {
    "J069": "Acute upper respiratory infection, unspecified",
    "I219": "Acute myocardial infarction, unspecified",
    "B20": "Human immunodeficiency virus [HIV] disease",
    "F329": "Major depressive disorder, single episode, unspecified",
    "F1010": "Alcohol abuse, uncomplicated",
    "H259": "Unspecified age-related cataract",
    "E119": "Type 2 diabetes mellitus without complications",
    "K3580": "Unspecified acute appendicitis",
}

#: Whether an emergency was one, by the starter list; it is silent on H25.9 and on what is sensitive.
EMERGENT = {"I219": "Emergent", "K3580": "Emergent", "J069": "Non-emergent", "E119": "Non-emergent"}
#: What the reports call a revenue code.
REVENUES = {
    "0120": "Two-bed room, general",
    "0121": "Two-bed room, medical or surgical",
    "0124": "Two-bed room, psychiatric",
    "0206": "Intensive care, intermediate",
}
