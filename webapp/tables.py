"""Every table of the portal: what migrations, the demo and tests go by."""

from peewee import sort_models

from reports import tables as report_tables
from webapp.domain.account.account_changes import PastPassword
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.account.codes import OneTimeCode
from webapp.domain.account.email_changes import EmailChange
from webapp.domain.account.kept_forms import KeptForm
from webapp.domain.account.password_age import PasswordReminder
from webapp.domain.account.pending_sign_ins import PendingSignIn
from webapp.domain.account.second_factor import RecoveryCode, SecondFactor
from webapp.domain.account.sessions import Session
from webapp.domain.audit import AuditEntry
from webapp.domain.audit_seal import AuditSeal
from webapp.domain.existing.consolidation import Consolidation
from webapp.domain.existing.existing_accounts import ExistingAccount, OlderMemberAccount
from webapp.domain.existing.older_accounts import OpenedOlderAccount
from webapp.domain.facts import PlanFact
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.find_a_doctor.directory_index import Choice, Cut, Listing, Posting, Word
from webapp.domain.find_a_doctor.directory_places import Place
from webapp.domain.find_a_doctor.directory_reports import DirectoryReport
from webapp.domain.member.care import Admission, IcmStatus, PcpSelection
from webapp.domain.member.consent import Consent, OptOut
from webapp.domain.member.eligibility import EligibilitySpan, Member
from webapp.domain.member.locked_ways import CallBack, RegistrationLetter
from webapp.domain.member.lockouts import Lockout
from webapp.domain.member.paper_forms import PaperForm
from webapp.domain.member.survey import SurveyAnswers, SurveyTaken
from webapp.domain.member.update_requests import UpdateRequest
from webapp.domain.messaging.message_tables import FileContent, Message, MessageFile, MessageThread
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice.access_requests import ReportAccessRequest
from webapp.domain.practice.office_contacts import OfficeContact
from webapp.domain.practice.practices import FormerPractice, PracticeAccess
from webapp.domain.practice.provider_picks import AddedProvider
from webapp.domain.practice.registration_codes import RegistrationCode
from webapp.domain.reporting.download_guard import DownloadDay, DownloadHold, ReportDownload
from webapp.domain.reporting.gap_answers import GapAnswer
from webapp.domain.reporting.report_mails import ReportMail
from webapp.domain.reporting.row_searches import RowSearch
from webapp.domain.support.calls import Call
from webapp.domain.support.imitations import Imitation
from webapp.domain.support.people import PersonOpening
from webapp.domain.support.staff import Staff, StaffInvitation
from webapp.domain.support.work_items import WorkClaim
from webapp.domain.throttle import TryCount
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
            PaperForm,
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
