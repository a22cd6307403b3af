"""What a person sees of a member of the household: eligibility, address and PCP together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reports import snapshot
from reports.snapshot import Attributed
from webapp.config import Plan
from webapp.domain.find_a_doctor import directory
from webapp.domain.member import eligibility
from webapp.domain.member.eligibility import Eligibility, Member
from webapp.domain.opaque import opaque_key


@dataclass(frozen=True)
class MemberView:
    """A member as My HUSKY Account Information shows them. `pcp_name` is empty where none is attributed."""

    member: Member
    eligibility: Eligibility
    pcp_name: str
    pcp_since: date | None

    @property
    def address(self) -> str:
        """The address on one line."""
        member = self.member
        town = " ".join(part for part in (member.state, member.zip_code) if part)
        return ", ".join(part for part in (member.address, member.city, town) if part)


def of_member(member: Member, today: date, pcps: Mapping[str, Attributed] | None = None) -> MemberView:
    """Gather a member's view; the PCP is the one of the published attribution. pcps: what that says of the member,
    where it has been looked up."""
    known = snapshot.attributed([member.client_id]) if pcps is None else pcps
    pcp = known.get(member.client_id)
    return MemberView(
        member=member,
        eligibility=eligibility.eligibility_of(member, today),
        pcp_name=(directory.provider_name(pcp.npi) or "") if pcp else "",
        pcp_since=pcp.effective_on if pcp else None,
    )


def by_key(client_id: str, session_hash: str, today: date, plan: Plan) -> dict[str, Member]:
    """The members whom `client_id` may see, self first, each under a key for addresses."""
    seen = eligibility.household(client_id, today, plan)
    return {opaque_key(member.client_id, session_hash): member for member in seen}
