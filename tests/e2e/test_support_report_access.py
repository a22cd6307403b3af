"""A request for report access, from the alert on the practice's pages to its first report."""

from tests.e2e.harness.walk import Walk

REASON = "I call members who are due for a visit."
ASKS, NAME = "no.access", "Felix Tanaka"


def test_the_alert_leads_to_the_request(walk: Walk) -> None:
    walk.sign_in(walk.account(ASKS))
    walk.click("Reports/Data")
    walk.sees("ALERT!")
    walk.shot("alert")
    walk.open("/providers/home")
    walk.click("Patient Reports", within=walk.page.locator("main"))
    walk.sees_heading("Patient Reports")


def test_the_request_is_sent(walk: Walk) -> None:
    walk.choose("I am a(n):", "Nurse/Medical Assistant")
    walk.page.locator("main input[type=checkbox]").first.check()
    walk.fill("What do you need the reports for?", REASON)
    walk.page.locator("main input[type=checkbox]").last.check()
    walk.click("Send the request")
    walk.sees("We look at each request. You will get an email when yours is decided.")
    walk.shot("requested")


def test_support_finds_it_in_the_queue_and_takes_it_on(walk: Walk, desk: Walk) -> None:
    desk.sign_in(desk.account("desk.providers"))
    desk.click("Queues")
    desk.choose("Kind of work", "Report access")
    desk.click("Show")
    requests = desk.page.locator("main tbody tr").filter(has_text=NAME)
    desk.click("Report access", within=requests)
    desk.sees(REASON)
    desk.click("Take it on")
    desk.shot("request")


def test_it_is_approved_with_a_reason_from_a_template(walk: Walk, desk: Walk) -> None:
    desk.click("Confirmed")
    desk.shot("template")
    desk.click("Approve")
    desk.sees("Done. It is off the list.")
    assert NAME not in desk.page.locator("main").inner_text()


def test_a_mail_says_so(walk: Walk) -> None:
    subject = walk.portal.mail(walk.account(ASKS)["email"])[0]["subject"]
    assert subject == "You can read patient reports now"


def test_the_first_report_opens(walk: Walk) -> None:
    walk.open("/providers/reports?report=adult-diabetes")
    walk.sees_not("ALERT!")
    assert walk.page.locator("main tbody tr").count() > 10
    walk.shot("first-report")
