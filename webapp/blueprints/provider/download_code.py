"""What the download guard asks of whoever downloads much: a fresh code, on a page that leads back to the very file."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import StringField
from wtforms.validators import DataRequired

from webapp.blueprints.provider import blueprint
from webapp.domain import throttle
from webapp.domain.reporting import download_guard, download_mails
from webapp.domain.reporting.download_guard import CodeNeeded, Downloader, Held
from webapp.domain.text import one_line
from webapp.web import audience, render
from webapp.web.forms import Form
from webapp.web.login import must_wait
from webapp.web.signed_in import actor, device, freeze_links, secret_key, settings
from webapp.web.texts import gettext as _


class DownloadCodeForm(Form):
    """The code from the mail."""

    code = StringField(
        _l("Verification code"), [DataRequired(_l("Enter the code from the email."))], filters=[one_line]
    )


def downloader() -> Downloader:
    """Who downloads, as the guard knows a person."""
    return Downloader(current_user.account, current_user.session.token_hash, device(), actor())


@blueprint.app_errorhandler(CodeNeeded)
def code_needed(_error: CodeNeeded) -> Response:
    """Lead to the page that asks for a code, with the way back to the file."""
    return render.leave_for(url_for("provider.download_code", to=request.full_path.rstrip("?")))


@blueprint.app_errorhandler(Held)
def held(_error: Held) -> Response:
    """Say plainly that support holds the downloads, and whom to call."""
    return render.page(
        "provider/page.html",
        "partials/provider/download_held.html",
        title=_("Your downloads are stopped"),
        status=403,
        telephone=settings().plan["telephones"]["technical_support"],
    )


@blueprint.route("/reports/code", methods=["GET", "POST"])
@audience.provider
def download_code() -> Response:
    """Send a code, take it, and go on to the file."""
    form = DownloadCodeForm()
    status = 200
    if request.method == "POST":
        answered = _send(form) if request.form.get("go") == "send" else _take(form)
        if answered:
            return answered
        status = 429 if form.form_errors else 422
    return render.page(
        "provider/page.html",
        "partials/provider/download_code.html",
        title=_("One more step before this download"),
        status=status,
        form=form,
        sent=bool(request.args.get("sent")),
        address=current_user.account.email,
        minutes=settings().plan["codes"]["minutes"],
        action=request.full_path.rstrip("?"),
        report_url=_report_url(),
        on_paper=_is_print(_target()),
    )


def _send(form: DownloadCodeForm) -> Response | None:
    who = downloader()
    try:
        download_mails.send_code(
            who.account, who.session_key, who.actor, settings().plan, secret_key(), freeze_links()
        )
    except throttle.MustWait as wait:
        form.form_errors.append(must_wait(wait))
        return None
    return render.leave_for(url_for("provider.download_code", to=_target(), sent=1))


def _take(form: DownloadCodeForm) -> Response | None:
    if not form.validate():
        return None
    if not download_guard.take_code(downloader(), form.code.data, settings().plan, secret_key()):
        form.code.errors = [_("That code is not right, or it is too old. Check it, or ask for a new one.")]
        return None
    return render.leave_for(_target())


def _target() -> str:
    """The file or the print view that was asked for; Reports/Data where the address names none."""
    target = audience.safe_next(request.args.get("to"), "provider")
    start = url_for("provider.reports")
    path = urlsplit(target).path
    is_file = path.startswith(f"{start}/") and path.endswith((".csv", ".xlsx")) and target.isprintable()
    return target if is_file or (_is_print(target) and target.isprintable()) else start


def _is_print(target: str) -> bool:
    parts = urlsplit(target)
    return parts.path == url_for("provider.reports") and ("print", "1") in parse_qsl(parts.query)


def _report_url() -> str:
    """The report that the file or the print view is of, as a page."""
    parts = urlsplit(_target())
    start = url_for("provider.reports")
    if parts.path == start:
        rest = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] != "print"])
        return f"{start}?{rest}" if rest else start
    slug = parts.path.rpartition("/")[2].partition(".")[0]
    return f"{start}?report={slug}&{parts.query}"
