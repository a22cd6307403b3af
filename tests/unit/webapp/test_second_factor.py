"""The second factor: codes of an app, each once and within a step; recovery codes; tries that come all at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pyotp
import pytest

from tests.harness.clock import Hands
from webapp import clock as portal_clock
from webapp.config import read_settings
from webapp.domain import throttle
from webapp.domain.account import accounts, second_factor, sessions
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.second_factor import RecoveryCode, SecondFactor, WrongCode
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import connected
from webapp.domain.outbox import OutboxMessage

PLAN = read_settings({}).plan
KEY = "a key of the tests that protects nothing at all"
LINKS = FreezeLinks("http://portal.example", KEY)
AT_ONCE = 50


@pytest.fixture
def rosa(database: object) -> Account:
    return accounts.create_account(
        portal="provider",
        username="rosa",
        password_hash="not looked at",
        email="rosa@practice.example",
        first_name="Rosa",
        last_name="Lake",
    )


def by(account: Account) -> Actor:
    return Actor("provider", "127.0.0.1", account.id)


def app_of(account: Account) -> pyotp.TOTP:
    """The app on the person's telephone, from the secret that was shown."""
    shown = second_factor.set_up(account, KEY, "Plan")
    assert shown is not None
    return pyotp.TOTP(shown.secret)


def shows(app: pyotp.TOTP, seconds: int = 0) -> str:
    """What the app shows now, or on a telephone whose clock is so far off."""
    return app.at(int(portal_clock.current().elsewhere().replace(tzinfo=UTC).timestamp()) + seconds)


def turn_on(account: Account) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    second_factor.begin(account, KEY)
    app = app_of(account)
    return app, second_factor.confirm(account, shows(app), KEY, by(account), PLAN, LINKS)


def check(account: Account, code: str) -> None:
    second_factor.check(account, code, KEY, by(account), PLAN, LINKS, "Firefox, Linux")


def test_it_is_on_once_a_code_of_the_app_was_entered(rosa: Account) -> None:
    second_factor.begin(rosa, KEY)
    assert not second_factor.is_on(rosa)
    app = app_of(rosa)
    with pytest.raises(WrongCode):
        second_factor.confirm(rosa, "000000", KEY, by(rosa), PLAN, LINKS)
    assert len(second_factor.confirm(rosa, shows(app), KEY, by(rosa), PLAN, LINKS)) == 10
    assert second_factor.is_on(rosa)
    with pytest.raises(second_factor.AlreadyOn):
        second_factor.begin(rosa, KEY)


def test_a_secret_waits_half_an_hour_for_its_first_code(rosa: Account, clock: Hands) -> None:
    second_factor.begin(rosa, KEY)
    clock.advance(minutes=31)
    assert second_factor.set_up(rosa, KEY, "Plan") is None
    second_factor.sweep()
    assert SecondFactor.select().count() == 0


def test_a_code_never_works_twice(rosa: Account, clock: Hands) -> None:
    app, _codes = turn_on(rosa)
    with pytest.raises(WrongCode):
        check(rosa, shows(app))  # the one that turned it on
    clock.advance(seconds=30)
    code = shows(app)
    check(rosa, code)
    with pytest.raises(WrongCode):
        check(rosa, code)


def test_no_older_code_works_after_a_newer_one(rosa: Account, clock: Hands) -> None:
    app, _codes = turn_on(rosa)
    clock.advance(minutes=5)
    check(rosa, shows(app))
    with pytest.raises(WrongCode):
        check(rosa, shows(app, -30))


@pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephones_clock_may_be_one_step_off(
    rosa: Account, clock: Hands, seconds: int, good: bool
) -> None:
    app, _codes = turn_on(rosa)
    clock.advance(minutes=5)
    if good:
        check(rosa, shows(app, seconds))
    else:
        with pytest.raises(WrongCode):
            check(rosa, shows(app, seconds))


@pytest.mark.parametrize("typed", ["{0:.3} {0:.3}", " {0} ", "{0:.3}-{0:.3}"])
def test_spaces_and_dashes_in_a_code_do_not_matter(rosa: Account, clock: Hands, typed: str) -> None:
    app, _codes = turn_on(rosa)
    clock.advance(minutes=5)
    code = shows(app)
    check(rosa, typed.replace("{0:.3}", code[:3], 1).replace("{0:.3}", code[3:]).replace("{0}", code))


NO_CODES = {
    "nothing": "",
    "short": "12345",
    "long": "1234567",
    "letters": "abcdef",
    "arabic": "١٢٣٤٥٦",
    "nul": "\x00" * 6,
    "endless": "1" * 10_000,
}


@pytest.mark.parametrize("typed", NO_CODES.values(), ids=NO_CODES)
def test_what_is_no_code_is_refused(rosa: Account, typed: str) -> None:
    turn_on(rosa)
    with pytest.raises(WrongCode):
        check(rosa, typed)


def test_the_day_that_portal_today_sets_does_not_move_the_telephones(rosa: Account) -> None:
    """Real apps go by the real time, whatever day the portal is told it is."""
    app, _codes = turn_on(rosa)
    SecondFactor.update(last_step=0).execute()
    check(rosa, app.now())


