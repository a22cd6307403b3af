"""Find a Doctor through its pages: blocks, search, a provider, a reported mistake, a chosen PCP."""

from datetime import date
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.directory_rows import NEW_HAVEN, list_providers
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import TODAY, add_member, add_span
from tests.harness.visible import bypassing, pseudo_locale
from webapp.domain.account import accounts
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.find_a_doctor import directory_reports
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.find_a_doctor.directory_reports import DirectoryReport
from webapp.domain.member.care import FROM_FEED, FROM_MEMBER, PcpSelection
from webapp.domain.reporting import report_inputs
from webapp.web.texts import forget_kept

SEARCH = "/members/find-a-doctor/search"
PROVIDER = "/members/find-a-doctor/providers/2000000001"


@pytest.fixture(autouse=True)
def providers(app: Any) -> None:
    list_providers(
        {"last_name": "Núñez", "first_name": "Ana", "languages": "English, Spanish", "pcmh": True,
         "received_on": date(2026, 2, 1)},
        {"npi": "2000000001", "last_name": "Núñez", "first_name": "Ana", "languages": "English, Spanish",
         "practice_name": "Harbor Clinic", "city": "New Haven", "zip": "06511", "latitude": NEW_HAVEN[0],
         "longitude": NEW_HAVEN[1], "telephone": "(203) 555-0102", "accepting_new_patients": False},
        {"last_name": "Hart", "first_name": "Bo", "specialty": "Cardiology", "pcp": False, "credential": "<b>MD"},
        *[{"last_name": "Lee", "first_name": f"Kim{number:02d}", "kind": "dental", "specialty": "General Dentistry",
           "pcp": False} for number in range(25)],
    )  # fmt: skip


def results(page: Page) -> list[str]:
    return [" ".join(h3.text_content().split()) for h3 in page.tree.xpath("//ol//h3")]


def sign_in(client: Client, **member: Any) -> Client:
    add_member("001234567", **member)
    add_span("001234567", date(TODAY.year - 1, 1, 1))
    add_member(
        "001234568", subscriber_id="001234567", first_name="Leo", birth_date=date(TODAY.year - 9, 1, 1)
    )
    accounts.create_account(
        portal="member", username="ana", password="Naranja7lago", email="ana@example.com",
        first_name="Ana", last_name="Ortiz", client_id="001234567",
    )  # fmt: skip
    form = client.get("/members/login").form()
    form.values["username"], form.values["password"] = "ana", "Naranja7lago"
    form.submit()
    return client


def test_a_language_is_shown_as_the_feed_spells_it_and_never_as_markup(client: Client) -> None:
    Provider.update(languages="Spanish, <b>Quechua</b>, 100% Twi").where(
        Provider.npi == "2000000001"
    ).execute()
    page = client.get(PROVIDER)
    assert "Languages spoken Spanish, <b>Quechua<, b>, 100% Twi" in page.text
    assert not page.main.xpath(".//b[. = 'Quechua']")


# --- the blocks ---


def test_the_four_blocks_are_those_of_the_guide_with_their_telephones(client: Client) -> None:
    page = client.get("/members/find-a-doctor")
    blocks = {
        "Find a PCMH Practice": "1.800.859.9889",
        "Find a Medical Provider": "1.800.859.9889",
        "Find a Behavioral Health Specialist": "1.877.552.8247",
        "Find a Dentist": "1.855.283.3682",
    }
    for title, telephone in blocks.items():
        (block,) = page.tree.xpath(f"//section[h2='{title}']")
        assert block.xpath(".//a[starts-with(@href, 'tel:')]/@href") == [f"tel:{telephone}"]
    assert "please dial 711 or use your Telecommunications or Video Relay Service" in page.text
    assert "login" not in page.main.text_content()  # partners' directories are not set


def test_each_block_leads_to_its_own_search(client: Client) -> None:
    blocks = client.get("/members/find-a-doctor")
    dentist = blocks.click("Search for a Dentist")
    assert results(dentist)[0] == "Kim00 Lee, MD"
    assert "25" in dentist.tree.xpath("//h2[@id='found']")[0].text
    assert results(blocks.click("Search for a PCMH Practice")) == ["Ana Núñez, MD"]


