"""Member Portal Home and View Your Eligibility Information (guide 000), for the head of a household."""

from playwright.sync_api import expect

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("member-account")
HOME = "Welcome to Your HUSKY Health Account!"


def head(walk: Walk) -> dict[str, str]:
    return next(account for account in walk.demo["accounts"] if account["portal"] == "member")


def there_and_back(walk: Walk) -> None:
    """To the other language by the control of the header, and back."""
    own = walk.language
    names = {"en": "English", "es": "Español"}
    for language in ("es" if own == "en" else "en", own):
        walk.language = language
        walk.click(names[language])
        walk.sees_heading(HOME)


def children(walk: Walk) -> list[str]:
    """The names of the household's drop-down, the person's own first."""
    return [name.strip() for name in walk.control("For:").locator("option").all_inner_texts()]


def choose_a_child(walk: Walk) -> None:
    child, member = children(walk)[-1], walk.control("For:")
    if walk.mode == "htmx":
        walk.change(member, lambda: member.select_option(label=child))
    else:
        member.select_option(label=child)
        walk.click("Show")


def test_a_wrong_password_gets_one_answer(walk: Walk) -> None:
    walk.sign_in({**head(walk), "password": "wrong"})
    assert walk.errors() == [walk.t("The username or the password is not right. Try again.")]


def test_secure_member_login(walk: Walk) -> None:
    GUIDE.walk(walk, "sign-in")


def test_member_portal_home_page(walk: Walk) -> None:
    GUIDE.walk(walk, "home")


def test_the_other_language_stays_on_the_same_page(walk: Walk) -> None:
    own = walk.language
    GUIDE.walk(walk, "language", there_and_back=there_and_back)
    assert walk.language == own


def test_member_information_center(walk: Walk) -> None:
    GUIDE.walk(walk, "member-information-center")


def test_view_your_eligibility_information(walk: Walk) -> None:
    GUIDE.walk(walk, "eligibility")


def test_the_household_drop_down_shows_a_child(walk: Walk) -> None:
    assert len(children(walk)) > 1, "the head of household sees the minors"
    child = children(walk)[-1]
    GUIDE.walk(walk, "household", choose_a_child=choose_a_child)
    expect(walk.page.locator("dd", has_text=child).first).to_be_visible()
    assert walk.demo["members"][0]["client_id"] not in walk.page.url


def test_the_page_can_be_printed(walk: Walk) -> None:
    GUIDE.walk(walk, "print")
    walk.page.emulate_media(media="print")
    expect(walk.page.get_by_role("heading", level=1)).to_be_visible()
    walk.page.emulate_media(media="screen")


def test_every_other_tab_leads_somewhere(walk: Walk) -> None:
    for tab in ("Find a Doctor", "Update My Personal Information"):
        walk.open("/members/home")
        walk.click(tab)
        walk.sees_heading(tab)


def test_husky_health_home_page(walk: Walk) -> None:
    GUIDE.walk(walk, "husky-health-home-page")


def test_log_out_ends_at_the_login_page_and_back_shows_nothing(walk: Walk) -> None:
    GUIDE.walk(walk, "log-out")
    walk.open("/members/account")
    walk.sees_heading("Secure Member Login")
