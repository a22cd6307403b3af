"""The notice of language assistance: in the fifteen languages the plan lists, each marked as what it is."""

import tomllib

import pytest
from babel import Locale

from tests.unit.webapp.test_content import other_plan
from webapp import content

CODES = ("es", "pt", "pl", "zh-Hant", "it", "fr", "ht", "ru", "vi", "ar", "ko", "sq", "hi", "tl", "el")
WRITTEN = tomllib.loads(content.NOTICES.read_text(encoding="utf-8"))
NOTICES = {notice.code: notice for notice in content.library().notices()}
#: Letters that a text in the language has and the others do not.
SCRIPTS = {
    "zh-Hant": "語",
    "ru": "ы",
    "ar": "ة",
    "ko": "한",
    "hi": "है",
    "el": "ω",
    "vi": "ữ",
    "pl": "ż",
    "ht": "ò",
}


def test_the_plan_lists_fifteen_languages_in_its_order() -> None:
    assert tuple(NOTICES) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_notice_says_its_language_and_whom_to_call(code: str) -> None:
    notice = NOTICES[code]
    assert Locale.parse(code, sep="-").get_language_name("en") in (
        notice.english,
        "Haitian Creole",
        "Filipino",
    )
    telephones = content.library().plan["telephones"]
    for service in ("member_engagement", "relay"):
        assert f'<a href="tel:{telephones[service]}">{telephones[service]}</a>' in notice.text
    assert "{" not in notice.text
    assert SCRIPTS.get(code, "") in notice.text


def test_only_arabic_is_written_from_right_to_left() -> None:
    assert [code for code in CODES if NOTICES[code].direction == "rtl"] == ["ar"]


def test_no_two_notices_are_the_same_text() -> None:
    assert len({notice.text for notice in NOTICES.values()}) == len(CODES)


@pytest.mark.parametrize("code", WRITTEN)
def test_a_notice_says_whether_a_translator_read_it(code: str) -> None:
    assert set(WRITTEN[code]) == {"name", "english", "reviewed", "text"}


def test_a_plan_may_list_fewer_languages() -> None:
    library = content.Library(other_plan(language_help={"notices": ["ar", "pl"]}))
    assert [notice.code for notice in library.notices()] == ["ar", "pl"]


def test_a_language_without_a_notice_stops_the_start() -> None:
    library = content.Library(other_plan(language_help={"notices": ["pl", "xx"]}))
    with pytest.raises(content.ContentBroken, match="no notice for 'xx'"):
        library.notices()
