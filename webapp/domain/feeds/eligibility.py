"""The eligibility feed: members and their spans."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from reports.extract import Extract
from webapp.config import Plan
from webapp.domain.db import transaction
from webapp.domain.feeds.outcome import RowFault, Tally
from webapp.domain.feeds.upsert import BATCH, Values, existing, text, write
from webapp.domain.member.eligibility import OPEN_ENDED, EligibilitySpan, Member
from webapp.domain.text import fold, fold_id

LONGEST_ID = 40

# Columns of eligibility's row that are copied to the member as they are.
_TEXTS = (
    "person_id",
    "first_name",
    "middle_name",
    "last_name",
    "name_suffix",
    "gender",
    "address",
    "city",
    "state",
    "zip_code",
    "phone",
    "email",
)
_DATES = ("birth_date", "death_date")
_OWN = ("client_id_key", "subscriber_id", "last_key", "first_key")
_COLUMNS = (
    "member_id",
    "subscriber_id",
    "enrollment_start_date",
    "enrollment_end_date",
    "plan",
    "dual_status_code",
    "death_flag",
    *_TEXTS,
    *_DATES,
)

Row = dict[str, Any]
SpanKey = tuple[Any, str]  # first day, program


@dataclass
class _FromFile:
    """One member as the file has it."""

    values: Values = field(default_factory=dict)
    spans: dict[SpanKey, Values] = field(default_factory=dict)
    faulty: bool = False  # a row of it was set aside


def load_eligibility(extract: Extract, plan: Plan, tally: Tally) -> None:
    """Make the members in the file, and their spans, what the file says."""
    faulty = _members_with_faults(extract)
    for rows in _batches(extract):
        members: dict[str, _FromFile] = {}
        for client_id, group in groupby(rows, key=itemgetter("member_id")):
            member = members[text(client_id)] = _read_member(group, plan, tally)
            member.faulty |= client_id in faulty
        usable = {key: member for key, member in members.items() if member.spans}
        with transaction():
            changed = _store_members(usable)
            _store_spans(usable, changed, tally)


def _members_with_faults(extract: Extract) -> set[str]:
    """Client ID Numbers of which the extract set a row aside."""
    faulty = extract.con.table("faulty_eligibility")
    found = faulty.filter(faulty.member_id.notnull()).select("member_id").distinct()
    return set(found.to_pyarrow()["member_id"].to_pylist())


def _batches(extract: Extract) -> Iterator[list[Row]]:
    """The file's rows by member and then by date, some 5,000 at a time, never parting a member's rows."""
    ordered = (
        extract.table("eligibility")
        .select(*_COLUMNS)
        .order_by("member_id", "enrollment_start_date", "enrollment_end_date", "plan")
    )
    waiting: list[Row] = []
    for batch in ordered.to_pyarrow_batches(chunk_size=BATCH):
        waiting.extend(batch.to_pylist())
        # The last member may go on in the next batch.
        last = waiting[-1]["member_id"] if waiting else None
        ready = next((i for i in range(len(waiting) - 1, -1, -1) if waiting[i]["member_id"] != last), -1) + 1
        if ready:
            yield waiting[:ready]
            waiting = waiting[ready:]
    if waiting:
        yield waiting


def _read_member(rows: Iterator[Row], plan: Plan, tally: Tally) -> _FromFile:
    """One member from its rows, which come by date: the latest good row gives the name and address."""
    member = _FromFile()
    for row in rows:
        try:
            span = _span(row, plan)
            if (span["start"], span["program"]) in member.spans:
                raise RowFault("a member's span comes twice (same first day and program)")
        except RowFault as fault:
            tally.put_aside(str(fault), row, also=("enrollment_end_date", "plan"))
            member.faulty = True
            continue
        member.spans[span["start"], span["program"]] = span
        member.values = _values(row)
    return member


def _span(row: Row, plan: Plan) -> Values:
    client_id, start, end = text(row["member_id"]), row["enrollment_start_date"], row["enrollment_end_date"]
    if not client_id:
        raise RowFault("member_id is empty")
    if len(client_id) > LONGEST_ID:
        raise RowFault(f"member_id is longer than {LONGEST_ID} characters")
    if start is None:
        raise RowFault("enrollment_start_date is empty")
    if end is not None and end < start:
        raise RowFault("enrollment_end_date is before enrollment_start_date")
    program = plan.program(row["plan"])
    if program is None:
        raise RowFault("plan is a program that the plan file does not know")
    if end is not None and end >= OPEN_ENDED:
        end = None
    return {
        "client_id": client_id,
        "start": start,
        "end": end,
        "program": program,
        "dual_status": text(row["dual_status_code"]),
    }


def _values(row: Row) -> Values:
    client_id = text(row["member_id"])
    values: Values = {"client_id": client_id, "client_id_key": fold_id(client_id)}
    # A blank household is one person.
    values["subscriber_id"] = text(row["subscriber_id"]) or client_id
    values.update({name: text(row[name]) for name in _TEXTS})
    values.update({name: row[name] for name in _DATES})
    values |= {"last_key": fold(values["last_name"]), "first_key": fold(values["first_name"])}
    if row["death_flag"] and row["death_date"] is None:
        # A death without a day is taken to have happened: nothing may be opened in this person's name.
        values["death_date"] = row["enrollment_start_date"]
    return values


def _store_members(members: dict[str, _FromFile]) -> set[str]:
    """Write the members that are new or differ. Returns the Client ID Numbers of those that differ."""
    names = (*_OWN, *_TEXTS, *_DATES)
    fields = [Member.client_id, *(Member._meta.fields[name] for name in names)]
    before = {row["client_id"]: row for row in existing(Member, Member.client_id, list(members), fields)}
    differing = [m.values for key, m in members.items() if before.get(key) != m.values]
    # A new member has no coverage row yet; one who is there keeps what coverage gave.
    unknown = {"language": "", "interpreter": None, "renewal_on": None}
    write(Member, [values | unknown for values in differing], ("client_id",), names)
    return {values["client_id"] for values in differing if values["client_id"] in before}


def _store_spans(members: dict[str, _FromFile], changed: set[str], tally: Tally) -> None:
    """Make the spans of `members` those of the file, and count. A member whose name or address changed counts
    as one row changed even where its spans stayed."""
    kept: dict[str, dict[SpanKey, Values]] = {key: {} for key in members}
    ids: dict[tuple[str, SpanKey], int] = {}
    columns = list(EligibilitySpan._meta.sorted_fields)
    for row in existing(EligibilitySpan, EligibilitySpan.client_id, list(members), columns):
        key = (row["start"], row["program"])
        ids[row["client_id"], key] = row.pop("id")
        kept[row["client_id"]][key] = row
    written: list[Values] = []
    gone: list[int] = []
    for client_id, member in members.items():
        before = kept[client_id]
        new = [span for key, span in member.spans.items() if key not in before]
        other = [span for key, span in member.spans.items() if key in before and before[key] != span]
        same = len(member.spans) - len(new) - len(other)
        if client_id in changed and same and not other:
            other_count, same = 1, same - 1
        else:
            other_count = len(other)
        tally.added += len(new)
        tally.changed += other_count
        tally.unchanged += same
        written += new + other
        if not member.faulty:
            gone += [ids[client_id, key] for key in before if key not in member.spans]
    write(EligibilitySpan, written, ("client_id", "start", "program"), ("end", "dual_status"))
    for start in range(0, len(gone), BATCH):
        EligibilitySpan.delete().where(EligibilitySpan.id.in_(gone[start : start + BATCH])).execute()
    tally.removed += len(gone)
