"""How to Sign Up for a HUSKY Health Secure Provider Portal Account (guide 001), from the gateway to the portal."""

from tests.e2e.harness.walk import Walk

STEP = "STEP %(number)s OF %(count)s: %(name)s"
PERSON = {
    "First Name": "Nora",
    "Last Name": "Whitfield",
    "Address Line 1": "120 Elm Street",
    "City": "New Haven",
    "State": "CT",
    "Zip": "06519",
    "Contact Phone": "203-555-0142",
    "Practice Name": "Elm Street Family Medicine",
}
ACCOUNT = {
    "Username": "nora.walks",
    "E-mail Address": "nora.walks@example.com",
    "Confirm E-mail Address": "nora.walks@example.com",
    "Password": "Copper-Kettle-77",
    "Confirm Password": "Copper-Kettle-77",
    "Secret Answer": "Biscuit",
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
    walk.open("/")
    walk.click("Information for Providers", budget=False)  # brings the style sheet of offices, once
    walk.sees_heading("Provider Home Page")
    walk.sees("1.800.440.5071")
    walk.shot("provider-home")
    walk.click("Key Contacts")
    walk.sees("1.866.361.7242")
    walk.click("Provider Home Page")


def test_provider_login_opens_the_secure_login(walk: Walk) -> None:
    walk.click("Provider Login", within=walk.page.locator("main"))
    walk.sees_heading("HUSKY Health Secure Provider Login")
    walk.sees("Password requirements")
    walk.click("How to Sign Up for a HUSKY Secure Provider Portal Account")
    walk.sees_heading("How to Sign Up for a HUSKY Secure Provider Portal Account")
    walk.open("/providers/login")
    walk.shot("login")


def test_step_1_the_license_agreement(walk: Walk) -> None:
    walk.click("New user? Register here")
    sees_step(walk, 1, "LICENSE AGREEMENT")
    walk.click("Disagree")
    walk.sees_heading("HUSKY Health Secure Provider Login")
    walk.click("New user? Register here")
    walk.click("Agree")
    sees_step(walk, 2, "PERSONAL INFORMATION")


def test_step_2_what_is_missing_is_said_at_each_field(walk: Walk) -> None:
    walk.fill("Contact Phone", "555-0142")
    walk.click("Next")
    assert len(walk.errors()) == 8
    assert walk.t("Enter the telephone number as ###-###-####, like 203-555-0142.") in walk.errors()


def test_step_2_personal_information(walk: Walk) -> None:
    for label, value in PERSON.items():
        walk.fill(label, value)
    assert walk.control("Country").input_value() == walk.t("United States")
    walk.shot("personal-information")
    walk.click("Next", budget=False)  # brings the style of tables, once
    sees_step(walk, 3, "ADD PROVIDER")


def test_step_3_an_unknown_tax_id_gives_the_time(walk: Walk) -> None:
    walk.fill("Provider Tax ID Number", UNKNOWN)
    walk.click("Search")
    assert "72" in walk.errors()[0]
    walk.shot("unknown-tax-id")


def test_step_3_the_search_lists_the_providers(walk: Walk) -> None:
    walk.fill("Provider Tax ID Number", tins(walk)[0])
    walk.click("Search")
    walk.sees("Select Providers")
    assert boxes(walk)
    assert not any(boxes(walk))
    walk.shot("select-providers")


def test_step_3_select_all_providers_ticks_every_box(walk: Walk) -> None:
    walk.click("Select All Providers")
    assert all(boxes(walk))


def test_step_3_cancel_goes_back_to_the_list(walk: Walk) -> None:
    walk.click("Add Providers")
    walk.sees("Please Confirm Providers")
    walk.shot("please-confirm")
    walk.click("Cancel")
    assert all(boxes(walk))


def test_step_3_the_confirmed_providers_are_added(walk: Walk) -> None:
    walk.click("Add Providers")
    walk.click("Add Providers")
    walk.sees("Added Providers")
    walk.sees(masked(tins(walk)[0]))
    walk.shot("added-providers")


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
    assert walk.control("Practice Name").input_value() == PERSON["Practice Name"]
    walk.click("Next")
    walk.sees(masked(tins(walk)[0]))
    walk.click("Next")
    sees_step(walk, 4, "ADDITIONAL INFORMATION")


def test_step_4_i_am_a(walk: Walk) -> None:
    walk.choose("I am a(n)", "Office Staff")
    walk.shot("additional-information")
    walk.click("Next")
    sees_step(walk, 5, "CREATE USER ID (USERNAME) AND PASSWORD")


def test_step_5_username_and_password(walk: Walk) -> None:
    walk.sees(
        "If you are a primary care provider or a usual source of care provider, you can request access to view "
        "reports on your attributed members by clicking on “Patient Reports” on the Home Page, and completing the "
        "online registration form."
    )
    for label, value in ACCOUNT.items():
        walk.fill(label, value)
    walk.choose("Secret Question", "What was the name of your first pet?")
    walk.shot("account")
    walk.click("Next")
    sees_step(walk, 6, "VERIFY")


def test_step_6_verify_and_change(walk: Walk) -> None:
    walk.sees(ACCOUNT["E-mail Address"])
    walk.sees(masked(tins(walk)[0]))
    walk.shot("verify")
    walk.click(f"{walk.t('Change')} : {walk.t('Practice Name')}")
    walk.fill("Practice Name", "Elm Street Clinic")
    walk.click("Next")
    sees_step(walk, 6, "VERIFY")
    walk.sees("Elm Street Clinic")


def test_step_6_finish_leads_to_the_welcome_page(walk: Walk) -> None:
    walk.click("Finish")
    walk.sees_heading("Welcome, %(name)s", name="Nora")
    walk.sees("Not requested")
    walk.shot("welcome")


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
