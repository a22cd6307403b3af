"""Who is in a hospital or left one lately: by the hospitals' notices, else by inpatient claims."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from tests.unit.reports.plan_events import events, told
from tests.unit.reports.plan_extract import AS_OF, PlanExtract

HOSPITAL, PSYCHIATRIC = "1000000050", "1000000061"
IN, OUT = date(2015, 8, 10), date(2015, 8, 14)
ONE = timedelta(days=1)


@pytest.fixture
def plan(extract: PlanExtract) -> PlanExtract:
    """A member, a hospital and a psychiatric hospital."""
    extract.standard().member("1")
    extract.member("2")
    extract.provider(
        HOSPITAL, tin="900000050", practice_name="Elm Hospital", specialty="Hospital", pcp=False, state="CT"
    )
    extract.provider(PSYCHIATRIC, tin="900000061", practice_name="Oak House", specialty="Psychiatric Hospital",
                     pcp=False)  # fmt: skip
    return extract


def notice(plan: PlanExtract, came: date = IN, left: date | None = OUT, **values: object) -> None:
    """A hospital tells of a stay."""
    standing = {
        "member_id": "1",
        "facility_npi": HOSPITAL,
        "hospital": "Elm Hospital, Main Street",
        "hospital_state": "CT",
        "attending": "Ruiz, Ana",
        "admission_date": came,
        "discharge_date": left,
        "diagnosis_code": "K3580",
    }
    plan.add("admission", **(standing | values))


def test_a_notice_is_told_as_the_hospital_sent_it(plan: PlanExtract) -> None:
    notice(plan, diagnosis_code="k35.80")
    assert events(plan, "admissions") == [
        {
            "client_id": "1",
            "hospital": "Elm Hospital, Main Street",
            "hospital_state": "CT",
            "attending": "Ruiz, Ana",
            "admission_date": IN,
            "discharge_date": OUT,
            "diagnosis_code": "K35.80",
            "diagnosis": "Unspecified acute appendicitis",
            "flags": 0,
            "facility_flags": 0,
        }
    ]


def test_a_hospital_without_a_name_is_looked_up(plan: PlanExtract) -> None:
    notice(plan, hospital=None, hospital_state=" ", attending=None, diagnosis_code=None)
    (stay,) = events(plan, "admissions")
    assert (stay["hospital"], stay["hospital_state"]) == ("Elm Hospital", "CT")
    assert (stay["attending"], stay["diagnosis_code"], stay["diagnosis"]) == ("", "", "")


@pytest.mark.parametrize(
    ("came", "left", "shown"),
    [
        (AS_OF, None, None),
        (AS_OF + ONE, None, "not listed"),
        (date(2014, 1, 1), None, None),
        (IN, AS_OF, AS_OF),
        (IN, AS_OF + ONE, None),
        (date(2015, 7, 1), date(2015, 8, 1), date(2015, 8, 1)),
        (date(2015, 7, 1), date(2015, 7, 31), "not listed"),
    ],
)
def test_members_admitted_now_or_discharged_in_thirty_days_are_listed(
    plan: PlanExtract, came: date, left: date | None, shown: object
) -> None:
    notice(plan, came, left)
    assert [stay["discharge_date"] for stay in events(plan, "admissions")] == (
        [] if shown == "not listed" else [shown]
    )


def test_one_stay_is_told_once_and_a_later_discharge_ends_it(plan: PlanExtract) -> None:
    notice(plan, left=None, diagnosis_code="R079")
    notice(plan)
    notice(plan)
    assert [stay["discharge_date"] for stay in events(plan, "admissions")] == [OUT]


def test_the_later_notice_counts_though_it_tells_less(plan: PlanExtract) -> None:
    notice(plan)
    notice(plan, left=None, diagnosis_code="I219")
    (stay,) = events(plan, "admissions")
    assert (stay["discharge_date"], stay["diagnosis_code"]) == (None, "I21.9")


def test_of_two_notices_the_portals_later_row_counts(plan: PlanExtract) -> None:
    rows = [("1", "K3580", OUT, 1), ("1", "I219", OUT - ONE, 2)]
    columns = {
        "member_id": [row[0] for row in rows],
        "facility_npi": [HOSPITAL] * 2,
        "hospital": ["Elm"] * 2,
        "hospital_state": ["CT"] * 2,
        "attending": pa.nulls(2, pa.string()),
        "admission_date": pa.array([IN] * 2, pa.date32()),
        "discharge_date": pa.array([row[2] for row in rows], pa.date32()),
        "diagnosis_code": [row[1] for row in rows],
        "row_number": [row[3] for row in rows],
    }
    (stay,) = events(plan, "admissions", admissions=pa.table(columns))
    assert (stay["diagnosis_code"], stay["discharge_date"]) == ("I21.9", OUT - ONE)


def test_another_member_day_or_hospital_is_another_stay(plan: PlanExtract) -> None:
    notice(plan)
    notice(plan, member_id="2")
    notice(plan, IN + ONE)
    notice(plan, facility_npi=PSYCHIATRIC)
    notice(plan, facility_npi=None, hospital="Ash Hospital")
    notice(plan, facility_npi=None, hospital="ASH HOSPITAL")
    assert len(events(plan, "admissions")) == 5


def test_a_notice_is_sensitive_by_its_diagnosis(plan: PlanExtract) -> None:
    bits = {"B20": 1, "F329": 4, "F1020": 6, "f10.20": 6, "K3580": 0, None: 0}
    for number, code in enumerate(bits):
        notice(plan, IN + number * ONE, AS_OF, diagnosis_code=code)
    found = events(plan, "admissions")
    assert [stay["flags"] for stay in found] == list(bits.values())
    assert {stay["facility_flags"] for stay in found} == {0}


def test_a_notice_is_sensitive_by_its_hospital_and_its_attending_doctor(plan: PlanExtract) -> None:
    plan.provider("1000000071", tin="900000071", pcp=False, specialty="Psychiatry", first_name="Ana",
                  last_name="Ruiz")  # fmt: skip
    notice(plan, attending=None, facility_npi=PSYCHIATRIC)
    notice(plan, IN + ONE, AS_OF, attending="RUIZ, Ana")
    notice(plan, IN + 2 * ONE, AS_OF, attending="Doctor1, Ann")
    found = events(plan, "admissions")
    assert [(stay["flags"], stay["facility_flags"]) for stay in found] == [(4, 4), (4, 4), (0, 0)]


def test_a_name_that_other_doctors_share_tells_nothing(plan: PlanExtract) -> None:
    for npi, specialty in (("1000000071", "Psychiatry"), ("1000000072", "Cardiology")):
        plan.provider(npi, tin=npi[:9], pcp=False, specialty=specialty, first_name="Ana", last_name="Ruiz")
    notice(plan)
    assert [stay["facility_flags"] for stay in events(plan, "admissions")] == [0]


def claim(plan: PlanExtract, came: date, left: date | None, **values: object) -> None:
    """A hospital bills a stay."""
    standing = {
        "claim_end_date": left,
        "bill_type_code": "111",
        "revenue_center_code": "0121",
        "facility_npi": HOSPITAL,
        "admission_date": came,
        "discharge_date": left,
        "diagnosis_code_1": "K3580",
    }
    plan.claim("1", came, **(standing | values))  # type: ignore[arg-type]


def test_without_a_feed_stays_are_read_from_inpatient_claims(plan: PlanExtract) -> None:
    claim(plan, IN, OUT, paid_date=None, claim_id="A")
    claim(plan, date(2015, 6, 1), date(2015, 7, 31))
    claim(plan, date(2015, 6, 2), date(2015, 7, 20), bill_type_code="112", discharge_date=None)
    claim(plan, date(2015, 6, 3), date(2015, 8, 1))
    found, noticed, spark = told(plan.write(), "admissions", flags={"A": 1})
    assert [(stay["admission_date"], stay["discharge_date"]) for stay in found] == [
        (date(2015, 6, 2), None),
        (date(2015, 6, 3), date(2015, 8, 1)),
        (IN, OUT),
    ]
    assert found[2] == {
        "person_id": "P1",
        "hospital": "Elm Hospital",
        "hospital_state": "CT",
        "attending": "Doctor1, Ann",
        "admission_date": IN,
        "discharge_date": OUT,
        "diagnosis_code": "K35.80",
        "diagnosis": "Unspecified acute appendicitis",
        "flags": 1,
        "facility_flags": 0,
    }
    assert "no admission feed" in noticed[0]
    assert "SELECT" in spark


def test_a_psychiatrist_who_billed_a_stay_makes_it_sensitive(plan: PlanExtract) -> None:
    plan.provider("1000000071", tin="900000071", pcp=False, specialty="Psychiatry")
    claim(plan, IN, OUT, rendering_npi="1000000071")
    assert [(stay["flags"], stay["facility_flags"]) for stay in events(plan, "admissions")] == [(4, 4)]


def test_a_feed_without_rows_means_that_nobody_is_admitted(plan: PlanExtract) -> None:
    claim(plan, IN, OUT)
    plan.rows["admission"] = []
    found, noticed, spark = told(plan.write(), "admissions")
    assert (found, noticed) == ([], [])
    assert "SELECT" in spark
