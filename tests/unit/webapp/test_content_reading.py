"""Everybody can read the members' pages: grade 6 in English, the same step of Fernández Huerta's scale in Spanish."""

import re

import pytest

from tests.e2e.harness.words import translated
from tests.harness import reading
from webapp import content
from webapp.guides import definition

#: The guide's own words and legal texts, which nobody may make simpler.
EXEMPT = ("rights-and-responsibilities",)
#: Names of services and programs, long words that stand in many sentences.
LABELS = ("Access Health CT", "MyAccount")
GUIDES = [f"{content.GUIDE}{name}" for name in content.guides("member")]
PAGES = [*(name for name in content.PAGES if name not in EXEMPT), *GUIDES]


def labels_of(name: str, language: str) -> tuple[str, ...]:
    """What a guide names of the portal's own labels, which it cannot make simpler; the longest first."""
    if name not in GUIDES:
        return LABELS
    steps = definition.read(name.removeprefix(content.GUIDE)).steps
    said = {label.said(language, translated) for step in steps for label in step.labels().values()}
    return (*LABELS, *sorted((label for label in said if len(label) > 12), key=len, reverse=True))


def text_of(name: str, language: str) -> str:
    """The sentences of a page as the reckoning reads them."""
    return reading.prose_of(content.read(name, language).body, labels=labels_of(name, language))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", PAGES)
def test_a_members_page_is_easy_to_read(name: str, language: str) -> None:
    assert not reading.too_hard(text_of(name, language), language)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_of_a_members_page_is_very_long(name: str, language: str) -> None:
    assert [each for each in reading.sentences(text_of(name, language)) if len(each.split()) > 30] == []


def test_the_rights_are_exempt_because_they_are_the_guides_words() -> None:
    text = reading.prose_of(content.read(EXEMPT[0], "en").body)
    assert reading.too_hard(text, "en")


def test_that_reading_test_finds_what_is_hard() -> None:
    english = "<p>Members are required to designate a participating provider subsequent to enrollment.</p>"
    spanish = (
        "<p>Los beneficiarios deberán designar un proveedor participante posteriormente a la inscripción.</p>"
    )
    assert "grade" in reading.too_hard(reading.prose_of(english), "en")
    assert "Huerta" in reading.too_hard(reading.prose_of(spanish), "es")


def test_list_items_are_sentences_and_numbers_are_not_read() -> None:
    html = "<p>Call <a>1.800.555.0100</a>, 8:00 a.m. – 6:00 p.m.</p><ul><li>one thing</li><li>more</li></ul>"
    assert reading.prose_of(html) == "Call. one thing. more."


@pytest.mark.parametrize(
    ("word", "count"),
    re.findall(
        r"(\w+) (\d)",
        "care 1 takes 1 called 1 needed 2 table 2 little 2 boxes 2 doctor 2 medicine 3 family 3 idea 3 science 2"
        " nation 2 special 2 area 3 emergency 4 information 4 the 1",
    ),
)
def test_english_syllables_are_counted(word: str, count: str) -> None:
    assert reading.english_syllables(word) == int(count)


@pytest.mark.parametrize(
    ("word", "count"),
    re.findall(
        r"(\w+) (\d)",
        "año 2 día 2 ciudad 2 proveedor 4 atención 3 país 2 huevo 2 bienvenido 4 guía 2 que 1 averigüe 4 muy 1 y 1"
        " cuida 2 león 2 oído 3 identificación 6 quiere 2",
    ),
)
def test_spanish_syllables_are_counted(word: str, count: str) -> None:
    assert reading.spanish_syllables(word) == int(count)
