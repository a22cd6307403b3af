"""Sign-up in six steps (guide 001), and the page that confirms the address afterwards."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from flask import Response, current_app, flash, url_for

from reports.words import N_
from webapp import content
from webapp.blueprints.provider import blueprint, picking
from webapp.blueprints.provider.signup_forms import (
    AccountForm,
    AddProviderForm,
    LicenseForm,
    PersonalForm,
    RoleForm,
    VerifyForm,
    code_of,
    picks_of,
)
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account, HashedAnswer
from webapp.domain.find_a_doctor import directory
from webapp.domain.practice import practices, provider_signup, registration_codes
from webapp.domain.practice.office_contacts import Contact
from webapp.domain.practice.provider_signup import NewAccount
from webapp.flows.engine import Flow, Refused, State, Step, Values
from webapp.web import confirm_email, language, render
from webapp.web.signed_in import actor, settings, sign_in
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepBroken, Wizard

LICENSE, PERSON, PROVIDERS = "license-agreement", "personal-information", "add-provider"
ROLE, ACCOUNT, VERIFY = "additional-information", "account", "verify"


def _agreement(state: State) -> dict[str, Any]:
    return {
        "agreement": content.read("provider-license-agreement", language.current()),
        "tell_code": tell_code,
    }


def tell_code(code_state: str) -> str:
    """What a registration code that does not work is told, and what to do about it."""
    return {
        "unknown": _("We do not know this registration code. Compare it with the mail, then type it again."),
        "used": _(
            "This registration code was used before. If you made your account with it, log in. If not, ask the "
            "person who invited you for a new code."
        ),
        "expired": _(
            "This registration code is older than 7 days and has expired. Ask the person who invited you to send "
            "a new one."
        ),
        "withdrawn": _(
            "This registration code was withdrawn. Ask the person who invited you whether you still need one."
        ),
    }.get(code_state, "")


def _agree(form: LicenseForm, state: State) -> Values:
    if told := tell_code(form.code_state):
        raise Refused(told)
    return form.answers()


def _code_holds(state: State) -> bool:
    if not state.of(LICENSE).get("code_id"):
        return True
    found = code_of(state)
    return found is not None and found.state == "open"


def _providers(state: State) -> dict[str, Any]:
    return picking.show(picks_of(state, state.of(PROVIDERS)))


def _role(state: State) -> dict[str, Any]:
    return {"invitation": code_of(state)}


def _account_hints(state: State) -> dict[str, Any]:
    return {"rules": settings().plan.password_rules("provider")}


def _keep_account(form: AccountForm, state: State) -> Values:
    return {**form.answers(), **form.hashed_secrets(form.earlier)}


def _username_free(state: State) -> bool:
    return accounts.is_username_free("provider", state.of(ACCOUNT)["username"])


def _contact(state: State) -> Contact:
    typed = {**state.of(PERSON), "state": state.of(PERSON)["region"]}  # a form's `state` is the run's
    return Contact(**{one.name: str(typed[one.name]) for one in fields(Contact)})


def _summary(state: State) -> dict[str, Any]:
    """Step 6: what the guide lists, each with the step in which it is changed."""
    person, chosen, contact = state.of(PERSON), state.of(ACCOUNT), _contact(state)
    role = state.of(ROLE)["role"]
    added = picks_of(state, state.of(PROVIDERS)).added
    names = directory.practice_names(list(added))
    tins = [" ".join(part for part in (practices.masked(tin), names.get(tin)) if part) for tin in added]
    return {
        "lines": [
            (_("Username"), chosen["username"], ACCOUNT),
            (_("First Name"), person["first_name"], PERSON),
            (_("Last Name"), person["last_name"], PERSON),
            (_("E-Mail Address"), chosen["email"], ACCOUNT),
            (_("Address"), contact.address, PERSON),
            (_("Phone"), contact.phone, PERSON),
            (_("Practice Name"), contact.practice_name, PERSON),
            (_("TIN"), "; ".join(tins), PROVIDERS),
            (_("I am a(n)"), _(role), ROLE),
        ]
    }


def _count(form: VerifyForm, state: State) -> Values:
    plan = settings().plan
    try:
        provider_signup.count(actor("provider"), plan, current_app.config["SECRET_KEY"])
    except provider_signup.TooManySignUps:
        raise Refused(
            _(
                "Many accounts were made from your network just now. Wait an hour and choose “Finish” again, or call "
                "%(telephone)s.",
                telephone=plan["telephones"]["technical_support"],
            ),
            status=429,
        ) from None
    return {}


FLOW = Flow(
    name="signup",
    keep_for=timedelta(minutes=30),
    steps=(
        Step(
            LICENSE,
            N_("LICENSE AGREEMENT"),
            LicenseForm,
            "partials/provider/signup/license.html",
            clears=(PROVIDERS, ROLE),  # which a registration code fills in
            accept=_agree,
            still_holds=_code_holds,
            show=_agreement,
        ),
        Step(
            PERSON,
            N_("PERSONAL INFORMATION"),
            PersonalForm,
            "partials/provider/signup/personal.html",
            accept=lambda form, state: form.accepted(),
        ),
        Step(
            PROVIDERS,
            N_("ADD PROVIDER"),
            AddProviderForm,
            "partials/provider/signup/add_provider.html",
            accept=picking.accept,
            show=_providers,
            actions=picking.ACTIONS,
        ),
        Step(
            ROLE,
            N_("ADDITIONAL INFORMATION"),
            RoleForm,
            "partials/provider/signup/role.html",
            show=_role,
        ),
        Step(
            ACCOUNT,
            N_("CREATE USER ID (USERNAME) AND PASSWORD"),
            AccountForm,
            "partials/provider/signup/account.html",
            accept=_keep_account,
            still_holds=_username_free,
            show=_account_hints,
        ),
        Step(
            VERIFY,
            N_("VERIFY"),
            VerifyForm,
            "partials/provider/signup/verify.html",
            accept=_count,
            show=_summary,
        ),
    ),
)


def _commit(state: State) -> str:
    """Finish: make the account, inside the transaction that closes the run."""
    person, chosen = state.of(PERSON), state.of(ACCOUNT)
    new = NewAccount(
        username=chosen["username"],
        email=chosen["email"],
        password_hash=chosen["password_hash"],
        answer=HashedAnswer(chosen["question"], chosen["answer_hash"]),
        first_name=person["first_name"],
        last_name=person["last_name"],
        role=state.of(ROLE)["role"],
        contact=_contact(state),
        added=picks_of(state, state.of(PROVIDERS)).added,
        code_id=state.of(LICENSE).get("code_id"),
    )
    try:
        account = provider_signup.complete(
            new, language.current(), actor("provider"), settings().plan, confirm_email.link_maker("provider")
        )
    except accounts.UsernameTaken:
        raise StepBroken(ACCOUNT, _("That username is taken. Choose another one.")) from None
    except registration_codes.CodeNotLive as gone:
        raise StepBroken(LICENSE, tell_code(gone.state)) from None
    return str(account.id)


def _welcome(result: str) -> Response:
    """After Finish: signed in, at the welcome page."""
    account = Account.get_by_id(int(result))
    response = render.leave_for(url_for("provider.home"))
    sign_in(response, account)
    # After sign_in, which begins the browser's session anew.
    flash(
        _(
            "Your account is set up. We sent a mail to %(email)s: open the link in it to confirm your address.",
            email=account.email,
        ),
        "good",
    )
    return response


WIZARD = Wizard(
    flow=FLOW,
    template="provider/step.html",
    cancelled="provider.login",
    commit=_commit,
    done=_welcome,
    home="provider.home",
)
WIZARD.mount(blueprint, "/signup")

confirm_email.mount(blueprint)
