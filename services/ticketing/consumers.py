"""What ticketing hears of its peers: nothing. It owns the register, and its clocks need nobody else."""

from __future__ import annotations

from collections.abc import Mapping

from shared.runtime import Handler

SUBSCRIPTIONS: Mapping[str, Mapping[str, Handler]] = {}
