"""The Member Information Center of the home page: eight links, each with a line of what is behind it (guide 000)."""

from flask import url_for

from reports.words import N_
from webapp import content
from webapp.web import texts
from webapp.web.texts import gettext as _

_ABOUT = {
    "member-information": N_("Your benefits, your rights, common questions, and help for new members."),
    "member-benefits": N_("What is covered: medical, dental, behavioral health, pharmacy and rides."),
    "managing-your-care": N_("Help with asthma, diabetes and other conditions, and with food or housing."),
    "health-and-wellness": N_("Checkups, pregnancy, quitting smoking, and health news."),
    "member-privacy": N_("How we protect your information."),
    "report-fraud": N_("How you can help protect against fraud."),
    "contact-us": N_("Telephone numbers for every kind of question."),
}


@texts.kept
def information_center() -> list[dict[str, str]]:
    """The links in the guide's order, Find a Doctor third."""
    entries = [
        {"url": url_for("public.page", name=name), "label": _(content.PAGES[name]), "about": _(about)}
        for name, about in _ABOUT.items()
    ]
    find_a_doctor = {
        "url": url_for("member.find_a_doctor"),
        "label": _("Find a Doctor"),
        "about": _("Medical providers, specialists, behavioral health and dentists."),
    }
    return [*entries[:2], find_a_doctor, *entries[2:]]
