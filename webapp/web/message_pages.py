"""The pages of secure messages, the same in the members' and the providers' portal.

Their forms go the browser's own way, without HTMX: a photo on a slow line takes longer than HTMX waits, and the browser
shows how far it is.
"""

import secrets
from datetime import datetime
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import ngettext
from flask_login import current_user

from webapp.domain import audit
from webapp.domain.messaging import attachments, messages
from webapp.domain.messaging.message_tables import MessageFile, MessageThread
from webapp.domain.messaging.messages import MessageRefused, NoSuchThread, TooManyMessages
from webapp.domain.us_dates import us_day
from webapp.web import render
from webapp.web.dates import time_of_day
from webapp.web.message_forms import NewMessageForm, ReplyForm
from webapp.web.signed_in import actor, portal_of_request, settings
from webapp.web.texts import gettext as _


def answer_list() -> Response:
    """The account's threads, the latest first."""
    page = max(1, request.args.get("page", 1, type=int))
    threads, total = messages.threads_of(current_user.account, page)
    pages = max(1, -(-total // messages.PER_PAGE))
    if page > pages:
        return redirect(_url("messages"), 303)  # type: ignore[return-value]
    return _page(
        "list",
        _("Messages"),
        threads=[_line(thread) for thread in threads],
        new_url=_url("new_message"),
        promise=_promise(),
        newer=_url("messages", page=page - 1) if page > 1 else None,
        older=_url("messages", page=page + 1) if page < pages else None,
    )


def answer_new() -> Response:
    """A message that begins a thread."""
    form = NewMessageForm(portal_of_request() or "")
    if request.method == "POST":
        return _sent(form, None) or _new_page(form, 422 if form.errors or form.form_errors else 200)
    return _new_page(form)


def answer_thread(key: str) -> Response:
    """A thread with the form to write again. Opening it is reading it: what was new is so no more."""
    thread = _thread(key)
    form = ReplyForm()
    if request.method == "POST":
        return _sent(form, thread) or _thread_page(
            thread, form, 422 if form.errors or form.form_errors else 200
        )
    response = _thread_page(thread, form)
    messages.note_read(thread)
    return response


def answer_file(key: str, file_key: str) -> Response:
    """A file of a thread, to be kept by the person: no browser shows it as a page of ours."""
    thread = _thread(key)
    try:
        file = messages.own_file(thread, file_key)
    except NoSuchThread:
        audit.record(actor(), "open-file", "refused")
        abort(404)
    response = Response(attachments.read(file, actor()), mimetype=attachments.KINDS[file.kind].mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def _thread(key: str) -> MessageThread:
    try:
        return messages.own_thread(current_user.account, key)
    except NoSuchThread:
        audit.record(actor(), "open-thread", "refused")
        abort(404)


def _sent(form: ReplyForm, thread: MessageThread | None) -> Response | None:
    """Send what was typed and go to its thread; None when the form is to be shown again."""
    account, plan = current_user.account, settings().plan
    pressed, _colon, key = request.form.get("go", "").partition(":")
    if pressed == "remove":
        form.take_out(account, key)
        return None
    try:
        draft = form.read(account)
        if form.files_refused:
            messages.check(account, draft, plan, begins=thread is None)
            raise MessageRefused
        if thread is None:
            thread = messages.begin(account, draft, actor(), plan)
        else:
            messages.reply(thread, draft, actor(), plan)
    except MessageRefused as refusal:
        form.refuse(refusal)
        return None
    except TooManyMessages as many:
        form.form_errors.append(
            _(
                "You have sent many messages in one day. You can send the next one after %(time)s. "
                "Do you need help now? Call %(telephone)s.",
                time=_moment(many.again_at),
                telephone=_telephone(),
            )
        )
        return None
    flash(_("Your message was sent. %(promise)s", promise=_promise()), "good")
    return redirect(_url("message_thread", key=thread.key), 303)  # type: ignore[return-value]


def _new_page(form: NewMessageForm, status: int = 200) -> Response:
    return _page(
        "new", _("Write a message"), status, form=form, action=_url("new_message"), **_form_context()
    )


def _thread_page(thread: MessageThread, form: ReplyForm, status: int = 200) -> Response:
    state = messages.state_of(thread)
    written = messages.written_in(thread)
    return _page(
        "thread",
        _("Messages with %(desk)s", desk=_(messages.DESKS[thread.desk])),
        status,
        thread=thread,
        topic=_(messages.topic_label(thread, portal_of_request() or "")),
        state=_(state),
        target=us_day(messages.answered_by(thread.waiting_since, settings().plan))
        if state == messages.WAITING
        else "",
        written=[(one, _author(one), _moment(one.sent_at), _files(thread, one.files)) for one in written],
        form=form,
        action=_url("message_thread", key=thread.key),
        **_form_context(),
    )


def _page(name: str, title: str, status: int = 200, **context: Any) -> Response:
    return render.page(
        f"{portal_of_request()}/page.html",
        f"partials/messages/{name}.html",
        title=title,
        status=status,
        list_url=_url("messages"),
        emergency=settings().plan["help_lines"]["emergency"] if portal_of_request() == "member" else "",
        telephone=_telephone(),
        **context,
    )


def _form_context() -> dict[str, object]:
    section = settings().plan["messages"]
    return {
        "once": secrets.token_hex(8),
        "accepted": attachments.ACCEPTED,
        "longest_subject": messages.LONGEST_SUBJECT,
        "files_hint": ngettext(
            "At most %(num)s file of %(size)s MB: PDF, photo (JPEG, PNG, HEIC), Word, Excel or plain text.",
            "At most %(num)s files of %(size)s MB each: PDF, photo (JPEG, PNG, HEIC), Word, Excel or plain text.",
            section["most_files"],
            size=section["file_megabytes"],
        ),
    }


def _line(thread: MessageThread) -> dict[str, object]:
    """A thread as the list shows it."""
    return {
        "url": _url("message_thread", key=thread.key),
        "subject": thread.subject,
        "desk": _(messages.DESKS[thread.desk]),
        "state": _(messages.state_of(thread)),
        "day": us_day(thread.latest_at),
        "is_new": thread.unread > 0,
    }


def _author(written: messages.Written) -> str:
    if not written.by:
        return _("You")
    return f"{written.name}, {_(messages.DESKS[written.by])}"


def _files(thread: MessageThread, files: tuple[MessageFile, ...]) -> list[dict[str, str]]:
    return [
        {
            "name": file.name,
            "size": size_words(file.size),
            "url": _url("message_file", key=thread.key, file_key=file.key),
        }
        for file in files
    ]


def size_words(size: int) -> str:
    """ "240 KB", "1.2 MB"."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"


def _promise() -> str:
    return ngettext(
        "We answer within %(num)s working day.",
        "We answer within %(num)s working days.",
        settings().plan["messages"]["answer_days"],
    )


def _telephone() -> str:
    name = "member_engagement" if portal_of_request() == "member" else "technical_support"
    number: str = settings().plan["telephones"][name]
    return number


def _moment(moment: datetime) -> str:
    return f"{us_day(moment)}, {time_of_day(moment)}"


def _url(name: str, **values: Any) -> str:
    return url_for(f"{portal_of_request()}.{name}", **values)
