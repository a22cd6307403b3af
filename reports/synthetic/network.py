"""The provider network: practices of very different sizes, their PCPs, specialists, and the state's facilities.

An *affiliation* is a row of the provider feed: one provider under one tax ID. Claims point at affiliations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from reports.synthetic.cast import Cast
from reports.synthetic.catalogue import rows
from reports.synthetic.draws import Floats, Ints, date_of, npi, pick, whole
from reports.synthetic.names import Town, names, street_addresses, telephones, towns
from reports.synthetic.trades import CREDENTIALS, LANGUAGE_WEIGHTS, LANGUAGES, SPECIALTIES

#: Kinds of performers other than the member's own PCP, with how many there are for 100,000 members (at least two).
_OTHERS = {
    "specialist": 420,
    "eye": 70,
    "laboratory": 9,
    "radiology": 24,
    "behavioral": 180,
    "substance": 14,
    "dental": 120,
    "supplier": 40,
    "pharmacy": 160,
}
#: A small demo still needs doctors to find: never fewer than so many members have.
FEWEST = 9_000
#: Days within which a provider may be too new to be found.
_NEWEST = 3

#: What a place that bills for itself is called in the provider feed, by its kind; other names for doctors' offices.
_PLACES = {
    "hospital": "Hospital",
    "psychiatric": "Psychiatric Hospital",
    "recovery": "Substance Abuse Rehabilitation Facility",
    "clinic": "Community Health Center",
    "urgent care": "Urgent Care",
}
FACILITIES = frozenset(_PLACES.values()) - {"Community Health Center"}
#: Invented: a place whose very name tells why people are there. Name and town.
_RECOVERY = (("Cedar Ridge Recovery Center", "New Haven"), ("Quiet Cove Recovery Center", "Hartford"))
_ORGANISATIONS = {"laboratory", "supplier", "pharmacy"}


@dataclass
class Practice:
    """One tax ID's primary care: its PCPs' affiliations and how many members it draws."""

    tin: str
    name: str
    town: int
    weight: float
    clinic: bool = False
    pcps: list[int] = field(default_factory=list)
    adult_diabetes_share: float = -1.0


@dataclass
class Network:
    """`providers` are the rows of the provider feed; the arrays beside it have one entry per affiliation."""

    providers: list[dict[str, Any]] = field(default_factory=list)
    practices: list[Practice] = field(default_factory=list)
    kinds: dict[str, list[int]] = field(default_factory=dict)
    billing: list[str] = field(default_factory=list)
    by_npi: dict[tuple[str, str], int] = field(default_factory=dict)
    hospitals: list[int] = field(default_factory=list)
    home_hospital: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def add(self, row: dict[str, Any], kind: str, billing: str) -> int:
        """Adds an affiliation; `billing` is the NPI that bills for it. The position of it is returned."""
        place = len(self.providers)
        self.providers.append(row)
        self.billing.append(billing)
        self.kinds.setdefault(kind, []).append(place)
        self.by_npi[(row["npi"], row["tin"])] = place
        self.by_npi.setdefault((row["npi"], ""), place)
        return place

    def find(self, number: str, tin: str = "") -> int:
        """The affiliation of an NPI (under a TIN). Raises ValueError where the network has none."""
        try:
            return self.by_npi[(number, tin)]
        except KeyError:
            raise ValueError(f"no provider {number} {tin} in the synthetic network") from None

    def codes(self, value: Callable[[int], str]) -> tuple[Ints, list[str]]:
        """For every affiliation the position of `value` in a list without repeats, and that list."""
        known: dict[str, int] = {}
        positions = [known.setdefault(value(place), len(known)) for place in range(len(self.providers))]
        return np.array(positions, dtype=np.int64), list(known)


def build(rng: np.random.Generator, members: int, as_of: int, cast: Cast) -> Network:
    """A network for about `members` members: the cast's practices first, then invented ones."""
    network = Network()
    for practice in cast.practices:
        _cast_practice(network, practice, members, as_of)
    _invented_practices(network, rng, members, as_of)
    _others(network, rng, members, as_of)
    _facilities(network, rng, as_of)
    return network


def _row(**facts: Any) -> dict[str, Any]:
    return {
        "credential": None, "kind": "medical", "pcp": False, "pcmh": False, "accepting_new_patients": True,
        "languages": "English", "state": "CT", "address_line_2": None, **facts,
    }  # fmt: skip


