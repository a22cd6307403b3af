"""A member's own choice of PCP (guide 003, "Self Selection"), for oneself and for the minors of one's household.

The choice is kept beside what the plan's feed tells (care.PcpSelection). The next refresh attributes the newest of
both; until then it is shown as chosen.
"""

from dataclasses import dataclass
from datetime import date

from reports import snapshot
from reports.prepared import Prepared, slot
from reports.tables import ATTRIBUTION
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit
from webapp.domain.audit import Actor
from webapp.domain.db import database, transaction
from webapp.domain.find_a_doctor import directory
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member import eligibility
from webapp.domain.member.care import FROM_MEMBER, PcpSelection


class NotAPcp(Exception):
    """The directory does not list this provider as a PCP."""


@dataclass(frozen=True)
class Chosen:
    """A choice that does not count yet."""

    npi: str
    name: str
    on: date


def pcp_rows(npi: str) -> list[Provider]:
    """The directory's rows under which this provider can be a PCP, the one confirmed last first; empty for none."""
    rows = list(Provider.select().where(Provider.npi == npi, Provider.pcp == True))  # noqa: E712
    return sorted(rows, key=lambda row: (-(row.received_on or date.min).toordinal(), row.tin))


def choose(client_id: str, npi: str, by_client_id: str, actor: Actor, plan: Plan) -> None:
    """Keep that `by_client_id` chose a PCP for `client_id`, who is that member or a minor of the household.

    A choice of the same day replaces the earlier one. Raises eligibility.MemberNotFound for anybody else's member,
    NotAPcp for a provider who cannot be chosen.
    """
    today = clock.today()
    if client_id not in {member.client_id for member in eligibility.household(by_client_id, today, plan)}:
        raise eligibility.MemberNotFound(client_id)
    if not pcp_rows(npi):
        raise NotAPcp(npi)
    with transaction():
        _forget_today(client_id, today)
        PcpSelection.create(client_id=client_id, npi=npi, selected_on=today, source=FROM_MEMBER)
        audit.record(actor, "choose-pcp", subject=f"member:{client_id}")


def take_back(client_id: str, by_client_id: str, actor: Actor, plan: Plan) -> bool:
    """Forget a choice that does not count yet. Returns False where there is none. Raises MemberNotFound."""
    today = clock.today()
    if client_id not in {member.client_id for member in eligibility.household(by_client_id, today, plan)}:
        raise eligibility.MemberNotFound(client_id)
    with transaction():
        chosen = waiting(client_id)
        if chosen is None:
            return False
        PcpSelection.delete().where(
            PcpSelection.client_id == client_id,
            PcpSelection.source == FROM_MEMBER,
            PcpSelection.selected_on == chosen.on,
        ).execute()
        audit.record(actor, "take-back-pcp", subject=f"member:{client_id}")
    return True


def waiting(client_id: str) -> Chosen | None:
    """The member's choice that the next refresh is to attribute; None where the published attribution has it, or
    something newer.

    A choice counts from the first refresh as of a later day, or of the same day where that shows it already.
    """
    newest = next(_newest(client_id=client_id), None)
    if newest is None or newest.source != FROM_MEMBER:
        return None
    attributed = snapshot.attributed([client_id]).get(client_id)
    published = snapshot.published(ATTRIBUTION)
    if attributed is not None and attributed.npi == newest.npi:
        return None
    if published is not None and published.as_of > newest.selected_on:
        return None
    return Chosen(newest.npi, directory.provider_name(newest.npi), newest.selected_on)


_newest = Prepared(
    database,
    lambda: (
        PcpSelection.select()
        .where(PcpSelection.client_id == slot("client_id"))
        # As the refresh ranks them: of one day the portal's ("member" sorts after "feed").
        .order_by(PcpSelection.selected_on.desc(), PcpSelection.source.desc(), PcpSelection.id)
        .limit(1)
    ),
)


def _forget_today(client_id: str, today: date) -> None:
    PcpSelection.delete().where(
        PcpSelection.client_id == client_id,
        PcpSelection.source == FROM_MEMBER,
        PcpSelection.selected_on == today,
    ).execute()
