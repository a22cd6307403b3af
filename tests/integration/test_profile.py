"""The profile of members and practices: each change on a page of its own, after the present password."""

import re
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.page_checks import words
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider
from tests.integration.profile_walk import (
    NEW_PASSWORD,
    PASSWORD,
    last_mail,
    mailed_code,
    make_ana,
    make_rosa,
    sign_in,
)
from tests.integration.registration_walk import CLIENT_ID, QUESTIONS
from webapp.domain import audit
from webapp.domain.account import passwords
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.outbox import OutboxMessage
from webapp.domain.reporting import report_mails

WRONG = "That is not your present password. Try again."


@pytest.fixture(params=["provider", "member"])
def portal(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def account(app: Any, portal: str) -> Account:
    return make_rosa() if portal == "provider" else make_ana()


@pytest.fixture
def person(account: Account, portal: str, client: Client, clock: Hands) -> Client:
    clock.advance(minutes=2)  # or a change would look like the second of two taps
    sign_in(client, portal)
    return client


@pytest.fixture
def rosa(app: Any, client: Client) -> Account:
    account = make_rosa()
    sign_in(client)
    return account


@pytest.fixture
def ana(app: Any, client: Client) -> Account:
    account = make_ana()
    sign_in(client, "member")
    return account


def open_page(client: Client, portal: str, name: str, **options: Any) -> Page:
    return client.get(f"/{portal}s/profile/{name}", **options)


def change_password(page: Page, present: str = PASSWORD, new: str = NEW_PASSWORD) -> Page:
    typed = {"Your present password": present, "New Password": new, "Re-enter New Password": new}
    return page.fill(typed).submit("Change password")


def entries(page: Page) -> list[tuple[str, str]]:
    """The entries of a list of things that happened: what, and when and how."""
    return [(words(term), words(term.getnext())) for term in page.main.iter("dt")]


def fresh(account: Account) -> Account:
    return Account.get_by_id(account.id)


# --- the profile itself -------------------------------------------------------------------------------


def test_the_profile_leads_to_every_change(person: Client, portal: str) -> None:
    page = person.get(f"/{portal}s/profile")
    links = page.links()
    own = {"provider": ["Change: Secret Question", "Change: Second step of signing in"], "member": []}[portal]
    both = [f"Change: {what}" for what in ("Email Address", "Password", "Language")]
    for label in [*both, *own, "Recent sign-ins", "Sign out everywhere"]:
        assert label in links
        assert page.click(label).status == 200


def test_a_member_may_close_the_account_and_sees_who_looked(ana: Account, client: Client) -> None:
    links = client.get("/members/profile").links()
    assert {"Who looked at your record", "Close your account"} <= set(links)


def test_a_practices_person_sees_who_looked_but_does_not_close_the_account(
    rosa: Account, client: Client
) -> None:
    assert "Who looked at your account" in client.get("/providers/profile").links()
    assert client.browser.get("/providers/profile/close").status_code == 404


def test_the_switch_for_mail_about_reports_is_still_there(rosa: Account, client: Client) -> None:
    page = client.get("/providers/profile")
    page = page.fill({"Send me an email when new reports are ready": False}).submit("Save")
    assert page.notices == ["You will get no email about new reports."]
    assert not report_mails.is_wanted(rosa)


def test_the_profile_says_until_when_the_password_is_good(rosa: Account, client: Client) -> None:
    assert client.get("/providers/profile").facts["Password"].startswith("Change it by 06/23/2026")


# --- password -----------------------------------------------------------------------------------------


def test_a_password_is_changed_and_the_address_on_file_is_told(
    person: Client, portal: str, account: Account, new_client: Any
) -> None:
    elsewhere = new_client()
    sign_in(elsewhere, portal)
    page = change_password(open_page(person, portal, "password"))
    assert page.path == f"/{portal}s/profile"
    assert page.notices[0] == "Your password is changed."
    assert passwords.check_secret(fresh(account).password_hash, NEW_PASSWORD)
    assert last_mail().recipient == account.email
    assert "The password was changed." in last_mail().body
    assert elsewhere.get(f"/{portal}s/profile").path == f"/{portal}s/login", "other sessions have ended"


def test_the_present_password_is_asked_for_and_tries_are_slowed_down(
    person: Client, portal: str, account: Account, clock: Hands
) -> None:
    page = open_page(person, portal, "password")
    for _ in range(4):
        page = change_password(page, present="wrong")
        assert page.errors == [WRONG]
        assert page.status == 422
    page = change_password(page)
    assert page.status == 429
    assert page.errors[0].startswith("There were too many wrong tries.")
    assert not passwords.check_secret(fresh(account).password_hash, NEW_PASSWORD)
    clock.advance(seconds=6)
    assert change_password(page).notices[0] == "Your password is changed."


def test_guesses_in_the_profile_count_with_those_of_sign_in(
    person: Client, portal: str, account: Account, new_client: Any
) -> None:
    page = open_page(person, portal, "password")
    for _ in range(4):
        page = change_password(page, present="wrong")
    assert sign_in(new_client(), portal).status == 429


def test_the_second_of_two_taps_is_told_the_same(person: Client, portal: str, account: Account) -> None:
    page = open_page(person, portal, "password")
    old = person.browser.get_cookie(f"{portal}_session").value
    change_password(page)
    mails = OutboxMessage.select().count()
    person.browser.set_cookie(f"{portal}_session", old)
    again = change_password(page)
    assert again.notices[-1] == "Your password is changed."
    assert OutboxMessage.select().count() == mails


def test_the_session_gets_another_token_and_the_old_one_ends(
    person: Client, portal: str, account: Account, clock: Hands
) -> None:
    old = person.browser.get_cookie(f"{portal}_session").value
    change_password(open_page(person, portal, "password"))
    new = person.browser.get_cookie(f"{portal}_session").value
    assert new != old
    clock.advance(seconds=30)
    assert person.get(f"/{portal}s/profile").path == f"/{portal}s/profile"
    person.browser.set_cookie(f"{portal}_session", old)
    assert person.get(f"/{portal}s/profile").path == f"/{portal}s/login"


def test_changing_things_makes_no_session_longer(person: Client, portal: str, clock: Hands) -> None:
    for hour in range(12):
        assert change_password(
            open_page(person, portal, "password"),
            present=PASSWORD if hour == 0 else f"Willow.Bridge.{hour - 1}x",
            new=f"Willow.Bridge.{hour}x",
        ).notices
        for _ in range(5):
            clock.advance(minutes=12)
            person.get(f"/{portal}s/profile")
    clock.advance(minutes=1)
    assert person.get(f"/{portal}s/profile").path == f"/{portal}s/login"


@pytest.mark.parametrize(
    ("new", "error"),
    [
        ("Sh0rt!", "Use at least 8 characters for the password."),
        ("no-digits-here", "Use at least 1 digit in the password."),
        ("nospecial99", "Use at least 1 of these in the password:"),
        ("Rosa-2015-x", "Leave your name, your username"),
        ("Emoji-2015-😀", "Use only letters, digits, and these characters"),
        ("Zero-2015-\x00", "Use only letters, digits, and these characters"),
        (PASSWORD, "You had that password before."),
        ("", "Enter a new password."),
    ],
    ids="short digit special personal other-letters nul same nothing".split(),
)
def test_a_password_that_breaks_a_rule_is_refused_with_the_reason(
    rosa: Account, client: Client, new: str, error: str
) -> None:
    page = change_password(open_page(client, "provider", "password"), new=new)
    assert page.status == 422
    assert page.errors[0].startswith(error)


def test_none_of_the_last_ten_is_taken_again(rosa: Account, client: Client) -> None:
    present = PASSWORD
    for n in range(10):
        new = f"Lantern.Row.{n:02}"
        assert change_password(open_page(client, "provider", "password"), present, new).notices
        present = new
    page = open_page(client, "provider", "password")
    for n in range(10):
        page = change_password(page, present, f"Lantern.Row.{n:02}")
        assert page.errors == ["You had that password before. Choose one that is none of your last 10."]
    assert change_password(page, present, PASSWORD).notices, "the eleventh may come again"


def test_two_different_new_passwords_cost_no_try(rosa: Account, client: Client) -> None:
    page = open_page(client, "provider", "password")
    typed = {"Your present password": "wrong", "New Password": NEW_PASSWORD, "Re-enter New Password": "x"}
    page = page.fill(typed).submit("Change password")
    assert page.errors == ["The two passwords are not the same. Enter the new password again."]


def test_a_very_long_password_works(rosa: Account, client: Client) -> None:
    long = "Lantern-7 ".strip() + "x" * 10_000
    assert change_password(open_page(client, "provider", "password"), new=long).notices


# --- a password that is too old -----------------------------------------------------------------------


OPEN_AGAIN = ("home", "reports", "access", "practices", "team", "messages", "profile", "patients")


def test_with_a_password_of_90_days_nothing_opens_but_changing_it(
    app: Any, client: Client, clock: Hands
) -> None:
    make_rosa()
    clock.advance(days=90)
    page = sign_in(client)
    assert page.path == "/providers/profile/password"
    assert "Your password is over 90 days old." in page.notices[0]
    assert not page.tree.xpath("//nav[@aria-label='Main']"), "nothing leads away"
    for name in OPEN_AGAIN:
        assert client.get(f"/providers/{name}").path == "/providers/profile/password"
    for name in ("email", "question", "second-factor", "sign-ins"):
        assert open_page(client, "provider", name).path == "/providers/profile/password"


def test_no_address_of_the_portal_opens_in_such_a_session(app: Any, client: Client, clock: Hands) -> None:
    from tests.harness.routes import addresses

    make_rosa()
    clock.advance(days=90)
    token = sign_in(client).form().values["csrf_token"]
    open_anyway = {"/providers/profile/password", "/providers/stay"}
    for method, url in addresses(app, "provider"):
        if url in open_anyway:
            continue
        data = {"csrf_token": token} if method == "POST" else None
        page = client.open(method, url, data=data, follow=False)
        assert page.status == 303, f"{method} {url} answered {page.status}"
        assert page.response.headers["Location"] == "/providers/profile/password"


def test_htmx_gets_there_as_a_whole_page(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=90)
    sign_in(client)
    part = client.open("GET", "/providers/reports", htmx=True, follow=False)
    assert part.response.headers["HX-Redirect"] == "/providers/profile/password"


def test_once_it_is_changed_everything_is_open(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=90)
    page = change_password(sign_in(client))
    assert page.path == "/providers/profile"
    assert client.get("/providers/practices").path == "/providers/practices"


def test_a_password_grows_old_in_the_middle_of_a_session(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=89, hours=20)
    sign_in(client)
    clock.set_today(clock.today().replace(month=6, day=23))
    Session.update(started_at=clock.now(), seen_at=clock.now()).execute()
    assert client.get("/providers/home").path == "/providers/profile/password"


def test_signing_out_is_possible_with_an_old_password(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=90)
    assert sign_in(client).submit("LOGOUT").path == "/providers/login"


def test_the_plan_can_turn_it_off(make_app: Any, tmp_path: Any, clock: Hands) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text("[provider_password]\nexpires_days = 0\n", encoding="utf-8")
    client = Client(make_app(PORTAL_PLAN=str(plan)))
    make_rosa()
    clock.advance(days=4000)
    assert sign_in(client).path == "/providers/home"


# --- e-mail address -----------------------------------------------------------------------------------


def ask_email(page: Page, email: str, present: str = PASSWORD, again: str | None = None) -> Page:
    typed = {
        "Your present password": present,
        "New email address": email,
        "Enter it again": email if again is None else again,
    }
    return page.fill(typed).submit("Send the code")


def test_a_new_address_counts_once_its_code_is_entered_and_the_old_one_is_told(
    person: Client, portal: str, account: Account
) -> None:
    page = ask_email(open_page(person, portal, "email"), "new@example.com")
    assert page.path == f"/{portal}s/profile/email/code"
    assert last_mail().recipient == "new@example.com"
    assert account.email not in last_mail().body
    assert fresh(account).email == account.email
    code = mailed_code()
    page = page.fill({"Verification code": f" {code[:3]} {code[3:]}"}).submit("Change email address")
    assert page.notices[0] == "Your email address is changed."
    assert page.facts["Email Address"] == "new@example.com"
    assert fresh(account).email_confirmed_at is not None
    assert last_mail().recipient == account.email
    assert "The email address was changed." in last_mail().body


def test_the_present_password_is_asked_for_first(person: Client, portal: str) -> None:
    page = ask_email(open_page(person, portal, "email"), "new@example.com", present="wrong")
    assert page.errors == [WRONG]
    assert page.form("Send the code").values["email"] == "new@example.com", "nothing typed is lost"
    assert OutboxMessage.select().count() == 0


@pytest.mark.parametrize(
    ("email", "again", "error"),
    [
        ("nobody", None, "Enter an email address like name@example.com."),
        ("a@b.c\x00", None, "Enter an email address like name@example.com."),
        ("x" * 10_000 + "@example.com", None, "Enter an email address like name@example.com."),
        ('<b>"a"@example.com', None, "Enter an email address like name@example.com."),
        ("new@example.com", "other@example.com", "The two email addresses are not the same."),
        ("ROSA@practice.example", None, "That is your email address already."),
    ],
    ids="no-at nul endless markup different same".split(),
)
def test_an_address_that_will_not_do_is_refused_with_the_reason(
    rosa: Account, client: Client, email: str, again: str | None, error: str
) -> None:
    page = ask_email(open_page(client, "provider", "email"), email, again=again)
    assert page.status == 422
    assert page.errors[0].startswith(error)


def test_a_wrong_code_a_new_code_and_giving_up(rosa: Account, client: Client) -> None:
    page = ask_email(open_page(client, "provider", "email"), "new@example.com")
    first = mailed_code()
    wrong = f"{(int(first) + 1) % 10**6:06}"
    page = page.fill({"Verification code": wrong}).submit("Change email address")
    assert page.errors == ["That code is not right. Enter the newest code, or have a new one sent."]
    page = page.submit("Send again")
    assert "We sent you a new code." in page.notices[0]
    assert OutboxMessage.select().count() == 2
    assert page.submit("Send again").status == 429
    assert open_page(client, "provider", "email/code").submit("Cancel").path == "/providers/profile"
    assert open_page(client, "provider", "email/code").path == "/providers/profile"
    assert fresh(rosa).email == rosa.email


def test_a_code_is_good_for_ten_minutes(rosa: Account, client: Client, clock: Hands) -> None:
    page = ask_email(open_page(client, "provider", "email"), "new@example.com")
    clock.advance(minutes=11)
    page = page.fill({"Verification code": mailed_code()}).submit("Change email address")
    assert page.status == 422


def test_two_taps_send_one_code(rosa: Account, client: Client) -> None:
    page = open_page(client, "provider", "email")
    ask_email(page, "new@example.com")
    ask_email(page, "new@example.com")
    assert OutboxMessage.select().count() == 1


# --- questions, language ------------------------------------------------------------------------------


def test_a_practices_person_chooses_another_secret_question(rosa: Account, client: Client) -> None:
    typed = {
        "Secret Question": QUESTIONS[0],
        "Secret Answer": "São Paulo",
        "Your present password": PASSWORD,
    }
    page = open_page(client, "provider", "question").fill(typed).submit("Save")
    assert page.notices[0] == "Your security questions are changed."
    [answer] = SecurityAnswer.select()
    assert answer.question == "city-born"
    assert passwords.check_answer(answer.answer_hash, "sao paulo")
    assert "security questions" in last_mail().body


def test_a_member_chooses_three_different_ones(ana: Account, client: Client) -> None:
    typed = {"Your present password": PASSWORD}
    for n in (1, 2, 3):
        typed |= {f"Security Question {n}": QUESTIONS[0], f"Answer {n}": "Luna"}
    page = open_page(client, "member", "question").fill(typed).submit("Save")
    assert page.errors == ["Choose a different question each time."] * 2
    again = {f"Security Question {n}": QUESTIONS[n - 1] for n in (1, 2, 3)}
    page = page.fill({**again, "Your present password": PASSWORD}).submit("Save")
    assert page.notices
    assert SecurityAnswer.select().count() == 3


@pytest.mark.parametrize("answer", ["", "   ", "\x00"])
def test_an_empty_answer_is_refused(rosa: Account, client: Client, answer: str) -> None:
    typed = {"Secret Question": QUESTIONS[0], "Secret Answer": answer, "Your present password": PASSWORD}
    page = open_page(client, "provider", "question").fill(typed).submit("Save")
    assert page.errors == ["Enter the answer to the security question."]


def test_the_language_of_mail_is_chosen_and_the_pages_follow(
    person: Client, portal: str, account: Account
) -> None:
    form = open_page(person, portal, "language").fill({"Language": "Español"})
    person.language = "es"
    assert form.submit("Save").tree.get("lang") == "es"
    assert fresh(account).language == "es"


# --- recent sign-ins, who looked, leaving -------------------------------------------------------------


def test_recent_sign_ins_and_refused_tries_are_listed_with_browser_and_address(
    account: Account, portal: str, client: Client, new_client: Any
) -> None:
    client.browser.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"
    sign_in(new_client(address="203.0.113.9"), portal, "wrong")
    sign_in(client, portal)
    told = entries(open_page(client, portal, "sign-ins"))
    assert [what for what, _when in told] == ["Signed in", "Refused: the password was not right"]
    assert re.fullmatch(r"03/2\d/2026 \d+:\d\d\s[AP]M Firefox, Linux 127\.0\.0\.1", told[0][1])
    assert told[1][1].endswith("203.0.113.9")


def test_nobody_elses_sign_ins_are_listed(rosa: Account, client: Client, new_client: Any) -> None:
    make_rosa(username="other", email="other@practice.example")
    other = new_client()
    other.get("/providers/login").fill({"Username": "other", "Password": PASSWORD}).submit("Login")
    assert len(entries(open_page(client, "provider", "sign-ins"))) == 1


def test_the_audit_log_keeps_no_whole_description_of_a_browser(rosa: Account) -> None:
    entry = AuditEntry.get(AuditEntry.action == "sign-in")
    assert "Mozilla" not in entry.detail
    assert "Werkzeug" not in entry.detail


def test_a_member_sees_who_else_opened_the_record(ana: Account, client: Client) -> None:
    add_provider()
    page = open_page(client, "member", "looks")
    assert "Nobody else has opened your record" in page.text
    subject = f"member:{CLIENT_ID}"
    audit.record(Actor("member", "127.0.0.1", ana.id), "open-member", subject=subject)
    audit.record(Actor("provider", "127.0.0.1", 77), "open-member", subject=subject, detail="tin 061110001")
    audit.record(Actor("support", "127.0.0.1", 78), "imitate", subject=subject, detail="ticket 12")
    audit.record(Actor("member", "127.0.0.1", 79), "open-member", subject=subject)
    audit.record(Actor("provider", "127.0.0.1", 77), "open-member", "refused", subject=subject)
    audit.record(Actor("provider", "127.0.0.1", 77), "open-member", subject="member:009999999")
    told = entries(open_page(client, "member", "looks"))
    assert [(re.sub(r" 03/.*", "", who), what) for what, who in told] == [
        ("The head of your household", "Opened your record"),
        ("Our support staff", "Looked at the portal as you see it"),
        ("Elm Street Family Practice", "Opened your record"),
    ]


def test_signing_out_everywhere_ends_every_session(
    person: Client, portal: str, account: Account, new_client: Any
) -> None:
    other = new_client()
    sign_in(other, portal)
    page = open_page(person, portal, "sign-out").submit("Sign out everywhere")
    assert page.path == f"/{portal}s/login"
    assert page.notices == ["You are signed out on every computer and phone."]
    assert other.get(f"/{portal}s/profile").path == f"/{portal}s/login"
    assert AuditEntry.select().where(AuditEntry.action == "sign-out-everywhere").count() == 1


def test_a_closed_account_opens_no_more_and_the_member_may_register_again(
    ana: Account, client: Client
) -> None:
    page = open_page(client, "member", "close")
    page = page.fill({"Your present password": PASSWORD}).submit("Close my account")
    assert page.errors == ["Check the box if you want to close your account."]
    page = page.fill({"Your present password": PASSWORD, "Yes, close my account": True})
    page = page.submit("Close my account")
    assert (page.path, page.notices) == ("/members/login", ["Your account is closed."])
    assert client.get("/members/home").path == "/members/login"
    assert sign_in(client, "member").errors == ["The username or the password is not right. Try again."]
    assert last_mail().recipient == "ana@example.com"
    row = fresh(ana)
    assert (row.client_id, row.email, row.password_hash) == (None, "", "")
    assert SecurityAnswer.select().count() == 0
    make_rosa(portal="member", username="ana", email="ana@example.com", client_id=CLIENT_ID)
    assert sign_in(client, "member").path == "/members/home"


def test_with_htmx_the_pages_are_parts_and_end_at_the_same_places(app: Any, htmx_client: Client) -> None:
    make_rosa()
    sign_in(htmx_client)
    page = change_password(open_page(htmx_client, "provider", "password"), present="wrong")
    assert page.fragment
    assert page.errors == [WRONG]
    page = change_password(open_page(htmx_client, "provider", "password"))
    assert (page.path, page.notices[0]) == ("/providers/profile", "Your password is changed.")
    page = ask_email(open_page(htmx_client, "provider", "email"), "new@example.com", present=NEW_PASSWORD)
    page = page.fill({"Verification code": mailed_code()}).submit("Change email address")
    assert page.facts["Email Address"] == "new@example.com"
