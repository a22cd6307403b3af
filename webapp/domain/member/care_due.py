"""Care that a member is due for: what the gap reports of the member's practice say, from the same snapshots that the
practice reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports import snapshot
from reports.catalog import REPORTS, in_group
from reports.definition import Test
from reports.snapshot import Attributed, Snapshot
from webapp.domain.find_a_doctor import directory
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member import consent
from webapp.domain.member.care_words import CARE, CareWords
from webapp.domain.member.eligibility import Member

#: How the reports write that something is due.
DUE = "Due"
#: Why nothing can be said of a member.
NO_PCP, OPTED_OUT, NO_REPORTS = "no-pcp", "opted-out", "no-reports"


@dataclass(frozen=True)
class Care:
    """One kind of care of one member. `last_on`: the day of the last time a claim shows, if there is one."""

    key: str
    words: CareWords
    due: bool
    last_on: date | None
    ever: bool = False  # care that is asked for once has been given

    @property
    def done(self) -> bool:
        """Whether it was given, and is not due again."""
        return not self.due and (self.ever or self.last_on is not None)


@dataclass(frozen=True)
class MemberCare:
    """What a member is due for and what is up to date. `unknown`: why nothing can be said, if so. `as_of`: the day
    that the reports speak of. `telephone`: of the PCP's office."""

    member: Member
    pcp_name: str = ""
    telephone: str = ""
    due: tuple[Care, ...] = ()
    done: tuple[Care, ...] = ()
    as_of: date | None = None
    unknown: str | None = None


def of_household(members: Sequence[Member], pcps: Mapping[str, Attributed] | None = None) -> list[MemberCare]:
    """The care of these members, in their order. pcps: what the published attribution says of them, where it has been
    looked up."""
    if pcps is None:
        pcps = snapshot.attributed([member.client_id for member in members])
    offices = {(pcp.npi, pcp.tin) for pcp in pcps.values()}
    of_pcp = {office: directory.office_of(*office) for office in offices}
    served = snapshot.all_published([report.slug for report in in_group("gaps")])
    listed = {client_id: pcp.tin for client_id, pcp in pcps.items()}
    found: dict[str, list[tuple[Snapshot, dict[str, Any]]]] = {}
    for made, row in snapshot.of_members(served, listed):
        found.setdefault(row["client_id"], []).append((made, row))
    as_of = max((made.as_of for made in served), default=None)
    cared = []
    for member in members:
        pcp = pcps.get(member.client_id)
        office = of_pcp[pcp.npi, pcp.tin] if pcp else None
        cared.append(_care_of(member, pcp, office, found.get(member.client_id, []), as_of))
    return cared


def _care_of(
    member: Member,
    pcp: Attributed | None,
    office: Provider | None,
    rows: Sequence[tuple[Snapshot, dict[str, Any]]],
    as_of: date | None,
) -> MemberCare:
    if pcp is None:
        return MemberCare(member, unknown=NO_PCP)
    name, telephone = (office.name, office.telephone) if office else ("", "")
    if as_of is None:
        return MemberCare(member, name, telephone, unknown=NO_REPORTS)
    if not rows and consent.opted_out_since(member.client_id):
        return MemberCare(member, name, telephone, unknown=OPTED_OUT)
    care = _each_once([_care(test, row) for found, row in rows for test in REPORTS[found.slug].tests])
    return MemberCare(
        member=member,
        pcp_name=name,
        telephone=telephone,
        due=tuple(one for one in care if one.due),
        done=tuple(one for one in care if one.done),
        as_of=as_of,
    )


def _care(test: Test, row: dict[str, Any]) -> Care:
    last, said = row.get(test.date_key), row.get(test.due_key)
    last_on = date.fromisoformat(last) if last else None
    return Care(test.key, CARE[test.key], said == DUE, last_on, ever=said == "YES")


def _each_once(care: Sequence[Care]) -> list[Care]:
    """Two reports may ask for the same (a young adult is on a child's report and an adult's): due wins, then the
    later day."""
    best: dict[str, Care] = {}
    for one in care:
        other = best.get(one.key)
        if other is None or (one.due, one.last_on or date.min) > (other.due, other.last_on or date.min):
            best[one.key] = one
    return list(best.values())
