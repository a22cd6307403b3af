"""The plan's own feeds beside the claims: chosen PCPs, care management, admissions, coverage, drugs, older accounts."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import bcrypt
import numpy as np
import pyarrow as pa

from reports.synthetic.basket import Basket
from reports.synthetic.care import Health
from reports.synthetic.cast import Cast
from reports.synthetic.catalogue import catalogue
from reports.synthetic.claims import Book
from reports.synthetic.columns import days, words
from reports.synthetic.draws import below, chance, npi, pick, whole
from reports.synthetic.names import names
from reports.synthetic.network import Network
from reports.synthetic.people import NEVER, Members

STATUSES = ("ACTIVE", "CLOSED", "PENDING")

#: Invented hospitals beyond the state's border: NPI, name, state.
ELSEWHERE = (
    (npi(96_000_000), "Upper Valley Medical Center", "MA"),
    (npi(96_000_001), "Sound Shore General Hospital", "NY"),
    (npi(96_000_002), "Narrow Bay Hospital", "RI"),
)

#: bcrypt work factor of the invented accounts: low, for they guard nothing and are made by the dozen.
_ROUNDS = 6

_Batch = tuple[dict[str, pa.Array], int]


def coverage(members: Members) -> _Batch:
    """Renewal date, language and need of an interpreter of those still covered."""
    here = np.flatnonzero(members.death == NEVER)
    return {
        "member_id": members.text["member_id"].take(pa.array(here)),
        "renewal_on": days(members.renewal[here], members.end[here] < NEVER),
        "language": words(members.language[here], list(names().languages)),
        "interpreter": pa.array(members.interpreter[here]),
    }, len(here)


def selections(rng: np.random.Generator, basket: Basket, book: Book) -> _Batch:
    """One member in eight chose a PCP: the one visited as often as another. Some chose twice; the later one counts."""
    members, count = basket.members, len(basket.members)
    who = np.flatnonzero(chance(rng, 0.12, count))
    who = np.concatenate([who, who[chance(rng, 0.08, len(who))]])
    pools = np.array([place for practice in basket.network.practices for place in practice.pcps])
    other = pools[below(rng, np.full(len(who), len(pools)))]
    chosen = np.where(chance(rng, 0.7, len(who)), members.pcp[who], other)
    return {
        "member_id": members.text["member_id"].take(pa.array(who)),
        "npi": words(book.npi[chosen], book.npis),
        "selected_on": days(basket.today - whole(rng, 0, 1200, len(who))),
    }, len(who)


def management(rng: np.random.Generator, basket: Basket, have: Health) -> _Batch:
    """Intensive care management: rare, more often with diabetes and much care."""
    likely = 0.02 + 0.1 * (have.diabetes > 0) + 0.06 * (have.weight > 1.2)
    who = np.flatnonzero(chance(rng, likely, len(have.years)))
    return {
        "member_id": basket.members.text["member_id"].take(pa.array(who)),
        "status": words(pick(rng, (45, 35, 20), len(who)), list(STATUSES)),
    }, len(who)


def admissions(rng: np.random.Generator, basket: Basket) -> _Batch:
    """Hospital notices of the last months: some still admitted, most discharged, a few exactly 30 and 31 days ago."""
    members, today = basket.members, basket.today
    alive = (members.end >= today) & (members.death >= today)
    who = np.flatnonzero(alive & chance(rng, 0.035, len(members)))
    count = len(who)
    nights = 1 + pick(rng, (14, 20, 18, 13, 9, 7, 5, 4, 3, 3, 2, 2), count)
    back = whole(rng, 0, 75, count)
    back = np.where(chance(rng, 0.06, count), whole(rng, 29, 31, count), back)
    inside = chance(rng, 0.16, count)
    hospital = basket.network.home_hospital[members.town[who]]
    stays = ("inpatient", "inpatient_delivery", "inpatient_psychiatric", "inpatient_detox")
    kind = pick(rng, (78, 8, 8, 6), count)
    for number, own in ((2, "psychiatric"), (3, "recovery")):  # most go to a place of its own
        places = np.array(basket.network.kinds[own])
        there = (kind == number) & chance(rng, 0.6, count)
        hospital = np.where(there, places[below(rng, np.full(count, len(places)))], hospital)
    first = np.array([basket.services.first[name] for name in stays])
    forms = len(basket.services.weights["inpatient"])
    variant = first[kind] + np.where(kind == 0, below(rng, np.full(count, forms)), 0)
    doctors = [
        f"{row['last_name']}, {row['first_name']}"
        for row in (basket.network.providers[place] for place in basket.network.kinds["specialist"])
    ]
    attending = below(rng, np.full(count, len(doctors)))
    rows = basket.network.providers
    told = [(rows[place]["npi"], rows[place]["practice_name"], "CT") for place in hospital.tolist()]
    # Some fall ill elsewhere, in hospitals that the directory does not have.
    for place in np.flatnonzero((kind == 0) & chance(rng, 0.05, count)).tolist():
        told[place] = ELSEWHERE[place % len(ELSEWHERE)]
    npis, hospitals, states = zip(*told, strict=True) if told else ((), (), ())
    return {
        "member_id": members.text["member_id"].take(pa.array(who)),
        "facility_npi": pa.array(npis, pa.string()),
        "hospital": pa.array(hospitals, pa.string()),
        "hospital_state": pa.array(states, pa.string()),
        "attending": pa.array([doctors[place] for place in attending.tolist()], pa.string()),
        "admission_date": days(today - np.where(inside, back // 4, back + nights)),
        "discharge_date": days(today - back, inside),
        "diagnosis_code": words(basket.services.diagnosis(rng, variant), basket.services.diagnoses.values),
    }, count


def ndc_rows() -> list[dict[str, str]]:
    return [{"ndc": drug.ndc, "ingredient": drug.ingredient} for drug in catalogue().drugs]


def _hash(secret: str, salted_by: str) -> str:
    """bcrypt with a salt made from the name, so that the same extract comes out every time. Not for real accounts."""
    seed = hashlib.sha256(f"synthetic {salted_by}".encode()).digest()[:16]
    salt = bcrypt.gensalt(_ROUNDS)[:7] + _base64(seed)
    return bcrypt.hashpw(secret.encode(), salt).decode()


def _base64(seed: bytes) -> bytes:
    """bcrypt's own base 64 of 16 bytes: 22 letters."""
    letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    bits = int.from_bytes(seed, "big") << 4
    return "".join(letters[(bits >> (126 - 6 * place)) & 63] for place in range(22)).encode()


