"""Invented names and addresses, drawn from the lists of names.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from reports.synthetic.catalogue import rows
from reports.synthetic.draws import Flags, Ints, below, chance, pick, stream

#: How many two-part surnames are made for a group: with a space, with a hyphen.
_JOINED = {"spanish": (420, 60), "english": (0, 70), "portuguese": (60, 0)}


def _split(text: str) -> list[str]:
    """Words by plain spaces; a no-break space inside a word becomes a plain one."""
    return [word.replace("\u00a0", " ") for word in text.split(" ")]


@dataclass(frozen=True)
class Town:
    name: str
    zip: str
    latitude: float
    longitude: float
    weight: float


@dataclass(frozen=True)
class Names:
    """Pools of unique names and, by group, where its share of each pool begins and how long it is."""

    groups: tuple[str, ...]
    group_weights: tuple[float, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    women: tuple[Ints, ...]
    men: tuple[Ints, ...]
    surnames: tuple[Ints, ...]
    languages: tuple[str, ...]
    group_languages: tuple[tuple[Ints, tuple[float, ...]], ...]
    streets: tuple[str, ...]
    street_kinds: tuple[str, ...]
    practice_words: tuple[str, ...]
    family_words: tuple[str, ...]
    pediatric_words: tuple[str, ...]

    def first_names(self, rng: np.random.Generator, groups: Ints, female: Flags) -> Ints:
        """Positions in `first`; names early in a shuffled list are met more often, as in life."""
        return self._drawn(
            rng, groups * 2 + female, [pool for pair in zip(self.men, self.women) for pool in pair]
        )

    def last_names(self, rng: np.random.Generator, groups: Ints) -> Ints:
        return self._drawn(rng, groups, list(self.surnames))

    @staticmethod
    def _drawn(rng: np.random.Generator, kinds: Ints, pools: list[Ints]) -> Ints:
        joined = np.concatenate(pools)
        sizes = np.array([len(pool) for pool in pools], dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        uniform = rng.random(len(kinds))
        return joined[starts[kinds] + (uniform * (0.4 + 0.6 * uniform) * sizes[kinds]).astype(np.int64)]

    def spoken(self, rng: np.random.Generator, groups: Ints) -> Ints:
        """A language for each group's household."""
        found = np.zeros(len(groups), dtype=np.int64)
        for group, (positions, weights) in enumerate(self.group_languages):
            here = np.flatnonzero(groups == group)
            found[here] = positions[pick(rng, weights, len(here))]
        return found


@cache
def towns() -> tuple[Town, ...]:
    return tuple(
        Town(row["town"], row["zip"], float(row["latitude"]), float(row["longitude"]), float(row["weight"]))
        for row in rows("connecticut_towns.csv")
    )


@cache
def names() -> Names:
    """The lists as pools. The same pools come out whatever the seed, so that a name's position never moves."""
    content = tomllib.loads((files("reports.synthetic") / "data" / "names.toml").read_text(encoding="utf-8"))
    rng = stream(0, 1)
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    languages: dict[str, int] = {}

    def pool(known: dict[str, int], listed: list[str]) -> Ints:
        found = [known.setdefault(name, len(known)) for name in listed]
        shuffled: Ints = rng.permutation(np.array(sorted(set(found)), dtype=np.int64))
        return shuffled

    women, men, surnames, spoken = [], [], [], []
    for group, entry in content["groups"].items():
        women.append(pool(first, _split(entry["women"])))
        men.append(pool(first, _split(entry["men"])))
        single = _split(entry["last"])
        spaced, hyphened = _JOINED.get(group, (0, 0))
        size = np.full(spaced + hyphened, len(single), dtype=np.int64)
        pairs = zip(below(rng, size), below(rng, size))
        joined = [
            f"{single[one]}{' ' if number < spaced else '-'}{single[other]}"
            for number, (one, other) in enumerate(pairs)
            if one != other
        ]
        surnames.append(pool(last, single + joined))
        known = [languages.setdefault(language, len(languages)) for language in entry["languages"]]
        spoken.append((np.array(known), tuple(float(weight) for weight in entry["languages"].values())))
    return Names(
        groups=tuple(content["groups"]),
        group_weights=tuple(float(entry["weight"]) for entry in content["groups"].values()),
        first=tuple(first),
        last=tuple(last),
        women=tuple(women),
        men=tuple(men),
        surnames=tuple(surnames),
        languages=tuple(languages),
        group_languages=tuple(spoken),
        streets=tuple(_split(content["places"]["streets"])),
        street_kinds=tuple(_split(content["places"]["kinds"])),
        practice_words=tuple(_split(content["practices"]["words"])),
        family_words=tuple(
            word.strip() for word in content["practices"]["family"].replace("\u00a0", " ").split(",")
        ),
        pediatric_words=tuple(
            word.strip() for word in content["practices"]["pediatric"].replace("\u00a0", " ").split(",")
        ),
    )


def street_addresses(rng: np.random.Generator, size: int) -> list[str]:
    """Street addresses; four in ten name a flat."""
    known = names()
    numbers = 1 + below(rng, np.full(size, 980, dtype=np.int64))
    streets = pick(rng, np.ones(len(known.streets)), size)
    kinds = pick(rng, np.ones(len(known.street_kinds)), size)
    flats = np.where(chance(rng, 0.4, size), 1 + below(rng, np.full(size, 40, dtype=np.int64)), 0)
    return [
        f"{number} {known.streets[street]} {known.street_kinds[kind]}" + (f" Apt {flat}" if flat else "")
        for number, street, kind, flat in zip(
            numbers.tolist(), streets.tolist(), kinds.tolist(), flats.tolist()
        )
    ]


def telephones(rng: np.random.Generator, size: int) -> list[str]:
    """Numbers of the ranges kept for fiction: 555-0100 to 555-0199 in Connecticut's area codes."""
    areas = pick(rng, (5, 5, 1), size)
    lines = below(rng, np.full(size, 100, dtype=np.int64))
    return [
        f"{('203', '860', '475')[area]}-555-01{line:02d}"
        for area, line in zip(areas.tolist(), lines.tolist())
    ]
