"""The download guard: how many rows of reports an account may take out of the portal in a day.

Stolen credentials must not empty a practice's panel unseen. A day has a budget of rows, in proportion to what the
account may read; beyond it a fresh code from a mail is asked for. A device that the account did not use before has a
smaller budget. The practice's Office Managers are told the same day, and support can hold an account's downloads.
"""

import ipaddress
import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peewee import BooleanField, CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, TextField

from webapp import clock
from webapp.config import Plan, Settings
from webapp.domain import audit, throttle
from webapp.domain.account import passwords
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import Table, transaction
from webapp.domain.practice import access_mails, practices, team
from webapp.domain.reporting import download_mails, downloads, report_pages
from webapp.domain.reporting.report_pages import View

#: A device is new until the account has signed in from it this long ago.
NEW_FOR = timedelta(days=1)
#: The second of two taps comes this soon after the first.
SECOND_TAP = timedelta(seconds=30)
#: Letters and digits that are read out on the telephone without mistakes: no 0 and o, no 1, i and l.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_MARK = 7


class DownloadDay(Table):
    """What an account downloaded on a day (the plan's calendar). passed_at: when more than the budget was asked for
    first; told_at: when the Office Managers were told. After a code, the sign-in session whose key is `code_session`
    may go on until `code_rows` rows of the day; code_mark, code_at: a keyed hash of the code, and when it came."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    day = DateField(index=True)
    rows = IntegerField(default=0)
    passed_at = DateTimeField(null=True, index=True)
    told_at = DateTimeField(null=True)
    code_session = CharField(max_length=64, default="")
    code_mark = CharField(max_length=64, default="")
    code_at = DateTimeField(null=True)
    code_rows = IntegerField(default=0)

    class Meta:
        table_name = "download_day"
        indexes = ((("account", "day"), True),)


class ReportDownload(Table):
    """One file that was sent, found by the report ID that stands in it. The audit log has it too, and for ever."""

    report_id = CharField(max_length=100, unique=True)
    at = DateTimeField(index=True)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    slug = CharField(max_length=60)
    tin = CharField(max_length=9, index=True)
    form = CharField(max_length=4)
    rows = IntegerField()
    new_device = BooleanField()

    class Meta:
        table_name = "report_download"


class DownloadHold(Table):
    """An account that may download nothing until support releases it. held_by: the account of the member of staff."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    reason = TextField()
    held_at = DateTimeField(index=True)
    held_by = IntegerField()

    class Meta:
        table_name = "download_hold"


class Held(Exception):
    """Support holds the account's downloads."""


class CodeNeeded(Exception):
    """The file would pass the budget of the day: a fresh code first."""


@dataclass(frozen=True)
class Budgets:
    """Rows a day: from a device that the account uses, and from a new one."""

    usual: int
    new_device: int


@dataclass(frozen=True)
class Downloader:
    """Who downloads: the account, the key of its sign-in session, and the browser in two words (devices.py)."""

    account: Account
    session_key: str
    device: str
    actor: Actor


def budgets(account: Account, plan: Plan) -> Budgets:
    """The account's budgets: in proportion to the rows of all reports that it may read, and never below a floor."""
    rules = plan["downloads"]
    figures = report_pages.figures(practices.reportable_tins(account))
    panel = sum(figure.total for listed in figures.values() for figure in listed)
    return Budgets(
        max(rules["least_rows"], math.ceil(panel * rules["panel_times"])),
        max(rules["new_device_least_rows"], math.ceil(panel * rules["new_device_panel_times"])),
    )


def take(who: Downloader, view: View, form: str, settings: Settings) -> View:
    """Count a file's rows before it is written, and return the view with the report ID of this one download.

    Raises Held or CodeNeeded; then nothing was counted. Office Managers are told by mail, once a day and account, when
    a budget was passed or a new device was used.
    """
    is_new = is_new_device(who)
    allowed = budgets(who.account, settings.plan)
    subject = f"report:{view.report.slug}:{view.tin}"
    made = replace(view, copy=_mark())
    with transaction():
        counted = _count(who, view.total, allowed.new_device if is_new else allowed.usual)
        held = not counted and hold_of(who.account) is not None
        if counted:
            _keep(who, made, form, is_new)
            audit.record(who.actor, downloads.ACTION, subject=subject, detail=downloads.detail(form, made))
        else:
            why = "held" if held else "budget"
            audit.record(who.actor, downloads.ACTION, "refused", subject=subject, detail=why)
        if not counted and not held:
            _note_passed(who.account)
        if not held and (is_new or not counted):
            _tell_managers(who.account, settings)
    if counted:
        return made
    raise Held if held else CodeNeeded


