"""What the scanners report, and which of it is accepted, with the reason, in accepted.toml."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

ACCEPTED = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True, order=True)
class Finding:
    """tool: wapiti, sqlmap, bandit or portal (its log); what: the tool's word for it; where: the request or file."""

    tool: str
    what: str
    where: str
    told: str = ""

    def __str__(self) -> str:
        told = f": {self.told}" if self.told else ""
        return f"{self.tool}: {self.what} at {self.where}{told}"


@dataclass(frozen=True)
class Acceptance:
    """Findings that are as they should be. what and where may hold * for any text; why is read by people."""

    tool: str
    what: str
    where: str
    why: str

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one of these."""
        return (
            self.tool == finding.tool
            and fnmatchcase(finding.what, self.what)
            and fnmatchcase(finding.where, self.where)
        )


def read_accepted(path: Path = ACCEPTED) -> list[Acceptance]:
    """The acceptances of the file. Raises ValueError for one without a reason."""
    with path.open("rb") as file:
        entries = tomllib.load(file).get("accepted", [])
    found = [
        Acceptance(one["tool"], one["what"], one["where"], one.get("why", "").strip()) for one in entries
    ]
    for one in found:
        if len(one.why) < 20:
            raise ValueError(
                f"{path.name}: {one.tool} {one.what} at {one.where} is accepted without a reason"
            )
    return found


def unaccepted(findings: Iterable[Finding], accepted: Sequence[Acceptance]) -> list[Finding]:
    """Findings that nobody has accepted, each once."""
    return sorted({one for one in findings if not any(entry.covers(one) for entry in accepted)})


def stale(
    findings: Sequence[Finding], accepted: Sequence[Acceptance], tools: Iterable[str]
) -> list[Acceptance]:
    """Acceptances that nothing was found for by the tools that ran."""
    ran = set(tools)
    return [
        entry
        for entry in accepted
        if entry.tool in ran and not any(entry.covers(finding) for finding in findings)
    ]