def test_a_partners_own_directory_is_linked_where_the_plan_sets_one(make_app: Any, tmp_path: Any) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('[directory]\ndental_site = "https://dentists.example"\n')
    page = Client(make_app(PORTAL_PLAN=str(plan))).get("/members/find-a-doctor")
    assert "https://dentists.example" in page.links().values()
    assert "Login or create an account using your ClientID." in page.text


# --- the search ---


def test_a_search_is_an_address_that_can_be_kept(client: Client) -> None:
    page = client.get(f"{SEARCH}?q=nunez&near=Hartford&miles=50&language=spanish")
    assert results(page) == ["Ana Núñez, MD", "Ana Núñez, MD"]
    form = page.form("Search")
    assert [form.values[name] for name in ("q", "near", "miles", "language")] == [
        "nunez",
        "Hartford",
        "50",
        "SPANISH",
    ]


def test_results_come_by_distance_with_address_and_telephone_as_links(client: Client) -> None:
    page = client.get(f"{SEARCH}?q=nunez&near=Hartford&miles=50")
    first, second = page.tree.xpath("//ol/li")
    assert "0.0 miles" in first.text_content()
    assert "Harbor Clinic" in second.text_content()
    assert second.xpath(".//a/@href")[-1] == "tel:203-555-0102"


def test_the_form_is_filled_in_and_sent(client: Client) -> None:
    page = client.get(SEARCH).fill({"Name": "hart", "Specialty": "cardiology"}).submit("Search")
    assert results(page) == ["Bo Hart, <b>MD"]
    page = client.get(SEARCH).fill({"Takes new patients": True, "Kind of care": "medical"}).submit("Search")
    assert len(results(page)) == 2


def test_paging_shows_everybody_once(client: Client) -> None:
    page, seen = client.get(f"{SEARCH}?kind=dental&near=06106"), []
    while True:
        seen += results(page)
        if "Next" not in page.links():
            break
        page = page.click("Next")
    assert sorted(seen) == [f"Kim{number:02d} Lee, MD" for number in range(25)]


def test_with_htmx_only_the_results_change_and_their_number_is_announced(htmx_client: Client) -> None:
    page = htmx_client.get(f"{SEARCH}?kind=dental", htmx=True, target="div#results")
    assert not page.tree.xpath("//form")
    live = page.tree.xpath("//*[@hx-target='#live']")[0].text_content()
    assert live == "Providers found: 25"


def test_an_unknown_town_is_told_at_the_field_with_towns_spelled_nearly_so(client: Client) -> None:
    page = client.get(f"{SEARCH}?near=Hart", status=422)
    assert page.errors == [
        "We do not know this town. Check how it is spelled, or type a ZIP code, like 06106."
    ]
    assert page.form("Search").values["near"] == "Hart"
    assert results(page.click("Hartford"))
    zip_code = client.get(f"{SEARCH}?near=99999", status=422)
    assert (
        "We do not know this ZIP code. It has five digits, like 06106. A town works too." in zip_code.errors
    )


def test_nobody_found_says_what_to_do(client: Client) -> None:
    page = client.get(f"{SEARCH}?q=hart&near=New+Haven&miles=5")
    assert "The nearest is 33 miles away." in page.text
    assert results(page.click("Search within 50 miles")) == ["Bo Hart, <b>MD"]
    assert page.links()["1.800.859.9889"] == "tel:1.800.859.9889"
    assert client.get(f"{SEARCH}?q=zzzzz&kind=dental").links()["1.855.283.3682"]


def test_a_wrong_letter_is_forgiven_and_said(client: Client) -> None:
    page = client.get(f"{SEARCH}?q=nunes")
    assert "Nobody is called exactly “nunes”. These names are one letter off." in page.text
    assert len(results(page)) == 2
    assert "so we looked near Hartford" in client.get(f"{SEARCH}?near=Hartfrod").text


@pytest.mark.parametrize(
    "query",
    ["q=%00%01", "q=" + "a" * 10_000, "q=%3Cscript%3E", "near=%00", "near=" + "x" * 9_000, "miles=-5", "miles=9999999",
     "miles=%D9%A3", "kind=evil", "specialty=%27--", "language=%25", "page=0", "page=99999999999", "page=%C2%B2",
     "q=%E4%B8%AD%E6%9D%91", "specialty=cardiolgy", "q=%25&near=%27"],
)  # fmt: skip
def test_no_address_breaks_the_search(client: Client, query: str) -> None:
    assert client.get(f"{SEARCH}?{query}", status=None).status in (200, 422)


