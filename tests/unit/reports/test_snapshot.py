"""How a page, a download and the filters read a published snapshot; what a kill leaves."""

import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from peewee import Database, SqliteDatabase

from reports import snapshot, store, tables
from reports.catalog import REPORTS
from reports.refresh import RefreshRefused, RefreshRunning, refresh
from reports.snapshot import RowQuery
from reports.tables import ReportFacet, ReportRow
from reports.words import fold
from tests.unit.reports.plan_extract import AS_OF, TIN, PlanExtract

SLUG = "adult-diabetes"
KEYS = [column.key for column in (*REPORTS[SLUG].columns, *REPORTS[SLUG].details)]
NAMES = ("Núñez, José", "Nunez, Josefa", "O'Brien, Pat", "Smith, Ann", "Smith, Ann", "=1+1, Eve")


def publish(tin: str = TIN, count: int = 130, seed: int = 1) -> list[dict[str, str]]:
    """Publish `count` rows with many equal cells. Returns them as stored, in printed order."""
    draw = random.Random(seed)
    draft = store.begin(SLUG, AS_OF, None, KEYS)
    made = []
    for number in range(count):
        row = dict.fromkeys(KEYS, "")
        row |= {
            "member_name": draw.choice(NAMES),
            "client_id": f"{number:05}",
            "icm_status": draw.choice(["", "ACTIVE", "CLOSED"]),
            "hba1c_date": draw.choice(["", "2015-01-01", "2014-12-31"]),
            "hba1c_due": draw.choice(["", "Due"]),
            "pcp_name": "Doctor, Ann",
            "npi": draw.choice(["1", "2"]),
        }
        made.append(row)
    cells = tables.cell_names(KEYS)
    columns = ("snapshot_id", "tin", "position", "npi", "any_due", "name_key", *(cells[key] for key in KEYS))
    rows = [
        (
            draft.id,
            tin,
            number,
            row["npi"],
            bool(row["hba1c_due"]),
            fold(row["member_name"]),
            *(row[k] for k in KEYS),
        )
        for number, row in enumerate(made, 1)
    ]
    store.write(ReportRow, columns, [rows[:50], rows[50:]])
    facets = [
        (draft.id, tin, "practice", "", "The Practice", count, sum(bool(row["hba1c_due"]) for row in made))
    ]
    for npi in ("1", "2"):
        of = [row for row in made if row["npi"] == npi]
        facets.append(
            (draft.id, tin, "pcp", npi, f"Dr {npi}", len(of), sum(bool(row["hba1c_due"]) for row in of))
        )
    facets.append(
        (draft.id, tin, "icm", "ACTIVE", "ACTIVE", sum(row["icm_status"] == "ACTIVE" for row in made), 0)
    )
    store.write(ReportFacet, ("snapshot_id", "tin", "kind", "value", "label", "total", "due_total"), [facets])
    store.publish({draft: count})
    return made


def ids(rows: list[dict]) -> list[str]:
    return [row["client_id"] for row in rows]


@pytest.mark.parametrize("descending", [False, True])
def test_for_every_column_the_pages_together_hold_each_row_once(
    snapshots: Database, descending: bool
) -> None:
    made = publish()
    for column in (None, *REPORTS[SLUG].columns):
        query = RowQuery(tins=(TIN,), sort=column.key if column else None, descending=descending)
        pages = [snapshot.page(SLUG, query, number) for number in (1, 2, 3)]
        together = [row for page in pages for row in page.rows]
        assert sorted(ids(together)) == sorted(row["client_id"] for row in made)
        assert ids(together) == ids(list(snapshot.rows(SLUG, query)))
        assert {(page.total, page.pages) for page in pages} == {(130, 3)}
        if column is None:
            assert ids(together) == [row["client_id"] for row in made]
        elif column.key != "member_name":
            values = [row[column.key] or "" for row in together]
            assert values == sorted(values, reverse=descending)


