"""The specialties of the directory: what members read, and the plain words by which they are found.

Feeds spell a specialty in several ways; `spellings` are all of them. A specialty that is not listed here is shown and
found as the feed spells it.
"""

from dataclasses import dataclass
from functools import lru_cache

from reports.words import N_
from webapp.domain.find_a_doctor.directory_words import is_one_letter_off
from webapp.domain.text import fold, fold_words


@dataclass(frozen=True)
class Specialty:
    """`key` stands in addresses; `label` is shown, with the part of the body in plain words; `words` are typed."""

    key: str
    label: str
    words: str
    spellings: tuple[str, ...] = ()


def _of(name: str, label: str, words: str = "", *spellings: str) -> Specialty:
    return Specialty("-".join(fold_words(name)).lower(), label, words, (name, *spellings))


SPECIALTIES: tuple[Specialty, ...] = (
    # Primary care
    _of("Family Medicine", N_("Family Medicine – all ages"), "family familia doctor familiar", "Family Practice"),
    _of("Internal Medicine", N_("Internal Medicine – adults"), "internist internista adult adulto"),
    _of("General Practice", N_("General Practice – all ages"), "general"),
    _of("Pediatrics", N_("Pediatrics – children"),
        "pediatrician pediatra children child kids niños niño bebé baby", "Pediatric Medicine"),
    _of("Geriatric Medicine", N_("Geriatrics – older adults"), "geriatrician elderly ancianos", "Geriatrics"),
    _of("Nurse Practitioner", N_("Nurse Practitioner"), "nurse enfermera APRN"),
    _of("Physician Assistant", N_("Physician Assistant"), "assistant asistente"),
    _of("Community Health Center", N_("Community Health Center"), "clinic clínica centro salud", "FQHC",
        "Federally Qualified Health Center"),
    # Specialists
    _of("Allergy and Immunology", N_("Allergy and Immunology – allergies"), "allergist allergies alergia alergias",
        "Allergy/Immunology", "Allergy"),
    _of("Cardiology", N_("Cardiology – heart"), "cardiologist heart corazón cardiólogo", "Cardiovascular Disease"),
    _of("Dermatology", N_("Dermatology – skin"), "dermatologist skin piel dermatólogo"),
    _of("Endocrinology", N_("Endocrinology – diabetes and thyroid"),
        "endocrinologist diabetes thyroid tiroides hormones", "Endocrinology, Diabetes and Metabolism"),
    _of("Gastroenterology", N_("Gastroenterology – stomach and bowels"),
        "gastroenterologist stomach estómago bowel intestino liver hígado"),
    _of("General Surgery", N_("General Surgery"), "surgeon surgery cirugía cirujano", "Surgery"),
    _of("Hematology and Oncology", N_("Hematology and Oncology – blood and cancer"),
        "oncologist cancer cáncer blood sangre", "Hematology/Oncology", "Medical Oncology", "Oncology"),
    _of("Infectious Disease", N_("Infectious Disease – infections"), "infection infections infecciones"),
    _of("Nephrology", N_("Nephrology – kidneys"), "nephrologist kidney kidneys riñón riñones"),
    _of("Neurology", N_("Neurology – brain and nerves"), "neurologist brain cerebro nerves nervios headache"),
    _of("Obstetrics and Gynecology", N_("Obstetrics and Gynecology – pregnancy and women's health"),
        "obgyn gynecologist obstetrician pregnancy pregnant embarazo women mujer ginecólogo", "OB/GYN",
        "Obstetrics & Gynecology", "Gynecology", "Obstetrics"),
    _of("Ophthalmology", N_("Ophthalmology – eyes, surgery"), "ophthalmologist eye eyes ojo ojos oftalmólogo"),
    _of("Optometry", N_("Optometry – eyes and glasses"), "optometrist eye eyes glasses ojo ojos lentes"),
    _of("Orthopedic Surgery", N_("Orthopedics – bones and joints"),
        "orthopedist orthopedics bone bones joints huesos ortopedia", "Orthopedics", "Orthopaedic Surgery"),
    _of("Otolaryngology", N_("Otolaryngology – ear, nose and throat"),
        "ENT ear nose throat oído nariz garganta", "Ear, Nose and Throat"),
    _of("Physical Therapy", N_("Physical Therapy"), "therapist terapia física", "Physical Therapist"),
    _of("Podiatry", N_("Podiatry – feet"), "podiatrist foot feet pie pies podiatra"),
    _of("Pulmonary Disease", N_("Pulmonary Disease – lungs"),
        "pulmonologist lung lungs pulmón pulmones asthma asma", "Pulmonology", "Pulmonary Medicine"),
    _of("Rheumatology", N_("Rheumatology – arthritis"), "rheumatologist arthritis artritis"),
    _of("Urology", N_("Urology – bladder and prostate"), "urologist bladder prostate vejiga próstata"),
    # Mind and addiction
    _of("Addiction Medicine", N_("Addiction Medicine – drugs and alcohol"),
        "addiction alcohol drugs adicción drogas"),
    _of("Clinical Psychology", N_("Psychology – talk therapy"),
        "psychologist psychology therapist counselor psicólogo terapia", "Psychology", "Psychologist"),
    _of("Clinical Social Work", N_("Clinical Social Work – talk therapy"),
        "social worker therapist counselor LCSW terapia trabajador", "Social Worker",
        "Licensed Clinical Social Worker"),
    _of("Marriage and Family Therapy", N_("Marriage and Family Therapy"),
        "therapist couple familia pareja terapia LMFT", "Marriage and Family Therapist"),
    _of("Professional Counseling", N_("Professional Counseling"), "counselor therapist consejero LPC",
        "Licensed Professional Counselor", "Counselor"),
    _of("Psychiatry", N_("Psychiatry – mental health and medicine"),
        "psychiatrist mental depression depresión psiquiatra"),
    _of("Psychiatric Hospital", N_("Psychiatric Hospital"), "mental hospital"),
    _of("Substance Abuse Rehabilitation Facility", N_("Drug and alcohol recovery center"),
        "rehab recovery addiction alcohol drugs recuperación adicción"),
    # Teeth
    _of("General Dentistry", N_("General Dentistry – teeth"), "dentist teeth tooth dentista dientes", "Dentistry"),
    _of("Pediatric Dentistry", N_("Pediatric Dentistry – children's teeth"),
        "dentist children kids teeth dentista niños dientes"),
    _of("Orthodontics", N_("Orthodontics – braces"), "orthodontist braces frenos ortodoncia"),
    _of("Oral Surgery", N_("Oral Surgery"), "dentist surgeon cirugía oral", "Oral and Maxillofacial Surgery"),
    # Places
    _of("Hospital", N_("Hospital"), "hospital"),
    _of("Urgent Care", N_("Urgent Care"), "urgent urgencias walk-in"),
    _of("Clinical Laboratory", N_("Laboratory – blood and other tests"), "lab laboratory laboratorio blood sangre"),
    _of("Diagnostic Radiology", N_("Radiology – X-rays and scans"), "radiologist xray x-ray scan rayos MRI"),
    _of("Pharmacy", N_("Pharmacy"), "drugstore medicine farmacia medicinas"),
    _of("Medical Equipment and Supplies", N_("Medical Equipment and Supplies"), "equipment equipo wheelchair"),
    _of("Home Health", N_("Home Health"), "home nurse casa hogar"),
    _of("Transportation", N_("Rides to care"), "rides ride transporte"),
)  # fmt: skip


@lru_cache(maxsize=1)
def _by_spelling() -> dict[str, Specialty]:
    return {fold(spelling): one for one in SPECIALTIES for spelling in (*one.spellings, one.key)}


def find(spelling: str) -> Specialty | None:
    """The specialty that a feed (or an address) spells so; None for one that is not listed."""
    return _by_spelling().get(fold(spelling))


def key_of(spelling: str) -> str:
    """What stands for a specialty in addresses: "cardiology"; of one not listed its own words."""
    known = find(spelling)
    return known.key if known else "-".join(fold_words(spelling)).lower()[:80]


def is_nearly(typed_key: str, key: str) -> bool:
    """Whether one wrong letter is between two keys."""
    return is_one_letter_off(typed_key.upper(), key.upper())
