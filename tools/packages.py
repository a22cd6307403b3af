"""Debian's packages, where apt and the right to use it are there."""

import os
import shutil
import subprocess


def install(*names: str) -> bool:
    """Install packages; False where that cannot be done here."""
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (may and not _succeeds("sudo", "-n", "true")):
        return False
    apt = [*may, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    # A machine that was never updated knows no packages; one that cannot update may still know them.
    _succeeds(*apt, "update")
    return _succeeds(*apt, "install", "--no-install-recommends", *names)


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0
