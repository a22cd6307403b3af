"""Templates compiled for each language."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader

TEXTS = {
    "page.html": "{% extends 'frame.html' %}{% from 'piece.html' import piece %}"
    "{% block said %}{{ piece('<2>') }}{% endblock %}",
    "frame.html": "<p title=\"{{ _('Due') }}\">{% block said %}{% endblock %}</p>",
    "piece.html": "{% macro piece(count) %}{% set name = 'Practice' %}{{ _('%(total)s rows', total=count) }}, "
    "{{ pgettext('of one person', 'Member Information') }}, {{ _(name) }}{% endmacro %}",
}
ENGLISH = '<p title="Due">&lt;2&gt; rows, Member Information, Practice</p>'
SPANISH = '<p title="Pendiente">Filas: &lt;2&gt;, Información del miembro, Consultorio</p>'


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application whose only templates are TEXTS."""
    made = make_app()
    made.jinja_env.loader = DictLoader(TEXTS)
    return made


def _shown(app: Flask, language: str) -> str:
    with app.test_request_context(f"/?lang={language}"):
        return render_template("page.html")


def test_a_page_is_in_the_language_of_its_request_whichever_came_before(app: Flask) -> None:
    assert [_shown(app, language) for language in ("en", "es", "en")] == [ENGLISH, SPANISH, ENGLISH]


def test_a_text_without_values_is_looked_up_when_its_template_is_compiled_and_no_more(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setitem(app.jinja_env.globals, "_", lambda text, **_: asked.append(text) or text)
    _shown(app, "en")
    assert asked == ["%(total)s rows", "Practice"]  # what is put in, or which text it is, is known only then
