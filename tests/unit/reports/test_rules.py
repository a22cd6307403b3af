"""Every report against the rules in plain Python (`oracle`), on plans made at random at the edges of the rules.

An example holds some hundreds of members, and a difference tells the members it is about with all that the extract
says of them. By default there are few examples, always the same; `PORTAL_RULE_EXAMPLES=20` adds twenty new ones to
each rule.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from reports import snapshot, tables
from reports.catalog import REPORTS
from reports.dates import add_months, born_on_or_before, due_before
from reports.definition import Report, Who
from reports.parameters import Parameters
from reports.refresh import refresh
from tests.unit.reports.comparison import differences, out_of_order
from tests.unit.reports.edges import care, hospital
from tests.unit.reports.edges.draws import DAYS
from tests.unit.reports.edges.people import EdgePlan, empty_plan
from tests.unit.reports.oracle import dates
from tests.unit.reports.oracle.attribution import attribution
from tests.unit.reports.oracle.rows import ROWS

pytestmark = pytest.mark.usefixtures("snapshots")

EXAMPLES = int(os.environ.get("PORTAL_RULE_EXAMPLES", "0"))
ANY_DAY = st.dates(date(1990, 1, 1), date(2040, 12, 31))

Fill = Callable[[EdgePlan, int], None]


def at_edges(*days: date) -> Callable[[Any], Any]:
    """Runs a test with `seed` and `as_of`: once for each of the days, and as often as the environment asks for with
    others. A difference names its members, so that no plan has to be made smaller."""

    def decorate(test: Any) -> Any:
        tried = given(seed=st.integers(100, 2**32 - 1), as_of=st.sampled_from(DAYS))(test)
        for seed, day in enumerate(days):
            tried = example(seed=seed, as_of=day)(tried)
        phases = (Phase.explicit, Phase.generate) if EXAMPLES else (Phase.explicit,)
        quiet = list(HealthCheck)
        return settings(
            max_examples=EXAMPLES or 1,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=quiet,
        )(tried)

    return decorate


def drawn(folder: str, seed: int, as_of: date, *fills: Fill, members: int = 250) -> EdgePlan:
    """A plan whose members `fills` draw, written to the folder; nothing is published yet."""
    for table in tables.TABLES:
        table.delete().execute()
    plan = empty_plan(Path(folder), seed, as_of)
    for fill in fills:
        fill(plan, members)
    plan.extract.write()
    return plan


def agree(slugs: str, seed: int, as_of: date, *fills: Fill, **options: Any) -> None:
    """The reports made from a plan drawn so hold the oracle's rows, in their order."""
    with TemporaryDirectory() as folder:
        plan = drawn(folder, seed, as_of, *fills, **options)
        made = refresh(folder, as_of, slugs=slugs.split(), portal=plan.for_engine())
    assert [aside for aside in made.set_aside if aside.table != "pcp_selection"] == []
    for slug in slugs.split():
        _same(differences(slug, plan.for_oracle()))
        assert out_of_order(slug) == []
        assert made.rows[slug] > 0


def _same(wrong: list[str]) -> None:
    assert not wrong, f"{len(wrong)} members or measures, of which:\n" + "\n".join(wrong[:3])


class TestDates:
    @given(ANY_DAY, ANY_DAY, st.integers(1, 130))
    def test_the_day_an_interval_turns(self, as_of: date, last: date, months: int) -> None:
        assert (last < due_before(as_of, months)) == dates.is_due(last, months, as_of)

    @given(ANY_DAY, st.integers(-400, 400))
    def test_months_are_added_as_one_would_count_them(self, day: date, months: int) -> None:
        assert add_months(day, months) == dates.plus_months(day, months)

    @given(ANY_DAY, st.dates(date(1930, 1, 1), date(1989, 12, 31)), st.integers(0, 110))
    def test_birth_dates_are_compared_as_ages_are_counted(self, as_of: date, born: date, years: int) -> None:
        assert (born <= born_on_or_before(as_of, years)) == (dates.age(born, as_of) >= years)


