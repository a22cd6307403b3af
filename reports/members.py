"""Who is enrolled and alive on the as-of date, with what the reports print about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import ibis
from ibis import _

from reports.codes import Code, of


def on(
    eligibility: ibis.Table,
    as_of: date,
    codes: Iterable[Code],
    *,
    opted_out: ibis.Table | None = None,
    icm_status: ibis.Table | None = None,
    programs: Mapping[str, str] | None = None,
) -> ibis.Table:
    """One row a member enrolled and alive on `as_of`.

    Of several spans that hold that day the one that began last counts; a dual status in any of them makes the
    member dual eligible. Columns: client_id, person_id, member_name, date_of_birth, gender, address,
    city_state_zip, telephone, program, dual (bool), opted_out (bool), icm_status.
    `opted_out` has a column client_id, `icm_status` member_id and status, `programs` maps spellings of `plan` in
    lower case to the names shown.
    """
    day = ibis.literal(as_of)
    dual_codes = [code.code for code in of(codes, ["dual_eligible"], ["DUAL_STATUS"])]
    dead = (
        eligibility.filter((_.death_date <= day) | (_.death_flag & _.death_date.isnull()))
        .select("member_id")
        .distinct()
    )
    spans = (
        eligibility.filter(
            (_.enrollment_start_date <= day)
            & (_.enrollment_end_date.isnull() | (_.enrollment_end_date >= day))
        )
        .anti_join(dead, "member_id")
        .mutate(
            ends=_.enrollment_end_date.coalesce(ibis.literal(date(9999, 12, 31))),
            is_dual=_.dual_status_code.isin(dual_codes).fill_null(False),
        )
    )
    dual = spans.group_by("member_id").agg(dual=_.is_dual.max())
    latest = ibis.window(
        group_by="member_id",
        order_by=[ibis.desc("enrollment_start_date"), ibis.desc("ends"), "plan", "person_id"],
    )
    chosen = spans.mutate(place=ibis.row_number().over(latest)).filter(_.place == 0)
    members = chosen.join(dual, "member_id").select(
        client_id=_.member_id,
        person_id=_.person_id,
        member_name=_joined(", ", _.last_name, _.first_name),
        date_of_birth=_.birth_date,
        gender=_.gender,
        address=_.address,
        city_state_zip=_joined(" ", _.city, _.state, _.zip_code),
        telephone=_.phone,
        program=_program(chosen.plan, programs or {}),
        dual=_.dual,
    )
    if opted_out is None:
        members = members.mutate(opted_out=ibis.literal(False))
    else:
        marked = opted_out.select("client_id").distinct().mutate(opted_out=ibis.literal(True))
        members = members.left_join(marked, "client_id").drop("client_id_right")
        members = members.mutate(opted_out=_.opted_out.fill_null(False))
    if icm_status is None:
        return members.mutate(icm_status=ibis.literal(""))
    status = icm_status.select(client_id=_.member_id, icm_status=_.status.upper())
    return members.left_join(status, "client_id").drop("client_id_right")


def _joined(separator: str, *parts: ibis.Deferred) -> ibis.Deferred:
    """The parts that are not blank, with the separator between them."""
    text = parts[0].fill_null("")
    for part in parts[1:]:
        part = part.fill_null("")
        text = text + ibis.ifelse((text == "") | (part == ""), "", separator) + part
    return text


def _program(plan: ibis.expr.types.StringValue, programs: Mapping[str, str]) -> ibis.Value:
    """The name shown for a spelling of the plan; a spelling nobody mapped is shown as it is."""
    if not programs:
        return plan
    return plan.strip().lower().cases(*programs.items(), else_=plan)
