"""Members' choices about sharing (guide 003, Member Choices for Sharing Medical and Sensitive Health Information):
who opted out of having medical information shared electronically, and who consented to have sensitive health
information disclosed to the practices that treat them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from peewee import AutoField, BooleanField, CharField, DateField, DateTimeField, Expression, chunked, fn

from reports.definition import EXCLUDED_NOTE, Report
from reports.prepared import Prepared, slot
from webapp import clock
from webapp.domain.db import Table, database, transaction

#: What a consent can be about, each on its own: HIV, substance abuse, behavioral health.
CATEGORIES = ("hiv", "sud", "bh")

#: Who gave a consent: the member, or someone authorized to act for the member.
GIVEN_BY = ("member", "authorized")

#: In place of a TIN: whichever practice treats the member.
ANY_PRACTICE = ""


class OptOut(Table):
    """A member who opted out. `reflected`: whether the published reports were computed without the member;
    until then the rows are left out when they are read."""

    client_id = CharField(max_length=40, primary_key=True)
    since = DateTimeField()
    reflected = BooleanField(default=False)

    class Meta:
        table_name = "opt_out"


class Consent(Table):
    """A member's consent to disclose one category of sensitive health information to one practice, or to any.

    It counts from `starts_on` to `ends_on` (both included; None: until it is withdrawn). `reflected`: it has ended
    or been withdrawn, and all published reports were computed without it; until then what it showed is withheld
    when it is read.
    """

    id = AutoField()
    client_id = CharField(max_length=40, index=True)
    category = CharField(max_length=4)  # one of CATEGORIES
    tin = CharField(max_length=20, default=ANY_PRACTICE)
    starts_on = DateField()
    ends_on = DateField(null=True)
    given_at = DateTimeField()
    given_by = CharField(max_length=12)  # one of GIVEN_BY
    withdrawn_at = DateTimeField(null=True)
    reflected = BooleanField(default=False)

    class Meta:
        # What may have to be withheld is asked at every reading of a report: found by these, however many there are.
        indexes = ((("reflected", "withdrawn_at"), False), (("reflected", "ends_on"), False))


class ConsentRefused(Exception):
    """A consent cannot be given, or withdrawn, as asked; the message says why."""


def opt_out(client_ids: Iterable[str]) -> None:
    """Note that these members opted out; who had already stays as noted."""
    now = clock.now()
    rows = [{"client_id": client_id, "since": now, "reflected": False} for client_id in client_ids]
    if rows:
        with transaction():
            OptOut.insert_many(rows).on_conflict_ignore().execute()


def opt_in(client_id: str) -> None:
    """The member shares medical information again: from the next refresh on, the reports list them."""
    with transaction():
        OptOut.delete().where(OptOut.client_id == client_id).execute()


def opted_out_since(client_id: str) -> datetime | None:
    """When the member opted out; None for who has not."""
    found = OptOut.get_or_none(OptOut.client_id == client_id)
    return found.since if found else None


def opted_out() -> list[str]:
    """The Client IDs of all who opted out."""
    return [client_id for (client_id,) in OptOut.select(OptOut.client_id).order_by(OptOut.client_id).tuples()]


def note_reflected(client_ids: Iterable[str]) -> None:
    """The reports now being served were computed without these members."""
    with transaction():
        for some in chunked(client_ids, 500):
            OptOut.update(reflected=True).where(OptOut.client_id.in_(some)).execute()


def forget_reflected() -> None:
    """Other reports are served than those that were computed last: whatever was chosen is looked at again when they
    are read, until the next refresh of all."""
    with transaction():
        OptOut.update(reflected=False).where(OptOut.reflected).execute()
        Consent.update(reflected=False).where(Consent.reflected).execute()


def hidden_from(report: Report) -> tuple[str, ...]:
    """The Client IDs to leave out when a report is read: opted out since it was computed. The panel lists all."""
    if report.excluded != EXCLUDED_NOTE:
        return ()
    return tuple(client_id for (client_id,) in _waiting(reflected=False))


def hidden_from_earlier(report: Report) -> tuple[str, ...]:
    """The Client IDs to leave out where an earlier refresh is read beside the present one: everybody who has opted out,
    as that one may list them still."""
    return tuple(opted_out()) if report.excluded == EXCLUDED_NOTE else ()


_waiting = Prepared(
    database,
    lambda: (
        OptOut.select(OptOut.client_id)
        .where(OptOut.reflected == slot("reflected"))
        .order_by(OptOut.client_id)
        .tuples()
    ),
)


def give_consent(
    client_id: str,
    category: str,
    *,
    tin: str = ANY_PRACTICE,
    starts_on: date | None = None,
    ends_on: date | None = None,
    given_by: str = "member",
) -> Consent:
    """Note a member's consent, from today on unless a day is given; it shows from the next refresh.

    Raises ConsentRefused for a category that is none of CATEGORIES, a giver that is none of GIVEN_BY, or a last day
    before the first.
    """
    begins = starts_on or clock.today()
    if category not in CATEGORIES:
        raise ConsentRefused(f"{category!r} is no category of consent; there are {', '.join(CATEGORIES)}")
    if given_by not in GIVEN_BY:
        raise ConsentRefused(f"a consent is given by one of {', '.join(GIVEN_BY)}, not {given_by!r}")
    if ends_on is not None and ends_on < begins:
        raise ConsentRefused(f"a consent that begins on {begins} cannot end on {ends_on}")
    with transaction():
        return Consent.create(
            client_id=client_id,
            category=category,
            tin=tin,
            starts_on=begins,
            ends_on=ends_on,
            given_at=clock.now(),
            given_by=given_by,
        )


def withdraw_consent(client_id: str, consent_id: int) -> None:
    """Withdraw one of the member's consents: what it showed is withheld from now on. Withdrawn twice is once.

    Raises ConsentRefused where the member has no such consent.
    """
    with transaction():
        found = Consent.get_or_none(Consent.id == consent_id, Consent.client_id == client_id)
        if found is None:
            raise ConsentRefused(f"member {client_id} has no consent {consent_id}")
        if found.withdrawn_at is None:
            found.withdrawn_at = clock.now()
            found.save(only=[Consent.withdrawn_at])


def consents_of(client_id: str) -> list[Consent]:
    """All the consents that the member ever gave, the newest first."""
    return list(Consent.select().where(Consent.client_id == client_id).order_by(Consent.id.desc()))


def counts(given: Consent, today: date) -> bool:
    """Whether a consent counts on that day, or will from a later one."""
    return given.withdrawn_at is None and (given.ends_on is None or given.ends_on >= today)


def live_consents(today: date) -> list[Consent]:
    """The consents that count on that day, in the order in which they were given."""
    return list(Consent.select().where(_counts(Consent, today)).order_by(Consent.id))


def note_consents_reflected(told: Collection[int], today: date) -> None:
    """All published reports were computed with the consents numbered `told`, and with no others: what those that
    have ended by now showed need not be withheld at reading any more, unless they were told."""
    used = set(told)
    with transaction():
        ended = Consent.select(Consent.id).where(_NOT_REFLECTED, _has_ended(today)).tuples()
        for some in chunked([number for (number,) in ended if number not in used], 500):
            Consent.update(reflected=True).where(Consent.id.in_(some)).execute()


def withheld_now(report: Report, tins: Sequence[str]) -> tuple[str, ...]:
    """The Client IDs whose sensitive information is withheld when these practices read the report: a consent has
    ended, or been withdrawn, since the report was computed, and no other stands in for it.

    Nobody, without asking the database, for a report that has no sensitive columns.
    """
    if not any(column.sensitive for column in report.columns):
        return ()
    return _lost_to(tins)


def evidence_withheld(client_id: str, tins: Sequence[str]) -> bool:
    """Whether these practices may no longer see what a member's dates come from: as `withheld_now` says of rows."""
    return client_id in _lost_to(tins)


