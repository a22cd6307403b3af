"""The menus of the portals and of the public pages, as data, and where the page that is shown stands in them."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import Flask, request, url_for
from flask_login import current_user

from reports.words import N_
from webapp import content
from webapp.domain.messaging import messages
from webapp.domain.support import staff
from webapp.web import language, render, texts
from webapp.web.signed_in import has_session, portal_of_request, settings
from webapp.web.texts import gettext as _

Address = tuple[str, str]  # address and label


class Link(NamedTuple):
    """A link of a menu; `current` says where the page stands to it (_place)."""

    url: str
    label: str
    current: str


@dataclass(frozen=True)
class Entry:
    """A menu entry: the endpoint it opens and its label as the guide names it."""

    endpoint: str
    label: str


MENUS: dict[str, tuple[Entry, ...]] = {
    "member": (
        Entry("member.home", N_("Member Portal Home")),
        Entry("member.account", N_("My HUSKY Account Information")),
        Entry("member.find_a_doctor", N_("Find a Doctor")),
        Entry("member.update", N_("Update My Personal Information")),
        Entry("public.members_home", N_("HUSKY Health Home Page")),
    ),
    "provider": (
        Entry("provider.home", N_("Home")),
        Entry("provider.reports", N_("Reports/Data")),
        Entry("provider.patients", N_("Patient Look-up")),
        Entry("provider.access", N_("Patient Reports")),
        Entry("provider.practices", N_("Practices")),
        Entry("provider.team", N_("Team")),
        Entry("provider.messages", N_("Messages")),
        Entry("provider.contacts", N_("Key Contacts")),
        Entry("provider.profile", N_("Profile")),
    ),
}


@dataclass(frozen=True)
class Room(Entry):
    """A room of the support console: its name in staff.ROOMS, and what happens there."""

    name: str
    about: str


#: The rooms in the order of the console's menu; each shows where the role opens it.
ROOMS = (
    Room("support.callers", N_("Caller"), "callers", N_("Ask who is calling, then open the person")),
    Room("support.queues", N_("Queues"), "queues", N_("What waits for an answer, the oldest first")),
    Room(
        "support.people", N_("People"), "people", N_("Find a member, an account of an office, or a practice")
    ),
    Room(
        "support.paper_forms",
        N_("Printed forms"),
        "forms",
        N_("Consent and opt-out forms that members sent, and what became of them"),
    ),
    Room(
        "support.access", N_("Report access"), "access", N_("Who may read which reports, and taking it away")
    ),
    Room(
        "support.downloads",
        N_("Downloads"),
        "downloads",
        N_("Who downloaded which report, and holding an account"),
    ),
    Room(
        "support.existing",
        N_("Existing accounts"),
        "existing",
        N_("Accounts of the earlier system, and undoing"),
    ),
    Room("support.data", N_("Data"), "data", N_("The last loads, and the reports that are served")),
    Room("support.survey_results", N_("Survey"), "survey", N_("How members answered the yearly survey")),
    Room("support.audit", N_("Audit log"), "audit", N_("Who did what, when and from where")),
    Room("support.staff", N_("Staff"), "staff", N_("Add people, change roles, take access away")),
    Room("support.profile", N_("Profile"), "desk", N_("Your password, your phone and your sign-ins")),
)


#: The top navigation of the HUSKY Health pages; None stands for Find a Doctor, which is no content page.
TOP = (
    "member-information",
    "member-benefits",
    None,
    "managing-your-care",
    "health-and-wellness",
    "contact-us",
)
#: The left-hand navigation of the provider pages before signing in (guide 003).
OFFICES = (
    Entry("public.providers_home", N_("Provider Home Page")),
    Entry("provider.login", N_("Provider Login")),
    Entry("public.guides", N_("How-to Guides")),
    Entry("provider.contacts", N_("Key Contacts")),
    Entry("member.find_a_doctor", N_("Find a Doctor")),
    Entry("public.members_home", N_("For Members")),
    Entry("public.gateway", N_("HUSKY Health for Connecticut")),
)
FOOTER = ("disclaimer", "privacy-policy", "accessibility", "language-help", "non-discrimination")


def menu(portal: str, unread: int = 0) -> list[Link]:
    """A portal's menu in the language of the page; the entry of this page is `current`, and that of messages says how
    many are new."""
    links = _portal_links(portal)
    if unread:
        of_messages, new = url_for(f"{portal}.messages"), _("Messages (%(count)s new)", count=unread)
        links = [(url, new if url == of_messages else label) for url, label in links]
    return _marked(links)


def public_menu() -> list[Link]:
    """The navigation of the public pages: the state's own on the gateway, the left-hand one for providers, else that
    of the HUSKY Health pages."""
    if is_for_offices():
        return _marked(_office_links())
    return _marked(_state_links() if request.endpoint == "public.gateway" else _page_links(TOP))


def is_for_offices() -> bool:
    """Whether the page is one that offices read: the provider pages, and the guides of their portal."""
    guide = (request.view_args or {}).get("name") if request.endpoint == "public.guide" else None
    return (
        request.endpoint == "public.providers_home"
        or portal_of_request() == "provider"
        or guide in content.GUIDES["provider"]
    )


def sign_in_link() -> dict[str, str]:
    """The button at the top of public pages: to sign in, or back to the portal for whoever has signed in."""
    portal = "provider" if is_for_offices() else "member"
    inside = has_session(portal)
    if portal == "provider":
        label = _("Provider Portal") if inside else _("Provider Login")
    else:
        label = _("Member Portal Home") if inside else _("MEMBER LOGIN")
    return {"login_url": url_for(f"{portal}.{'home' if inside else 'login'}"), "login_label": label}


def search_address() -> str:
    """Where SEARCH leads; '' on the providers' pages, whose readers it would mislead: it knows what members read."""
    return "" if is_for_offices() else url_for("public.search")


