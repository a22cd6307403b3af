"""SQL that types and cleans the small tables of an extract, and names what is wrong with a row.

Small tables (all but the claims, which `claim_checks.py` looks over) are read and checked in DuckDB, whichever engine
computes the reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from reports.layout import Column, Table
from reports.sources import quoted

_TRUE = "('1', '1.0', 't', 'true', 'y', 'yes')"
_FALSE = "('0', '0.0', 'f', 'false', 'n', 'no')"
#: A date that no report looks at is not checked.
_UNCHECKED_DATE = "file_date"
_GENDERS = ("male", "m", "female", "f")
_SQL_TYPE = {
    "text": "VARCHAR", "date": "DATE", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "timestamp": "TIMESTAMP"
}  # fmt: skip
_MEMBER_TABLES = ("pcp_selection", "icm_status", "admission", "coverage")


def typed(table: Table, present: Mapping[str, str]) -> str:
    """The select list that gives each layout column its type and its clean value.

    `present` maps the columns that the file has to their SQL types.
    """
    return ", ".join(f"{_clean(column, present)} AS {column.name}" for column in table.columns)


def _clean(column: Column, present: Mapping[str, str]) -> str:
    name, type_ = column.name, present.get(column.name)
    if type_ is None:
        return f"CAST(NULL AS {_SQL_TYPE[column.type]})"
    text = name if type_ == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    if column.type == "text":
        value = f"nullif(trim({text}), '')"
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


def fault(table: Table, present: Mapping[str, str], *, members_known: bool) -> str:
    """An SQL expression: what is wrong with the row, or NULL. The first fault is the one named."""
    cases = list(_faults(table, present, members_known))
    if not cases:
        return "CAST(NULL AS VARCHAR)"
    return (
        "CASE " + " ".join(f"WHEN {condition} THEN {quoted(reason)}" for condition, reason in cases) + " END"
    )


def _faults(table: Table, present: Mapping[str, str], members_known: bool) -> Iterator[tuple[str, str]]:
    name = table.name
    for never_blank, reason in _NEVER_BLANK.get(name, ()):
        if never_blank in present:
            yield _blank(never_blank), reason
    for column in table.columns:
        if column.type == "text" or column.name not in present or column.name == _UNCHECKED_DATE:
            continue
        cleaned = _clean(column, present)
        if cleaned != column.name and column.type != "timestamp":
            kind = {"date": "bad date", "bool": "neither yes nor no"}.get(column.type, "not a number")
            yield f"NOT ({_blank(column.name)}) AND ({cleaned}) IS NULL", f"{kind} in {column.name}"
    value = {c.name: _clean(c, present) for c in table.columns}
    if name == "eligibility":
        yield f"year({value['birth_date']}) NOT BETWEEN 1880 AND 2200", "bad date in birth_date"
        yield f"{value['enrollment_start_date']} IS NULL", "no enrollment start date"
        yield (
            f"{value['enrollment_end_date']} < {value['enrollment_start_date']}",
            "bad date: enrollment ends before it starts",
        )
    if members_known and name in _MEMBER_TABLES:
        yield (
            "trim(CAST(member_id AS VARCHAR)) NOT IN (SELECT member_id FROM eligibility)",
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


def repeated(table: Table) -> Iterator[str]:
    """Statements that add to `faulty_<table>` the rows that repeat or contradict an earlier row."""
    keys = ", ".join(table.key)
    sound = f"(SELECT * FROM typed_{table.name} WHERE row_number NOT IN (SELECT row_number FROM faulty_{table.name}))"
    if table.name == "eligibility":
        # Only members with a doubtful span are compared row by row; most have one span, or agree.
        yield f"""
            CREATE TEMP TABLE several AS
            SELECT member_id FROM {sound} GROUP BY member_id HAVING count(*) > 1"""
        yield f"""
            CREATE TEMP TABLE doubtful AS
            SELECT row_number, member_id, person_id, birth_date, gender, enrollment_start_date AS starts,
                   coalesce(enrollment_end_date, DATE '9999-12-31') AS ends
            FROM {sound} WHERE member_id IN (SELECT member_id FROM several)"""
        yield f"""
            INSERT INTO faulty_{table.name} (row_number, {keys}, fault)
            SELECT DISTINCT later.row_number, later.member_id, later.starts,
                   'member twice: overlaps an earlier row that says otherwise'
            FROM doubtful later JOIN doubtful earlier
            ON later.member_id = earlier.member_id AND later.row_number > earlier.row_number
            AND later.starts <= earlier.ends AND earlier.starts <= later.ends
            WHERE later.person_id <> earlier.person_id OR later.birth_date <> earlier.birth_date
            OR later.gender <> earlier.gender OR later.starts = earlier.starts"""
        yield "DROP TABLE several"
        yield "DROP TABLE doubtful"
        return
    unique = {"provider": "npi, tin", "icm_status": "member_id", "coverage": "member_id"}.get(table.name)
    if unique:
        what = "provider" if table.name == "provider" else "member"
        yield f"""
            INSERT INTO faulty_{table.name} (row_number, {keys}, fault)
            SELECT row_number, {keys}, '{what} twice' FROM {sound}
            QUALIFY row_number() OVER (PARTITION BY {unique} ORDER BY row_number) > 1"""


#: Columns whose emptiness changes what the reports can say.
_WATCHED = ("subscriber_id", "first_name", "last_name", "gender", "plan")
_MEANING = {"subscriber_id": "each such member is a household of one"}


def notices(con: duckdb.DuckDBPyConnection, table: Table, present: Mapping[str, str]) -> Iterator[str]:
    """What a plan should know about eligibility: columns that are empty, slips that were put right."""
    if table.name != "eligibility":
        return
    watched = [name for name in _WATCHED if name in present]
    for name in _WATCHED:
        if name not in present:
            yield _with_meaning(name, f"column {name} is missing")
    slip = "false"
    if "dual_status_code" in present:
        slip = "regexp_matches(CAST(dual_status_code AS VARCHAR), '^[0-9](\\.0+)?$')"
    counts = [f"count(nullif(trim(CAST({name} AS VARCHAR)), ''))" for name in watched]
    total, slips, *found = con.execute(
        f"SELECT {', '.join(['count(*)', f'count(*) FILTER (WHERE {slip})', *counts])} FROM raw_{table.name}"
    ).fetchone() or (0, 0)
    for name, filled in zip(watched, found, strict=False):
        if filled == 0 and total:
            yield _with_meaning(name, f"{name} is empty in all {total:,} rows")
        elif name == "subscriber_id" and filled < total:
            yield _with_meaning(name, f"{name} is empty in {total - filled:,} rows")
    if slips:
        yield f"dual status codes such as 2.0 were read as 02 in {slips:,} rows"


def _with_meaning(name: str, message: str) -> str:
    return f"{message}; {_MEANING[name]}" if name in _MEANING else message
