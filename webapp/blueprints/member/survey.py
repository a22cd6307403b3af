"""The yearly survey (guide 003): a wizard of eleven topics, saved as it goes, about oneself or a child."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, flash, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField
from wtforms.validators import InputRequired

from reports.words import N_
from webapp import clock
from webapp.blueprints.member import blueprint
from webapp.domain.member import eligibility, household_view, survey
from webapp.domain.member.eligibility import Member
from webapp.domain.member.survey_topics import ADULT, TOPICS, Topic
from webapp.flows import runs
from webapp.flows.engine import Flow, Refused, State, Step, Values, next_open_step
from webapp.web import audience, language, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepBroken, StepForm, Wizard

#: How long answers wait for the rest.
KEPT = timedelta(days=30)


class WhoForm(StepForm):
    """Whom the answers are about; those for whom the survey was answered this year are not offered."""

    who = RadioField(
        _l("Who is this survey about?"), [InputRequired(_l("Choose one person."))], validate_choice=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who.choices = {key: member.name for key, member in _open_members().items()}


def _topic_form(topic: Topic) -> type[StepForm]:
    """A form with the questions of a topic; none must be answered."""
    fields: dict[str, Any] = {"topic": topic, "__init__": _label_questions}
    for question in topic.questions:
        fields[question.key.replace("-", "_")] = RadioField("", validate_choice=False)
    return type(f"Topic_{topic.slug}", (StepForm,), fields)


def _label_questions(form: Any, *args: Any, **kwargs: Any) -> None:
    StepForm.__init__(form, *args, **kwargs)
    for question in form.topic.questions:
        field = form[question.key.replace("-", "_")]
        field.label.text = _(question.text)
        field.choices = {key: _(answer) for key, answer in question.answers.items()}


def _members() -> dict[str, Member]:
    account, session = current_user.account, current_user.session
    return household_view.by_key(account.client_id, session.token_hash, clock.today(), settings().plan)


def _open_members() -> dict[str, Member]:
    return {key: member for key, member in _members().items() if survey.is_open(member.client_id)}


def _choose(form: WhoForm, state: State) -> Values:
    member = _open_members().get(form.who.data)
    if member is None:
        raise Refused(_("Choose one person."), "who")
    return {
        "who": form.who.data,
        "client_id": member.client_id,
        "form": survey.form_of(member, settings().plan),
    }


def _only_for(form: str | None) -> Callable[[State], bool]:
    return lambda state: form is None or state.of("who").get("form", ADULT) == form


def _still_open(state: State) -> bool:
    return survey.is_open(state.of("who")["client_id"])


def _answered(state: State) -> dict[str, Any]:
    """How many of the questions have an answer."""
    given, asked = _answers(state), survey.topics(state.of("who")["form"])
    return {"given": len(given), "asked": sum(len(topic.questions) for topic in asked)}


def _answers(state: State) -> dict[str, str]:
    return {
        key.replace("_", "-"): value
        for topic in survey.topics(state.of("who")["form"])
        for key, value in state.of(topic.slug).items()
        if value
    }


SURVEY = Flow(
    name="survey",
    keep_for=KEPT,
    heading="%(name)s",
    steps=(
        Step(
            "who",
            N_("Who is this about?"),
            WhoForm,
            "partials/member/survey/who.html",
            clears=tuple(topic.slug for topic in TOPICS),
            accept=_choose,
            still_holds=_still_open,
        ),
        *(
            Step(
                topic.slug,
                topic.title,
                _topic_form(topic),
                "partials/member/survey/topic.html",
                precondition=_only_for(topic.form),
            )
            for topic in TOPICS
        ),
        Step(
            "send",
            N_("Send your answers"),
            StepForm,
            "partials/member/survey/send.html",
            show=_answered,
        ),
    ),
)


def _commit(state: State) -> str:
    member = eligibility.get_member(state.of("who")["client_id"])
    try:
        survey.keep(member, _answers(state), language.current(), actor(), settings().plan)
    except survey.TakenAlready:
        raise StepBroken("who", _("This survey was answered this year. Thank you!")) from None
    return ""


def _thank(result: str) -> Response:
    flash(_("Thank you for your answers. They help us do better."), "good")
    return render.leave_for(url_for("member.survey_start"))


WIZARD = Wizard(
    flow=SURVEY,
    template="member/page_step.html",
    cancelled="member.survey_start",
    commit=_commit,
    done=_thank,
    home="member.survey_start",
    audience=audience.member,
)
WIZARD.mount(blueprint, "/survey")


@blueprint.get("/survey")
@audience.member
def survey_start() -> Response:
    """What the survey is, who has been asked about, and where an unfinished one goes on."""
    run = runs.of_account(SURVEY, current_user.account.id)
    unfinished = run is not None and run.finished_at is None
    return render.page(
        "member/page.html",
        "partials/member/survey/start.html",
        title=_("How are we doing?"),
        is_open=bool(_open_members()),
        next_step=next_open_step(SURVEY, run.state).slug if run and unfinished else None,
        done=[member.name for member in _members().values() if not survey.is_open(member.client_id)],
        year=clock.today().year,
    )
