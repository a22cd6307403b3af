"""Why a cell says Due, and what a practice answers to it: who may, what is kept, what the addresses hold."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.panel_rows import panel_row, publish_panel
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.harness.visible import bypassing, pseudo_locale
from tests.integration.office_walk import ALSO_MINE, MINE, NOT_MINE, make_account, sign_in
from webapp.domain.audit import AuditEntry
from webapp.domain.member import consent
from webapp.domain.practice import practices
from webapp.domain.reporting import gap_answers
from webapp.domain.reporting.gap_answers import GapAnswer
from webapp.web.texts import forget_kept

TABLE = f"/providers/reports?report=adult-diabetes&tin={MINE}"
ANA = "007000001"
#: Of the first row: its LDL-C, which is Due.
CELL = ".ldl_c"


def ana(**given: str) -> dict[str, str]:
    """Ana's LDL-C is Due since a claim of last year."""
    row = {"why": "drug only", "hba1c_due": "", "ldl_c_evidence": "80061|Elm Street Laboratory"}
    return diabetic(1, **{"member_name": "Ortiz, Ana", **row, **given})


def publish_all() -> None:
    publish(
        "adult-diabetes",
        {
            MINE: [ana(), *(diabetic(number) for number in range(2, 70))],
            ALSO_MINE: [diabetic(500)],
            NOT_MINE: [diabetic(900, member_name="Stranger, Sam")],
        },
    )


@pytest.fixture
def office(client: Client) -> Client:
    add_provider()
    add_provider(npi="1000000012", tin=ALSO_MINE, practice_name="Oak Street")
    publish_panel({MINE: [panel_row(ANA, "Ortiz, Ana")]})
    publish_all()
    make_account("office", MINE, ALSO_MINE)
    sign_in(client)
    return client


def cell(page: Page, key: str = CELL, row: int = 0) -> str:
    """The value of the button in a cell of the table."""
    found = page.tree.xpath("//tbody/tr")[row].xpath(".//button[@name='row']/@value")
    return str(next(value for value in found if value.endswith(key)))


def open_why(page: Page, key: str = CELL, row: int = 0) -> Page:
    """Press a cell of the table."""
    form = next(one for one in page.tree.iter("form") if one.get("id") == "why-form")
    sent = {one.get("name"): one.get("value") for one in form.iter("input")}
    sent["row"] = cell(page, key, row)
    query = "&".join(f"{name}={value}" for name, value in sent.items())
    return page.client.get(f"{form.get('action')}?{query}", htmx=page.client.htmx, target="div#why")


def answer(page: Page, **typed: str) -> Page:
    """Fill in the answer: answer=…, day=…, note=…"""
    labels = {"answer": "answer", "day": "Date", "note": "Note"}
    form = page.form("Save the answer").fill({labels[name]: value for name, value in typed.items()})
    return form.submit("Save the answer")


def shown(page: Page, row: int = 0) -> str:
    return page.table()[row]["LDL-C Due"]


# --- why ---


def test_a_young_childs_recent_visit_is_told_why_it_is_due_all_the_same(office: Client) -> None:
    child = {"well_care_date": "2026-02-06", "well_care_due": "Due", "date_of_birth": "2024-09-25"}
    rows = [child, {**child, "well_care_date": "2025-03-24"}, {**child, "date_of_birth": "2023-09-25"}]
    publish("child-well-care", {MINE: [diabetic(number, **row) for number, row in enumerate(rows)]})
    told = []
    for row in range(3):
        page = open_why(office.get(f"/providers/reports?report=child-well-care&tin={MINE}"), "well_care", row)
        told.append("At this age the schedule asks for 8 visits, and claims report fewer." in page.text)
    assert told == [True, False, False]


