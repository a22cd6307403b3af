"""The cast as a block of members of its own, with the claims it names and no others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from reports.synthetic.basket import FREQUENCIES, Basket
from reports.synthetic.cast import Cast, CastMember, when
from reports.synthetic.draws import Ints, day_of, months_before
from reports.synthetic.names import names, towns
from reports.synthetic.network import Network
from reports.synthetic.people import DUAL, NEVER, PROGRAMS, Members, Spans, ages

#: Services whose variant goes by age: what a cast may call them, and the ages from which each holds.
_BY_AGE = {
    "preventive_visit": ((18, "preventive_18_39"), (40, "preventive_40_64"), (65, "preventive_65")),
    "well_care": (
        (0, "well_infant"),
        (1, "well_early"),
        (5, "well_middle"),
        (12, "well_teen"),
        (18, "well_young"),
    ),
}


def program(name: str) -> int:
    """The position of "A" … "LB" among the programs. Raises ValueError for another name."""
    return PROGRAMS.index(f"HUSKY {name}")


def cast_members(cast: Cast, as_of: date, network: Network) -> Members:
    """The cast's members in the order of the file; spans latest first, so that the present one is seen first."""
    people, today = cast.members, day_of(as_of)
    birth = np.array([day_of(member.birth_date(as_of)) for member in people], dtype=np.int64)
    spans = [
        (number, *span)
        for number, member in enumerate(people)
        for span in _spans(member, as_of, int(birth[number]))
    ]
    spans.sort(key=lambda span: (-span[1], span[0]))
    known = towns()
    zips = {town.zip: place for place, town in enumerate(known)}
    languages = names().languages
    columns = [np.array(values, dtype=np.int64) for values in zip(*spans, strict=True)] or [
        np.empty(0, np.int64)
    ] * 5
    return Members(
        text=_texts(people),
        birth=birth,
        death=_numbers(
            people,
            lambda each: today - each.facts["died_days_ago"] if "died_days_ago" in each.facts else NEVER,
        ),
        female=np.array([member.gender == "F" for member in people], dtype=bool),
        program=_numbers(people, lambda each: program(each.program)),
        town=_numbers(people, lambda each: zips.get(each.household.get("zip", ""), 0)),
        pcp=_numbers(people, lambda each: _pcp(each, network)),
        spans=Spans(*columns),
        language=_numbers(people, lambda each: languages.index(each.household.get("language", "English"))),
        interpreter=np.array([bool(member.household.get("interpreter")) for member in people], dtype=bool),
        renewal=_numbers(people, lambda each: today + int(each.household.get("renewal_days", 0))),
        diabetes_share=np.full(len(people), -1.0),
    )


def _numbers(people: tuple[CastMember, ...], value: Any) -> Ints:
    return np.array([value(member) for member in people], dtype=np.int64)


def _pcp(member: CastMember, network: Network) -> int:
    """The affiliation of the member's PCP; the network's first one for a member without."""
    facts = member.facts
    return network.find(facts["pcp"], facts.get("tin", "")) if "pcp" in facts else 0


def _spans(member: CastMember, as_of: date, birth: int) -> list[tuple[int, int, int, int]]:
    today = day_of(as_of)
    found = []
    for span in member.facts.get("spans", ({},)):
        end = span.get("end_days_ago")
        dual = span.get("dual", member.facts.get("dual"))
        found.append(
            (
                max(today - int(span.get("start_days_ago", 900)), birth),
                NEVER if end is None else today - int(end),
                program(span.get("program", member.program)),
                -1 if dual is None else DUAL.index(dual),
            )
        )
    return found


def _texts(people: tuple[CastMember, ...]) -> dict[str, pa.Array]:
    def column(value: Any) -> pa.Array:
        return pa.array([value(member) for member in people], pa.string())

    found = {
        "member_id": column(lambda each: each.client_id),
        "subscriber_id": column(lambda each: each.subscriber_id),
        "subscriber_relation": column(lambda each: each.relation),
        "first_name": column(lambda each: each.first_name),
        "last_name": column(lambda each: each.last_name),
        "zip_code": column(lambda each: each.household.get("zip")),
    }
    for name in ("middle_name", "name_suffix", "email", "race", "ethnicity"):
        found[name] = column(lambda each, name=name: each.facts.get(name))
    for name in ("address", "city", "phone"):
        found[name] = column(lambda each, name=name: each.facts.get(name, each.household.get(name)))
    return found


def cast_claims(basket: Basket, cast: Cast) -> tuple[Ints, Ints, Ints]:
    """Puts the services of the cast into the basket; returns its prescriptions (member, day, drug).

    Raises ValueError, naming the member, for a service, drug or provider that is not known.
    """
    filled: list[tuple[int, int, int]] = []
    ingredients = {drug.ingredient: place for place, drug in reversed(list(enumerate(basket.services.drugs)))}
    for number, member in enumerate(cast.members):
        for fact in member.facts.get("services", ()):
            day = day_of(when(fact, basket.as_of))
            try:
                if "drug" in fact:
                    filled.append((number, day, ingredients[fact["drug"]]))
                else:
                    _one(basket, number, fact, day)
            except KeyError as unknown:
                raise ValueError(f"cast: member {member.client_id} has the unknown {unknown}") from None
    found = np.array(sorted(filled, key=lambda each: each[1]), dtype=np.int64).reshape(-1, 3)
    return found[:, 0], found[:, 1], found[:, 2]


def _one(basket: Basket, number: int, fact: dict[str, Any], day: int) -> None:
    service = fact["concept"]
    if service in _BY_AGE:
        age = int(ages(basket.members.birth[[number]], day)[0])
        service = [name for since, name in _BY_AGE[service] if age >= since][-1]
    performer = -1
    if "npi" in fact:
        performer = basket.network.find(fact["npi"], fact.get("tin", ""))
    elif basket.services.performers[basket.services.first[service]] == "pcp":
        performer = int(basket.members.pcp[number])
    paid = 0
    if "paid_days_ago" in fact:
        paid = day_of(basket.as_of - timedelta(days=int(fact["paid_days_ago"])))
    elif fact.get("paid_last_month"):
        paid = day_of(months_before(basket.as_of, 1).replace(day=28))
    held = bool(fact.get("still_admitted", False))
    bill = FREQUENCIES.index(str(fact.get("bill", "2" if held else "1")))
    admitted = day_of(basket.as_of) - int(fact["admitted_days_ago"]) if "admitted_days_ago" in fact else day
    basket.add_exact(
        service, number, day, performer, str(fact.get("diagnosis", "")), int(fact.get("nights", 0)), held, paid, bill,
        admitted,
    )  # fmt: skip
