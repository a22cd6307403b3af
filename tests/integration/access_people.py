"""People and things for the access matrix: an owner of everything that an address can name, and strangers to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reports import snapshot
from reports.catalog import REPORTS
from tests.harness.pages import Client
from tests.harness.panel_rows import panel_row, publish_panel
from tests.harness.plan_rows import TODAY, add_member, add_provider, add_span
from tests.harness.report_rows import generated, publish
from tests.harness.sample_files import TEXT
from tests.integration.office_walk import MINE, NOT_MINE, make_account
from tests.integration.office_walk import sign_in as sign_in_office
from webapp.config import read_settings
from webapp.domain import opaque
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor
from webapp.domain.find_a_doctor import directory_index
from webapp.domain.member import choices, consent, pcp_choice
from webapp.domain.messaging import attachments, messages
from webapp.domain.messaging.attachments import Upload
from webapp.domain.messaging.message_tables import MessageFile
from webapp.domain.messaging.messages import Draft
from webapp.domain.practice import practices
from webapp.domain.practice.registration_codes import RegistrationCode

SETTINGS = read_settings({})
ANA, BEN, TINA, CARLOS, STRANGER = "001234567", "001234568", "001234569", "001234570", "009999999"
NPI, ELSEWHERE = "1000000004", "1000000020"
PASSWORD = "Naranja7lago"
SLUG = "adult-diabetes"


@dataclass(frozen=True)
class Ask:
    """One request for somebody's thing. {query} and form may name it as well as the address."""

    endpoint: str
    method: str = "GET"
    gaps: dict[str, Any] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)


def session_of(username: str) -> Session:
    """The live session of an account."""
    account = Account.get(Account.username == username)
    return Session.select().where(Session.account == account).order_by(Session.started_at.desc()).get()


def key_for(username: str, what: str) -> str:
    """The key that a thing would have in this account's own session, were it the account's."""
    return opaque.opaque_key(what, session_of(username).token_hash)


# --- members ------------------------------------------------------------------------------------------


def household() -> None:
    """Ana, head; Ben of 9, Tina of 14, Carlos of 20; a stranger next door. Each of them but Ben has an account."""
    for client_id, name, years in (
        (ANA, "Ana", 40),
        (BEN, "Ben", 9),
        (TINA, "Tina", 14),
        (CARLOS, "Carlos", 20),
    ):
        born = date(TODAY.year - years, 1, 15)
        renews = date(TODAY.year, 12, 31)
        add_member(client_id, first_name=name, subscriber_id=ANA, birth_date=born, renewal_on=renews)
        add_span(client_id, date(TODAY.year - 1, 1, 1))
    add_member(STRANGER, first_name="Sam")
    add_span(STRANGER, date(TODAY.year - 1, 1, 1))
    for npi, name in ((NPI, "Elm Street"), (ELSEWHERE, "Elsewhere")):
        add_provider(npi=npi, tin=f"06111{npi[-4:]}", practice_name=name, accepting_new_patients=True)
    directory_index.complete(SETTINGS.plan)
    people = {"ana": ANA, "tina": TINA, "carlos": CARLOS, "sam": STRANGER}
    for username, client_id in people.items():
        accounts.create_account(
            portal="member", username=username, password=PASSWORD, email=f"{username}@example.com",
            first_name=username.title(), last_name="Ortiz", client_id=client_id,
        )  # fmt: skip


def sign_in_member(client: Client, username: str) -> Client:
    """Sign in with an account of the household."""
    page = client.get("/members/login")
    page = page.fill({"Username": username, "Password": PASSWORD}).submit("Login")
    assert page.path == "/members/home", page.text
    return client


def give_things(username: str, client_id: str) -> None:
    """A message with a file, a consent and a chosen PCP: what an address can name of a member."""
    account = Account.get(Account.username == username)
    write_with_file(account)
    actor = Actor("member", "", account.id)
    member = choices.Member.get(choices.Member.client_id == client_id)
    choices.give(account, member, "hiv", "", None, actor, SETTINGS.plan, "https://portal.example/freeze")
    pcp_choice.choose(client_id, NPI, client_id, actor, SETTINGS.plan)


def write_with_file(account: Account) -> None:
    """A thread of one message with one file."""
    kept = attachments.keep(account, Upload("letter.txt", TEXT), SETTINGS.plan)
    draft = Draft("Private words", "1", topic="other", subject="A question", files=[kept])
    messages.begin(account, draft, Actor(account.portal, "", account.id), SETTINGS.plan)


def member_asks(owner: str, client_id: str, asking: str) -> Iterator[Ask]:
    """Every request for the things of `owner`, whose Client ID Number it is, as `asking` would have to make it."""
    key = key_for(asking, client_id)
    given = next(one for one in consent.live_consents(TODAY) if one.client_id == client_id)
    consent_key = key_for(asking, f"consent {given.id}")
    category = key_for(asking, "category sud")
    about = {"for": key}
    yield Ask("member.account", gaps=about)
    yield Ask("member.renewal", gaps={"key": key})
    yield Ask("member.chosen_pcp", gaps={"key": key})
    yield Ask("member.consents", gaps=about)
    yield Ask("member.give_consent", gaps={"category_key": category, **about})
    yield Ask(
        "member.give_consent", "POST", {"category_key": category, **about}, {"meant": "y", "who": "all"}
    )
    yield Ask("member.choose_pcp", "POST", {"npi": ELSEWHERE}, about)
    yield Ask("member.take_back_pcp", "POST", form=about)
    yield Ask("member.choose_sharing", "POST", about, {"sharing": "stop"})
    yield Ask("member.withdraw_consent", "POST", about, {"consent": consent_key})
    yield from message_asks("member", owner)


