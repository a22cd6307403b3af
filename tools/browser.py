"""Finds a browser for the walk-throughs, and installs one where there is none."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def on_the_path() -> str | None:
    """The browser that the machine has, if any."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def install() -> str:
    """Install Debian's package where apt and the right to use it are there, else Playwright's own; says which."""
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not may or _succeeds("sudo", "-n", "true")):
        apt = [*may, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        # A machine that was never updated knows no packages; one that cannot update may still know them.
        _succeeds(*apt, "update")
        if _succeeds(*apt, "install", "--no-install-recommends", "chromium"):
            return "chromium (Debian's package)"
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return "chromium (Playwright's own)"


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    print(f"Browser: {on_the_path() or install()}")
