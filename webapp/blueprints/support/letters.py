"""The sheet of a letter with a code: in the member's language, its code shown once."""

from flask import Response
from flask_login import current_user

from reports.words import N_
from webapp.blueprints.support import blueprint, lists
from webapp.domain.member import eligibility, locked_ways
from webapp.domain.member.eligibility import Member
from webapp.domain.member.locked_ways import RegistrationLetter
from webapp.domain.support import staff, work_queue
from webapp.domain.support.work_items import ClaimedByOther, Gone, Worker
from webapp.domain.us_dates import us_day
from webapp.web import audience
from webapp.web.signed_in import actor, secret_key, settings
from webapp.web.texts import gettext as _
from webapp.words import translate

_LINES = (
    N_("Dear %(name)s:"),
    N_(
        "Somebody tried to make an account on the HUSKY Health web page with your Client ID Number. "
        "It did not work, so we locked it to protect you. Then a letter to you was asked for."
    ),
    N_("If it was you: go to this web page and type the code and your date of birth."),
    N_("The code works once, until %(day)s. Show it to nobody."),
    N_("If it was not you: you need to do nothing. Questions? Call %(telephone)s."),
)


@blueprint.post("/queues/letter/<key>/print")
@audience.room("queues")
def print_letter(key: str) -> Response:
    """Make the code and show the sheet. Whoever prints works on the letter."""
    try:
        kind = work_queue.kind_for(staff.role_of(current_user.account), "letter")
        kind.claim(key, Worker(current_user.account, actor(), settings()))
        row, code = locked_ways.print_letter(int(key), actor(), settings().plan, secret_key())
    except (Gone, RegistrationLetter.DoesNotExist):
        return lists.page("queue_gone", _("This is done or taken back"), 404)
    except ClaimedByOther:
        return lists.page("queue_gone", _("Somebody else works on this now"), 409)
    return lists.page(
        "letter",
        _("Letter with a code"),
        member=eligibility.get_member(row.client_id),
        language=row.language,
        lines=_words(row, eligibility.get_member(row.client_id)),
        code=code,
        address=f"{settings().base_url}/members/letter",
        key=key,
    )


def _words(row: RegistrationLetter, member: Member) -> list[str]:
    values = {
        "name": member.name,
        "day": us_day(row.good_until),
        "telephone": settings().plan["telephones"]["technical_support"],
    }
    return [translate(row.language, line, **values) for line in _LINES]
