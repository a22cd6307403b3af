"""The yearly survey: eleven topics, saved as they are answered, once a year, and results that tell of nobody."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import TODAY, add_member, add_span
from tests.integration.registration_walk import add_ana
from tests.integration.support_walk import at_work
from webapp.config import read_plan
from webapp.domain.account import accounts
from webapp.domain.audit import Actor
from webapp.domain.member import survey
from webapp.domain.member.eligibility import Member
from webapp.domain.member.survey import SurveyAnswers, SurveyTaken
from webapp.domain.member.survey_topics import ADULT, CHILD, TOPICS
from webapp.domain.support import staff

PLAN = read_plan()
ANA, BEN = "001234567", "001234568"


@pytest.fixture
def ana(client: Client) -> Client:
    """Ana and her son Ben of 9."""
    add_ana()
    add_member(BEN, first_name="Ben", subscriber_id=ANA, birth_date=date(TODAY.year - 9, 1, 1))
    add_span(BEN, date(TODAY.year - 1, 1, 1), program="B")
    accounts.create_account(
        portal="member", username="ana", password="Naranja7lago", email="ana@example.com",
        first_name="Ana", last_name="Ortiz", client_id=ANA,
    )  # fmt: skip
    return sign_in(client)


def sign_in(client: Client) -> Client:
    client.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    return client


def begin(client: Client, about: str = "Ana Ortiz") -> Page:
    page = client.get("/members/survey").click("Start")
    return page.fill({"Who is this survey about?": about}).submit("Next")


def to_the_end(page: Page, **answers: str) -> Page:
    """Press Next through all topics, answering the questions given by their words."""
    headings = []
    while page.heading != "Send your answers":
        headings.append(page.heading)
        for question, answer in answers.items():
            if question in page.text:
                page = page.fill({question: answer}).submit("Next")
                break
        else:
            page = page.submit("Next")
        assert len(headings) <= len(TOPICS)
    return page


def test_an_adults_form_has_the_eleven_topics_and_none_must_be_answered(ana: Client) -> None:
    page = to_the_end(begin(ana))
    assert "You answered 0 of 22 questions." in page.text
    page = page.submit("Finish")
    assert page.notices[0] == "Thank you for your answers. They help us do better."
    assert SurveyAnswers.get().form == ADULT


def test_a_child_has_a_topic_of_its_own(ana: Client) -> None:
    page = begin(ana, "Ben Ortiz")
    seen = [page.heading]
    while page.heading != "Send your answers":
        page = page.submit("Next")
        seen.append(page.heading)
    assert "Your child's health" in seen
    assert "Your health" not in seen
    page.submit("Finish")
    kept = SurveyAnswers.get()
    assert (kept.form, kept.program) == (CHILD, "B")


def test_answers_are_saved_on_the_way_and_go_on_after_a_new_sign_in(
    ana: Client, new_client: Callable[..., Client]
) -> None:
    question = "How easy was it to find a doctor who takes your plan?"
    begin(ana).fill({question: "Good"}).submit("Next")
    page = sign_in(new_client()).get("/members/survey").click("Go on")
    assert page.heading == "Wait time"
    page = page.submit("Previous")
    assert page.form("Next").values["found_doctor"] == "good"


def test_it_is_answered_once_a_year(ana: Client, clock: Hands) -> None:
    to_the_end(begin(ana)).submit("Finish")
    page = ana.get("/members/survey")
    assert f"Answered in {TODAY.year}, thank you: Ana Ortiz" in page.text
    assert "Ana" not in page.click("Start").text
    with pytest.raises(survey.TakenAlready):
        survey.keep(Member.get_by_id(ANA), {}, "en", Actor("member", ""), PLAN)
    clock.advance(days=365)
    assert survey.is_open(ANA)


def test_nothing_says_whose_answers_they_are(ana: Client) -> None:
    to_the_end(begin(ana)).submit("Finish")
    columns = SurveyAnswers._meta.sorted_field_names
    assert not {"client_id", "account", "account_id"} & set(columns)
    assert SurveyTaken.get().client_id == ANA


def answer(number: int, program: str = "A") -> None:
    client_id = f"{7_000_000 + number:09d}"
    member = add_member(client_id)
    add_span(client_id, date(TODAY.year - 1, 1, 1), program=program)
    survey.keep(
        member,
        {"doctor": "good", "made-up": "x", "plan-overall": "nonsense"},
        "en",
        Actor("member", ""),
        PLAN,
    )


def counts_of(program: str | None = None) -> object:
    found = survey.results(TODAY.year, ADULT, PLAN, program=program)
    return next(one.counts for one in found if one.question.key == "doctor")


def test_results_of_fewer_than_eleven_are_not_shown(database: object) -> None:
    for number in range(10):
        answer(number)
    assert counts_of() is None
    assert survey.answered(TODAY.year, ADULT, PLAN) is None
    answer(10)
    assert counts_of() == {"very-good": 0, "good": 11, "fair": 0, "poor": 0, "none": 0}
    rows = list(survey.rows(TODAY.year, PLAN))
    assert (ADULT, "", "overall", "doctor", "good", "11") in rows
    assert (ADULT, "", "overall", "plan-overall", "good", "suppressed") in rows


def test_a_program_is_not_shown_where_the_others_are_few(database: object) -> None:
    for number in range(15):
        answer(number)
    answer(15, program="B")
    assert counts_of("A") is None, "all but A would tell what the one of B said"
    for number in range(16, 26):
        answer(number, program="B")
    assert (counts_of("A") or {})["good"] == 15
    assert (counts_of("B") or {})["good"] == 11
    assert {program for _form, program, *_rest in survey.rows(TODAY.year, PLAN)} == {"", "A", "B"}


def test_support_sees_results_as_charts_and_as_a_file(client: Client) -> None:
    for number in range(12):
        answer(number)
    at_work(client, staff.MEMBER_SERVICES)
    page = client.get("/support").click("Survey")
    assert "12 people answered." in page.text
    assert "All in all, how good is the doctor?" in page.text
    assert "Fewer than 11 answers: not shown." in page.text
    assert page.tree.xpath("//figure//b")
    file = client.browser.get(page.links()["Download as CSV"]).get_data(as_text=True)
    assert "adult,,overall,doctor,good,12" in file
    page = page.fill({"Form": "Children"}).submit("Show")
    assert "Fewer than 11 people answered." in page.text


def test_other_rooms_staff_do_not_see_the_survey(client: Client) -> None:
    at_work(client, staff.ELIGIBILITY)
    assert "Survey" not in client.get("/support").links()
    client.get("/support/survey", status=403)


def test_somebody_elses_survey_is_not_gone_on_with(ana: Client, new_client: Callable[..., Client]) -> None:
    begin(ana)
    add_member("009999999", first_name="Stranger")
    add_span("009999999", date(TODAY.year - 1, 1, 1))
    accounts.create_account(
        portal="member", username="other", password="Naranja7lago", email="o@example.com",
        first_name="Stranger", last_name="Ortiz", client_id="009999999",
    )  # fmt: skip
    ana.post("/members/logout")
    ana.signed_in = False
    ana.get("/members/login").fill({"Username": "other", "Password": "Naranja7lago"}).submit("Login")
    assert "Go on" not in ana.get("/members/survey").links()
