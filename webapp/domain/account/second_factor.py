"""The second factor at sign-in: six digits from an app on the person's own telephone (TOTP, RFC 6238), and ten
recovery codes for the day the telephone is gone.

The shared secret is kept encrypted under a key derived from the portal's secret key; of recovery codes only keyed
hashes are kept.
"""

import base64
import hmac
import json
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, timedelta

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from reports.words import N_
from webapp import clock
from webapp.config import Plan, keys_of
from webapp.domain import audit, throttle
from webapp.domain.account import passwords
from webapp.domain.account.account_changes import announce, end_sessions
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction

log = logging.getLogger("portal.second_factor")

STEP_SECONDS = 30
RECOVERY_CODES = 10
#: How long a secret that was shown waits for its first code, and how long new recovery codes stay in sight.
SET_UP_WITHIN = timedelta(minutes=30)
IN_SIGHT = timedelta(minutes=10)
_DIGITS, _RECOVERY_DIGITS = 6, 12

TURNED_ON = N_("A second step was added to signing in: a code from an app.")
TURNED_OFF = N_("The second step of signing in was turned off.")
RESET = N_("The second step of signing in was taken off by our support.")
NEW_CODES = N_("New recovery codes were made. The earlier ones no longer work.")
CODE_USED = N_("A recovery code was used to sign in.")


class SecondFactor(Table):
    """An account's second factor. It counts from `confirmed_at` on.

    secret: encrypted. last_step: the time step of the last code that was accepted; none so old works again.
    in_sight: the recovery codes just made, encrypted, with the one session that may read them until `in_sight_until`.
    """

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    secret = CharField(max_length=255)
    began_at = DateTimeField()
    confirmed_at = DateTimeField(null=True)
    last_step = IntegerField(default=0)
    in_sight = TextField(default="")
    in_sight_until = DateTimeField(null=True)

    class Meta:
        table_name = "second_factor"


class RecoveryCode(Table):
    """One recovery code, good for one sign-in."""

    id = AutoField()
    account = ForeignKeyField(Account, on_delete="CASCADE")
    code_hash = CharField(max_length=64)
    used_at = DateTimeField(null=True)

    class Meta:
        table_name = "recovery_code"
        indexes = ((("account", "code_hash"), True),)


class WrongCode(Exception):
    """The code is not the app's present one, was used before, or there is no such recovery code."""


class AlreadyOn(Exception):
    """The account has a second factor."""


@dataclass(frozen=True)
class SetUp:
    """What the person's app needs. uri: otpauth://…, for a QR code; secret: the same to type, base32."""

    uri: str
    secret: str


def is_on(account: Account) -> bool:
    """Whether signing in asks for a code."""
    confirmed = (SecondFactor.account == account) & SecondFactor.confirmed_at.is_null(False)
    return SecondFactor.select().where(confirmed).exists()


def begin(account: Account, secret_key: str) -> None:
    """Make a new secret, which counts once a code of it was entered. Raises AlreadyOn."""
    sealed = _seal(secret_key, pyotp.random_base32())
    with transaction():
        if is_on(account):
            raise AlreadyOn
        SecondFactor.delete().where(SecondFactor.account == account).execute()
        SecondFactor.create(account=account, secret=sealed, began_at=clock.now())


def set_up(account: Account, secret_key: str, issuer: str) -> SetUp | None:
    """The secret that waits for its first code; None when there is none, or it has waited too long.

    issuer: the name under which the person's app lists it.
    """
    row = _waiting(account)
    secret = _open(secret_key, row.secret) if row else None
    if secret is None:
        return None
    return SetUp(pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=issuer), secret)


def confirm(
    account: Account,
    code: str,
    secret_key: str,
    actor: Actor,
    plan: Plan,
    links: FreezeLinks,
    *,
    keep_session: str | None = None,
) -> tuple[str, ...]:
    """Turn it on with the first code of the app, and return the recovery codes. Other sessions than `keep_session`
    (a token hash) end. Raises WrongCode, or throttle.MustWait before the code was looked at."""
    row = _waiting(account)
    if row is None:
        raise WrongCode
    _take_try(account, secret_key, plan)
    step = _step_of(row, code, secret_key)
    with transaction():
        mine = (SecondFactor.account == account) & SecondFactor.confirmed_at.is_null()
        now = clock.now()
        if not SecondFactor.update(confirmed_at=now, last_step=step).where(mine).execute():
            raise WrongCode
        made = _replace_codes(account, secret_key)
        end_sessions(account, but=keep_session)
        announce(account, "second-factor", TURNED_ON, actor, plan, links)
    throttle.forget(_key(account, secret_key))
    return made


