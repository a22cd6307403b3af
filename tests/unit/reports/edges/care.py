"""Members with the services that the gap reports look for."""

from datetime import timedelta

from tests.unit.reports.edges.claims import Row, claim, services
from tests.unit.reports.edges.people import EdgePlan, chooses, member, visits
from tests.unit.reports.oracle.dates import plus_months
from tests.unit.reports.plan_extract import EYE_DOCTOR, SPECIALIST

DIABETES_TESTS = ("83036", "3044F", "80061", "3048F", "82043", "81003", "4010F", "2022F", "85025")


def panel(plan: EdgePlan, count: int) -> None:
    """Members who visit and choose PCPs."""
    for _ in range(count):
        address = {"address": "1 Main St", "city": plan.draw.one("Hartford", None), "state": "CT"}
        client_id = member(plan, 0, 18, 40, 75, **address)
        visits(plan, client_id)
        for _ in plan.draw.times(2):
            chooses(plan, client_id)


def diabetics(plan: EdgePlan, count: int) -> None:
    """Members with and without diabetes, of ages at which a report begins or ends."""
    draw = plan.draw
    for _ in range(count):
        client_id = member(plan, 4, 10, 17, 18, 18, 40, 75, 76)
        services(plan, client_id, DIABETES_TESTS, (6, 12, 12), 5)
        if draw.chance(0.4):
            npi = draw.one(EYE_DOCTOR, SPECIALIST, "1999999999")
            claim(plan, client_id, draw.day(12), "92014", rendering_npi=npi)
        if draw.chance(0.7):
            second = draw.one("E1010", "E139", None)
            first = draw.one("E11.9", "e119 ", "J069")
            claim(plan, client_id, draw.day(24, 24, 6), diagnosis_code_1=first, diagnosis_code_2=second)
        if draw.chance(0.4):
            plan.extract.drug(client_id, draw.day(24, 24, 6), draw.one("00093104801", "00071015523"))


def adults(plan: EdgePlan, count: int) -> None:
    """Adults with and without preventive visits."""
    draw = plan.draw
    for _ in range(count):
        client_id = member(plan, 21, 21, 30, 49, 50, 50, 64, 65)
        services(plan, client_id, ("99396", "99385", "G0438", "99213"), (12, 12), 3)
        if draw.chance(0.2):
            claim(plan, client_id, draw.day(12), None, diagnosis_code_2="Z0000")


def screened(plan: EdgePlan, count: int) -> None:
    """Members with cancer screenings, and with what ends the need for one."""
    draw = plan.draw
    for _ in range(count):
        gender = draw.one("F", "female", "F", "M")
        client_id = member(plan, 24, 24, 40, 50, 52, 52, 60, 64, 65, 70, 75, 75, 76, gender=gender)
        services(plan, client_id, ("77067", "G0202"), (12, 12, 24), 2)
        services(plan, client_id, ("88142", "Q0091"), (36, 36, 60), 2)
        services(plan, client_id, ("87624", "G0476"), (60, 60), 1)
        _bowel(plan, client_id)
        if draw.chance(0.4):
            _breast_removed(plan, client_id)
        if draw.chance(0.12):
            said: Row = draw.one(
                {"code": "58150"},
                {"diagnosis_code_1": "Z90.710"},
                {"diagnosis_code_3": "Z90711"},
                {"procedure_code_1": "0UTC0ZZ", "procedure_code_type": "icd-10-pcs"},
            )
            claim(plan, client_id, draw.day(120), **said)
        if draw.chance(0.12):
            ended: Row = draw.one(
                {"code": "44150"},
                {"diagnosis_code_1": "C18.9"},
                {"diagnosis_code_4": "Z85038"},
                {"procedure_code_3": "0DTE0ZZ", "procedure_code_type": "icd-10-pcs"},
            )
            claim(plan, client_id, draw.day(120), **ended)


