"""The reports there are, in the order of the drop-down. A file in `definitions/` that holds `REPORT` is one."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from reports import definitions
from reports.definition import Column, Report
from reports.words import N_

__all__ = ["GROUPS", "REPORTS", "Column", "Report", "in_group"]

#: Groups of the drop-down in order, with their headings (guide 003, "Available Secure Provider Portal Reports").
GROUPS: dict[str, str] = {
    "gaps": N_("Gaps in Care Reports"),
    "utilization": N_("Utilization Reports"),
    "panel": N_("Panel Reports"),
    "overview": N_("Overview"),
}


def _find() -> dict[str, Report]:
    found: list[Report] = [
        import_module(f"{definitions.__name__}.{module.name}").REPORT
        for module in iter_modules(definitions.__path__)
    ]
    places = list(GROUPS)
    found.sort(key=lambda report: (places.index(report.group), report.order, report.slug))
    return {report.slug: report for report in found}


REPORTS: dict[str, Report] = _find()


def in_group(group: str) -> tuple[Report, ...]:
    """The reports of one group, in order."""
    return tuple(report for report in REPORTS.values() if report.group == group)
