"""One way to answer: the full page, or the part that HTMX swaps, from the same template."""

from flask import Response, make_response, redirect, render_template, request
from markupsafe import escape

from webapp.web.signed_in import settings


def wants_partial() -> bool:
    """Whether HTMX asks for the part to swap. Restored history and whole-page requests say 'full'."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Request-Type") == "partial"


def is_htmx() -> bool:
    """Whether HTMX sent the request, for a part or a whole page."""
    return request.headers.get("HX-Request") == "true"


def page(template: str, partial: str, *, title: str, status: int = 200, **context: object) -> Response:
    """Render `template`, which includes `partial`; or, when HTMX asks for a part, the title and the partial.

    title: the h1's words; the frame adds the plan's name.
    """
    if wants_partial():
        part = render_template(partial, title=title, **context)
        return make_response(f"<title>{escape(title)} – {escape(site_name())}</title>{part}", status)
    return make_response(render_template(template, title=title, partial=partial, **context), status)


def site_name() -> str:
    """What every title ends with."""
    plan = settings().plan["plan"]
    return f"{plan['name']} {plan['state']}"


def leave_for(url: str) -> Response:
    """Go to another page as a whole: 303, or HTMX's way to the same."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)  # type: ignore[return-value]