def test_a_due_cell_opens_the_rule_the_last_claim_and_why_the_member_is_listed(office: Client) -> None:
    page = open_why(office.get(TABLE))
    assert page.heading == "LDL-C: Due"
    assert (
        "It is Due when the last one was more than 12 months ago, or when no claim reports one." in page.text
    )
    assert page.facts["Date"] == "02/15/2025"
    assert (page.facts["Code"], page.facts["Facility"]) == ("80061", "Elm Street Laboratory")
    assert "Rosa Diaz, MD had most of the member's visits" in page.text
    assert "in the 15 months before 03/25/2026" in page.text
    assert "Visits counted: 3. Last visit: 02/10/2026. PCP since 11/01/2025." in page.text
    assert "(drug only)" in page.text


def test_own_selection_is_said_with_its_day(office: Client) -> None:
    publish_panel({MINE: [panel_row(ANA, "Ortiz, Ana")]}, kind="Self Selection")
    page = open_why(office.get(TABLE))
    assert "The member chose Rosa Diaz, MD as primary care provider on 02/10/2026." in page.text


def test_a_withheld_claim_says_why_and_shows_neither_code_nor_facility(office: Client) -> None:
    publish("adult-diabetes", {MINE: [ana(ldl_c_evidence="withheld")]})
    page = open_why(office.get(TABLE))
    assert "The code and the facility are withheld" in page.text
    assert "Code" not in page.facts


def test_evidence_is_withheld_at_once_when_a_consent_is_withdrawn(office: Client) -> None:
    page = open_why(office.get(TABLE))
    assert "80061" in page.text
    given = consent.give_consent(ANA, "bh")
    consent.withdraw_consent(ANA, given.id)
    page = open_why(office.get(TABLE))
    assert "80061" not in page.text
    assert "withheld" in page.text


def test_the_way_back_leads_to_the_table_as_it_was(office: Client) -> None:
    table = office.get(f"{TABLE}&due=1&sort=member_name&dir=desc&page=2")
    back = open_why(table).click("Back to the report")
    assert back.url == table.url
    assert back.table() == table.table()


def test_the_address_holds_neither_name_nor_id_and_is_good_in_this_session_only(
    office: Client, new_client: Callable[..., Client]
) -> None:
    page = open_why(office.get(TABLE).fill({"Member name or Client ID Number": "ortiz"}).submit("Search"))
    assert "ortiz" not in page.url.lower()
    assert not re.search(r"7000001", page.url)
    make_account("other", MINE)
    other = new_client()
    sign_in(other, "other")
    assert "Ortiz" not in other.get(page.url, status=404).html


@pytest.mark.parametrize(
    "change",
    [
        {"tin": NOT_MINE},
        {"tin": ALSO_MINE},
        {"at": "1-0000000000000000"},
        {"at": ""},
        {"row": "0.nothing"},
        {"row": "x.ldl_c"},
        {"row": "٣.ldl_c"},
        {"report": "patient-panel"},
        {"report": "made-up"},
    ],
)
def test_an_address_that_was_changed_is_not_found(office: Client, change: dict[str, str]) -> None:
    url = open_why(office.get(TABLE)).url
    args = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()} | change
    query = "&".join(f"{key}={value}" for key, value in args.items())
    page = office.get(f"/providers/reports/why?{query}", status=404)
    assert "Ortiz" not in page.html
    office.post(f"/providers/reports/why?{query}", {"answer": "declined", "go": "give"}, status=404)
    assert GapAnswer.select().count() == 0


def test_each_opening_is_noted_with_the_member_and_without_the_test(office: Client) -> None:
    open_why(office.get(TABLE))
    last = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (last.action, last.outcome, last.subject, last.detail) == (
        "open-member",
        "done",
        f"member:{ANA}",
        f"tin {MINE}",
    )


def test_access_that_ends_ends_here_too(office: Client) -> None:
    url = open_why(office.get(TABLE)).url
    practices.PracticeAccess.update(report_access="expired").execute()
    office.get(url, status=404)


