"""Members who are in a hospital now, or left one lately (guide 003, "Daily Admission and Discharge Report")."""

from __future__ import annotations

from datetime import timedelta

import ibis
import pyarrow as pa
from ibis import _

from reports.events.facilities import facilities, named
from reports.events.sources import Sources, both_bits, without_dot
from reports.events.stays import billed
from reports.events.texts import described
from reports.layout import TABLES
from reports.sensitive import BITS

_TYPES = {"text": pa.string(), "date": pa.date32()}
_COLUMNS = (
    "hospital",
    "hospital_state",
    "attending",
    "admission_date",
    "discharge_date",
    "diagnosis_code",
    "diagnosis",
    "flags",
    "facility_flags",
)


def admissions(sources: Sources) -> ibis.Table:
    """The stays that are listed: client_id (of the feed) or person_id (of claims), hospital, hospital_state,
    attending, admission_date, discharge_date (blank while admitted), diagnosis_code, diagnosis, flags, facility_flags.

    The hospitals' notices count: the feed in the extract, else what the portal holds. Without either, stays are read
    from inpatient claims, which come later. Listed are stays begun by the as-of date that have not ended by then or
    ended in the last thirty days.
    """
    if sources.extract.has("admission"):
        return _told(sources, sources.once("admission_notices", _numbered))
    if sources.admissions is not None:
        return _told(sources, sources.admissions)
    sources.notice("admission", "there is no admission feed; admissions are read from inpatient claims")
    return _claimed(sources)


def _numbered(sources: Sources) -> pa.Table:
    """The feed in the order of its file, told by `row_number`. A hospital's notices of some weeks are few rows."""
    rows = [row for batch in sources.extract.batches("admission") for row in batch]
    columns = {
        column.name: pa.array([row[column.name] for row in rows], _TYPES[column.type])
        for column in TABLES["admission"].columns
    }
    return pa.table(columns | {"row_number": pa.array(range(len(rows)), pa.int64())})


def _told(sources: Sources, feed: ibis.Table) -> ibis.Table:
    """Stays as the feed tells them: one a member, admission date and facility; the later row of the file counts.

    The feed tells no claim: a stay is sensitive by its diagnosis, its facility or its attending doctor.
    """
    rows = feed.mutate(
        client_id=_.member_id.strip(),
        facility=_.facility_npi.strip().fill_null(""),
        hospital=_.hospital.strip().fill_null(""),
        hospital_state=_.hospital_state.strip().fill_null(""),
        attending=_.attending.strip().fill_null(""),
        diagnosis=without_dot(_.diagnosis_code),
    )
    one = ["client_id", "admission_date", "facility_key"]
    rows = rows.mutate(facility_key=_.facility.nullif("").coalesce(_.hospital.lower()))
    later = [ibis.desc("row_number")] if "row_number" in rows.columns else []
    # Where the order of the file is not known, a row that tells more counts: the discharge first of all.
    told = [ibis.desc("ended"), ibis.desc("diagnosis"), ibis.desc("attending"), ibis.desc("hospital")]
    rows = rows.mutate(ended=_.discharge_date.coalesce(ibis.date("0001-01-01")))
    latest = ibis.window(group_by=one, order_by=[*later, *told])
    rows = rows.mutate(place_of=ibis.row_number().over(latest)).filter(_.place_of == 0)
    rows = _listed(sources, rows.drop("place_of", "ended", "diagnosis_code", "member_id"))
    found = described(sources, "admissions_listed", _with_attending(sources, named(sources, rows)))
    facility_flags = both_bits(_.known_flags, _.attending_flags)
    found = found.mutate(
        hospital=_.hospital.nullif("").coalesce(_.facility_name),
        hospital_state=_.hospital_state.nullif("").coalesce(_.facility_state),
        flags=both_bits(facility_flags, _.diagnosis_flags),
        facility_flags=facility_flags,
    )
    return found.select("client_id", *_COLUMNS)


def _with_attending(sources: Sources, rows: ibis.Table) -> ibis.Table:
    """`rows` with attending_flags: those that every provider of the attending doctor's name has in common."""
    known = sources.once("facilities", facilities).filter(_.person_name != "")
    common = {f"bit_{bit}": (_.person_flags & bit).min() for bit in BITS.values()}
    doctors = known.group_by(doctor=_.person_name.lower()).agg(**common)
    doctors = doctors.select("doctor", doctor_flags=_.bit_1 + _.bit_2 + _.bit_4)
    joined = rows.left_join(doctors, rows.attending.lower() == doctors.doctor)
    return joined.mutate(attending_flags=_.doctor_flags.fill_null(0)).drop("doctor", "doctor_flags")


def _claimed(sources: Sources) -> ibis.Table:
    """Stays as hospitals billed them; the attending doctor is the rendering provider of the latest bill."""
    rows = named(sources, _listed(sources, billed(sources)))
    known = sources.once("facilities", facilities)
    doctors = known.select(doctor=_.npi, attending=_.person_name, attending_flags=_.person_flags)
    rows = rows.left_join(doctors, rows.performer == doctors.doctor).drop("doctor")
    found = described(sources, "admissions_claimed", rows)
    facility_flags = both_bits(both_bits(_.known_flags, _.place_flags), _.attending_flags)
    found = found.mutate(
        hospital=_.facility_name,
        hospital_state=_.facility_state,
        attending=_.attending.fill_null(""),
        flags=both_bits(_.claim_flags, facility_flags),
        facility_flags=facility_flags,
    )
    return found.select("person_id", *_COLUMNS)


def _listed(sources: Sources, stays: ibis.Table) -> ibis.Table:
    """Those admitted by the as-of date who are still there (a discharge to come is not shown) or left lately."""
    today = ibis.literal(sources.as_of)
    since = ibis.literal(sources.as_of - timedelta(days=sources.rules.discharged_days))
    known = stays.mutate(
        discharge_date=ibis.ifelse(_.discharge_date > today, ibis.null("date"), _.discharge_date)
    )
    return known.filter(_.admission_date <= today, _.discharge_date.isnull() | (_.discharge_date >= since))
