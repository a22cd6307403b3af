"""What `portal report` prints as JSON, and what it refuses."""

import json
from typing import Any

import pytest

from reports.catalog import REPORTS
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from webapp.domain.reporting import report_pages

TIN = "061110001"


@pytest.fixture
def published(database: Any) -> None:
    add_provider()
    publish("adult-diabetes", {TIN: [diabetic(1), diabetic(2, hba1c_date="")]})


def test_the_object_printed_has_the_contracts_keys_and_iso_dates(published: None) -> None:
    printed = report_pages.as_json(report_pages.whole_report("adult-diabetes", TIN))
    rows = printed.pop("rows")
    assert printed == {
        "report": "adult-diabetes",
        "title": "Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75",
        "as_of": "2026-03-25",
        "complete_through": "2026-02-28",
        "tin": TIN,
        "practice": "Elm Street",
        "excluded": "Excludes Dual Eligible and Opt-Out Members",
    }
    assert list(rows[0]) == [column.key for column in REPORTS["adult-diabetes"].columns]
    assert (rows[0]["hba1c_date"], rows[0]["hba1c_due"]) == ("2025-02-15", "Due")
    assert rows[1]["hba1c_date"] is None
    assert json.loads(json.dumps(rows)) == rows


def test_a_practice_without_rows_gets_an_empty_report(published: None) -> None:
    add_provider(npi="1000000012", tin="061110002", practice_name="Oak Street")
    printed = report_pages.as_json(report_pages.whole_report("adult-diabetes", "061110002"))
    assert (printed["practice"], printed["rows"]) == ("Oak Street", [])


@pytest.mark.parametrize(
    ("slug", "tin", "message"),
    [
        ("made-up", TIN, "there is no report 'made-up'"),
        ("patient-panel", TIN, "patient-panel has not been computed yet"),
        ("adult-diabetes", "123456789", "there is no practice with the Tax ID '123456789'"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_name(
    published: None, slug: str, tin: str, message: str
) -> None:
    with pytest.raises(report_pages.NoSuchReport, match=message):
        report_pages.whole_report(slug, tin)
