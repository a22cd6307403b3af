"""Consolidating existing accounts, in the steps of guide 004: the wizard and the page that thanks."""

from datetime import timedelta
from typing import Any

from flask import Response, current_app, redirect, url_for
from flask_babel import ngettext

from reports.words import N_
from webapp.blueprints.provider import blueprint
from webapp.blueprints.provider.consolidation_forms import (
    CodeForm,
    EmailForm,
    LookupForm,
    PasswordForm,
    VerificationForm,
)
from webapp.blueprints.provider.ties import ACCESS_WORDS, ROLE_WORDS
from webapp.domain import throttle
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.account.security_questions import QUESTIONS
from webapp.domain.existing import consolidation, consolidation_proof
from webapp.domain.existing.consolidation import (
    AccountFrozen,
    AlreadyConsolidated,
    Claim,
    DifferentPerson,
    Held,
)
from webapp.domain.find_a_doctor import directory
from webapp.domain.us_dates import us_day
from webapp.flows.engine import Flow, Refused, State, Step, Values
from webapp.web import audience, language, render
from webapp.web.signed_in import actor, freeze_links, settings
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepBroken, Wizard


def _look_up(form: LookupForm, state: State) -> Values:
    """Step 2. Whether there is such an account is not told: the next step asks a question either way."""
    asked = consolidation_proof.look_up(form.username.data, form.read_tin, _secret_key())
    return {"username": form.username.data, "tin": form.read_tin, "question": asked.question}


def _question(state: State) -> dict[str, Any]:
    """The question as it was loaded; one of those that this portal offers too, in the language of the page."""
    question = state.of("account-lookup")["question"]
    return {"question": _(question) if question in QUESTIONS.values() else question}


def _verify(form: VerificationForm, state: State) -> Values:
    """Step 3. What is known of the account is said from here on."""
    if form.kept and not (form.answer.data or "").strip():
        return dict(form.earlier)
    lookup = state.of("account-lookup")
    try:
        consolidation_proof.judge_answer(
            lookup["username"], form.right, actor("provider"), settings().plan, _secret_key()
        )
    except throttle.Locked:
        raise Refused(_locked(), status=429) from None
    except consolidation_proof.WrongAnswer:
        raise Refused(
            _(
                "This does not match our records. Check what you typed here, or go back and check the username "
                "and the Tax ID Number."
            ),
            "answer",
        ) from None
    existing = consolidation_proof.look_up(lookup["username"], lookup["tin"], _secret_key()).existing
    try:
        consolidation.check_open(existing)
    except AlreadyConsolidated as done:
        raise Refused(_already(done)) from None
    return {"existing": existing}


def _send_code(form: EmailForm, state: State) -> Values:
    """Step 4. The same address again brings no new code: the one that was mailed stays good."""
    email = form.email.data.strip()
    if form.earlier.get("sent_to") != email:
        try:
            _mail_code(form, email)
        except throttle.Locked:
            raise Refused(_too_many_codes(), "email", 429) from None
    return {**form.typed, "email": email, "sent_to": email}


def _send_again(form: CodeForm, state: State) -> Values:
    """Request New Code."""
    try:
        _mail_code(form, state.of("email")["email"])
    except throttle.Locked:
        raise Refused(_too_many_codes(), status=429) from None
    return {"codes": form.earlier.get("codes", 0) + 1}


def _confirm_code(form: CodeForm, state: State) -> Values:
    """Step 5. From here on the address is the person's, so what the portal has under it may be said."""
    email = state.of("email")["email"]
    # Once confirmed in this run, whatever is typed on coming back is not asked about: the code is used up.
    if not form.confirmed and not consolidation_proof.redeem_code(
        email, form.run_key, form.code.data, actor("provider"), settings().plan, _secret_key()
    ):
        raise Refused(_("This code is wrong or too old. Check it, or choose “Request New Code”."), "code")
    existing = consolidation.existing_account(state.of("account-verification")["existing"])
    try:
        consolidation.account_for(existing, email)
    except (DifferentPerson, AccountFrozen) as refusal:
        raise Refused(_who_to_call(refusal)) from None
    return {"confirmed": email}


def _code_entered(state: State) -> bool:
    return bool(state.of("code").get("confirmed") == state.of("email").get("email"))


def _check_password(form: PasswordForm, state: State) -> Values:
    """Step 6, Submit."""
    existing = consolidation.existing_account(state.of("account-verification")["existing"])
    try:
        consolidation_proof.judge_password(
            existing, form.right, actor("provider"), settings().plan, _secret_key()
        )
    except throttle.MustWait as wait:
        said = ngettext(
            "There were too many wrong tries. Wait %(num)s second and try again.",
            "There were too many wrong tries. Wait %(num)s seconds and try again.",
            wait.seconds,
        )
        raise Refused(said, status=429) from None
    except consolidation_proof.WrongPassword:
        raise Refused(
            _(
                "The username or the password is not that of your existing account. Try again. "
                "If you no longer know them, call %(telephone)s.",
                telephone=_telephone(),
            )
        ) from None
    try:
        consolidation.check_open(existing.username_key)
    except AlreadyConsolidated as done:
        raise Refused(_already(done)) from None
    asked = _preview(state)["asks_username"]
    if asked and not form.new_username.data:
        raise Refused(_username_taken(existing.username), "new_username")
    chosen = form.new_username.data if asked else existing.username
    return {**form.typed, "chosen": chosen, "password_hash": form.password_hash}


def _preview(state: State) -> dict[str, Any]:
    """What Submit will do, for the page that asks for the password."""
    key, email = state.of("account-verification")["existing"], state.of("email")["email"]
    try:
        seen = consolidation.preview(key, email)
    except (AlreadyConsolidated, DifferentPerson, AccountFrozen):
        return {"preview": None, "asks_username": False}  # Submit says so
    return {
        "preview": seen,
        "holds": _shown(seen.holds),
        "asks_username": seen.taken,
        "taken_hint": _username_taken(seen.existing.username) if seen.taken else "",
    }


