"""The rules of a wizard, without HTTP and without a database."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.flows.engine import (
    Flow,
    State,
    Step,
    allowed_step,
    first_broken_step,
    keep,
    next_open_step,
    previous_step,
    reopen,
    submit,
    visible_steps,
)


class Form:
    """Stands in for a form class; the rules never look at it."""


def step(slug: str, **given: object) -> Step:
    return Step(slug, slug.upper(), Form, f"{slug}.html", **given)


CARD = step("card", clears=("account",))
MINOR = step("minor", precondition=lambda state: state.of("card").get("age", 0) < 18)
ACCOUNT = step("account", still_holds=lambda state: state.of("account").get("username") != "taken")
VERIFY = step("verify")
FLOW = Flow("sample", (CARD, MINOR, ACCOUNT, VERIFY), timedelta(minutes=30))


def grown() -> State:
    return submit(State(), CARD, {"age": 40})


def test_a_new_run_may_open_its_first_step_only() -> None:
    for wanted in ("card", "account", "verify", "nowhere"):
        assert allowed_step(FLOW, State(), wanted) is CARD


def test_a_step_whose_precondition_fails_is_neither_shown_nor_counted() -> None:
    assert visible_steps(FLOW, grown()) == (CARD, ACCOUNT, VERIFY)
    assert visible_steps(FLOW, submit(State(), CARD, {"age": 12})) == (CARD, MINOR, ACCOUNT, VERIFY)


def test_done_steps_and_the_next_one_may_be_opened() -> None:
    state = grown()
    assert allowed_step(FLOW, state, "card") is CARD
    assert allowed_step(FLOW, state, "account") is ACCOUNT
    assert allowed_step(FLOW, state, "verify") is ACCOUNT


def test_changing_an_earlier_answer_clears_what_depended_on_it() -> None:
    state = submit(submit(grown(), ACCOUNT, {"username": "ana"}), CARD, {"age": 41})
    assert state.of("account") == {}
    assert next_open_step(FLOW, state) is ACCOUNT


def test_submitting_the_same_answer_again_clears_nothing() -> None:
    state = submit(submit(grown(), ACCOUNT, {"username": "ana"}), CARD, {"age": 40})
    assert state.of("account") == {"username": "ana"}
    assert next_open_step(FLOW, state) is VERIFY


def test_typed_words_are_kept_without_counting_as_done() -> None:
    state = keep(grown(), ACCOUNT, {"username": "an"})
    assert state.of("account") == {"username": "an"}
    assert next_open_step(FLOW, state) is ACCOUNT


def test_previous_skips_steps_that_are_not_there() -> None:
    assert previous_step(FLOW, grown(), ACCOUNT) is CARD
    assert previous_step(FLOW, grown(), CARD) is None


def test_finish_finds_the_first_step_that_no_longer_holds() -> None:
    state = submit(grown(), ACCOUNT, {"username": "taken"})
    assert first_broken_step(FLOW, state) is ACCOUNT
    assert first_broken_step(FLOW, submit(state, ACCOUNT, {"username": "free"})) is None
    assert first_broken_step(FLOW, reopen(submit(state, ACCOUNT, {"username": "free"}), CARD)) is CARD


moves = st.lists(
    st.tuples(st.sampled_from([CARD, MINOR, ACCOUNT, VERIFY]), st.integers(0, 60), st.booleans()), max_size=12
)


@given(moves, st.sampled_from(["card", "minor", "account", "verify"]))
def test_no_way_through_a_wizard_opens_a_step_before_all_those_ahead_of_it_are_done(
    path: list[tuple[Step, int, bool]], wanted: str
) -> None:
    state = State()
    for one, age, done in path:
        state = (submit if done else keep)(state, one, {"age": age})
    steps = visible_steps(FLOW, state)
    opened = allowed_step(FLOW, state, wanted)
    assert opened in steps
    assert all(earlier.slug in state.completed for earlier in steps[: steps.index(opened)])
