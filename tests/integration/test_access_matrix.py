"""Every address of the portal × every other kind of person: sent to the login page, refused or not found, and written
to the audit log. The addresses come from the URL map (access_places.py says where each stands, access_people.py makes
the people); each table has a proof that it finds what is open.

What a practice may read is tried with every report and query in test_no_patient_without_access.py.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.harness.database import handed_over
from tests.harness.pages import Client
from tests.harness.routes import addresses
from tests.integration import access_people as people
from tests.integration import access_places as places
from tests.integration.access_people import Ask
from tests.integration.support_walk import at_work
from webapp.domain.audit import AuditEntry
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.support import staff
from webapp.web import audience

NewClient = Callable[..., Client]
PORTALS = ("member", "provider", "support")
STARTS = {"member": "/members", "provider": "/providers", "support": "/support"}


# --- every address has its place ----------------------------------------------------------------------


def misplaced(app: Flask) -> list[str]:
    """What is wrong with the places of the app's endpoints."""
    faults = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        found = places.place_of(rule.endpoint)
        room = getattr(view, "room", None)
        if len(found) != 1:
            faults.append(f"{rule.endpoint} has {len(found)} places: {found}")
        elif (getattr(view, "audience", None) == "public") is not (found == ["open"]):
            faults.append(f"{rule.endpoint} stands under {found[0]} and opens to another audience")
        elif room and found != [f"room {room}"]:
            faults.append(f"{rule.endpoint} is of the room {room}, not {found[0]}")
        elif found == ["own"] and rule.arguments:
            faults.append(f"{rule.endpoint} has a gap in its address, so it names something")
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    listed = places.OPEN | places.OWN | places.WORDS | places.THINGS
    return faults + [f"{name} is listed and gone" for name in sorted(listed - known)]


def test_every_address_has_one_place_in_the_matrix(app: Flask) -> None:
    assert misplaced(app) == []


