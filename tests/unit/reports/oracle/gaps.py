"""The gap reports: who is on each, and what is said of them."""

from collections.abc import Callable
from datetime import date, timedelta

from tests.unit.reports.oracle import codes, evidence
from tests.unit.reports.oracle.attribution import attribution
from tests.unit.reports.oracle.dates import age, is_due, plus_months, within
from tests.unit.reports.oracle.plan import Plan, Row, common, diagnoses, listed, operations, says

#: What a member's row holds beside the common cells, or None where the member is not on the report.
Cells = Callable[[Plan, str], Row | None]


def rows(plan: Plan, cells: Cells) -> list[Row]:
    """The rows of a gap report: attributed members, neither dual eligible nor opted out, of whom it says something."""
    made = []
    for client_id, pcp in attribution(plan).items():
        if listed(plan, client_id) and plan.members[client_id]["birth_date"]:
            own = cells(plan, client_id)
            if own is not None:
                made.append(common(plan, client_id, pcp.npi, pcp.tin) | own)
    return made


def _lines(plan: Plan, client_id: str) -> list[Row]:
    return plan.lines_of.get(plan.members[client_id]["person_id"], [])


def _age(plan: Plan, client_id: str) -> int:
    return age(plan.members[client_id]["birth_date"], plan.as_of)


def _days(plan: Plan, client_id: str, *concepts: str) -> list[date]:
    return [line["day"] for line in _lines(plan, client_id) if says(plan, line, concepts)]


def ended(plan: Plan, client_id: str, concept: str) -> bool:
    """Whether something was ever reported that ends the need for a test."""
    return bool(_days(plan, client_id, concept))


def _due(due: bool) -> str | None:
    return "Due" if due else None


def _test(plan: Plan, client_id: str, key: str, months: int, *concepts: str) -> Row:
    """The cells of a plain test: last date, Due, and what the date comes from."""
    last = max(_days(plan, client_id, *(concepts or [key])), default=None)
    return {
        f"{key}_date": last.isoformat() if last else None,
        f"{key}_due": _due(is_due(last, months, plan.as_of)),
        f"{key}_evidence": evidence.of(plan, client_id, last, concepts or [key]),
    }


def _diabetes(plan: Plan, client_id: str) -> str | None:
    """How the last two years show diabetes, if they do."""
    if any(within(day, 24, plan.as_of) for day in _days(plan, client_id, "diabetes")):
        return "diagnosis"
    person_id = plan.members[client_id]["person_id"]
    for drug in plan.rows.get("pharmacy_claim", ()):
        mine = drug["person_id"] == person_id and drug["ndc_code"] in codes.DIABETES_DRUGS
        if mine and within(drug["dispensing_date"], 24, plan.as_of):
            return "drug only"
    return None


def adult_diabetes(plan: Plan, client_id: str) -> Row | None:
    """Ages 18-75 with diabetes. HbA1c after 6 months, the others after 12."""
    why = _diabetes(plan, client_id)
    if not why or not 18 <= _age(plan, client_id) <= 75:
        return None
    tests = {"hba1c": 6, "ldl_c": 12, "nephropathy": 12, "retinal_exam": 12}
    cells: Row = {"why": why}
    for key, months in tests.items():
        cells |= _test(plan, client_id, key, months)
    return cells


def child_diabetes(plan: Plan, client_id: str) -> Row | None:
    """Ages 4-17 with diabetes."""
    why = _diabetes(plan, client_id)
    if not why or not 4 <= _age(plan, client_id) <= 17:
        return None
    kidney, eye = (_test(plan, client_id, key, 12) for key in ("nephropathy", "retinal_exam"))
    return {"why": why} | kidney | eye


def preventive(first: int, last: int) -> Cells:
    """The report of preventive visits of adults of these ages."""

    def cells(plan: Plan, client_id: str) -> Row | None:
        if not first <= _age(plan, client_id) <= last:
            return None
        return _test(plan, client_id, "preventive_visit", 12)

    return cells


def cancer(plan: Plan, client_id: str) -> Row | None:
    """Women 24-74 and anyone 50-75."""
    years, woman = _age(plan, client_id), plan.members[client_id]["gender"][:1].upper() == "F"
    if not (woman and 24 <= years <= 74) and not 50 <= years <= 75:
        return None
    return (
        _breast(plan, client_id, years, woman)
        | _cervical(plan, client_id, years, woman)
        | _colorectal(plan, client_id, years)
    )


