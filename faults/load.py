"""50 clients on members' pages, with wrk: pages a second, waits, errors. No limit: the machine decides."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from faults.bed import KEPT, Bed, Served
from faults.browser import Browser

CLIENTS = 50
SECONDS, SHORT_SECONDS = 20, 4
PAGES = ("/members/home", "/members/account", "/members/find-a-doctor", "/members/login", "/members/messages")
_SCRIPT = """
local pages = {%s}
local turn = 0
request = function()
  turn = turn + 1
  return wrk.format("GET", pages[turn %% #pages + 1], {["Cookie"] = "%s", ["Accept-Encoding"] = "gzip"})
end
"""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Ask both web servers for the same pages."""
    wrk = shutil.which("wrk")
    if wrk is None:
        yield Figure("not measured: wrk is not installed (apt-get install wrk)", 0, "")
        return
    for what, serving in (("portal serve", bed.serve()), ("gunicorn, 3 × 8 threads", bed.gunicorn())):
        with serving as served:
            command = [wrk, "-t2", f"-c{CLIENTS}", f"-d{SHORT_SECONDS if short else SECONDS}s", "--latency"]
            script = _script(bed, served)
            done = subprocess.run(
                [*command, "--timeout", "20s", "-s", str(script), served.url], capture_output=True, text=True, check=True
            )
            yield from _figures(what, done.stdout)


def _script(bed: Bed, served: Served) -> Path:
    """What wrk asks for, as somebody who is signed in."""
    secret = {account["username"]: account["password"] for account in bed.demo["accounts"]}
    browser = Browser(served.url)
    browser.sign_in("member", "tvega88", secret["tvega88"])
    answers = {page: browser.get(page).status for page in PAGES}
    if set(answers.values()) != {200}:
        raise RuntimeError(f"not all pages can be read: {answers}")
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    script = KEPT / "load.lua"
    script.write_text(_SCRIPT % (", ".join(f'"{page}"' for page in PAGES), cookies), encoding="utf-8")
    return script


def _figures(what: str, said: str) -> Iterator[Figure]:
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    yield Figure(f"{what}: pages a second", float(rate[1]) if rate else 0.0, "")
    for which in (50, 99):
        found = re.search(rf"\s{which}%\s+([\d.]+)(us|ms|s|m)\b", said)
        wait = float(found[1]) * _UNITS[found[2]] if found else 0.0
        yield Figure(f"{what}: {which}th percentile", wait, "ms")
    errors = [re.search(r"Non-2xx or 3xx responses: (\d+)", said), *re.finditer(r"(?:connect|read|write|timeout) (\d+)", said)]
    yield Figure(f"{what}: errors", sum(int(error[1]) for error in errors if error), "")
