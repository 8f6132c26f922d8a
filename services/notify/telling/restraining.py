"""Which ways a message goes out, and from when: routes, preferences, quiet hours and the household's cap together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notify.domain.catalogue import BULK
from services.notify.domain.channels import Channel
from services.notify.domain.restraint import CAP, NOW, RULES, goes_outside, hold, may_opt_out
from services.notify.domain.routes import routes
from services.notify.preferences import repository
from services.notify.registry import channels, kinds_of, usable
from services.notify.routing import repository as routing
from services.notify.sending.repository import delivery_row
from services.notify.telling.addressing import Person, zone_of
from shared.db.tx import Tx


class Restraint:
    """Decides for a run of messages; what it counts for households is written by `save`."""

    def __init__(
        self,
        tx: Tx,
        modes: dict[tuple[UUID, str], str],
        times: dict[UUID, list[datetime]],
        outside: list[Channel],
        own: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._tx = tx
        self._modes = modes
        self._times = times
        self._own = own
        self._kinds = {channel.code: kinds_of(channel) for channel in outside}
        self._before: dict[tuple[UUID, UUID], list[datetime]] = {}

    @classmethod
    async def of(cls, tx: Tx, messages: Collection[dict[str, Any]]) -> Restraint:
        """Read what is needed to judge these messages; locks the households that a cap concerns."""
        own = await routing.own(tx)
        outside = usable(own)
        if not outside:
            return cls(tx, {}, {}, [], own)
        optional = [m for m in messages if may_opt_out(m["message_class"])]
        modes = await repository.modes(tx, {m["person_id"] for m in optional}, {m["message_class"] for m in optional})
        capped = {m["unit_id"] for m in messages if RULES[m["message_class"]].capped and m["unit_id"] is not None}
        return cls(tx, modes, await repository.household_times(tx, capped), outside, own)

    def deliveries(self, message: dict[str, Any], person: Person | None, timezone: str | None) -> list[dict[str, Any]]:
        """The deliveries of one message; none where only the inbox has it."""
        message_class = message["message_class"]
        mode = self._modes.get((message["person_id"], message_class), NOW)
        if person is None or not goes_outside(message_class, mode):
            return []
        known = {kind for kinds in self._kinds.values() for kind in kinds if person.address(kind)}
        known |= set() if message["unit_id"] is None else {"place"}
        reachable = {code for code, kinds in self._kinds.items() if kinds & known}
        recent = self._recent(message)
        rows = []
        for route in routes(message_class, reachable, self._own.get(message_class)):
            held = hold(
                message_class,
                mode,
                rings=channels()[route[0]].rings,
                now=self._tx.now,
                zone=zone_of(timezone),
                recent=recent,
            )
            rows.append(delivery_row(message["id"], route, held, bulk=message_class in BULK))
            self._count(message, held.until if held is not None else self._tx.now)
        return rows

    def _recent(self, message: dict[str, Any]) -> list[datetime]:
        """When the household was told before this cause: two owners of one household hear of it at the same time."""
        unit = message["unit_id"]
        if unit not in self._times:
            return []
        key = (message["cause_id"], unit)
        return self._before.setdefault(key, list(self._times[unit]))

    def _count(self, message: dict[str, Any], at: datetime) -> None:
        key = (message["cause_id"], message["unit_id"])
        before = self._before.get(key)
        if before is not None and self._times[key[1]] == before:  # the first person of the household counts it
            self._times[key[1]] = sorted([*before, at])[-CAP:]

    async def save(self) -> None:
        """Write when the households were told."""
        touched = {unit for _, unit in self._before}
        await repository.keep_times(self._tx, {unit: self._times[unit] for unit in touched})
