"""Sensitive health information: which claims hold it, and to which practice it may be shown.

HIV, substance abuse and behavioral health are not shared without the member's consent (guide 003, "Member Choices
for Sharing Medical and Sensitive Health Information"). A claim is sensitive as a whole: by any line, diagnosis,
procedure, revenue code, place, DRG or provider of the code lists `sensitive_*`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import reduce

import ibis
from ibis import _

from reports.claims import Claims

#: The categories in which members consent, with the bit that stands for each in `flags`.
BITS = {"hiv": 1, "sud": 2, "bh": 4}
CATEGORIES = tuple(BITS)
ALL = sum(BITS.values())

#: NPI columns of a claim line: any provider on it can tell what the claim is about.
_PROVIDERS = ("rendering_npi", "billing_npi", "facility_npi")


def concept(category: str) -> str:
    """The concept of the code lists that holds a category's codes."""
    return f"sensitive_{category}"


def claim_flags(claims: Claims, providers: ibis.Table) -> ibis.Table:
    """claim_id and flags (the bits of BITS) of the claims that are sensitive. `providers` has npi and flags of the
    providers who treat nothing else. What was reversed or lies
    ahead is sensitive too: the claim keeps its number."""
    claims = replace(claims, lines=claims.undated, without_reversed=False)
    concepts = [concept(category) for category in CATEGORIES]
    (key,) = claims.narrow("claim_id")
    found = [
        claims.by_procedure("sensitive", concepts, key),
        claims.by_diagnosis("sensitive", concepts, key, systems=("ICD-10-CM", "ICD-10-CM-RANGE")),
        claims.by_inpatient_procedure("sensitive", concepts, key),
        claims.by_column("sensitive", "revenue_center_code", concepts, "REVENUE", key),
        claims.by_column("sensitive", "place_of_service_code", concepts, "POS", key),
        claims.by_column("sensitive", "drg_code", concepts, "MS-DRG", key),
    ]
    coded = ibis.union(*[part.select(key, "code") for part in found if part is not None])
    bits = claims.book.groups(claims.keep, "sensitive_codes", [(name,) for name in concepts])
    by_code = coded.join(bits, "code").select(key, bit=_.group)
    flagged = [by_code.select(key, flags=_.bit.cases(*enumerate(BITS.values()), else_=0).cast("int32"))]
    known = providers.filter(_.flags > 0).select(known_npi=_.npi, flags=_.flags.cast("int32"))
    for column in claims.have(_PROVIDERS):
        lines = claims.lines.filter(claims.lines[column].notnull()).select(key, npi=column)
        flagged.append(lines.join(known, lines.npi == known.known_npi).select(key, "flags"))
    by_line = ibis.union(*flagged).group_by(key).agg(flags=any_of(_.flags))
    if key == "claim_id":
        return by_line
    return claims.wide("sensitive_lines", by_line, "claim_id").group_by("claim_id").agg(flags=any_of(_.flags))


def any_of(flags: ibis.Deferred) -> ibis.Deferred:
    """The bits that stand in any row of a group."""
    bits = [(flags & bit).max() for bit in BITS.values()]
    return reduce(lambda one, other: one + other, bits)


def allowed(consents: ibis.Table | None, members: ibis.Table, as_of: date) -> ibis.Table | None:
    """client_id and allowed (bits): what each of `members` (client_id, tin) lets their practice see on the day.

    `consents` has client_id, tin ('' for any practice), category, starts_on and ends_on (NULL: until withdrawn).
    None where nobody has consented to anything.
    """
    if consents is None:
        return None
    day = ibis.literal(as_of)
    live = consents.filter(_.starts_on <= day, _.ends_on.isnull() | (_.ends_on >= day))
    live = live.select("client_id", to_tin=_.tin.fill_null(""), category=_.category)
    given = members.select("client_id", "tin").join(live, "client_id")
    given = given.filter((given.to_tin == "") | (given.to_tin == given.tin))
    bits = given.category.cases(*BITS.items(), else_=0)
    return given.mutate(bit=bits).group_by("client_id").agg(allowed=any_of(_.bit))


def with_withholding(rows: ibis.Table, allowed: ibis.Table | None) -> ibis.Table:
    """Rows of client_id, flags and facility_flags, with withheld (bool: a category on the claim is not consented),
    facility_withheld (the same of the facility itself) and consented (text: the categories that are shown by consent,
    such as "bh,hiv")."""
    if allowed is None:
        rows = rows.mutate(allowed=ibis.literal(0))
    else:
        rows = rows.left_join(allowed, "client_id").drop("client_id_right")
    hidden = ALL - _.allowed.fill_null(0)
    rows = rows.mutate(
        withheld=(_.flags.fill_null(0) & hidden) > 0,
        facility_withheld=(_.facility_flags.fill_null(0) & hidden) > 0,
    )
    return rows.mutate(consented=_consented(rows)).drop("allowed")


def _consented(rows: ibis.Table) -> ibis.Value:
    """The categories on the claim, where all of them are consented."""
    text: ibis.Value = ibis.literal("")
    for category, bit in sorted(BITS.items()):
        separator = ibis.ifelse(text == "", "", ",")
        text = text + ibis.ifelse((rows.flags & bit) > 0, separator + category, "")
    return ibis.ifelse(rows.withheld, "", text)