def check(
    account: Account,
    code: str,
    secret_key: str,
    actor: Actor,
    plan: Plan,
    links: FreezeLinks,
    device: str = "",
) -> None:
    """Accept the app's code (one step of 30 seconds early or late) or a recovery code: each works once.

    device: devices.short_name, for the audit log. Raises WrongCode, or throttle.MustWait before the code was looked at.
    """
    _take_try(account, secret_key, plan)
    digits = re.sub(r"\D", "", code)
    try:
        if len(digits) == _RECOVERY_DIGITS:
            _use_recovery_code(account, digits, secret_key, actor, plan, links)
        else:
            _use_step(account, digits, secret_key)
    except WrongCode:
        audit.record(actor, "second-factor", "refused", subject=f"account:{account.id}", detail=device)
        raise
    throttle.forget(_key(account, secret_key))


def recovery_codes_left(account: Account) -> int:
    """How many recovery codes are unused."""
    return (
        RecoveryCode.select().where(RecoveryCode.account == account, RecoveryCode.used_at.is_null()).count()
    )


def new_recovery_codes(
    account: Account, secret_key: str, actor: Actor, plan: Plan, links: FreezeLinks
) -> tuple[str, ...]:
    """Make ten new recovery codes; those before die."""
    with transaction():
        made = _replace_codes(account, secret_key)
        announce(account, "recovery-codes", NEW_CODES, actor, plan, links)
    return made


def keep_in_sight(account: Account, codes: tuple[str, ...], session_hash: str, secret_key: str) -> None:
    """Let one session read new recovery codes for ten minutes, or until `put_away`: a page loaded twice shows the
    same, and no other session ever does."""
    sealed = _seal(secret_key, json.dumps([session_hash, codes]))
    with transaction():
        SecondFactor.update(in_sight=sealed, in_sight_until=clock.now() + IN_SIGHT).where(
            SecondFactor.account == account
        ).execute()


def codes_in_sight(account: Account, session_hash: str, secret_key: str) -> tuple[str, ...]:
    """The recovery codes that this session may still read."""
    row = SecondFactor.get_or_none(SecondFactor.account == account)
    if row is None or not row.in_sight or row.in_sight_until <= clock.now():
        return ()
    session, codes = json.loads(_open(secret_key, row.in_sight) or '["", []]')
    return tuple(codes) if passwords.same(session, session_hash) else ()


def put_away(account: Account) -> None:
    """The person has kept the recovery codes: nobody reads them again."""
    with transaction():
        SecondFactor.update(in_sight="", in_sight_until=None).where(SecondFactor.account == account).execute()


def sweep() -> None:
    """Forget recovery codes that are no longer in sight, and secrets that nobody confirmed."""
    now = clock.now()
    with transaction():
        SecondFactor.update(in_sight="", in_sight_until=None).where(
            SecondFactor.in_sight_until <= now
        ).execute()
        SecondFactor.delete().where(
            SecondFactor.confirmed_at.is_null(), SecondFactor.began_at <= now - SET_UP_WITHIN
        ).execute()


def turn_off(account: Account, actor: Actor, plan: Plan, links: FreezeLinks) -> None:
    """The owner goes without. Doing it twice changes nothing."""
    with transaction():
        if _remove(account):
            announce(account, "second-factor-off", TURNED_OFF, actor, plan, links)


def reset(account: Account, actor: Actor, reason: str, plan: Plan, links: FreezeLinks) -> None:
    """Support takes it off for somebody who lost telephone and recovery codes. reason: a ticket or a sentence."""
    with transaction():
        if _remove(account):
            end_sessions(account)
            audit.record(actor, "reset-second-factor", subject=f"account:{account.id}", detail=reason)
            announce(account, "second-factor-off", RESET, actor, plan, links)


def install(account: Account, secret: str, secret_key: str) -> None:
    """Turn it on with a secret that is known beforehand (the demo's accounts). secret: base32."""
    now = clock.now()
    with transaction():
        _remove(account)
        sealed = _seal(secret_key, secret)
        SecondFactor.create(account=account, secret=sealed, began_at=now, confirmed_at=now)


