"""Patient Panel (guide 003, "Patient Panel Report")."""

from reports.definition import (
    CLIENT_ID,
    DATE_OF_BIRTH,
    GENDER,
    ICM_STATUS,
    MEMBER_NAME,
    PCP_NAME,
    PCP_NUMBER,
    Column,
    Population,
    Report,
)
from reports.words import N_

REPORT = Report(
    slug="patient-panel",
    name=N_("Patient Panel Report"),
    title=N_("Patient Panel"),
    group="panel",
    order=10,
    population=Population(leaves_out_dual=False, leaves_out_opted_out=False),
    columns=(
        MEMBER_NAME,
        CLIENT_ID,
        Column("address", N_("Address")),
        Column("city_state_zip", N_("CityStateZip")),
        Column("telephone", N_("Telephone")),
        DATE_OF_BIRTH,
        GENDER,
        PCP_NUMBER,
        PCP_NAME,
        Column("pcp_effective_date", N_("Member's Effective Date with PCP"), "date"),
        Column("program", N_("Program Name")),
        Column("dual_eligible", N_("Dual Eligible"), "flag"),
        Column("attribution_type", N_("Attribution Type")),
        ICM_STATUS,
    ),
    help=(
        N_(
            "Every member attributed to a primary care provider of this practice, with address, telephone and program."
        ),
        N_("A member is attributed by their own selection, or else by the visits of the last 15 months."),
    ),
)
