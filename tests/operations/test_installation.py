"""A whole installation, as docs/operations.md describes it: somebody registers while a web node dies."""

import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.registration_walk import add_ana
from tests.integration.test_outbox import Received
from tests.operations.browser import Browser, Page
from tests.operations.site import CLIENT, DEPLOY, NGINX, ROOT, Site, until
from webapp.domain.account.accounts import Account
from webapp.domain.audit import AuditEntry

CARD = {"birth_date": "6/15/1990", "first_name": "Ana", "last_name": "Ortiz", "client_id": "001234567"}


@pytest.fixture
def browser(site: Site) -> Callable[..., Browser]:
    """Makes a browser that lies about where it comes from."""

    def make(address: str = CLIENT) -> Browser:
        return Browser(
            site.url, site.certificate, address, **{"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"}
        )

    return make


def account_values(page: Page) -> dict[str, str]:
    """What step 3 asks for."""
    typed = {
        "username": "ana.ortiz", "email": "ana@example.com", "confirm_email": "ana@example.com",
        "password": "Naranja7lago", "confirm_password": "Naranja7lago",
    }  # fmt: skip
    for number in (1, 2, 3):
        options = page.tree.xpath(f"//select[@name='question_{number}']/option[@value!='']/@value")
        typed[f"question_{number}"], typed[f"answer_{number}"] = options[number], f"Ponce {number}"
    return typed


@pytest.mark.usefixtures("rows")
def test_a_registration_that_loses_its_node_is_finished_on_the_other(
    site: Site, browser: Callable[..., Browser], received: Received
) -> None:
    add_ana()
    ana = browser()
    page = ana.submit(ana.get("/members/register/license-agreement"), "Agree")
    page = ana.submit(page, "Next", **CARD)
    assert page.heading.startswith("STEP 3 OF 4"), page.text

    site.kill("one")
    page = ana.submit(page, "Next", **account_values(page))
    assert page.heading.startswith("STEP 4 OF 4"), page.text
    site.start_node("one")
    until(lambda: site.is_asked("one"), "nginx to ask the first node again")
    site.kill("two")
    page = ana.submit(page, "Finish")
    assert page.status == 200, page.text
    site.start_node("two", PROMETHEUS_MULTIPROC_DIR=str(site.folder / "metrics-two"))

    assert [row.username for row in Account.select()] == ["ana.ortiz"]
    entry = AuditEntry.get(AuditEntry.action == "register")
    assert entry.address == CLIENT, "the client's own address, not nginx's and not the one it made up"
    until(lambda: bool(received.messages), "the mail that the worker sends")
    assert site.url in str(received.messages[0].get_payload())


def test_the_way_in_is_tls_with_cookies_of_this_host_alone(
    site: Site, browser: Callable[..., Browser]
) -> None:
    visitor = browser()
    page = visitor.get("/members/login?lang=es")
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "nginx/" not in page.headers["Server"]
    assert {"__Host-portal", "lang"} <= set(visitor.set), "the language is nobody's secret"
    for name, morsel in visitor.set.items():
        assert name == "lang" or name.startswith("__Host-"), name
        assert (morsel["secure"], morsel["path"], morsel["domain"]) == (True, "/", ""), name
    with pytest.raises(urllib.error.HTTPError) as moved:
        _plain(f"http://localhost:{site.ports['http']}/members/login")
    assert moved.value.headers["Location"] == f"{site.url}/members/login"


def test_another_host_name_gets_no_answer(site: Site, browser: Callable[..., Browser]) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", site.ports["http"], timeout=5)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


def test_nginx_compresses_nothing_by_itself(site: Site) -> None:
    head = subprocess.run(
        [str(NGINX), "-T", "-p", str(site.folder), "-c", str(site.nginx_file())],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "gzip off;" in head.stdout
    assert "gzip on" not in head.stdout


def test_a_page_of_ours_stands_in_when_no_node_answers(site: Site, browser: Callable[..., Browser]) -> None:
    for name in ("one", "two"):
        site.kill(name)
    page = browser().get("/members/login")
    assert (page.status, page.headers["Retry-After"]) == (503, "60")
    assert page.heading == "We are busy right now"
    assert "Estamos ocupados en este momento" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name in ("one", "two"):
        more = {} if name == "one" else {"PROMETHEUS_MULTIPROC_DIR": str(site.folder / "metrics-two")}
        site.start_node(name, **more)
    until(lambda: browser().get("/health").status == 200, "the nodes are back")


def test_metrics_are_the_sum_of_a_nodes_processes_and_not_on_the_site(
    site: Site, browser: Callable[..., Browser]
) -> None:
    def seen() -> float:
        text = _plain(f"http://127.0.0.1:{site.ports['metrics']}/metrics")
        found = re.search(
            r'portal_request_seconds_count{endpoint="provider.login",status="200"} ([\d.]+)', text
        )
        return float(found.group(1)) if found else 0.0

    before = seen()
    for _ in range(8):
        _plain(f"http://127.0.0.1:{site.ports['one']}/providers/login")
    until(lambda: seen() == before + 8, "all eight, whichever process answered")
    assert browser().get("/metrics").status == 404
    assert "portal_outbox_oldest_seconds" in _plain(f"http://127.0.0.1:{site.ports['metrics']}/metrics")


def test_no_log_holds_a_path_or_what_was_typed(site: Site, browser: Callable[..., Browser]) -> None:
    browser().get("/account/freeze/a-token-of-somebody")
    visitor = browser()
    visitor.submit(
        visitor.get("/members/login"), "Login", username="ana.ortiz.unknown", password="Naranja7lago"
    )
    logs = "".join(file.read_text(encoding="utf-8") for file in site.folder.glob("*.log"))
    assert "endpoint=public.freeze" in logs
    for secret in ("a-token-of", "/members/login", "ana.ortiz", "Naranja", "001234567"):
        assert secret not in logs, secret


def test_a_node_that_is_told_to_stop_answers_what_it_has_begun(
    site: Site, browser: Callable[..., Browser]
) -> None:
    """An upgrade stops one node after the other: nobody notices."""
    site.processes["one"].terminate()
    statuses = [browser().get("/members/login").status for _ in range(20)]
    site.processes.pop("one").wait(timeout=40)
    site.start_node("one")
    assert set(statuses) == {200}


# --- files that only a machine with systemd can run -----------------------------------------------------


def test_the_units_are_right(tmp_path: Path) -> None:
    import shutil

    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace(
            "/opt/portal/.venv/bin", str(Path(sys.executable).parent)
        )
        (tmp_path / unit.name).write_text(text.replace("/opt/portal", str(ROOT)))
    units = sorted(str(unit) for unit in tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "portal-" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_environment_file_names_real_settings(tmp_path: Path) -> None:
    from webapp.config import read_settings

    lines = [line for line in (DEPLOY / "portal.env").read_text().splitlines() if line and line[0] != "#"]
    given = dict(line.split("=", 1) for line in lines)
    plan = tmp_path / "plan.toml"
    plan.write_text("")
    settings = read_settings({**given, "PORTAL_PLAN": str(plan)})
    assert settings.secure
    assert settings.metrics == ("127.0.0.1", 9100)
    source = (ROOT / "webapp" / "config.py").read_text(encoding="utf-8")
    assert [name for name in given if f'"{name}"' not in source] == ["PROMETHEUS_MULTIPROC_DIR"]


def _plain(url: str) -> str:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    with urllib.request.build_opener(Stay).open(url, timeout=10) as response:
        return response.read().decode()
