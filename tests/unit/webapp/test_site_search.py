"""The search of the content pages: forgiving, in context, the best first, and never at a loss."""

import pytest

from webapp import content
from webapp.domain import site_search
from webapp.domain.site_search import Index, Section


def found(query: str, language: str = "en") -> list[tuple[str, str]]:
    results = content.library().search(language).find(query).results
    return [(each.section.page, each.section.anchor) for each in results]


def shown(pieces: site_search.Marked) -> str:
    """A text with the words found in brackets."""
    return "".join(f"[{piece}]" if hit else piece for piece, hit in pieces)


@pytest.mark.parametrize(
    ("query", "language", "page", "anchor"),
    [
        ("teeth", "en", "member-benefits", "dental"),
        ("dentist", "en", "member-benefits", "dental"),
        ("how do I get a ride", "en", "frequently-asked-questions", "how-do-i-get-a-ride-to-a-visit"),
        ("rides", "en", "member-benefits", "transportation"),
        ("lost card", "en", "frequently-asked-questions", "i-lost-my-id-card-what-do-i-do"),
        ("opt out", "en", "opt-out", "opt-out-share-no-medical-information-by-computer"),
        ("interpreter", "en", "language-help", "what-you-can-ask-for"),
        ("second opinion", "en", "rights-and-responsibilities", "member-rights"),
        ("polski", "en", "language-help", "notice-pl"),
        ("Polish", "es", "language-help", "notice-pl"),
        ("العربية", "en", "language-help", "notice-ar"),
        ("password", "en", "frequently-asked-questions", "i-forgot-my-username-or-password"),
        ("dentista", "es", "member-benefits", "dental"),
        ("perdí mi tarjeta", "es", "frequently-asked-questions", "i-lost-my-id-card-what-do-i-do"),
        ("vacunas", "es", "new-members", "3-book-your-first-checkup"),
        ("embarazo", "es", "health-and-wellness", "pregnancy"),
    ],
)
def test_what_people_ask_is_among_the_first_three(query: str, language: str, page: str, anchor: str) -> None:
    assert (page, anchor) in found(query, language)[:3]


@pytest.mark.parametrize(
    ("typed", "meant", "language"),
    [
        ("PREGUNTAS FRECUENTES", "preguntas frecuentes", "es"),
        ("telefono", "teléfono", "es"),
        ("ninos", "niños", "es"),
        ("dentst", "dentist", "en"),
        ("fruad", "fraud", "en"),
        ("apeal", "appeal", "en"),
        ("farmasia", "farmacia", "es"),
        ("18008599889", "1.800.859.9889", "en"),
        ("  appeal?! ", "appeal", "en"),
    ],
)
def test_accents_letter_case_and_one_wrong_letter_are_forgiven(typed: str, meant: str, language: str) -> None:
    assert found(typed, language)
    assert found(typed, language) == found(meant, language)


def test_a_word_that_is_there_is_not_taken_for_another() -> None:
    results = content.library().search("en").find("rides").results
    assert not [each for each in results if "[" not in shown(each.heading) + shown(each.passage)]
    assert "[sides]" not in " ".join(shown(each.passage).casefold() for each in results)


def test_the_beginning_of_a_word_finds_it() -> None:
    assert ("member-benefits", "transportation") in found("transp")


def test_the_words_found_are_shown_in_context() -> None:
    result = content.library().search("en").find("fillings").results[0]
    assert "[fillings]" in shown(result.passage)
    assert "cleanings" in shown(result.passage)
    assert len(shown(result.passage)) < 320


def test_a_long_section_is_shown_where_the_words_stand() -> None:
    text = f"{'filler ' * 80}the needle is here. {'filler ' * 80}"
    result = Index([Section("p", "P", "H", "h", text)]).find("needle").results[0]
    assert shown(result.passage).startswith("… filler")
    assert "the [needle] is here." in shown(result.passage)
    assert shown(result.passage).endswith("filler …")


def test_a_heading_says_more_than_a_mention() -> None:
    index = Index(
        [
            Section("a", "A", "Food", "x", "Here is something about rides."),
            Section("b", "B", "Rides", "y", "Here is something about food."),
        ]
    )
    assert [each.section.page for each in index.find("rides").results] == ["b", "a"]


def test_sections_with_all_the_words_come_first() -> None:
    index = Index([Section("a", "A", "Lost", "x", "Lost."), Section("b", "B", "Other", "y", "A lost card.")])
    wanted = index.find("lost card")
    assert [each.section.page for each in wanted.results] == ["b", "a"]
    assert not wanted.partly


def test_a_search_that_no_section_answers_whole_says_so() -> None:
    wanted = content.library().search("en").find("teeth xylophone")
    assert wanted.partly
    assert wanted.results


@pytest.mark.parametrize("query", ["", "   ", "?!", "\0", "_", "zzzzqq"])
def test_nothing_is_found_for_nothing(query: str) -> None:
    assert content.library().search("en").find(query).results == ()


@pytest.mark.parametrize(
    "query", ["x" * 10_000, "'; DROP TABLE--", "<b>ride</b>", "ride\0\u202e", "मदद", "%s {0}"]
)
def test_anything_can_be_typed(query: str) -> None:
    wanted = content.library().search("en").find(query)
    assert len(wanted.query) <= site_search.LONGEST
    assert wanted.query.isprintable()
    assert len(wanted.results) <= site_search.MOST_RESULTS


def test_only_words_of_questions_still_find_something() -> None:
    assert found("what can I do")


def test_each_result_leads_to_a_heading_of_its_page() -> None:
    for language in ("en", "es"):
        for page, anchor in found("HUSKY", language) + found("PCP", language):
            assert not anchor or f'id="{anchor}"' in content.read(page, language).body


def test_provider_guides_are_not_for_members() -> None:
    assert not [page for page, _ in found("report") if page.startswith("guide-provider")]
