"""Rows of members, spans and providers for the tests, with only what matters spelled out."""

from datetime import date
from typing import Any

from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member.eligibility import EligibilitySpan, Member
from webapp.domain.text import fold, fold_id

TODAY = date(2026, 3, 25)

_MEMBER: dict[str, Any] = {
    "first_name": "Ana",
    "last_name": "Ortiz",
    "middle_name": "",
    "name_suffix": "",
    "birth_date": date(1990, 6, 15),
    "gender": "F",
    "address": "12 Elm Street",
    "city": "Hartford",
    "state": "CT",
    "zip_code": "06106",
    "phone": "8605550100",
    "email": "",
}
_PROVIDER: dict[str, Any] = {
    "npi": "1000000004",
    "tin": "061110001",
    "individual_medicaid_number": "004100001",
    "group_medicaid_number": "004200001",
    "practice_name": "Elm Street Family Practice",
    "first_name": "Rosa",
    "last_name": "Diaz",
    "credential": "MD",
    "specialty": "Family Medicine",
    "kind": "medical",
    "pcp": True,
    "languages": "English",
    "address_line_1": "1 Elm Street",
    "address_line_2": "",
    "city": "Hartford",
    "state": "CT",
    "zip": "06106",
    "telephone": "8605550101",
}


def add_member(client_id: str, **given: Any) -> Member:
    """A member, head of an own household unless `subscriber_id` says otherwise."""
    own = {"client_id": client_id, "client_id_key": fold_id(client_id), "person_id": client_id}
    values = {**_MEMBER, **own, "subscriber_id": client_id, **given}
    values |= {"last_key": fold(values["last_name"]), "first_key": fold(values["first_name"])}
    return Member.create(**values)


def add_span(client_id: str, start: date, end: date | None = None, program: str = "A") -> EligibilitySpan:
    return EligibilitySpan.create(client_id=client_id, start=start, end=end, program=program, dual_status="")


def add_provider(**given: Any) -> Provider:
    return Provider.create(**{**_PROVIDER, **given})
