"""Signing up as a New User (guide 001, steps 1 to 6), through the pages."""

from pathlib import Path
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.harness.visible import bypassing, pseudo_locale
from tests.integration.signup_walk import (
    ACCOUNT,
    ODD,
    OTHER,
    PERSON,
    TIN,
    add_all,
    add_practice,
    search,
    to_account,
    to_person,
    to_providers,
    to_role,
    to_verify,
)
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.audit import AuditEntry
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import office_contacts, practices, provider_picks
from webapp.flows.runs import FlowRun
from webapp.web.texts import forget_kept


def test_an_office_signs_up_in_six_steps_and_is_signed_in(browser: Client) -> None:
    add_practice()
    page = browser.get("/providers/login").click("New user? Register here")
    assert page.heading == "STEP 1 OF 6: LICENSE AGREEMENT"
    page = page.submit("Agree")
    assert page.heading == "STEP 2 OF 6: PERSONAL INFORMATION"
    assert page.form("Next").values["country"] == "United States"
    page = page.fill(PERSON).submit("Next")
    assert page.heading == "STEP 3 OF 6: ADD PROVIDER"
    page = search(page)
    assert [row["Individual Medicaid Number"] for row in page.table()] == [
        "008100000",
        "008100001",
        "008100002",
    ]
    page = page.fill({"Elm Street Family Practice Dana Brandt, MD": True}).submit("Add Providers")
    assert "Please Confirm Providers" in page.text
    assert [row["Individual Medicaid Number"] for row in page.table()] == ["008100001"]
    page = page.submit("Add Providers")
    assert "Provider TIN xxxxx0001" in page.text
    page = page.submit("Next")
    assert page.heading == "STEP 4 OF 6: ADDITIONAL INFORMATION"
    page = page.fill({"I am a(n)": "Office Manager"}).submit("Next")
    assert page.heading == "STEP 5 OF 6: CREATE USER ID (USERNAME) AND PASSWORD"
    page = page.fill(ACCOUNT).submit("Next")
    assert page.heading == "STEP 6 OF 6: VERIFY"
    assert page.facts["Address"] == "120 Elm Street, Suite 4, New Haven, CT 06519, United States"
    assert page.facts["TIN"].startswith("xxxxx0001")
    page = page.submit("Finish")
    assert page.heading == "Welcome, Nora"
    account = Account.get()
    assert [(t.tin, t.role, t.report_access) for t in practices.practices_of(account)] == [
        (TIN, "Office Manager", "none")
    ]
    assert provider_picks.added_of(account) == {TIN: ["1000000001"]}
    assert office_contacts.of(account).phone == "203-555-0142"
    assert AuditEntry.select().where(AuditEntry.action == "sign-up").count() == 1


def test_the_verify_page_lists_what_the_guide_lists_in_its_order(client: Client) -> None:
    add_practice()
    assert list(to_verify(client).facts)[:8] == [
        "Username",
        "First Name",
        "Last Name",
        "E-Mail Address",
        "Address",
        "Phone",
        "Practice Name",
        "TIN",
    ]


def test_a_new_account_sees_no_patient_whatever_it_asks_for(client: Client) -> None:
    add_practice()
    to_verify(client).submit("Finish")
    page = client.get(f"/providers/reports?report=patient-panel&tin={TIN}", status=None)
    assert page.tree.findall(".//table") == []
    assert client.get(f"/providers/reports/patient-panel.csv?tin={TIN}", status=None).status in (403, 404)


def test_the_mail_confirms_the_address_when_its_page_is_answered(client: Client) -> None:
    add_practice()
    to_verify(client).submit("Finish")
    mail = OutboxMessage.get()
    assert mail.recipient == ACCOUNT["E-mail Address"]
    assert TIN not in mail.body
    link = next(word for word in mail.body.split() if "/providers/confirm/" in word)
    page = client.get("/providers/confirm/" + link.rpartition("/")[2])
    assert Account.get().email_confirmed_at is None, "opening the link alone must change nothing"
    page.submit("Yes, confirm")
    assert Account.get().email_confirmed_at is not None
    client.get("/members/confirm/" + link.rpartition("/")[2], status=404)


