"""Published reports with chosen rows, without claims: what pages, downloads and `portal report` read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reports import store
from reports.catalog import REPORTS, Column
from reports.tables import ATTRIBUTION, ReportFacet, ReportRow, cell_names
from reports.words import fold

AS_OF = date(2026, 3, 25)
COMPLETE_THROUGH = date(2026, 2, 28)

_COMMON = {"pcp_number": "004100001", "pcp_name": "Diaz, Rosa", "gender": "F", "date_of_birth": "1980-05-17"}


def diabetic(number: int, **given: str) -> dict[str, str]:
    """A row of adult diabetes; every third has nothing Due, dates and ICM status repeat so that sorts meet ties."""
    row = {
        **_COMMON,
        "member_name": f"Member{number % 40:02d}, Ana",
        "client_id": f"{7_000_000 + number:09d}",
        "gender": "FM"[number % 2],
        "icm_status": ("", "ACTIVE", "", "CLOSED")[number % 4],
    }
    for key in ("hba1c", "ldl_c", "nephropathy", "retinal_exam"):
        row[f"{key}_date"] = f"2025-{number % 12 + 1:02d}-15" if number % 5 else ""
        row[f"{key}_due"] = "Due" if number % 3 else ""
    return {**row, **given}


def generated(slug: str, number: int, **given: str) -> dict[str, str]:
    """A row of any report, by the kinds of its columns: values repeat so that sorts meet ties, some cells are blank,
    and every seventh row has its sensitive cells withheld."""
    row = {column.key: _cell(column, number) for column in REPORTS[slug].columns}
    if "client_id" in row:
        row |= {
            **_COMMON,
            "member_name": f"Member{number % 40:02d}, Ana",
            "client_id": f"{7_000_000 + number:09d}",
        }
        row["icm_status"] = ("", "ACTIVE", "", "CLOSED")[number % 4]
    return {**row, **given}


def _cell(column: Column, number: int) -> str:
    if column.sensitive and number % 7 == 0:
        return "withheld"
    if number % 5 == 0 and column.kind not in ("count", "percent"):
        return ""
    made = {
        "date": f"2025-{number % 12 + 1:02d}-15",
        "due": "Due" if number % 3 else "",
        "flag": ("YES", "NO")[number % 2],
        "count": f"{number % 13:09d}",
        "percent": f"{number * 37 % 1001:04d}",
        "id": f"00{number % 30:07d}",
    }
    return made.get(column.kind, f"{column.label} {number % 11}")


Practices = Mapping[str, Sequence[Mapping[str, str]]]


def publish(slug: str, practices: Practices, name: str = "Elm Street") -> None:
    """Publish a report that holds these rows, by TIN, in the order given. The PCP's NPI is `npi`, else one for all."""
    store.publish(dict([drafted(slug, practices, name)]))


def publish_together(as_of: date, reports: Mapping[str, Practices], *, attribution: bool = True) -> None:
    """Publish these reports as one refresh does, with an (empty) attribution unless they are refreshed alone."""
    made = dict(drafted(slug, practices, as_of=as_of) for slug, practices in reports.items())
    store.publish(made | ({store.begin(ATTRIBUTION, as_of, None, ()): 0} if attribution else {}))


def drafted(
    slug: str, practices: Practices, name: str = "Elm Street", as_of: date = AS_OF
) -> tuple[store.Draft, int]:
    """Write such a report without publishing it; its draft and its number of rows."""
    report = REPORTS[slug]
    keys = [column.key for column in (*report.columns, *report.details)]
    cells = cell_names(keys)
    absent = [name for name in ("client_id", "icm") if name not in cells.values()]
    draft = store.begin(slug, as_of, COMPLETE_THROUGH, keys)
    due_keys = [column.key for column in report.columns if column.kind == "due"]
    rows, totals, due_totals, labels = [], Counter[Any](), Counter[Any](), {}
    for tin, listed in practices.items():
        for position, row in enumerate(listed):
            npi, any_due = row.get("npi", "1000000004"), any(row.get(key) for key in due_keys)
            values = [row.get(key, "") for key in keys]
            name_key = fold(row.get("member_name", ""))
            rows.append((draft.id, tin, position, npi, any_due, name_key, *values, *[""] * len(absent)))
            facets = [(tin, "practice", "", name)]
            if "pcp_name" in row:
                facets.append((tin, "pcp", npi, row["pcp_name"]))
            if row.get("icm_status"):
                facets.append((tin, "icm", row["icm_status"], row["icm_status"]))
            for *facet, label in facets:
                totals[tuple(facet)] += 1
                due_totals[tuple(facet)] += any_due
                labels[tuple(facet)] = label
    columns = ("snapshot_id", "tin", "position", "npi", "any_due", "name_key", *cells.values(), *absent)
    count = store.write(ReportRow, columns, [rows])
    facet_rows = [
        (draft.id, *facet, labels[facet], total, due_totals[facet]) for facet, total in totals.items()
    ]
    names: tuple[str, ...] = ("snapshot_id", "tin", "kind", "value", "label", "total", "due_total")
    store.write(ReportFacet, names, [facet_rows])
    return draft, count
