"""Nothing is left behind where no linter looks: in templates a piece that is taken in and not used, in the style
sheets a class that no page has."""

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import nodes

from tools.check_repository import ROOT
from tools.check_templates import FOLDERS, environment

WEBAPP = ROOT / "webapp"


def _templates() -> dict[str, nodes.Template]:
    """Every template under the name by which the others call it."""
    read = environment().parse
    found = {}
    for folder in map(ROOT.joinpath, FOLDERS):
        base = folder if folder.name == "pages" else folder.parent
        for path in folder.rglob("*.html"):
            found[path.relative_to(base).as_posix()] = read(path.read_text(encoding="utf-8"))
    return found


def unused_imports(templates: dict[str, nodes.Template]) -> Iterator[str]:
    """'template: name' for each piece that neither the template uses, nor those that extend it or that it includes."""
    for name, template in templates.items():
        reached = list(_reached(name, templates))
        for piece in _imported(template):
            if not any(piece in _names(other) for other in reached):
                yield f"{name}: {piece}"


def _reached(name: str, templates: dict[str, nodes.Template]) -> Iterator[nodes.Template]:
    """The template and those that see its names."""
    yield templates[name]
    for include in templates[name].find_all(nodes.Include):
        if isinstance(include.template, nodes.Const):
            yield from _reached(include.template.value, templates)
    for child, other in templates.items():
        if any(parent.template == nodes.Const(name) for parent in other.find_all(nodes.Extends)):
            yield from _reached(child, templates)


def _imported(template: nodes.Template) -> Iterator[str]:
    for taken in template.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in taken.names)
    yield from (taken.target for taken in template.find_all(nodes.Import))


def _names(template: nodes.Template) -> set[str]:
    return {name.name for name in template.find_all(nodes.Name) if name.ctx == "load"}


def unused_classes(sheet: str, pages: str) -> list[str]:
    """The classes of a style sheet that stand nowhere in the text of pages, code and scripts."""
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet, flags=re.DOTALL)
    named = set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))
    return sorted(name for name in named if not re.search(rf"(?<![\w-]){name}(?![\w-])", pages))


def _text(folder: Path, *endings: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.name.endswith(endings)
    )


def test_no_template_takes_in_a_piece_that_it_does_not_use() -> None:
    assert list(unused_imports(_templates())) == []


def test_a_piece_that_is_not_used_is_found_and_one_that_a_child_uses_is_not() -> None:
    texts = {
        "form.html": "{% from 'p.html' import one, two, three %}{{ one() }}{% block more %}{% endblock %}",
        "page.html": "{% extends 'form.html' %}{% block more %}{{ two() }}{% endblock %}",
    }
    read = environment().parse
    assert list(unused_imports({name: read(text) for name, text in texts.items()})) == ["form.html: three"]


def test_no_style_sheet_has_a_class_that_no_page_has() -> None:
    pages = _text(WEBAPP, ".html", ".py", ".js")
    assert unused_classes(_text(WEBAPP / "static", "app.css", "office.css"), pages) == []


def test_a_class_that_no_page_has_is_found() -> None:
    assert unused_classes("/* .old */ .a .b-c:has(.d) { margin: .5em }", '<p class="a"><b class="d">') == [
        "b-c"
    ]
