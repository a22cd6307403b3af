"""Stored runs of wizards: one row each, found by an anonymous token, gone when they expire."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from peewee import CharField, DateTimeField, IntegerField, TextField

from webapp import clock
from webapp.domain.db import Table, is_sqlite, transaction
from webapp.flows.engine import Flow, State


class FlowRun(Table):
    """One person's way through one wizard. Secrets in `answers` are hashed before they come here."""

    token_hash = CharField(max_length=64, primary_key=True)
    flow = CharField(max_length=40)
    account_id = IntegerField(null=True)
    answers = TextField()
    completed = TextField()
    expires_at = DateTimeField(index=True)
    finished_at = DateTimeField(null=True)
    result = CharField(max_length=80, null=True)
    last_once = CharField(max_length=64, default="")  # the last submit that was judged, and how
    last_refusal = TextField(default="")

    class Meta:
        table_name = "flow_run"

    @property
    def state(self) -> State:
        """Answers and completed steps."""
        return State(json.loads(self.answers), frozenset(json.loads(self.completed)))


_SAVED = (FlowRun.answers, FlowRun.completed, FlowRun.expires_at, FlowRun.last_once, FlowRun.last_refusal)


@dataclass(frozen=True)
class Finished:
    """How a Finish ended. `result`: what the commit returned; `now`: False when an earlier press did it."""

    result: str
    now: bool


def begin(flow: Flow, account_id: int | None = None) -> tuple[str, FlowRun]:
    """Start a run, of an account or of whoever holds its token. Returns the token for the browser, 256 random bits,
    and the row; only a hash is stored."""
    token = secrets.token_urlsafe(32)
    with transaction():
        run = FlowRun.create(
            token_hash=_hash(token),
            flow=flow.name,
            account_id=account_id,
            answers="{}",
            completed="[]",
            expires_at=clock.now() + flow.keep_for,
        )
    return token, run


def find(flow: Flow, token: str | None) -> FlowRun | None:
    """The live run of a token, or None."""
    if not token:
        return None
    alive = (
        (FlowRun.token_hash == _hash(token))
        & (FlowRun.flow == flow.name)
        & (FlowRun.expires_at > clock.now())
    )
    return FlowRun.get_or_none(alive)


def of_account(flow: Flow, account_id: int) -> FlowRun | None:
    """The account's live run: an unfinished one before those that are finished. No browser holds a token of it, so
    that it goes on wherever the account signs in, and for nobody else."""
    mine = FlowRun.select().where(
        FlowRun.flow == flow.name, FlowRun.account_id == account_id, FlowRun.expires_at > clock.now()
    )
    return mine.order_by(FlowRun.finished_at.is_null().desc(), FlowRun.expires_at.desc()).first()


@contextmanager
def locked(run: FlowRun) -> Iterator[FlowRun]:
    """The run read afresh inside a transaction that holds it: two taps at once take turns."""
    with transaction():
        query = FlowRun.select().where(FlowRun.token_hash == run.token_hash)
        yield (query if is_sqlite() else query.for_update()).get()


def save(run: FlowRun, flow: Flow, state: State) -> None:
    """Store the state and start the time to expiry anew."""
    run.answers = json.dumps(state.answers, default=dict)
    run.completed = json.dumps(sorted(state.completed))
    run.expires_at = clock.now() + flow.keep_for
    with transaction():
        run.save(only=_SAVED)


def finish(run: FlowRun, commit: Callable[[State], str]) -> Finished:
    """Run `commit` once, however often Finish is pressed, and keep its result instead of the answers.

    Whatever `commit` raises leaves the run as it was.
    """
    with locked(run) as row:
        if row.finished_at is not None:
            return Finished(row.result, now=False)
        row.result = commit(row.state)
        row.finished_at = clock.now()
        row.answers = "{}"
        row.save()
    return Finished(row.result, now=True)


def abandon(run: FlowRun) -> None:
    """Cancel: forget what was typed."""
    with transaction():
        FlowRun.delete().where(FlowRun.token_hash == run.token_hash).execute()


def forget_finished(tokens: Iterable[str]) -> None:
    """Forget the finished runs of these tokens: nobody is let in by a second press of their Finish any more."""
    hashes = [_hash(token) for token in tokens]
    if hashes:
        with transaction():
            FlowRun.delete().where(
                FlowRun.token_hash.in_(hashes), FlowRun.finished_at.is_null(False)
            ).execute()


def sweep() -> int:
    """Remove expired runs; returns how many."""
    with transaction():
        return FlowRun.delete().where(FlowRun.expires_at <= clock.now()).execute()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
