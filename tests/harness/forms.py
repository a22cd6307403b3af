"""Forms as people fill them in: controls by their labels, buttons by their words, sent as a browser sends them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from lxml.html import HtmlElement
from werkzeug.datastructures import MultiDict

from tests.harness.page_checks import words

if TYPE_CHECKING:
    from tests.harness.pages import Page

BUTTONS = {"submit", "button", "reset", "image"}


class Form:
    """One form of a page."""

    def __init__(self, page: Page, element: HtmlElement) -> None:
        self.page = page
        self.element = element
        self.controls = _of_form(page.tree, element, ("input", "select", "textarea"))
        self.buttons = [
            control
            for control in _of_form(page.tree, element, ("button", "input"))
            if control.get("type", "submit" if control.tag == "button" else "text") == "submit"
        ]
        self.values: MultiDict[str, str] = MultiDict(self._as_served())

    @classmethod
    def of(cls, page: Page, button: str | None) -> Form:
        """The form with a button of these words; without words, the main part's first."""
        if button is None:
            elements = list(page.main.iter("form")) or list(page.tree.iter("form"))
            assert elements, f"no form on {page.url}"
            return cls(page, elements[0])
        forms = [cls(page, element) for element in page.tree.iter("form")]
        for form in forms:
            if form.button(button) is not None:
                return form
        there = sorted({_words_of_button(b) for form in forms for b in form.buttons})
        raise AssertionError(f"no button {button!r} on {page.url}; there are {there}")

    @classmethod
    def with_controls(cls, page: Page, names: Sequence[str]) -> Form:
        """The form that has controls for all of these labels."""
        forms = [cls(page, element) for element in page.tree.iter("form")]
        for form in forms:
            if all(form.find(name) for name in names):
                return form
        there = sorted({label for form in forms for label in form.labels()})
        raise AssertionError(f"no form on {page.url} has all of {list(names)}; there are {there}")

    def labels(self) -> list[str]:
        """What the controls are called."""
        return [
            label
            for control in self.controls
            if control.get("type") != "hidden"
            for label in self._names(control)
        ]

    def find(self, name: str) -> list[HtmlElement]:
        """The controls with this label, legend, aria-label or (last) name; several for a group of choices."""
        by_label = [c for c in self.controls if name in self._names(c)]
        by_legend = [c for c in self.controls if name == self._legend(c)]
        return by_label or by_legend or [c for c in self.controls if c.get("name") == name]

    def button(self, text: str) -> HtmlElement | None:
        """The button with these words, or with this aria-label, which says more."""
        return next(
            (one for one in self.buttons if text in (_words_of_button(one), one.get("aria-label"))), None
        )

    def fill(self, values: Mapping[str, str | bool | Iterable[str]]) -> Form:
        """Type, choose and tick. Choices are named by their labels; one tick is True or False."""
        for name, value in values.items():
            controls = self.find(name)
            assert controls, f"no control {name!r}; there are {self.labels()}"
            kind = controls[0].get("type", "text") if controls[0].tag == "input" else controls[0].tag
            if kind in {"radio", "checkbox"}:
                self._choose(controls, name, value)
            elif kind == "select":
                self.values[controls[0].get("name")] = _option(controls[0], str(value))
            else:
                self.values[controls[0].get("name")] = str(value)
        return self

    def _choose(self, controls: list[HtmlElement], name: str, value: str | bool | Iterable[str]) -> None:
        key = controls[0].get("name")
        if isinstance(value, bool):
            own = controls[0].get("value", "on")
            kept = [one for one in self.values.getlist(key) if one != own]
            self.values.setlist(key, [*kept, own] if value else kept)
            return
        wanted = [value] if isinstance(value, str) else list(value)
        by_words = {label: c.get("value", "on") for c in controls for label in self._names(c)}
        missing = [one for one in wanted if one not in by_words]
        assert not missing, f"{name!r} offers {sorted(by_words)}, not {missing}"
        self.values.setlist(key, [by_words[one] for one in wanted])

    def submit(self, button: str | None = None) -> Page:
        """Press the button with these words; without words, the first one, as Enter does."""
        pressed = self.button(button) if button else next(iter(self.buttons), None)
        assert pressed is not None or button is None, (
            f"no button {button!r}; there are {[_words_of_button(b) for b in self.buttons]}"
        )
        data = MultiDict(self.values)
        if pressed is not None and pressed.get("name"):
            data.add(pressed.get("name"), pressed.get("value", ""))
        source = pressed if pressed is not None else self.element
        action = source.get("formaction") or self.element.get("action") or self.page.url
        method = (source.get("formmethod") or self.element.get("method") or "get").upper()
        url = urljoin(self.page.url, action)
        client = self.page.client
        htmx = client.htmx and self.element.get(f"hx-{method.lower()}") is not None
        target = self.element.get("hx-target", "").removeprefix("#")
        if method == "GET":
            query = urlencode([(key, value) for key, value in data.items(multi=True)])
            return client.open("GET", f"{url.split('?')[0]}?{query}", htmx=htmx, target=f"div#{target}")
        return client.open("POST", url, data=data, htmx=htmx, target=f"div#{target}")

    def _as_served(self) -> Iterable[tuple[str, str]]:
        for control in self.controls:
            name, kind = control.get("name"), control.get("type", "text")
            if not name or control.get("disabled") is not None or kind in BUTTONS:
                continue
            if control.tag == "textarea":
                yield name, (control.text or "").removeprefix("\n")
            elif control.tag == "select":
                options = list(control.iter("option"))
                chosen = [option for option in options if option.get("selected") is not None]
                if not chosen and control.get("multiple") is None:
                    chosen = options[:1]
                for option in chosen:
                    yield name, _value(option)
            elif kind not in {"checkbox", "radio"} or control.get("checked") is not None:
                yield name, control.get("value", "on" if kind in {"checkbox", "radio"} else "")

    def _names(self, control: HtmlElement) -> list[str]:
        labels = [*control.iterancestors("label")]
        if control.get("id"):
            labels += self.page.tree.xpath("//label[@for=$id]", id=control.get("id"))
        found = [_plain(words(label)) for label in labels]
        return [*found, control.get("aria-label")] if control.get("aria-label") else found

    @staticmethod
    def _legend(control: HtmlElement) -> str:
        for fieldset in control.iterancestors("fieldset"):
            if (legend := fieldset.find("legend")) is not None:
                return _plain(words(legend))
        return ""


def _of_form(tree: HtmlElement, form: HtmlElement, tags: tuple[str, ...]) -> list[HtmlElement]:
    """The controls inside a form and those elsewhere that name it."""
    return [
        control
        for control in tree.iter(*tags)
        if (
            control.get("form") == form.get("id")
            if control.get("form")
            else form in control.iterancestors("form")
        )
    ]


def _plain(label: str) -> str:
    """A label without the mark of a required field."""
    return label.removesuffix("*").strip()


def _words_of_button(button: HtmlElement) -> str:
    text: str = words(button) or button.get("aria-label") or ""
    return button.get("value", "") if button.tag == "input" else text


def _value(option: HtmlElement) -> str:
    value = option.get("value")
    return words(option) if value is None else value


def _option(select: HtmlElement, wanted: str) -> str:
    """The value of the option with these words (or this value)."""
    by_words = {words(option): _value(option) for option in select.iter("option")}
    if wanted in by_words:
        return by_words[wanted]
    assert wanted in by_words.values(), f"no option {wanted!r}; there are {list(by_words)}"
    return wanted
