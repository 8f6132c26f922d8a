"""What an attempt's outcome means, and that every channel judges its own examples so."""

from datetime import timedelta
from importlib import import_module

import pytest

from services.notify.domain.delivery import BACKOFF, Outcome, Result, State, Step, next_step
from services.notify.registry import channels


@pytest.mark.parametrize("code", sorted(channels()))
def test_every_channel_classifies_its_examples(code: str) -> None:
    channel = channels()[code]
    for example in import_module(f"services.notify.channels.{code}").EXAMPLES:
        assert channel.classify is not None
        assert channel.classify(**example.happened).outcome is example.outcome, example.what


def test_success_permanent_and_unknown_are_final() -> None:
    assert next_step(Result(Outcome.SENT), 1) == Step(State.SENT)
    assert next_step(Result(Outcome.REFUSED), 1) == Step(State.FAILED)
    assert next_step(Result(Outcome.UNKNOWN), 1) == Step(State.UNKNOWN)


def test_throttled_waits_longer_each_time_and_fails_after_the_last() -> None:
    waits = [next_step(Result(Outcome.THROTTLED), n + 1).wait for n in range(len(BACKOFF))]
    assert waits == sorted(BACKOFF)
    assert next_step(Result(Outcome.THROTTLED), len(BACKOFF) + 1) == Step(State.FAILED)


def test_the_providers_own_wish_is_honoured_when_longer() -> None:
    asked = Result(Outcome.THROTTLED, after=timedelta(minutes=10))
    assert next_step(asked, 1).wait == timedelta(minutes=10)
    assert next_step(asked, 7).wait == BACKOFF[6]
