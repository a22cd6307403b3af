"""The Spanish catalogue speaks with one voice: the plan's own terms, usted, and Spanish times and punctuation.

That every text is translated, with its placeholders and markup, is what tools/check_translations.py checks.
"""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from tools.check_translations import PLACEHOLDER, TRANSLATIONS
from webapp import content

#: What a label or a button says, to the letter.
TERMS = {
    "Agree": "Acepto",
    "Disagree": "No acepto",
    "Next": "Siguiente",
    "Previous": "Anterior",
    "Cancel": "Cancelar",
    "Finish": "Finalizar",
    "Login": "Iniciar sesión",
    "LOGOUT": "CERRAR SESIÓN",
    "PROFILE": "PERFIL",
    "Username": "Nombre de usuario",
    "Password": "Contraseña",
    "First Name": "Nombre",
    "Last Name": "Apellido",
    "Date of Birth": "Fecha de nacimiento",
    "Client ID Number": "Número de identificación del cliente",
    "Eligibility": "Elegibilidad",
    "Eligibility not found": "No se encontró la elegibilidad",
    "Effective Date": "Fecha de inicio",
    "Termination Date": "Fecha de terminación",
    "Renew by": "Renueve antes del",
    "Find a Doctor": "Buscar un médico",
    "My HUSKY Account Information": "Información de mi cuenta HUSKY",
    "Update My Personal Information": "Actualizar mi información personal",
    "Forgot your username or password?": "¿Olvidó su nombre de usuario o contraseña?",
    "STEP %(number)s OF %(count)s: %(name)s": "PASO %(number)s DE %(count)s: %(name)s",
    "LICENSE AGREEMENT": "ACUERDO DE LICENCIA",
    "VALIDATION": "VALIDACIÓN",
    "ACCOUNT INFORMATION": "INFORMACIÓN DE LA CUENTA",
    "VERIFY": "VERIFICAR",
    "Due": "Pendiente",
    "Practice": "Consultorio",
    "Tax ID Number (TIN)": "Número de identificación fiscal (TIN)",
    "Reports/Data": "Informes/Datos",
    "Report Type": "Tipo de informe",
    "Show": "Mostrar",
    "ALERT!": "¡ALERTA!",
    "Web Support": "Soporte web",
    "Due only": "Solo pendientes",
    "ICM Status": "Estado de ICM",
    "Report Help Guide": "Guía de ayuda del informe",
    "Download CSV": "Descargar CSV",
    "Print": "Imprimir",
    "Patient Panel Report": "Informe del panel de pacientes",
    "Adult Diabetes Screening Tests": "Pruebas de control de la diabetes en adultos",
}

#: Wherever the English says the one, the Spanish says the other (both patterns), whatever stands around it.
WORDS = {
    r"client id number": "número de identificación del cliente",
    r"id card": "tarjeta de identificación",
    r"tax ids?\b": "identificación fiscal",
    r"(?<!General )practices?\b": "consultorio",  # General Practice is what a doctor does
    r"household": "hogar",
    r"provider": "proveedor",
    r"primary care provider": "atención primaria",
    r"username": "nombre de usuario",
    r"password": "contraseña",
    r"behavioral health": "salud mental y conductual",
    r"substance abuse": "abuso de sustancias",
    r"retinal eye exam": "examen de la retina",
    r"well-care visit": "consultas? de control",
    r"emergency department": "sala de emergencias",
    r"verification code": "código de verificación",
    r"security question": "pregunta",
    r"member engagement services": "servicios de atención a miembros",
    r"technical support services": "servicios de soporte técnico",
    r"web support": "soporte web",
    r"\bgaps? in care": "atención pendiente",
    r"\bclaims?\b": "reclamo",
    r"\bfacility\b": "centro médico",
    r"\bwithheld\b": "reservad[oa]",
    r"\battribut(ed|ion)\b": "asigna",
    r"\badmissions?\b": "admisi|hospitalizaci",
}

FAMILIAR = re.compile(r"\b(tú|tu|tus|te|ti|contigo|vosotros|vosotras|os|vuestr[oa]s?)\b", re.IGNORECASE)
#: What is said to the reader, or of a child, so that it fits a man alone.
FOR_A_MAN = re.compile(
    r"\b(enfermo|bienvenido|cansado|preocupado|satisfecho|inscrito|usted mismo)\b", re.IGNORECASE
)
BLAMING = re.compile(r"inválid|erróne|\bincorrect|por favor, tenga en cuenta", re.IGNORECASE)
ENGLISH_TIME = re.compile(r"[ap]\.m\.|\d [ap]\.|[ap]\. m\.|\b[AP]M\b")
SPANISH_TIME = re.compile("\\d{1,2}:\\d{2}\N{NO-BREAK SPACE}[ap]\\.\N{NO-BREAK SPACE}m\\.")


