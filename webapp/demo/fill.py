"""Inventing the demo's people, loading them as any plan's, and computing their reports. Slow to import, so apart."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from reports import snapshot
from reports.catalog import REPORTS
from reports.refresh import refresh
from reports.synthetic import starter_cast, synthesize
from webapp.config import Settings
from webapp.demo.accounts import create_accounts, turn_on_second_factors
from webapp.demo.codes import issue_codes
from webapp.demo.consents import give_consents
from webapp.demo.history import earlier_refreshes
from webapp.demo.messages import write_messages
from webapp.demo.sign_ins import note_sign_ins
from webapp.demo.team import settle_practices
from webapp.domain import feeds
from webapp.domain.member import consent
from webapp.domain.member.eligibility import Member
from webapp.domain.reporting.report_inputs import note_refreshed, portal_data
from webapp.web.connection import demo_key

MEMBERS = 5_000
SEED = 2015


def fill(settings: Settings, today: date, progress: Callable[[str], None]) -> None:
    """Fill the emptied tables with the demo plan as of `today`."""
    with tempfile.TemporaryDirectory(prefix="portal-demo-") as name:
        folder = Path(name)
        progress(f"inventing {MEMBERS:,} members as of {today}")
        synthesize(folder, members=MEMBERS, as_of=today, seed=SEED, cast=starter_cast())
        progress("loading the plan's feeds")
        for outcome in feeds.load(folder, settings.plan).feeds:
            progress(f"  {outcome}")
        consent.opt_out(_every_hundredth_member())
        give_consents(today)
        told = portal_data(settings.plan)
        progress("computing the reports of earlier months")
        earlier_refreshes(today, lambda day, slugs: refresh(folder, day, slugs=slugs, portal=told))
        progress("computing the reports")
        refresh(folder, today, portal=told)
        note_refreshed(told)
    published = [slug for slug in REPORTS if snapshot.published(slug)]
    progress(f"  published {', '.join(published)}")
    progress("making the fixed accounts")
    create_accounts()
    turn_on_second_factors(settings.secret_key or demo_key())
    issue_codes(settings)
    settle_practices(settings)
    write_messages(settings)
    note_sign_ins()


def _every_hundredth_member() -> list[str]:
    """Who opted out in the demo: invented members, none of the fixed people."""
    fixed = {person.client_id for person in starter_cast().members}
    listed = Member.select(Member.client_id).order_by(Member.client_id).tuples()
    return [
        client_id for place, (client_id,) in enumerate(listed) if place % 100 == 50 and client_id not in fixed
    ]
