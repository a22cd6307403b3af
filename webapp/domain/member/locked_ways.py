"""What a locked registration offers beside its reference number: a call-back, or a letter with a one-use code to the
address on file.

Whoever asks reads the same, whether the number that was typed is a member's or not. A letter's code dies with its use,
after its days, when support ends the lock, and when the member has an account.
"""

import secrets
from datetime import date, timedelta
from hmac import compare_digest

from peewee import AutoField, CharField, DateTimeField, IntegerField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, throttle
from webapp.domain.account.accounts import account_of_member
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.member import lockouts, registration
from webapp.domain.member.eligibility import Member
from webapp.domain.member.lockouts import Lockout
from webapp.domain.text import fold

#: When somebody would like to be called, by its key in the table.
WINDOWS = {
    "morning": N_("9:00 a.m. – 11:00 a.m."),
    "noon": N_("11:00 a.m. – 1:00 p.m."),
    "afternoon": N_("1:00 p.m. – 4:00 p.m."),
    "any": N_("Any time, 9:00 a.m. – 4:00 p.m."),
}
_HOUR = timedelta(hours=1)
#: Letters and digits that nobody takes for another one: 10 of them hold 50 bits.
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class CallBack(Table):
    """Somebody whose registration is locked wants to be called. window: a key of WINDOWS."""

    id = AutoField()
    lockout_id = IntegerField(unique=True)
    telephone = CharField(max_length=30)
    window = CharField(max_length=12)
    language = CharField(max_length=5)
    asked_at = DateTimeField(index=True)
    closed_at = DateTimeField(null=True)

    class Meta:
        table_name = "call_back"


class RegistrationLetter(Table):
    """A letter that was asked for. Of its code, made when it is printed, a keyed hash is kept. closed_at: mailed, or
    taken off the list."""

    id = AutoField()
    lockout_id = IntegerField(index=True)
    client_id = CharField(max_length=40, index=True)
    language = CharField(max_length=5)
    asked_at = DateTimeField(index=True)
    code_hash = CharField(max_length=64, null=True, unique=True)
    good_until = DateTimeField(null=True)
    closed_at = DateTimeField(null=True)
    used_at = DateTimeField(null=True)

    class Meta:
        table_name = "registration_letter"


def ask_call_back(
    lock: Lockout, telephone: str, window: str, language: str, actor: Actor, plan: Plan, secret_key: str
) -> None:
    """Keep when and where to call; whoever asks again changes it. Raises throttle.Locked after too many asks from one
    network address."""
    _count_ask(actor, plan, secret_key)
    told = {"telephone": telephone, "window": window, "language": language}
    now = clock.now()
    with transaction():
        mine = CallBack.lockout_id == lock.id
        again = CallBack.update(**told, asked_at=now, closed_at=None).where(mine)
        if not again.execute():
            CallBack.insert(lockout_id=lock.id, asked_at=now, **told).on_conflict_ignore().execute()
        audit.record(actor, "ask-call-back", subject=f"lock:{lock.reference}")


def ask_letter(lock: Lockout, language: str, actor: Actor, plan: Plan, secret_key: str) -> None:
    """Put a letter on the list where the lock is a member's who has an address on file and had no letter lately. Who
    asks is not told which. Raises throttle.Locked as `ask_call_back` does."""
    _count_ask(actor, plan, secret_key)
    apart = timedelta(days=plan["locked_registration"]["letters_apart_days"])
    key = throttle.key_of(secret_key, "letter-to", lock.client_id or lock.key)
    try:
        throttle.take_counted_try(key, 1, apart)
        first = True
    except throttle.Locked:
        first = False
    member = Member.get_or_none(Member.client_id == (lock.client_id or ""))
    with transaction():
        audit.record(actor, "ask-letter", subject=f"lock:{lock.reference}")
        if first and member is not None and member.address and account_of_member(member.client_id) is None:
            RegistrationLetter.create(
                lockout_id=lock.id,
                client_id=member.client_id,
                language="es" if member.speaks_spanish else language,
                asked_at=clock.now(),
            )


def print_letter(number: int, actor: Actor, plan: Plan, secret_key: str) -> tuple[RegistrationLetter, str]:
    """Make the code of a letter that waits, for its sheet. Printed again, it has a new one and the earlier is dead.

    Raises RegistrationLetter.DoesNotExist.
    """
    code = "".join(secrets.choice(_SIGNS) for _ in range(10))
    with transaction():
        row = waiting_letter(number)
        if row is None:
            raise RegistrationLetter.DoesNotExist
        row.code_hash = _hash(secret_key, code)
        row.good_until = clock.now() + timedelta(days=plan["locked_registration"]["letter_good_days"])
        row.save(only=[RegistrationLetter.code_hash, RegistrationLetter.good_until])
        audit.record(actor, "print-letter", subject=f"member:{row.client_id}")
    return row, f"{code[:5]}-{code[5:]}"


