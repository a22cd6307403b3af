"""Prescriptions: steady ones of the ill, and the many others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reports.synthetic.basket import Basket
from reports.synthetic.care import DRUG_ONLY, TYPE_1, Health
from reports.synthetic.claims import PER_BLOCK, Book, _programs
from reports.synthetic.columns import days, numbered, words
from reports.synthetic.draws import Ints, below, chance, pick, whole
from reports.synthetic.people import PROGRAMS, person_ids


def prescriptions(
    rng: np.random.Generator, basket: Basket, have: Health, per_member: float
) -> tuple[Ints, Ints, Ints]:
    """Member, day and drug (position in the catalogue) of each prescription filled."""
    drugs = basket.services.drugs
    members, count = basket.members, len(basket.members)
    of_group = {
        group: np.array([place for place, drug in enumerate(drugs) if drug.group == group])
        for group in ("diabetes oral", "insulin", "common", "behavioral", "substance", "hiv")
    }
    found: list[tuple[Ints, Ints, Ints]] = []

    def steady(who: Ints, drug: Ints, share: float, back: int = 1000) -> None:
        """Refills about monthly: `share` of the members take the drug, from some day on, until now or an end."""
        here = chance(rng, share, len(who))
        who, drug = who[here], drug[here]
        started = whole(rng, 20, back, len(who))
        ended = np.where(chance(rng, 0.2, len(who)), below(rng, started), 0)
        every = np.array([each.days_supply for each in drugs])[drug]
        times = np.minimum((started - ended) // every + 1, 40)
        of = np.repeat(np.arange(len(who)), times)
        turn = np.arange(len(of)) - np.repeat(np.cumsum(times) - times, times)
        late = whole(rng, 0, 6, len(of))
        found.append((who[of], basket.today - started[of] + turn * every[of] + late, drug[of]))

    def some(group: str, who: Ints) -> Ints:
        return of_group[group][pick(rng, np.ones(len(of_group[group])), len(who))]

    diabetic = np.flatnonzero(have.diabetes > 0)
    type_1 = diabetic[have.diabetes[diabetic] == TYPE_1]
    other = diabetic[have.diabetes[diabetic] != TYPE_1]
    steady(type_1, some("insulin", type_1), 0.95)
    alone = chance(rng, 0.35, len(other))
    steady(other, np.where(alone, of_group["diabetes oral"][0], some("diabetes oral", other)), 0.85)
    steady(other, some("insulin", other), 0.22)
    # Known by prescription alone, and only long ago: no longer a diabetic of the last two years.
    lapsed = diabetic[(have.diabetes[diabetic] == DRUG_ONLY) & chance(rng, 0.2, len(diabetic))]
    found.append((lapsed, basket.today - whole(rng, 725, 1000, len(lapsed)), some("diabetes oral", lapsed)))
    for flags, group, share in (
        (have.behavioral, "behavioral", 0.5), (have.substance, "substance", 0.55), (have.hiv, "hiv", 0.85),
    ):  # fmt: skip
        who = np.flatnonzero(flags)
        steady(who, some(group, who), share)
    missing = max(round(per_member * count) - sum(len(who) for who, _, _ in found), 0)
    who = pick(rng, have.weight, missing)
    found.append((who, basket.today - (rng.random(missing) * 1000).astype(np.int64), some("common", who)))
    who, day, drug = (np.concatenate([part[number] for part in found]) for number in range(3))
    covered = (day >= members.start[who]) & (day <= members.end[who]) & (day <= members.death[who])
    covered &= ((day <= members.gap_start[who]) | (day >= members.gap_end[who])) & (day <= basket.today)
    keep = np.flatnonzero(covered)
    order = keep[np.argsort(day[keep], kind="stable")]
    return who[order], day[order], drug[order]


def pharmacy(
    rng: np.random.Generator, basket: Basket, filled: tuple[Ints, Ints, Ints], book: Book, block: int
) -> tuple[dict[str, pa.Array], int]:
    """The rows of pharmacy_claim: one line a prescription. A few are reversed by a second line of negative amount."""
    who, day, drug = filled
    drugs, members = basket.services.drugs, basket.members
    number = np.arange(len(who), dtype=np.int64)
    back = np.flatnonzero(chance(rng, 0.006, len(who)))
    of = np.sort(np.concatenate([number, back]), kind="stable")
    second = np.concatenate([[False], of[1:] == of[:-1]]) if len(of) else np.zeros(0, dtype=bool)
    sign = np.where(second, -1, 1)
    who, day, drug = who[of], day[of], drug[of]
    count = len(of)
    stores = np.array(basket.network.kinds["pharmacy"])
    store = stores[(who * 31 + drug // 5) % len(stores)]
    cents = np.array([each.cents for each in drugs])[drug] * sign
    quantity = np.array([each.quantity for each in drugs])[drug]
    supply = np.array([each.days_supply for each in drugs])[drug]
    zero = np.zeros(count, dtype=np.int64)
    amount = pa.array(cents / 100.0)
    columns = {
        "claim_id": numbered(number[of] + block * PER_BLOCK, 12, "R"),
        "claim_line_number": pa.array((1 + second).astype(np.int32)),
        "person_id": words(who, person_ids(members)),
        "member_id": words(who, members.text["member_id"]),
        "payer": words(zero, ["connecticut medicaid"]),
        "plan": words(_programs(members, who, day), list(PROGRAMS)),
        "prescribing_provider_npi": words(book.npi[members.pcp[who]], book.npis),
        "dispensing_provider_npi": words(book.npi[store], book.npis),
        "dispensing_date": days(day),
        "ndc_code": words(drug, [each.ndc for each in drugs]),
        "quantity": pa.array((quantity * sign).astype(np.int32)),
        "days_supply": pa.array((supply * sign).astype(np.int32)),
        "refills": pa.array((drug % 4).astype(np.int32)),
        "paid_date": days(np.minimum(day + 2, basket.today)),
        "paid_amount": amount,
        "allowed_amount": amount,
        "charge_amount": pa.array(cents * 14 // 10 / 100.0),
        "copayment_amount": pa.array(np.zeros(count)),
        "in_network_flag": pa.array(np.ones(count, dtype=bool)),
        "data_source": words(zero, ["synthetic"]),
    }
    return columns, count