class TestAttributionAndPanel:
    @at_edges(DAYS[1])
    def test_each_members_pcp_and_since_when(self, seed: int, as_of: date) -> None:
        only_panel = {"patient-panel": REPORTS["patient-panel"]}
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr("reports.refresh.REPORTS", only_panel)  # to refresh all reports renews attribution
            plan = drawn(folder, seed, as_of, care.panel)
            before = replace(plan.for_oracle(), as_of=dates.plus_months(as_of, -1))
            refresh(folder, before.as_of, portal=plan.for_engine())
            found = attribution(before)
            now = plan.for_oracle(
                {client_id: (pcp.npi, pcp.effective_on) for client_id, pcp in found.items()}
            )
            refresh(folder, as_of, portal=plan.for_engine())
        expected = attribution(now)
        assert snapshot.attributed(now.members) == expected
        assert {row.kind for row in expected.values()} == {"Attribution", "Self Selection"}
        _same(differences("patient-panel", now))


class TestDiabetes:
    @at_edges(DAYS[0])
    def test_every_row_of_adults_and_of_children_is_as_the_rules_say(self, seed: int, as_of: date) -> None:
        agree("adult-diabetes child-diabetes", seed, as_of, care.diabetics, members=350)


class TestAdultPreventiveVisits:
    @at_edges(DAYS[3])
    def test_every_row_of_both_ages_is_as_the_rules_say(self, seed: int, as_of: date) -> None:
        agree("preventive-21-49 preventive-50-64", seed, as_of, care.adults)


class TestCancerScreenings:
    @at_edges(DAYS[1])
    def test_every_row_is_as_the_rules_say(self, seed: int, as_of: date) -> None:
        agree("cancer-screenings", seed, as_of, care.screened, members=400)


class TestChildWellCare:
    @at_edges(DAYS[2])
    def test_every_row_is_as_the_rules_say(self, seed: int, as_of: date) -> None:
        agree("child-well-care", seed, as_of, care.children, members=400)


class TestEmergencyVisits:
    @at_edges(DAYS[0])
    def test_every_row_is_as_the_rules_say(self, seed: int, as_of: date) -> None:
        agree("ed-utilization", seed, as_of, hospital.emergencies)

    @at_edges(DAYS[4])
    def test_without_payment_dates_the_days_of_the_visits_decide(self, seed: int, as_of: date) -> None:
        agree("ed-utilization", seed, as_of, hospital.unpaid_emergencies)


class TestInpatientClaims:
    @at_edges(DAYS[1])
    def test_every_row_is_as_the_rules_say(self, seed: int, as_of: date) -> None:
        agree("inpatient-claims", seed, as_of, hospital.inpatients)


class TestAdmissions:
    @at_edges(DAYS[0])
    def test_every_row_is_as_the_hospitals_told(self, seed: int, as_of: date) -> None:
        agree("admissions", seed, as_of, hospital.told)

    @at_edges(DAYS[4])
    def test_without_a_feed_the_inpatient_claims_tell(self, seed: int, as_of: date) -> None:
        agree("admissions", seed, as_of, hospital.inpatients)


#: What would tell of a sensitive diagnosis, room, facility or doctor of these plans.
TELLING = ("B20", "F32.9", "F10.10", "immunodeficiency", "depressive", "Alcohol", "0124", "psychiatric", "Elm Inst",
           "Doctor7")  # fmt: skip


