"""People: find somebody, say why, then see and help. What is typed is posted, so that no address names anybody."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.forms import ReasonForm
from webapp.domain import audit, opaque
from webapp.domain.reporting import row_searches
from webapp.domain.support import imitations, people, staff
from webapp.domain.support.people import Hit, Person, PersonOpening
from webapp.web import audience, render
from webapp.web.signed_in import actor, freeze_links, secret_key, settings
from webapp.web.texts import gettext as _


@blueprint.route("/people", methods=["GET", "POST"], endpoint="people")
@audience.room("people")
def find() -> Response:
    """The search, and who was found by what was typed before."""
    if request.method == "POST":
        token = row_searches.keep_search(current_user.session, request.form.get("q", ""))
        return render.leave_for(lists.address("support.people", {"search": token}))
    text, found = _searched()
    if text:
        audit.record(actor(), "people-search", detail=f"{len(found)} found")
    return lists.page(
        "people",
        _("People"),
        text=text,
        most=people.MOST,
        found=[
            {
                "kind": _(people.KINDS[hit.kind]),
                "name": hit.name,
                "hint": hit.hint,
                "url": url_for("support.open_person", key=_mark(hit), search=request.args.get("search")),
            }
            for hit in found
        ],
    )


@blueprint.route("/people/open/<key>", methods=["GET", "POST"])
@audience.room("people")
def open_person(key: str) -> Response:
    """The reason comes before anything is shown."""
    hit = next((hit for hit in _searched()[1] if _mark(hit) == key), None)
    if hit is None:
        abort(404)
    form = ReasonForm()
    if request.method == "POST" and form.has_reason():
        token = people.open_person(current_user.session, hit, form.reason.data, actor())
        return render.leave_for(url_for("support.person", token=token))
    return lists.page(
        "person_reason",
        _("Why do you open this?"),
        422 if form.reason.errors else 200,
        form=form,
        name=hit.name,
        kind=_(people.KINDS[hit.kind]),
        action=request.full_path,
    )


@blueprint.route("/people/<token>", methods=["GET", "POST"])
@audience.room("people")
def person(token: str) -> Response:
    """An opened person: masked numbers, and what support can do."""
    row = people.opening(current_user.session, token)
    found = people.person(row, settings(), secret_key()) if row else None
    if row is None or found is None:
        return lists.page("person_ended", _("This page has ended"), 404)
    form = ReasonForm()
    if request.method == "POST" and _done(row, found, form):
        return render.leave_for(url_for("support.person", token=token))
    return lists.page(
        "person",
        _(people.KINDS[row.kind]),
        422 if form.reason.errors else 200,
        found=found,
        facts=[(_(fact.label), _text(fact.value), fact.masked) for fact in found.facts],
        reason=row.reason,
        form=form,
        action=request.path,
        imitate_url=_imitate_url(token, found),
        form_url=_form_url(token, found),
    )


def _imitate_url(token: str, found: Person) -> str:
    """Where Imitate Mode begins; '' where the role or the account does not allow it."""
    allowed = imitations.may_imitate(staff.role_of(current_user.account), found.account)
    return url_for("support.imitate", token=token) if allowed else ""


def _form_url(token: str, found: Person) -> str:
    """Where a printed form of the member is entered; '' for others, and where the role does not."""
    allowed = found.kind == people.MEMBER and staff.may_enter(staff.role_of(current_user.account), "forms")
    return url_for("support.enter_form", token=token) if allowed else ""


def _done(row: PersonOpening, found: Person, form: ReasonForm) -> bool:
    """Do what was pressed; False where a reason is missing."""
    pressed, _colon, key = request.form.get("go", "").partition(":")
    if pressed == "reveal" and key in {fact.masked for fact in found.facts if fact.masked}:
        people.reveal(row, key, actor())
        return True
    if pressed not in _HELP or not form.has_reason():
        return False
    _HELP[pressed](row, found, form.reason.data)
    flash(_("Done. It is written to the audit log."), "good")
    return True


_HELP: dict[str, Any] = {
    "unlock": lambda row, found, reason: people.unlock(found, row, reason, actor(), secret_key()),
    "thaw": lambda row, found, reason: people.thaw(found, reason, actor()),
    "second-factor": lambda row, found, reason: people.reset_second_factor(
        found, reason, actor(), settings(), freeze_links()
    ),
}


def _searched() -> tuple[str, list[Hit]]:
    text = row_searches.find_search(current_user.session, request.args.get("search")) or ""
    return text, people.search(staff.role_of(current_user.account), text) if text else []


def _mark(hit: Hit) -> str:
    return opaque.opaque_key(f"{hit.kind}:{hit.who}", current_user.session.token_hash)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(_(word) for word in value)
