"""The signed-in person: a cookie that names a session in the database, one for each portal."""

from flask import Flask, Request, Response, current_app, g, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user
from peewee import OperationalError

from webapp.config import Settings
from webapp.domain import audit
from webapp.domain.account import accounts, devices, pending_sign_ins, second_factor, sessions
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.support import imitations
from webapp.domain.support.imitations import Imitation
from webapp.flows import runs
from webapp.web import duties


class SignedIn(UserMixin):
    """Flask-Login's user: an account and the session it came with. imitation: where support sees the portal as the
    account's person does; the session is then a mere stand-in that is in no table."""

    def __init__(self, row: sessions.Session, imitation: Imitation | None = None) -> None:
        self.session = row
        self.imitation = imitation
        self.account: accounts.Account = row.account

    def get_id(self) -> str:
        return str(self.account.id)


class SessionsInTheDatabase(LoginManager):
    """Flask-Login, which finds the account by our own cookie; its own session keys are not used."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.request_loader(_load)

    def _session_protection_failed(self) -> bool:
        """It guards those keys, and looks at the browser in each request before it sees that there are none."""
        return False


def settings() -> Settings:
    """The settings this application was made with."""
    return current_app.config["SETTINGS"]


def init_app(app: Flask) -> None:
    """Know in each request who is signed in."""
    SessionsInTheDatabase(app)


def portal_of_request() -> str | None:
    """The portal whose pages the request is for, by its blueprint."""
    return request.blueprint if request.blueprint in accounts.PORTALS else None


def actor(portal: str | None = None) -> Actor:
    """Who acts, for the audit log."""
    if imitation := g.get("imitation"):
        return imitation.actor(request.remote_addr or "")
    account_id = current_user.account.id if current_user.is_authenticated else None
    return Actor(portal or portal_of_request() or "public", request.remote_addr or "", account_id)


def freeze_links() -> FreezeLinks:
    """Makes the links *This wasn't me* for mails about changes."""
    return FreezeLinks(settings().base_url, current_app.config["SECRET_KEY"])


def cookie_name(name: str) -> str:
    """A cookie's name; on TLS with the prefix that ties it to this host."""
    return f"__Host-{name}" if settings().secure else name


def set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie the one way we set cookies."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=max_age,
        httponly=True,
        secure=settings().secure,
        samesite="Lax",
    )


def drop_cookie(response: Response, name: str) -> None:
    """Remove a cookie."""
    response.delete_cookie(cookie_name(name), secure=settings().secure, samesite="Lax", httponly=True)


def secret_key() -> str:
    """The key from which codes, throttles and encryption take theirs."""
    key: str = current_app.config["SECRET_KEY"]
    return key


def device() -> str:
    """The browser of the request, in the two words that the audit log keeps."""
    return devices.short_name(request.user_agent.string)


def sign_in(response: Response, account: accounts.Account, *, code_given: bool = False) -> None:
    """Begin a session and hand its token to the browser. The form token starts anew with it.

    An account with a second factor has no session yet: the response, which leads to where the person was going, leads
    to the page that asks for the code instead. So no way in (sign-in, recovery, the end of a wizard) goes around it.
    """
    if not code_given and second_factor.is_on(account):
        _ask_for_code(response, account)
        return
    token = sessions.start(account, request.remote_addr or "", request.user_agent.string)
    session.clear()
    set_cookie(response, f"{account.portal}_session", token)


def _ask_for_code(response: Response, account: accounts.Account) -> None:
    leave = "HX-Redirect" if "HX-Redirect" in response.headers else "Location"
    target = response.headers.get(leave) or url_for(f"{account.portal}.home")
    response.headers[leave] = url_for(f"{account.portal}.login_code")
    if leave == "Location":
        response.status_code = 303
    seconds = int(pending_sign_ins.GOOD_FOR.total_seconds())
    token = pending_sign_ins.begin(account, target)
    set_cookie(response, f"{account.portal}_pending", token, max_age=seconds)


def renew_session(response: Response) -> None:
    """After the password was asked for again: the same session under another token."""
    row = current_user.session
    set_cookie(response, f"{row.account.portal}_session", sessions.renew(row, settings().plan))


def sign_out(response: Response) -> None:
    """End the session on the server, and have the browser forget the pages it kept (hypermedia, Back). A wizard that
    has just let the person in is over too: a second press of its Finish would sign in again."""
    if current_user.is_authenticated:
        who = actor()
        imitations.end_of(current_user.session, who)
        sessions.end(current_user.session)
        audit.record(who, "sign-out")
        drop_cookie(response, f"{current_user.account.portal}_session")
    runs.forget_finished(value for name, value in request.cookies.items() if name.endswith("_run"))
    session.clear()
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def _load(_: Request) -> SignedIn | None:
    portal = portal_of_request()
    if portal is None:
        return None
    if imitation := g.get("imitation"):
        return SignedIn(imitation.stand_in(), imitation)
    token = request.cookies.get(cookie_name(f"{portal}_session"))
    row = sessions.find(token, portal, settings().plan) if token else None
    if row is None:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "extends_session", True):
        sessions.touch(row)
    return SignedIn(row)


def has_session(portal: str) -> bool:
    """Whether this browser is signed in to a portal, for pages of no portal. Asking extends nothing; while the database
    is away, nobody is."""
    token = request.cookies.get(cookie_name(f"{portal}_session"))
    try:
        return bool(token and sessions.find(token, portal, settings().plan))
    except OperationalError:
        return False


def ended_session(portal: str) -> sessions.Session | None:
    """The session of this browser that time has ended: whose it was, and no more."""
    token = request.cookies.get(cookie_name(f"{portal}_session"))
    return sessions.find_ended(token, portal, settings().plan) if token else None


def duty() -> duties.Duty | None:
    """What the signed-in person must do first; it does not bind whoever imitates them."""
    return None if current_user.imitation else duties.duty_of(current_user.account, settings().plan)


def loaded_person() -> SignedIn | None:
    """The signed-in person, where the request has looked for one. It asks the database nothing, so that there is an
    answer when the database is away."""
    person = g.get("_login_user")
    return person if isinstance(person, SignedIn) else None
