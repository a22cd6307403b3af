"""The three utilization reports as they are published: who is listed, what is printed, what is withheld."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from reports import snapshot, tables
from reports.catalog import REPORTS, in_group
from reports.refresh import Outcome, PortalData, refresh
from reports.snapshot import RowQuery
from tests.unit.reports.plan_extract import AS_OF, TIN, PlanExtract

pytestmark = pytest.mark.usefixtures("snapshots")

HOSPITAL, PSYCHIATRIC = "1000000050", "1000000061"
DAY, PAID = date(2015, 7, 8), date(2015, 7, 20)
COMMON = {"pcp_number", "pcp_name", "member_name", "client_id", "date_of_birth", "gender", "icm_status"}
#: What each report prints beyond the common ones.
KEYS = {
    "admissions": "program hospital hospital_state attending admission_date discharge_date diagnosis_code diagnosis",
    "ed-utilization": "program visit_date facility diagnosis_code diagnosis emergent visits_6_months "
    "last_office_visit_date",
    "inpatient-claims": "program revenue_code revenue admission_date discharge_date diagnosis_code diagnosis hospital",
}


@pytest.fixture
def plan(extract: PlanExtract) -> PlanExtract:
    """A member with a PCP, a hospital and a psychiatric one."""
    extract.standard()
    extract.provider(HOSPITAL, tin="900000050", practice_name="Elm Hospital", specialty="Hospital", pcp=False)
    extract.provider(PSYCHIATRIC, tin="900000061", practice_name="Oak House", specialty="Psychiatric Hospital",
                     pcp=False)  # fmt: skip
    patient(extract, "1")
    return extract


def patient(plan: PlanExtract, member_id: str, **values: object) -> None:
    plan.member(member_id, **values)  # type: ignore[arg-type]
    plan.visit(member_id, date(2015, 7, 1))


def emergency(plan: PlanExtract, member_id: str = "1", day: date = DAY, **values: object) -> None:
    standing = {
        "bill_type_code": "131",
        "revenue_center_code": "0450",
        "facility_npi": HOSPITAL,
        "rendering_npi": None,
        "paid_date": PAID,
        "diagnosis_code_1": "J069",
    }
    plan.claim(member_id, day, **(standing | values))  # type: ignore[arg-type]


def stay(plan: PlanExtract, member_id: str = "1", day: date = DAY, **values: object) -> None:
    standing = {
        "claim_end_date": day + timedelta(days=4),
        "bill_type_code": "111",
        "revenue_center_code": "0121",
        "facility_npi": HOSPITAL,
        "rendering_npi": None,
        "admission_date": day,
        "discharge_date": day + timedelta(days=4),
        "diagnosis_code_1": "K3580",
        "paid_date": PAID,
    }
    plan.claim(member_id, day, **(standing | values))  # type: ignore[arg-type]


def notice(plan: PlanExtract, member_id: str = "1", **values: object) -> None:
    standing = {
        "member_id": member_id,
        "facility_npi": HOSPITAL,
        "hospital": "Elm Hospital",
        "hospital_state": "CT",
        "attending": "Ruiz, Ana",
        "admission_date": date(2015, 8, 20),
        "discharge_date": None,
        "diagnosis_code": "K35.80",
    }
    plan.add("admission", **(standing | values))


def published(plan: PlanExtract, slug: str, **portal: object) -> list[dict]:
    refreshed(plan, slug, **portal)
    return snapshot.rows(slug, RowQuery(tins=(TIN,)), details=True)


def refreshed(plan: PlanExtract, slug: str, **portal: object) -> Outcome:
    return refresh(plan.write(), AS_OF, slugs=[slug], portal=PortalData(**portal))  # type: ignore[arg-type]


def consents(category: str, tin: str = "") -> pa.Table:
    columns = {"client_id": ["1"], "tin": [tin], "category": [category], "starts_on": [date(2015, 1, 1)]}
    return pa.table(columns | {"ends_on": pa.nulls(1, pa.date32())})


@pytest.mark.parametrize("slug", KEYS)
def test_the_columns_are_those_promised(slug: str) -> None:
    report = REPORTS[slug]
    assert {column.key for column in report.columns} == COMMON | set(KEYS[slug].split())
    printed = [column.key for column in report.columns if column.key in KEYS[slug].split()]
    assert printed == KEYS[slug].split()
    assert report.excluded == "Excludes Dual Eligible and Opt-Out Members"


def test_the_drop_down_names_them_in_the_guides_order() -> None:
    assert [report.name for report in in_group("utilization")] == [
        "Daily Admission and Discharge Report", "ED Utilization Report", "Inpatient Claims Report"
    ]  # fmt: skip


def test_an_emergency_visit_is_printed_beside_the_last_office_visit(plan: PlanExtract) -> None:
    emergency(plan)
    emergency(plan, day=date(2015, 4, 1), paid_date=date(2015, 4, 20))
    (row,) = published(plan, "ed-utilization", programs={"husky a": "HUSKY A"})
    assert {key: row[key] for key in KEYS["ed-utilization"].split()} == {
        "program": "HUSKY A",
        "visit_date": "2015-07-08",
        "facility": "Elm Hospital",
        "diagnosis_code": "J06.9",
        "diagnosis": "Acute upper respiratory infection, unspecified",
        "emergent": "Non-emergent",
        "visits_6_months": 2,
        "last_office_visit_date": "2015-07-01",
    }


def test_a_billed_stay_is_printed(plan: PlanExtract) -> None:
    stay(plan)
    (row,) = published(plan, "inpatient-claims")
    assert [row[key] for key in KEYS["inpatient-claims"].split()] == [
        "husky a", "0121", "Two-bed room, medical or surgical", "2015-07-08", "2015-07-12", "K35.80",
        "Unspecified acute appendicitis", "Elm Hospital",
    ]  # fmt: skip


def test_an_admission_is_printed_with_a_blank_discharge_while_it_lasts(plan: PlanExtract) -> None:
    notice(plan)
    (row,) = published(plan, "admissions")
    assert [row[key] for key in KEYS["admissions"].split()] == [
        "husky a", "Elm Hospital", "CT", "Ruiz, Ana", "2015-08-20", None, "K35.80", "Unspecified acute appendicitis"
    ]  # fmt: skip


@pytest.mark.parametrize(("slug", "happens"), [("ed-utilization", emergency), ("inpatient-claims", stay),
                                               ("admissions", notice)])  # fmt: skip
def test_dual_eligible_and_opted_out_members_are_left_out(plan: PlanExtract, slug: str, happens) -> None:  # type: ignore[no-untyped-def]
    patient(plan, "dual", dual_status_code="02")
    patient(plan, "out")
    patient(plan, "gone", enrollment_end_date=AS_OF - timedelta(days=1))
    for member_id in ("1", "dual", "out", "gone"):
        happens(plan, member_id)
    rows = published(plan, slug, opt_outs=pa.table({"client_id": ["out"]}))
    assert [row["client_id"] for row in rows] == ["1"]


def test_a_sensitive_visit_keeps_its_row_without_its_diagnosis(plan: PlanExtract) -> None:
    emergency(plan, diagnosis_code_1="B20")
    (row,) = published(plan, "ed-utilization")
    assert (row["diagnosis_code"], row["diagnosis"], row["emergent"]) == ("withheld",) * 3
    assert (row["facility"], row["visit_date"], row["consented"]) == ("Elm Hospital", "2015-07-08", None)


def test_what_the_member_agreed_to_share_is_shown_and_named(plan: PlanExtract) -> None:
    emergency(plan, diagnosis_code_1="B20")
    (row,) = published(plan, "ed-utilization", consents=consents("hiv"))
    assert (row["diagnosis_code"], row["consented"]) == ("B20", "hiv")
    (row,) = published(plan, "ed-utilization", consents=consents("hiv", tin="900000099"))
    assert (row["diagnosis_code"], row["consented"]) == ("withheld", None)
    (row,) = published(plan, "ed-utilization", consents=consents("bh"))
    assert row["diagnosis_code"] == "withheld"


def test_a_sensitive_hospital_is_not_named(plan: PlanExtract) -> None:
    stay(plan, facility_npi=PSYCHIATRIC, revenue_center_code="0124")
    (row,) = published(plan, "inpatient-claims")
    sensitive = ("revenue_code", "revenue", "diagnosis_code", "diagnosis", "hospital")
    assert [row[key] for key in sensitive] == ["withheld"] * 5
    assert row["admission_date"] == "2015-07-08"
    (row,) = published(plan, "inpatient-claims", consents=consents("bh", TIN))
    assert [row["revenue_code"], row["hospital"], row["consented"]] == ["0124", "Oak House", "bh"]


def test_a_sensitive_admission_keeps_its_days(plan: PlanExtract) -> None:
    notice(plan, diagnosis_code="F32.9")
    notice(plan, facility_npi=PSYCHIATRIC, hospital="Oak House", admission_date=date(2015, 8, 21))
    first, second = published(plan, "admissions")
    if first["hospital"] == "withheld":
        first, second = second, first
    assert (first["hospital"], first["attending"], first["diagnosis"]) == (
        "Elm Hospital",
        "Ruiz, Ana",
        "withheld",
    )
    assert (second["hospital"], second["attending"], second["diagnosis_code"]) == ("withheld",) * 3
    assert (first["admission_date"], second["admission_date"]) == ("2015-08-20", "2015-08-21")


def test_without_a_feed_the_portals_admissions_count_and_else_the_claims(plan: PlanExtract) -> None:
    stay(plan, day=date(2015, 8, 1))
    told = refreshed(plan, "admissions")
    assert any("no admission feed" in notice.message for notice in told.notices)
    (row,) = snapshot.rows("admissions", RowQuery(tins=(TIN,)))
    assert (row["admission_date"], row["discharge_date"]) == ("2015-08-01", "2015-08-05")
    columns = {
        "member_id": ["1"], "facility_npi": [HOSPITAL], "hospital": ["Elm Hospital"], "hospital_state": ["CT"],
        "attending": ["Ruiz, Ana"], "admission_date": [date(2015, 8, 30)], "discharge_date": pa.nulls(1, pa.date32()),
        "diagnosis_code": ["I219"],
    }  # fmt: skip
    (row,) = published(plan, "admissions", admissions=pa.table(columns))
    assert (row["admission_date"], row["diagnosis_code"]) == ("2015-08-30", "I21.9")


def test_daily_admissions_need_no_claims_and_touch_no_other_report(plan: PlanExtract) -> None:
    refreshed(plan, "patient-panel")
    before = {slug: snapshot.published(slug) for slug in ("patient-panel", tables.ATTRIBUTION)}
    notice(plan)
    folder = plan.write()
    (folder / "medical_claim.parquet").unlink()
    tomorrow = AS_OF + timedelta(days=1)
    outcome = refresh(folder, tomorrow, slugs=["admissions"])
    assert outcome.rows == {"admissions": 1}
    assert {slug: snapshot.published(slug) for slug in before} == before
    made = snapshot.published("admissions")
    assert made is not None
    assert (made.as_of, made.complete_through) == (tomorrow, None)
