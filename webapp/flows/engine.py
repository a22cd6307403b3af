"""The rules of a wizard, pure: which steps there are, which one may be opened, what a submit changes.

A flow is an allowable path over stored answers. Answers and completed steps are kept apart, so that typed
words survive *Previous* without counting as done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from reports.words import N_

Values = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """What a run holds: values typed per step, and the steps that were accepted."""

    answers: Mapping[str, Values] = field(default_factory=dict)
    completed: frozenset[str] = frozenset()

    def of(self, slug: str) -> Values:
        """The values of one step; empty when there are none."""
        return self.answers.get(slug, {})


class Refused(Exception):
    """A step does not accept what was typed. `message`: words for the person; `field`: where, or None for
    the step as a whole; `status`: the HTTP status that fits."""

    def __init__(self, message: str, field: str | None = None, status: int = 422) -> None:
        super().__init__(message)
        self.message, self.field, self.status = message, field, status


def _always(state: State) -> bool:
    return True


def _nothing(state: State) -> dict[str, Any]:
    return {}


def _as_typed(form: Any, state: State) -> Values:
    return dict(form.typed)


#: What a button inside a step does (search, add, send again): the step's form and the state in, the values to
#: keep for the step out. Raises Refused.
Action = Callable[[Any, State], Values]


@dataclass(frozen=True)
class Step:
    """One screen of a wizard.

    slug: its address. title: a msgid, as the guide names it. form: a form class. template: the partial.
    precondition: whether the step is there at all, given the answers. clears: steps that depended on this
    one's answers. accept: turns a valid form into the values to keep; raises Refused. still_holds: asked
    again at Finish. show: what the template needs besides. actions: further buttons by name; they keep what
    they return and show the step again, without accepting it.
    """

    slug: str
    title: str
    form: type
    template: str
    precondition: Callable[[State], bool] = _always
    clears: tuple[str, ...] = ()
    accept: Callable[[Any, State], Values] = _as_typed
    still_holds: Callable[[State], bool] = _always
    show: Callable[[State], dict[str, Any]] = _nothing
    actions: Mapping[str, Action] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """A wizard: its steps in order and how long an unfinished run is kept after the last thing typed.

    heading: a msgid for a step's heading, of its `number`, the `count` of steps and its `name`.
    """

    name: str
    steps: tuple[Step, ...]
    keep_for: timedelta
    heading: str = N_("STEP %(number)s OF %(count)s: %(name)s")

    def step(self, slug: str) -> Step | None:
        """The step with that address."""
        return next((step for step in self.steps if step.slug == slug), None)


def visible_steps(flow: Flow, state: State) -> tuple[Step, ...]:
    """The steps of this run, in order: "Step 2 of 4" counts these."""
    return tuple(step for step in flow.steps if step.precondition(state))


def next_open_step(flow: Flow, state: State) -> Step:
    """The first step that is not done, or the last when all are."""
    steps = visible_steps(flow, state)
    return next((step for step in steps if step.slug not in state.completed), steps[-1])


def allowed_step(flow: Flow, state: State, slug: str) -> Step:
    """The step to show when `slug` is asked for: that one if it is done or next, else the next one."""
    wanted = flow.step(slug)
    reachable = next_open_step(flow, state)
    steps = visible_steps(flow, state)
    if wanted in steps and steps.index(wanted) <= steps.index(reachable):
        return wanted
    return reachable


def previous_step(flow: Flow, state: State, step: Step) -> Step | None:
    """The step before, or None at the first."""
    steps = visible_steps(flow, state)
    place = steps.index(step)
    return steps[place - 1] if place else None


def keep(state: State, step: Step, values: Values) -> State:
    """Remember what was typed without accepting it. A change undoes the step and what depended on it."""
    if dict(state.of(step.slug)) == dict(values):
        return state
    gone = {*step.clears, step.slug}
    answers = {slug: kept for slug, kept in state.answers.items() if slug not in step.clears}
    return replace(state, answers={**answers, step.slug: dict(values)}, completed=state.completed - gone)


def submit(state: State, step: Step, values: Values) -> State:
    """Accept a step's values. Changing an earlier answer clears what depended on it."""
    kept = keep(state, step, values)
    return replace(kept, completed=kept.completed | {step.slug})


def reopen(state: State, step: Step) -> State:
    """Take back a step's acceptance, keeping what was typed."""
    return replace(state, completed=state.completed - {step.slug})


def first_broken_step(flow: Flow, state: State) -> Step | None:
    """The first step that is not done or no longer holds; None when the run may finish."""
    for step in visible_steps(flow, state)[:-1]:
        if step.slug not in state.completed or not step.still_holds(state):
            return step
    return None
