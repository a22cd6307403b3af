"""Writes small extracts: what a test says, and for everything else what a plain plan would hold."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

AS_OF = date(2015, 8, 31)
PCP = "1000000001"
OTHER_PCP = "1000000002"
EYE_DOCTOR = "1000000008"
SPECIALIST = "1000000009"
TIN = "900000001"
SECOND_TIN = "900000002"

#: The columns that are written even where no row has a value: the ones an extract must have.
ALWAYS = {
    "eligibility": "person_id member_id subscriber_id gender birth_date death_date death_flag enrollment_start_date "
    "enrollment_end_date plan dual_status_code first_name last_name",
    "medical_claim": "claim_id claim_line_number person_id claim_start_date claim_end_date claim_line_start_date "
    "bill_type_code revenue_center_code hcpcs_code rendering_npi rendering_tin billing_npi billing_tin facility_npi "
    "paid_date paid_amount diagnosis_code_type diagnosis_code_1 diagnosis_code_2",
    "pharmacy_claim": "claim_id claim_line_number person_id dispensing_date ndc_code paid_date",
    "provider": "npi individual_medicaid_number tin practice_name first_name last_name specialty pcp",
    "pcp_selection": "member_id npi selected_on",
    "icm_status": "member_id status",
    "ndc": "ndc ingredient",
    "admission": "member_id facility_npi hospital hospital_state attending admission_date discharge_date "
    "diagnosis_code",
}


@dataclass
class PlanExtract:
    """Rows by table; `write` makes the files."""

    folder: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        self.rows.setdefault(table, []).append(values)
        return values

    def member(self, member_id: str, born: date | None = date(1970, 1, 1), **values: Any) -> str:
        """A member enrolled since 2010 for good. Returns the member ID."""
        standing = {
            "person_id": f"P{member_id}",
            "member_id": member_id,
            "birth_date": born,
            "gender": "F",
            "enrollment_start_date": date(2010, 1, 1),
            "plan": "husky a",
            "first_name": "Member",
            "last_name": f"Number {member_id}",
        }
        self.add("eligibility", **(standing | values))
        return member_id

    def claim(self, member_id: str, day: date | None, code: str | None = None, **values: Any) -> None:
        """One claim of one line, by the PCP unless said otherwise."""
        standing = {
            "claim_id": f"C{len(self.rows.get('medical_claim', ())) + 1}",
            "claim_line_number": 1,
            "person_id": f"P{member_id}",
            "claim_start_date": day,
            "hcpcs_code": code,
            "rendering_npi": PCP,
            "billing_tin": TIN,
            "diagnosis_code_type": "icd-10-cm",
            "paid_date": day,
        }
        self.add("medical_claim", **(standing | values))

    def visit(self, member_id: str, day: date, npi: str = PCP, **values: Any) -> None:
        """An office visit."""
        self.claim(member_id, day, "99213", rendering_npi=npi, **values)

    def diagnosis(self, member_id: str, day: date, code: str = "E119", **values: Any) -> None:
        self.claim(member_id, day, diagnosis_code_1=code, **values)

    def drug(self, member_id: str, day: date, ndc: str = "00093104801") -> None:
        """Dispenses metformin unless another NDC is given."""
        number = len(self.rows.get("pharmacy_claim", ())) + 1
        self.add(
            "pharmacy_claim",
            claim_id=f"R{number}",
            claim_line_number=1,
            person_id=f"P{member_id}",
            dispensing_date=day,
            ndc_code=ndc,
        )

    def provider(self, npi: str = PCP, tin: str = TIN, **values: Any) -> None:
        standing = {
            "npi": npi,
            "tin": tin,
            "individual_medicaid_number": f"00{npi[-7:]}",
            "practice_name": f"Practice {tin}",
            "first_name": "Ann",
            "last_name": f"Doctor{npi[-1]}",
            "specialty": "Family Medicine",
            "pcp": True,
        }
        self.add("provider", **(standing | values))

    def standard(self) -> "PlanExtract":
        """Two PCPs, an eye doctor and another specialist, and the NDCs of one diabetes drug and one other."""
        self.provider(PCP)
        self.provider(OTHER_PCP)
        self.provider(EYE_DOCTOR, specialty="Ophthalmology", pcp=False)
        self.provider(SPECIALIST, specialty="Cardiology", pcp=False)
        self.add("ndc", ndc="0093-1048-01", ingredient="METFORMIN HYDROCHLORIDE")
        self.add("ndc", ndc="00071015523", ingredient="ATORVASTATIN CALCIUM")
        return self

    def write(self, form: str = "parquet", only: Iterable[str] | None = None) -> Path:
        """Write the tables, claims and eligibility even when empty of rows. Returns the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.rows.get("medical_claim"):
            self.claim("nobody", date(2015, 1, 1), person_id=self.rows["eligibility"][0]["person_id"])
        for table in only or self.rows:
            rows = self.rows[table]
            columns = list(dict.fromkeys([*ALWAYS[table].split(), *(name for row in rows for name in row)]))
            if form == "csv":
                self._write_csv(table, columns, rows)
            else:
                self._write_parquet(table, columns, rows)
        return self.folder

    def _write_csv(self, table: str, columns: list[str], rows: list[dict[str, Any]]) -> None:
        with (self.folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def _write_parquet(self, table: str, columns: list[str], rows: list[dict[str, Any]]) -> None:
        made = {}
        for name in columns:
            values = [row.get(name) for row in rows]
            texts = any(isinstance(value, str) for value in values)
            if name.endswith(("_date", "_on")) and not texts:
                made[name] = pa.array(values, pa.date32())
            elif name in ("pcp", "death_flag"):
                made[name] = pa.array(values, pa.bool_())
            elif name == "claim_line_number":
                made[name] = pa.array(values, pa.int32())
            elif name.endswith("_amount"):
                made[name] = pa.array(values, pa.float64())
            else:
                made[name] = pa.array([None if v is None else str(v) for v in values], pa.string())
        pq.write_table(pa.table(made), self.folder / f"{table}.parquet")