#: Ways of colorectal screening with the months each is good for.
BOWEL = (("82270", 12), ("81528", 36), ("45330", 60), ("74263", 60), ("45378", 120), ("G0121", 120))


def _bowel(plan: EdgePlan, client_id: str) -> None:
    """Colorectal screenings near their own interval, sometimes two ways on one day."""
    draw = plan.draw
    for _ in draw.times(2):
        code, months = draw.one(*BOWEL)
        day = draw.day(months, months, months)
        claim(plan, client_id, day, code)
        if draw.chance(0.3):
            other, _months = draw.one(*BOWEL)
            claim(plan, client_id, day, other)


def _breast_removed(plan: EdgePlan, client_id: str) -> None:
    """A mastectomy, told by CPT with or without a modifier, by diagnosis or by procedure; or both sides, each told in
    one of these ways, on one day or on two."""
    draw = plan.draw
    day = draw.one(draw.day(1), plus_months(plan.as_of, -20))
    if draw.chance(0.3):
        said = draw.one({"code": "19303"}, {"diagnosis_code_2": "Z9013"}, _with("50"), _operation("0HTV0ZZ"))
        claim(plan, client_id, day, plain=True, **said)
        return
    left: tuple[Row, ...] = (
        _with("LT", draw.one(1, 2, 5)),
        {"diagnosis_code_2": "Z90.12"},
        _operation("0HTU0ZZ"),
    )
    right: tuple[Row, ...] = (
        _with("RT", draw.one(1, 3, 4)),
        {"diagnosis_code_1": "Z9011"},
        _operation("0HTT0ZZ"),
    )
    claim(plan, client_id, day, plain=True, **draw.one(*left))
    claim(plan, client_id, draw.beside(day), plain=True, **draw.one(*right, *right, *left))


def _with(modifier: str, place: int = 1) -> Row:
    return {"code": "19303", f"hcpcs_modifier_{place}": modifier}


def _operation(code: str) -> Row:
    return {"procedure_code_1": code, "procedure_code_type": "icd-10-pcs"}


def children(plan: EdgePlan, count: int) -> None:
    """Children and the young with well-care visits, many of them in their first 30 months."""
    draw = plan.draw
    codes = ("99391", "99394", "99385", "G0438")
    for _ in range(count):
        client_id = member(plan, 0, 1, 3, 10, 18, 19, 21, 22)
        if draw.chance(0.65):
            _youngest(plan, client_id)
        else:
            services(plan, client_id, codes, (12, 12, 24), 2)
            claim(plan, client_id, draw.beside(plus_months(plan.as_of, -12)), draw.one(*codes))
        if draw.chance(0.3):
            claim(plan, client_id, draw.day(12, 30), "96110")
        if draw.chance(0.15):
            claim(plan, client_id, draw.day(12), None, diagnosis_code_1=draw.one("Z00.129", "Z0000"))


def _youngest(plan: EdgePlan, client_id: str) -> None:
    """Make the member a child at an age where one more visit is just asked, with about as many visits."""
    draw = plan.draw
    turn = draw.one(1, 1, 1, 2, 3, 5, 7, 10, 13, 16, 19, 25, 30)
    born = draw.beside(plus_months(plan.as_of, -turn))
    if turn == 1:
        born -= draw.one(4, 5, 6) * timedelta(days=1)
    for span in plan.extract.rows["eligibility"]:
        if span["member_id"] == client_id:
            span["birth_date"] = born
    age = max((plan.as_of - born).days, 1)
    usual = sum(turn >= asked for asked in (1, 2, 3, 5, 7, 10, 13, 16, 19, 25))
    for _ in range(max(0, usual + draw.one(-1, -1, -1, 0, 0, 1))):
        day = (
            born + timedelta(days=draw.random.randrange(age))
            if draw.chance(0.9)
            else born - timedelta(days=1)
        )
        claim(plan, client_id, day, draw.one("99391", "99391", "G0438"))
