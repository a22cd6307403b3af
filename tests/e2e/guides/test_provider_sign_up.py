"""How to Sign Up for a HUSKY Health Secure Provider Portal Account (guide 001), from the gateway to the portal."""

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("provider-sign-up")
STEP = "STEP %(number)s OF %(count)s: %(name)s"
PRACTICE = "Elm Street Family Medicine"
PERSON = {
    "First Name": "Rosa",
    "Last Name": "Iglesias",
    "Address Line 1": "120 Elm Street",
    "City": "New Haven",
    "State": "CT",
    "Zip": "06519",
    "Contact Phone": "203-555-0142",
    "Practice Name": PRACTICE,
}
UNKNOWN = "999999999"


def sees_step(walk: Walk, number: int, name: str) -> None:
    walk.sees_heading(STEP, number=number, count=6, name=walk.t(name))


def tins(walk: Walk) -> tuple[str, str]:
    first, second = walk.demo["practices"][:2]
    return first["tin"], second["tin"]


def masked(tin: str) -> str:
    return f"xxxxx{tin[-4:]}"


def boxes(walk: Walk) -> list[bool]:
    return [box.is_checked() for box in walk.page.locator("main input[type=checkbox]").all()]


def test_information_for_providers_leads_to_the_provider_home_page(walk: Walk) -> None:
    GUIDE.walk(walk, "information-for-providers")
    walk.sees("1.800.440.5071")
    walk.click("Key Contacts")
    walk.sees("1.866.361.7242")
    walk.click("Provider Home Page")


def test_provider_login_opens_the_secure_login(walk: Walk) -> None:
    GUIDE.walk(walk, "provider-login")
    walk.sees("Password requirements")
    # A guide: its pictures are beyond the budget.
    walk.click("How to Sign Up for a HUSKY Secure Provider Portal Account", budget=False)
    walk.sees_heading("How to Sign Up for a HUSKY Secure Provider Portal Account")
    walk.open("/providers/login")


def test_the_secure_login_leads_new_users_on(walk: Walk) -> None:
    GUIDE.walk(walk, "new-user")


def test_step_1_disagree_goes_back_to_the_login_page(walk: Walk) -> None:
    walk.click("Disagree")
    walk.sees_heading("HUSKY Health Secure Provider Login")
    walk.click("New user? Register here")


def test_step_1_the_license_agreement(walk: Walk) -> None:
    GUIDE.walk(walk, "license-agreement")


def test_step_2_what_is_missing_is_said_at_each_field(walk: Walk) -> None:
    walk.fill("Contact Phone", "555-0142")
    walk.click("Next")
    assert len(walk.errors()) == 8
    assert walk.t("Enter the telephone number as ###-###-####, like 203-555-0142.") in walk.errors()
    assert walk.control("Country").input_value() == walk.t("United States")


def test_step_2_personal_information(walk: Walk) -> None:
    GUIDE.walk(walk, "personal-information")


def test_step_3_an_unknown_tax_id_gives_the_time(walk: Walk) -> None:
    walk.fill("Provider Tax ID Number", UNKNOWN)
    walk.click("Search")
    assert "72" in walk.errors()[0]


def test_step_3_the_search_lists_the_providers(walk: Walk) -> None:
    GUIDE.walk(walk, "provider-search")
    assert boxes(walk)
    assert not any(boxes(walk))


def test_step_3_select_all_providers_ticks_every_box(walk: Walk) -> None:
    GUIDE.walk(walk, "select-providers")
    assert all(boxes(walk))


def test_step_3_cancel_goes_back_to_the_list(walk: Walk) -> None:
    walk.click("Add Providers")
    walk.sees("Please Confirm Providers")
    walk.click("Cancel")
    assert all(boxes(walk))


def test_step_3_the_confirmed_providers_are_added(walk: Walk) -> None:
    GUIDE.walk(walk, "confirm-providers")
    walk.sees(masked(tins(walk)[0]))


def test_step_3_another_tax_id_and_remove_provider(walk: Walk) -> None:
    first, second = tins(walk)
    walk.fill("Provider Tax ID Number", second)
    walk.page.keyboard.press("Tab")
    walk.click("Search")
    walk.page.locator("main input[type=checkbox]").first.check()
    walk.click("Add Providers")
    walk.click("Add Providers")
    walk.sees(masked(second))
    walk.click(f"{walk.t('Remove Provider')} {masked(second)}")
    walk.sees(masked(first))
    walk.sees_not(masked(second))


def test_step_3_previous_keeps_everything(walk: Walk) -> None:
    walk.click("Previous")
    assert walk.control("Practice Name").input_value() == PRACTICE
    walk.click("Next")
    walk.sees(masked(tins(walk)[0]))


def test_step_3_the_added_providers_lead_to_step_4(walk: Walk) -> None:
    GUIDE.walk(walk, "added-providers")


def test_step_4_i_am_a(walk: Walk) -> None:
    GUIDE.walk(walk, "additional-information")
    walk.sees(
        "If you are a primary care provider or a usual source of care provider, you can request access to view "
        "reports on your attributed members by clicking on “Patient Reports” on the Home Page, and completing the "
        "online registration form."
    )


def test_step_5_username_and_password(walk: Walk) -> None:
    GUIDE.walk(walk, "account")
    walk.sees(masked(tins(walk)[0]))


def test_step_6_change_leads_to_the_step_and_back(walk: Walk) -> None:
    walk.click(f"{walk.t('Change')} : {walk.t('Practice Name')}")
    walk.fill("Practice Name", "Elm Street Clinic")
    walk.click("Next")
    sees_step(walk, 6, "VERIFY")
    walk.sees("Elm Street Clinic")


def test_step_6_finish_leads_to_the_welcome_page(walk: Walk) -> None:
    GUIDE.walk(walk, "verify")


def test_a_registration_code_fills_in_step_3(walk: Walk) -> None:
    walk.click("LOGOUT")
    walk.fill("Registration code", walk.demo["registration_codes"][0]["code"])
    walk.click("Register")
    walk.sees("Your registration code works")
    walk.click("Agree")
    for label, value in PERSON.items():
        walk.fill(label, value)
    walk.click("Next")
    walk.sees(masked(walk.demo["registration_codes"][0]["tins"][0]))
