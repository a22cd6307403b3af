"""What the plan knows of a member's care: the PCP chosen, Intensive Care Management, stays."""

from peewee import AutoField, CharField, DateField, TextField

from webapp.domain.db import Table

FROM_FEED = "feed"
FROM_MEMBER = "member"


class PcpSelection(Table):
    """A member's choice of PCP, told by the plan's feed or made by the member in the portal."""

    id = AutoField()
    client_id = CharField(max_length=40)
    npi = TextField()
    selected_on = DateField()
    source = CharField(max_length=8)  # FROM_FEED or FROM_MEMBER

    class Meta:
        indexes = ((("client_id", "selected_on", "npi", "source"), True),)


class IcmStatus(Table):
    """Intensive Care Management as the feed words it: a member's status, one row each."""

    client_id = CharField(max_length=40, primary_key=True)
    status = TextField()


class Admission(Table):
    """A stay that a hospital reported, before any claim for it."""

    id = AutoField()
    client_id = CharField(max_length=40)
    admission_date = DateField()
    facility_npi = TextField()
    hospital = TextField()
    hospital_state = TextField()
    attending = TextField()
    discharge_date = DateField(null=True)
    diagnosis_code = TextField()

    class Meta:
        indexes = ((("client_id", "admission_date", "facility_npi"), True),)
