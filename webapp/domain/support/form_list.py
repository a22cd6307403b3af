"""All printed forms as a list for support: by state, sorted, a page at a time or whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, ModelSelect

from webapp.domain.account.accounts import Account
from webapp.domain.member.eligibility import Member
from webapp.domain.member.paper_forms import PaperForm
from webapp.domain.support import work_items

PER_PAGE = 25
SORTS: dict[str, Any] = {
    "received": PaperForm.received_on,
    "person": Member.last_name,
    "asks": PaperForm.asks,
    "state": PaperForm.state,
    "decided": PaperForm.decided_at,
}
_BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """How the list is asked for. state: '' for all; up: the least first."""

    state: str = ""
    sort: str = "received"
    up: bool = False


@dataclass(frozen=True)
class Line:
    """A form with the names of the member and of the staff; '' where nobody is known."""

    form: PaperForm
    name: str
    entered_by: str
    decided_by: str


def found(wanted: Wanted, page: int) -> tuple[list[Line], int]:
    """One page (the last where the number is too high), and how many forms there are."""
    query = _query(wanted)
    total = query.count()
    page = min(page, max(1, -(-total // PER_PAGE)))
    return _lines(query.paginate(page, PER_PAGE)), total


def every(wanted: Wanted) -> Iterator[Line]:
    """All of them, a batch at a time."""
    number, query = 1, _query(wanted)
    while batch := _lines(query.paginate(number, _BATCH)):
        yield from batch
        number += 1


def _query(wanted: Wanted) -> ModelSelect:
    column = SORTS[wanted.sort]
    query = PaperForm.select().join(Member, JOIN.LEFT_OUTER, on=(Member.client_id == PaperForm.client_id))
    if wanted.state:
        query = query.where(PaperForm.state == wanted.state)
    if wanted.up:
        return query.order_by(column.asc(nulls="first"), PaperForm.id)
    return query.order_by(column.desc(nulls="last"), PaperForm.id.desc())


def _lines(rows: Iterable[PaperForm]) -> list[Line]:
    listed = list(rows)
    known = work_items.members(row.client_id for row in listed)
    ids = {number for row in listed for number in (row.entered_by, row.decided_by) if number}
    staff = {row.id: row for row in Account.select().where(Account.id.in_(ids))} if ids else {}
    return [
        Line(
            row,
            known[row.client_id].name if row.client_id in known else "",
            work_items.name_of(staff.get(row.entered_by)),
            work_items.name_of(staff.get(row.decided_by)),
        )
        for row in listed
    ]
