"""Adding a practice later: the provider picker of sign-up, then the role."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, url_for
from flask_babel import ngettext
from flask_login import current_user

from reports.words import N_
from webapp.blueprints.provider import blueprint, picking
from webapp.blueprints.provider.signup_forms import RoleForm
from webapp.domain import audit
from webapp.domain.db import transaction
from webapp.domain.practice import practices, provider_picks
from webapp.domain.practice.provider_picks import Picks
from webapp.flows.engine import Flow, State, Step
from webapp.web import audience, render
from webapp.web.signed_in import actor
from webapp.web.wizard import Wizard

PROVIDERS, ROLE = "add-provider", "additional-information"


def _picks(state: State) -> Picks:
    return Picks.of_values(state.of(PROVIDERS).get("picks"))


def _show(state: State) -> dict[str, Any]:
    return picking.show(_picks(state))


def _commit(state: State) -> str:
    """Tie the account to the Tax IDs, without report access: each needs an approval of its own. A practice that the
    account has already keeps its role and its access."""
    account = current_user.account
    added = _picks(state).added
    with transaction():
        for tin in added:
            practices.join_practice(account, tin, state.of(ROLE)["role"])
            audit.record(actor(), "practice-add", subject=f"account:{account.id}", detail=f"tin {tin}")
        provider_picks.keep_added(account, added)
    return str(len(added))


def _done(result: str) -> Response:
    said = ngettext(
        "The practice was added. To read its reports, ask for access here.",
        "The practices were added. To read their reports, ask for access here.",
        int(result),
    )
    flash(said, "good")
    return render.leave_for(url_for("provider.access"))


ADD_PRACTICE = Wizard(
    flow=Flow(
        "add_practice",
        (
            Step(
                PROVIDERS,
                N_("ADD PROVIDER"),
                picking.PickForm,
                "partials/provider/add_practice.html",
                actions=picking.ACTIONS,
                accept=picking.accept,
                show=_show,
            ),
            Step(ROLE, N_("ADDITIONAL INFORMATION"), RoleForm, "partials/provider/add_practice_role.html"),
        ),
        keep_for=timedelta(minutes=30),
    ),
    template="provider/office_step.html",
    cancelled="provider.practices",
    commit=_commit,
    done=_done,
    home="provider.practices",
    audience=audience.provider,
)
ADD_PRACTICE.mount(blueprint, "/practices/add")
