"""Secure Member Portal: Online Registration How-To Guide (guide 000), from the gateway to the home page."""

from datetime import date

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("member-registration")
STEP = "STEP %(number)s OF %(count)s: %(name)s"


def sees_step(walk: Walk, number: int, name: str) -> None:
    walk.sees_heading(STEP, number=number, count=4, name=walk.t(name))


def fill_card(walk: Walk, **wrong: str) -> None:
    member = walk.demo["members"][0]
    born = date.fromisoformat(member["birth_date"])
    walk.fill("Date of Birth", f"{born:%m/%d/%Y}")
    walk.fill("First Name", wrong.get("first_name", member["first_name"]))
    walk.fill("Last Name", member["last_name"])
    walk.fill("Client ID Number", member["client_id"])


def test_for_members_leads_from_the_gateway_to_the_home_page(walk: Walk) -> None:
    GUIDE.walk(walk, "gateway")


def test_the_home_page_leads_to_the_login_page(walk: Walk) -> None:
    GUIDE.walk(walk, "home-page")


def test_the_login_page_leads_to_registration(walk: Walk) -> None:
    GUIDE.walk(walk, "login-page")


def test_step_1_disagree_goes_back_to_the_login_page(walk: Walk) -> None:
    walk.click("Disagree")
    walk.sees_heading("Secure Member Login")
    walk.click("New user? Register here.")


def test_step_1_the_license_agreement(walk: Walk) -> None:
    GUIDE.walk(walk, "license-agreement")


def test_step_2_wrong_information_says_eligibility_not_found(walk: Walk) -> None:
    fill_card(walk, first_name="Nobody")
    walk.click("Next")
    assert walk.errors() == [walk.t("Eligibility not found")]


def test_step_2_the_other_language_keeps_what_was_typed(walk: Walk) -> None:
    other = "en" if walk.language == "es" else "es"
    names = {"en": "English", "es": "Español"}
    for language in (other, walk.language):
        walk.language = language
        walk.click(names[language])
        assert walk.control("First Name").input_value() == "Nobody"


def test_step_2_validation(walk: Walk) -> None:
    GUIDE.walk(walk, "validation")


def test_step_3_previous_keeps_the_card(walk: Walk) -> None:
    walk.fill("Username", "maria.stays")
    walk.click("Previous")
    assert walk.control("Client ID Number").input_value() == walk.demo["members"][0]["client_id"]
    walk.click("Next")
    assert walk.control("Username").input_value() == "maria.stays"


def test_step_3_account_information(walk: Walk) -> None:
    GUIDE.walk(walk, "account-information")


def test_step_4_a_refresh_shows_the_step_again(walk: Walk) -> None:
    walk.open("/members/register/verify")
    sees_step(walk, 4, "VERIFY")


def test_step_4_verify(walk: Walk) -> None:
    GUIDE.walk(walk, "verify")


def test_the_same_card_cannot_be_registered_again(walk: Walk) -> None:
    walk.open("/members/register/license-agreement")
    walk.click("Agree")
    fill_card(walk)
    walk.click("Next")
    assert len(walk.errors()) == 1
    walk.click("Cancel")
    walk.sees_heading("Secure Member Login")
