"""Where towns and ZIP codes lie: what "near Hartford" and "near 06106" mean in the provider directory.

The position of a place is the middle (the median, which one wrong address does not move) of the providers there; for
places without providers, that of the plan's own table ([directory] places).
"""

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from statistics import median

from peewee import CharField, DoubleField, IntegerField, TextField

from reports.prepared import Prepared, slot
from webapp.config import Plan
from webapp.domain.db import Table, database
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.find_a_doctor.directory_words import SHORTEST_FORGIVEN, is_one_letter_off
from webapp.domain.text import fold_words

DATA = Path(__file__).with_name("data")
#: Miles in a degree of latitude.
MILES_A_DEGREE = 69.055
MOST_SUGGESTED = 4

_ZIP = re.compile(r"(\d{5})(-?\d{4})?")
_SHORT = {"E": "EAST", "W": "WEST", "N": "NORTH", "S": "SOUTH", "ST": "SAINT", "MT": "MOUNT", "FT": "FORT"}


class Place(Table):
    """A town or a ZIP code. `key`: the digits, or the folded name with its words spelled out."""

    key = CharField(max_length=80, primary_key=True)
    name = TextField()  # as shown: "Hartford", "06106"
    town = TextField()  # the town of a ZIP code; empty for a town
    latitude = DoubleField()
    longitude = DoubleField()
    total = IntegerField()  # providers there

    class Meta:
        table_name = "directory_place"

    @property
    def is_zip(self) -> bool:
        """Whether this is a ZIP code."""
        return bool(self.town)

    @property
    def label(self) -> str:
        """ "Hartford", or "06106 Hartford"."""
        return f"{self.name} {self.town}" if self.is_zip else self.name


class UnknownPlace(Exception):
    """Nobody knows the town or ZIP code that was typed. `near`: places spelled like it, best first."""

    def __init__(self, typed: str, near: list[Place]) -> None:
        super().__init__(typed)
        self.typed = typed
        self.near = near

    @property
    def is_zip(self) -> bool:
        """Whether digits were typed."""
        return bool(re.match(r"\s*\d", self.typed))


@dataclass(frozen=True)
class Found:
    """A place, and whether it was spelled otherwise."""

    place: Place
    corrected: bool = False


def find(typed: str, plan: Plan) -> Found:
    """The place that was typed: a ZIP code (with or without the four digits behind), or a town with or without its
    state, accents and one wrong letter forgiven where that leaves one town. Raises UnknownPlace."""
    digits = _ZIP.fullmatch(typed.strip())
    key = digits[1] if digits else town_key(typed, plan)
    place = next(_with_key(key=key), None) if key else None
    if place is not None:
        return Found(place)
    if re.match(r"\s*\d", typed):
        raise UnknownPlace(typed, _near_zip(typed))
    towns = {place.key: place for place in Place.select().where(Place.town == "")}
    alike = [name for name in towns if len(key) >= SHORTEST_FORGIVEN and is_one_letter_off(key, name)]
    if len(alike) == 1:
        return Found(towns[alike[0]], corrected=True)
    begun = [name for name in towns if len(key) > 2 and name.startswith(key)]
    close = get_close_matches(key, towns, n=MOST_SUGGESTED, cutoff=0.68)
    names = dict.fromkeys((*alike, *sorted(begun), *close))
    raise UnknownPlace(typed, [towns[name] for name in names][:MOST_SUGGESTED])


_with_key = Prepared(database, lambda: Place.select().where(Place.key == slot("key")))


def town_key(name: str, plan: Plan) -> str:
    """The key of a town: "W. Hartford, CT" gives "WESTHARTFORD"."""
    words = fold_words(name)
    state = [fold_words(plan["directory"]["state"]), fold_words(plan["plan"]["state"])]
    for ending in state:
        if ending and words[-len(ending) :] == ending and len(words) > len(ending):
            words = words[: -len(ending)]
            break
    return "".join(_SHORT.get(word, word) for word in words)[:80]


def _near_zip(typed: str) -> list[Place]:
    digits = "".join(c for c in typed if c.isdigit())[:5]
    zips = {place.key: place for place in Place.select().where(Place.town != "")}
    alike = [key for key in zips if is_one_letter_off(digits, key)]
    alike.sort(key=lambda key: (key[:3] != digits[:3], -zips[key].total, key))
    return [zips[key] for key in alike[:MOST_SUGGESTED]]


def miles_east(latitude: float) -> float:
    """Miles in a degree of longitude at a latitude."""
    return MILES_A_DEGREE * math.cos(math.radians(latitude))


def rebuild(plan: Plan) -> dict[str, Place]:
    """Make the table of places anew from the providers and the plan's own table. Call it in a transaction."""
    rows = Provider.select(
        Provider.zip, Provider.city, Provider.state, Provider.latitude, Provider.longitude
    ).where(Provider.latitude.is_null(False) & Provider.longitude.is_null(False))
    places = {place.key: place for place in _of_table(plan)}
    places.update({place.key: place for place in _of_providers(rows.tuples(), plan)})
    Place.delete().execute()
    for start in range(0, len(places), 200):
        batch = [place.__data__ for place in list(places.values())[start : start + 200]]
        Place.insert_many(batch).execute()
    return places


def is_position(latitude: float | None, longitude: float | None) -> bool:
    """Whether this is a place on earth; feeds write zeros for "not known"."""
    if latitude is None or longitude is None:
        return False
    return 0 < abs(latitude) <= 90 and 0 < abs(longitude) <= 180


Points = list[tuple[float, float]]


def _of_providers(rows: Iterable[tuple], plan: Plan) -> Iterable[Place]:
    zips: dict[str, Points] = defaultdict(list)
    towns: dict[str, dict[str, Points]] = defaultdict(lambda: defaultdict(list))
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for zip_code, city, state, latitude, longitude in rows:
        if not is_position(latitude, longitude):
            continue
        key = town_key(city, plan)
        if key:
            towns[key][state.strip().upper()].append((latitude, longitude))
            names[key][city.strip()] += 1
        digits = _ZIP.fullmatch(zip_code.strip())
        if digits and key:
            zips[digits[1]].append((latitude, longitude))
            names[digits[1]][city.strip()] += 1
    own = plan["directory"]["state"]
    for key, states in towns.items():
        # A name that two states have means the plan's own; elsewhere the one with more providers.
        state = own if own in states else max(states, key=lambda one: (len(states[one]), one))
        name = _shown(names[key]) + ("" if state in (own, "") else f", {state}")
        yield _place(key, name, "", states[state])
    for digits_, points in zips.items():
        yield _place(digits_, digits_, _shown(names[digits_]), points)


def _shown(names: Mapping[str, int]) -> str:
    name = max(names, key=lambda one: (names[one], one))
    return name.title() if name.isupper() else name


def _of_table(plan: Plan) -> Iterable[Place]:
    path = plan["directory"]["places"]
    if not path:
        return
    towns: dict[str, tuple[str, Points]] = {}
    with (plan.own_file(path) or DATA / path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            point = (float(row["latitude"]), float(row["longitude"]))
            yield _place(row["zip"], row["zip"], row["town"], [point], 0)
            towns.setdefault(town_key(row["town"], plan), (row["town"], []))[1].append(point)
    for key, (name, points) in towns.items():
        yield _place(key, name, "", points, 0)


def _place(key: str, name: str, town: str, points: Points, total: int | None = None) -> Place:
    return Place(
        key=key,
        name=name,
        town=town,
        latitude=round(median(point[0] for point in points), 5),
        longitude=round(median(point[1] for point in points), 5),
        total=len(points) if total is None else total,
    )
