"""The wizards' HTTP: one view for all steps of a flow. What a step means is in its Flow and its domain."""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask_login import current_user

from webapp import clock
from webapp.flows import runs
from webapp.flows.engine import (
    Action,
    Flow,
    Refused,
    State,
    Step,
    Values,
    allowed_step,
    first_broken_step,
    keep,
    next_open_step,
    previous_step,
    reopen,
    submit,
    visible_steps,
)
from webapp.web import audience, language, render
from webapp.web.forms import Form
from webapp.web.signed_in import cookie_name, drop_cookie, set_cookie
from webapp.web.texts import gettext as _

SECOND_PRESS = timedelta(minutes=1)


class StepForm(Form):
    """A step's form. Secrets are never sent back to the browser nor stored as typed.

    Set by the wizard: `state` and `earlier`, the run's answers and those of this step; `run_key`, which names the
    run (empty before it begins) and is what codes and tries are bound to; `pressed`, what stands behind the colon
    in the value of an action's button.
    """

    secret_fields: tuple[str, ...] = ()
    state: State = State()
    earlier: Values = MappingProxyType({})
    run_key: str = ""
    pressed: str = ""

    def answers(self) -> dict[str, object]:
        """What was typed, secrets left out."""
        return {
            field.short_name: field.data.strip() if isinstance(field.data, str) else field.data
            for field in self
            if field.short_name not in self.secret_fields
        }

    def hashed_secrets(self, earlier: Values) -> dict[str, object]:
        """What to keep of the secrets: hashes of those that are right, else what was kept before."""
        return {}

    @cached_property
    def typed(self) -> dict[str, object]:
        """All that is kept of the form. Hashing is slow, so this is made once, before anything is locked."""
        return {**self.answers(), **self.hashed_secrets(self.earlier)}


class StepBroken(Exception):
    """At Finish, an earlier step no longer holds; the person goes back to it with the message."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug, self.message = slug, message


@dataclass(frozen=True)
class Wizard:
    """A flow at an address.

    template: the page around the step's partial. cancelled: the endpoint to leave for. commit: does what
    the wizard is for, inside Finish's transaction, and returns what to remember of it. done: the response
    after that, given what commit returned. home: the endpoint for whoever comes back to a finished run.
    audience: who may open it. A wizard for signed-in people has one run for each account.
    """

    flow: Flow
    template: str
    cancelled: str
    commit: Callable[[State], str]
    done: Callable[[str], Response]
    home: str
    audience: Callable[[Callable[..., Any]], Callable[..., Any]] = audience.public

    def mount(self, blueprint: Blueprint, prefix: str) -> None:
        """Add the flow's address, `<prefix>/<step>`, to a blueprint."""

        @self.audience
        def view(step: str) -> Response:
            return _Request(self, f"{blueprint.name}.{self.flow.name}", step).answer()

        def when_stale(step: str) -> Response:
            return _Request(self, f"{blueprint.name}.{self.flow.name}", step).stale()

        view.when_stale = when_stale  # type: ignore[attr-defined]
        blueprint.add_url_rule(f"{prefix}/<step>", self.flow.name, view, methods=["GET", "POST"])

    def finished_run(self) -> runs.FlowRun | None:
        """The run that this browser has finished, for a page that comes after; None when there is none."""
        run = self.run(request.cookies.get(cookie_name(f"{self.flow.name}_run")))
        return run if run and run.finished_at else None

    def run(self, token: str | None) -> runs.FlowRun | None:
        """The live run of whoever asks: the account's, or else the one that the browser's token names."""
        owner = self.owner
        return runs.find(self.flow, token) if owner is None else runs.of_account(self.flow, owner)

    @property
    def owner(self) -> int | None:
        """The account that a run belongs to; None for wizards that need no account."""
        return None if self.audience is audience.public else current_user.account.id


