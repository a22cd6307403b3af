"""The tables of the report snapshots: written by `store.py`, read by `snapshot.py`.

Cells are stored so that the order of the text is the order of the values: ISO dates, counts padded with zeros,
the empty text for a blank. Both databases then sort alike (PostgreSQL is told to compare bytes).
"""

from __future__ import annotations

from collections.abc import Sequence

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    CompositeKey,
    DatabaseProxy,
    DateField,
    DateTimeField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)
from peewee import Metadata as PeeweeMetadata

database = DatabaseProxy()

#: How many text cells a stored row has room for.
CELLS = 24

#: The slug under which attribution is published; it is no report.
ATTRIBUTION = "attribution"


class _Metadata(PeeweeMetadata):
    """Stores a table in the order of its primary key where the database can (SQLite)."""

    @property
    def without_rowid(self) -> bool:
        used = self.database
        return isinstance(getattr(used, "obj", used), SqliteDatabase)

    @without_rowid.setter
    def without_rowid(self, value: bool) -> None:
        pass


class _Base(Model):
    class Meta:
        database = database
        legacy_table_names = False


class _Clustered(_Base):
    class Meta:
        model_metadata_class = _Metadata


class ReportSnapshot(_Base):
    """One computed report. It is served from when it is published until the next one is."""

    id = AutoField()
    slug = CharField(max_length=40, index=True)
    as_of = DateField()
    complete_through = DateField(null=True)
    created_at = DateTimeField()
    published_at = DateTimeField(null=True)
    row_count = IntegerField(default=0)
    attribution_id = IntegerField(null=True)  # the snapshot of the attribution that it was published with
    keys = TextField(default="[]")  # JSON: the column keys stored, printed ones and details, in cell order


class ReportPublished(_Base):
    """Which snapshot of a report is served."""

    slug = CharField(max_length=40, primary_key=True)
    snapshot_id = IntegerField()


class ReportRow(_Clustered):
    """One row of a report, clustered by practice in printed order."""

    snapshot_id = IntegerField()
    tin = CharField(max_length=20)
    position = IntegerField()
    name_key = TextField(default="")
    npi = CharField(max_length=20, default="")
    any_due = BooleanField(default=False)
    icm = TextField(default="")
    client_id = CharField(max_length=60, default="")

    class Meta:
        primary_key = CompositeKey("snapshot_id", "tin", "position")
        # A member's own rows are found among the thousands of a practice. The order is the practice's too: entries that
        # lie side by side cost a refresh next to nothing, those by member alone would.
        indexes = ((("snapshot_id", "tin", "client_id"), False),)


for _number in range(CELLS):
    ReportRow._meta.add_field(f"c{_number:02d}", TextField(null=True))


class ReportFacet(_Clustered):
    """What a practice's rows can be filtered by, with totals: kind `practice` (value blank), `pcp` or `icm`."""

    snapshot_id = IntegerField()
    tin = CharField(max_length=20)
    kind = CharField(max_length=10)
    value = CharField(max_length=60)
    label = TextField(default="")
    total = IntegerField()
    due_total = IntegerField()

    class Meta:
        primary_key = CompositeKey("snapshot_id", "tin", "kind", "value")


class Attribution(_Clustered):
    """The PCP each attributed member had in one published attribution."""

    snapshot_id = IntegerField()
    client_id = CharField(max_length=60)
    npi = CharField(max_length=20)
    tin = CharField(max_length=20)
    kind = CharField(max_length=20)
    effective_on = DateField()
    visits = IntegerField(null=True)
    latest_on = DateField(null=True)

    class Meta:
        primary_key = CompositeKey("snapshot_id", "client_id")


class ReportMonth(_Clustered):
    """What the practice summary said at the end of a month, of a practice or (`tin` blank) of all together."""

    month = DateField()  # its first day
    tin = CharField(max_length=20)
    measure = CharField(max_length=80)  # reports.summary.Measure.key
    eligible = IntegerField()
    due = IntegerField()

    class Meta:
        primary_key = CompositeKey("month", "tin", "measure")


TABLES = (ReportSnapshot, ReportPublished, ReportRow, ReportFacet, Attribution, ReportMonth)


def cell_names(keys: Sequence[str]) -> dict[str, str]:
    """Which database column holds each key: Client ID and ICM Status have their own, the others are numbered."""
    own = {"client_id": "client_id", "icm_status": "icm"}
    numbers = iter(range(CELLS))
    return {key: own.get(key) or f"c{next(numbers):02d}" for key in keys}
