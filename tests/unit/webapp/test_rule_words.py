"""The rules in words: each part of a definition that changes what is Due is said."""

import pytest

from reports.catalog import REPORTS
from reports.definition import Alongside, Never, Population, Report, Schedule, Way, Who
from reports.definition import Test as OneTest
from webapp.domain.reporting.rule_words import CONCEPTS, months, population, rule_of, who


def said(test: OneTest) -> str:
    return " ".join(rule_of(test))


def test_the_interval_is_said_in_months_and_years() -> None:
    assert "more than 6 months ago" in said(OneTest("a", "A", months=6))
    assert "more than 3 years ago" in said(OneTest("a", "A", months=36))
    assert [months(1), months(12), months(30)] == ["1 month", "12 months", "30 months"]


def test_each_way_is_said_with_its_own_interval() -> None:
    ways = (Way("FIT/FOBT", ("fobt_fit",), 12), Way("Colonoscopy", ("colonoscopy",), 120))
    assert "FIT/FOBT: 12 months; Colonoscopy: 10 years" in said(OneTest("a", "A", ways=ways))


def test_whom_it_is_asked_of_and_what_ends_it_is_said() -> None:
    text = said(
        OneTest(
            "breast",
            "Breast",
            who=Who(52, 74, "F"),
            dated_for=Who(gender="F"),
            never=Never(("mastectomy_bilateral",), both=("mastectomy_left", "mastectomy_right")),
        )
    )
    assert "It is asked of women ages 52 to 74." in text
    assert "The last date is shown for women, also where nothing is Due." in text
    assert (
        "never Due once a claim has reported both breasts removed or the left breast removed and, on another day, "
        "the right breast removed" in text
    )


def test_a_test_beside_it_and_a_schedule_are_said() -> None:
    assert "not Due while both the last one and an HPV test were within the last 5 years" in said(
        OneTest("c", "C", months=36, alongside=Alongside("hpv_test", ("hpv_test",), 60, "HPV"))
    )
    text = said(OneTest("w", "W", schedule=Schedule(5, (1, 2, 4), 1, 30)))
    assert "Under 30 months of age" in text
    assert "one by 5 days of age, then by 1, 2, 4 months, each with 1 month of grace" in text


def test_once_is_said() -> None:
    assert "until a claim has reported it once" in said(OneTest("d", "D", once=True))


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (Who(), ""),
        (Who(18, 75), "members ages 18 to 75"),
        (Who(age_to=18), "members up to age 18"),
        (Who(50), "members ages 50 and older"),
        (Who(gender="F"), "women"),
    ],
)
def test_people_are_named_by_age_and_gender(group: Who, words: str) -> None:
    assert who(group) == words


def test_whom_a_report_lists_is_said() -> None:
    report = Report(
        "x",
        "X",
        "X",
        "gaps",
        1,
        (),
        Population((Who(24, 74, "F"), Who(50, 75)), ("diabetes_dx",), within_months=24),
    )
    assert population(report) == [
        "The report lists women ages 24 to 74 or members ages 50 to 75.",
        "Claims of the last 2 years report a diabetes diagnosis.",
        "Members with Medicare too (dual eligible) and members who opted out are left out.",
    ]


def test_every_concept_that_a_definition_names_in_a_rule_has_words() -> None:
    named = set()
    for report in REPORTS.values():
        named |= set(report.population.any_of)
        for test in report.tests:
            if test.never:
                named |= {*test.never.any_of, *(test.never.both or ())}
            if test.alongside:
                named |= set(test.alongside.concepts)
    assert named <= CONCEPTS.keys()