def hashed_accounts(accounts: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """Rows of `existing_account` or `member_account`: what a cast tells in plain text, hashed."""
    made = []
    for account in accounts:
        row = {
            key: value for key, value in account.items() if key not in ("password", "answer", "pin", "note")
        }
        for plain in ("password", "answer", "pin"):
            if plain in account:
                secret = str(account[plain])
                if plain == "answer":
                    secret = " ".join(secret.casefold().split())
                row[f"{plain}_hash"] = _hash(secret, f"{account['username']} {plain}")
        row = {key: ";".join(value) if isinstance(value, list) else value for key, value in row.items()}
        if isinstance(row.get("report_access"), bool):
            row["report_access"] = "YES" if row["report_access"] else "NO"
        made.append(row)
    return made


def cast_feeds(cast: Cast, as_of: date, network: Network) -> dict[str, list[dict[str, Any]]]:
    """The rows a cast adds to the feeds, exactly as told."""
    found: dict[str, list[dict[str, Any]]] = {
        "coverage": [], "pcp_selection": [], "icm_status": [], "admission": []
    }  # fmt: skip

    def ago(number: int) -> date:
        return as_of - timedelta(days=int(number))

    for member in cast.members:
        facts, home = member.facts, member.household
        if "died_days_ago" not in facts:
            found["coverage"].append(
                {
                    "member_id": member.client_id,
                    "renewal_on": ago(-int(home["renewal_days"])) if "renewal_days" in home else None,
                    "language": facts.get("language", home.get("language", "English")),
                    "interpreter": bool(facts.get("interpreter", home.get("interpreter", False))),
                }
            )
        if "selected_days_ago" in facts:
            found["pcp_selection"].append(
                {
                    "member_id": member.client_id,
                    "npi": facts["pcp"],
                    "selected_on": ago(facts["selected_days_ago"]),
                }
            )
        if "icm" in facts:
            found["icm_status"].append({"member_id": member.client_id, "status": facts["icm"]})
        for stay in facts.get("admissions", ()):
            hospital = network.providers[network.find(stay["facility"])]
            out = stay.get("discharged_days_ago")
            found["admission"].append(
                {
                    "member_id": member.client_id,
                    "facility_npi": stay["facility"],
                    "hospital": hospital["practice_name"],
                    "hospital_state": hospital["state"],
                    "attending": stay.get("attending"),
                    "admission_date": ago(stay["admitted_days_ago"]),
                    "discharge_date": None if out is None else ago(out),
                    "diagnosis_code": stay.get("diagnosis"),
                }
            )
    return found
