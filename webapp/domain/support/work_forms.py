"""Printed consent and opt-out forms as work of the support console: a second look at what a colleague entered."""

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain.account.accounts import Account
from webapp.domain.find_a_doctor import directory
from webapp.domain.member import eligibility, paper_forms
from webapp.domain.member.choices import CATEGORY_WORDS
from webapp.domain.member.consent import ConsentRefused
from webapp.domain.member.eligibility import Member
from webapp.domain.member.paper_forms import ASKS, CONSENT, SIGNERS, PaperForm
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
    name_of,
    number_of,
    speech_of,
)
from webapp.domain.support.work_kinds import LONGEST_ANSWER, Kind
from webapp.domain.us_dates import us_date

_OWN = N_("You entered this form. Somebody else looks at it and decides. Nothing was changed.")
_OVER = N_("The last day of this consent is over. Refuse the form, and say so. Nothing was changed.")


class FormWork(Kind):
    """Forms that were entered and wait for somebody else's look. The list names no health category."""

    name, label = "form", N_("Consent or opt-out form")
    roles = frozenset({staff.MEMBER_SERVICES})
    days = "form_days"
    actions = (
        Action("accept", N_("Accept the form"), "answer"),
        Action("refuse", N_("Refuse the form"), "answer", "stop"),
    )

    def waiting(self, plan: Plan) -> list[Item]:
        return self._items(paper_forms.waiting(), plan)

    def opened(self, key: str, plan: Plan) -> Opened:
        row = self._row(key)
        [item] = self._items([row], plan)
        member = work_items.members([row.client_id]).get(row.client_id)
        facts = [
            (N_("Name"), item.person or (N_("Not known"),)),
            (N_("Client ID Number"), row.client_id),
            (N_("The form asks us to"), (ASKS[row.asks],)),
            *(_of_consent(row) if row.asks == CONSENT else ()),
            *_signed(row, member, plan),
            (N_("Received on"), us_date(row.received_on)),
            (N_("Entered by"), name_of(Account.get_or_none(Account.id == row.entered_by))),
            (N_("How the member is told"), (_way(row, plan),)),
        ]
        return Opened(item, facts)

    def decide(self, action: str, key: str, text: str, worker: Worker) -> None:
        said = checked(text, LONGEST_ANSWER)
        rule = paper_forms.accept if action == "accept" else paper_forms.refuse
        try:
            rule(self._row(key), said, worker.actor, worker.plan)
        except paper_forms.OwnEntry as own:
            raise DecisionRefused(_OWN) from own
        except ConsentRefused as over:
            raise DecisionRefused(_OVER) from over
        except paper_forms.NotOpen as late:
            raise Gone from late

    def _row(self, key: str) -> PaperForm:
        row = paper_forms.waiting_one(number_of(key))
        if row is None:
            raise Gone
        return row

    def _items(self, rows: list[PaperForm], plan: Plan) -> list[Item]:
        known = work_items.members(row.client_id for row in rows)
        held = work_items.claims(self.name, plan)
        return [self._item(row, known.get(row.client_id), held, plan) for row in rows]

    def _item(
        self, row: PaperForm, member: Member | None, held: dict[str, tuple[int, str]], plan: Plan
    ) -> Item:
        since = clock.current().midnight(row.received_on)
        told = paper_forms.teller(row.client_id, plan)
        return Item(
            self.name, str(row.id), member.name if member else "", "", (ASKS[row.asks],), since,
            self.target(since, plan), *claimer_of(held, row.id),
            language=told.language if told else "es" if member and member.speaks_spanish else "en",
            **speech_of(member),
        )  # fmt: skip


def _of_consent(row: PaperForm) -> list[tuple[str, str | Words]]:
    to: str | Words = (N_("Every practice that treats the member"),)
    if row.tin:
        to = f"{directory.practice_name(row.tin)} – {row.tin}"
    return [
        (N_("What may be shared"), tuple(CATEGORY_WORDS[one][0] for one in row.categories.split())),
        (N_("Who may see it"), to),
        (N_("Until"), us_date(row.ends_on) if row.ends_on else (N_("It is taken back"),)),
    ]


def _signed(row: PaperForm, member: Member | None, plan: Plan) -> list[tuple[str, str | Words]]:
    facts: list[tuple[str, str | Words]] = [(N_("Signed by"), row.signer or (SIGNERS[row.signed_by],))]
    if row.signer:
        facts.append((N_("Signs as"), (SIGNERS[row.signed_by],)))
    facts.append((N_("Signed on"), us_date(row.signed_on)))
    if member and member.birth_date:
        age = eligibility.age_on(member.birth_date, row.signed_on)
        facts.append((N_("Age of the member then"), str(age)))
        own_age = plan["household"]["own_privacy_age"]
        if (
            row.asks == CONSENT
            and row.signed_by != "member"
            and own_age <= age < plan["household"]["adult_age"]
        ):
            facts.append((N_("To note"), (N_("At this age the choice is the young person's own."),)))
    return facts


def _way(row: PaperForm, plan: Plan) -> str:
    has_account = paper_forms.teller(row.client_id, plan) is not None
    return N_("By email, when you decide") if has_account else N_("By a letter from you: there is no account")
