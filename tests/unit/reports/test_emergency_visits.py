"""What counts as a visit to an emergency department, and which visits are listed."""

from datetime import date, timedelta

import pytest

from reports.events import EventRules
from tests.unit.reports.plan_events import events, told
from tests.unit.reports.plan_extract import PCP, PlanExtract

HOSPITAL = "1000000050"
DAY = date(2015, 6, 10)
PAID = date(2015, 7, 15)
ONE = timedelta(days=1)


@pytest.fixture
def plan(extract: PlanExtract) -> PlanExtract:
    """A member and a hospital."""
    extract.standard().member("1")
    extract.provider(
        HOSPITAL, tin="900000050", practice_name="Elm Hospital", specialty="Hospital", pcp=False, state="CT"
    )
    return extract


def arrive(plan: PlanExtract, day: date = DAY, member: str = "1", **values: object) -> None:
    """A hospital's bill for an emergency visit, paid in the month before the as-of date."""
    standing = {
        "bill_type_code": "131",
        "revenue_center_code": "0450",
        "facility_npi": HOSPITAL,
        "rendering_npi": None,
        "paid_date": PAID,
        "diagnosis_code_1": "J069",
    }
    plan.claim(member, day, **(standing | values))  # type: ignore[arg-type]


def test_a_visit_tells_its_facility_diagnosis_and_whether_it_was_an_emergency(plan: PlanExtract) -> None:
    arrive(plan, diagnosis_code_1="j06.9 ")
    (visit,) = events(plan, "ed_visits", last_dates=[("P1", "office_visit_em", date(2015, 5, 1))])
    assert visit == {
        "person_id": "P1",
        "visit_date": DAY,
        "facility": "Elm Hospital",
        "diagnosis_code": "J06.9",
        "diagnosis": "Acute upper respiratory infection, unspecified",
        "emergent": "Non-emergent",
        "visits_6_months": 1,
        "last_office_visit_date": date(2015, 5, 1),
        "flags": 0,
        "facility_flags": 0,
    }


@pytest.mark.parametrize(
    "line",
    [
        {"revenue_center_code": "0450"},
        {"revenue_center_code": "450"},
        {"revenue_center_code": "450.0"},
        {"revenue_center_code": "0981"},
        {"hcpcs_code": "99284"},
        {"hcpcs_code": "g0380 "},
        {"place_of_service_code": "23"},
        {"revenue_center_code": "0450", "bill_type_code": "111"},
    ],
    ids=str,
)
def test_a_line_is_an_emergency_by_its_procedure_revenue_code_or_place(
    plan: PlanExtract, line: dict[str, str]
) -> None:
    plan.claim("1", DAY, **({"paid_date": PAID, "bill_type_code": None} | line))  # type: ignore[arg-type]
    assert [visit["visit_date"] for visit in events(plan, "ed_visits")] == [DAY]


def test_urgent_care_under_an_emergency_rooms_code_counts_where_a_plan_says_so(plan: PlanExtract) -> None:
    arrive(plan, revenue_center_code="0456")
    assert events(plan, "ed_visits") == []
    rules = EventRules(ed_concepts=("ed_visit", "ed_urgent_care_in_er"))
    assert len(events(plan, "ed_visits", rules=rules)) == 1


def test_claims_of_one_day_are_one_visit_told_by_the_hospitals_bill(plan: PlanExtract) -> None:
    plan.claim("1", DAY, "99284", claim_id="A1", place_of_service_code="23", diagnosis_code_1="R079",
               paid_date=PAID)  # fmt: skip
    arrive(plan, claim_id="B2", diagnosis_code_1="I219")
    arrive(plan, claim_id="C3", diagnosis_code_1="J069")
    (visit,) = events(plan, "ed_visits")
    assert (visit["diagnosis_code"], visit["facility"], visit["visits_6_months"]) == (
        "I21.9",
        "Elm Hospital",
        1,
    )


def test_without_a_hospitals_bill_the_lowest_claim_tells_the_visit(plan: PlanExtract) -> None:
    for claim_id, code in (("B2", "R079"), ("A1", "J069")):
        plan.claim("1", DAY, "99284", claim_id=claim_id, diagnosis_code_1=code, paid_date=PAID)
    (visit,) = events(plan, "ed_visits")
    assert (visit["diagnosis_code"], visit["facility"]) == ("J06.9", "Practice 900000001")


