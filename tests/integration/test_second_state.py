"""The portal of an invented state: nothing that anybody sees says a name, a number or an address of Connecticut's."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from flask import Flask
from peewee import DatabaseProxy

from reports.catalog import REPORTS
from tests.harness import plan_rows
from tests.harness.clock import TODAY
from tests.harness.database import open_for_tests
from tests.harness.directory_rows import list_providers
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_member
from tests.harness.report_rows import generated, publish
from tests.integration import registration_walk
from tests.integration.profile_walk import PASSWORD, make_rosa, shown, turn_on
from tests.integration.support_walk import make_staff
from tests.integration.test_every_page import crawl
from tests.second_state import PLAN_FILE, left_of_connecticut, second_plan
from tools.check_translations import TRANSLATIONS
from webapp import assets, content, words
from webapp.cli import main
from webapp.config import OWN, SettingsError, read_plan
from webapp.domain import outbox
from webapp.domain.find_a_doctor import directory_places
from webapp.domain.practice import practices
from webapp.guides import pictures
from webapp.guides.pictures import Picture

LANGUAGES = ("en", "es")
TIN = "061110001"
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def meridia(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application under Meridia's plan, whose people live there."""
    lives = {"city": "Alderton", "state": "MR"}
    for row, zip_code, phone in (
        (plan_rows._MEMBER, "zip_code", "phone"),
        (plan_rows._PROVIDER, "zip", "telephone"),
    ):
        for key, value in {**lives, zip_code: "99301", phone: "9095550100"}.items():
            monkeypatch.setitem(row, key, value)
    yield make_app(PORTAL_PLAN=str(PLAN_FILE))
    make_app()  # whose plan is Connecticut's again


def faults(pages: list[Page]) -> dict[str, list[str]]:
    """What is left of Connecticut, by the page that shows it. CSRF tokens are random, and may hold any letters."""
    shown = {page.url: re.sub(r'name="csrf_token" value="[^"]*"', "", page.html) for page in pages}
    return {url: found for url, html in shown.items() if (found := left_of_connecticut(html))}


def public_pages(client: Client) -> list[Page]:
    wizards = ["/members/register/license-agreement", "/providers/signup/license-agreement"]
    recoveries = ["/members/recover/identity", "/providers/recover/email", "/providers/consolidate/start"]
    machines = ["/members/search?q=larkspur", "/members/letter", "/members/locked", "/account/freeze/none"]
    starts = ["/", "/patterns", "/members", "/members/login", "/providers", "/providers/login", "/guides"]
    pages = [f"/members/pages/{name}" for name in content.PAGES]
    return crawl(client, [*starts, *wizards, *recoveries, *machines, *pages, "/support/login"])


@each_language
def test_no_public_page_and_no_error_page_is_connecticuts(meridia: Flask, language: str) -> None:
    pages = public_pages(Client(meridia, language=language))
    assert faults(pages) == {}
    assert len(pages) > 40
    with meridia.test_client() as browser:
        missing = browser.get(f"/nowhere?lang={language}")
    assert missing.status_code == 404
    assert left_of_connecticut(missing.get_data(as_text=True)) == []
    assert "Larkspur Care" in missing.get_data(as_text=True)


@each_language
def test_no_page_of_a_member_is_connecticuts(meridia: Flask, language: str) -> None:
    client = Client(meridia, language=language)
    registration_walk.add_ana(renewal_on=date(TODAY.year, 12, 31))
    plan_rows.EligibilitySpan.update(program="Two").execute()
    add_member("001234568", subscriber_id="001234567", birth_date=date(TODAY.year - 9, 1, 1))
    plan_rows.add_span("001234568", date(TODAY.year - 1, 1, 1), program="Kids")
    list_providers({"kind": "medical"}, {"kind": "dental"}, {"kind": "behavioral", "pcp": False})
    make_rosa(portal="member", username="ana", client_id="001234567", language=language)
    enter(client, "member", "ana")
    pages = crawl(client, ["/members/home", "/members/update", "/members/find-a-doctor/search?near=99301"])
    assert faults(pages) == {}
    assert len(pages) > 30
    update = client.get("/members/update")
    shown_programs = [
        link.text_content() for link in update.tree.xpath("//ul[contains(@class, 'programs')]//a")
    ]
    assert shown_programs == ["One", "Two", "Kids"]
    assert {"en": "Larkspur One, Two, or Kids", "es": "Larkspur One, Two o Kids"}[language] in update.text
    assert "Larkspur Two" in client.get("/members/account").html


