"""Every page of the support console that a link leads to, opened by the page-checking client in both languages."""

from typing import Any

import pytest

from tests.harness.pages import Client
from tests.harness.visible import bypassing, pseudo_locale
from tests.integration.support_walk import at_work, make_staff
from tests.integration.test_every_page import NAMES, crawl, without_data
from webapp.domain.support import staff
from webapp.web.texts import forget_kept

PEOPLE = (*NAMES, "Maria Lake", "max", "lena")


def fill() -> None:
    """Something in every room."""
    make_staff(staff.ELIGIBILITY, "lena")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_keeps_the_rules_of_the_house(language: str, new_client: Any) -> None:
    client = new_client()
    at_work(client)
    fill()
    client.get(f"/support?lang={language}")
    assert len(crawl(client, ["/support"])) >= 8


def test_no_page_shows_words_that_nobody_translates(client: Client) -> None:
    at_work(client)
    fill()
    forget_kept()
    with pseudo_locale():
        faults = {
            page.path: found
            for page in crawl(client, ["/support"])
            if page.path.startswith("/support") and (found := bypassing(without_data(page), PEOPLE))
        }
    forget_kept()
    assert faults == {}
