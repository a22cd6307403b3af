"""The engine against the rules in plain Python, on plans made at random where the rules have their edges."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import snapshot
from reports.dates import add_months, born_on_or_before, due_before
from reports.refresh import refresh
from reports.snapshot import RowQuery
from tests.unit.reports import plain_rules
from tests.unit.reports.plan_extract import (
    EYE_DOCTOR,
    OTHER_PCP,
    PCP,
    SECOND_TIN,
    SPECIALIST,
    TIN,
    PlanExtract,
)

DATES = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@given(DATES, DATES, st.integers(1, 130))
def test_due_before_is_the_day_the_interval_turns(as_of: date, last: date, months: int) -> None:
    assert (last < due_before(as_of, months)) == (plain_rules.plus_months(last, months) < as_of)


@given(DATES, st.integers(-400, 400))
def test_months_are_added_as_one_would_count_them(day: date, months: int) -> None:
    assert add_months(day, months) == plain_rules.plus_months(day, months)


@given(DATES, st.dates(date(1930, 1, 1), date(1989, 12, 31)), st.integers(0, 110))
def test_birth_dates_are_compared_as_ages_are_counted(as_of: date, born: date, years: int) -> None:
    assert (born <= born_on_or_before(as_of, years)) == (plain_rules.age(born, as_of) >= years)


def edges(draw: random.Random, as_of: date, *months: int) -> date:
    """A day at, or one day beside, the as-of date some months back; sometimes any day."""
    if draw.random() < 0.2:
        return as_of - timedelta(days=draw.randrange(900))
    return plain_rules.plus_months(as_of, -draw.choice([0, *months])) + timedelta(
        days=draw.choice([-1, 0, 1])
    )


def random_plan(folder: Path, seed: int, as_of: date) -> PlanExtract:
    """A plan of 120 members with a few claims each."""
    draw = random.Random(seed)
    extract = PlanExtract(folder).standard()
    extract.provider(PCP, SECOND_TIN)
    day = timedelta(days=1)
    for number in range(120):
        years = draw.choice([18, 18, 40, 75, 76])
        born = plain_rules.plus_months(as_of, -12 * years) + draw.choice([-1, 0, 1]) * day
        member_id = f"{number:03}"
        extract.member(
            member_id,
            born,
            gender=draw.choice(["male", "female", "M", "F"]),
            dual_status_code=draw.choice([None, None, None, "2.0", "00"]),
            enrollment_end_date=draw.choice([None, None, as_of, as_of - day]),
            death_date=draw.choice([None] * 9 + [as_of, as_of + day]),
        )
        if draw.random() < 0.2:  # another span, which begins later
            extract.member(member_id, born, enrollment_start_date=as_of - draw.choice([0, 5]) * day)
            extract.rows["eligibility"][-1]["gender"] = extract.rows["eligibility"][-2]["gender"]
        for _ in range(draw.randrange(4)):
            npi = draw.choice([PCP, OTHER_PCP, OTHER_PCP, SPECIALIST])
            code = draw.choice(["99213", "99396", "T1015", None, "90471"])
            revenue = draw.choice(["0521", "0526", None])
            tin = draw.choice([TIN, SECOND_TIN, "900000009"])
            blank = draw.random() < 0.2
            extract.claim(
                member_id, edges(draw, as_of, 1, 15), code, revenue_center_code=revenue, billing_tin=tin,
                rendering_npi=None if blank else npi, billing_npi=npi if blank else None,
            )  # fmt: skip
        for _ in range(draw.randrange(6)):
            code = draw.choice(
                ["83036", "3044F", "80061", "82043", "81003", "4010F", "2022F", "92014", "85025"]
            )
            extract.claim(member_id, edges(draw, as_of, 6, 12), code, rendering_npi=EYE_DOCTOR)
        if draw.random() < 0.6:
            codes = {"diagnosis_code_1": draw.choice(["E119", "J069", None]), "diagnosis_code_2": "E1010"}
            codes["diagnosis_code_2"] = draw.choice(["E1010", "E139", None])
            extract.claim(member_id, edges(draw, as_of, 24), None, **codes)
        if draw.random() < 0.4:
            extract.drug(
                member_id, edges(draw, as_of, 24), draw.choice([plain_rules.DIABETES_DRUG, "00071015523"])
            )
        for _ in range(draw.choice([0, 0, 1, 2])):
            npi, chosen = draw.choice([PCP, OTHER_PCP]), edges(draw, as_of, 1)
            extract.add("pcp_selection", member_id=member_id, npi=npi, selected_on=chosen)
    return extract


@pytest.mark.usefixtures("snapshots")
@given(
    seed=st.integers(0, 2**32),
    as_of=st.sampled_from([date(2015, 8, 31), date(2016, 2, 29), date(2026, 3, 30)]),
)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_engine_and_the_plain_rules_agree(
    tmp_path_factory: pytest.TempPathFactory, seed: int, as_of: date
) -> None:
    extract = random_plan(tmp_path_factory.mktemp("plan"), seed, as_of)
    outcome = refresh(extract.write(), as_of)
    assert outcome.set_aside == ()
    members = [row["member_id"] for row in extract.rows["eligibility"]]
    found = {client_id: row[:3] for client_id, row in snapshot.attributed(members).items()}
    assert found == plain_rules.attribution(extract.rows, as_of)
    rows = {}
    panel = set()
    for tin in (TIN, SECOND_TIN):
        for row in snapshot.rows("adult-diabetes", RowQuery(tins=(tin,)), details=True):
            rows[row["client_id"]] = {"tin": tin} | row
        panel |= {row["client_id"] for row in snapshot.rows("patient-panel", RowQuery(tins=(tin,)))}
    expected = plain_rules.adult_diabetes(extract.rows, as_of)
    common = {"pcp_number", "pcp_name", "member_name", "client_id", "date_of_birth", "gender", "icm_status"}
    own = {member: {k: v for k, v in row.items() if k not in common} for member, row in rows.items()}
    assert own == expected
    assert len(expected) > 5
    assert panel == set(found)
