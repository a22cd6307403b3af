"""Who is covered, who sees whom, and who may register."""

import dataclasses
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.plan_rows import TODAY, add_member, add_span
from webapp.config import Plan, read_plan
from webapp.domain.member import eligibility
from webapp.domain.member.eligibility import (
    Eligibility,
    EligibilitySpan,
    MemberNotFound,
    Registration,
    Status,
    age_on,
    eligibility_of,
    get_member,
    household,
    match,
    may_register,
    months_before,
    spans_of,
)

PLAN = read_plan()


def plan_with(section: str, **settings: Any) -> Plan:
    changed = MappingProxyType({**PLAN[section], **settings})
    return dataclasses.replace(PLAN, sections={**PLAN.sections, section: changed})


def span(start: date, end: date | None = None, program: str = "A") -> EligibilitySpan:
    return EligibilitySpan(client_id="1", start=start, end=end, program=program, dual_status="")


# --- status, dates and program on a day ---------------------------------------------------------------


def test_a_member_with_a_span_without_end_is_active_with_no_termination_date() -> None:
    shown = Eligibility.on(TODAY, [span(date(2024, 1, 1), program="D")])
    assert shown == Eligibility(Status.ACTIVE, date(2024, 1, 1), None, "D")


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        (TODAY, None, Status.ACTIVE),
        (TODAY + timedelta(days=1), None, Status.INACTIVE),
        (date(2024, 1, 1), TODAY, Status.ACTIVE),
        (date(2024, 1, 1), TODAY - timedelta(days=1), Status.INACTIVE),
    ],
)
def test_both_ends_of_a_span_are_covered(start: date, end: date | None, status: Status) -> None:
    assert Eligibility.on(TODAY, [span(start, end)]).status is status


def test_a_member_whose_spans_are_over_is_shown_the_latest_one() -> None:
    older, later = span(date(2020, 1, 1), date(2021, 12, 31)), span(date(2023, 1, 1), date(2024, 6, 30), "B")
    shown = Eligibility.on(TODAY, [later, older])
    assert shown == Eligibility(Status.INACTIVE, date(2023, 1, 1), date(2024, 6, 30), "B")


def test_a_past_span_is_shown_before_one_that_has_not_begun() -> None:
    past, ahead = span(date(2023, 1, 1), date(2024, 6, 30), "B"), span(date(2026, 5, 1))
    assert Eligibility.on(TODAY, [past, ahead]).program == "B"


def test_a_member_who_is_only_to_be_covered_sees_when_it_begins() -> None:
    shown = Eligibility.on(TODAY, [span(date(2027, 1, 1), None, "C"), span(date(2026, 5, 1))])
    assert (shown.status, shown.effective, shown.program) == (Status.INACTIVE, date(2026, 5, 1), "A")


def test_a_member_without_spans_is_inactive_without_dates() -> None:
    assert Eligibility.on(TODAY, []) == Eligibility(Status.INACTIVE, None, None, None)


@pytest.mark.usefixtures("database")
def test_a_member_who_died_is_inactive_though_the_span_goes_on() -> None:
    member = add_member("1", death_date=TODAY)
    add_span("1", date(2020, 1, 1))
    assert eligibility_of(member, TODAY).status is Status.INACTIVE
    assert eligibility_of(member, TODAY - timedelta(days=1)).status is Status.ACTIVE


@pytest.mark.usefixtures("database")
def test_spans_come_latest_first() -> None:
    add_member("1")
    add_span("1", date(2020, 1, 1), date(2020, 12, 31))
    add_span("1", date(2024, 1, 1))
    assert [s.start.year for s in spans_of("1")] == [2024, 2020]


# --- household ----------------------------------------------------------------------------------------


@pytest.fixture
def family(database: object) -> None:
    add_member("100", birth_date=date(1985, 5, 5))
    add_member("101", birth_date=date(2012, 1, 1), subscriber_id="100")
    add_member("102", birth_date=date(2009, 1, 1), subscriber_id="100")
    add_member("103", birth_date=date(1984, 1, 1), subscriber_id="100")  # the other parent
    add_member("104", birth_date=date(2010, 1, 1), subscriber_id="100", death_date=date(2020, 1, 1))
    add_member("105", birth_date=None, subscriber_id="100")
    add_member("200", birth_date=date(2015, 1, 1))


@pytest.mark.usefixtures("family")
def test_the_head_of_household_sees_self_and_the_living_minors() -> None:
    assert [m.client_id for m in household("100", TODAY, PLAN)] == ["100", "102", "101"]


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("client_id", ["101", "103", "200"])
def test_everybody_else_sees_only_self(client_id: str) -> None:
    assert [m.client_id for m in household(client_id, TODAY, PLAN)] == [client_id]


@pytest.mark.usefixtures("family")
def test_a_child_leaves_the_household_on_the_eighteenth_birthday() -> None:
    assert "102" in [m.client_id for m in household("100", date(2026, 12, 31), PLAN)]
    assert "102" not in [m.client_id for m in household("100", date(2027, 1, 1), PLAN)]


@pytest.mark.usefixtures("family")
def test_the_plan_file_decides_who_is_an_adult() -> None:
    assert "102" not in [m.client_id for m in household("100", TODAY, plan_with("household", adult_age=16))]


@pytest.mark.usefixtures("database")
def test_an_unknown_member_is_not_found() -> None:
    with pytest.raises(MemberNotFound):
        get_member("nobody")
    with pytest.raises(MemberNotFound):
        household("nobody", TODAY, PLAN)


# --- matching the ID card -----------------------------------------------------------------------------