def encrypt_anew(secret_key: str) -> tuple[int, int]:
    """Encrypt every secret under the present key. Returns how many there are, and how many no key opens."""
    done = lost = 0
    box = _box(secret_key)
    with transaction():
        for row in SecondFactor.select():
            try:
                sealed = box.rotate(row.secret.encode()).decode()
            except InvalidToken:
                lost += 1
                continue
            # What was in sight for ten minutes is left as it is.
            SecondFactor.update(secret=sealed).where(SecondFactor.account == row.account_id).execute()
            done += 1
    return done, lost


def _waiting(account: Account) -> SecondFactor | None:
    return SecondFactor.get_or_none(
        SecondFactor.account == account,
        SecondFactor.confirmed_at.is_null(),
        SecondFactor.began_at > clock.now() - SET_UP_WITHIN,
    )


def _use_step(account: Account, digits: str, secret_key: str) -> None:
    row = SecondFactor.get_or_none(SecondFactor.account == account, SecondFactor.confirmed_at.is_null(False))
    if row is None:
        raise WrongCode
    step = _step_of(row, digits, secret_key)
    with transaction():
        newer = (SecondFactor.account == account) & (SecondFactor.last_step < step)
        if not SecondFactor.update(last_step=step).where(newer).execute():
            raise WrongCode


def _step_of(row: SecondFactor, code: str, secret_key: str) -> int:
    """The time step that a code belongs to: this one, the one before or the next. Raises WrongCode."""
    secret, digits = _open(secret_key, row.secret), re.sub(r"\D", "", code)
    if secret is None or len(digits) != _DIGITS:
        raise WrongCode
    totp = pyotp.TOTP(secret)
    now = int(clock.current().elsewhere().replace(tzinfo=UTC).timestamp()) // STEP_SECONDS
    steps = (now - 1, now, now + 1)
    found = max((step for step in steps if passwords.same(totp.generate_otp(step), digits)), default=0)
    if found <= row.last_step:
        raise WrongCode
    return found


def _use_recovery_code(
    account: Account, digits: str, secret_key: str, actor: Actor, plan: Plan, links: FreezeLinks
) -> None:
    mine = (RecoveryCode.account == account) & RecoveryCode.code_hash.in_(
        throttle.ways(_hash(account, digits, secret_key))
    )
    with transaction():
        used = RecoveryCode.update(used_at=clock.now()).where(mine, RecoveryCode.used_at.is_null()).execute()
        if not used:
            raise WrongCode
        announce(account, "recovery-code-used", CODE_USED, actor, plan, links)


def _replace_codes(account: Account, secret_key: str) -> tuple[str, ...]:
    made = tuple(
        f"{secrets.randbelow(10**_RECOVERY_DIGITS):0{_RECOVERY_DIGITS}}" for _ in range(RECOVERY_CODES)
    )
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    for code in made:
        RecoveryCode.create(account=account, code_hash=_hash(account, code, secret_key))
    return tuple(" ".join(re.findall("....", code)) for code in made)


def _remove(account: Account) -> bool:
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    was_on = is_on(account)
    SecondFactor.delete().where(SecondFactor.account == account).execute()
    return was_on


def _take_try(account: Account, secret_key: str, plan: Plan) -> None:
    throttle.take_paced_try(_key(account, secret_key), plan["sign_in"]["waits"])


def _key(account: Account, secret_key: str) -> str:
    return throttle.key_of(secret_key, "second-factor", str(account.id))


def _hash(account: Account, digits: str, secret_key: str) -> str:
    return throttle.key_of(secret_key, "recovery-code", str(account.id), digits)


def _box(secret_key: str) -> MultiFernet:
    """Encrypts with the present key, reads with earlier ones too."""
    boxes = [hmac.digest(key.encode(), b"second factor", "sha256") for key in keys_of(secret_key)]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(box)) for box in boxes])


def _seal(secret_key: str, text: str) -> str:
    return _box(secret_key).encrypt(text.encode()).decode()


def _open(secret_key: str, sealed: str) -> str | None:
    try:
        return _box(secret_key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        log.error("a second factor cannot be read: has PORTAL_SECRET_KEY changed?")
        return None
