"""Whoever is warned of a promise reads its name: notify has one for every clock and kind of case that ticketing has."""

from __future__ import annotations

from services.notify.domain.labels import LABELS
from services.ticketing.domain.kind import kinds


def test_every_clock_and_kind_has_its_name_in_notify() -> None:
    clocks = {spec.code for kind in kinds().values() for spec in kind.clocks}
    assert clocks - LABELS["clock"].keys() == set()
    assert kinds().keys() - LABELS["ticket_kind"].keys() == set()
