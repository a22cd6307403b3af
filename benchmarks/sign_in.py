"""Whether the time of a refused sign-in tells known usernames from unknown ones.

Limit: the medians of 300 interleaved tries each differ by 2 ms at most (the budgets in docs/performance.md). The
portal's own command is called, with waits of nothing, and each try comes from an address of its own, so that both
kinds are first tries. A difference gates: it is one between two halves of the same run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from types import MappingProxyType

from benchmarks import servers
from benchmarks.figures import Figure
from webapp import clock
from webapp.config import Plan, read_settings
from webapp.domain.account import accounts
from webapp.domain.audit import Actor
from webapp.domain.db import close_pool, connected, open_database

TRIES = 600
MILLISECONDS = 2.0
KNOWN = "tvega88"


def measure(tries: int = TRIES) -> Iterator[Figure]:
    """Half of the tries name an account of the demo, half nobody's; all have a wrong password."""
    settings = read_settings(servers.environment(servers.demo_database("sign-in")))
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    plan = _without_waits(settings.plan)
    open_database(settings.database)
    times: dict[bool, list[float]] = {True: [], False: []}
    try:
        with connected():
            for number in range(-20, tries):  # the first ones warm up
                known = number % 2 == 0
                username = KNOWN if known else f"nobody{number}"
                seconds = _refused(username, f"10.0.{(number + 20) // 250}.{(number + 20) % 250}", plan)
                if number >= 0:
                    times[known].append(seconds * 1000)
    finally:
        close_pool()
    known_ms, unknown_ms = (statistics.median(times[kind]) for kind in (True, False))
    said = f"{known_ms:.2f} and {unknown_ms:.2f} ms, {tries} tries"
    yield Figure(
        "known against unknown username, wrong password",
        abs(known_ms - unknown_ms),
        "ms",
        MILLISECONDS,
        gated=True,
        note=said,
    )


def _without_waits(plan: Plan) -> Plan:
    sections = {**plan.sections, "sign_in": MappingProxyType({**plan["sign_in"], "waits": [0]})}
    return Plan(MappingProxyType(sections))


def _refused(username: str, address: str, plan: Plan) -> float:
    """Seconds until the try was refused."""
    start = time.perf_counter()
    try:
        accounts.authenticate("member", username, "Wrong-Guess-1", Actor("member", address), plan, "s" * 32)
    except accounts.WrongPair:
        return time.perf_counter() - start
    raise RuntimeError("a wrong password was taken")