def test_the_account_signs_in_with_its_password_and_keeps_its_question_hashed(client: Client) -> None:
    add_practice()
    page = to_verify(client).submit("Finish").submit("LOGOUT")
    page = page.fill({"Username": "NORA.W", "Password": ACCOUNT["Password"]}).submit("Login")
    assert page.heading == "Welcome, Nora"
    answer = SecurityAnswer.get()
    assert answer.question == "first-pet"
    assert "Biscuit" not in answer.answer_hash


# --- step 1 ---


def test_disagree_goes_back_to_the_login_page(client: Client) -> None:
    page = client.get("/providers/signup/license-agreement").submit("Disagree")
    assert page.heading == "HUSKY Health Secure Provider Login"


def test_jumping_ahead_leads_to_the_step_that_is_next(client: Client) -> None:
    assert client.get("/providers/signup/verify").heading.startswith("STEP 1")
    to_person(client)
    assert client.get("/providers/signup/verify").heading.startswith("STEP 2")


# --- step 2 ---


def test_step_two_marks_what_is_required_and_asks_for_it(client: Client) -> None:
    page = to_person(client)
    required = [label.text for label in page.main.iter("label") if label.get("class") == "req"]
    assert required == [
        "First Name",
        "Last Name",
        "Address Line 1",
        "City",
        "State",
        "Zip",
        "Country",
        "Contact Phone",
        "Practice Name",
    ]
    page = page.fill({"Country": ""}).submit("Next")
    assert page.status == 422
    assert len(page.errors) == len(required)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203-555-0142", "203-555-0142"),
        ("2035550142", "203-555-0142"),
        ("(203) 555 0142", "203-555-0142"),
        ("+1 203.555.0142", "203-555-0142"),
        ("203–555–0142", "203-555-0142"),
    ],
)
def test_a_telephone_number_is_kept_in_the_guides_form(client: Client, typed: str, kept: str) -> None:
    page = to_person(client).fill({**PERSON, "Contact Phone": typed}).submit("Next")
    assert page.heading.startswith("STEP 3")
    assert client.get("/providers/signup/personal-information").form("Next").values["phone"] == kept


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"Contact Phone": "555-0142"}, "Enter the telephone number as ###-###-####, like 203-555-0142."),
        (
            {"Contact Phone": "203-555-0142 x7"},
            "Enter the telephone number as ###-###-####, like 203-555-0142.",
        ),
        ({"Contact Phone": "٢٠٣٥٥٥٠١٤٢"}, "Enter the telephone number as ###-###-####, like 203-555-0142."),
        ({"State": "Connectcut"}, "Enter the state by its two letters, like CT, or its full name."),
        ({"Zip": "6519"}, "Enter the zip code as 5 digits, like 06106, or 9, like 06106-1234."),
        ({"First Name": " "}, "Enter your first name."),
        ({"City": "x" * 81}, "Use at most 80 characters here."),
    ],
)
def test_step_two_says_what_is_wrong_and_how_to_mend_it(
    client: Client, wrong: dict[str, str], error: str
) -> None:
    page = to_person(client).fill({**PERSON, **wrong}).submit("Next")
    assert (page.status, page.errors) == (422, [error])
    assert page.form("Next").values["last_name"] == "Whitfield", "what was typed stays"


def test_a_state_may_be_typed_by_name_and_another_country_has_other_rules(client: Client) -> None:
    to_person(client).fill({**PERSON, "State": "connecticut"}).submit("Next")
    page = client.get("/providers/signup/personal-information")
    assert page.form("Next").values["region"] == "CT"
    page = page.fill({"Country": "Canada", "State": "Québec", "Zip": "H2Y 1C6"}).submit("Next")
    assert page.heading.startswith("STEP 3")


@pytest.mark.parametrize("typed", ODD)
def test_odd_input_in_every_field_of_step_two_is_answered_calmly(client: Client, typed: str) -> None:
    page = to_person(client).fill(dict.fromkeys([*PERSON, "Country"], typed)).submit("Next")
    assert page.status == 422
    assert page.form("Next").values["department"] == " ".join(typed.replace("\x00", " ").split()).replace(
        "\u202e", " "
    ).replace("  ", " ")


