"""A service as one whole number, so that the greatest of several is the last: on every engine the same one, also
among services of one day.

From the high end: the year since 1900 (8 bits), month (4), day (5), whether the detail is withheld (1), the facility's
NPI (31), the code's number in the code book (14).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis

from reports.evidence import BETWEEN, WITHHELD

#: Where the parts begin, in bits from the low end.
_NPI_AT, _WITHHELD_AT, DAY_AT = 14, 45, 46
#: The most codes that a code book can hold.
CODES = 1 << _NPI_AT
_MOST_NPI = (1 << (_WITHHELD_AT - _NPI_AT)) - 1
_FIRST_YEAR = 1900
_FIRST_NPI = 1_000_000_000


def packed(day: ibis.Value, withheld: ibis.Value, npi: ibis.Value, code: ibis.Value) -> ibis.Value:
    """The whole number of a service: `day` a date from 1900 on, `withheld` a bool, `npi` and `code` numbers."""
    number = npi.fill_null(0) - _FIRST_NPI
    parts = (
        _whole(day.year() - _FIRST_YEAR) * (1 << (DAY_AT + 9)),
        _whole(day.month()) * (1 << (DAY_AT + 5)),
        _whole(day.day()) * (1 << DAY_AT),
        ibis.ifelse(withheld, 1 << _WITHHELD_AT, 0),
        ibis.ifelse(number.between(1, _MOST_NPI), number * (1 << _NPI_AT), 0),
        _whole(code),
    )
    return sum(parts[1:], parts[0])


def day(service: ibis.Value) -> ibis.Value:
    """The day of a service; NULL of none."""
    date = service >> DAY_AT
    return ibis.ifelse(
        service.isnull(),
        ibis.null("date"),
        ibis.date((date >> 9) + _FIRST_YEAR, (date >> 5) & 15, date & 31),
    )


def _whole(number: ibis.Value) -> ibis.Value:
    return number.cast("int64")


def reader(codes: Mapping[int, str], facilities: Mapping[int, str]) -> Callable[[int | None], str]:
    """Turns packed services into stored cells of evidence (`evidence.read`). `codes` says how a code's number is
    written, `facilities` what an NPI is called; a facility that nobody knows is shown by its NPI."""
    known: dict[int, str] = {}

    def read(service: int | None) -> str:
        if service is None:
            return ""
        claim = service & ((1 << DAY_AT) - 1)
        if claim not in known:
            known[claim] = _cell(claim)
        return known[claim]

    def _cell(claim: int) -> str:
        if claim >> _WITHHELD_AT:
            return WITHHELD
        number = (claim >> _NPI_AT) & _MOST_NPI
        npi = number + _FIRST_NPI if number else 0
        facility = facilities.get(npi) or (str(npi) if npi else "")
        return f"{codes.get(claim & (CODES - 1), '')}{BETWEEN}{facility}"

    return read
