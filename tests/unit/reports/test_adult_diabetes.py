"""Guide 003's sample table of adult diabetes, and who is on the report."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from reports import snapshot
from reports.parameters import Parameters
from reports.refresh import Outcome, PortalData, refresh
from reports.snapshot import RowQuery
from tests.unit.reports.plan_extract import AS_OF, EYE_DOCTOR, OTHER_PCP, SPECIALIST, TIN, PlanExtract

SLUG = "adult-diabetes"

pytestmark = pytest.mark.usefixtures("snapshots")


def refreshed(extract: PlanExtract, **options: object) -> dict[str, dict]:
    """The report's rows by Client ID, with what is kept unprinted."""
    publish(extract.write(), **options)
    return {row["client_id"]: row for row in snapshot.rows(SLUG, RowQuery(tins=(TIN,)), details=True)}


def publish(folder: Path, **options: object) -> Outcome:
    return refresh(folder, AS_OF, slugs=[SLUG], **options)  # type: ignore[arg-type]


def diabetic(
    extract: PlanExtract, member_id: str, born: date | None = date(1970, 1, 1), **values: object
) -> str:
    """A member with a PCP and a diagnosis, thus on the report."""
    extract.member(member_id, born, **values)
    extract.visit(member_id, date(2015, 7, 1))
    extract.diagnosis(member_id, date(2015, 1, 1))
    return member_id


def test_the_guides_sample_rows_come_out_as_printed(extract: PlanExtract) -> None:
    extract.standard()
    hba1c, ldl, kidney, eye = "83036", "80061", "82043", "92014"
    printed = {
        "111111111": (date(1960, 6, 8), "F", "ACTIVE", "2015-06-01", "", "2015-06-01", "", "2014-11-14", "",
                      "2013-12-12", "Due"),
        "222222222": (date(1959, 7, 24), "M", None, "2015-06-15", "", "2015-06-15", "", "2015-06-15", "",
                      "2015-06-01", ""),
        "333333333": (date(1972, 6, 19), "M", "CLOSED", "2014-12-19", "Due", "2014-12-19", "", "2014-08-21", "Due",
                      "2014-09-11", ""),
        "444444444": (date(1979, 12, 12), "M", "PENDING", "", "Due", "", "Due", "2014-10-30", "", "2015-03-27", ""),
        "666666666": (date(1958, 1, 15), "M", "CLOSED", "2014-03-19", "Due", "", "Due", "", "Due", "", "Due"),
    }  # fmt: skip
    for member_id, (born, gender, icm, *cells) in printed.items():
        diabetic(extract, member_id, born, gender=gender, first_name="Member", last_name=member_id[0])
        if icm:
            extract.add("icm_status", member_id=member_id, status=icm)
        for code, day in zip((hba1c, ldl, kidney, eye), cells[::2], strict=True):
            if day:
                npi = EYE_DOCTOR if code == eye else SPECIALIST
                extract.claim(member_id, date.fromisoformat(day), code, rendering_npi=npi)
    rows = refreshed(extract)
    keys = ("hba1c_date", "hba1c_due", "ldl_c_date", "ldl_c_due", "nephropathy_date", "nephropathy_due",
            "retinal_exam_date", "retinal_exam_due")  # fmt: skip
    assert set(rows) == set(printed)
    for member_id, (born, gender, icm, *cells) in printed.items():
        row = rows[member_id]
        assert [row[key] or "" for key in keys] == cells, member_id
        assert (row["date_of_birth"], row["gender"], row["icm_status"]) == (born.isoformat(), gender, icm)
        assert row["pcp_name"] == "Doctor1, Ann"


def test_a_member_is_listed_from_the_18th_birthday_until_the_76th(extract: PlanExtract) -> None:
    extract.standard()
    diabetic(extract, "18-today", date(1997, 8, 31))
    diabetic(extract, "18-tomorrow", date(1997, 9, 1))
    diabetic(extract, "76-tomorrow", date(1939, 9, 1))
    diabetic(extract, "76-today", date(1939, 8, 31))
    diabetic(extract, "no-birth-date", None)
    assert set(refreshed(extract)) == {"18-today", "76-tomorrow"}


