"""The members' wizards: registration, in the four steps of guide 000."""

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for

from reports.words import N_
from webapp import content
from webapp.domain.account import accounts
from webapp.domain.account.security_questions import HOW_MANY
from webapp.domain.member import eligibility, registration
from webapp.domain.member.eligibility import Member, Registration
from webapp.domain.member.lockouts import Lockout
from webapp.domain.member.registration import ChosenAccount, IdCard
from webapp.flows.engine import Flow, Refused, State, Step, Values
from webapp.web import confirm_email, language, render
from webapp.web.signed_in import actor, cookie_name, secret_key, settings, sign_in
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepBroken, Wizard

from .forms import AccountForm, LicenseForm, ValidationForm, VerifyForm

RUN_COOKIE = "register_run"


def _agreement(state: State) -> dict[str, Any]:
    return {"agreement": content.read("member-license-agreement", language.current())}


def _match(form: ValidationForm, state: State) -> Values:
    """Step 2: match the card, or say "Eligibility not found" and no more."""
    plan = settings().plan
    card = IdCard(
        client_id=form.client_id.data,
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        birth_date=form.read_birth_date(),
    )
    run_key = request.cookies.get(cookie_name(RUN_COOKIE), "")
    try:
        member = registration.identify(card, run_key, actor("member"), plan, secret_key())
    except registration.EligibilityNotFound:
        raise Refused(_("Eligibility not found")) from None
    except registration.RegistrationLocked as locked:
        raise Refused(_locked_message(locked.reference), status=429) from None
    except accounts.AlreadyRegistered:
        raise Refused(
            _(
                "You already have an account. Go to the login page and choose “Forgot your username or password?”"
            )
        ) from None
    except registration.MayNotRegister as refusal:
        raise Refused(_who_to_call(refusal.reason)) from None
    return {**form.answers(), "member": member.client_id}


def _lock_met(state: State) -> dict[str, Any]:
    """Step 2 offers more than the reference number where it is locked."""
    return {"locked": lock_of_run(state) is not None}


def lock_of_run(state: State) -> Lockout | None:
    """The lock that this browser's registration has met."""
    typed = str(state.of("validation").get("client_id") or "")
    run_key = request.cookies.get(cookie_name(RUN_COOKIE), "")
    return registration.lock_of(typed, run_key, secret_key()) if typed and run_key else None


def _locked_message(reference: str) -> str:
    said = _(
        "The information did not match three times in a row. To protect you, we stopped here. "
        "Contact Technical Support Services at %(telephone)s, Monday – Friday, %(hours)s",
        telephone=settings().plan["telephones"]["technical_support"],
        hours=language.hours_of("technical_support"),
    )
    number = _("Your reference number is %(reference)s.", reference=reference)
    return f"{said} {number}"


def _who_to_call(reason: Registration) -> str:
    telephone = settings().plan["telephones"]["member_engagement"]
    if reason is Registration.TOO_YOUNG:
        return _(
            "You must be %(age)s or older to make an account. Call Member Engagement Services at %(telephone)s.",
            age=settings().plan["registration"]["minimum_age"],
            telephone=telephone,
        )
    return _(
        "We cannot make an account because coverage ended some time ago. "
        "Call Member Engagement Services at %(telephone)s.",
        telephone=telephone,
    )


def _still_free(state: State) -> bool:
    return registration.still_free(state.of("validation")["member"], settings().plan)


def _username_free(state: State) -> bool:
    return accounts.is_username_free("member", state.of("account")["username"])


def _account_hints(state: State) -> dict[str, Any]:
    return {"rules": settings().plan.password_rules("member")}


def _summary(state: State) -> dict[str, Any]:
    member: Member = eligibility.get_member(state.of("validation")["member"])
    return {"member": member, "chosen": state.of("account")}


REGISTER = Flow(
    name="register",
    keep_for=timedelta(minutes=30),
    steps=(
        Step(
            "license-agreement",
            N_("LICENSE AGREEMENT"),
            LicenseForm,
            "partials/member/license.html",
            show=_agreement,
        ),
        Step(
            "validation",
            N_("VALIDATION"),
            ValidationForm,
            "partials/member/validation.html",
            clears=("account",),
            accept=_match,
            still_holds=_still_free,
            show=_lock_met,
        ),
        Step(
            "account",
            N_("ACCOUNT INFORMATION"),
            AccountForm,
            "partials/member/new_account.html",
            still_holds=_username_free,
            show=_account_hints,
        ),
        Step("verify", N_("VERIFY"), VerifyForm, "partials/member/verify.html", show=_summary),
    ),
)


def _commit(state: State) -> str:
    """Finish: make the account, inside the transaction that closes the run."""
    chosen = state.of("account")
    new = ChosenAccount(
        username=chosen["username"],
        email=chosen["email"],
        password_hash=chosen["password_hash"],
        answers=tuple(
            accounts.HashedAnswer(chosen[f"question_{n}"], chosen[f"answer_{n}_hash"])
            for n in range(1, HOW_MANY + 1)
        ),
    )
    client_id = state.of("validation")["member"]
    try:
        account = registration.complete(
            client_id,
            new,
            language.current(),
            actor("member"),
            settings().plan,
            confirm_email.link_maker("member"),
        )
    except accounts.UsernameTaken:
        raise StepBroken("account", _("That username is taken. Choose another one.")) from None
    except accounts.AlreadyRegistered:
        raise StepBroken("validation", _("This member already has an account.")) from None
    return str(account.id)


def _welcome(result: str) -> Response:
    """After Finish: signed in, at the Member Portal home page."""
    account = accounts.Account.get_by_id(int(result))
    response = render.leave_for(url_for("member.home"))
    sign_in(response, account)
    return response


REGISTRATION = Wizard(
    flow=REGISTER,
    template="member/step.html",
    cancelled="member.login",
    commit=_commit,
    done=_welcome,
    home="member.home",
)
