"""Events made straight from a small extract, without members, practices or consents."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from reports.codes import read_codes
from reports.definition import Rows
from reports.events import EVENTS, Sources
from reports.extract import open_extract
from reports.reversals import reversals, survey
from tests.unit.reports.plan_extract import AS_OF, PlanExtract

_TABLES = ("eligibility", "medical_claim", "provider", "admission")


def events(extract: PlanExtract, kind: Rows, as_of: date = AS_OF, **options: Any) -> list[dict[str, Any]]:
    """The events of a kind, by person and day. `options` as `told` takes them."""
    return told(extract.write(), kind, as_of, **options)[0]


def told(
    folder: Path,
    kind: Rows,
    as_of: date = AS_OF,
    *,
    flags: dict[str, int] | None = None,
    last_dates: Iterable[tuple[str, str, date]] = (),
    **given: Any,
) -> tuple[list[dict[str, Any]], list[str], str]:
    """The events, what was noticed, and the query for Spark. `flags` by claim; other options are of Sources."""
    noticed: list[str] = []
    with open_extract(folder, _TABLES) as opened:

        def keep(name: str, table: ibis.Table | pa.Table) -> ibis.Table:
            return opened.con.create_table(name, table, overwrite=True)

        claims = opened.table("medical_claim")
        if isinstance(given.get("admissions"), pa.Table):
            given["admissions"] = keep("portal_admissions", given["admissions"])
        marked = flags or {}
        people, concepts, days = zip(*last_dates, strict=True) if last_dates else ((), (), ())
        sources = Sources(
            extract=opened,
            claims=claims,
            reversals=reversals(claims, survey(claims, as_of), keep),
            providers=opened.table("provider"),
            as_of=as_of,
            codes=read_codes(),
            keep=keep,
            flags=keep(
                "claim_flags",
                pa.table(
                    {
                        "claim_id": pa.array(list(marked), pa.string()),
                        "flags": pa.array(list(marked.values()), pa.int8()),
                    }
                ),
            ),
            last_dates=keep(
                "last_dates",
                pa.table(
                    {
                        "person_id": pa.array(people, pa.string()),
                        "concept": pa.array(concepts, pa.string()),
                        "last_date": pa.array(days, pa.date32()),
                    }
                ),
            ),
            notice=lambda table, message: noticed.append(f"{table}: {message}"),
            **given,
        )
        found = EVENTS[kind](sources)
        rows = found.to_pyarrow().to_pylist()
        spark = str(ibis.to_sql(found, dialect="pyspark"))
    day = "visit_date" if kind == "ed_visits" else "admission_date"
    return sorted(rows, key=lambda row: (row.get("person_id") or row["client_id"], row[day])), noticed, spark
