"""What an operator watches: what waits, for how long, and what is late. Numbers alone, of nobody in particular."""

from datetime import datetime, timedelta

from peewee import ModelSelect, fn

from webapp import clock
from webapp.config import Settings
from webapp.domain import audit_seal, facts
from webapp.domain.account.accounts import PORTALS, Account
from webapp.domain.account.sessions import Session
from webapp.domain.audit import AuditEntry
from webapp.domain.db import connected
from webapp.domain.member.lockouts import RECOVERY, REGISTRATION, waiting
from webapp.domain.operations import freshness, maintenance
from webapp.domain.outbox import OutboxMessage
from webapp.domain.support import work_queue

#: Name (after `portal_`), what it is, its label, and the values by label.
Reading = tuple[str, str, str, dict[str, float]]
WORKER_SEEN = "worker_seen_at"


def note_worker() -> None:
    """The worker is at work."""
    facts.keep_fact(WORKER_SEEN, f"{clock.now():%Y-%m-%d %H:%M:%S}")


def readings(settings: Settings) -> list[Reading]:
    """Everything, read now."""
    with connected():
        return [
            ("worker_seen_seconds", "Seconds since the worker last worked", "", _one(_worker_age())),
            ("outbox_waiting", "Mails not yet sent", "", _one(_unsent().count())),
            ("outbox_oldest_seconds", "Age of the oldest mail not yet sent", "", _one(_oldest_mail())),
            ("audit_unsealed", "Entries of the audit log without a seal", "", _one(_unsealed().count())),
            ("audit_unsealed_oldest_seconds", "Age of the oldest of them", "", _one(_oldest_unsealed())),
            ("work_waiting", "Work that waits for support, by kind", "kind", _work(settings, late=False)),
            ("work_over_target", "Work over its target time, by kind", "kind", _work(settings, late=True)),
            ("report_age_days", "Days since the day a report speaks of", "report", _ages(settings)),
            ("report_late", "Whether a report is older than the plan allows", "report", _late(settings)),
            ("sessions", "People signed in, by portal", "portal", _sessions(settings)),
            ("locks", "Locks that hold after wrong tries, by kind", "kind", _locks()),
            (
                "maintenance",
                "Whether the maintenance page is on",
                "",
                _one(maintenance.present() is not None),
            ),
        ]


def _one(value: float) -> dict[str, float]:
    return {"": float(value)}


def _seconds_since(moment: datetime | None) -> float:
    return max(0.0, (clock.now() - moment).total_seconds()) if moment else 0.0


def _worker_age() -> float:
    seen = facts.fact(WORKER_SEEN)
    return _seconds_since(datetime.fromisoformat(seen)) if seen else float("inf")


def _unsent() -> ModelSelect:
    return OutboxMessage.select().where(OutboxMessage.sent_at.is_null())


def _oldest_mail() -> float:
    oldest = OutboxMessage.select(OutboxMessage.created_at).where(OutboxMessage.sent_at.is_null())
    first = oldest.order_by(OutboxMessage.created_at).first()
    return _seconds_since(first.created_at if first else None)


def _unsealed() -> ModelSelect:
    sealed = audit_seal.AuditSeal.select(fn.MAX(audit_seal.AuditSeal.entry_id)).scalar() or 0
    # Seals follow the entries' order, but for the odd late one: what is above the highest is enough to watch.
    return AuditEntry.select().where(AuditEntry.id > sealed)


def _oldest_unsealed() -> float:
    first = _unsealed().order_by(AuditEntry.id).first()
    return _seconds_since(first.at if first else None)


def _work(settings: Settings, *, late: bool) -> dict[str, float]:
    return {
        kind.name: sum(item.is_over or not late for item in kind.waiting(settings.plan))
        for kind in work_queue.KINDS.values()
    }


def _ages(settings: Settings) -> dict[str, float]:
    return {age.slug: age.days for age in freshness.ages(settings.plan) if age.days is not None}


def _late(settings: Settings) -> dict[str, float]:
    return {age.slug: float(age.is_late) for age in freshness.ages(settings.plan)}


def _sessions(settings: Settings) -> dict[str, float]:
    idle = timedelta(minutes=settings.plan["session"]["idle_minutes"])
    rows = (
        Session.select(Account.portal, fn.COUNT(Session.token_hash))
        .join(Account)
        .where(Session.seen_at > clock.now() - idle)
        .group_by(Account.portal)
        .tuples()
    )
    return {**dict.fromkeys(PORTALS, 0.0), **dict(rows)}


def _locks() -> dict[str, float]:
    return {kind: len(waiting(kind)) for kind in (REGISTRATION, RECOVERY)}
