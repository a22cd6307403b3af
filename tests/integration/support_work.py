"""One piece of work of every kind, and the steps of working through it, for the tests of the support console."""

from datetime import date

from tests.harness.application import SECRET_KEY
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider
from tests.integration.profile_walk import make_ana, make_rosa
from tests.integration.registration_walk import CLIENT_ID
from webapp.config import Settings
from webapp.domain import throttle
from webapp.domain.account import recovery
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.find_a_doctor import directory_reports
from webapp.domain.member import eligibility, registration, update_requests
from webapp.domain.member.registration import IdCard
from webapp.domain.messaging import messages
from webapp.domain.messaging.messages import Draft
from webapp.domain.practice import access_requests, practices

TIN = "061110001"
#: Ana's card with another last name.
WRONG = IdCard(CLIENT_ID, "Ana", "Other", date(1990, 6, 15))


def ask_for_access(settings: Settings, username: str = "rosa") -> Account:
    """A practice's person asks for the reports."""
    account = make_rosa(username=username, email=f"{username}@practice.example")
    practices.join_practice(account, TIN, "Nurse/Medical Assistant")
    actor = Actor("provider", "127.0.0.1", account.id)
    access_requests.ask(account, [TIN], "Office Staff", "I call members who are due.", actor, settings)
    return account


def ask_for_update(settings: Settings) -> Account:
    """A member asks for another address; returns the account."""
    account = make_ana()
    member = eligibility.get_member(account.client_id or "")
    record = update_requests.on_record(member)
    typed = {**record, "address": "77 Oak Street"}
    update_requests.ask(account, member, typed, False, Actor("member", "", account.id), settings.plan)
    return account


def write(account: Account, settings: Settings, subject: str = "My card") -> None:
    """A message to a desk."""
    topic = "id-card" if account.portal == "member" else "other"
    draft = Draft("It never came.", subject, topic=topic, subject=subject)
    messages.begin(account, draft, Actor(account.portal, "", account.id), settings.plan)


def lock_registration(settings: Settings, card: IdCard, run: str = "a browser") -> str:
    """Three wrong tries; returns the reference number."""
    for _ in range(3):
        try:
            registration.identify(card, run, Actor("member", "127.0.0.1"), settings.plan, SECRET_KEY)
        except registration.RegistrationLocked as locked:
            return locked.reference
        except registration.EligibilityNotFound:
            pass
    raise AssertionError("three wrong tries did not lock")


def lock_recovery(settings: Settings, client_id: str) -> None:
    """Three wrong names for a Client ID Number."""
    run = recovery.Recovery("member", "127.0.0.1", "a run", settings.plan, SECRET_KEY)
    for _ in range(3):
        try:
            run.find_member(client_id, "Nobody", "Known")
        except (recovery.NotFound, throttle.MustWait):
            pass


def report_mistake(settings: Settings) -> None:
    """Somebody finds a wrong telephone number in the directory."""
    provider = add_provider()
    directory_reports.report(
        provider.npi, provider.practice_name, ["telephone"], "Nobody answers.", Actor("public", "1.2.3.4"),
        settings.plan, SECRET_KEY,
    )  # fmt: skip


def first(client: Client) -> Page:
    """The page of the oldest item."""
    page = client.get("/support/queues")
    return client.get(page.main.xpath(".//tbody//th//a/@href")[0])


def decide(client: Client, button: str, text: str | None, label: str = "Reason") -> Page:
    page = first(client)
    return (page.fill({label: text}) if text is not None else page).submit(button)


def kinds_on(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/support/queues{query}")
    return [row["Kind of work"] for row in page.table("What waits")] if page.tree.xpath("//table") else []
