"""Each rule about the catalogues can fail."""

from typing import Any

import pytest
from babel.messages.catalog import Catalog

from tools.check_translations import extract, faults


def catalogue(**entries: Any) -> Catalog:
    made = Catalog("es")
    for text, string in entries.items():
        made.add(text, string)
    return made


def found(source: Catalog, translated: Catalog, same: tuple[str, ...] = ()) -> str:
    return "\n".join(faults(source, translated, same))


def test_a_whole_catalogue_has_no_faults() -> None:
    source = catalogue(Next="", PIN="")
    source.add(("%(n)s member", "%(n)s members"))
    translated = catalogue(Next="Siguiente", PIN="PIN")
    translated.add(("%(n)s member", "%(n)s members"), ("un miembro", "%(n)s miembros"))
    assert found(source, translated, ("PIN",)) == ""


@pytest.mark.parametrize(
    ("english", "spanish", "complaint"),
    [
        ("Next", "", "missing: 'Next'"),
        (("One", "Many"), ("Uno", ""), "missing: 'One'"),
        ("Next", "Next", "same as in English: 'Next'"),
        ("Hello %(name)s", "Hola", "placeholders differ"),
        ("Hello %(name)s", "Hola %(nombre)s", "placeholders differ"),
        ("Hello {name}", "Hola {nombre}", "placeholders differ"),
        ('Read <a href="/x">this</a>', "Lea esto", "markup differ"),
        ("Read&nbsp;this", "Lea esto", "markup differ"),
        ("Total: ", "Total:", "space around differs"),
        (("%(n)s day", "%(n)s days"), ("un día", "%(m)s días"), "placeholders differ"),
    ],
)
def test_a_wrong_translation_is_found(english: Any, spanish: Any, complaint: str) -> None:
    source, translated = Catalog("es"), Catalog("es")
    source.add(english)
    translated.add(english, spanish)
    assert complaint in found(source, translated)


def test_a_text_that_the_catalogue_lacks_is_found() -> None:
    assert "missing: 'Next'" in found(catalogue(Next=""), catalogue())


def test_a_fuzzy_entry_is_found() -> None:
    translated = catalogue()
    translated.add("Next", "Siguiente", flags={"fuzzy"})
    assert "fuzzy: 'Next'" in found(catalogue(Next=""), translated)


def test_an_unused_entry_is_found() -> None:
    assert "unused: 'Gone'" in found(catalogue(), catalogue(Gone="Ido"))


def test_an_obsolete_entry_is_found() -> None:
    translated = catalogue()
    translated.obsolete["Gone"] = catalogue(Gone="Ido")["Gone"]
    assert "obsolete" in found(catalogue(), translated)


def test_a_stale_line_of_the_list_of_equal_texts_is_found() -> None:
    assert "stale line" in found(catalogue(Next=""), catalogue(Next="Siguiente"), ("Next",))


@pytest.mark.long
def test_the_source_is_read() -> None:
    source = extract()
    assert len(source) > 100
    assert source.get("Next") is not None
