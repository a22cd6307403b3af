"""Choosing providers by their Tax ID: search, tick, confirm, add (guide 001, step 3).

What a search shows is the directory's data and nothing else, and knowing a Tax ID proves nothing. Searches are counted
all the same, so that nobody copies the directory through them.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from peewee import CharField, ForeignKeyField, TextField

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, throttle
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.find_a_doctor import directory
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.text import fold_words

#: Providers on one screen: a telephone shows them as cards, and a swap stays under 4.5 KB.
PAGE = 25
#: Tax IDs of one account that a person adds by hand.
MOST_TINS = 50
_DIGITS = 9
_INSERTED = 500


class AddedProvider(Table):
    """A provider whom an account has added, under the Tax ID searched for."""

    account = ForeignKeyField(Account, on_delete="CASCADE", backref="added_providers")
    tin = CharField(max_length=9)
    npi = TextField()

    class Meta:
        table_name = "added_provider"
        indexes = ((("account", "tin", "npi"), True),)


class BadTin(Exception):
    """What was typed is no Tax ID."""


class UnknownTin(Exception):
    """The directory holds no provider under this Tax ID (yet)."""


class TooManySearches(Exception):
    """Searching is closed for a while; `minutes`: how long at most."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"wait {minutes} minutes")
        self.minutes = minutes


def read_tin(typed: str | None) -> str:
    """The nine digits of a Tax ID as people type it: spaces and dashes do not matter. Raises BadTin, also for nine
    zeros, with which feeds fill a blank."""
    plain = unicodedata.normalize("NFKC", typed or "")
    digits = "".join(c for c in plain if not (c.isspace() or unicodedata.category(c) in ("Pd", "Cf", "Cc")))
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()) or not digits.strip("0"):
        raise BadTin
    return digits


@dataclass(frozen=True)
class Picks:
    """What a person is choosing and has added.

    added: the NPIs added under each Tax ID. tin: the Tax ID whose providers are on the screen, "" for none.
    chosen: those of its NPIs that are ticked, on any page. page counts from 1. wanted: words of a name that the list
    is narrowed to. confirming: whether Please Confirm Providers is shown.
    """

    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tin: str = ""
    chosen: tuple[str, ...] = ()
    page: int = 1
    wanted: str = ""
    confirming: bool = False

    def as_values(self) -> dict[str, Any]:
        """For a stored run."""
        return {
            "added": {tin: list(npis) for tin, npis in self.added.items()},
            "tin": self.tin,
            "chosen": list(self.chosen),
            "page": self.page,
            "wanted": self.wanted,
            "confirming": self.confirming,
        }

    @classmethod
    def of_values(cls, values: Mapping[str, Any] | None) -> "Picks":
        """From a stored run; None for none."""
        if not values:
            return cls()
        added = {tin: tuple(npis) for tin, npis in values["added"].items()}
        return cls(**{**values, "added": added, "chosen": tuple(values["chosen"])})

    @classmethod
    def of_tins(cls, tins: Iterable[str]) -> "Picks":
        """All providers of these Tax IDs, added already: what a registration code fills in."""
        return cls(added={tin: npis_of(tin) for tin in tins})

    def open(self, tin: str) -> "Picks":
        """Show a Tax ID's providers; those added before are ticked."""
        return replace(self, tin=tin, chosen=self.added.get(tin, ()), page=1, wanted="", confirming=False)

    def tick(self, shown: Collection[str], ticked: Collection[str]) -> "Picks":
        """Take over the boxes of one screen: `shown` stood on it, `ticked` of them are ticked."""
        kept = [npi for npi in self.chosen if npi not in shown]
        return replace(self, chosen=tuple(sorted({*kept, *(npi for npi in ticked if npi in shown)})))

    def choose(self, npis: Iterable[str]) -> "Picks":
        """Tick exactly these: all for Select All Providers, none to begin again."""
        return replace(self, chosen=tuple(sorted(npis)))

    def turn(self, page: int) -> "Picks":
        """Another page of the list."""
        return replace(self, page=max(1, page))

    def narrow(self, wanted: str) -> "Picks":
        """Only providers with these words in their name; "" for all."""
        return replace(self, wanted=wanted, page=1)

    def confirm(self, confirming: bool = True) -> "Picks":
        """To Please Confirm Providers, or back from it with the boxes as they were."""
        return replace(self, confirming=confirming, page=1, wanted="")

    def add(self) -> "Picks":
        """Add what is chosen, in place of what was added under that Tax ID before; the list closes."""
        return Picks(added={**self.added, self.tin: self.chosen})

    def remove(self, tin: str) -> "Picks":
        """Take a Tax ID out."""
        return replace(self, added={kept: npis for kept, npis in self.added.items() if kept != tin})

    @property
    def has_unadded(self) -> bool:
        """Whether boxes are ticked that have not been added."""
        return bool(self.tin) and set(self.chosen) != set(self.added.get(self.tin, ()))


