"""The download guard: budgets, fifty files at once, new devices, codes and holds."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.integration.profile_walk import mailed_code, make_rosa
from webapp.config import Settings, read_plan
from webapp.domain import audit
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.db import connected
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import practices
from webapp.domain.reporting import download_guard, download_mails, report_pages
from webapp.domain.reporting.download_guard import CodeNeeded, DownloadDay, Downloader, Held, ReportDownload

TIN = "061110001"
ROWS = 100
OFFICE = "198.51.100.7"


@pytest.fixture
def settings(make_app: Callable[..., Flask], tmp_path: Path) -> Settings:
    """Budgets that a few files reach: 300 rows, and 25 from a new device."""
    (tmp_path / "plan.toml").write_text("[downloads]\nleast_rows = 1\nnew_device_least_rows = 1\n")
    found: Settings = make_app(PORTAL_PLAN=str(tmp_path / "plan.toml")).config["SETTINGS"]
    return found


@pytest.fixture
def rosa(settings: Settings) -> Downloader:
    add_provider()
    publish("adult-diabetes", {TIN: [diabetic(number) for number in range(ROWS)]})
    account = make_rosa()
    practices.join_practice(account, TIN, "Office Manager", "approved")
    return Downloader(account, "a session", "Chrome, Windows", Actor("provider", OFFICE, account.id))


def take(who: Downloader, settings: Settings, rows: int = ROWS) -> report_pages.View:
    view = replace(report_pages.whole_report("adult-diabetes", TIN), total=rows)
    return download_guard.take(who, view, "csv", settings)


def sign_in_before(who: Downloader, clock: Hands) -> None:
    audit.record(who.actor, "sign-in", detail=who.device)
    clock.advance(hours=30)


def test_the_budget_grows_with_the_rows_that_the_account_may_read(
    rosa: Downloader, settings: Settings
) -> None:
    assert download_guard.budgets(rosa.account, settings.plan) == download_guard.Budgets(300, 25)
    assert download_guard.budgets(rosa.account, read_plan()) == download_guard.Budgets(3000, 250)


def test_an_office_that_takes_every_report_twice_a_day_never_meets_a_code(
    rosa: Downloader, settings: Settings, clock: Hands
) -> None:
    for _day in range(5):
        take(rosa, settings)
        take(rosa, settings)
        sign_in_before(rosa, clock)
    assert ReportDownload.select().count() == 10
    assert OutboxMessage.select().count() == 0


def test_of_fifty_files_at_once_no_more_are_counted_than_fit(rosa: Downloader, settings: Settings) -> None:
    def one(_number: int) -> str:
        with connected():
            try:
                take(rosa, settings, rows=30)
            except CodeNeeded:
                return "code"
        return "sent"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(one, range(50))) == {"sent": 10, "code": 40}
    assert DownloadDay.get().rows == 300
    assert OutboxMessage.select().count() == 1


def test_the_budget_is_of_a_day(rosa: Downloader, settings: Settings, clock: Hands) -> None:
    take(rosa, settings, rows=300)
    with pytest.raises(CodeNeeded):
        take(rosa, settings, rows=1)
    clock.advance(hours=24)
    take(rosa, settings, rows=300)


@pytest.mark.parametrize(
    ("address", "device", "is_new"),
    [
        (OFFICE, "Chrome, Windows", False),
        ("198.51.100.99", "Chrome, Windows", False),
        ("203.0.113.5", "Chrome, Windows", True),
        (OFFICE, "Firefox, Linux", True),
        ("", "", True),
    ],
)
def test_a_device_is_known_by_its_network_and_browser(
    address: str, device: str, is_new: bool, rosa: Downloader, clock: Hands
) -> None:
    sign_in_before(rosa, clock)
    other = replace(rosa, device=device, actor=replace(rosa.actor, address=address))
    audit.record(other.actor, "sign-in", detail=device)
    assert download_guard.is_new_device(other) is is_new
    clock.advance(hours=25)
    assert not download_guard.is_new_device(other)


def test_an_account_without_earlier_sign_ins_has_nothing_to_compare_with(rosa: Downloader) -> None:
    audit.record(rosa.actor, "sign-in", detail=rosa.device)
    assert not download_guard.is_new_device(rosa)


def test_a_refused_sign_in_makes_no_device_known(rosa: Downloader, clock: Hands) -> None:
    stranger = replace(rosa, actor=replace(rosa.actor, address="203.0.113.5"))
    audit.record(stranger.actor, "sign-in", "refused", detail=rosa.device)
    sign_in_before(rosa, clock)
    assert download_guard.is_new_device(stranger)


def give_code(who: Downloader, settings: Settings, code: str = "") -> bool:
    """Give a code: the one that is mailed now, unless another is given."""
    if not code:
        links = FreezeLinks(settings.base_url, SECRET_KEY)
        download_mails.send_code(who.account, who.session_key, who.actor, settings.plan, SECRET_KEY, links)
        code = mailed_code()
    return download_guard.take_code(who, code, settings.plan, SECRET_KEY)


def test_the_second_of_two_taps_is_told_the_same_and_given_no_more(
    rosa: Downloader, settings: Settings, clock: Hands
) -> None:
    take(rosa, settings, rows=300)
    assert give_code(rosa, settings)
    code, allowed = mailed_code(), DownloadDay.get().code_rows
    assert give_code(rosa, settings, code)
    assert DownloadDay.get().code_rows == allowed
    assert not give_code(replace(rosa, session_key="another session"), settings, code)
    clock.advance(minutes=1)
    assert not give_code(rosa, settings, code)


def test_of_eight_taps_at_once_all_are_told_the_same(rosa: Downloader, settings: Settings) -> None:
    take(rosa, settings, rows=300)
    links = FreezeLinks(settings.base_url, SECRET_KEY)
    download_mails.send_code(rosa.account, rosa.session_key, rosa.actor, settings.plan, SECRET_KEY, links)
    code = mailed_code()

    def tap(_number: int) -> bool:
        with connected():
            return give_code(rosa, settings, code)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(tap, range(8)))
    assert DownloadDay.get().code_rows == 600


def test_a_code_opens_another_budget_for_its_own_session_alone(rosa: Downloader, settings: Settings) -> None:
    take(rosa, settings, rows=300)
    assert give_code(rosa, settings)
    with pytest.raises(CodeNeeded):
        take(replace(rosa, session_key="another session"), settings, rows=1)
    take(rosa, settings, rows=300)
    with pytest.raises(CodeNeeded):
        take(rosa, settings, rows=1)


def test_a_held_account_downloads_nothing_until_it_is_released(rosa: Downloader, settings: Settings) -> None:
    staff = Actor("support", OFFICE, rosa.account.id)
    assert download_guard.hold(rosa.account, "ticket 5", staff)
    assert not download_guard.hold(rosa.account, "ticket 6", staff)
    with pytest.raises(Held):
        take(rosa, settings, rows=1)
    assert download_guard.release(rosa.account, "spoke with her", staff)
    assert not download_guard.release(rosa.account, "again", staff)
    take(rosa, settings, rows=1)


def test_office_managers_are_told_once_a_day_and_the_mail_names_nobody_who_is_ill(
    rosa: Downloader, settings: Settings, clock: Hands
) -> None:
    for _day in range(2):
        for _file in range(5):
            with pytest.raises(CodeNeeded):
                take(rosa, settings, rows=301)
        clock.advance(hours=24)
    mails = list(OutboxMessage.select())
    assert [mail.recipient for mail in mails] == ["rosa@practice.example"] * 2
    assert "xxxxx0001" in mails[0].body
    assert "iabet" not in mails[0].body
    assert TIN not in mails[0].body


def test_every_file_has_a_report_id_of_its_own_that_leads_back_to_it(
    rosa: Downloader, settings: Settings
) -> None:
    first, second = take(rosa, settings), take(rosa, settings)
    assert first.report_id != second.report_id
    assert ["Report ID", first.report_id] in list(report_pages.header_block(first))
    assert ReportDownload.get(ReportDownload.report_id == first.report_id).account == rosa.account
