"""Who downloaded which report, read from the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.catalog import REPORTS, Report
from reports.words import N_
from webapp.domain.account.accounts import Account
from webapp.domain.audit import AuditEntry
from webapp.domain.reporting.report_pages import View

ACTION = "download"

#: The form of what is printed, which takes as many rows out of the portal as a file.
ON_PAPER = "page"
#: How people are told in which form rows were taken, by what is stored of it.
FORMS = {"csv": "CSV", "xlsx": "XLSX", ON_PAPER: N_("On paper")}


@dataclass(frozen=True)
class Download:
    """One download: when (UTC), by whom, of which report and Tax ID, in which form, how many rows, and the ID that
    stands in the file. Entries from before the ID was noted have none."""

    at: datetime
    person: str
    report: Report
    tin: str
    form: str
    rows: int
    report_id: str


def detail(form: str, view: View) -> str:
    """What the audit log keeps of a download: "csv, 120 rows, adult-diabetes-2026-03-25-7"."""
    return f"{form}, {view.total} rows, {view.report_id}"


def of_practices(tins: Sequence[str], page: int, per_page: int) -> tuple[list[Download], int]:
    """A page (from 1) of the downloads of these practices' reports, newest first, and how many there are in all. People
    who have left are among them."""
    subjects = [f"report:{slug}:{tin}" for slug in REPORTS for tin in tins]
    mine = AuditEntry.select().where(
        AuditEntry.action == ACTION, AuditEntry.outcome == "done", AuditEntry.subject.in_(subjects)
    )
    entries = list(mine.order_by(AuditEntry.id.desc()).paginate(page, per_page))
    ids = {entry.account_id for entry in entries}
    people = {
        account.id: f"{account.first_name} {account.last_name}"
        for account in Account.select().where(Account.id.in_(ids))
    }
    return [_download(entry, people.get(entry.account_id, "")) for entry in entries], mine.count()


def _download(entry: AuditEntry, person: str) -> Download:
    _report, slug, tin = entry.subject.split(":")
    form, rows, *rest = entry.detail.split(", ")
    return Download(entry.at, person, REPORTS[slug], tin, form, int(rows.split()[0]), rest[0] if rest else "")
