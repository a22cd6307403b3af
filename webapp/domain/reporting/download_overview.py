"""For support: who downloaded which report, which budgets were passed, and which accounts are held."""

from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect, fn

from reports.words import N_
from webapp import clock
from webapp.domain.account.accounts import Account
from webapp.domain.reporting.download_guard import DownloadDay, DownloadHold, ReportDownload
from webapp.domain.text import digits

PER_PAGE = 25
MADE, PASSED, HELD = "made", "passed", "held"
LISTS = {MADE: N_("Downloads"), PASSED: N_("Budgets passed"), HELD: N_("Holds")}
_PERSON = (Account.last_name, Account.first_name)
#: What each list can be sorted by; the first is the usual order, the newest on top.
SORTS: dict[str, dict[str, tuple[Any, ...]]] = {
    MADE: {
        "at": (ReportDownload.at,),
        "person": _PERSON,
        "report": (ReportDownload.slug,),
        "tin": (ReportDownload.tin,),
        "rows": (ReportDownload.rows,),
    },
    PASSED: {"at": (DownloadDay.passed_at,), "person": _PERSON, "rows": (DownloadDay.rows,)},
    HELD: {"at": (DownloadHold.held_at,), "person": _PERSON},
}
_LAST = {MADE: ReportDownload.id, PASSED: DownloadDay.id, HELD: DownloadHold.account}


@dataclass(frozen=True)
class Wanted:
    """How a list is asked for. text: the beginning of a report ID, a last name or a username, or a whole Tax ID.
    up: the oldest, or the first of the alphabet, on top."""

    kind: str = MADE
    text: str = ""
    only_new: bool = False
    sort: str = "at"
    up: bool = False


def found(wanted: Wanted, page: int) -> tuple[list[Any], int]:
    """A page (from 1) of a list, accounts joined, and how many rows it has in all."""
    query = every(wanted)
    return list(query.paginate(page, PER_PAGE)), query.count()


def every(wanted: Wanted) -> ModelSelect:
    """The whole list in its order."""
    sorts = SORTS[wanted.kind]
    keys = [*sorts.get(wanted.sort, sorts["at"]), _LAST[wanted.kind]]
    return _matching(wanted).order_by(*(key.asc() if wanted.up else key.desc() for key in keys))


def of_account(account: Account, most: int = PER_PAGE) -> list[ReportDownload]:
    """What the account downloaded last."""
    mine = ReportDownload.select().where(ReportDownload.account == account)
    return list(mine.order_by(ReportDownload.id.desc()).limit(most))


def rows_today(account: Account) -> int:
    """How many rows the account downloaded today."""
    day = DownloadDay.get_or_none(DownloadDay.account == account, DownloadDay.day == clock.today())
    return int(day.rows) if day else 0


def _matching(wanted: Wanted) -> ModelSelect:
    model: Any = {MADE: ReportDownload, PASSED: DownloadDay, HELD: DownloadHold}[wanted.kind]
    query = model.select(model, Account).join(Account)
    if wanted.kind == PASSED:
        query = query.where(DownloadDay.passed_at.is_null(False))
    if wanted.kind == MADE and wanted.only_new:
        query = query.where(ReportDownload.new_device == True)  # noqa: E712 - a condition for the database
    text = wanted.text.strip().lower()
    if not text:
        return query
    named = fn.LOWER(Account.last_name).startswith(text) | Account.username_key.startswith(text)
    if wanted.kind == MADE:
        named |= ReportDownload.report_id.startswith(text)
        if len(digits(text)) == 9:
            named |= ReportDownload.tin == digits(text)
    return query.where(named)
