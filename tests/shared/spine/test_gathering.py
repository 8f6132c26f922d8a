"""How long the sequencer lets work gather."""

from __future__ import annotations

import pytest

from shared.worker.loops import PAUSES, SHORTEST, gather


@pytest.mark.parametrize(("rate", "pause"), [(0, 0.01), (60, 0.01), (300, 0.15), (1000, 0.4)])
def test_a_steady_rate_comes_back_to_its_pause_after_a_slow_moment(rate: int, pause: float) -> None:
    """Judged by the events of one look, one hiccup at 300 a second made every later look wait 0.4 s."""
    held_up = 2.0
    waited = gather(int(rate * held_up), held_up)
    for _ in range(5):
        waited = gather(round(rate * (waited + 0.05)), waited + 0.05)
    assert waited == pause


def test_few_events_at_once_are_no_load() -> None:
    assert gather(10, 0.001) == PAUSES[-1][1]
    assert gather(int(PAUSES[0][0] * SHORTEST), 0.001) == PAUSES[0][1]