def test_who_is_enrolled_alive_and_diabetic_is_listed(extract: PlanExtract) -> None:
    extract.standard()
    day = timedelta(days=1)
    diabetic(extract, "begins-today", enrollment_start_date=AS_OF)
    diabetic(extract, "begins-tomorrow", enrollment_start_date=AS_OF + day)
    diabetic(extract, "ends-today", enrollment_end_date=AS_OF)
    diabetic(extract, "ended", enrollment_end_date=AS_OF - day)
    diabetic(extract, "died", death_date=AS_OF - day)
    diabetic(extract, "dies-later", death_date=AS_OF + day)
    diabetic(extract, "dead", death_flag=True)
    diabetic(extract, "dual", dual_status_code="2.0")
    diabetic(extract, "not-dual", dual_status_code="00")
    diabetic(extract, "opted-out")
    diabetic(extract, "no-pcp")
    for claim in extract.rows["medical_claim"]:
        if claim["person_id"] == "Pno-pcp":
            claim["rendering_npi"] = SPECIALIST
    opt_outs = pa.table({"client_id": ["opted-out"]})
    rows = refreshed(extract, portal=PortalData(opt_outs=opt_outs))
    assert set(rows) == {"begins-today", "ends-today", "dies-later", "not-dual"}


def test_a_diagnosis_or_a_prescription_counts_for_two_years(extract: PlanExtract) -> None:
    extract.standard()
    edge = date(2013, 8, 31)
    for member_id in ("old-dx", "dx", "late-dx", "old-rx", "rx", "other-rx", "both", "other-dx", "dotted"):
        extract.member(member_id)
        extract.visit(member_id, date(2015, 7, 1))
    extract.diagnosis("dx", edge)
    extract.diagnosis("old-dx", edge - timedelta(days=1))
    extract.diagnosis("late-dx", AS_OF + timedelta(days=1))
    extract.drug("rx", edge, "00093-1048-01")
    extract.drug("old-rx", edge - timedelta(days=1))
    extract.drug("other-rx", date(2015, 1, 1), "00071015523")
    extract.diagnosis("both", edge, "J069", diagnosis_code_2="E1010")
    extract.drug("both", date(2015, 1, 1))
    extract.diagnosis("other-dx", date(2015, 1, 1), "E139")
    extract.diagnosis("dotted", date(2015, 1, 1), "e11.9 ")
    rows = refreshed(extract)
    assert {member: row["why"] for member, row in rows.items()} == {
        "dx": "diagnosis",
        "rx": "drug only",
        "both": "diagnosis",
        "dotted": "diagnosis",
    }


def test_a_plan_may_count_other_diabetes_too(extract: PlanExtract) -> None:
    extract.standard().member("1")
    extract.visit("1", date(2015, 7, 1))
    extract.diagnosis("1", date(2015, 1, 1), "E139")
    assert set(refreshed(extract, parameters=Parameters(diabetes_prefixes=("E10", "E11", "E13")))) == {"1"}


def test_an_eye_exam_counts_only_from_eye_care(extract: PlanExtract) -> None:
    extract.standard()
    day = date(2015, 5, 5)
    for member_id, npi, code in (
        ("eye", EYE_DOCTOR, "92014"),
        ("heart", SPECIALIST, "92014"),
        ("anyone", SPECIALIST, "2022F"),
        ("unknown", "1999999999", "92014"),
    ):
        diabetic(extract, member_id)
        extract.claim(member_id, day, code, rendering_npi=npi)
    seen = {member: row["retinal_exam_date"] for member, row in refreshed(extract).items()}
    assert seen == {"eye": "2015-05-05", "heart": None, "anyone": "2015-05-05", "unknown": "2015-05-05"}
    strict = Parameters(unknown_specialty_is_eye_care=False)
    publish(extract.folder, parameters=strict)
    seen = {row["client_id"]: row["retinal_exam_date"] for row in snapshot.rows(SLUG, RowQuery(tins=(TIN,)))}
    assert seen["unknown"] is None
    assert seen["eye"] == "2015-05-05"


