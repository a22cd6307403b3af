"""Every page that a link leads to, opened by the page-checking client: public, member's and provider's."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from lxml.html import HtmlElement, document_fromstring

from tests.harness.pages import Client, Page
from tests.harness.plan_rows import TODAY, add_member, add_provider, add_span
from tests.harness.report_rows import diabetic, publish
from tests.harness.visible import bypassing, pseudo_locale
from tests.integration.registration_walk import add_ana, to_account, to_validation, to_verify
from webapp.config import read_settings
from webapp.domain.account import accounts
from webapp.domain.audit import Actor
from webapp.domain.messaging import messages
from webapp.domain.messaging.messages import Draft
from webapp.domain.practice import practices
from webapp.web.texts import forget_kept

STARTS = {
    "public": ["/", "/patterns", "/members", "/members/login", "/providers", "/providers/login"],
    "member": ["/members/home"],
    "provider": ["/providers/home", "/providers/reports?report=adult-diabetes"],
}
#: Where values of people and of the plan stand; words there come from the data, or from the content files.
DATA = (
    "//dd | //td | //tbody//th | //*[@class='prose'] | //select[@name='for']/option | //*[@class='id-card']//b"
    " | //h1[following::*[@class='prose']] | //title[following::*[@class='prose']]"
    " | //select[@id='pcp' or @id='icm']/option | //body//*[@lang] | //*[@translate='no']"
)
NAMES = (
    "HUSKY Health",
    "Connecticut",
    "CONNECTICUT",
    "Access Health CT",
    "WebSupport@chnct.org",
    "TIN",
    "Elm Street Family Practice",
    "Elm Street",
    "Rosa Diaz, MD",
    "Family Medicine",
    "Ana Ortiz",
    "Ana",
    "ana@example.com",
    "ana",
)


def sign_in(client: Client, portal: str) -> None:
    """Make an account for the portal and sign in with it."""
    if portal == "member":
        add_ana(renewal_on=date(TODAY.year, 12, 31))
        add_member("001234568", subscriber_id="001234567", birth_date=date(TODAY.year - 9, 1, 1))
        add_span("001234568", date(TODAY.year - 1, 1, 1))
    account = accounts.create_account(
        portal=portal,
        username="ana",
        password="Naranja7lago",
        email="ana@example.com",
        first_name="Ana",
        last_name="Ortiz",
        client_id="001234567" if portal == "member" else None,
    )
    if portal == "provider":
        add_provider()
        publish("adult-diabetes", {"061110001": [diabetic(number) for number in range(60)]})
        practices.join_practice(account, "061110001", "Office Manager", "approved")
    draft = Draft("Hello", "1", topic="other", subject="A question")
    messages.begin(account, draft, Actor(portal, "", account.id), read_settings({}).plan)
    page = client.get(f"/{portal}s/login?lang={client.language}")
    form = page.form()
    form.values["username"], form.values["password"] = "ana", "Naranja7lago"
    form.submit()


def crawl(client: Client, starts: list[str], answers: tuple[int, ...] = (200, 404)) -> list[Page]:
    """Every page that can be reached by links from `starts`, each address without its query once. answers: the
    statuses that pages may have."""
    pages, waiting, seen = [], list(starts), set()
    while waiting:
        url = waiting.pop(0)
        path = urlsplit(url).path
        if path in seen:
            continue
        seen.add(path)
        page = client.get(url, status=None)
        assert page.status in answers, f"{url} answered {page.status}"
        if not page.is_html:
            continue
        pages.append(page)
        for link in page.tree.iter("a"):
            target = urldefrag(urljoin(url, link.get("href") or ""))[0]
            if target.startswith("/") and "lang=" not in target and link.get("download") is None:
                waiting.append(target)
    return pages


def without_data(page: Page) -> HtmlElement:
    """The page's tree with what comes from data taken out."""
    tree = page.tree
    for element in tree.xpath(DATA):
        if element.getparent() is not None:
            element.drop_tree()
    return tree


@pytest.fixture(params=["public", "member", "provider"])
def portal(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_keeps_the_rules_of_the_house(portal: str, language: str, new_client: Any) -> None:
    client = new_client(language=language)
    if portal != "public":
        sign_in(client, portal)
    pages = crawl(client, STARTS[portal])
    assert len(pages) >= {"public": 20, "member": 5, "provider": 8}[portal]


def test_no_page_shows_words_that_nobody_translates(portal: str, new_client: Any) -> None:
    client = new_client()
    if portal != "public":
        sign_in(client, portal)
    forget_kept()
    with pseudo_locale():
        faults = {
            page.path: found
            for page in crawl(client, STARTS[portal])
            if page.path != "/patterns" and (found := bypassing(without_data(page), NAMES))
        }
    forget_kept()
    assert faults == {}


def test_no_step_of_registration_shows_words_that_nobody_translates(client: Client) -> None:
    add_ana()
    for step in (to_validation, to_account, to_verify):
        url = step(client).url
        forget_kept()
        with pseudo_locale():
            page = client.get(url)
        forget_kept()
        assert bypassing(without_data(page), NAMES) == []


def test_that_crawl_finds_words_that_nobody_translates(make_app: Callable[..., Flask]) -> None:
    app = make_app()

    def page() -> str:
        return "<html lang=en><title>T</title><main><h1>⟦T⟧</h1><p>Nobody translates this</p></main></html>"

    page.audience = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/plain", "plain", page)
    html = app.test_client().get("/plain").get_data(as_text=True)
    assert bypassing(document_fromstring(html).find(".//main")) == ["Nobody translates this"]
