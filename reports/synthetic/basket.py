"""Collecting the claims of a block of members before their lines are written."""

from __future__ import annotations

from datetime import date

import numpy as np

from reports.synthetic.catalogue import Catalogue, catalogue
from reports.synthetic.draws import Flags, Ints, below, chance, day_of, months_before, pick
from reports.synthetic.network import Network
from reports.synthetic.people import NEVER, Members

#: The month counts at which a rule turns for a service; some of its dates are put on those days and beside them.
EDGES = {
    "hba1c": (6,),
    "ldl_c": (12,),
    "nephropathy": (12,),
    "retinal_exam": (12,),
    "mammography": (12,),
    "cervical_cytology": (36, 60),
    "cervical_cotest": (36, 60),
    "hpv_test": (60,),
    "fobt_fit": (12,),
    "sdna_fit": (36,),
    "flex_sigmoidoscopy": (60,),
    "ct_colonography": (60,),
    "colonoscopy": (120,),
    "office_visit": (15,),
    "ed_nonemergent": (6,),
    "inpatient": (12,),
}
_TWELVE = ("preventive", "well")

FIELDS = ("member", "day", "variant", "diagnosis", "performer", "nights", "held", "paid", "bill", "admitted")

#: The last digit of a bill type: whole, first of several, a further one, the last of them, replaces, voids.
FREQUENCIES = ("1", "2", "3", "4", "7", "8")
WHOLE, FIRST, FURTHER, LAST, REPLACES, VOIDS = range(len(FREQUENCIES))


def edge_days(service: str, as_of: date) -> Ints:
    """The days beside and on which a rule for this service turns; none for most services."""
    months = EDGES.get(service, (12,) if service.startswith(_TWELVE) else ())
    return np.array([day_of(months_before(as_of, month)) + shift for month in months for shift in (-1, 0, 1)])


