"""Arrow columns made quickly: numbered text, words by position, dates, and a Parquet file written batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from reports.layout import CODES_PER_LINE, TABLES
from reports.synthetic.draws import Flags, Ints

_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "int": pa.int32(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}

#: Columns that the Tuva layer types as whole numbers; the reports read them as numbers of any kind.
_WHOLE = {"quantity", "days_supply", "refills"}


def _numbered_names(*names: str) -> str:
    return " ".join(f"{name}_{number}" for name in names for number in range(1, CODES_PER_LINE + 1))


#: The order of the columns in the Tuva input layer 0.18; the layout of the reports goes by name and keeps no order.
ORDER = {
    "eligibility": (
        "person_id member_id subscriber_id gender race birth_date death_date death_flag enrollment_start_date "
        "enrollment_end_date payer payer_type plan original_reason_entitlement_code dual_status_code "
        "medicare_status_code enrollment_status hospice_flag institutional_snp_flag long_term_institutional_flag "
        "group_id group_name name_suffix first_name middle_name last_name social_security_number subscriber_relation "
        "address city state zip_code phone email ethnicity data_source file_name file_date ingest_datetime"
    ),
    "medical_claim": (
        "claim_id claim_line_number claim_type person_id member_id payer plan claim_start_date claim_end_date "
        "claim_line_start_date claim_line_end_date admission_date discharge_date admit_source_code admit_type_code "
        "discharge_disposition_code place_of_service_code bill_type_code drg_code_type drg_code revenue_center_code "
        "service_unit_quantity hcpcs_code hcpcs_modifier_1 hcpcs_modifier_2 hcpcs_modifier_3 hcpcs_modifier_4 "
        "hcpcs_modifier_5 rendering_npi rendering_tin billing_npi billing_tin facility_npi paid_date paid_amount "
        "allowed_amount charge_amount coinsurance_amount copayment_amount deductible_amount total_cost_amount "
        f"diagnosis_code_type {_numbered_names('diagnosis_code', 'diagnosis_poa')} procedure_code_type "
        f"{_numbered_names('procedure_code', 'procedure_date')} in_network_flag data_source file_name file_date "
        "ingest_datetime"
    ),
    "pharmacy_claim": (
        "claim_id claim_line_number person_id member_id payer plan prescribing_provider_npi dispensing_provider_npi "
        "dispensing_date ndc_code quantity days_supply refills paid_date paid_amount allowed_amount charge_amount "
        "coinsurance_amount copayment_amount deductible_amount in_network_flag data_source file_name file_date "
        "ingest_datetime"
    ),
}


def fields(table: str) -> list[tuple[str, pa.DataType]]:
    """Name and type of every column of a table, in the order of the source format."""
    types = {column.name: column.type for column in TABLES[table].columns}
    names = ORDER[table].split() if table in ORDER else list(types)
    return [(name, pa.int32() if name in _WHOLE else _TYPES[types[name]]) for name in names]


def numbered(values: Ints, width: int, prefix: str = "") -> pa.Array:
    """Text of a prefix and a zero-padded number, for many numbers at once."""
    lead = prefix.encode("ascii")
    letters = np.empty((len(values), len(lead) + width), dtype=np.uint8)
    letters[:, : len(lead)] = np.frombuffer(lead, dtype=np.uint8)
    rest = values.astype(np.int64)
    for place in range(len(lead) + width - 1, len(lead) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, place] = digit + 48
    return fixed_text(letters)


def fixed_text(letters: np.ndarray[Any, np.dtype[np.uint8]]) -> pa.Array:
    """Text of equal length from a matrix of ASCII letters, a row a value."""
    count, width = letters.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))
    )


def letters_of(text: pa.Array) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The inverse of `fixed_text`."""
    count = len(text)
    joined = np.frombuffer(text.buffers()[2], dtype=np.uint8)
    return joined.reshape(count, -1) if count else np.empty((0, 0), dtype=np.uint8)


def words(positions: Ints, values: pa.Array | Sequence[str]) -> pa.DictionaryArray:
    """The value at each position; a negative position is empty. `values` must not repeat."""
    values = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    small = positions.astype(np.int32)
    gone = small < 0
    return pa.DictionaryArray.from_arrays(
        pa.array(small, mask=gone if gone.any() else None), values, safe=False
    )


def same(value: str, count: int) -> pa.DictionaryArray:
    return words(np.zeros(count, dtype=np.int64), [value])


def days(values: Ints, empty: Flags | None = None) -> pa.Array:
    """Dates from days since 1970."""
    return pa.array(values.astype(np.int32), pa.int32(), mask=empty).cast(pa.date32())


class Writer:
    """One Parquet file of a table; columns that a batch does not name are empty.

    With `coded` text may come as words by position, the same columns in every batch; the file itself only knows text.
    """

    def __init__(self, folder: Path, table: str, *, coded: bool = False) -> None:
        self._coded = coded
        self._path = folder / f"{table}.parquet"
        self._fields = fields(table)
        self._file: pq.ParquetWriter | None = None
        self._empty: dict[pa.DataType, pa.Array] = {}
        self.rows = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _nothing(self, kind: pa.DataType, count: int) -> pa.Array:
        """Empty values, made once and cut to length: most columns of a claims file hold nothing."""
        known = self._empty.get(kind)
        if known is None or len(known) < count:
            known = self._empty[kind] = pa.nulls(count, kind)
        return known.slice(0, count)

    def write(self, columns: Mapping[str, pa.Array], count: int) -> None:
        """Adds a batch of `count` rows as a row group."""
        arrays = [
            columns[name] if name in columns else self._nothing(kind, count) for name, kind in self._fields
        ]
        if not self._coded:
            arrays = [array.cast(kind) for array, (_, kind) in zip(arrays, self._fields, strict=True)]
        schema = pa.schema(
            [(name, array.type) for (name, _), array in zip(self._fields, arrays, strict=True)]
        )
        if self._file is None:
            # Ids of claims never repeat between claims: a dictionary of them only costs.
            coded = [name for name, _ in self._fields if name != "claim_id"]
            self._file = pq.ParquetWriter(
                self._path,
                schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=coded,
                store_schema=False,
            )
        if count:
            self._file.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=max(count, 1))
        self.rows += count

    def write_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Adds rows given one by one, for the small tables."""
        listed = list(rows)
        self.write(
            {name: pa.array([row.get(name) for row in listed], kind) for name, kind in self._fields},
            len(listed),
        )

    def close(self) -> None:
        if self._file is None:
            self.write_rows([])
        assert self._file is not None
        self._file.close()