@each_language
def test_no_page_and_no_download_of_a_practice_is_connecticuts(meridia: Flask, language: str) -> None:
    client = Client(meridia, language=language)
    plan_rows.add_provider()
    rosa = make_rosa(language=language)
    practices.join_practice(rosa, TIN, "Office Manager", "approved")
    for slug in REPORTS:
        publish(slug, {TIN: [generated(slug, number) for number in range(3)]})
    enter(client, "provider", "rosa")
    pages = crawl(client, ["/providers/home", *(f"/providers/reports?report={slug}" for slug in REPORTS)])
    assert faults(pages) == {}
    assert len(pages) > 15
    for slug in REPORTS:
        answers = {
            kind: client.get(f"/providers/reports/{slug}.{kind}?tin={TIN}") for kind in ("csv", "xlsx")
        }
        assert left_of_connecticut(answers["csv"].html) == []
        with zipfile.ZipFile(io.BytesIO(answers["xlsx"].response.data)) as workbook:
            for part in workbook.namelist():
                assert left_of_connecticut(workbook.read(part).decode(errors="replace")) == [], part


@each_language
def test_no_page_of_the_support_console_is_connecticuts(meridia: Flask, language: str) -> None:
    client = Client(meridia, language=language)
    app = turn_on(make_staff(language=language))
    form = enter(client, "support", "max").form()
    form.values["code"] = shown(app)
    form.submit()
    pages = crawl(client, ["/support"])
    assert faults(pages) == {}
    assert len(pages) > 10


def enter(client: Client, portal: str, username: str) -> Page:
    """Sign in by the fields' names, which are the same in every language."""
    address = "/support/login" if portal == "support" else f"/{portal}s/login"
    form = client.get(f"{address}?lang={client.language}").form()
    form.values["username"], form.values["password"] = username, PASSWORD
    return form.submit()


