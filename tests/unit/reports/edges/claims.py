"""Claims with their complications: what is reversed, replaced or taken back, and what is sensitive."""

from datetime import date
from typing import Any

from tests.unit.reports.edges.draws import DAY
from tests.unit.reports.edges.people import PSYCHIATRIST, REHAB, EdgePlan

Row = dict[str, Any]

#: What makes a line sensitive.
MARKS: tuple[Row, ...] = (
    {"diagnosis_code_5": "F32.9"},
    {"diagnosis_code_2": "B20"},
    {"diagnosis_code_3": "F1010"},
    {"place_of_service_code": "51"},
    {"place_of_service_code": "55"},
    {"drg_code": "974"},
    {"procedure_code_2": "HZ2ZZZZ"},
)
#: Lines that make their claim sensitive.
LINES: tuple[Row, ...] = (
    {"hcpcs_code": "86701"},
    {"hcpcs_code": "J2315"},
    {"hcpcs_code": "90834"},
    {"revenue_center_code": "0906"},
    {"rendering_npi": PSYCHIATRIST},
    {"rendering_npi": REHAB},
)


def claim(
    plan: EdgePlan, client_id: str, day: date, code: str | None = None, *, plain: bool = False, **values: Any
) -> Row:
    """A claim of one line, sometimes reversed, sometimes sensitive unless `plain`."""
    draw, extract = plan.draw, plan.extract
    values.setdefault("rendering_npi", "1000000009")
    extract.claim(client_id, day, code, **values)
    line = extract.rows["medical_claim"][-1]
    if draw.chance(0.1):
        reverse(plan, line)
    elif not plain and draw.chance(0.2):
        make_sensitive(plan, line)
    return line


def again(plan: EdgePlan, line: Row, *, same_number: bool = True, **values: Any) -> Row:
    """The line once more, changed in `values`; under the same claim number unless said otherwise."""
    number = len(plan.extract.rows["medical_claim"]) + 1
    own = {} if same_number else {"claim_id": f"C{number}"}
    return plan.extract.add("medical_claim", **(line | own | values))


def reverse(plan: EdgePlan, line: Row) -> None:
    """Void, replace or take back the line, or seem to."""
    draw = plan.draw
    bill = (line.get("bill_type_code") or "131").lstrip("0")[:-1]
    how = draw.one("void", "void", "replace", "twice", "negative", "adjusted", "in part", "not the same")
    if how in ("negative", "adjusted", "in part"):
        line["paid_amount"] = 40.0
        again(plan, line, paid_amount=-10.0 if how == "in part" else -40.0)
        if how == "adjusted":
            again(plan, line, paid_amount=35.0)
        return
    line["bill_type_code"] = draw.one(f"{bill}1", f"0{bill}1")
    same_number = draw.chance(0.4)
    if how == "void":
        again(plan, line, same_number=same_number, bill_type_code=f"{bill}8")
    elif how == "replace":
        code = draw.one(line.get("hcpcs_code"), "85025")
        again(plan, line, same_number=same_number, bill_type_code=f"0{bill}7", hcpcs_code=code)
    elif how == "twice":  # billed, voided and billed again
        again(plan, line, same_number=False, bill_type_code=f"{bill}8")
        again(plan, line, same_number=False, bill_type_code=f"{bill}1")
    else:  # a void of another day's claim
        other = line["claim_start_date"] - DAY
        again(plan, line, same_number=False, bill_type_code=f"{bill}8", claim_start_date=other)


def make_sensitive(plan: EdgePlan, line: Row) -> None:
    """Mark the line, or add one to its claim that is sensitive."""
    draw = plan.draw
    if draw.chance(0.5):
        line |= draw.one(*MARKS)
    else:
        plain = {"hcpcs_code": None, "revenue_center_code": None, "claim_line_number": 2}
        again(plan, line, **(plain | draw.one(*LINES)))


def services(
    plan: EdgePlan, client_id: str, codes: tuple[str, ...], months: tuple[int, ...], most: int
) -> None:
    """Up to `most` services, each near one of the months back."""
    for _ in plan.draw.times(most):
        claim(plan, client_id, plan.draw.day(*months), plan.draw.one(*codes))
