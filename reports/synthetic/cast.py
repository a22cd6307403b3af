"""The demo's fixed people and practices, read from a TOML file.

The file holds five lists. Everything not marked *required* may be left out.

`[[practice]]`
    `tin` (9 digits) and `name`, required. `group_medicaid_number`; `panel`: about how many invented members are to be
    attributed here; `adult_diabetes_share`: how many of its adults have diabetes (0 to 1); `pcmh`; `clinic` (bills
    as a clinic, with revenue codes).
`[[practice.site]]`
    One or more, required: `address`, `city`, `zip`, `telephone`, `latitude`, `longitude`.
`[[practice.provider]]`
    `npi`, `first_name`, `last_name`, required. `credential`, `specialty`, `individual_medicaid_number`, `languages`,
    `pcp` (true), `accepting` (true), `site` (0: position in the list above). The same `npi` may stand under several
    practices.
`[[household]]`
    `address`, `city`, `zip`, `phone`, `language` ("English"), `interpreter`, `renewal_days` (after the as-of date).
    The first member is the head, the subscriber.
`[[household.member]]`
    `client_id` (9 digits, below 002000000), `first_name`, `last_name`, `gender` ("F" or "M"), required; and `age` with
    `birthday` ("MM-DD", or "today", "tomorrow", "yesterday" of the as-of date: the day on which that age is reached),
    or `age_months`, or `birth_date`. `middle_name`, `name_suffix`, `email`, `program` ("A", "B", "C", "D", "LB";
    default "A"), `dual` ("02" …), `icm`, `relation` ("self", "spouse", "child"), `died_days_ago`, `pcp` (an NPI: who
    performs the services below that name nobody) with `tin`, `selected_days_ago` (the member chose this PCP then), and:
    `spans`: a list of {start_days_ago, end_days_ago, program, dual}; default one open span that began 900 days ago (or
    at birth). A negative `end_days_ago` lies ahead.
    `services`: a list of {concept, when …}, a service of services.csv ("preventive_visit", "well_care" go by age), or
    {drug, when …}, an ingredient of drugs.csv. *When* is `days_ago`, `months_ago` (calendar months; `days` are added)
    or `date`. Besides: `npi`, `tin` (who performed it), `diagnosis` (ICD-10-CM without the dot), `nights`,
    `still_admitted`, `bill` (last digit of the bill type: "2", "3", "4" for the parts of a stay, which then began
    `admitted_days_ago`, "7" to replace and "8" to void), `paid_days_ago` or `paid_last_month`.
    `admissions`: rows of the admission feed, {facility (NPI), admitted_days_ago, discharged_days_ago, attending,
    diagnosis}.
`[[existing_account]]`, `[[member_account]]`
    The columns of those feeds, with `password`, `answer`, `pin` in plain text instead of their hashes. The hash is
    bcrypt; the answer is hashed in lower case with its spaces collapsed. Lists are joined by ";".

All of it is invented, and dates move with the as-of date so that the demo reads the same in every year.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from reports.synthetic.draws import months_before


@dataclass(frozen=True)
class CastPractice:
    tin: str
    name: str
    group_medicaid_number: str
    sites: tuple[dict[str, Any], ...]
    providers: tuple[dict[str, Any], ...]
    panel: int = 0
    adult_diabetes_share: float | None = None
    pcmh: bool = False
    clinic: bool = False


@dataclass(frozen=True)
class CastMember:
    """One member; `facts` holds the table of the file as it stands."""

    client_id: str
    first_name: str
    last_name: str
    gender: str
    household: dict[str, Any]
    subscriber_id: str
    relation: str
    facts: dict[str, Any]

    def birth_date(self, as_of: date) -> date:
        """The date of birth: given, or from the age reached on `as_of`."""
        if "birth_date" in self.facts:
            return _as_date(self.facts["birth_date"])
        if "age_months" in self.facts:
            return months_before(as_of, int(self.facts["age_months"]))
        age, birthday = int(self.facts["age"]), str(self.facts.get("birthday", "06-15"))
        moved = {"today": 0, "tomorrow": 1, "yesterday": -1}.get(birthday)
        if moved is not None:
            # Turning `age` on that day: tomorrow's birthday leaves the member a year younger on the as-of date.
            return months_before(as_of + timedelta(days=moved), age * 12)
        month, day = (int(part) for part in birthday.split("-"))
        passed = (month, day) <= (as_of.month, as_of.day)
        return date(as_of.year - age - (0 if passed else 1), month, day)

    @property
    def program(self) -> str:
        return str(self.facts.get("program", "A"))


@dataclass(frozen=True)
class Cast:
    practices: tuple[CastPractice, ...] = ()
    members: tuple[CastMember, ...] = ()
    existing_accounts: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    member_accounts: tuple[dict[str, Any], ...] = field(default_factory=tuple)


def _as_date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def when(fact: dict[str, Any], as_of: date) -> date:
    """The date a service or span names: `date`, `days_ago` or `months_ago` (with `days` added)."""
    if "date" in fact:
        return _as_date(fact["date"])
    if "months_ago" in fact:
        return months_before(as_of, int(fact["months_ago"])) + timedelta(days=int(fact.get("days", 0)))
    return as_of - timedelta(days=int(fact["days_ago"]))


def load_cast(path: Path) -> Cast:
    """Reads a cast file; see the module's text for its form.

    Raises ValueError, naming the person or practice, where something required is missing or an ID stands twice.
    """
    with path.open("rb") as source:
        return _cast(tomllib.load(source))


def starter_cast() -> Cast:
    """The cast that ships with the package."""
    return _cast(
        tomllib.loads((files("reports.synthetic") / "data" / "cast.toml").read_text(encoding="utf-8"))
    )


def _cast(content: dict[str, Any]) -> Cast:
    practices = tuple(_practice(entry) for entry in content.get("practice", ()))
    members = tuple(
        member
        for household in content.get("household", ())
        for member in _household(
            {key: value for key, value in household.items() if key != "member"}, household
        )
    )
    ids = [member.client_id for member in members]
    twice = {client_id for client_id in ids if ids.count(client_id) > 1}
    if twice:
        raise ValueError(f"cast: client_id {', '.join(sorted(twice))} stands twice")
    return Cast(
        practices,
        members,
        tuple(content.get("existing_account", ())),
        tuple(content.get("member_account", ())),
    )


def _need(entry: dict[str, Any], what: str, *names: str) -> None:
    missing = [name for name in names if name not in entry]
    if missing:
        raise ValueError(f"cast: {what} lacks {', '.join(missing)}")


def _practice(entry: dict[str, Any]) -> CastPractice:
    _need(entry, f"practice {entry.get('tin', '?')}", "tin", "name", "site", "provider")
    for provider in entry["provider"]:
        _need(provider, f"a provider of practice {entry['tin']}", "npi", "first_name", "last_name")
    return CastPractice(
        tin=entry["tin"],
        name=entry["name"],
        group_medicaid_number=entry.get("group_medicaid_number", ""),
        sites=tuple(entry["site"]),
        providers=tuple(entry["provider"]),
        panel=int(entry.get("panel", 0)),
        adult_diabetes_share=entry.get("adult_diabetes_share"),
        pcmh=bool(entry.get("pcmh", False)),
        clinic=bool(entry.get("clinic", False)),
    )


def _household(home: dict[str, Any], household: dict[str, Any]) -> list[CastMember]:
    listed = household.get("member", [])
    made = []
    for number, facts in enumerate(listed):
        _need(
            facts, f"member {facts.get('client_id', '?')}", "client_id", "first_name", "last_name", "gender"
        )
        if not {"age", "age_months", "birth_date"} & set(facts):
            raise ValueError(f"cast: member {facts['client_id']} lacks age, age_months or birth_date")
        relation = str(facts.get("relation", "self" if number == 0 else "child"))
        made.append(
            CastMember(
                client_id=facts["client_id"],
                first_name=facts["first_name"],
                last_name=facts["last_name"],
                gender=facts["gender"],
                household=home,
                subscriber_id=listed[0]["client_id"],
                relation=relation,
                facts=facts,
            )
        )
    return made
