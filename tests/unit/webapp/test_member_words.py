"""What members read on screens is as plain as the content pages: grade 6, and its like in Spanish, screen by screen.

The guides' own labels (long words that nobody may change) are left out of the reckoning.
"""

import re
from collections import defaultdict
from functools import cache

import pytest
from babel.messages.pofile import read_po

from tests.harness import reading
from tools.check_translations import TRANSLATIONS, extract

#: Where the texts of members' screens stand; the rest is read by offices and by support.
MEMBERS = re.compile(
    r"webapp/(partials|pages|blueprints)/(member|public)/|webapp/partials/(recovery|profile|messages)/"
    r"|webapp/web/(wizard|login|recovery|session_end|profile)|webapp/domain/(member/(care|coverage|survey)|account/recovery)"
)
NOT_FOR_MEMBERS = ("providers_home", "office_question", "mailbox", "second_factor")
#: How whole sentences of the guides begin, which are used to the letter.
OF_THE_GUIDES = (
    "For the deaf or hard of hearing",
    "HUSKY Health members can find any type of provider",
    "Forgot your password? We'll send an identification code",
    "We'll send you an Identification Code",
)
#: Fewer words say nothing about how hard a screen is.
ENOUGH = 40
LABELS = {
    "en": (
        "Member Engagement Services",
        "Technical Support Services",
        "Update My Personal Information",
        "My HUSKY Account Information",
        "HUSKY Health Program",
        "Client ID Number",
        "Primary Care Provider",
        "behavioral health",
        "email address",
        "security questions?",
        "eligibility",
        "username",
        "password",
        "Connecticut",
    ),
    "es": (
        "Servicios de Atención a Miembros",
        "Servicios de Soporte Técnico",
        "Actualizar mi información personal",
        "Información de mi cuenta HUSKY",
        "Número de identificación del cliente",
        "tarjeta de identificación",
        "proveedor de atención primaria",
        "salud mental y conductual",
        "código de verificación",
        "preguntas? de seguridad",
        "nombre de usuario",
        "correo electrónico",
        "contraseñas?",
        "elegibilidad",
        "consultorios?",
        "Connecticut",
    ),
}


@cache
def spanish() -> dict[str, str]:
    """English text to Spanish, of what is translated."""
    with (TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as lines:
        return {_first(each.id): _first(each.string) for each in read_po(lines, locale="es") if each.string}


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


@cache
def screens() -> dict[str, list[str]]:
    """The English texts of whole sentences, by the file they stand in."""
    found = defaultdict(list)
    for message in extract():
        for path, _line in message.locations:
            if MEMBERS.search(path) and not any(name in path for name in NOT_FOR_MEMBERS):
                found[path].append(_first(message.id))
    return {
        path: [text for text in texts if len(text.split()) > 4 and not text.startswith(OF_THE_GUIDES)]
        for path, texts in found.items()
    }


def prose(texts: list[str], language: str) -> str:
    """Texts of a screen as one text of sentences, without labels, markup and placeholders."""
    joined = []
    for text in texts:
        plain = re.sub(r"<[^>]+>|%\(\w+\)s", "", text).strip()
        for label in LABELS[language]:
            plain = re.sub(rf"\b{label}\b", "it", plain, flags=re.IGNORECASE)
        joined.append(plain if plain[-1:] in ".?!" else f"{plain.rstrip(':')}.")
    return " ".join(joined)


def hard_screens(language: str) -> dict[str, str]:
    """The files whose texts are too hard, and why."""
    found = {}
    for path, texts in screens().items():
        if language == "es":
            texts = [spanish()[text] for text in texts if text in spanish()]
        text = prose(texts, language)
        if len(text.split()) >= ENOUGH and (why := reading.too_hard(text, language)):
            found[path] = why
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_members_screen_is_easy_to_read(language: str) -> None:
    assert hard_screens(language) == {}


def test_the_screens_are_found() -> None:
    long_ones = [path for path, texts in screens().items() if len(prose(texts, "en").split()) >= ENOUGH]
    assert len(long_ones) >= 8


def test_a_hard_screen_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = "Beneficiaries must substantiate continuing programmatic participation requirements annually." * 5
    monkeypatch.setitem(screens(), "webapp/partials/member/hard.html", [hard] * 6)
    assert "webapp/partials/member/hard.html" in hard_screens("en")
