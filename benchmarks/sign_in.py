"""Whether the time of an answer tells known usernames and addresses from unknown ones.

Limit: the medians of 300 interleaved tries each differ by 2 ms at most (the budgets in docs/performance.md). The
portal's own commands are called, with waits of nothing, and each try comes from a network address of its own, so that
both kinds are first tries. A difference gates: it is one between two halves of the same run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from types import MappingProxyType

from benchmarks import servers
from benchmarks.figures import Figure
from webapp import clock
from webapp.config import Plan, read_settings
from webapp.domain.account import accounts
from webapp.domain.account.recovery import Recovery
from webapp.domain.audit import Actor
from webapp.domain.db import close_pool, connected, open_database

TRIES = 600
WARM_UP = 20
MILLISECONDS = 2.0
KNOWN, KNOWN_OFFICE = "tvega88", "elm.manager"
# Asked for again and again, as the known one is: the count of its mails is there already.
NOBODYS = "nobody@example.org"
SECRET_KEY = "s" * 32

#: Tries once: (whether it is a known one, the number of the try, the network address it comes from).
Try = Callable[[bool, int, str], None]


def measure(tries: int = TRIES) -> Iterator[Figure]:
    """Half of the tries name an account of the demo, half nobody's."""
    settings = read_settings(servers.environment(servers.demo_database("sign-in")))
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    plan = _without_waits(settings.plan)
    open_database(settings.database)
    try:
        with connected():
            office = accounts.Account.get(accounts.Account.username == KNOWN_OFFICE).email

            def sign_in(known: bool, number: int, address: str) -> None:
                username = KNOWN if known else f"nobody{number}"
                try:
                    accounts.authenticate(
                        "member", username, "Wrong-Guess-1", Actor("member", address), plan, SECRET_KEY
                    )
                except accounts.WrongPair:
                    return
                raise RuntimeError("a wrong password was taken")

            def recover(known: bool, number: int, address: str) -> None:
                email = office if known else NOBODYS
                found = Recovery("provider", address, f"run{number}", plan, SECRET_KEY).mail_usernames(email)
                if bool(found) != known:
                    raise RuntimeError(f"{email} is not what it was taken for")

            yield _difference("known against unknown username, wrong password", sign_in, tries)
            yield _difference("known against unknown address, recovery at an office", recover, tries)
    finally:
        close_pool()


def _difference(name: str, once: Try, tries: int) -> Figure:
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(-WARM_UP, tries):
        known = number % 2 == 0
        at = number + WARM_UP
        start = time.perf_counter()
        once(known, at, f"10.0.{at // 250}.{at % 250}")
        if number >= 0:
            times[known].append((time.perf_counter() - start) * 1000)
    known_ms, unknown_ms = (statistics.median(times[kind]) for kind in (True, False))
    said = f"{known_ms:.2f} and {unknown_ms:.2f} ms, {tries} tries"
    return Figure(name, abs(known_ms - unknown_ms), "ms", MILLISECONDS, gated=True, note=said)


def _without_waits(plan: Plan) -> Plan:
    none = {
        "sign_in": {**plan["sign_in"], "waits": [0]},
        "recovery": {**plan["recovery"], "code_waits": [0]},
    }
    sections = {name: MappingProxyType(section) for name, section in none.items()}
    return Plan(MappingProxyType({**plan.sections, **sections}))
