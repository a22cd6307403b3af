"""Households, members and their enrolment spans, a block at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from reports.synthetic.columns import numbered, words
from reports.synthetic.draws import (
    Flags,
    Ints,
    chance,
    date_of,
    day_of,
    month_ends,
    month_starts,
    months_before,
    pick,
    whole,
)
from reports.synthetic.names import names, street_addresses, telephones, towns
from reports.synthetic.network import Network, shares

#: A day no date reaches: "not ended", "not dead".
NEVER = 10_000_000

PROGRAMS = ("HUSKY A", "HUSKY B", "HUSKY C", "HUSKY D", "HUSKY LB")
A, B, C, D, LB = range(5)
DUAL = ("01", "02", "03", "04", "05", "06", "08", "09")

#: Ages at whose birthday a rule changes; some members are moved to the day before, the day itself and the day after.
EDGE_AGES = (0.5, 1, 2, 2.5, 3, 4, 6, 12, 17, 18, 19, 21, 22, 24, 25, 50, 51, 52, 64, 65, 66, 74, 75, 76)

#: Kinds of household: weight among households, program of the adults.
_KINDS = (("family", 30, A), ("children", 3, B), ("aged", 7, C), ("disabled", 6, C), ("aged couple", 2, C),
          ("single", 40, D), ("couple", 5, D), ("limited", 3, LB), ("youth alone", 0.3, A))  # fmt: skip
FAMILY, CHILDREN, AGED, DISABLED, AGED_COUPLE, SINGLE, COUPLE, LIMITED, YOUTH = range(len(_KINDS))


@dataclass
class Spans:
    """Enrolment spans; `member` is the position in the block, `end` is NEVER for an open one, `dual` -1 for none."""

    member: Ints
    start: Ints
    end: Ints
    program: Ints
    dual: Ints


@dataclass
class Members:
    """A block of members: text as Arrow columns, what the care depends on as arrays. Dates are days since 1970."""

    text: dict[str, pa.Array]
    birth: Ints
    death: Ints
    female: Flags
    program: Ints
    town: Ints
    pcp: Ints
    spans: Spans
    language: Ints
    interpreter: Flags
    renewal: Ints
    diabetes_share: np.ndarray[tuple[int], np.dtype[np.float64]]
    start: Ints = field(init=False)
    end: Ints = field(init=False)
    gap_start: Ints = field(init=False)
    gap_end: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Finds each member's first and last covered day and the gap between spans, if there is one."""
        size = len(self.birth)
        self.start = np.full(size, NEVER, dtype=np.int64)
        self.end = np.zeros(size, dtype=np.int64)
        np.minimum.at(self.start, self.spans.member, self.spans.start)
        np.maximum.at(self.end, self.spans.member, self.spans.end)
        first_end = np.full(size, NEVER, dtype=np.int64)
        np.minimum.at(first_end, self.spans.member, self.spans.end)
        last_start = np.zeros(size, dtype=np.int64)
        np.maximum.at(last_start, self.spans.member, self.spans.start)
        gap = first_end + 1 < last_start
        self.gap_start = np.where(gap, first_end, NEVER)
        self.gap_end = np.where(gap, last_start, NEVER)

    def __len__(self) -> int:
        return len(self.birth)


def ages(birth: Ints, as_of: int) -> Ints:
    """Ages in whole years, near enough to choose care by."""
    return (as_of - birth) * 4 // 1461


def client_ids(first: int, count: int) -> pa.Array:
    """Client IDs of the invented members: nine digits, unique up to eight million members, in no visible order.

    Those below 002000000 are left to a cast.
    """
    places = np.arange(first, first + count, dtype=np.int64)
    return numbered(2_000_000 + (places * 4_567_891 + 777_013) % 8_000_000, 7, "00")


def edge_birthdays(as_of: date) -> Ints:
    """Dates of birth on either side of, and on, each birthday that a rule turns on."""
    found = [
        day_of(months_before(as_of, round(age * 12))) + shift for age in EDGE_AGES for shift in (-1, 0, 1)
    ]
    return np.array(sorted(found))


