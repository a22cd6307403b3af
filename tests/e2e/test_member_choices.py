"""What members do beside the guides: the care that is due, coverage, choices about sharing, the yearly survey."""

from tests.e2e.harness.walk import Walk


def test_the_home_page_leads_to_the_care_that_is_due(walk: Walk) -> None:
    walk.sign_in(walk.demo["accounts"][0])
    walk.click("See what to do next")
    walk.sees_heading("Care you are due for")
    walk.sees("Due")
    walk.shot("care")


def test_coverage_goes_into_a_calendar(walk: Walk) -> None:
    walk.click("Member Portal Home")
    walk.click("Coverage and how to renew")
    walk.sees_heading("Your coverage")
    file = walk.download("Add to my calendar")
    assert b"BEGIN:VEVENT" in file.read_bytes()


def test_a_consent_is_given(walk: Walk) -> None:
    walk.click("Member Portal Home")
    walk.click("Your choices about sharing")
    walk.sees_heading("Your choices about sharing")
    walk.click("Share: %(category)s", category=walk.t("HIV"))
    walk.click("Share")
    assert len(walk.errors()) == 2
    walk.choose("Who may see it?", "Every practice that treats me")
    walk.tick("Yes, I want this shared. I can take it back at any time.")
    walk.click("Share")
    walk.sees("Thank you. It is shared from the next monthly update on.")
    walk.shot("shared")


def test_and_taken_back(walk: Walk) -> None:
    stop = f"{walk.t('Stop sharing')}: {walk.t('HIV')}"
    walk.click(stop)
    walk.sees("It is not shared any more. Practices cannot see it from now on.")


def test_what_to_do_stands_apart_from_a_list_that_is_empty(walk: Walk) -> None:
    walk.open("/members/profile/looks")
    empty = walk.page.locator(".empty").bounding_box()
    below = walk.page.locator(".empty + p").bounding_box()
    assert empty
    assert below
    assert below["y"] >= empty["y"] + empty["height"] + 16


def test_the_survey_is_begun_and_goes_on_later(walk: Walk) -> None:
    walk.open("/members/survey")
    walk.click("Start")
    walk.sees_heading("Who is this about?")
    walk.page.get_by_role("radio").first.check()
    walk.click("Next")
    walk.sees_heading("Access")
    walk.choose("How easy was it to find a doctor who takes your plan?", "Good")
    walk.click("Next")
    walk.sees_heading("Wait time")
    walk.click("Stop for now")
    walk.click("Go on")
    walk.sees_heading("Wait time")


def test_the_survey_is_sent(walk: Walk) -> None:
    for _ in range(12):
        if walk.heading() == walk.t("Send your answers"):
            break
        walk.click("Next")
    walk.sees_heading("Send your answers")
    walk.click("Finish")
    walk.sees("Thank you for your answers. They help us do better.")