def test_a_member_who_opted_out_since_is_not_shown(office: Client) -> None:
    url = open_why(office.get(TABLE)).url
    consent.opt_out([ANA])
    page = office.get(url)
    assert page.path == "/providers/reports"
    assert "no longer lists this member" in page.notices[0]
    assert "Ortiz" not in page.html


# --- answers ---


def test_an_answer_stands_beside_the_due_and_does_not_clear_it(office: Client) -> None:
    page = answer(open_why(office.get(TABLE)), answer="Declined", note="Will think it over")
    assert page.status == 200
    assert page.notices == [
        "Your answer is kept. It stands beside the Due and does not clear it: only a claim does."
    ]
    assert "Declined (Will think it over), by Rosa Lake, 03/25/2026" in page.text
    table = office.get(TABLE)
    assert shown(table) == "Due · Declined"
    assert "46 with something Due" in table.text


def test_an_answer_stays_through_a_refresh_and_with_the_closed_gap(office: Client) -> None:
    answer(open_why(office.get(TABLE)), answer="Done elsewhere", day="3/1/2026", note="Letter seen")
    publish("adult-diabetes", {MINE: [ana(ldl_c_due="")]})
    assert shown(office.get(TABLE)) == "Done elsewhere 03/01/2026"


def test_an_answer_is_this_practices_own(office: Client) -> None:
    answer(open_why(office.get(TABLE)), answer="Not my patient")
    publish("adult-diabetes", {ALSO_MINE: [ana()], MINE: [diabetic(2)]})
    table = office.get(f"/providers/reports?report=adult-diabetes&tin={ALSO_MINE}")
    assert shown(table) == "Due"


def test_the_latest_answer_counts_and_none_is_ever_lost(office: Client, clock: Hands) -> None:
    answer(open_why(office.get(TABLE)), answer="Declined")
    clock.advance(minutes=1)
    answer(open_why(office.get(TABLE)), answer="Scheduled", day="04/02/2026")
    assert shown(office.get(TABLE)) == "Due · Scheduled 04/02/2026"
    assert [row.answer for row in GapAnswer.select().order_by(GapAnswer.id)] == ["declined", "scheduled"]


def test_an_answer_can_be_taken_back(office: Client) -> None:
    answer(open_why(office.get(TABLE)), answer="Declined")
    page = open_why(office.get(TABLE)).submit("Take the answer back")
    assert page.notices == ["The answer is taken back."]
    assert "Taken back by Rosa Lake, 03/25/2026" in page.text
    assert shown(office.get(TABLE)) == "Due"
    assert GapAnswer.select().count() == 2


def test_sent_twice_it_counts_once(office: Client) -> None:
    page = open_why(office.get(TABLE))
    form = page.fill({"answer": "Declined"})
    form.submit("Save the answer")
    form.submit("Save the answer")
    assert GapAnswer.select().count() == 1
    assert AuditEntry.select().where(AuditEntry.action == "gap-answer").count() == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Choose one of the four answers."),
        ({"answer": "Done elsewhere"}, "Enter the date as month/day/year, like 03/25/2026."),
        ({"answer": "Declined", "day": "soon"}, "Enter the date as month/day/year, like 03/25/2026."),
        (
            {"answer": "Done elsewhere", "day": "03/26/2026"},
            "That day is still to come. Enter the day on which it was done, or choose Scheduled.",
        ),
        (
            {"answer": "Scheduled", "day": "03/24/2026"},
            "That day is over. Enter the day of the appointment, or choose Done elsewhere.",
        ),
        ({"answer": "Scheduled", "day": "03/24/2926"}, "Check the year of the date."),
        (
            {"answer": "Declined", "note": "x" * 501},
            "Use at most 500 characters for the note; there are 501.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    office: Client, typed: dict[str, str], message: str
) -> None:
    page = answer(open_why(office.get(TABLE)), **typed)
    assert page.status == 422
    assert page.errors == [message]
    assert GapAnswer.select().count() == 0
    kept = page.form("Save the answer").values
    assert kept.get("day", "") == typed.get("day", "")
    assert kept.get("note", "").strip() == typed.get("note", "")
    assert ("answer" in kept) == ("answer" in typed)


