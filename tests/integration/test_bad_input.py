"""What `portal refresh` does with bad input: a file's fault refuses (exit 2, what is served stays), a row's fault sets
the row aside (exit 0, counted, the first one shown). On CSV and on Parquet."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from reports import snapshot, tables
from reports.extract import ExtractRefused, open_extract
from reports.snapshot import RowQuery
from tests.harness.damage import damage_pages
from tests.harness.database import open_for_tests
from tests.unit.reports.plan_extract import AS_OF, PCP, TIN, PlanExtract
from webapp.cli import main

SUMMER = date(2015, 7, 1)
FORMS = ("csv", "parquet")
PANEL = ("--report", "patient-panel")
EVERYTHING = ("--engine", "duckdb")

Refresh = Callable[..., Result]


@pytest.fixture
def extract(tmp_path: Path) -> PlanExtract:
    """An extract to fill and write; nothing is in it yet."""
    return PlanExtract(tmp_path / "extract")


@pytest.fixture
def refresh(database: object, database_url: str) -> Refresh:
    """Runs `portal refresh FOLDER` as of the sample's day on the test's database, of the panel or of everything."""

    def run(folder: Path, *options: str) -> Result:
        result = CliRunner().invoke(
            main,
            ["refresh", str(folder), "--as-of", AS_OF.isoformat(), *(options or PANEL)],
            env={"PORTAL_DATABASE": database_url},
        )
        open_for_tests(database_url)
        tables.database.connect(reuse_if_open=True)
        return result

    return run


def plan(extract: PlanExtract) -> PlanExtract:
    """One member with a visit and a prescription, and a member who is at fault nowhere."""
    extract.standard().member("1")
    extract.visit("1", SUMMER)
    extract.drug("1", SUMMER)
    return extract


def without(column: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        if path.suffix == ".parquet":
            pq.write_table(pq.read_table(path).drop_columns([column]), path)
            return
        with path.open(newline="", encoding="utf-8") as file:
            rows = [
                {name: text for name, text in row.items() if name != column} for row in csv.DictReader(file)
            ]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    return damage


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def without_rows(path: Path) -> None:
    if path.suffix == ".parquet":
        pq.write_table(pq.read_table(path).slice(0, 0), path)
    else:
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def cut_short(path: Path) -> None:
    """What a transfer that broke off leaves: a Parquet file without its end, a CSV row without its last cells."""
    whole = path.read_bytes()
    path.write_bytes(
        whole[: len(whole) * 2 // 3] if path.suffix == ".parquet" else whole[: whole.rindex(b",") - 20]
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("table", "damage", "told"),
    [
        ("medical_claim", without("person_id"), ("column person_id", "the column is missing")),
        ("medical_claim", without("claim_start_date"), ("column claim_start_date", "the column is missing")),
        ("pharmacy_claim", without("ndc_code"), ("column ndc_code", "the column is missing")),
        ("eligibility", without("birth_date"), ("column birth_date", "the column is missing")),
        ("medical_claim", emptied, ("the file is empty",)),
        ("eligibility", without_rows, ("the file holds no rows",)),
        ("medical_claim", without_rows, ("the file holds no rows",)),
        ("medical_claim", cut_short, ("cannot be read",)),
        ("provider", cut_short, ("cannot be read",)),
    ],
)
def test_a_fault_of_a_file_is_told_with_file_and_column_and_refuses(
    extract: PlanExtract,
    form: str,
    table: str,
    damage: Callable[[Path], None],
    told: tuple[str, ...],
) -> None:
    folder = plan(extract).write(form)
    damage(folder / f"{table}.{form}")
    with pytest.raises(ExtractRefused) as refusal, open_extract(folder):
        pass
    for text in (f"{table}.{form}", *told):
        assert text in str(refusal.value)


def test_a_refused_refresh_exits_2_and_leaves_what_is_served(extract: PlanExtract, refresh: Refresh) -> None:
    """Missing column, cut file, and pages damaged inside, which show only when they are read."""
    for number in range(3000):
        extract.visit("1", SUMMER, claim_id=f"V{number}", billing_tin=f"9{number:08}")
    folder = plan(extract).write()
    first = refresh(folder)
    assert first.exit_code == 0, first.output
    served = snapshot.published("patient-panel")
    rows = list(snapshot.rows("patient-panel", RowQuery(tins=(TIN,))))
    assert rows
    claims = folder / "medical_claim.parquet"
    whole = claims.read_bytes()
    for damage, told, options in (
        (without("hcpcs_code"), "medical_claim.parquet, column hcpcs_code: the column is missing", PANEL),
        (cut_short, "medical_claim.parquet: cannot be read", PANEL),
        (
            lambda path: damage_pages(path, "billing_tin"),
            "medical_claim.parquet, column billing_tin: cannot be read",
            EVERYTHING,
        ),
        (
            lambda path: damage_pages(path, "person_id"),
            "medical_claim.parquet, column person_id: cannot be read",
            PANEL,
        ),
    ):
        claims.write_bytes(whole)
        damage(claims)
        result = refresh(folder, *options)
        assert result.exit_code == 2, result.output
        assert told in result.output
        assert snapshot.published("patient-panel") == served
        assert list(snapshot.rows("patient-panel", RowQuery(tins=(TIN,)))) == rows


@pytest.mark.parametrize("form", FORMS)
def test_rows_at_fault_are_told_and_the_rest_is_published(
    extract: PlanExtract, refresh: Refresh, form: str
) -> None:
    plan(extract)
    extract.claim("1", SUMMER, "99213", claim_id="no-person", person_id=None)
    extract.claim("1", SUMMER, "99213", claim_id="stranger", person_id="P77")
    extract.claim("1", None, "99213", claim_id="no-day")
    extract.claim("1", SUMMER, "99213", claim_id="old", diagnosis_code_type="icd-9-cm")
    extract.claim("1", SUMMER, "99213", claim_id="old-2", diagnosis_code_type="ICD-9-CM")
    extract.member("1", first_name="Again")
    extract.add("pcp_selection", member_id="1", npi="1999999999", selected_on=SUMMER)
    if form == "csv":  # a Parquet column of dates cannot hold one that is none
        extract.claim("1", "2015-02-30", "99213", claim_id="bad-day")
    result = refresh(extract.write(form))
    assert result.exit_code == 0, result.output
    told = [
        (
            "medical_claim: set aside 1 rows (claim without a person); "
            "the first: claim_id no-person, claim_line_number 1, person_id (blank)"
        ),
        (
            "medical_claim: set aside 1 rows (member not in eligibility); "
            "the first: claim_id stranger, claim_line_number 1, person_id P77"
        ),
        (
            "medical_claim: set aside 1 rows (bad date: no date of service); "
            "the first: claim_id no-day, claim_line_number 1, person_id P1"
        ),
        (
            "medical_claim: set aside 2 rows (unknown code system in diagnosis_code_type); "
            "the first: claim_id old, claim_line_number 1, person_id P1"
        ),
        (
            "eligibility: set aside 1 rows (member twice: overlaps an earlier row that says otherwise); "
            "the first: member_id 1, enrollment_start_date 2010-01-01"
        ),
        "pcp_selection: set aside 1 rows (provider not in the directory); the first: member_id 1, npi 1999999999",
    ]
    if form == "csv":
        told.append(
            "medical_claim: set aside 1 rows (bad date in claim_start_date); "
            "the first: claim_id bad-day, claim_line_number 1, person_id P1"
        )
    for line in told:
        assert line in result.output
    (row,) = snapshot.rows("patient-panel", RowQuery(tins=(TIN,)))
    assert (row["client_id"], row["attribution_type"]) == ("1", "Attribution")


@pytest.mark.parametrize("form", FORMS)
def test_blanks_around_a_person_lose_nothing_and_are_told(
    extract: PlanExtract, refresh: Refresh, form: str
) -> None:
    extract.standard().member("1")
    for number in range(3):
        extract.visit("1", SUMMER, claim_id=f"V{number}", person_id="P1  ")
    extract.add("pcp_selection", member_id="1", npi=PCP, selected_on=date(2020, 1, 1))
    result = refresh(extract.write(form))
    assert result.exit_code == 0, result.output
    assert len(list(snapshot.rows("patient-panel", RowQuery(tins=(TIN,))))) == 1
    assert "set aside" not in result.output
    if form == "parquet":  # cells of a CSV file are always read without the blanks around them
        assert "person_id has blanks around it in 3 rows; they were left out" in result.output


def test_statistics_that_a_file_lacks_are_made_up_by_looking(extract: PlanExtract) -> None:
    """Footers spare a scan; without them the same is found."""
    plan(extract)
    extract.claim("1", SUMMER, "99213", claim_id="old", diagnosis_code_type="icd-9-cm")
    extract.claim("1", None, "99213", claim_id="no-day")
    folder = extract.write()
    told = []
    for statistics in (True, False):
        for path in folder.glob("*_claim.parquet"):
            pq.write_table(pq.read_table(path), path, write_statistics=statistics)
        with open_extract(folder) as found:
            told.append((found.set_aside, found.notices))
    assert told[0] == told[1]
    assert len(told[0][0]) == 2