def test_a_recovery_code_works_once_and_the_owner_is_told(rosa: Account) -> None:
    _app, codes = turn_on(rosa)
    check(rosa, codes[3])
    with pytest.raises(WrongCode):
        check(rosa, codes[3])
    check(rosa, codes[4].replace(" ", ""))
    assert second_factor.recovery_codes_left(rosa) == 8
    told = [mail.body for mail in OutboxMessage.select() if "A recovery code was used" in mail.body]
    assert len(told) == 2


def test_new_recovery_codes_end_the_ones_before(rosa: Account) -> None:
    _app, old = turn_on(rosa)
    new = second_factor.new_recovery_codes(rosa, KEY, by(rosa), PLAN, LINKS)
    with pytest.raises(WrongCode):
        check(rosa, old[0])
    check(rosa, new[0])


def test_nothing_of_it_is_stored_readably(rosa: Account) -> None:
    app, codes = turn_on(rosa)
    second_factor.keep_in_sight(rosa, codes, "this session", KEY)
    row = SecondFactor.get()
    assert app.secret not in row.secret + row.in_sight
    stored = [code.code_hash for code in RecoveryCode.select()] + [row.in_sight]
    assert not any(
        part in text for text in stored for code in codes for part in (code, code.replace(" ", ""))
    )


def test_another_key_opens_nothing_and_breaks_nothing(rosa: Account, clock: Hands) -> None:
    app, codes = turn_on(rosa)
    clock.advance(minutes=5)
    for code in (shows(app), codes[0]):
        with pytest.raises(WrongCode):
            second_factor.check(rosa, code, "another key, as after a mistake", by(rosa), PLAN, LINKS)


def test_new_codes_are_read_by_one_session_for_ten_minutes_or_until_put_away(
    rosa: Account, clock: Hands
) -> None:
    _app, codes = turn_on(rosa)
    second_factor.keep_in_sight(rosa, codes, "mine", KEY)
    assert second_factor.codes_in_sight(rosa, "mine", KEY) == codes
    assert second_factor.codes_in_sight(rosa, "another", KEY) == ()
    second_factor.put_away(rosa)
    assert second_factor.codes_in_sight(rosa, "mine", KEY) == ()
    second_factor.keep_in_sight(rosa, codes, "mine", KEY)
    clock.advance(minutes=11)
    assert second_factor.codes_in_sight(rosa, "mine", KEY) == ()
    second_factor.sweep()
    assert SecondFactor.get().in_sight == ""


def test_turning_it_on_ends_the_other_sessions(rosa: Account) -> None:
    mine = sessions.find(sessions.start(rosa, "", ""), "provider", PLAN)
    sessions.start(rosa, "", "")
    assert mine is not None
    second_factor.begin(rosa, KEY)
    app = app_of(rosa)
    second_factor.confirm(rosa, shows(app), KEY, by(rosa), PLAN, LINKS, keep_session=mine.token_hash)
    assert [row.token_hash for row in Session.select()] == [mine.token_hash]


def test_support_takes_it_off_with_a_reason_and_the_owner_is_told(rosa: Account) -> None:
    turn_on(rosa)
    support = Actor("support", "127.0.0.1", 77)
    second_factor.reset(rosa, support, "ticket 12", PLAN, LINKS)
    assert not second_factor.is_on(rosa)
    assert RecoveryCode.select().count() == 0
    entry = AuditEntry.get(AuditEntry.action == "reset-second-factor")
    assert (entry.account_id, entry.subject, entry.detail) == (77, f"account:{rosa.id}", "ticket 12")
    assert "taken off by our support" in OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().body


def test_a_refused_code_is_in_the_audit_log_with_the_kind_of_browser(rosa: Account) -> None:
    turn_on(rosa)
    with pytest.raises(WrongCode):
        check(rosa, "000000")
    entry = AuditEntry.get(AuditEntry.action == "second-factor")
    assert (entry.outcome, entry.subject, entry.detail) == ("refused", f"account:{rosa.id}", "Firefox, Linux")


def at_once(account: Account, code: str) -> list[str]:
    """Fifty tries with the same code in sixteen threads; what each came to."""

    def one(_: int) -> str:
        with connected():
            try:
                check(account, code)
            except (WrongCode, throttle.MustWait) as refused:
                return type(refused).__name__
        return "accepted"

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_of_fifty_wrong_codes_at_once_four_are_looked_at(rosa: Account) -> None:
    turn_on(rosa)
    outcomes = at_once(rosa, "000000")
    assert outcomes.count("WrongCode") <= 4
    assert outcomes.count("accepted") == 0


def test_of_fifty_times_the_right_code_at_once_one_is_accepted(rosa: Account, clock: Hands) -> None:
    app, codes = turn_on(rosa)
    clock.advance(minutes=5)
    assert at_once(rosa, shows(app)).count("accepted") == 1
    clock.advance(minutes=10)
    assert at_once(rosa, codes[0]).count("accepted") == 1
