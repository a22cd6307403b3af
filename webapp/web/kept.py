"""What somebody typed is not lost when the session ends before it is sent.

A form that comes after the end is kept for its owner (domain/account/kept_forms.py), and shown again, not sent, at
the same address once that person has signed in in the same browser. This works for every `Form` whose page has the
address that it is sent to, with HTMX and without. A form with the token of an earlier session goes the same way.
"""

from urllib.parse import urlencode

from flask import Response, flash, g, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp.domain.account import kept_forms
from webapp.domain.account.accounts import Account
from webapp.web.signed_in import cookie_name, drop_cookie, loaded_person, set_cookie
from webapp.web.texts import gettext as _

_COOKIE = "kept"

#: The names of all fields that hold a secret, as the forms say themselves (forms.py). Such are never kept.
SECRET_FIELDS: set[str] = set()


def address() -> str:
    """This request's page: its path and query, whatever the language asked for."""
    query = urlencode([(key, value) for key, value in request.args.items(multi=True) if key != "lang"])
    return f"{request.path}?{query}" if query else request.path


def can_be_kept() -> bool:
    """Whether the request is a form that its own address can show again."""
    methods = request.url_rule.methods if request.url_rule else None
    return request.method == "POST" and "GET" in (methods or ()) and bool(request.form)


def keep(response: Response, account: Account) -> None:
    """Keep the form of this request for the account whose session it was."""
    g.kept_now = True
    typed = [(name, text) for name, text in request.form.items(multi=True) if name not in SECRET_FIELDS]
    token = kept_forms.keep(account, address(), typed)
    set_cookie(response, _COOKIE, token, max_age=int(kept_forms.KEPT_FOR.total_seconds()))


def typed_before() -> MultiDict[str, str] | None:
    """What the signed-in person typed on this page when the session ended; None where there is nothing of it."""
    if "typed_before" not in g:
        g.typed_before = _find()
    found: MultiDict[str, str] | None = g.typed_before
    return found


def tell() -> None:
    """Say once on the page that it shows what was typed before."""
    if not g.get("told_of_typed"):
        g.told_of_typed = True
        flash(
            _("What you typed is here again. It was not sent yet: please check it and send it."),
            "warn",
        )


def forget_if_sent(response: Response) -> Response:
    """The form is sent again: what was kept of it is not needed any more. (For `after_request`.)"""
    token = request.cookies.get(cookie_name(_COOKIE))
    if not token or request.method != "POST" or g.get("kept_now"):
        return response
    if loaded_person() and kept_forms.address_of(token) == address():
        kept_forms.forget(token)
        drop_cookie(response, _COOKIE)
    return response


def _find() -> MultiDict[str, str] | None:
    token = request.cookies.get(cookie_name(_COOKIE))
    if not token or request.method != "GET" or not current_user.is_authenticated:
        return None
    answers = kept_forms.find(token, current_user.account, address())
    return MultiDict(answers) if answers is not None else None
