"""What a plan may set about emergency visits, stays and admissions. The defaults are the state's rules (guide 003)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EventRules:
    """Parameters of the utilization reports. Codes themselves stand in the code lists, under the concepts named."""

    #: What makes a claim line part of an emergency visit. A plan that takes urgent care billed under an emergency
    #: room's code (0456) for one adds "ed_urgent_care_in_er".
    ed_concepts: tuple[str, ...] = ("ed_visit",)
    #: Months looked back for emergency visits (guide 003, "ED Utilization Report").
    ed_months: int = 6
    #: The visits that are told beside an emergency visit: the last preventive or office visit.
    office_concepts: tuple[str, ...] = (
        "preventive_visit_adult",
        "well_child_visit",
        "office_visit_em",
        "clinic_visit_hcpcs",
    )
    #: What makes a bill one of an inpatient stay, and those kinds of bills that are not: hospital services paid
    #: without a stay, and nursing facilities.
    bill_concepts: tuple[str, ...] = ("inpatient_bill_type_prefix",)
    bills_left_out: tuple[str, ...] = ("12", "21")
    #: Months of claims that are read: as far back as a report looks, and some more for the earlier interim bills of a
    #: stay, whose days count with it.
    looked_back_months: int = 15
    #: Months within which a stay's claim began, and within which it was paid (guide 003, "Inpatient Claims Report").
    stay_months: int = 12
    stay_paid_months: int = 3
    room_concepts: tuple[str, ...] = ("inpatient_room_board",)
    #: Still admitted: last digit of an interim bill that others follow, and discharge status.
    interim_frequencies: tuple[str, ...] = ("2", "3")
    still_patient_concepts: tuple[str, ...] = ("discharge_still_patient",)
    #: Days for which a discharge stays listed (guide 003, "Daily Admission and Discharge Report").
    discharged_days: int = 30
    #: A facility is itself sensitive when its specialty or name holds one of these words, its specialty is a
    #: taxonomy code that begins so (or is listed under the category), or its kind is one of these.
    sensitive_words: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("hiv", ("hiv clinic", "hiv care", "hiv/aids")),
        ("sud", ("substance", "addiction", "detox", "chemical dependency", "methadone", "opioid", "alcohol")),
        ("bh", ("psychiatr", "psycholog", "behavioral", "behavioural", "mental health")),
    )
    sensitive_taxonomies: tuple[tuple[str, tuple[str, ...]], ...] = (
        (
            "bh",
            ("283q", "273r", "323p", "251s", "261qm08", "2084p", "103", "1041c", "101y", "106h", "363lp08"),
        ),
    )
    sensitive_kinds: tuple[tuple[str, tuple[str, ...]], ...] = (("bh", ("behavioral",)),)