def message_asks(portal: str, owner: str) -> Iterator[Ask]:
    """A thread and its file."""
    account = Account.get(Account.username == owner, Account.portal == portal)
    file = MessageFile.get(MessageFile.account == account)
    thread = file.message.thread
    yield Ask(f"{portal}.message_thread", gaps={"key": thread.key})
    yield Ask(f"{portal}.message_thread", "POST", {"key": thread.key}, {"go": "send", "body": "Mine now"})
    yield Ask(f"{portal}.message_file", gaps={"key": thread.key, "file_key": file.key})


# --- practices ----------------------------------------------------------------------------------------


def offices(new_client: Callable[..., Client]) -> dict[str, Client]:
    """The Office Manager of a practice and strangers to it, signed in, by what they are."""
    add_provider(tin=MINE)
    add_provider(npi=ELSEWHERE, tin=NOT_MINE, practice_name="Elsewhere")
    for slug, report in REPORTS.items():
        if slug != "patient-panel" and report.rows != "measures":
            publish(slug, {MINE: [generated(slug, 1), generated(slug, 2)], NOT_MINE: [generated(slug, 3)]})
    publish_panel({MINE: [panel_row(ANA, "Ortiz, Ana")], NOT_MINE: [panel_row(STRANGER, "Lake, Sam")]})
    made = {name: make_account(name) for name in ("manager", "viewer", "waiting", "elsewhere", "nobody")}
    practices.join_practice(made["manager"], MINE, "Office Manager", "approved")
    practices.join_practice(made["viewer"], MINE, "Office Staff", "approved")
    practices.join_practice(made["waiting"], MINE, "Office Manager", "requested")
    practices.join_practice(made["elsewhere"], NOT_MINE, "Office Manager", "approved")
    write_with_file(made["manager"])
    clients = {}
    for number, name in enumerate(made):
        clients[name] = new_client(address=f"203.0.113.{number + 1}")
        page = sign_in_office(clients[name], name)
        assert page.path == "/providers/home", page.text
    page = clients["manager"].get("/providers/team")
    page.fill({"Email Address": "new@practice.example", "Role": "Office Staff"}).submit("Send the invitation")
    return clients


#: What the Office Manager alone may do; the others are for everybody with access to the practice's reports.
MANAGERS = frozenset(
    """provider.team_person provider.remove_person provider.change_invitation provider.invite_person
    provider.team_downloads""".split()
)
#: A stranger's own, not the practice's.
PRIVATE = frozenset({"provider.message_thread", "provider.message_file"})


def office_asks(asking: str) -> Iterator[Ask]:
    """Every request for the things of the manager's practice, as `asking` would have to make it."""
    session = session_of(asking)
    colleague = practices.tie_of(Account.get(Account.username == "viewer"), MINE)
    invitation = RegistrationCode.get()
    assert colleague is not None
    table = {"report": SLUG, "tin": MINE}
    yield Ask("provider.patient", gaps={"key": key_for(asking, ANA)})
    yield Ask("provider.reports", gaps=table)
    yield Ask("provider.search_reports", "POST", table, {"q": "Ortiz"})
    yield Ask("provider.reports_changes", gaps=table)
    for slug in REPORTS:
        for form in ("csv", "xlsx"):
            yield Ask(f"provider.reports_{form}", gaps={"slug": slug, "tin": MINE})
    cell = {**table, "row": "0.hba1c", "at": why_mark(session)}
    yield Ask("provider.reports_why", gaps=cell)
    yield Ask("provider.answer_gap", "POST", cell, {"answer": "done", "day": "03/01/2026"})
    yield Ask("provider.team_person", gaps={"tie_id": colleague.id})
    yield Ask("provider.team_person", "POST", {"tie_id": colleague.id}, {"role": "Office Manager"})
    yield Ask("provider.change_invitation", "POST", {"code_id": invitation.id}, {"go": "withdraw"})
    yield Ask("provider.invite_person", "POST", {"tin": MINE}, {"email": "x@y.example", "role": "Other"})
    yield Ask("provider.team_downloads", gaps={"tin": MINE})
    yield Ask("provider.leave_practice", gaps={"tin": MINE})
    yield from message_asks("provider", "manager")
    yield Ask("provider.remove_person", gaps={"tie_id": colleague.id})
    yield Ask("provider.remove_person", "POST", {"tie_id": colleague.id})


def why_mark(session: Session) -> str:
    """The seal of a table of SLUG, were it this session's."""
    found = snapshot.published(SLUG)
    return opaque.seal(session, str(found.id if found else 1), f"{SLUG}:{MINE}")
