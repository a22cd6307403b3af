"""What the pages of Find a Doctor show, in the words of the page's language."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from flask import url_for

from webapp.domain.find_a_doctor import provider_page
from webapp.domain.find_a_doctor.directory_places import UnknownPlace
from webapp.domain.find_a_doctor.directory_search import Asked, Page, Row
from webapp.domain.find_a_doctor.provider_page import Location
from webapp.domain.find_a_doctor.specialties import find as find_specialty
from webapp.domain.spoken import languages_of
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

#: Names in addresses of what Asked calls otherwise.
_IN_ADDRESS = {"text": "q"}


@dataclass(frozen=True)
class Block:
    """One of the four blocks of guide 000. `click` is the guide's sentence in front of the telephone number; `site` is
    a partner's own directory where the plan sets one, and `site_note` how to get into it."""

    title: str
    about: str
    click: str
    telephone: str
    button: str
    url: str
    site: str
    site_note: str = ""
    has_instructions: bool = False


@dataclass(frozen=True)
class Result:
    """A line of the results: who, where, and what can be told at a glance."""

    url: str
    name: str
    specialty: str
    place: Location
    languages: list[str]
    miles: str


def blocks() -> list[Block]:
    """The four blocks, to the letter of the guide."""
    plan = settings().plan
    telephones, rules = plan["telephones"], plan["directory"]
    search = _searcher()
    return [
        Block(
            _("Find a PCMH Practice"),
            _(
                "Person-Centered Medical Home (PCMH) practices use a team-based approach to manage your health and "
                "well-being. You may choose a PCMH practice when selecting a PCP."
            ),
            _("Click the button or call:"),
            telephones["member_engagement"],
            _("Search for a PCMH Practice"),
            search(Asked(pcmh=True)),
            rules["pcmh_site"],
        ),
        Block(
            _("Find a Medical Provider"),
            _(
                "Use the provider directory to find a medical provider of any type including PCPs, and specialists."
            ),
            _("Click the button or call:"),
            telephones["member_engagement"],
            _("Search for a Provider"),
            search(Asked(kind="medical")),
            rules["medical_site"],
            has_instructions=True,
        ),
        Block(
            _("Find a Behavioral Health Specialist"),
            _(
                "Access behavioral health services through The Connecticut Behavioral Health Partnership (CT BHP)."
            ),
            _("Click the button or call to choose a provider:"),
            telephones["behavioral_health"],
            _("Search for a Behavioral Health Specialist"),
            search(Asked(kind="behavioral")),
            rules["behavioral_site"],
            _("The CTBHP provider search requires a login. Use the credentials provided on the page."),
        ),
        Block(
            _("Find a Dentist"),
            _("Access dental services through The Connecticut Dental Health Partnership (CTDHP)."),
            _("Click the button or call to choose a dentist:"),
            telephones["dental"],
            _("Search for a Dentist"),
            search(Asked(kind="dental")),
            rules["dental_site"],
            _("The CTDHP provider search requires a login. Login or create an account using your ClientID."),
        ),
    ]


def results(asked: Asked, found: Page) -> dict[str, Any]:
    """What the results show."""
    search = _searcher()
    per_page = settings().plan["directory"]["per_page"]
    back = _address(asked, found.number)
    return {
        "found": found,
        "first": (found.number - 1) * per_page + 1,
        "per_page": per_page,
        "counted": _counted(asked, found),
        "rows": [_result(row, back) for row in found.rows],
        "page_url": lambda number: search(asked, number),
        "alike_url": search(_changed(asked, alike=True)),
        "exact_url": search(_changed(asked, alike=False)),
        "all_url": search(Asked(kind=asked.kind)),
        "wider": _wider(asked, found),
        "print_url": search(asked, found.number),
        "telephone": _telephone(asked.kind),
    }


def unknown_place(asked: Asked, unknown: UnknownPlace) -> dict[str, Any]:
    """What is told of a town or ZIP code that nobody knows: how to mend it, and places spelled nearly so."""
    search = _searcher()
    if unknown.is_zip:
        message = _("We do not know this ZIP code. It has five digits, like 06106. A town works too.")
    else:
        message = _("We do not know this town. Check how it is spelled, or type a ZIP code, like 06106.")
    near = [(search(_changed(asked, near=place.name)), place.label) for place in unknown.near]
    return {"message": message, "near": near}


def distances(asked: Asked) -> str:
    """The sentence on how distances are measured, where there are some."""
    return _("Miles are counted in a straight line. The way there is longer.") if asked.near else ""


def specialty_label(spelling: str) -> str:
    """A specialty in the words of the page; one that is not ours as the feed spells it."""
    known = find_specialty(spelling)
    return _(known.label) if known else spelling


def _counted(asked: Asked, found: Page) -> str:
    if not found.total:
        return _("No provider found")
    if found.place is None:
        return _("Providers found: %(count)s", count=f"{found.total:,}")
    return _(
        "Providers found within %(miles)s miles of %(place)s: %(count)s",
        miles=asked.miles,
        place=found.place.place.label,
        count=f"{found.total:,}",
    )


def _result(row: Row, back: dict[str, Any]) -> Result:
    provider = row.provider
    return Result(
        url=url_for("member.directory_provider", npi=provider.npi, at=provider.id, **back),
        name=provider.name,
        specialty=specialty_label(provider.specialty),
        place=provider_page.location(provider, [provider], row.listing),
        # English goes without saying here; the provider's own page names it.
        languages=[_(name) for key, name in languages_of(provider.languages).items() if key != "ENGLISH"],
        miles="" if row.miles is None else _("%(miles)s miles", miles=f"{row.miles:.1f}"),
    )


def _wider(asked: Asked, found: Page) -> dict[str, Any] | None:
    """Where the nearest is farther away than was asked for: how far, and a search that reaches it."""
    if found.nearest_miles is None:
        return None
    reach = [miles for miles in settings().plan["directory"]["miles"] if miles >= found.nearest_miles]
    away = f"{found.nearest_miles:.0f}"
    if not reach:
        return {"away": away, "url": "", "miles": 0}
    return {"away": away, "url": _searcher()(_changed(asked, miles=min(reach))), "miles": min(reach)}


def _telephone(kind: str) -> str:
    telephones = settings().plan["telephones"]
    names = {"behavioral": "behavioral_health", "dental": "dental"}
    number: str = telephones[names.get(kind, "member_engagement")]
    return number


def _changed(asked: Asked, **changes: Any) -> Asked:
    return Asked(**{**asdict(asked), **changes})


def _searcher() -> Callable[..., str]:
    def url(asked: Asked, number: int = 1) -> str:
        return url_for("member.directory_search_page", **_address(asked, number))

    return url


def _address(asked: Asked, number: int = 1) -> dict[str, Any]:
    """What stands in the address of a search: only what is asked for."""
    said: dict[str, Any] = {}
    for name, value in asdict(asked).items():
        if value and not (name == "miles" and not asked.near):
            said[_IN_ADDRESS.get(name, name)] = 1 if value is True else value
    return {**said, **({"page": number} if number > 1 else {})}
