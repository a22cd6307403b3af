"""Report access: asking for it, what support decides, and its end after a year.

What an account may read is said by its tie to the practice (practices.PracticeAccess.report_access) alone, which every
request reads anew. Requests are what support works through; each is decided once, however many decide at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, IntegrityError, TextField

from webapp import clock
from webapp.config import Settings
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, database, transaction
from webapp.domain.mails import Mail
from webapp.domain.practice import access_mails
from webapp.domain.practice.practices import PracticeAccess, forget_leaving, practices_of

#: From the states of a tie, those in which its account may ask.
ASKABLE = ("none", "refused", "expired")
LONGEST_REASON = 500

_WORKER = Actor("worker", "")


class ReportAccessRequest(Table):
    """One account's request for the reports of one Tax ID.

    state: requested, approved, refused, or withdrawn (the account left the practice). role: what the person says to be
    there; the tie gets it with the approval. decision: the reason that support gave. open_key: set while it is
    undecided, so that there is one open request at most.
    """

    account = ForeignKeyField(Account, on_delete="CASCADE", backref="access_requests")
    tin = CharField(max_length=9, index=True)
    role = CharField(max_length=40)
    reason = TextField()
    state = CharField(max_length=10, index=True)
    asked_at = DateTimeField()
    decided_at = DateTimeField(null=True)
    decided_by = IntegerField(null=True)
    decision = TextField(default="")
    open_key = CharField(max_length=40, null=True, unique=True)

    class Meta:
        table_name = "report_access_request"


class NotYourPractice(Exception):
    """The account does not work for that Tax ID, or may not ask for it now."""


class NotSupport(Exception):
    """Only support decides."""


class ReasonMissing(Exception):
    """Support gives a reason with each decision; the practice reads it."""


class AlreadyDecided(Exception):
    """Somebody decided otherwise before; `request` says what."""

    def __init__(self, request: ReportAccessRequest) -> None:
        super().__init__(f"request {request.id} is {request.state}")
        self.request = request


@dataclass(frozen=True)
class Standing:
    """What an account may do about one of its practices. `ends_at`: when an approval ends (None: never, or there is
    none). `asked_at`: when the open request was made. `may_ask`: whether a request would be taken now."""

    tie: PracticeAccess
    asked_at: datetime | None
    ends_at: datetime | None
    may_ask: bool


def standings(account: Account, settings: Settings) -> list[Standing]:
    """The account's practices with what stands open, by Tax ID."""
    asked = {request.tin: request.asked_at for request in _open_requests(account)}
    found = []
    for tie in practices_of(account):
        ends_at = _end_of(tie, settings)
        due = tie.report_access == "approved" and ends_at and ends_at - _remind(settings) <= clock.now()
        may_ask = tie.tin not in asked and (tie.report_access in ASKABLE or bool(due))
        found.append(Standing(tie, asked.get(tie.tin), ends_at, may_ask))
    return found


def ask(
    account: Account, tins: Sequence[str], role: str, reason: str, actor: Actor, settings: Settings
) -> list[str]:
    """Ask for the reports of these Tax IDs; one mail says that it was taken. Returns those that are new: what was asked
    for already stays as it is. An approval that is near its end may be asked for anew and holds meanwhile.

    Raises NotYourPractice, noted in the audit log, where one is not the account's own; then nothing was asked.
    """
    known = {standing.tie.tin: standing for standing in standings(account, settings)}
    if strange := [tin for tin in tins if tin not in known]:
        audit.record(actor, "report-access-ask", "refused", detail=f"{len(strange)} TINs not the account's")
        raise NotYourPractice
    with transaction():
        new = [tin for tin in tins if known[tin].may_ask and _open(account, tin, role, reason)]
        for tin in new:
            _set_access(account.id, tin, "requested", where=ASKABLE)
            audit.record(actor, "report-access-ask", subject=f"account:{account.id}", detail=f"tin {tin}")
        if new:
            access_mails.send(access_mails.ASKED, account, new, settings)
    return new


def approve(request_id: int, reason: str, by: Actor, settings: Settings) -> ReportAccessRequest:
    """Let the account read the reports of the Tax ID, in the role that it asked with. Approving twice changes nothing.

    Raises NotSupport, ReasonMissing, or AlreadyDecided where somebody was first and decided otherwise.
    """
    with transaction():
        request, now = _decide(request_id, "approved", reason, by)
        if now:
            PracticeAccess.update(
                role=request.role,
                report_access="approved",
                changed_at=clock.now(),
                reason=request.decision,
                reminded_at=None,
            ).where(PracticeAccess.account == request.account_id, PracticeAccess.tin == request.tin).execute()
            forget_leaving(request.account, request.tin)
            _told(request, "approve", access_mails.APPROVED, by, settings)
    return request


def refuse(request_id: int, reason: str, by: Actor, settings: Settings) -> ReportAccessRequest:
    """Say no. A tie that is approved still, because its year is not over, stays so. Refusing twice changes nothing.

    Raises as `approve` does.
    """
    with transaction():
        request, now = _decide(request_id, "refused", reason, by)
        if now:
            _set_access(request.account_id, request.tin, "refused", request.decision, where=("requested",))
            _told(request, "refuse", access_mails.REFUSED, by, settings)
    return request


