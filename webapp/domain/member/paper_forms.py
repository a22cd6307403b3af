"""Printed consent and opt-out forms that members sent, by post or as a file: entered by one member of staff, accepted
or refused by another.

What an accepted form says is noted by the same rules as what a member chooses in the portal (choices.py, consent.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from peewee import AutoField, CharField, DateField, DateTimeField, IntegerField, ModelSelect, TextField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account.accounts import Account, account_of_member
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.member import choices, consent
from webapp.domain.member.consent import CATEGORIES, GIVEN_BY, ConsentRefused
from webapp.domain.member.eligibility import Member

CONSENT, OPT_OUT, OPT_IN = "consent", "opt-out", "opt-in"
#: What a form asks for.
ASKS = {
    CONSENT: N_("Share sensitive health information"),
    OPT_OUT: N_("Stop sharing medical information"),
    OPT_IN: N_("Share medical information again"),
}
SIGNERS = {"member": N_("The member"), "authorized": N_("Somebody who may act for the member")}
RECEIVED, ACCEPTED, REFUSED = "received", "accepted", "refused"
#: What a member is told of a form's state.
STATE_WORDS = {RECEIVED: N_("Received"), ACCEPTED: N_("Accepted"), REFUSED: N_("Not accepted")}

_DECIDED_MAIL = mails.Mail(
    N_("News about the form you sent us"),
    N_(
        "Hello %(first_name)s,\n\n"
        "We looked at the form about sharing that you sent us. To read what we say, sign in to your %(plan)s account "
        "and open “Your choices about sharing”.\n\n"
        "If you sent us no form, call %(telephone)s.\n"
    ),
)


class PaperForm(Table):
    """One form. asks: a key of ASKS. Of a consent: categories (with spaces between), tin ('' for every practice) and
    ends_on. signer: the name of who signed in the member's place. once: the mark of the page it was entered on."""

    id = AutoField()
    once = CharField(max_length=32, unique=True)
    client_id = CharField(max_length=40, index=True)
    asks = CharField(max_length=8)
    categories = CharField(max_length=20, default="")
    tin = CharField(max_length=20, default="")
    ends_on = DateField(null=True)
    signed_on = DateField()
    received_on = DateField()
    signed_by = CharField(max_length=12)
    signer = CharField(max_length=80, default="")
    state = CharField(max_length=10, default=RECEIVED)
    entered_at = DateTimeField()
    entered_by = IntegerField(null=True)
    decided_at = DateTimeField(null=True)
    decided_by = IntegerField(null=True)
    answer = TextField(default="")

    class Meta:
        table_name = "paper_form"
        indexes = ((("state", "received_on"), False),)


@dataclass(frozen=True)
class Draft:
    """A form as it was typed in; the names are those of the table."""

    client_id: str
    asks: str
    signed_on: date
    received_on: date
    signed_by: str
    signer: str = ""
    categories: tuple[str, ...] = ()
    tin: str = ""
    ends_on: date | None = None


class NotOpen(Exception):
    """The form was decided meanwhile."""


class OwnEntry(Exception):
    """Who entered a form does not decide it."""


def enter(draft: Draft, once: str, actor: Actor) -> PaperForm:
    """Put a form on the list. The same page sent twice enters one form.

    Raises ValueError for what no form can say: an unknown choice, category or signer, or days in the wrong order.
    """
    _check(draft)
    with transaction():
        made = PaperForm.insert(
            once=once,
            client_id=draft.client_id,
            asks=draft.asks,
            categories=" ".join(one for one in CATEGORIES if one in draft.categories),
            tin=draft.tin,
            ends_on=draft.ends_on,
            signed_on=draft.signed_on,
            received_on=draft.received_on,
            signed_by=draft.signed_by,
            signer=draft.signer,
            entered_at=clock.now(),
            entered_by=actor.account_id,
        ).on_conflict_ignore()
        is_new = not PaperForm.select().where(PaperForm.once == once).exists()
        made.execute()
        row: PaperForm = PaperForm.get(PaperForm.once == once)
        if is_new:
            audit.record(actor, "form-entered", subject=_subject(row), detail=f"form {row.id}")
    return row