# --- a provider ---


def test_a_provider_shows_every_place_once_and_when_it_was_confirmed(client: Client) -> None:
    page = client.get(f"{SEARCH}?q=nunez&near=Hartford").click("Ana Núñez, MD")
    assert page.heading == "Ana Núñez, MD"
    assert page.title.startswith("Ana Núñez, MD")
    assert "Record last confirmed 02/01/2026" in page.text
    assert "Other locations" in page.text
    assert page.links()["203-555-0102"] == "tel:203-555-0102"
    assert results(page.click("Back to the results")) == ["Ana Núñez, MD"]


def test_the_place_that_was_clicked_comes_first(client: Client) -> None:
    page = client.get(f"{SEARCH}?near=06511&q=nunez").click("Ana Núñez, MD")
    assert page.text.index("Harbor Clinic") < page.text.index("Other locations")


@pytest.mark.parametrize("npi", ["9", "%00", "'", "a" * 500])
def test_an_unknown_provider_is_not_found(client: Client, npi: str) -> None:
    client.get(f"/members/find-a-doctor/providers/{npi}", status=404)


@pytest.mark.parametrize("url", ["/members/find-a-doctor", f"{SEARCH}?near=Hartford&pcp=1", PROVIDER])
def test_every_word_but_names_and_addresses_is_translated(client: Client, url: str) -> None:
    forget_kept()
    with pseudo_locale():
        tree = client.get(url).tree
    forget_kept()
    for data in tree.xpath("//*[@translate='no'] | //h1 | //title | //dd[not(*)]"):
        data.drop_tree()
    assert bypassing(tree, ("HUSKY Health", "Connecticut")) == []


# --- a mistake ---


def test_a_mistake_is_reported_without_signing_in(client: Client) -> None:
    form = client.get(PROVIDER).click("Report a mistake")
    done = form.fill({"What is wrong?": ["The address is wrong"], "Tell us more": "It moved\x00 <b>"}).submit(
        "Send"
    )
    assert done.path == PROVIDER
    assert "Thank you. We check the entry and put it right." in done.notices[0]
    (report,) = directory_reports.open_reports()
    assert (report.npi, report.kinds, report.text) == ("2000000001", "address", "It moved <b>")
    assert "Elm Street" in report.practice


def test_a_report_that_says_nothing_is_asked_for_more(client: Client) -> None:
    page = client.get(f"{PROVIDER}/mistake").submit("Send")
    assert (page.status, page.errors) == (422, ["Tick what is wrong, or write it down below."])
    page = client.get(f"{PROVIDER}/mistake").fill({"Tell us more": "a" * 10_000}).submit("Send")
    assert page.errors == ["This is too long. Use at most 1000 characters."]
    assert page.form("Send").values["text"] == "a" * 10_000


def test_the_same_report_is_kept_once_and_too_many_are_refused(client: Client, clock: Hands) -> None:
    def send(text: str) -> Page:
        return client.get(f"{PROVIDER}/mistake").fill({"Tell us more": text}).submit("Send")

    for number in range(10):
        send("same" if number < 5 else f"other {number}")
    assert DirectoryReport.select().count() == 6
    page = send("one too many")
    assert page.status == 429
    assert page.form("Send").values["text"] == "one too many"
    clock.advance(minutes=61)
    assert send("later").status == 200


def test_support_closes_a_report_once(client: Client) -> None:
    client.get(f"{PROVIDER}/mistake").fill({"Tell us more": "wrong"}).submit("Send")
    (report,) = directory_reports.open_reports()
    support = Actor("support", "", 7)
    assert directory_reports.close(report.id, directory_reports.MENDED, "called", support)
    assert not directory_reports.close(report.id, directory_reports.DISMISSED, "", support)
    assert directory_reports.open_reports() == []


# --- a PCP ---


def selections() -> list[tuple[str, str, str]]:
    rows = PcpSelection.select().order_by(PcpSelection.id)
    return [(row.client_id, row.npi, row.source) for row in rows]


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(client: Client) -> None:
    page = client.get(PROVIDER).click("Choose as my PCP")
    assert page.heading == "Secure Member Login"
    assert "choose" in page.url