class Basket:
    """Claims of one block, as arrays that grow by `add`.

    `held` marks a stay that has not ended; `paid` is the day of payment, or 0 where it is still to be drawn; `bill`
    is a place in FREQUENCIES; `admitted` the first day of the stay, which a further bill for it does not begin on.
    """

    def __init__(self, rng: np.random.Generator, members: Members, network: Network, as_of: date) -> None:
        self.rng = rng
        self.members = members
        self.network = network
        self.as_of = as_of
        self.today = day_of(as_of)
        self.services: Catalogue = catalogue()
        self._parts: dict[str, list[Ints]] = {name: [] for name in FIELDS}
        providers = network.providers
        self._clinic = np.array([False] * len(providers))
        for practice in network.practices:
            if practice.clinic:
                self._clinic[practice.pcps] = True
        self._pcps = np.array([place for practice in network.practices for place in practice.pcps])
        self.lines = 0

    def add(
        self,
        service: str,
        member: Ints,
        day: Ints,
        *,
        diagnosis: Ints | None = None,
        performer: Ints | None = None,
        nights: Ints | None = None,
        held: Flags | None = None,
        edges: bool = True,
    ) -> None:
        """Adds one claim of `service` for each position in `member`, on `day`.

        `diagnosis` (positions in the catalogue, -1 for the variant's own) and `performer` (affiliations) are drawn
        where they are not given. With `edges` three in a hundred move to a day at which a rule turns.
        """
        rng, size = self.rng, len(member)
        if size == 0:
            return
        turning = edge_days(service, self.as_of) if edges else ()
        if len(turning):
            day = np.where(chance(rng, 0.03, size), turning[below(rng, np.full(size, len(turning)))], day)
        variant = self.services.draw(rng, service, size)
        if f"{service}@clinic" in self.services.first:
            at_clinic = self._clinic[self.members.pcp[member]] & chance(rng, 0.85, size)
            variant = np.where(at_clinic, self.services.draw(rng, f"{service}@clinic", size), variant)
        own = self.services.diagnosis(rng, variant)
        if diagnosis is not None:
            own = np.where(diagnosis >= 0, diagnosis, own)
        if performer is None:
            performer = self._performers(variant, member)
        zero = np.zeros(size, dtype=np.int64)
        self._append(
            member, day, variant, own, performer, zero if nights is None else nights,
            zero if held is None else held.astype(np.int64), zero, zero if held is None else held * FIRST, day,
        )  # fmt: skip

    def add_exact(
        self,
        service: str,
        member: int,
        day: int,
        performer: int,
        diagnosis: str,
        nights: int,
        held: bool,
        paid: int,
        bill: int,
        admitted: int,
    ) -> None:
        """Adds one claim as it is told, in the service's first form. Raises KeyError for an unknown service."""
        variant = self.services.first[service]
        if self._clinic[performer] and f"{service}@clinic" in self.services.first:
            variant = self.services.first[f"{service}@clinic"]
        start = int(self.services.variant["first_diagnosis"][variant])
        code = self.services.diagnoses(diagnosis) if diagnosis else int(self.services.diagnosis_list[start])
        kind = self.services.performers[variant]
        if performer < 0 or kind not in ("pcp", "specialist", "behavioral", "substance"):
            given = (
                performer >= 0 and performer in self.network.kinds[kind] if kind != "pcp" else performer >= 0
            )
            if not given:
                home = self.network.home_hospital[self.members.town[member]]
                performer = int(home) if kind == "hospital" else self.network.kinds[kind][0]
        told = (member, day, variant, code, performer, nights, int(held), paid, bill, admitted)
        self._append(*(np.array([value]) for value in told))

    def _append(self, *values: Ints) -> None:
        for name, part in zip(FIELDS, values, strict=True):
            self._parts[name].append(np.asarray(part, dtype=np.int64))
        self.lines += int(self.services.variant["lines"][values[2]].sum())

    def _performers(self, variant: Ints, member: Ints) -> Ints:
        """Who performed each claim: the member's PCP (one time in twelve another), or one of the kind asked for."""
        rng, size = self.rng, len(variant)
        found = np.full(size, -1, dtype=np.int64)
        by_kind: dict[str, list[int]] = {}
        for one in np.unique(variant):
            by_kind.setdefault(self.services.performers[one], []).append(int(one))
        for kind, variants in by_kind.items():
            here = np.flatnonzero(np.isin(variant, variants)) if len(by_kind) > 1 else np.arange(size)
            count = len(here)
            if kind == "pcp":
                other = self._pcps[below(rng, np.full(count, len(self._pcps)))]
                found[here] = np.where(chance(rng, 1 / 12, count), other, self.members.pcp[member[here]])
            elif kind == "hospital":
                away = np.array(self.network.hospitals)[
                    below(rng, np.full(count, len(self.network.hospitals)))
                ]
                home = self.network.home_hospital[self.members.town[member[here]]]
                found[here] = np.where(chance(rng, 0.12, count), away, home)
            else:
                pool = np.array(self.network.kinds[kind])
                found[here] = pool[pick(rng, 1.0 / (np.arange(len(pool)) + 2.0), count)]
        return found

    def settled(self, exact: bool = False) -> dict[str, Ints]:
        """All claims, sorted by day; those outside the member's coverage or not yet paid are left out.

        With `exact` nothing is left out. The day of payment follows the service by one to ten weeks.
        """
        parts = self._parts
        claims = {
            name: np.concatenate(parts[name]) if parts[name] else np.empty(0, dtype=np.int64)
            for name in FIELDS
        }
        uniform = self.rng.random(len(claims["day"]))
        last = claims["day"] + claims["nights"]
        paid = last + 5 + (uniform * uniform * 62).astype(np.int64)
        claims["paid"] = np.where(claims["paid"] == 0, paid, claims["paid"])
        if exact:
            claims["paid"] = np.minimum(claims["paid"], self.today)
            keep = np.arange(len(uniform))
        else:
            who, day, members = claims["member"], claims["day"], self.members
            covered = (day >= members.start[who]) & (day <= members.end[who]) & (day <= members.death[who])
            covered &= (day <= members.gap_start[who]) | (day >= members.gap_end[who])
            keep = np.flatnonzero(covered & (claims["paid"] <= self.today))
        order = keep[np.argsort(claims["day"][keep], kind="stable")]
        return {name: values[order] for name, values in claims.items()}

    def covered_until(self) -> Ints:
        """The last day on which each member can have had care."""
        members = self.members
        return np.minimum(np.minimum(members.end, members.death), np.full(len(members), self.today))


__all__ = ["EDGES", "FIELDS", "FREQUENCIES", "NEVER", "Basket", "edge_days"]
