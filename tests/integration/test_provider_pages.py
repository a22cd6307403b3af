"""The provider portal's pages beside Reports/Data: sign-in, home, contacts, and what each says today."""

from typing import Any

import pytest

from tests.harness.pages import Client
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.integration.office_walk import ALSO_MINE, MINE, make_account, sign_in
from webapp.domain.practice import practices

CONTACTS = """1.800.440.5071 1.855.755.0855 1.866.361.7242 1.877.606.5172
Clearcoveragehelpdesk@chnct.org Networkmanagement@chnct.org CareAnalyzer@chnct.org chnct.careportal.com""".split()
PAGES = ("home", "reports", "access", "practices", "team", "messages", "contacts", "profile")


@pytest.fixture
def office(client: Client) -> Client:
    add_provider()
    add_provider(npi="1000000012", tin=ALSO_MINE, practice_name="Oak Street")
    account = make_account("office", MINE)
    practices.join_practice(account, ALSO_MINE, "Office Manager", "requested")
    sign_in(client)
    return client


def test_the_login_page_says_what_the_guide_says(client: Client) -> None:
    page = client.get("/providers/login")
    assert page.heading == "HUSKY Health Secure Provider Login"
    assert "You change your password every 90 days." in page.text
    assert "1.877.606.5172" in page.text
    for link, heading in (
        ("New user? Register here", "STEP 1 OF 6: LICENSE AGREEMENT"),
        (
            "How to Sign Up for a HUSKY Secure Provider Portal Account",
            "How to Sign Up for a HUSKY Secure Provider Portal Account",
        ),
    ):
        assert page.click(link).heading == heading
    for link in ("Forgot your username or password?", "click here to continue"):
        assert page.click(link).heading != page.heading


def test_the_provider_home_page_has_its_left_hand_menu_the_portal_box_and_the_contacts(
    client: Client,
) -> None:
    page = client.get("/providers")
    assert page.heading == "Provider Home Page"
    assert "PROVIDER PORTAL" in page.text
    assert page.click("Provider Login").heading == "HUSKY Health Secure Provider Login"
    [side] = page.tree.xpath("//*[@class='side']")
    assert [link.text for link in side.iter("a")][:4] == [
        "Provider Home Page",
        "Provider Login",
        "How-to Guides",
        "Key Contacts",
    ]
    assert [contact for contact in CONTACTS if contact not in page.text] == []
    assert client.get("/providers/contacts").tree.xpath("//*[@class='side']")


@pytest.mark.parametrize("url", ["signup/finish", "recover/pin", "consolidate/merge"])
def test_steps_that_do_not_exist_are_not_found(client: Client, url: str) -> None:
    client.get(f"/providers/{url}", status=404)


def test_signing_in_leads_home_or_where_the_person_was_going(client: Client, office: Client) -> None:
    page = client.get("/providers/home")
    assert page.heading == "Welcome, Rosa"
    page.submit("LOGOUT")
    page = client.get("/providers/practices")
    assert page.path == "/providers/login"
    assert page.fill({"Username": "office", "Password": "Sunny-2015!"}).submit("Login").heading == "Practices"


def test_home_shows_each_practice_with_its_panel_and_its_gaps(office: Client) -> None:
    publish("adult-diabetes", {MINE: [diabetic(n) for n in range(6)]})
    page = office.get("/providers/home")
    [row] = page.table()
    assert list(row.values()) == ["Adult Diabetes Screening Tests As of 03/25/2026", "6", "Only those Due: 4"]
    assert "Report access: Requested" in page.text
    assert "4 rows" in page.click("Only those Due: 4").text


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_entry_of_the_menu_opens_a_page_of_its_own(office: Client, name: str, language: str) -> None:
    page = office.get(f"/providers/{name}?lang={language}")
    assert page.heading
    assert len(page.main.xpath(".//a[@href] | .//form")) > 0


@pytest.mark.parametrize(
    ("url", "entry", "mark"),
    [
        ("/providers/profile", "Profile", "page"),
        ("/providers/profile/password", "Profile", "true"),
        ("/providers/reports/help", "Reports/Data", "true"),
        ("/providers/messages/new", "Messages", "true"),
        ("/providers/home", "Home", "page"),
    ],
)
def test_the_menu_says_where_a_page_belongs(office: Client, url: str, entry: str, mark: str) -> None:
    tree = office.get(url).tree
    marked = {link.text_content(): link.get("aria-current") for link in tree.xpath("//nav//a[@aria-current]")}
    assert marked == {entry: mark}


def test_key_contacts_has_every_number_and_address_of_the_guide(client: Client) -> None:
    text = client.get("/providers/contacts").text
    assert [contact for contact in CONTACTS if contact not in text] == []
    assert "1.800.440.5071, extension 2024" in text
    assert [prompt for prompt in "134" if f"1.877.606.5172, prompt {prompt}" not in text] == []


def test_practices_and_access_show_role_state_and_day(office: Client) -> None:
    page = office.get("/providers/practices")
    assert "Oak Street" in page.text
    assert "Office Manager" in page.text
    assert "Requested" in office.get("/providers/access").text


def test_an_account_without_a_practice_is_told_whom_to_ask(client: Client, app: Any) -> None:
    make_account("alone")
    sign_in(client, "alone")
    for name in PAGES:
        client.get(f"/providers/{name}")
    assert "1.877.606.5172" in client.get("/providers/home").text
