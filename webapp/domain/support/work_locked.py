"""Work that a locked registration asks for: people to call back, and letters to print and mail."""

from abc import abstractmethod
from datetime import datetime

from reports.words import N_
from webapp.config import Plan
from webapp.domain.member import locked_ways
from webapp.domain.member.eligibility import Member
from webapp.domain.member.locked_ways import WINDOWS, CallBack, RegistrationLetter
from webapp.domain.member.lockouts import Lockout
from webapp.domain.support import staff, work_items
from webapp.domain.support.work_items import (
    Action,
    DecisionRefused,
    Gone,
    Item,
    Opened,
    Words,
    Worker,
    checked,
    claimer_of,
    number_of,
    speech_of,
)
from webapp.domain.support.work_kinds import FIELD_WORDS, LONGEST_REASON, Kind


class _LockedWork(Kind):
    """What the two have in common: both are about a lock."""

    roles = frozenset({staff.MEMBER_SERVICES})

    def waiting(self, plan: Plan) -> list[Item]:
        return self._items(self._rows(), plan)

    @abstractmethod
    def _rows(self) -> list[CallBack] | list[RegistrationLetter]:
        """The rows of the kind that wait."""

    def _about(self, _row: CallBack | RegistrationLetter) -> Words:
        return ()

    def _row(self, key: str) -> CallBack | RegistrationLetter:
        row = next((row for row in self._rows() if row.id == number_of(key)), None)
        if row is None:
            raise Gone
        return row

    def _items(self, rows: list[CallBack] | list[RegistrationLetter], plan: Plan) -> list[Item]:
        about = locked_ways.locks(rows)
        known = work_items.members(row.client_id for row in about.values())
        held = work_items.claims(self.name, plan)
        return [self._item(row, about.get(row.lockout_id), known, held, plan) for row in rows]

    def _item(
        self,
        row: CallBack | RegistrationLetter,
        lock: Lockout | None,
        known: dict[str, Member],
        held: dict[str, tuple[int, str]],
        plan: Plan,
    ) -> Item:
        member = known.get(lock.client_id or "") if lock else None
        since: datetime = row.asked_at
        return Item(
            self.name, str(row.id), member.name if member else "", lock.reference if lock else "",
            self._about(row), since, self.target(since, plan), *claimer_of(held, row.id), language=row.language,
            **speech_of(member),
        )  # fmt: skip

    def _facts(self, row: CallBack | RegistrationLetter, item: Item) -> list[tuple[str, str | Words]]:
        lock = locked_ways.locks([row]).get(row.lockout_id)
        return [
            (N_("Reference number"), item.about),
            (N_("Name"), item.person or (N_("Not known"),)),
            (N_("Client ID Number"), (lock.client_id if lock else "") or (N_("Not known"),)),
            (
                N_("Differs from the record"),
                tuple(FIELD_WORDS[one] for one in (lock.differed.split() if lock else ())),
            ),
        ]


class CallBackWork(_LockedWork):
    """People whose registration is locked and who want to be called."""

    name, label = "call-back", N_("Call back")
    days = "call_back_days"
    actions = (
        Action("called", N_("Called"), "reason"),
        Action("unreached", N_("Nobody answered"), "reason", "two"),
    )

    def opened(self, key: str, plan: Plan) -> Opened:
        row = self._row(key)
        [item] = self._items([row], plan)
        asked: list[tuple[str, str | Words]] = [
            (N_("Telephone"), row.telephone),
            (N_("When to call"), self._about(row)),
        ]
        return Opened(item, [*asked, *self._facts(row, item)])

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        said = checked(text, LONGEST_REASON)
        if not locked_ways.close(CallBack, self._row(key).id, worker.actor, f"{action}: {said}"):
            raise Gone

    def _rows(self) -> list[CallBack]:
        return locked_ways.waiting_call_backs()

    def _about(self, _row: CallBack | RegistrationLetter) -> Words:
        return (WINDOWS[_row.window],)


class LetterWork(_LockedWork):
    """Letters with a code to print and mail. The sheet is a page of its own: its code is shown once."""

    name, label = "letter", N_("Letter with a code")
    days = "letter_days"
    prints = True
    actions = (
        Action("mailed", N_("It is in the mail")),
        Action("dropped", N_("Send no letter"), "reason", "stop"),
    )

    def opened(self, key: str, plan: Plan) -> Opened:
        row = self._row(key)
        [item] = self._items([row], plan)
        printed: tuple[str, Words] = (N_("Printed"), (N_("Yes") if row.code_hash else N_("No"),))
        return Opened(item, [printed, *self._facts(row, item)])

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        row = self._row(key)
        if action == "dropped":
            closed = locked_ways.drop_letter(row.id, worker.actor, checked(text, LONGEST_REASON))
        elif not row.code_hash:
            raise DecisionRefused(N_("Print the letter first. Nothing was changed."))
        else:
            closed = locked_ways.close(RegistrationLetter, row.id, worker.actor, action)
        if not closed:
            raise Gone

    def _rows(self) -> list[RegistrationLetter]:
        return locked_ways.waiting_letters()
