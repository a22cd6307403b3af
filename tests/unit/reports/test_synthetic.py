"""The synthetic extract: whole, believable, the same every time."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reports.layout import TABLES
from reports.synthetic import starter_cast, synthesize
from reports.synthetic.catalogue import catalogue
from reports.synthetic.columns import ORDER, fields
from reports.synthetic.draws import months_before, npi, stream

AS_OF = date(2015, 8, 31)
MEMBERS = 3000

Ask = Callable[[str], list[tuple[Any, ...]]]


def reader(folder: Path) -> Ask:
    connection = duckdb.connect()
    for name in TABLES:
        connection.sql(f"CREATE VIEW {name} AS SELECT * FROM '{folder / name}.parquet'")
    return lambda query: connection.sql(query).fetchall()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("extract")
    synthesize(made, members=MEMBERS, as_of=AS_OF, cast=starter_cast())
    return made


@pytest.fixture(scope="module")
def ask(folder: Path) -> Ask:
    return reader(folder)


def value(ask: Ask, query: str) -> Any:
    return ask(query)[0][0]


# --- the whole ---------------------------------------------------------------------------------------------------


def test_every_table_has_the_columns_of_the_layout(folder: Path) -> None:
    for name, table in TABLES.items():
        found = duckdb.sql(f"DESCRIBE SELECT * FROM '{folder / name}.parquet'").fetchall()
        assert sorted(row[0] for row in found) == sorted(table.names), name
        kinds = {
            "text": "VARCHAR",
            "date": "DATE",
            "bool": "BOOLEAN",
            "timestamp": "TIMESTAMP",
            "float": "DOUBLE",
        }
        types = {column.name: kinds.get(column.type) for column in table.columns}
        for column, kind, *_ in found:
            assert kind == types[column] or kind == "INTEGER", f"{name}.{column} is {kind}"


def test_medical_claims_have_their_148_columns_in_the_order_of_the_source_format() -> None:
    names = [name for name, _ in fields("medical_claim")]
    assert len(names) == 148
    assert names[:4] == ["claim_id", "claim_line_number", "claim_type", "person_id"]
    assert names[-1] == "ingest_datetime"
    assert {name: len(text.split()) for name, text in ORDER.items()} == {
        "eligibility": 39, "medical_claim": 148, "pharmacy_claim": 25,
    }  # fmt: skip


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    def digest(name: str, seed: int) -> str:
        synthesize(tmp_path / name, members=300, as_of=AS_OF, seed=seed, cast=starter_cast())
        content = b"".join((tmp_path / name / f"{table}.parquet").read_bytes() for table in sorted(TABLES))
        return hashlib.sha256(content).hexdigest()

    first = digest("one", 7)
    assert first == digest("two", 7)
    assert first != digest("three", 8)


def test_the_draws_never_change() -> None:
    assert stream(2015, 2, 0).integers(0, 1_000_000, 4).tolist() == [526578, 568992, 596801, 481434]


def test_a_large_extract_is_written_in_blocks_without_repeating_an_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.synthetic.BLOCK", 400)
    said: list[str] = []
    synthesize(tmp_path, members=1000, as_of=AS_OF, progress=said.append)
    ask = reader(tmp_path)
    assert value(ask, "SELECT count(DISTINCT member_id) FROM eligibility") == 1000
    assert len(said) == 3
    assert said[-1].startswith("1,000 of 1,000 members")
    lines, keys = ask("SELECT count(*), count(DISTINCT (claim_id, claim_line_number)) FROM medical_claim")[0]
    assert lines == keys
    assert value(ask, "SELECT count(*) FROM existing_account") == 0


def test_a_small_extract_of_the_cast_alone_holds_nobody_else(tmp_path: Path) -> None:
    cast = starter_cast()
    synthesize(tmp_path, members=1, as_of=AS_OF, cast=cast)
    assert value(reader(tmp_path), "SELECT count(DISTINCT member_id) FROM eligibility") == len(cast.members)


def test_a_number_of_members_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="between 1 and 8000000"):
        synthesize(tmp_path, members=0, as_of=AS_OF)


# --- believable --------------------------------------------------------------------------------------------------


def test_members_lines_and_programs_come_in_plausible_shares(ask: Ask) -> None:
    assert value(ask, "SELECT count(DISTINCT member_id) FROM eligibility") == MEMBERS
    assert 20 <= value(ask, "SELECT count(*) FROM medical_claim") / MEMBERS <= 29
    shares = dict(ask("SELECT plan, count(DISTINCT member_id) / 3000 FROM eligibility GROUP BY 1"))
    assert set(shares) == {"HUSKY A", "HUSKY B", "HUSKY C", "HUSKY D", "HUSKY LB"}
    assert 0.45 < shares["HUSKY A"] < 0.7
    assert 0.2 < shares["HUSKY D"] < 0.4
    assert 0.06 < shares["HUSKY C"] < 0.18
    assert 0.01 < shares["HUSKY B"] < 0.06
    assert 0.005 < shares["HUSKY LB"] < 0.05
    spanish = value(ask, "SELECT count(*) / 3000 FROM coverage WHERE language = 'Spanish'")
    assert 0.08 < spanish < 0.3
    dual = value(
        ask, "SELECT count(DISTINCT member_id) / 3000 FROM eligibility WHERE dual_status_code IS NOT NULL"
    )
    assert 0.02 < dual < 0.15


def test_care_is_spread_unevenly_over_members_and_practices(ask: Ask) -> None:
    top = value(
        ask,
        "WITH n AS (SELECT person_id, count(*) c FROM medical_claim GROUP BY 1), "
        "r AS (SELECT c, row_number() OVER (ORDER BY c DESC) i FROM n) "
        "SELECT sum(c) FILTER (i <= 300) / sum(c) FROM r",
    )
    assert top > 0.2
    sizes = [row[0] for row in ask("SELECT count(*) FROM provider WHERE pcp GROUP BY tin ORDER BY 1 DESC")]
    assert sizes[0] >= 8
    assert sizes.count(1) >= 3
    assert (
        value(ask, "SELECT count(*) FROM (SELECT npi FROM provider WHERE pcp GROUP BY 1 HAVING count(*) > 1)")
        > 0
    )


def test_households_have_one_adult_head_and_parents_older_than_children(ask: Ask) -> None:
    assert not ask(
        "SELECT e.member_id FROM eligibility e LEFT JOIN eligibility h ON h.member_id = e.subscriber_id "
        "WHERE h.member_id IS NULL"
    )
    assert not ask(
        "SELECT subscriber_id FROM eligibility GROUP BY 1 "
        "HAVING count(DISTINCT member_id) FILTER (subscriber_relation = 'self') <> 1"
    )
    young = value(
        ask,
        "SELECT count(*) FROM eligibility c JOIN eligibility h ON h.member_id = c.subscriber_id "
        "WHERE c.subscriber_relation = 'child' AND h.plan = 'HUSKY A' AND h.birth_date > c.birth_date - 15 * 365",
    )
    assert young == 0
    assert (
        value(
            ask,
            "SELECT max(n) FROM (SELECT count(DISTINCT address) n FROM eligibility GROUP BY subscriber_id)",
        )
        == 1
    )


def test_names_hold_accents_apostrophes_hyphens_and_two_surnames(ask: Ask) -> None:
    for pattern in ("%''%", "%-%", "% %", "%ñ%", "%é%"):
        assert value(ask, f"SELECT count(*) FROM eligibility WHERE last_name LIKE '{pattern}'") > 0, pattern


def test_invented_provider_numbers_are_valid_in_form_and_given_to_nobody(ask: Ask) -> None:
    def valid(number: str) -> bool:
        total = 24
        for place, digit in enumerate(reversed(number)):
            doubled = int(digit) * (2 if place % 2 else 1)
            total += doubled - 9 if doubled > 9 else doubled
        return len(number) == 10 and total % 10 == 0

    assert all(valid(number) for (number,) in ask("SELECT DISTINCT npi FROM provider"))
    assert npi(61_110_001) == "2611100019"
    people = ask("SELECT DISTINCT npi FROM provider WHERE first_name IS NOT NULL")
    assert all(number.startswith("2") for (number,) in people)


def test_telephones_are_of_the_range_kept_for_fiction(ask: Ask) -> None:
    for column, table in (("phone", "eligibility"), ("telephone", "provider")):
        strange = ask(
            f"SELECT {column} FROM {table} WHERE NOT regexp_full_match({column}, '(203|860|475)-555-01\\d\\d')"
        )
        assert not strange


def test_claims_lie_within_coverage_and_were_paid_by_the_as_of_date(ask: Ask) -> None:
    outside = value(
        ask,
        "SELECT count(*) FROM medical_claim m WHERE member_id >= '002' AND NOT EXISTS (SELECT 1 FROM eligibility e "
        "WHERE e.member_id = m.member_id AND m.claim_start_date >= e.enrollment_start_date "
        "AND m.claim_start_date <= coalesce(e.enrollment_end_date, DATE '9999-12-31'))",
    )
    assert outside == 0
    assert value(ask, f"SELECT count(*) FROM medical_claim WHERE paid_date > DATE '{AS_OF}'") == 0
    assert (
        value(
            ask,
            "SELECT count(*) FROM medical_claim WHERE paid_date < claim_end_date AND bill_type_code <> '112'",
        )
        == 0
    )


def test_claims_are_reversed_and_replaced(ask: Ask) -> None:
    assert (
        value(ask, "SELECT count(*) FROM medical_claim WHERE bill_type_code LIKE '__8' AND paid_amount < 0")
        > 0
    )
    assert value(ask, "SELECT count(*) FROM medical_claim WHERE bill_type_code LIKE '__7'") > 0
    undone = value(
        ask,
        "SELECT count(*) FROM (SELECT claim_id FROM medical_claim WHERE claim_type = 'professional' "
        "GROUP BY 1 HAVING min(paid_amount) < 0 AND abs(sum(allowed_amount)) < 0.005)",
    )
    assert undone > 0


@pytest.mark.parametrize(
    ("concept", "at_least"),
    [
        ("hba1c", 200), ("ldl_c", 200), ("nephropathy_uacr", 60), ("retinal_exam_eye_provider", 60),
        ("mammography", 100), ("cervical_cytology", 150), ("hpv_test", 50), ("colonoscopy", 50), ("fobt_fit", 20),
        ("sdna_fit", 1), ("flex_sigmoidoscopy", 1), ("ct_colonography", 1), ("hysterectomy_no_cervix", 3),
        ("well_child_visit", 800), ("preventive_visit_adult", 800), ("developmental_screening", 200),
        ("office_visit_em", 3000), ("ed_visit", 500), ("sensitive_bh", 300), ("sensitive_hiv", 5),
    ],
)  # fmt: skip
def test_every_kind_of_care_is_there(ask: Ask, concept: str, at_least: int) -> None:
    with (Path(__file__).parents[3] / "reports/codes/codes.csv").open(encoding="utf-8") as source:
        codes = {row["code"] for row in csv.DictReader(source) if row["concept"] == concept}
    listed = ", ".join(f"'{code}'" for code in codes)
    assert value(ask, f"SELECT count(*) FROM medical_claim WHERE hcpcs_code IN ({listed})") >= at_least


def test_stays_have_room_and_board_and_some_have_not_ended(ask: Ask) -> None:
    stays = ask(
        "SELECT bool_or(revenue_center_code BETWEEN '0100' AND '0219'), min(discharge_date), "
        "any_value(bill_type_code), any_value(discharge_disposition_code) FROM medical_claim "
        "WHERE bill_type_code LIKE '11_' GROUP BY claim_id"
    )
    assert len(stays) > 200
    assert all(room for room, *_ in stays)
    held = [row for row in stays if row[1] is None]
    assert {bill for _, _, bill, _ in held} == {"112", "113"}
    assert all(status == "30" for *_, status in held)
    assert value(ask, "SELECT count(*) FROM admission WHERE discharge_date IS NULL") > 0


def test_the_parts_of_a_stay_follow_each_other_under_one_day_of_admission(ask: Ask) -> None:
    parts = ask(
        "WITH bills AS (SELECT DISTINCT claim_id, person_id, bill_type_code b, admission_date a, discharge_date d, "
        "claim_start_date s, claim_end_date e FROM medical_claim WHERE bill_type_code LIKE '11_') "
        "SELECT f.a = l.a, f.s = f.a, l.s >= f.e, f.d IS NULL, (l.d IS NULL) = (l.b = '113'), l.b FROM bills f "
        "JOIN bills l USING (person_id, a) WHERE f.b = '112' AND l.b IN ('113', '114')"
    )
    assert {bill for *_, bill in parts} == {"113", "114"}
    assert all(all(facts) for *facts, _ in parts)


def test_some_are_treated_in_places_that_tell_why_and_some_beyond_the_border(ask: Ask) -> None:
    places = dict(
        ask(
            "SELECT specialty, count(DISTINCT claim_id) FROM medical_claim m JOIN provider p ON p.npi = m.facility_npi "
            "WHERE bill_type_code LIKE '11_' GROUP BY 1"
        )
    )
    assert {"Psychiatric Hospital", "Substance Abuse Rehabilitation Facility"} < set(places)
    assert places["Hospital"] > 10 * places["Psychiatric Hospital"]
    assert value(ask, "SELECT count(DISTINCT hospital_state) FROM admission") > 1


def test_pictures_of_the_retina_are_taken_in_offices_too(ask: Ask) -> None:
    taken = value(
        ask,
        "SELECT count(*) FROM medical_claim m JOIN provider p ON p.npi = m.rendering_npi "
        "WHERE hcpcs_code = '92250' AND p.pcp",
    )
    assert taken > 0


def test_a_practice_known_for_diabetes_has_children_with_it_too(ask: Ask) -> None:
    children = value(
        ask,
        "SELECT count(DISTINCT m.member_id) FROM medical_claim m JOIN eligibility e USING (member_id) "
        f"WHERE diagnosis_code_1 SIMILAR TO 'E1[01].*' AND rendering_tin = '061110001' "
        f"AND birth_date > DATE '{AS_OF}' - INTERVAL 18 YEAR AND birth_date <= DATE '{AS_OF}' - INTERVAL 4 YEAR",
    )
    assert children >= 4


def test_diagnoses_and_drugs_of_diabetes_follow_the_person(ask: Ask) -> None:
    known, drug_only = ask(
        "WITH dx AS (SELECT DISTINCT person_id FROM medical_claim WHERE diagnosis_code_1 SIMILAR TO 'E1[01].*' "
        "OR diagnosis_code_2 SIMILAR TO 'E1[01].*' OR diagnosis_code_4 SIMILAR TO 'E1[01].*'), "
        "rx AS (SELECT DISTINCT person_id FROM pharmacy_claim WHERE ndc_code BETWEEN '99999010001' AND '99999010299') "
        "SELECT (SELECT count(*) FROM dx), (SELECT count(*) FROM rx WHERE person_id NOT IN (FROM dx))"
    )[0]
    assert 150 < known < 600
    assert 3 < drug_only < known / 3


# --- edges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("age", [18, 76])
def test_birthdays_fall_on_the_as_of_date_and_beside_it(ask: Ask, age: int) -> None:
    days = {
        (born - months_before(AS_OF, age * 12)).days
        for (born,) in ask("SELECT birth_date FROM eligibility")
        if abs((born - months_before(AS_OF, age * 12)).days) <= 1
    }
    assert 0 in days
    assert len(days) >= 2


@pytest.mark.parametrize(("codes", "months"), [("'83036'", 6), ("'77067'", 12), ("'99213', '99214'", 15)])
def test_tests_and_visits_fall_on_the_day_their_rule_turns(ask: Ask, codes: str, months: int) -> None:
    edge = months_before(AS_OF, months)
    days = ask(
        f"SELECT DISTINCT claim_start_date - DATE '{edge}' FROM medical_claim WHERE hcpcs_code IN ({codes}) "
        f"AND claim_start_date BETWEEN DATE '{edge}' - 1 AND DATE '{edge}' + 1"
    )
    assert {day for (day,) in days} == {-1, 0, 1}


def test_coverage_ends_has_gaps_and_members_die(ask: Ask) -> None:
    ended = value(
        ask, f"SELECT count(*) FROM (SELECT member_id FROM eligibility GROUP BY 1 HAVING max(coalesce("
        f"enrollment_end_date, DATE '9999-12-31')) < DATE '{AS_OF}')",
    )  # fmt: skip
    assert 0.04 < ended / MEMBERS < 0.16
    gaps = value(
        ask,
        "SELECT count(*) FROM eligibility a JOIN eligibility b USING (member_id) "
        "WHERE a.enrollment_end_date + 1 < b.enrollment_start_date",
    )
    assert gaps > 20
    assert (
        value(
            ask,
            "SELECT count(DISTINCT member_id) FROM eligibility WHERE death_flag AND death_date IS NOT NULL",
        )
        > 5
    )
    assert value(ask, f"SELECT count(*) FROM eligibility WHERE birth_date > DATE '{AS_OF}' - 60") > 0


def test_services_and_drugs_name_codes_only() -> None:
    known = catalogue()
    assert all(code.isalnum() and len(code) == 5 for code in known.codes.values)
    assert all("." not in code for code in known.diagnoses.values)
    assert {drug.ndc[:5] for drug in known.drugs} == {"99999"}