def test_that_guard_finds_an_address_without_a_place(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.add_url_rule("/new", "member.brand_new", audience.member(lambda: "something"))
    app.view_functions["member.home"] = audience.public(lambda: "everybody's")
    assert set(misplaced(app)) == {
        "member.home stands under own and opens to another audience",
        "member.brand_new has 0 places: []",
    }


def test_the_roles_of_the_console_open_these_rooms_and_no_other() -> None:
    for role, rooms in places.ROLES.items():
        assert {room for room, roles in staff.ROOMS.items() if role in roles} == set(rooms.split()), role
    assert set(places.ROLES) == set(staff.ROLES)


# --- asking -------------------------------------------------------------------------------------------


def closed(app: Flask, *portals: str) -> Iterator[tuple[str, str, str]]:
    """(portal, method, address) of every route of these portals that is not open to everybody."""
    for portal in portals:
        for method, url in addresses(app, portal):
            yield portal, method, url


def sent(client: Client, method: str, url: str, form: dict[str, str] | None = None) -> Any:
    """One request with a token that is right, so that nothing but the person can be refused."""
    data = {"csrf_token": client.csrf_token(), **(form or {})} if method == "POST" else None
    with handed_over():
        environ = {"REMOTE_ADDR": client.address}
        return client.browser.open(url, method=method, data=data, environ_base=environ, buffered=True)


def verdict(response: Any, portal: str, before: int) -> str:
    """'login', '403', '404' (each with an entry in the audit log since `before`), or what is wrong."""
    refusals = AuditEntry.select().where(AuditEntry.id > before, AuditEntry.outcome == "refused").count()
    place = response.headers.get("Location", "")
    if response.status_code == 303 and place.startswith(f"{STARTS[portal]}/login"):
        said = "login"
    elif response.status_code in (403, 404):
        said = str(response.status_code)
    else:
        return f"answered {response.status_code} {place}"
    return said if refusals else f"{said}, not in the audit log"


def last_entry() -> int:
    return int(AuditEntry.select(AuditEntry.id).order_by(AuditEntry.id.desc()).scalar() or 0)


def not_sent_away(app: Flask, client: Client, portals: Iterable[str]) -> list[str]:
    """Addresses of these portals that do not lead to their login page with an entry in the audit log."""
    found = []
    for portal, method, url in closed(app, *portals):
        before = last_entry()
        said = verdict(sent(client, method, url), portal, before)
        if said != "login":
            found.append(f"{method} {url}: {said}")
    return found


# --- nobody, and people of another portal -------------------------------------------------------------


def test_nobody_who_is_not_signed_in_opens_anything(app: Flask, client: Client) -> None:
    client.csrf_token()
    assert not_sent_away(app, client, PORTALS) == []


@pytest.mark.parametrize("portal", PORTALS)
def test_a_session_of_one_portal_opens_nothing_of_the_others(
    app: Flask, client: Client, new_client: NewClient, portal: str
) -> None:
    signed_in_to(portal, client, new_client)
    others = [other for other in PORTALS if other != portal]
    own = client.browser.get_cookie(f"{portal}_session")
    assert own is not None
    for other in others:
        client.browser.set_cookie(f"{other}_session", own.value)
    client.get(f"{STARTS[others[0]]}/login")
    assert not_sent_away(app, client, others) == []


def test_that_table_finds_a_portal_that_is_open(app: Flask, client: Client, new_client: NewClient) -> None:
    signed_in_to("member", client, new_client)
    assert "GET /members/care: answered 200 " in not_sent_away(app, client, ["member"])


def signed_in_to(portal: str, client: Client, new_client: NewClient) -> None:
    if portal == "member":
        people.household()
        people.sign_in_member(client, "ana")
    elif portal == "provider":
        client.browser = people.offices(new_client)["manager"].browser
    else:
        at_work(client)


# --- the rooms of the console -------------------------------------------------------------------------


def wrong_rooms(app: Flask, client: Client, role: str) -> list[str]:
    """Addresses of the console that a role opens and should not, or the other way round."""
    found = []
    last = [("POST", "/support/logout"), ("POST", "/support/profile/sign-out")]
    asked = sorted(((m, u) for _p, m, u in closed(app, "support")), key=lambda one: one in last)
    for method, url in asked:
        endpoint = app.url_map.bind("localhost").match(url, method=method)[0]
        opens = places.place_of(endpoint)[0].removeprefix("room ") in places.ROLES[role].split()
        before = last_entry()
        response = sent(client, method, url)
        if not opens and verdict(response, "support", before) != "403":
            found.append(f"{method} {url}: {verdict(response, 'support', before)}")
        if opens and response.status_code == 403 and endpoint != "support.imitate":
            found.append(f"{method} {url}: refused")
    return found


@pytest.mark.parametrize("role", places.ROLES)
def test_a_role_opens_its_rooms_by_every_address_and_method(app: Flask, client: Client, role: str) -> None:
    at_work(client, role)
    assert wrong_rooms(app, client, role) == []


def test_that_table_finds_a_room_that_is_open_to_another_role(app: Flask, client: Client) -> None:
    at_work(client, staff.SUPERVISOR)
    found = wrong_rooms(app, client, staff.ELIGIBILITY)
    assert "GET /support/audit: answered 200 " in found
    assert any(line.startswith("POST /support/staff: answered") for line in found)


def test_what_one_member_of_staff_opened_is_closed_to_a_colleague_of_the_same_role(
    app: Flask, client: Client, new_client: NewClient
) -> None:
    people.household()
    at_work(client, staff.SUPERVISOR)
    other = new_client(address="203.0.113.9")
    at_work(other, staff.SUPERVISOR, "zoe")
    call = client.post("/support/callers").url
    box = "Number, username, email address, or “Last name, First name”"
    found = client.get("/support/people").fill({box: "ana"}).submit("Search").click("Ana Ortiz")
    opened = found.fill({"Reason": "Call, ticket 7"}).submit("Open").url
    for url in (call, found.url, opened):
        assert client.get(url).status == 200
        for method in ("GET", "POST"):
            before = last_entry()
            assert verdict(sent(other, method, url), "support", before) == "404", f"{method} {url}"
    before = last_entry()
    assert verdict(sent(other, "POST", f"{opened}/imitate"), "support", before) == "404"


# --- things that are somebody's -----------------------------------------------------------------------


def opened(app: Flask, client: Client, asks: Iterable[Ask]) -> list[str]:
    """The requests that were not refused with an entry in the audit log."""
    found = []
    for ask in asks:
        url = address(app, ask)
        before = last_entry()
        said = verdict(sent(client, ask.method, url, ask.form), ask.endpoint.partition(".")[0], before)
        if said not in ("403", "404"):
            found.append(f"{ask.method} {ask.endpoint}: {said}")
    return found


def address(app: Flask, ask: Ask) -> str:
    rule = next(
        rule
        for rule in app.url_map.iter_rules(ask.endpoint)
        if ask.method in (rule.methods or ()) and rule.arguments <= set(ask.gaps)
    )
    built = rule.build({name: ask.gaps[name] for name in rule.arguments})
    assert built is not None
    query = {name: value for name, value in ask.gaps.items() if name not in rule.arguments}
    return f"{built[1]}?{urlencode(query)}" if query else built[1]


#: Tried elsewhere: what leads to it is no address of a thing but a choice of the form, which offers one's own alone.
BY_FORM = {
    "provider.ask_for_access": "tests/unit/webapp/test_access_requests.py",
    "provider.undo_consolidation": "tests/integration/test_consolidation_undo.py",
}


@pytest.fixture
def ana(client: Client) -> Client:
    """Ana's household, she and her daughter signed in, each with things of their own."""
    people.household()
    people.give_things("ana", people.ANA)
    people.give_things("tina", people.TINA)
    return people.sign_in_member(client, "ana")


@pytest.mark.parametrize("who", ["sam", "carlos", "tina"])
def test_no_other_member_opens_the_things_of_the_head_of_a_household(
    app: Flask, ana: Client, new_client: NewClient, who: str
) -> None:
    """A stranger, a grown son and a daughter of 14: the head sees the minors, nobody sees the head."""
    other = people.sign_in_member(new_client(address="203.0.113.9"), who)
    own_keys, theirs = (list(people.member_asks("ana", people.ANA, asking)) for asking in (who, "ana"))
    assert opened(app, other, [*own_keys, *theirs]) == []


def test_the_head_of_a_household_opens_of_a_teenager_what_is_not_the_teenagers_own(
    app: Flask, ana: Client, new_client: NewClient
) -> None:
    people.sign_in_member(new_client(address="203.0.113.9"), "tina")
    found = opened(app, ana, people.member_asks("tina", people.TINA, "ana"))
    assert {line.split()[1].rstrip(":") for line in found} == {
        "member.account",
        "member.renewal",
        "member.chosen_pcp",
        "member.consents",
        "member.choose_pcp",
        "member.take_back_pcp",
        "member.choose_sharing",  # as for a child; of sensitive diagnoses the teenager decides
    }


def test_those_tables_find_what_is_open(app: Flask, ana: Client) -> None:
    asks = list(people.member_asks("ana", people.ANA, "ana"))
    assert len(opened(app, ana, asks)) == len(asks), "the owner opens every one of them"


@pytest.mark.parametrize("who", ["nobody", "elsewhere", "waiting", "viewer"])
def test_no_other_account_opens_the_things_of_a_practice(app: Flask, new_client: NewClient, who: str) -> None:
    """An account without a practice; the manager of another; one that waits for approval; a colleague who may read the
    reports, but not manage the team nor read the manager's messages."""
    clients = people.offices(new_client)
    own_keys, theirs = (list(people.office_asks(asking)) for asking in (who, "manager"))
    ties = {"waiting": {"provider.leave_practice"}, "viewer": {"provider.leave_practice"}}.get(who, set())
    theirs_alone = people.MANAGERS | people.PRIVATE if who == "viewer" else places.THINGS
    asks = [ask for ask in (*own_keys, *theirs) if ask.endpoint in theirs_alone - ties]
    assert opened(app, clients[who], asks) == []


def test_that_table_finds_what_is_open_to_the_manager(app: Flask, new_client: NewClient) -> None:
    clients = people.offices(new_client)
    asks = list(people.office_asks("manager"))
    refused = {f"{ask.method} {ask.endpoint}" for ask in asks} - {
        line.rpartition(":")[0] for line in opened(app, clients["manager"], asks)
    }
    # The last one was removed from the team by the request before.
    assert refused <= {"POST provider.remove_person"}


def test_every_address_that_names_a_thing_is_tried(app: Flask, ana: Client, new_client: NewClient) -> None:
    asked = {ask.endpoint for ask in people.member_asks("ana", people.ANA, "ana")}
    Provider.delete().execute()
    people.offices(new_client)
    asked |= {ask.endpoint for ask in people.office_asks("manager")}
    assert places.THINGS - asked == set(BY_FORM)
