"""The kinds of work of the support console, each a thin layer over the rules of its own area: what waits, what its page
shows, and what can be done with it."""

from abc import ABC, abstractmethod
from datetime import datetime

from reports.words import N_
from webapp.config import Plan
from webapp.domain import working_days
from webapp.domain.account.accounts import Account
from webapp.domain.find_a_doctor import directory, directory_reports
from webapp.domain.find_a_doctor.directory_reports import DirectoryReport
from webapp.domain.member import lockouts, update_requests
from webapp.domain.member.lockouts import Lockout
from webapp.domain.member.update_requests import UpdateRequest
from webapp.domain.practice import access_requests
from webapp.domain.practice.access_requests import ReportAccessRequest
from webapp.domain.support import staff, work_items
from webapp.domain.support.work_items import (
    Action,
    Gone,
    Item,
    Opened,
    Words,
    Worker,
    checked,
    claimer_of,
    name_of,
    number_of,
    row_of,
    speech_of,
)

LONGEST_REASON = 500
LONGEST_ANSWER = 1_000
CLAIM = Action("claim", N_("Take it on"), look="two")
RELEASE = Action("release", N_("Give back"), look="link")

#: The fields of an update request and of a failed registration, as the portal labels them.
FIELD_WORDS = {
    "address": N_("Address"),
    "city": N_("City"),
    "state": N_("State"),
    "zip_code": N_("ZIP Code"),
    "phone": N_("Telephone"),
    "other_phone": N_("Other telephone"),
    "email": N_("Email Address"),
    "client_id": N_("Client ID Number"),
    "first_name": N_("First Name"),
    "last_name": N_("Last Name"),
    "birth_date": N_("Date of Birth"),
}
_YES, _NO = (N_("Yes"),), (N_("No"),)


class Kind(ABC):
    """One kind of work. roles: who works on it, beside supervisors. Keys of items come from addresses: anything may
    stand in them."""

    name = ""
    label = ""
    roles: frozenset[str] = frozenset()
    actions: tuple[Action, ...] = ()
    prints = False  # whether an item has a sheet to print
    days = ""  # the setting of [queues] that says within how many working days

    @abstractmethod
    def waiting(self, plan: Plan) -> list[Item]:
        """What waits, the oldest first."""

    @abstractmethod
    def opened(self, key: str, plan: Plan) -> Opened:
        """An item with all that its page shows. Raises Gone."""

    @abstractmethod
    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        """Do what a button says, claims apart. Raises Gone, TextRefused, ClaimedByOther, HasChanged or
        DecisionRefused."""

    def claim(self, key: str, worker: Worker) -> None:
        """Take the item. Raises ClaimedByOther or Gone."""
        self.opened(key, worker.plan)
        work_items.claim(self.name, key, worker)

    def release(self, key: str, worker: Worker) -> None:
        """Give it back."""
        work_items.release(self.name, key, worker)

    def act(self, action: str, key: str, text: str, worker: Worker) -> None:
        """Press one of the item's buttons. Raises as `decide` does, and ValueError for a button that is none of it."""
        if action == CLAIM.name:
            self.claim(key, worker)
        elif action == RELEASE.name:
            self.release(key, worker)
        elif action in {one.name for one in self.actions}:
            work_items.check_mine(self.name, key, worker)
            self.decide(action, key, text, worker)
            work_items.done(self.name, key)
        else:
            raise ValueError(action)

    def target(self, since: datetime, plan: Plan) -> datetime:
        """When it should be done."""
        return working_days.after(since, plan["queues"][self.days])


