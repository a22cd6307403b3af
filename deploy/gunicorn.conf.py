"""gunicorn for one web node: `gunicorn --config deploy/gunicorn.conf.py webapp.wsgi:app`. Needs PostgreSQL as soon as
there is more than one process. Tested by `make test-operations`."""

import os
import shutil
from pathlib import Path
from typing import Any

bind = os.environ.get("PORTAL_BIND", "127.0.0.1:8001")
worker_class = "gthread"
workers = int(os.environ.get("PORTAL_PROCESSES", os.cpu_count() or 2))
threads = 8
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than nginx keeps a connection that nothing goes over
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not wait for a disk
accesslog = None  # the portal writes its own line, without paths (PORTAL_LOG)
# The portal judges forwarded headers itself (PORTAL_PROXIES).
forwarded_allow_ips = ""

_COUNTED = os.environ.get("PROMETHEUS_MULTIPROC_DIR")


def on_starting(server: Any) -> None:
    """Begin with no counts of processes that ended long ago."""
    if _COUNTED:
        folder = Path(_COUNTED)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """A process ended: its counts stay, what it said of the moment does not."""
    if _COUNTED:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)