def test_a_name_and_an_address_in_another_alphabet_are_taken(client: Client) -> None:
    add_practice()
    person = {
        **PERSON,
        "First Name": "Иван",
        "Address Line 1": "улица Вязов 12",
        "Practice Name": "D'Ávila <& Co>",
    }
    page = add_all(to_person(client).fill(person).submit("Next")).submit("Next")
    page = page.fill({"I am a(n)": "Other"}).submit("Next").fill(ACCOUNT).submit("Next")
    assert page.facts["Practice Name"] == "D'Ávila <& Co>"
    assert page.submit("Finish").heading == "Welcome, Иван"


# --- steps 4 to 6 ---


def test_step_four_offers_the_guides_roles_and_needs_one(client: Client) -> None:
    add_practice()
    page = to_role(client)
    assert [option.text for option in page.main.iter("option")] == [
        "Please Select",
        "Office Manager",
        "Office Staff",
        "Nurse/Medical Assistant",
        "Physician/Provider",
        "Other",
    ]
    assert page.submit("Next").errors == ["Choose what you are from the list."]
    form = page.form("Next")
    form.values["role"] = "Medical Director'--"
    assert form.submit("Next").errors == ["Choose what you are from the list."]


USERNAME_RULE = (
    "Use 3 to 50 letters, digits, or . - @ for the username. Begin with a letter and leave out spaces."
)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"Username": "no"}, USERNAME_RULE),
        ({"Username": "1nora"}, USERNAME_RULE),
        ({"Username": "nora_w"}, USERNAME_RULE),
        ({"Username": "nora w"}, USERNAME_RULE),
        ({"Username": "n" * 10_000}, USERNAME_RULE),
        ({"E-mail Address": "nora"}, "Enter an email address like name@example.com."),
        (
            {"Confirm E-mail Address": "nora@elmstreet.example.com"},
            "The two email addresses are not the same. Enter your address again.",
        ),
        ({"Password": "Kettle-77", "Confirm Password": "Kettle-7"}, "The two passwords are not the same."),
        ({"Password": "Ket-77", "Confirm Password": "Ket-77"}, "Use at least 8 characters for the password."),
        ({"Password": "kettlekettle-", "Confirm Password": "kettlekettle-"}, "Use at least 1 digit"),
        ({"Password": "12345-67890", "Confirm Password": "12345-67890"}, "Use at least 1 letter"),
        ({"Password": "kettle7777", "Confirm Password": "kettle7777"}, "Use at least 1 of these"),
        ({"Password": "nora.w-77777", "Confirm Password": "nora.w-77777"}, "Leave your name, your username"),
        ({"Secret Question": "Select Secret Question"}, "Choose a secret question."),
        ({"Secret Answer": " "}, "Enter the answer to the secret question."),
    ],
)
def test_step_five_says_what_is_wrong_and_how_to_mend_it(
    client: Client, wrong: dict[str, str], error: str
) -> None:
    add_practice()
    page = to_account(client).fill({**ACCOUNT, **wrong}).submit("Next")
    assert page.status == 422
    assert any(line.startswith(error) for line in page.errors), page.errors
    assert ACCOUNT["Password"] not in page.html


def test_the_same_address_in_other_capitals_is_the_same(client: Client) -> None:
    add_practice()
    other = {"Confirm E-mail Address": ACCOUNT["E-mail Address"].upper()}
    assert to_account(client).fill({**ACCOUNT, **other}).submit("Next").heading.startswith("STEP 6")


def test_a_password_and_an_answer_that_were_right_need_not_be_typed_again(client: Client) -> None:
    add_practice()
    page = to_account(client).fill({**ACCOUNT, "Username": "1"}).submit("Next")
    assert "Leave this blank to use it." in page.text
    page = page.fill({"Username": "nora.w"}).submit("Next")
    assert page.heading.startswith("STEP 6")
    page = client.get("/providers/signup/account")
    page = page.fill({"Secret Question": "What street did you live on as a child?"}).submit("Next")
    assert page.errors == ["Enter the answer to the secret question."], "an answer belongs to its question"