def block(rng: np.random.Generator, first: int, count: int, as_of: date, network: Network) -> Members:
    """`count` members in whole households (the last one may be cut short), numbered from `first`."""
    today = day_of(as_of)
    kind = pick(rng, [weight for _, weight, _ in _KINDS], count)
    spouse = np.where(kind == FAMILY, chance(rng, 0.45, count), (kind == AGED_COUPLE) | (kind == COUPLE))
    children = np.where(
        kind == FAMILY,
        1 + pick(rng, (42, 35, 16, 7), count),
        np.where(kind == CHILDREN, pick(rng, (5, 4, 2), count), 0),
    )
    size = 1 + spouse + children
    homes = int(np.searchsorted(np.cumsum(size), count)) + 1
    kind, spouse, size = kind[:homes], spouse[:homes], size[:homes]
    home = np.repeat(np.arange(homes), size)[:count]
    head = np.cumsum(size) - size
    place = np.arange(count) - head[home]
    child = (place > 0) & ~((place == 1) & spouse[home].astype(bool))

    birth = _birthdays(rng, kind, home, place, child, head, as_of)
    female = _genders(rng, kind, home, place, child, head)
    program = np.array([program for _, _, program in _KINDS])[kind][home]
    group = pick(rng, names().group_weights, homes)
    text = _texts(rng, first, count, home, head, child, place, female, group)
    places, weights = shares(network, "adult")
    practice = places[pick(rng, weights, homes)][home]
    young, young_weights = shares(network, "child")
    elsewhere = young[pick(rng, young_weights, homes)][home]
    minor = ages(birth, today) < 18
    practice = np.where(minor & chance(rng, 0.45, homes)[home], elsewhere, practice)
    town = np.where(
        chance(rng, 0.6, homes),
        np.array([each.town for each in network.practices])[practice[head]],
        pick(rng, [each.weight for each in towns()], homes),
    )[home]
    text["city"] = words(_unique(town, "name"), list(dict.fromkeys(each.name for each in towns())))
    text["zip_code"] = words(_unique(town, "zip"), list(dict.fromkeys(each.zip for each in towns())))
    language = names().spoken(rng, group)
    interpreter = (language != 0) & chance(rng, 0.5, homes)
    death, spans = _spans(rng, birth, program, kind[home], as_of)
    diabetes = np.array([each.adult_diabetes_share for each in network.practices])[practice]
    return Members(
        text=text,
        birth=birth,
        death=death,
        female=female,
        program=program,
        town=town,
        pcp=_own_pcps(rng, network, practice),
        spans=spans,
        language=language[home],
        interpreter=interpreter[home],
        renewal=month_ends(today + whole(rng, 5, 360, homes))[home],
        diabetes_share=diabetes,
    )


def _unique(town: Ints, what: str) -> Ints:
    known = [getattr(each, what) for each in towns()]
    order = {value: place for place, value in enumerate(dict.fromkeys(known))}
    return np.array([order[value] for value in known])[town]


def _own_pcps(rng: np.random.Generator, network: Network, practice: Ints) -> Ints:
    """One of the practice's PCPs for each member."""
    pools = [each.pcps for each in network.practices]
    sizes = np.array([len(pool) for pool in pools])
    starts = np.cumsum(sizes) - sizes
    chosen = (rng.random(len(practice)) * np.maximum(sizes, 1)[practice]).astype(np.int64)
    found: Ints = np.concatenate([np.array(pool, dtype=np.int64) for pool in pools])[
        starts[practice] + chosen
    ]
    return found


def _birthdays(
    rng: np.random.Generator, kind: Ints, home: Ints, place: Ints, child: Flags, head: Ints, as_of: date
) -> Ints:
    count = len(home)
    low = np.array([20, 8, 65, 19, 65, 19, 21, 19, 16])[kind]
    span = np.array([34, 10, 27, 45, 20, 45, 42, 41, 2])[kind]
    leader = low + span * (rng.random(len(kind)) * 0.6 + rng.random(len(kind)) * 0.4)
    spouse = np.maximum(leader[home] - 4 + 8 * rng.random(count), 19.1)
    oldest = np.where(kind == CHILDREN, leader - 1, np.minimum(leader - 17, 20.9))[home]
    years = np.where(place == 0, leader[home], np.where(child, oldest * rng.random(count), spouse))
    today = day_of(as_of)
    birth = today - (years * 365.25).astype(np.int64) - 1
    edges = edge_birthdays(as_of)
    # Children and people living alone may move to the nearest edge: it is near, so households stay coherent.
    alone = np.isin(kind, (SINGLE, LIMITED, DISABLED, AGED))[home]
    moved = (child | alone) & chance(rng, 0.04, count)
    after = np.clip(np.searchsorted(edges, birth), 1, len(edges) - 1)
    near = np.where(birth - edges[after - 1] < edges[after] - birth, after - 1, after)
    near = np.clip(near + whole(rng, -1, 1, count), 0, len(edges) - 1)
    birth = np.where(moved & (abs(edges[near] - birth) < 700), edges[near], birth)
    youngest_parent = np.where(child & (kind[home] == FAMILY), birth[head[home]] + 16 * 365, -NEVER)
    settled: Ints = np.minimum(np.maximum(birth, youngest_parent), today)
    return settled


