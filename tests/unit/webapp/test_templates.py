"""Templates compiled for each language."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader, Environment
from markupsafe import Markup

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
    assert asked == ["%(total)s rows"]  # what is put in is known only then


def test_a_text_that_is_not_written_in_the_template_is_escaped(app: Flask) -> None:
    app.jinja_env.loader = DictLoader({"page.html": "{{ _(name) }}, {{ _('%(total)s rows', total=name) }}"})
    with app.test_request_context("/"):
        assert render_template("page.html", name="<b>5%") == "&lt;b&gt;5%, &lt;b&gt;5% rows"
        assert render_template("page.html", name=Markup("<b>5%")) == "<b>5%, <b>5% rows"


class _Text(str):
    __slots__ = ()  # a text, and yet not quite


class _Own:
    def __repr__(self) -> str:
        return "its own markup"

    def __html__(self) -> str:
        return "<b>own</b>"


PRINTED = (
    "{{ it }}|{{ it ~ '<' }}|{{ it|safe }}|{{ it|e }}|{{ [it]|join('&') }}|{{ 'x' if it else '\"' }}"
    "{% macro twice(x) %}<i>{{ x }}{{ caller(x) }}</i>{% endmacro %}{% call(x) twice(it) %}'{{ x }}'{% endcall %}"
    "{% set kept %}<u>{{ it }}</u>{% endset %}{{ kept }}{% filter upper %}{{ it }}{% endfilter %}"
    "{% autoescape false %}{{ it }}{% endautoescape %}{{ none_such }}"
)


@pytest.mark.parametrize(
    "printed",
    ["<script>\"'&", Markup("<b>&amp;</b>"), 7, 1.5, None, True, ["<"], _Own(), _Text("<"), ""],
    ids=repr,
)
def test_what_a_template_prints_is_escaped_as_jinja_alone_would(app: Flask, printed: object) -> None:
    app.jinja_env.loader = DictLoader({"page.html": PRINTED})
    plain = Environment(autoescape=True, undefined=app.jinja_env.undefined)
    with app.test_request_context("/"):
        assert render_template("page.html", it=printed) == plain.from_string(PRINTED).render(it=printed)
