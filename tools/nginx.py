"""Finds nginx for the tests of a whole installation, and installs it where there is none."""

import shutil
import sys

from tools import packages


def found() -> str | None:
    """The nginx of this machine, if any."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


if __name__ == "__main__":
    if not found() and not packages.install("nginx"):
        sys.exit("nginx is needed and could not be installed: install Debian's package nginx, and try again")
    print(f"nginx: {found()}")
