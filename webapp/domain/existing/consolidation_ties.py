"""What consolidating does to the Tax IDs of an account, and what it is without it again."""

from collections.abc import Iterable, Mapping, Sequence

from webapp import clock
from webapp.domain.account.accounts import Account
from webapp.domain.existing.existing_accounts import ExistingAccount
from webapp.domain.practice import access_requests, practices
from webapp.domain.practice.practices import PracticeAccess

#: Role and report access.
Tie = tuple[str, str]
#: What bringing a Tax ID in did: `own`, the tie that the account has apart from all consolidations (or None), and
#: `loaded`, what the account of the earlier system has.
Move = Mapping[str, Sequence[str] | None]

_MANAGER = "Office Manager"


def loaded(existing: ExistingAccount) -> Tie:
    """Role and report access as loaded, in the portal's own words."""
    known = {role.casefold(): role for role in practices.ROLES}
    role = known.get(" ".join(existing.role.split()).casefold(), "Other")
    return role, "approved" if existing.report_access else "none"


def together(own: Tie | None, given: Tie) -> Tie:
    """What the account holds at a Tax ID once a loaded account has brought it. What support has refused here, or
    what has run out, stays as it is: that was decided later than what was loaded."""
    if own is None:
        return given
    role, access = own
    if given[1] != "approved" or access in ("approved", "refused", "expired"):
        return role, access
    return (_MANAGER if _MANAGER in (role, given[0]) else role), "approved"


def bring(account: Account, tin: str, given: Tie, others: Sequence[Move]) -> Move:
    """Give the account a Tax ID; others: the moves of the same Tax ID before this one. Returns the move. Whoever
    left the practice, or was removed, does not get back in by what an older portal granted."""
    if practices.has_left(account, tin):
        given = (given[0], "none")
    tie = practices.tie_of(account, tin)
    held = (tie.role, tie.report_access) if tie else None
    _set(account, tin, together(held, given))
    return {"own": others[0]["own"] if others else held, "loaded": given}


def take_back(account: Account, tin: str, move: Move, others: Iterable[Move]) -> None:
    """Make the tie what it would be without this move; others: those that stay. What support has approved since,
    and a tie of the account's own that has changed since, stay; and a tie that was removed stays so."""
    tie = practices.tie_of(account, tin)
    if tie is None:
        return
    wanted = _tie(move["own"])
    for other in others:
        if (theirs := _tie(other["loaded"])) is not None:
            wanted = together(wanted, theirs)
    given = _tie(move["loaded"]) or (tie.role, "none")
    approved_since = tie.report_access == "approved" != given[1]
    changed_since = wanted is not None and tie.report_access != together(wanted, given)[1]
    if not (approved_since or changed_since):
        _set(account, tin, wanted)


def _tie(stored: Sequence[str] | None) -> Tie | None:
    return (stored[0], stored[1]) if stored else None


def _set(account: Account, tin: str, wanted: Tie | None) -> None:
    tie = practices.tie_of(account, tin)
    if wanted is None:
        if tie:
            tie.delete_instance()
        access_requests.withdraw(account, tin)
    elif tie is None:
        practices.join_practice(account, tin, *wanted)
    elif (tie.role, tie.report_access) != wanted:
        PracticeAccess.update(role=wanted[0], report_access=wanted[1], changed_at=clock.now()).where(
            PracticeAccess.id == tie.id
        ).execute()
