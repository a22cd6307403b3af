"""How days are written, everywhere and in both languages."""

from datetime import date, datetime

import pytest

from webapp.domain.us_dates import us_date, us_day


@pytest.mark.parametrize("day", [date(2026, 3, 5), "2026-03-05"])
def test_a_day_is_written_month_first(day: date | str) -> None:
    assert us_date(day) == "03/05/2026"


def test_no_day_is_left_empty_and_a_withheld_one_stands_as_it_is() -> None:
    assert (us_date(None), us_date(""), us_date("withheld"), us_day(None)) == ("", "", "withheld", "")


@pytest.mark.usefixtures("clock")
def test_late_in_the_evening_it_is_still_the_plans_own_day() -> None:
    assert us_day(datetime(2026, 3, 6, 3, 30)) == "03/05/2026", "half past ten at night in Connecticut"
