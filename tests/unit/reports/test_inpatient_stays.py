"""What is one stay in a hospital by its bills, and which stays are listed."""

from datetime import date, timedelta

import pytest

from reports.events import EventRules
from tests.unit.reports.plan_events import events, told
from tests.unit.reports.plan_extract import PlanExtract

HOSPITAL, OTHER = "1000000050", "1000000051"
IN, OUT = date(2015, 7, 8), date(2015, 7, 12)
PAID = date(2015, 8, 1)
ONE = timedelta(days=1)


@pytest.fixture
def plan(extract: PlanExtract) -> PlanExtract:
    """A member and two hospitals."""
    extract.standard().member("1")
    extract.provider(HOSPITAL, tin="900000050", practice_name="Elm Hospital", specialty="Hospital", pcp=False)
    extract.provider(OTHER, tin="900000051", practice_name="Oak Hospital", specialty="Hospital", pcp=False)
    return extract


def bill(plan: PlanExtract, day: date = IN, end: date | None = OUT, **values: object) -> None:
    """A line of an inpatient bill."""
    standing = {
        "claim_end_date": end,
        "bill_type_code": "111",
        "revenue_center_code": "0121",
        "service_unit_quantity": 4,
        "facility_npi": HOSPITAL,
        "admission_date": day,
        "discharge_date": end,
        "discharge_disposition_code": "01",
        "paid_date": PAID,
        "diagnosis_code_1": "K3580",
    }
    plan.claim("1", day, **(standing | values))  # type: ignore[arg-type]


def test_a_stay_tells_room_days_diagnosis_and_hospital(plan: PlanExtract) -> None:
    bill(plan, diagnosis_code_1="k35.80")
    assert events(plan, "stays") == [
        {
            "person_id": "P1",
            "admission_date": IN,
            "discharge_date": OUT,
            "diagnosis_code": "K35.80",
            "diagnosis": "Unspecified acute appendicitis",
            "revenue_code": "0121",
            "revenue": "Two-bed room, medical or surgical",
            "hospital": "Elm Hospital",
            "flags": 0,
            "facility_flags": 0,
        }
    ]


@pytest.mark.parametrize(
    ("bill_type", "counts"),
    [("111", True), ("0111", True), ("181", True), ("411", True), ("121", False), ("211", False),
     ("131", False), ("110", True), (None, False)],
)  # fmt: skip
def test_the_kind_of_bill_says_whether_it_is_a_stay(
    plan: PlanExtract, bill_type: str | None, counts: bool
) -> None:
    bill(plan, bill_type_code=bill_type)
    assert bool(events(plan, "stays")) is counts


def test_a_plan_may_count_nursing_facilities_too(plan: PlanExtract) -> None:
    bill(plan, bill_type_code="211")
    assert len(events(plan, "stays", rules=EventRules(bills_left_out=("12",)))) == 1


@pytest.mark.parametrize(
    ("day", "paid", "is_listed"),
    [
        (date(2014, 8, 31), PAID, True),
        (date(2014, 8, 30), PAID, False),
        (date(2015, 8, 31), date(2015, 8, 31), True),
        (date(2015, 9, 1), date(2015, 8, 31), False),
        (IN, date(2015, 5, 31), True),
        (IN, date(2015, 5, 30), False),
        (IN, date(2015, 9, 1), False),
        (IN, None, False),
    ],
)
def test_stays_of_a_year_paid_in_three_months_are_listed(
    plan: PlanExtract, day: date, paid: date | None, is_listed: bool
) -> None:
    bill(plan, day, day, paid_date=paid)
    plan.claim("1", IN, "99213")
    assert bool(events(plan, "stays")) is is_listed


def test_without_payment_dates_stays_that_ended_in_three_months_are_listed(plan: PlanExtract) -> None:
    bill(plan, date(2015, 5, 1), date(2015, 5, 30), paid_date=None)
    bill(plan, date(2015, 5, 2), date(2015, 5, 31), paid_date=None)
    found, noticed, _ = told(plan.write(), "stays")
    assert [stay["admission_date"] for stay in found] == [date(2015, 5, 2)]
    assert "payment date" in noticed[0]


def test_interim_bills_of_one_admission_are_one_stay_told_by_the_last(plan: PlanExtract) -> None:
    bill(plan, IN, IN + 9 * ONE, claim_id="A", bill_type_code="112", discharge_date=None,
         discharge_disposition_code="30", diagnosis_code_1="R079", paid_date=date(2015, 1, 1))  # fmt: skip
    bill(plan, IN + 10 * ONE, IN + 19 * ONE, claim_id="B", bill_type_code="113", admission_date=IN,
         discharge_date=None, discharge_disposition_code="30", diagnosis_code_1="I219", paid_date=PAID)  # fmt: skip
    (stay,) = events(plan, "stays")
    assert (stay["admission_date"], stay["discharge_date"], stay["diagnosis_code"]) == (IN, None, "I21.9")
    bill(plan, IN + 20 * ONE, IN + 24 * ONE, claim_id="C", bill_type_code="114", admission_date=IN,
         diagnosis_code_1="I214")  # fmt: skip
    (stay,) = events(plan, "stays")
    assert (stay["discharge_date"], stay["diagnosis_code"]) == (IN + 24 * ONE, "I21.4")


