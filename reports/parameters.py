"""What a plan may set about the rules. The defaults are the state's rules of 2015 (guide 003)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.event_rules import EventRules


@dataclass(frozen=True)
class Parameters:
    """Parameters of attribution and of what counts as a service.

    Intervals, ages and concepts of a test stand in the report's own definition.
    """

    #: Claims history looked at for attribution (guide 003, "Member Attribution": 15 months).
    attribution_months: int = 15
    #: Concepts whose procedure codes make a claim line a visit: preventive and E&M codes.
    visit_concepts: tuple[str, ...] = (
        "preventive_visit_adult",
        "well_child_visit",
        "preventive_counselling",
        "office_visit_em",
        "home_visit_em",
        "telehealth_em",
        "clinic_visit_hcpcs",
    )
    #: Concepts whose revenue codes make a claim line a clinic visit, and the clinics that are no primary care:
    #: pain, dental, psychiatric and urgent care.
    clinic_concepts: tuple[str, ...] = ("clinic_revenue",)
    clinics_left_out: tuple[str, ...] = ("0511", "0512", "0513", "0516", "0526")
    #: Diagnoses that count as type 1 or type 2 diabetes. A plan may add E13 and O24.
    diabetes_prefixes: tuple[str, ...] = ("E10", "E11")
    #: Concepts whose codes count only from an eye-care provider, and how such a specialty is recognised
    #: (words in the directory's specialty, or the start of a taxonomy code).
    eye_care_concepts: tuple[str, ...] = ("retinal_exam_eye_provider",)
    eye_care_specialties: tuple[str, ...] = ("ophthalm", "optometr", "eye", "retina", "207w", "152w", "156f")
    #: Whether such a code counts from a provider whose specialty nobody knows. Few others bill these codes, and a
    #: practice is ill served by a gap that was closed elsewhere.
    unknown_specialty_is_eye_care: bool = True
    #: Concepts whose codes say the side by a modifier: what such a code with that modifier stands for. Without one of
    #: these modifiers it stands for nothing.
    sided_concepts: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: {
            "mastectomy_unilateral_cpt": {
                "50": "mastectomy_bilateral",
                "LT": "mastectomy_left",
                "RT": "mastectomy_right",
            }
        }
    )
    #: Emergency visits, stays and admissions.
    events: EventRules = field(default_factory=EventRules)
