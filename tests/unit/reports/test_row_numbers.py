"""Claims are read by the numbers of their lines where the engine has them (DuckDB), and without where not (Spark)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reports import packing, services
from reports.catalog import REPORTS
from reports.codes import read_codes
from reports.computation import Computation, PortalData
from reports.extract import Extract, open_extract
from reports.parameters import Parameters
from reports.reversals import Survey, survey
from tests.unit.reports.plan_extract import AS_OF, EYE_DOCTOR, SPECIALIST, PlanExtract

MAY = date(2015, 5, 4)
CONCEPTS = (
    "diabetes_dx",
    "hba1c",
    "mastectomy_left",
    "mastectomy_unilateral_cpt",
    "retinal_exam_eye_provider",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A line of each kind that is left out, hidden or asked something more, and one beside it that is not."""
    plan = PlanExtract(tmp_path / "extract").standard()
    plan.member("1")
    plan.claim("1", MAY, "83036", claim_id="plain")
    plan.claim("1", date(2015, 9, 1), "83036", claim_id="to come")
    plan.claim("1", MAY, "83037", claim_id="voided", bill_type_code="131")
    plan.claim("1", MAY, "83037", claim_id="voided", bill_type_code="138")
    plan.claim("1", date(2015, 6, 1), "83036", claim_id="taken back", paid_amount=80.0)
    plan.claim("1", date(2015, 6, 1), "83036", claim_id="taken back", paid_amount=-80.0)
    plan.claim(
        "1", date(2015, 7, 1), "83036", claim_id="sensitive", diagnosis_code_1="B20", diagnosis_code_2="E119"
    )
    plan.claim("1", MAY, "19303", claim_id="left side", hcpcs_modifier_1="LT")
    plan.claim("1", date(2015, 6, 2), "19303", claim_id="no side")
    plan.claim("1", MAY, "92014", claim_id="eye", rendering_npi=EYE_DOCTOR)
    plan.claim("1", date(2015, 6, 3), "92014", claim_id="no eye", rendering_npi=SPECIALIST)
    return plan.write()


@contextmanager
def computation(folder: Path) -> Iterator[Computation]:
    with open_extract(folder) as extract:
        given: dict[str, Any] = {"portal": PortalData(), "parameters": Parameters(), "codes": read_codes()}
        nothing: dict[str, Any] = {"attributes": True, "previous": None, "last_month": None}
        yield Computation(
            extract, AS_OF, list(REPORTS.values()), progress=lambda _text: None, **given, **nothing
        )


def found(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The last service of each code, and the sensitive claims."""
    with computation(folder) as work:
        by_code = services.by_code(work.claims, CONCEPTS, work.flags.select("claim_id"), None)
        return (
            by_code.order_by("person_id", "code").to_pyarrow().to_pylist(),
            work.flags.order_by("claim_id").to_pyarrow().to_pylist(),
        )


def last_day(service: int) -> date:
    packed = service >> packing.DAY_AT
    return date((packed >> 9) + 1900, (packed >> 5) & 15, packed & 31)


def test_services_and_sensitive_claims_are_the_same_with_and_without_the_numbers_of_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered = found(folder)
    monkeypatch.setattr(Extract, "numbered", Extract.table)
    assert found(folder) == numbered
    codes, flagged = numbered
    # HbA1c and the diagnosis of the sensitive claim, the examination by the eye doctor, the left side, any side
    july, june = date(2015, 7, 1), date(2015, 6, 2)
    assert sorted(last_day(row["last"]) for row in codes) == [MAY, MAY, june, july, july]
    assert [row["claim_id"] for row in flagged] == ["sensitive"]


def test_what_footers_tell_of_the_claims_is_what_reading_them_tells(folder: Path) -> None:
    with computation(folder) as work:
        claims = work.extract.table("medical_claim")
        read = Survey(date(2015, 7, 1), has_reversals=True, negative_amounts=("paid_amount",))
        assert survey(claims, AS_OF) == read
        assert survey(claims, AS_OF, work.extract.footers["medical_claim"]) == read
        assert "hcpcs_modifier_1" in work.extract.filled("medical_claim")
        assert "drg_code" not in work.extract.filled("medical_claim")
