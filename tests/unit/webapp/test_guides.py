"""The how-to guides: each file can be read, and its words say what its walk does. No browser is needed."""

import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from PIL import Image

from tests.e2e.harness.words import translated
from tests.harness import guide_rules
from tools import guide_table
from webapp import content
from webapp.config import Plan, read_plan
from webapp.guides import definition, demo_values, pictures
from webapp.guides.definition import Guide, GuideBroken
from webapp.guides.page import make

SLUGS = definition.slugs()
each_guide = pytest.mark.parametrize("slug", SLUGS)

SMALL = """
portal = "member"
device = "phone"
seed = "guide 000"
title = { en = "How to", es = "Cómo" }
intro = { en = "Follow these steps.", es = "Siga estos pasos." }

[[step]]
slug = "log-in"
seed = "000 p. 1"
heading = { en = "Log in", es = "Inicie sesión" }
words = { en = "Type your [[Username]]. Choose [[Next]].", es = "Escriba su [[Username]]. Elija [[Next]]." }
do = [{ fill = "Username", with = "{members.0.client_id}" }, { press = "Next" }]
see = [{ heading = "Secure Member Login" }]
"""


def small(tmp_path: Path, old: str = "", new: str = "") -> Guide:
    """The small guide with one thing changed."""
    assert old in SMALL
    (tmp_path / "small.toml").write_text(SMALL.replace(old, new, 1) if old else SMALL, encoding="utf-8")
    return definition.read("small", tmp_path)


@each_guide
def test_the_words_of_a_guide_name_what_its_steps_use_and_show(slug: str) -> None:
    assert guide_rules.faults(definition.read(slug)) == []


@each_guide
def test_every_step_is_walked_by_exactly_one_test(slug: str) -> None:
    walked = guide_rules.walks_of(slug)
    assert dict.fromkeys(walked, 1) == {step: len(tests) for step, tests in walked.items()}
    assert list(walked) == [step.slug for step in definition.read(slug).steps]


def test_every_guide_is_listed_for_its_portal() -> None:
    assert sorted(name for names in content.GUIDES.values() for name in names) == SLUGS
    for portal, names in content.GUIDES.items():
        assert {definition.read(name).portal for name in names} == {portal}


def test_a_walk_that_skips_a_step_or_walks_it_twice_would_be_found(tmp_path: Path) -> None:
    module = tmp_path / "test_small_guide.py"
    module.write_text(
        "def test_a(walk):\n    GUIDE.walk(walk, 'log-in')\n\ndef test_b(walk):\n    GUIDE.walk(walk, 'log-in')\n"
    )
    assert guide_rules.walks_of("small-guide", tmp_path) == {"log-in": ["test_a", "test_b"]}
    assert guide_rules.walks_of("other", tmp_path) == {}