def _entries() -> Iterator[tuple[str, str]]:
    with (TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as lines:
        for message in read_po(lines, locale="es"):
            if isinstance(message.id, tuple):
                yield from zip(message.id, message.string, strict=True)
            elif message.id and not message.context:  # the same words of something else are another text
                yield message.id, str(message.string)


ENTRIES = dict(_entries())


def those(is_wrong: Iterator[tuple[str, str]]) -> str:
    """What is wrong, a line each, so that a failure names every text at once."""
    return "\n".join(f"{english!r}: {spanish!r}" for english, spanish in is_wrong)


@pytest.mark.parametrize("english", TERMS)
def test_a_label_says_what_the_guides_and_the_pages_say(english: str) -> None:
    assert ENTRIES[english] == TERMS[english]


@pytest.mark.parametrize("name", content.PAGES)
def test_the_name_of_a_page_in_the_menus_is_its_title(name: str) -> None:
    assert ENTRIES[content.PAGES[name]] == content.read(name, "es").title


@pytest.mark.parametrize("english", WORDS)
def test_a_thing_has_one_name(english: str) -> None:
    says = re.compile(english, re.IGNORECASE)
    assert not those(
        (text, spanish)
        for text, spanish in ENTRIES.items()
        if says.search(PLACEHOLDER.sub("", text)) and not re.search(WORDS[english], spanish.casefold())
    )


def test_people_are_addressed_as_usted() -> None:
    assert not those((text, spanish) for text, spanish in ENTRIES.items() if FAMILIAR.search(spanish))


def test_nobody_is_taken_for_a_man() -> None:
    pages = {name: str(content.read(name, "es").body) for name in content.PAGES}
    assert not those((text, es) for text, es in [*ENTRIES.items(), *pages.items()] if FOR_A_MAN.search(es))


def test_nobody_is_blamed() -> None:
    assert not those((text, spanish) for text, spanish in ENTRIES.items() if BLAMING.search(spanish))


def test_questions_and_exclamations_open_as_they_close() -> None:
    # A mark after a space stands for itself, as in the list of signs that a password may have.
    assert not those(
        (text, spanish)
        for text, spanish in ENTRIES.items()
        if spanish.count("¿") != len(re.findall(r"(?<=\S)\?", spanish))
        or spanish.count("¡") != len(re.findall(r"(?<=\S)!", spanish))
    )


def test_a_sentence_ends_as_one() -> None:
    assert not those(
        (text, spanish)
        for text, spanish in ENTRIES.items()
        if (text.rstrip().endswith(".") and not spanish.rstrip().endswith("."))
        or (text.endswith(":") != spanish.endswith(":"))
        or (text.endswith("?") != spanish.endswith("?"))
    )


def test_clock_times_are_written_the_spanish_way_and_never_broken() -> None:
    assert not those((text, spanish) for text, spanish in ENTRIES.items() if ENGLISH_TIME.search(spanish))
    assert not those(
        (text, spanish)
        for text, spanish in ENTRIES.items()
        if len(re.findall(r"\d [ap]\.m\.", text)) != len(SPANISH_TIME.findall(spanish))
    )


def test_no_number_is_lost_or_changed() -> None:
    def numbers(text: str) -> Counter[int]:  # "Ages 04-17" are "de 4 a 17 años"
        return Counter(int(digits) for digits in re.findall(r"\d+", PLACEHOLDER.sub("", text)))

    assert not those(
        (text, spanish) for text, spanish in ENTRIES.items() if numbers(text) != numbers(spanish)
    )


def test_a_name_in_capitals_stays_in_capitals() -> None:
    assert not those(
        (text, spanish)
        for text, spanish in ENTRIES.items()
        if PLACEHOLDER.sub("", text).isupper() != PLACEHOLDER.sub("", spanish).isupper()
    )


def test_quotation_marks_are_of_one_kind_with_the_english() -> None:
    assert not those(
        (text, spanish)
        for text, spanish in ENTRIES.items()
        if any(text.count(mark) != spanish.count(mark) for mark in '"“”')
    )