def test_what_is_reversed_does_not_count(extract: PlanExtract) -> None:
    extract.standard()
    first, later = date(2015, 3, 1), date(2015, 6, 1)
    bill = {"facility_npi": "1555555555", "claim_end_date": later}
    for member_id in (
        "voided",
        "voided-same-number",
        "replaced",
        "kept",
        "billed-again",
        "refunded",
        "adjusted",
    ):
        diabetic(extract, member_id)
        extract.claim(member_id, first, "83036")

    def billed(member_id: str, bill_type: str, claim_id: str, code: str = "83036") -> None:
        extract.claim(member_id, later, code, bill_type_code=bill_type, claim_id=claim_id, **bill)

    billed("voided", "131", "V1")
    billed("voided", "0138", "V2")
    billed("voided-same-number", "131", "W1")
    billed("voided-same-number", "138", "W1")
    billed("replaced", "131", "X1")
    billed("replaced", "137", "X2", "80061")
    billed("kept", "131", "Y1")
    for claim_id, bill_type in (("Z1", "131"), ("Z2", "138"), ("Z3", "131")):
        billed("billed-again", bill_type, claim_id)
    extract.claim("refunded", later, "83036", claim_id="N1", paid_amount=40.0)
    extract.claim("refunded", later, "83036", claim_id="N1", paid_amount=-40.0)
    extract.claim("adjusted", later, "83036", claim_id="N2", paid_amount=40.0)
    extract.claim("adjusted", later, "83036", claim_id="N2", paid_amount=-40.0)
    extract.claim("adjusted", later, "83036", claim_id="N2", paid_amount=35.0)
    rows = refreshed(extract)
    assert {member: row["hba1c_date"] for member, row in rows.items()} == {
        "voided": "2015-03-01",
        "voided-same-number": "2015-03-01",
        "replaced": "2015-03-01",
        "kept": "2015-06-01",
        "billed-again": "2015-06-01",
        "refunded": "2015-03-01",
        "adjusted": "2015-06-01",
    }
    assert rows["replaced"]["ldl_c_date"] == "2015-06-01"


def test_the_lines_own_day_goes_before_the_claims(extract: PlanExtract) -> None:
    diabetic(extract.standard(), "1")
    extract.claim("1", date(2015, 3, 1), "83036", claim_line_start_date=date(2015, 3, 4))
    assert refreshed(extract)["1"]["hba1c_date"] == "2015-03-04"


def test_csv_and_parquet_give_the_same_report(extract: PlanExtract, tmp_path: Path) -> None:
    diabetic(extract.standard(), "1", dual_status_code="00")
    diabetic(extract, "2", first_name="José", last_name="Núñez, Sr")
    extract.claim("1", date(2015, 3, 1), "83036", paid_amount=1.5)
    by_parquet = refreshed(extract)
    publish(PlanExtract(tmp_path / "csv", extract.rows).write("csv"))
    by_csv = {row["client_id"]: row for row in snapshot.rows(SLUG, RowQuery(tins=(TIN,)), details=True)}
    assert by_csv == by_parquet
    assert by_csv["2"]["member_name"] == "Núñez, Sr, José"


def test_a_member_who_changed_practices_is_on_one_report(extract: PlanExtract) -> None:
    extract.standard()
    diabetic(extract, "1")
    for day in (1, 2):
        extract.visit("1", date(2015, 8, day), OTHER_PCP)
    rows = refreshed(extract)
    assert [row["pcp_name"] for row in rows.values()] == ["Doctor2, Ann"]
