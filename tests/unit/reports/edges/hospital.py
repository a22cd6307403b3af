"""Members with visits to emergency departments and stays in hospital."""

from datetime import date, timedelta
from typing import Any

from tests.unit.reports.edges.claims import again, claim
from tests.unit.reports.edges.draws import DAY
from tests.unit.reports.edges.people import (
    HOSPITAL,
    OTHER_HOSPITAL,
    PSYCHIATRIC,
    UNNAMED,
    EdgePlan,
    member,
)
from tests.unit.reports.oracle.dates import plus_months

DIAGNOSES = ("J069", "H259", "I21.9", "E119", "B20", "F329", "F1010", None)


def paid_near(plan: EdgePlan, *months: int) -> date:
    """A day at the turn of a month, or at, or beside, some months back."""
    first = plan.as_of.replace(day=1)
    turns = (first, plus_months(first, -1), *(plus_months(plan.as_of, -month) for month in months))
    return plan.draw.one(*turns, turns[1]) + plan.draw.one(-1, 0, 0, 1, 5) * DAY


def emergencies(plan: EdgePlan, count: int) -> None:
    """Visits to emergency departments near 6 months back and now; one day may have several claims."""
    draw = plan.draw
    for _ in range(count):
        client_id = member(plan, 5, 40)
        for _ in draw.times(3):
            day = draw.day(6, 6, 1)
            for _ in range(draw.one(1, 1, 2)):
                claim(
                    plan,
                    client_id,
                    day,
                    **draw.one(
                        {"code": "99284", "place_of_service_code": "23"},
                        {"code": "G0381", "facility_npi": OTHER_HOSPITAL},
                        {
                            "revenue_center_code": draw.one("0450", "0981"),
                            "bill_type_code": draw.one("131", "111"),
                        },
                        {"revenue_center_code": "0456", "bill_type_code": "131"},
                        {"code": "71045", "place_of_service_code": "23"},
                    )
                    | {
                        "diagnosis_code_1": draw.one(*DIAGNOSES),
                        "paid_date": draw.perhaps(0.9, paid_near(plan, 1, 2)),
                    }
                    | draw.one({}, {"facility_npi": draw.one(HOSPITAL, PSYCHIATRIC, UNNAMED)}),
                )
        if draw.chance(0.5):
            said: dict[str, Any] = draw.one(
                {"code": "99213"}, {"code": "T1015"}, {"diagnosis_code_1": "Z0000"}
            )
            claim(plan, client_id, draw.day(1, 6), **said)


def unpaid_emergencies(plan: EdgePlan, count: int) -> None:
    """The same in an extract that tells no payment dates."""
    emergencies(plan, count)
    for line in plan.extract.rows["medical_claim"]:
        line["paid_date"] = None


def inpatients(plan: EdgePlan, count: int) -> None:
    """Stays near a year back, three months back and 30 days back, some billed in parts, some still going on."""
    for _ in range(count):
        client_id = member(plan, 5, 40)
        for _ in plan.draw.times(2):
            _stay(plan, client_id)


def _stay(plan: EdgePlan, client_id: str) -> None:
    draw = plan.draw
    thirty = plan.as_of - timedelta(days=30)
    ends = draw.one(draw.beside(thirty), draw.beside(plan.as_of), draw.day(1, 3))
    starts = draw.one(ends, ends - 3 * DAY, draw.day(12, 12, 15))
    starts, ends = min(starts, ends), max(starts, ends)
    bill = draw.one("11", "11", "11", "18", "41", "12", "21", "13")
    frequency = draw.one("1", "1", "1", "4", "2", "3")
    first = claim(
        plan,
        client_id,
        starts,
        claim_end_date=ends,
        admission_date=draw.one(starts, starts, None),
        discharge_date=draw.one(ends, ends, None),
        discharge_disposition_code=draw.one("01", "01", "20", "30", None),
        bill_type_code=draw.one(f"{bill}{frequency}", f"0{bill}{frequency}"),
        revenue_center_code=draw.one("0120", "0121", "0124", "0206", "0250", None),
        service_unit_quantity=draw.one(1, 2, 3),
        diagnosis_code_1=draw.one(*DIAGNOSES),
        facility_npi=draw.one(HOSPITAL, OTHER_HOSPITAL, PSYCHIATRIC, UNNAMED),
        paid_date=draw.one(paid_near(plan, 3, 3), None),
    )
    for _ in draw.times(2):  # more lines of the bill
        number = draw.random.randint(2, 9)
        room = draw.one("0120", "0121", "0206", "0300")
        again(
            plan,
            first,
            claim_line_number=number,
            revenue_center_code=room,
            service_unit_quantity=draw.one(1, 2),
        )
    if first["admission_date"] and draw.chance(0.3):  # a later bill of the same stay
        later = ends + draw.one(0, 4) * DAY
        again(
            plan,
            first,
            same_number=False,
            claim_start_date=ends,
            claim_end_date=later,
            discharge_date=draw.one(later, None),
            bill_type_code=f"{bill}{draw.one('3', '4')}",
            diagnosis_code_1=draw.one("J069", "I219"),
            paid_date=draw.one(paid_near(plan, 3), None),
        )


def told(plan: EdgePlan, count: int) -> None:
    """Admissions as hospitals tell of them, some twice, some not yet or no more of interest."""
    draw = plan.draw
    for _ in range(count):
        client_id = member(plan, 5, 40)
        for _ in draw.times(2):
            left = draw.one(plan.as_of - timedelta(days=30), plan.as_of, plan.as_of)
            discharged = draw.one(None, draw.beside(left))
            came = draw.one(draw.beside(plan.as_of), (discharged or plan.as_of) - 4 * DAY)
            if discharged:
                came = min(came, discharged)
            npi, name = draw.one(
                (HOSPITAL, "City Hospital"), (PSYCHIATRIC, "Elm Institute"), (None, "Far Away Hospital")
            )
            row = plan.extract.add(
                "admission",
                member_id=client_id,
                facility_npi=npi,
                hospital=name,
                hospital_state=draw.one("CT", "MA"),
                attending=draw.one("Dr. U", "Doctor7, Ann", "Doctor9, Ann", None),
                admission_date=came,
                discharge_date=discharged,
                diagnosis_code=draw.one("J06.9", "I219", "B20", "F32.9", None),
            )
            if draw.chance(0.3):
                corrected = draw.one(None, draw.beside(plan.as_of))
                plan.extract.add(
                    "admission", **(row | {"discharge_date": max(came, corrected) if corrected else None})
                )
