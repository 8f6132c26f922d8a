"""Limits in Postgres: they survive a restart, count over all processes, and are spent in the transaction that tries.

Redis would be quicker and is only the bell here: losing it may delay, but must not hand an attacker a fresh budget.
Sign-in costs a few milliseconds for that, a small share of what it does anyway.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.ticketing.domain.grants import limits
from services.ticketing.domain.grants.limits import BackOff, Failures, Limit
from services.ticketing.domain.grants.policy import DAY
from services.ticketing.sessions.errors import TooOften
from services.ticketing.sessions.secrets import INSTALLATION, Vault
from shared import clock
from shared.db.tx import Tx

_TABLE: Final = "ticketing.sign_in_limits"
_LOCK: Final = (
    f"INSERT INTO {_TABLE} (org_id, key, until, failures) VALUES ($1, $2, $3, 0) "
    f"ON CONFLICT (org_id, key) DO UPDATE SET until = {_TABLE.partition('.')[2]}.until RETURNING until, failures"
)
_STORE: Final = f"UPDATE {_TABLE} SET until = $3, failures = $4 WHERE org_id = $1 AND key = $2"
#: One transaction in so many takes a few dead rows along, so that the table stays small without a timer.
_SWEEP_ONE_IN: Final = 64


@dataclass(slots=True)
class Purse:
    """The locked rows of some keys within one transaction; what is spent is stored by ``store``."""

    tx: Tx
    now: datetime
    _keys: dict[str, bytes]
    _rows: dict[str, tuple[datetime, int]]
    _changed: set[str] = field(default_factory=set)

    def wait(self, name: str, limit: Limit) -> timedelta:
        """How long a use of this key would have to wait; zero when it fits."""
        return limits.admit(self._rows[name][0], self.now, limit).wait

    def spend(self, name: str, limit: Limit) -> None:
        """Count a use, which must fit."""
        until, failures = self._rows[name]
        self._rows[name] = limits.admit(until, self.now, limit).until, failures
        self._changed.add(name)

    def refund(self, name: str, limit: Limit) -> None:
        """Take a use back."""
        until, failures = self._rows[name]
        self._rows[name] = limits.refund(until, limit), failures
        self._changed.add(name)

    def blocked(self, name: str, rule: BackOff) -> timedelta:
        """How long a lane with a back-off has to wait."""
        until, failures = self._rows[name]
        return limits.blocked(Failures(failures, until), self.now, rule) if failures else limits.ZERO

    def fail(self, name: str, rule: BackOff) -> None:
        """Count a failure before it is known whether it is one; ``forgive`` takes it back."""
        until, failures = self._rows[name]
        after = limits.fail(Failures(failures, until) if failures else None, self.now, rule)
        self._rows[name] = after.until, after.count
        self._changed.add(name)

    def retract(self, name: str) -> None:
        """Take the last failure back and keep those before it."""
        until, failures = self._rows[name]
        before = limits.retract(Failures(failures, until), self.now)
        self._rows[name] = before.until, before.count
        self._changed.add(name)

    def forgive(self, name: str) -> None:
        """Forget a lane's failures."""
        self._rows[name] = self.now, 0
        self._changed.add(name)

    async def store(self) -> None:
        """Write what changed."""
        rows = [(INSTALLATION, self._keys[name], *self._rows[name]) for name in sorted(self._changed)]
        if rows:
            await self.tx.raw.executemany(_STORE, rows)
        self._changed.clear()
        if secrets.randbelow(_SWEEP_ONE_IN) == 0:
            await _sweep(self.tx)


async def purse(tx: Tx, vault: Vault, names: Collection[str]) -> Purse:
    """Lock the rows of these keys, always in one order, and read them. ``tx`` is the installation's own."""
    keys = {name: vault.hash("limit", name) for name in names}
    rows: dict[str, tuple[datetime, int]] = {}
    for name, key in sorted(keys.items(), key=lambda item: item[1]):
        row = await tx.raw.fetchrow(_LOCK, INSTALLATION, key, tx.wall)
        rows[name] = row["until"], row["failures"]
    # The time after the locks: whoever was before us in the queue must not be later than we are.
    return Purse(tx, clock.wall(), keys, rows)


async def take(tx: Tx, vault: Vault, name: str, limit: Limit) -> None:
    """Spend one use of one key. Raises TooOften, having spent nothing."""
    held = await purse(tx, vault, [name])
    wait = held.wait(name, limit)
    if wait > limits.ZERO:
        raise too_often(wait)
    held.spend(name, limit)
    await held.store()


async def give_back(tx: Tx, vault: Vault, name: str, limit: Limit) -> None:
    """Take one use of one key back."""
    held = await purse(tx, vault, [name])
    held.refund(name, limit)
    await held.store()


def too_often(wait: timedelta) -> TooOften:
    """The refusal that says when to come back, in whole seconds, rounded up."""
    return TooOften(retry_after=max(1, -(-wait // timedelta(seconds=1))))


async def _sweep(tx: Tx) -> None:
    """Delete rows that say nothing any more: their instant passed a day ago, and failures that old are forgotten."""
    # An array is made once; a mere subquery could be run again for each row and delete far more than so many at once.
    await tx.raw.execute(
        f"DELETE FROM {_TABLE} WHERE org_id = $1 AND key = ANY(ARRAY(SELECT key FROM {_TABLE} WHERE org_id = $1 "
        "AND until < $2 ORDER BY until LIMIT 200 FOR UPDATE SKIP LOCKED))",
        INSTALLATION,
        tx.wall - 2 * DAY,
    )
    await tx.raw.execute(
        "DELETE FROM ticketing.one_time_codes WHERE org_id = $1 AND id = ANY(ARRAY(SELECT id "
        "FROM ticketing.one_time_codes WHERE org_id = $1 AND expires_at < $2 LIMIT 200 FOR UPDATE SKIP LOCKED))",
        INSTALLATION,
        tx.wall - DAY,
    )