@each_language
def test_no_text_of_the_catalogue_is_connecticuts(meridia: Flask, language: str) -> None:
    """Mail, letters, refusals, help of reports and steps of wizards, whether or not a page of this test shows them."""
    said = words.catalogue(language)
    found = {}
    with (TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    for message in messages:
        singular, *plural = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = (
            [said.ngettext(singular, plural[0], n) for n in (1, 2)] if plural else [said.gettext(singular)]
        )
        for text in texts:
            if left := left_of_connecticut(text):
                found[text] = left
    assert found == {}


@each_language
def test_no_content_file_is_connecticuts(meridia: Flask, language: str) -> None:
    library = content.Library(second_plan())
    names = [path.stem for path in (content.DIRECTORY / "en").glob("*.md")]
    pages = {name: library.read(name, language) for name in names}
    texts = {name: f"{page.title} {page.body}" for name, page in pages.items()}
    texts["notices"] = " ".join(notice.text for notice in library.notices())
    assert {name: left for name, text in texts.items() if (left := left_of_connecticut(text))} == {}


def test_no_mail_that_was_sent_is_connecticuts(meridia: Flask) -> None:
    client = Client(meridia)
    registration_walk.add_ana()
    card = {**registration_walk.CARD}
    card["Member Number"] = card.pop("Client ID Number")
    page = registration_walk.to_validation(client).fill(card).submit("Next")
    page.fill(registration_walk.ACCOUNT).submit("Next").submit("Finish")
    letters = list(outbox.OutboxMessage.select())
    assert letters
    for letter in letters:
        assert left_of_connecticut(f"{letter.sender} {letter.subject} {letter.body}") == []
        assert letter.sender == "no-reply@larkspur.example"
        assert "Larkspur Care" in letter.body


def test_a_guide_shows_no_picture_of_connecticuts_portal(
    meridia: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Picture("validation", "app.js", 10, 10, "HUSKY Health Home Page", "MEMBER LOGIN", "link")
    monkeypatch.setattr(pictures, "of_step", lambda *_: [taken])
    page = Client(meridia).get("/guides/member-registration")
    assert page.tree.xpath("//main//img") == []
    assert left_of_connecticut(page.html) == []


def test_no_static_file_is_connecticuts() -> None:
    for path in assets.served_files():
        assert left_of_connecticut(path.read_text(encoding="utf-8", errors="replace")) == [], path.name


def test_the_portal_wears_the_plans_colours_and_icon(meridia: Flask) -> None:
    page = Client(meridia).get("/")
    assert "--band:#5b2a86" in page.html
    assert page.tree.xpath("//meta[@name='theme-color']/@content") == ["#5b2a86"]
    icon = page.tree.xpath("//link[@rel='icon']/@href")[0]
    with meridia.test_client() as browser:
        answer = browser.get(icon)
    assert b"#f0b429" in answer.data
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"


def test_the_command_says_nothing_of_connecticut(
    database: DatabaseProxy, database_url: str, meridia: Flask
) -> None:
    environment = {"PORTAL_DATABASE": database_url, "PORTAL_PLAN": str(PLAN_FILE)}
    publish("adult-diabetes", {TIN: [generated("adult-diabetes", 1)]})
    plan_rows.add_provider()
    calls = [["--help"], ["check"], ["migrate"], ["report", "adult-diabetes", "--tin", TIN], ["mail"]]
    calls += [[name, "--help"] for name in main.commands]
    calls += [["staff", "add", "--help"], ["audit", "verify", "--help"], ["refresh"], ["audit", "verify"]]
    database.close()
    results = {" ".join(call): CliRunner().invoke(main, call, env=environment) for call in calls}
    open_for_tests(database_url)
    database.connect(reuse_if_open=True)
    assert {call: left for call, one in results.items() if (left := left_of_connecticut(one.output))} == {}
    assert results["check"].exit_code == 0, results["check"].output


def test_the_towns_are_the_plans_own(meridia: Flask) -> None:
    list_providers()
    directory_places.rebuild(second_plan())
    assert directory_places.find("Quillby, Meridia", second_plan()).place.name == "Quillby"
    with pytest.raises(directory_places.UnknownPlace):
        directory_places.find("06106", second_plan())


@pytest.mark.parametrize("section", sorted(set(OWN) - {"plan"}))
def test_a_plan_of_another_state_that_leaves_out_what_is_connecticuts_is_refused(
    section: str, tmp_path: Path
) -> None:
    whole = PLAN_FILE.read_text(encoding="utf-8")
    begin = whole.index(f"[{section}]\n")
    end = whole.find("\n[", begin)
    (tmp_path / "own").mkdir()
    file = tmp_path / "plan.toml"
    file.write_text(whole[:begin] + (whole[end:] if end > 0 else ""), encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"must say \[{section}\]"):
        read_plan(file)


def test_that_search_finds_what_is_left() -> None:
    """What the tests above would miss if it failed: each kind of thing that a page may have left."""
    plan = read_plan()
    for text in (
        "Welcome to HUSKY Health",
        "the state of Connecticut",
        '<a href="tel:1.800.859.9889">',
        "(800) 859-9889",
        plan["links"]["dental"],
        plan["mail"]["web_support"],
        "HUSKY LB",
        "Two letters, like CT",
        "near 06106",
    ):
        assert left_of_connecticut(text), text
    assert left_of_connecticut("CT colonography, call 1.866.555.0110 or 711") == []


def test_a_page_that_names_connecticut_fails_the_crawl(meridia: Flask) -> None:
    def page() -> str:
        return "<html lang=en><title>T</title><main><h1>T</h1><p>Ask HUSKY Health</p></main></html>"

    page.audience = "public"  # type: ignore[attr-defined]
    meridia.add_url_rule("/left", "left", page)
    with meridia.test_client() as browser:
        assert "HUSKY" in left_of_connecticut(browser.get("/left").get_data(as_text=True))
