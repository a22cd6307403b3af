"""Your choices about sharing: opting out, and consents for sensitive health information (guide 003)."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import BooleanField, Field, StringField, ValidationError

from webapp import clock
from webapp.blueprints.member import blueprint
from webapp.domain import audit
from webapp.domain.member import choices, consent, household_view, paper_forms
from webapp.domain.member.choices import CATEGORY_WORDS, NotYours
from webapp.domain.member.consent import ConsentRefused
from webapp.domain.member.eligibility import Member
from webapp.domain.member.paper_forms import ASKS, CONSENT, STATE_WORDS
from webapp.domain.opaque import opaque_key
from webapp.domain.text import one_line
from webapp.domain.us_dates import us_date, us_day
from webapp.web import audience, render
from webapp.web.dates import read_date
from webapp.web.recipient import ANY, OTHER, RecipientForm
from webapp.web.signed_in import actor, freeze_links, settings
from webapp.web.texts import gettext as _

MINE = "mine"


class ConsentForm(RecipientForm):
    """To whom, until when, and that it is meant."""

    until = StringField(
        _l("Until"),
        filters=[one_line],
        description=_l("mm/dd/yyyy. Leave it blank for no end: you can stop it any day."),
    )
    meant = BooleanField(_l("Yes, I want this shared. I can take it back at any time."))

    def __init__(self, member: Member, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.mine = choices.own_practice(member)
        offered = {ANY: _("Every practice that treats me")}
        if self.mine:
            offered[MINE] = _("Only my PCP's practice: %(name)s", name=self.mine[1])
        self.to.choices = {**offered, OTHER: _("Only another practice")}
        self.find()

    @property
    def tin(self) -> str:
        """The recipient, once the form is valid."""
        return self.mine[0] if self.to.data == MINE and self.mine else super().tin

    def validate_until(self, field: Field) -> None:
        day = read_date(field.data)
        if field.data and day is None:
            raise ValidationError(_("Enter the date as month/day/year, like 03/25/2026."))
        if day is not None and day < clock.today():
            raise ValidationError(
                _("That day is over. Enter a day that is still to come, or leave it blank.")
            )

    def validate_meant(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Tick the box to say that you want this shared."))


@blueprint.get("/consents")
@audience.member
def consents() -> Response:
    """What is shared now, of oneself or of a child."""
    key, member, keys = _chosen()
    given = choices.of_member(member)
    audit.record(actor(), "open-consents", subject=f"member:{member.client_id}")
    since = consent.opted_out_since(member.client_id)
    is_mine = choices.may_decide(member, current_user.account, settings().plan)
    return render.page(
        "member/page.html",
        "partials/member/consents.html",
        title=_("Your choices about sharing"),
        choices_of=[(one, person.name) for one, person in keys.items()],
        chosen=key,
        member=member,
        opted_out=us_day(since),
        is_mine=is_mine,
        categories=[
            (name, _(label), _(about), [one for one in given if one.category == name and one.is_live])
            for name, (label, about) in CATEGORY_WORDS.items()
        ],
        past=[one for one in given if not one.is_live],
        forms=_forms(member, is_mine),
        label_of=lambda category: _(CATEGORY_WORDS[category][0]),
        key_of=_consent_key,
        category_key=_category_key,
        us_date=us_date,
    )


@blueprint.route("/consents/give/<category_key>", methods=["GET", "POST"])
@audience.member
def give_consent(category_key: str) -> Response:
    """Consent to one category, for one practice or for all. The address does not say which: it ends up in logs."""
    key, member, _keys = _chosen()
    category = {_category_key(name): name for name in CATEGORY_WORDS}.get(category_key)
    if category is None or not choices.may_decide(member, current_user.account, settings().plan):
        abort(404)
    form = ConsentForm(member)
    if request.method == "POST" and form.validate():
        choices.give(
            current_user.account,
            member,
            category,
            form.tin,
            read_date(form.until.data),
            actor(),
            settings().plan,
            freeze_links().link(current_user.account),
        )
        flash(_("Thank you. It is shared from the next monthly update on."), "good")
        return render.leave_for(_address("member.consents", key))
    return render.page(
        "member/page.html",
        "partials/member/give_consent.html",
        title=_("Share sensitive health information"),  # which, would stay in the browser's history
        status=422 if request.method == "POST" else 200,
        form=form,
        label=_(CATEGORY_WORDS[category][0]),
        about=_(CATEGORY_WORDS[category][1]),
        member=member,
        action=_address("member.give_consent", key, category_key=category_key),
        back=_address("member.consents", key),
    )


@blueprint.post("/consents/withdraw")
@audience.member
def withdraw_consent() -> Response:
    """Stop sharing what one consent shows."""
    key, member, _keys = _chosen()
    ids = {_consent_key(one.id): one.id for one in choices.of_member(member)}
    wanted = ids.get(request.form.get("consent", ""))
    if wanted is None:
        abort(404)
    try:
        choices.withdraw(
            current_user.account,
            member,
            wanted,
            actor(),
            settings().plan,
            freeze_links().link(current_user.account),
        )
    except (NotYours, ConsentRefused):
        abort(404)
    flash(_("It is not shared any more. Practices cannot see it from now on."), "good")
    return _back(key)


@blueprint.post("/consents/sharing")
@audience.member
def choose_sharing() -> Response:
    """Opt out of sharing medical information, or share again."""
    key, member, _keys = _chosen()
    link = freeze_links().link(current_user.account)
    if request.form.get("sharing") == "stop":
        choices.share_nothing(current_user.account, member, actor(), settings().plan, link)
        flash(_("Medical information is not shared any more."), "good")
    else:
        choices.share_again(current_user.account, member, actor(), settings().plan, link)
        flash(_("Thank you. Medical information is shared again from the next monthly update on."), "good")
    return _back(key)


def _chosen() -> tuple[str, Member, dict[str, Member]]:
    """Whose choices: the key in the address, that member, and everybody whom the account may see."""
    account, session = current_user.account, current_user.session
    keys = household_view.by_key(account.client_id, session.token_hash, clock.today(), settings().plan)
    key = request.args.get("for") or request.form.get("for") or next(iter(keys))
    if key not in keys:
        audit.record(actor(), "open-consents", "refused")
        abort(404)
    return key, keys[key], keys


def _forms(member: Member, is_mine: bool) -> list[tuple[str, str, str, str]]:
    """The forms that were mailed to us: when, what they ask for, what became of them, and what we say. Those about
    sensitive information show to whom the choice belongs to."""
    return [
        (us_date(one.received_on), _(ASKS[one.asks]), _(STATE_WORDS[one.state]), one.answer)
        for one in paper_forms.of_member(member.client_id)
        if is_mine or one.asks != CONSENT
    ]


def _consent_key(consent_id: int) -> str:
    return opaque_key(f"consent {consent_id}", current_user.session.token_hash)


def _category_key(category: str) -> str:
    return opaque_key(f"category {category}", current_user.session.token_hash)


def _address(endpoint: str, key: str, **values: Any) -> str:
    values["for"] = key
    return url_for(endpoint, **values)


def _back(key: str) -> Response:
    return redirect(_address("member.consents", key), 303)  # type: ignore[return-value]
