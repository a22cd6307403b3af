"""Secure Member Portal: Online Registration How-To Guide (guide 000), from the gateway to the home page."""

from datetime import date

from tests.e2e.harness.walk import Walk

STEP = "STEP %(number)s OF %(count)s: %(name)s"
CHOSEN = {
    "Username": "maria.walks",
    "Email Address": "maria.walks@example.com",
    "Confirm Email Address": "maria.walks@example.com",
    "Password": "Naranja7lago",
    "Confirm Password": "Naranja7lago",
}
QUESTIONS = (
    ("In what city were you born? (Enter full name of city only)", "Ponce"),
    ("What was the name of your first pet?", "Luna"),
    ("What is the first name of your oldest niece?", "Sofía"),
)


def sees_step(walk: Walk, number: int, name: str) -> None:
    walk.sees_heading(STEP, number=number, count=4, name=walk.t(name))


def fill_card(walk: Walk, **wrong: str) -> None:
    member = walk.demo["members"][0]
    born = date.fromisoformat(member["birth_date"])
    walk.fill("Date of Birth", f"{born:%m/%d/%Y}")
    walk.fill("First Name", wrong.get("first_name", member["first_name"]))
    walk.fill("Last Name", member["last_name"])
    walk.fill("Client ID Number", member["client_id"])


def test_for_members_leads_from_the_gateway_to_the_login_page(walk: Walk) -> None:
    walk.open("/")
    walk.click("Information for Members")
    walk.sees_heading("HUSKY Health Home Page")
    walk.click("MEMBER LOGIN")
    walk.sees_heading("Secure Member Login")
    walk.shot("login")


def test_step_1_the_license_agreement(walk: Walk) -> None:
    walk.click("New user? Register here.")
    sees_step(walk, 1, "LICENSE AGREEMENT")
    walk.click("Disagree")
    walk.sees_heading("Secure Member Login")
    walk.click("New user? Register here.")
    walk.click("Agree")
    sees_step(walk, 2, "VALIDATION")


def test_step_2_wrong_information_says_eligibility_not_found(walk: Walk) -> None:
    fill_card(walk, first_name="Nobody")
    walk.click("Next")
    assert walk.errors() == [walk.t("Eligibility not found")]
    walk.shot("eligibility-not-found")


def test_step_2_the_other_language_keeps_what_was_typed(walk: Walk) -> None:
    other = "en" if walk.language == "es" else "es"
    names = {"en": "English", "es": "Español"}
    for language in (other, walk.language):
        walk.language = language
        walk.click(names[language])
        assert walk.control("First Name").input_value() == "Nobody"


def test_step_2_the_card_is_matched(walk: Walk) -> None:
    fill_card(walk)
    walk.click("Next")
    sees_step(walk, 3, "ACCOUNT INFORMATION")


def test_step_3_previous_keeps_the_card(walk: Walk) -> None:
    walk.fill("Username", CHOSEN["Username"])
    walk.click("Previous")
    assert walk.control("Client ID Number").input_value() == walk.demo["members"][0]["client_id"]
    walk.click("Next")
    assert walk.control("Username").input_value() == CHOSEN["Username"]


def test_step_3_the_account(walk: Walk) -> None:
    for label, value in CHOSEN.items():
        walk.fill(label, value)
    for number, (question, answer) in enumerate(QUESTIONS, start=1):
        walk.choose("Security Question %(number)s", question, number=number)
        walk.fill("Answer %(number)s", answer, number=number)
    walk.shot("account")
    walk.click("Next")
    sees_step(walk, 4, "VERIFY")
    walk.sees(CHOSEN["Email Address"])
    walk.shot("verify")


def test_step_4_a_refresh_shows_the_step_again(walk: Walk) -> None:
    walk.open("/members/register/verify")
    sees_step(walk, 4, "VERIFY")


def test_step_4_finish_leads_to_the_home_page(walk: Walk) -> None:
    walk.click("Finish", budget=False)  # brings the style sheet of signed-in pages, once
    walk.sees_heading("Welcome to Your HUSKY Health Account!")
    walk.sees(walk.demo["members"][0]["client_id"])
    walk.shot("home")


def test_the_same_card_cannot_be_registered_again(walk: Walk) -> None:
    walk.open("/members/register/license-agreement")
    walk.click("Agree")
    fill_card(walk)
    walk.click("Next")
    assert len(walk.errors()) == 1
    walk.click("Cancel")
    walk.sees_heading("Secure Member Login")
