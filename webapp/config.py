"""Settings: read from the environment once, checked, frozen."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_PLAN = Path(__file__).with_name("plan.toml")
LOGS = ("errors", "requests")
LONGEST_PROGRAM = 8  # characters of a program's letter, as stored

#: What a plan file of another state says itself, all of it ("" where there is none): what it left out would be
#: Connecticut's. Of the sections with names behind them only these settings; the others may be kept.
OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "plan": (),
        "names": (),
        "programs": (),
        "update_sites": (),
        "telephones": (),
        "mail": (),
        "contacts": (),
        "links": ("access_health", "social_services", "behavioral_health", "dental", "local_help"),
        "directory": ("state", "places"),
    }
)
#: Sections whose settings are the plan's own: a plan file's section takes the place of ours as a whole.
_FREE = ("programs", "update_sites")
_NOT_IN_NAMES = re.compile(r"[%{}<>\[\]]")


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says how to mend it."""


@dataclass(frozen=True)
class PasswordRules:
    """What a portal asks of a password (guide 000 step 3, guide 001 step 5)."""

    minimum_length: int
    special_characters: str
    needs: tuple[str, ...]
    history: int
    expires_days: int
    reminder_days: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The plan file: everything that a second state would change."""

    sections: Mapping[str, Mapping[str, Any]]
    folder: Path | None = None  # the plan's own pages, pictures and tables, which go before ours

    def __getitem__(self, section: str) -> Mapping[str, Any]:
        return self.sections[section]

    def program(self, spelling: str | None) -> str | None:
        """The program letter for a spelling of eligibility's `plan` column, or None."""
        spellings = _spellings(tuple((letter, tuple(own)) for letter, own in self["programs"].items()))
        return spellings.get(_fold(spelling or ""))

    def program_name(self, letter: str | None) -> str:
        """'HUSKY A' for 'A'; empty for none."""
        return f"{self['plan']['program_prefix']} {letter}".lstrip() if letter else ""

    @property
    def programs(self) -> tuple[str, ...]:
        """The letters of the programs, in the order of the plan file."""
        return tuple(self["programs"])

    @property
    def names(self) -> dict[str, str]:
        """What our texts are written with -> what it is called here."""
        own = self["plan"]
        return {"HUSKY Health": own["name"], "Connecticut": own["state"], **self["names"]}

    def own_file(self, name: str) -> Path | None:
        """A file of the plan's own folder, where it has one of that name."""
        path = self.folder / name if self.folder else None
        return path if path and path.is_file() else None

    def password_rules(self, portal: str) -> PasswordRules:
        """The rules of one portal ('member', 'provider' or 'support')."""
        section = self["member_password" if portal == "member" else "provider_password"]
        lists = {name: tuple(section[name]) for name in ("needs", "reminder_days")}
        return PasswordRules(**{**section, **lists})


