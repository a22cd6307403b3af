"""A whole installation on this machine: nginx with TLS before two web nodes, a worker, metrics, one PostgreSQL. The
files of `deploy/` are used as they are, but for names, ports and paths."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.operations.certificate import self_signed

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
#: The address that the tests' client comes from; nginx itself comes from 127.0.0.1.
CLIENT = "127.0.0.5"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@dataclass
class Site:
    """The installation. `environment`: the settings of its processes."""

    folder: Path
    database: str
    smtp: str
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in ("https", "http", "one", "two", "metrics")}
        self.certificate = self_signed(self.folder)

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"https://localhost:{self.ports['https']}"

    def environment(self, **more: str) -> dict[str, str]:
        """The settings, as an environment file gives them."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "PORTAL_DATABASE": self.database,
            "PORTAL_SECRET_KEY": "a key of the tests that protects nothing at all",
            "PORTAL_BASE_URL": self.url,
            "PORTAL_SMTP": self.smtp,
            "PORTAL_PROXIES": "127.0.0.1",
            "PORTAL_METRICS": f"127.0.0.1:{self.ports['metrics']}",
            "PORTAL_LOG": "requests",
            "PORTAL_PROCESSES": "2",
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics"),
            **more,
        }

    def start(self) -> None:
        """Start everything and wait until it answers."""
        self.start_node("one")
        self.start_node("two", PROMETHEUS_MULTIPROC_DIR=str(self.folder / "metrics-two"))
        for name in ("worker", "metrics"):
            self._run(name, [str(BIN / "portal"), name])
        assert NGINX is not None
        self._run("nginx", [NGINX, "-p", str(self.folder), "-c", str(self.nginx_file()), "-g", "daemon off;"])
        until(lambda: answers(f"{self.url}/health", self.certificate), "nginx and the nodes")
        until(lambda: answers(f"http://127.0.0.1:{self.ports['metrics']}/metrics"), "the metrics")

    def start_node(self, name: str, **more: str) -> None:
        """Start a web node, and wait for it."""
        port = self.ports[name]
        command = [str(BIN / "gunicorn"), "--config", str(DEPLOY / "gunicorn.conf.py"), "webapp.wsgi:app"]
        self._run(name, command, PORTAL_BIND=f"127.0.0.1:{port}", **more)
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), f"node {name}")

    def is_asked(self, name: str) -> bool:
        """Ask nginx for a page: whether this node has answered it. One that failed is left alone for some seconds."""
        answers(f"{self.url}/health", self.certificate)
        requests = (self.folder / "nginx-portal.log").read_text(encoding="utf-8").splitlines()
        return bool(requests) and requests[-1].endswith(f":{self.ports[name]}")

    def kill(self, name: str) -> None:
        """Kill a process and its children, as a machine that loses power."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def nginx_file(self) -> Path:
        """nginx's configuration: the site of deploy/ within the least that nginx needs around it."""
        certificate, key = self.certificate, self.folder / "key.pem"
        site = (DEPLOY / "nginx" / "portal.conf").read_text(encoding="utf-8")
        for before, now in {
            "listen 443": f"listen {self.ports['https']}",
            "listen [::]:443": f"listen [::]:{self.ports['https']}",
            "listen 80": f"listen {self.ports['http']}",
            "listen [::]:80": f"listen [::]:{self.ports['http']}",
            "return 301 https://portal.example.org": f"return 301 {self.url}",
            "server_name portal.example.org": "server_name localhost",
            "127.0.0.1:8001": f"127.0.0.1:{self.ports['one']}",
            "127.0.0.1:8002": f"127.0.0.1:{self.ports['two']}",
            "/etc/ssl/portal/fullchain.pem": str(certificate),
            "/etc/ssl/portal/privkey.pem": str(key),
            "/var/log/nginx/": f"{self.folder}/nginx-",
            "/opt/portal/deploy": str(DEPLOY),
        }.items():
            assert before in site, before
            site = site.replace(before, now)
        if not _has_ipv6():
            site = "".join(line for line in site.splitlines(keepends=True) if "[::]" not in line)
        file = self.folder / "nginx.conf"
        around = (
            f"pid {self.folder}/nginx.pid;\nerror_log {self.folder}/nginx.log;\nevents {{}}\nhttp {{\n"
            + "".join(
                f"{kind}_temp_path {self.folder}/nginx-{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
        )
        file.write_text(f"{around}{site}\n}}\n", encoding="utf-8")
        return file

    def stop(self) -> None:
        """Stop what still runs."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def _run(self, name: str, command: list[str], **more: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(**more),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _has_ipv6() -> bool:
    """Whether this machine (a container, say) can listen on IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


def until(holds: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Wait until it holds; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


def answers(url: str, certificate: Path | None = None) -> bool:
    """Whether an address answers 200."""
    import ssl

    context = ssl.create_default_context(cafile=certificate) if certificate else None
    try:
        with urllib.request.urlopen(url, timeout=5, context=context) as response:  # noqa: S310 - our own addresses
            return response.status == 200
    except OSError:
        return False
