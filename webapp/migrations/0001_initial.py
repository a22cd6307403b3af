"""The tables of the first release."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        portal = CharField(max_length=10)
        username = CharField(max_length=80)
        username_key = CharField(max_length=80)
        password_hash = CharField()
        password_changed_at = DateTimeField()
        email = CharField(max_length=254)
        email_confirmed_at = DateTimeField(null=True)
        first_name = CharField(max_length=100)
        last_name = CharField(max_length=100)
        language = CharField(max_length=5)
        client_id = CharField(unique=True, null=True, max_length=40)
        created_at = DateTimeField()
        frozen_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "account"
            indexes = ((("portal", "username_key"), True), (("portal", "email"), False))

    db.create_tables([Account])

    class Admission(Model):
        client_id = CharField(max_length=40)
        admission_date = DateField()
        facility_npi = TextField()
        hospital = TextField()
        hospital_state = TextField()
        attending = TextField()
        discharge_date = DateField(null=True)
        diagnosis_code = TextField()

        class Meta:
            database = db
            table_name = "admission"
            indexes = ((("client_id", "admission_date", "facility_npi"), True),)

    db.create_tables([Admission])

    class Attribution(Model):
        snapshot_id = IntegerField()
        client_id = CharField(max_length=60)
        npi = CharField(max_length=20)
        tin = CharField(max_length=20)
        kind = CharField(max_length=20)
        effective_on = DateField()

        class Meta:
            database = db
            table_name = "attribution"
            primary_key = CompositeKey("snapshot_id", "client_id")
            without_rowid = isinstance(
                db, SqliteDatabase
            )  # rows in key order: one practice's rows lie together

    db.create_tables([Attribution])

    class AuditEntry(Model):
        at = DateTimeField(index=True)
        action = CharField(index=True, max_length=60)
        outcome = CharField(max_length=20)
        account_id = IntegerField(index=True, null=True)
        portal = CharField(max_length=10)
        address = CharField(max_length=45)
        subject = CharField(index=True, max_length=120, default="")
        detail = TextField(default="")

        class Meta:
            database = db
            table_name = "audit_entry"

    db.create_tables([AuditEntry])

    class EligibilitySpan(Model):
        client_id = CharField(max_length=40)
        start = DateField(column_name="starts_on")
        end = DateField(null=True, column_name="ends_on")
        program = CharField(max_length=8)
        dual_status = TextField()

        class Meta:
            database = db
            table_name = "eligibility_span"
            indexes = ((("client_id", "start", "program"), True),)

    db.create_tables([EligibilitySpan])

    class ExistingAccount(Model):
        username_key = CharField(primary_key=True, max_length=80)
        username = CharField(max_length=80)
        password_hash = TextField()
        first_name = TextField()
        last_name = TextField()
        role = TextField()
        tins = TextField()
        report_access = BooleanField()
        question = TextField()
        answer_hash = TextField()
        pin_hash = TextField()
        email = TextField()

        class Meta:
            database = db
            table_name = "existing_account"

    db.create_tables([ExistingAccount])

    class FlowRun(Model):
        token_hash = CharField(primary_key=True, max_length=64)
        flow = CharField(max_length=40)
        account_id = IntegerField(null=True)
        answers = TextField()
        completed = TextField()
        expires_at = DateTimeField(index=True)
        finished_at = DateTimeField(null=True)
        result = CharField(null=True, max_length=80)
        last_once = CharField(max_length=64, default="")
        last_refusal = TextField(default="")

        class Meta:
            database = db
            table_name = "flow_run"

    db.create_tables([FlowRun])

    class IcmStatus(Model):
        client_id = CharField(primary_key=True, max_length=40)
        status = TextField()

        class Meta:
            database = db
            table_name = "icm_status"

    db.create_tables([IcmStatus])

    class Member(Model):
        client_id = CharField(primary_key=True, max_length=40)
        client_id_key = CharField(index=True, max_length=40)
        person_id = TextField()
        subscriber_id = TextField(index=True)
        first_name = TextField()
        last_name = TextField()
        middle_name = TextField()
        name_suffix = TextField()
        birth_date = DateField(null=True)
        gender = TextField()
        address = TextField()
        city = TextField()
        state = TextField()
        zip_code = TextField()
        phone = TextField()
        email = TextField()
        death_date = DateField(null=True)
        language = TextField(default="")
        interpreter = BooleanField(null=True)
        renewal_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "member"

    db.create_tables([Member])

    class OlderMemberAccount(Model):
        username_key = CharField(primary_key=True, max_length=80)
        username = CharField(max_length=80)
        password_hash = TextField()
        client_id = CharField(index=True, max_length=40)
        email = TextField()
        question = TextField()
        answer_hash = TextField()

        class Meta:
            database = db
            table_name = "older_member_account"

    db.create_tables([OlderMemberAccount])

    class OptOut(Model):
        client_id = CharField(primary_key=True, max_length=40)
        since = DateTimeField()
        reflected = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "opt_out"

    db.create_tables([OptOut])

    class OutboxMessage(Model):
        message_id = CharField(unique=True, max_length=120)
        sender = CharField(max_length=254)
        recipient = CharField(index=True, max_length=254)
        subject = CharField(max_length=200)
        body = TextField()
        language = CharField(max_length=5)
        created_at = DateTimeField()
        due_at = DateTimeField()
        attempts = IntegerField(default=0)
        sent_at = DateTimeField(index=True, null=True)

        class Meta:
            database = db
            table_name = "outbox_message"
            indexes = ((("sent_at", "due_at"), False),)

    db.create_tables([OutboxMessage])

    class PcpSelection(Model):
        client_id = CharField(max_length=40)
        npi = TextField()
        selected_on = DateField()
        source = CharField(max_length=8)

        class Meta:
            database = db
            table_name = "pcp_selection"
            indexes = ((("client_id", "selected_on", "npi", "source"), True),)

    db.create_tables([PcpSelection])

    class PlanFact(Model):
        name = CharField(primary_key=True, max_length=64)
        value = TextField()

        class Meta:
            database = db
            table_name = "plan_fact"

    db.create_tables([PlanFact])

    class PracticeAccess(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        tin = CharField(index=True, max_length=9)
        role = CharField(max_length=40)
        report_access = CharField(max_length=10, default="none")
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "practice_access"
            indexes = ((("account", "tin"), True),)

    db.create_tables([PracticeAccess])

    class Provider(Model):
        npi = TextField()
        tin = TextField(index=True)
        individual_medicaid_number = TextField()
        group_medicaid_number = TextField()
        practice_name = TextField()
        first_name = TextField()
        last_name = TextField()
        credential = TextField()
        specialty = TextField()
        kind = TextField()
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
            database = db
            table_name = "provider"
            indexes = ((("npi", "tin"), True),)

    db.create_tables([Provider])

    class ReportFacet(Model):
        snapshot_id = IntegerField()
        tin = CharField(max_length=20)
        kind = CharField(max_length=10)
        value = CharField(max_length=60)
        label = TextField(default="")
        total = IntegerField()
        due_total = IntegerField()

        class Meta:
            database = db
            table_name = "report_facet"
            primary_key = CompositeKey("snapshot_id", "tin", "kind", "value")
            without_rowid = isinstance(
                db, SqliteDatabase
            )  # rows in key order: one practice's rows lie together

    db.create_tables([ReportFacet])

    class ReportPublished(Model):
        slug = CharField(primary_key=True, max_length=40)
        snapshot_id = IntegerField()

        class Meta:
            database = db
            table_name = "report_published"

    db.create_tables([ReportPublished])

    class ReportRow(Model):
        snapshot_id = IntegerField()
        tin = CharField(max_length=20)
        position = IntegerField()
        name_key = TextField(default="")
        npi = CharField(max_length=20, default="")
        any_due = BooleanField(default=False)
        icm = TextField(default="")
        client_id = CharField(max_length=60, default="")
        c00 = TextField(null=True)
        c01 = TextField(null=True)
        c02 = TextField(null=True)
        c03 = TextField(null=True)
        c04 = TextField(null=True)
        c05 = TextField(null=True)
        c06 = TextField(null=True)
        c07 = TextField(null=True)
        c08 = TextField(null=True)
        c09 = TextField(null=True)
        c10 = TextField(null=True)
        c11 = TextField(null=True)
        c12 = TextField(null=True)
        c13 = TextField(null=True)
        c14 = TextField(null=True)
        c15 = TextField(null=True)
        c16 = TextField(null=True)
        c17 = TextField(null=True)
        c18 = TextField(null=True)
        c19 = TextField(null=True)
        c20 = TextField(null=True)
        c21 = TextField(null=True)
        c22 = TextField(null=True)
        c23 = TextField(null=True)

        class Meta:
            database = db
            table_name = "report_row"
            primary_key = CompositeKey("snapshot_id", "tin", "position")
            without_rowid = isinstance(
                db, SqliteDatabase
            )  # rows in key order: one practice's rows lie together

    db.create_tables([ReportRow])

    class ReportSnapshot(Model):
        slug = CharField(index=True, max_length=40)
        as_of = DateField()
        complete_through = DateField(null=True)
        created_at = DateTimeField()
        published_at = DateTimeField(null=True)
        row_count = IntegerField(default=0)
        keys = TextField(default="[]")

        class Meta:
            database = db
            table_name = "report_snapshot"

    db.create_tables([ReportSnapshot])

    class Session(Model):
        token_hash = CharField(primary_key=True, max_length=64)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        started_at = DateTimeField()
        seen_at = DateTimeField()
        address = CharField(max_length=45)
        browser = CharField(max_length=200)

        class Meta:
            database = db
            table_name = "session"

    db.create_tables([Session])

    class RowSearch(Model):
        token = CharField(primary_key=True, max_length=22)
        session = ForeignKeyField(Session, on_delete="CASCADE")
        text = TextField()
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "row_search"

    db.create_tables([RowSearch])

    class SecurityAnswer(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        position = IntegerField()
        question = CharField(max_length=200)
        answer_hash = CharField()

        class Meta:
            database = db
            table_name = "security_answer"
            indexes = ((("account", "position"), True),)

    db.create_tables([SecurityAnswer])

    class TryCount(Model):
        key = CharField(primary_key=True, max_length=64)
        tries = IntegerField(default=0)
        open_at = DateTimeField()
        last_at = DateTimeField()

        class Meta:
            database = db
            table_name = "try_count"

    db.create_tables([TryCount])