def test_filters_narrow_and_totals_follow(snapshots: Database) -> None:
    made = publish()
    for query, fits in (
        (RowQuery((TIN,), pcp="1"), lambda row: row["npi"] == "1"),
        (RowQuery((TIN,), due=True), lambda row: row["hba1c_due"]),
        (RowQuery((TIN,), pcp="2", due=True), lambda row: row["npi"] == "2" and row["hba1c_due"]),
        (RowQuery((TIN,), icm="ACTIVE"), lambda row: row["icm_status"] == "ACTIVE"),
        (
            RowQuery((TIN,), icm="CLOSED", due=True),
            lambda row: row["icm_status"] == "CLOSED" and row["hba1c_due"],
        ),
        (
            RowQuery((TIN,), search="jose NUNEZ"),
            lambda row: row["member_name"].startswith(("Núñez", "Nunez")),
        ),
        (RowQuery((TIN,), search="obrien"), lambda row: row["member_name"].startswith("O'Brien")),
        (RowQuery((TIN,), search="0012"), lambda row: "0012" in row["client_id"]),
        (RowQuery((TIN,), search="%"), lambda _: False),
        (RowQuery((TIN,), hidden=("00001", "00002")), lambda row: row["client_id"] not in ("00001", "00002")),
        (RowQuery(("none",)), lambda _: False),
        (RowQuery(()), lambda _: False),
    ):
        expected = [row for row in made if fits(row)]
        found = snapshot.page(SLUG, query, per_page=500)
        assert ids(found.rows) == [row["client_id"] for row in expected], query
        assert found.total == len(expected), query
        assert found.due_total == sum(bool(row["hba1c_due"]) for row in expected), query
        assert ids(list(snapshot.rows(SLUG, query))) == ids(found.rows)