def test_a_facility_nobody_knows_is_told_by_its_npi(plan: PlanExtract) -> None:
    arrive(plan, facility_npi="1999999999")
    arrive(plan, DAY + ONE, facility_npi=None, billing_npi="1888888888")
    arrive(plan, DAY + 2 * ONE, facility_npi=" ", billing_npi=None, rendering_npi=PCP)
    assert [visit["facility"] for visit in events(plan, "ed_visits")] == [
        "1999999999", "1888888888", "Practice 900000001"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "paid", "is_listed"),
    [
        (date(2015, 2, 28), PAID, True),
        (date(2015, 2, 27), PAID, False),
        (date(2015, 7, 31), date(2015, 7, 31), True),
        (DAY, date(2015, 7, 1), True),
        (DAY, date(2015, 6, 30), False),
        (DAY, date(2015, 8, 1), False),
        (DAY, None, False),
    ],
)
def test_a_visit_of_six_months_is_listed_when_paid_in_the_month_before(
    plan: PlanExtract, day: date, paid: date | None, is_listed: bool
) -> None:
    arrive(plan, day, paid_date=paid)
    plan.claim("1", DAY, "99213", paid_date=PAID)
    assert bool(events(plan, "ed_visits")) is is_listed


def test_one_paid_claim_of_the_day_lists_the_visit_and_all_visits_are_counted(plan: PlanExtract) -> None:
    arrive(plan, paid_date=date(2015, 6, 20))
    plan.claim("1", DAY, "99284", paid_date=PAID)
    arrive(plan, date(2015, 3, 1), paid_date=date(2015, 3, 20))
    arrive(plan, date(2015, 8, 31), paid_date=None)
    arrive(plan, date(2015, 2, 27), paid_date=None)
    arrive(plan, date(2015, 9, 1), paid_date=PAID)
    (visit,) = events(plan, "ed_visits")
    assert (visit["visit_date"], visit["visits_6_months"]) == (DAY, 3)


def test_without_payment_dates_the_visits_of_the_month_before_are_listed(plan: PlanExtract) -> None:
    for day in (date(2015, 6, 30), date(2015, 7, 1), date(2015, 7, 31), date(2015, 8, 1)):
        arrive(plan, day, paid_date=None)
    found, noticed, _ = told(plan.write(), "ed_visits")
    assert [visit["visit_date"] for visit in found] == [date(2015, 7, 1), date(2015, 7, 31)]
    assert {visit["visits_6_months"] for visit in found} == {4}
    assert "payment date" in noticed[0]


def test_the_day_is_the_lines_own(plan: PlanExtract) -> None:
    arrive(plan, date(2015, 6, 1), claim_line_start_date=DAY, claim_end_date=DAY)
    assert [visit["visit_date"] for visit in events(plan, "ed_visits")] == [DAY]


def test_a_visit_that_was_taken_back_does_not_count(plan: PlanExtract) -> None:
    arrive(plan, claim_id="X1")
    arrive(plan, claim_id="X2", bill_type_code="138")
    assert events(plan, "ed_visits") == []


def test_emergencies_are_told_where_the_list_speaks(plan: PlanExtract) -> None:
    codes = ["I2109", "J069", "S72001A", "S72001D", "E119", "F329", None, "ZZZ99"]
    for number, code in enumerate(codes):
        arrive(plan, DAY + number * ONE, diagnosis_code_1=code)
    found = events(plan, "ed_visits")
    assert [visit["emergent"] for visit in found] == [
        "Emergent", "Non-emergent", "Emergent", "", "Non-emergent", "", "", ""
    ]  # fmt: skip
    assert [visit["diagnosis_code"] for visit in found][-2:] == ["", "ZZZ.99"]
    assert found[-1]["diagnosis"] == ""


def test_a_visit_is_as_sensitive_as_all_of_its_claims(plan: PlanExtract) -> None:
    arrive(plan, claim_id="A")
    arrive(plan, claim_id="B")
    arrive(plan, claim_id="C")
    arrive(plan, DAY + ONE, claim_id="D")
    first, second = events(plan, "ed_visits", flags={"A": 1, "B": 6, "X": 2})
    assert (first["flags"], first["facility_flags"], second["flags"]) == (7, 0, 0)


def test_a_sensitive_facility_is_known_by_specialty_taxonomy_kind_name_or_place(plan: PlanExtract) -> None:
    told_by = {
        "1000000061": {"specialty": "Psychiatric Hospital"},
        "1000000062": {"specialty": "324500000X"},
        "1000000063": {"specialty": "283Q00000X"},
        "1000000064": {"specialty": "Hospital", "kind": "behavioral"},
        "1000000065": {"specialty": "Hospital", "practice_name": "Elm Addiction and Mental Health Center"},
        "1000000066": {"specialty": "Hospital"},
    }
    for number, (npi, values) in enumerate(told_by.items()):
        plan.provider(npi, tin=f"9100000{number:02d}", pcp=False, **values)
        arrive(plan, DAY + number * ONE, facility_npi=npi)
    arrive(plan, DAY + 6 * ONE, place_of_service_code="51")
    found = events(plan, "ed_visits")
    assert [visit["facility_flags"] for visit in found] == [4, 2, 4, 4, 6, 0, 4]
    assert [visit["flags"] for visit in found] == [4, 2, 4, 4, 6, 0, 4]


def test_the_same_query_can_be_put_to_spark(plan: PlanExtract) -> None:
    arrive(plan)
    assert "SELECT" in told(plan.write(), "ed_visits")[2]
