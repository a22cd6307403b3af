"""The input tables: the open Tuva input layer (0.18) and the plan's own feeds beside it.

`required` marks the columns without which nothing sensible can be computed; every other column may be missing
from an extract and then reads as empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "date", "int", "float", "bool", "timestamp"]


@dataclass(frozen=True)
class Column:
    name: str
    type: Type
    required: bool = False


@dataclass(frozen=True)
class Table:
    """A table of the extract. `key` names the columns shown when a row of it is set aside."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _table(name: str, key: str, text: str = "", *, required: str = "", **typed: str) -> Table:
    """A table from space-separated names: `text` columns and, by type, the others, in the order given."""
    needed = set(required.split())
    columns = [Column(column, "text", column in needed) for column in text.split()]
    for kind, names in typed.items():
        columns += [Column(column, kind, column in needed) for column in names.split()]  # type: ignore[arg-type]
    return Table(name, tuple(columns), tuple(key.split()))


def _numbered(name: str, count: int = 25) -> str:
    return " ".join(f"{name}_{number}" for number in range(1, count + 1))


#: How many diagnosis and procedure columns the Tuva layer gives a claim line.
CODES_PER_LINE = 25

_ALL = (
    _table(
        "eligibility",
        "member_id enrollment_start_date",
        "person_id member_id subscriber_id gender race payer payer_type plan original_reason_entitlement_code "
        "dual_status_code medicare_status_code enrollment_status hospice_flag institutional_snp_flag "
        "long_term_institutional_flag group_id group_name name_suffix first_name middle_name last_name "
        "social_security_number subscriber_relation address city state zip_code phone email ethnicity data_source "
        "file_name",
        required="person_id member_id gender birth_date enrollment_start_date enrollment_end_date plan",
        date="birth_date death_date enrollment_start_date enrollment_end_date file_date",
        bool="death_flag",
        timestamp="ingest_datetime",
    ),
    _table(
        "medical_claim",
        "claim_id claim_line_number",
        "claim_id claim_type person_id member_id payer plan admit_source_code admit_type_code "
        "discharge_disposition_code place_of_service_code bill_type_code drg_code_type drg_code revenue_center_code "
        "hcpcs_code hcpcs_modifier_1 hcpcs_modifier_2 hcpcs_modifier_3 hcpcs_modifier_4 hcpcs_modifier_5 "
        "rendering_npi rendering_tin billing_npi billing_tin facility_npi diagnosis_code_type "
        f"{_numbered('diagnosis_code')} {_numbered('diagnosis_poa')} procedure_code_type "
        f"{_numbered('procedure_code')} data_source file_name",
        required="claim_id person_id claim_start_date hcpcs_code diagnosis_code_type diagnosis_code_1",
        int="claim_line_number",
        date="claim_start_date claim_end_date claim_line_start_date claim_line_end_date admission_date "
        f"discharge_date paid_date {_numbered('procedure_date')} file_date",
        float="service_unit_quantity paid_amount allowed_amount charge_amount coinsurance_amount copayment_amount "
        "deductible_amount total_cost_amount",
        bool="in_network_flag",
        timestamp="ingest_datetime",
    ),
    _table(
        "pharmacy_claim",
        "claim_id claim_line_number",
        "claim_id person_id member_id payer plan prescribing_provider_npi dispensing_provider_npi ndc_code "
        "data_source file_name",
        required="claim_id person_id dispensing_date ndc_code",
        int="claim_line_number",
        date="dispensing_date paid_date file_date",
        float="quantity days_supply refills paid_amount allowed_amount charge_amount coinsurance_amount "
        "copayment_amount deductible_amount",
        bool="in_network_flag",
        timestamp="ingest_datetime",
    ),
    _table(
        "provider",
        "npi tin",
        "npi individual_medicaid_number group_medicaid_number tin practice_name first_name last_name credential "
        "specialty kind languages address_line_1 address_line_2 city state zip telephone",
        required="npi tin pcp",
        bool="pcp pcmh accepting_new_patients",
        float="latitude longitude",
        date="enrolled_on received_on",
    ),
    _table(
        "pcp_selection",
        "member_id npi",
        "member_id npi",
        required="member_id npi selected_on",
        date="selected_on",
    ),
    _table("icm_status", "member_id", "member_id status", required="member_id status"),
    _table(
        "admission",
        "member_id admission_date",
        "member_id facility_npi hospital hospital_state attending diagnosis_code",
        required="member_id admission_date",
        date="admission_date discharge_date",
    ),
    _table(
        "coverage",
        "member_id",
        "member_id language",
        required="member_id",
        date="renewal_on",
        bool="interpreter",
    ),
    _table("ndc", "ndc", "ndc ingredient", required="ndc ingredient"),
    _table(
        "existing_account",
        "username",
        "username password_hash first_name last_name role tins report_access question answer_hash pin_hash email",
        required="username",
    ),
    _table(
        "member_account",
        "username",
        "username password_hash client_id email question answer_hash",
        required="username client_id",
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