def test_no_secret_is_stored_as_typed_while_the_run_lasts(client: Client) -> None:
    add_practice()
    to_verify(client)
    assert not [secret for secret in (ACCOUNT["Password"], "Biscuit") if secret in FlowRun.get().answers]


@pytest.mark.parametrize("line", ["Username", "Phone", "TIN", "I am a(n)"])
def test_change_goes_to_a_step_and_returns(client: Client, line: str) -> None:
    add_practice()
    page = to_verify(client).click(f"Change: {line}")
    assert not page.heading.startswith("STEP 6")
    assert page.submit("Next").heading.startswith("STEP 6")


def test_change_returns_also_after_the_buttons_inside_a_step(client: Client) -> None:
    add_practice()
    add_practice(OTHER, 2, "Harbor Clinic", start=50)
    page = add_all(to_verify(client).click("Change: TIN"), OTHER).submit("Next")
    assert page.heading.startswith("STEP 6")
    assert page.facts["TIN"].count("xxxxx") == 2


def test_a_username_taken_meanwhile_sends_back_to_step_five(client: Client, new_client: Any) -> None:
    add_practice()
    page = to_verify(client)
    to_verify(new_client()).submit("Finish")
    page = page.submit("Finish")
    assert page.heading.startswith("STEP 5")
    assert Account.select().count() == 1
    page = page.fill({"Username": "nora2"}).submit("Next").submit("Finish")
    assert page.heading == "Welcome, Nora"


def test_a_second_press_of_finish_and_back_after_it_make_no_second_account(client: Client) -> None:
    add_practice()
    finish = to_verify(client).form("Finish")
    for _ in range(3):
        assert finish.submit("Finish").heading == "Welcome, Nora"
    assert (Account.select().count(), OutboxMessage.select().count()) == (1, 1)
    assert client.get("/providers/signup/account").heading.startswith("STEP 1")


def test_one_address_cannot_make_accounts_without_end(make_app: Any, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text("[provider_signup]\nan_hour = 1\n", encoding="utf-8")
    app = make_app(PORTAL_PLAN=str(plan))
    add_practice()
    to_verify(Client(app)).submit("Finish")
    page = to_account(Client(app)).fill({**ACCOUNT, "Username": "nora2"}).submit("Next").submit("Finish")
    assert page.status == 429
    assert "1.877.606.5172" in page.errors[0]
    elsewhere = to_account(Client(app, address="203.0.113.9")).fill({**ACCOUNT, "Username": "nora3"})
    assert elsewhere.submit("Next").submit("Finish").heading == "Welcome, Nora"


def test_cancel_forgets_what_was_typed(client: Client) -> None:
    add_practice()
    assert to_account(client).submit("Cancel").heading == "HUSKY Health Secure Provider Login"
    assert FlowRun.select().count() == 0


def test_an_unfinished_sign_up_is_gone_after_thirty_minutes(client: Client, clock: Hands) -> None:
    add_practice()
    page = to_verify(client)
    clock.advance(minutes=31)
    assert page.submit("Finish").heading.startswith("STEP 1")
    assert Account.select().count() == 0


#: Where words of people, of the plan and of content files stand.
DATA = "//dd | //td | //tbody//th | //*[@class='prose'] | //h1 | //title | //header | //footer"


def test_no_step_of_sign_up_shows_words_that_nobody_translates(new_client: Any) -> None:
    add_practice()
    for step in (
        to_person,
        to_providers,
        lambda client: search(to_providers(client)),
        lambda client: search(to_providers(client)).submit("Select All Providers").submit("Add Providers"),
        lambda client: add_all(to_providers(client)),
        to_role,
        to_account,
        to_verify,
    ):
        client = new_client()
        url = step(client).url
        forget_kept()
        with pseudo_locale():
            tree = client.get(url).tree
        forget_kept()
        for element in tree.xpath(DATA):
            element.drop_tree()
        names = ("TIN", "HUSKY Health", "WebSupport@chnct.org", "Medicaid", "###-###-####")
        assert bypassing(tree.find(".//main"), names) == []
