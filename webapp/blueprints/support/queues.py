"""Queues: one list of all work, each item on a page of its own where it is claimed, answered and closed."""

import secrets
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.forms import WorkForm
from webapp.domain import audit, spoken
from webapp.domain.support import staff, work_queue
from webapp.domain.support.work_items import (
    ClaimedByOther,
    DecisionRefused,
    Gone,
    HasChanged,
    Item,
    Opened,
    TextRefused,
    Worker,
)
from webapp.domain.support.work_kinds import CLAIM, RELEASE, Kind
from webapp.domain.support.work_queue import Wanted
from webapp.web import audience, language, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _
from webapp.words import translate


@blueprint.get("/queues", endpoint="queues")
@audience.room("queues")
def all_work() -> Response:
    """What waits for the role of whoever is signed in."""
    wanted, role = _wanted(), _role()
    found = _found(wanted)
    shown, number, pages = work_queue.page_of(found, lists.number(request.args.get("page")))
    total, over = work_queue.counts(found)
    return lists.page(
        "queues",
        _("Queues"),
        kinds=[(kind.name, _(kind.label)) for kind in work_queue.kinds_for(role)],
        states=[(name, _(word)) for name, word in work_queue.STATES.items()],
        wanted=wanted,
        columns=lists.columns(_heads(), work_queue.SORTS, wanted.sort, wanted.down, _link),
        rows=[_row(item) for item in shown],
        number=number,
        pages=pages,
        total=total,
        over=over,
        per_page=work_queue.PER_PAGE,
        page_url=lambda page: _link(page=page),
        csv_url=f"{url_for('support.queues_csv')}?{request.query_string.decode()}",
        refresh_url=_link(),
        takes_focus=not render.wants_partial(),
    )


@blueprint.get("/queues.csv")
@audience.room("queues")
def queues_csv() -> Response:
    """The whole list as a file, as it is shown."""
    found = _found(_wanted())
    audit.record(actor(), "export-queues", detail=f"{len(found)} rows")
    keys = [key for key, _label in _heads()]
    rows = ([_row(item)[key] for key in keys] for item in found)
    return lists.csv_file("queues", [label for _key, label in _heads()], rows)


@blueprint.route("/queues/<kind_name>/<key>", methods=["GET", "POST"])
@audience.room("queues")
def work(kind_name: str, key: str) -> Response:
    """One item. Whoever is second is told what became of it."""
    try:
        kind = work_queue.kind_for(_role(), kind_name)
        if request.method == "POST":
            return _pressed(kind, key)
        return _work_page(kind, work_queue.open_item(kind, key, actor(), settings().plan), WorkForm())
    except Gone:
        audit.record(actor(), "open-work", "refused")
        return lists.page("queue_gone", _("This is done or taken back"), 404)


def _pressed(kind: Kind, key: str) -> Response:
    form, pressed = WorkForm(), request.form.get("go", "")
    plan = settings().plan
    try:
        kind.act(pressed, key, form.text.data or "", _worker())
    except TextRefused as refusal:
        form.refuse(refusal, takes=next((one.takes for one in kind.actions if one.name == pressed), ""))
    except ClaimedByOther as claimed:
        form.form_errors.append(_("%(name)s works on this now. Nothing was changed.", name=claimed.name))
    except DecisionRefused as refused:
        form.form_errors.append(_(refused.words))
    except HasChanged:
        form.form_errors.append(
            _("The person wrote again meanwhile. Read the new message, then send your answer.")
        )
    except ValueError:
        abort(400)
    else:
        return _after(kind, key, pressed)
    return _work_page(kind, kind.opened(key, plan), form, 422)


def _after(kind: Kind, key: str, pressed: str) -> Response:
    if pressed == CLAIM.name:
        flash(_("You work on this now. Others see your name."), "good")
        return render.leave_for(url_for("support.work", kind_name=kind.name, key=key))
    flash(
        _("Given back to the queue.") if pressed == RELEASE.name else _("Done. It is off the list."), "good"
    )
    return render.leave_for(url_for("support.queues"))


