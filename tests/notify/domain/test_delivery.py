"""What an attempt's outcome means, and that every channel judges its own examples so."""

from datetime import timedelta
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.delivery import (
    BACKOFF,
    FALL_BACK_AFTER,
    JITTER,
    Outcome,
    Result,
    State,
    Step,
    after_receipt,
    next_step,
    spread,
)
from services.notify.registry import channels, providers


@pytest.mark.parametrize("code", sorted(channels()))
def test_every_channel_classifies_its_examples(code: str) -> None:
    channel = channels()[code]
    for example in import_module(f"services.notify.channels.{code}").EXAMPLES:
        assert channel.classify is not None
        assert channel.classify(**example.happened).outcome is example.outcome, example.what


@pytest.mark.parametrize("code", sorted(providers()))
def test_every_provider_classifies_its_examples(code: str) -> None:
    provider, found = providers()[code], set()
    for example in import_module(f"services.notify.channels.providers.{code}").EXAMPLES:
        assert provider.classify is not None
        assert provider.classify(**example.happened).outcome is example.outcome, example.what
        found.add(example.outcome)
    assert found >= {Outcome.SENT, Outcome.THROTTLED, Outcome.REFUSED, Outcome.ACCOUNT, Outcome.UNKNOWN}
    assert provider.channel in channels()
    assert not provider.enabled()  # without its settings it is off


def test_success_permanent_and_unknown_are_final() -> None:
    assert next_step(Result(Outcome.SENT), 1) == Step(State.SENT)
    assert next_step(Result(Outcome.REFUSED), 1) == Step(State.FAILED)
    assert next_step(Result(Outcome.UNKNOWN), 1) == Step(State.UNKNOWN)


@pytest.mark.parametrize("outcome", sorted(BACKOFF))
def test_what_was_not_taken_waits_longer_each_time_and_is_parked_after_the_last(outcome: Outcome) -> None:
    steps = BACKOFF[outcome]
    waits = [next_step(Result(outcome), n + 1).wait for n in range(len(steps))]
    assert waits == sorted(steps)
    assert next_step(Result(outcome), len(steps) + 1) == Step(State.PARKED)


def test_each_class_of_error_has_its_own_patience() -> None:
    first = {outcome: next_step(Result(outcome), 1).wait for outcome in BACKOFF}
    assert first[Outcome.UNREACHABLE] < first[Outcome.THROTTLED] < first[Outcome.ACCOUNT]


def test_with_another_channel_to_go_to_a_few_attempts_are_enough() -> None:
    away = Result(Outcome.UNREACHABLE)
    assert next_step(away, FALL_BACK_AFTER - 1, more=True).state is State.QUEUED
    assert next_step(away, FALL_BACK_AFTER, more=True) == Step(State.FAILED)
    assert next_step(away, FALL_BACK_AFTER).state is State.QUEUED


@given(seed=st.binary(min_size=1, max_size=16))
def test_waits_are_spread_and_never_shorter(seed: bytes) -> None:
    wait = timedelta(minutes=5)
    assert wait <= spread(wait, seed) <= wait * (100 + JITTER) / 100
    assert spread(wait, seed) == spread(wait, seed)


def test_different_runs_come_back_at_different_times() -> None:
    assert len({spread(timedelta(hours=1), bytes([n])) for n in range(50)}) > 10


@pytest.mark.parametrize("state", list(State))
def test_a_receipt_resolves_what_is_unknown_or_handed_over_and_nothing_else(state: State) -> None:
    says = (after_receipt(state, arrived=True), after_receipt(state, arrived=False))
    open_ = state in (State.SENDING, State.SENT, State.UNKNOWN)
    assert says == ((State.DELIVERED, State.FAILED) if open_ else (None, None))


def test_the_providers_own_wish_is_honoured_when_longer() -> None:
    asked = Result(Outcome.THROTTLED, after=timedelta(minutes=10))
    assert next_step(asked, 1).wait == timedelta(minutes=10)
    assert next_step(asked, 7).wait == BACKOFF[Outcome.THROTTLED][6]
