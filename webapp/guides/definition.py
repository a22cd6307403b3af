"""What a how-to guide is: one TOML file, read by the page that people follow and by the walk-through that proves it.

A guide has a title, an introduction, steps, and perhaps an end. A step has a heading, its words (Markdown), what is
done (`do`) and what is then seen (`see`). Words stand in every language; actions and sights once, by the labels of the
portal in English, which the catalogue translates. `[[Label]]` in the words is such a label, `{section.setting}` a value
of the plan file; `{members.0.first_name}` in actions and sights is a value of `portal demo --json`.

The reader is strict: what it does not know is a GuideBroken that names file, step and what is wrong.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from webapp.guides import demo_values

DIRECTORY = Path(__file__).parent
LANGUAGES = ("en", "es")
PORTALS = ("member", "provider")
DEVICES = ("phone", "desktop")
PLACES = ("header", "main", "footer")  # where `within` looks

#: What can be done, and the keys that may stand beside it; those with a star must.
ACTIONS: dict[str, tuple[str, ...]] = {
    "open": ("budget",),  # an address, as if typed
    "press": ("within", "quiet", "budget"),  # a link or button that asks the server
    "show": ("within", "quiet"),  # one that does not: a menu, Show password
    "fill": ("with*", "quiet"),
    "choose": ("with*", "quiet"),  # from a list or among radio buttons
    "tick": ("on", "quiet"),
    "code": ("to*", "quiet"),  # type the code of the newest mail to an address
    "sign_in": (),  # an account of the demo, by its username
    "download": ("within", "quiet"),
    "picture": ("mark", "within"),  # true: the step's picture is taken here; a name: one more
    "call": (),  # a function that the walk's module hands in
}
#: What can be looked for.
SIGHTS = ("heading", "text", "not_text", "error", "address")
#: Actions whose target is a label that the words must name.
LABELLED = ("press", "show", "fill", "choose", "tick", "code", "download")

LABEL = re.compile(r"\[\[(.+?)\]\]")
_PLACEHOLDER = re.compile(r"%\((\w+)\)")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

#: A text of the portal in a language: the English one and its values, as the catalogue has it.
Translate = Callable[..., str]


class GuideBroken(Exception):
    """A guide's file cannot be used; the message names it, the step and what is wrong."""