def _genders(
    rng: np.random.Generator, kind: Ints, home: Ints, place: Ints, child: Flags, head: Ints
) -> Flags:
    women = np.array([0.8, 0.49, 0.62, 0.5, 0.5, 0.45, 0.5, 0.75, 0.5])[kind]
    drawn = chance(rng, np.where(child, 0.49, women[home]), len(home))
    partner = (place == 1) & ~child & chance(rng, 0.96, len(home))
    return np.where(partner, ~drawn[head[home]], drawn)


def _texts(
    rng: np.random.Generator, first: int, count: int, home: Ints, head: Ints, child: Flags, place: Ints,
    female: Flags, group: Ints,
) -> dict[str, pa.Array]:  # fmt: skip
    known = names()
    homes = len(group)
    family = known.last_names(rng, group)
    partner = np.where(chance(rng, 0.6, homes), family, known.last_names(rng, group))
    second = (place == 1) & ~child
    last = np.where(second, partner[home], family[home])
    # One child in seven carries the other parent's name.
    last = np.where(child & chance(rng, 0.14, count), partner[home], last)
    given = known.first_names(rng, group[home], female)
    initials = [chr(65 + letter) for letter in range(26)]
    middle = np.where(chance(rng, 0.4, count), whole(rng, 0, 25, count), -1)
    client = client_ids(first, count)
    relation = np.where(place == 0, 0, np.where(second, 1, 2))
    adult = (place == 0) | second
    mail = numbered(np.arange(first, first + count, dtype=np.int64), 7, "member").to_pylist()
    has_mail = (adult & chance(rng, 0.4, count)).tolist()
    telephone = telephones(rng, homes)
    reached = chance(rng, 0.95, homes).tolist()
    address = street_addresses(rng, homes)
    homes_of = home.tolist()
    race = pick(rng, (48, 20, 6, 1, 25), homes)
    return {
        "member_id": client,
        "subscriber_id": client.take(pa.array(head[home])),
        "subscriber_relation": words(relation, ["self", "spouse", "child"]),
        "first_name": words(given, list(known.first)),
        "last_name": words(last, list(known.last)),
        "middle_name": words(middle, initials),
        "name_suffix": words(np.where(~female & chance(rng, 0.02, count), 0, -1), ["Jr."]),
        "address": pa.array([address[each] for each in homes_of]),
        "phone": pa.array([telephone[each] if reached[each] else None for each in homes_of], pa.string()),
        "email": pa.array(
            [f"{each}@example.org" if has else None for each, has in zip(mail, has_mail)], pa.string()
        ),
        "race": words(
            race[home], ["white", "black or african american", "asian", "native american", "unknown"]
        ),
        "ethnicity": words(
            (group == known.groups.index("spanish")).astype(np.int64)[home],
            ["not hispanic or latino", "hispanic or latino"],
        ),
    }


