"""A provider that is down is left alone for a growing while, and tried by one message at a time."""

from datetime import UTC, datetime, timedelta

from services.notify.domain.breaker import LONGEST_REST, PROBE, REST, THRESHOLD, Breaker, Pace
from services.notify.domain.delivery import Outcome

AT = datetime(2025, 3, 7, 1, tzinfo=UTC)


def opened(times: int = 1) -> Breaker:
    breaker = Breaker()
    for _ in range(THRESHOLD + times - 1):
        breaker = breaker.after(Outcome.UNREACHABLE, AT)
    return breaker


def test_one_failure_is_the_messages_own_several_in_a_row_are_the_providers() -> None:
    once = Breaker().after(Outcome.UNREACHABLE, AT)
    assert once.admit(AT) is not None
    assert once.after(Outcome.SENT, AT) == Breaker()
    assert once.after(Outcome.REFUSED, AT) == Breaker()  # it answered: it is well
    assert once.after(Outcome.ACCOUNT, AT) == Breaker()  # nor does one bad template hold up the others
    assert opened().admit(AT + REST - timedelta(seconds=1)) is None


def test_when_the_rest_is_over_a_single_message_tries() -> None:
    tried = opened().admit(AT + REST)
    assert tried is not None
    assert tried.admit(AT + REST) is None
    assert tried.admit(AT + REST + PROBE) is not None  # a trial nobody reported on does not close it for ever
    assert tried.after(Outcome.SENT, AT + REST).admit(AT + REST) == Breaker()


def test_each_failed_trial_doubles_the_rest_up_to_the_longest() -> None:
    rests = [opened(n).until for n in range(1, 8)]
    assert rests[:3] == [AT + REST, AT + 2 * REST, AT + 4 * REST]
    assert rests[-1] == AT + LONGEST_REST


def test_the_providers_own_wish_counts_when_longer() -> None:
    breaker = Breaker(failures=THRESHOLD).after(Outcome.THROTTLED, AT, timedelta(minutes=2))
    assert breaker.until == AT + timedelta(minutes=2)


def test_calls_are_spaced_as_the_provider_allows() -> None:
    pace, waits = Pace(), []
    for _ in range(3):
        pace, wait = pace.reserve(AT, 10)
        waits.append(wait)
    assert waits == [timedelta(), timedelta(milliseconds=100), timedelta(milliseconds=200)]
    assert pace.reserve(AT + timedelta(seconds=5), 10)[1] == timedelta()
    assert pace.reserve(AT, None)[1] == timedelta()
