"""What is sensitive about a claim, and who may see it.

A claim is sensitive as a whole: by any line, diagnosis, procedure, drug, revenue code, place or provider of it. It is
shown where the member consents, for that practice and on that day, to every category that it shows.
"""

from tests.unit.reports.oracle import codes
from tests.unit.reports.oracle.plan import Plan, Row, diagnoses, operations

CATEGORIES = ("hiv", "sud", "bh")
#: Specialties of the directory, and taxonomy codes that stand in their place, that are sensitive in themselves.
SPECIALTIES = {"bh": {"Psychiatry", "283Q00000X"}, "sud": {"324500000X"}}


def of_claim(plan: Plan, claim_id: str) -> set[str]:
    """The categories that the claim shows."""
    lines = plan.lines_of_claim[claim_id]
    return {category for line in lines for category in CATEGORIES if _shows(plan, line, category)}


def of_provider(plan: Plan, npi: str | None) -> set[str]:
    """The categories that a provider or facility shows by its specialty."""
    known = plan.specialties.get(npi or "", set())
    return {category for category, words in SPECIALTIES.items() if words & known}


def of_diagnosis(code: str | None) -> set[str]:
    """The categories that a diagnosis shows."""
    return {category for category, listed in codes.SENSITIVE_DIAGNOSES.items() if code in listed}


def of_facility(plan: Plan, npi: str | None, lines: list[Row]) -> set[str]:
    """The categories that the place of an event shows by itself: by its specialty, or as a place of service."""
    places = {line.get("place_of_service_code") for line in lines}
    by_place = {category for category, listed in codes.SENSITIVE_PLACES.items() if places & listed}
    return by_place | of_provider(plan, npi)


def named(shown: set[str]) -> str | None:
    """The categories as a row names those that are shown by consent."""
    return ",".join(sorted(shown)) or None


def consented(plan: Plan, client_id: str, tin: str) -> set[str]:
    """The categories that the member lets this practice see on the day."""
    return {
        consent["category"]
        for consent in plan.consents
        if consent["client_id"] == client_id
        and consent["tin"] in ("", tin)
        and consent["starts_on"] <= plan.as_of
        and (consent["ends_on"] is None or plan.as_of <= consent["ends_on"])
    }


def withheld(plan: Plan, client_id: str, tin: str, shown: set[str]) -> bool:
    """Whether something that shows these categories stays hidden from the practice."""
    return not shown <= consented(plan, client_id, tin)


def _shows(plan: Plan, line: Row, category: str) -> bool:
    listed = (
        ((line.get("hcpcs_code"),), codes.SENSITIVE_PROCEDURES),
        (diagnoses(line), codes.SENSITIVE_DIAGNOSES),
        (operations(line), codes.SENSITIVE_OPERATIONS),
        ((line.get("revenue_center_code"),), codes.SENSITIVE_REVENUE),
        ((line.get("place_of_service_code"),), codes.SENSITIVE_PLACES),
        ((line.get("drg_code"),), codes.SENSITIVE_DRGS),
    )
    if any(set(found) & table.get(category, set()) for found, table in listed):
        return True
    providers = (line.get(name) for name in ("rendering_npi", "billing_npi", "facility_npi"))
    return any(category in of_provider(plan, npi) for npi in providers)