def test_a_member_chooses_a_pcp_for_a_child_and_the_next_refresh_is_told(client: Client) -> None:
    page = sign_in(client).get(PROVIDER).click("Choose as my PCP")
    assert selections() == []  # looking changes nothing
    done = page.fill({"Who is this PCP for?": "Leo Ortiz"}).submit("Choose this PCP")
    assert done.heading == "You chose a PCP"
    assert done.facts["PCP Name"] == "Ana Núñez, MD"
    assert selections() == [("001234568", "2000000001", FROM_MEMBER)]
    told = report_inputs.portal_data().pcp_selections
    assert told is not None
    assert told.to_pylist() == [{"member_id": "001234568", "npi": "2000000001", "selected_on": TODAY}]
    account = done.click("See the account information")
    assert (
        "You chose Ana Núñez, MD as PCP on 03/25/2026. This choice counts from the next monthly update."
        in account.text
    )
    assert AuditEntry.get(AuditEntry.action == "choose-pcp").subject == "member:001234568"


def test_whoever_has_children_says_for_whom_the_pcp_is_before_anything_changes(client: Client) -> None:
    form = sign_in(client).get(f"{PROVIDER}/choose").form("Choose this PCP")
    assert "for" not in form.values  # nobody is chosen beforehand
    page = form.submit("Choose this PCP")
    assert page.status == 422
    assert page.errors == ["Choose who this PCP is for."]
    assert selections() == []
    assert not AuditEntry.select().where(AuditEntry.action == "choose-pcp").exists()


def test_a_choice_of_the_same_day_replaces_the_earlier_and_can_be_taken_back(client: Client) -> None:
    list_providers({"npi": "2000009999", "tin": "069999999", "last_name": "Vega", "first_name": "Eva"})
    sign_in(client)
    for npi in ("2000000001", "2000009999", "2000000001"):
        form = client.get(f"/members/find-a-doctor/providers/{npi}/choose")
        form.fill({"Who is this PCP for?": "Ana Ortiz"}).submit("Choose this PCP")
    assert selections() == [("001234567", "2000000001", FROM_MEMBER)]
    page = client.get("/members/account").submit("Take the choice back")
    assert page.notices == ["The choice was taken back."]
    assert selections() == []


def test_a_later_choice_of_the_plans_feed_is_shown_no_more_as_waiting(client: Client, clock: Hands) -> None:
    form = sign_in(client).get(f"{PROVIDER}/choose")
    form.fill({"Who is this PCP for?": "Ana Ortiz"}).submit("Choose this PCP")
    PcpSelection.create(
        client_id="001234567", npi="1", selected_on=date(TODAY.year, 12, 31), source=FROM_FEED
    )
    assert "This choice counts" not in client.get("/members/account").text


def test_a_full_office_is_said_before_it_is_chosen(client: Client) -> None:
    list_providers(
        {"npi": "2000009999", "tin": "069999999", "last_name": "Vega", "accepting_new_patients": False}
    )
    page = sign_in(client).get("/members/find-a-doctor/providers/2000009999/choose")
    assert "takes no new patients now" in page.notices[0]


def test_nobody_chooses_for_another_household_or_a_provider_who_is_no_pcp(client: Client) -> None:
    sign_in(client)
    add_member("007777777", first_name="Stranger")
    form = client.get(f"{PROVIDER}/choose").form("Choose this PCP")
    form.values["for"] = "007777777"
    assert form.submit("Choose this PCP").status == 404
    refused = AuditEntry.get(AuditEntry.action == "choose-pcp")
    assert (refused.outcome, selections()) == ("refused", [])
    client.get("/members/find-a-doctor/providers/2000000003/choose", status=404)


def test_an_adult_who_is_not_the_head_chooses_for_nobody_else(client: Client) -> None:
    page = sign_in(client, subscriber_id="009999999").get(f"{PROVIDER}/choose")
    assert "This PCP is for: Ana Ortiz" in page.text
    assert not page.tree.xpath("//input[@type='radio']")


def test_the_results_of_a_search_can_be_printed(client: Client) -> None:
    page = client.get(f"{SEARCH}?near=Hartford")
    assert page.tree.xpath("//a[@data-print]")
    assert "no-print" in page.form("Search").element.get("class")
