"""The directory's vocabulary: folding, and one wrong letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.find_a_doctor.directory_words import (
    MOST_WORDS,
    cuts,
    is_one_letter_off,
    name_words,
    text_words,
    typed_words,
)

WORDS = st.text(alphabet="ABCDE", min_size=4, max_size=9)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Núñez", ("NUNEZ",)),
        ("dr. maria garcía", ("MARIA", "GARCIA")),
        ("De la Cruz", ("CRUZ",)),
        ("O'Brien", ("OBRIEN",)),
        ("the doctor", ("THE", "DOCTOR")),
        ("x <b> y", ()),
        ("中村", ("中村",)),
    ],
)
def test_what_is_typed_becomes_folded_words_without_titles(typed: str, words: tuple[str, ...]) -> None:
    assert typed_words(typed) == words


def test_of_ten_thousand_letters_only_so_many_words_are_looked_at() -> None:
    assert len(typed_words("ab cd ef gh ij kl mn op " * 500)) == MOST_WORDS
    assert max(map(len, typed_words("a" * 10_000))) < 40


def test_a_name_is_found_whole_in_parts_and_around_its_apostrophe() -> None:
    assert name_words("Mary Ann", "O'Brien-De la Cruz") >= {"MARY", "MARYANN", "OBRIEN", "BRIEN", "CRUZ"}
    assert text_words("Elm Street Family Practice") == {"ELM", "STREET", "FAMILY", "PRACTICE"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("RIVERA", "RIVEERA"), ("RIVERA", "RIVRA"), ("RIVERA", "RIBERA"), ("RIVERA", "RIEVRA"), ("RIVERA", "IVERA"),
     ("RIVERA", "RIVERAS"), ("RIVERA", "IRVERA")],
)  # fmt: skip
def test_one_wrong_letter_is_forgiven(one: str, other: str) -> None:
    assert is_one_letter_off(one, other)
    assert is_one_letter_off(other, one)
    assert cuts(one) & cuts(other)


@pytest.mark.parametrize("other", ["RIVERA", "REIVRA", "RIBEIRA", "RVRA", "RIVERASS", "ARIVER"])
def test_no_more_than_one(other: str) -> None:
    assert not is_one_letter_off("RIVERA", other)


def test_short_names_are_forgiven_nothing() -> None:
    assert cuts("LEE") == set()


@given(WORDS, WORDS)
def test_whoever_is_one_letter_off_shares_a_cut(one: str, other: str) -> None:
    if is_one_letter_off(one, other):
        assert cuts(one) & cuts(other)


@given(WORDS, st.integers(0, 8), st.sampled_from("ABCDE"))
def test_any_single_slip_is_one_letter_off_or_none(word: str, place: int, letter: str) -> None:
    place = min(place, len(word) - 1)
    slips = [
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    ]
    for slip in slips:
        assert slip == word or is_one_letter_off(word, slip)
