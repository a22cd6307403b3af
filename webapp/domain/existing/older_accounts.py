"""Members' accounts of an earlier system, opened in this portal: with the username, password and one security question
that they had (guide 000, recovery in five steps)."""

from peewee import JOIN, CharField, DateTimeField, IntegerField

from webapp import clock
from webapp.config import Plan
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account, HashedAnswer
from webapp.domain.db import Table, transaction
from webapp.domain.existing.existing_accounts import OlderMemberAccount
from webapp.domain.member.eligibility import Member

#: Accounts opened in one transaction.
BATCH = 500
_LONGEST_QUESTION = 200
#: What a member's file says of the language, as an account's language.
_LANGUAGES = {"english": "en", "spanish": "es"}


class OpenedOlderAccount(Table):
    """An older account that was opened here, or whose member had an account already. It is done once, so that an
    account which its owner has closed stays closed."""

    username_key = CharField(max_length=80, primary_key=True)
    account_id = IntegerField()
    opened_at = DateTimeField()

    class Meta:
        table_name = "opened_older_account"


def open_accounts(plan: Plan) -> int:
    """Open every older account whose member is known and has none; how many. Doing it again opens none twice.

    Hashes are taken as they are and made anew at first use. One whose username somebody else has taken here is left:
    its member registers, as everybody.
    """
    opened, last = 0, ""
    while rows := _waiting(last):
        last = rows[-1].username_key
        with transaction():
            opened += sum(_open(row, plan) for row in rows)
    return opened


def _waiting(after: str) -> list[OlderMemberAccount]:
    query = (
        OlderMemberAccount.select()
        .join(Member, on=(Member.client_id == OlderMemberAccount.client_id))
        .join(
            OpenedOlderAccount,
            JOIN.LEFT_OUTER,
            on=(OpenedOlderAccount.username_key == OlderMemberAccount.username_key),
        )
        .where(
            OpenedOlderAccount.username_key.is_null(),
            OlderMemberAccount.username_key > after,
        )
    )
    return list(query.order_by(OlderMemberAccount.username_key).limit(BATCH))


def _open(row: OlderMemberAccount, plan: Plan) -> bool:
    """Open one; False where the member has an account already, which is noted, or the username is taken."""
    account = accounts.account_of_member(row.client_id)
    is_new = account is None
    try:
        account = account or _create(row, plan)
    except accounts.UsernameTaken:
        return False
    OpenedOlderAccount.create(username_key=row.username_key, account_id=account.id, opened_at=clock.now())
    return is_new


def _create(row: OlderMemberAccount, plan: Plan) -> Account:
    member = Member.get(Member.client_id == row.client_id)
    asks = row.question and row.answer_hash and len(row.question) <= _LONGEST_QUESTION
    return accounts.create_account(
        portal="member",
        username=row.username,
        email=row.email,
        first_name=member.first_name,
        last_name=member.last_name,
        password_hash=row.password_hash,
        client_id=row.client_id,
        language=_LANGUAGES.get(member.language.casefold(), plan["plan"]["default_language"]),
        hashed_answers=[HashedAnswer(row.question, row.answer_hash)] if asks else [],
    )
