"""The directory of providers: who practises where, and under which tax number."""

from datetime import date

from peewee import AutoField, BooleanField, DateField, DoubleField, TextField

from reports.prepared import Prepared, slot
from webapp.domain.db import Table, database


class Provider(Table):
    """One provider at one practice: the plan's `provider` feed, a row for each NPI and TIN."""

    id = AutoField()
    npi = TextField()
    tin = TextField(index=True)
    individual_medicaid_number = TextField()
    group_medicaid_number = TextField()
    practice_name = TextField()
    first_name = TextField()
    last_name = TextField()
    credential = TextField()
    specialty = TextField()
    kind = TextField()  # medical, behavioral or dental
    pcp = BooleanField()
    pcmh = BooleanField(null=True)
    accepting_new_patients = BooleanField(null=True)
    languages = TextField()
    address_line_1 = TextField()
    address_line_2 = TextField()
    city = TextField()
    state = TextField()
    zip = TextField()
    telephone = TextField()
    latitude = DoubleField(null=True)
    longitude = DoubleField(null=True)
    enrolled_on = DateField(null=True)
    received_on = DateField(null=True)

    class Meta:
        indexes = ((("npi", "tin"), True),)

    @property
    def name(self) -> str:
        """ "Ana Ortiz, MD"; without a credential just the name, without a name the practice's."""
        person = " ".join(part for part in (self.first_name, self.last_name) if part)
        if not person:
            return self.practice_name
        return f"{person}, {self.credential}" if self.credential else person


def provider_name(npi: str) -> str:
    """The name of the provider with this NPI; empty where the directory does not hold it."""
    name = ""
    for row in _of_npi(npi=npi):  # the last is the one with the smallest TIN
        name = row.name
    return name


_of_npi = Prepared(
    database, lambda: Provider.select().where(Provider.npi == slot("npi")).order_by(Provider.tin.desc())
)


def office_of(npi: str, tin: str) -> Provider | None:
    """The directory's row of a provider at a practice, with its address and telephone."""
    return next(_of_npi_at(npi=npi, tin=tin), None)


_of_npi_at = Prepared(
    database, lambda: Provider.select().where(Provider.npi == slot("npi"), Provider.tin == slot("tin"))
)


def practice_name(tin: str) -> str:
    """The name of the practice with this TIN; empty where the directory does not hold it."""
    return practice_names([tin]).get(tin, "")


def practice_names(tins: list[str]) -> dict[str, str]:
    """Practice names by TIN. Where the rows of a TIN differ, the one received last is right; then the first
    in the alphabet, so that every screen says the same."""
    if not tins:
        return {}
    rows = (
        Provider.select(Provider.tin, Provider.practice_name, Provider.received_on)
        .where(Provider.tin.in_(tins))
        .distinct()
    )
    best: dict[str, tuple[int, str]] = {}
    for row in rows:
        # The later day sorts first.
        rank = (-(row.received_on or date.min).toordinal(), row.practice_name)
        if row.practice_name and (row.tin not in best or rank < best[row.tin]):
            best[row.tin] = rank
    return {tin: name for tin, (_, name) in best.items()}


def providers_of(tin: str) -> list[Provider]:
    """The providers of a practice, by last and first name."""
    rows = Provider.select().where(Provider.tin == tin)
    return list(rows.order_by(Provider.last_name, Provider.first_name, Provider.npi))


def tin_exists(tin: str) -> bool:
    """Whether the directory holds a practice with this TIN."""
    return Provider.select().where(Provider.tin == tin).exists()
