"""Existing User: Consolidating Existing Accounts (guide 004), from the sign-in page to the merged account."""

from typing import Any

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("consolidate-accounts")
EMAIL = "joan.smith@elmstreet.example.org"


def existing(walk: Walk, username: str) -> dict[str, Any]:
    accounts: list[dict[str, Any]] = walk.demo["existing_accounts"]
    return next(account for account in accounts if account["username"] == username)


def elm(walk: Walk) -> dict[str, Any]:
    """The account with a security question."""
    return existing(walk, "jsmith.elm")


def fair(walk: Walk) -> dict[str, Any]:
    """The same person's other account, with a PIN."""
    return existing(walk, "jsmith.fair")


def fill_lookup(walk: Walk, account: dict[str, Any]) -> None:
    walk.fill("Username", account["username"])
    walk.fill("Tax ID Number", account["tin"])
    walk.click("Next")
    walk.sees_heading("Account Verification")


def give_email(walk: Walk, email: str) -> None:
    walk.sees_heading("Email Address Verification")
    walk.fill("Email", email)
    walk.fill("Verify Email", email)
    walk.click("Next")


def bring_the_other_along(walk: Walk) -> None:
    """All six steps again, for the account with a PIN."""
    walk.sees_heading("Account Lookup")
    fill_lookup(walk, fair(walk))
    walk.fill("PIN", fair(walk)["pin"])
    walk.click("Next")
    give_email(walk, EMAIL)
    walk.fill("Verification Code", walk.code(EMAIL))
    walk.click("Next")
    walk.sees_heading("Verify Username and Password")
    for account in (elm(walk), fair(walk)):
        walk.sees(account["tin"])
    walk.fill("Password", fair(walk)["password"])
    walk.click("Submit", budget=False)


def undo_the_second(walk: Walk) -> None:
    """Undo stands beside each account that was brought along."""
    username = fair(walk)["username"]
    walk.sees(username)
    place = walk.page.locator("section").filter(has_text=username).locator("form")
    walk.click(f"{walk.t('Undo')}: {username}", within=place)


def test_step_1_the_sign_in_page_leads_to_account_lookup(walk: Walk) -> None:
    GUIDE.walk(walk, "sign-in-page")


def test_the_quick_guide_is_one_press_away(walk: Walk) -> None:
    walk.click("View our quick guide", budget=False)  # a page of prose, with pictures
    assert walk.address() == "/guides/consolidate-accounts"
    walk.open("/providers/consolidate/start")


def test_step_2_a_tax_id_number_has_nine_digits(walk: Walk) -> None:
    walk.fill("Username", elm(walk)["username"])
    walk.fill("Tax ID Number", "12345")
    walk.click("Next")
    assert walk.errors() == [walk.t("Enter the Tax ID Number. It has nine digits.")]


def test_step_2_account_lookup(walk: Walk) -> None:
    GUIDE.walk(walk, "account-lookup")


def test_step_3_a_wrong_answer_says_no_more_than_that(walk: Walk) -> None:
    question = elm(walk)["question"]
    walk.fill(question, "Hooker")
    walk.click("Next")
    assert walk.errors() == [
        walk.t(
            "This does not match our records. Check what you typed here, or go back and check the username "
            "and the Tax ID Number."
        )
    ]


def test_step_3_account_verification(walk: Walk) -> None:
    GUIDE.walk(walk, "account-verification")


def test_step_4_a_shared_mailbox_is_warned_of(walk: Walk) -> None:
    give_email(walk, "frontdesk@elmstreet.example.org")
    assert len(walk.errors()) == 1
    walk.control("Only I read the mail at this address")


def test_step_5_a_wrong_code_is_refused(walk: Walk) -> None:
    give_email(walk, "joan.smth@elmstreet.example.org")
    walk.sees_heading("Security Code Verification")
    walk.fill("Verification Code", "11274")
    walk.click("Next")
    assert walk.errors() == [walk.t("This code is wrong or too old. Check it, or choose “Request New Code”.")]
    walk.click("Previous")


def test_step_4_email_address_verification_mends_the_address(walk: Walk) -> None:
    walk.sees_heading("Email Address Verification")
    GUIDE.walk(walk, "email")
    walk.sees(
        "We've sent a code to your email address %(email)s. Please enter it below. If you don't see the "
        "email, check your spam folder where automated messages sometimes filter.",
        email=EMAIL,
    )


def test_step_5_a_new_code_takes_the_place_of_the_first(walk: Walk) -> None:
    first = walk.code(EMAIL)
    walk.click("Request New Code")
    walk.sees("We sent a new code to %(email)s. The earlier code no longer works.", email=EMAIL)
    if walk.code(EMAIL) != first:
        walk.fill("Verification Code", first)
        walk.click("Next")
        assert len(walk.errors()) == 1


def test_step_5_security_code_verification(walk: Walk) -> None:
    GUIDE.walk(walk, "code")


def test_step_6_shows_what_moves_and_refuses_a_wrong_password(walk: Walk) -> None:
    walk.sees(elm(walk)["tin"])
    walk.fill("Username", elm(walk)["username"])
    walk.fill("Password", "not it")
    walk.click("Submit")
    assert len(walk.errors()) == 1


def test_step_6_verify_username_and_password(walk: Walk) -> None:
    GUIDE.walk(walk, "username-and-password")


def test_thank_you_lists_what_the_account_holds(walk: Walk) -> None:
    GUIDE.walk(walk, "thank-you")
    walk.sees(elm(walk)["tin"])
    walk.sees("Approved")


def test_another_account_of_the_person_merges_by_its_pin(walk: Walk) -> None:
    GUIDE.walk(walk, "another-account", bring_the_other_along=bring_the_other_along)


def test_an_account_that_is_consolidated_already_is_told_so(walk: Walk) -> None:
    walk.open("/providers/consolidate/start")
    fill_lookup(walk, fair(walk))
    walk.fill("PIN", fair(walk)["pin"])
    walk.click("Next")
    assert elm(walk)["username"] in walk.errors()[0]
    walk.click("Cancel", budget=False)
    walk.sees_heading("HUSKY Health Secure Provider Login")


def test_an_account_of_another_person_is_refused(walk: Walk) -> None:
    walk.open("/providers/consolidate/start")
    other = existing(walk, "bwells")
    fill_lookup(walk, other)
    walk.fill(other["question"], other["answer"])
    walk.click("Next")
    give_email(walk, EMAIL)
    walk.fill("Verification Code", walk.code(EMAIL))
    walk.click("Next")
    assert "1.877.606.5172" in walk.errors()[0]


def test_the_consolidated_account_logs_in_and_can_be_undone(walk: Walk) -> None:
    GUIDE.walk(walk, "undo", undo_the_second=undo_the_second)