class TestSensitiveInformation:
    """Beyond the rows themselves, which every report above compares with the rules."""

    @at_edges(DAYS[0])
    def test_without_consents_nothing_of_it_is_stored(self, seed: int, as_of: date) -> None:
        stored = self.stored(seed, as_of, consents=False)
        assert [row for row in stored if any(word in str(row) for word in TELLING)] == []
        assert "withheld" in {cell for row in stored for cell in row}

    @at_edges(DAYS[0])
    def test_with_every_consent_nothing_is_withheld(self, seed: int, as_of: date) -> None:
        stored = self.stored(seed, as_of, consents=True)
        assert {cell for row in stored for cell in row} >= {"F32.9", "B20", "Elm Institute", "bh"}
        assert [row for row in stored if "withheld" in row] == []

    def stored(self, seed: int, as_of: date, *, consents: bool) -> list[tuple[Any, ...]]:
        """Every stored row of gaps and stays."""
        with TemporaryDirectory() as folder:
            fills = (care.diabetics, hospital.emergencies, hospital.inpatients, hospital.told)
            plan = drawn(folder, seed, as_of, *fills, members=40)
            plan.consents = [
                {
                    "client_id": row["member_id"],
                    "tin": "",
                    "category": category,
                    "starts_on": as_of,
                    "ends_on": None,
                }
                for row in plan.extract.rows["eligibility"]
                for category in ("hiv", "sud", "bh")
                if consents
            ]
            slugs = ["adult-diabetes", "admissions", "ed-utilization", "inpatient-claims"]
            refresh(folder, as_of, slugs=slugs, portal=plan.for_engine())
        return list(tables.ReportRow.select().tuples())


class TestTheWholeCatalogue:
    """All reports, and the practice summary, which adds up what the gap reports hold."""

    def test_there_is_an_oracle_for_every_report(self) -> None:
        assert set(ROWS) == set(REPORTS)

    @at_edges(DAYS[4])
    def test_all_reports_of_one_refresh_are_as_the_rules_say(self, seed: int, as_of: date) -> None:
        fills = (care.panel, care.diabetics, care.adults, care.screened, care.children, hospital.emergencies,
                 hospital.inpatients, hospital.told)  # fmt: skip
        with TemporaryDirectory() as folder:
            plan = drawn(folder, seed, as_of, *fills, members=60)
            made = refresh(folder, as_of, portal=plan.for_engine())
        rules = plan.for_oracle()
        _same([told for slug in REPORTS for told in differences(slug, rules)])
        assert made.rows == {slug: len(ROWS[slug](rules)) for slug in REPORTS}


def _first_test(slug: str, **changed: Any) -> Report:
    report = REPORTS[slug]
    first, *others = report.tests
    return replace(report, tests=(replace(first, **changed), *others))


class TestTheComparison:
    """It finds a rule that is wrong by a month or a year."""

    def test_wrong_definitions_are_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        schedule = REPORTS["child-well-care"].tests[0].schedule
        assert schedule
        population = replace(REPORTS["preventive-21-49"].population, who=(Who(21, 48),))
        wrong = {
            "adult-diabetes": _first_test("adult-diabetes", months=7),
            "cancer-screenings": _first_test("cancer-screenings", who=Who(53, 74, "F")),
            "child-well-care": _first_test("child-well-care", schedule=replace(schedule, grace_months=2)),
            "preventive-21-49": replace(REPORTS["preventive-21-49"], population=population),
        }
        for slug, report in wrong.items():
            monkeypatch.setitem(REPORTS, slug, report)
        fills = (care.diabetics, care.screened, care.children, care.adults)
        with TemporaryDirectory() as folder:
            plan = drawn(folder, 1, DAYS[0], *fills, members=100)
            refresh(folder, plan.as_of, slugs=list(wrong), portal=plan.for_engine())
        rules = plan.for_oracle()
        assert [slug for slug in wrong if not differences(slug, rules)] == []

    def test_a_wrong_parameter_is_found(self) -> None:
        with TemporaryDirectory() as folder:
            plan = drawn(folder, 1, DAYS[0], care.panel)
            shorter = Parameters(attribution_months=14)
            refresh(folder, plan.as_of, slugs=["patient-panel"], portal=plan.for_engine(), parameters=shorter)
        assert differences("patient-panel", plan.for_oracle()) != []
