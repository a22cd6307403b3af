"""Member Portal Home and View Your Eligibility Information (guide 000), for the head of a household."""

from playwright.sync_api import expect

from tests.e2e.harness.walk import Walk


def head(walk: Walk) -> dict[str, str]:
    return next(account for account in walk.demo["accounts"] if account["portal"] == "member")


def test_a_wrong_password_gets_one_answer(walk: Walk) -> None:
    walk.sign_in({**head(walk), "password": "wrong"})
    assert walk.errors() == [walk.t("The username or the password is not right. Try again.")]


def test_signing_in_leads_to_the_home_page(walk: Walk) -> None:
    walk.fill("Password", head(walk)["password"])
    walk.click("Login", budget=False)  # brings the style sheet of signed-in pages, once
    walk.sees_heading("Welcome to Your HUSKY Health Account!")
    for label in ("Client ID Number", "Status", "Effective Date", "Termination Date", "HUSKY Health Program"):
        walk.sees(label)


def test_the_other_language_stays_on_the_same_page(walk: Walk) -> None:
    own = walk.language
    for language, name in (
        (("es", "Español"), ("en", "English")) if own == "en" else (("en", "English"), ("es", "Español"))
    ):
        walk.language = language
        walk.click(name)
        walk.sees_heading("Welcome to Your HUSKY Health Account!")
    assert walk.language == own


def test_account_information_shows_eligibility_and_pcp(walk: Walk) -> None:
    walk.click("My HUSKY Account Information")
    walk.sees_heading("My HUSKY Account Information")
    for label in ("Eligibility", "Name", "Address", "PCP Name", "Member's Effective Date for PCP", "Status"):
        walk.sees(label)
    walk.shot("account", whole=True)


def test_the_household_drop_down_shows_a_child(walk: Walk) -> None:
    options = walk.control("For:").locator("option").all_inner_texts()
    assert len(options) > 1, "the head of household sees the minors"
    child = options[-1].strip()
    if walk.mode == "htmx":
        walk.control("For:").select_option(label=child)
    else:
        walk.control("For:").select_option(label=child)
        walk.click("Show")
    expect(walk.page.locator("dd", has_text=child).first).to_be_visible()
    assert walk.demo["members"][0]["client_id"] not in walk.page.url


def test_the_page_can_be_printed(walk: Walk) -> None:
    walk.page.emulate_media(media="print")
    expect(walk.page.get_by_role("heading", level=1)).to_be_visible()
    walk.page.emulate_media(media="screen")


def test_every_tab_leads_somewhere(walk: Walk) -> None:
    for tab in ("Find a Doctor", "Update My Personal Information", "HUSKY Health Home Page"):
        walk.open("/members/home")
        walk.click(tab)
        walk.sees_heading(tab)


def test_signing_out_ends_at_the_login_page_and_back_shows_nothing(walk: Walk) -> None:
    walk.open("/members/home")
    walk.click("LOGOUT")
    walk.sees_heading("Secure Member Login")
    walk.open("/members/account")
    walk.sees_heading("Secure Member Login")
