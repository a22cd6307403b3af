"""Who gets which care when: diabetes, screenings, visits, emergencies, stays, and the many other claims."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.synthetic.basket import Basket
from reports.synthetic.draws import Flags, Floats, Ints, below, chance, pick, whole
from reports.synthetic.people import NEVER, ages

#: Well-child visits of the first 30 months: day after birth.
SCHEDULE = (4, 31, 61, 122, 183, 274, 365, 457, 548, 730, 913)

#: The other services that fill an extract up to its size, with their weights.
FILLERS = {
    "lab_panel": 22, "outpatient_hospital": 10, "specialist_visit": 16, "imaging": 7, "therapy": 12,
    "equipment": 4, "transport": 7, "personal_care": 7, "home_health": 4, "dental_visit": 7, "behavioral_visit": 5,
    "immunization": 4, "urgent_care": 2,
}  # fmt: skip

NONE, TYPE_1, TYPE_2, DRUG_ONLY = range(4)
_TYPE_1 = ("E109", "E1065", "E1010")
_TYPE_2 = ("E119", "E1165", "E1122", "E1140", "E11319")
_CHRONIC = (("I10", 0.3, 30), ("E785", 0.25, 35), ("J45909", 0.12, 3), ("E669", 0.2, 12), ("K219", 0.12, 25),
            ("F411", 0.05, 12), ("M1990", 0.12, 45), ("E039", 0.06, 30), ("F17210", 0.08, 18))  # fmt: skip
_COLORECTAL = (("colonoscopy", 60, 3650), ("fobt_fit", 28, 365), ("sdna_fit", 5, 1095), ("flex_sigmoidoscopy", 4, 1825),
               ("ct_colonography", 3, 1825))  # fmt: skip


@dataclass
class Health:
    """What each member has: kind of diabetes with its code, up to three chronic codes (-1 for none) and more."""

    years: Ints
    diabetes: Ints
    diabetes_code: Ints
    chronic: Ints
    hiv: Flags
    substance: Flags
    behavioral: Flags
    weight: Floats


def health(basket: Basket) -> Health:
    rng, members = basket.rng, basket.members
    count, code = len(members), basket.services.diagnoses
    years = ages(members.birth, basket.today)
    share = np.select([years < 18, years < 30, years < 45, years < 65], [0.006, 0.025, 0.08, 0.17], 0.24)
    # Where many adults have diabetes more children do too.
    own = np.where(years >= 18, members.diabetes_share, members.diabetes_share * 0.12)
    share = np.where(members.diabetes_share >= 0, own, share)
    has = chance(rng, share, count) & (years >= 3)
    first = np.where(years < 20, 0.75, 0.12)
    drug = rng.random(count)
    kind = np.where(drug < 0.06, DRUG_ONLY, np.where(chance(rng, first, count), TYPE_1, TYPE_2))
    diabetes = np.where(has, kind, NONE)
    one = np.array([code(each) for each in _TYPE_1])[pick(rng, (6, 3, 1), count)]
    two = np.array([code(each) for each in _TYPE_2])[pick(rng, (55, 20, 10, 8, 7), count)]
    diabetes_code = np.select([diabetes == TYPE_1, diabetes == TYPE_2], [one, two], -1)
    chronic = np.full((count, 3), -1, dtype=np.int64)
    filled = np.zeros(count, dtype=np.int64)
    for name, likely, since in _CHRONIC:
        new = chance(rng, likely, count) & (years >= since) & (filled < 3)
        chronic[np.flatnonzero(new), filled[new]] = code(name)
        filled += new
    uniform = rng.random(count)
    return Health(
        years=years,
        diabetes=diabetes,
        diabetes_code=diabetes_code,
        chronic=chronic,
        hiv=chance(rng, 0.006, count) & (years >= 18),
        substance=chance(rng, 0.04, count) & (years >= 17),
        behavioral=chance(rng, 0.14, count) & (years >= 5),
        # A few members use most of the care: the fifth power of a uniform number, more with age and illness.
        weight=(0.04 + uniform * uniform * uniform * uniform * uniform)
        * (1 + years / 40.0)
        * (1 + (diabetes > 0)),
    )


def recurring(
    basket: Basket, service: str, who: Ints, every: int, *, on_time: float = 0.6, late: float = 0.25, times: int = 3,
    diagnosis: Ints | None = None,
) -> None:  # fmt: skip
    """A service that should come every `every` days: some keep to it, some are late, some never had it.

    `diagnosis` has an entry for each of `who`.
    """
    rng, size = basket.rng, len(who)
    state = pick(rng, (on_time, late, max(1 - on_time - late, 0.0)), size)
    last = np.where(state == 0, whole(rng, 1, every, size), whole(rng, every, int(every * 2.4), size))
    for time in range(times):
        # The further back, the fewer have had it.
        here = np.flatnonzero((state < 2) & chance(rng, 1 if time == 0 else 0.7, size))
        day = basket.today - last[here] - time * every - whole(rng, 0, every // 6, len(here)) * (time > 0)
        basket.add(service, who[here], day, diagnosis=None if diagnosis is None else diagnosis[here])


def give_care(basket: Basket, have: Health, lines_per_member: int) -> None:
    """All claims of the block, ended with fillers up to `lines_per_member` on average."""
    _visits(basket, have)
    _children(basket, have)
    _diabetes(basket, have)
    _cancer(basket, have)
    _emergencies(basket, have)
    _stays(basket, have)
    _sensitive(basket, have)
    _fillers(basket, have, lines_per_member)


def _visits(basket: Basket, have: Health) -> None:
    rng, members, count = basket.rng, basket.members, len(basket.members)
    # Sick visits over three years: none for some, many for a few.
    visits = pick(rng, (10, 8, 13, 14, 13, 11, 9, 7, 5, 4, 3, 2, 1), count)
    who = np.repeat(np.arange(count), visits)
    day = basket.today - (rng.random(len(who)) * 1096).astype(np.int64)
    code = np.where(chance(rng, 0.5, len(who)), have.diabetes_code[who], -1)
    basket.add("office_visit", who, day, diagnosis=code)
    for service, low, high in (("18_39", 18, 39), ("40_64", 40, 64), ("65", 65, 120)):
        who = np.flatnonzero((have.years >= low) & (have.years <= high))
        recurring(basket, f"preventive_{service}", who, 365, on_time=0.52, late=0.25)
    # Two PCPs with as many visits each: the tie that attribution must break.
    tied = np.flatnonzero(chance(rng, 0.01, count))
    other = members.pcp[np.roll(tied, 1)] if len(tied) else tied
    for shift in (40, 90):
        basket.add(
            "office_visit", tied, np.full(len(tied), basket.today - shift), performer=members.pcp[tied]
        )
        basket.add("office_visit", tied, np.full(len(tied), basket.today - shift), performer=other)


def _children(basket: Basket, have: Health) -> None:
    rng, members = basket.rng, basket.members
    small = np.flatnonzero(basket.today - members.birth < 1900)
    keen = chance(rng, 0.68, len(small))
    for number, after in enumerate(SCHEDULE):
        due = members.birth[small] + after + whole(rng, -2 if number else -1, 20 if number else 1, len(small))
        here = (due < basket.today) & chance(rng, np.where(keen, 0.97, 0.55), len(small))
        service = "well_newborn" if number == 0 else "well_infant" if after < 365 else "well_early"
        basket.add(service, small[here], due[here], edges=False)
        if after in (274, 548, 913):
            asked = here & chance(rng, 0.7, len(small))
            basket.add("developmental_screening", small[asked], due[asked])
    for service, low, high in (("early", 3, 4), ("middle", 5, 11), ("teen", 12, 17), ("young", 18, 21)):
        who = np.flatnonzero((have.years >= low) & (have.years <= high))
        recurring(basket, f"well_{service}", who, 365, on_time=0.62 if low < 18 else 0.3, late=0.24)
    older = np.flatnonzero((have.years >= 5) & (have.years < 18) & chance(rng, 0.35, len(members)))
    basket.add("developmental_screening", older, basket.today - whole(rng, 100, 1500, len(older)))


def _diabetes(basket: Basket, have: Health) -> None:
    everyone = np.flatnonzero(have.diabetes > 0)
    # Who keeps to one test mostly keeps to the others too.
    keen = chance(basket.rng, 0.45, len(everyone))
    for who, more in ((everyone[keen], 1.0), (everyone[~keen], 0.42)):
        code = have.diabetes_code[who]
        recurring(basket, "hba1c", who, 182, on_time=0.9 * more, late=0.1 / more, times=6, diagnosis=code)
        recurring(basket, "ldl_c", who, 365, on_time=0.92 * more, late=0.06 / more)
        recurring(basket, "nephropathy", who, 365, on_time=0.88 * more, late=0.08 / more, diagnosis=code)
        recurring(basket, "retinal_exam", who, 365, on_time=0.82 * more, late=0.12 / more, diagnosis=code)
    # A picture of the retina taken by a PCP, which is no exam by an eye-care provider.
    pictured = everyone[chance(basket.rng, 0.06, len(everyone))]
    basket.add("retinal_photo_in_office", pictured, basket.today - whole(basket.rng, 5, 700, len(pictured)))
    visited = everyone[have.diabetes_code[everyone] >= 0]
    basket.add(
        "office_visit", visited, basket.today - whole(basket.rng, 3, 800, len(visited)),
        diagnosis=have.diabetes_code[visited],
    )  # fmt: skip
    # The tests are ordered for others too.
    other = np.flatnonzero(
        (have.years >= 35) & (have.diabetes == 0) & chance(basket.rng, 0.25, len(have.years))
    )
    basket.add("hba1c", other, basket.today - whole(basket.rng, 5, 1000, len(other)))
    basket.add("ldl_c", other, basket.today - whole(basket.rng, 5, 1000, len(other)))


def _cancer(basket: Basket, have: Health) -> None:
    rng, female, years = basket.rng, basket.members.female, have.years
    women = np.flatnonzero(female & (years >= 40) & (years <= 76))
    recurring(basket, "mammography", women, 365, on_time=0.48, late=0.3)
    women = np.flatnonzero(female & (years >= 21) & (years <= 66))
    both = chance(rng, 0.35, len(women))
    recurring(basket, "cervical_cotest", women[both], 1500, on_time=0.7, late=0.15, times=2)
    recurring(basket, "cervical_cytology", women[~both], 1000, on_time=0.6, late=0.2, times=2)
    apart = women[chance(rng, 0.08, len(women))]
    basket.add("hpv_test", apart, basket.today - whole(rng, 10, 2300, len(apart)))
    adults = np.flatnonzero((years >= 45) & (years <= 77))
    kinds = pick(rng, [weight for _, weight, _ in _COLORECTAL], len(adults))
    for kind, (service, _, every) in enumerate(_COLORECTAL):
        recurring(basket, service, adults[kinds == kind], every, on_time=0.56, late=0.14, times=2)
    removed = {
        "mastectomy_bilateral": 0.008, "mastectomy_left": 0.006, "mastectomy_unmarked": 0.003, "hysterectomy": 0.05,
        "hysterectomy_stump": 0.006,
    }  # fmt: skip
    women = np.flatnonzero(female & (years >= 35))
    for service, share in removed.items():
        here = women[chance(rng, share, len(women))]
        day = basket.today - whole(rng, 30, 2800, len(here))
        basket.add(service, here, day)
        if service == "mastectomy_left":  # half of them lost the other side on another day
            again = chance(rng, 0.5, len(here))
            basket.add("mastectomy_right", here[again], day[again] + whole(rng, 20, 300, int(again.sum())))
        if service == "hysterectomy":
            stay = chance(rng, 0.4, len(here))
            basket.add(
                "inpatient_hysterectomy", here[stay], day[stay], nights=whole(rng, 1, 3, int(stay.sum()))
            )
    for service, share in (("total_colectomy", 0.002), ("colorectal_cancer", 0.008)):
        here = adults[chance(rng, share, len(adults))]
        basket.add(service, here, basket.today - whole(rng, 30, 2000, len(here)))


def _emergencies(basket: Basket, have: Health) -> None:
    rng, count = basket.rng, len(basket.members)
    visits = pick(rng, (55, 24, 10, 5, 3, 1.5, 0.8, 0.4, 0.2, 0.1), count)
    who = np.repeat(np.arange(count), visits)
    day = basket.today - (rng.random(len(who)) * 1000).astype(np.int64)
    kind = pick(rng, (38, 50, 6, 6), len(who))
    for number, service in enumerate(("ed_emergent", "ed_nonemergent", "ed_urgent_in_er", "ed_behavioral")):
        here = (kind == number) & (have.years[who] >= (15 if service == "ed_behavioral" else 0))
        basket.add(service, who[here], day[here])
        again = here & chance(rng, 0.4, len(who)) if number < 2 else np.zeros(len(who), dtype=bool)
        basket.add("ed_professional", who[again], day[again])


def _stays(basket: Basket, have: Health) -> None:
    rng, members, count = basket.rng, basket.members, len(basket.members)
    old = have.years >= 65
    stays = chance(rng, np.where(old, 0.42, np.where(have.years >= 18, 0.18, 0.03)), count).astype(np.int64)
    stays += chance(rng, 0.02, count) * 2
    who = np.repeat(np.arange(count), stays)
    nights = 1 + pick(rng, (8, 18, 20, 15, 10, 7, 5, 4, 3, 2, 2, 1, 1, 1), len(who))
    day = basket.today - nights - (rng.random(len(who)) * 1000).astype(np.int64)
    diabetic = (have.diabetes[who] > 0) & (have.diabetes[who] < DRUG_ONLY) & chance(rng, 0.3, len(who))
    basket.add("inpatient", who[~diabetic], day[~diabetic], nights=nights[~diabetic])
    basket.add("inpatient_diabetes", who[diabetic], day[diabetic], nights=nights[diabetic])
    # Still in hospital: an interim bill without a discharge.
    held = np.flatnonzero(chance(rng, 0.0015, count))
    long = whole(rng, 8, 60, len(held))
    basket.add(
        "inpatient",
        held,
        basket.today - long,
        nights=long // 2,
        held=np.ones(len(held), dtype=bool),
        edges=False,
    )
    born = np.flatnonzero(chance(rng, 0.9, count) & (basket.today - members.birth < 1100))
    basket.add("inpatient_newborn", born, members.birth[born], nights=whole(rng, 1, 4, len(born)))
    mothers = np.flatnonzero(
        members.female & (have.years >= 18) & (have.years <= 42) & chance(rng, 0.09, count)
    )
    day = basket.today - whole(rng, 10, 1000, len(mothers))
    basket.add("inpatient_delivery", mothers, day, nights=whole(rng, 2, 4, len(mothers)))
    basket.add("delivery_professional", mothers, day)


def _sensitive(basket: Basket, have: Health) -> None:
    rng = basket.rng
    for who, service, most in (
        (have.hiv, "hiv_care", 9), (have.substance, "substance_care", 24), (have.behavioral, "behavioral_visit", 16),
    ):  # fmt: skip
        found = np.flatnonzero(who)
        who_of = np.repeat(found, whole(rng, 1, most, len(found)))
        basket.add(service, who_of, basket.today - (rng.random(len(who_of)) * 900).astype(np.int64))
    found = np.flatnonzero(have.hiv & chance(rng, 0.4, len(have.years)))
    basket.add("ed_hiv", found, basket.today - whole(rng, 5, 700, len(found)))
    for who, service, share in (
        (have.behavioral, "inpatient_psychiatric", 0.05), (have.substance, "inpatient_detox", 0.1),
    ):  # fmt: skip
        found = np.flatnonzero(who & (have.years >= 14) & chance(rng, share, len(have.years)))
        day = basket.today - whole(rng, 15, 800, len(found))
        basket.add(service, found, day, nights=whole(rng, 3, 12, len(found)))


def _fillers(basket: Basket, have: Health, lines_per_member: int) -> None:
    """Other care, spread unevenly, until the block holds the lines asked for."""
    rng, members = basket.rng, basket.members
    until = basket.covered_until()
    since = np.maximum(members.start, basket.today - 1096)
    weight = np.where(until > since, have.weight, 0.0)
    services = basket.services
    mean = {
        service: float(
            services.variant["lines"][services.first[service] : services.first[service] + len(weights)].mean()
        )
        for service, weights in services.weights.items()
        if service in FILLERS
    }
    a_claim = sum(FILLERS[service] * mean[service] for service in FILLERS) / sum(FILLERS.values())
    # Of the claims so far about three lines in ten are dropped later (not covered then, not paid yet).
    missing = lines_per_member * len(members) - basket.lines * 7 // 10
    if missing <= 0 or not weight.any():
        return
    total = round(missing / a_claim * 1.06)
    for service, share in FILLERS.items():
        who = pick(rng, weight, round(total * share / sum(FILLERS.values())))
        who = who[have.years[who] >= 18] if service in ("personal_care", "home_health") else who
        reach = np.minimum(until, NEVER)[who] - since[who] + 1
        basket.add(service, who, since[who] + below(rng, reach))
    patients = np.flatnonzero(chance(rng, 0.0015, len(members)) & (have.years >= 30))
    treated = np.repeat(patients, 36)
    basket.add("dialysis", treated, basket.today - np.tile(np.arange(36) * 30 + 8, len(patients)))