def _spans(
    rng: np.random.Generator, birth: Ints, program: Ints, kind: Ints, as_of: date
) -> tuple[Ints, Spans]:
    """Deaths and spans: most run on, some ended within or beyond a year, some hold a gap or a change of program."""
    count, today = len(birth), day_of(as_of)
    years = ages(birth, today)
    long = rng.random(count)
    start = month_starts(today - 20 - (long * (0.35 + 0.65 * long) * 12 * 365).astype(np.int64))
    # Newborns are covered from birth on.
    start = np.where(start < birth, np.where(chance(rng, 0.5, count), birth, month_starts(birth)), start)
    start = np.maximum(start, birth)
    state = pick(rng, (83, 5, 3, 5, 1, 3), count)
    end = np.full(count, NEVER, dtype=np.int64)
    back = today - np.where(state == 1, whole(rng, 1, 365, count), whole(rng, 366, 1000, count))
    ended = (state == 1) | (state == 2)
    end = np.where(ended, month_ends(back), end)
    edge = day_of(months_before(as_of, 12)) + whole(rng, -1, 1, count)
    end = np.where(ended & chance(rng, 0.05, count), edge, end)
    end = np.where(state == 4, month_ends(today + whole(rng, 0, 60, count)), end)
    end = np.where(end < start + 27, NEVER, end)
    dead = chance(rng, np.where(years >= 65, 0.03, np.where(years >= 40, 0.006, 0.001)), count)
    death = np.where(dead, today - whole(rng, 1, 900, count), NEVER)
    death = np.where(death <= start, NEVER, death)
    # Some files still hold an open span for a member who has died.
    end = np.where((death < end) & chance(rng, 0.85, count), death, end)

    dual_code = pick(rng, (4, 50, 4, 6, 1, 2, 30, 3), count)
    likely = np.where(years >= 65, 0.8, np.where(kind == DISABLED, 0.25, 0.002))
    dual = np.where(chance(rng, likely, count), dual_code, -1)
    program = np.where((years >= 65) & (program == D), C, program)
    everyone = np.arange(count)
    # A gap (state 3) or a change of program without one (state 5) splits the time into two spans.
    split = ((state == 3) | (state == 5)) & (np.minimum(end, today) - start > 200)
    middle = month_ends(
        start + ((np.minimum(end, today) - start) * (0.3 + 0.4 * rng.random(count))).astype(np.int64)
    )
    gap = np.where(state == 3, whole(rng, 20, 150, count), 0)
    again = np.where(split, np.minimum(month_starts(middle + 1 + gap), today - 5), 0)
    again = np.where(state == 5, middle + 1, again)
    earlier = np.where(
        state == 5,
        np.where(program == A, np.where(years < 19, B, D), np.where(program == D, A, program)),
        program,
    )
    spans = Spans(
        member=np.concatenate([everyone, everyone[split]]),
        start=np.concatenate([np.where(split, again, start), start[split]]),
        end=np.concatenate([end, middle[split]]),
        program=np.concatenate([program, earlier[split]]),
        dual=np.concatenate([dual, dual[split]]),
    )
    return death, spans


def eligibility(members: Members, as_of: date) -> tuple[dict[str, pa.Array], int]:
    """The rows of the eligibility table: a row a span, in the order of the members."""
    spans = members.spans
    order = np.lexsort((spans.start, spans.member))
    of = spans.member[order]
    count = len(of)
    place = pa.array(of)
    file_date = day_of(as_of.replace(day=1))
    columns: dict[str, pa.Array] = {name: column.take(place) for name, column in members.text.items()}
    columns["person_id"] = person_ids(members).take(place)
    columns["gender"] = words(members.female[of].astype(np.int64), ["male", "female"])
    death = members.death[of]
    columns |= {
        "birth_date": _dates(members.birth[of]),
        "death_date": _dates(death),
        "death_flag": pa.array(death < NEVER),
        "enrollment_start_date": _dates(spans.start[order]),
        "enrollment_end_date": _dates(spans.end[order]),
        "plan": words(spans.program[order], list(PROGRAMS)),
        "dual_status_code": words(spans.dual[order], list(DUAL)),
        "payer": words(np.zeros(count), ["connecticut medicaid"]),
        "payer_type": words(np.zeros(count), ["medicaid"]),
        "state": words(np.zeros(count), ["CT"]),
        "data_source": words(np.zeros(count), ["synthetic"]),
        "file_name": words(np.zeros(count), [f"eligibility_{date_of(file_date):%Y%m}"]),
        "file_date": _dates(np.full(count, file_date)),
    }
    return columns, count


def person_ids(members: Members) -> pa.Array:
    """The person ID of each member: the Client ID behind a letter, so that the two are never taken for one another."""
    return pa.array([f"P{client}" for client in members.text["member_id"].to_pylist()], pa.string())


def _dates(values: Ints) -> pa.Array:
    return pa.array(values.astype(np.int32), pa.int32(), mask=values >= NEVER).cast(pa.date32())
