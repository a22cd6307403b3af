"""Accounts of earlier systems as their feeds give them; nothing signs in by these tables themselves."""

import hashlib
import re

from peewee import BooleanField, CharField, TextField

from webapp.domain.db import Table

# The forms that passwords.check_secret can check: Argon2, bcrypt, and PBKDF2 as Werkzeug writes it. Anything
# else (plain text above all) is not taken in.
_HASH_FORMS = tuple(
    re.compile(form)
    for form in (
        r"\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}",
        r"\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}",
        r"pbkdf2:sha(?:1|256|512)(?::\d+)?\$[^$]+\$[0-9a-f]{40,128}",
    )
)


class ExistingAccount(Table):
    """A provider account of an earlier system, to be consolidated into one of the portal."""

    username_key = CharField(max_length=80, primary_key=True)  # lower case, as sign-in compares
    username = CharField(max_length=80)
    password_hash = TextField()
    first_name = TextField()
    last_name = TextField()
    role = TextField()
    tins = TextField()  # separated by spaces
    report_access = BooleanField()
    question = TextField()
    answer_hash = TextField()
    pin_hash = TextField()
    email = TextField()
    place = CharField(max_length=16, index=True)  # place_of(username_key): where a stand-in is picked from

    @property
    def asks(self) -> str:
        """What proves that the account is the person's: 'question', 'pin', or nothing ('')."""
        if self.question and self.answer_hash:
            return "question"
        return "pin" if self.pin_hash else ""


class OlderMemberAccount(Table):
    """A member account of an earlier system, with its one security question."""

    username_key = CharField(max_length=80, primary_key=True)
    username = CharField(max_length=80)
    password_hash = TextField()
    client_id = CharField(max_length=40, index=True)
    email = TextField()
    question = TextField()
    answer_hash = TextField()


def username_key(username: str) -> str:
    """A username as it is compared: without spaces around it, letter case apart."""
    return username.strip().casefold()


def place_of(key: str) -> str:
    """Where a username stands in an order that says nothing of it. New rows move hardly any other's neighbour."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def is_password_hash(text: str | None) -> bool:
    """Whether `text` has the form of an Argon2, bcrypt or PBKDF2 hash."""
    return any(form.fullmatch(text or "") for form in _HASH_FORMS)
