"""What the events are made from, and the one scan of the claims that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
from ibis import _

from reports.codebook import spellings
from reports.codes import FOLDER, PROCEDURE_SYSTEMS, Code, normal, of
from reports.dates import add_months
from reports.event_rules import EventRules

if TYPE_CHECKING:
    from reports.extract import Extract
    from reports.reversals import Reversals

#: Texts of codes, beside the code lists.
TEXTS = FOLDER / "texts"

#: What the events read of a claim line.
_USED = (
    "person_id",
    "claim_id",
    "claim_line_number",
    "claim_end_date",
    "admission_date",
    "discharge_date",
    "service_unit_quantity",
    "paid_date",
)


@dataclass(frozen=True)
class Sources:
    """Where events come from.

    claims: the medical claim lines with the layout's columns; `reversals` leaves out what does not count.
    providers: the `provider` feed. admissions: the `admission` feed's columns as the portal holds them, used where
    the extract has no such file; a column `row_number` tells the later of two rows.
    keep: computes a table once, (name, expression or Arrow table) -> table.
    flags: claim_id and flags (the bits of sensitive.BITS) of claims that are sensitive.
    last_dates: person_id, concept, last_date. notice: told (table, message) of what a plan should know.
    """

    extract: Extract
    claims: ibis.Table
    reversals: Reversals
    providers: ibis.Table
    as_of: date
    codes: Sequence[Code]
    keep: Callable[[str, ibis.Table | pa.Table], ibis.Table]
    flags: ibis.Table
    last_dates: ibis.Table
    notice: Callable[[str, str], None]
    rules: EventRules = field(default_factory=EventRules)
    admissions: ibis.Table | None = None
    #: Gives the distinct spellings in some columns of the claims, where somebody has looked them up or will need them.
    spelled: Callable[[Sequence[str]], Mapping[str, Sequence[str]]] | None = None
    texts: Path = TEXTS
    _made: dict[str, ibis.Table] = field(default_factory=dict, repr=False)
    _facts: dict[str, bool] = field(default_factory=dict, repr=False)

    def listed(self, concepts: Iterable[str], *systems: str) -> list[str]:
        """The codes of the concepts in these systems, in order."""
        return sorted({code.code for code in of(self.codes, concepts, systems)})

    def once(self, name: str, make: Callable[[Sources], ibis.Table | pa.Table]) -> ibis.Table:
        """The table that `make` gives, computed when it is first asked for."""
        if name not in self._made:
            self._made[name] = self.keep(name, make(self))
        return self._made[name]

    @property
    def lines(self) -> ibis.Table:
        """The lines of emergency visits and of inpatient bills of the last months."""
        return self.once("event_lines", event_lines)

    @property
    def are_told(self) -> bool:
        """Whether hospitals tell of admissions; else these are read from claims."""
        return self.extract.has("admission") or self.admissions is not None

    @property
    def has_payment_dates(self) -> bool:
        """Whether any claim tells when it was paid; where none does, the day of service stands for it."""
        if "has_payment_dates" not in self._facts:
            self._facts["has_payment_dates"] = self._find_payment_dates()
        return self._facts["has_payment_dates"]

    def _find_payment_dates(self) -> bool:
        paid = self.claims.filter(_.paid_date.notnull()).select("paid_date").limit(1)
        known = paid.to_pyarrow().num_rows > 0
        if not known:
            self.notice(
                "medical_claim",
                "no claim has a payment date; emergency visits and stays are listed by their days of service",
            )
        return known


def event_lines(sources: Sources) -> ibis.Table:
    """One narrow scan of the claims: the lines that make an emergency visit or belong to an inpatient bill.

    Columns: those of `_USED`; starts (the claim's first day), day (of the line's service), is_ed, ed_revenue,
    is_inpatient, bill_frequency, disposition, place, revenue (four digits), facility (its NPI, else the billing, else
    the rendering one), performer (the rendering NPI), diagnosis (the principal one, without dot). Texts are '' where
    there is none. Services up to the as-of date, of claims that began in the months looked back; an interim bill
    before them is not seen.
    """
    since, until = add_months(sources.as_of, -sources.rules.looked_back_months), ibis.literal(sources.as_of)
    # By the column as it stands, so that an engine can pass over whole parts of the files.
    began = sources.claims.claim_start_date
    claims = sources.claims.filter((began >= ibis.literal(since)) | began.isnull())
    spelled = _spellings(sources)
    day = claims.claim_line_start_date.coalesce(claims.claim_start_date)
    bill = claims.bill_type_code.strip()
    ed_revenue = _any_of(claims.revenue_center_code, spelled["revenue_center_code"])
    is_ed = (
        ed_revenue
        | _any_of(claims.hcpcs_code, spelled["hcpcs_code"])
        | _any_of(claims.place_of_service_code, spelled["place_of_service_code"])
    )
    is_inpatient = _any_of(claims.bill_type_code, spelled["bill_type_code"])
    found = claims.filter(is_ed | is_inpatient, day <= until)
    made = {
        "starts": claims.claim_start_date.coalesce(claims.claim_line_start_date),
        "day": day,
        "is_ed": is_ed,
        "ed_revenue": ed_revenue,
        "is_inpatient": is_inpatient,
        "bill_frequency": bill.right(1).fill_null(""),
        "disposition": claims.discharge_disposition_code.strip().lpad(2, "0").fill_null(""),
        "place": claims.place_of_service_code.strip().fill_null(""),
        "revenue": _four_digits(claims.revenue_center_code),
        "facility": ibis.coalesce(
            *[_present(claims[npi]) for npi in ("facility_npi", "billing_npi", "rendering_npi")], ""
        ),
        "performer": _present(claims.rendering_npi).fill_null(""),
        "diagnosis": without_dot(claims.diagnosis_code_1),
    }
    carried = [name for name in sources.reversals.carried if name not in _USED]
    plain = {name: claims[name] for name in (*_USED, *carried)}
    return sources.reversals.leave_out(found.select(**plain, **made)).drop(*carried)


def without_dot(code: ibis.Value) -> ibis.Value:
    """A diagnosis code as it is compared: upper case, no dot; '' where there is none."""
    return code.strip().upper().replace(".", "").fill_null("")


def with_dot(code: ibis.Value) -> ibis.Value:
    """An ICD-10-CM code as it is shown, the dot after the third character; `code` is as `without_dot` gives it."""
    return ibis.ifelse(code.length() > 3, code.left(3) + "." + code.substr(3), code)


def both_bits(one: ibis.Value, other: ibis.Value) -> ibis.Value:
    """The bits that stand in either column; blank ones hold none."""
    return one.fill_null(0) | other.fill_null(0)


def _any_of(column: ibis.Value, texts: Sequence[str]) -> ibis.Value:
    """Whether the column holds one of `texts`; false where it is blank or nothing is asked for."""
    return column.isin(texts).fill_null(False) if texts else ibis.literal(False)


def _spellings(sources: Sources) -> dict[str, list[str]]:
    """By column, the spellings in the claims that make a line one of an emergency visit or an inpatient bill.

    They are few: looking for them first spares cleaning every line.
    """
    rules = sources.rules
    bills = set(sources.listed(rules.bill_concepts, "BILL_TYPE")) - set(rules.bills_left_out)
    revenues = set(sources.listed(rules.ed_concepts, "REVENUE"))
    procedures = set(sources.listed(rules.ed_concepts, *PROCEDURE_SYSTEMS))
    places = set(sources.listed(rules.ed_concepts, "POS"))
    wanted: dict[str, Callable[[str], bool]] = {
        "bill_type_code": lambda text: text.strip().zfill(4)[:3].removeprefix("0") in bills,
        "revenue_center_code": lambda text: normal("REVENUE", text) in revenues,
        "hcpcs_code": lambda text: normal("HCPCS", text) in procedures,
        "place_of_service_code": lambda text: text.strip().zfill(2) in places,
    }
    texts = sources.spelled(list(wanted)) if sources.spelled else spellings(sources.claims, list(wanted))
    return {name: sorted(filter(is_wanted, texts[name])) for name, is_wanted in wanted.items()}


def _four_digits(revenue_code: ibis.Value) -> ibis.Value:
    text = revenue_code.strip().fill_null("").re_replace(r"\.0$", "")
    return ibis.ifelse(text == "", "", text.lpad(4, "0"))


def _present(text: ibis.Value) -> ibis.Value:
    return text.strip().nullif("")