class _Request:
    """One request to one wizard."""

    def __init__(self, wizard: Wizard, endpoint: str, slug: str) -> None:
        self.wizard, self.flow, self.endpoint = wizard, wizard.flow, endpoint
        self.step = self.flow.step(slug) or abort(404)
        self.cookie = f"{self.flow.name}_run"
        self.token = request.cookies.get(cookie_name(self.cookie))
        self.run = wizard.run(self.token)
        self.state = self.run.state if self.run else State()

    def answer(self) -> Response:
        if self.run and self.run.finished_at:
            if self.step == self.flow.steps[-1]:
                return self.after_finish(self.run)
            self.run, self.state, self.token = None, State(), None
        if elsewhere := self.misplaced():
            return elsewhere
        return self.submitted() if request.method == "POST" else self.show(self.form(data=dict(self.answers)))

    def misplaced(self) -> Response | None:
        """Where to send whoever asks for a step that is not open to them; None when it is."""
        if self.run is None and self.step != self.flow.steps[0]:
            return self.start_again()
        if allowed_step(self.flow, self.state, self.step.slug) != self.step:
            return self.to(next_open_step(self.flow, self.state))
        return None

    @property
    def answers(self) -> Values:
        return self.state.of(self.step.slug)

    def form(self, **kwargs: object) -> StepForm:
        form: StepForm = self.step.form(**kwargs)
        form.state = self.state
        form.earlier = self.answers
        form.run_key = self.run.token_hash if self.run else ""
        return form

    def submitted(self) -> Response:
        go, _colon, pressed = request.form.get("go", "next").partition(":")
        if go == "cancel":
            return self.cancel()
        form = self.form()
        form.pressed = pressed
        typed = form.typed
        if code := request.form.get("lang"):
            self.save(keep(self.state, self.step, typed))
            language.choose(code)
            return self.with_cookie(render.leave_for(self.url(self.step)))
        if go == "back":
            self.save(keep(self.state, self.step, typed))
            return self.to(previous_step(self.flow, self.state, self.step) or self.step)
        if action := self.step.actions.get(go):
            return self.acted(action, form)
        if not form.validate():
            if self.run:
                self.save(keep(self.state, self.step, typed))
                form.earlier = self.answers
            return self.show(form, 422)
        return self.accept(form)

    def acted(self, action: Action, form: StepForm) -> Response:
        """A button inside the step: keep what it makes of the form, and show the step again."""

        def act(state: State) -> State:
            return keep(state, self.step, action(form, state))

        return self.once(form, act) or self.to(self.step)

    def accept(self, form: StepForm) -> Response:
        """Next, or Finish: the step is done when what was typed is accepted."""

        def judge(state: State) -> State:
            return submit(state, self.step, self.step.accept(form, state))

        if refused := self.once(form, judge):
            return refused
        steps = visible_steps(self.flow, self.state)
        if self.step == steps[-1]:
            return self.finish()
        if request.args.get("change"):
            return self.to(next_open_step(self.flow, self.state))
        return self.to(steps[steps.index(self.step) + 1])

    def once(self, form: StepForm, change: Callable[[State], State]) -> Response | None:
        """Change the stored state; the answer, where there is one already. The second of two taps is told the
        same as the first, and is no second try. What was looked at before the run was held (an answer's hash, and whose
        it is) counts for the run as it was then, and for no other."""
        fingerprint = self.fingerprint()
        with runs.locked(self.begun()) as run:
            if run.finished_at:
                return self.after_finish(run)
            self.run, self.state = run, run.state
            form.run_key = run.token_hash
            if not request.form.get("once") or fingerprint != run.last_once:
                if self.besides(self.state) != self.besides(form.state):
                    return self.changed_meanwhile()
                self.judge(run, form, change, fingerprint)
        return self.refused(form, **json.loads(run.last_refusal)) if run.last_refusal else None

    def besides(self, state: State) -> State:
        """What a run holds of the other steps."""
        answers = {slug: values for slug, values in state.answers.items() if slug != self.step.slug}
        return State(answers, state.completed - {self.step.slug})

    def changed_meanwhile(self) -> Response:
        """Another window was at another step at this very moment: nothing was done."""
        flash(_("Please look at this step again. Something has changed."))
        return self.leave_for(allowed_step(self.flow, self.state, self.step.slug))

    def fingerprint(self) -> str:
        """Names this very submit: the page it came from (`once`) and all that was typed. A second tap has the
        same one; somebody who goes Back and types something else has not."""
        typed = json.dumps([self.step.slug, sorted(request.form.items(multi=True))])
        return hmac.new(current_app.config["SECRET_KEY"].encode(), typed.encode(), "sha256").hexdigest()

    def judge(self, run: runs.FlowRun, form: StepForm, change: Callable[[State], State], once: str) -> None:
        """Accept or refuse what was sent, and remember which."""
        run.last_once, run.last_refusal = once, ""
        try:
            self.save(change(self.state))
        except Refused as refusal:
            run.last_refusal = json.dumps(
                {"message": refusal.message, "field": refusal.field, "status": refusal.status}
            )
            self.save(keep(self.state, self.step, form.typed))

    def refused(self, form: StepForm, message: str, field: str | None, status: int) -> Response:
        if field:
            form[field].errors = [message]
        else:
            form.form_errors.append(message)
        return self.with_cookie(self.show(form, status))  # the run may have begun with this very try

    def finish(self) -> Response:
        def commit(state: State) -> str:
            broken = first_broken_step(self.flow, state)
            if broken:
                raise StepBroken(broken.slug, _("Please look at this step again. Something has changed."))
            return self.wizard.commit(state)

        try:
            finished = runs.finish(self.begun(), commit)
        except StepBroken as broken:
            step = self.flow.step(broken.slug) or self.flow.steps[0]
            self.save(reopen(self.state, step))
            flash(broken.message)
            return self.leave_for(step)
        return self.wizard.done(finished.result)

    def after_finish(self, run: runs.FlowRun) -> Response:
        """A second press of Finish ends where the first one did; whoever comes back later goes home."""
        second_press = request.method == "POST" and clock.now() - run.finished_at < SECOND_PRESS
        return self.wizard.done(run.result) if second_press else render.leave_for(url_for(self.wizard.home))

    def stale(self) -> Response:
        """The form's token is not valid any more: what was typed is shown again, nothing is done with it."""
        if self.run and self.run.finished_at:
            return render.leave_for(url_for(self.wizard.home))
        if elsewhere := self.misplaced():
            return elsewhere
        form = self.form()
        form.form_errors.append(
            _("This page was open too long. Please check what you typed and send it again.")
        )
        return self.show(form, 400)

    def cancel(self) -> Response:
        if self.run:
            runs.abandon(self.run)
        response = render.leave_for(url_for(self.wizard.cancelled))
        drop_cookie(response, self.cookie)
        return response

    def start_again(self) -> Response:
        if self.token:
            flash(_("To keep your information private, we cleared what was typed here. Please start again."))
        response = self.leave_for(self.flow.steps[0])
        drop_cookie(response, self.cookie)
        return response

    def begun(self) -> runs.FlowRun:
        """The run; it begins with the first thing that is sent, as opening a page changes nothing."""
        if self.run is None:
            self.token, self.run = runs.begin(self.flow, self.wizard.owner)
        return self.run

    def save(self, state: State) -> None:
        self.state = state
        runs.save(self.begun(), self.flow, state)

    def url(self, step: Step) -> str:
        """A step's address. The step that is shown again keeps that it was opened to change something."""
        change = request.args.get("change") if step == self.step else None
        return url_for(self.endpoint, step=step.slug, change=change)

    def to(self, step: Step) -> Response:
        return self.with_cookie(redirect(self.url(step), 303))  # type: ignore[arg-type]

    def leave_for(self, step: Step) -> Response:
        """To a step as a whole page, which shows the message kept for it; a part that is swapped would not."""
        return self.with_cookie(render.leave_for(self.url(step)))

    def with_cookie(self, response: Response) -> Response:
        if self.run is not None and self.wizard.owner is None:
            set_cookie(response, self.cookie, self.token or "")
        return response

    def show(self, form: StepForm, status: int = 200) -> Response:
        steps = visible_steps(self.flow, self.state)
        number = steps.index(self.step) + 1
        name = _(self.step.title)
        return render.page(
            self.wizard.template,
            self.step.template,
            title=_(self.flow.heading, number=number, count=len(steps), name=name),
            status=status,
            form=form,
            action=request.full_path.rstrip("?"),
            once=secrets.token_hex(8),
            number=number,
            steps=[{"title": _(step.title), "slug": step.slug} for step in steps],
            state=self.state,
            is_first=number == 1,
            change_url=lambda slug: url_for(self.endpoint, step=slug, change=1),
            **self.step.show(self.state),
        )