@lru_cache(maxsize=8)
def _spellings(programs: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """Each spelling of a program, folded, with the program's letter."""
    return {_fold(spelling): letter for letter, spellings in programs for spelling in spellings}


def _fold(spelling: str) -> str:
    return "".join(spelling.split()).upper()


class SecretKey(str):
    """The portal's secret key. `before`: earlier keys, newest first, with which things may still be read; what is
    written now is written with the key itself (docs/operations.md, "Rotating the secret key")."""

    before: tuple[str, ...]

    def __new__(cls, key: str, before: tuple[str, ...] = ()) -> "SecretKey":
        made = super().__new__(cls, key)
        made.before = before
        return made


def keys_of(secret_key: str) -> tuple[str, ...]:
    """The key and those before it, newest first."""
    return (str(secret_key), *getattr(secret_key, "before", ()))


@dataclass(frozen=True)
class Settings:
    """All that the environment decides. Made by `read_settings`.

    proxies: the networks whose word about a client's address is believed; metrics: where they are served; log: 'errors'
    or 'requests'.
    """

    database: str
    secret_key: SecretKey | None
    smtp: str | None
    base_url: str
    claims: Path | None
    today: date | None
    plan: Plan
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    metrics: tuple[str, int] | None = None
    log: str = "errors"

    @property
    def secure(self) -> bool:
        """Whether people reach the portal over TLS."""
        return self.base_url.startswith("https://")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment (os.environ unless given).

    Raises SettingsError naming the variable, what is wrong and how to mend it.
    """
    env = os.environ if environment is None else environment
    database = env.get("PORTAL_DATABASE") or f"sqlite:///{Path('var/portal.db').absolute()}"
    if not database.startswith(("sqlite:///", "postgresql://")):
        raise SettingsError("PORTAL_DATABASE must begin with sqlite:/// or postgresql://")
    return Settings(
        database=database,
        secret_key=_secret(env.get("PORTAL_SECRET_KEY"), env.get("PORTAL_SECRET_KEY_BEFORE")),
        smtp=_smtp(env.get("PORTAL_SMTP")),
        base_url=(env.get("PORTAL_BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or 8000}").rstrip("/"),
        claims=Path(env["PORTAL_CLAIMS"]) if env.get("PORTAL_CLAIMS") else None,
        today=_today(env.get("PORTAL_TODAY")),
        plan=read_plan(Path(env["PORTAL_PLAN"]) if env.get("PORTAL_PLAN") else None),
        proxies=_proxies(env.get("PORTAL_PROXIES")),
        metrics=_metrics(env.get("PORTAL_METRICS")),
        log=_log(env.get("PORTAL_LOG")),
    )


def read_plan(path: Path | None = None) -> Plan:
    """The plan file at `path` laid over the default one.

    Raises SettingsError for a file that cannot be read, is not TOML, holds an unknown section or setting, is of another
    state and leaves out what would then be Connecticut's, or has a value that no page could use.
    """
    sections = tomllib.loads(DEFAULT_PLAN.read_text(encoding="utf-8"))
    if path is not None:
        try:
            own = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
            raise SettingsError(f"PORTAL_PLAN: {path} cannot be read: {fault}") from fault
        _check_known(own, sections, path)
        _check_whole(own, sections, path)
        for name, section in own.items():
            sections[name] = section if name in _FREE else {**sections[name], **section}
    _check_values(sections)
    kept = MappingProxyType({name: MappingProxyType(section) for name, section in sections.items()})
    return Plan(kept, _folder(sections["plan"]["folder"], path))


def _check_known(own: dict[str, Any], sections: dict[str, Any], path: Path) -> None:
    for name, section in own.items():
        if name not in sections or not isinstance(section, dict):
            raise SettingsError(f"PORTAL_PLAN: {path}: there is no section [{name}]")
        unknown = set() if name in _FREE else set(section) - set(sections[name])
        if unknown:
            raise SettingsError(f"PORTAL_PLAN: {path}: [{name}] has no setting {sorted(unknown)[0]!r}")


def _check_whole(own: dict[str, Any], sections: dict[str, Any], path: Path) -> None:
    """Refuse another state's file that would let a name, number or address of Connecticut's stand."""
    if own.get("plan", {}).get("state", sections["plan"]["state"]) == sections["plan"]["state"]:
        return
    for name, settings in OWN.items():
        asked = () if name in _FREE else settings or tuple(sections[name])
        left_out = [key for key in asked if key not in own.get(name, {})]
        if left_out or name not in own:
            what = f" {left_out[0]!r}" if left_out else ""
            raise SettingsError(
                f"PORTAL_PLAN: {path}: a plan of another state must say [{name}]{what} itself"
                ' ("" for none): else Connecticut\'s would stand'
            )


def _check_values(sections: dict[str, Any]) -> None:
    """Refuse values that no page could use. Raises SettingsError."""
    try:
        ZoneInfo(sections["plan"]["time_zone"])
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise SettingsError(f"PORTAL_PLAN: [plan] time_zone: {fault}") from fault
    for ours, name in sections["names"].items():
        if not isinstance(name, str) or _NOT_IN_NAMES.search(name):
            raise SettingsError(f"PORTAL_PLAN: [names] {ours!r}: a name is a text without % {{ }} < > [ ]")
    programs = sections["programs"]
    for letter, spellings in programs.items():
        if len(letter) > LONGEST_PROGRAM:
            raise SettingsError(
                f"PORTAL_PLAN: [programs] {letter!r} is longer than {LONGEST_PROGRAM} letters"
            )
        if not isinstance(spellings, list) or not spellings:
            raise SettingsError(f"PORTAL_PLAN: [programs] {letter!r} needs a list of its spellings")
    for name, asked in (
        ("[plan] online_programs", sections["plan"]["online_programs"]),
        ("[update_sites]", sections["update_sites"]),
    ):
        if unknown := [letter for letter in asked if letter not in programs]:
            raise SettingsError(f"PORTAL_PLAN: {name}: there is no program {unknown[0]!r} in [programs]")


def _folder(name: str, path: Path | None) -> Path | None:
    """The plan's own folder, beside its file. Raises SettingsError where it is not there."""
    if not name or path is None:
        return None
    folder = path.parent / name
    if not folder.is_dir():
        raise SettingsError(f"PORTAL_PLAN: [plan] folder: there is no folder {folder}")
    return folder


def _secret(value: str | None, before: str | None) -> SecretKey | None:
    earlier = tuple((before or "").split())
    if any(len(key) < 32 for key in (*([value] if value else []), *earlier)):
        raise SettingsError("PORTAL_SECRET_KEY and each key before it must have 32 characters or more")
    if earlier and not value:
        raise SettingsError("PORTAL_SECRET_KEY_BEFORE counts beside PORTAL_SECRET_KEY only: set that too")
    return SecretKey(value, earlier) if value else None


def _proxies(value: str | None) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in (value or "").split(",") if part.strip())
    except ValueError as fault:
        raise SettingsError(
            f"PORTAL_PROXIES must be addresses or networks with commas between: {fault}"
        ) from fault


def _metrics(value: str | None) -> tuple[str, int] | None:
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"PORTAL_METRICS must look like 127.0.0.1:9100, not {value!r}")
    return host.strip("[]") or "127.0.0.1", int(port)


def _log(value: str | None) -> str:
    if value and value not in LOGS:
        raise SettingsError(f"PORTAL_LOG must be one of {', '.join(LOGS)}, not {value!r}")
    return value or LOGS[0]


def _smtp(value: str | None) -> str | None:
    if value and not value.startswith(("smtp://", "smtps://")):
        raise SettingsError("PORTAL_SMTP must look like smtp://user:password@host:587 or smtps://host")
    return value or None


def _today(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise SettingsError(f"PORTAL_TODAY must be a date like 2026-03-25, not {value!r}") from fault
