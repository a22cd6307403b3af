"""What a date in a report comes from: the last claim that counted, its code and its facility."""

from __future__ import annotations

from dataclasses import dataclass

#: What stands in a cell that may not be shown.
WITHHELD = "withheld"
#: Stands between code and facility in a stored cell.
BETWEEN = "|"


@dataclass(frozen=True)
class Evidence:
    """The claim behind a date: a code and the facility's name (or NPI), or neither where they are `withheld`."""

    code: str = ""
    facility: str = ""
    withheld: bool = False


def read(text: str | None) -> Evidence | None:
    """The evidence in a stored cell; None where there is none.

    >>> read("83036|Elm Street Clinic")
    Evidence(code='83036', facility='Elm Street Clinic', withheld=False)
    """
    if not text:
        return None
    if text == WITHHELD:
        return Evidence(withheld=True)
    code, _, facility = text.partition(BETWEEN)
    return Evidence(code, facility)
