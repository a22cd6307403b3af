"""Members' choices about sharing: who opted out of having medical information shared electronically (guide 003,
Member Choices for Sharing Medical and Sensitive Health Information)."""

from collections.abc import Iterable

from peewee import BooleanField, CharField, DateTimeField, chunked

from reports.definition import EXCLUDED_NOTE, Report
from reports.prepared import Prepared, slot
from webapp import clock
from webapp.domain.db import Table, database, transaction


class OptOut(Table):
    """A member who opted out. `reflected`: whether the published reports were computed without the member;
    until then the rows are left out when they are read."""

    client_id = CharField(max_length=40, primary_key=True)
    since = DateTimeField()
    reflected = BooleanField(default=False)

    class Meta:
        table_name = "opt_out"


def opt_out(client_ids: Iterable[str]) -> None:
    """Note that these members opted out; who had already stays as noted."""
    now = clock.now()
    rows = [{"client_id": client_id, "since": now, "reflected": False} for client_id in client_ids]
    if rows:
        with transaction():
            OptOut.insert_many(rows).on_conflict_ignore().execute()


def opted_out() -> list[str]:
    """The Client IDs of all who opted out."""
    return [client_id for (client_id,) in OptOut.select(OptOut.client_id).order_by(OptOut.client_id).tuples()]


def note_reflected(client_ids: Iterable[str]) -> None:
    """The reports now being served were computed without these members."""
    with transaction():
        for some in chunked(client_ids, 500):
            OptOut.update(reflected=True).where(OptOut.client_id.in_(some)).execute()


def hidden_from(report: Report) -> tuple[str, ...]:
    """The Client IDs to leave out when a report is read: opted out since it was computed. The panel lists all."""
    if report.excluded != EXCLUDED_NOTE:
        return ()
    return tuple(client_id for (client_id,) in _waiting(reflected=False))


_waiting = Prepared(
    database,
    lambda: (
        OptOut.select(OptOut.client_id)
        .where(OptOut.reflected == slot("reflected"))
        .order_by(OptOut.client_id)
        .tuples()
    ),
)
