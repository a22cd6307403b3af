"""Every table of the portal: what migrations, the demo and tests go by."""

from peewee import sort_models

from reports import tables as report_tables
from webapp.domain.access_requests import ReportAccessRequest
from webapp.domain.account_changes import PastPassword
from webapp.domain.accounts import Account, SecurityAnswer
from webapp.domain.audit import AuditEntry
from webapp.domain.audit_seal import AuditSeal
from webapp.domain.calls import Call
from webapp.domain.care import Admission, IcmStatus, PcpSelection
from webapp.domain.codes import OneTimeCode
from webapp.domain.consent import Consent, OptOut
from webapp.domain.consolidation import Consolidation
from webapp.domain.directory import Provider
from webapp.domain.directory_index import Choice, Cut, Listing, Posting, Word
from webapp.domain.directory_places import Place
from webapp.domain.directory_reports import DirectoryReport
from webapp.domain.download_guard import DownloadDay, DownloadHold, ReportDownload
from webapp.domain.eligibility import EligibilitySpan, Member
from webapp.domain.email_changes import EmailChange
from webapp.domain.existing_accounts import ExistingAccount, OlderMemberAccount
from webapp.domain.facts import PlanFact
from webapp.domain.gap_answers import GapAnswer
from webapp.domain.imitations import Imitation
from webapp.domain.kept_forms import KeptForm
from webapp.domain.locked_ways import CallBack, RegistrationLetter
from webapp.domain.lockouts import Lockout
from webapp.domain.message_tables import FileContent, Message, MessageFile, MessageThread
from webapp.domain.office_contacts import OfficeContact
from webapp.domain.older_accounts import OpenedOlderAccount
from webapp.domain.outbox import OutboxMessage
from webapp.domain.password_age import PasswordReminder
from webapp.domain.pending_sign_ins import PendingSignIn
from webapp.domain.people import PersonOpening
from webapp.domain.practices import FormerPractice, PracticeAccess
from webapp.domain.provider_picks import AddedProvider
from webapp.domain.registration_codes import RegistrationCode
from webapp.domain.report_mails import ReportMail
from webapp.domain.row_searches import RowSearch
from webapp.domain.second_factor import RecoveryCode, SecondFactor
from webapp.domain.sessions import Session
from webapp.domain.staff import Staff, StaffInvitation
from webapp.domain.survey import SurveyAnswers, SurveyTaken
from webapp.domain.throttle import TryCount
from webapp.domain.update_requests import UpdateRequest
from webapp.domain.work_items import WorkClaim
from webapp.flows.runs import FlowRun

#: The portal's own tables, parents before children.
ALL_TABLES = tuple(
    sort_models(
        [
            Account,
            AddedProvider,
            Admission,
            AuditEntry,
            AuditSeal,
            Call,
            CallBack,
            Choice,
            Consent,
            Consolidation,
            Cut,
            DirectoryReport,
            DownloadDay,
            DownloadHold,
            EligibilitySpan,
            EmailChange,
            ExistingAccount,
            FileContent,
            FlowRun,
            FormerPractice,
            GapAnswer,
            IcmStatus,
            Imitation,
            KeptForm,
            Listing,
            Lockout,
            Member,
            Message,
            MessageFile,
            MessageThread,
            OfficeContact,
            OlderMemberAccount,
            OneTimeCode,
            OpenedOlderAccount,
            OptOut,
            OutboxMessage,
            PasswordReminder,
            PastPassword,
            PendingSignIn,
            PersonOpening,
            PcpSelection,
            Place,
            PlanFact,
            Posting,
            PracticeAccess,
            Provider,
            ReportAccessRequest,
            ReportDownload,
            RegistrationCode,
            RegistrationLetter,
            RecoveryCode,
            ReportMail,
            RowSearch,
            SecondFactor,
            SecurityAnswer,
            Session,
            Staff,
            StaffInvitation,
            SurveyAnswers,
            SurveyTaken,
            TryCount,
            UpdateRequest,
            Word,
            WorkClaim,
        ]
    )
)

#: Those and the reports' published snapshots, which live in the same database.
SCHEMA = (*ALL_TABLES, *report_tables.TABLES)
