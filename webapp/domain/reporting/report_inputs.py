"""What the portal knows and the claims extract does not: handed to `portal refresh`."""

from typing import Any

import pyarrow as pa
from peewee import Field

from reports.layout import TABLES, Type
from reports.refresh import PortalData
from webapp import clock
from webapp.config import Plan, read_settings
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member import consent
from webapp.domain.member.care import FROM_MEMBER, Admission, PcpSelection

_ARROW: dict[Type, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}


def portal_data(plan: Plan | None = None) -> PortalData:
    """The directory, the PCPs that members chose in the portal (both in the columns of `reports.layout`), who
    opted out, the consents that count today, the stays that hospitals reported, and the names of the programs.
    `plan` is the one of the environment's settings unless given."""
    selections = PcpSelection.select(
        PcpSelection.client_id, PcpSelection.npi, PcpSelection.selected_on
    ).where(PcpSelection.source == FROM_MEMBER)
    rows = [
        {"member_id": client_id, "npi": npi, "selected_on": day}
        for client_id, npi, day in selections.tuples()
    ]
    return PortalData(
        providers=_arrow("provider", list(Provider.select(*_provider_fields()).dicts())),
        pcp_selections=_arrow("pcp_selection", rows),
        opt_outs=_opt_outs(),
        consents=_consents(),
        admissions=_arrow("admission", _admissions()),
        programs=_program_names(plan or read_settings().plan),
    )


def _opt_outs() -> pa.Table | None:
    client_ids = consent.opted_out()
    return pa.table({"client_id": pa.array(client_ids, pa.string())}) if client_ids else None


def _admissions() -> list[dict[str, Any]]:
    """The rows of the admission feed that were loaded, in its columns."""
    columns = [
        Admission._meta.fields["client_id" if name == "member_id" else name].alias(name)
        for name in TABLES["admission"].names
    ]
    return list(Admission.select(*columns).order_by(Admission.id).dicts())


def _consents() -> pa.Table:
    """The consents that count today. Empty where there are none: that says that nothing may be shown."""
    live = consent.live_consents(clock.today())
    rows = [
        {
            "consent_id": given.id,
            "client_id": given.client_id,
            "tin": given.tin,
            "category": given.category,
            "starts_on": given.starts_on,
            "ends_on": given.ends_on,
        }
        for given in live
    ]
    return pa.Table.from_pylist(rows, schema=_CONSENT)


#: What a consent says, and its number, by which `note_refreshed` knows it again.
_CONSENT = pa.schema(
    [
        ("consent_id", pa.int64()),
        ("client_id", pa.string()),
        ("tin", pa.string()),
        ("category", pa.string()),
        ("starts_on", pa.date32()),
        ("ends_on", pa.date32()),
    ]
)


def note_refreshed(portal: PortalData) -> None:
    """All reports were computed and published with what `portal` told: no need to hide at reading any more.

    Not for a refresh of some reports alone: the others still hold what they were computed with.
    """
    if portal.opt_outs is not None:
        consent.note_reflected(portal.opt_outs.column("client_id").to_pylist())
    if portal.consents is not None:
        told = portal.consents.column("consent_id").to_pylist()
        consent.note_consents_reflected(told, clock.today())


def _program_names(plan: Plan) -> dict[str, str]:
    """The name shown for each spelling of eligibility's `plan`, spellings in lower case."""
    return {
        spelling.strip().lower(): plan.program_name(letter)
        for letter, spellings in plan["programs"].items()
        for spelling in spellings
    }


def _provider_fields() -> list[Field]:
    return [Provider._meta.fields[name] for name in TABLES["provider"].names]


def _arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table | None:
    """`rows` typed as the layout types the table; None for none, which says that the portal knows nothing."""
    if not rows:
        return None
    schema = pa.schema([(column.name, _ARROW[column.type]) for column in TABLES[name].columns])
    return pa.Table.from_pylist(rows, schema=schema)
