"""Each rule of the template lint can fail, and what is right passes."""

import pytest

from tools.check_templates import RULES, check

WRONG = [
    ("safe", "{{ name|safe }}"),
    ("safe", "{{ Markup(name) }}"),
    ("safe", "{% autoescape false %}{{ name }}{% endautoescape %}"),
    ("style", '<p style="color: red"></p>'),
    ("style", '<p{% if x %} style="{{ x }}"{% endif %}></p>'),
    ("handler", '<p onclick="go()"></p>'),
    ("script", "<script>go()</script>"),
    ("hx-on", '<p hx-on:click="go()"></p>'),
    ("hx-on", '<p data-hx-on:click="go()"></p>'),
    ("trigger-filter", "<input hx-trigger=\"keyup[key=='Enter']\">"),
    ("js-value", '<a href="javascript:go()">{{ _("Go") }}</a>'),
    ("js-value", "<p hx-vals='js:{a: 1}'></p>"),
    ("boost", '<div hx-boost="true"></div>'),
    ("native-form", '<form hx-post="/a"></form>'),
    ("native-form", '<form method="post" action="/b" hx-post="/a"></form>'),
    ("native-form", '<form method="post" action="{{ b }}" hx-post="{{ a }}"></form>'),
    ("native-link", '<a hx-get="/a" href="/b">{{ _("Go") }}</a>'),
    ("native-link", '<a hx-get="{{ a }}">{{ _("Go") }}</a>'),
    ("text", "<p>Welcome back</p>"),
    ("text", "<p>{{ _('Welcome') }}, member</p>"),
    ("text", "{% if x %}Yes{% endif %}"),
    ("text", '<img alt="A house">'),
    ("text", '<input placeholder="Name {{ x }}">'),
    ("text", "{{ 'Welcome' }}"),
    ("text", "<p>{{ 'Open' if x else 'Closed' }}</p>"),
    ("text", '{{ field(label="First Name") }}'),
    ("text", '{% set title = "Home" %}'),
]
RIGHT = [
    "<p>{{ _('Welcome back') }}</p>",
    "{% trans %}Welcome back{% endtrans %}",
    "{% trans count=n %}One message{% pluralize %}{{ count }} messages{% endtrans %}<p>{{ x }}</p>",
    "<p class=\"{{ 'start' if x else 'end' }}\">{{ value }}</p>",
    '<form method="post" action="{{ url }}" hx-post="{{ url }}"></form>',
    '<a hx-get="{{ url }}" href="{{ url }}">{{ label }}</a>',
    '<input hx-trigger="input changed delay:400ms">',
    '<script defer src="{{ asset_url("app.js") }}"></script>',
    "{{ field(form.name, label=_('Name'), class_='short') }}",
    "{# Remarks are not shown #}<p>– · 1/2</p>",
    '<span translate="no">HUSKY <b>Health</b></span>',
    "<style>{{ css }}</style>",
]


@pytest.mark.parametrize(("rule", "source"), WRONG)
def test_a_template_that_breaks_a_rule_is_found(rule: str, source: str) -> None:
    assert rule in {fault.rule for fault in check(source)}


@pytest.mark.parametrize("source", RIGHT)
def test_a_template_that_keeps_the_rules_passes(source: str) -> None:
    assert check(source) == []


def test_every_rule_has_a_template_that_breaks_it() -> None:
    assert {rule for rule, _source in WRONG} == set(RULES)


def test_a_fault_names_its_line() -> None:
    fault = check("{% if x %}\n<p>{{ y }}</p>\n\n<p>Loose words</p>\n{% endif %}", "pages/a.html")[0]
    assert str(fault).startswith("pages/a.html:4: ")
