"""Print works without JavaScript: a page made for paper."""

from datetime import date

from tests.harness.pages import Client
from tests.harness.plan_rows import TODAY, add_span
from tests.integration.registration_walk import add_ana
from webapp.domain import accounts


def test_print_leads_to_a_page_made_for_paper(client: Client) -> None:
    add_ana()
    add_span("001234567", date(TODAY.year - 5, 1, 1), date(TODAY.year - 4, 1, 1))
    accounts.create_account(
        portal="member",
        username="ana",
        password="Naranja7lago",
        email="ana@example.com",
        first_name="Ana",
        last_name="Ortiz",
        client_id="001234567",
    )
    client.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    page = client.get("/members/account").click("Print")
    assert page.facts["Name"] == "Ana Ortiz"
    assert "Use your browser's menu to print this page." in page.text