def test_a_sound_guide_has_no_faults(tmp_path: Path) -> None:
    assert guide_rules.faults(small(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Choose [[Next]].", "Choose it.", "the languages name different labels: ['Next']"),
        ("Escriba su [[Username]]. ", "", "fill 'Username' is not in the words (es)"),
        ('press = "Next"', 'press = "Agree"', "name [[Next]], which the step neither uses nor shows"),
        ('press = "Next"', 'press = "Agree"', "press 'Agree' is not in the words (en, es)"),
        (
            '"Secure Member Login"',
            '"Secure Member Entrance"',
            "the catalogue has no 'Secure Member Entrance'",
        ),
        (
            "see = [{ heading",
            'also = ["Cancel"]\nsee = [{ heading',
            "'also' has 'Cancel', which the words do not",
        ),
        ("Follow these steps.", "Choose [[Next]].", "intro: labels belong to steps"),
    ],
)
def test_words_that_part_from_the_walk_are_found(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert any(fault in each for each in guide_rules.faults(small(tmp_path, old, new)))


def test_what_is_quiet_need_not_be_named(tmp_path: Path) -> None:
    guide = small(tmp_path, '{ press = "Next" }', '{ press = "Next" }, { press = "Agree", quiet = true }')
    assert guide_rules.faults(guide) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('device = "phone"', 'device = "watch"', "small.toml: 'device' is 'watch'"),
        ('seed = "guide 000"', 'colour = "red"', "small.toml: a guide knows no 'colour'"),
        (', es = "Cómo"', "", "small.toml: 'title' has no 'es'"),
        (', es = "Inicie sesión"', "", "small.toml, step log-in: 'heading' has no 'es'"),
        ('es = "Cómo"', 'es = "Cómo", fr = "Comment"', "title knows no 'fr'"),
        ('press = "Next"', 'poke = "Next"', "step log-in: {'poke': 'Next'} is no action"),
        ('press = "Next"', 'press = "Next", hard = true', "the values of 'Next' are \\['hard'\\]"),
        (', with = "{members.0.client_id}"', "", "fill 'Username' has no 'with'"),
        ("{members.0.client_id}", "{members.0.shoe_size}", "the demo has no {members.0.shoe_size}"),
        ("{members.0.client_id}", "{pets.0.name}", "the demo has no {pets.0.name}"),
        ('press = "Next"', 'press = "Step %(step)s"', "the values of 'Step %\\(step\\)s' are \\[\\]"),
        ('see = [{ heading = "Secure Member Login" }]', "", "nothing is seen"),
        ('heading = "Secure', 'smell = "Secure', "is nothing to see"),
        ('slug = "log-in"', 'slug = "Log in"', "the slug is not made of"),
        ('press = "Next"', 'press = "Next", within = "attic"', "'within' is 'attic', not one of"),
        ('{ press = "Next" }', '{ press = "Next" }, { picture = 7 }', "picture is 7"),
        ("[[step]]", "[[step", "small.toml: "),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_name(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(GuideBroken, match=complaint):
        small(tmp_path, old, new)


def test_a_guide_that_is_not_there_is_no_guide(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        definition.read("nowhere", tmp_path)


def test_a_page_cannot_name_a_label_that_its_step_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(GuideBroken, match=r"small.toml, step log-in: \[\[Agree\]\]"):
        make(small(tmp_path, "Choose [[Next]]", "Choose [[Agree]]"), "en", read_plan())


def test_a_page_shows_labels_as_the_portal_does(tmp_path: Path) -> None:
    page = make(small(tmp_path), "es", read_plan())
    assert "<strong>Siguiente</strong>" in page.body
    assert [(step.anchor, step.heading) for step in page.steps] == [("log-in", "Inicie sesión")]
    assert "Siguiente" in page.sections[-1].text


DEMO: dict[str, Any] = {
    "as_of": "2026-03-25",
    "members": [{"first_name": "Ana", "birth_date": "1990-03-05"}],
    "accounts": [
        {
            "username": "ana.b",
            "tins": ["061110001"],
            "security_answers": [{"question": "Pet?", "answer": "Luna"}],
        }
    ],
    "practices": [{"tin": "061110001", "name": "Elm"}],
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{members.0.first_name}", "Ana"),
        ("{members.0.birth_date:date}", "03/05/1990"),
        ("TIN {accounts.ana.b.tins.0}", "TIN 061110001"),
        ("{accounts.0.security_answers.0.answer}", "Luna"),
        ("{practices.061110001.name}", "Elm"),
        ("{as_of:date}", "03/25/2026"),
        ("plain", "plain"),
    ],
)
def test_values_of_the_demo_are_put_in(text: str, filled: str) -> None:
    assert demo_values.unknown(text) == ""
    assert demo_values.fill(text, DEMO) == filled


def test_somebody_whom_the_demo_does_not_have_is_named() -> None:
    with pytest.raises(LookupError, match="nobody"):
        demo_values.fill("{accounts.nobody.email}", DEMO)


LARGEST = {"phone": 32_000, "desktop": 45_000}  # bytes of a picture
LARGEST_PDF = 1_000_000
each_language = pytest.mark.parametrize("language", definition.LANGUAGES)


@each_language
@each_guide
def test_pictures_and_pdf_were_made_from_what_the_guide_says_now(slug: str, language: str) -> None:
    record = pictures.record(slug, language)
    now = pictures.digest(definition.read(slug), language, translated)
    assert record.get("walked") == record.get("printed") == now, "the guide has changed: run `make guides`"


def test_a_change_of_words_steps_or_labels_asks_for_new_pictures(tmp_path: Path) -> None:
    seen = {pictures.digest(small(tmp_path), "en", translated)}
    for number, (old, new) in enumerate(
        [
            ("Choose [[Next]].", "Press [[Next]]."),
            ('{ press = "Next" }', '{ press = "Agree" }'),
            ("{members.0.client_id}", "{members.1.client_id}"),
            ('"Secure Member Login"', '"HUSKY Health Home Page"'),
        ],
        start=1,
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        seen.add(pictures.digest(small(folder, old, new), "en", translated))
    seen.add(pictures.digest(small(tmp_path), "en", lambda text, *_: text.upper()))
    assert len(seen) == 6


@each_language
@each_guide
def test_every_step_has_a_picture_that_is_small_and_has_its_size(slug: str, language: str) -> None:
    guide = definition.read(slug)
    steps = tuple(step.slug for step in guide.steps)
    for step in steps:
        shown = pictures.of_step(slug, language, step, steps)
        assert shown, f"{step}: run `make guides`"
        for picture in shown:
            file = pictures.PICTURES / picture.file
            assert file.stat().st_size <= LARGEST[guide.device], picture.file
            with Image.open(file) as image:
                assert (image.format, image.size) == ("WEBP", (picture.width, picture.height))


@each_language
@each_guide
def test_a_pdf_is_small_tagged_and_says_its_title_and_language(slug: str, language: str) -> None:
    data = pictures.pdf_of(slug, language).read_bytes()
    assert len(data) <= LARGEST_PDF
    assert b"/StructTreeRoot" in data
    assert b"/Outlines" in data
    assert re.search(rb"/Lang \(%s\b" % language.encode(), data)
    assert b"/SMask" not in data  # no transparency


def test_no_file_is_left_of_a_guide_or_step_that_is_gone() -> None:
    listed = {
        pictures.PICTURES / picture.file
        for slug in SLUGS
        for language in definition.LANGUAGES
        for picture in pictures.pictures(slug, language).values()
    }
    assert set(pictures.PICTURES.rglob("*.webp")) == listed
    assert {path.stem for path in pictures.PDF.rglob("*.pdf")} == set(SLUGS)


def test_a_pdf_with_another_plans_numbers_is_not_offered() -> None:
    plan = read_plan()
    other = Plan(
        MappingProxyType({**plan.sections, "registration": {**plan["registration"], "run_minutes": 99}})
    )
    guide = definition.read("member-registration")
    for shown, offered in ((plan, True), (other, False)):
        values = make(guide, "en", shown).values
        assert bool(pictures.pdf(guide.slug, "en", values)) is offered


def test_every_heading_of_the_seed_documents_is_taught_by_a_step() -> None:
    assert list(guide_table.faults(guide_table.headings(), guide_table.taught())) == []


def test_a_heading_that_nobody_teaches_and_a_page_that_is_not_there_would_be_found() -> None:
    rows, steps = guide_table.headings(), guide_table.taught()
    lost = guide_table.Heading("000", 99, "How to fly", "Fly")
    assert "no guide step has the seed '000 Fly': page 99, How to fly" in guide_table.faults(
        [*rows, lost], steps
    )
    unknown = [row for row in rows if row.document != "000"]
    assert any("'000 STEP 2 OF 4: VALIDATION' names" in fault for fault in guide_table.faults(unknown, steps))


def test_the_table_in_the_documents_is_the_one_of_the_definitions() -> None:
    assert guide_table.written() == guide_table.table(), "run `python -m tools.guide_table`"
