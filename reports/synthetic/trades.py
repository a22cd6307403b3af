"""What providers of the synthetic network do, what stands behind their names, and which languages they speak."""

#: By kind of performer (network.py).
SPECIALTIES = {
    "specialist": ("Cardiology", "Obstetrics and Gynecology", "Orthopedic Surgery", "Gastroenterology", "Dermatology",
                   "Endocrinology", "General Surgery", "Infectious Disease", "Neurology", "Pulmonary Disease"),
    "eye": ("Ophthalmology", "Optometry"),
    "laboratory": ("Clinical Laboratory",),
    "radiology": ("Diagnostic Radiology",),
    "behavioral": ("Clinical Psychology", "Clinical Social Work", "Psychiatry", "Marriage and Family Therapy"),
    "substance": ("Addiction Medicine",),
    "dental": ("General Dentistry", "Pediatric Dentistry"),
    "supplier": ("Medical Equipment and Supplies", "Home Health", "Transportation"),
    "pharmacy": ("Pharmacy",),
}  # fmt: skip

LANGUAGES = ("English", "English, Spanish", "English, Portuguese", "English, Polish", "English, Chinese",
              "English, Haitian Creole", "English, Spanish, Portuguese", "English, Italian", "English, Hindi",
              "English, Arabic", "English, French", "English, Vietnamese", "English, Russian")  # fmt: skip
LANGUAGE_WEIGHTS = (54, 26, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1)
#: What stands behind the name of somebody of this specialty; others are physicians.
CREDENTIALS = {
    "Optometry": "OD",
    "Clinical Psychology": "PhD",
    "Clinical Social Work": "LCSW",
    "Marriage and Family Therapy": "LMFT",
    "General Dentistry": "DMD",
    "Pediatric Dentistry": "DDS",
}
