"""An account's practices as pages show them: names, roles, and the state of report access in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from flask import abort, flash, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp.domain.find_a_doctor import directory
from webapp.domain.practice import access_requests, practices
from webapp.domain.practice.access_requests import Standing
from webapp.domain.us_dates import us_day
from webapp.web import render
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

#: What a tie to a Tax ID says of reading its reports.
ACCESS_WORDS = {
    "none": _l("Not requested"),
    "requested": _l("Requested"),
    "approved": _l("Approved"),
    "refused": _l("Refused"),
    "expired": _l("Expired"),
}

ROLE_WORDS = {
    "Office Manager": _l("Office Manager"),
    "Office Staff": _l("Office Staff"),
    "Nurse/Medical Assistant": _l("Nurse/Medical Assistant"),
    "Physician/Provider": _l("Physician/Provider"),
    "Other": _l("Other"),
}

#: For so long a page says that somebody was removed from a practice.
_SAID_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Shown:
    """One practice of the account. `access` is a word of practices.STATES; dates are written out, empty for none;
    `reason` is what support said."""

    tin: str
    name: str
    role: str
    role_key: str
    access: str
    access_word: str
    since: str
    reason: str
    asked_on: str
    ends_on: str
    may_ask: bool

    @property
    def label(self) -> str:
        """Name and Tax ID, to choose by."""
        return f"{self.name} – {self.tin}" if self.name else self.tin


def own() -> list[Shown]:
    """The practices of the account that is signed in, by Tax ID."""
    found = access_requests.standings(current_user.account, settings())
    names = directory.practice_names([standing.tie.tin for standing in found])
    return [_shown(standing, names.get(standing.tie.tin, "")) for standing in found]


def lost() -> list[tuple[str, str]]:
    """Name (or Tax ID) and day of the practices that somebody took from the account lately."""
    gone = practices.recently_lost(current_user.account, _SAID_FOR)
    names = directory.practice_names([former.tin for former in gone])
    return [(names.get(former.tin) or former.tin, us_day(former.ended_at)) for former in gone]


def turn_away(tin: str) -> NoReturn:
    """Answer who asks for a practice that is not open to the account: a 404. Where the account could once have read its
    reports, say what became of that on the page that comes next; a part of a page becomes a whole one for it."""
    if (said := _what_became_of(tin)) is not None:
        flash(said, "warn")
        if render.is_htmx():
            abort(render.leave_for(url_for("provider.reports")))
    abort(404)


def asked_on() -> str:
    """The day of the account's open request for report access, the latest; empty when there is none."""
    asked = [s.asked_at for s in access_requests.standings(current_user.account, settings()) if s.asked_at]
    return us_day(max(asked, default=None))


def _what_became_of(tin: str) -> str | None:
    account = current_user.account
    tie = next((one for one in practices.practices_of(account) if one.tin == tin), None)
    former = next((one for one in practices.recently_lost(account, _SAID_FOR) if one.tin == tin), None)
    if tie and tie.report_access in ("expired", "refused"):
        said = _("Since %(day)s you cannot read the reports of %(practice)s.", **_told(tin, tie.changed_at))
        more = _("The page Patient Reports says why, and lets you ask again.")
        return f"{said} {more}"
    if former:
        told = _told(tin, former.ended_at)
        return _("Since %(day)s you no longer work for %(practice)s here.", **told)
    return None


def _told(tin: str, moment: datetime) -> dict[str, str]:
    return {"day": us_day(moment), "practice": directory.practice_name(tin) or tin}


def _shown(standing: Standing, name: str) -> Shown:
    tie = standing.tie
    return Shown(
        tin=tie.tin,
        name=name,
        role=str(ROLE_WORDS.get(tie.role, tie.role)),
        role_key=tie.role,
        access=tie.report_access,
        access_word=str(ACCESS_WORDS.get(tie.report_access, tie.report_access)),
        since=us_day(tie.changed_at),
        reason=tie.reason or "",
        asked_on=us_day(standing.asked_at),
        ends_on=us_day(standing.ends_at),
        may_ask=standing.may_ask,
    )
