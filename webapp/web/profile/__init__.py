"""The profile of every portal: one set of pages, each change on an address of its own.

A portal's blueprint calls `mount`; the overview itself is the portal's own, as what it shows differs.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from webapp.web.profile import account, second_factor

View = Callable[[], Response]

#: address below /profile, name of the view after "profile_", the view
_PAGES: tuple[tuple[str, str, View], ...] = (
    ("password", "password", account.password),
    ("email", "email", account.email),
    ("email/code", "email_code", account.email_code),
    ("language", "language", account.language),
    ("sign-ins", "sign_ins", account.sign_ins),
    ("sign-out", "sign_out", account.sign_out_everywhere),
)
_QUESTIONS: tuple[tuple[str, str, View], ...] = (("question", "question", account.question),)
_SECOND_FACTOR: tuple[tuple[str, str, View], ...] = (
    ("second-factor", "second_factor", second_factor.overview),
    ("second-factor/code", "second_factor_code", second_factor.first_code),
    ("second-factor/off", "second_factor_off", second_factor.turn_off),
    ("second-factor/recovery-codes", "recovery_codes", second_factor.recovery_codes),
)
_LOOKS: tuple[tuple[str, str, View], ...] = (("looks", "looks", account.looks),)
_CLOSE: tuple[tuple[str, str, View], ...] = (("close", "close", account.close),)


def mount(
    blueprint: Blueprint,
    audience: Callable[[Callable[..., Any]], Callable[..., Any]],
    *,
    questions: bool = True,
    second_factor: bool = False,
    looks: bool = False,
    close: bool = False,
) -> None:
    """Add the pages below the portal's /profile. questions: whether its accounts have security questions;
    second_factor: whether they may have one; looks: who looked at the record or account;
    close: whether a person may close it (members)."""
    pages = _PAGES + (_QUESTIONS if questions else ())
    pages += (_SECOND_FACTOR if second_factor else ()) + (_LOOKS if looks else ()) + (_CLOSE if close else ())
    for path, name, view in pages:
        blueprint.add_url_rule(
            f"/profile/{path}", f"profile_{name}", audience(_own(view)), methods=["GET", "POST"]
        )


def _own(view: View) -> View:
    """A function of its own for each portal, as an audience is written on the function."""

    def open_page() -> Response:
        return view()

    open_page.__doc__ = view.__doc__
    return open_page