def redeem(typed: str, birth_date: date, run_key: str, actor: Actor, plan: Plan, secret_key: str) -> bool:
    """Whether the code is a live letter's and the date of birth its member's; then the member's registration is open
    again, in this browser too. Each try is counted before the look, by network address and by what was typed."""
    rules = plan["locked_registration"]
    code = fold(typed)
    try:
        by_address = throttle.key_of(secret_key, "letter-from", actor.address)
        throttle.take_counted_try(by_address, rules["code_tries_an_hour"], _HOUR)
        throttle.take_counted_try(throttle.key_of(secret_key, "letter-code", code), rules["code_tries"])
    except throttle.Locked:
        audit.record(actor, "letter-code", "refused", detail="too many tries")
        return False
    with transaction():
        row = _live(_hash(secret_key, code))
        member = Member.get_or_none(Member.client_id == (row.client_id if row else ""))
        kept = member.birth_date.isoformat() if member and member.birth_date else ""
        if not compare_digest(birth_date.isoformat(), kept) or row is None or not _use(row):
            audit.record(actor, "letter-code", "refused")
            return False
        audit.record(actor, "letter-code", subject=f"member:{row.client_id}")
        registration.allow_again(row.client_id, run_key, actor, secret_key, "code of a mailed letter")
    return True


def waiting_call_backs() -> list[CallBack]:
    """Who waits to be called, the oldest first."""
    query = CallBack.select().where(CallBack.closed_at.is_null())
    return list(query.order_by(CallBack.asked_at, CallBack.id))


def waiting_letters() -> list[RegistrationLetter]:
    """The letters to print and mail, the oldest first; none whose code would be dead."""
    query = RegistrationLetter.select().where(RegistrationLetter.closed_at.is_null())
    rows = query.order_by(RegistrationLetter.asked_at, RegistrationLetter.id)
    return [row for row in rows if _still_needed(row)]


def waiting_letter(number: int) -> RegistrationLetter | None:
    """A letter to print and mail."""
    row = RegistrationLetter.get_or_none(
        RegistrationLetter.id == number, RegistrationLetter.closed_at.is_null()
    )
    return row if row is not None and _still_needed(row) else None


def close(table: type[CallBack] | type[RegistrationLetter], number: int, actor: Actor, note: str) -> bool:
    """Take one off the list. False where it was taken off before."""
    with transaction():
        open_still = (table.id == number) & table.closed_at.is_null()
        closed = table.update(closed_at=clock.now()).where(open_still).execute()
        if closed:
            subject = f"work:{table._meta.table_name}:{number}"
            audit.record(actor, "work-closed", subject=subject, detail=note)
    return bool(closed)


def drop_letter(number: int, actor: Actor, reason: str) -> bool:
    """Send no letter; the code of one that was printed is dead. False where it was taken off the list before."""
    with transaction():
        RegistrationLetter.update(code_hash=None).where(
            RegistrationLetter.id == number, RegistrationLetter.closed_at.is_null()
        ).execute()
        return close(RegistrationLetter, number, actor, reason)


def locks(rows: list[CallBack] | list[RegistrationLetter]) -> dict[int, Lockout]:
    """The locks that these rows are about, by their number."""
    wanted = [row.lockout_id for row in rows]
    return {row.id: row for row in Lockout.select().where(Lockout.id.in_(wanted))} if wanted else {}


def _use(row: RegistrationLetter) -> bool:
    unused = (RegistrationLetter.id == row.id) & RegistrationLetter.used_at.is_null()
    return bool(RegistrationLetter.update(used_at=clock.now()).where(unused).execute())


def _live(code_hash: str) -> RegistrationLetter | None:
    row = RegistrationLetter.get_or_none(
        RegistrationLetter.code_hash.in_(throttle.ways(code_hash)),
        RegistrationLetter.good_until > clock.now(),
    )
    return row if row is not None and _still_needed(row) else None


def _still_needed(row: RegistrationLetter) -> bool:
    """Whether nobody has ended the lock, and the member has no account yet."""
    lock = Lockout.get_or_none(Lockout.id == row.lockout_id)
    is_locked = lock is not None and lock.outcome != lockouts.UNLOCKED
    return is_locked and row.used_at is None and account_of_member(row.client_id) is None


def _count_ask(actor: Actor, plan: Plan, secret_key: str) -> None:
    key = throttle.key_of(secret_key, "locked-way", actor.address)
    throttle.take_counted_try(key, plan["locked_registration"]["asks_an_hour"], _HOUR)


def _hash(secret_key: str, code: str) -> str:
    return throttle.key_of(secret_key, "letter", fold(code))