def _breast(plan: Plan, client_id: str, years: int, woman: bool) -> Row:
    """The last date for every woman; Due only at 52-74, without mastectomy."""
    cells = _test(plan, client_id, "breast", 12)
    if not woman:
        return dict.fromkeys(cells)
    if not 52 <= years <= 74 or had_mastectomy(plan, client_id):
        cells["breast_due"] = None
    return cells


def had_mastectomy(plan: Plan, client_id: str) -> bool:
    """Bilateral, or left and right on different days. The CPT code needs a modifier that says which."""
    days: dict[str, set[date]] = {"bilateral": set(), "left": set(), "right": set()}
    for line in _lines(plan, client_id):
        sides = {
            side
            for side in days
            if codes.DIAGNOSES[side] & set(diagnoses(line)) or codes.OPERATIONS[side] & set(operations(line))
        }
        if line.get("hcpcs_code") in codes.PROCEDURES["mastectomy"]:
            modifiers = [line.get(f"hcpcs_modifier_{number}") for number in range(1, 6)]
            sides |= {
                side
                for modifier, side in (("50", "bilateral"), ("LT", "left"), ("RT", "right"))
                if modifier in modifiers
            }
        for side in sides:
            days[side].add(line["day"])
    return bool(days["bilateral"]) or any(one != other for one in days["left"] for other in days["right"])


def _cervical(plan: Plan, client_id: str, years: int, woman: bool) -> Row:
    """Women 24-64 without hysterectomy: cytology within 3 years, or cytology and HPV both within 5."""
    cells = _test(plan, client_id, "cervical", 36)
    if not woman or not 24 <= years <= 64 or ended(plan, client_id, "no_cervix"):
        return dict.fromkeys(cells) | {"hpv_test": None}
    tested, seen = (
        any(within(day, 60, plan.as_of) for day in _days(plan, client_id, concept))
        for concept in ("hpv_test", "cervical")
    )
    if tested and seen:
        cells["cervical_due"] = None
    return cells | {"hpv_test": "YES" if tested else None}


def _colorectal(plan: Plan, client_id: str, years: int) -> Row:
    """Ages 50-75 without colorectal cancer or total colectomy: by the interval of the last kind of screening."""
    done = [(day, way) for way in codes.WAYS for day in _days(plan, client_id, way)]
    keys = ("colorectal_date", "colorectal_kind", "colorectal_due", "colorectal_evidence")
    if not 50 <= years <= 75 or ended(plan, client_id, "no_colorectal_screening"):
        return dict.fromkeys(keys)
    if not done:
        return dict.fromkeys(keys) | {"colorectal_due": "Due"}
    order = list(codes.WAYS)
    day, way = max(done, key=lambda one: (one[0], codes.WAYS[one[1]], -order.index(one[1])))
    due = is_due(day, codes.WAYS[way], plan.as_of)
    return {
        "colorectal_date": day.isoformat(),
        "colorectal_kind": way,
        "colorectal_due": _due(due),
        "colorectal_evidence": evidence.of(plan, client_id, day, [way]),
    }


def well_care(plan: Plan, client_id: str) -> Row | None:
    """Ages 0-21: a visit a year, more of them under 30 months of age, and one developmental screening up to 18."""
    if not 0 <= _age(plan, client_id) <= 21:
        return None
    cells = _test(plan, client_id, "well_care", 12)
    born = plan.members[client_id]["birth_date"]
    if plus_months(born, 30) > plan.as_of:
        made = {day for day in _days(plan, client_id, "well_care") if day >= born}
        if len(made) < _asked(born, plan.as_of):
            cells["well_care_due"] = "Due"
    screened = max(_days(plan, client_id, "developmental_screening"), default=None)
    due = "Due" if _age(plan, client_id) <= 18 else None
    return cells | {
        "developmental_screening": "YES" if screened else due,
        "developmental_screening_evidence": evidence.of(
            plan, client_id, screened, ["developmental_screening"]
        ),
    }


def _asked(born: date, as_of: date) -> int:
    """How many visits a child of this age should have had: by 3-5 days, 1, 2, 4, 6, 9, 12, 15, 18 and 24 months,
    each with a month's grace."""
    turns = [plus_months(born + timedelta(days=5), 1)]
    turns += [plus_months(born, months + 1) for months in (1, 2, 4, 6, 9, 12, 15, 18, 24)]
    return sum(turn < as_of for turn in turns)
