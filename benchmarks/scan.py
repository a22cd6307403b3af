"""`python -m benchmarks.scan FOLDER`: read the columns that a refresh looks at, and do nothing with them.

What remains of a refresh beside this is the work of the rules. Prints the seconds as one number.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import duckdb

from reports.layout import CODES_PER_LINE


def _numbered(name: str, count: int) -> list[str]:
    return [f"{name}_{number}" for number in range(1, count + 1)]


#: The columns that the rules name, by file.
COLUMNS = {
    "medical_claim": [
        "claim_id", "claim_line_number", "person_id", "claim_start_date", "claim_end_date", "claim_line_start_date",
        "admission_date", "discharge_date", "paid_date", "discharge_disposition_code", "place_of_service_code",
        "bill_type_code", "drg_code", "revenue_center_code", "service_unit_quantity", "hcpcs_code",
        *_numbered("hcpcs_modifier", 5), "rendering_npi", "rendering_tin", "billing_npi", "billing_tin",
        "facility_npi", "paid_amount", "allowed_amount", "charge_amount", "diagnosis_code_type",
        *_numbered("diagnosis_code", CODES_PER_LINE), *_numbered("procedure_code", CODES_PER_LINE),
    ],
    "pharmacy_claim": ["claim_id", "person_id", "dispensing_date", "ndc_code"],
}  # fmt: skip


def scan(folder: Path) -> float:
    """Seconds that DuckDB takes to read every value of COLUMNS once, on as many threads as a refresh has."""
    connection = duckdb.connect()
    started = time.perf_counter()
    for name, columns in COLUMNS.items():
        read = ", ".join(f"count({column})" for column in columns)
        files = (folder / f"{name}*.parquet").as_posix()
        connection.execute(f"SELECT {read} FROM read_parquet('{files}')").fetchall()  # noqa: S608 - ours
    return time.perf_counter() - started


if __name__ == "__main__":
    print(scan(Path(sys.argv[1])))
