"""Which claim lines count, once what was voided, replaced or taken back is left out.

The last digit of a bill type says what a bill does: 7 replaces, 8 voids. A bill and the one that reverses it have
the same number, or else the same person, dates, kind of bill and facility. A negative amount takes a line back,
unless what was paid for that line still comes to more than nothing.
"""

from collections import defaultdict
from typing import Any

Row = dict[str, Any]


def live(lines: list[Row]) -> list[Row]:
    """The lines that count."""
    dead_bills = _dead(lines)
    left: dict[tuple[str, Any], float] = defaultdict(float)
    taken = {_number(line) for line in lines if _negative(line)}
    for line in lines:
        amounts = (line.get(name) for name in ("paid_amount", "allowed_amount", "charge_amount"))
        left[_number(line)] += next((amount for amount in amounts if amount is not None), 0.0)
    return [
        line
        for line in lines
        if (line["claim_id"], _frequency(line)) not in dead_bills
        and not _negative(line)
        and (_number(line) not in taken or left[_number(line)] > 0)
    ]


def _dead(lines: list[Row]) -> set[tuple[str, str]]:
    """Claim number and frequency of the bills that do not count."""
    by_number: dict[str, set[str]] = defaultdict(set)
    by_bill: dict[tuple[Any, ...], set[tuple[str, str]]] = defaultdict(set)
    for line in lines:
        if frequency := _frequency(line):
            by_number[line["claim_id"]].add(frequency)
            by_bill[_bill(line)].add((line["claim_id"], frequency))
    dead = set()
    for claim_id, frequencies in by_number.items():
        if "8" in frequencies:
            dead |= {(claim_id, frequency) for frequency in frequencies}
        elif "7" in frequencies:
            dead |= {(claim_id, frequency) for frequency in frequencies - {"7"}}
    for bills in by_bill.values():
        voids = [bill for bill in bills if bill[1] == "8"]
        replacements = [bill for bill in bills if bill[1] == "7"]
        originals = [bill for bill in bills if bill[1] not in "78"]
        if not voids and not replacements:
            continue
        dead |= set(voids)
        standing = 1 if replacements else len({claim_id for claim_id, _ in originals})
        if standing <= len(voids):
            dead |= bills
        elif replacements:
            dead |= set(originals)
    return dead


def _frequency(line: Row) -> str:
    return (line.get("bill_type_code") or "").strip()[-1:]


def _bill(line: Row) -> tuple[Any, ...]:
    """What a bill has in common with the one that reverses it."""
    starts = line["claim_start_date"]
    kind = line["bill_type_code"].strip().zfill(4)[:3]
    facility = line.get("facility_npi") or line.get("billing_npi") or ""
    return line["person_id"], starts, line.get("claim_end_date") or starts, kind, facility


def _number(line: Row) -> tuple[str, Any]:
    return line["claim_id"], line.get("claim_line_number")


def _negative(line: Row) -> bool:
    return any((line.get(name) or 0) < 0 for name in ("paid_amount", "allowed_amount", "charge_amount"))