def test_a_note_is_text_whatever_it_holds(office: Client) -> None:
    page = answer(open_why(office.get(TABLE)), answer="Declined", note="<b>x</b>\x00 =1+1\r\nnext")
    assert "Declined (<b>x</b> =1+1 next)" in page.text
    assert "<b>x" not in page.html


def test_the_answer_is_noted_without_the_test_and_without_what_was_said(office: Client) -> None:
    answer(open_why(office.get(TABLE)), answer="Declined", note="afraid of needles")
    entry = AuditEntry.get(AuditEntry.action == "gap-answer")
    assert (entry.subject, entry.detail) == (f"member:{ANA}", f"tin {MINE}")


def test_the_column_for_downloads_holds_each_answer_in_full(office: Client) -> None:
    from reports.catalog import REPORTS

    report = REPORTS["adult-diabetes"]
    assert not gap_answers.has_any(report, MINE)
    assert gap_answers.column(report, MINE)(ANA) == ""
    answer(open_why(office.get(TABLE)), answer="Declined", note="=cmd")
    answer(open_why(office.get(TABLE), ".nephropathy"), answer="Scheduled", day="04/02/2026")
    assert gap_answers.column(report, MINE)(ANA) == (
        "LDL-C: Declined (=cmd), by Rosa Lake, 03/25/2026; "
        "Nephropathy testing: Scheduled 04/02/2026, by Rosa Lake, 03/25/2026"
    )
    assert gap_answers.column(report, ALSO_MINE)(ANA) == ""


# --- beside the table ---


def test_with_htmx_it_opens_beside_the_table_within_4_kb_and_changes_the_cell(
    htmx_client: Client, office: Client
) -> None:
    sign_in(htmx_client)
    table = htmx_client.get(TABLE)
    part = open_why(table)
    assert part.fragment
    assert "LDL-C: Due" in part.text
    assert len(part.response.data) < 16_000  # a quarter of it on the wire
    assert "HX-Push-Url" not in part.response.headers
    kept = answer(part, answer="Declined")
    cells = kept.tree.xpath("//hx-partial")
    assert [one.get("hx-target") for one in cells] == [f'[value="{cell(table)}"]']
    assert "Due · Declined" in kept.text
    wrong = answer(part, answer="Scheduled")
    assert wrong.status == 422
    assert not wrong.tree.xpath("//hx-partial")
    link = part.tree.xpath("//a[@hx-get]")[0]
    closed = htmx_client.get(link.get("hx-get"), htmx=True, target="div#why")
    assert [one.get("hx-target") for one in closed.tree.xpath("//hx-partial")] == [
        "#why",
        f'[value="{cell(table)}"]',
    ]


def test_an_answer_taken_back_from_a_closed_gap_leaves_no_empty_button(
    htmx_client: Client, office: Client
) -> None:
    sign_in(htmx_client)
    answer(open_why(htmx_client.get(TABLE)), answer="Declined")
    publish("adult-diabetes", {MINE: [ana(ldl_c_due="")]})
    part = open_why(htmx_client.get(TABLE)).submit("Take the answer back")
    assert [one.get("hx-swap") for one in part.tree.xpath("//hx-partial")] == ["delete"]
    assert shown(htmx_client.get(TABLE)) == ""


def test_no_word_of_it_bypasses_the_catalogue(office: Client) -> None:
    answer(open_why(office.get(TABLE)), answer="Declined", note="n")
    url = open_why(office.get(TABLE)).url
    forget_kept()
    with pseudo_locale():
        page = office.get(url)
    forget_kept()
    tree: Any = page.main
    for data in tree.xpath(".//dd"):
        data.drop_tree()
    assert bypassing(tree, ("Rosa Diaz, MD",)) == []
