"""The cast of the demo: its people stand in the synthetic extract to the letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import bcrypt
import duckdb
import pytest

from reports.layout import TABLES
from reports.synthetic import Cast, load_cast, starter_cast, synthesize
from reports.synthetic.draws import months_before

AS_OF = date(2015, 8, 31)

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    folder = tmp_path_factory.mktemp("cast")
    synthesize(folder, members=1, as_of=AS_OF, cast=starter_cast())
    connection = duckdb.connect()
    for name in TABLES:
        connection.sql(f"CREATE VIEW {name} AS SELECT * FROM '{folder / name}.parquet'")
    return lambda query: connection.sql(query).fetchall()


def value(ask: Ask, query: str) -> Any:
    return ask(query)[0][0]


def test_the_first_member_of_the_cast_is_written_exactly(ask: Ask) -> None:
    row = ask(
        "SELECT first_name, last_name, birth_date, gender, plan, subscriber_id, city, phone, dual_status_code, "
        "enrollment_end_date FROM eligibility WHERE member_id = '001234567'"
    )
    assert row == [
        (
            "Maria",
            "Santos",
            date(1981, 3, 14),
            "female",
            "HUSKY A",
            "001234567",
            "New Haven",
            "203-555-0150",
            None,
            None,
        )
    ]
    assert ask("SELECT language, interpreter FROM coverage WHERE member_id = '001234567'") == [
        ("Spanish", True)
    ]
    children = ask(
        "SELECT first_name, date_diff('year', birth_date, DATE '2015-08-31') FROM eligibility "
        "WHERE subscriber_id = '001234567' AND subscriber_relation = 'child' ORDER BY birth_date"
    )
    assert [name for name, _ in children] == ["Daniel", "Sofia"]


def test_the_services_of_the_cast_are_written_on_their_days_and_no_others(ask: Ask) -> None:
    claims = ask(
        "SELECT hcpcs_code, DATE '2015-08-31' - claim_start_date, rendering_npi, billing_tin FROM medical_claim "
        "WHERE member_id = '001234567' ORDER BY 2"
    )
    assert [(code, days) for code, days, *_ in claims] == [
        ("99213", 35), ("80061", 100), ("99213", 150), ("83036", 200), ("99395", 290), ("92014", 400), ("88142", 700),
    ]  # fmt: skip
    assert claims[0][2:] == ("2611100019", "061110001")


def test_ages_of_the_cast_hold_on_any_day() -> None:
    members = {member.client_id: member for member in starter_cast().members}
    for as_of in (date(2015, 8, 31), date(2024, 2, 29), date(2026, 11, 21), date(2027, 3, 14)):
        assert members["001234616"].birth_date(as_of) == months_before(as_of, 18 * 12)
        born = members["001234567"].birth_date(as_of)
        assert as_of.year - born.year - ((as_of.month, as_of.day) < (3, 14)) == 34
        before = members["001234614"].birth_date(as_of)
        assert (before.month, before.day) > (as_of.month, as_of.day) or as_of.month == 2


def test_every_kind_of_member_the_demo_needs_is_in_the_cast(ask: Ask) -> None:
    cast = starter_cast()
    assert len(cast.members) >= 30
    assert {member.program for member in cast.members} == {"A", "B", "C", "D", "LB"}
    ids = [member.client_id for member in cast.members]
    assert ids[0] == "001234567"
    assert all(client_id < "002" for client_id in ids)
    assert [practice.tin for practice in cast.practices] == [
        "061110001",
        "061110002",
        "061110003",
        "061110004",
    ]
    shared = {provider["npi"] for provider in cast.practices[0].providers} & {
        provider["npi"] for provider in cast.practices[1].providers
    }
    assert len(shared) == 1
    assert value(ask, "SELECT count(*) FROM eligibility WHERE last_name = 'O''Brien-Núñez'") == 1


def test_loaded_accounts_carry_hashes_of_what_the_cast_tells(ask: Ask) -> None:
    cast = starter_cast()
    stored = {name: (password, answer, pin) for name, password, answer, pin in ask(
        "SELECT username, password_hash, answer_hash, pin_hash FROM existing_account")}  # fmt: skip
    assert set(stored) == {account["username"] for account in cast.existing_accounts}
    for account in cast.existing_accounts:
        password, answer, pin = stored[account["username"]]
        assert bcrypt.checkpw(account["password"].encode(), password.encode())
        if "answer" in account:
            assert bcrypt.checkpw(account["answer"].lower().encode(), answer.encode())
        if "pin" in account:
            assert bcrypt.checkpw(account["pin"].encode(), pin.encode())
    assert value(ask, "SELECT count(*) FROM member_account WHERE password_hash LIKE '$2b$%'") == 2


def test_a_stay_that_the_cast_bills_in_parts_voids_or_replaces_is_billed_so(ask: Ask) -> None:
    def bills(client_id: str) -> list[tuple[Any, ...]]:
        return ask(
            "SELECT bill_type_code, DATE '2015-08-31' - admission_date, DATE '2015-08-31' - claim_start_date, "
            "DATE '2015-08-31' - discharge_date, sum(paid_amount) > 0 FROM medical_claim "
            f"WHERE member_id = '{client_id}' AND bill_type_code LIKE '11_' GROUP BY ALL ORDER BY 2 DESC, 3 DESC, 1"
        )

    assert bills("001234632") == [
        ("112", 160, 160, None, True), ("114", 160, 148, 139, True), ("112", 40, 40, None, True),
        ("113", 40, 22, None, True),
    ]  # fmt: skip
    assert [(bill, day, counts) for bill, day, *_, counts in bills("001234633")] == [
        ("111", 120, True), ("118", 120, False), ("111", 90, True), ("117", 90, True),
    ]  # fmt: skip


def test_a_cast_with_a_fault_says_where(tmp_path: Path) -> None:
    path = tmp_path / "cast.toml"
    member = '[[household]]\n[[household.member]]\nclient_id = "001000001"\n'
    member += 'first_name = "A"\nlast_name = "B"\ngender = "F"\n'
    path.write_text(member)
    with pytest.raises(ValueError, match="001000001 lacks age"):
        load_cast(path)
    path.write_text(member + "age = 40\n" + member + "age = 41\n")
    with pytest.raises(ValueError, match="001000001 stands twice"):
        load_cast(path)
    path.write_text(member + 'age = 40\nservices = [{ concept = "hba1d", days_ago = 3 }]\n')
    with pytest.raises(ValueError, match="001000001 has the unknown 'hba1d'"):
        synthesize(tmp_path, members=1, as_of=AS_OF, cast=load_cast(path))
    assert load_cast(path).practices == Cast().practices
