"""The words for codes: they ship, cover the lists, and a plan can put its own in their place."""

import csv
from pathlib import Path

from reports.codes import of, read_codes
from reports.events.sources import TEXTS
from reports.events.texts import diagnosis_texts, emergencies, revenue_texts
from tools.icd_texts import TARGET, packed


def test_a_diagnosis_has_the_text_of_its_code_or_of_the_nearest_above_it() -> None:
    texts = diagnosis_texts(["I10", "S060X0A", "U071", "E119", "E119ZZ", "QQQ"])
    assert texts == {
        "I10": "Essential (primary) hypertension",
        "S060X0A": "Concussion without loss of consciousness, initial encounter",
        "U071": "COVID-19",
        "E119": "Type 2 diabetes mellitus without complications",
        "E119ZZ": "Type 2 diabetes mellitus without complications",
    }


def test_every_room_and_board_code_has_words_of_our_own() -> None:
    words = revenue_texts()
    rooms = {code.code for code in of(read_codes(), ["inpatient_room_board"], ["REVENUE"])}
    assert rooms <= set(words)
    assert len({words[code] for code in rooms}) == len(rooms)


def test_the_longest_entry_about_an_emergency_counts() -> None:
    kinds = emergencies(["E1010", "E119", "J45901", "J45909", "S82001A", "S82001D", "F329", ""])
    assert kinds == {
        "E1010": "Emergent",
        "E119": "Non-emergent",
        "J45901": "Emergent",
        "J45909": "Non-emergent",
        "S82001A": "Emergent",
    }


def test_the_starter_list_speaks_of_codes_that_exist_and_says_that_it_is_to_be_reviewed() -> None:
    with (TEXTS / "ed-emergent.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = [row["code"].replace(".", "") for row in rows]
    assert len(set(codes)) == len(codes)
    assert {row["kind"] for row in rows} == {"Emergent", "Non-emergent"}
    assert all("reviewed by the plan" in row["source"] for row in rows)
    assert len(diagnosis_texts(codes)) == len(codes)


def test_a_plan_puts_its_own_lists_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "revenue.csv").write_text("code,text\n121,Semi-private\n")
    (tmp_path / "ed-emergent.csv").write_text("code,kind\nj06.9,Emergent\n")
    assert revenue_texts(tmp_path) == {"0121": "Semi-private"}
    assert emergencies(["J069", "I219"], tmp_path) == {"J069": "Emergent"}
    assert diagnosis_texts(["I10"], tmp_path) == {"I10": "Essential (primary) hypertension"}


def test_the_diagnosis_list_is_packed_alike_from_the_same_rows() -> None:
    rows = [("I10", "Essential (primary) hypertension"), ("A00", "Cholera")]
    assert packed(rows) == packed(reversed(rows))
    assert TARGET.is_file()
