"""Finds a browser for the walk-throughs, and installs one where there is none."""

import shutil
import subprocess
import sys

from tools import packages

NAMES = ("chromium", "chromium-browser", "google-chrome")
# The same engine without windows: it takes a third less of the processor for the same pages.
WINDOWLESS = ("chromium-headless-shell", "chrome-headless-shell")


def on_the_path() -> str | None:
    """The browser that the machine has, if any."""
    return _first(NAMES)


def windowless() -> str | None:
    """The machine's browser without windows, else its browser, if any."""
    return _first(WINDOWLESS + NAMES)


def _first(names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


def install() -> str:
    """Install what is missing: Debian's packages where apt and the right to use it are there, else Playwright's own;
    says which."""
    if packages.install("chromium", "chromium-headless-shell") or packages.install("chromium"):
        return f"{on_the_path()} (Debian's package)"
    if found := on_the_path():
        return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return "chromium (Playwright's own)"


if __name__ == "__main__":
    print(f"Browser: {(_first(WINDOWLESS) and on_the_path()) or install()}")
