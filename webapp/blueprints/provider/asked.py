"""What an address of Reports/Data asks for, every part of it checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import abort, url_for
from flask_login import current_user

from reports.catalog import REPORTS, Report
from reports.snapshot import Choice, Practice, RowQuery
from webapp.blueprints.provider import ties
from webapp.domain import audit
from webapp.domain.find_a_doctor import directory
from webapp.domain.reporting import report_pages, row_searches
from webapp.web.signed_in import actor

#: Column kinds whose first sort puts the largest on top: what is Due, and the highest count.
LARGEST_FIRST = frozenset({"due", "count", "percent"})


@dataclass(frozen=True)
class Asked:
    """One state of the screen. `text` is what `token` stands for; it never becomes part of an address."""

    report: Report
    tin: str
    tins: tuple[str, ...]
    practice: Practice
    pcp: str | None = None
    due: bool = False
    icm: str | None = None
    token: str | None = None
    text: str | None = None
    ended: bool = False  # the address has a token that is no longer good
    sort: str | None = None
    descending: bool = False
    page: int = 1

    @property
    def query(self) -> RowQuery:
        """The rows that this state shows."""
        return RowQuery(
            tins=(self.tin,),
            pcp=self.pcp,
            due=self.due,
            icm=self.icm,
            search=self.text,
            sort=self.sort,
            descending=self.descending,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether some rows of the practice may be left out."""
        return bool(self.pcp or self.due or self.icm or self.text)

    @property
    def pcp_choices(self) -> list[tuple[str, str]]:
        """Value and label of each PCP to filter by, with how many rows there are; none where there is but one."""
        return _choices(self.practice.pcps, self.pcp) if self.pcp or len(self.practice.pcps) > 1 else []

    @property
    def icm_choices(self) -> list[tuple[str, str]]:
        """Value and label of each ICM status to filter by."""
        return _choices(self.practice.icm, self.icm)

    def arguments(self, **changes: Any) -> dict[str, object]:
        """The state with `changes` made to it, as query parameters; those that say nothing are left out."""
        state = {**vars(self), **changes}
        named = {
            "report": self.report.slug,
            "tin": state["tin"],
            "pcp": state["pcp"],
            "due": 1 if state["due"] else None,
            "icm": state["icm"],
            "search": state["token"],
            "sort": state["sort"],
            "dir": ("desc" if state["descending"] else "asc") if state["sort"] else None,
            "page": state["page"] if state["page"] > 1 else None,
        }
        return {key: value for key, value in named.items() if value}

    def url(self, **changes: Any) -> str:
        """The address of this state with `changes` made to it."""
        return f"{url_for('provider.reports')}?{_query(self.arguments(**changes))}"

    @cached_property
    def first_page_url(self) -> str:
        """The address of the first page."""
        return self.url(page=1)

    def page_url(self, number: int) -> str:
        """The address of another page."""
        return f"{self.first_page_url}&page={number}" if number > 1 else self.first_page_url

    def download_url(self, form: str) -> str:
        """The address of all rows of this state as a file: "csv" or "xlsx"."""
        rest = {key: value for key, value in self.arguments().items() if key not in ("report", "page")}
        return f"{url_for(f'provider.reports_{form}', slug=self.report.slug)}?{_query(rest)}"

    def sort_urls(self) -> list[str]:
        """For each column the address that sorts by it; the other way round where it is sorted by it already."""
        start = self.url(sort=None, page=1)
        turned = {column.key: column.kind in LARGEST_FIRST for column in self.report.columns}
        if self.sort:
            turned[self.sort] = not self.descending
        return [f"{start}&sort={key}&dir={'desc' if down else 'asc'}" for key, down in turned.items()]

    @property
    def everyone_url(self) -> str:
        """The same report without any filter."""
        return self.url(pcp=None, due=False, icm=None, token=None, page=1)


def _query(arguments: Mapping[str, object]) -> str:
    return "&".join(_pair(key, value) for key, value in arguments.items())


@lru_cache(maxsize=1024)
def _pair(key: str, value: object) -> str:
    """One of them, encoded: a page has six addresses that are all but the same."""
    return urlencode([(key, value)])


def _choices(offered: Sequence[Choice], chosen: str | None) -> list[tuple[str, str]]:
    """What is offered, and what was chosen though the report has no row of it."""
    absent = chosen and all(choice.value != chosen for choice in offered)
    rest = [(chosen, f"{chosen} (0)")] if chosen and absent else []
    return [
        *((choice.value, f"{choice.label or choice.value} ({choice.total})") for choice in offered),
        *rest,
    ]


def read(slug: str, args: Mapping[str, str], tins: tuple[str, ...]) -> Asked:
    """The state that an address asks for, of an account that may read the reports of `tins`. A report that does not
    exist, or another TIN, is a 404, and the latter is noted in the audit log."""
    args = {**args}  # of a request's own, one that is not there makes an exception each time
    report = REPORTS.get(slug) or abort(404)
    tin = args.get("tin") or (tins[0] if tins else "")
    if tin not in tins:
        audit.record(actor(), "report-view", "refused", subject=subject(slug, tin))
        ties.turn_away(tin)
    practice = report_pages.practice_of(slug, tin)
    of_members = report_pages.has_members(report)
    token = (of_members and args.get("search")) or None
    text = row_searches.find_search(current_user.session, token) if token else None
    sort = args.get("sort") if args.get("sort") in {column.key for column in report.columns} else None
    return Asked(
        report=report,
        tin=tin,
        tins=tins,
        practice=practice,
        pcp=_pcp(args.get("pcp"), practice, tin) if of_members else None,
        due=args.get("due") == "1" and report_pages.has_due(report),
        icm=_icm(args.get("icm")) if of_members else None,
        token=token if text else None,
        text=text,
        ended=bool(token and not text),
        sort=sort,
        descending=args.get("dir") == "desc" and sort is not None,
        page=_number(args.get("page")),
    )


def subject(slug: str, tin: str) -> str:
    """What the audit log calls a practice's report. A made-up TIN is cut to what a TIN can be."""
    return f"report:{slug}:{''.join(c for c in tin if c.isascii() and c.isalnum())[:20]}"


def _pcp(npi: str | None, practice: Practice, tin: str) -> str | None:
    """The PCP to filter by. One of another practice, left over from choosing that, is dropped; one of this practice
    without a row in the report stays, and the page says that there is none."""
    if not npi or not npi.isascii() or not npi.isalnum():
        return None
    if any(choice.value == npi for choice in practice.pcps):
        return npi
    of_practice = {provider.npi for provider in directory.providers_of(tin)}
    return npi if npi in of_practice else None


def _icm(status: str | None) -> str | None:
    return status if status and len(status) <= 60 and status.isprintable() else None


def _number(page: str | None) -> int:
    return int(page) if page and page.isascii() and page.isdigit() and len(page) < 7 and int(page) else 1