class AccessWork(Kind):
    """Requests for patient reports."""

    name, label = "access", N_("Report access")
    roles = frozenset({staff.PROVIDER_SERVICES})
    days = "access_days"
    actions = (
        Action("approve", N_("Approve"), "reason"),
        Action("refuse", N_("Refuse"), "reason", "stop"),
    )

    def waiting(self, plan: Plan) -> list[Item]:
        rows = list(
            ReportAccessRequest.select(ReportAccessRequest, Account)
            .join(Account)
            .where(ReportAccessRequest.state == "requested")
            .order_by(ReportAccessRequest.asked_at, ReportAccessRequest.id)
        )
        names = directory.practice_names(sorted({row.tin for row in rows})) if rows else {}
        held = work_items.claims(self.name, plan)
        return [self._item(row, names.get(row.tin, "") or row.tin, held, plan) for row in rows]

    def opened(self, key: str, plan: Plan) -> Opened:
        row = row_of(ReportAccessRequest, key, ReportAccessRequest.state == "requested")
        practice = directory.practice_name(row.tin)
        account = row.account
        facts: list[tuple[str, str | Words]] = [
            (N_("Name"), name_of(account)),
            (N_("Username"), account.username),
            (N_("Email"), account.email),
            (N_("Practice"), practice),
            (N_("Tax ID Number (TIN)"), row.tin),
            (N_("Role"), row.role),
            (N_("What the person wrote"), row.reason),
        ]
        return Opened(self._item(row, practice or row.tin, work_items.claims(self.name, plan), plan), facts)

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        said = checked(text, access_requests.LONGEST_REASON)
        row = row_of(ReportAccessRequest, key, ReportAccessRequest.state == "requested")
        rule = access_requests.approve if action == "approve" else access_requests.refuse
        try:
            rule(row.id, said, worker.actor, worker.settings)
        except (access_requests.AlreadyDecided, ReportAccessRequest.DoesNotExist) as late:
            raise Gone from late

    def _item(
        self, row: ReportAccessRequest, practice: str, held: dict[str, tuple[int, str]], plan: Plan
    ) -> Item:
        return Item(
            self.name, str(row.id), name_of(row.account), practice, (), row.asked_at,
            self.target(row.asked_at, plan), *claimer_of(held, row.id), language=row.account.language,
        )  # fmt: skip


class UpdateWork(Kind):
    """Members' changes of address, telephone and e-mail."""

    name, label = "update", N_("Personal information")
    roles = frozenset({staff.ELIGIBILITY})
    days = "update_days"
    actions = (
        Action("done", N_("Done"), "answer"),
        Action("refused", N_("Not changed"), "answer", "stop"),
    )

    def waiting(self, plan: Plan) -> list[Item]:
        return self._items(update_requests.waiting(1_000), plan)

    def opened(self, key: str, plan: Plan) -> Opened:
        row = row_of(UpdateRequest, key, UpdateRequest.state.in_(update_requests.OPEN))
        [item] = self._items([row], plan)
        member = work_items.members([row.client_id]).get(row.client_id)
        record = update_requests.on_record(member) if member else {}
        facts: list[tuple[str, str | Words]] = [
            (N_("Name"), item.person),
            (N_("Client ID Number"), row.client_id),
            (N_("For the whole household"), _YES if row.for_household == "yes" else _NO),
        ]
        facts += [
            (FIELD_WORDS[field], f"{record.get(field) or '–'} → {new or '–'}")
            for field, new in row.changes.items()
        ]
        return Opened(item, facts)

    def claim(self, key: str, worker: Worker) -> None:
        row = row_of(UpdateRequest, key, UpdateRequest.state.in_(update_requests.OPEN))
        work_items.claim(self.name, key, worker)
        if row.state == update_requests.RECEIVED:
            try:
                update_requests.claim(row.id, worker.actor)  # the member sees that somebody works on it
            except update_requests.NotOpen:
                self.opened(key, worker.plan)

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        said = checked(text, LONGEST_ANSWER)
        row = row_of(UpdateRequest, key, UpdateRequest.state.in_(update_requests.OPEN))
        state = update_requests.DONE if action == "done" else update_requests.REFUSED
        try:
            update_requests.decide(row.id, state, said, worker.actor, worker.plan)
        except update_requests.NotOpen as late:
            raise Gone from late

    def _items(self, rows: list[UpdateRequest], plan: Plan) -> list[Item]:
        known = work_items.members(row.client_id for row in rows)
        ids = [row.account_id for row in rows]
        languages = dict(Account.select(Account.id, Account.language).where(Account.id.in_(ids)).tuples())
        held = work_items.claims(self.name, plan)
        found = []
        for row in rows:
            member = known.get(row.client_id)
            found.append(
                Item(
                    self.name, str(row.id), member.name if member else "", "",
                    tuple(FIELD_WORDS[field] for field in row.changes), row.made_at,
                    self.target(row.made_at, plan), *claimer_of(held, row.id),
                    language=languages.get(row.account_id, "en"),
                    **speech_of(member),
                )
            )  # fmt: skip
        return found


