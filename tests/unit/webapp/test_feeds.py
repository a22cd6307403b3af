"""Loading the plan's feeds: each row once, corrections, and what refuses or is set aside."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.webapp.feed_files import PLAN, counts, eligibility, load, provider, reasons, spans, write
from webapp.domain import feeds
from webapp.domain.existing.existing_accounts import ExistingAccount, OlderMemberAccount, is_password_hash
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member.care import Admission, IcmStatus, PcpSelection
from webapp.domain.member.eligibility import Member, died

pytestmark = pytest.mark.usefixtures("database")

ARGON2 = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
BCRYPT = "$2b$12$" + "a" * 53
PBKDF2 = "pbkdf2:sha256:600000$salt$" + "0" * 64


# --- eligibility --------------------------------------------------------------------------------------


def test_a_member_comes_in_with_name_address_and_span(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility(subscriber_id="009"))
    outcome = load(tmp_path).feed("eligibility")
    assert (outcome.read, counts(outcome)) == (1, (1, 0, 0, 0))
    member = Member.get_by_id("001")
    assert (member.name, member.address, member.subscriber_id) == ("Ana Ortiz", "12 Elm Street", "009")
    assert (member.birth_date, member.gender, member.client_id_key) == (date(1990, 6, 15), "F", "001")
    assert spans() == [("001", date(2024, 1, 1), None, "A")]


def test_loading_the_same_folder_again_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility(), eligibility("002"))
    write(tmp_path, "provider", provider())
    load(tmp_path)
    again = load(tmp_path)
    assert counts(again.feed("eligibility")) == (0, 0, 2, 0)
    assert counts(again.feed("provider")) == (0, 0, 1, 0)
    assert (Member.select().count(), len(spans()), Provider.select().count()) == (2, 2, 1)


def test_parquet_loads_as_csv_does(tmp_path: Path) -> None:
    row = eligibility() | {"birth_date": date(1990, 6, 15), "enrollment_start_date": date(2024, 1, 1)}
    row["enrollment_end_date"] = date(9999, 12, 31)
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "eligibility.parquet")
    load(tmp_path)
    assert spans() == [("001", date(2024, 1, 1), None, "A")]


@pytest.mark.parametrize("end", ["9999-12-31", "2299-12-31", ""])
def test_an_end_far_ahead_is_no_end(tmp_path: Path, end: str) -> None:
    write(tmp_path, "eligibility", eligibility(enrollment_end_date=end))
    load(tmp_path)
    assert spans()[0][2] is None


def test_the_latest_span_gives_name_and_address(tmp_path: Path) -> None:
    later = eligibility(
        enrollment_start_date="2025-01-01", last_name="Vega", address="1 Oak Lane", plan="husky d"
    )
    write(tmp_path, "eligibility", later, eligibility(enrollment_end_date="2024-12-31"))
    load(tmp_path)
    assert (Member.get().last_name, Member.get().address) == ("Vega", "1 Oak Lane")
    assert [span[3] for span in spans()] == ["A", "D"]


def test_a_corrected_end_date_changes_the_span(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility())
    load(tmp_path)
    write(tmp_path, "eligibility", eligibility(enrollment_end_date="2025-06-30"))
    assert counts(load(tmp_path).feed("eligibility")) == (0, 1, 0, 0)
    assert spans() == [("001", date(2024, 1, 1), date(2025, 6, 30), "A")]


def test_a_withdrawn_span_goes_and_members_not_in_the_file_stay(tmp_path: Path) -> None:
    first = eligibility(enrollment_end_date="2024-12-31")
    write(tmp_path, "eligibility", first, eligibility(enrollment_start_date="2025-03-01"), eligibility("002"))
    load(tmp_path)
    write(tmp_path, "eligibility", first)
    assert counts(load(tmp_path).feed("eligibility")) == (0, 0, 1, 1)
    assert [(span[0], span[1]) for span in spans()] == [("001", date(2024, 1, 1)), ("002", date(2024, 1, 1))]


@pytest.mark.parametrize("fault", [{"plan": "Medicare"}, {"enrollment_start_date": "soon"}])
def test_a_faulty_row_never_ends_a_members_coverage(tmp_path: Path, fault: dict[str, str]) -> None:
    past = eligibility(enrollment_end_date="2024-12-31")
    write(tmp_path, "eligibility", past, eligibility(enrollment_start_date="2025-03-01"))
    load(tmp_path)
    write(tmp_path, "eligibility", past, eligibility(**({"enrollment_start_date": "2025-03-01"} | fault)))
    outcome = load(tmp_path).feed("eligibility")
    assert (outcome.removed, outcome.set_aside_rows) == (0, 1)
    assert [span[1] for span in spans()] == [date(2024, 1, 1), date(2025, 3, 1)]


def test_a_new_address_counts_as_one_row_changed(tmp_path: Path) -> None:
    old = eligibility(enrollment_end_date="2024-12-31")
    write(tmp_path, "eligibility", old, eligibility(enrollment_start_date="2025-01-01"))
    load(tmp_path)
    write(tmp_path, "eligibility", old, eligibility(enrollment_start_date="2025-01-01", address="9 New Road"))
    assert counts(load(tmp_path).feed("eligibility")) == (0, 1, 1, 0)
    assert Member.get().address == "9 New Road"


def test_a_death_without_a_day_is_a_death(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility(death_flag="1"), eligibility("002", death_flag="0"))
    load(tmp_path)
    dead, alive = Member.select().order_by(Member.client_id)
    assert died(dead, date(2026, 3, 25))
    assert not died(alive, date(2026, 3, 25))


def test_blank_names_and_a_blank_household_do_not_stop_the_load(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility(first_name="", last_name=""))
    outcome = load(tmp_path).feed("eligibility")
    assert outcome.added == 1
    assert (Member.get().name, Member.get().subscriber_id) == ("", "001")


def test_more_rows_than_a_transaction_holds_keep_each_members_spans_together(tmp_path: Path) -> None:
    rows = [
        eligibility(
            f"{number:05}", enrollment_start_date=f"{year}-01-01", enrollment_end_date=f"{year}-12-31"
        )
        for number in range(2_001)
        for year in (2021, 2022, 2023)
    ]
    write(tmp_path, "eligibility", *rows)
    assert counts(load(tmp_path).feed("eligibility")) == (6_003, 0, 0, 0)
    assert counts(load(tmp_path).feed("eligibility")) == (0, 0, 6_003, 0)
    assert Member.select().count() == 2_001


# --- the other feeds ----------------------------------------------------------------------------------


def test_the_directory_holds_each_provider_once_for_each_practice(tmp_path: Path) -> None:
    write(
        tmp_path,
        "provider",
        provider(kind="Medical", latitude="41.7", accepting_new_patients="no"),
        provider(tin="061110002", kind="", latitude="", accepting_new_patients=""),
        provider(practice_name="Elm Street Again"),
        provider(npi="2", kind="magical"),
        provider(npi=""),
    )
    outcome = load(tmp_path).feed("provider")
    assert (outcome.read, outcome.added, outcome.set_aside_rows) == (5, 2, 3)
    first, second = Provider.select().order_by(Provider.tin)
    assert (first.kind, first.latitude, first.accepting_new_patients) == ("medical", 41.7, False)
    assert (second.kind, second.latitude, second.accepting_new_patients) == ("medical", None, None)
    assert first.practice_name == "Elm Street"


def test_a_provider_who_moved_changes_in_place(tmp_path: Path) -> None:
    write(tmp_path, "provider", provider(city="Hartford"))
    load(tmp_path)
    write(tmp_path, "provider", provider(city="Bristol"))
    assert counts(load(tmp_path).feed("provider")) == (0, 1, 0, 0)
    assert [p.city for p in Provider.select()] == ["Bristol"]


def test_coverage_gives_renewal_language_and_interpreter_and_a_new_eligibility_file_keeps_them(
    tmp_path: Path,
) -> None:
    write(tmp_path, "eligibility", eligibility())
    row = {"member_id": "001", "renewal_on": "2026-09-30", "language": "Spanish", "interpreter": "yes"}
    write(tmp_path, "coverage", row)
    assert counts(load(tmp_path).feed("coverage")) == (0, 1, 0, 0)
    write(tmp_path, "eligibility", eligibility(address="9 New Road"))
    assert counts(load(tmp_path).feed("coverage")) == (0, 0, 1, 0)
    member = Member.get()
    assert (member.renewal_on, member.language, member.interpreter) == (date(2026, 9, 30), "Spanish", True)
    assert member.address == "9 New Road"


def test_selections_stays_and_icm_status_come_in_once(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility())
    write(tmp_path, "pcp_selection", {"member_id": "001", "npi": "1000000004", "selected_on": "2025-02-03"})
    write(tmp_path, "icm_status", {"member_id": "001", "status": "Engaged"})
    stay = {"member_id": "001", "facility_npi": "5", "admission_date": "2026-03-01", "discharge_date": ""}
    write(tmp_path, "admission", stay)
    load(tmp_path)
    write(tmp_path, "admission", stay | {"discharge_date": "2026-03-04"})
    outcome = load(tmp_path)
    assert counts(outcome.feed("admission")) == (0, 1, 0, 0)
    assert counts(outcome.feed("pcp_selection")) == (0, 0, 1, 0)
    chosen = PcpSelection.get()
    assert (chosen.npi, chosen.selected_on, chosen.source) == ("1000000004", date(2025, 2, 3), "feed")
    assert (IcmStatus.get().status, Admission.get().discharge_date) == ("Engaged", date(2026, 3, 4))


def test_accounts_of_earlier_systems_come_in_only_with_hashes(tmp_path: Path) -> None:
    account = {"username": "Old.One", "password_hash": BCRYPT, "answer_hash": "", "pin_hash": PBKDF2}
    write(
        tmp_path,
        "existing_account",
        account | {"tins": "061110001;061110002", "report_access": "yes"},
        account | {"username": "plain", "password_hash": "secret"},
        account | {"username": "old.one"},
        account | {"username": "pin", "pin_hash": "1234"},
        columns=(*account, "tins", "report_access"),
    )
    outcome = load(tmp_path).feed("existing_account")
    assert outcome.added == 1
    assert set(reasons(outcome)) == {
        "password_hash is no Argon2, bcrypt or PBKDF2 hash",
        "pin_hash is no Argon2, bcrypt or PBKDF2 hash",
        "comes twice (same username)",
    }
    kept = ExistingAccount.get()
    assert (kept.username, kept.tins, kept.report_access) == ("Old.One", "061110001 061110002", True)


def test_older_member_accounts_come_in_for_known_members(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility())
    account = {"username": "ana", "password_hash": ARGON2, "client_id": "001", "question": "Pet?"}
    write(tmp_path, "member_account", account, account | {"username": "eve", "client_id": "666"})
    outcome = load(tmp_path).feed("member_account")
    assert (outcome.added, reasons(outcome)) == (1, {"no such member": 1})
    assert OlderMemberAccount.get().client_id == "001"


@pytest.mark.parametrize("text", [ARGON2, BCRYPT, PBKDF2])
def test_the_three_forms_of_hash_are_known(text: str) -> None:
    assert is_password_hash(text)


@pytest.mark.parametrize(
    "text", [None, "", "secret", BCRYPT[:-1], BCRYPT + "a", "5f4dcc3b5aa765d61d8327deb882cf99"]
)
def test_anything_else_is_no_hash(text: str | None) -> None:
    assert not is_password_hash(text)


def test_progress_names_each_feed(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility())
    write(tmp_path, "provider", provider())
    lines: list[str] = []
    outcome = feeds.load(tmp_path, PLAN, lines.append)
    assert [line.split()[0] for line in lines] == ["eligibility", "provider"]
    assert str(outcome.feed("provider")) == "provider: 1 rows, 1 added, 0 changed, 0 unchanged"
