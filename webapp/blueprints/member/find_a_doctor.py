"""Find a Doctor, before and after signing in (guide 000, Search for a Doctor): the four blocks, the search, a provider.

A search is a GET: it holds nothing of a person's, and can be kept as a bookmark.
"""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, request, url_for
from flask_login import current_user

from webapp.blueprints.member import blueprint
from webapp.blueprints.member.directory_forms import MistakeForm, SearchForm
from webapp.blueprints.member.directory_view import blocks, distances, results, specialty_label, unknown_place
from webapp.domain import throttle
from webapp.domain.find_a_doctor import directory_reports, directory_search, provider_page
from webapp.domain.find_a_doctor.directory_places import UnknownPlace
from webapp.domain.us_dates import us_date
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.get("/find-a-doctor")
@audience.public
def find_a_doctor() -> Response:
    """Find a Doctor: four kinds of providers, whom to call, and the search behind each."""
    return page("blocks", _("Find a Doctor"), blocks=blocks())


@blueprint.get("/find-a-doctor/search")
@audience.public
def directory_search_page() -> Response:
    """The search, and a page of what it finds. HTMX swaps the results alone."""
    plan = settings().plan
    is_swap = render.wants_partial()
    form = SearchForm.of_request(is_shown=not is_swap)
    asked = form.asked()
    context: dict[str, Any] = {"form": form, "asked": asked, "distances": distances(asked)}
    status = 200
    try:
        found = directory_search.search(asked, form.page_number(), plan["directory"]["per_page"], plan)
        context |= results(asked, found)
    except UnknownPlace as unknown:
        context["unknown"] = unknown_place(asked, unknown)
        form.near.errors = (context["unknown"]["message"],)
        status = 422
    # After Search is pressed or a page is turned the results take the focus; while somebody types they do not.
    pressed = "go" in request.args or request.headers.get("HX-Source") == "a"
    # On a page as a whole an error summary takes the focus.
    focus = pressed and (is_swap or status == 200)
    part = "search_swap" if is_swap else "search"
    return page(part, _("Search for a Provider"), status=status, focus=focus, is_swap=is_swap, **context)


@blueprint.get("/find-a-doctor/providers/<npi>")
@audience.public
def directory_provider(npi: str) -> Response:
    """One provider: every place of theirs, the one that was clicked first."""
    shown = provider_page.of(npi, request.args.get("at"))
    if shown is None:
        abort(404)
    return page(
        "provider",
        shown.name,
        shown=shown,
        specialty=specialty_label(shown.specialty),
        # Here, where a translation is plain text: some are no words of ours, but as the feed spells them.
        spoken=[_(name) for name in shown.languages],
        signed_in=current_user.is_authenticated,
        us_date=us_date,
        back=_back(),
    )


@blueprint.route("/find-a-doctor/providers/<npi>/mistake", methods=["GET", "POST"])
@audience.public
def directory_mistake(npi: str) -> Response:
    """Report a mistake: what is wrong with a provider's entry. Nobody need sign in for that."""
    shown = provider_page.of(npi, request.args.get("at"))
    if shown is None:
        abort(404)
    form, status = MistakeForm(), 200
    if request.method == "POST":
        status = _report(form, npi, shown.places[0].label)
        if status == 303:
            flash(_("Thank you. We check the entry and put it right."), "good")
            at = request.args.get("at")
            return redirect(url_for("member.directory_provider", npi=npi, at=at), 303)  # type: ignore[return-value]
    return page("mistake", _("Report a mistake"), status=status, shown=shown, form=form)


def _report(form: MistakeForm, npi: str, place: str) -> int:
    """Keep what the form says. Returns 303, or the status of the form that is shown again."""
    if not form.validate():
        return 422
    secret_key = current_app.config["SECRET_KEY"]
    kinds, text = form.kinds.data or [], form.text.data or ""
    try:
        directory_reports.report(npi, place, kinds, text, actor(), settings().plan, secret_key)
    except throttle.Locked:
        form.form_errors.append(
            _("Many mistakes were reported from here just now. Try again in an hour, or call us.")
        )
        return 429
    return 303


def page(name: str, title: str, status: int = 200, **context: Any) -> Response:
    """A page of the directory, in the frame of whoever asks."""
    # Who looks for a doctor reads several pages; the first of them is quick to come by itself.
    public = "public/page.html" if name == "blocks" else "public/several.html"
    template = "member/page.html" if current_user.is_authenticated else public
    partial = f"partials/member/directory/{name}.html"
    return render.page(template, partial, title=title, status=status, **context)


def _back() -> str:
    """The search that led to a provider."""
    kept = {key: value for key, value in request.args.items() if key in SearchForm.ADDRESS}
    return url_for("member.directory_search_page", **kept)  # type: ignore[arg-type]
