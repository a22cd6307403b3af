"""The plan of an invented state (plan.toml), and what would be left of Connecticut in something that it shows."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from webapp.config import Plan, read_plan

PLAN_FILE = Path(__file__).with_name("plan.toml")
#: Names of Connecticut's plan, its partners and its towns, however they are written; CT alone is the state, but for the
#: X-ray of that name.
_NAMES = re.compile(
    r"husky|connecticut|conn\.|chnct|community health network|charter oak|access\s*health|accesshealth|myaccount|ctbhp"
    r"|ctdhp|careportal|careanalyzer|clear\s*coverage|behavioral health partnership|dental health partnership"
    r"|department of social services|departamento de servicios sociales|hartford|new haven|bridgeport"
    r"|member engagement|atención a miembros|technical support services|servicios de soporte técnico"
    r"|client\s*id\s*number|número de identificación del cliente|\.ct\.",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\b(?:CT(?! colonography)|DSS|HUSKY)\b|(?<![\d#])06[0-4]\d\d(?!\d)")
#: Sections of the plan file whose values lead to somebody in Connecticut.
_REACHED_AT = ("telephones", "links", "mail", "contacts")


def second_plan() -> Plan:
    """Meridia's plan."""
    return read_plan(PLAN_FILE)


def left_of_connecticut(text: str) -> list[str]:
    """The names, telephone numbers and addresses of Connecticut's plan in a text, HTML or not."""
    found = [match[0] for pattern in (_NAMES, _SHORT) for match in pattern.finditer(text)]
    digits = re.sub(r"(?<=\d)[-. )]+(?=\d)", "", text)
    return found + [value for value in _reached_at() if value in (digits if value.isdigit() else text)]


@cache
def _reached_at() -> list[str]:
    return list(_values_of_connecticut())


def _values_of_connecticut() -> Iterator[str]:
    """Telephone numbers, as digits, and addresses that the default plan has and Meridia's has not."""
    ours, own = read_plan(), second_plan()
    kept = {str(value) for section in own.sections.values() for value in section.values()}
    for section in _REACHED_AT:
        for value in map(str, ours[section].values()):
            digits = re.sub(r"\D", "", value)
            if value and value not in kept:
                if len(digits) >= 10 and not re.search("[a-z]", value):
                    yield digits[-10:]
                elif not digits or len(value) > 8:
                    yield value
