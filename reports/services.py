"""The pass over the claims: for each person and code the last service, and from those what the rules ask for.

A group is a set of concepts that a rule asks for as one thing, such as the three concepts of nephropathy testing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import ibis
import pyarrow as pa
from ibis import _

from reports import packing
from reports.claims import Claims
from reports.codebook import Codebook, Keep
from reports.codes import Code

#: A group of concepts.
Group = tuple[str, ...]

#: Where a service was given. The group that bills is seldom in the provider feed: the practice of whoever gave the
#: service says more.
_FACILITY = ("facility_npi", "rendering_npi", "billing_npi")


@dataclass(frozen=True)
class Services:
    """What was done for each person who had any of the groups.

    `table` has person_id and, by group, `last_<n>` (a packed service, see `packing`); `first_<n>` (a date) only where
    a rule asks for it.
    """

    table: ibis.Table
    groups: tuple[Group, ...]

    def last(self, group: Group) -> str:
        """The column of the group's last service."""
        return f"last_{self.groups.index(group)}"

    def first(self, group: Group) -> str:
        """The column of the day of the group's first service."""
        return f"first_{self.groups.index(group)}"

    def columns(self, groups: Sequence[Group]) -> list[str]:
        """The columns of these groups."""
        names = [name for group in groups for name in (self.last(group), self.first(group))]
        return [name for name in names if name in self.table.columns]


def by_code(
    claims: Claims, concepts: Sequence[str], withheld: ibis.Table | None, drugs: ibis.Table | None
) -> ibis.Table:
    """person_id, code, last (a packed service) and first (its day): every service of the concepts, last and first.

    `withheld` has the claim_id of the claims whose detail is withheld. `drugs` is the same kind of table, of
    prescriptions.
    """
    carried = ("person_id", "claim_id", *_FACILITY)
    services = claims.services("test", concepts, *carried, inpatient=True)
    hidden: ibis.Value = ibis.literal(False)
    if withheld is not None:
        marked = withheld.select(hidden_claim=_.claim_id)
        services = services.left_join(marked, services.claim_id == marked.hidden_claim)
        hidden = services.hidden_claim.notnull()
    npi = ibis.coalesce(*[services[name].try_cast("int64") for name in _FACILITY])
    packed = packing.packed(services.service_date, hidden, npi, services.code)
    found = services.select("person_id", "code", "service_date", packed=packed)
    found = found.group_by("person_id", "code").agg(last=_.packed.max(), first=_.service_date.min())
    return found if drugs is None else found.union(drugs)


def by_drug(
    pharmacy: ibis.Table,
    ndc: ibis.Table | None,
    book: Codebook,
    keep: Keep,
    concepts: Sequence[str],
    as_of: date,
) -> ibis.Table:
    """person_id, code, last and first of the prescriptions of the concepts: by the NDCs of the code lists, and by
    the ingredients that the `ndc` feed gives for an NDC."""
    codes = book.of(concepts, ("NDC", "INGREDIENT"))
    texts = (
        pharmacy.ndc_code.as_table()
        .filter(_.ndc_code.notnull())
        .distinct()
        .to_pyarrow()
        .column(0)
        .to_pylist()
    )
    numbers = _drug_codes(ndc, book, codes)
    pairs = [(text, number) for text in texts for number in sorted(numbers.get(ndc11(text), ()))]
    spelled, found = zip(*pairs, strict=True) if pairs else ((), ())
    known = keep(
        "drug_spellings",
        pa.table({"text": pa.array(spelled, pa.string()), "code": pa.array(found, pa.int32())}),
    )
    lines = pharmacy.filter(_.dispensing_date.between(ibis.literal(date(1900, 1, 1)), ibis.literal(as_of)))
    npi = _.dispensing_provider_npi.try_cast("int64")
    lines = lines.select("person_id", npi=npi, day=_.dispensing_date, spelling=_.ndc_code)
    given = lines.join(known, lines.spelling == known.text)
    packed = packing.packed(given.day, ibis.literal(False), given.npi, given.code)
    given = given.select("person_id", "code", "day", packed=packed)
    return given.group_by("person_id", "code").agg(last=_.packed.max(), first=_.day.min())


def _drug_codes(ndc: ibis.Table | None, book: Codebook, codes: Sequence[Code]) -> dict[str, set[int]]:
    """The numbers of the codes that an NDC (11 digits) stands for."""
    numbers: dict[str, set[int]] = {}
    for code in codes:
        if code.system == "NDC":
            numbers.setdefault(code.code, set()).add(book.number(code))
    if ndc is None:
        return numbers
    ingredients = [code for code in codes if code.system == "INGREDIENT"]
    for row in ndc.select("ndc", "ingredient").to_pyarrow().to_pylist():
        # FDA's substance names carry salts and combinations: "SITAGLIPTIN PHOSPHATE; METFORMIN HYDROCHLORIDE".
        words = "".join(c if c.isalnum() else " " for c in (row["ingredient"] or "").lower())
        words = f" {' '.join(words.split())} "
        held = {book.number(code) for code in ingredients if f" {code.code} " in words}
        if held:
            numbers.setdefault(ndc11(row["ndc"]), set()).update(held)
    return numbers


def by_group(
    found: ibis.Table, groups: Sequence[Group], dated: Collection[Group], book: Codebook, keep: Keep
) -> Services:
    """The last service of each group and, of those in `dated`, the first, one row a person, from `by_code`."""
    of_group = book.groups(keep, "groups_of_codes", groups)
    grouped = found.join(of_group, "code")
    columns = {}
    for place, group in enumerate(groups):
        columns[f"last_{place}"] = grouped["last"].max(where=grouped.group == place)
        if group in dated:
            columns[f"first_{place}"] = grouped["first"].min(where=grouped.group == place)
    return Services(keep("services", grouped.group_by("person_id").agg(**columns)), tuple(groups))


def visit_days(claims: Claims, concepts: Sequence[str], persons: ibis.Table) -> ibis.Table:
    """person_id and visits: the days on which `persons` (person_id, born) had a service of the concepts."""
    days = claims.services("visit", concepts, "person_id").join(persons, "person_id")
    return days.filter(_.service_date >= _.born).group_by("person_id").agg(visits=_.service_date.nunique())


def last_days(claims: Claims, concepts: Sequence[str], persons: ibis.Table) -> ibis.Table:
    """person_id and last_date: the last day of a service of any of the concepts, for `persons` (person_id)."""
    claims = replace(claims, lines=claims.lines.semi_join(persons, "person_id"))
    # These persons are few and the codes those of every office visit: the person first.
    days = claims.services_at_once("last", concepts, "person_id")
    return days.group_by("person_id").agg(last_date=_.service_date.max())


def ndc11(text: str) -> str:
    """An NDC in its 11 digits without hyphens: labeler 5, product 4, package 2.

    >>> ndc11("0093-1048-01"), ndc11("93104801")
    ('00093104801', '00093104801')
    """
    parts = text.strip().split("-")
    if len(parts) == 3:
        return "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=True))
    return "".join(c for c in text if c.isdigit()).zfill(11)
