"""Walking the steps of a guide: what its file says is done and seen, in the walk's language, mode and device."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.harness import words
from tests.e2e.harness.walk import Walk
from webapp.guides import definition
from webapp.guides.definition import Action, Label, Sight, Step

Calls = Mapping[str, Callable[[Walk], object]]


@dataclass(frozen=True)
class WalkedGuide:
    """A guide that tests walk, a step each: `GUIDE.walk(walk, "validation")`."""

    guide: definition.Guide

    def walk(self, walk: Walk, step: str, **calls: Callable[[Walk], object]) -> None:
        """Do what the step says and see what it shows. calls: the functions that its `call` actions name."""
        if walk.camera is not None:
            walk.camera.begin(self.guide.step(step))
        _Steps(walk, self.guide.step(step), calls).all()


def guide(slug: str) -> WalkedGuide:
    """The guide of that name, to be walked by the module of the same name."""
    return WalkedGuide(definition.read(slug))


class _Steps:
    """One step, on its way."""

    def __init__(self, walk: Walk, step: Step, calls: Calls) -> None:
        self.w = walk
        self.step = step
        self.calls = calls

    def all(self) -> None:
        shown = next(
            (n for n, one in enumerate(self.step.do) if one.kind == "picture" and not one.target), None
        )
        presses = [n for n, one in enumerate(self.step.do) if one.kind in ("press", "download")]
        for number, action in enumerate(self.step.do):
            if shown is None and presses and number == presses[-1]:
                self._picture("", self._pressable(action))
            getattr(self, f"_{action.kind}")(action)
        for sight in self.step.see:
            self._see(sight)
        if shown is None and not presses:
            self._picture("", None)

    def said(self, label: Label | None) -> str:
        """A label as this walk's page shows it."""
        assert label is not None
        return label.said(self.w.language, _translate, self.w.demo)

    def _picture(self, action: Action | str, mark: Locator | None = None) -> None:
        if self.w.camera is None:
            return
        name = action if isinstance(action, str) else action.target
        if isinstance(action, Action) and action.label is not None:
            mark = self._found(action)
        self.w.camera.take(self.w, name, mark)

    def _found(self, action: Action) -> Locator:
        """What a picture marks: something to press, else a field."""
        try:
            return self._pressable(action)
        except AssertionError:
            return self.w.control(self.said(action.label)).first

    def _pressable(self, action: Action) -> Locator:
        place = self.w.page.locator(action.within) if action.within else None
        return self.w.pressable(self.said(action.label), within=place)

    # --- one method an action, by its name ---

    def _open(self, action: Action) -> None:
        self.w.open(definition.demo_values.fill(action.target, self.w.demo), budget=action.budget)

    def _press(self, action: Action) -> None:
        place = self.w.page.locator(action.within) if action.within else None
        self.w.click(self.said(action.label), within=place, budget=action.budget)

    def _show(self, action: Action) -> None:
        self._pressable(action).click()

    def _fill(self, action: Action) -> None:
        self.w.fill(self.said(action.label), definition.demo_values.fill(action.value, self.w.demo))

    def _choose(self, action: Action) -> None:
        option = definition.demo_values.fill(action.value, self.w.demo)
        self.w.choose(self.said(action.label), option)

    def _tick(self, action: Action) -> None:
        self.w.tick(self.said(action.label), action.value != "false")

    def _code(self, action: Action) -> None:
        to = definition.demo_values.fill(action.value, self.w.demo)
        self.w.fill(self.said(action.label), self.w.code(to))

    def _sign_in(self, action: Action) -> None:
        who = definition.demo_values.fill(action.target, self.w.demo)
        self.w.sign_in(next(one for one in self.w.demo["accounts"] if one["username"] == who))

    def _download(self, action: Action) -> None:
        place = self.w.page.locator(action.within) if action.within else None
        self.w.download(self.said(action.label), within=place)

    def _call(self, action: Action) -> None:
        if action.target not in self.calls:
            pytest.fail(f"the walk hands in no function {action.target!r} for step {self.step.slug!r}")
        self.calls[action.target](self.w)

    # --- what must be seen ---

    def _see(self, sight: Sight) -> None:
        wanted = self.said(sight.label)
        if sight.kind == "heading":
            self.w.sees_heading(wanted)
        elif sight.kind == "text":
            self.w.sees(wanted)
        elif sight.kind == "not_text":
            self.w.sees_not(wanted)
        elif sight.kind == "error":
            expect(self.w.page.locator("#error-summary")).to_be_visible()
            assert wanted in self.w.errors()
        else:
            assert self.w.address() == wanted


def _translate(text: str, language: str, **values: object) -> str:
    return words.translated(text, language, **values)
