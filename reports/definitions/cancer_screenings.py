"""Gaps in Care: Cancer Screenings (guide 003, "Cancer Screenings" and "Coming soon: Colorectal Cancer Screening")."""

from reports.definition import (
    EXCLUDED_NOTE,
    Alongside,
    Column,
    Never,
    Population,
    Report,
    Test,
    Way,
    Who,
    with_common,
)
from reports.words import N_

BREAST = Test(
    "breast",
    N_("Breast cancer screening"),
    ("mammography",),
    who=Who(52, 74, "F"),
    dated_for=Who(gender="F"),
    never=Never(("mastectomy_bilateral",), both=("mastectomy_left", "mastectomy_right")),
)
CERVICAL = Test(
    "cervical",
    N_("Cervical cancer screening"),
    ("cervical_cytology",),
    months=36,
    who=Who(24, 64, "F"),
    never=Never(("hysterectomy_no_cervix", "absence_of_cervix")),
    alongside=Alongside("hpv_test", ("hpv_test",), 60, N_("HPV test")),
)
COLORECTAL = Test(
    "colorectal",
    N_("Colorectal cancer screening"),
    who=Who(50, 75),
    never=Never(("colorectal_cancer", "total_colectomy")),
    ways=(
        Way(N_("FIT/FOBT"), ("fobt_fit",), 12),
        Way(N_("sDNA-FIT"), ("sdna_fit",), 36),
        Way(N_("Flexible sigmoidoscopy"), ("flex_sigmoidoscopy",), 60),
        Way(N_("CT colonography"), ("ct_colonography",), 60),
        Way(N_("Colonoscopy"), ("colonoscopy",), 120),
    ),
)

REPORT = Report(
    slug="cancer-screenings",
    name=N_("Cancer Screenings"),
    title=N_("Gaps in Care: Cancer Screenings"),
    group="gaps",
    order=40,
    population=Population(who=(Who(24, 74, "F"), Who(50, 75))),
    tests=(BREAST, CERVICAL, COLORECTAL),
    columns=with_common(
        Column("breast_date", N_("Breast Cancer Screening"), "date"),
        Column("breast_due", N_("Breast Due"), "due"),
        Column("hpv_test", N_("HPV Test in 5 Years"), "flag"),
        Column("cervical_date", N_("Cervical Cytology"), "date"),
        Column("cervical_due", N_("Cervical Due"), "due"),
        Column("colorectal_date", N_("Colorectal Screening"), "date"),
        Column("colorectal_kind", N_("Colorectal Kind"), "text"),
        Column("colorectal_due", N_("Colorectal Due"), "due"),
    ),
    excluded=EXCLUDED_NOTE,
)
