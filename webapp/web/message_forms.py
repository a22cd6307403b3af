"""The forms of secure messages. They say what is wrong and how to mend it; what was typed stays, and so do the files
that were taken."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import MultipleFileField, SelectField, StringField, TextAreaField

from webapp.domain.account.accounts import Account
from webapp.domain.messaging import attachments, messages
from webapp.domain.messaging.attachments import FileRefused, Upload
from webapp.domain.messaging.message_tables import MessageFile
from webapp.domain.messaging.messages import Draft, MessageRefused
from webapp.domain.text import one_line
from webapp.web.forms import Form
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

#: Files of one request that are looked at; whoever chooses more is told how many may come along.
_MOST_LOOKED_AT = 8

#: What is said where a subject is missing: the example is of those who write.
_NO_SUBJECT = {
    "member": _l("Enter a subject, such as: My new ID card."),
    "provider": _l("Enter a subject, such as: Access for a new colleague."),
}


class ReplyForm(Form):
    """An answer in a thread, with files. `taken`: the files that came before and are kept until the message is sent."""

    body = TextAreaField(_l("Message"))
    files = MultipleFileField(_l("Files (optional)"))

    portal = "member"
    taken: list[MessageFile] = []
    files_refused: list[str] = []

    def read(self, account: Account) -> Draft:
        """The message as typed. Files that can be taken are kept at once; `files_refused` says what is wrong with the
        others."""
        self.files_refused = self._take_files(account)
        return Draft(
            body=self.body.data or "",
            once=request.form.get("once", ""),
            files=self.taken,
            topic=self.data.get("topic") or "",
            subject=self.data.get("subject") or "",
        )

    def take_out(self, account: Account, key: str) -> None:
        """Take a file out again."""
        attachments.drop(account, key)
        self._take_files(account)

    def _take_files(self, account: Account) -> list[str]:
        plan = settings().plan
        most_bytes = plan["messages"]["file_megabytes"] * attachments.MEGABYTE
        keys, refused = request.form.getlist("taken"), []
        for sent in request.files.getlist("files")[:_MOST_LOOKED_AT]:
            if sent.filename:
                try:
                    upload = Upload(sent.filename, sent.stream.read(most_bytes + 1))
                    keys.append(attachments.keep(account, upload, plan).key)
                except FileRefused as refusal:
                    refused.append(_file_words(refusal))
        self.taken = attachments.unsent(account, keys)
        return refused

    def refuse(self, refusal: MessageRefused) -> None:
        """Say at each field what is wrong and how to mend it."""
        most = settings().plan["messages"]["most_files"]
        said: dict[tuple[str, str], Any] = {
            ("topic", "missing"): _("Choose what your message is about."),
            ("subject", "missing"): _NO_SUBJECT[self.portal],
            ("subject", "long"): _(
                "Use at most %(most)s characters for the subject.", most=messages.LONGEST_SUBJECT
            ),
            ("body", "missing"): _("Write your message."),
            ("body", "long"): _(
                "Use at most %(most)s characters for the message. You can send the rest in a second one.",
                most=f"{messages.LONGEST_BODY:,}",
            ),
            ("files", "many"): ngettext(
                "Send at most %(num)s file with a message. Take some out, or send them with another message.",
                "Send at most %(num)s files with a message. Take some out, or send them with another message.",
                most,
            ),
        }
        for problem in refusal.problems:
            self[problem[0]].errors = [said[problem]]
        if self.files_refused:
            self.files.errors = self.files_refused


class NewMessageForm(ReplyForm):
    """A message that begins a thread."""

    topic = SelectField(_l("What is it about?"), validate_choice=False)
    subject = StringField(_l("Subject"))
    # Again, as errors are listed in the order of the fields.
    body = TextAreaField(_l("Message"))
    files = MultipleFileField(_l("Files (optional)"))

    def __init__(self, portal: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.portal = portal
        offered = {topic.key: _(topic.label) for topic in messages.TOPICS[portal]}
        self.topic.choices = {"": _("Please Select"), **offered}


def _file_words(refusal: FileRefused) -> str:
    name = one_line(refusal.name)[:60]
    megabytes = settings().plan["messages"]["file_megabytes"]
    return {
        "empty": _("The file %(name)s is empty. Choose another one.", name=name),
        "large": _(
            "The file %(name)s is larger than %(size)s MB. Send a smaller copy, or a photo of it.",
            name=name,
            size=megabytes,
        ),
        "kind": _(
            "We cannot take the file %(name)s. Send a PDF, a photo (JPEG, PNG or HEIC), a Word or Excel file, "
            "or plain text.",
            name=name,
        ),
        "macros": _("The file %(name)s holds a program (a macro). Save it as PDF, and send that.", name=name),
    }[refusal.why]