@dataclass(frozen=True)
class Listing:
    """One page of a Tax ID's providers. found: how many are listed; total: how many the Tax ID has."""

    rows: Sequence[Provider]
    page: int
    pages: int
    found: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first row on the page, from 1."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last row on the page."""
        return self.first + len(self.rows) - 1


def listing(picks: Picks) -> Listing:
    """The page of providers that `picks` asks for: of the whole Tax ID, or when confirming of what is chosen."""
    everybody = directory.providers_of(picks.tin)
    listed = everybody
    if picks.confirming:
        chosen = set(picks.chosen)
        listed = [provider for provider in everybody if provider.npi in chosen]
    elif wanted := fold_words(picks.wanted):
        listed = [provider for provider in everybody if _is_wanted(provider, wanted)]
    pages = max(1, -(-len(listed) // PAGE))
    page = min(picks.page, pages)
    return Listing(listed[(page - 1) * PAGE : page * PAGE], page, pages, len(listed), len(everybody))


def npis_of(tin: str) -> tuple[str, ...]:
    """Every provider of a Tax ID."""
    return tuple(npi for (npi,) in Provider.select(Provider.npi).where(Provider.tin == tin).tuples())


def search(tin: str, searcher: str, actor: Actor, plan: Plan, secret_key: str) -> None:
    """Look whether the directory has providers under `tin`.

    Counted before the look, per `searcher` (the run of a sign-up, an account) and per network address and hour.
    Raises TooManySearches or UnknownTin.
    """
    limits = plan["tin_search"]
    hour = timedelta(hours=1)
    try:
        throttle.take_counted_try(
            throttle.key_of(secret_key, "tin-search", searcher), limits["one_sign_up"], hour
        )
        # The hour is part of the key: a large office shares an address, and must not wait for what others did long ago.
        at = f"{clock.now():%Y-%m-%d %H}"
        throttle.take_counted_try(
            throttle.key_of(secret_key, "tin-search-from", actor.address, at), limits["an_hour"], hour
        )
    except throttle.Locked:
        audit.record(actor, "tin-search", "refused", detail="too many")
        raise TooManySearches(60) from None
    found = directory.tin_exists(tin)
    # No Tax ID in the log: that of a provider without a practice may be a Social Security number.
    audit.record(actor, "tin-search", "done" if found else "refused")
    if not found:
        raise UnknownTin


def keep_added(account: Account, added: Mapping[str, Sequence[str]]) -> None:
    """Store which providers an account has added, per Tax ID, in place of those of that Tax ID."""
    with transaction():
        for tin, npis in added.items():
            AddedProvider.delete().where(AddedProvider.account == account, AddedProvider.tin == tin).execute()
            rows = [(account.id, tin, npi) for npi in npis]
            fields = [AddedProvider.account, AddedProvider.tin, AddedProvider.npi]
            for start in range(0, len(rows), _INSERTED):
                AddedProvider.insert_many(rows[start : start + _INSERTED], fields=fields).execute()


def added_of(account: Account) -> dict[str, list[str]]:
    """The NPIs that an account has added, by Tax ID."""
    found: dict[str, list[str]] = {}
    rows = AddedProvider.select(AddedProvider.tin, AddedProvider.npi).where(AddedProvider.account == account)
    for tin, npi in rows.order_by(AddedProvider.tin, AddedProvider.npi).tuples():
        found.setdefault(tin, []).append(npi)
    return found


def _is_wanted(provider: Provider, wanted: Sequence[str]) -> bool:
    words = fold_words(f"{provider.first_name} {provider.last_name} {provider.practice_name}")
    words += [provider.individual_medicaid_number, provider.group_medicaid_number]
    return all(any(word.startswith(start) for word in words) for start in wanted)