def waiting() -> list[PaperForm]:
    """The forms to decide, the one received first in front."""
    return list(_open().order_by(PaperForm.received_on, PaperForm.id))


def waiting_one(number: int) -> PaperForm | None:
    """A form that is still to be decided."""
    return _open().where(PaperForm.id == number).first()


def of_member(client_id: str, most: int = 5) -> list[PaperForm]:
    """The member's last forms, the newest first."""
    rows = PaperForm.select().where(PaperForm.client_id == client_id)
    return list(rows.order_by(PaperForm.id.desc()).limit(most))


def accept(form: PaperForm, answer: str, actor: Actor, plan: Plan) -> None:
    """Note what the form says, as if the member had chosen it now; answer: words for the member.

    Raises OwnEntry, NotOpen, and consent.ConsentRefused where the last day of the consent is over.
    """
    with transaction():
        _decide(form, ACCEPTED, answer, actor)
        _note(form, actor)
        _tell(form, plan)


def refuse(form: PaperForm, answer: str, actor: Actor, plan: Plan) -> None:
    """Note nothing; answer: words for the member. Raises OwnEntry, NotOpen."""
    with transaction():
        _decide(form, REFUSED, answer, actor)
        _tell(form, plan)


def teller(client_id: str, plan: Plan) -> Account | None:
    """The account that is told about a form: the member's own, or the one of who chooses for a young child."""
    own = account_of_member(client_id)
    member = Member.get_or_none(Member.client_id == client_id)
    if own or member is None:
        return own
    head = account_of_member(member.subscriber_id)
    return head if head and choices.may_decide(member, head, plan) else None


def _note(form: PaperForm, actor: Actor) -> None:
    """Through the commands of the member's own choices; the log has no category (that is health information)."""
    if form.asks == CONSENT:
        if form.ends_on is not None and form.ends_on < clock.today():
            raise ConsentRefused(f"the consent of form {form.id} ended on {form.ends_on}")
        for category in form.categories.split():
            given, is_new = choices.given_once(
                form.client_id, category, form.tin, form.ends_on, form.signed_by
            )
            if is_new:
                detail = f"consent {given.id}; form {form.id}"
                audit.record(actor, "give-consent", subject=_subject(form), detail=detail)
    elif form.asks == OPT_OUT:
        consent.opt_out([form.client_id])
        audit.record(actor, "opt-out", subject=_subject(form), detail=f"form {form.id}")
    else:
        consent.opt_in(form.client_id)
        audit.record(actor, "opt-in", subject=_subject(form), detail=f"form {form.id}")


def _decide(form: PaperForm, state: str, answer: str, actor: Actor) -> None:
    if form.entered_by is not None and form.entered_by == actor.account_id:
        raise OwnEntry
    decided: datetime = clock.now()
    changed = (
        PaperForm.update(state=state, answer=answer, decided_at=decided, decided_by=actor.account_id)
        .where(PaperForm.id == form.id, PaperForm.state == RECEIVED)
        .execute()
    )
    if not changed:
        raise NotOpen
    audit.record(actor, f"form-{state}", subject=_subject(form), detail=f"form {form.id}")


def _tell(form: PaperForm, plan: Plan) -> None:
    account = teller(form.client_id, plan)
    if account:
        mails.send(_DECIDED_MAIL, account, plan, telephone=plan["telephones"]["member_engagement"])


def _check(draft: Draft) -> None:
    known = draft.asks in ASKS and draft.signed_by in GIVEN_BY and set(draft.categories) <= set(CATEGORIES)
    is_consent = draft.asks == CONSENT
    complete = bool(draft.categories) == is_consent and (is_consent or not (draft.tin or draft.ends_on))
    in_order = draft.signed_on <= draft.received_on <= clock.today()
    if not (known and complete and in_order):
        raise ValueError(f"no form says that: {draft}")


def _open() -> ModelSelect:
    return PaperForm.select().where(PaperForm.state == RECEIVED)


def _subject(form: PaperForm) -> str:
    return f"member:{form.client_id}"
