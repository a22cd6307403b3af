"""Choosing providers by Tax ID, as one step of a wizard: its form, its buttons, what its template shows.

Sign-up's step 3 is made of it, and so is adding a practice later. The rules are in domain/practice/provider_picks.py;
the template is partials/provider/picker.html, inside a template that extends partials/step.html.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import StringField

from webapp.domain.find_a_doctor import directory
from webapp.domain.practice import practices, provider_picks
from webapp.domain.practice.provider_picks import MOST_TINS, Picks
from webapp.domain.text import one_line
from webapp.flows.engine import Refused, State, Values
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepForm

_LONGEST_WANTED = 100


class PickForm(StepForm):
    """The Tax ID to search, a name to find in a long list, and the boxes of the providers on the screen."""

    tin = StringField(_l("Provider Tax ID Number"), filters=[one_line])
    find = StringField(_l("Find a name in this list"), filters=[one_line])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tin.flags.required = True

    def stored(self) -> Picks:
        """What the run holds."""
        return Picks.of_values(self.earlier.get("picks"))

    def picks(self) -> Picks:
        """What the run holds, with the boxes of the screen taken over. `listed` and `shown` say which stood on it:
        a second window may have moved on."""
        picks = self.stored()
        if not picks.tin or picks.confirming or request.form.get("listed") != picks.tin:
            return picks
        there = set(provider_picks.npis_of(picks.tin))
        shown = there.intersection(request.form.get("shown", "").split())
        return picks.tick(shown, request.form.getlist("npi"))

    def answers(self) -> dict[str, object]:
        return {"tin": self.tin.data or "", "picks": self.picks().as_values()}

    def read_tin(self) -> str:
        """The Tax ID typed. Raises Refused at the field."""
        if not self.tin.data:
            raise Refused(
                _("Enter the Tax ID Number of the practice or facility, then choose “Search.”"), "tin"
            )
        try:
            return provider_picks.read_tin(self.tin.data)
        except provider_picks.BadTin:
            raise Refused(_("Enter the 9 digits of the Tax ID Number, like 06-1234567."), "tin") from None


def _search(form: PickForm, state: State) -> Values:
    picks, tin = form.picks(), form.read_tin()
    searcher = f"account:{current_user.account.id}" if current_user.is_authenticated else form.run_key
    plan = settings().plan
    try:
        provider_picks.search(tin, searcher, actor("provider"), plan, current_app.config["SECRET_KEY"])
    except provider_picks.UnknownTin:
        raise Refused(_unknown(plan["tin_search"]["appears_within_hours"]), "tin") from None
    except provider_picks.TooManySearches as closed:
        raise Refused(
            _(
                "You have searched many times. To protect the directory, wait %(minutes)s minutes and search "
                "again, or call %(telephone)s.",
                minutes=closed.minutes,
                telephone=plan["telephones"]["technical_support"],
            ),
            "tin",
            429,
        ) from None
    return {"tin": form.tin.data, "picks": picks.open(tin).as_values()}


def _unknown(hours: int) -> str:
    return _(
        "We have no provider with this Tax ID Number. Check the number. Newly enrolled CMAP providers will appear "
        "within %(hours)s hours from the time that the enrollment information is received and processed. If it "
        "has been longer, call %(telephone)s.",
        hours=hours,
        telephone=settings().plan["telephones"]["technical_support"],
    )


def _enter(form: PickForm, state: State) -> Values:
    """The Enter key in one of the two fields: it searches, or finds in the list."""
    picks = form.picks()
    if picks.tin and (form.find.data or "") != picks.wanted:
        return _find(form, state)
    return _search(form, state)


def _find(form: PickForm, state: State) -> Values:
    return _with(form, form.picks().narrow((form.find.data or "")[:_LONGEST_WANTED]))


def _select_all(form: PickForm, state: State) -> Values:
    picks = form.picks()
    return _with(form, picks.narrow("").choose(provider_picks.npis_of(picks.tin)))


def _clear(form: PickForm, state: State) -> Values:
    return _with(form, form.picks().choose(()))


def _turn(form: PickForm, state: State) -> Values:
    page = form.pressed
    return _with(
        form, form.picks().turn(int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1)
    )


def _review(form: PickForm, state: State) -> Values:
    """The first Add Providers: to Please Confirm Providers."""
    picks = form.picks()
    if not picks.chosen:
        raise Refused(_("Choose one or more providers, or choose “Select All Providers.”"))
    return _with(form, picks.confirm())


def _add(form: PickForm, state: State) -> Values:
    """The second Add Providers: the Tax ID is among the added ones, and the field is free for another."""
    picks = form.picks()
    if not (picks.confirming and picks.chosen):
        return _with(form, picks)  # a press from a window that is behind
    if picks.tin not in picks.added and len(picks.added) >= MOST_TINS:
        raise Refused(
            _(
                "You have added %(count)s Tax ID Numbers, the most that one account can add here. For more, "
                "call %(telephone)s.",
                count=MOST_TINS,
                telephone=settings().plan["telephones"]["technical_support"],
            )
        )
    return {"tin": "", "picks": picks.add().as_values()}


def _back_to_list(form: PickForm, state: State) -> Values:
    return _with(form, form.picks().confirm(False))


def _remove(form: PickForm, state: State) -> Values:
    return _with(form, form.picks().remove(form.pressed))


def _with(form: PickForm, picks: Picks) -> Values:
    return {"tin": form.tin.data or "", "picks": picks.as_values()}


#: The step's buttons. The Next that people see sends go=on, so that the Enter key, which presses the page's first
#: button (go=next, frames/plain.html), searches instead of leaving the step.
ACTIONS: Mapping[str, Callable[[Any, State], Values]] = {
    "next": _enter,
    "search": _search,
    "find": _find,
    "select-all": _select_all,
    "clear": _clear,
    "page": _turn,
    "review": _review,
    "add": _add,
    "return": _back_to_list,
    "remove": _remove,
}


def accept(form: PickForm, state: State) -> Values:
    """Next: what was added is kept. Raises Refused while something is begun and not finished, or nothing is added."""
    picks = form.picks()
    if picks.has_unadded:
        raise Refused(
            _("You chose providers and did not add them. Choose “Add Providers” first, or clear the boxes.")
        )
    if form.tin.data and form.read_tin() not in {picks.tin, *picks.added}:
        raise Refused(
            _("Choose “Search” to see the providers of this Tax ID Number, or leave the field empty."), "tin"
        )
    if not picks.added:
        raise Refused(_("Add at least one provider. Enter a Tax ID Number and choose “Search.”"), "tin")
    return {"tin": "", "picks": Picks(added=picks.added).as_values()}


def show(picks: Picks) -> dict[str, Any]:
    """What partials/provider/picker.html needs: `picks`, the `listing` on the screen or None, and the `added` Tax IDs
    (tin, masked, name, count)."""
    names = directory.practice_names(list(picks.added))
    return {
        "picks": picks,
        "listing": provider_picks.listing(picks) if picks.tin else None,
        "added": [
            {"tin": tin, "masked": practices.masked(tin), "name": names.get(tin, ""), "count": len(npis)}
            for tin, npis in picks.added.items()
        ],
        "hours": settings().plan["tin_search"]["appears_within_hours"],
    }
