"""Headers on every response, and the guards on every request that changes something."""

import base64
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from flask import Flask, Response, abort, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp import assets
from webapp.web.render import wants_partial
from webapp.web.signed_in import ended_session, portal_of_request, settings

# A part is read by script and put into a page that has its own policy; opened by itself it may do nothing.
PART_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# What an answer depends on beside its address.
VARIES = ("HX-Request", "HX-Request-Type", "Cookie", "Accept-Language")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class MaskedCSRF(CSRFProtect):
    """Flask-WTF's guard with a token that looks different in each response, so that compressing
    pages tells an observer nothing about it."""

    def _get_csrf_token(self) -> str | None:
        token = super()._get_csrf_token()
        return _with_present_key(unmask(token)) if token else None


csrf = MaskedCSRF()


def _with_present_key(token: str) -> str:
    """A form that was opened before a change of the secret key is not refused for that."""
    for key in current_app.config["SECRET_KEY_FALLBACKS"] or ():
        with suppress(BadData):
            return str(_signer(current_app.config["SECRET_KEY"]).dumps(_signer(key).loads(token)))
    return token


@lru_cache(maxsize=8)
def _signer(key: str) -> URLSafeTimedSerializer:
    """Flask-WTF's own, which it makes anew for each page."""
    return URLSafeTimedSerializer(key, salt="wtf-csrf-token")


def takes_files(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose forms carry files: a signed-in person may send it more than other forms may hold."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def mask(token: str) -> str:
    """The token XORed with as many random bytes, which stand before it."""
    raw = token.encode()
    pad = secrets.token_bytes(len(raw))
    return base64.urlsafe_b64encode(pad + _xor(raw, pad)).decode()


def unmask(masked: str) -> str:
    """The token of `mask`; garbage gives garbage, which the guard refuses."""
    try:
        both = base64.urlsafe_b64decode(masked.encode())
    except ValueError:
        return ""
    half = len(both) // 2
    return _xor(both[half : 2 * half], both[:half]).decode(errors="replace")


def _xor(text: bytes, pad: bytes) -> bytes:
    return (int.from_bytes(text) ^ int.from_bytes(pad)).to_bytes(len(text))


def csrf_token() -> str:
    """The hidden field's value, the same for all forms of one response."""
    if "csrf_mask" not in g:
        said = session.get("csrf_token")
        g.csrf_mask = mask(_signed(current_app.config["SECRET_KEY"], said) if said else generate_csrf())
    return g.csrf_mask


@lru_cache(maxsize=4096)
def _signed(key: str, said: str) -> str:
    """The token of a browser, good as long as its session (WTF_CSRF_TIME_LIMIT); each of its pages masks it anew."""
    return str(_signer(key).dumps(said))


def init_app(app: Flask) -> None:
    """Wire the guards and the headers."""
    header_set.cache_clear()  # another application's plan may have had other colours
    app.before_request(_make_room_for_files)
    csrf.init_app(app)
    app.before_request(same_origin_only)
    app.after_request(add_headers)
    app.jinja_env.globals["csrf_token"] = csrf_token


def content_security_policy() -> str:
    """Nothing but our own files, and the inlined style sheet by its hash, the plan's colours by theirs."""
    styles = " ".join(f"'{digest}'" for digest in assets.style_hashes)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' {styles}",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


@lru_cache(maxsize=4)
def header_set(secure: bool, *, part: bool = False) -> dict[str, str]:
    """The one header set of every response, static files too. secure: whether people come over TLS. part: for a part
    that script puts into a page."""
    headers = {
        "Content-Security-Policy": PART_POLICY if part else content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def static_headers(secure: bool) -> Callable[[Any, str, str], None]:
    """WhiteNoise's hook for the same headers on static files."""

    def add(headers: Any, path: str, url: str) -> None:
        for name, value in header_set(secure).items():
            headers[name] = value

    return add


def add_headers(response: Response) -> Response:
    """The header set, on errors and fragments too; nothing of a page is kept by anyone on the way."""
    # No response has any of them before; `update` would look for each.
    response.headers.extend(header_set(settings().secure, part=wants_partial()))
    response.headers.setdefault("Cache-Control", "no-store")
    if "Vary" in response.headers:
        response.vary.update(VARIES)
    else:
        response.headers["Vary"] = ", ".join(VARIES)
    return response


def _make_room_for_files() -> None:
    """Twice what the rules allow, so that whoever chose too much is told so in the form; before the form is read. A
    session that has just ended counts: what was typed beside the files is kept."""
    portal = portal_of_request()
    view = current_app.view_functions.get(request.endpoint or "")
    if not (portal and getattr(view, "takes_files", False)):
        return
    if current_user.is_authenticated or ended_session(portal):
        section = settings().plan["messages"]
        files = 2 * section["most_files"] * section["file_megabytes"] * 1_000_000
        request.max_content_length = files + (request.max_content_length or 0)


def same_origin_only() -> None:
    """Refuse a form that another site sent. Browsers say where a request comes from in one of two headers."""
    if request.method not in UNSAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/") and origin != settings().base_url:
        abort(403)
