"""Where the people of an office are reached: what step 2 of sign-up asks for (guide 001)."""

from dataclasses import asdict, dataclass

from peewee import CharField, ForeignKeyField

from webapp.domain.account.accounts import Account
from webapp.domain.db import Table, transaction

#: The most characters of each, as forms check them and the table holds them.
LONGEST = {
    "address_line_1": 120,
    "address_line_2": 120,
    "city": 80,
    "state": 60,
    "zip": 12,
    "country": 60,
    "phone": 12,
    "department": 100,
    "practice_name": 150,
}


class OfficeContact(Table):
    """One account's office: the practice's or facility's address, not the person's own."""

    account = ForeignKeyField(Account, on_delete="CASCADE", unique=True, backref="office_contacts")
    address_line_1 = CharField(max_length=120)
    address_line_2 = CharField(max_length=120)
    city = CharField(max_length=80)
    state = CharField(max_length=60)
    zip = CharField(max_length=12)
    country = CharField(max_length=60)
    phone = CharField(max_length=12)
    department = CharField(max_length=100)
    practice_name = CharField(max_length=150)

    class Meta:
        table_name = "office_contact"


@dataclass(frozen=True)
class Contact:
    """What was typed, checked: `phone` as ###-###-####."""

    address_line_1: str
    address_line_2: str
    city: str
    state: str
    zip: str
    country: str
    phone: str
    department: str
    practice_name: str

    @property
    def address(self) -> str:
        """The address on one line."""
        place = f"{self.city}, {self.state} {self.zip}".strip()
        return ", ".join(
            part for part in (self.address_line_1, self.address_line_2, place, self.country) if part
        )


def keep(account: Account, contact: Contact) -> None:
    """Store an account's office, in place of the one that was there."""
    values = asdict(contact)
    with transaction():
        (
            OfficeContact.insert(account=account, **values)
            .on_conflict(conflict_target=[OfficeContact.account], update=values)
            .execute()
        )


def of(account: Account) -> OfficeContact | None:
    """The account's office, or None (accounts that came from an older portal have none)."""
    return OfficeContact.get_or_none(OfficeContact.account == account)