def test_the_rows_of_a_member_are_found_without_those_of_the_practice(
    snapshots: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    served = snapshot.published(SLUG)
    assert served
    asked, ask = [], snapshots.execute_sql
    monkeypatch.setattr(snapshots, "execute_sql", lambda *given: asked.append(given) or ask(*given))
    assert ids([row for _, row in snapshot.of_members([served], {"00007": TIN, "00009": "other"})]) == [
        "00007"
    ]
    assert ids(list(snapshot.rows(SLUG, RowQuery((TIN,), client_id="00007")))) == ["00007"]
    if not isinstance(snapshots, SqliteDatabase):
        return  # PostgreSQL decides by what a table holds; here it holds next to nothing
    of_rows = [given for given in asked if "report_row" in given[0]]
    plans = [ask(f"EXPLAIN QUERY PLAN {sql}", *given).fetchall() for sql, *given in of_rows]
    assert len(plans) == 2
    assert all("tin=? AND client_id=?" in plan[0][3] for plan in plans), plans


def test_values_are_ready_for_json(snapshots: Database) -> None:
    publish(count=3)
    row = snapshot.page(SLUG, RowQuery((TIN,))).rows[0]
    assert list(row) == [column.key for column in REPORTS[SLUG].columns]
    assert row["ldl_c_date"] is None
    assert "why" not in row
    assert "why" in next(snapshot.rows(SLUG, RowQuery((TIN,)), details=True))


def test_a_page_beyond_the_last_is_the_last(snapshots: Database) -> None:
    publish(count=60)
    assert snapshot.page(SLUG, RowQuery((TIN,)), 99).page == 2
    assert snapshot.page(SLUG, RowQuery((TIN,)), -1).page == 1


def test_before_the_first_refresh_there_is_nothing(snapshots: Database) -> None:
    assert snapshot.published(SLUG) is None
    assert snapshot.page(SLUG, RowQuery((TIN,))).snapshot is None
    assert list(snapshot.rows(SLUG, RowQuery((TIN,)))) == []
    assert snapshot.practice(SLUG, TIN) == snapshot.Practice()
    assert snapshot.attributed(["1"]) == {}


def test_filters_offer_what_occurs(snapshots: Database) -> None:
    publish()
    found = snapshot.practice(SLUG, TIN)
    assert [(choice.value, choice.label) for choice in found.pcps] == [("1", "Dr 1"), ("2", "Dr 2")]
    assert [choice.value for choice in found.icm] == ["ACTIVE"]
    assert found.name == "The Practice"


def test_a_new_snapshot_is_seen_only_when_published_and_two_are_kept(snapshots: Database) -> None:
    for count in (10, 20, 30):
        publish(count=count)
    draft = store.begin(SLUG, AS_OF, None, KEYS)
    columns = ("snapshot_id", "tin", "position", "npi", "any_due", "name_key", "icm", "client_id")
    store.write(ReportRow, columns, [[(draft.id, TIN, n, "1", False, "", "", "") for n in range(5)]])
    assert snapshot.page(SLUG, RowQuery((TIN,))).total == 30
    assert len(list(snapshot.rows(SLUG, RowQuery((TIN,))))) == 30
    assert store.tidy() == 2  # the half-built one and the oldest
    assert store.snapshots(SLUG) == 2
    assert ReportRow.select().count() == 50
    assert snapshot.page(SLUG, RowQuery((TIN,))).total == 30


KILLED = """
import sys
from datetime import date
from peewee import SqliteDatabase
from reports import catalog, store, tables
from reports import refresh as refreshing

refreshing.REPORTS = {slug: catalog.REPORTS[slug] for slug in sys.argv[4:]}
tables.database.initialize(SqliteDatabase(sys.argv[1], pragmas={"journal_mode": "wal"}))
tables.database.connect()
write, store.BATCH = store.write, 3

def stuck(model, columns, batches):
    def some():
        for number, batch in enumerate(batches):
            yield batch
            if model._meta.table_name == sys.argv[3] and number == 1:
                print("half way", flush=True)
                sys.stdin.read()
    return write(model, columns, some())

store.write = stuck
if sys.argv[3] == "publishing":
    publish = store.publish
    def half(drafts, also):
        with store.transaction():
            publish(drafts, also)
            print("half way", flush=True)
            sys.stdin.read()
    store.publish = half
refreshing.refresh(sys.argv[2], date(2015, 8, 31))
"""
#: All reports that there are, for these refreshes: two are published at once as all of them are.
TWO = ("patient-panel", SLUG)


@pytest.mark.long
@pytest.mark.parametrize("where", ["report_row", "publishing"])
def test_a_killed_refresh_leaves_the_old_report_and_the_next_one_clears_up(
    snapshots: Database, extract: PlanExtract, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if not isinstance(snapshots, SqliteDatabase):
        pytest.skip("the database file of the killed process is SQLite's")
    monkeypatch.setattr("reports.refresh.REPORTS", {slug: REPORTS[slug] for slug in TWO})
    extract.standard()
    for number in range(12):
        extract.member(str(number))
        extract.visit(str(number), date(2015, 7, 1))
    folder = extract.write()
    refresh(folder, AS_OF)
    before = snapshot.published("patient-panel")
    arguments = [sys.executable, "-c", KILLED, str(snapshots.database), str(folder), where, *TWO]
    root = Path(__file__).parents[3]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout
        assert process.stdout.readline() == b"half way\n"
        if where == "report_row":
            assert store.snapshots("patient-panel") == 2
            with pytest.raises(RefreshRunning):
                refresh(folder, AS_OF)
        assert snapshot.published("patient-panel") == before
        process.kill()
    assert snapshot.published("patient-panel") == before
    assert len(list(snapshot.rows("patient-panel", RowQuery((TIN,))))) == 12
    refresh(folder, AS_OF)
    after = snapshot.published("patient-panel")
    assert after is not None
    assert before is not None
    assert after.id > before.id
    assert store.snapshots("patient-panel") == 2
    assert store.snapshots(tables.ATTRIBUTION) == 2


def test_a_second_refresh_at_once_is_refused(snapshots: Database, extract: PlanExtract) -> None:
    extract.member("1")
    folder = extract.write()
    with store.only_one_refresh(), pytest.raises(RefreshRunning, match="another refresh is running"):
        refresh(folder, AS_OF)


def test_an_unknown_report_or_engine_is_refused_by_name(snapshots: Database, extract: PlanExtract) -> None:
    with pytest.raises(RefreshRefused, match="no report is called 'nothing'"):
        refresh(extract.folder, AS_OF, slugs=["nothing"])
    extract.standard()
    extract.member("somebody")
    with pytest.raises(RefreshRefused, match="'abacus' is not available"):
        refresh(extract.write(), AS_OF, engine="abacus")
