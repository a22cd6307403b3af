"""Running wapiti, sqlmap and bandit, and reading what they say."""

import csv
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from attack.findings import Finding
from attack.target import KEPT, Surface
from tests.e2e.harness.server import ROOT

TOOLS = ROOT / ".venv-attack" / "bin"

#: wapiti's modules that ask nobody but the portal. Left out: those that fetch lists of known software (cms, wapp, htp,
#: nikto, wp_enum, network_device), look things up outside (takeover, log4shell, ssrf, xxe, spring4shell) or judge the
#: TLS of the proxy in front (ssl, https_redirect); brute_login_form, as test_fifty_at_once.py tries harder.
MODULES = (
    "cookieflags", "csp", "csrf", "http_headers", "methods", "htaccess", "backup", "shellshock", "crlf", "redirect",
    "exec", "file", "ldap", "upload", "sql", "timesql", "xss", "permanentxss",
)  # fmt: skip
QUICK = ("cookieflags", "csp", "csrf", "http_headers", "redirect", "exec", "file", "sql", "xss")

#: Addresses that would end the insider's own session or account, or show the portal as somebody else.
KEEP_OUT = (
    "*/logout", "*/profile/sign-out*", "*/profile/close*", "*/profile/password*", "*/imitate*", "*/login*",
    "*/second-factor/off*", "*/static/*",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Seconds for looking around, for each module of wapiti, and for each address of sqlmap."""

    crawl: int
    module: int
    address: int


FULL = Limits(crawl=40, module=8, address=180)
SHORT = Limits(crawl=20, module=4, address=120)


def wapiti(base: str, surface: Surface, modules: Sequence[str], limits: Limits) -> Iterator[Finding]:
    """Crawl a surface and attack every address and form that is found there."""
    report = KEPT / f"wapiti-{surface.name}.json"
    command: list[str | Path] = [
        TOOLS / "wapiti", "-u", f"{base}/", "--scope", "domain", "-s", f"{base}{surface.start}",
        "-m", ",".join(modules), "--flush-session",
        "--max-scan-time", str(limits.crawl), "--max-attack-time", str(limits.module), "--max-links-per-page", "60",
        "--skip", "csrf_token", "-r", "lang", "-t", "10", "--tasks", "4", "-v", "0", "--no-bugreport",
        "--store-session", KEPT / f"wapiti-{surface.name}", "--store-config", KEPT / "wapiti-config", "-f", "json",
        "-o", report,
    ]  # fmt: skip
    if surface.cookies:
        command += ["-C", surface.cookies]
        for path in KEEP_OUT:
            command += [
                "-x",
                f"{base}{path.removeprefix('*')}" if path.startswith("*/static") else f"{base}/{path}",
            ]
    report.unlink(missing_ok=True)
    told = KEPT / f"wapiti-{surface.name}.log"
    most = limits.crawl + 60 + len(modules) * 4 * limits.module
    for _attempt in range(2):  # on a machine with other work it may lose its own database
        with told.open("w") as log:
            done = subprocess.run(command, stdout=log, stderr=log, check=False, timeout=most)
        if done.returncode == 0:
            yield from read_wapiti(report, surface.name)
            return
    last = told.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    yield Finding(
        "wapiti", "not finished", surface.name, f"it ended with {done.returncode} and said last: {last}"
    )


def read_wapiti(report: Path, surface: str) -> Iterator[Finding]:
    """The vulnerabilities and anomalies of a report; `where` is the surface, the method, the path and the parameter."""
    found = json.loads(report.read_text(encoding="utf-8"))
    for kind in ("vulnerabilities", "anomalies"):
        for what, entries in found[kind].items():
            for one in entries:
                where = " ".join(filter(None, (surface, one["method"], one["path"], one.get("parameter"))))
                yield Finding("wapiti", what, where, " ".join(str(one.get("info", "")).split())[:200])


def crawled(surface: Surface) -> int:
    """How many addresses wapiti found; a surface of which it saw little was not attacked."""
    report = KEPT / f"wapiti-{surface.name}.json"
    if not report.exists():
        return 0
    return int(json.loads(report.read_text(encoding="utf-8"))["infos"]["crawled_pages_nbr"])


@dataclass(frozen=True)
class Query:
    """An address with what sqlmap is to put its own into. data: of a form; {token} becomes the form's token."""

    surface: str
    url: str
    data: str = ""


#: The searches, filters and sorts: where what is typed comes nearest to the database.
QUERIES = (
    Query("public", "/members/search?q=dental"),
    Query("public", "/members/find-a-doctor/search?kind=medical&specialty=&name=Diaz&near=06106&miles=5&page=1"),
    Query("public", "/members/login", "csrf_token={token}&username=tvega88&password=x"),
    Query("public", "/providers/recover/email", "csrf_token={token}&email=a@example.org&go=next"),
    Query("member", "/members/account?for=0123456789abcdef"),
    Query("provider", "/providers/reports?report=adult-diabetes&tin=061110001&pcp=&icm=&sort=hba1c_date&dir=asc"),
    Query("provider", "/providers/reports/adult-diabetes.csv?tin=061110001&sort=member_name&dir=asc&search=x"),
    Query("provider", "/providers/patients", "csrf_token={token}&q=Lake&tin=061110001"),
    Query("provider", "/providers/reports", "csrf_token={token}&q=Lake&report=adult-diabetes&tin=061110001"),
    Query("support", "/support/people", "csrf_token={token}&q=Vega"),
    Query("support", "/support/audit?action=sign-in&outcome=&who=x&since=&until=&page=1"),
    Query("support", "/support/queues?kind=&state=open&sort=due&page=1"),
)  # fmt: skip


#: What sqlmap says when it has tried everything.
ENDS = ("all tested parameters do not appear to be injectable", "Parameter: ")


def sqlmap(base: str, surface: Surface, queries: Sequence[Query], limits: Limits) -> Iterator[Finding]:
    """Try every parameter of these addresses."""
    for number, query in enumerate(queries):
        folder = KEPT / f"sqlmap-{surface.name}-{number}"
        command: list[str | Path] = [
            TOOLS / "sqlmap", "-u", f"{base}{query.url}", "--batch", "--level", "1", "--risk", "1",
            "--technique", "BEUT", "--time-sec", "2", "--dbms", "sqlite",
            "--timeout", "10", "--retries", "0", "--flush-session", "--disable-coloring",
            "--output-dir", folder, "--ignore-code", "*", "-v", "1",
        ]  # fmt: skip
        if query.data:
            command += ["--data", query.data.replace("{token}", "x"), "--csrf-token", "csrf_token"]
            command += ["--csrf-url", f"{base}{query.url}"]
        else:
            # Not beside tokens: it asks for a new one before each try.
            command += ["--threads", "2"]
        if surface.cookies:
            command += ["--cookie", surface.cookies]
        where = f"{surface.name} {'POST' if query.data else 'GET'} {urlsplit(query.url).path}"
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=limits.address, check=False
            )
            said = done.stdout
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode(errors="replace")
        if not any(end in said for end in ENDS):
            told = [line for line in said.splitlines() if "[" in line][-1:]
            yield Finding("sqlmap", "not finished", where, f"nothing is known of it; it said last: {told}")
        folder.mkdir(exist_ok=True)
        (folder / "said.txt").write_text(said, encoding="utf-8")
        yield from read_sqlmap(said, where)


def read_sqlmap(said: str, where: str) -> Iterator[Finding]:
    """The parameters into which something could be injected."""
    for line in said.splitlines():
        if line.startswith("Parameter: "):
            yield Finding(
                "sqlmap", "injection", f"{where} {line.removeprefix('Parameter: ').split()[0]}", line
            )


def bandit(folders: Sequence[str]) -> Iterator[Finding]:
    """Everything that bandit says of the source, of any severity."""
    command: list[str | Path] = [TOOLS / "bandit", "-q", "-r", *folders, "-f", "csv"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"bandit ended with {done.returncode}: {done.stderr[-500:]}")
    yield from read_bandit(done.stdout)


def read_bandit(said: str) -> Iterator[Finding]:
    """Its CSV: the check's number and name, and the file with the line."""
    for row in csv.DictReader(said.splitlines()):
        where = f"{row['filename'].removeprefix('./')}:{row['line_number']}"
        yield Finding("bandit", f"{row['test_id']} {row['test_name']}", where, row["issue_text"])
