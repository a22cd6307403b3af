"""What an extract may hold: faults that refuse it, rows set aside, slips that are put right."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from reports import snapshot
from reports.extract import Extract, ExtractRefused, open_extract
from reports.refresh import refresh
from reports.snapshot import RowQuery
from tests.unit.reports.plan_extract import AS_OF, PCP, SECOND_TIN, TIN, PlanExtract

SAMPLE = Path(__file__).parent / "tuva_sample.zip"
SUMMER = date(2015, 7, 1)


def small(extract: PlanExtract) -> PlanExtract:
    extract.standard().member("1")
    extract.visit("1", SUMMER)
    extract.drug("1", SUMMER)
    return extract


def opened(extract: PlanExtract, form: str = "csv") -> Extract:
    return open_extract(extract.write(form))


def without(column: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        table = pq.read_table(path)
        pq.write_table(table.drop_columns([column]), path)

    return damage


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def no_rows(path: Path) -> None:
    pq.write_table(pq.read_table(path).slice(0, 0), path)


def scrambled(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"\x00" * 500 + b"PAR1")


@pytest.mark.parametrize(
    ("table", "damage", "column"),
    [
        ("medical_claim", without("claim_start_date"), "claim_start_date"),
        ("eligibility", without("birth_date"), "birth_date"),
        ("provider", without("tin"), "tin"),
        ("medical_claim", cut_short, None),
        ("eligibility", emptied, None),
        ("medical_claim", no_rows, None),
        ("pharmacy_claim", scrambled, None),
        ("medical_claim", Path.unlink, None),
    ],
)
def test_a_fault_of_a_file_refuses_the_refresh_and_leaves_what_is_served(
    extract: PlanExtract, snapshots: object, table: str, damage: Callable[[Path], None], column: str | None
) -> None:
    folder = small(extract).write()
    if table == "medical_claim" and damage is cut_short:  # once is enough: the snapshot before stays
        refresh(folder, AS_OF, slugs=["patient-panel"])
        before = snapshot.published("patient-panel")
    else:
        before = None
    damage(folder / f"{table}.parquet")
    with pytest.raises(ExtractRefused) as refusal:
        refresh(folder, AS_OF)
    assert table in refusal.value.file
    assert refusal.value.column == column
    assert table in str(refusal.value)
    assert snapshot.published("patient-panel") == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "empty"),
        (b"member_id,status\n1,ACTIVE\n2\n", "cannot be read"),
        (b"member_id,status\n1,ACTIVE\n\"2", "cannot be read"),
        (b"member_id,status\n1,\xff\xfe\xfa\n", "cannot be read"),
        (b"member_id\n1\n", "missing"),
        (b"member_id,status,status\n1,a,b\n", "once"),
    ],
)  # fmt: skip
def test_a_damaged_csv_is_refused(extract: PlanExtract, text: bytes, message: str) -> None:
    folder = small(extract).write("csv")
    (folder / "icm_status.csv").write_bytes(text)
    with pytest.raises(ExtractRefused, match=message) as refusal:
        open_extract(folder)
    assert refusal.value.file == "icm_status.csv"


def test_no_such_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExtractRefused, match="no such folder"):
        open_extract(tmp_path / "nowhere")


def test_rows_at_fault_are_set_aside_counted_and_shown(extract: PlanExtract) -> None:
    small(extract)
    extract.member("2", enrollment_start_date="2015-13-01")
    extract.member("3", birth_date="31.12.1980")
    extract.member("4", enrollment_end_date=date(2009, 1, 1))
    extract.member("5", person_id=" ")
    extract.claim("1", "2015-02-30", "99213", claim_id="bad-day")
    extract.claim("1", None, "99213", claim_id="no-day")
    extract.claim("1", SUMMER, "99213", claim_id="old-codes", diagnosis_code_type="icd-9-cm")
    extract.claim("1", SUMMER, "99213", claim_id="nobody", person_id="")
    extract.claim("1", SUMMER, "99213", claim_id="stranger", person_id="P99")
    extract.claim("1", SUMMER, "99213", claim_id="stranger-2", person_id="P99")
    extract.drug("99", SUMMER)
    extract.add("pcp_selection", member_id="99", npi=PCP, selected_on=SUMMER)
    extract.add("pcp_selection", member_id="1", npi=PCP, selected_on="soon")
    extract.add("icm_status", member_id="1", status="ACTIVE")
    extract.add("icm_status", member_id="1", status="CLOSED")
    extract.provider(PCP, TIN, practice_name="Again")
    extract.provider(PCP, SECOND_TIN, pcp="perhaps")
    with opened(extract) as found:
        aside = {(row.table, row.reason): (row.count, row.first) for row in found.set_aside}
        claims = found.table("medical_claim").count().to_pyarrow().as_py()
        practices = (
            found.table("provider").filter(lambda row: row.npi == PCP).practice_name.to_pyarrow().to_pylist()
        )
    day = str(SUMMER)
    assert aside == {
        ("eligibility", "bad date in enrollment_start_date"): (1, {"member_id": "2", "enrollment_start_date": ""}),
        ("eligibility", "bad date in birth_date"): (1, {"member_id": "3", "enrollment_start_date": "2010-01-01"}),
        ("eligibility", "bad date: enrollment ends before it starts"):
            (1, {"member_id": "4", "enrollment_start_date": "2010-01-01"}),
        ("eligibility", "row without a person"): (1, {"member_id": "5", "enrollment_start_date": "2010-01-01"}),
        ("medical_claim", "bad date in claim_start_date"):
            (1, {"claim_id": "bad-day", "claim_line_number": "1", "person_id": "P1"}),
        ("medical_claim", "bad date: no date of service"):
            (1, {"claim_id": "no-day", "claim_line_number": "1", "person_id": "P1"}),
        ("medical_claim", "unknown code system in diagnosis_code_type"):
            (1, {"claim_id": "old-codes", "claim_line_number": "1", "person_id": "P1"}),
        ("medical_claim", "claim without a person"):
            (1, {"claim_id": "nobody", "claim_line_number": "1", "person_id": ""}),
        ("medical_claim", "member not in eligibility"):
            (2, {"claim_id": "stranger", "claim_line_number": "1", "person_id": "P99"}),
        ("pharmacy_claim", "member not in eligibility"):
            (1, {"claim_id": "R2", "claim_line_number": "1", "person_id": "P99"}),
        ("pcp_selection", "member not in eligibility"): (1, {"member_id": "99", "npi": PCP}),
        ("pcp_selection", "bad date in selected_on"): (1, {"member_id": "1", "npi": PCP}),
        ("icm_status", "member twice"): (1, {"member_id": "1"}),
        ("provider", "provider twice"): (1, {"npi": PCP, "tin": TIN}),
        ("provider", "neither yes nor no in pcp"): (1, {"npi": PCP, "tin": SECOND_TIN}),
    }, day  # fmt: skip
    assert claims == 3  # the strangers' lines are left out where claims meet members
    assert practices == [f"Practice {TIN}"]


def test_a_member_twice_is_listed_once_as_the_first_row_says(extract: PlanExtract, snapshots: object) -> None:
    small(extract)
    extract.member(
        "1", first_name="Other", birth_date=date(1960, 1, 1), enrollment_start_date=date(2011, 1, 1)
    )
    extract.member("1", first_name="Again")
    extract.member("2", enrollment_end_date=date(2014, 12, 31))
    extract.member(
        "2", date(1970, 1, 2), enrollment_start_date=date(2015, 1, 1)
    )  # corrected later: no overlap
    extract.visit("2", SUMMER)
    outcome = refresh(extract.write(), AS_OF, slugs=["patient-panel"])
    assert [(row.table, row.reason, row.count) for row in outcome.set_aside] == [
        ("eligibility", "member twice: overlaps an earlier row that says otherwise", 2)
    ]
    rows = list(snapshot.rows("patient-panel", RowQuery(tins=(TIN,))))
    assert [(row["member_name"], row["date_of_birth"]) for row in rows] == [
        ("Number 1, Member", "1970-01-01"),
        ("Number 2, Member", "1970-01-02"),
    ]
    assert any("set aside 2 rows" in line for line in outcome.lines())


def test_slips_are_put_right_and_told(extract: PlanExtract) -> None:
    small(extract)
    extract.member("2", gender="male", dual_status_code="2.0")
    extract.member("3", gender="X", dual_status_code="8", birth_date="12/31/1980")
    extract.claim("2", SUMMER, None, diagnosis_code_1="E119", diagnosis_code_type="icd-10-pcs")
    extract.claim("2", SUMMER, None, diagnosis_code_1="E119", diagnosis_code_type="ICD-10-CM")
    with opened(extract) as found:
        members = found.table("eligibility").order_by("member_id").to_pyarrow().to_pylist()
        messages = [notice.message for notice in found.notices]
        assert found.set_aside == []
    assert [row["gender"] for row in members] == ["F", "M", None]
    assert [row["dual_status_code"] for row in members] == [None, "02", "08"]
    assert members[2]["birth_date"] == date(1980, 12, 31)
    assert "dual status codes such as 2.0 were read as 02 in 2 rows" in messages
    assert "diagnoses typed icd-10-pcs were read as ICD-10-CM in 1 rows" in messages
    assert "subscriber_id is empty in all 3 rows; each such member is a household of one" in messages


def test_a_table_may_come_in_parts_and_in_capitals(extract: PlanExtract) -> None:
    folder = small(extract).write()
    whole = pq.read_table(folder / "medical_claim.parquet")
    (folder / "medical_claim.parquet").unlink()
    for number in (1, 2):
        renamed = whole.rename_columns([name.upper() for name in whole.column_names])
        pq.write_table(renamed, folder / f"medical_claim-{number}.parquet")
    with open_extract(folder) as found:
        assert found.table("medical_claim").count().to_pyarrow().as_py() == 2
        batches = list(found.batches("medical_claim", 1))
    assert [len(batch) for batch in batches] == [1, 1]
    assert batches[0][0]["claim_start_date"] == SUMMER


@pytest.mark.long
def test_the_tuva_sample_is_read_to_the_end_and_its_slips_are_told(tmp_path: Path, snapshots: object) -> None:
    with zipfile.ZipFile(SAMPLE) as packed:
        packed.extractall(tmp_path / "sample")
    outcome = refresh(tmp_path / "sample", date(2018, 12, 31), slugs=["adult-diabetes", "ed-utilization"])
    assert outcome.set_aside == ()
    assert outcome.attributed == 0
    assert outcome.complete_through == date(2018, 12, 20)
    told = "\n".join(outcome.lines())
    for text in (
        "diagnoses typed icd-10-pcs were read as ICD-10-CM in 1,462 rows",
        "dual status codes such as 2.0 were read as 02 in 5 rows",
        "paid_date is empty in all 2,075 rows",
        "rendering_tin is empty in all 2,075 rows",
        "billing_tin is empty in all 2,075 rows",
        "subscriber_id is empty in all 31 rows",
        "last_name is empty in all 31 rows",
        "nobody is attributed",
        "no NDC to an ingredient",
    ):
        assert text in told