def _work_page(kind: Kind, opened: Opened, form: WorkForm, status: int = 200) -> Response:
    item = opened.item
    offered = work_queue.TEMPLATES.get(kind.name, ())
    asked = request.args.get("template", "")
    if asked.isdigit() and len(asked) < 3 and int(asked) < len(offered) and not form.text.data:
        form.text.data = translate(item.language, offered[int(asked)][1])
    here = url_for("support.work", kind_name=kind.name, key=item.key)
    return lists.page(
        "queue_item",
        _(kind.label),
        status,
        item=_row(item),
        facts=[(_(label), _text(value)) for label, value in opened.facts],
        said=[(who, lists.moment(at), text) for who, at, text in opened.said],
        form=form,
        actions=[(one.name, _(one.label), one.look) for one in kind.actions],
        label=_("Answer to the person")
        if any(one.takes == "answer" for one in kind.actions)
        else _("Reason"),
        templates=[(_(title), f"{here}?template={place}") for place, (title, _body) in enumerate(offered)],
        mine=item.claimer == current_user.account.id,
        other=item.claimed_by if item.claimer not in (None, current_user.account.id) else "",
        action=here,
        print_url=url_for("support.print_letter", key=item.key) if kind.prints else "",
        seen=opened.seen,
        once=secrets.token_hex(8),
    )


def _row(item: Item) -> dict[str, Any]:
    """An item as the list and the file show it."""
    about = [item.about, *(_(word) for word in item.about_words)]
    return {
        "kind": _(work_queue.KINDS[item.kind].label),
        "person": item.person or _("Not known"),
        "about": ", ".join(one for one in about if one),
        "since": lists.moment(item.since),
        "target": lists.moment(item.target),
        "language": _spoken(item),
        "interpreter": "" if item.interpreter is None else _("Yes") if item.interpreter else _("No"),
        "claimed": item.claimed_by,
        "over": item.is_over,
        "url": url_for("support.work", kind_name=item.kind, key=item.key),
    }


def _spoken(item: Item) -> str:
    """The language that the plan's file has, which may not be one of the portal; else the account's."""
    known = spoken.languages_of(item.spoken).values() or [language.NAMES.get(item.language, item.language)]
    return ", ".join(_(name) for name in known)


def _heads() -> list[tuple[str, str]]:
    return [
        ("kind", _("Kind of work")),
        ("person", _("Person")),
        ("about", _("About")),
        ("since", _("Waiting since")),
        ("target", _("Target time")),
        ("language", _("Language")),
        ("interpreter", _("Interpreter")),
        ("claimed", _("Claimed by")),
    ]


def _wanted() -> Wanted:
    return Wanted(
        kind=lists.chosen("kind", work_queue.KINDS),
        state=lists.chosen("state", work_queue.STATES),
        sort=lists.chosen("sort", work_queue.SORTS) or "since",
        down=request.args.get("dir") == "desc",
    )


def _link(**changed: object) -> str:
    wanted = _wanted()
    state = {
        "kind": wanted.kind,
        "state": wanted.state,
        "sort": wanted.sort if wanted.sort != "since" or wanted.down else "",
        "dir": "desc" if wanted.down else "",
    }
    return lists.address("support.queues", state, **changed)


def _found(wanted: Wanted) -> list[Item]:
    return work_queue.items(_role(), wanted, current_user.account.id, settings().plan)


def _role() -> str | None:
    return staff.role_of(current_user.account)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(_(word) for word in value)


def _worker() -> Worker:
    seen, once = request.form.get("seen", ""), request.form.get("once", "")[:40]
    return Worker(
        current_user.account,
        actor(),
        settings(),
        once=once,
        seen=int(seen) if seen.isdigit() and len(seen) < 10 else 0,
    )
