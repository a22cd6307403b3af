"""What the demo's reports looked like before: twelve month ends, and members who came at different times."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pytest

from reports import store, summary
from reports.snapshot import attributed
from reports.tables import ATTRIBUTION, Attribution
from tests.harness.clock import TODAY
from tests.harness.plan_rows import add_member, add_span
from webapp.demo import history
from webapp.demo.consents import give_consents
from webapp.domain.member import consent

pytestmark = pytest.mark.usefixtures("database")

TIN = "061110001"
MEMBERS = [f"00700{number:04d}" for number in range(60)]
NEW = "008000001"


def publish_as_of(day: date, slugs: Sequence[str]) -> None:
    """What a refresh leaves of attribution and of the practice summary, in small."""
    with store.transaction():
        summary.keep_month(day, [(TIN, "adult-diabetes", "hba1c", 1000, 300)])
    draft = store.begin(ATTRIBUTION, day, None, ())
    columns = ("snapshot_id", "client_id", "npi", "tin", "kind", "effective_on")
    rows = [
        (draft.id, client_id, "1000000004", TIN, "Attribution", day.replace(day=1).isoformat())
        for client_id in (*MEMBERS, NEW)
    ]
    store.publish({draft: store.write(Attribution, columns, [rows])})


def test_the_month_ends_are_the_eleven_before_this_month() -> None:
    ends = history.month_ends(date(2026, 3, 25))
    assert (len(ends), ends[0], ends[-1]) == (11, date(2025, 4, 30), date(2026, 2, 28))
    assert history.month_ends(date(2026, 3, 1))[-1] == date(2026, 2, 28)


def test_the_end_of_last_month_is_refreshed_for_what_can_have_changed() -> None:
    asked: list[tuple[date, Sequence[str]]] = []
    history.earlier_refreshes(TODAY, lambda day, slugs: asked.append((day, slugs)))
    ((day, slugs),) = asked
    assert day == history.month_ends(TODAY)[-1]
    assert {"adult-diabetes", "patient-panel", "practice-summary"} <= set(slugs)
    assert "admissions" not in slugs


def test_every_month_has_figures_that_lead_to_the_last() -> None:
    history.earlier_refreshes(TODAY, publish_as_of)
    found = summary.history(TIN, TODAY)[TIN]["adult-diabetes.hba1c"]
    assert [month.month for month in found] == [day.replace(day=1) for day in history.month_ends(TODAY)]
    assert all(0 <= month.due <= month.eligible for month in found)
    assert (found[-1].eligible, found[-1].due) == (1000, 300)
    rates = [month.rate or 0 for month in found]
    assert rates[0] < rates[-1]
    # Not a ruler's line.
    assert len({after - before for before, after in pairwise(rates)}) > 4


def test_the_same_demo_has_the_same_history() -> None:
    history.earlier_refreshes(TODAY, publish_as_of)
    first = summary.history(TIN, TODAY), attributed(MEMBERS)
    history.earlier_refreshes(TODAY, publish_as_of)
    assert (summary.history(TIN, TODAY), attributed(MEMBERS)) == first


def test_members_came_to_their_pcps_at_different_times_and_never_before_they_were_covered() -> None:
    last = history.month_ends(TODAY)[-1]
    joined = date(last.year, last.month, 1)
    add_member(NEW)
    add_span(NEW, joined)
    history.earlier_refreshes(TODAY, publish_as_of)
    came = {pcp.effective_on for pcp in attributed(MEMBERS).values()}
    assert len(came) > 15
    assert all(day.day == 1 and day <= joined for day in came)
    assert attributed([NEW])[NEW].effective_on == joined


def test_the_fixed_consents_are_one_to_any_practice_two_to_one_and_one_that_ended() -> None:
    give_consents(TODAY)
    given = list(consent.Consent.select().order_by(consent.Consent.id))
    assert [each.tin for each in given] == ["", TIN, "061110002", ""]
    assert [each.id in {live.id for live in consent.live_consents(TODAY)} for each in given] == [
        True, True, True, False,
    ]  # fmt: skip
