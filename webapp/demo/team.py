"""What the demo's practices have asked for and answered, and whom they invited, through the portal's own commands."""

from datetime import timedelta

from webapp import clock
from webapp.config import Settings
from webapp.demo.accounts import DemoAccount, Tie, account_called, demo_accounts
from webapp.domain.audit import Actor
from webapp.domain.practice import access_requests, registration_codes
from webapp.domain.practice.registration_codes import GOOD_FOR, RegistrationCode

#: The Office Manager who invites, for which practice, whom, as what, and how many days ago.
_INVITES = "elm.manager"
_TIN = "061110001"
_INVITED = (
    ("assistant@elmstreet.example.org", "Nurse/Medical Assistant", 2),
    ("deputy@elmstreet.example.org", "Office Manager", 10),
)


def settle_practices(settings: Settings) -> None:
    """Make the requests and the invitations. The fixed accounts must be there."""
    for demo in demo_accounts():
        for tie in demo.ties:
            if tie.reason:
                _ask(demo, tie, settings)
    _invite(settings)


def _ask(demo: DemoAccount, tie: Tie, settings: Settings) -> None:
    account = account_called(demo.username)
    actor = Actor("provider", "", account.id)
    access_requests.ask(account, [tie.tin], tie.role, tie.reason, actor, settings)
    if tie.answer:
        request = account.access_requests.where(access_requests.ReportAccessRequest.tin == tie.tin).get()
        access_requests.refuse(request.id, tie.answer, Actor("support", ""), settings)


def _invite(settings: Settings) -> None:
    manager = account_called(_INVITES)
    for email, role, days_ago in _INVITED:
        actor = Actor("provider", "", manager.id)
        code = registration_codes.issue(
            manager, [_TIN], role, email, "en", actor, settings.plan, settings.base_url
        )
        sent = clock.now() - timedelta(days=days_ago)
        RegistrationCode.update(issued_at=sent, expires_at=sent + GOOD_FOR).where(
            RegistrationCode.id == code.id
        ).execute()
