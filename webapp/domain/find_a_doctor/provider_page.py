"""What the directory says of one provider: every practice location once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.domain import spoken
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.find_a_doctor.directory_index import Listing, newest, place_of
from webapp.domain.text import fold


@dataclass(frozen=True)
class Location:
    """A practice location. Of several tax numbers there the row confirmed last is shown; whatever one of them offers,
    the place offers."""

    number: int  # of the row that is shown
    practice: str
    street: tuple[str, ...]
    town: str
    telephones: tuple[str, ...]
    accepting: bool | None
    pcmh: bool
    confirmed_on: date | None

    @property
    def label(self) -> str:
        """On one line: practice and address."""
        return ", ".join(part for part in (self.practice, *self.street, self.town) if part)


@dataclass(frozen=True)
class ProviderPage:
    """A provider, with the location that was asked for first."""

    npi: str
    name: str
    specialty: str
    kind: str
    languages: tuple[str, ...]
    pcp: bool
    places: tuple[Location, ...]


def of(npi: str, at: str | None = None) -> ProviderPage | None:
    """The page of the provider with this NPI; None where the directory holds none. `at` is the number of the
    location to show first."""
    rows = list(Provider.select().where(Provider.npi == npi).order_by(Provider.id)) if npi.isalnum() else []
    if not rows:
        return None
    groups: dict[str, list[Provider]] = defaultdict(list)
    for row in rows:
        groups[place_of(row)].append(row)
    places = [location(newest(group), group) for group in groups.values()]
    places.sort(key=lambda place: (str(place.number) != at, place.practice, place.number))
    first = next(row for row in rows if row.id == places[0].number)
    languages = spoken.languages_of(", ".join(row.languages for row in rows))
    return ProviderPage(
        npi=npi,
        name=first.name,
        specialty=first.specialty,
        kind=first.kind,
        languages=tuple(languages.values()),
        pcp=any(row.pcp for row in rows),
        places=tuple(places),
    )


def location(shown: Provider, rows: Sequence[Provider], listing: Listing | None = None) -> Location:
    """A practice location from the rows there; what they offer together is also in its `listing`."""
    open_to = [row.accepting_new_patients for row in rows]
    numbers = dict.fromkeys(_digits(row.telephone) for row in (shown, *rows) if _digits(row.telephone))
    accepting = listing.accepting if listing else any(open_to)
    return Location(
        number=shown.id,
        practice="" if fold(shown.practice_name) == fold(shown.name) else shown.practice_name,
        street=tuple(line for line in (shown.address_line_1, shown.address_line_2) if line),
        town=" ".join(part for part in (_comma(shown.city), shown.state, shown.zip) if part),
        telephones=tuple(numbers),
        # The feed may not know it.
        accepting=True if accepting else (False if False in open_to else None),
        pcmh=listing.pcmh if listing else any(row.pcmh for row in rows),
        confirmed_on=shown.received_on or shown.enrolled_on,
    )


def _comma(city: str) -> str:
    return f"{city}," if city else ""


def _digits(telephone: str) -> str:
    """ "203-555-0101" of however the feed writes it; as it is where that is no number of ten digits."""
    digits = "".join(c for c in telephone if c.isdigit())
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else telephone.strip()