def _confirmed(as_of: int, turn: int) -> Any:
    """A day of the year before, when the record came last; never one of the last three days."""
    return date_of(as_of - 10 - turn % 340)


def _nearest(latitude: float, longitude: float) -> int:
    known = towns()
    return min(
        range(len(known)),
        key=lambda place: (known[place].latitude - latitude) ** 2 + (known[place].longitude - longitude) ** 2,
    )


def _cast_practice(network: Network, practice: Any, members: int, as_of: int) -> None:
    site = practice.sites[0]
    # About three in four members of a practice's circle visit it often enough to be attributed by claims.
    share = min(practice.panel / 0.76 / max(members, 1), 0.3)
    made = Practice(
        practice.tin, practice.name, _nearest(site["latitude"], site["longitude"]), -share, practice.clinic,
        adult_diabetes_share=practice.adult_diabetes_share if practice.adult_diabetes_share is not None else -1.0,
    )  # fmt: skip
    for number, person in enumerate(practice.providers):
        site = practice.sites[int(person.get("site", 0))]
        row = _row(
            npi=person["npi"],
            individual_medicaid_number=person.get("individual_medicaid_number"),
            group_medicaid_number=practice.group_medicaid_number or None,
            tin=practice.tin,
            practice_name=practice.name,
            first_name=person["first_name"],
            last_name=person["last_name"],
            credential=person.get("credential", "MD"),
            specialty=person.get("specialty", "Family Medicine"),
            pcp=bool(person.get("pcp", True)),
            pcmh=practice.pcmh,
            accepting_new_patients=bool(person.get("accepting", True)),
            languages=person.get("languages", "English"),
            address_line_1=site["address"],
            address_line_2=site.get("address_line_2"),
            city=site["city"],
            zip=site["zip"],
            telephone=site["telephone"],
            latitude=float(site["latitude"]),
            longitude=float(site["longitude"]),
            enrolled_on=date_of(as_of - 2000 - number * 90),
            received_on=_confirmed(as_of, number * 23),
        )
        own = len(practice.providers) == 1
        billing = person["npi"] if own else npi(90_000_000 + int(practice.tin[-6:]))
        place = network.add(row, "pcp" if row["pcp"] else "specialist", billing)
        if row["pcp"]:
            made.pcps.append(place)
    network.practices.append(made)


def _position(rng: np.random.Generator, town: Town) -> tuple[float, float]:
    north, east = whole(rng, -900, 900, 2)
    return (round(town.latitude * 1e5) + int(north)) / 1e5, (round(town.longitude * 1e5) + int(east)) / 1e5


