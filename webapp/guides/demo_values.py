"""Values of the demo plan in a guide: `{members.0.birth_date:date}`, `{accounts.tvega88.email}`.

What may be named is what `portal demo --json` prints. A person is named by the place in the list or by username.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

#: The lists of the demo and the fields of their entries.
FIELDS = {
    "members": ("client_id", "first_name", "last_name", "birth_date", "program"),
    "accounts": (
        "username",
        "password",
        "email",
        "client_id",
        "totp_secret",
        "tins",
        "security_answers",
    ),
    "existing_accounts": ("username", "password", "tin", "question", "answer", "pin"),
    "registration_codes": ("code", "tins", "role", "email"),
    "practices": ("tin", "name", "members"),
}
_BRACES = re.compile(r"\{([^{}]*)\}")
_LIST = "|".join(FIELDS)
_FIELD = "|".join(sorted({name for fields in FIELDS.values() for name in fields}))
_PATH = re.compile(
    rf"(?P<list>{_LIST})\.(?P<who>.+?)\.(?P<field>{_FIELD})(?:\.(?P<place>\d+)(?:\.(?P<part>question|answer))?)?"
    r"(?::(?P<form>date))?|(?P<day>as_of)(?::date)?"
)


def unknown(text: str) -> str:
    """The first placeholder that names nothing the demo could have; '' when there is none."""
    for inside in _BRACES.findall(text):
        found = _PATH.fullmatch(inside)
        if found is None or (found["list"] and found["field"] not in FIELDS[found["list"]]):
            return f"{{{inside}}}"
    return ""


def fill(text: str, demo: Mapping[str, Any]) -> str:
    """The text with the demo's values put in. Raises LookupError for somebody whom this demo does not have."""
    return _BRACES.sub(lambda match: _value(match[1], demo), text)


def _value(path: str, demo: Mapping[str, Any]) -> str:
    found = _PATH.fullmatch(path)
    if found is None:
        raise LookupError(f"{{{path}}} names nothing of the demo")
    if found["day"]:
        return _written(demo["as_of"], path)
    value = _entry(demo[found["list"]], found["who"])[found["field"]]
    if found["place"]:
        value = value[int(found["place"])]
    if found["part"]:
        value = value[found["part"]]
    return _written(value, path)


def _entry(entries: list[dict[str, Any]], who: str) -> dict[str, Any]:
    if who.isdigit() and len(who) < 4:  # a place; a TIN has nine digits
        return entries[int(who)]
    for entry in entries:
        if who in (entry.get("username"), entry.get("tin")):
            return entry
    raise LookupError(f"the demo has no {who!r}")


def _written(value: Any, path: str) -> str:
    """As people type it: a day as month/day/year."""
    if path.endswith(":date"):
        return f"{date.fromisoformat(value):%m/%d/%Y}"
    return str(value)
