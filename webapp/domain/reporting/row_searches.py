"""Searches in a report by member name or ID. What was typed stays on the server; the address shows a token.

A token is worth nothing outside the sign-in session that made it, and is gone when that session ends.
"""

import re
import secrets

from peewee import CharField, DateTimeField, ForeignKeyField, TextField

from webapp import clock
from webapp.domain.account.sessions import Session
from webapp.domain.db import Table, transaction
from webapp.domain.text import one_line

#: Longer than any name; what is typed beyond it is not looked for.
LONGEST = 100

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class RowSearch(Table):
    """What one signed-in person looks for, under a token of 128 random bits."""

    token = CharField(max_length=22, primary_key=True)
    session = ForeignKeyField(Session, on_delete="CASCADE", backref="row_searches")
    text = TextField()
    created_at = DateTimeField()

    class Meta:
        table_name = "row_search"


def keep_search(session: Session, text: str) -> str | None:
    """Keep what `session` looks for and return its token; the same words give the same token. None when there is
    nothing to look for."""
    text = one_line(text, LONGEST)
    if not text:
        return None
    with transaction():
        known = RowSearch.get_or_none(RowSearch.session == session.token_hash, RowSearch.text == text)
        if known is None:
            known = RowSearch.create(
                token=secrets.token_urlsafe(16), session=session.token_hash, text=text, created_at=clock.now()
            )
    return str(known.token)


def find_search(session: Session, token: str | None) -> str | None:
    """The words behind a token of this session; None for any other token."""
    if not token or not _TOKEN.fullmatch(token):
        return None
    found = RowSearch.get_or_none(RowSearch.token == token, RowSearch.session == session.token_hash)
    return found.text if found else None
