"""The portal's addresses, taken from its URL map, for tests that try them all."""

from flask import Flask
from werkzeug.routing import Rule


def methods(rule: Rule) -> list[str]:
    """The methods that a view answers itself."""
    return sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})


def filled(rule: Rule) -> str:
    """The rule's address with made-up values in its gaps."""
    values = {name: 1 if "int" in str(rule._converters[name]).lower() else "x" for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return built[1]


def addresses(app: Flask, audience: str) -> list[tuple[str, str]]:
    """(method, address) of every route of an audience."""
    return [
        (method, filled(rule))
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "audience", None) == audience
        for method in methods(rule)
    ]
