"""A member's choices about sharing, as the portal offers them: who may choose for whom, what is noted, who is told.

Source: guide 003, Member Choices for Sharing Medical and Sensitive Health Information. What the choices do to
the reports is in consent.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from reports import snapshot
from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import is_sqlite, transaction
from webapp.domain.find_a_doctor import directory, directory_search
from webapp.domain.find_a_doctor.directory_search import Asked
from webapp.domain.member import consent, eligibility
from webapp.domain.member.consent import ANY_PRACTICE, Consent
from webapp.domain.member.eligibility import Member
from webapp.domain.text import fold_words

#: What each category is called, and what it holds, in plain words.
CATEGORY_WORDS = {
    "hiv": (N_("HIV"), N_("Tests, medicine and visits for HIV or AIDS.")),
    "sud": (N_("Substance abuse"), N_("Treatment for alcohol or drugs.")),
    "bh": (N_("Behavioral health"), N_("Visits and medicine for mental health, such as depression.")),
}

#: Practices offered for a name that fits several.
MOST_PRACTICES = 10

_CHANGED_MAIL = mails.Mail(
    N_("Your choices about sharing were changed"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Somebody signed in to your %(plan)s account and changed your choices about sharing health information. "
        "To see them, sign in and open “Your choices about sharing”.\n\n"
        "This wasn't me: open this page within 10 days, and nobody can use the account "
        "until you have spoken with us:\n\n"
        "%(link)s\n"
    ),
)


class NotYours(Exception):
    """The choice is the young person's own."""


@dataclass(frozen=True)
class Choice:
    """One consent as its member sees it. `to`: the practice's name, '' for every practice that treats the member."""

    id: int
    category: str
    to: str
    starts_on: date
    ends_on: date | None
    is_live: bool
    withdrawn_on: date | None


def may_decide(member: Member, account: Account, plan: Plan) -> bool:
    """Whether the account's owner makes this member's choices about sensitive information: one's own, and those of
    children who are too young to (a plan setting)."""
    if member.client_id == account.client_id:
        return True
    young = plan["household"]["own_privacy_age"]
    return member.birth_date is not None and eligibility.age_on(member.birth_date, clock.today()) < young


def of_member(member: Member) -> list[Choice]:
    """The member's consents, those that count first, then the newest."""
    today = clock.today()
    found = consent.consents_of(member.client_id)
    names = directory.practice_names(sorted({one.tin for one in found if one.tin}))
    made = [
        Choice(
            one.id,
            one.category,
            names.get(one.tin, one.tin),
            one.starts_on,
            one.ends_on,
            consent.counts(one, today),
            clock.current().local(one.withdrawn_at).date() if one.withdrawn_at else None,
        )
        for one in found
    ]
    return sorted(made, key=lambda choice: not choice.is_live)


def own_practice(member: Member) -> tuple[str, str] | None:
    """TIN and name of the practice of the member's PCP."""
    pcp = snapshot.attributed([member.client_id]).get(member.client_id)
    name = directory.practice_name(pcp.tin) if pcp else ""
    return (pcp.tin, name) if pcp and name else None


def practices_called(name: str, plan: Plan) -> list[tuple[str, str]]:
    """TIN and name of the practices that have all the words of `name` in theirs, at most MOST_PRACTICES."""
    wanted = fold_words(name)
    if not wanted:
        return []
    rows = directory_search.search(Asked(text=name), 1, 200, plan).rows
    found = {
        row.provider.tin: row.provider.practice_name
        for row in rows
        if all(
            any(held.startswith(word) for held in fold_words(row.provider.practice_name)) for word in wanted
        )
    }
    return sorted(found.items(), key=lambda practice: practice[1])[:MOST_PRACTICES]


def give(
    account: Account,
    member: Member,
    category: str,
    tin: str,
    ends_on: date | None,
    actor: Actor,
    plan: Plan,
    link: str,
) -> Consent:
    """Note a consent from today on. Given twice for the same practice and end, it is noted once.

    link: the one that freezes the account. Raises NotYours, consent.ConsentRefused.
    """
    if not may_decide(member, account, plan):
        raise NotYours
    given_by = "member" if member.client_id == account.client_id else "authorized"
    with transaction():
        given, is_new = given_once(member.client_id, category, tin, ends_on, given_by)
        if is_new:
            _note(account, member, "give-consent", f"consent {given.id}", actor, plan, link)
    return given


def given_once(
    client_id: str, category: str, tin: str, ends_on: date | None, given_by: str
) -> tuple[Consent, bool]:
    """A consent from today on, and whether it is new: one for the same practice and end is not noted again.

    To be called in the transaction that tells of it. Two at once take turns, on SQLite by the transaction, on
    PostgreSQL by the member's row: else one of them would stay when the other is taken back. Raises
    consent.ConsentRefused.
    """
    if not is_sqlite():
        Member.select(Member.client_id).where(Member.client_id == client_id).for_update().execute()
    for one in consent.consents_of(client_id):
        if (one.category, one.tin, one.ends_on) == (category, tin, ends_on) and one.withdrawn_at is None:
            return one, False
    made = consent.give_consent(
        client_id, category, tin=tin or ANY_PRACTICE, ends_on=ends_on, given_by=given_by
    )
    return made, True


def withdraw(account: Account, member: Member, consent_id: int, actor: Actor, plan: Plan, link: str) -> None:
    """Withdraw a consent: what it showed is hidden at once. Raises NotYours, consent.ConsentRefused."""
    if not may_decide(member, account, plan):
        raise NotYours
    with transaction():
        consent.withdraw_consent(member.client_id, consent_id)
        _note(account, member, "withdraw-consent", f"consent {consent_id}", actor, plan, link)


def share_nothing(account: Account, member: Member, actor: Actor, plan: Plan, link: str) -> None:
    """Opt out: the member disappears from the practices' reports at once, the panel apart."""
    _once(
        account,
        member,
        "opt-out",
        lambda: consent.opt_out([member.client_id]),
        actor,
        plan,
        link,
        before=False,
    )


def share_again(account: Account, member: Member, actor: Actor, plan: Plan, link: str) -> None:
    """Take an opt-out back; the next refresh lists the member again."""
    _once(account, member, "opt-in", lambda: consent.opt_in(member.client_id), actor, plan, link, before=True)


def _once(
    account: Account,
    member: Member,
    action: str,
    change: Callable[[], None],
    actor: Actor,
    plan: Plan,
    link: str,
    *,
    before: bool,
) -> None:
    """Change the opt-out and tell of it, where it stands as it should `before`."""
    with transaction():
        if (consent.opted_out_since(member.client_id) is not None) == before:
            change()
            _note(account, member, action, "", actor, plan, link)


def _note(
    account: Account, member: Member, action: str, detail: str, actor: Actor, plan: Plan, link: str
) -> None:
    """The audit entry (no category: that is health information) and the mail."""
    audit.record(actor, action, subject=f"member:{member.client_id}", detail=detail)
    mails.send(_CHANGED_MAIL, account, plan, link=link)