def _invented_practices(network: Network, rng: np.random.Generator, members: int, as_of: int) -> None:
    """Zipf-like sizes: a few groups hold many PCPs, most practices one. Every ninth also bills under a second TIN."""
    known, places = names(), towns()
    count = max(14, members // 230)
    doctors = max(36, members // 150)
    sizes = [1 + int(doctors * 0.25 / (rank + 1)) for rank in range(count)]
    clinics = [row for row in rows("connecticut_facilities.csv") if row["kind"] == "clinic"]
    town_weights = [town.weight for town in places]
    number = 0
    for rank, size in enumerate(sizes):
        size = min(size, 60)
        pediatric = rank % 5 == 2
        clinic = clinics[rank // 6 % len(clinics)] if rank % 6 == 1 and rank // 6 < len(clinics) else None
        town = int(pick(rng, town_weights, 1)[0])
        if clinic:
            town = _nearest(float(clinic["latitude"]), float(clinic["longitude"]))
        label = known.pediatric_words if pediatric else known.family_words
        turn, word = divmod(rank, len(known.practice_words))
        series = turn // len(label)
        name = f"{known.practice_words[word]} {label[(word + turn) % len(label)]}"
        name += f" {series + 1}" if series else ""
        practice = Practice(
            f"06{200_000 + rank * 17:07d}", clinic["name"] if clinic else name, town,
            (size + 0.5) * (0.6 + float(rng.random())), clinic is not None,
        )  # fmt: skip
        rows_made = []
        for _ in range(size):
            rows_made.append(_doctor(rng, practice, number, pediatric, as_of, clinic))
            number += 1
        billing = npi(10_000_000 + rank) if size > 1 or clinic else rows_made[0]["npi"]
        if clinic:
            billing = clinic["npi"]
        practice.pcps = [network.add(row, "pcp", billing) for row in rows_made]
        network.practices.append(practice)
        if rank % 9 == 4 and size > 1:
            _second_tin(network, practice, rows_made, rank)


def _second_tin(network: Network, practice: Practice, doctors: list[dict[str, Any]], rank: int) -> None:
    """The first half of a practice's PCPs also see members in the next town, under another tax ID."""
    home, known = towns()[practice.town], names()
    town = min(
        (town for town in towns() if town.name != home.name),
        key=lambda town: (town.latitude - home.latitude) ** 2 + (town.longitude - home.longitude) ** 2,
    )
    sister = Practice(
        f"06{5_000_000 + rank * 17:07d}", f"{practice.name} of {town.name}", practice.town,
        practice.weight * 0.3, practice.clinic,
    )  # fmt: skip
    there = {
        "address_line_1": f"{100 + rank} {known.streets[rank % len(known.streets)]} {known.street_kinds[0]}",
        "city": town.name, "zip": town.zip, "latitude": town.latitude, "longitude": town.longitude,
        "telephone": f"{('203', '860')[rank % 2]}-555-01{rank * 7 % 100:02d}",
    }  # fmt: skip
    for row in doctors[: (len(doctors) + 1) // 2]:
        again = {
            **row, **there, "tin": sister.tin, "practice_name": sister.name,
            "group_medicaid_number": f"005{rank:06d}",
        }  # fmt: skip
        sister.pcps.append(network.add(again, "pcp", npi(20_000_000 + rank)))
    network.practices.append(sister)


def _doctor(
    rng: np.random.Generator, practice: Practice, number: int, pediatric: bool, as_of: int, clinic: Any
) -> dict[str, Any]:
    town = towns()[practice.town]
    nurse = bool(rng.random() < 0.22)
    specialty = (
        "Pediatrics" if pediatric else ("Family Medicine", "Internal Medicine")[int(rng.random() < 0.4)]
    )
    latitude, longitude = _position(rng, town)
    # The newest few came within the last three days: they test the 72 hours until a provider must be found.
    age = int(whole(rng, 0, _NEWEST, 1)[0]) if rng.random() < 0.01 else int(whole(rng, 40, 5000, 1)[0])
    return _row(
        npi=npi(30_000_000 + number),
        individual_medicaid_number=f"008{number:06d}",
        group_medicaid_number=f"004{int(practice.tin[2:]) % 1_000_000:06d}",
        tin=practice.tin,
        practice_name=practice.name,
        specialty="Nurse Practitioner" if nurse else specialty,
        credential="APRN" if nurse else ("MD", "DO")[int(rng.random() < 0.12)],
        pcp=True,
        pcmh=int(practice.tin[2:]) // 17 % 3 == 0,
        accepting_new_patients=bool(rng.random() < 0.78),
        languages=LANGUAGES[int(pick(rng, LANGUAGE_WEIGHTS, 1)[0])],
        address_line_1=clinic["address"] if clinic else street_addresses(rng, 1)[0].split(" Apt")[0],
        city=town.name,
        zip=town.zip,
        telephone=telephones(rng, 1)[0],
        latitude=latitude,
        longitude=longitude,
        enrolled_on=date_of(as_of - age - 5),
        received_on=date_of(as_of - age) if age <= _NEWEST else _confirmed(as_of, age),
        **_person(rng),
    )


def _person(rng: np.random.Generator) -> dict[str, str]:
    known = names()
    group = pick(rng, known.group_weights, 1)
    female = rng.random(1) < 0.52
    return {
        "first_name": known.first[int(known.first_names(rng, group, female)[0])],
        "last_name": known.last[int(known.last_names(rng, group)[0])],
    }


def _others(network: Network, rng: np.random.Generator, members: int, as_of: int) -> None:
    places = towns()
    weights = [town.weight for town in places]
    number = 0
    for kind, per_100_000 in _OTHERS.items():
        known = names().practice_words
        for rank in range(max(3, per_100_000 * max(members, FEWEST) // 100_000)):
            town = places[int(pick(rng, weights, 1)[0])]
            latitude, longitude = _position(rng, town)
            specialty = SPECIALTIES[kind][rank % len(SPECIALTIES[kind])]
            company = f"{known[(rank * 7 + number) % len(known)]} {specialty}"
            own = npi(50_000_000 + number)
            row = _row(
                npi=own,
                individual_medicaid_number=f"006{number:06d}",
                tin=f"06{7_000_000 + number * 7:07d}",
                practice_name=company,
                specialty=specialty,
                kind={"behavioral": "behavioral", "substance": "behavioral", "dental": "dental"}.get(
                    kind, "medical"
                ),
                credential=CREDENTIALS.get(specialty, "MD"),
                accepting_new_patients=bool(rng.random() < 0.7),
                languages=LANGUAGES[int(pick(rng, LANGUAGE_WEIGHTS, 1)[0])],
                address_line_1=street_addresses(rng, 1)[0].split(" Apt")[0],
                city=town.name,
                zip=town.zip,
                telephone=telephones(rng, 1)[0],
                latitude=latitude,
                longitude=longitude,
                enrolled_on=date_of(as_of - 900 - rank % 700),
                received_on=_confirmed(as_of, rank * 17),
                **_person(rng),
            )
            if kind in _ORGANISATIONS:
                row |= {"first_name": None, "last_name": None, "credential": None}
            network.add(row, kind, own)
            number += 1


def _recovery_centers() -> Iterator[dict[str, str]]:
    """The invented places as rows of the facilities file."""
    for number, (name, city) in enumerate(_RECOVERY):
        town = next(town for town in towns() if town.name == city)
        yield {
            "npi": npi(95_000_000 + number), "kind": "recovery", "name": name, "address": f"{200 + number} Mill Road",
            "city": city, "zip": town.zip, "latitude": str(town.latitude), "longitude": str(town.longitude),
        }  # fmt: skip


def _facilities(network: Network, rng: np.random.Generator, as_of: int) -> None:
    """Hospitals, health centers and urgent care of the Connecticut files, under tax IDs of our own, and two more."""
    for number, place in enumerate([*rows("connecticut_facilities.csv"), *_recovery_centers()]):
        network.add(
            _row(
                npi=place["npi"],
                individual_medicaid_number=f"003{number:06d}",
                tin=f"06{8_600_000 + number * 7:07d}",
                practice_name=place["name"],
                specialty=_PLACES[place["kind"]],
                kind="behavioral" if place["kind"] in ("psychiatric", "recovery") else "medical",
                languages="English, Spanish",
                address_line_1=place["address"],
                city=place["city"],
                zip=place["zip"],
                telephone=telephones(rng, 1)[0],
                latitude=float(place["latitude"]),
                longitude=float(place["longitude"]),
                enrolled_on=date_of(as_of - 4000 + number),
                received_on=_confirmed(as_of, number * 11),
            ),
            place["kind"].split(" ")[0],
            place["npi"],
        )
    network.hospitals = network.kinds["hospital"]
    at = np.array(
        [
            (network.providers[place]["latitude"], network.providers[place]["longitude"])
            for place in network.hospitals
        ]
    )
    homes = np.array([(town.latitude, town.longitude) for town in towns()])
    away = homes[:, None, :] - at[None, :, :]
    nearest = np.argmin(away[..., 0] * away[..., 0] + away[..., 1] * away[..., 1], axis=1)
    network.home_hospital = np.array(network.hospitals)[nearest]


def shares(network: Network, kind: str) -> tuple[Ints, Floats]:
    """Practices (by position) that suit `kind`, "adult" or "child", with the share of members each draws.

    A negative weight is a fixed share of all members (the cast's practices); the others divide the rest by weight.
    """
    places = []
    for place, practice in enumerate(network.practices):
        pediatric = (
            network.providers[practice.pcps[0]]["specialty"] == "Pediatrics" if practice.pcps else False
        )
        if practice.pcps and not (pediatric and kind == "adult"):
            places.append(place)
    weights = np.array([network.practices[place].weight for place in places])
    fixed = -weights[weights < 0].sum()
    rest = weights[weights > 0].sum()
    return np.array(places), np.where(weights < 0, -weights, weights / rest * (1 - fixed))