class LockWork(Kind):
    """Locks that support can end, of registration or of recovery."""

    actions = (
        Action("unlock", N_("Unlock"), "reason"),
        Action("leave", N_("Leave it locked"), "reason", "stop"),
    )

    def waiting(self, plan: Plan) -> list[Item]:
        return self._items(lockouts.waiting(self.name), plan)

    def opened(self, key: str, plan: Plan) -> Opened:
        row = lockouts.find(self.name, number_of(key))
        if row is None:
            raise Gone
        [item] = self._items([row], plan)
        facts: list[tuple[str, str | Words]] = [
            (N_("Reference number"), row.reference),
            (N_("Name"), item.person or (N_("Not known"),)),
            (N_("Client ID Number"), row.client_id or (N_("Not known"),)),
        ]
        if row.kind == lockouts.REGISTRATION:
            facts.append(
                (N_("Differs from the record"), tuple(FIELD_WORDS[one] for one in row.differed.split()))
            )
        return Opened(item, facts)

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        said = checked(text, LONGEST_REASON)
        row = lockouts.find(self.name, number_of(key))
        rule = lockouts.unlock if action == "unlock" else lockouts.leave
        if row is None or not rule(row.id, worker.actor, said):
            raise Gone

    def _items(self, rows: list[Lockout], plan: Plan) -> list[Item]:
        ids = [row.account_id for row in rows if row.account_id]
        accounts = {row.id: row for row in Account.select().where(Account.id.in_(ids))} if ids else {}
        own = {
            row.id: row.client_id or getattr(accounts.get(row.account_id), "client_id", None) for row in rows
        }
        known = work_items.members(own.values())
        held = work_items.claims(self.name, plan)
        found = []
        for row in rows:
            account, member = accounts.get(row.account_id), known.get(own[row.id] or "")
            found.append(
                Item(
                    self.name, str(row.id), member.name if member else name_of(account), row.reference, (),
                    row.begun_at, self.target(row.begun_at, plan), *claimer_of(held, row.id),
                    language=account.language if account else "en",
                    **speech_of(member),
                )
            )  # fmt: skip
        return found


class RegistrationWork(LockWork):
    """Registrations locked after three tries."""

    name, label = lockouts.REGISTRATION, N_("Locked registration")
    roles = frozenset({staff.MEMBER_SERVICES})
    days = "registration_days"


class RecoveryWork(LockWork):
    """Recoveries that are locked for a while."""

    name, label = lockouts.RECOVERY, N_("Locked recovery")
    roles = frozenset({staff.MEMBER_SERVICES, staff.PROVIDER_SERVICES})
    days = "recovery_days"


class DirectoryWork(Kind):
    """Mistakes in the provider directory that people report."""

    name, label = "directory", N_("Mistake in the directory")
    roles = frozenset({staff.MEMBER_SERVICES, staff.PROVIDER_SERVICES})
    days = "directory_days"
    actions = (
        Action("mended", N_("Mended"), "reason"),
        Action("dismissed", N_("No mistake"), "reason", "two"),
    )

    def waiting(self, plan: Plan) -> list[Item]:
        held = work_items.claims(self.name, plan)
        return [self._item(row, held, plan) for row in directory_reports.open_reports(1_000)]

    def opened(self, key: str, plan: Plan) -> Opened:
        row = row_of(DirectoryReport, key, DirectoryReport.status == directory_reports.OPEN)
        item = self._item(row, work_items.claims(self.name, plan), plan)
        facts: list[tuple[str, str | Words]] = [
            (N_("Provider"), directory.provider_name(row.npi)),
            (N_("National Provider Identifier (NPI)"), row.npi),
            (N_("Place"), row.practice),
            (N_("What is wrong"), item.about_words),
            (N_("What the person wrote"), row.text),
        ]
        return Opened(item, facts)

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        said = checked(text, LONGEST_ANSWER)
        row = row_of(DirectoryReport, key, DirectoryReport.status == directory_reports.OPEN)
        outcome = directory_reports.MENDED if action == "mended" else directory_reports.DISMISSED
        if not directory_reports.close(row.id, outcome, said, worker.actor):
            raise Gone

    def _item(self, row: DirectoryReport, held: dict[str, tuple[int, str]], plan: Plan) -> Item:
        wrong = tuple(
            directory_reports.KINDS[one] for one in row.kinds.split() if one in directory_reports.KINDS
        )
        return Item(
            self.name, str(row.id), "", row.practice, wrong, row.reported_at,
            self.target(row.reported_at, plan), *claimer_of(held, row.id),
        )  # fmt: skip