def revoke(account: Account, tin: str, reason: str, by: Actor, settings: Settings) -> bool:
    """End an approval at once; the practice reads the reason. Open requests for it are refused with it. Returns whether
    there was an approval to end. Raises NotSupport or ReasonMissing."""
    said = _support_says(reason, by)
    with transaction():
        ended = _set_access(account.id, tin, "refused", said, where=("approved",))
        if ended:
            for request in _open_requests(account, tin):
                _decide(request.id, "refused", said, by)
            subject = f"account:{account.id}"
            audit.record(by, "report-access-revoke", subject=subject, detail=f"tin {tin}")
            access_mails.send(access_mails.ENDED, account, [tin], settings)
    return ended


def withdraw(account: Account, tin: str) -> None:
    """Take the account's open request for a practice back, as it no longer works there."""
    (
        ReportAccessRequest.update(state="withdrawn", decided_at=clock.now(), open_key=None)
        .where(ReportAccessRequest.open_key == _key(account.id, tin))
        .execute()
    )


def expire_due(settings: Settings) -> int:
    """End the approvals that are a year old, and tell those whose end is near (both plan settings), each once. Returns
    how many ended. Safe to call by several workers at once, and often."""
    days = settings.plan["report_access"]["recertify_days"]
    if not days:
        return 0
    now = clock.now()
    over = now - timedelta(days=days)
    approved = PracticeAccess.report_access == "approved"
    near = PracticeAccess.changed_at <= over + _remind(settings)
    ties = PracticeAccess.select(PracticeAccess, Account).join(Account)
    unreminded = PracticeAccess.changed_at > over, PracticeAccess.reminded_at.is_null()
    for tie in list(ties.where(approved, near, *unreminded)):
        with transaction():
            first = PracticeAccess.update(reminded_at=now).where(
                PracticeAccess.id == tie.id, PracticeAccess.reminded_at.is_null()
            )
            if first.execute():
                end = tie.changed_at + timedelta(days=days)
                access_mails.send(access_mails.ENDS_SOON, tie.account, [tie.tin], settings, end)
    return sum(
        _expire(tie, over, settings) for tie in ties.where(approved, PracticeAccess.changed_at <= over)
    )


def _expire(tie: PracticeAccess, over: datetime, settings: Settings) -> bool:
    with transaction():
        waiting = _open_requests(tie.account, tie.tin)
        ended = (
            PracticeAccess.update(
                report_access="requested" if waiting else "expired", changed_at=clock.now(), reason=None
            )
            .where(
                PracticeAccess.id == tie.id,
                PracticeAccess.report_access == "approved",
                PracticeAccess.changed_at <= over,
            )
            .execute()
        )
        if ended:
            subject = f"account:{tie.account_id}"
            audit.record(_WORKER, "report-access-expire", subject=subject, detail=f"tin {tie.tin}")
            access_mails.send(access_mails.EXPIRED, tie.account, [tie.tin], settings)
    return bool(ended)


def _decide(request_id: int, state: str, reason: str, by: Actor) -> tuple[ReportAccessRequest, bool]:
    """Decide an open request by one conditional UPDATE; the request, and whether this call decided it."""
    said = _support_says(reason, by)
    decided = (
        ReportAccessRequest.update(
            state=state, decision=said, decided_at=clock.now(), decided_by=by.account_id, open_key=None
        )
        .where(ReportAccessRequest.id == request_id, ReportAccessRequest.state == "requested")
        .execute()
    )
    request = ReportAccessRequest.get_by_id(request_id)
    if request.state != state:
        raise AlreadyDecided(request)
    return request, bool(decided)


def _support_says(reason: str, by: Actor) -> str:
    if by.portal != "support":
        raise NotSupport
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def _set_access(
    account_id: int, tin: str, state: str, reason: str | None = None, *, where: Sequence[str]
) -> bool:
    changed = (
        PracticeAccess.update(report_access=state, changed_at=clock.now(), reason=reason)
        .where(
            PracticeAccess.account == account_id,
            PracticeAccess.tin == tin,
            PracticeAccess.report_access.in_(list(where)),
        )
        .execute()
    )
    return bool(changed)


def _open(account: Account, tin: str, role: str, reason: str) -> bool:
    """Make the request, unless one is open: of two browsers, one makes it."""
    try:
        with database.atomic():
            ReportAccessRequest.create(
                account=account,
                tin=tin,
                role=role,
                reason=reason,
                state="requested",
                asked_at=clock.now(),
                open_key=_key(account.id, tin),
            )
    except IntegrityError:
        return False
    return True


def _open_requests(account: Account, tin: str | None = None) -> list[ReportAccessRequest]:
    query = ReportAccessRequest.select().where(
        ReportAccessRequest.account == account, ReportAccessRequest.state == "requested"
    )
    return list(query.where(ReportAccessRequest.tin == tin) if tin else query)


def _told(request: ReportAccessRequest, verb: str, mail: Mail, by: Actor, settings: Settings) -> None:
    subject = f"account:{request.account_id}"
    audit.record(by, f"report-access-{verb}", subject=subject, detail=f"tin {request.tin}")
    access_mails.send(mail, request.account, [request.tin], settings)


def _end_of(tie: PracticeAccess, settings: Settings) -> datetime | None:
    days = settings.plan["report_access"]["recertify_days"]
    if not days or tie.report_access != "approved":
        return None
    end: datetime = tie.changed_at + timedelta(days=days)
    return end


def _remind(settings: Settings) -> timedelta:
    return timedelta(days=settings.plan["report_access"]["remind_days"])


def _key(account_id: int, tin: str) -> str:
    return f"{account_id}:{tin}"