BORN = date(1990, 6, 15)


@pytest.fixture
def card(database: object) -> None:
    add_member("001234567", first_name="María José", last_name="Núñez-O'Brien")


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(
    ("client_id", "first", "last"),
    [
        ("001234567", "María José", "Núñez-O'Brien"),
        ("001-234 567", "MARIA JOSE", "nunez obrien"),
        (" 001234567 ", "mariajose", "NUÑEZ O\u2019BRIEN"),
    ],
)
def test_case_accents_spaces_hyphens_and_apostrophes_never_decide(
    client_id: str, first: str, last: str
) -> None:
    found = match(client_id, first, last, BORN)
    assert found is not None
    assert found.client_id == "001234567"


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(
    ("client_id", "first", "last", "born"),
    [
        ("001234568", "María José", "Núñez-O'Brien", BORN),
        ("1234567", "María José", "Núñez-O'Brien", BORN),
        ("001234567", "María", "Núñez-O'Brien", BORN),
        ("001234567", "María José", "Núñez", BORN),
        ("001234567", "María José", "Núñez-O'Brien", date(1990, 6, 16)),
        ("001234567", "María José", "Núñez-O'Brien", None),
        ("001234567", "Núñez-O'Brien", "María José", BORN),
        ("", "", "", None),
    ],
)
def test_one_wrong_field_is_no_match(client_id: str, first: str, last: str, born: date | None) -> None:
    assert match(client_id, first, last, born) is None


@pytest.mark.usefixtures("database")
def test_a_blank_name_on_file_matches_nothing() -> None:
    add_member("1", first_name="")
    add_member("2", birth_date=None)
    assert match("1", "", "Ortiz", BORN) is None
    assert match("1", "-", "Ortiz", BORN) is None
    assert match("2", "Ana", "Ortiz", date.min) is None


@pytest.mark.usefixtures("database")
def test_the_stand_in_for_unknown_numbers_cannot_be_matched() -> None:
    assert match("", "Nobody", "Of This Name", date(1900, 1, 1)) is None
    assert match("7", "Nobody", "Of This Name", date(1900, 1, 1)) is None


@pytest.mark.usefixtures("database")
def test_two_numbers_that_fold_alike_match_nobody() -> None:
    add_member("12-3")
    add_member("123")
    assert match("123", "Ana", "Ortiz", BORN) is None


@pytest.mark.usefixtures("card")
def test_an_unknown_number_is_given_the_same_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(client_id: str, last_name: str) -> list[str]:
        done: list[str] = []
        for name in ("fold", "fold_id", "compare_digest"):
            real = getattr(eligibility, name)

            def counted(*given: Any, name: str = name, real: Any = real) -> Any:
                done.append(name)
                return real(*given)

            monkeypatch.setattr(eligibility, name, counted)
        match(client_id, "María José", last_name, BORN)
        monkeypatch.undo()
        return done

    assert work("999", "Núñez") == work("001234567", "Wrong") == work("001234567", "Núñez-O'Brien")


# --- who may register ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("born", "ended", "died", "answer"),
    [
        (BORN, None, None, Registration.OK),
        (date(2008, 3, 25), None, None, Registration.OK),
        (date(2008, 3, 26), None, None, Registration.TOO_YOUNG),
        (None, None, None, Registration.TOO_YOUNG),
        (BORN, date(2025, 3, 25), None, Registration.OK),
        (BORN, date(2025, 3, 24), None, Registration.NO_RECENT_SPAN),
        (BORN, None, date(2026, 1, 1), Registration.DECEASED),
        (BORN, None, date(2026, 6, 1), Registration.OK),
    ],
)
def test_who_may_register(
    born: date | None, ended: date | None, died: date | None, answer: Registration
) -> None:
    member = add_member("1", birth_date=born, death_date=died)
    add_span("1", date(2020, 1, 1), ended)
    assert may_register(member, TODAY, PLAN) is answer


@pytest.mark.usefixtures("database")
def test_a_span_that_has_not_begun_is_not_recent() -> None:
    member = add_member("1")
    assert may_register(member, TODAY, PLAN) is Registration.NO_RECENT_SPAN
    add_span("1", TODAY + timedelta(days=1))
    assert may_register(member, TODAY, PLAN) is Registration.NO_RECENT_SPAN


@pytest.mark.usefixtures("database")
def test_the_plan_file_decides_age_and_months() -> None:
    member = add_member("1", birth_date=date(2009, 1, 1))
    add_span("1", date(2020, 1, 1), date(2024, 6, 1))
    plan = plan_with("registration", minimum_age=16, span_within_months=24)
    assert may_register(member, TODAY, plan) is Registration.OK


# --- the calendar -------------------------------------------------------------------------------------


def test_somebody_born_on_the_29th_of_february_is_older_on_the_first_of_march() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_months_before_keeps_to_the_shorter_month() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2024, 2, 29), 12) == date(2023, 2, 28)
    assert months_before(date(2026, 1, 15), 12) == date(2025, 1, 15)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_so_many_months_before_is_that_many_months_away(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day <= day.day


@given(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.none() | st.integers(0, 900)), max_size=6
    )
)
def test_a_member_is_active_exactly_when_a_span_covers_the_day(rows: list[tuple[date, int | None]]) -> None:
    spans = [span(start, None if days is None else start + timedelta(days=days)) for start, days in rows]
    shown = Eligibility.on(TODAY, spans)
    assert (shown.status is Status.ACTIVE) == any(s.covers(TODAY) for s in spans)
    assert (shown.effective is None) == (not spans)
