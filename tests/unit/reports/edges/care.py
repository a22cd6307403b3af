"""Members with the services that the gap reports look for."""

from datetime import timedelta

from tests.unit.reports.edges.claims import claim, pick, services
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
        client_id = member(plan, 24, 40, 50, 51, 52, 52, 64, 65, 74, 75, 75, 76)
        services(plan, client_id, ("77067", "G0202"), (12, 12), 2)
        services(plan, client_id, ("88142", "Q0091"), (36, 36, 60), 2)
        services(plan, client_id, ("87624", "G0476"), (60, 60), 1)
        _bowel(plan, client_id)
        for _ in range(draw.one(0, 0, 0, 1, 2, 3)):
            _breast_removed(plan, client_id)
        if draw.chance(0.12):
            said = pick(
                draw,
                {"code": "58150"},
                {"diagnosis_code_1": "Z90.710"},
                {"diagnosis_code_3": "Z90711"},
                {"procedure_code_1": "0UTC0ZZ", "procedure_code_type": "icd-10-pcs"},
            )
            claim(plan, client_id, draw.day(120), **said)
        if draw.chance(0.12):
            said = pick(
                draw,
                {"code": "44150"},
                {"diagnosis_code_1": "C18.9"},
                {"diagnosis_code_4": "Z85038"},
                {"procedure_code_3": "0DTE0ZZ", "procedure_code_type": "icd-10-pcs"},
            )
            claim(plan, client_id, draw.day(120), **said)


def _bowel(plan: EdgePlan, client_id: str) -> None:
    """Colorectal screenings, sometimes two ways on one day."""
    draw = plan.draw
    ways = ("82270", "81528", "45330", "74263", "45378", "G0121")
    for _ in draw.times(2):
        day = draw.day(12, 36, 60, 60, 120)
        claim(plan, client_id, day, draw.one(*ways))
        if draw.chance(0.4):
            claim(plan, client_id, day, draw.one(*ways))


def _breast_removed(plan: EdgePlan, client_id: str) -> None:
    """A mastectomy, told by CPT with or without a modifier, by diagnosis or by procedure; two may be of one day."""
    draw = plan.draw
    day = draw.one(draw.day(1), plus_months(plan.as_of, -20), plus_months(plan.as_of, -20))
    modifier = f"hcpcs_modifier_{draw.one(1, 2, 5)}"
    said = pick(
        draw,
        {"code": "19303", modifier: draw.one("50", "LT", "RT")},
        {"code": "19303", modifier: draw.one("LT", "RT")},
        {"code": "19303"},
        {"diagnosis_code_2": draw.one("Z90.11", "Z9012", "Z9013")},
        {"diagnosis_code_1": draw.one("Z90.11", "Z9012")},
        {"procedure_code_1": draw.one("0HTV0ZZ", "0HTU0ZZ", "0HTT0ZZ"), "procedure_code_type": "icd-10-pcs"},
    )
    claim(plan, client_id, day, plain=True, **said)


def children(plan: EdgePlan, count: int) -> None:
    """Children and the young with well-care visits, many of them in their first 30 months."""
    draw = plan.draw
    codes = ("99391", "99394", "99385", "G0438")
    for _ in range(count):
        client_id = member(plan, 0, 1, 3, 10, 18, 19, 21, 22)
        if draw.chance(0.6):
            _youngest(plan, client_id)
        services(plan, client_id, codes, (12, 12), 2)
        if draw.chance(0.3):
            claim(plan, client_id, draw.day(12, 30), "96110")
        if draw.chance(0.15):
            claim(plan, client_id, draw.day(12), None, diagnosis_code_1=draw.one("Z00.129", "Z0000"))


def _youngest(plan: EdgePlan, client_id: str) -> None:
    """Make the member a child at an age where one more visit is just asked, with about as many visits."""
    draw = plan.draw
    turn = draw.one(1, 2, 3, 5, 7, 10, 13, 16, 19, 25, 30)
    born = draw.beside(plus_months(plan.as_of, -turn))
    if turn == 1:
        born -= draw.one(4, 5, 6) * timedelta(days=1)
    for span in plan.extract.rows["eligibility"]:
        if span["member_id"] == client_id:
            span["birth_date"] = born
    age = max((plan.as_of - born).days, 1)
    usual = sum(turn >= asked for asked in (1, 2, 3, 5, 7, 10, 13, 16, 19, 25))
    for _ in range(max(0, usual + draw.one(-1, -1, 0, 0, 0, 1))):
        day = (
            born + timedelta(days=draw.random.randrange(age))
            if draw.chance(0.9)
            else born - timedelta(days=1)
        )
        claim(plan, client_id, day, draw.one("99391", "99391", "G0438"))
