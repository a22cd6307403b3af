"""What changed between two snapshots, also where a report has gained a test in between, and how fast."""

import json

from peewee import DatabaseProxy

from reports import changes
from reports.tables import ReportSnapshot
from tests.harness.report_rows import diabetic, publish

TIN, OTHER = "061110001", "061110002"


def test_a_test_that_the_earlier_snapshot_did_not_have_opens_every_gap_of_it(database: DatabaseProxy) -> None:
    publish("adult-diabetes", {TIN: [diabetic(1)]})
    kept = ReportSnapshot.get()
    keys = ["gone" if key == "ldl_c_due" else key for key in json.loads(kept.keys)]
    ReportSnapshot.update(keys=json.dumps(keys)).execute()
    publish("adult-diabetes", {TIN: [diabetic(1)]})
    found = changes.changes("adult-diabetes", TIN)
    assert found is not None
    assert [(change.client_id, change.test) for change in found.opened] == [("007000001", "ldl_c")]
    assert found.closed == ()


def test_only_the_two_latest_snapshots_and_only_this_practice_count(database: DatabaseProxy) -> None:
    publish("adult-diabetes", {TIN: [diabetic(1), diabetic(2)], OTHER: [diabetic(3)]})
    publish("adult-diabetes", {TIN: [diabetic(1)], OTHER: []})
    publish("adult-diabetes", {TIN: [diabetic(1)], OTHER: []})
    found = changes.changes("adult-diabetes", TIN)
    assert found is not None
    assert (found.opened, found.closed, found.joined, found.left) == ((), (), (), ())


def test_lists_go_by_member_name(database: DatabaseProxy) -> None:
    publish("adult-diabetes", {OTHER: [diabetic(9)]})
    names = ("Zhou, Xiu", "Álvarez, Eva", "O'Brien, Pat")
    publish("adult-diabetes", {TIN: [diabetic(n, member_name=name) for n, name in enumerate(names)]})
    found = changes.changes("adult-diabetes", TIN)
    assert found is not None
    assert [change.member_name for change in found.joined] == ["Álvarez, Eva", "O'Brien, Pat", "Zhou, Xiu"]


def test_five_thousand_rows_are_compared(database: DatabaseProxy) -> None:
    publish("adult-diabetes", {TIN: [diabetic(number) for number in range(5000)]})
    publish("adult-diabetes", {TIN: [diabetic(number + 10) for number in range(5000)]})
    found = changes.changes("adult-diabetes", TIN)
    assert found is not None
    assert (len(found.joined), len(found.left)) == (10, 10)
