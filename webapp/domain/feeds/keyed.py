"""The feeds whose every row stands for itself under a key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import Model

from reports.extract import Extract
from webapp.domain.db import transaction
from webapp.domain.existing.existing_accounts import (
    ExistingAccount,
    OlderMemberAccount,
    is_password_hash,
    place_of,
    username_key,
)
from webapp.domain.feeds.outcome import RowFault, Tally
from webapp.domain.feeds.upsert import BATCH, Values, existing, text, write
from webapp.domain.find_a_doctor import directory_index
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member.care import FROM_FEED, Admission, IcmStatus, PcpSelection
from webapp.domain.member.eligibility import Member

Row = Mapping[str, Any]

LONGEST_USERNAME = 80

NO_SUCH_MEMBER = "no such member"


@dataclass(frozen=True)
class KeyedFeed:
    """How one feed becomes rows of one table. `convert` raises RowFault for a row to be set aside.

    `member` names the column that must be the Client ID Number of a member on file, where there is one. `index` keeps
    what is derived from the rows right: it is told which were written, in the transaction that wrote them.
    """

    name: str
    model: type[Model]
    key: tuple[str, ...]
    convert: Callable[[Row], Values]
    member: str | None = None
    index: Callable[[list[Values]], None] | None = None


def load_keyed(extract: Extract, feed: KeyedFeed, tally: Tally) -> None:
    """Add the rows that are new, change those that differ. Of two rows with one key the first counts."""
    seen: set[tuple[Any, ...]] = set()
    for rows in extract.batches(feed.name, BATCH):
        taken: dict[tuple[Any, ...], Values] = {}
        known = _known_members([row[feed.member] for row in rows]) if feed.member else set()
        for row in rows:
            try:
                values = feed.convert(row)
                if feed.member and text(row[feed.member]) not in known:
                    raise RowFault(NO_SUCH_MEMBER)
                key = tuple(values[name] for name in feed.key)
                if key in seen:
                    raise RowFault(f"comes twice (same {', '.join(tally.key)})")
            except RowFault as fault:
                tally.put_aside(str(fault), row)
                continue
            seen.add(key)
            taken[key] = values
        with transaction():
            _store(feed, taken, tally)


def _store(feed: KeyedFeed, taken: dict[tuple[Any, ...], Values], tally: Tally) -> None:
    if not taken:
        return
    names = list(next(iter(taken.values())))
    fields = feed.model._meta.fields
    first = fields[feed.key[0]]
    rows = existing(feed.model, first, list({key[0] for key in taken}), [fields[name] for name in names])
    before = {tuple(row[name] for name in feed.key): row for row in rows}
    new = [values for key, values in taken.items() if key not in before]
    other = [values for key, values in taken.items() if key in before and before[key] != values]
    tally.added += len(new)
    tally.changed += len(other)
    tally.unchanged += len(taken) - len(new) - len(other)
    rest = [name for name in names if name not in feed.key]
    # A row that is all key has nothing to change: the clash itself is all there is.
    write(feed.model, new + other, feed.key, rest or feed.key)
    if feed.index:
        feed.index(new + other)


def load_coverage(extract: Extract, tally: Tally) -> None:
    """Give members the renewal date, language and interpreter of the coverage feed. None comes to be by it."""
    columns = ("renewal_on", "language", "interpreter")
    seen: set[str] = set()
    for rows in extract.batches("coverage", BATCH):
        wanted = [text(row["member_id"]) for row in rows]
        with transaction():
            before = {
                row["client_id"]: row
                for row in existing(Member, Member.client_id, wanted, list(Member._meta.sorted_fields))
            }
            changed = []
            for row in rows:
                client_id = text(row["member_id"])
                member = before.get(client_id)
                if member is None or client_id in seen:
                    tally.put_aside(NO_SUCH_MEMBER if member is None else "comes twice (same member_id)", row)
                    continue
                seen.add(client_id)
                new = {
                    "renewal_on": row["renewal_on"],
                    "language": text(row["language"]),
                    "interpreter": row["interpreter"],
                }
                if all(member[name] == value for name, value in new.items()):
                    tally.unchanged += 1
                else:
                    tally.changed += 1
                    changed.append(member | new)
            write(Member, changed, ("client_id",), columns)


def _known_members(client_ids: list[Any]) -> set[str]:
    wanted = list({text(client_id) for client_id in client_ids})
    return {row["client_id"] for row in existing(Member, Member.client_id, wanted, [Member.client_id])}


_PROVIDER_TEXTS = (
    "npi",
    "tin",
    "individual_medicaid_number",
    "group_medicaid_number",
    "practice_name",
    "first_name",
    "last_name",
    "credential",
    "specialty",
    "kind",
    "languages",
    "address_line_1",
    "address_line_2",
    "city",
    "state",
    "zip",
    "telephone",
)
_PROVIDER_OTHERS = ("pcmh", "accepting_new_patients", "latitude", "longitude", "enrolled_on", "received_on")


def _provider(row: Row) -> Values:
    values: Values = {name: text(row[name]) for name in _PROVIDER_TEXTS}
    for name in ("npi", "tin"):
        if not values[name]:
            raise RowFault(f"{name} is empty")
    values["kind"] = values["kind"].lower() or "medical"
    if values["kind"] not in ("medical", "behavioral", "dental"):
        raise RowFault("kind is none of medical, behavioral, dental")
    values["pcp"] = bool(row["pcp"])
    values.update({name: row[name] for name in _PROVIDER_OTHERS})
    return values


def _list_anew(rows: list[Values]) -> None:
    directory_index.update({row["npi"] for row in rows})


def _pcp_selection(row: Row) -> Values:
    values = {
        "client_id": text(row["member_id"]),
        "npi": text(row["npi"]),
        "selected_on": row["selected_on"],
        "source": FROM_FEED,
    }
    if not values["npi"] or values["selected_on"] is None:
        raise RowFault("npi or selected_on is empty")
    return values


def _icm_status(row: Row) -> Values:
    return {"client_id": text(row["member_id"]), "status": text(row["status"])}


def _admission(row: Row) -> Values:
    if row["admission_date"] is None:
        raise RowFault("admission_date is empty")
    values = {name: text(row[name]) for name in ("facility_npi", "hospital", "hospital_state", "attending")}
    return {
        "client_id": text(row["member_id"]),
        "admission_date": row["admission_date"],
        "discharge_date": row["discharge_date"],
        "diagnosis_code": text(row["diagnosis_code"]),
        **values,
    }


def _account(row: Row, *names: str) -> Values:
    """What both kinds of accounts share; `names` are copied as text. Hashes must be hashes."""
    username = text(row["username"])
    if not username or len(username) > LONGEST_USERNAME:
        raise RowFault(f"username is empty or longer than {LONGEST_USERNAME} characters")
    values: Values = {"username_key": username_key(username), "username": username}
    values.update({name: text(row[name]) for name in names})
    if not is_password_hash(values["password_hash"]):
        raise RowFault("password_hash is no Argon2, bcrypt or PBKDF2 hash")
    for name in ("answer_hash", "pin_hash"):
        if values.get(name) and not is_password_hash(values[name]):
            raise RowFault(f"{name} is no Argon2, bcrypt or PBKDF2 hash")
    return values


def _existing_account(row: Row) -> Values:
    values = _account(
        row,
        "password_hash",
        "first_name",
        "last_name",
        "role",
        "tins",
        "question",
        "answer_hash",
        "pin_hash",
        "email",
    )
    values["tins"] = _tins(values["tins"])
    values["place"] = place_of(values["username_key"])
    values["report_access"] = _yes(row["report_access"])
    return values


def _tins(listed: str) -> str:
    """Tax IDs parted by commas, semicolons, bars or spaces, with or without their dash: nine digits each, once."""
    tins = [re.sub(r"[-\u2010-\u2015]", "", tin) for tin in re.split(r"[\s,;|]+", listed) if tin]
    if not all(re.fullmatch(r"[0-9]{9}", tin) for tin in tins):
        raise RowFault("tins holds something else than Tax IDs of nine digits")
    return " ".join(dict.fromkeys(tins))


def _member_account(row: Row) -> Values:
    return {
        **_account(row, "password_hash", "email", "question", "answer_hash"),
        "client_id": text(row["client_id"]),
    }


def _yes(value: Any) -> bool:
    return text(value).lower() in ("true", "t", "yes", "y", "1", "approved")


KEYED: dict[str, KeyedFeed] = {
    feed.name: feed
    for feed in (
        KeyedFeed("provider", Provider, ("npi", "tin"), _provider, index=_list_anew),
        KeyedFeed(
            "pcp_selection",
            PcpSelection,
            ("client_id", "selected_on", "npi", "source"),
            _pcp_selection,
            "member_id",
        ),
        KeyedFeed("icm_status", IcmStatus, ("client_id",), _icm_status, "member_id"),
        KeyedFeed(
            "admission", Admission, ("client_id", "admission_date", "facility_npi"), _admission, "member_id"
        ),
        KeyedFeed("existing_account", ExistingAccount, ("username_key",), _existing_account),
        KeyedFeed("member_account", OlderMemberAccount, ("username_key",), _member_account, "client_id"),
    )
}
