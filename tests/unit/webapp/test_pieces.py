"""What the pieces of a page need done outside their templates."""

import pytest

from webapp.pieces import options, pages_shown


@pytest.mark.parametrize("pages", [1, 2, 5, 9])
def test_a_pager_names_the_first_the_last_and_the_pages_beside_the_present_one(pages: int) -> None:
    for page in range(1, pages + 1):
        wanted = [n for n in range(1, pages + 1) if n in (1, pages) or abs(n - page) <= 2]
        assert pages_shown(page, pages) == wanted


def test_a_drop_down_selects_what_was_chosen_and_escapes_what_it_offers() -> None:
    made = options([("a", "Ann & Bo"), ('"', "<b>")], '"')
    assert made == (
        '<option value="a">Ann &amp; Bo</option>\n<option value="&#34;" selected>&lt;b&gt;</option>\n'
    )
    assert options([2025, 2026], 2026).endswith('<option value="2026" selected>2026</option>\n')
    assert "selected" not in options([("", "All")])  # nothing chosen is not the empty value


def test_a_drop_down_of_codes_says_each_code_behind_its_name() -> None:
    assert options([("06-1", "Elm")], coded=True) == '<option value="06-1" data-value>Elm – 06-1</option>\n'
