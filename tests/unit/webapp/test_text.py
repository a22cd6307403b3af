"""Folding of names and identifiers; typed text as it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.text import fold, fold_id, fold_words, one_line


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Núñez", "NUNEZ"),
        ("n u ñ e z", "NUNEZ"),
        ("Ortiz-Vega", "ORTIZVEGA"),
        ("Ortiz\u2010Vega", "ORTIZVEGA"),
        ("O'Brien", "OBRIEN"),
        ("O\u2019Brien", "OBRIEN"),
        ("O\u02bcBrien", "OBRIEN"),
        ("O\u00b4Brien", "OBRIEN"),
        ("St. John", "STJOHN"),
        ("Strauß", "STRAUSS"),
        ("Łukasz", "LUKASZ"),
        ("Sørensen", "SORENSEN"),
        ("\u00a0Ana\u200b", "ANA"),
        ("王芳", "王芳"),
        ("-", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_case_accents_spaces_hyphens_and_apostrophes_fold_away(written: str | None, folded: str) -> None:
    assert fold(written) == folded


def test_words_stay_apart_for_searching() -> None:
    assert fold_words("  María  de la Cruz-Vélez, Jr. ") == ["MARIA", "DE", "LA", "CRUZ", "VELEZ", "JR"]
    assert fold_words("O\u2019Brien") == ["OBRIEN"]


def test_a_client_id_folds_to_its_digits() -> None:
    assert fold_id(" 001-234 567 ") == "001234567"
    assert fold_id("\uff10\uff11") == "01"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_the_words_together_are_the_folded_text(text: str) -> None:
    assert "".join(fold_words(text)) == fold(text)


@given(st.text(alphabet="aábcdñoöuz'- .", min_size=1), st.sampled_from(["upper", "lower", "title"]))
def test_letter_case_never_decides(text: str, change: str) -> None:
    assert fold(getattr(text, change)()) == fold(text)


@given(
    st.text(alphabet="ABCXYZ", min_size=1),
    st.lists(st.sampled_from(" -'.\u2019"), min_size=1),
    st.integers(0),
)
def test_a_separator_put_anywhere_changes_nothing(text: str, marks: list[str], place: int) -> None:
    at = place % (len(text) + 1)
    assert fold(text[:at] + "".join(marks) + text[at:]) == fold(text)


@given(st.text(alphabet="ABCDEFGH", min_size=1), st.text(alphabet="ABCDEFGH", min_size=1))
def test_different_letters_stay_different(one: str, other: str) -> None:
    assert (fold(one) == fold(other)) == (one == other)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Elm \t Street\r\n4 ", "Elm Street 4"), ("a\x00b\u200bc", "a b c"), ("  ", ""), (None, "")],
)
def test_what_was_typed_is_kept_on_one_line_without_what_cannot_be_printed(
    typed: str | None, kept: str
) -> None:
    assert one_line(typed) == kept


def test_overlong_text_is_cut_and_does_not_end_in_a_blank() -> None:
    assert one_line("four words are here", 5) == "four"
    assert one_line("x" * 1_000, 5) == "xxxxx"
