"""What stops a backup or a restore."""


class BackupRefused(Exception):
    """Nothing was changed; the message says why and, where there is one, the way to mend it."""
