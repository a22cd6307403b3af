"""Secure messages as work of the support console; the rules are those of message_queue.py, which has claims of its
own."""

from collections.abc import Mapping
from datetime import datetime

from reports.words import N_
from webapp.config import Plan
from webapp.domain.messaging import message_queue, messages
from webapp.domain.messaging.message_tables import MessageThread
from webapp.domain.messaging.messages import Draft, MessageRefused
from webapp.domain.support import staff
from webapp.domain.support.work_items import (
    Action,
    ClaimedByOther,
    Gone,
    HasChanged,
    Item,
    Opened,
    TextRefused,
    Words,
    Worker,
)
from webapp.domain.support.work_kinds import Kind


class MessageWork(Kind):
    """Messages to one desk."""

    desk = ""
    address: Mapping[str, str] = {"member": "/members/messages", "provider": "/providers/messages"}
    actions = (
        Action("answer", N_("Send the answer"), "answer"),
        Action("close", N_("Close without an answer"), "", "two"),
    )

    def waiting(self, plan: Plan) -> list[Item]:
        return [self._item(one) for one in message_queue.waiting(plan, [self.desk], 1_000)]

    def opened(self, key: str, plan: Plan) -> Opened:
        thread = self._thread(key)
        waits = message_queue.waiting_one(thread, plan)
        facts: list[tuple[str, str | Words]] = [
            (N_("Name"), waits.person),
            (N_("Topic"), (waits.topic,)),
            (N_("Subject"), thread.subject),
        ]
        said = [(one.name, one.sent_at, one.body) for one in messages.written_in(thread)]
        return Opened(self._item(waits), facts, said, thread.latest_id)

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        thread = self._thread(key)
        thread.latest_id = worker.seen or thread.latest_id
        try:
            if action == "close":
                message_queue.close(thread, worker.account, worker.actor, worker.plan)
            else:
                link = f"{worker.settings.base_url}{self.address[thread.account.portal]}"
                draft = Draft(text, worker.once)
                message_queue.answer(thread, worker.account, draft, worker.actor, worker.plan, link=link)
        except MessageRefused as refusal:
            why = dict(refusal.problems).get("body", "missing")
            raise TextRefused(why, messages.LONGEST_BODY) from refusal
        except message_queue.AlreadyClaimed as claimed:
            raise ClaimedByOther(claimed.name) from claimed
        except message_queue.HasChanged as changed:
            raise HasChanged from changed

    def claim(self, key: str, worker: Worker) -> None:
        try:
            message_queue.claim(self._thread(key), worker.account, worker.actor, worker.plan)
        except message_queue.AlreadyClaimed as claimed:
            raise ClaimedByOther(claimed.name) from claimed

    def release(self, key: str, worker: Worker) -> None:
        message_queue.release(self._thread(key), worker.account)

    def target(self, since: datetime, plan: Plan) -> datetime:
        return messages.answered_by(since, plan)

    def _thread(self, key: str) -> MessageThread:
        thread: MessageThread | None = MessageThread.get_or_none(
            MessageThread.key == key,
            MessageThread.desk == self.desk,
            MessageThread.waiting_since.is_null(False),
        )
        if thread is None:
            raise Gone
        return thread

    def _item(self, one: message_queue.Waiting) -> Item:
        return Item(
            self.name, one.key, one.person, one.subject, (one.topic,), one.waiting_since, one.target, one.claimed_by,
            one.claimer, one.language, one.spoken, one.interpreter,
        )  # fmt: skip


class MemberMessages(MessageWork):
    """Messages to Member Engagement Services."""

    name, label, desk = "message", N_("Message of a member"), messages.MEMBER_ENGAGEMENT
    roles = frozenset({staff.MEMBER_SERVICES})


class SupportMessages(MessageWork):
    """Messages to Web Support."""

    name, label, desk = "web-support", N_("Message to Web Support"), messages.WEB_SUPPORT
    roles = frozenset({staff.PROVIDER_SERVICES})
