"""Key contacts of guide 003, as the plan file has them."""

from dataclasses import dataclass

from webapp.config import Plan
from webapp.web.texts import gettext as _


@dataclass(frozen=True)
class Line:
    """One way to reach someone: `text` is what people read, `href` leads there, `after` follows (an extension)."""

    text: str
    href: str = ""
    after: str = ""


@dataclass(frozen=True)
class Group:
    """A heading of the guide and its lines, each under the name of a desk or a portal."""

    title: str
    lines: tuple[tuple[str, tuple[Line, ...]], ...]


def groups(plan: Plan) -> list[Group]:
    """The guide's four groups, in its order and words."""
    own, telephones = plan["contacts"], plan["telephones"]
    center, technical = telephones["provider_call_center"], telephones["technical_support"]
    icm = _("extension %(extension)s", extension=own["icm_extension"]) if own["icm_extension"] else ""
    return [
        Group(
            _("Provider Call Center"),
            (
                (_("Telephonic Support"), _lines(_telephone(center))),
                (_("Fax"), _lines(_fax(own["call_center_fax"]))),
            ),
        ),
        Group(
            _("Intensive Care Management (ICM) Referrals"),
            (
                (_("Telephonic Referrals for ICM"), _lines(_telephone(center, icm))),
                (_("Fax Referrals for ICM"), _lines(_fax(own["icm_fax"]))),
            ),
        ),
        Group(
            _("Register for the Provider Portals"),
            (
                (_("Provider Portal"), _lines(_web(own["provider_site"]))),
                (
                    _("Medical Authorization Portal (Clear Coverage)"),
                    _lines(_mail(own["authorization_email"])),
                ),
                (_("Advanced Imaging Portal (CAREPortal)"), _lines(_web(own["imaging_portal"]))),
                (
                    _("CareAnalyzer® Registration and Training"),
                    _lines(_mail(own["analytics_registration_email"])),
                ),
            ),
        ),
        Group(
            _("Technical Assistance"),
            (
                (
                    _("Provider Portal"),
                    _lines(_prompt(technical, own["portal_prompt"]), _mail(plan["mail"]["web_support"])),
                ),
                (
                    _("Medical Authorization Portal (Clear Coverage)"),
                    _lines(
                        _prompt(technical, own["authorization_prompt"]), _mail(own["authorization_email"])
                    ),
                ),
                (_("Advanced Imaging (CAREPortal)"), _lines(_prompt(technical, own["imaging_prompt"]))),
                (_("CareAnalyzer®"), _lines(_mail(own["analytics_email"]))),
            ),
        ),
    ]


def _lines(*lines: Line | None) -> tuple[Line, ...]:
    return tuple(line for line in lines if line)


def _telephone(number: str, after: str = "") -> Line | None:
    return Line(number, f"tel:{number}", after) if number else None


def _prompt(number: str, prompt: str) -> Line | None:
    return _telephone(number, _("prompt %(prompt)s", prompt=prompt) if prompt else "")


def _fax(number: str) -> Line | None:
    return Line(number) if number else None


def _mail(address: str) -> Line | None:
    return Line(address, f"mailto:{address}") if address else None


def _web(url: str) -> Line | None:
    return Line(url.removeprefix("https://").rstrip("/"), url) if url else None
