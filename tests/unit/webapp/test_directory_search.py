"""The search of the provider directory: by name, place and what an office offers."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.harness.directory_rows import HARTFORD, NEW_HAVEN, PLAN, index, list_providers
from tests.harness.plan_rows import add_provider
from tests.unit.webapp.feed_files import load, provider, write
from webapp.domain.find_a_doctor import directory_index, directory_places, directory_search
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.find_a_doctor.directory_index import Choice, Cut, Listing, Posting, Word
from webapp.domain.find_a_doctor.directory_places import UnknownPlace
from webapp.domain.find_a_doctor.directory_search import Asked, Page

pytestmark = pytest.mark.usefixtures("database")


def search(number: int = 1, per_page: int = 20, **asked: Any) -> Page:
    return directory_search.search(Asked(**asked), number, per_page, PLAN)


def names(number: int = 1, **asked: Any) -> list[str]:
    return [row.provider.last_name for row in search(number, **asked).rows]


@pytest.fixture
def four(database: Any) -> None:
    list_providers(
        {"last_name": "Rivera", "first_name": "José", "languages": "English, Spanish"},
        {"last_name": "Rivers", "first_name": "Ann", "specialty": "Cardiology", "pcp": False},
        {"last_name": "De la Cruz", "first_name": "María", "specialty": "General Dentistry", "kind": "dental",
         "pcp": False, "accepting_new_patients": False},
        {"last_name": "O'Brien", "first_name": "Sean", "latitude": NEW_HAVEN[0], "longitude": NEW_HAVEN[1],
         "city": "New Haven", "zip": "06511", "pcmh": True, "accepting_new_patients": None},
    )  # fmt: skip


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rivera", ["Rivera"]),
        ("RIVER", ["Rivera", "Rivers"]),
        ("jose rivera", ["Rivera"]),
        ("rivera jose", ["Rivera"]),
        ("maria de la cruz", ["De la Cruz"]),
        ("delacruz", ["De la Cruz"]),
        ("obrien", ["O'Brien"]),
        ("o brien", ["O'Brien"]),
        ("o’brien", ["O'Brien"]),
        ("heart", ["Rivers"]),
        ("corazón", ["Rivers"]),
        ("dentista", ["De la Cruz"]),
        ("nobody", []),
        ("rivera smith", []),
        ("中村", []),
    ],
)
def test_a_word_finds_names_practices_and_plain_words_of_specialties(typed: str, found: list[str]) -> None:
    assert names(text=typed) == found


@pytest.mark.usefixtures("four")
def test_one_wrong_letter_is_forgiven_where_nobody_is_called_so() -> None:
    page = search(text="riveera")
    assert [row.provider.last_name for row in page.rows] == ["Rivera"]
    assert page.spelled_alike


@pytest.mark.usefixtures("four")
def test_what_is_typed_rightly_is_not_watered_down_unless_asked() -> None:
    page = search(text="rivera")
    assert page.may_be_alike
    assert not page.spelled_alike
    assert names(text="rivera", alike=True) == ["Rivera", "Rivers"]


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "dental"}, ["De la Cruz"]),
        ({"specialty": "cardiology"}, ["Rivers"]),
        ({"language": "SPANISH"}, ["Rivera"]),
        ({"accepting": True}, ["Rivera", "Rivers"]),
        ({"pcmh": True}, ["O'Brien"]),
        ({"pcp": True}, ["O'Brien", "Rivera"]),
        ({"near": "Hartford", "miles": 5}, ["De la Cruz", "Rivera", "Rivers"]),
        ({"near": "06511", "miles": 5}, ["O'Brien"]),
        ({"near": "new haven, ct", "miles": 50, "pcp": True}, ["O'Brien", "Rivera"]),
    ],
)
def test_each_choice_narrows_the_search(asked: dict[str, Any], found: list[str]) -> None:
    assert names(**asked) == found


@pytest.mark.usefixtures("four")
def test_results_near_a_place_come_by_distance_in_miles() -> None:
    page = search(near="New Haven", miles=50)
    miles = [row.miles for row in page.rows]
    assert page.total == 4
    assert miles == sorted(m for m in miles if m is not None)
    assert miles[-1] == pytest.approx(33.5, abs=0.1), "Hartford, as a map has it"


@pytest.mark.usefixtures("four")
def test_where_nobody_is_near_the_nearest_is_told() -> None:
    page = search(near="Hartford", miles=5, pcmh=True)
    assert page.total == 0
    assert page.nearest_miles == pytest.approx(33.5, abs=0.5)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("typed", ["Hartfrod", "hartfort", "Hartford, Connecticut", "HARTFORD CT"])
def test_a_town_is_known_with_one_wrong_letter_or_its_state(typed: str) -> None:
    assert search(near=typed, miles=5).total == 3


@pytest.mark.usefixtures("four")
def test_directions_and_saints_may_be_short() -> None:
    assert directory_places.find("W. Hartford", PLAN).place.name == "West Hartford"


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("typed", "near"),
    [("Hart", "Hartford"), ("Harford City", "Hartford"), ("06591", "06511"), ("Zzyzx", None)],
)
def test_an_unknown_place_is_told_with_those_spelled_nearly_so(typed: str, near: str | None) -> None:
    with pytest.raises(UnknownPlace) as fault:
        search(near=typed, miles=5)
    assert (near in [place.name for place in fault.value.near]) if near else fault.value.near == []


def test_a_town_of_two_states_means_the_plans_own() -> None:
    list_providers(
        {"city": "Salem", "state": "CT", "zip": "06420", "latitude": 41.49, "longitude": -72.27},
        {"city": "Salem", "state": "MA", "zip": "01970", "latitude": 42.52, "longitude": -70.9},
        {"city": "Salem", "state": "MA", "zip": "01970", "latitude": 42.52, "longitude": -70.9},
    )
    assert search(near="Salem", miles=5).total == 1


def test_one_wrong_position_does_not_move_a_town() -> None:
    away = [{"latitude": 30.0, "longitude": -90.0}, {"latitude": 0.0, "longitude": 0.0}]
    list_providers(*[{}] * 5, *away)
    assert search(near="Hartford", miles=1).total == 6  # the one at zero lies where its ZIP code lies


def test_a_provider_under_two_tax_numbers_at_one_address_is_listed_once() -> None:
    same = {"npi": "2000000001", "address_line_1": "1 Elm Street"}
    list_providers(
        {**same, "received_on": date(2025, 1, 1), "practice_name": "Older"},
        {**same, "received_on": date(2026, 1, 1), "practice_name": "Newer", "address_line_1": "1 ELM STREET"},
        {**same, "address_line_1": "9 Oak Street"},
    )
    page = search()
    assert page.total == 2
    assert sorted(row.provider.practice_name for row in page.rows) == ["Elm Street Family Practice", "Newer"]
    assert search(text="older").total == 1  # found by either practice's name


def test_a_clinic_with_several_npis_at_one_address_is_listed_once_and_comes_back_when_one_moves() -> None:
    clinic = {"first_name": "", "last_name": "", "credential": "", "practice_name": "Oak Health Center"}
    list_providers(
        *[{**clinic, "address_line_1": "21 Grand St", "zip": zip_code} for zip_code in ("06106", "06114")]
    )
    assert search().total == 1
    Provider.update(address_line_1="9 Oak Street").where(Provider.zip == "06106").execute()
    index()
    assert search(text="oak").total == 2


@pytest.mark.parametrize("near", ["", "Hartford"])
def test_pages_lose_and_repeat_nobody(near: str) -> None:
    chance = random.Random(7)
    rows = []
    for number in range(137):  # many at the same place with the same name
        away = chance.choice([0.0, 0.01, 0.01, 0.05, chance.random() / 4])
        rows.append(
            {"last_name": chance.choice(["Diaz", "Lee", "Ortiz"]), "first_name": "Ana",
             "latitude": HARTFORD[0] + away, "address_line_1": f"{number} Elm Street"}
        )  # fmt: skip
    list_providers(*rows)
    for asked in ({}, {"text": "diaz"}, {"kind": "medical", "accepting": True}):
        whole = search(per_page=1000, near=near, miles=50, **asked)
        for per_page in (1, 7, 20, 137):
            pages = range(1, whole.pages + 1 + whole.total // per_page)
            seen = [
                row.listing.id
                for number in pages[: -(-whole.total // per_page)]
                for row in search(number, per_page, near=near, miles=50, **asked).rows
            ]
            assert seen == [row.listing.id for row in whole.rows]


def test_a_number_beyond_the_last_page_gives_the_last() -> None:
    list_providers(*[{}] * 5)
    assert search(99, 2).number == 3


def test_loading_providers_keeps_the_search_right(tmp_path: Path) -> None:
    at = {"city": "Hartford", "zip": "06106", "latitude": "41.76", "longitude": "-72.68", "state": "CT"}
    one = provider(last_name="Núñez", first_name="Ana", specialty="Cardiology", address_line_1="1 Elm", **at)
    two = provider(
        npi="1000000012", last_name="Lee", first_name="Bo", specialty="", address_line_1="2 Elm", **at
    )
    write(tmp_path, "provider", one, two)
    load(tmp_path)
    assert names(text="nunez") == ["Núñez"]
    assert names(near="06106", miles=5) == ["Lee", "Núñez"]
    write(tmp_path, "provider", one | {"last_name": "Vega"}, two)
    load(tmp_path)
    assert names(text="nunez") == []
    assert names(text="vega") == ["Vega"]
    assert Word.get_or_none(Word.word == "NUNEZ") is None
    assert Cut.select().where(Cut.word == "NUNEZ").count() == 0
    assert Posting.select().where(Posting.listing.not_in(Listing.select(Listing.id))).count() == 0
    assert {choice.value for choice in Choice.select().where(Choice.axis == "specialty")} == {"cardiology"}


def test_providers_of_a_portal_that_had_no_search_are_listed_when_it_is_brought_up_to_date() -> None:
    add_provider(last_name="Vega")
    assert names(text="vega") == []
    assert directory_index.complete(PLAN)
    assert names(text="vega") == ["Vega"]
    assert not directory_index.complete(PLAN)


def test_what_cannot_be_printed_or_matched_finds_nobody_and_breaks_nothing() -> None:
    list_providers({})
    for typed in ("%", "_", "'; DROP TABLE provider; --", "<script>", "a" * 10_000, "\u202e"):
        assert search(text=typed).total in (0, 1)
    assert Provider.select().count() == 1
    index()