def test_another_hospital_or_another_day_is_another_stay(plan: PlanExtract) -> None:
    bill(plan)
    bill(plan, facility_npi=OTHER, discharge_date=None)
    bill(plan, IN + ONE, OUT, admission_date=None)
    found = events(plan, "stays")
    assert sorted((stay["admission_date"], stay["hospital"]) for stay in found) == [
        (IN, "Elm Hospital"), (IN, "Oak Hospital"), (IN + ONE, "Elm Hospital")
    ]  # fmt: skip
    assert {stay["discharge_date"] for stay in found} == {OUT}


@pytest.mark.parametrize(
    ("values", "discharged"),
    [
        ({"bill_type_code": "112"}, None),
        ({"bill_type_code": "113"}, None),
        ({"bill_type_code": "114"}, OUT),
        ({"discharge_disposition_code": "30"}, None),
        ({"discharge_disposition_code": "20"}, OUT),
        ({"discharge_date": None}, OUT),
        ({"discharge_date": None, "claim_end_date": None}, IN),
    ],
    ids=str,
)
def test_the_discharge_is_blank_while_the_patient_is_still_there(
    plan: PlanExtract, values: dict[str, object], discharged: date | None
) -> None:
    bill(plan, **values)  # type: ignore[arg-type]
    assert [stay["discharge_date"] for stay in events(plan, "stays")] == [discharged]


def test_of_two_bills_that_end_together_the_lower_number_tells_the_stay(plan: PlanExtract) -> None:
    bill(plan, claim_id="B", diagnosis_code_1="I219", discharge_disposition_code="30")
    bill(plan, claim_id="A", diagnosis_code_1="K3580")
    (stay,) = events(plan, "stays")
    assert (stay["diagnosis_code"], stay["discharge_date"]) == ("K35.80", OUT)


def test_the_room_is_the_one_with_most_days_over_the_stay_then_the_lower_code(plan: PlanExtract) -> None:
    bill(plan, claim_id="A", claim_line_number=1, revenue_center_code="206", service_unit_quantity=3)
    bill(plan, claim_id="A", claim_line_number=2, revenue_center_code="0121", service_unit_quantity=2)
    bill(plan, claim_id="A", claim_line_number=3, revenue_center_code="0250", service_unit_quantity=99)
    bill(plan, claim_id="B", revenue_center_code="0121", service_unit_quantity=1)
    assert [stay["revenue_code"] for stay in events(plan, "stays")] == ["0121"]
    bill(plan, claim_id="C", revenue_center_code="0206", service_unit_quantity=0.5)
    (stay,) = events(plan, "stays")
    assert (stay["revenue_code"], stay["revenue"]) == ("0206", "Intensive care, intermediate")


def test_a_room_without_days_is_told_and_a_stay_without_a_room_is_blank(plan: PlanExtract) -> None:
    bill(plan, service_unit_quantity=None)
    bill(plan, facility_npi=OTHER, revenue_center_code="0250")
    found = {stay["hospital"]: (stay["revenue_code"], stay["revenue"]) for stay in events(plan, "stays")}
    assert found == {
        "Elm Hospital": ("0121", "Two-bed room, medical or surgical"),
        "Oak Hospital": ("", ""),
    }


def test_a_replaced_bill_counts_once_and_a_voided_one_not(plan: PlanExtract) -> None:
    bill(plan, claim_id="A", diagnosis_code_1="R079")
    bill(plan, claim_id="B", bill_type_code="117", diagnosis_code_1="K3580", service_unit_quantity=2)
    bill(plan, IN, OUT, claim_id="C", facility_npi=OTHER)
    bill(plan, IN, OUT, claim_id="D", facility_npi=OTHER, bill_type_code="118")
    (stay,) = events(plan, "stays")
    assert (stay["hospital"], stay["diagnosis_code"]) == ("Elm Hospital", "K35.80")


def test_a_stay_is_as_sensitive_as_all_of_its_claims_and_its_facility(plan: PlanExtract) -> None:
    plan.provider("1000000061", tin="910000061", pcp=False, specialty="Psychiatric Hospital")
    bill(plan, claim_id="A")
    bill(plan, claim_id="B", bill_type_code="114")
    bill(plan, OUT, OUT, claim_id="C", facility_npi="1000000061")
    first, second = events(plan, "stays", flags={"A": 1, "B": 2})
    assert (first["flags"], first["facility_flags"]) == (3, 0)
    assert (second["flags"], second["facility_flags"]) == (4, 4)


def test_the_same_query_can_be_put_to_spark(plan: PlanExtract) -> None:
    bill(plan)
    assert "SELECT" in told(plan.write(), "stays")[2]
