"""Finds a browser for the walk-throughs, and installs one where there is none."""

import shutil
import subprocess
import sys

from tools import packages

NAMES = ("chromium", "chromium-browser", "google-chrome")


def on_the_path() -> str | None:
    """The browser that the machine has, if any."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def install() -> str:
    """Install Debian's package where apt and the right to use it are there, else Playwright's own; says which."""
    if packages.install("chromium"):
        return "chromium (Debian's package)"
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return "chromium (Playwright's own)"


if __name__ == "__main__":
    print(f"Browser: {on_the_path() or install()}")