def is_new_device(who: Downloader) -> bool:
    """Whether the account never signed in a day ago or earlier with this kind of browser from this network. An account
    that has no sign-ins of that age has nothing to compare with."""
    earlier = (
        AuditEntry.select(AuditEntry.address, AuditEntry.detail)
        .where(
            AuditEntry.account_id == who.account.id,
            AuditEntry.action == "sign-in",
            AuditEntry.outcome == "done",
            AuditEntry.at <= clock.now() - NEW_FOR,
        )
        .distinct()
    )
    known = {(_network(address), device) for address, device in earlier.tuples()}
    return bool(known) and (_network(who.actor.address), who.device) not in known


def take_code(who: Downloader, typed: str, plan: Plan, secret_key: str) -> bool:
    """Whether a code is right; then this sign-in session has another whole budget on this day. The second of two taps
    is told the same as the first, and is given nothing more."""
    mark = throttle.key_of(secret_key, "download-code-mark", who.session_key, typed)
    if _is_second_tap(who, mark):
        return True
    more = budgets(who.account, plan).usual
    given = {"code_session": who.session_key, "code_mark": mark, "code_at": clock.now()}
    with transaction():  # a second tap at the same moment waits here, and is then seen as one
        right = download_mails.is_right(who.account, who.session_key, typed, who.actor, plan, secret_key)
        if right:
            mine = DownloadDay.id == _day(who.account).id
            DownloadDay.update(**given, code_rows=DownloadDay.rows + more).where(mine).execute()
    return right or _is_second_tap(who, mark)


def _is_second_tap(who: Downloader, mark: str) -> bool:
    day = _day(who.account)
    recent = day.code_at is not None and clock.now() - day.code_at <= SECOND_TAP
    return recent and day.code_session == who.session_key and passwords.same(day.code_mark, mark)


# --- holds ---


def hold_of(account: Account) -> DownloadHold | None:
    """The account's hold, if support holds its downloads."""
    return DownloadHold.get_or_none(DownloadHold.account == account)


def hold(account: Account, reason: str, actor: Actor) -> bool:
    """Let the account download nothing, at once. False where it was held before."""
    with transaction():
        made = DownloadHold.insert(
            account=account, reason=reason, held_at=clock.now(), held_by=actor.account_id
        ).on_conflict_ignore()
        before = hold_of(account)
        made.execute()
        if before is None:
            audit.record(actor, "download-hold", subject=f"account:{account.id}", detail=reason)
    return before is None


def release(account: Account, reason: str, actor: Actor) -> bool:
    """Let a held account download again. False where it was not held."""
    with transaction():
        ended = DownloadHold.delete().where(DownloadHold.account == account).execute()
        if ended:
            audit.record(actor, "download-release", subject=f"account:{account.id}", detail=reason)
    return bool(ended)


# --- counting ---


def _count(who: Downloader, rows: int, budget: int) -> bool:
    """Add the rows to the day, if they fit and nobody holds the account. One conditional update: of fifty files at
    once no more are counted than fit."""
    day = _day(who.account)
    after = DownloadDay.rows + rows
    fits = (after <= budget) | (
        (DownloadDay.code_session == who.session_key) & (after <= DownloadDay.code_rows)
    )
    not_held = DownloadDay.account.not_in(DownloadHold.select(DownloadHold.account))
    return bool(DownloadDay.update(rows=after).where(DownloadDay.id == day.id, fits, not_held).execute())


def _day(account: Account) -> DownloadDay:
    """The account's row of today, made where there is none."""
    today = clock.today()
    DownloadDay.insert(account=account, day=today).on_conflict_ignore().execute()
    return DownloadDay.get(DownloadDay.account == account, DownloadDay.day == today)


def _keep(who: Downloader, view: View, form: str, is_new: bool) -> None:
    ReportDownload.create(
        report_id=view.report_id,
        at=clock.now(),
        account=who.account,
        slug=view.report.slug,
        tin=view.tin,
        form=form,
        rows=view.total,
        new_device=is_new,
    )


def _note_passed(account: Account) -> None:
    _first_time(account, "passed_at")


def _first_time(account: Account, field: str) -> bool:
    """Note on the account's day that something happened first now; False where it had."""
    moment: datetime = clock.now()
    column = getattr(DownloadDay, field)
    day = _day(account)
    changed = DownloadDay.update({column: moment}).where(DownloadDay.id == day.id, column.is_null())
    return bool(changed.execute())


def _tell_managers(account: Account, settings: Settings) -> None:
    if not _first_time(account, "told_at"):
        return
    tins: dict[Account, list[str]] = {}
    for tie in team.managers(practices.reportable_tins(account)):
        tins.setdefault(tie.account, []).append(tie.tin)
    for manager, managed in tins.items():
        access_mails.send(download_mails.UNUSUAL, manager, _in_order(managed), settings)


def _in_order(tins: Iterable[str]) -> list[str]:
    return sorted(set(tins))


def _network(address: str) -> str:
    """The network of an address: its neighbours change from day to day at one place (/24, or /64 of IPv6)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 64), strict=False))


def _mark() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_MARK))
