"""What visits and tests put on a claim: services.csv and drugs.csv as flat arrays.

A *service* (hba1c, office_visit …) has one or more *variants*; a variant has its claim type, place, bill type, who
performs it, one or more lines and the diagnoses it is billed with. `service@clinic` is the same service billed by a
clinic.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np

from reports.synthetic.draws import Ints, below, pick

#: Units that the stay decides: one unit a night, less the nights that a `ONE_NIGHT` line has taken.
PER_NIGHT = -1
ONE_NIGHT = -2

_LINE = re.compile(r"([A-Z0-9]*)(?:-([A-Z0-9]{2}))?(?:/(\d{4}))?(?:\*(\d+|los|one))?@(\d+\.\d\d)")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the package's CSV files."""
    text = (files("reports.synthetic") / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


class Words:
    """Texts numbered in the order they are first asked for; the empty text is -1."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        if not text:
            return -1
        if text not in self._known:
            self._known[text] = len(self.values)
            self.values.append(text)
        return self._known[text]


@dataclass
class Drug:
    ndc: str
    ingredient: str
    group: str
    days_supply: int
    quantity: int
    cents: int


@dataclass
class Catalogue:
    """Variants and lines as arrays; text columns as positions in `Words`."""

    first: dict[str, int] = field(default_factory=dict)
    weights: dict[str, list[float]] = field(default_factory=dict)
    performers: list[str] = field(default_factory=list)
    claim_types: Words = field(default_factory=Words)
    places: Words = field(default_factory=Words)
    bills: Words = field(default_factory=Words)
    groups: Words = field(default_factory=Words)
    codes: Words = field(default_factory=Words)
    modifiers: Words = field(default_factory=Words)
    revenues: Words = field(default_factory=Words)
    diagnoses: Words = field(default_factory=Words)
    variant: dict[str, Ints] = field(default_factory=dict)
    line: dict[str, Ints] = field(default_factory=dict)
    diagnosis_list: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    drugs: list[Drug] = field(default_factory=list)

    def draw(self, rng: np.random.Generator, service: str, size: int) -> Ints:
        """A variant of the service for each of `size` claims."""
        weights = self.weights[service]
        if len(weights) == 1:
            return np.full(size, self.first[service], dtype=np.int64)
        return pick(rng, weights, size) + self.first[service]

    def diagnosis(self, rng: np.random.Generator, variants: Ints) -> Ints:
        """A diagnosis fitting each variant."""
        start, count = self.variant["first_diagnosis"], self.variant["diagnoses"]
        return self.diagnosis_list[start[variants] + below(rng, count[variants])]


def _units(text: str | None) -> int:
    return {"los": PER_NIGHT, "one": ONE_NIGHT, None: 1}.get(text) or int(text or 1)


@cache
def catalogue() -> Catalogue:
    """The services and drugs that ship with the package."""
    made = Catalogue()
    variants: list[tuple[int, ...]] = []
    lines: list[tuple[int, ...]] = []
    diagnoses: list[int] = []
    before = ""
    for row in rows("services.csv"):
        if row["service"] in made.first and row["service"] != before:
            raise ValueError(f"services.csv: the rows of {row['service']} do not stand together")
        before = row["service"]
        made.first.setdefault(row["service"], len(variants))
        made.weights.setdefault(row["service"], []).append(float(row["weight"]))
        made.performers.append(row["performer"])
        own_lines = [_line(made, text) for text in row["lines"].split()]
        own_diagnoses = [made.diagnoses(code) for code in row["diagnoses"].split()]
        variants.append(
            (
                made.claim_types(row["claim_type"]),
                made.places(row["place"]),
                made.bills(row["bill_type"][:2]),
                made.groups(row["drg"]),
                len(lines),
                len(own_lines),
                len(diagnoses),
                len(own_diagnoses),
                int(row["bill_type"].startswith("11")),
            )
        )
        lines += own_lines
        diagnoses += own_diagnoses
    names = "claim_type place bill group first_line lines first_diagnosis diagnoses inpatient".split()
    made.variant = {
        name: np.array(values) for name, values in zip(names, zip(*variants, strict=True), strict=True)
    }
    names = "code modifier revenue units cents".split()
    made.line = {name: np.array(values) for name, values in zip(names, zip(*lines, strict=True), strict=True)}
    made.diagnosis_list = np.array(diagnoses)
    made.drugs = [
        Drug(
            row["ndc"], row["ingredient"], row["group"], int(row["days_supply"]), int(row["quantity"]),
            round(float(row["price"]) * 100),
        )
        for row in rows("drugs.csv")
    ]  # fmt: skip
    return made


def _line(made: Catalogue, text: str) -> tuple[int, ...]:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"services.csv: {text!r} is no claim line (code-modifier/revenue*units@price)")
    code, modifier, revenue, units, price = found.groups()
    return (
        made.codes(code), made.modifiers(modifier or ""), made.revenues(revenue or ""), _units(units),
        round(float(price) * 100),
    )  # fmt: skip