def _commit(state: State) -> str:
    """Submit, inside the transaction that closes the run. Returns the account's id."""
    chosen, email = state.of("password"), state.of("email")["email"]
    existing = consolidation.existing_account(state.of("account-verification")["existing"])
    claim = Claim(
        existing=existing.username_key,
        email=email,
        username=chosen["chosen"],
        password_hash=chosen["password_hash"],
    )
    try:
        account = consolidation.complete(
            claim, language.current(), actor("provider"), settings().plan, freeze_links()
        )
    except AlreadyConsolidated as done:
        raise StepBroken("account-lookup", _already(done)) from None
    except (DifferentPerson, AccountFrozen) as refusal:
        raise StepBroken("email", _who_to_call(refusal)) from None
    except accounts.UsernameTaken:
        raise StepBroken("password", _username_taken(claim.username)) from None
    return str(account.id)


def _shown(holds: tuple[Held, ...]) -> list[dict[str, Any]]:
    """Tax IDs as pages show them."""
    names = directory.practice_names([held.tin for held in holds])
    return [
        {
            "tin": held.tin,
            "name": names.get(held.tin, ""),
            "role": ROLE_WORDS.get(held.role, held.role),
            "access": ACCESS_WORDS.get(held.report_access, held.report_access),
            "came": held.came,
        }
        for held in holds
    ]


def _already(done: AlreadyConsolidated) -> str:
    return _(
        "This account was brought into the account %(username)s on %(date)s. Log in with that account. "
        "If it was not you, call %(telephone)s.",
        username=done.into.username,
        date=us_day(done.at),
        telephone=_telephone(),
    )


def _who_to_call(refusal: Exception) -> str:
    if isinstance(refusal, AccountFrozen):
        return _(
            "The portal account with this email address is closed for now. Call %(telephone)s, and we open it "
            "together with you.",
            telephone=_telephone(),
        )
    return _(
        "The portal account with this email address is another person's by our records. Choose “Previous” and enter "
        "your own address. If the account is yours, call %(telephone)s.",
        telephone=_telephone(),
    )


def _username_taken(username: str) -> str:
    return _(
        "Another person uses the username %(username)s in this portal. Choose a new one for your account.",
        username=username,
    )


def _locked() -> str:
    return _(
        "There were too many wrong tries. Wait %(minutes)s minutes and try again, or call %(telephone)s.",
        minutes=settings().plan["consolidation"]["lock_minutes"],
        telephone=_telephone(),
    )


def _too_many_codes() -> str:
    return _(
        "We have sent many codes to this address. Wait %(minutes)s minutes, or call %(telephone)s.",
        minutes=settings().plan["consolidation"]["lock_minutes"],
        telephone=_telephone(),
    )


def _mail_code(form: EmailForm | CodeForm, email: str) -> None:
    consolidation_proof.send_code(email, form.run_key, language.current(), settings().plan, _secret_key())


def _telephone() -> str:
    return str(settings().plan["telephones"]["technical_support"])


def _secret_key() -> str:
    return str(current_app.config["SECRET_KEY"])


_PARTIALS = "partials/provider/consolidate"

CONSOLIDATE = Flow(
    name="consolidate",
    keep_for=timedelta(minutes=30),
    heading="%(name)s",
    steps=(
        Step(
            "account-lookup",
            N_("Account Lookup"),
            LookupForm,
            f"{_PARTIALS}/lookup.html",
            clears=("account-verification", "email", "code", "password"),
            accept=_look_up,
        ),
        Step(
            "account-verification",
            N_("Account Verification"),
            VerificationForm,
            f"{_PARTIALS}/verification.html",
            accept=_verify,
            show=_question,
        ),
        Step(
            "email",
            N_("Email Address Verification"),
            EmailForm,
            f"{_PARTIALS}/email.html",
            clears=("code",),
            accept=_send_code,
        ),
        Step(
            "code",
            N_("Security Code Verification"),
            CodeForm,
            f"{_PARTIALS}/code.html",
            accept=_confirm_code,
            still_holds=_code_entered,
            actions={"new-code": _send_again},
        ),
        Step(
            "password",
            N_("Verify Username and Password"),
            PasswordForm,
            f"{_PARTIALS}/password.html",
            accept=_check_password,
            show=_preview,
        ),
    ),
)


@blueprint.get("/consolidate/start")
@audience.public
def consolidate_start() -> Response:
    """Where "click here to continue" on the login page leads."""
    return redirect(url_for("provider.consolidate", step="account-lookup"), 303)  # type: ignore[return-value]


@blueprint.get("/consolidate/done")
@audience.public
def consolidate_done() -> Response:
    """Thank You: what the one account now holds. For the browser that made it, while its run is kept."""
    run = WIZARD.finished_run()
    account = Account.get_or_none(Account.id == int(run.result)) if run and run.result else None
    if account is None:
        return consolidate_start()
    holds, brought = consolidation.holdings(account)
    return render.page(
        "plain.html",
        f"{_PARTIALS}/done.html",
        title=_("Thank You"),
        account=account,
        holds=_shown(holds),
        brought=brought,
        days=settings().plan["consolidation"]["undo_days"],
    )


def _thank(result: str) -> Response:
    return render.leave_for(url_for("provider.consolidate_done"))


WIZARD = Wizard(
    flow=CONSOLIDATE,
    template="member/step.html",
    cancelled="provider.login",
    commit=_commit,
    done=_thank,
    home="provider.consolidate_done",
)
WIZARD.mount(blueprint, "/consolidate")
