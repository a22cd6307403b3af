"""SQL that types and cleans the columns of an extract, and names what is wrong with a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from reports.layout import Column, Table
from reports.sources import quoted

#: Spellings of the code systems that can be read, without punctuation. `icd10pcs` on a diagnosis is a slip.
DIAGNOSIS_SYSTEMS = ("icd10cm", "icd10pcs", "icd10")
PROCEDURE_SYSTEMS = ("icd10pcs", "icd10cm", "icd10", "cpt", "hcpcs")

_TRUE = "('1', '1.0', 't', 'true', 'y', 'yes')"
_FALSE = "('0', '0.0', 'f', 'false', 'n', 'no')"
#: Dates that no report looks at are not checked.
_UNCHECKED_DATES = ("procedure_date_", "file_date")
_GENDERS = ("male", "m", "female", "f")
_SQL_TYPE = {
    "text": "VARCHAR", "date": "DATE", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "timestamp": "TIMESTAMP"
}  # fmt: skip
_MEMBER_TABLES = ("pcp_selection", "icm_status", "admission", "coverage")


def typed(table: Table, present: Mapping[str, str], *, trim: bool = True) -> str:
    """The select list that gives each layout column its type and its clean value.

    `present` maps the columns that the file has to their SQL types. `trim` is left out for large files, whose
    codes are compared by their distinct spellings instead (`services.py`).
    """
    return ", ".join(f"{_clean(column, present, trim)} AS {column.name}" for column in table.columns)


def _clean(column: Column, present: Mapping[str, str], trim: bool) -> str:
    name, type_ = column.name, present.get(column.name)
    if type_ is None:
        return f"CAST(NULL AS {_SQL_TYPE[column.type]})"
    text = name if type_ == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    if column.type == "text":
        value = f"nullif(trim({text}), '')" if trim else text
        if name == "gender":
            return " ".join(
                ["CASE", *(f"WHEN lower({value}) = '{w}' THEN '{w[0].upper()}'" for w in _GENDERS), "END"]
            )
        if name == "dual_status_code":
            bare = f"regexp_replace({value}, '\\.0+$', '')"
            return f"CASE WHEN length({bare}) = 1 THEN '0' || {bare} ELSE {bare} END"
        return value
    if type_.startswith(_SQL_TYPE[column.type]) and column.type != "timestamp":
        return name
    if column.type == "bool":
        return f"CASE WHEN lower({text}) IN {_TRUE} THEN true WHEN lower({text}) IN {_FALSE} THEN false END"
    if column.type == "date" and type_ == "VARCHAR":
        return (
            f"coalesce(try_cast({name} AS DATE), CAST(try_strptime({name}, ['%m/%d/%Y', '%Y%m%d']) AS DATE))"
        )
    if column.type == "date" and not type_.startswith("TIMESTAMP"):
        return f"CAST(try_strptime({text}, '%Y%m%d') AS DATE)"
    return f"try_cast({name} AS {_SQL_TYPE[column.type]})"


def fault(
    table: Table,
    present: Mapping[str, str],
    *,
    members_known: bool,
    unknown_systems: Mapping[str, list[str]] | None = None,
) -> str:
    """An SQL expression: what is wrong with the row, or NULL. The first fault is the one named."""
    cases = list(_faults(table, present, members_known, unknown_systems or {}))
    if not cases:
        return "CAST(NULL AS VARCHAR)"
    return (
        "CASE " + " ".join(f"WHEN {condition} THEN {quoted(reason)}" for condition, reason in cases) + " END"
    )


def _faults(
    table: Table, present: Mapping[str, str], members_known: bool, unknown_systems: Mapping[str, list[str]]
) -> Iterator[tuple[str, str]]:
    name = table.name
    if name in ("medical_claim", "pharmacy_claim"):
        yield _blank("person_id"), "claim without a person"
    for never_blank, reason in _NEVER_BLANK.get(name, ()):
        if never_blank in present:
            yield _blank(never_blank), reason
    for column in table.columns:
        if column.type == "text" or column.name not in present or column.name.startswith(_UNCHECKED_DATES):
            continue
        cleaned = _clean(column, present, trim=True)
        if cleaned != column.name and column.type != "timestamp":
            kind = {"date": "bad date", "bool": "neither yes nor no"}.get(column.type, "not a number")
            yield f"NOT ({_blank(column.name)}) AND ({cleaned}) IS NULL", f"{kind} in {column.name}"
    value = {c.name: _clean(c, present, trim=True) for c in table.columns}
    if name == "eligibility":
        yield f"year({value['birth_date']}) NOT BETWEEN 1880 AND 2200", "bad date in birth_date"
        yield f"{value['enrollment_start_date']} IS NULL", "no enrollment start date"
        yield (
            f"{value['enrollment_end_date']} < {value['enrollment_start_date']}",
            "bad date: enrollment ends before it starts",
        )
    if name == "medical_claim":
        yield (
            f"coalesce({value['claim_line_start_date']}, {value['claim_start_date']}) IS NULL",
            "bad date: no date of service",
        )
    if name == "pharmacy_claim":
        yield f"{value['dispensing_date']} IS NULL", "bad date: no dispensing date"
    for column_name, spellings in unknown_systems.items():
        listed = ", ".join(quoted(spelling) for spelling in spellings)
        yield f"CAST({column_name} AS VARCHAR) IN ({listed})", f"unknown code system in {column_name}"
    if members_known:
        key = "member_id" if name in _MEMBER_TABLES else "person_id" if name.endswith("_claim") else None
        if key:
            clean_key = (
                f"trim(CAST({key} AS VARCHAR))" if present[key] != "VARCHAR" or key == "member_id" else key
            )
            yield (
                f"{clean_key} NOT IN (SELECT {key} FROM checked_eligibility WHERE fault IS NULL)",
                "member not in eligibility",
            )


_NEVER_BLANK: dict[str, tuple[tuple[str, str], ...]] = {
    "eligibility": (("member_id", "row without a member ID"), ("person_id", "row without a person")),
    "provider": (("npi", "provider without an NPI"), ("tin", "provider without a TIN")),
    "pcp_selection": (
        ("member_id", "row without a member ID"),
        ("npi", "selection without an NPI"),
        ("selected_on", "bad date: no date of selection"),
    ),
    "icm_status": (("member_id", "row without a member ID"),),
    "admission": (
        ("member_id", "row without a member ID"),
        ("admission_date", "bad date: no admission date"),
    ),
    "coverage": (("member_id", "row without a member ID"),),
    "ndc": (("ndc", "row without an NDC"),),
    "existing_account": (("username", "account without a username"),),
    "member_account": (("username", "account without a username"),),
}


def _blank(column: str) -> str:
    return f"{column} IS NULL OR trim(CAST({column} AS VARCHAR)) = ''"


def unknown_systems(
    con: duckdb.DuckDBPyConnection, table: Table, present: Mapping[str, str]
) -> dict[str, list[str]]:
    """The spellings of code systems in the file that cannot be read, by column."""
    found: dict[str, list[str]] = {}
    for column, known in (
        ("diagnosis_code_type", DIAGNOSIS_SYSTEMS),
        ("procedure_code_type", PROCEDURE_SYSTEMS),
    ):
        if table.name == "medical_claim" and column in present:
            rows = con.execute(f"SELECT DISTINCT CAST({column} AS VARCHAR) FROM raw_{table.name}").fetchall()
            unknown = [text for (text,) in rows if text and text.strip() and _bare(text) not in known]
            if unknown:
                found[column] = sorted(unknown)
    return found


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def repeated(table: Table) -> Iterator[str]:
    """Statements that name, in `checked_<table>`, the rows that repeat or contradict an earlier row."""
    checked = f"checked_{table.name}"
    if table.name == "eligibility":
        # Only members with a doubtful span are compared row by row; most have none.
        yield f"""
            CREATE TEMP TABLE doubtful AS
            SELECT c.row_number, c.member_id, c.person_id, c.birth_date, c.gender, c.plan,
                   c.enrollment_start_date AS starts, coalesce(c.enrollment_end_date, DATE '9999-12-31') AS ends
            FROM {checked} c WHERE fault IS NULL AND member_id IN (
                SELECT member_id FROM {checked} WHERE fault IS NULL GROUP BY member_id
                HAVING count(*) > 1 AND (count(*) > count(DISTINCT enrollment_start_date)
                    OR min(person_id) <> max(person_id) OR min(birth_date) <> max(birth_date)
                    OR min(gender) <> max(gender)))"""
        yield f"""
            UPDATE {checked} SET fault = 'member twice: overlaps an earlier row that says otherwise'
            WHERE row_number IN (
                SELECT later.row_number FROM doubtful later JOIN doubtful earlier
                ON later.member_id = earlier.member_id AND later.row_number > earlier.row_number
                AND later.starts <= earlier.ends AND earlier.starts <= later.ends
                WHERE later.person_id <> earlier.person_id OR later.birth_date <> earlier.birth_date
                OR later.gender <> earlier.gender OR later.starts = earlier.starts)"""
        yield "DROP TABLE doubtful"
        return
    unique = {"provider": "npi, tin", "icm_status": "member_id", "coverage": "member_id"}.get(table.name)
    if unique:
        what = "provider" if table.name == "provider" else "member"
        yield f"""
            UPDATE {checked} SET fault = '{what} twice' WHERE row_number IN (
                SELECT row_number FROM {checked} WHERE fault IS NULL
                QUALIFY row_number() OVER (PARTITION BY {unique} ORDER BY row_number) > 1)"""


#: Columns whose emptiness changes what the reports can say.
_WATCHED = {
    "eligibility": ("subscriber_id", "first_name", "last_name", "gender", "plan"),
    "medical_claim": (
        "paid_date", "rendering_npi", "rendering_tin", "billing_npi", "billing_tin", "facility_npi", "bill_type_code"
    ),
    "pharmacy_claim": ("paid_date", "ndc_code"),
}  # fmt: skip
_MEANING = {
    "subscriber_id": "each such member is a household of one",
    "rendering_tin": "the billing TIN or the directory's is used",
    "billing_tin": "the directory's is used",
    "rendering_npi": "the billing NPI is used",
}


def notices(con: duckdb.DuckDBPyConnection, table: Table, present: frozenset[str]) -> Iterator[str]:
    """What a plan should know about the table: columns that are empty, slips that were put right."""
    watched = [name for name in _WATCHED.get(table.name, ()) if name in present]
    for name in _WATCHED.get(table.name, ()):
        if name not in present:
            yield _with_meaning(name, f"column {name} is missing")
    slips: list[tuple[str, str]] = []
    relation = f"raw_{table.name}"
    if table.name == "eligibility" and "dual_status_code" in present:
        slips.append(
            (
                "regexp_matches(CAST(dual_status_code AS VARCHAR), '^[0-9](\\.0+)?$')",
                "dual status codes such as 2.0 were read as 02 in {count:,} rows",
            )
        )
    if table.name == "medical_claim" and "diagnosis_code_type" in present:
        slips.append(
            (
                "regexp_replace(lower(CAST(diagnosis_code_type AS VARCHAR)), '[^a-z0-9]', '', 'g') = 'icd10pcs'",
                "diagnoses typed icd-10-pcs were read as ICD-10-CM in {count:,} rows",
            )
        )
        slips.append(
            (
                "diagnosis_code_type IS NULL AND diagnosis_code_1 IS NOT NULL",
                "diagnoses without a code system were read as ICD-10-CM in {count:,} rows",
            )
        )
    counts = [
        f"count(nullif(trim(CAST({name} AS VARCHAR)), ''))" if name in _TEXTS else f"count({name})"
        for name in watched
    ]
    counts += [f"count(*) FILTER (WHERE {condition})" for condition, _ in slips]
    if not counts:
        return
    total, *found = con.execute(f"SELECT count(*), {', '.join(counts)} FROM {relation}").fetchone() or (0,)
    for name, filled in zip(watched, found, strict=False):
        if filled == 0 and total:
            yield _with_meaning(name, f"{name} is empty in all {total:,} rows")
        elif name == "subscriber_id" and filled < total:
            yield _with_meaning(name, f"{name} is empty in {total - filled:,} rows")
    for (_, message), count in zip(slips, found[len(watched) :], strict=True):
        if count:
            yield message.format(count=count)


_TEXTS = ("subscriber_id", "first_name", "last_name", "rendering_npi", "rendering_tin", "billing_npi", "billing_tin",
          "facility_npi", "bill_type_code", "ndc_code", "plan")  # fmt: skip


def _with_meaning(name: str, message: str) -> str:
    return f"{message}; {_MEANING[name]}" if name in _MEANING else message
