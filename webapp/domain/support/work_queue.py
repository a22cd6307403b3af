"""The one list of all work of the support console: every kind, the oldest first, with its target time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.words import N_
from webapp.config import Plan
from webapp.domain import audit
from webapp.domain.audit import Actor
from webapp.domain.support import staff
from webapp.domain.support.work_forms import FormWork
from webapp.domain.support.work_items import Gone, Item, Opened
from webapp.domain.support.work_kinds import (
    AccessWork,
    DirectoryWork,
    Kind,
    RecoveryWork,
    RegistrationWork,
    UpdateWork,
)
from webapp.domain.support.work_locked import CallBackWork, LetterWork
from webapp.domain.support.work_messages import MemberMessages, SupportMessages

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        RegistrationWork(),
        CallBackWork(),
        LetterWork(),
        AccessWork(),
        UpdateWork(),
        FormWork(),
        MemberMessages(),
        SupportMessages(),
        RecoveryWork(),
        DirectoryWork(),
    )
}

#: What the list can be narrowed to, beside a kind.
STATES = {
    "over": N_("Over the target time"),
    "free": N_("Nobody works on it"),
    "mine": N_("Claimed by me"),
}
SORTS = ("since", "kind", "person", "target", "language", "claimed")
PER_PAGE = 25

#: Beginnings of answers in both languages, by what they answer: (title, text). The page fills one in on request.
TEMPLATES: dict[str, tuple[tuple[str, str], ...]] = {
    "message": (
        (
            N_("We look into it"),
            N_(
                "Thank you for your message. We are looking into it and will write to you again within 2 working days."
            ),
        ),
        (
            N_("Please call us"),
            N_(
                "Thank you for your message. To help you with this, we need to talk with you. Please call us."
            ),
        ),
    ),
    "access": (
        (N_("Confirmed"), N_("The practice confirmed that you work there.")),
        (
            N_("Not confirmed"),
            N_("The practice could not confirm that you work there. Ask your Office Manager to call us."),
        ),
    ),
    "update": (
        (
            N_("Changed"),
            N_("We changed your information. You will see it here after the next update of our records."),
        ),
        (
            N_("Proof is missing"),
            N_(
                "We could not make this change, as we need proof of it. Please call us: we will tell you what to send."
            ),
        ),
    ),
    "form": (
        (N_("Accepted"), N_("Thank you. We noted what your form says. You can change it here at any time.")),
        (
            N_("Not signed"),
            N_("We could not accept your form: it is not signed. Please sign it and send it again."),
        ),
        (
            N_("Not complete"),
            N_(
                "We could not accept your form: something is missing on it. You can make this choice here yourself, "
                "or call us and we will help you."
            ),
        ),
        (
            N_("No right to sign"),
            N_(
                "We could not accept your form: we have no paper that says that this person may sign for the member. "
                "Please call us."
            ),
        ),
    ),
}
TEMPLATES["web-support"] = TEMPLATES["message"]


@dataclass(frozen=True)
class Wanted:
    """How the list is asked for. kind, state: '' for all; sort: one of SORTS; down: the other way round."""

    kind: str = ""
    state: str = ""
    sort: str = "since"
    down: bool = False


def kinds_for(role: str | None) -> list[Kind]:
    """The kinds of work of a role; supervisors work on all."""
    return [kind for kind in KINDS.values() if role == staff.SUPERVISOR or role in kind.roles]


def items(role: str | None, wanted: Wanted, account_id: int, plan: Plan) -> list[Item]:
    """What waits for somebody of this role, as asked for; equal ones by their age, so that pages share nothing."""
    kinds = [kind for kind in kinds_for(role) if wanted.kind in ("", kind.name)]
    found = [item for kind in kinds for item in kind.waiting(plan)]
    found.sort(key=lambda item: (item.since, item.kind, item.key))
    kept = [item for item in found if _is_in(item, wanted.state, account_id)]
    if wanted.sort in SORTS and (wanted.sort, wanted.down) != ("since", False):
        kept.sort(key=lambda item: _sort_key(item, wanted.sort), reverse=wanted.down)
    return kept


def counts(found: Iterable[Item]) -> tuple[int, int]:
    """How many there are, and how many are over their target time."""
    listed = list(found)
    return len(listed), sum(item.is_over for item in listed)


def kind_for(role: str | None, name: str) -> Kind:
    """A kind of work by its name, for somebody of this role. Raises Gone."""
    kind = next((kind for kind in kinds_for(role) if kind.name == name), None)
    if kind is None:
        raise Gone
    return kind


def open_item(kind: Kind, key: str, actor: Actor, plan: Plan) -> Opened:
    """An item with what its page shows; its opening is written to the audit log first. Raises Gone."""
    opened = kind.opened(key, plan)
    audit.record(actor, "open-work", subject=f"work:{kind.name}:{opened.item.key}")
    return opened


def page_of(found: Sequence[Item], number: int) -> tuple[Sequence[Item], int, int]:
    """One page of a list, its number where that was too high, and how many there are."""
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, number), pages)
    return found[(number - 1) * PER_PAGE : number * PER_PAGE], number, pages


def _is_in(item: Item, state: str, account_id: int) -> bool:
    return {
        "over": item.is_over,
        "free": item.claimer is None,
        "mine": item.claimer == account_id,
    }.get(state, True)


def _sort_key(item: Item, sort: str) -> Any:
    keys: dict[str, Any] = {
        "since": item.since,
        "target": item.target,
        "kind": item.kind,
        "person": item.person.casefold(),
        "language": item.spoken or item.language,
        "claimed": item.claimed_by.casefold(),
    }
    return keys[sort]