@dataclass(frozen=True)
class Label:
    """A text of the portal: a msgid with its values, or, where content files have it, its words in each language."""

    text: str | Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: str, translate: Translate, demo: Mapping[str, Any] | None = None) -> str:
        """The text in a language. demo: fills placeholders such as {members.0.first_name}; they stay without it."""
        put = (lambda text: demo_values.fill(text, demo)) if demo is not None else str
        if not isinstance(self.text, str):
            return put(self.text[language])
        values = {
            name: translate(put(value), language) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        return translate(put(self.text), language, **values)

    @property
    def english(self) -> str:
        """As the words name it between [[ and ]]."""
        return self.said("en", _as_it_is)


@dataclass(frozen=True)
class Action:
    """One thing to do. `label` is None for `open`, `sign_in`, `call` and a picture without a mark."""

    kind: str
    target: str
    label: Label | None = None
    value: str = ""  # what is typed or chosen, the mail's address; "false" clears a box
    within: str = ""
    quiet: bool = False
    budget: bool = True


@dataclass(frozen=True)
class Sight:
    """One thing that must be seen."""

    kind: str
    label: Label


@dataclass(frozen=True)
class Step:
    """A step of a guide. `seeds` are the pages of the seed documents that it covers."""

    slug: str
    seeds: tuple[str, ...]
    heading: Mapping[str, str]
    words: Mapping[str, str]
    do: tuple[Action, ...] = ()
    see: tuple[Sight, ...] = ()
    also: tuple[Label, ...] = ()

    def labels(self) -> dict[str, Label]:
        """Every label that the words may name, by its English text."""
        known = {label.english: label for label in self.also}
        for action in self.do:
            if action.label is not None:
                known[action.label.english] = action.label
            if action.kind == "choose":
                known[action.value] = Label(action.value)
        known.update({sight.label.english: sight.label for sight in self.see})
        return known


@dataclass(frozen=True)
class Guide:
    """A guide as its file says."""

    slug: str
    portal: str
    device: str
    seed: str
    title: Mapping[str, str]
    intro: Mapping[str, str]
    end: Mapping[str, str]
    steps: tuple[Step, ...]

    def step(self, slug: str) -> Step:
        """The step of that name. Raises KeyError."""
        return {step.slug: step for step in self.steps}[slug]


def slugs(folder: Path = DIRECTORY) -> list[str]:
    """The guides that there are."""
    return sorted(path.stem for path in folder.glob("*.toml"))


@cache
def read(slug: str, folder: Path = DIRECTORY) -> Guide:
    """The guide of that name. Raises GuideBroken; KeyError where there is none."""
    path = folder / f"{slug}.toml"
    if not path.is_file():
        raise KeyError(slug)
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise GuideBroken(f"{path.name}: {fault}") from None
    return _guide(slug, written, _Place(path.name))


@dataclass(frozen=True)
class _Place:
    """Where the reader is, for its complaints."""

    file: str
    step: str = ""

    def broken(self, why: str) -> GuideBroken:
        return GuideBroken(f"{self.file}{f', step {self.step}' if self.step else ''}: {why}")

    def only(self, table: Mapping[str, Any], allowed: tuple[str, ...], of: str) -> None:
        if unknown := sorted(set(table) - set(allowed)):
            raise self.broken(f"{of} knows no {unknown[0]!r}; it knows {', '.join(allowed)}")

    def get(self, table: Mapping[str, Any], key: str, kind: type) -> Any:
        if not isinstance(table.get(key), kind):
            raise self.broken(f"{key!r} is missing or is not {kind.__name__}")
        return table[key]

    def one_of(self, table: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
        if table.get(key) not in allowed:
            raise self.broken(f"{key!r} is {table.get(key)!r}, not one of {', '.join(allowed)}")
        return str(table[key])

    def words(self, table: Mapping[str, Any], key: str, *, needed: bool = True) -> Mapping[str, str]:
        found = table.get(key)
        if found is None and not needed:
            return {}
        if not isinstance(found, dict):
            raise self.broken(f"{key!r} is missing, or is not a table of languages")
        self.only(found, LANGUAGES, key)
        for language in LANGUAGES:
            if not isinstance(found.get(language), str) or not found[language].strip():
                raise self.broken(f"{key!r} has no {language!r}")
        return {language: found[language].strip() for language in LANGUAGES}


def _guide(slug: str, table: Mapping[str, Any], place: _Place) -> Guide:
    place.only(table, ("portal", "device", "seed", "title", "intro", "end", "step"), "a guide")
    steps = tuple(_steps(place.get(table, "step", list), place))
    named = [step.slug for step in steps]
    if twice := {name for name in named if named.count(name) > 1}:
        raise place.broken(f"two steps are called {sorted(twice)[0]!r}")
    return Guide(
        slug=slug,
        portal=place.one_of(table, "portal", PORTALS),
        device=place.one_of(table, "device", DEVICES),
        seed=place.get(table, "seed", str),
        title=place.words(table, "title"),
        intro=place.words(table, "intro"),
        end=place.words(table, "end", needed=False),
        steps=steps,
    )


def _steps(tables: list[Any], guide: _Place) -> Iterator[Step]:
    for number, table in enumerate(tables, start=1):
        place = _Place(guide.file, str(table.get("slug", number)))
        place.only(table, ("slug", "seed", "heading", "words", "do", "see", "also"), "a step")
        slug = place.get(table, "slug", str)
        if not _SLUG.fullmatch(slug):
            raise place.broken("the slug is not made of small letters, digits and hyphens")
        step = Step(
            slug=slug,
            seeds=tuple(part.strip() for part in place.get(table, "seed", str).split(";")),
            heading=place.words(table, "heading"),
            words=place.words(table, "words"),
            do=tuple(_action(entry, place) for entry in table.get("do", ())),
            see=tuple(_sight(entry, place) for entry in table.get("see", ())),
            also=tuple(_also(entry, place) for entry in table.get("also", ())),
        )
        if not step.see:
            raise place.broken("nothing is seen: 'see' is missing")
        yield step


def _action(table: Any, place: _Place) -> Action:
    if not isinstance(table, dict):
        raise place.broken(f"{table!r} is no action")
    kind = next((name for name in ACTIONS if name in table), None)
    if kind is None:
        raise place.broken(f"{table!r} is no action; there are {', '.join(ACTIONS)}")
    keys = tuple(key.rstrip("*") for key in ACTIONS[kind])
    for key in ACTIONS[kind]:
        if key.endswith("*") and not isinstance(table.get(key[:-1]), str):
            raise place.broken(f"{kind} {table[kind]!r} has no {key[:-1]!r}")
    if "within" in table:
        place.one_of(table, "within", PLACES)
    target = table[kind]
    label = None
    if kind in LABELLED:
        label = _label(
            target, {key: value for key, value in table.items() if key not in (kind, *keys)}, place
        )
    else:
        place.only(table, (kind, *keys), kind)
        if (
            kind == "picture"
            and target is not True
            and not (isinstance(target, str) and _SLUG.fullmatch(target))
        ):
            raise place.broken(f"picture is {target!r}, neither true nor a name")
        if kind != "picture" and not isinstance(target, str):
            raise place.broken(f"{kind} is {target!r}, not a text")
        if kind == "open" or kind == "sign_in":
            _check_values(target, place)
        if "mark" in table:
            label = _label(table["mark"], {}, place)
    value = str(table.get("with", table.get("to", "")))
    _check_values(value, place)
    return Action(
        kind=kind,
        target="" if target is True or not isinstance(target, str) else target,
        label=label,
        value="false" if table.get("on", True) is False else value,
        within=table.get("within", ""),
        quiet=table.get("quiet", False) is True,
        budget=table.get("budget", True) is not False,
    )


def _sight(table: Any, place: _Place) -> Sight:
    kind = next((name for name in SIGHTS if isinstance(table, dict) and name in table), None)
    if kind is None:
        raise place.broken(f"{table!r} is nothing to see; there are {', '.join(SIGHTS)}")
    label = _label(table[kind], {key: value for key, value in table.items() if key != kind}, place)
    return Sight(kind, label)


def _also(entry: Any, place: _Place) -> Label:
    """A label that the words name though nothing here uses it: its text, or {label = …} with its values."""
    if isinstance(entry, dict) and "label" in entry:
        return _label(entry["label"], {key: value for key, value in entry.items() if key != "label"}, place)
    return _label(entry, {}, place)


def _label(text: Any, values: Mapping[str, Any], place: _Place) -> Label:
    if isinstance(text, dict):
        place.only(text, LANGUAGES, "a label")
        if values or any(not isinstance(text.get(language), str) for language in LANGUAGES):
            raise place.broken(f"the label {text!r} lacks a language, or has values: {sorted(values)}")
        return Label(dict(text))
    if not isinstance(text, str):
        raise place.broken(f"{text!r} is no label")
    if set(values) != set(_PLACEHOLDER.findall(text)):
        raise place.broken(f"the values of {text!r} are {sorted(values)}, not its placeholders")
    for value in (text, *values.values()):
        _check_values(value, place)
    return Label(text, dict(values))


def _check_values(text: Any, place: _Place) -> None:
    if isinstance(text, str) and (unknown := demo_values.unknown(text)):
        raise place.broken(f"the demo has no {unknown}")


def _as_it_is(text: str, _language: str, **values: object) -> str:
    return text % values if values else text
