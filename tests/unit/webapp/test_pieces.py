"""What the pieces of a page need done outside their templates."""

import pytest

from webapp.pieces import pages_shown


@pytest.mark.parametrize("pages", [1, 2, 5, 9])
def test_a_pager_names_the_first_the_last_and_the_pages_beside_the_present_one(pages: int) -> None:
    for page in range(1, pages + 1):
        wanted = [n for n in range(1, pages + 1) if n in (1, pages) or abs(n - page) <= 2]
        assert pages_shown(page, pages) == wanted
