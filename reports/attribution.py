"""Which primary care provider each member belongs to (guide 003, "Member Attribution").

A member's own selection wins; of several the latest. Otherwise, among providers flagged as PCPs, the one with the
most visits in the 15 months up to the as-of date; ties go to the latest visit, then to the lower NPI. A visit is a
person, a provider and a day. A PCP with several TINs counts under the TIN of most of the member's visits, then
under the lower TIN.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis import _

from reports.claims import Claims
from reports.codes import PROCEDURE_SYSTEMS
from reports.dates import add_months, first_of_month

BY_CLAIMS = "Attribution"
BY_SELECTION = "Self Selection"

_ATTRIBUTED = ("client_id", "npi", "tin", "kind", "visits", "latest_on")


def directory(provider: ibis.Table) -> ibis.Table:
    """The rows of the provider feed under which members can be attributed, one a provider and TIN.

    A provider flagged as PCP has the TINs of the flagged rows; one never flagged (who can be a member's own
    selection only) has all of theirs.
    """
    flagged = provider.group_by("npi").agg(is_pcp=_.pcp.fill_null(False).max())
    return (
        provider.join(flagged, "npi")
        .filter(_.pcp.fill_null(False) | ~_.is_pcp)
        .select(
            npi=_.npi,
            tin=_.tin,
            tin_key=_digits(_.tin),
            is_pcp=_.is_pcp,
            pcp_number=_.individual_medicaid_number.fill_null(""),
            last_name=_.last_name.fill_null(""),
            first_name=_.first_name.fill_null(""),
            practice=_.practice_name.fill_null(""),
        )
    )


def visits(claims: Claims, candidates: ibis.Table, as_of: date) -> ibis.Table:
    """The claim lines that are part of a visit: person_id, npi, day, rendering_tin, billing_tin.

    A line is one by a preventive or E&M code, or by a clinic's revenue code. `candidates` (npi) are the providers
    with whom visits are counted.
    """
    p, lines = claims.parameters, claims.lines
    start = add_months(as_of, -p.attribution_months)
    clinics = [
        code
        for code in claims.book.of(p.clinic_concepts, ("REVENUE",))
        if code.code not in p.clinics_left_out
    ]
    by_code = _.hcpcs_code.isin(
        claims.spellings("hcpcs_code", claims.book.of(p.visit_concepts, PROCEDURE_SYSTEMS))
    )
    if spelled := claims.spellings("revenue_center_code", clinics):
        by_code = by_code | _.revenue_center_code.isin(spelled)
    found = lines.filter(_.service_date >= ibis.literal(start), by_code).select(
        "person_id",
        "rendering_tin",
        "billing_tin",
        *[name for name in claims.reversals.carried if name not in ("rendering_tin", "billing_tin")],
        npi=claims.filled("rendering_npi").coalesce(claims.filled("billing_npi")),
        day=_.service_date,
    )
    counted = claims.reversals.leave_out(found.semi_join(candidates, "npi"))
    return counted.select("person_id", "npi", "day", "rendering_tin", "billing_tin")


def candidates(providers: ibis.Table, selections: ibis.Table | None) -> ibis.Table:
    """npi of the providers with whom a visit can decide something: PCPs, and whoever a member selected."""
    pcps = providers.filter(_.is_pcp).select("npi")
    return (pcps if selections is None else pcps.union(selections.select("npi"))).distinct()


def attribute(
    members: ibis.Table,
    providers: ibis.Table,
    visited: ibis.Table,
    selections: ibis.Table | None,
    previous: ibis.Table | None,
    as_of: date,
) -> ibis.Table:
    """The PCP of each member who has one: client_id, npi, tin, kind, effective_on, visits, latest_on.

    `visits` counts the days on which the member saw this PCP, NULL for a PCP whom the member selected; `latest_on` is
    the last of them, or the day of the selection.

    `members` as `members.on` gives them, `providers` as `directory` gives them, `visited` as `visits` does,
    `selections` has member_id, npi, selected_on and rank (the higher of two on one day wins), `previous` is the
    attribution published before (client_id, npi, effective_on): while the PCP stays, so does the effective date.
    """
    people = members.select("client_id", "person_id")
    by_claims = _by_claims(providers, visited)
    chosen = people.left_join(by_claims, "person_id").select(
        "client_id", "person_id", "visits", "latest", claims_npi=by_claims.npi
    )
    if selections is None:
        chosen = chosen.mutate(own_npi=ibis.null("string"), selected_on=ibis.null("date"))
    else:
        own = _own(providers, selections, as_of)
        chosen = chosen.left_join(own, "client_id").drop("client_id_right")
    chosen = chosen.mutate(
        npi=_.own_npi.coalesce(_.claims_npi), kind=ibis.ifelse(_.own_npi.notnull(), BY_SELECTION, BY_CLAIMS)
    ).filter(_.npi.notnull())
    lowest = providers.group_by("npi").agg(lowest_tin=_.tin.min())
    tins = _tins(providers, visited)
    chosen = (
        chosen.join(lowest, "npi")
        .left_join(tins, ["person_id", "npi"])
        .select(
            "client_id",
            "npi",
            "kind",
            "selected_on",
            tin=_.visit_tin.coalesce(_.lowest_tin),
            visits=ibis.ifelse(_.selected_on.isnull(), _.visits, ibis.null("int64")),
            latest_on=_.selected_on.coalesce(_.latest),
        )
    )
    began = _.selected_on.truncate("M").coalesce(ibis.literal(first_of_month(as_of)))
    if previous is None:
        return chosen.select(*_ATTRIBUTED, effective_on=began)
    before = previous.select("client_id", before_npi=_.npi, before_on=_.effective_on)
    stays = (_.before_npi == _.npi) & (_.before_on <= ibis.literal(as_of))
    return chosen.left_join(before, "client_id").select(
        *_ATTRIBUTED,
        effective_on=ibis.ifelse(stays.fill_null(False), _.before_on, began),
    )


def _by_claims(providers: ibis.Table, visited: ibis.Table) -> ibis.Table:
    """person_id, npi, visits and latest of the PCP with most visits."""
    pcps = providers.filter(_.is_pcp).select("npi").distinct()
    counted = (
        visited.select("person_id", "npi", "day")
        .distinct()
        .semi_join(pcps, "npi")
        .group_by("person_id", "npi")
        .agg(visits=_.count(), latest=_.day.max())
    )
    best = ibis.window(group_by="person_id", order_by=[ibis.desc("visits"), ibis.desc("latest"), "npi"])
    first = counted.mutate(place=ibis.row_number().over(best)).filter(_.place == 0)
    return first.select("person_id", "npi", "visits", "latest")


def _own(providers: ibis.Table, selections: ibis.Table, as_of: date) -> ibis.Table:
    """client_id, own_npi, selected_on of the latest selection made by the as-of date, of providers in the directory."""
    known = providers.select("npi").distinct()
    made = selections.filter(_.selected_on <= ibis.literal(as_of)).semi_join(known, "npi")
    latest = ibis.window(group_by="member_id", order_by=[ibis.desc("selected_on"), ibis.desc("rank"), "npi"])
    return (
        made.mutate(place=ibis.row_number().over(latest))
        .filter(_.place == 0)
        .select(client_id=_.member_id, own_npi=_.npi, selected_on=_.selected_on)
    )


def _tins(providers: ibis.Table, visited: ibis.Table) -> ibis.Table:
    """person_id, npi and visit_tin: of a provider's several TINs the one with most of this person's visits."""
    several = providers.group_by("npi").agg(tins=_.tin.nunique()).filter(_.tins > 1)
    visited = visited.semi_join(several, "npi").distinct()
    visited = visited.mutate(rendering_tin=_digits(_.rendering_tin), billing_tin=_digits(_.billing_tin))
    rendering = providers.select("npi", rendering_tin=_.tin_key, by_rendering=_.tin)
    billing = providers.select("npi", billing_tin=_.tin_key, by_billing=_.tin)
    with_rendering = visited.left_join(rendering, ["npi", "rendering_tin"]).drop(
        "npi_right", "rendering_tin_right"
    )
    with_both = with_rendering.left_join(billing, ["npi", "billing_tin"]).drop(
        "npi_right", "billing_tin_right"
    )
    counted = (
        with_both.select("person_id", "npi", "day", visit_tin=_.by_rendering.coalesce(_.by_billing))
        .filter(_.visit_tin.notnull())
        .distinct()
        .group_by("person_id", "npi", "visit_tin")
        .agg(visits=_.count())
    )
    best = ibis.window(group_by=["person_id", "npi"], order_by=[ibis.desc("visits"), "visit_tin"])
    return (
        counted.mutate(place=ibis.row_number().over(best))
        .filter(_.place == 0)
        .select("person_id", "npi", "visit_tin")
    )


def _digits(text: ibis.Deferred) -> ibis.Deferred:
    """A TIN without its hyphen, so that spellings agree."""
    return text.re_replace(r"[^0-9A-Za-z]", "")
