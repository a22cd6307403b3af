"""Choosing providers by Tax ID, apart from pages: what is read as a Tax ID, and what a press makes of the choice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.blueprints.provider.signup_forms import read_phone
from webapp.blueprints.provider.us_states import state_code
from webapp.domain.practice.provider_picks import BadTin, Picks, read_tin

NPIS = st.lists(st.integers(1_000_000_000, 1_999_999_999).map(str), unique=True, max_size=60)


@pytest.mark.parametrize(
    "typed", ["836577230", "83-6577230", " 83 657 72 30 ", "83\u20116577230", "８３６５７７２３０"]
)
def test_a_tax_id_is_read_as_people_type_it(typed: str) -> None:
    assert read_tin(typed) == "836577230"


@pytest.mark.parametrize(
    "typed", [None, "", "83657723", "8365772300", "000000000", "٨٣٦٥٧٧٢٣٠", "83657723O", "¾" * 9]
)
def test_anything_else_is_no_tax_id(typed: str | None) -> None:
    with pytest.raises(BadTin):
        read_tin(typed)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_nine_digits_or_refused(typed: str) -> None:
    try:
        found = read_tin(typed)
    except BadTin:
        return
    assert len(found) == 9
    assert found.isascii()
    assert found.isdigit()


@given(NPIS, NPIS, NPIS)
def test_the_boxes_of_one_screen_change_no_others(
    chosen: list[str], shown: list[str], ticked: list[str]
) -> None:
    after = set(Picks(tin="836577230").choose(chosen).tick(shown, ticked).chosen)
    assert after - set(shown) == set(chosen) - set(shown)
    assert after & set(shown) == set(ticked) & set(shown)


@given(NPIS, st.booleans())
def test_what_a_run_stores_comes_back_the_same(chosen: list[str], confirming: bool) -> None:
    picks = Picks(added={"836577230": tuple(chosen)}).open("061110001").choose(chosen).confirm(confirming)
    assert Picks.of_values(picks.as_values()) == picks


def test_adding_closes_the_list_and_removing_leaves_the_others() -> None:
    picks = Picks().open("836577230").choose(["1", "2"])
    assert picks.has_unadded
    picks = picks.add().open("061110001").choose(["3"]).add()
    assert (picks.added, picks.tin) == ({"836577230": ("1", "2"), "061110001": ("3",)}, "")
    assert picks.remove("836577230").added == {"061110001": ("3",)}
    assert picks.open("061110001").chosen == ("3",)


@given(st.text(max_size=60))
def test_a_telephone_number_is_read_in_one_form_or_not_at_all(typed: str) -> None:
    found = read_phone(typed)
    assert found == "" or read_phone(found) == found


@pytest.mark.parametrize(
    ("typed", "code"), [("ct", "CT"), ("Rhode island", "RI"), ("D.C.", "DC"), ("XX", ""), (None, "")]
)
def test_a_state_is_known_by_its_letters_or_its_name(typed: str | None, code: str) -> None:
    assert state_code(typed) == code
