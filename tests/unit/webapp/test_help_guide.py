"""Report Help Guides say what the definition, the parameters and the code lists say, and follow when these change."""

from dataclasses import replace

import pytest

from reports.catalog import REPORTS
from reports.codes import read_codes
from reports.definition import Column, Report, Who
from reports.parameters import Parameters
from webapp.domain.reporting.help_guide import Guide, guide
from webapp.domain.reporting.help_words import CONCEPTS, MEANINGS

DIABETES = REPORTS["adult-diabetes"]


def said(made: Guide) -> str:
    """Every word of a guide but its codes."""
    rules = [sentence for _label, sentences in made.rules for sentence in sentences]
    lists = (made.listed, rules, made.excluded, made.withheld, made.attribution, made.answers)
    pairs = [" ".join(pair) for pair in (*made.columns, *made.dates)]
    return " ".join([*(text for listed in lists for text in listed), *pairs])


def codes(made: Guide) -> dict[str, dict[str, str]]:
    return {listed.name: dict(listed.systems) for listed in made.codes}


def kinds_of_diabetes(made: Guide) -> set[str]:
    return {code[:3] for code in codes(made)["Diabetes diagnosis"]["ICD-10-CM"].split(", ")}


def with_first_test(report: Report, **changes: object) -> Report:
    first, *others = report.tests
    return replace(report, tests=(replace(first, **changes), *others))  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", REPORTS)
def test_every_report_has_a_guide_without_gaps(slug: str) -> None:
    made = guide(REPORTS[slug])
    assert made.listed
    assert [label for label, _text in made.columns] == [column.label for column in REPORTS[slug].columns]
    assert all(text for _label, text in made.columns)
    assert len(made.rules) == len(REPORTS[slug].tests)
    assert "%(" not in said(made)


@pytest.mark.parametrize("slug", REPORTS)
def test_every_column_and_every_code_list_is_told_in_our_words(slug: str) -> None:
    report = REPORTS[slug]
    own = {key for test in report.tests for key in (test.date_key, test.due_key)}
    assert [c.key for c in report.columns if c.key not in own and c.key not in MEANINGS] == []
    assert {listed.name for listed in guide(report).codes} <= set(CONCEPTS.values())


def test_an_interval_that_changes_changes_the_guide() -> None:
    assert "more than 6 months ago" in " ".join(guide(DIABETES).rules[0][1])
    changed = guide(with_first_test(DIABETES, months=9))
    assert "more than 9 months ago" in " ".join(changed.rules[0][1])
    assert "6 months" not in " ".join(changed.rules[0][1])


def test_ages_that_change_change_the_guide() -> None:
    assert "18 to 75" in said(guide(DIABETES))
    older = replace(DIABETES, population=replace(DIABETES.population, who=(Who(20, 70),), within_months=36))
    assert "20 to 70" in said(guide(older))
    assert "3 years" in said(guide(older))
    assert "18 to 75" not in said(guide(older))


def test_concepts_that_change_change_the_codes() -> None:
    assert "83036" in codes(guide(DIABETES))["HbA1c test"]["CPT®"]
    changed = codes(guide(with_first_test(DIABETES, concepts=("mammography",))))
    assert "HbA1c test" not in changed
    assert "77067" in changed["Mammogram"]["CPT®"]


def test_a_column_that_is_added_is_told_of() -> None:
    added = replace(DIABETES, columns=(*DIABETES.columns, Column("smoker", "Smoker", "flag")))
    assert guide(added).columns[-1] == ("Smoker", "YES or NO.")


def test_parameters_of_the_plan_change_the_guide() -> None:
    parameters = Parameters(attribution_months=18, diabetes_prefixes=("E13",))
    made = guide(DIABETES, parameters=parameters)
    assert "last 18 months" in said(made)
    assert kinds_of_diabetes(made) == {"E13"}
    assert kinds_of_diabetes(guide(DIABETES)) == {"E10", "E11"}


def test_no_word_of_the_code_lists_own_descriptions_is_shown() -> None:
    kept = {code.code for code in read_codes()}
    for report in REPORTS.values():
        for listed in guide(report).codes:
            for _system, text in listed.systems:
                assert {one.replace(".", "") for one in text.split(", ")} <= kept


def test_the_owner_of_cpt_is_named_where_its_codes_stand() -> None:
    assert guide(DIABETES).has_cpt
    assert not guide(REPORTS["practice-summary"]).has_cpt


def test_the_panel_lists_everybody_and_others_say_whom_they_leave_out() -> None:
    assert "Nobody" in guide(REPORTS["patient-panel"]).excluded[0]
    assert guide(DIABETES).excluded[0] == "Excludes Dual Eligible and Opt-Out Members."
