"""The options of the walk-throughs, known to every run of pytest, and the combinations they choose."""

from dataclasses import dataclass
from itertools import product

import pytest

MODES = ("htmx", "no-js", "blocked")
LANGUAGES = ("en", "es")
DEVICES = ("phone", "desktop")


@dataclass(frozen=True)
class Combination:
    """One way to walk: with HTMX, without script, or with its file blocked; a language; a device."""

    mode: str
    language: str
    device: str

    def __str__(self) -> str:
        return f"{self.mode}-{self.language}-{self.device}"


ALL = tuple(Combination(*each) for each in product(MODES, LANGUAGES, DEVICES))
# Every mode, language and device at least once, in three walks.
MIXED = (
    Combination("htmx", "es", "phone"),
    Combination("no-js", "en", "desktop"),
    Combination("blocked", "en", "phone"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("walk-throughs")
    group.addoption(
        "--mode", action="append", choices=MODES, help="how pages work; may be repeated (default htmx)"
    )
    group.addoption("--lang", action="append", choices=LANGUAGES, help="may be repeated (default en)")
    group.addoption("--device", action="append", choices=DEVICES, help="may be repeated (default phone)")
    group.addoption(
        "--matrix", action="store_true", help="guides in all twelve combinations, other walks in three"
    )
    group.addoption("--mixed", action="store_true", help="three combinations that have everything once")
    group.addoption(
        "--guide", action="append", help="only this guide, such as member-registration; may be repeated"
    )
    group.addoption(
        "--keep-trace",
        action="store_true",
        help="keep var/e2e/…/trace.zip of every walk, with each page as it was (a fifth more time)",
    )
    group.addoption(
        "--base-url", help="walk through this portal, which has the demo plan, instead of starting one"
    )
    group.addoption("--headed", action="store_true", help="show the browser")
    group.addoption(
        "--slow",
        type=int,
        default=0,
        metavar="MS",
        help="wait so long before each move, for people who watch",
    )
    group.addoption(
        "--write-guides", action="store_true", help="take the guides' pictures, each on its own device"
    )


def writing(device: str) -> tuple[Combination, ...]:
    """How the pictures of a guide are taken: as most people see the portal, in each language."""
    return tuple(Combination("htmx", language, device) for language in LANGUAGES)


def chosen(config: pytest.Config, *, guide: bool = True) -> tuple[Combination, ...]:
    """The combinations that the command line asks for. Of other walks than the guides' the matrix has three."""
    if config.getoption("--matrix") and guide:
        return ALL
    if config.getoption("--matrix") or config.getoption("--mixed"):
        return MIXED
    picked = ("mode", "lang", "device")
    modes, languages, devices = (config.getoption(f"--{name}") for name in picked)
    wanted = product(modes or ["htmx"], languages or ["en"], devices or ["phone"])
    return tuple(Combination(*each) for each in wanted)
