"""Mistakes in the provider directory that people report: from the provider's page, without signing in.

A report names a provider and what is wrong, never who reports. Support works through the open ones.
"""

from collections.abc import Sequence
from datetime import timedelta

from peewee import AutoField, CharField, DateTimeField, IntegerField, TextField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, throttle
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction

#: What can be wrong, by its key in the table.
KINDS = {
    "address": N_("The address is wrong"),
    "telephone": N_("The telephone number is wrong or nobody answers"),
    "not-there": N_("The provider does not work there"),
    "not-accepting": N_("The office takes no new patients"),
    "plan-not-taken": N_("The office does not take HUSKY Health"),
    "language": N_("The languages are wrong"),
    "other": N_("Something else"),
}
OPEN, MENDED, DISMISSED = "open", "mended", "dismissed"
LONGEST_TEXT = 1_000


class DirectoryReport(Table):
    """One report. `kinds`: keys of KINDS, with spaces between; `practice`: which of the provider's places."""

    id = AutoField()
    npi = CharField(max_length=20)
    practice = TextField()
    kinds = CharField(max_length=200)
    text = TextField()
    status = CharField(max_length=10, default=OPEN)
    reported_at = DateTimeField()
    closed_at = DateTimeField(null=True)
    closed_by = IntegerField(null=True)  # an account of support
    note = TextField(default="")

    class Meta:
        table_name = "directory_report"
        indexes = ((("status", "reported_at"), False), (("npi", "status"), False))


def report(
    npi: str, practice: str, kinds: Sequence[str], text: str, actor: Actor, plan: Plan, secret_key: str
) -> None:
    """Keep a report. The same words about the same place, still open, are kept once.

    Raises throttle.Locked after too many from one network address ([directory] reports_in_a_row; opens again after
    reports_minutes).
    """
    rules = plan["directory"]
    key = throttle.key_of(secret_key, "directory-report", actor.address)
    throttle.take_counted_try(key, rules["reports_in_a_row"], timedelta(minutes=rules["reports_minutes"]))
    same = {
        "npi": npi,
        "practice": practice,
        "kinds": " ".join(kind for kind in KINDS if kind in kinds),
        "text": clean(text),
        "status": OPEN,
    }
    with transaction():
        wanted = [getattr(DirectoryReport, name) == value for name, value in same.items()]
        if not DirectoryReport.select().where(*wanted).exists():
            DirectoryReport.create(**same, reported_at=clock.now())
        audit.record(actor, "directory-report", subject=f"provider:{npi}"[:120])


def open_reports(limit: int = 50) -> list[DirectoryReport]:
    """The open ones, the oldest first: what support works through."""
    rows = DirectoryReport.select().where(DirectoryReport.status == OPEN)
    oldest = rows.order_by(DirectoryReport.reported_at, DirectoryReport.id)
    return list(oldest.limit(limit))


def close(number: int, outcome: str, note: str, actor: Actor) -> bool:
    """Support is done with a report: `outcome` is MENDED or DISMISSED. Returns False where it was closed before."""
    if outcome not in (MENDED, DISMISSED):
        raise ValueError(outcome)
    with transaction():
        changed = (
            DirectoryReport.update(
                status=outcome, closed_at=clock.now(), closed_by=actor.account_id, note=clean(note)
            )
            .where(DirectoryReport.id == number, DirectoryReport.status == OPEN)
            .execute()
        )
        if changed:
            audit.record(actor, "directory-report-closed", subject=f"directory-report:{number}")
    return bool(changed)


def clean(text: str) -> str:
    """What a database keeps: no unprintable characters but line ends, not overlong."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable())
    return kept.strip()[:LONGEST_TEXT]