def _lost_to(tins: Sequence[str]) -> tuple[str, ...]:
    theirs = {ANY_PRACTICE, *tins}
    found = _ended_since_refresh(reflected=False, today=clock.today().isoformat())
    return tuple(sorted({client_id for client_id, tin in found if tin in theirs}))


_NOT_REFLECTED = Consent.reflected == False  # noqa: E712 - an expression of SQL


def _has_ended(today: Any) -> Expression:
    """That a consent has been withdrawn, or its last day is over; `today` is a date, or a slot for one."""
    return Consent.withdrawn_at.is_null(False) | (Consent.ends_on < today)


def _counts(consent: Any, today: Any) -> Expression:
    """That a consent (the table or an alias of it) counts on the day `today`."""
    begun = consent.withdrawn_at.is_null() & (consent.starts_on <= today)
    return begun & (consent.ends_on.is_null() | (consent.ends_on >= today))


def _ended_unreplaced() -> Any:
    """client_id and tin of the consents that ended since the refresh, where no other of the same category counts."""
    other, today = Consent.alias(), slot("today")
    replaced = other.select(other.id).where(
        other.client_id == Consent.client_id,
        other.category == Consent.category,
        (other.tin == ANY_PRACTICE) | (other.tin == Consent.tin),
        _counts(other, today),
    )
    return (
        Consent.select(Consent.client_id, Consent.tin)
        .where(Consent.reflected == slot("reflected"), _has_ended(today), ~fn.EXISTS(replaced))
        .tuples()
    )


_ended_since_refresh = Prepared(database, _ended_unreplaced)
