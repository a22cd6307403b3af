"""From the claims of a block to the 148 columns of medical_claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from reports.synthetic.basket import FIRST, FREQUENCIES, FURTHER, LAST, REPLACES, VOIDS, WHOLE, Basket
from reports.synthetic.care import Health
from reports.synthetic.catalogue import ONE_NIGHT, PER_NIGHT, Catalogue
from reports.synthetic.columns import days, fixed_text, letters_of, numbered, words
from reports.synthetic.draws import Flags, Ints, chance, pick, whole
from reports.synthetic.network import FACILITIES, Network
from reports.synthetic.people import PROGRAMS, Members, person_ids

#: Claim numbers of a block start at its number times this.
PER_BLOCK = 10_000_000

_DISPOSITIONS = ("01", "06", "03", "07", "20", "30")
#: Nights from which half of the stays are billed in two parts.
_LONG_STAY = 9

_PROCEDURES = {"inpatient_mastectomy": "0HTV0ZZ", "inpatient_hysterectomy": "0UT90ZZ"}


@dataclass
class Book:
    """The network as claims need it: for each affiliation positions in lists without repeats."""

    npi: Ints
    npis: pa.Array
    tin: Ints
    tins: pa.Array
    billing: Ints
    solo: Flags
    facility: Flags
    specialists: Ints

    @classmethod
    def of(cls, network: Network) -> Book:
        known: dict[str, int] = {}
        npi = [known.setdefault(row["npi"], len(known)) for row in network.providers]
        billing = [known.setdefault(number, len(known)) for number in network.billing]
        tin, tins = network.codes(lambda place: str(network.providers[place]["tin"]))
        return cls(
            npi=np.array(npi),
            npis=pa.array(list(known)),
            tin=tin,
            tins=pa.array(tins),
            billing=np.array(billing),
            solo=np.array(npi) == np.array(billing),
            facility=np.array([row["specialty"] in FACILITIES for row in network.providers]),
            specialists=np.array(network.kinds["specialist"]),
        )


def _numbered(claims: dict[str, Ints]) -> dict[str, Ints]:
    """The claims with a `number` each, the `sign` of their amounts and `line_from` (how many lines stand before)."""
    count = len(claims["day"])
    return {
        **claims,
        "number": np.arange(count, dtype=np.int64),
        "sign": np.where(claims["bill"] == VOIDS, -1, 1),
        "line_from": np.zeros(count, dtype=np.int64),
    }


def _in_parts(rng: np.random.Generator, claims: dict[str, Ints], services: Catalogue) -> dict[str, Ints]:
    """Half of the long stays are billed twice: up to a day within, then from there to the end, or to now."""
    inpatient = services.variant["inpatient"][claims["variant"]] > 0
    long = np.flatnonzero(inpatient & (claims["nights"] >= _LONG_STAY) & chance(rng, 0.5, len(inpatient)))
    if not len(long):
        return claims
    second = {name: values[long] for name, values in claims.items()}
    part = second["nights"] // 2
    second["day"] = second["day"] + part
    second["nights"] = second["nights"] - part
    second["bill"] = np.where(second["held"] > 0, FURTHER, LAST)
    first = {name: values.copy() for name, values in claims.items()}
    # Paid as long after its own last day as the whole would have been.
    first["paid"][long] -= second["nights"]
    first["nights"][long] = part
    first["bill"][long] = FIRST
    joined = {name: np.concatenate([first[name], second[name]]) for name in claims}
    order = np.argsort(joined["day"], kind="stable")
    return {name: values[order] for name, values in joined.items()}


def _with_corrections(
    rng: np.random.Generator, claims: dict[str, Ints], services: Catalogue, today: int
) -> dict[str, Ints]:
    """Adds what undoes a claim: about one in ninety is reversed, and half of those are billed anew.

    An institutional claim is voided by a claim of frequency 8 and replaced by one of frequency 7, under new numbers; a
    professional one is reversed by lines of negative amount under its own number. `claims` as `_numbered` gives them.
    """
    count = len(claims["day"])
    whole_bill = (claims["held"] == 0) & (claims["bill"] == WHOLE)
    undone = np.flatnonzero(chance(rng, 0.011, count) & whole_bill & (claims["paid"] < today - 15))
    if not len(undone):
        return claims
    institutional = services.claim_types.values.index("institutional") == services.variant["claim_type"]
    by_bill = institutional[claims["variant"][undone]]
    void = {name: values[undone] for name, values in claims.items()}
    void["paid"] = np.minimum(void["paid"] + whole(rng, 5, 15, len(undone)), today)
    void["sign"] = np.full(len(undone), -1, dtype=np.int64)
    void["bill"] = np.full(len(undone), VOIDS, dtype=np.int64)
    void["number"] = np.where(by_bill, count + np.arange(len(undone)), void["number"])
    void["line_from"] = np.where(by_bill, 0, services.variant["lines"][void["variant"]])
    again = np.flatnonzero(chance(rng, 0.5, len(undone)))
    anew = {name: values[again] for name, values in void.items()}
    anew["sign"] = np.ones(len(again), dtype=np.int64)
    anew["bill"] = np.full(len(again), REPLACES, dtype=np.int64)
    anew["number"] = count + len(undone) + np.arange(len(again))
    anew["line_from"] = np.zeros(len(again), dtype=np.int64)
    joined = {name: np.concatenate([claims[name], void[name], anew[name]]) for name in claims}
    order = np.argsort(joined["day"], kind="stable")
    return {name: values[order] for name, values in joined.items()}


def medical(
    rng: np.random.Generator,
    basket: Basket,
    have: Health | None,
    book: Book,
    block: int,
    *,
    exact: bool = False,
) -> tuple[dict[str, pa.Array], int]:
    """The claim lines of a block, in the order of their dates. With `exact` nothing is dropped, undone or varied."""
    services, members = basket.services, basket.members
    claims = basket.settled(exact)
    if exact:
        claims = _numbered(claims)
    else:
        claims = _numbered(_in_parts(rng, claims, services))
        claims = _with_corrections(rng, claims, services, basket.today)
    by_claim = _claim_columns(rng, claims, services, members, have, book, block)
    lines = services.variant["lines"][claims["variant"]]
    total = int(lines.sum())
    of = np.repeat(np.arange(len(lines)), lines)
    within = np.arange(total) - np.repeat(np.cumsum(lines) - lines, lines)
    line = services.variant["first_line"][claims["variant"]][of] + within
    columns = _spread(by_claim, of)
    columns["claim_line_number"] = pa.array((within + 1 + claims["line_from"][of]).astype(np.int32))
    columns |= _line_columns(rng, claims, services, of, line, exact)
    return columns, total


def _spread(by_claim: Mapping[str, Any], of: Ints) -> dict[str, pa.Array]:
    """Columns by line from columns by claim: words as (positions, list), dates as days."""
    found: dict[str, pa.Array] = {}
    for name, value in by_claim.items():
        if name == "claim_id":
            found[name] = fixed_text(value[of])
        elif isinstance(value, tuple):
            positions, texts = value
            found[name] = words(positions[of], texts)
        else:
            day = value[of]
            found[name] = days(day, day < 0 if (value < 0).any() else None)
    return found


def _claim_columns(
    rng: np.random.Generator, claims: dict[str, Ints], services: Catalogue, members: Members,
    have: Health | None, book: Book, block: int,
) -> dict[str, Any]:  # fmt: skip
    count = len(claims["day"])
    variant, member, day = claims["variant"], claims["member"], claims["day"]
    kind = services.variant["claim_type"][variant]
    institutional = kind == services.claim_types.values.index("institutional")
    inpatient = services.variant["inpatient"][variant] > 0
    held = np.isin(claims["bill"], (FIRST, FURTHER))  # there is, or was, more to come
    end = day + claims["nights"]
    bill = services.variant["bill"][variant]
    bills = [f"{two}{frequency}" for two in services.bills.values for frequency in FREQUENCIES]
    disposition = np.where(held, 5, np.where(inpatient, pick(rng, (76, 12, 7, 2, 1), count), 0))
    nothing = np.full(count, -1, dtype=np.int64)
    zero = np.zeros(count, dtype=np.int64)
    program = _programs(members, member, day)
    groups = services.variant["group"][variant]
    columns: dict[str, Any] = {
        "claim_id": letters_of(numbered(claims["number"] + block * PER_BLOCK, 12, "M")),
        "claim_type": (kind, services.claim_types.values),
        "person_id": (member, person_ids(members)),
        "member_id": (member, members.text["member_id"]),
        "payer": (zero, ["connecticut medicaid"]),
        "plan": (program, list(PROGRAMS)),
        "claim_start_date": day,
        "claim_end_date": end,
        "claim_line_start_date": day,
        "claim_line_end_date": end,
        "admission_date": np.where(inpatient, claims["admitted"], -1),
        "discharge_date": np.where(inpatient & ~held, end, -1),
        "admit_source_code": (np.where(inpatient, 0, -1), ["1"]),
        "admit_type_code": (np.where(inpatient, pick(rng, (60, 22, 18), count), -1), ["1", "2", "3"]),
        "discharge_disposition_code": (np.where(institutional, disposition, -1), list(_DISPOSITIONS)),
        "place_of_service_code": (services.variant["place"][variant], services.places.values),
        "bill_type_code": (np.where(bill >= 0, bill * len(FREQUENCIES) + claims["bill"], -1), bills),
        "drg_code_type": (np.where(groups >= 0, 0, -1), ["ms-drg"]),
        "drg_code": (groups, services.groups.values),
        "paid_date": claims["paid"],
        "diagnosis_code_type": (zero, ["icd-10-cm"]),
        "data_source": (zero, ["synthetic"]),
    }
    performer = claims["performer"]
    attending = book.specialists[(claims["number"] * 7919 + day) % len(book.specialists)]
    rendering = np.where(book.facility[performer], attending, performer)
    # Some small practices name only who bills.
    unnamed = (
        book.solo[performer]
        & ~book.facility[performer]
        & chance(rng, 0.06 if have is not None else 0.0, count)
    )
    facility = np.where(institutional, book.billing[performer], -1)
    columns |= {
        "rendering_npi": (np.where(unnamed, -1, book.npi[rendering]), book.npis),
        "rendering_tin": (np.where(unnamed, -1, book.tin[rendering]), book.tins),
        "billing_npi": (book.billing[performer], book.npis),
        "billing_tin": (book.tin[performer], book.tins),
        "facility_npi": (facility, book.npis),
    }
    columns |= _diagnoses(rng, claims, services, have, inpatient)
    procedure = nothing.copy()
    for number, service in enumerate(_PROCEDURES):
        procedure = np.where(variant == services.first[service], number, procedure)
    columns |= {
        "procedure_code_type": (np.where(procedure >= 0, 0, -1), ["icd-10-pcs"]),
        "procedure_code_1": (procedure, list(_PROCEDURES.values())),
        "procedure_date_1": np.where(procedure >= 0, day, -1),
    }
    return columns


def _programs(members: Members, member: Ints, day: Ints) -> Ints:
    """The program of the member on the day; spans beside the last one are few and looked at one after the other."""
    spans = members.spans
    first = np.full(len(members), -1, dtype=np.int64)
    # Spans are listed latest first, so that the first one seen is the present one.
    seen, places = np.unique(spans.member, return_index=True)
    first[seen] = spans.program[places]
    found = first[member]
    later = np.ones(len(spans.member), dtype=bool)
    later[places] = False
    earlier = np.flatnonzero(later)
    if len(earlier):
        past = np.full(len(members), -1, dtype=np.int64)
        past[spans.member[earlier]] = earlier
        here = past[member]
        found = np.where((here >= 0) & (day <= spans.end[here]), spans.program[here], found)
    return found


def _diagnoses(
    rng: np.random.Generator,
    claims: dict[str, Ints],
    services: Catalogue,
    have: Health | None,
    inpatient: Flags,
) -> dict[str, Any]:
    """The first diagnosis, and behind it what else the member has; stays carry more, each present on admission."""
    texts = pa.array(services.diagnoses.values)
    first, count = claims["diagnosis"], len(claims["day"])
    found: dict[str, Any] = {"diagnosis_code_1": (first, texts)}
    empty = np.full(count, -1, dtype=np.int64)
    others = [empty] * 7
    if have is not None:
        chronic = have.chronic[claims["member"]]
        diabetes = have.diabetes_code[claims["member"]]
        code = services.diagnoses
        extra = [code(each) for each in ("Z79899", "E876", "N179", "D649")]
        texts = pa.array(services.diagnoses.values)
        listed = chance(rng, 0.45, count) | inpatient
        others = [np.where(listed & (chronic[:, 0] != first), chronic[:, 0], -1)]
        others.append(np.where((others[0] >= 0) & (chance(rng, 0.5, count) | inpatient), chronic[:, 1], -1))
        tail = (
            (others[1] >= 0) & (diabetes >= 0) & (diabetes != first) & (chance(rng, 0.4, count) | inpatient)
        )
        others.append(np.where(tail, diabetes, -1))
        others.append(np.where(inpatient & (others[2] >= 0), extra[0], -1))
        more = inpatient & (others[3] >= 0)
        for each in extra[1:]:
            more = more & chance(rng, 0.6, count)
            others.append(np.where(more, each, -1))
    for number in range(7):
        found[f"diagnosis_code_{number + 2}"] = (others[number], texts)
    for number, present in enumerate([first, *others]):
        found[f"diagnosis_poa_{number + 1}"] = (np.where(inpatient & (present >= 0), 0, -1), ["Y"])
    found["diagnosis_code_1"] = (first, texts)
    return found


def _line_columns(
    rng: np.random.Generator, claims: dict[str, Ints], services: Catalogue, of: Ints, line: Ints, exact: bool
) -> dict[str, pa.Array]:
    lines = services.line
    units = lines["units"][line]
    nights = np.maximum(claims["nights"][of], 1)
    # A stay with a night on another ward has one night less on the first.
    split = np.zeros(int(claims["variant"].max(initial=0)) + 1, dtype=np.int64)
    for variant in np.unique(claims["variant"]):
        start = int(services.variant["first_line"][variant])
        split[variant] = (
            lines["units"][start : start + int(services.variant["lines"][variant])] == ONE_NIGHT
        ).any()
    own = np.maximum(nights - split[claims["variant"][of]], 1)
    units = np.where(units == PER_NIGHT, own, np.where(units == ONE_NIGHT, 1, units))
    count = len(of)
    # Amounts are whole cents until the last division, which is exact to the cent on every machine.
    varied = np.full(count, 100, dtype=np.int64) if exact else 85 + rng.integers(0, 31, count, dtype=np.int64)
    cents = lines["cents"][line] * units * varied // 100 * claims["sign"][of]
    paid = cents if exact else np.where(rng.random(count) < 0.015, 0, cents)
    return {
        "revenue_center_code": words(lines["revenue"][line], services.revenues.values),
        "hcpcs_code": words(lines["code"][line], services.codes.values),
        "hcpcs_modifier_1": words(lines["modifier"][line], services.modifiers.values),
        "service_unit_quantity": pa.array((units * claims["sign"][of]).astype(np.float64)),
        "paid_amount": pa.array(paid / 100.0),
        "allowed_amount": pa.array(cents / 100.0),
        "charge_amount": pa.array(cents * 19 // 10 / 100.0),
        "copayment_amount": pa.array(np.zeros(count)),
        "in_network_flag": pa.array(np.ones(count, dtype=bool)),
    }