def frame() -> dict[str, object]:
    """What the page frames need: the menu and the addresses in header and footer."""
    if render.wants_partial():
        # A part has no frame; the home pages have the button of the frame inside.
        return {"plan": settings().plan, **(sign_in_link() if portal_of_request() is None else {})}
    portal = portal_of_request()
    common = {
        "plan": settings().plan,
        "site_name": render.site_name(),
        "lang": language.current(),
        "language_links": language.links(),
        "footer_links": _marked(_page_links(FOOTER)),
        "home_url": url_for("public.gateway"),
    }
    if portal == "support" and current_user.is_authenticated:
        return {**common, **_console()}
    if portal is None or not current_user.is_authenticated:
        return {**common, "menu": public_menu(), **sign_in_link(), "search_url": search_address()}
    unread = messages.unread(current_user.account)
    return {
        **common,
        "menu": menu(portal, unread),
        "messages_url": url_for(f"{portal}.messages"),
        "unread": unread,
        "home_url": url_for(f"{portal}.home"),
        "profile_url": url_for(f"{portal}.profile"),
        # Whoever imitates somebody leaves by the banner: this is not their session.
        "logout_url": "" if current_user.imitation else url_for(f"{portal}.logout"),
    }


def _console() -> dict[str, object]:
    """The frame of the support console: the menu of the rooms that the role opens."""
    role = staff.role_of(current_user.account) or ""
    rooms = _rooms(role)
    desk = [(url_for("support.home"), _("Desk"))]
    return {
        "menu": _marked([*desk, *((room["url"], room["label"]) for room in rooms)]),
        "rooms": rooms,
        "practice_name": f"{current_user.account.first_name} {current_user.account.last_name}",
        "home_url": url_for("support.home"),
        "logout_url": url_for("support.logout"),
    }


@texts.kept
def _rooms(role: str) -> list[dict[str, str]]:
    return [
        {"url": url_for(room.endpoint), "label": _(room.label), "about": _(room.about)}
        for room in ROOMS
        if staff.may_enter(role, room.name)
    ]


def init_app(app: Flask) -> None:
    """Give every template what the frames need."""
    app.context_processor(frame)


def _marked(links: list[Address]) -> list[Link]:
    here = f"{request.script_root}{request.path}"
    return [Link(url, label, _place(url, here)) for url, label in links]


def _place(url: str, here: str) -> str:
    """Where this page stands to a menu's entry, as aria-current says it: the entry's own page, one below it, or
    elsewhere (empty). What stands below a portal's first address is not below its home page."""
    if url == here:
        return "page"
    return "true" if url.count("/") > 1 and here.startswith(f"{url}/") else ""


@texts.kept
def _portal_links(portal: str) -> list[Address]:
    return [(url_for(entry.endpoint), _(entry.label)) for entry in MENUS[portal]]


@texts.kept
def _office_links() -> list[Address]:
    return [(url_for(entry.endpoint), _(entry.label)) for entry in OFFICES]


@texts.kept
def _state_links() -> list[Address]:
    return [
        (url_for("public.gateway"), _("Home")),
        (url_for("public.page", name="about-us"), _("About Us")),
        (url_for("public.page", name="contact-us"), _("Contact Us")),
        (url_for("public.members_home"), _("For Members")),
        (url_for("public.providers_home"), _("For Providers")),
    ]


@texts.kept
def _page_links(names: tuple[str | None, ...]) -> list[Address]:
    return [
        (url_for("public.page", name=name), _(content.PAGES[name]))
        if name
        else (url_for("member.find_a_doctor"), _("Find a Doctor"))
        for name in names
    ]
