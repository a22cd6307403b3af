"""Facilities and doctors by NPI: the name that is shown, the state, and whether the name alone tells too much."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
from ibis import _

from reports.events.sources import Sources, both_bits
from reports.sensitive import BITS, any_of, concept


def facilities(sources: Sources) -> ibis.Table:
    """One row an NPI: npi, facility_name (the practice's, or else the person's own), facility_state, person_name
    ("Last, First"), person_flags (by specialty, taxonomy and kind), facility_flags (by the facility's name too).

    Of an NPI under several TINs the row of the lowest TIN gives the names; its flags are those of any row.
    """
    feed = sources.providers
    specialty, name = _lower(feed.specialty), _lower(feed.practice_name)
    kind = _lower(feed.kind) if "kind" in feed.columns else ibis.literal("")
    last, first = feed.last_name.strip().fill_null(""), feed.first_name.strip().fill_null("")
    person = last + ibis.ifelse((last == "") | (first == ""), "", ", ") + first
    state = feed.state.strip().fill_null("") if "state" in feed.columns else ibis.literal("")
    by_person = _flagged(sources, specialty, kind)
    rows = feed.select(
        npi=feed.npi.strip(),
        tin=feed.tin.fill_null(""),
        facility_name=feed.practice_name.strip().nullif("").coalesce(person),
        facility_state=state,
        person_name=person,
        person_flags=by_person,
        facility_flags=both_bits(by_person, _by_words(sources, name)),
    )
    flags = rows.group_by("npi").agg(
        person_flags=any_of(_.person_flags), facility_flags=any_of(_.facility_flags)
    )
    order = ["tin", "facility_name", "person_name", "facility_state"]
    named = rows.drop("person_flags", "facility_flags").mutate(
        place=ibis.row_number().over(ibis.window(group_by="npi", order_by=order))
    )
    return named.filter(_.place == 0).drop("place", "tin").join(flags, "npi")


def named(sources: Sources, events: ibis.Table, facility: str = "facility") -> ibis.Table:
    """`events` with facility_name (the NPI where nobody knows it), facility_state and known_flags, by the NPI in
    column `facility`."""
    known = sources.once("facilities", facilities)
    joined = events.left_join(known, events[facility] == known.npi)
    return joined.select(
        *[events[column] for column in events.columns],
        facility_name=known.facility_name.nullif("").coalesce(events[facility]),
        facility_state=known.facility_state.fill_null(""),
        known_flags=known.facility_flags.fill_null(0),
    )


def by_place(sources: Sources, place: ibis.Value) -> ibis.Value:
    """The bits of a place of service that is a sensitive facility by itself, such as a psychiatric hospital."""
    bits: dict[str, int] = {}
    for category, bit in BITS.items():
        for code in sources.listed([concept(category)], "POS"):
            bits[code] = bits.get(code, 0) | bit
    return place.cases(*bits.items(), else_=0) if bits else ibis.literal(0)


def _flagged(sources: Sources, specialty: ibis.Value, kind: ibis.Value) -> ibis.Value:
    """The bits of a specialty (in words, or as a taxonomy code), and of a kind of provider."""
    rules = sources.rules
    starts, kinds = dict(rules.sensitive_taxonomies), dict(rules.sensitive_kinds)
    found = _by_words(sources, specialty)
    for category, bit in BITS.items():
        listed = [code.lower() for code in sources.listed([concept(category)], "NUCC")]
        tests = [specialty.startswith(start) for start in starts.get(category, ())]
        tests += [column.isin(texts) for column, texts in ((specialty, listed), (kind, kinds.get(category)))
                  if texts]  # fmt: skip
        found = found | _bit(tests, bit)
    return found


def _by_words(sources: Sources, text: ibis.Value) -> ibis.Value:
    found = ibis.literal(0)
    for category, words in sources.rules.sensitive_words:
        found = found | _bit([text.contains(word) for word in words], BITS[category])
    return found


def _bit(tests: Iterable[ibis.Value], bit: int) -> ibis.Value:
    return ibis.ifelse(ibis.or_(ibis.literal(False), *tests), bit, 0)


def _lower(text: ibis.Value) -> ibis.Value:
    return text.strip().lower().fill_null("")
