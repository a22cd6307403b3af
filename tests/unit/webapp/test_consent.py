"""Consents to disclose sensitive health information: giving, withdrawing, and what a withdrawal withholds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reports.catalog import REPORTS
from reports.definition import Column, Report
from tests.harness.clock import TODAY, Hands
from webapp.config import read_plan
from webapp.domain.member import consent
from webapp.domain.member.consent import Consent, ConsentRefused
from webapp.domain.reporting.report_inputs import note_refreshed, portal_data

pytestmark = pytest.mark.usefixtures("database")

PLAN = read_plan()
MEMBER, OTHER = "007000001", "007000002"
ELM, OAK = "061110001", "061110002"

#: A report that can show something sensitive, and one that cannot.
PLAIN = REPORTS["patient-panel"]
SENSITIVE: Report = replace(PLAIN, columns=(*PLAIN.columns, Column("diagnosis", "Diagnosis", sensitive=True)))


def withheld(tin: str = ELM) -> tuple[str, ...]:
    return consent.withheld_now(SENSITIVE, (tin,))


def refresh_all() -> None:
    note_refreshed(portal_data(PLAN))


# --- giving -------------------------------------------------------------------------------------------


def test_a_consent_counts_from_its_first_day_to_its_last(clock: Hands) -> None:
    given = consent.give_consent(MEMBER, "hiv", ends_on=TODAY + timedelta(days=10))
    assert (given.starts_on, given.given_by, given.tin) == (TODAY, "member", consent.ANY_PRACTICE)
    counted = [bool(consent.live_consents(TODAY + timedelta(days=day))) for day in (-1, 0, 10, 11)]
    assert counted == [False, True, True, False]


def test_a_consent_without_an_end_counts_until_it_is_withdrawn() -> None:
    given = consent.give_consent(MEMBER, "bh", given_by="authorized")
    assert consent.live_consents(TODAY + timedelta(days=9000)) == [given]
    consent.withdraw_consent(MEMBER, given.id)
    assert consent.live_consents(TODAY) == []


@pytest.mark.parametrize(
    ("category", "given", "message"),
    [
        ("dental", {}, "'dental' is no category"),
        ("hiv", {"given_by": "neighbor"}, "not 'neighbor'"),
        ("hiv", {"ends_on": TODAY - timedelta(days=1)}, "cannot end on"),
    ],
)
def test_what_is_no_consent_is_refused(category: str, given: dict[str, object], message: str) -> None:
    with pytest.raises(ConsentRefused, match=message):
        consent.give_consent(MEMBER, category, **given)  # type: ignore[arg-type]
    assert not Consent.select().exists()


def test_nobody_withdraws_the_consent_of_another_member() -> None:
    given = consent.give_consent(MEMBER, "hiv")
    with pytest.raises(ConsentRefused, match=f"member {OTHER} has no consent"):
        consent.withdraw_consent(OTHER, given.id)
    assert consent.live_consents(TODAY) == [given]


def test_withdrawing_again_keeps_the_first_date(clock: Hands) -> None:
    given = consent.give_consent(MEMBER, "hiv")
    consent.withdraw_consent(MEMBER, given.id)
    first = Consent.get_by_id(given.id).withdrawn_at
    clock.advance(days=1)
    consent.withdraw_consent(MEMBER, given.id)
    assert Consent.get_by_id(given.id).withdrawn_at == first


# --- reading what was computed with a consent ---------------------------------------------------------


def test_a_consent_that_counts_withholds_nothing() -> None:
    consent.give_consent(MEMBER, "hiv")
    refresh_all()
    assert withheld() == ()


def test_a_withdrawal_withholds_at_once_and_until_everything_was_computed_without_it(clock: Hands) -> None:
    given = consent.give_consent(MEMBER, "hiv")
    refresh_all()
    consent.withdraw_consent(MEMBER, given.id)
    assert withheld() == (MEMBER,)
    assert consent.evidence_withheld(MEMBER, (ELM,))
    assert not consent.evidence_withheld(OTHER, (ELM,))
    refresh_all()
    assert withheld() == ()


def test_the_day_after_its_last_a_consent_withholds(clock: Hands) -> None:
    consent.give_consent(MEMBER, "sud", ends_on=TODAY)
    refresh_all()
    assert withheld() == ()
    clock.advance(days=1)
    assert withheld() == (MEMBER,)
    refresh_all()
    assert withheld() == ()


def test_a_withdrawal_while_reports_are_computed_still_withholds_afterwards() -> None:
    given = consent.give_consent(MEMBER, "hiv")
    told = portal_data(PLAN)
    consent.withdraw_consent(MEMBER, given.id)
    note_refreshed(told)
    assert withheld() == (MEMBER,)


def test_a_consent_to_one_practice_is_withheld_from_that_one_alone() -> None:
    given = consent.give_consent(MEMBER, "hiv", tin=OAK)
    refresh_all()
    consent.withdraw_consent(MEMBER, given.id)
    assert withheld(OAK) == (MEMBER,)
    assert withheld(ELM) == ()
    assert consent.withheld_now(SENSITIVE, (ELM, OAK)) == (MEMBER,)


@pytest.mark.parametrize(
    ("category", "tin", "withholds"), [("hiv", "", False), ("hiv", OAK, True), ("bh", "", True)]
)
def test_a_consent_given_anew_stands_in_where_it_covers_as_much(
    category: str, tin: str, withholds: bool
) -> None:
    given = consent.give_consent(MEMBER, "hiv", tin=ELM)
    refresh_all()
    consent.withdraw_consent(MEMBER, given.id)
    consent.give_consent(MEMBER, category, tin=tin)
    assert bool(withheld()) is withholds


def test_a_report_without_sensitive_columns_does_not_ask_the_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr("webapp.domain.member.consent._ended_since_refresh", refuse)
    assert consent.withheld_now(PLAIN, (ELM,)) == ()


# --- handing over to the refresh ----------------------------------------------------------------------


def test_the_refresh_is_told_of_the_consents_that_count_today(clock: Hands) -> None:
    consent.give_consent(OTHER, "hiv", starts_on=TODAY + timedelta(days=1))
    gone = consent.give_consent(OTHER, "bh")
    consent.withdraw_consent(OTHER, gone.id)
    given = consent.give_consent(MEMBER, "sud", tin=ELM, ends_on=TODAY)
    table = portal_data(PLAN).consents
    assert table is not None
    assert table.to_pylist() == [
        {
            "consent_id": given.id,
            "client_id": MEMBER,
            "tin": ELM,
            "category": "sud",
            "starts_on": TODAY,
            "ends_on": TODAY,
        }
    ]
